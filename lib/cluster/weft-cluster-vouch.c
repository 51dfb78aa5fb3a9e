/* weft-cluster-vouch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-vouch-private.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-repo-message-private.h"
#include "weft-transport-private.h"

/* Whoever sends much that nobody can vouch for keeps this node from asking for more at a time. */
#define VOUCHINGS_MAX 64
/* What one of them says; the others need not wait for it for ever. */
#define REPLY_USEC (WEFT_LIMIT_REPLY_USEC / 4)
/* Of neighbours, who are on both sides of this node. */
#define NEIGHBOURS_MAX 32

typedef struct
{
  WeftClusterParts *parts;
  char *block_id;
  char *message_hash;
  gint64 rev;
  GPtrArray *asked; /* (element-type WeftClusterPeer): the cohort */
  guint n_needed;
  guint n_waiting;
  guint n_vouched;
  guint n_others;   /* who have another one */
  gboolean is_wide; /* the neighbours were asked, too */
  gboolean is_settled;
  WeftSettledFunc settled;
  gpointer user_data;
} Vouching;

static const WeftJsonPath root_path = { NULL };

static void look (Vouching *self);

static void
vouching_free (Vouching *self)
{
  g_clear_pointer (&self->asked, g_ptr_array_unref);
  g_free (self->block_id);
  g_free (self->message_hash);
  weft_cluster_parts_unref (self->parts);
  g_free (self);
}

static void
settle (Vouching     *self,
        const GError *error)
{
  self->is_settled = TRUE;
  self->parts->n_vouchings--;
  weft_cluster_parts_count (self->parts, error == NULL ? "vouched" : "vouchings-failed");
  self->settled (error, self->user_data);
}

static void
replied_cb (WeftTransport  *transport,
            const WeftItem *body,
            const GError   *error,
            gpointer        user_data)
{
  Vouching *self = user_data;
  const char *hash = NULL;

  if (body != NULL
      && weft_item_optional_string (body, "messageHash", &root_path, &hash, NULL)
      && hash != NULL)
    {
      if (g_str_equal (hash, self->message_hash))
        self->n_vouched++;
      else
        self->n_others++;
    }
  self->n_waiting--;
  look (self);
}

static JsonNode *
make_request (Vouching *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "vouch");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "blockId");
  json_builder_add_string_value (builder, self->block_id);
  json_builder_set_member_name (builder, "rev");
  json_builder_add_int_value (builder, self->rev);
  json_builder_end_object (builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static gboolean
has_peer (GPtrArray  *peers,
          WeftPeerId *peer_id)
{
  for (guint i = 0; peers != NULL && i < peers->len; i++)
    if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)), peer_id))
      return TRUE;

  return FALSE;
}

/* All but those who were asked before. */
static void
ask (Vouching  *self,
     GPtrArray *peers,
     guint      n_max)
{
  g_autofree char *protocol = weft_protocol_make_name (self->parts->prefix, "sync");
  g_autoptr(JsonNode) body = make_request (self);
  guint n_asked = 0;

  for (guint i = 0; i < peers->len && n_asked < n_max; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));

      if (weft_peer_id_equal (peer_id, self->parts->peer_id) || has_peer (self->asked, peer_id))
        continue;
      n_asked++;
      self->n_waiting++;
      weft_transport_ask (self->parts->transport, peer_id, protocol, body, NULL, REPLY_USEC,
                          replied_cb, self);
    }
}

static void
refuse (Vouching *self)
{
  g_autoptr(GError) error
      = g_error_new (WEFT_ERROR, WEFT_ERROR_REFUSED,
                     "block %s: the first revision is by others than those who are expected, and "
                     "%u instead of %u of those who keep it vouch for it", self->block_id,
                     self->n_vouched, self->n_needed);

  settle (self, error);
}

static void
look (Vouching *self)
{
  if (!self->is_settled && self->n_vouched >= self->n_needed)
    settle (self, NULL);

  /* All who keep it are new: those who kept it before are near. */
  if (!self->is_settled && self->n_waiting == 0 && self->n_vouched == 0 && self->n_others == 0
      && !self->is_wide)
    {
      g_autoptr(GPtrArray) neighbours
          = weft_key_network_list_peers (self->parts->key_network);

      self->is_wide = TRUE;
      ask (self, neighbours, NEIGHBOURS_MAX);
    }
  if (!self->is_settled && self->n_waiting == 0)
    refuse (self);
  if (self->is_settled && self->n_waiting == 0)
    vouching_free (self);
}

static void
found_cb (WeftKeyNetwork *key_network,
          GPtrArray      *peers,
          const GError   *error,
          gpointer        user_data)
{
  Vouching *self = user_data;

  self->n_waiting--;
  if (peers == NULL)
    {
      settle (self, error);
      vouching_free (self);
      return;
    }

  /* As many may lie as a cluster of that size puts up with. */
  self->n_needed = peers->len / 4 + 1;
  ask (self, peers, peers->len);
  self->asked = g_ptr_array_ref (peers);
  look (self);
}

static void
busy_cb (gpointer user_data)
{
  Vouching *self = user_data;
  g_autoptr(GError) error
      = g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                     "block %s: too much else is being vouched for", self->block_id);

  settle (self, error);
  vouching_free (self);
}

void
weft_cluster_vouch (WeftClusterParts  *parts,
                    const char        *block_id,
                    WeftClusterRecord *certificate,
                    WeftSettledFunc    settled,
                    gpointer           user_data)
{
  Vouching *self = g_new0 (Vouching, 1);
  WeftRepoMessage *message = weft_cluster_record_get_message (certificate);

  self->parts = weft_cluster_parts_ref (parts);
  self->block_id = g_strdup (block_id);
  self->message_hash = g_strdup (weft_cluster_record_get_message_hash (certificate));
  self->rev = weft_commit_request_get_rev (weft_repo_message_find_commit_at (message, block_id, 0));
  self->settled = settled;
  self->user_data = user_data;

  if (++parts->n_vouchings > VOUCHINGS_MAX)
    {
      weft_cluster_parts_count (parts, "vouchings-too-many");
      weft_clock_add_alarm (parts->clock, weft_cluster_parts_get_now (parts), busy_cb, self, NULL);
      return;
    }

  self->n_waiting = 1;
  weft_key_network_find_cluster (parts->key_network, block_id, found_cb, self);
}
