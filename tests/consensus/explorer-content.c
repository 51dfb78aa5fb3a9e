/* explorer-content.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What actions do to their blocks, and how that comes to members with the request for a vote.
 */

#include "config.h"

#include "explorer.h"

#include "weft-error.h"
#include "weft-json.h"
#include "weft-pending-private.h"

/* Each action writes its own word into its blocks. */
static WeftPendRequest *
make_pend (ExplorerAction *action,
           guint8          blocks,
           gint64          base_more,
           const char     *word)
{
  g_autoptr (GString) updates = g_string_new (NULL);
  g_autoptr (GString) bases = g_string_new (NULL);
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_autoptr (GError) error = NULL;
  WeftPendRequest *pend;

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (blocks & (1 << i))
      {
        const char *comma = updates->len > 0 ? "," : "";

        g_string_append_printf (updates, "%s\"%s\":[[\"word\",null,null,\"%s\"]]", comma,
                                explorer_block_id (i), word);
        g_string_append_printf (bases, "%s\"%s\":%d", comma, explorer_block_id (i),
                                (int) (action->bases[i] + base_more));
      }
  text = g_strdup_printf ("{\"actionId\":\"%s\",\"bases\":{%s},\"policy\":\"c\",\"transforms\":{"
                          "\"deletes\":[],\"inserts\":{},\"updates\":{%s}}}", action->id,
                          bases->str, updates->str);
  json = weft_json_parse (text, -1, &error);
  g_assert_no_error (error);
  pend = weft_pend_request_from_json (json, &error);
  g_assert_no_error (error);

  return pend;
}

void
explorer_make_content (ExplorerAction *action)
{
  WeftTransforms *transforms;

  action->pend = make_pend (action, action->blocks, 0, action->id);
  transforms = weft_pend_request_get_transforms (action->pend);
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (action->blocks & (1 << i))
      {
        g_autoptr (WeftTransform) transform
            = weft_transforms_lookup (transforms, explorer_block_id (i));
        g_autoptr (WeftPending) pending = weft_pending_new (transform, action->bases[i], 0);

        action->digests[i] = weft_pending_digest (pending);
      }
}

WeftCommitRequest *
explorer_make_commit (ExplorerAction *action)
{
  const char *ids[EXPLORER_BLOCKS + 1] = { NULL };
  guint n_ids = 0;
  g_autoptr (JsonObject) bases = json_object_new ();
  g_autoptr (JsonObject) digests = json_object_new ();
  g_autoptr (WeftCommitRequest) bare = NULL;
  g_autoptr (WeftCommitRequest) commit = NULL;
  g_autoptr (GPtrArray) target = NULL;

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (action->blocks & (1 << i))
      {
        ids[n_ids++] = explorer_block_id (i);
        json_object_set_int_member (bases, explorer_block_id (i), action->bases[i]);
        json_object_set_string_member (digests, explorer_block_id (i), action->digests[i]);
      }
  bare = weft_commit_request_new (action->id, ids, action->rev, NULL);
  commit = weft_commit_request_with_content (bare, bases, digests, NULL);
  if (action->target == 0)
    return g_steal_pointer (&commit);
  target = explorer_make_peers (action->target);

  return weft_commit_request_with_cluster (commit, target, NULL);
}

void
explorer_action_clear (ExplorerAction *action)
{
  g_free (action->id);
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    g_free (action->digests[i]);
  weft_pend_request_unref (action->pend);
  weft_commit_request_unref (action->commit);
  weft_cluster_record_unref (action->record);
}

/* Another content than is to be decided: in its blocks, in those of another action, on other bases,
 * or that of another action as it is. */
static WeftPendRequest *
make_lie (Explorer       *self,
          ExplorerAction *action)
{
  ExplorerAction *other = &self->actions[explorer_draw (self, self->n_actions)];

  switch (explorer_draw (self, 5))
    {
    case 0:
      return make_pend (action, action->blocks, 0, "lie");

    case 1:
      return make_pend (action, other->blocks, 0, action->id);

    case 2:
      return make_pend (action, action->blocks, 0, other == action ? "lie" : other->id);

    case 3:
      return make_pend (action, action->blocks, 1, action->id);

    default:
      return weft_pend_request_ref (other->pend);
    }
}

