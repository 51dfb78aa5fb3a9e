/* weft-sim-history-write.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-history-private.h"

/* Writes: attempts, and what each of them was told. */

/* The last bit tells a write from a read. */
#define WRITE_OPERATION(write) (((guint64) (write) + 1) << 1 | 1)

static WeftSimWrite *
get_open_write (WeftSimHistory *self,
                guint64         operation)
{
  guint64 write = (operation >> 1) - 1;

  if ((operation & 1) == 0 || write >= self->writes.len ||
      weft_sim_history_get_write (self, write)->n_open == 0)
    return NULL;

  return weft_sim_history_get_write (self, write);
}

static void
set_parts (WeftSimHistory      *self,
           guint                number,
           const WeftSimChange *changes)
{
  const WeftSimWrite *write = weft_sim_history_get_write (self, number);

  for (guint i = 0; i < write->n_parts; i++)
    {
      gint64 floor = weft_sim_history_get_block (self, changes[i].block)->floor;

      *weft_sim_history_get_part (self, write->first_part + i) = (WeftSimPart) {
        .write = number,
        .block = changes[i].block,
        .action = write->action,
        .base = changes[i].base,
        .value = changes[i].value,
        .floor = floor,
        .attempt_floor = floor,
        .before = WEFT_SIM_HISTORY_NONE,
      };
    }
}

static void
begin_attempt (WeftSimHistory      *self,
               WeftSimWrite        *write,
               gint64               now_usec,
               const WeftSimChange *changes)
{
  write->attempt = self->number;
  write->attempt_usec = now_usec;
  for (guint i = 0; i < write->n_parts; i++)
    {
      WeftSimPart *part = weft_sim_history_get_part (self, write->first_part + i);

      part->attempt_floor = weft_sim_history_get_block (self, part->block)->floor;
      if (changes[i].base != part->base)
        part->base = -1;
    }
}

/* All that was tried before came to nothing: the write begins now. */
static void
begin_again (WeftSimHistory      *self,
             guint                number,
             gint64               now_usec,
             const WeftSimChange *changes)
{
  WeftSimWrite *write = weft_sim_history_get_write (self, number);

  write->began = write->attempt = self->number;
  write->began_usec = write->attempt_usec = now_usec;
  write->is_failed = FALSE;
  set_parts (self, number, changes);
}

static guint
add_write (WeftSimHistory *self,
           gint64          now_usec,
           guint           client,
           guint64         action,
           guint           n_changes)
{
  const WeftSimWrite write = {
    .action = action,
    .began = self->number,
    .attempt = self->number,
    .began_usec = now_usec,
    .attempt_usec = now_usec,
    .client = client,
    .first_part = weft_sim_store_add (&self->parts, n_changes),
    .n_parts = n_changes,
    .seen = { .ended = WEFT_SIM_HISTORY_NEVER },
  };
  guint number = weft_sim_store_add (&self->writes, 1);

  *weft_sim_history_get_write (self, number) = write;
  weft_sim_history_index_write (self, number);

  return number;
}

/**
 * weft_sim_history_begin_write:
 * @self: a history
 * @now_usec: the time, for words only
 * @client: who writes
 * @action: the action, not 0
 * @changes: (array length=n_changes): what it does to its blocks, each named once
 * @n_changes: how many blocks it changes, at least 1
 *
 * Notes that a client begins to write.
 *
 * Another attempt with the same action is the same write. It must change the same blocks; when an
 * earlier attempt may have done something, it must also give them the same values.
 *
 * Returns: the operation, to be ended once for each attempt
 *
 * Since: 0.1
 */
guint64
weft_sim_history_begin_write (WeftSimHistory      *self,
                              gint64               now_usec,
                              guint                client,
                              guint64              action,
                              const WeftSimChange *changes,
                              guint                n_changes)
{
  WeftSimWrite *write;
  guint number;

  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), 0);
  g_return_val_if_fail (action != 0, 0);
  g_return_val_if_fail (changes != NULL, 0);
  g_return_val_if_fail (n_changes > 0, 0);

  number = weft_sim_history_find_write (self, action);
  g_return_val_if_fail (number == WEFT_SIM_HISTORY_NONE ||
                          weft_sim_history_get_write (self, number)->n_parts == n_changes, 0);

  self->number++;
  self->n_operations++;
  if (number == WEFT_SIM_HISTORY_NONE)
    {
      number = add_write (self, now_usec, client, action, n_changes);
      set_parts (self, number, changes);
    }
  write = weft_sim_history_get_write (self, number);
  if (write->is_failed && write->rev == 0)
    begin_again (self, number, now_usec, changes);
  else if (write->n_open == 0 && write->began != self->number)
    begin_attempt (self, write, now_usec, changes);
  write->n_open++;

  return WRITE_OPERATION (number);
}

