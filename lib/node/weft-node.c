/* weft-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-channel-transport.h"
#include "weft-commit-private.h"
#include "weft-ed25519-verifier.h"
#include "weft-enum-types.h"
#include "weft-limits.h"
#include "weft-node-private.h"
#include "weft-protocol-private.h"
#include "weft-system-clock.h"
#include "weft-system-random.h"

/**
 * WeftNode:
 *
 * A peer: it keeps blocks in a storage and serves them through a transport.
 *
 * A node is made of parts, all of which can be replaced: a [iface@Weft.Transport], a
 * [iface@Weft.Storage], a [iface@Weft.Clock] and a [iface@Weft.Random]. Transport and storage are
 * the node's from then on: it closes them when it stops, and when its start fails.
 *
 * The program that embeds a node reads and writes blocks through [property@Weft.Node:repo], just
 * as peers do from afar; or, when several nodes keep the blocks together, which they do with a
 * [iface@Weft.KeyNetwork], through [property@Weft.Node:coordinator]. [property@Weft.Node:peers] and
 * [property@Weft.Node:recent-commits] are list models, ready for a list view.
 *
 * A node belongs to the thread that made it. It lives once, from
 * [method@Weft.Node.start_async] to [method@Weft.Node.stop_async].
 *
 * Since: 0.1
 */

enum
{
  PROP_IDENTITY = 1,
  PROP_VERIFIER,
  PROP_NETWORK,
  PROP_CLOCK,
  PROP_RANDOM,
  PROP_TRANSPORT,
  PROP_STORAGE,
  PROP_KEY_NETWORK,
  PROP_CLUSTER_MIN,
  PROP_MOVES,
  PROP_LISTEN,
  PROP_PREFIX,
  PROP_AGENT,
  PROP_STATE,
  PROP_REPO,
  PROP_COORDINATOR,
  PROP_PEERS,
  PROP_RECENT_COMMITS,
  N_PROPS,
};

enum
{
  COMMITTED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WeftNode, weft_node, G_TYPE_OBJECT)

/* What was not given is taken from the transport, which has to agree with it anyway. */
static void
weft_node_constructed (GObject *object)
{
  WeftNode *self = WEFT_NODE (object);

  G_OBJECT_CLASS (weft_node_parent_class)->constructed (object);

  if (WEFT_IS_CHANNEL_TRANSPORT (self->transport))
    {
      WeftChannelTransport *transport = WEFT_CHANNEL_TRANSPORT (self->transport);

      if (self->identity == NULL)
        g_set_object (&self->identity, weft_channel_transport_get_identity (transport));
      if (self->verifier == NULL)
        g_set_object (&self->verifier, weft_channel_transport_get_verifier (transport));
      if (self->clock == NULL)
        g_set_object (&self->clock, weft_channel_transport_get_clock (transport));
      if (self->network == NULL)
        self->network = g_strdup (weft_channel_transport_get_network (transport));
    }

  if (self->verifier == NULL)
    self->verifier = weft_ed25519_verifier_new ();
  if (self->clock == NULL)
    self->clock = weft_system_clock_new ();
  if (self->random == NULL)
    self->random = weft_system_random_new ();
  if (self->listen == NULL)
    self->listen = g_new0 (char *, 1);
  if (self->prefix == NULL)
    self->prefix = g_strdup (WEFT_PROTOCOL_PREFIX_DEFAULT);
  if (self->agent == NULL)
    self->agent = g_strdup ("weft/" PACKAGE_VERSION);
  if (self->storage != NULL)
    self->repo = weft_storage_repo_new (self->storage, self->clock);
}

/* Where each property lives, and the type of its value says how to copy it: an object, a string or
 * a list of strings. The state and numbers are the exceptions. */
