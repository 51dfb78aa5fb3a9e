/* small-history.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "small-history.h"

#define TIME_MAX 10000

/* A correct store: one thing after the other. */
typedef struct
{
  SmallHistory *history;
  WeftSimPrng *prng;
  WeftSimSighting blocks[SMALL_BLOCKS];
  guint effects[SMALL_OPERATIONS_MAX]; /* when each operation is done; NEVER for not */
} Store;

static gint64
find_rev (const SmallHistory *history,
          guint64             action)
{
  for (guint i = 0; i < history->n_log; i++)
    if (history->log[i].action == action)
      return history->log[i].rev;

  return 0;
}

static void
perform_write (Store          *self,
               SmallOperation *operation)
{
  SmallHistory *history = self->history;
  gint64 rev = find_rev (history, operation->action);

  if (rev == 0)
    {
      for (guint i = 0; i < operation->n_changes; i++)
        rev = MAX (rev, self->blocks[operation->changes[i].block].rev);
      rev += 1 + weft_sim_prng_below (self->prng, 2);
      for (guint i = 0; i < operation->n_changes; i++)
        {
          WeftSimChange *change = &operation->changes[i];
          WeftSimSighting *block = &self->blocks[change->block];

          change->base = history->has_log ? block->rev : -1;
          *block = (WeftSimSighting) { change->block, rev, operation->action, change->value };
          history->log[history->n_log++] = *block;
        }
    }
  operation->rev = rev;
}

/* Only what was done with it can say what an action was built on, in all its attempts. */
static void
copy_bases (SmallHistory *self)
{
  for (guint i = 0; i < self->n_operations; i++)
    for (guint j = 0; j < self->n_operations; j++)
      {
        const SmallOperation *from = &self->operations[i];
        SmallOperation *to = &self->operations[j];

        if (from->is_write && to->is_write && from->action == to->action)
          for (guint k = 0; k < to->n_changes; k++)
            to->changes[k].base = MAX (to->changes[k].base, from->changes[k].base);
      }
}

static void
perform (Store *self,
         guint  number)
{
  SmallOperation *operation = &self->history->operations[number];

  if (operation->is_write && operation->outcome != WEFT_SIM_OUTCOME_FAILURE)
    perform_write (self, operation);
  else
    operation->sighting = self->blocks[operation->sighting.block];
}

static void
draw_changes (Store          *self,
              SmallOperation *operation)
{
  WeftSimPrng *prng = self->prng;
  guint first = weft_sim_prng_below (prng, SMALL_BLOCKS);
  guint n_changes_max = self->history->is_simple ? 1 : SMALL_PARTS_MAX;

  operation->n_changes = 1 + weft_sim_prng_below (prng, n_changes_max);
  for (guint i = 0; i < operation->n_changes; i++)
    {
      guint block = (first + i) % SMALL_BLOCKS;

      operation->changes[i] = (WeftSimChange) { block, -1, operation->action * 16 + block };
      if (weft_sim_prng_chance (prng, 0.15))
        operation->changes[i].value = 0;
    }
}

/* An earlier action that is tried once more, or NULL. */
static const SmallOperation *
draw_earlier (const SmallHistory *history,
              guint               number,
              WeftSimPrng        *prng)
{
  const SmallOperation *earlier;

  if (number == 0 || !weft_sim_prng_chance (prng, 0.2))
    return NULL;
  earlier = &history->operations[weft_sim_prng_below (prng, number)];
  if (!earlier->is_write)
    return NULL;
  for (guint i = 0; i < number; i++)
    if (history->operations[i].is_write && history->operations[i].action == earlier->action)
      earlier = &history->operations[i];

  return earlier->end < TIME_MAX - 100 ? earlier : NULL;
}

/* Sets begin, end and effect; the latter is in between, but for what nobody was told. */
static void
draw_times (Store *self,
            guint  number,
            guint  earliest)
{
  SmallOperation *operation = &self->history->operations[number];
  guint length = 1 + weft_sim_prng_below (self->prng, TIME_MAX / 4);
  guint effect;

  operation->begin = earliest + weft_sim_prng_below (self->prng, TIME_MAX - earliest);
  operation->end = operation->begin + length;
  effect = operation->begin + weft_sim_prng_below (self->prng, length);
  if (operation->is_write && operation->outcome == WEFT_SIM_OUTCOME_UNKNOWN)
    {
      effect = operation->begin + weft_sim_prng_below (self->prng, TIME_MAX);
      if (weft_sim_prng_chance (self->prng, 0.4))
        effect = SMALL_NEVER;
    }
  self->effects[number] = effect;
}

