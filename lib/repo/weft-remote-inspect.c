/* weft-remote-inspect.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a node tells of its clusters, for people and tools. */

#include "config.h"

#include "weft-error.h"
#include "weft-remote-repo-private.h"

static void
answered_cb (const WeftItem *body,
             const char     *peer,
             const GError   *error,
             gpointer        user_data)
{
  g_autoptr(GTask) task = user_data;

  if (body == NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_pointer (task, weft_item_to_node (body), (GDestroyNotify) json_node_unref);
}

/* Asks {"question":{"name":id}} of the node service. */
static void
ask (WeftRemoteRepo      *self,
     const char          *question,
     const char          *name,
     const char          *id,
     GCancellable        *cancellable,
     gpointer             tag,
     GAsyncReadyCallback  callback,
     gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr(JsonNode) body = NULL;
  WeftRemoteRequest request = { .service = "node", .is_idempotent = TRUE };

  g_task_set_source_tag (task, tag);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, question);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, id);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  body = json_builder_get_root (builder);
  json_node_seal (body);
  request.body = body;

  weft_remote_call_start (weft_remote_repo_get_party (self), &request, cancellable, answered_cb,
                          task);
}

/**
 * weft_remote_repo_describe_block_async:
 * @self: a remote repo
 * @block_id: the id of a block
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the answer
 * @user_data: for @callback
 *
 * Asks who keeps a block, who decided its latest revision, and what is in doubt about it.
 *
 * Since: 0.1
 */
void
weft_remote_repo_describe_block_async (WeftRemoteRepo      *self,
                                       const char          *block_id,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_return_if_fail (WEFT_IS_REMOTE_REPO (self));
  g_return_if_fail (block_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask (self, "cluster", "blockId", block_id, cancellable, weft_remote_repo_describe_block_async,
       callback, user_data);
}

/**
 * weft_remote_repo_describe_block_finish:
 * @self: a remote repo
 * @result: what the callback was given
 * @error: (nullable): return location for an error
 *
 * Gets `{"members":[peer id…],"member":bool,"latest"?:ActionRev,"certificate"?,"open":[slot…],
 * "proposals":[…]}`.
 *
 * Returns: (transfer full): an object, or %NULL with %WEFT_ERROR_NOT_FOUND when the node keeps its
 *   blocks alone
 *
 * Since: 0.1
 */
JsonNode *
weft_remote_repo_describe_block_finish (WeftRemoteRepo  *self,
                                        GAsyncResult    *result,
                                        GError         **error)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weft_remote_repo_explain_action_async:
 * @self: a remote repo
 * @action_id: the id of an action
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the answer
 * @user_data: for @callback
 *
 * Asks what became of an action that the node coordinated lately, and who said what about it.
 *
 * Since: 0.1
 */
void
weft_remote_repo_explain_action_async (WeftRemoteRepo      *self,
                                       const char          *action_id,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  g_return_if_fail (WEFT_IS_REMOTE_REPO (self));
  g_return_if_fail (action_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask (self, "explain", "actionId", action_id, cancellable, weft_remote_repo_explain_action_async,
       callback, user_data);
}

/**
 * weft_remote_repo_explain_action_finish:
 * @self: a remote repo
 * @result: what the callback was given
 * @error: (nullable): return location for an error
 *
 * Gets `{"proposals":[…]}`, the newest first.
 *
 * Returns: (transfer full): an object, or %NULL with %WEFT_ERROR_NOT_FOUND when the node keeps its
 *   blocks alone
 *
 * Since: 0.1
 */
JsonNode *
weft_remote_repo_explain_action_finish (WeftRemoteRepo  *self,
                                        GAsyncResult    *result,
                                        GError         **error)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