static const gsize members[N_PROPS] = {
  [PROP_IDENTITY] = G_STRUCT_OFFSET (WeftNode, identity),
  [PROP_VERIFIER] = G_STRUCT_OFFSET (WeftNode, verifier),
  [PROP_NETWORK] = G_STRUCT_OFFSET (WeftNode, network),
  [PROP_CLOCK] = G_STRUCT_OFFSET (WeftNode, clock),
  [PROP_RANDOM] = G_STRUCT_OFFSET (WeftNode, random),
  [PROP_TRANSPORT] = G_STRUCT_OFFSET (WeftNode, transport),
  [PROP_STORAGE] = G_STRUCT_OFFSET (WeftNode, storage),
  [PROP_KEY_NETWORK] = G_STRUCT_OFFSET (WeftNode, key_network),
  [PROP_LISTEN] = G_STRUCT_OFFSET (WeftNode, listen),
  [PROP_PREFIX] = G_STRUCT_OFFSET (WeftNode, prefix),
  [PROP_AGENT] = G_STRUCT_OFFSET (WeftNode, agent),
  [PROP_REPO] = G_STRUCT_OFFSET (WeftNode, repo),
  [PROP_COORDINATOR] = G_STRUCT_OFFSET (WeftNode, coordinator),
  [PROP_PEERS] = G_STRUCT_OFFSET (WeftNode, peers),
};

static void
weft_node_set_property (GObject      *object,
                        guint         property_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  gpointer *member = G_STRUCT_MEMBER_P (object, members[property_id]);

  if (property_id == PROP_CLUSTER_MIN)
    {
      WEFT_NODE (object)->cluster_min = g_value_get_uint (value);
      return;
    }
  if (property_id == PROP_MOVES)
    {
      WEFT_NODE (object)->moves = g_value_get_boolean (value);
      return;
    }

  /* All of them are construct-only, so nothing is there yet. */
  g_assert (*member == NULL);

  if (G_VALUE_HOLDS_OBJECT (value))
    *member = g_value_dup_object (value);
  else if (G_VALUE_HOLDS_STRING (value))
    *member = g_value_dup_string (value);
  else
    *member = g_value_dup_boxed (value);
}

static void
weft_node_get_property (GObject    *object,
                        guint       property_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  gpointer *member = G_STRUCT_MEMBER_P (object, members[property_id]);

  if (property_id == PROP_STATE)
    g_value_set_enum (value, WEFT_NODE (object)->state);
  else if (property_id == PROP_RECENT_COMMITS)
    g_value_set_object (value, weft_node_get_recent_commits (WEFT_NODE (object)));
  else if (property_id == PROP_CLUSTER_MIN)
    g_value_set_uint (value, WEFT_NODE (object)->cluster_min);
  else if (property_id == PROP_MOVES)
    g_value_set_boolean (value, WEFT_NODE (object)->moves);
  else if (G_VALUE_HOLDS_OBJECT (value))
    g_value_set_object (value, *member);
  else if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, *member);
  else
    g_value_set_boxed (value, *member);
}

static void
weft_node_dispose (GObject *object)
{
  weft_node_abandon (WEFT_NODE (object));

  G_OBJECT_CLASS (weft_node_parent_class)->dispose (object);
}

static void
weft_node_finalize (GObject *object)
{
  WeftNode *self = WEFT_NODE (object);

  g_clear_object (&self->coordinator);
  g_clear_object (&self->key_network);
  g_clear_object (&self->repo);
  g_clear_object (&self->transport);
  g_clear_object (&self->storage);
  g_clear_object (&self->identity);
  g_clear_object (&self->verifier);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);
  g_free (self->network);
  g_free (self->prefix);
  g_free (self->agent);
  g_strfreev (self->listen);
  g_clear_object (&self->peers);
  g_clear_pointer (&self->peer_numbers, g_hash_table_unref);
  while (!g_queue_is_empty (&self->recent))
    g_free (g_queue_pop_head_link (&self->recent)->data);
  g_clear_object (&self->recent_commits);
  weft_call_stats_unref (self->stats);
  weft_undo_free (self->undo);
  g_ptr_array_unref (self->stop_tasks);

  G_OBJECT_CLASS (weft_node_parent_class)->finalize (object);
}