static void
draw_operation (Store *self,
                guint  number)
{
  static const WeftSimOutcome outcomes[] = {
    WEFT_SIM_OUTCOME_SUCCESS, WEFT_SIM_OUTCOME_SUCCESS, WEFT_SIM_OUTCOME_SUCCESS,
    WEFT_SIM_OUTCOME_UNKNOWN, WEFT_SIM_OUTCOME_UNKNOWN, WEFT_SIM_OUTCOME_FAILURE,
  };
  SmallOperation *operation = &self->history->operations[number];
  const SmallOperation *earlier = draw_earlier (self->history, number, self->prng);

  *operation = (SmallOperation) { .action = number + 1 };
  operation->is_write = earlier != NULL || weft_sim_prng_chance (self->prng, 0.5);
  operation->sighting.block = weft_sim_prng_below (self->prng, SMALL_BLOCKS);
  if (operation->is_write)
    {
      operation->outcome = outcomes[weft_sim_prng_below (self->prng, G_N_ELEMENTS (outcomes))];
      if (earlier != NULL)
        {
          operation->action = earlier->action;
          operation->n_changes = earlier->n_changes;
          memcpy (operation->changes, earlier->changes, sizeof earlier->changes);
        }
      else
        draw_changes (self, operation);
      operation->is_told = operation->outcome == WEFT_SIM_OUTCOME_FAILURE &&
                           weft_sim_prng_chance (self->prng, 0.5);
      if (operation->is_told)
        operation->sighting.block = operation->changes[0].block;
    }
  draw_times (self, number, earlier != NULL ? earlier->end + 1 : 0);
  if (!operation->is_write && weft_sim_prng_chance (self->prng, 0.05))
    operation->end = SMALL_NEVER;
}

void
small_history_draw (SmallHistory *self,
                    gboolean      is_simple,
                    WeftSimPrng  *prng)
{
  Store store = { .history = self, .prng = prng };

  *self = (SmallHistory) { .is_simple = is_simple };
  self->has_log = !is_simple && weft_sim_prng_chance (prng, 0.5);
  self->n_operations = 2 + weft_sim_prng_below (prng, SMALL_OPERATIONS_MAX - 1);
  for (guint i = 0; i < SMALL_BLOCKS; i++)
    store.blocks[i].block = i;
  for (guint i = 0; i < self->n_operations; i++)
    draw_operation (&store, i);

  while (TRUE)
    {
      guint next = 0;

      for (guint i = 1; i < self->n_operations; i++)
        if (store.effects[i] < store.effects[next])
          next = i;
      if (store.effects[next] == SMALL_NEVER)
        break;
      perform (&store, next);
      store.effects[next] = SMALL_NEVER;
    }
  copy_bases (self);
}

static void
mutate_sighting (SmallHistory    *self,
                 WeftSimSighting *sighting,
                 WeftSimPrng     *prng)
{
  const WeftSimSighting *other
      = self->n_log > 0 ? &self->log[weft_sim_prng_below (prng, self->n_log)] : NULL;

  switch (weft_sim_prng_below (prng, 6))
    {
    case 0:
      sighting->value ^= 1;
      break;
    case 1:
      sighting->rev += sighting->rev > 1 && weft_sim_prng_chance (prng, 0.5) ? -1 : 1;
      break;
    case 2:
      sighting->action = 1 + weft_sim_prng_below (prng, SMALL_OPERATIONS_MAX + 1);
      break;
    case 3:
      *sighting = (WeftSimSighting) { .block = sighting->block };
      break;
    default:
      if (other != NULL)
        *sighting = (WeftSimSighting) { sighting->block, other->rev, other->action, other->value };
      break;
    }
}

/* Other attempts of the same action stay where they are, so that they follow each other. */
static void
mutate_times (SmallHistory   *self,
              SmallOperation *operation,
              WeftSimPrng    *prng)
{
  guint n_same = 0;

  for (guint i = 0; i < self->n_operations; i++)
    n_same += self->operations[i].is_write && self->operations[i].action == operation->action;
  if ((operation->is_write && n_same > 1) || operation->end == SMALL_NEVER)
    return;

  operation->begin = weft_sim_prng_below (prng, TIME_MAX);
  operation->end = operation->begin + 1 + weft_sim_prng_below (prng, TIME_MAX / 4);
}

