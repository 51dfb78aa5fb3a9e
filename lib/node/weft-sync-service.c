/* weft-sync-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ids-private.h"

#include "weft-buggify-private.h"
#include "weft-cluster-peer-private.h"
#include "weft-cluster-proof-private.h"
#include "weft-cluster-record-private.h"
#include "weft-coordinator-private.h"
#include "weft-json-names-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-parts-private.h"
#include "weft-pending-private.h"
#include "weft-service-private.h"
#include "weft-storage-repo-private.h"

static const WeftJsonPath root_path = { NULL };

static void
reply_text (WeftCall *call,
            GString  *text)
{
  char *body = g_ref_string_new_len (text->str, (gssize) text->len);

  weft_call_reply_text (call, body);
  g_ref_string_release (body);
}

static void
reply_archive (WeftCall         *call,
               WeftBlockArchive *archive)
{
  g_autoptr(GString) text = g_string_new ("{");

  if (archive != NULL)
    {
      g_string_append (text, "\"archive\":");
      weft_block_archive_append (archive, text);
    }
  g_string_append_c (text, '}');

  reply_text (call, text);
}

static gboolean
read_archive (WeftNode          *node,
              const WeftItem    *object,
              WeftBlockArchive **archive,
              GError           **error)
{
  const char *block_id = weft_ids_read_block (object, "blockId", &root_path, error);
  g_autoptr(GError) read_error = NULL;
  gboolean include_pending;
  gint64 revisions_max;
  gint64 after_rev;
  gint64 rev;

  if (block_id == NULL ||
      !weft_item_optional_integer (object, "rev", &root_path, 1, WEFT_LIMIT_INTEGER_MAX, 0, &rev,
                                   error) ||
      !weft_item_optional_integer (object, "after", &root_path, 0, WEFT_LIMIT_INTEGER_MAX, 0,
                                   &after_rev, error) ||
      !weft_item_optional_integer (object, "maxRevisions", &root_path, 1, G_MAXUINT,
                                   G_MAXUINT, &revisions_max, error) ||
      !weft_item_optional_boolean (object, "includePending", &root_path, FALSE, &include_pending,
                                   error))
    return FALSE;

  *archive = weft_storage_repo_read_archive_after (weft_node_get_repo (node), block_id, after_rev,
                                                   rev, revisions_max, include_pending,
                                                   &read_error);
  /* A block that is not here is an answer, not a failure. */
  if (read_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&read_error));
  return FALSE;
}

static void
serve_archive (WeftNode       *node,
               const WeftItem *object,
               WeftCall       *call)
{
  g_autoptr(WeftBlockArchive) archive = NULL;
  g_autoptr(GError) error = NULL;

  weft_call_set_kind (call, WEFT_CALL_ARCHIVE);
  if (read_archive (node, object, &archive, &error))
    reply_archive (call, archive);
  else
    weft_call_fail (call, error);
}

static gboolean
is_among (GPtrArray  *peers,
          WeftPeerId *peer_id)
{
  for (guint i = 0; i < peers->len; i++)
    if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)), peer_id))
      return TRUE;

  return FALSE;
}

/* Whether a peer should keep a block, as this node sees it, or once did. */
static gboolean
is_keeper (WeftNode   *node,
           WeftPeerId *keeper,
           const char *block_id)
{
  WeftCoordinatorRepo *coordinator = weft_node_get_coordinator (node);
  g_autoptr(GPtrArray) near = NULL;
  g_autoptr(GPtrArray) keepers = NULL;

  if (keeper == NULL || coordinator == NULL)
    return TRUE;
  near = weft_coordinator_list_near (coordinator, block_id);
  keepers = weft_coordinator_list_keepers (coordinator, block_id, NULL);

  return weft_cluster_peers_find (keepers, keeper) >= 0 || is_among (near, keeper);
}

/* Makes {"blockIds":[…],"more":bool} of ids of which there is one more than was asked for when
 * more are to come. For a keeper, only of those that it should keep; `after` is then the last that
 * was looked at. */
