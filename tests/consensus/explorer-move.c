/* explorer-move.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Blocks that move: who should keep them changes, nodes see that sooner or later, get the blocks,
 * and move them there, or anywhere else.
 */

#include "config.h"

#include "explorer.h"

#include "weft-thresholds.h"

#define BIT(number) (1u << (number))
/* What is left for the last commits of all blocks. */
#define ACTIONS_LEFT (EXPLORER_BLOCKS + 16)

static guint
count (guint mask)
{
  return __builtin_popcount (mask);
}

/* Fewer of them lie than a cluster of that size puts up with, and enough of them work. */
static gboolean
is_good_cohort (Explorer *self,
                guint     mask)
{
  guint n_liars = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    n_liars += (mask & BIT (i)) && self->nodes[i].character != EXPLORER_HONEST;

  return mask != 0 && n_liars <= count (mask) / 4 && explorer_is_working (self, mask, NULL);
}

/* With one member replaced, or several, or all; sometimes one more, or one less. */
static guint
draw_cohort (Explorer *self,
             guint     from)
{
  for (guint attempt = 0; attempt < 12; attempt++)
    {
      guint mask = from;
      guint n_left = 1 + explorer_draw (self, explorer_chance (self, 600) ? 1 : count (from));
      guint n_joined = n_left;

      if (explorer_chance (self, 300))
        n_joined += explorer_chance (self, 500) ? 1 : -1;
      for (guint i = 0; i < 40 && (n_left > 0 || n_joined > 0); i++)
        {
          guint number = explorer_draw (self, self->n_nodes);

          if (self->nodes[number].is_gone)
            mask &= ~BIT (number);
          else if (n_left > 0 && (mask & from & BIT (number)))
            {
              mask &= ~BIT (number);
              n_left--;
            }
          else if (n_joined > 0 && !((mask | from) & BIT (number)))
            {
              mask |= BIT (number);
              n_joined--;
            }
        }
      if (mask != from && is_good_cohort (self, mask))
        return mask;
    }

  return from;
}

static void
schedule_view (Explorer *self,
               guint     node,
               guint     block,
               gint64    delay_usec)
{
  ExplorerEvent *event = explorer_schedule (self, delay_usec, EVENT_VIEW, node);

  event->id = self->cohorts[block];
  event->rev = block;
  event->request_id = self->n_changes;
}

/* Whether so many have the block that others can learn of it: before that nobody should be asked
 * but those who decide its first revision. */
static gboolean
is_born (Explorer *self,
         guint     block)
{
  guint n = 0;

  for (guint i = 0; i < self->n_members; i++)
    n += self->nodes[i].character == EXPLORER_HONEST && self->nodes[i].durable->latest[block] > 0;

  return n >= weft_thresholds_get_promises (self->n_members, 0.75);
}

static void
see (Explorer     *self,
     ExplorerNode *node,
     guint         block,
     guint         cohort,
     guint64       change)
{
  if (change <= node->changes[block])
    return;
  node->changes[block] = change;
  node->views[block] = cohort;
  g_array_append_val (node->targets, cohort);
  if ((cohort & BIT (node->number)) && node->visible->latest[block] == 0)
    explorer_schedule (self, explorer_draw (self, 300000), EVENT_SETTLE, node->place)->rev = block;
}

/* Who keeps the block since before, missed it, and has not noticed that anything changed: he tells
 * everybody that there is nothing. */
static gboolean
is_unaware (ExplorerNode *node,
            guint         block)
{
  return !node->is_gone && node->durable->latest[block] == 0 && node->changes[block] == 0
         && (node->views[block] & BIT (node->number));
}

/* Whether such members are all that a reader has to ask in this cohort, but for those who lie. It
 * is what nothing helps against, so it takes a cluster that decided a block and is gone at once. */
static gboolean
seems_absent (Explorer *self,
              guint     block,
              guint     cohort)
{
  guint n = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      ExplorerNode *node = &self->nodes[i];
      gboolean is_liar = node->character != EXPLORER_HONEST && node->character != EXPLORER_SILENT;

      n += (cohort & BIT (i)) && (is_liar || is_unaware (node, block));
    }

  return n >= weft_thresholds_get_promises (count (cohort), 0.75);
}

