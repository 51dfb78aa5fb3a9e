/* weft-remote-restore.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Archives from elsewhere, for another peer to take over. */

#include "config.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-remote-repo-private.h"

static const WeftJsonPath root_path = { NULL };

/* What the peer had of the block, and what it has now. */
typedef struct
{
  gint64 before_rev;
  gint64 latest_rev;
} Restored;

static gboolean
read_restored (const WeftItem  *body,
               Restored        *restored,
               GError         **error)
{
  return weft_item_optional_integer (body, "before", &root_path, 0, WEFT_LIMIT_INTEGER_MAX, 0,
                                     &restored->before_rev, error)
         && weft_item_optional_integer (body, "latest", &root_path, restored->before_rev,
                                        WEFT_LIMIT_INTEGER_MAX, restored->before_rev,
                                        &restored->latest_rev, error);
}

static void
answered_cb (const WeftItem *body,
             const char     *peer,
             const GError   *error,
             gpointer        user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) read_error = NULL;
  Restored restored;

  if (body == NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (!read_restored (body, &restored, &read_error))
    g_task_return_new_error (task, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                             "%s: the answer cannot be used: %s", peer, read_error->message);
  else
    g_task_return_pointer (task, g_memdup2 (&restored, sizeof restored), g_free);
}

/**
 * weft_remote_repo_write_archive_async:
 * @self: a remote repo
 * @archive: revisions of a block
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Has the peer take over what an archive proves, a backup for one, as
 * [method@Weft.StorageRepo.write_archive_async] does there. What the peer has already stays as it
 * is, so that the same archive may be sent again. An archive has to fit one message,
 * %WEFT_LIMIT_MESSAGE_BYTES_MAX; a longer history is sent in several, the oldest first.
 *
 * An action on several blocks is taken over once what it does to all of them is known. So where
 * nobody else can be asked for that, archives of the others have to be sent, and this one again:
 * the error is %WEFT_ERROR_EXHAUSTED until then.
 *
 * Since: 0.1
 */
void
weft_remote_repo_write_archive_async (WeftRemoteRepo      *self,
                                      WeftBlockArchive    *archive,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr(JsonBuilder) builder = NULL;
  g_autoptr(JsonNode) body = NULL;
  WeftRemoteRequest request = { .service = "sync", .is_idempotent = TRUE, .attempts_max = 1 };
  GTask *task;

  g_return_if_fail (WEFT_IS_REMOTE_REPO (self));
  g_return_if_fail (archive != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_remote_repo_write_archive_async);
  builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "restore");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "archive");
  json_builder_add_value (builder, weft_block_archive_to_json (archive));
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  body = json_builder_get_root (builder);
  json_node_seal (body);
  request.body = body;

  weft_remote_call_start (weft_remote_repo_get_party (self), &request, cancellable, answered_cb,
                          task);
}

/**
 * weft_remote_repo_write_archive_finish:
 * @self: a remote repo
 * @result: what the callback was given
 * @before_rev: (out) (optional): the latest revision that the peer had before, or 0
 * @latest_rev: (out) (optional): the latest revision that it has now
 * @error: (nullable): return location for an error
 *
 * Learns what came of it. The error is that of [method@Weft.StorageRepo.write_archive_finish];
 * revisions before the one that was refused stay.
 *
 * Returns: %TRUE once the peer has all of the archive, and keeps it durably
 *
 * Since: 0.1
 */
gboolean
weft_remote_repo_write_archive_finish (WeftRemoteRepo  *self,
                                       GAsyncResult    *result,
                                       gint64          *before_rev,
                                       gint64          *latest_rev,
                                       GError         **error)
{
  g_autofree Restored *restored = NULL;

  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  restored = g_task_propagate_pointer (G_TASK (result), error);
  if (restored == NULL)
    return FALSE;

  if (before_rev != NULL)
    *before_rev = restored->before_rev;
  if (latest_rev != NULL)
    *latest_rev = restored->latest_rev;

  return TRUE;
}
