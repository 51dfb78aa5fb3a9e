/* explorer-act.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What callers ask for.
 */

#include "config.h"

#include "explorer.h"

#include "weft-json.h"
#include "weft-pend-request.h"

static gint64
max_latest (Explorer *self,
            guint     block)
{
  gint64 latest = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    latest = MAX (latest, self->nodes[i].durable->latest[block]);

  return latest;
}

gboolean
explorer_knows_latest (Explorer     *self,
                       ExplorerNode *node,
                       guint         block)
{
  return node->visible->latest[block] == max_latest (self, block);
}

/* The cluster as somebody sees it: without some of it, and with some who do not belong to it. */
static GPtrArray *
draw_peers (Explorer *self)
{
  GPtrArray *peers;

  if (self->n_strangers == 0 || explorer_chance (self, 400))
    return g_ptr_array_ref (self->peers);

  peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  for (guint i = 0; i < self->n_nodes + self->n_strangers; i++)
    if (explorer_chance (self, i < self->n_nodes ? 900 : 300) ||
        (peers->len == 0 && i + 1 == self->n_nodes))
      g_ptr_array_add (peers, weft_cluster_peer_new (fixture_peer_id (i), NULL));
  self->n_foreign++;

  return peers;
}

/* Who is asked to decide. Who does not know the history may take others for the cluster, and blocks
 * of several clusters for those of one. */
static GPtrArray *
choose_peers (Explorer     *self,
              ExplorerNode *node,
              guint8       *blocks,
              gboolean      is_plain)
{
  guint8 alike = *blocks;
  guint mask = explorer_choose_peers (self, node, &alike);
  gboolean is_known = FALSE;

  if (is_plain || !self->is_moving || explorer_chance (self, 850))
    *blocks = alike;
  else if (explorer_chance (self, 500))
    return explorer_make_peers (node->views[0]);
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    is_known |= (alike & (1 << i)) && explorer_find_pin (self, node->visible, i) != 0;
  if (is_plain || self->is_moving || is_known)
    return explorer_make_peers (mask);

  return draw_peers (self);
}

static WeftRepoMessage *
make_commit (ExplorerAction     *action,
             const char *const  *ids,
             const gint64       *bases,
             gint64              expiration)
{
  WeftRepoMessage *message = fixture_commit (action->id, ids, bases, action->rev, expiration);
  g_autoptr (WeftRepoMessage) stay = message;
  g_autoptr (GPtrArray) target = NULL;

  if (action->target == 0)
    return g_steal_pointer (&stay);
  target = explorer_make_peers (action->target);

  return fixture_move (stay, target);
}

/* What is proposed: pended at most members, or at all of them, or nowhere yet. */
static int
add_action (Explorer *self,
            guint     node,
            guint8    blocks,
            guint     target,
            gboolean  is_last,
            gboolean  is_pended)
{
  int index = (int) self->n_actions++;
  ExplorerAction *action = &self->actions[index];
  gboolean is_plain = is_last || self->setting.first.kind != EXPLORER_NOTHING;
  g_autoptr (GPtrArray) peers = choose_peers (self, &self->nodes[node], &blocks, is_plain);
  const char *ids[EXPLORER_BLOCKS + 1] = { NULL };
  gint64 bases[EXPLORER_BLOCKS];
  gint64 expiration = 0;
  guint n_ids = 0;

  action->id = g_strdup_printf ("A%d", index);
  action->blocks = blocks;
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (blocks & (1 << i))
      {
        action->bases[i] = is_last ? max_latest (self, i)
                                   : self->nodes[node].visible->latest[i];
        action->rev = MAX (action->rev, action->bases[i] + 1);
        bases[n_ids] = action->bases[i];
        ids[n_ids++] = explorer_block_id (i);
      }
  if (!is_plain && explorer_chance (self, 700))
    expiration = G_GINT64_CONSTANT (1700000000000) + self->now_usec / 1000 + 300 +
                 explorer_draw (self, 8000);
  action->peers = explorer_get_mask (peers);
  action->target = target;
  action->message = make_commit (action, ids, bases, expiration);
  action->record = weft_cluster_record_new (action->message, peers, 0.75, NULL);
  for (guint i = 0; is_pended && i < self->n_bodies; i++)
    if (is_plain || explorer_chance (self, 900))
      {
        gboolean is_spoiled = !is_plain && !self->setting.is_calm && explorer_chance (self, 40);

        self->nodes[i].visible->pendings[index] = self->nodes[i].durable->pendings[index] = blocks;
        self->nodes[i].visible->spoiled[index] = self->nodes[i].durable->spoiled[index]
            = is_spoiled ? blocks : 0;
      }

  return index;
}

