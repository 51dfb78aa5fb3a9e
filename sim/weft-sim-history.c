/* weft-sim-history.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-history-private.h"

/**
 * WeftSimHistory:
 *
 * Checks what clients were told, while they are told.
 *
 * A history takes the beginning and the end of each read and write, in the order in which they
 * happen, and says whether all of them could have been done one after the other by a single
 * correct store, each at some moment between its beginning and its end. That is asked for each
 * block and for actions that change several blocks, which must be on all of them or on none.
 *
 * In general nobody can answer this fast. Here it takes constant time for each operation, because
 * every answer names the revision it speaks of, and the revisions of a block have an order. What
 * is left to check is that
 *
 * - all sightings of a revision agree, and one write proposed it, which had begun before;
 * - no read answers less than was known before it began, to whomever;
 * - each write comes above all that was known before it began, on all of its blocks, and follows
 *   the revision on which it was built;
 * - a write that failed is never seen; one whose outcome is unknown may be seen at any time from
 *   then on, or never.
 *
 * What was known of one block of an action was known of all of them. Two sweeps, to be made now
 * and then or at the end, add the rest: [method@WeftSim.History.check_order] looks for circles
 * through several blocks, and [method@WeftSim.History.check_logs] for revisions that somebody was
 * told of and that are gone.
 *
 * Blocks, actions and clients are numbers here, blocks and clients small ones. The first violation
 * is kept, in words; what comes after it may be a consequence of it and is only counted.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (WeftSimHistory, weft_sim_history, G_TYPE_OBJECT)

/* Reads and writes are told apart by the last bit of an operation, which is 0 here; 0 is none. */
#define READ_OPERATION(slot) (((guint64) (slot) + 1) << 1)

static void
weft_sim_history_finalize (GObject *object)
{
  WeftSimHistory *self = WEFT_SIM_HISTORY (object);

  if (self->name_destroy != NULL)
    self->name_destroy (self->name_data);
  g_free (self->words);
  g_array_unref (self->blocks);
  weft_sim_store_clear (&self->writes);
  weft_sim_store_clear (&self->parts);
  g_array_unref (self->reads);
  g_array_unref (self->tips);
  weft_sim_index_clear (&self->actions);
  weft_sim_index_clear (&self->revs);

  G_OBJECT_CLASS (weft_sim_history_parent_class)->finalize (object);
}

static void
weft_sim_history_class_init (WeftSimHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_history_finalize;
}

static void
weft_sim_history_init (WeftSimHistory *self)
{
  self->blocks = g_array_new (FALSE, FALSE, sizeof (WeftSimHistoryBlock));
  weft_sim_store_init (&self->writes, sizeof (WeftSimWrite));
  weft_sim_store_init (&self->parts, sizeof (WeftSimPart));
  self->reads = g_array_new (FALSE, FALSE, sizeof (WeftSimHistoryRead));
  self->tips = g_array_new (FALSE, FALSE, sizeof (guint));
  self->first_free = WEFT_SIM_HISTORY_NONE;
  weft_sim_index_init (&self->actions);
  weft_sim_index_init (&self->revs);
}

WeftSimHistoryBlock *
weft_sim_history_get_block (WeftSimHistory *self,
                            guint           number)
{
  while (number >= self->blocks->len)
    {
      const WeftSimHistoryBlock block = { .tip = WEFT_SIM_HISTORY_NONE };

      g_array_append_val (self->blocks, block);
    }

  return &g_array_index (self->blocks, WeftSimHistoryBlock, number);
}

static WeftSimHistoryRead *
get_read (WeftSimHistory *self,
          guint64         operation)
{
  guint64 slot = (operation >> 1) - 1;

  if (operation == 0 || operation & 1 || slot >= self->reads->len ||
      g_array_index (self->reads, WeftSimHistoryRead, slot).began == 0)
    return NULL;

  return &g_array_index (self->reads, WeftSimHistoryRead, slot);
}

/**
 * weft_sim_history_new:
 *
 * Makes a history in which nothing has happened: no block exists.
 *
 * Returns: (transfer full): an empty history
 *
 * Since: 0.1
 */
WeftSimHistory *
weft_sim_history_new (void)
{
  return g_object_new (WEFT_TYPE_SIM_HISTORY, NULL);
}

/**
 * weft_sim_history_set_names:
 * @self: a history
 * @func: (scope notified) (nullable): asked for names
 * @user_data: given to @func
 * @destroy: called with @user_data when it is no longer needed
 *
 * Sets how blocks, actions and clients are called in words. Without it they have numbers.
 *
 * Since: 0.1
 */
