/* weft-mover-machine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-mover-machine-private.h"

#include <string.h>

#include "weft-deadline-private.h"

/* A neighbourhood that changes settles meanwhile, and who is back by then need not be replaced. */
#define WAIT_USEC (5 * G_TIME_SPAN_SECOND)
/* To fewer than keep it now it can go later: they are no more than those who are left. */
#define SHRINK_USEC (60 * G_TIME_SPAN_SECOND)
/* Whoever comes first has so long before the next tries. */
#define RANK_USEC (3 * G_TIME_SPAN_SECOND)
/* What failed is tried again after it, doubling. */
#define AGAIN_USEC (4 * G_TIME_SPAN_SECOND)
#define AGAIN_USEC_MAX (60 * G_TIME_SPAN_SECOND)
/* Of these each has to be decided by all who keep the blocks. */
#define MOVES_MAX 4
#define BLOCKS_PER_MOVE_MAX 16
/* More are seen again when these have moved. */
#define BLOCKS_MAX 4096

typedef struct
{
  WeftDeadline deadline; /* first: until when it waits */
  char *block_id;
  GPtrArray *pin;
  GPtrArray *target;
  gint64 ready_usec;     /* from when on it may go together with others */
  guint n_failed;
  guint64 move_id;       /* 0 while it waits */
} Entry;

struct _WeftMoverMachine
{
  GTree *entries;       /* (element-type utf8 Entry) (owned) */
  WeftDeadlines *deadlines; /* of those that wait */
  gint64 last_id;       /* tells entries with the same deadline apart */
  guint64 last_move_id;
  guint n_moving;       /* moves under way */
};

static int
compare_ids (gconstpointer a,
             gconstpointer b,
             gpointer      user_data)
{
  return strcmp (a, b);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  weft_deadline_clear (&entry->deadline);
  g_ptr_array_unref (entry->pin);
  g_ptr_array_unref (entry->target);
  g_free (entry->block_id);
  g_free (entry);
}

static void
move_clear (gpointer data)
{
  WeftMove *move = data;

  g_ptr_array_unref (move->block_ids);
  g_ptr_array_unref (move->pin);
  g_ptr_array_unref (move->target);
}

void
weft_mover_effects_init (WeftMoverEffects *self)
{
  self->moves = g_array_new (FALSE, FALSE, sizeof (WeftMove));
  g_array_set_clear_func (self->moves, move_clear);
  self->deadline_usec = G_MAXINT64;
}

void
weft_mover_effects_clear (WeftMoverEffects *self)
{
  g_clear_pointer (&self->moves, g_array_unref);
}

WeftMoverMachine *
weft_mover_machine_new (void)
{
  WeftMoverMachine *self = g_new0 (WeftMoverMachine, 1);

  self->entries = g_tree_new_full (compare_ids, NULL, NULL, entry_free);
  self->deadlines = weft_deadlines_new ();

  return self;
}

void
weft_mover_machine_free (WeftMoverMachine *self)
{
  g_tree_unref (self->entries);
  weft_deadlines_free (self->deadlines);
  g_free (self);
}

static gboolean
are_equal (GPtrArray *a,
           GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (a, i)),
                             weft_cluster_peer_get_peer_id (g_ptr_array_index (b, i))))
      return FALSE;

  return TRUE;
}

static gint64
get_jitter (const WeftMoverEvent *event,
            gint64                most_usec)
{
  return most_usec * (event->chance % 1024) / 1024;
}

static void
wait_for (WeftMoverMachine     *self,
          Entry                *entry,
          const WeftMoverEvent *event)
{
  entry->ready_usec
      = event->now_usec + (entry->target->len < entry->pin->len ? SHRINK_USEC : WAIT_USEC);
  weft_deadline_set (&entry->deadline, self->deadlines,
                     entry->ready_usec + event->rank * RANK_USEC
                       + get_jitter (event, RANK_USEC / 2));
}

static void
step_seen (WeftMoverMachine     *self,
           const WeftMoverEvent *event)
{
  Entry *entry = g_tree_lookup (self->entries, event->block_id);

  g_assert (!are_equal (event->pin, event->target));

  if (entry != NULL
      && (entry->move_id != 0
          || (are_equal (entry->pin, event->pin) && are_equal (entry->target, event->target))))
    return;
  if (entry == NULL && g_tree_nnodes (self->entries) == BLOCKS_MAX)
    return;

  /* What is to be done has changed, so all begins anew. */
  if (entry != NULL)
    g_tree_remove (self->entries, event->block_id);
  entry = g_new0 (Entry, 1);
  entry->block_id = g_strdup (event->block_id);
  entry->pin = g_ptr_array_ref (event->pin);
  entry->target = g_ptr_array_ref (event->target);
  weft_deadline_init (&entry->deadline, ++self->last_id);
  g_tree_insert (self->entries, entry->block_id, entry);
  wait_for (self, entry, event);
}