void
explorer_commit (Explorer *self,
                 guint     node,
                 int       index)
{
  ExplorerAction *action = &self->actions[index];

  if (action->rev + 1 >= EXPLORER_REVS_MAX)
    return;
  action->n_proposals++;
  if (action->n_proposals > 1)
    explorer_forget_denied (self, action->record);
  explorer_propose (self, node, action->record, FALSE)->action
      = action->n_proposals == 1 ? index : -1;
}

int
explorer_act (Explorer *self,
              guint     node,
              guint8    blocks,
              gboolean  is_last)
{
  int index = add_action (self, node, blocks, 0, is_last, TRUE);

  explorer_commit (self, node, index);

  return index;
}

int
explorer_add_first (Explorer *self)
{
  return add_action (self, 0, (1 << EXPLORER_BLOCKS) - 1, 0, TRUE, TRUE);
}

void
explorer_move (Explorer *self,
               guint     node,
               guint8    blocks,
               guint     target)
{
  explorer_commit (self, node, add_action (self, node, blocks, target, FALSE, TRUE));
}

/* Those whom the coordinator takes for the cluster of the blocks. */
static GPtrArray *
find_peers (Explorer *self,
            guint     node,
            guint8    blocks)
{
  return explorer_make_peers (explorer_choose_peers (self, &self->nodes[node], &blocks));
}

void
explorer_cancel (Explorer *self,
                 guint     node,
                 int       index)
{
  ExplorerAction *action = &self->actions[index];
  const char *ids[EXPLORER_BLOCKS + 1] = { NULL };
  guint n_ids = 0;
  g_autoptr (WeftActionBlocks) blocks = NULL;
  g_autoptr (GPtrArray) peers = find_peers (self, node, action->blocks);
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (WeftClusterRecord) record = NULL;

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (action->blocks & (1 << i))
      ids[n_ids++] = explorer_block_id (i);
  blocks = weft_action_blocks_new (action->id, ids, NULL);
  message = weft_repo_message_new_cancel (blocks, 0);
  record = weft_cluster_record_new (message, peers, 0.75, NULL);
  explorer_propose (self, node, record, FALSE);
}

int
explorer_pend (Explorer *self,
               guint     node,
               guint8    blocks)
{
  int index = add_action (self, node, blocks, 0, FALSE, FALSE);
  g_autoptr (GString) deletes = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_autoptr (WeftPendRequest) pend = NULL;
  g_autoptr (GPtrArray) peers = find_peers (self, node, blocks);
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (WeftClusterRecord) record = NULL;

  blocks = self->actions[index].blocks;
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (blocks & (1 << i))
      g_string_append_printf (deletes, "%s\"%s\"", deletes->len > 0 ? "," : "",
                              explorer_block_id (i));
  text = g_strdup_printf ("{\"actionId\":\"A%d\",\"policy\":\"c\",\"transforms\":{"
                          "\"deletes\":[%s],\"inserts\":{},\"updates\":{}}}", index,
                          deletes->str);
  json = weft_json_parse (text, -1, NULL);
  pend = weft_pend_request_from_json (json, NULL);
  message = weft_repo_message_new_pend (pend, 0);
  record = weft_cluster_record_new (message, peers, 0.75, NULL);
  explorer_propose (self, node, record, FALSE);

  return index;
}

/* `rival` is what the operation before was on, or -1. */
int
explorer_operate (Explorer          *self,
                  const ExplorerOp  *op,
                  int                rival)
{
  int index = rival;

  switch (op->kind)
    {
    case EXPLORER_PEND:
      return explorer_pend (self, op->node, op->blocks);

    case EXPLORER_COMMIT:
      if (!op->is_same || rival < 0)
        return explorer_act (self, op->node, op->blocks, FALSE);
      explorer_commit (self, op->node, rival);
      return rival;

    case EXPLORER_CANCEL:
      if (!op->is_same || rival < 0)
        index = add_action (self, op->node, op->blocks, 0, FALSE, TRUE);
      explorer_cancel (self, op->node, index);
      return index;

    case EXPLORER_MOVE:
      explorer_move (self, op->node, op->blocks, self->setting.target);
      return (int) self->n_actions - 1;

    case EXPLORER_NOTHING:
    default:
      return -1;
    }
}
