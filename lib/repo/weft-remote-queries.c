/* weft-remote-queries.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a remote repo adds to a repo: requests that only read, each with its answer as a value. */

#include "config.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-parts-private.h"
#include "weft-remote-repo-private.h"

static const WeftJsonPath root_path = { NULL };

/* Reads the value that the body of an answer has; it may be NULL without an error. */
typedef gpointer (*ReadFunc) (const WeftItem  *body,
                              GError         **error);

typedef struct
{
  ReadFunc read;
  GDestroyNotify free_value;
} Reader;

/* A page of ids. */
typedef struct
{
  char **block_ids; /* (nullable): until they are asked for */
  gboolean has_more;
} List;

static void
list_free (gpointer data)
{
  List *list = data;

  g_strfreev (list->block_ids);
  g_free (list);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (List, list_free)

static gpointer
read_archive (const WeftItem  *body,
              GError         **error)
{
  const WeftItem *member = weft_item_find (body, "archive");

  return member != NULL ? weft_block_archive_read (member, NULL, error) : NULL;
}

static const Reader archive_reader = { read_archive, (GDestroyNotify) weft_block_archive_unref };

static gpointer
read_list (const WeftItem  *body,
           GError         **error)
{
  const WeftJsonPath ids_path = { &root_path, "blockIds" };
  const WeftItem *ids = weft_item_require_member (body, "blockIds", &root_path, error);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(List) list = g_new0 (List, 1);
  const WeftItem *item;

  if (ids == NULL || weft_item_get_array (ids, &ids_path, error) == NULL ||
      !weft_item_optional_boolean (body, "more", &root_path, FALSE, &list->has_more, error))
    return NULL;

  item = weft_item_first (ids);
  for (guint i = 0; item != NULL; i++, item = weft_item_next (ids, item))
    {
      const WeftJsonPath path = { &ids_path, NULL, i };
      const char *id = weft_item_get_string (item, &path, error);

      if (id == NULL)
        return NULL;
      g_strv_builder_add (builder, id);
    }
  list->block_ids = g_strv_builder_end (builder);

  return g_steal_pointer (&list);
}

static const Reader list_reader = { read_list, list_free };

static gpointer
read_status (const WeftItem  *body,
             GError         **error)
{
  return weft_item_to_node (body);
}

static const Reader status_reader = { read_status, (GDestroyNotify) json_node_unref };

static gpointer
read_peers (const WeftItem  *body,
            GError         **error)
{
  const WeftJsonPath path = { &root_path, "peers" };
  const WeftItem *peers = weft_item_require_member (body, "peers", &root_path, error);

  return peers != NULL && weft_item_get_array (peers, &path, error) != NULL
           ? weft_item_to_node (peers) : NULL;
}

static const Reader peers_reader = { read_peers, (GDestroyNotify) json_node_unref };

/* What a reader says of the answer is an error of the peer's making. */
static void
answered_cb (const WeftItem *body,
             const char     *peer,
             const GError   *error,
             gpointer        user_data)
{
  g_autoptr(GTask) task = user_data;
  const Reader *reader = g_task_get_task_data (task);
  g_autoptr(GError) read_error = NULL;
  gpointer value = NULL;

  if (body == NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }

  value = reader->read (body, &read_error);
  if (read_error == NULL)
    g_task_return_pointer (task, value, reader->free_value);
  else
    g_task_return_new_error (task, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                             "%s: the answer cannot be used: %s", peer, read_error->message);
}

/* Takes the builder's root as the body. */
static void
ask (WeftRemoteRepo *self,
     GTask          *task,
     const char     *service,
     const char     *block_id,
     JsonBuilder    *builder)
{
  g_autoptr(JsonNode) body = json_builder_get_root (builder);
  WeftRemoteRequest request = {
    .service = service,
    .body = body,
    .block_id = block_id,
    .is_idempotent = TRUE,
  };

  json_node_seal (body);
  weft_remote_call_start (weft_remote_repo_get_party (self), &request,
                          g_task_get_cancellable (task), answered_cb, task);
}

/* `reader` is NULL when nothing is to be read. */
static GTask *
make_task (WeftRemoteRepo      *self,
           const Reader        *reader,
           GCancellable        *cancellable,
           gpointer             tag,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, (gpointer) reader, NULL);

  return task;
}