static void
install_basics (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * WeftNode:identity: (getter get_identity)
   *
   * Who the node is. It is that of the transport when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_IDENTITY] =
    g_param_spec_object ("identity", NULL, NULL, WEFT_TYPE_IDENTITY, flags);
  /**
   * WeftNode:verifier: (getter get_verifier)
   *
   * What tells the node whether a peer has signed something. It is that of the transport, or that
   * of Ed25519, when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_VERIFIER] =
    g_param_spec_object ("verifier", NULL, NULL, WEFT_TYPE_VERIFIER, flags);
  /**
   * WeftNode:network: (getter get_network)
   *
   * The network of which the node is a peer. It is that of the transport when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_NETWORK] = g_param_spec_string ("network", NULL, NULL, NULL, flags);
  /**
   * WeftNode:clock: (getter get_clock)
   *
   * Where the node has the time from. It is that of the transport, or the system's, when none is
   * given.
   *
   * Since: 0.1
   */
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, WEFT_TYPE_CLOCK, flags);
  /**
   * WeftNode:random: (getter get_random)
   *
   * Where the node has chance from. It is the system's when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_RANDOM] = g_param_spec_object ("random", NULL, NULL, WEFT_TYPE_RANDOM, flags);
  /**
   * WeftNode:moves: (getter get_moves)
   *
   * Whether blocks that this node keeps go to those who should, as nodes come and go, see
   * [method@Weft.CoordinatorRepo.set_moves].
   *
   * Since: 0.1
   */
  properties[PROP_MOVES] = g_param_spec_boolean ("moves", NULL, NULL, TRUE, flags);
}

static void
install_services (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * WeftNode:transport: (getter get_transport)
   *
   * How the node is reached. The node closes it.
   *
   * Since: 0.1
   */
  properties[PROP_TRANSPORT] =
    g_param_spec_object ("transport", NULL, NULL, WEFT_TYPE_TRANSPORT, flags);
  /**
   * WeftNode:storage: (getter get_storage)
   *
   * Where the node keeps its blocks. The node closes it.
   *
   * Since: 0.1
   */
  properties[PROP_STORAGE] = g_param_spec_object ("storage", NULL, NULL, WEFT_TYPE_STORAGE, flags);
  /**
   * WeftNode:key-network: (getter get_key_network)
   *
   * What says who keeps a block. Without one the node keeps all of its blocks alone.
   *
   * Since: 0.1
   */
  properties[PROP_KEY_NETWORK] =
    g_param_spec_object ("key-network", NULL, NULL, WEFT_TYPE_KEY_NETWORK, flags);
  /**
   * WeftNode:cluster-min: (getter get_cluster_min)
   *
   * How many members a cluster has at least, see [property@Weft.CoordinatorRepo:cluster-min].
   *
   * Since: 0.1
   */
  properties[PROP_CLUSTER_MIN] =
    g_param_spec_uint ("cluster-min", NULL, NULL, 1, WEFT_LIMIT_RECORD_PEERS_MAX,
                       WEFT_CLUSTER_MIN_DEFAULT, flags);
  /**
   * WeftNode:listen: (getter get_listen)
   *
   * The multiaddrs at which the node serves. A node without any is one that only dials.
   *
   * Since: 0.1
   */
  properties[PROP_LISTEN] = g_param_spec_boxed ("listen", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WeftNode:prefix: (getter get_prefix)
   *
   * What the names of the node's protocols start with. It is `/db-p2p` when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_PREFIX] = g_param_spec_string ("prefix", NULL, NULL, NULL, flags);
  /**
   * WeftNode:agent: (getter get_agent)
   *
   * The program and version that the node names in its status.
   *
   * Since: 0.1
   */
  properties[PROP_AGENT] = g_param_spec_string ("agent", NULL, NULL, NULL, flags);
}

static void
install_views (GObjectClass *object_class)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * WeftNode:state: (getter get_state)
   *
   * Where the node is in its life.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, WEFT_TYPE_NODE_STATE, WEFT_NODE_STATE_NEW, flags);
  /**
   * WeftNode:repo: (getter get_repo)
   *
   * The blocks of this node, for the program that embeds it. With a key network it only reads what
   * is here; see [property@Weft.Node:coordinator].
   *
   * Since: 0.1
   */
  properties[PROP_REPO] =
    g_param_spec_object ("repo", NULL, NULL, WEFT_TYPE_STORAGE_REPO, flags);
  /**
   * WeftNode:coordinator: (getter get_coordinator)
   *
   * The blocks of the network, for the program that embeds a node with a key network, while it
   * runs.
   *
   * Since: 0.1
   */
  properties[PROP_COORDINATOR] =
    g_param_spec_object ("coordinator", NULL, NULL, WEFT_TYPE_COORDINATOR_REPO, flags);
  /**
   * WeftNode:peers: (getter get_peers)
   *
   * The connected peers, [class@Weft.Peer] items in the order they came.
   *
   * Since: 0.1
   */
  properties[PROP_PEERS] = g_param_spec_object ("peers", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  /**
   * WeftNode:recent-commits: (getter get_recent_commits)
   *
   * The latest commits that landed here, [class@Weft.Commit] items, the newest first and 256 at
   * most.
   *
   * Since: 0.1
   */
  properties[PROP_RECENT_COMMITS] =
    g_param_spec_object ("recent-commits", NULL, NULL, G_TYPE_LIST_MODEL, flags);
}

