/* explorer-plan.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who is there for a seed, and what is to happen.
 */

#include "config.h"

#include "explorer.h"

#include "weft-admission-private.h"

#include <string.h>

const char *
explorer_admit (Explorer  *self,
                GPtrArray *peers)
{
  return weft_admission_check (peers, self->peers, 0.75) ? NULL : "others";
}

static void
add_node (Explorer          *self,
          guint              number,
          ExplorerCharacter  character)
{
  ExplorerNode *node = &self->nodes[self->n_bodies];

  g_assert (self->n_bodies < EXPLORER_NODES_MAX);

  node->place = self->n_bodies++;
  node->number = number;
  node->character = character;
  node->visible = explorer_store_new ();
  node->durable = explorer_store_new ();
  node->targets = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (node->targets, self->cohorts[0]);
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    node->views[i] = self->cohorts[i];
  g_queue_init (&node->batches);
  g_queue_init (&node->pended);
}

static gboolean
draw_moving (Explorer *self,
             guint64   seed)
{
  if (self->setting.kind != EXPLORER_ANY)
    return self->setting.kind == EXPLORER_MOVING;

  return self->setting.first.kind == EXPLORER_NOTHING && self->setting.n_rivals == 0 &&
         (seed * 0xbf58476d1ce4e5b9) >> 63;
}

/* In half of the worlds commits are proposed together, in half of them contents come along; half
 * of the former have more blocks. */
static void
draw_joining (Explorer *self,
              guint64   seed)
{
  guint64 drawn = (seed * 0x94d049bb133111eb) >> 61;

  self->n_blocks = EXPLORER_BLOCKS / 2;
  self->is_carrying = self->setting.is_carrying;
  if (self->setting.first.kind != EXPLORER_NOTHING || self->setting.n_rivals != 0)
    return;
  self->is_carrying |= drawn & 1;
  self->is_joining = (drawn & 2) != 0;
  if ((drawn & 6) == 6)
    self->n_blocks = EXPLORER_BLOCKS;
}

/* In half of the worlds callers do not give up what lost against somebody else. */
static void
draw_again (Explorer *self,
            guint64   seed)
{
  self->is_again = !self->setting.is_once && self->setting.first.kind == EXPLORER_NOTHING
                   && self->setting.n_rivals == 0 && (seed * 0xd6e8feb86659fd93) >> 63;
}

/* Some of the members lie; or there are strangers, whom somebody takes for members. */
static void
draw_characters (Explorer *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    add_node (self, i, EXPLORER_HONEST);
  if (self->setting.is_calm)
    return;
  if (self->is_moving)
    self->n_liars = explorer_draw (self, self->n_members / 4 + 1);
  else if (explorer_chance (self, 150))
    self->n_strangers = 1 + explorer_draw (self, EXPLORER_STRANGERS_MAX);
  else if (self->n_nodes >= 4)
    self->n_liars = explorer_draw (self, self->n_nodes / 4 + 1);
  self->has_rogue = explorer_chance (self, 400);
  self->is_muffled = explorer_chance (self, 250);
  self->is_woven = explorer_chance (self, 250);
  for (guint i = 0; i < self->n_strangers; i++)
    add_node (self, self->n_nodes + i,
              explorer_chance (self, 700) ? EXPLORER_YES_MAN : EXPLORER_SILENT);
  for (guint i = 0; i < self->n_liars;)
    {
      ExplorerNode *node = &self->nodes[explorer_draw (self, self->n_members)];

      if (node->character != EXPLORER_HONEST)
        continue;
      node->character = 1 + explorer_draw (self, EXPLORER_N_CHARACTERS - 1);
      if (node->character == EXPLORER_TWIN)
        {
          node->twin = self->n_bodies;
          add_node (self, node->number, EXPLORER_TWIN);
          self->nodes[node->twin].twin = node->place;
        }
      i++;
    }
}

