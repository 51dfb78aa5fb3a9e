/* weft-coordinator-info.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a coordinator repo tells about itself. */

#include "config.h"

#include "weft-cluster-mover-private.h"
#include "weft-cluster-pin-private.h"
#include "weft-coordinator-private.h"
#include "weft-json-private.h"

/**
 * weft_coordinator_repo_new:
 * @storage_repo: what this node keeps
 * @key_network: what says who keeps a block
 * @transport: how other members are reached
 * @identity: who this node is
 * @network: the network of the blocks
 *
 * Creates a repo over the clusters of its blocks. It takes over the storage repo and begins with
 * what the storage remembers of votes. Whoever serves `cluster` requests passes them to
 * [method@Weft.CoordinatorRepo.get_member]; a [class@Weft.Node] does so.
 *
 * Returns: (transfer full): a new repo
 *
 * Since: 0.1
 */
WeftCoordinatorRepo *
weft_coordinator_repo_new (WeftStorageRepo *storage_repo,
                           WeftKeyNetwork  *key_network,
                           WeftTransport   *transport,
                           WeftIdentity    *identity,
                           const char      *network)
{
  g_return_val_if_fail (WEFT_IS_STORAGE_REPO (storage_repo), NULL);
  g_return_val_if_fail (WEFT_IS_KEY_NETWORK (key_network), NULL);
  g_return_val_if_fail (WEFT_IS_TRANSPORT (transport), NULL);
  g_return_val_if_fail (WEFT_IS_IDENTITY (identity), NULL);
  g_return_val_if_fail (network != NULL, NULL);

  return g_object_new (WEFT_TYPE_COORDINATOR_REPO,
                       "storage-repo", storage_repo,
                       "key-network", key_network,
                       "transport", transport,
                       "identity", identity,
                       "network", network,
                       NULL);
}

/**
 * weft_coordinator_repo_get_storage_repo: (get-property storage-repo)
 * @self: a coordinator repo
 *
 * Gets what this node keeps, for reading.
 *
 * Returns: (transfer none): the storage repo
 *
 * Since: 0.1
 */
WeftStorageRepo *
weft_coordinator_repo_get_storage_repo (WeftCoordinatorRepo *self)
{
  g_return_val_if_fail (WEFT_IS_COORDINATOR_REPO (self), NULL);

  return self->storage_repo;
}

/**
 * weft_coordinator_repo_get_key_network: (get-property key-network)
 * @self: a coordinator repo
 *
 * Gets what says who keeps a block.
 *
 * Returns: (transfer none): the key network
 *
 * Since: 0.1
 */
WeftKeyNetwork *
weft_coordinator_repo_get_key_network (WeftCoordinatorRepo *self)
{
  g_return_val_if_fail (WEFT_IS_COORDINATOR_REPO (self), NULL);

  return self->key_network;
}

/**
 * weft_coordinator_repo_get_member:
 * @self: a coordinator repo
 *
 * Gets this node as a member of its clusters.
 *
 * Returns: (transfer none): the member
 *
 * Since: 0.1
 */
WeftCluster *
weft_coordinator_repo_get_member (WeftCoordinatorRepo *self)
{
  g_return_val_if_fail (WEFT_IS_COORDINATOR_REPO (self), NULL);

  return WEFT_CLUSTER (self->member);
}

/**
 * weft_coordinator_repo_get_cluster_min: (get-property cluster-min)
 * @self: a coordinator repo
 *
 * Gets how many members a cluster has at least.
 *
 * Returns: the number, at least 1
 *
 * Since: 0.1
 */
guint
weft_coordinator_repo_get_cluster_min (WeftCoordinatorRepo *self)
{
  g_return_val_if_fail (WEFT_IS_COORDINATOR_REPO (self), 0);

  return self->cluster_min;
}

/**
 * weft_coordinator_repo_get_consistency: (get-property consistency)
 * @self: a coordinator repo
 *
 * Gets the consistency of gets which do not say.
 *
 * Returns: the consistency
 *
 * Since: 0.1
 */
WeftConsistency
weft_coordinator_repo_get_consistency (WeftCoordinatorRepo *self)
{
  g_return_val_if_fail (WEFT_IS_COORDINATOR_REPO (self), WEFT_CONSISTENCY_QUORUM);

  return self->consistency;
}

/**
 * weft_coordinator_repo_set_consistency: (set-property consistency)
 * @self: a coordinator repo
 * @consistency: that of gets which do not say; the default is quorum
 *
 * Sets the consistency of gets which do not say.
 *
 * Since: 0.1
 */