/* Not a client: nodes do it for themselves. */
void
weft_sim_history_expect_move (WeftSimHistory *self,
                              guint64         action,
                              guint           block,
                              guint64         value)
{
  const WeftSimChange change = { .block = block, .base = -1, .value = value };
  WeftSimWrite *write;
  guint number;

  g_assert (action != 0);

  if (weft_sim_history_find_write (self, action) != WEFT_SIM_HISTORY_NONE)
    return;
  number = add_write (self, 0, WEFT_SIM_HISTORY_NODES, action, 1);
  set_parts (self, number, &change);
  write = weft_sim_history_get_write (self, number);
  write->began = write->attempt = 0;
  write->is_unknown = TRUE;
  weft_sim_history_get_part (self, write->first_part)->floor = 0;
}

static WeftSimWitness
make_witness (WeftSimHistory     *self,
              const WeftSimWrite *write,
              gint64              now_usec,
              WeftSimBy           by)
{
  return (WeftSimWitness) {
    .began = write->attempt,
    .ended = ++self->number,
    .began_usec = write->attempt_usec,
    .ended_usec = now_usec,
    .by = by,
    .client = write->client,
    .block = weft_sim_history_get_part (self, write->first_part)->block,
  };
}

/**
 * weft_sim_history_see_stale:
 * @self: a history
 * @now_usec: the time, for words only
 * @operation: a write that has begun
 * @sighting: a revision that was named as the reason
 *
 * Checks what a write was told when it was refused for being stale, before it is ended. To be
 * told of the latest revision is as good as a read of it that began when the attempt did.
 *
 * Returns: %TRUE unless the history was wrong before, or is now
 *
 * Since: 0.1
 */
gboolean
weft_sim_history_see_stale (WeftSimHistory        *self,
                            gint64                 now_usec,
                            guint64                operation,
                            const WeftSimSighting *sighting)
{
  const WeftSimWrite *write;
  WeftSimWitness witness;
  gint64 floor = 0;

  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), FALSE);
  write = get_open_write (self, operation);
  g_return_val_if_fail (write != NULL, FALSE);
  g_return_val_if_fail (sighting != NULL, FALSE);

  for (guint i = write->first_part; i < write->first_part + write->n_parts; i++)
    if (weft_sim_history_get_part (self, i)->block == sighting->block)
      floor = weft_sim_history_get_part (self, i)->attempt_floor;
  witness = make_witness (self, write, now_usec, WEFT_SIM_BY_STALE);
  witness.block = sighting->block;
  weft_sim_history_take_latest (self, sighting, floor, &witness);

  return self->n_violations == 0;
}

/**
 * weft_sim_history_end_write:
 * @self: a history
 * @now_usec: the time, for words only
 * @operation: a write that has begun
 * @outcome: what became of this attempt
 * @rev: the revision it is told to have become, or 0 without success
 *
 * Checks what a write was told.
 *
 * Returns: %TRUE unless the history was wrong before, or is now
 *
 * Since: 0.1
 */
gboolean
weft_sim_history_end_write (WeftSimHistory *self,
                            gint64          now_usec,
                            guint64         operation,
                            WeftSimOutcome  outcome,
                            gint64          rev)
{
  WeftSimWrite *write;
  WeftSimWitness witness;

  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), FALSE);
  write = get_open_write (self, operation);
  g_return_val_if_fail (write != NULL, FALSE);

  witness = make_witness (self, write, now_usec, WEFT_SIM_BY_WRITE);
  write->n_open--;
  switch (outcome)
    {
    case WEFT_SIM_OUTCOME_SUCCESS:
      write->is_acknowledged = TRUE;
      weft_sim_history_take_success (self, write, rev, &witness);
      break;

    case WEFT_SIM_OUTCOME_UNKNOWN:
      write->is_unknown = TRUE;
      break;

    case WEFT_SIM_OUTCOME_FAILURE:
      write->is_failed = write->n_open == 0 && !write->is_unknown && !write->is_acknowledged;
      if (write->is_failed && write->rev != 0)
        weft_sim_history_report_failed (self, write, &write->seen);
      break;

    case WEFT_SIM_OUTCOME_REFUSED:
      write->is_failed = TRUE;
      if (write->rev != 0)
        weft_sim_history_report_failed (self, write, &write->seen);
      break;

    default:
      g_assert_not_reached ();
    }

  return self->n_violations == 0;
}

/**
 * weft_sim_history_see_forgotten:
 * @self: a history
 * @now_usec: the time
 * @client: who was told
 * @action: the action
 * @told_usec: when the client was told that the action waits for its commit
 *
 * Notes that an action was not there when it should have been committed, although nobody had
 * dropped it and it had not expired.
 *
 * Returns: %FALSE, as the history is wrong now
 *
 * Since: 0.1
 */
gboolean
weft_sim_history_see_forgotten (WeftSimHistory *self,
                                gint64          now_usec,
                                guint           client,
                                guint64         action,
                                gint64          told_usec)
{
  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), FALSE);

  return weft_sim_history_report_forgotten (self, now_usec, client, action, told_usec);
}
