/* weft-sim-history-sweep.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-history-private.h"

/* What is looked at as a whole: the order of everything, and what is left in the end. */

/* The latest beginning among the operations that come before a place in the order. */
typedef struct
{
  guint64 began;
  gint64 rev; /* the revision before, for a block */
} Carry;

typedef struct
{
  gint64 rev;
  guint write;
} Place;

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  const Place *left = a;
  const Place *right = b;

  if (left->rev != right->rev)
    return left->rev < right->rev ? -1 : 1;

  return left->write < right->write ? -1 : left->write > right->write;
}

/* The writes that were seen, by revision. A write has one revision on all of its blocks, so this
 * order agrees with that of each block. */
static GArray *
list_by_rev (WeftSimHistory *self)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));

  for (guint i = 0; i < self->writes.len; i++)
    {
      const Place place = { weft_sim_history_get_write (self, i)->rev, i };

      if (place.rev != 0)
        g_array_append_val (places, place);
    }
  g_array_sort (places, compare_places);

  return places;
}

static void
report_order (WeftSimHistory     *self,
              const WeftSimWrite *write,
              guint64             began)
{
  g_autofree char *name = weft_sim_history_name_write (self, write);
  g_autofree char *seen = weft_sim_history_name_witness (self, &write->seen);

  weft_sim_history_report (
    self, WEFT_SIM_VIOLATION_ORDER,
    g_strdup_printf ("%s was revision %" G_GINT64_FORMAT " to %s but by the revisions of its "
                     "blocks it comes after operation #%" G_GUINT64_FORMAT
                     ", which only began later", name, write->rev, seen, began));
}

/* Puts a write at the earliest place it can have, and carries on from there. */
static void
place_write (WeftSimHistory     *self,
             const WeftSimWrite *write,
             Carry              *carries)
{
  guint64 began = write->began;

  for (guint i = write->first_part; i < write->first_part + write->n_parts; i++)
    {
      const WeftSimPart *part = weft_sim_history_get_part (self, i);
      const Carry *carry = &carries[part->block];

      began = MAX (began, carry->began);
      if (part->base >= 0 && carry->rev > part->base)
        weft_sim_history_report_base (self, write, part, write->rev, carry->rev);
    }
  if (began > write->seen.ended)
    report_order (self, write, began);

  for (guint i = write->first_part; i < write->first_part + write->n_parts; i++)
    {
      const WeftSimPart *part = weft_sim_history_get_part (self, i);

      carries[part->block].began = MAX (began, part->last_began);
      carries[part->block].rev = write->rev;
    }
}

/**
 * weft_sim_history_check_order:
 * @self: a history
 *
 * Looks for an order of all operations that agrees with the revisions of all blocks at once, with
 * when each operation began and ended, and with the revisions on which writes were built.
 *
 * It finds what the checks of single operations do not, such as an action on two blocks that came
 * before a second one on the first block and after a third one on the other, while the third only
 * began when the second had ended. It takes time for the whole history, so it is meant for the
 * end, and for now and then.
 *
 * Returns: %TRUE unless the history was wrong before, or is now
 *
 * Since: 0.1
 */
gboolean
weft_sim_history_check_order (WeftSimHistory *self)
{
  g_autoptr (GArray) places = NULL;
  g_autofree Carry *carries = NULL;

  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), FALSE);

  places = list_by_rev (self);
  carries = g_new0 (Carry, self->blocks->len);
  for (guint i = 0; i < self->blocks->len; i++)
    carries[i].began = weft_sim_history_get_block (self, i)->last_began;
  for (guint i = 0; i < places->len; i++)
    {
      guint write = g_array_index (places, Place, i).write;

      place_write (self, weft_sim_history_get_write (self, write), carries);
    }

  return self->n_violations == 0;
}

