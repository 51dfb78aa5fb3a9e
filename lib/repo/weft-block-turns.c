/* weft-block-turns.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-turns-private.h"

#include <string.h>

struct _WeftTurn
{
  char **block_ids;
  gboolean goes_ahead;
  gboolean is_on;
  WeftTurnFunc ready;
  gpointer user_data;
};

struct _WeftBlockTurns
{
  GHashTable *queues; /* (element-type utf8 Queue) (owned), by their block ids */
};

/* Of one block. */
typedef struct
{
  GQueue turns; /* (element-type WeftTurn) (unowned), those that are on first */
  char block_id[];
} Queue;

static void
turn_free (WeftTurn *turn)
{
  g_strfreev (turn->block_ids);
  g_free (turn);
}

static Queue *
queue_new (const char *block_id)
{
  gsize size = strlen (block_id) + 1;
  Queue *queue = g_malloc (sizeof *queue + size);

  g_queue_init (&queue->turns);
  memcpy (queue->block_id, block_id, size);

  return queue;
}

static void
queue_free (gpointer data)
{
  Queue *queue = data;

  g_queue_clear (&queue->turns);
  g_free (queue);
}

WeftBlockTurns *
weft_block_turns_new (void)
{
  WeftBlockTurns *self = g_new0 (WeftBlockTurns, 1);

  self->queues = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, queue_free);

  return self;
}

void
weft_block_turns_free (WeftBlockTurns *self)
{
  g_assert (g_hash_table_size (self->queues) == 0);

  g_hash_table_unref (self->queues);
  g_free (self);
}

static WeftTurn *
find_first (WeftBlockTurns *self,
            const char     *block_id)
{
  Queue *queue = g_hash_table_lookup (self->queues, block_id);

  return queue != NULL ? g_queue_peek_head (&queue->turns) : NULL;
}

static void
enqueue (WeftBlockTurns *self,
         const char     *block_id,
         WeftTurn       *turn)
{
  Queue *queue = g_hash_table_lookup (self->queues, block_id);
  GList *link;

  if (queue == NULL)
    {
      queue = queue_new (block_id);
      g_hash_table_insert (self->queues, queue->block_id, queue);
    }

  link = turn->goes_ahead ? queue->turns.head : NULL;
  while (link != NULL
         && (((WeftTurn *) link->data)->is_on || ((WeftTurn *) link->data)->goes_ahead))
    link = link->next;
  if (link != NULL)
    g_queue_insert_before (&queue->turns, link, turn);
  else
    g_queue_push_tail (&queue->turns, turn);
}

/* Whether it has become the first everywhere just now. */
static gboolean
switch_on (WeftBlockTurns *self,
           WeftTurn       *turn)
{
  if (turn->is_on)
    return FALSE;
  for (guint i = 0; turn->block_ids[i] != NULL; i++)
    if (find_first (self, turn->block_ids[i]) != turn)
      return FALSE;
  turn->is_on = TRUE;

  return TRUE;
}

WeftTurn *
weft_block_turns_add (WeftBlockTurns     *self,
                      const char * const *block_ids,
                      gboolean            goes_ahead,
                      WeftTurnFunc        ready,
                      gpointer            user_data)
{
  WeftTurn *turn = g_new0 (WeftTurn, 1);

  turn->block_ids = g_strdupv ((char **) block_ids);
  turn->goes_ahead = goes_ahead;
  turn->ready = ready;
  turn->user_data = user_data;
  for (guint i = 0; block_ids[i] != NULL; i++)
    enqueue (self, block_ids[i], turn);
  switch_on (self, turn);

  return turn;
}

/* The first who waits for one of the blocks and whose turn it is now. */
static WeftTurn *
find_next (WeftBlockTurns *self,
           char          **block_ids)
{
  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      WeftTurn *turn = find_first (self, block_ids[i]);

      if (turn != NULL && switch_on (self, turn))
        return turn;
    }

  return NULL;
}

void
weft_block_turns_remove (WeftBlockTurns *self,
                         WeftTurn       *turn)
{
  g_auto (GStrv) block_ids = g_steal_pointer (&turn->block_ids);
  WeftTurn *next;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      Queue *queue = g_hash_table_lookup (self->queues, block_ids[i]);

      if (queue == NULL)
        continue;
      g_queue_remove (&queue->turns, turn);
      if (g_queue_is_empty (&queue->turns))
        g_hash_table_remove (self->queues, block_ids[i]);
    }
  turn_free (turn);

  /* Each may add and remove turns itself. */
  while ((next = find_next (self, block_ids)) != NULL)
    next->ready (next->user_data);
}

GPtrArray *
weft_block_turns_list_waiting (WeftBlockTurns *self,
                               const char     *block_id)
{
  Queue *queue = g_hash_table_lookup (self->queues, block_id);
  GPtrArray *waiting = g_ptr_array_new ();

  for (GList *link = queue != NULL ? queue->turns.head : NULL; link != NULL; link = link->next)
    {
      WeftTurn *turn = link->data;

      if (!turn->is_on)
        g_ptr_array_add (waiting, turn->user_data);
    }

  return waiting;
}

void
weft_block_turns_let_join (WeftBlockTurns *self,
                           WeftTurn       *turn)
{
  g_assert (!turn->is_on);
  g_assert (g_strv_length (turn->block_ids) == 1);

  turn->is_on = TRUE;
}

gboolean
weft_block_turns_put_back (WeftBlockTurns *self,
                           WeftTurn       *turn)
{
  g_assert (turn->is_on);

  for (guint i = 0; turn->block_ids[i] != NULL; i++)
    if (find_first (self, turn->block_ids[i]) == turn)
      return FALSE;
  turn->is_on = FALSE;

  return TRUE;
}

gboolean
weft_block_turns_is_taken (WeftBlockTurns     *self,
                           const char * const *block_ids)
{
  for (guint i = 0; block_ids[i] != NULL; i++)
    if (g_hash_table_contains (self->queues, block_ids[i]))
      return TRUE;

  return FALSE;
}

gboolean
weft_turn_is_on (WeftTurn *turn)
{
  return turn->is_on;
}

const char * const *
weft_turn_get_block_ids (WeftTurn *turn)
{
  return (const char * const *) turn->block_ids;
}
