/* weft-ring-key-network.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-channel-transport.h"
#include "weft-ed25519-verifier.h"
#include "weft-enum-types.h"
#include "weft-protocol-private.h"
#include "weft-ring-key-network-private.h"
#include "weft-system-clock.h"
#include "weft-system-random.h"

/**
 * WeftRingKeyNetwork:
 *
 * A [iface@Weft.KeyNetwork] without a list of peers: it finds them, and they find each other.
 *
 * All that a node needs to begin is the address of one that is there already, its bootstrap. The
 * nodes form a ring; each watches its neighbours and knows a few others far away. The cluster of a
 * block are the [property@Weft.RingKeyNetwork:replication] peers around the block's place.
 *
 * It is given to a [class@Weft.Node], which lets it join when the node starts and leave when it
 * stops. A node whose [property@Weft.RingKeyNetwork:keeper] is %FALSE is an edge: it asks, and
 * keeps nothing.
 *
 * With a storage, whom it knew, how large the network was and whether it ever saw anybody outlive a
 * restart.
 *
 * Since: 0.1
 */

enum
{
  PROP_TRANSPORT = 1,
  PROP_STORAGE,
  PROP_IDENTITY,
  PROP_VERIFIER,
  PROP_NETWORK,
  PROP_PREFIX,
  PROP_CLOCK,
  PROP_RANDOM,
  PROP_ANNOUNCE,
  PROP_REPLICATION,
  PROP_KEEPER,
  PROP_MAY_BE_ALONE,
  PROP_READINESS,
  PROP_SIZE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftRingKeyNetwork, weft_ring_key_network, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_KEY_NETWORK,
                                                      weft_ring_find_iface_init))

/* What was not given is taken from the transport, which has to agree with it anyway. */
static void
weft_ring_key_network_constructed (GObject *object)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (object);

  G_OBJECT_CLASS (weft_ring_key_network_parent_class)->constructed (object);

  g_assert (self->transport != NULL);
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
  g_assert (self->identity != NULL);
  g_assert (self->network != NULL);

  if (self->verifier == NULL)
    self->verifier = weft_ed25519_verifier_new ();
  if (self->clock == NULL)
    self->clock = weft_system_clock_new ();
  if (self->random == NULL)
    self->random = weft_system_random_new ();
  if (self->prefix == NULL)
    self->prefix = g_strdup (WEFT_PROTOCOL_PREFIX_DEFAULT);
  if (self->announce == NULL)
    self->announce = g_new0 (char *, 1);
  self->protocol = weft_protocol_make_name (self->prefix, "ring");
}

static void
weft_ring_key_network_dispose (GObject *object)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (object);

  weft_ring_key_network_stop (self);

  G_OBJECT_CLASS (weft_ring_key_network_parent_class)->dispose (object);
}

static void
weft_ring_key_network_finalize (GObject *object)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (object);

  weft_ring_find_clear (self);
  weft_ring_effects_clear (&self->effects);
  weft_ring_reputation_free (self->reputation);
  weft_ring_absent_free (self->absent);
  g_hash_table_unref (self->answers);
  g_hash_table_unref (self->counters);
  g_ptr_array_unref (self->waits);
  g_ptr_array_unref (self->bootstrap);
  g_clear_object (&self->transport);
  g_clear_object (&self->storage);
  g_clear_object (&self->identity);
  g_clear_object (&self->verifier);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);
  g_strfreev (self->announce);
  g_free (self->network);
  g_free (self->prefix);
  g_free (self->protocol);

  G_OBJECT_CLASS (weft_ring_key_network_parent_class)->finalize (object);
}