GPtrArray *
explorer_carry (Explorer          *self,
                WeftClusterRecord *record)
{
  g_autoptr (GPtrArray) pends = NULL;
  gboolean is_honest;

  if (!self->is_carrying)
    return NULL;

  is_honest = self->is_over || self->setting.is_calm || explorer_chance (self, 850);
  pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  for (ExplorerActions left = explorer_list_commits (self, record); left != 0; left &= left - 1)
    {
      ExplorerAction *action = &self->actions[__builtin_ctzll (left)];

      if (is_honest || explorer_chance (self, 300))
        g_ptr_array_add (pends, weft_pend_request_ref (action->pend));
      else if (explorer_chance (self, 700))
        g_ptr_array_add (pends, make_lie (self, action));
    }

  /* Who is on top of another may come before it. */
  if (!is_honest && self->is_chaining && pends->len > 1 && explorer_chance (self, 300))
    {
      gpointer first = pends->pdata[0];

      pends->pdata[0] = pends->pdata[pends->len - 1];
      pends->pdata[pends->len - 1] = first;
    }

  return pends->len > 0 ? g_steal_pointer (&pends) : NULL;
}

/* Whether what it is on is here, or is what those before it in the record make of what is here. */
static gboolean
has_base (Explorer          *self,
          ExplorerNode      *node,
          WeftClusterRecord *record,
          int                index,
          guint              block)
{
  ExplorerStore *store = node->visible;

  for (gint64 base = self->actions[index].bases[block]; base > store->latest[block]; base--)
    {
      g_autoptr (WeftSlot) before = weft_slot_new (explorer_block_id (block), base - 1);
      int action = weft_cluster_record_has_slot (record, before)
                       ? explorer_find_change (self, record, before) : -1;

      if (action < 0 || !explorer_is_pending (self, store, action, block) ||
          store->spoiled[explorer_find_pending (self, store, action, block)])
        return FALSE;
    }

  return TRUE;
}

/* Where something else is pending under its name it cannot be, or that goes as it came too late. */
static gboolean
pend_one (Explorer          *self,
          ExplorerNode      *node,
          WeftClusterRecord *record,
          WeftPendRequest   *pend)
{
  int index = explorer_find_pended (self, pend);

  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if ((self->actions[index].blocks & (1 << i)) &&
        !has_base (self, node, record, index, i))
      return FALSE;
  if (node->visible->spoiled[index] && explorer_chance (self, 500))
    return FALSE;

  return explorer_pend_at (self, node, index, self->actions[index].blocks);
}

/* Mostly the machine knows at once, as soon as all is done that it wanted together with this. */
void
explorer_node_pend (Explorer         *self,
                    ExplorerNode     *node,
                    WeftMemberEffect *effect)
{
  gboolean is_good = self->is_over || self->setting.is_calm || !explorer_chance (self, 20);
  ExplorerEvent *event;

  for (guint i = 0; i < effect->pends->len; i++)
    {
      if (node->character == EXPLORER_HONEST)
        explorer_see_carried (self, node, effect->pends->pdata[i], effect->record);
      is_good = is_good && pend_one (self, node, effect->record, effect->pends->pdata[i]);
      self->n_carried++;
    }
  if (self->setting.is_calm || explorer_chance (self, 900))
    {
      event = g_new0 (ExplorerEvent, 1);
      g_queue_push_tail (&node->pended, event);
    }
  else
    event = explorer_schedule (self, explorer_delay (self), EVENT_PENDED, node->place);
  event->incarnation = node->incarnation;
  event->id = effect->token;
  event->rev = is_good;
}

void
explorer_node_pended (Explorer      *self,
                      ExplorerNode  *node,
                      ExplorerEvent *event)
{
  g_autoptr (GError) error = NULL;
  WeftMemberEvent pended = { .type = WEFT_MEMBER_EVENT_PENDED, .token = event->id,
                             .text = "{\"success\":true}" };

  if (event->rev == 0)
    {
      error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_INVALID, "something else is pending");
      pended.error = error;
    }
  explorer_node_step (self, node, &pended);
}