static JsonNode *
make_list (WeftNode    *node,
           char       **block_ids,
           guint        limit,
           WeftPeerId  *keeper)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  guint n_ids = g_strv_length (block_ids);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "blockIds");
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (n_ids, limit); i++)
    if (is_keeper (node, keeper, block_ids[i]))
      json_builder_add_string_value (builder, block_ids[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "more");
  json_builder_add_boolean_value (builder, n_ids > limit);
  if (keeper != NULL && n_ids > limit)
    {
      json_builder_set_member_name (builder, "after");
      json_builder_add_string_value (builder, block_ids[limit - 1]);
    }
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static JsonNode *
read_list (WeftNode        *node,
           const WeftItem  *member,
           GError         **error)
{
  const WeftJsonPath path = { &root_path, "list" };
  const WeftJsonPath after_path = { &path, "after" };
  const WeftItem *list = weft_item_get_object (member, &path, error);
  g_auto(GStrv) block_ids = NULL;
  const char *after = NULL;
  g_autoptr(WeftPeerId) keeper = NULL;
  gint64 limit;

  if (list == NULL ||
      !weft_item_optional_string (list, "after", &path, &after, error) ||
      (after != NULL && !weft_ids_check_block (after, &after_path, error)) ||
      !weft_item_optional_integer (list, "limit", &path, 1, WEFT_LIMIT_LIST_BLOCKS_MAX,
                                   WEFT_LIMIT_LIST_BLOCKS_MAX, &limit, error))
    return NULL;

  if (weft_item_find (list, "keeper") != NULL)
    {
      const char *text = weft_item_get_string (weft_item_find (list, "keeper"), NULL, error);

      keeper = text != NULL ? weft_peer_id_parse (text, error) : NULL;
      if (keeper == NULL)
        {
          g_prefix_error (error, "list.keeper: ");
          return NULL;
        }
    }

  if (WEFT_BUGGIFY ("list-page-is-short"))
    limit = 1;
  block_ids = weft_storage_list_blocks (weft_node_get_storage (node), after, limit + 1, error);
  if (block_ids == NULL)
    return NULL;

  return make_list (node, block_ids, limit, keeper);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return weft_json_names_compare (*(const char *const *) a, *(const char *const *) b);
}

/* {"content":{"block id":Pending}}, of those blocks of the action that are here. */
static GString *
read_content (WeftNode        *node,
              const WeftItem  *member,
              GError         **error)
{
  const WeftJsonPath path = { &root_path, "content" };
  const WeftItem *asked = weft_item_get_object (member, &path, error);
  const char *action_id = asked != NULL ? weft_ids_read_action (asked, "actionId", &path, error)
                                        : NULL;
  g_auto(GStrv) block_ids = NULL;
  g_autoptr(GString) text = g_string_new ("{\"content\":{");
  gboolean is_first = TRUE;

  if (action_id != NULL)
    block_ids = weft_ids_read_request (asked, "blockIds", &path, error);
  if (block_ids == NULL)
    return NULL;

  qsort (block_ids, g_strv_length (block_ids), sizeof *block_ids, compare_names);
  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      g_autoptr(GError) read_error = NULL;
      g_autoptr(WeftPending) content
        = weft_storage_repo_read_content (weft_node_get_repo (node), block_ids[i], action_id,
                                          &read_error);

      if (read_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&read_error));
          return NULL;
        }
      if (content == NULL)
        continue;
      if (!is_first)
        g_string_append_c (text, ',');
      is_first = FALSE;
      weft_json_append_string (text, block_ids[i]);
      g_string_append_c (text, ':');
      weft_pending_append (content, text);
    }
  g_string_append (text, "}}");

  return g_steal_pointer (&text);
}

static void
serve_content (WeftNode       *node,
               const WeftItem *content,
               WeftCall       *call)
{
  g_autoptr(GString) text = NULL;
  g_autoptr(GError) error = NULL;

  weft_call_set_kind (call, WEFT_CALL_CONTENT);
  text = read_content (node, content, &error);
  if (text != NULL)
    reply_text (call, text);
  else
    weft_call_fail (call, error);
}

/* {"messageHash"} of the record that decided a revision; {} where there is none. */
static JsonNode *
read_vouch (WeftNode        *node,
            const WeftItem  *member,
            GError         **error)
{
  const WeftJsonPath path = { &root_path, "vouch" };
  const WeftItem *vouch = weft_item_get_object (member, &path, error);
  const char *block_id
    = vouch != NULL ? weft_ids_read_block (vouch, "blockId", &path, error) : NULL;
  g_autoptr(WeftClusterRecord) certificate = NULL;
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object;
  gint64 rev;

  if (block_id == NULL
      || !weft_item_optional_integer (vouch, "rev", &path, 1, WEFT_LIMIT_INTEGER_MAX, 1, &rev,
                                      error))
    return NULL;

  certificate = weft_cluster_proof_read (weft_node_get_repo (node), block_id, rev);
  object = json_object_new ();
  if (certificate != NULL)
    json_object_set_string_member (object, "messageHash",
                                   weft_cluster_record_get_message_hash (certificate));
  json_node_take_object (body, object);
  json_node_seal (body);

  return g_steal_pointer (&body);
}

typedef JsonNode *(*ReadFunc) (WeftNode        *node,
                               const WeftItem  *member,
                               GError         **error);