/* Where each property lives; the type of its value says how to copy it. */
static const gsize members[N_PROPS] = {
  [PROP_TRANSPORT] = G_STRUCT_OFFSET (WeftRingKeyNetwork, transport),
  [PROP_STORAGE] = G_STRUCT_OFFSET (WeftRingKeyNetwork, storage),
  [PROP_IDENTITY] = G_STRUCT_OFFSET (WeftRingKeyNetwork, identity),
  [PROP_VERIFIER] = G_STRUCT_OFFSET (WeftRingKeyNetwork, verifier),
  [PROP_NETWORK] = G_STRUCT_OFFSET (WeftRingKeyNetwork, network),
  [PROP_PREFIX] = G_STRUCT_OFFSET (WeftRingKeyNetwork, prefix),
  [PROP_CLOCK] = G_STRUCT_OFFSET (WeftRingKeyNetwork, clock),
  [PROP_RANDOM] = G_STRUCT_OFFSET (WeftRingKeyNetwork, random),
  [PROP_ANNOUNCE] = G_STRUCT_OFFSET (WeftRingKeyNetwork, announce),
  [PROP_REPLICATION] = G_STRUCT_OFFSET (WeftRingKeyNetwork, replication),
  [PROP_KEEPER] = G_STRUCT_OFFSET (WeftRingKeyNetwork, is_keeper),
  [PROP_MAY_BE_ALONE] = G_STRUCT_OFFSET (WeftRingKeyNetwork, may_be_alone),
};

static void
weft_ring_key_network_set_property (GObject      *object,
                                    guint         property_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  gpointer member = G_STRUCT_MEMBER_P (object, members[property_id]);

  if (G_VALUE_HOLDS_OBJECT (value))
    *(gpointer *) member = g_value_dup_object (value);
  else if (G_VALUE_HOLDS_STRING (value))
    *(gpointer *) member = g_value_dup_string (value);
  else if (G_VALUE_HOLDS_BOXED (value))
    *(gpointer *) member = g_value_dup_boxed (value);
  else if (G_VALUE_HOLDS_UINT (value))
    *(guint *) member = g_value_get_uint (value);
  else
    *(gboolean *) member = g_value_get_boolean (value);
}

static void
weft_ring_key_network_get_property (GObject    *object,
                                    guint       property_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (object);
  gpointer member = G_STRUCT_MEMBER_P (object, members[property_id]);

  if (property_id == PROP_READINESS)
    g_value_set_enum (value, weft_ring_key_network_get_readiness (self));
  else if (property_id == PROP_SIZE)
    g_value_set_double (value, weft_ring_key_network_get_size (self));
  else if (G_VALUE_HOLDS_OBJECT (value))
    g_value_set_object (value, *(gpointer *) member);
  else if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, *(gpointer *) member);
  else if (G_VALUE_HOLDS_BOXED (value))
    g_value_set_boxed (value, *(gpointer *) member);
  else if (G_VALUE_HOLDS_UINT (value))
    g_value_set_uint (value, *(guint *) member);
  else
    g_value_set_boolean (value, *(gboolean *) member);
}