static void
change_one (Explorer *self,
            guint     block,
            guint     cohort)
{
  gboolean is_forgotten = seems_absent (self, block, cohort);

  self->cohorts[block] = cohort;
  self->n_changes++;
  for (guint i = 0; i < self->n_bodies; i++)
    {
      gint64 delay = explorer_chance (self, 300) ? 0 : explorer_draw (self, 3 * G_USEC_PER_SEC);

      /* Whoever is left is the first to know that he is. */
      if (is_forgotten && (cohort & BIT (self->nodes[i].number))
          && is_unaware (&self->nodes[i], block))
        delay = 0;
      if (!explorer_chance (self, 120) || delay == 0)
        schedule_view (self, i, block, delay);
    }
}

static void
change (Explorer      *self,
        ExplorerEvent *event)
{
  guint first = event->rev;
  gboolean is_all = explorer_chance (self, 600);
  guint cohort;

  if (self->is_over)
    return;
  if (!is_born (self, first))
    {
      explorer_schedule (self, 300000, EVENT_CHANGE, 0)->rev = first;
      return;
    }
  cohort = draw_cohort (self, self->cohorts[first]);
  for (guint i = 0; i < self->n_blocks; i++)
    if (i == first || (is_all && is_born (self, i)))
      change_one (self, i, cohort);
}

void
explorer_see_all (Explorer *self)
{
  for (guint i = 0; i < self->n_bodies; i++)
    for (guint block = 0; block < EXPLORER_BLOCKS; block++)
      if (self->nodes[i].views[block] != self->cohorts[block])
        see (self, &self->nodes[i], block, self->cohorts[block], self->n_changes);
}

static void
store_first (ExplorerStore     *store,
             int                index,
             WeftClusterRecord *certificate)
{
  GPtrArray *slots = weft_cluster_record_get_slots (certificate);
  g_autoptr (GString) text = g_string_new ("{\"certificate\":");
  ExplorerRecord *record;

  weft_cluster_record_append (certificate, text);
  g_string_append_c (text, '}');
  record = explorer_record_new (g_ref_string_new_len (text->str, (gssize) text->len), TRUE);
  store->pendings[index] = 0;
  for (guint block = 0; block < slots->len; block++)
    {
      g_autofree char *key = weft_slot_make_key (slots->pdata[block]);

      explorer_store_write (store, key, record);
      store->latest[block] = 1;
      store->revisions[block][1] = index + 1;
    }
  explorer_record_unref (record);
}

void
explorer_begin_history (Explorer *self)
{
  int index = explorer_add_first (self);
  g_autoptr (WeftClusterRecord) certificate
      = fixture_committed (self->actions[index].record, (1 << self->n_members) - 1);

  explorer_know_history (self, index);
  self->n_changes = 1;
  for (guint block = 0; block < EXPLORER_BLOCKS; block++)
    {
      self->cohorts[block] = self->setting.target;
      for (guint i = 0; i < self->n_nodes; i++)
        see (self, &self->nodes[i], block, self->setting.target, self->n_changes);
    }
  for (guint i = 0; i < self->n_members; i++)
    {
      store_first (self->nodes[i].visible, index, certificate);
      store_first (self->nodes[i].durable, index, certificate);
    }
}

/* From anybody who has it. */
static void
settle (Explorer     *self,
        ExplorerNode *node,
        guint         block)
{
  guint first = explorer_draw (self, self->n_bodies);

  if (node->visible->latest[block] > 0 || node->is_gone)
    return;
  for (guint i = 0; i < self->n_bodies && node->member != NULL; i++)
    {
      ExplorerNode *other = &self->nodes[(first + i) % self->n_bodies];

      if (other != node && other->member != NULL && other->side == node->side &&
          explorer_restore (self, node, other->durable, block))
        return;
    }
  explorer_schedule (self, G_USEC_PER_SEC, EVENT_SETTLE, node->place)->rev = block;
}

/* As it sees the network; or out of spite, or as somebody else might see it. */
static guint
draw_target (Explorer     *self,
             ExplorerNode *node,
             guint         block,
             guint         pin)
{
  guint target = node->views[block];

  if (!self->is_over && (target == pin || explorer_chance (self, 250)))
    target = draw_cohort (self, explorer_chance (self, 500) ? pin : target);

  return target;
}