/* What is read at once is the answer. */
static void
serve_read (WeftNode       *node,
            const WeftItem *member,
            WeftCall       *call,
            WeftCallKind    kind,
            ReadFunc        read)
{
  g_autoptr(JsonNode) body = NULL;
  g_autoptr(GError) error = NULL;

  weft_call_set_kind (call, kind);
  body = read (node, member, &error);
  if (body != NULL)
    weft_call_reply (call, body);
  else
    weft_call_fail (call, error);
}

/* A call that waits until an archive was taken over. */
typedef struct
{
  WeftCall *call;
  WeftStorageRepo *repo; /* (owned) */
  char *block_id;
  gint64 before_rev;
} Restoring;

/* 0 for none. */
static gboolean
read_latest (WeftStorageRepo  *repo,
             const char       *block_id,
             gint64           *latest_rev,
             GError          **error)
{
  g_autoptr(WeftBlockMetadata) metadata = NULL;

  if (!weft_storage_repo_read_metadata (repo, block_id, &metadata, error))
    return FALSE;
  *latest_rev = metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0;

  return TRUE;
}

static void
reply_restored (WeftCall *call,
                gint64    before_rev,
                gint64    latest_rev)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr(JsonNode) body = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "before");
  json_builder_add_int_value (builder, before_rev);
  json_builder_set_member_name (builder, "latest");
  json_builder_add_int_value (builder, latest_rev);
  json_builder_end_object (builder);
  body = json_builder_get_root (builder);

  weft_call_reply (call, body);
}

static void
restored_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Restoring *restoring = user_data;
  g_autoptr(GError) error = NULL;
  gint64 latest_rev = 0;

  if (weft_storage_repo_write_archive_finish (restoring->repo, result, &error)
      && read_latest (restoring->repo, restoring->block_id, &latest_rev, &error))
    reply_restored (restoring->call, MIN (restoring->before_rev, latest_rev), latest_rev);
  else
    weft_call_fail (restoring->call, error);
  g_object_unref (restoring->repo);
  g_free (restoring->block_id);
  g_free (restoring);
}

static WeftBlockArchive *
read_restore (const WeftItem  *restore,
              GError         **error)
{
  const WeftJsonPath path = { &root_path, "restore" };
  const WeftItem *object = weft_item_get_object (restore, &path, error);
  const WeftItem *member
    = object != NULL ? weft_item_require_member (object, "archive", &path, error) : NULL;
  g_autoptr(WeftBlockArchive) archive
    = member != NULL ? weft_block_archive_read (member, NULL, error) : NULL;

  if (archive == NULL || weft_block_archive_get_revisions (archive)->len > 0)
    return g_steal_pointer (&archive);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "archive of block %s: expected a revision, got none",
               weft_block_archive_get_block_id (archive));
  return NULL;
}

/* What is written goes through the same checks whoever sends it, see
 * weft_storage_repo_write_archive_async(): in a cluster it has to be proven, and a node on its own
 * lets everybody write. */
static void
serve_restore (WeftNode       *node,
               const WeftItem *restore,
               WeftCall       *call)
{
  WeftStorageRepo *repo = weft_node_get_repo (node);
  g_autoptr(WeftBlockArchive) archive = NULL;
  g_autoptr(GError) error = NULL;
  Restoring *restoring;
  gint64 before_rev = 0;

  weft_call_set_kind (call, WEFT_CALL_RESTORE);
  archive = read_restore (restore, &error);
  if (archive == NULL
      || !read_latest (repo, weft_block_archive_get_block_id (archive), &before_rev, &error))
    {
      weft_call_fail (call, error);
      return;
    }

  restoring = g_new0 (Restoring, 1);
  restoring->call = call;
  restoring->repo = g_object_ref (repo);
  restoring->block_id = g_strdup (weft_block_archive_get_block_id (archive));
  restoring->before_rev = before_rev;
  weft_storage_repo_write_archive_async (repo, archive, NULL, restored_cb, restoring);
}

static void
serve (WeftNode *node,
       WeftCall *call)
{
  g_autoptr(GError) error = NULL;
  const WeftItem *object = weft_call_get_item (call, &error);
  const WeftItem *member;

  if (object == NULL)
    weft_call_fail (call, error);
  else if ((member = weft_item_find (object, "content")) != NULL)
    serve_content (node, member, call);
  else if ((member = weft_item_find (object, "vouch")) != NULL)
    serve_read (node, member, call, WEFT_CALL_VOUCH, read_vouch);
  else if ((member = weft_item_find (object, "list")) != NULL)
    serve_read (node, member, call, WEFT_CALL_LIST, read_list);
  else if ((member = weft_item_find (object, "restore")) != NULL)
    serve_restore (node, member, call);
  else
    serve_archive (node, object, call);
}

const WeftService weft_sync_service = { "sync", serve };