static void
install_parts (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * WeftRingKeyNetwork:transport:
   *
   * How other peers are reached. The node closes it.
   *
   * Since: 0.1
   */
  properties[PROP_TRANSPORT]
      = g_param_spec_object ("transport", NULL, NULL, WEFT_TYPE_TRANSPORT, flags);
  /**
   * WeftRingKeyNetwork:storage:
   *
   * Where it keeps what it wants to know after a restart. The node closes it.
   *
   * Since: 0.1
   */
  properties[PROP_STORAGE]
      = g_param_spec_object ("storage", NULL, NULL, WEFT_TYPE_STORAGE, flags);
  /**
   * WeftRingKeyNetwork:identity:
   *
   * Who the node is. It is that of the transport when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_IDENTITY]
      = g_param_spec_object ("identity", NULL, NULL, WEFT_TYPE_IDENTITY, flags);
  /**
   * WeftRingKeyNetwork:verifier:
   *
   * What tells whether a peer has signed something. It is that of the transport when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_VERIFIER]
      = g_param_spec_object ("verifier", NULL, NULL, WEFT_TYPE_VERIFIER, flags);
  /**
   * WeftRingKeyNetwork:network:
   *
   * The network whose peers are on the ring. It is that of the transport when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_NETWORK] = g_param_spec_string ("network", NULL, NULL, NULL, flags);
  /**
   * WeftRingKeyNetwork:prefix:
   *
   * What the name of the ring's protocol starts with. It is `/db-p2p` when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_PREFIX] = g_param_spec_string ("prefix", NULL, NULL, NULL, flags);
  /**
   * WeftRingKeyNetwork:clock:
   *
   * Where it has the time from. It is that of the transport when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, WEFT_TYPE_CLOCK, flags);
  /**
   * WeftRingKeyNetwork:random:
   *
   * Where it has chance from. It is the system's when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_RANDOM] = g_param_spec_object ("random", NULL, NULL, WEFT_TYPE_RANDOM, flags);
}

static void
install_settings (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags view_flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * WeftRingKeyNetwork:announce:
   *
   * The multiaddrs at which others are told to dial this node. When none are given it is those at
   * which the transport listens, but for addresses that mean every host.
   *
   * Since: 0.1
   */
  properties[PROP_ANNOUNCE] = g_param_spec_boxed ("announce", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WeftRingKeyNetwork:replication: (getter get_replication)
   *
   * How many peers keep a block.
   *
   * Since: 0.1
   */
  properties[PROP_REPLICATION]
      = g_param_spec_uint ("replication", NULL, NULL, 1, WEFT_RING_REPLICATION_MAX,
                           WEFT_RING_REPLICATION_DEFAULT, flags);
  /**
   * WeftRingKeyNetwork:keeper:
   *
   * Whether this node keeps blocks; if not, it only asks those that do.
   *
   * Since: 0.1
   */
  properties[PROP_KEEPER] = g_param_spec_boolean ("keeper", NULL, NULL, TRUE, flags);
  /**
   * WeftRingKeyNetwork:may-be-alone:
   *
   * Whether this node may ever decide where nobody else of a cluster is there. Even then it does
   * not while the others may be deciding elsewhere.
   *
   * Since: 0.1
   */
  properties[PROP_MAY_BE_ALONE] = g_param_spec_boolean ("may-be-alone", NULL, NULL, TRUE, flags);
  /**
   * WeftRingKeyNetwork:readiness: (getter get_readiness)
   *
   * Whether the ring can be worked with.
   *
   * Since: 0.1
   */
  properties[PROP_READINESS]
      = g_param_spec_enum ("readiness", NULL, NULL, WEFT_TYPE_RING_READINESS,
                           WEFT_RING_READINESS_ALONE, view_flags | G_PARAM_EXPLICIT_NOTIFY);
  /**
   * WeftRingKeyNetwork:size: (getter get_size)
   *
   * How many peers the network has, as it is estimated; nobody is told of changes.
   *
   * Since: 0.1
   */
  properties[PROP_SIZE]
      = g_param_spec_double ("size", NULL, NULL, 1, G_MAXDOUBLE, 1, view_flags);
}

static void
weft_ring_key_network_class_init (WeftRingKeyNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = weft_ring_key_network_constructed;
  object_class->dispose = weft_ring_key_network_dispose;
  object_class->finalize = weft_ring_key_network_finalize;
  object_class->set_property = weft_ring_key_network_set_property;
  object_class->get_property = weft_ring_key_network_get_property;

  install_parts ();
  install_settings ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_ring_key_network_init (WeftRingKeyNetwork *self)
{
  weft_ring_effects_init (&self->effects);
  weft_ring_find_init (self);
  self->reputation = weft_ring_reputation_new ();
  self->absent = weft_ring_absent_new ();
  weft_ring_mark_init (&self->mark, 1);
  self->answers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->waits = g_ptr_array_new_with_free_func (weft_ring_status_wait_free);
  self->bootstrap = g_ptr_array_new_with_free_func (g_free);
}

void
weft_ring_key_network_notify_readiness (WeftRingKeyNetwork *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_READINESS]);
}