void
weft_coordinator_repo_set_consistency (WeftCoordinatorRepo *self,
                                       WeftConsistency      consistency)
{
  g_return_if_fail (WEFT_IS_COORDINATOR_REPO (self));
  g_return_if_fail (consistency <= WEFT_CONSISTENCY_QUORUM);

  if (consistency == WEFT_CONSISTENCY_DEFAULT)
    consistency = WEFT_CONSISTENCY_QUORUM;
  if (consistency == self->consistency)
    return;

  self->consistency = consistency;
  g_object_notify (G_OBJECT (self), "consistency");
}

/**
 * weft_coordinator_repo_set_moves:
 * @self: a coordinator repo
 * @moves: whether blocks move; the default is that they do
 *
 * Sets whether this node lets the blocks that it keeps go to those who should keep them, as peers
 * come and go. Where others propose that, it takes part in any case.
 *
 * Since: 0.1
 */
void
weft_coordinator_repo_set_moves (WeftCoordinatorRepo *self,
                                 gboolean             moves)
{
  g_return_if_fail (WEFT_IS_COORDINATOR_REPO (self));

  if (self->is_closed || moves == (self->mover != NULL))
    return;

  if (moves)
    {
      self->mover = weft_cluster_mover_new (self);
      return;
    }
  weft_cluster_mover_close (self->mover);
  g_clear_pointer (&self->mover, weft_cluster_mover_unref);
}

static void
add_peers (JsonBuilder *builder,
           const char  *name,
           GPtrArray   *peers)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < peers->len; i++)
    json_builder_add_string_value (
      builder,
      weft_peer_id_get_text (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i))));
  json_builder_end_array (builder);
}