static void
connected_cb (WeftRemoteRoute *route,
              const GError    *error,
              gpointer         user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autofree char *message = NULL;

  if (error == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  message = weft_remote_route_name_error (route, error->message);
  g_task_return_new_error (task, error->domain, error->code, "%s", message);
}

/**
 * weft_remote_repo_connect_async:
 * @self: a remote repo
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called when the peer is connected, or is not
 * @user_data: for @callback
 *
 * Connects to the peer now, with one attempt. This is for programs that want to say early that
 * nobody is there; whatever is asked connects by itself.
 *
 * Since: 0.1
 */
void
weft_remote_repo_connect_async (WeftRemoteRepo      *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  WeftRemoteRoute *home;

  g_return_if_fail (WEFT_IS_REMOTE_REPO (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = make_task (self, NULL, cancellable, weft_remote_repo_connect_async, callback, user_data);
  home = weft_remote_repo_get_party (self)->home;

  if (weft_remote_route_is_connected (home))
    g_task_return_boolean (task, TRUE);
  else if (weft_remote_route_can_dial (home))
    weft_remote_route_connect (home, connected_cb, g_steal_pointer (&task));
  else
    g_task_return_new_error (task, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                             "%s: expected a connected peer, got one without an address",
                             weft_remote_route_get_name (home));
}

/**
 * weft_remote_repo_connect_finish:
 * @self: a remote repo
 * @result: what the callback was given
 * @error: (nullable): return location for an error
 *
 * Learns whether the peer is connected. The error is what [method@Weft.Transport.dial] says.
 *
 * Returns: whether it is
 *
 * Since: 0.1
 */
gboolean
weft_remote_repo_connect_finish (WeftRemoteRepo  *self,
                                 GAsyncResult    *result,
                                 GError         **error)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * weft_remote_repo_read_archive_async:
 * @self: a remote repo
 * @block_id: the block
 * @rev: the newest revision to read, or 0 for the latest
 * @revisions_max: how many revisions to read at most, from there backwards, or 0 for all that fit
 *   into one answer
 * @include_pending: whether to read what is pending as well
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Reads the revisions of a block that the peer holds, for its history.
 *
 * Since: 0.1
 */
void
weft_remote_repo_read_archive_async (WeftRemoteRepo      *self,
                                     const char          *block_id,
                                     gint64               rev,
                                     guint                revisions_max,
                                     gboolean             include_pending,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr(JsonBuilder) builder = NULL;
  GTask *task;

  g_return_if_fail (WEFT_IS_REMOTE_REPO (self));
  g_return_if_fail (block_id != NULL);
  g_return_if_fail (rev >= 0 && rev <= WEFT_LIMIT_INTEGER_MAX);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = make_task (self, &archive_reader, cancellable, weft_remote_repo_read_archive_async,
                    callback, user_data);
  builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "blockId");
  json_builder_add_string_value (builder, block_id);
  if (rev > 0)
    {
      json_builder_set_member_name (builder, "rev");
      json_builder_add_int_value (builder, rev);
    }
  if (revisions_max > 0)
    {
      json_builder_set_member_name (builder, "maxRevisions");
      json_builder_add_int_value (builder, revisions_max);
    }
  if (include_pending)
    {
      json_builder_set_member_name (builder, "includePending");
      json_builder_add_boolean_value (builder, TRUE);
    }
  json_builder_end_object (builder);

  ask (self, task, "sync", block_id, builder);
}

/**
 * weft_remote_repo_read_archive_finish:
 * @self: a remote repo
 * @result: what the callback was given
 * @error: (nullable): return location for an error
 *
 * Gets the revisions of a block. The error is %WEFT_ERROR_TOO_LARGE when they do not fit into one
 * answer; ask for fewer of them then.
 *
 * Returns: (transfer full) (nullable): the archive, or %NULL without an error when the peer does
 *   not have the block
 *
 * Since: 0.1
 */
WeftBlockArchive *
weft_remote_repo_read_archive_finish (WeftRemoteRepo  *self,
                                      GAsyncResult    *result,
                                      GError         **error)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weft_remote_repo_list_blocks_async:
 * @self: a remote repo
 * @after: (nullable): the id after which to go on, or %NULL for the first
 * @blocks_max: how many ids to read at most, or 0 for as many as the peer gives at once
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Lists the ids of the blocks that the peer holds, sorted by their bytes.
 *
 * Since: 0.1
 */
void
weft_remote_repo_list_blocks_async (WeftRemoteRepo      *self,
                                    const char          *after,
                                    guint                blocks_max,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  g_autoptr(JsonBuilder) builder = NULL;
  GTask *task;

  g_return_if_fail (WEFT_IS_REMOTE_REPO (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = make_task (self, &list_reader, cancellable, weft_remote_repo_list_blocks_async, callback,
                    user_data);
  builder = json_builder_new_immutable ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "list");
  json_builder_begin_object (builder);
  if (after != NULL)
    {
      json_builder_set_member_name (builder, "after");
      json_builder_add_string_value (builder, after);
    }
  if (blocks_max > 0)
    {
      json_builder_set_member_name (builder, "limit");
      json_builder_add_int_value (builder, MIN (blocks_max, WEFT_LIMIT_LIST_BLOCKS_MAX));
    }
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  ask (self, task, "sync", NULL, builder);
}

/**
 * weft_remote_repo_list_blocks_finish:
 * @self: a remote repo
 * @result: what the callback was given
 * @has_more: (out) (optional): whether there are ids after the last of these
 * @error: (nullable): return location for an error
 *
 * Gets ids of blocks that the peer holds.
 *
 * Returns: (transfer full) (array zero-terminated=1): block ids
 *
 * Since: 0.1
 */
char **
weft_remote_repo_list_blocks_finish (WeftRemoteRepo  *self,
                                     GAsyncResult    *result,
                                     gboolean        *has_more,
                                     GError         **error)
{
  g_autoptr(List) list = NULL;

  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  list = g_task_propagate_pointer (G_TASK (result), error);
  if (has_more != NULL)
    *has_more = list != NULL && list->has_more;

  return list != NULL ? g_steal_pointer (&list->block_ids) : NULL;
}

/* Asks {"name":{}} of the node service. */
static void
ask_node (WeftRemoteRepo *self,
          GTask          *task,
          const char     *name)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  ask (self, task, "node", NULL, builder);
}

/**
 * weft_remote_repo_get_status_async:
 * @self: a remote repo
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Asks the peer's node how it is.
 *
 * Since: 0.1
 */
void
weft_remote_repo_get_status_async (WeftRemoteRepo      *self,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_return_if_fail (WEFT_IS_REMOTE_REPO (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask_node (self,
            make_task (self, &status_reader, cancellable, weft_remote_repo_get_status_async,
                       callback, user_data),
            "status");
}

/**
 * weft_remote_repo_get_status_finish:
 * @self: a remote repo
 * @result: what the callback was given
 * @error: (nullable): return location for an error
 *
 * Gets the status of the peer's node, an object like that of
 * [method@Weft.Node.get_status].
 *
 * Returns: (transfer full): the status, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_remote_repo_get_status_finish (WeftRemoteRepo  *self,
                                    GAsyncResult    *result,
                                    GError         **error)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weft_remote_repo_list_peers_async:
 * @self: a remote repo
 * @cancellable: (nullable): to give up
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Asks the peer's node who is connected to it.
 *
 * Since: 0.1
 */
void
weft_remote_repo_list_peers_async (WeftRemoteRepo      *self,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_return_if_fail (WEFT_IS_REMOTE_REPO (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  ask_node (self,
            make_task (self, &peers_reader, cancellable, weft_remote_repo_list_peers_async,
                       callback, user_data),
            "peers");
}

/**
 * weft_remote_repo_list_peers_finish:
 * @self: a remote repo
 * @result: what the callback was given
 * @error: (nullable): return location for an error
 *
 * Gets who is connected to the peer's node: an array of objects with `id`, `role` (`peer` or
 * `client`), `agent`, `address` where it is known, `outbound`, `boundToTls` and `protocols`.
 *
 * Returns: (transfer full): the peers, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_remote_repo_list_peers_finish (WeftRemoteRepo  *self,
                                    GAsyncResult    *result,
                                    GError         **error)
{
  g_return_val_if_fail (WEFT_IS_REMOTE_REPO (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