static void
weft_node_class_init (WeftNodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = weft_node_constructed;
  object_class->set_property = weft_node_set_property;
  object_class->get_property = weft_node_get_property;
  object_class->dispose = weft_node_dispose;
  object_class->finalize = weft_node_finalize;

  install_basics (object_class);
  install_services (object_class);
  install_views (object_class);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * WeftNode::committed:
   * @self: the node
   * @commit: what landed
   *
   * An action became a revision on this node, and is durable. It comes once for each, whether a
   * peer or this program committed it.
   *
   * Since: 0.1
   */
  signals[COMMITTED] = g_signal_new ("committed", WEFT_TYPE_NODE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 1, WEFT_TYPE_COMMIT);
}

static void
weft_node_init (WeftNode *self)
{
  self->peers = g_list_store_new (WEFT_TYPE_PEER);
  self->peer_numbers = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->recent);
  self->stats = weft_call_stats_new ();
  self->undo = weft_undo_new ();
  self->stop_tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

void
weft_node_set_state (WeftNode      *self,
                     WeftNodeState  state)
{
  /* A life goes one way: it skips states when it fails early, and never goes back. */
  g_assert (state > self->state);

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
remember (WeftNode       *self,
          WeftCommitNote *note)
{
  g_queue_push_head_link (&self->recent, &note->link);
  if (g_queue_get_length (&self->recent) > WEFT_LIMIT_RECENT_COMMITS_MAX)
    g_free (g_queue_pop_tail_link (&self->recent)->data);
}

static void
list (WeftNode   *self,
      WeftCommit *commit)
{
  guint n_commits = g_list_model_get_n_items (G_LIST_MODEL (self->recent_commits));

  if (n_commits == WEFT_LIMIT_RECENT_COMMITS_MAX)
    g_list_store_remove (self->recent_commits, n_commits - 1);
  g_list_store_insert (self->recent_commits, 0, commit);
}

/* Objects are made for who listens or has asked for the list, which most nodes have nobody for. */
void
weft_node_add_commit (WeftNode    *self,
                      const char  *collection_id,
                      char       **block_ids,
                      const char  *action_id,
                      gint64       rev)
{
  const char *const *ids = (const char *const *) block_ids;
  gint64 time_usec = weft_clock_get_real (self->clock);
  gboolean is_heard = g_signal_has_handler_pending (self, signals[COMMITTED], 0, FALSE);
  g_autoptr(WeftCommit) commit = NULL;

  if (self->recent_commits == NULL)
    remember (self, weft_commit_note_new (collection_id, ids, action_id, rev, time_usec));
  if (self->recent_commits == NULL && !is_heard)
    return;

  commit = weft_commit_new (collection_id, ids, action_id, rev, time_usec);
  if (self->recent_commits != NULL)
    list (self, commit);
  if (is_heard)
    g_signal_emit (self, signals[COMMITTED], 0, commit);
}