void
weft_sim_history_set_names (WeftSimHistory *self,
                            WeftSimNameFunc func,
                            gpointer        user_data,
                            GDestroyNotify  destroy)
{
  g_return_if_fail (WEFT_IS_SIM_HISTORY (self));

  if (self->name_destroy != NULL)
    self->name_destroy (self->name_data);
  self->name_func = func;
  self->name_data = user_data;
  self->name_destroy = destroy;
}

/**
 * weft_sim_history_begin_read:
 * @self: a history
 * @now_usec: the time, for words only
 * @client: who reads
 * @block: what is read
 *
 * Notes that a client begins to read the latest revision of a block.
 *
 * Returns: the operation, to be ended or dropped
 *
 * Since: 0.1
 */
guint64
weft_sim_history_begin_read (WeftSimHistory *self,
                             gint64          now_usec,
                             guint           client,
                             guint           block)
{
  const WeftSimHistoryBlock *known;
  WeftSimHistoryRead *read;
  guint slot;

  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), 0);
  g_return_val_if_fail (block < WEFT_SIM_HISTORY_NONE, 0);

  /* What the answer will most likely be held against may be far away in memory. */
  known = weft_sim_history_get_block (self, block);
  if (known->tip != WEFT_SIM_HISTORY_NONE)
    {
      const WeftSimPart *part = weft_sim_history_get_part (self, known->tip);

      __builtin_prefetch (&part->action, 1);
      __builtin_prefetch (&part->last_began, 1);
    }

  slot = self->first_free;
  if (slot == WEFT_SIM_HISTORY_NONE)
    {
      slot = self->reads->len;
      g_array_set_size (self->reads, slot + 1);
      read = &g_array_index (self->reads, WeftSimHistoryRead, slot);
    }
  else
    {
      read = &g_array_index (self->reads, WeftSimHistoryRead, slot);
      self->first_free = read->next_free;
    }
  *read = (WeftSimHistoryRead) {
    .began = ++self->number,
    .began_usec = now_usec,
    .floor = known->floor,
    .client = client,
    .block = block,
    .next_free = WEFT_SIM_HISTORY_NONE,
  };
  self->n_operations++;

  return READ_OPERATION (slot);
}

static gboolean
report_regress (WeftSimHistory        *self,
                const WeftSimSighting *sighting,
                gint64                 floor,
                const WeftSimWitness  *witness)
{
  guint top = weft_sim_history_find_part (self, sighting->block, floor);
  const WeftSimWrite *write
      = weft_sim_history_get_write (self, weft_sim_history_get_part (self, top)->write);
  g_autofree char *who = weft_sim_history_name_witness (self, witness);
  g_autofree char *where = weft_sim_history_name_rev (self, sighting->block, sighting->rev);
  g_autofree char *name = weft_sim_history_name_write (self, write);
  g_autofree char *first = weft_sim_history_name_witness (self, &write->seen);

  /* Known by another block of the action only. */
  if (write->seen.by != WEFT_SIM_BY_WRITE && write->seen.block != sighting->block)
    return weft_sim_history_report (
      self, WEFT_SIM_VIOLATION_TORN,
      g_strdup_printf ("%s saw %s, but %s which made revision %" G_GINT64_FORMAT
                       " of it, had been seen on another block by %s before", who, where, name,
                       floor, first));

  return weft_sim_history_report (
    self, WEFT_SIM_VIOLATION_REGRESS,
    g_strdup_printf ("%s saw %s, but %s had shown revision %" G_GINT64_FORMAT " before", who,
                     where, first, floor));
}

void
weft_sim_history_take_latest (WeftSimHistory        *self,
                              const WeftSimSighting *sighting,
                              gint64                 floor,
                              const WeftSimWitness  *witness)
{
  guint64 *last_began = &weft_sim_history_get_block (self, sighting->block)->last_began;

  if (sighting->rev < floor)
    report_regress (self, sighting, floor, witness);
  if (sighting->rev != 0)
    {
      guint part = weft_sim_history_take (self, sighting, witness);

      if (part == WEFT_SIM_HISTORY_NONE)
        return;
      last_began = &weft_sim_history_get_part (self, part)->last_began;
    }
  else if (sighting->action != 0 || sighting->value != 0)
    {
      g_autofree char *who = weft_sim_history_name_witness (self, witness);

      weft_sim_history_report (
        self, WEFT_SIM_VIOLATION_CONTENT,
        g_strdup_printf ("%s saw something that was no revision yet", who));
    }
  *last_began = MAX (*last_began, witness->began);
}

/**
 * weft_sim_history_end_read:
 * @self: a history
 * @now_usec: the time, for words only
 * @operation: a read that has begun
 * @sighting: what was answered
 *
 * Checks the answer to a read of the latest revision.
 *
 * Returns: %TRUE unless the history was wrong before, or is now
 *
 * Since: 0.1
 */