static void
move (Explorer     *self,
      ExplorerNode *node)
{
  guint block = explorer_draw (self, self->n_blocks);
  guint pin = explorer_find_pin (self, node->visible, block);
  guint8 blocks = 1 << block;
  guint target;

  if (node->member == NULL || pin == 0 || self->n_actions + ACTIONS_LEFT > EXPLORER_ACTIONS_MAX)
    return;
  target = draw_target (self, node, block, pin);
  if (target == pin)
    return;
  for (guint i = 0; i < self->n_blocks; i++)
    if (explorer_find_pin (self, node->visible, i) == pin && explorer_chance (self, 500))
      blocks |= 1 << i;
  self->n_moves++;
  explorer_move (self, node->place, blocks, target);
}

/* All that was decided so far stays with enough others. */
static gboolean
may_leave (Explorer     *self,
           ExplorerNode *node)
{
  for (guint block = 0; block < EXPLORER_BLOCKS; block++)
    {
      if (!explorer_is_working (self, self->cohorts[block], node))
        return FALSE;
      for (gint64 rev = 1; rev < EXPLORER_REVS_MAX; rev++)
        {
          int action = explorer_get_decided (self, block, rev);

          if (action > 0 &&
              (!explorer_is_working (self, explorer_get_pin (self, action - 1), node) ||
               !explorer_is_working (self, self->actions[action - 1].peers, node)))
            return FALSE;
        }
    }

  return explorer_is_working (self, explorer_get_mask (self->peers), node);
}

static void
leave (Explorer     *self,
       ExplorerNode *node)
{
  if (self->is_over || node->is_gone || !may_leave (self, node))
    return;
  if (node->member != NULL)
    explorer_node_crash (self, node);
  node->is_gone = TRUE;
  for (guint block = 0; block < EXPLORER_BLOCKS; block++)
    if (self->cohorts[block] & BIT (node->number))
      explorer_schedule (self, explorer_draw (self, 500000), EVENT_CHANGE, 0)->rev = block;
}

void
explorer_move_happen (Explorer      *self,
                      ExplorerEvent *event)
{
  ExplorerNode *node = &self->nodes[event->node];

  switch (event->kind)
    {
    case EVENT_CHANGE:
      change (self, event);
      break;

    case EVENT_VIEW:
      see (self, node, event->rev, event->id, event->request_id);
      break;

    case EVENT_SETTLE:
      settle (self, node, event->rev);
      break;

    case EVENT_MOVE:
      move (self, node);
      break;

    case EVENT_LEAVE:
      leave (self, node);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* A move, and what races with it. */
static void
plan_move (Explorer *self,
           gint64    at_usec)
{
  static const struct
  {
    int kind;
    guint of_thousand;
    gint64 within_usec;
  } races[] = {
    { EVENT_ACT, 500, 30000 },     { EVENT_MOVE, 200, 30000 },   { EVENT_MEDDLE, 200, 200000 },
    { EVENT_READ, 400, 150000 },   { EVENT_READ, 200, 2000000 }, { EVENT_CRASH, 100, 60000 },
  };

  explorer_schedule (self, at_usec, EVENT_MOVE, explorer_draw (self, self->n_nodes));
  for (guint i = 0; i < G_N_ELEMENTS (races); i++)
    if (explorer_chance (self, races[i].of_thousand) &&
        !(self->setting.is_calm && races[i].kind == EVENT_CRASH))
      explorer_schedule (self, at_usec + explorer_draw (self, races[i].within_usec),
                         races[i].kind, explorer_draw (self, self->n_nodes));
}

void
explorer_plan_moves (Explorer *self,
                     gint64    span)
{
  gint64 within = MAX (2 * span, explorer_chance (self, 500) ? 300000 : 12 * G_USEC_PER_SEC);

  for (guint i = 1 + explorer_draw (self, 4); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, within), EVENT_CHANGE, 0)->rev
        = explorer_draw (self, self->n_blocks);
  for (guint i = 3 + explorer_draw (self, 12); i > 0; i--)
    plan_move (self, explorer_draw (self, within + G_USEC_PER_SEC));
  for (guint i = 0; i < 4; i++)
    explorer_schedule (self, EXPLORER_CALM_USEC + explorer_draw (self, 4 * G_USEC_PER_SEC),
                       EVENT_MOVE, explorer_draw (self, self->n_nodes));
  if (!self->setting.is_calm && explorer_chance (self, 400))
    for (guint i = 1 + explorer_draw (self, 2); i > 0; i--)
      explorer_schedule (self, explorer_draw (self, within), EVENT_LEAVE,
                         explorer_draw (self, self->n_nodes));
}