void
explorer_set_up (Explorer              *self,
                 guint64                seed,
                 const ExplorerSetting *setting)
{
  memset (self, 0, sizeof *self);
  self->state = seed * 0x9e3779b97f4a7c15 + 1;
  self->hash = 0xcbf29ce484222325;
  self->setting = *setting;
  self->heap = g_ptr_array_new ();
  self->proposals = g_ptr_array_new_with_free_func ((GDestroyNotify) explorer_proposal_free);
  self->calls = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                       (GDestroyNotify) explorer_event_free);
  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_record_unref);
  self->seen = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_request_unref);
  self->heard = g_ptr_array_new_with_free_func ((GDestroyNotify) explorer_word_free);
  self->reads = g_ptr_array_new_with_free_func ((GDestroyNotify) explorer_read_free);
  if (setting->n_nodes != 0)
    self->n_nodes = setting->n_nodes;
  else
    self->n_nodes = explorer_chance (self, 200) ? 8 + explorer_draw (self, 3)
                                                : 1 + explorer_draw (self, 7);
  self->n_members = self->n_nodes;
  self->is_moving = draw_moving (self, seed);
  draw_joining (self, seed);
  draw_again (self, seed);
  explorer_draw_chaining (self, seed);
  if (self->is_moving)
    self->n_nodes += setting->target != 0 ? setting->n_outsiders
                                          : 1 + explorer_draw (self, EXPLORER_OUTSIDERS_MAX);
  self->peers = fixture_peers (self->n_members);
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    self->cohorts[i] = explorer_get_mask (self->peers);
  explorer_witness_init (self);
  draw_characters (self);
  if (setting->target != 0)
    explorer_begin_history (self);
  for (guint i = 0; i < self->n_bodies; i++)
    if (explorer_node_has_machine (&self->nodes[i]))
      explorer_node_start (self, &self->nodes[i]);
}

/* A member, or the other body of one. */
static guint
draw_body (Explorer *self)
{
  guint place = explorer_draw (self, self->n_nodes);

  return self->nodes[place].twin != 0 && explorer_chance (self, 500) ? self->nodes[place].twin
                                                                     : place;
}

/* What those do who do not mean well, or do not know what others do. */
static void
plan_trouble (Explorer *self,
              gint64    span)
{
  for (guint i = explorer_draw (self, 3); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, 2 * span), EVENT_MEDDLE, draw_body (self));
  for (guint i = 0; i < self->n_bodies; i++)
    if (self->nodes[i].character == EXPLORER_ROLLED_BACK)
      for (guint n = 1 + explorer_draw (self, 4); n > 0; n--)
        explorer_schedule (self, explorer_draw (self, 2 * span), EVENT_CRASH, i);
  if (self->has_rogue)
    for (guint i = 5 + explorer_draw (self, 20); i > 0; i--)
      explorer_schedule (self, explorer_draw (self, 2 * span), EVENT_ATTACK, 0);
}

/* What will happen, but for what follows from it. */
void
explorer_plan (Explorer *self)
{
  guint n_actions = 1 + explorer_draw (self, 5);
  gint64 span = explorer_chance (self, 500) ? 20000 : 8 * G_USEC_PER_SEC;

  if (self->setting.first.kind != EXPLORER_NOTHING)
    {
      explorer_schedule (self, 0, EVENT_FIRST, self->setting.first.node);
      explorer_schedule (self, EXPLORER_CALM_USEC, EVENT_CALM, 0);
      return;
    }
  if (self->is_woven)
    {
      n_actions = 3 + explorer_draw (self, 4);
      span = 4000 + explorer_draw (self, 100000);
    }
  if (self->setting.n_rivals != 0)
    {
      n_actions = self->setting.n_rivals;
      span = 5000;
    }
  if (self->is_joining && explorer_chance (self, 500))
    n_actions = explorer_draw (self, 3);
  for (guint i = 0; i < n_actions; i++)
    explorer_schedule (self, explorer_draw (self, span), EVENT_ACT, draw_body (self));
  for (guint i = self->is_joining ? 1 + explorer_draw (self, 4) : 0; i > 0; i--)
    explorer_schedule (self, explorer_draw (self, span), EVENT_JOIN, draw_body (self));
  for (guint i = self->setting.n_rivals == 0 ? explorer_draw (self, 4) : 0; i > 0; i--)
    explorer_schedule (self, explorer_draw (self, 2 * span), EVENT_READ, draw_body (self));
  explorer_schedule (self, EXPLORER_CALM_USEC, EVENT_CALM, 0);
  if (self->is_again)
    explorer_plan_again (self, span);
  if (self->is_chaining)
    explorer_plan_chains (self, span);
  if (self->is_moving)
    explorer_plan_moves (self, span);
  if (self->setting.is_calm)
    return;
  plan_trouble (self, span);
  for (guint i = explorer_draw (self, 4); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, 15 * G_USEC_PER_SEC), EVENT_PARTITION, 0);
  for (guint i = explorer_draw (self, 5); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, explorer_chance (self, 500) ? 50000 : 1 << 24),
                       EVENT_CRASH, draw_body (self));
  for (guint i = explorer_draw (self, 12); i > 0; i--)
    explorer_schedule (self, explorer_draw (self, 15 * G_USEC_PER_SEC), EVENT_REPLAY,
                       explorer_draw (self, self->n_nodes));
  self->setting.loss = explorer_draw (self, self->setting.loss + 1);
}