static void
step_settled (WeftMoverMachine     *self,
              const WeftMoverEvent *event)
{
  Entry *entry = g_tree_lookup (self->entries, event->block_id);

  if (entry != NULL && entry->move_id == 0)
    g_tree_remove (self->entries, event->block_id);
}

/* (element-type Entry) (unowned) */
static GPtrArray *
list_moving (WeftMoverMachine *self,
             guint64           move_id)
{
  GPtrArray *moving = g_ptr_array_new ();

  for (GTreeNode *node = g_tree_node_first (self->entries); node != NULL;
       node = g_tree_node_next (node))
    {
      Entry *entry = g_tree_node_value (node);

      if (entry->move_id == move_id)
        g_ptr_array_add (moving, entry);
    }

  return moving;
}

static void
step_moved (WeftMoverMachine     *self,
            const WeftMoverEvent *event)
{
  g_autoptr(GPtrArray) moving = list_moving (self, event->id);

  g_assert (self->n_moving > 0);

  self->n_moving--;
  for (guint i = 0; i < moving->len; i++)
    {
      Entry *entry = g_ptr_array_index (moving, i);
      gint64 pause_usec = MIN (AGAIN_USEC << MIN (entry->n_failed, 8), AGAIN_USEC_MAX);

      entry->move_id = 0;
      if (event->is_moved)
        {
          g_tree_remove (self->entries, entry->block_id);
          continue;
        }
      /* By itself from now on: one of them may be what kept the others. */
      entry->n_failed++;
      entry->ready_usec = G_MAXINT64;
      weft_deadline_set (&entry->deadline, self->deadlines,
                         event->now_usec + pause_usec / 2 + get_jitter (event, pause_usec));
    }
}

static void
add_to_move (WeftMoverMachine *self,
             Entry            *entry,
             WeftMove         *move)
{
  entry->move_id = move->id;
  weft_deadline_clear (&entry->deadline);
  g_ptr_array_add (move->block_ids, g_strdup (entry->block_id));
}

static gboolean
goes_with (Entry *entry,
           Entry *first,
           gint64 now_usec)
{
  return first->n_failed == 0 && entry->move_id == 0 && entry->ready_usec <= now_usec
         && are_equal (entry->pin, first->pin) && are_equal (entry->target, first->target);
}

/* One block and others that go the same way. */
static void
begin (WeftMoverMachine     *self,
       Entry                *first,
       const WeftMoverEvent *event,
       WeftMoverEffects     *effects)
{
  WeftMove move = {
    .id = ++self->last_move_id,
    .block_ids = g_ptr_array_new_with_free_func (g_free),
    .pin = g_ptr_array_ref (first->pin),
    .target = g_ptr_array_ref (first->target),
  };

  guint n_others = 0;

  self->n_moving++;
  for (GTreeNode *node = g_tree_node_first (self->entries); node != NULL;
       node = g_tree_node_next (node))
    {
      Entry *entry = g_tree_node_value (node);

      if (entry != first)
        {
          if (n_others == BLOCKS_PER_MOVE_MAX - 1 || !goes_with (entry, first, event->now_usec))
            continue;
          n_others++;
        }
      add_to_move (self, entry, &move);
    }
  g_ptr_array_add (move.block_ids, NULL);
  g_array_append_val (effects->moves, move);
}

static void
begin_due (WeftMoverMachine     *self,
           const WeftMoverEvent *event,
           WeftMoverEffects     *effects)
{
  WeftDeadline *due;

  while (self->n_moving < MOVES_MAX && (due = weft_deadline_get_first (self->deadlines)) != NULL
         && due->usec <= event->now_usec)
    begin (self, (Entry *) due, event, effects);
}

void
weft_mover_machine_step (WeftMoverMachine     *self,
                         const WeftMoverEvent *event,
                         WeftMoverEffects     *effects)
{
  switch (event->type)
    {
    case WEFT_MOVER_EVENT_SEEN:
      step_seen (self, event);
      break;

    case WEFT_MOVER_EVENT_SETTLED:
      step_settled (self, event);
      break;

    case WEFT_MOVER_EVENT_MOVED:
      step_moved (self, event);
      break;

    case WEFT_MOVER_EVENT_TIMEOUT:
      break;

    default:
      g_assert_not_reached ();
    }

  begin_due (self, event, effects);
  /* A move that ends makes room. */
  effects->deadline_usec
      = self->n_moving < MOVES_MAX ? weft_deadline_get_next (self->deadlines) : G_MAXINT64;
}

guint
weft_mover_machine_get_waiting (WeftMoverMachine *self)
{
  return g_tree_nnodes (self->entries);
}

guint
weft_mover_machine_get_moving (WeftMoverMachine *self)
{
  return self->n_moving;
}
