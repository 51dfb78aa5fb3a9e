/* explorer-end.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What becomes of everything after the faults.
 */

#include "config.h"

#include "explorer.h"

/* As the last commit of the block leaves it. */
static gboolean
is_member (Explorer *self,
           guint     number,
           guint     block)
{
  int last = self->last_actions[block];

  return last == 0 || (explorer_get_pin (self, last - 1) & (1u << number));
}

static gboolean
is_all_equal (Explorer *self)
{
  for (guint block = 0; block < self->n_blocks; block++)
    for (guint i = 0; i < self->n_nodes; i++)
      {
        ExplorerNode *node = &self->nodes[i];

        if (node->character != EXPLORER_HONEST || node->is_gone || !is_member (self, i, block))
          continue;
        if (self->last_actions[block] == 0 || node->durable->revisions[block]
            [self->actions[self->last_actions[block] - 1].rev] != self->last_actions[block])
          return FALSE;
      }

  return TRUE;
}

static gboolean
is_anybody_proposing (Explorer *self)
{
  for (guint i = 0; i < self->proposals->len; i++)
    if (((ExplorerProposal *) self->proposals->pdata[i])->machine != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
is_held (Explorer     *self,
         ExplorerNode *node)
{
  g_autoptr (JsonNode) json = weft_member_machine_to_json (node->member, self->now_usec);
  JsonArray *array = json_node_get_array (json);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *slot = json_array_get_object_element (array, i);

      if (json_object_has_member (slot, "vote") || json_object_has_member (slot, "lock"))
        return TRUE;
    }

  return FALSE;
}

/* Who waits still. A vote that nobody locked is held until its slot is filled by something else. */
static gboolean
is_anybody_busy (Explorer *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].member != NULL && self->nodes[i].character == EXPLORER_HONEST &&
        is_held (self, &self->nodes[i]))
      {
        if (self->setting.trace != 0)
          {
            g_autoptr (JsonNode) json
                = weft_member_machine_to_json (self->nodes[i].member, self->now_usec);
            g_autofree char *text = weft_json_to_string (json);

            g_printerr ("node %u holds %s\n", i, text);
          }
        return TRUE;
      }

  return is_anybody_proposing (self);
}

/* What such a one was needed for stays as it is. */
static gboolean
has_silent_stranger (Explorer *self)
{
  for (guint i = self->n_nodes; i < self->n_nodes + self->n_strangers; i++)
    if (self->nodes[i].character == EXPLORER_SILENT)
      return TRUE;

  return FALSE;
}

/* Who keeps a block has all of it. */
static void
check_histories (Explorer *self)
{
  for (guint block = 0; block < self->n_blocks; block++)
    for (guint i = 0; i < self->n_nodes; i++)
      {
        ExplorerNode *node = &self->nodes[i];

        if (node->character != EXPLORER_HONEST || node->is_gone || !is_member (self, i, block))
          continue;
        for (gint64 rev = 1; rev <= node->durable->latest[block]; rev++)
          if (node->durable->revisions[block][rev] != explorer_get_decided (self, block, rev))
            explorer_fail (self, "I2", "node %u has another revision %d of block %u", i, (int) rev,
                           block);
      }
}

/* Somebody has to work with whom a block can go on. */
static gboolean
is_stuck (Explorer *self)
{
  for (guint block = 0; block < self->n_blocks; block++)
    for (guint i = 0; i < self->n_nodes; i++)
      {
        guint pin = explorer_find_pin (self, self->nodes[i].durable, block);

        if (pin != 0 && !explorer_is_working (self, pin, NULL))
          return TRUE;
      }

  return FALSE;
}

static void
print_world (Explorer *self)
{
  for (guint i = 0; i < self->n_actions; i++)
    g_printerr ("action %u blocks %d rev %d peers %x target %x decided %d\n", i,
                self->actions[i].blocks, (int) self->actions[i].rev, self->actions[i].peers,
                self->actions[i].target,
                explorer_get_decided (self, __builtin_ctz (self->actions[i].blocks),
                                      self->actions[i].rev) == (int) i + 1);
  for (guint i = 0; i < self->n_bodies; i++)
    {
      ExplorerNode *node = &self->nodes[i];

      g_printerr ("node %u character %d gone %d\n", i, node->character, node->is_gone);
      for (guint block = 0; block < self->n_blocks; block++)
        g_printerr ("  block %u latest %d pin %x view %x last %d\n", block,
                    (int) node->durable->latest[block],
                    explorer_find_pin (self, node->durable, block), node->views[block],
                    self->last_actions[block] - 1);
      for (guint j = 0; j < self->n_actions; j++)
        if (node->durable->pendings[j] != 0)
          g_printerr ("  pending %u on %d spoiled %d\n", j, node->durable->pendings[j],
                      node->durable->spoiled[j]);
    }
}

/* After all faults: everything is resolved, a new commit of each block is decided, and all have
 * it. */
void
explorer_see_end (Explorer *self)
{
  gboolean is_late = self->now_usec > EXPLORER_END_USEC;

  if ((is_all_equal (self) && !is_anybody_busy (self)) ||
      ((has_silent_stranger (self) || is_stuck (self)) &&
       self->now_usec > EXPLORER_CALM_USEC * 2))
    {
      check_histories (self);
      self->is_finished = TRUE;
      return;
    }
  if (is_late)
    {
      if (self->setting.trace != 0)
        print_world (self);
      explorer_fail (self, "I7", "not resolved after the faults: %s",
                     is_anybody_busy (self) ? "somebody waits" : "a last commit is not everywhere");
      return;
    }
  if (!is_anybody_proposing (self))
    for (guint block = 0; block < self->n_blocks; block++)
      {
        int last = self->last_actions[block];
        gboolean is_decided
            = last != 0 &&
              explorer_get_decided (self, block, self->actions[last - 1].rev) == last;
        guint node = explorer_draw (self, self->n_nodes);

        if (!is_decided && self->nodes[node].member != NULL &&
            explorer_knows_latest (self, &self->nodes[node], block) &&
            self->n_actions < EXPLORER_ACTIONS_MAX)
          self->last_actions[block] = 1 + explorer_act (self, node, 1 << block, TRUE);
      }
  explorer_schedule (self, G_USEC_PER_SEC, EVENT_LAST, 0);
}