static void
add_liars (WeftCoordinatorRepo *self,
           JsonBuilder         *builder)
{
  json_builder_set_member_name (builder, "liars");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->liars->len; i++)
    {
      WeftLiar *liar = g_ptr_array_index (self->liars, i);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "peerId");
      json_builder_add_string_value (builder, weft_peer_id_get_text (liar->peer_id));
      json_builder_set_member_name (builder, "reason");
      json_builder_add_string_value (builder, liar->reason);
      json_builder_set_member_name (builder, "at");
      json_builder_add_int_value (builder, liar->at_msec);
      if (liar->proof != NULL)
        {
          json_builder_set_member_name (builder, "proof");
          json_builder_add_value (builder, json_node_ref (liar->proof));
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* The open slots, of one block or of all; and whether it is known what they are. */
static void
add_open (WeftCoordinatorRepo *self,
          JsonBuilder         *builder,
          const char          *block_id)
{
  g_autoptr(JsonNode) open = weft_cluster_member_to_json (self->member);
  JsonArray *slots = open != NULL ? json_node_get_array (open) : NULL;

  json_builder_set_member_name (builder, "promisesRead");
  json_builder_add_boolean_value (builder, open != NULL);
  json_builder_set_member_name (builder, "open");
  json_builder_begin_array (builder);
  for (guint i = 0; slots != NULL && i < json_array_get_length (slots); i++)
    {
      JsonObject *slot = json_array_get_object_element (slots, i);

      if (block_id == NULL
          || g_strcmp0 (json_object_get_string_member_with_default (slot, "blockId", NULL),
                        block_id)
               == 0)
        json_builder_add_value (builder, json_node_ref (json_array_get_element (slots, i)));
    }
  json_builder_end_array (builder);
}

/**
 * weft_coordinator_repo_get_status:
 * @self: a coordinator repo
 *
 * Describes this node as a member and a coordinator, for a person or a tool to read.
 *
 * It is an object with `peers`, the number of other peers that are known, `clusterMin`,
 * `promisesRead`, whether its storage could tell what it promised, without which it takes part in
 * nothing, `open`, the slots in which this node voted and nothing is decided yet, with their ages,
 * `running`, how many proposals and reads go on, `undelivered`, how many certificates somebody does
 * not have yet, `moves`, how many blocks are `toMove`, `moving` now and `moved`, and how many moves
 * `failed`, with the `lastFailure`, unless they are switched off, `liars` with what proves it, and
 * `counters`. Members may be added.
 *
 * Returns: (transfer full): the status, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_coordinator_repo_get_status (WeftCoordinatorRepo *self)
{
  g_autoptr(JsonBuilder) builder = NULL;
  g_autoptr(GPtrArray) peers = NULL;

  g_return_val_if_fail (WEFT_IS_COORDINATOR_REPO (self), NULL);

  builder = json_builder_new_immutable ();
  peers = weft_key_network_list_peers (self->key_network);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "peers");
  json_builder_add_int_value (builder, peers->len);
  json_builder_set_member_name (builder, "clusterMin");
  json_builder_add_int_value (builder, self->cluster_min);
  add_open (self, builder, NULL);
  json_builder_set_member_name (builder, "running");
  json_builder_add_int_value (builder, g_queue_get_length (&self->drives));
  json_builder_set_member_name (builder, "undelivered");
  json_builder_add_int_value (builder, weft_cluster_teller_get_n (self->teller));
  if (self->mover != NULL)
    {
      json_builder_set_member_name (builder, "moves");
      json_builder_add_value (builder, weft_cluster_mover_to_json (self->mover));
    }
  json_builder_set_member_name (builder, "roundTripUsec");
  json_builder_add_int_value (builder, self->round_trip_usec);
  add_liars (self, builder);
  json_builder_set_member_name (builder, "counters");
  json_builder_add_value (builder, weft_cluster_parts_make_counters (self->parts));
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

/**
 * weft_coordinator_repo_explain_action:
 * @self: a coordinator repo
 * @action_id: an action
 *
 * Tells what this node knows of how an action was proposed: the recent attempts that it
 * coordinated, the newest first, each with its stages, its outcome, the reason, and the record with
 * the votes that prove it.
 *
 * Returns: (transfer full): an array, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_coordinator_repo_explain_action (WeftCoordinatorRepo *self,
                                      const char          *action_id)
{
  g_return_val_if_fail (WEFT_IS_COORDINATOR_REPO (self), NULL);
  g_return_val_if_fail (action_id != NULL, NULL);

  return weft_cluster_log_to_json (self->log, action_id, NULL);
}

/* Who decided the latest revision. */
static void
add_latest (WeftCoordinatorRepo *self,
            JsonBuilder         *builder,
            const char          *block_id)
{
  g_autoptr(WeftBlockMetadata) metadata
      = weft_storage_read_metadata (self->parts->storage, block_id, NULL);
  WeftActionRev *latest = metadata != NULL ? weft_block_metadata_get_latest (metadata) : NULL;
  g_autoptr(WeftPending) action = NULL;
  char *certificate = NULL;

  if (latest == NULL)
    return;

  json_builder_set_member_name (builder, "latest");
  json_builder_add_value (builder, weft_action_rev_to_json (latest));
  action = weft_storage_read_action (self->parts->storage, block_id,
                                     weft_action_rev_get_action_id (latest), NULL);
  if (action != NULL && weft_pending_get_base (action) >= 0)
    certificate = weft_storage_repo_read_certificate (self->storage_repo, block_id,
                                                      weft_pending_get_base (action));
  if (certificate == NULL)
    return;
  json_builder_set_member_name (builder, "certificate");
  json_builder_add_value (builder, weft_json_parse_own (certificate,
                                                        g_ref_string_length (certificate)));
  g_ref_string_release (certificate);
}

/**
 * weft_coordinator_repo_describe_block:
 * @self: a coordinator repo
 * @block_id: a block
 *
 * Tells what this node knows of the cluster of a block.
 *
 * It is an object with `members`, `member`, whether this node is one, `pinned`, whether they are
 * who the history of the block names, `target`, who should keep it, where that is not the same,
 * `latest` and the `certificate` that proves it where it is kept here, `open`, what is not decided,
 * and `proposals`, the recent ones that this node coordinated.
 *
 * Returns: (transfer full): an object, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_coordinator_repo_describe_block (WeftCoordinatorRepo *self,
                                      const char          *block_id)
{
  g_autoptr(JsonBuilder) builder = NULL;
  g_autoptr(GPtrArray) peers = NULL;
  g_autoptr(GPtrArray) target = NULL;
  gboolean is_pinned;

  g_return_val_if_fail (WEFT_IS_COORDINATOR_REPO (self), NULL);
  g_return_val_if_fail (block_id != NULL, NULL);

  builder = json_builder_new_immutable ();
  peers = weft_coordinator_list_keepers (self, block_id, &is_pinned);
  target = weft_key_network_get_target (self->key_network, block_id, NULL);
  json_builder_begin_object (builder);
  add_peers (builder, "members", peers);
  json_builder_set_member_name (builder, "member");
  json_builder_add_boolean_value (builder, weft_cluster_parts_is_in (self->parts, peers));
  json_builder_set_member_name (builder, "pinned");
  json_builder_add_boolean_value (builder, is_pinned);
  if (!weft_cluster_pin_equal (peers, target))
    add_peers (builder, "target", target);
  add_latest (self, builder, block_id);
  add_open (self, builder, block_id);
  json_builder_set_member_name (builder, "proposals");
  json_builder_add_value (builder, weft_cluster_log_to_json (self->log, NULL, block_id));
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}