static void
mutate_log (SmallHistory *self,
            WeftSimPrng  *prng)
{
  guint chosen;

  if (!self->has_log || self->n_log == 0)
    return;
  chosen = weft_sim_prng_below (prng, self->n_log);
  switch (weft_sim_prng_below (prng, 3))
    {
    case 0:
      self->log[chosen] = self->log[--self->n_log];
      break;
    case 1:
      self->log[self->n_log] = self->log[chosen];
      mutate_sighting (self, &self->log[self->n_log++], prng);
      break;
    default:
      mutate_sighting (self, &self->log[chosen], prng);
      break;
    }
  for (guint i = self->n_log; i > 0; i--)
    if (self->log[i - 1].rev == 0)
      self->log[i - 1] = self->log[--self->n_log];
}

static void
mutate_write (SmallHistory   *self,
              SmallOperation *operation,
              WeftSimPrng    *prng)
{
  switch (weft_sim_prng_below (prng, 4))
    {
    case 0:
      operation->outcome = WEFT_SIM_OUTCOME_SUCCESS;
      operation->is_told = FALSE;
      if (operation->rev == 0)
        operation->rev = weft_sim_prng_below (prng, 8);
      break;
    case 1:
      operation->outcome = WEFT_SIM_OUTCOME_FAILURE;
      break;
    case 2:
      operation->rev = MAX (operation->rev + weft_sim_prng_range (prng, -1, 1), 0);
      break;
    default:
      if (self->has_log)
        {
          operation->changes[0].base = weft_sim_prng_below (prng, 6);
          copy_bases (self);
        }
      break;
    }
}

void
small_history_mutate (SmallHistory *self,
                      WeftSimPrng  *prng)
{
  SmallOperation *operation
      = &self->operations[weft_sim_prng_below (prng, self->n_operations)];

  switch (weft_sim_prng_below (prng, 4))
    {
    case 0:
      mutate_log (self, prng);
      break;
    case 1:
      mutate_times (self, operation, prng);
      break;
    default:
      if (operation->is_write && !operation->is_told)
        mutate_write (self, operation, prng);
      else
        mutate_sighting (self, &operation->sighting, prng);
      break;
    }
}

/* At one time, beginnings come before ends: what touches counts as overlapping. */
static guint
find_next (const SmallHistory *self,
           const guint64      *handles,
           gboolean           *is_end)
{
  guint found = SMALL_NEVER;
  guint earliest = SMALL_NEVER;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->n_operations; i++)
      {
        guint time = pass == 0 ? self->operations[i].begin : self->operations[i].end;

        if (handles[i] == G_MAXUINT64 || (handles[i] != 0) != (pass == 1) || time >= earliest)
          continue;
        earliest = time;
        found = i;
        *is_end = pass == 1;
      }

  return found;
}

static void
feed_end (WeftSimHistory       *history,
          const SmallOperation *operation,
          guint64               handle)
{
  if (!operation->is_write)
    {
      weft_sim_history_end_read (history, operation->end, handle, &operation->sighting);
      return;
    }
  if (operation->is_told)
    weft_sim_history_see_stale (history, operation->end, handle, &operation->sighting);
  weft_sim_history_end_write (history, operation->end, handle, operation->outcome,
                              operation->rev);
}

WeftSimHistory *
small_history_feed (const SmallHistory *self)
{
  WeftSimHistory *history = weft_sim_history_new ();
  guint64 handles[SMALL_OPERATIONS_MAX] = { 0 };
  gboolean is_end = FALSE;

  for (guint i = find_next (self, handles, &is_end); i != SMALL_NEVER;
       i = find_next (self, handles, &is_end))
    {
      const SmallOperation *operation = &self->operations[i];

      if (is_end)
        {
          feed_end (history, operation, handles[i]);
          handles[i] = G_MAXUINT64;
        }
      else if (operation->is_write)
        handles[i] = weft_sim_history_begin_write (history, operation->begin, i, operation->action,
                                                   operation->changes, operation->n_changes);
      else
        handles[i] = weft_sim_history_begin_read (history, operation->begin, i,
                                                  operation->sighting.block);
    }
  if (self->has_log)
    weft_sim_history_check_logs (history, TIME_MAX, self->log, self->n_log);
  else if (!self->is_simple)
    weft_sim_history_check_order (history);

  return history;
}
