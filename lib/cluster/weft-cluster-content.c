/* weft-cluster-content.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-content-private.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-pending-private.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-transport-private.h"

/* What one member says; the others need not wait for it for ever. */
#define REPLY_USEC (WEFT_LIMIT_REPLY_USEC / 4)

/* What members say of one block. */
typedef struct
{
  WeftContentFound found;
  guint n_times;
} Said;

typedef struct
{
  WeftClusterParts *parts;
  char *action_id;
  char **block_ids;
  WeftContentFound *found;
  GArray **said; /* (element-type Said), for each block */
  guint n_waiting;
  GError *error; /* (nullable): somebody did not answer */
  WeftContentFunc done;
  gpointer user_data;
} Search;

static const WeftJsonPath root_path = { NULL };

static void
said_clear (gpointer data)
{
  g_free (((Said *) data)->found.digest);
}

static void
search_free (Search *search)
{
  for (guint i = 0; search->block_ids[i] != NULL; i++)
    {
      g_free (search->found[i].digest);
      g_array_unref (search->said[i]);
    }
  g_clear_error (&search->error);
  g_free (search->found);
  g_free (search->said);
  g_strfreev (search->block_ids);
  g_free (search->action_id);
  weft_cluster_parts_unref (search->parts);
  g_free (search);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Search, search_free)

static void
take_majority (Search *search,
               guint   index)
{
  Said *best = NULL;

  for (guint i = 0; i < search->said[index]->len; i++)
    {
      Said *said = &g_array_index (search->said[index], Said, i);

      if (best == NULL || said->n_times > best->n_times)
        best = said;
    }
  if (best == NULL)
    return;

  search->found[index].base = best->found.base;
  search->found[index].digest = g_strdup (best->found.digest);
}

static void
finish (Search *search)
{
  g_autoptr(Search) owned = search;

  for (guint i = 0; search->block_ids[i] != NULL; i++)
    if (search->found[i].digest == NULL)
      take_majority (search, i);
  search->done (search->found, search->error, search->user_data);
}

static void
add_said (GArray      *said,
          WeftPending *pending)
{
  const char *digest = weft_pending_get_digest (pending);
  Said first = { { weft_pending_get_base (pending), NULL }, 1 };

  for (guint i = 0; i < said->len; i++)
    if (g_str_equal (g_array_index (said, Said, i).found.digest, digest))
      {
        g_array_index (said, Said, i).n_times++;
        return;
      }

  first.found.digest = g_strdup (digest);
  g_array_append_val (said, first);
}

static gboolean
read_reply (Search          *search,
            const WeftItem  *body,
            GError         **error)
{
  const WeftJsonPath path = { &root_path, "content" };
  const WeftItem *member = weft_item_require_member (body, "content", &root_path, error);
  const WeftItem *object = member != NULL ? weft_item_get_object (member, &path, error) : NULL;

  if (object == NULL)
    return FALSE;

  for (guint i = 0; search->block_ids[i] != NULL; i++)
    {
      const WeftItem *item = weft_item_find (object, search->block_ids[i]);
      g_autoptr(WeftPending) pending = NULL;

      if (item == NULL)
        continue;
      pending = weft_pending_read (item, NULL, error);
      if (pending == NULL)
        return FALSE;
      if (weft_pending_get_base (pending) != WEFT_BASE_UNKNOWN)
        add_said (search->said[i], pending);
    }

  return TRUE;
}

static void
replied_cb (WeftTransport  *transport,
            const WeftItem *body,
            const GError   *error,
            gpointer        user_data)
{
  Search *search = user_data;

  if (body != NULL)
    read_reply (search, body, search->error == NULL ? &search->error : NULL);
  else if (search->error == NULL)
    search->error = g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "%s", error->message);
  if (--search->n_waiting == 0)
    finish (search);
}

static void
ask_peer (Search     *search,
          WeftPeerId *peer_id)
{
  g_autofree char *protocol = weft_protocol_make_name (search->parts->prefix, "sync");
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr(JsonNode) body = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "content");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "actionId");
  json_builder_add_string_value (builder, search->action_id);
  json_builder_set_member_name (builder, "blockIds");
  json_builder_begin_array (builder);
  for (guint i = 0; search->block_ids[i] != NULL; i++)
    if (search->found[i].digest == NULL)
      json_builder_add_string_value (builder, search->block_ids[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  body = json_builder_get_root (builder);

  search->n_waiting++;
  weft_transport_ask (search->parts->transport, peer_id, protocol, body, NULL, REPLY_USEC,
                      replied_cb, search);
}

void
weft_cluster_content_find (WeftClusterParts   *parts,
                           GPtrArray          *peers,
                           const char         *action_id,
                           const char * const *block_ids,
                           WeftContentFunc     done,
                           gpointer            user_data)
{
  Search *search = g_new0 (Search, 1);
  guint n_blocks = g_strv_length ((char **) block_ids);
  gboolean has_all = TRUE;

  search->parts = weft_cluster_parts_ref (parts);
  search->action_id = g_strdup (action_id);
  search->block_ids = g_strdupv ((char **) block_ids);
  search->found = g_new0 (WeftContentFound, n_blocks);
  search->said = g_new0 (GArray *, n_blocks);
  search->done = done;
  search->user_data = user_data;
  for (guint i = 0; i < n_blocks; i++)
    {
      g_autoptr(WeftPending) content
          = weft_storage_repo_read_content (parts->repo, block_ids[i], action_id, NULL);

      search->said[i] = g_array_new (FALSE, FALSE, sizeof (Said));
      g_array_set_clear_func (search->said[i], said_clear);
      if (content != NULL)
        {
          search->found[i].base = weft_pending_get_base (content);
          search->found[i].digest = weft_pending_digest (content);
        }
      else
        {
          has_all = FALSE;
        }
    }

  for (guint i = 0; !has_all && i < peers->len; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));

      if (!weft_peer_id_equal (peer_id, parts->peer_id))
        ask_peer (search, peer_id);
    }
  if (search->n_waiting == 0)
    finish (search);
}
