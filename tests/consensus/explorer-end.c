/* explorer-end.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What becomes of everything after the faults.
 */

#include "config.h"

#include "explorer.h"

static gboolean
is_all_equal (Explorer *self)
{
  for (guint block = 0; block < EXPLORER_BLOCKS; block++)
    for (guint i = 0; i < self->n_nodes; i++)
      {
        ExplorerNode *node = &self->nodes[i];

        if (node->character != EXPLORER_HONEST)
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

/* Who waits still. A vote that nobody locked is held until its slot is filled by something else. */
static gboolean
is_anybody_busy (Explorer *self)
{
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].member != NULL && self->nodes[i].character == EXPLORER_HONEST &&
        explorer_node_is_held (self, &self->nodes[i]))
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

/* After all faults: everything is resolved, a new commit of each block is decided, and all have
 * it. */
void
explorer_see_end (Explorer *self)
{
  gboolean is_late = self->now_usec > EXPLORER_END_USEC;

  if ((is_all_equal (self) && !is_anybody_busy (self)) ||
      (has_silent_stranger (self) && self->now_usec > EXPLORER_CALM_USEC * 2))
    {
      self->is_finished = TRUE;
      return;
    }
  if (is_late)
    {
      for (guint i = 0; i < self->n_bodies && self->setting.trace != 0; i++)
        for (guint j = 0; j < self->n_actions; j++)
          g_printerr ("node %u character %d action %u blocks %d rev %d pending %d spoiled %d\n", i,
                      self->nodes[i].character, j, self->actions[j].blocks,
                      (int) self->actions[j].rev, self->nodes[i].durable->pendings[j],
                      self->nodes[i].durable->spoiled[j]);
      explorer_fail (self, "I7", "not resolved after the faults: %s",
                     is_anybody_busy (self) ? "somebody waits" : "a last commit is not everywhere");
      return;
    }
  if (!is_anybody_proposing (self))
    for (guint block = 0; block < EXPLORER_BLOCKS; block++)
      {
        int last = self->last_actions[block];
        gboolean is_decided
            = last != 0 &&
              explorer_get_decided (self, block, self->actions[last - 1].rev) == last;
        guint node = explorer_draw (self, self->n_nodes);

        if (!is_decided && self->nodes[node].member != NULL &&
            self->n_actions < EXPLORER_ACTIONS_MAX)
          self->last_actions[block] = 1 + explorer_act (self, node, 1 << block, TRUE);
      }
  explorer_schedule (self, G_USEC_PER_SEC, EVENT_LAST, 0);
}