gboolean
weft_sim_history_end_read (WeftSimHistory        *self,
                           gint64                 now_usec,
                           guint64                operation,
                           const WeftSimSighting *sighting)
{
  WeftSimHistoryRead *read;
  WeftSimWitness witness;

  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), FALSE);
  read = get_read (self, operation);
  g_return_val_if_fail (read != NULL, FALSE);
  g_return_val_if_fail (sighting != NULL, FALSE);
  g_return_val_if_fail (sighting->block == read->block, FALSE);

  witness = (WeftSimWitness) {
    .began = read->began,
    .ended = ++self->number,
    .began_usec = read->began_usec,
    .ended_usec = now_usec,
    .by = WEFT_SIM_BY_READ,
    .client = read->client,
    .block = read->block,
  };
  weft_sim_history_take_latest (self, sighting, read->floor, &witness);
  weft_sim_history_drop_read (self, operation);

  return self->n_violations == 0;
}

/**
 * weft_sim_history_drop_read:
 * @self: a history
 * @operation: a read that has begun
 *
 * Notes that a read will have no answer, or one that says nothing.
 *
 * Since: 0.1
 */
void
weft_sim_history_drop_read (WeftSimHistory *self,
                            guint64         operation)
{
  WeftSimHistoryRead *read;

  g_return_if_fail (WEFT_IS_SIM_HISTORY (self));
  read = get_read (self, operation);
  g_return_if_fail (read != NULL);

  read->began = 0;
  read->next_free = self->first_free;
  self->first_free = (operation >> 1) - 1;
}

/**
 * weft_sim_history_see_past:
 * @self: a history
 * @now_usec: the time, for words only
 * @client: who saw it
 * @sighting: a revision; its action may be 0 where nobody was told it
 *
 * Checks a revision that was seen in the history of its block, which claims nothing about the
 * latest. Whoever begins after this must know of it.
 *
 * Returns: %TRUE unless the history was wrong before, or is now
 *
 * Since: 0.1
 */
gboolean
weft_sim_history_see_past (WeftSimHistory        *self,
                           gint64                 now_usec,
                           guint                  client,
                           const WeftSimSighting *sighting)
{
  WeftSimSighting known;
  WeftSimWitness witness;
  guint part;

  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), FALSE);
  g_return_val_if_fail (sighting != NULL, FALSE);
  g_return_val_if_fail (sighting->block < WEFT_SIM_HISTORY_NONE, FALSE);
  g_return_val_if_fail (sighting->rev != 0, FALSE);

  weft_sim_history_get_block (self, sighting->block);
  known = *sighting;
  if (known.action == 0)
    {
      /* A revision that nobody has heard of says nothing without its action. */
      part = weft_sim_history_find_part (self, known.block, known.rev);
      if (part == WEFT_SIM_HISTORY_NONE)
        return self->n_violations == 0;
      known.action = weft_sim_history_get_part (self, part)->action;
    }

  self->number++;
  witness = (WeftSimWitness) {
    .began = self->number,
    .ended = self->number,
    .began_usec = now_usec,
    .ended_usec = now_usec,
    .by = WEFT_SIM_BY_PAST,
    .client = client,
    .block = sighting->block,
  };
  weft_sim_history_take (self, &known, &witness);

  return self->n_violations == 0;
}

/**
 * weft_sim_history_get_violation:
 * @self: a history
 *
 * Gets how the history is wrong.
 *
 * Returns: the first violation, or %WEFT_SIM_VIOLATION_NONE
 *
 * Since: 0.1
 */
WeftSimViolation
weft_sim_history_get_violation (WeftSimHistory *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), WEFT_SIM_VIOLATION_NONE);

  return self->violation;
}

/**
 * weft_sim_history_get_words:
 * @self: a history
 *
 * Gets what is wrong, with the operations that show it.
 *
 * Returns: (nullable): the first violation in words, or %NULL
 *
 * Since: 0.1
 */
const char *
weft_sim_history_get_words (WeftSimHistory *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), NULL);

  return self->words;
}

/**
 * weft_sim_history_get_n_violations:
 * @self: a history
 *
 * Counts what was wrong.
 *
 * Returns: the number of violations
 *
 * Since: 0.1
 */
guint64
weft_sim_history_get_n_violations (WeftSimHistory *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), 0);

  return self->n_violations;
}

/**
 * weft_sim_history_get_n_operations:
 * @self: a history
 *
 * Counts the operations that have begun, each attempt for itself.
 *
 * Returns: the number of operations
 *
 * Since: 0.1
 */
guint64
weft_sim_history_get_n_operations (WeftSimHistory *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_HISTORY (self), 0);

  return self->n_operations;
}