static void
report_missing (WeftSimHistory     *self,
                const WeftSimWrite *write,
                const WeftSimPart  *part,
                guint               n_found)
{
  g_autofree char *name = weft_sim_history_name_write (self, write);
  g_autofree char *where = weft_sim_history_name_rev (self, part->block, write->rev);
  g_autofree char *seen = weft_sim_history_name_witness (self, &write->seen);

  if (n_found > 0)
    weft_sim_history_report (
      self, WEFT_SIM_VIOLATION_TORN,
      g_strdup_printf ("%s made %s, which is not in the logs, while other blocks of it are", name,
                       where));
  else
    weft_sim_history_report (
      self, WEFT_SIM_VIOLATION_LOST,
      g_strdup_printf ("%s made %s, which is not in the logs though %s %s it", name, where, seen,
                       write->seen.by == WEFT_SIM_BY_WRITE ? "acknowledged" : "saw"));
}

static void
check_found (WeftSimHistory     *self,
             const WeftSimWrite *write)
{
  guint n_found = 0;
  guint missing = WEFT_SIM_HISTORY_NONE;

  for (guint i = write->first_part; i < write->first_part + write->n_parts; i++)
    if (weft_sim_history_get_part (self, i)->is_found)
      n_found++;
    else
      missing = i;
  if (missing != WEFT_SIM_HISTORY_NONE)
    report_missing (self, write, weft_sim_history_get_part (self, missing), n_found);
}

/* When nobody wrote what a write was built on, its answer cannot have been right. */
static void
check_base (WeftSimHistory     *self,
            const WeftSimWrite *write)
{
  for (guint i = write->first_part; i < write->first_part + write->n_parts; i++)
    {
      const WeftSimPart *part = weft_sim_history_get_part (self, i);
      g_autofree char *name = NULL;

      if (part->base <= 0 || weft_sim_history_find_part (self, part->block, part->base)
                               != WEFT_SIM_HISTORY_NONE)
        continue;
      name = weft_sim_history_name_write (self, write);
      weft_sim_history_report (
        self, WEFT_SIM_VIOLATION_PHANTOM,
        g_strdup_printf ("%s was built on revision %" G_GINT64_FORMAT ", which is not in the logs",
                         name, part->base));
    }
}

/**
 * weft_sim_history_check_logs:
 * @self: a history
 * @now_usec: the time, for words only
 * @revisions: (array length=n_revisions): all revisions of all blocks, in any order
 * @n_revisions: how many there are
 *
 * Checks what is there in the end: every revision that somebody was told of, by an answer to a
 * write or by a read, must be in the logs, each action on all of its blocks or on none, and
 * nothing that nobody wrote. Then the order is checked as by
 * [method@WeftSim.History.check_order], with all that the logs add to it.
 *
 * Returns: %TRUE unless the history was wrong before, or is now
 *
 * Since: 0.1
 */
gboolean
weft_sim_history_check_logs (WeftSimHistory        *self,
                             gint64                 now_usec,
                             const WeftSimSighting *revisions,
                             guint                  n_revisions)
{
  WeftSimWitness witness;

  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), FALSE);
  g_return_val_if_fail (revisions != NULL || n_revisions == 0, FALSE);

  self->number++;
  witness = (WeftSimWitness) {
    .began = self->number,
    .ended = self->number,
    .began_usec = now_usec,
    .ended_usec = now_usec,
    .by = WEFT_SIM_BY_LOG,
  };
  for (guint i = 0; i < self->parts.len; i++)
    weft_sim_history_get_part (self, i)->is_found = FALSE;
  for (guint i = 0; i < n_revisions; i++)
    {
      guint part;

      g_return_val_if_fail (revisions[i].rev != 0, FALSE);

      weft_sim_history_get_block (self, revisions[i].block);
      witness.block = revisions[i].block;
      part = weft_sim_history_take (self, &revisions[i], &witness);
      if (part != WEFT_SIM_HISTORY_NONE)
        weft_sim_history_get_part (self, part)->is_found = TRUE;
    }
  for (guint i = 0; i < self->writes.len; i++)
    {
      const WeftSimWrite *write = weft_sim_history_get_write (self, i);

      if (write->rev == 0)
        continue;
      check_found (self, write);
      check_base (self, write);
    }

  return weft_sim_history_check_order (self);
}