void
weft_ring_key_network_report_lie (WeftKeyNetwork *network,
                                  WeftPeerId     *peer_id)
{
  WeftRingKeyNetwork *self = WEFT_RING_KEY_NETWORK (network);

  weft_ring_reputation_add (self->reputation, peer_id, WEFT_RING_REPUTATION_LIE,
                            weft_clock_get_monotonic (self->clock));
}

/**
 * weft_ring_key_network_new:
 * @transport: how other peers are reached
 * @storage: (nullable): where it keeps what it wants to know after a restart
 * @replication: how many peers keep a block, from 1 to %WEFT_RING_REPLICATION_MAX
 *
 * Creates a key network for the peer its transport speaks as. It does nothing before its node
 * starts.
 *
 * Returns: (transfer full): a new key network
 *
 * Since: 0.1
 */
WeftRingKeyNetwork *
weft_ring_key_network_new (WeftTransport *transport,
                           WeftStorage   *storage,
                           guint          replication)
{
  g_return_val_if_fail (WEFT_IS_TRANSPORT (transport), NULL);
  g_return_val_if_fail (storage == NULL || WEFT_IS_STORAGE (storage), NULL);
  g_return_val_if_fail (replication >= 1, NULL);
  g_return_val_if_fail (replication <= WEFT_RING_REPLICATION_MAX, NULL);

  return g_object_new (WEFT_TYPE_RING_KEY_NETWORK,
                       "transport", transport,
                       "storage", storage,
                       "replication", replication,
                       NULL);
}

/**
 * weft_ring_key_network_add_bootstrap:
 * @self: a ring key network
 * @address: a multiaddr, with or without the id of the peer that is there
 * @error: return location for an error
 *
 * Adds an address to begin at. Three or more that have little to do with each other make it hard to
 * be led astray. They are also dialled whenever this node is alone.
 *
 * The error is %WEFT_ERROR_INVALID for what is no address.
 *
 * Returns: whether it is one
 *
 * Since: 0.1
 */
gboolean
weft_ring_key_network_add_bootstrap (WeftRingKeyNetwork *self,
                                     const char         *address,
                                     GError            **error)
{
  g_autoptr(WeftMultiaddr) parsed = NULL;

  g_return_val_if_fail (WEFT_IS_RING_KEY_NETWORK (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  parsed = weft_multiaddr_parse (address, error);
  if (parsed == NULL)
    return FALSE;
  g_ptr_array_add (self->bootstrap, weft_multiaddr_to_string (parsed));
  self->bootstrap_usec = 0;

  return TRUE;
}

/**
 * weft_ring_key_network_get_replication: (get-property replication)
 * @self: a ring key network
 *
 * Gets how many peers keep a block.
 *
 * Returns: how many do
 *
 * Since: 0.1
 */
guint
weft_ring_key_network_get_replication (WeftRingKeyNetwork *self)
{
  g_return_val_if_fail (WEFT_IS_RING_KEY_NETWORK (self), 0);

  return self->replication;
}

/**
 * weft_ring_key_network_get_ring:
 * @self: a ring key network
 *
 * Describes the ring as this node sees it, peer by peer, for people and pictures.
 *
 * It is an object with `own` and `peers`; each has its `id`, its `place` from 0 to 1, and where it
 * is known its `addrs`, its `state` and its round trip `rttMs`, and says whether it is a
 * `neighbour` and `connected`. Members may be added.
 *
 * Returns: (transfer full): the ring, immutable
 *
 * Since: 0.1
 */
JsonNode *
weft_ring_key_network_get_ring (WeftRingKeyNetwork *self)
{
  g_return_val_if_fail (WEFT_IS_RING_KEY_NETWORK (self), NULL);

  return weft_ring_picture_make (self);
}
