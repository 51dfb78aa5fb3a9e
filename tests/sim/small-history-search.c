/* small-history-search.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "small-history.h"

/* The plain meaning of "linearizable": some order of all operations, in which one that ended before
 * another began comes first, is right for a store that does one after the other. It shares nothing
 * with the online checker, and takes exponential time. */

#define ITEMS_MAX (2 * SMALL_OPERATIONS_MAX)

/* A write with all its attempts, or one sighting of the latest revision. */
typedef struct
{
  guint begin;
  guint end;
  const SmallOperation *write; /* NULL for a sighting */
  gint64 rev;                  /* of the write */
  WeftSimSighting sighting;
} Item;

typedef struct
{
  const SmallHistory *history;
  Item items[ITEMS_MAX];
  guint n_items;
  guint8 tried[(1 << ITEMS_MAX) / 8];
} Search;

static void
add_sighting (Search               *self,
              const SmallOperation *operation)
{
  Item *item = &self->items[self->n_items++];

  item->begin = operation->begin;
  item->end = operation->end;
  item->sighting = operation->sighting;
}

/* What an operation says about the revision of an action: 0 for nothing, -1 for nonsense. */
static gint64
get_told_rev (const SmallOperation *operation,
              guint64               action)
{
  if (operation->is_write && operation->outcome == WEFT_SIM_OUTCOME_SUCCESS)
    {
      if (operation->action != action)
        return 0;
      return operation->rev > 0 ? operation->rev : -1;
    }
  if (operation->is_write ? !operation->is_told : operation->end == SMALL_NEVER)
    return 0;

  return operation->sighting.action == action ? operation->sighting.rev : 0;
}

/* The revision as which anybody saw an action: 0 for none, -1 when they do not agree. */
static gint64
find_seen_rev (const SmallHistory *history,
               guint64             action)
{
  gint64 rev = 0;

  for (guint i = 0; i < history->n_operations; i++)
    {
      gint64 told = get_told_rev (&history->operations[i], action);

      if (told < 0 || (told != 0 && rev != 0 && told != rev))
        return -1;
      rev = told != 0 ? told : rev;
    }
  for (guint i = 0; history->has_log && i < history->n_log; i++)
    if (history->log[i].action == action)
      {
        if (rev != 0 && rev != history->log[i].rev)
          return -1;
        rev = history->log[i].rev;
      }

  return rev;
}

/* Puts the attempts of an action together; FALSE when they contradict each other. */
static gboolean
add_write (Search *self,
           guint   first)
{
  const SmallHistory *history = self->history;
  const SmallOperation *operations = history->operations;
  Item item = { .end = SMALL_NEVER, .rev = find_seen_rev (history, operations[first].action) };

  for (guint i = first; i < history->n_operations; i++)
    {
      if (!operations[i].is_write || operations[i].action != operations[first].action)
        continue;
      if (operations[i].outcome == WEFT_SIM_OUTCOME_FAILURE)
        continue;
      if (item.write == NULL)
        {
          item.begin = operations[i].begin;
          item.write = &operations[i];
        }
      if (operations[i].outcome == WEFT_SIM_OUTCOME_SUCCESS)
        item.end = MIN (item.end, operations[i].end);
    }
  if (item.rev == 0)
    return TRUE; /* nobody saw it: it may be left out */
  if (item.rev < 0 || item.write == NULL)
    return FALSE;

  self->items[self->n_items++] = item;
  return TRUE;
}

static gboolean
is_first_attempt (const SmallHistory *history,
                  guint               attempt)
{
  for (guint i = 0; i < attempt; i++)
    if (history->operations[i].is_write &&
        history->operations[i].action == history->operations[attempt].action)
      return FALSE;

  return TRUE;
}

static gboolean
collect (Search *self)
{
  for (guint i = 0; i < self->history->n_operations; i++)
    {
      const SmallOperation *operation = &self->history->operations[i];

      if (operation->is_write)
        {
          if (operation->is_told)
            add_sighting (self, operation);
          if (is_first_attempt (self->history, i) && !add_write (self, i))
            return FALSE;
        }
      else if (operation->end != SMALL_NEVER)
        add_sighting (self, operation);
    }

  return TRUE;
}

static gboolean
is_same (const WeftSimSighting *a,
         const WeftSimSighting *b)
{
  return a->block == b->block && a->rev == b->rev && a->action == b->action &&
         a->value == b->value;
}

/* The log holds exactly what the writes did. */
static gboolean
check_log (const Search *self)
{
  const SmallHistory *history = self->history;
  gboolean is_known[SMALL_LOG_MAX] = { FALSE };

  for (guint i = 0; i < self->n_items; i++)
    for (guint j = 0; self->items[i].write != NULL && j < self->items[i].write->n_changes; j++)
      {
        const SmallOperation *write = self->items[i].write;
        const WeftSimSighting revision = { write->changes[j].block, self->items[i].rev,
                                           write->action, write->changes[j].value };
        gboolean is_there = FALSE;

        for (guint k = 0; k < history->n_log; k++)
          if (is_same (&history->log[k], &revision))
            is_there = is_known[k] = TRUE;
        if (!is_there)
          return FALSE;
      }
  for (guint k = 0; k < history->n_log; k++)
    if (!is_known[k])
      return FALSE;

  return TRUE;
}

/* Does an item as the next one; FALSE when a store would not have answered so. */
static gboolean
apply (const Item      *item,
       WeftSimSighting *blocks)
{
  if (item->write == NULL)
    return is_same (&blocks[item->sighting.block], &item->sighting);

  for (guint i = 0; i < item->write->n_changes; i++)
    {
      const WeftSimChange *change = &item->write->changes[i];
      WeftSimSighting *block = &blocks[change->block];

      if (block->rev >= item->rev || (change->base >= 0 && change->base != block->rev))
        return FALSE;
      *block = (WeftSimSighting) { change->block, item->rev, item->write->action, change->value };
    }

  return TRUE;
}

static gboolean
try_orders (Search                *self,
            guint                  done,
            const WeftSimSighting *blocks)
{
  guint first_end = SMALL_NEVER;

  if (done == (1u << self->n_items) - 1)
    return TRUE;
  /* What has been done decides what the blocks are, since each has the highest revision of it. */
  if (self->tried[done / 8] & 1 << done % 8)
    return FALSE;
  self->tried[done / 8] |= 1 << done % 8;

  for (guint i = 0; i < self->n_items; i++)
    if ((done & 1u << i) == 0)
      first_end = MIN (first_end, self->items[i].end);
  for (guint i = 0; i < self->n_items; i++)
    {
      WeftSimSighting after[SMALL_BLOCKS];

      if (done & 1u << i || self->items[i].begin > first_end)
        continue;
      memcpy (after, blocks, sizeof after);
      if (apply (&self->items[i], after) && try_orders (self, done | 1u << i, after))
        return TRUE;
    }

  return FALSE;
}

gboolean
small_history_search (const SmallHistory *history)
{
  g_autofree Search *self = g_new0 (Search, 1);
  WeftSimSighting blocks[SMALL_BLOCKS] = { 0 };

  for (guint i = 0; i < SMALL_BLOCKS; i++)
    blocks[i].block = i;
  self->history = history;
  if (!collect (self))
    return FALSE;
  if (history->has_log && !check_log (self))
    return FALSE;

  return try_orders (self, 0, blocks);
}
