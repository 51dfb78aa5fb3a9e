/* weft-channel-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-channel-transport.h"

#include "weft-ed25519-verifier.h"
#include "weft-enum-types.h"
#include "weft-limits.h"
#include "weft-link-dial-private.h"
#include "weft-link-hub-private.h"
#include "weft-link-private.h"

/**
 * WeftChannelTransport:
 *
 * A [iface@Weft.Transport] over any kind of connection.
 *
 * Handshake, envelopes, deadlines, flow control and liveness are done here, in the way that the
 * page of the wire describes; an implementation only listens, dials and makes a
 * [class@Weft.Channel] of each connection.
 *
 * Between two peers that dial each other at once there are two connections for a moment. Both sides
 * keep the one that the peer with the larger id opened; the other carries what is under way to its
 * end and closes.
 *
 * Since: 0.1
 */

typedef struct
{
  WeftLinkHub *hub;
} WeftChannelTransportPrivate;

enum
{
  PROP_0,
  PROP_IDENTITY,
  PROP_CLOCK,
  PROP_RANDOM,
  PROP_NETWORK,
  PROP_AGENT,
  PROP_ROLE,
  PROP_VERIFIER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (WeftChannelTransport, weft_channel_transport, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (WeftChannelTransport)
                                  G_IMPLEMENT_INTERFACE (WEFT_TYPE_TRANSPORT,
                                                         weft_link_iface_init))

static WeftLinkHub *
get_hub (gpointer self)
{
  WeftChannelTransportPrivate *priv = weft_channel_transport_get_instance_private (self);

  return priv->hub;
}

WeftLinkHub *
weft_channel_transport_get_hub (WeftChannelTransport *self)
{
  return get_hub (self);
}

static void
weft_channel_transport_constructed (GObject *object)
{
  WeftLinkHub *hub = get_hub (object);

  G_OBJECT_CLASS (weft_channel_transport_parent_class)->constructed (object);

  if (hub->agent == NULL)
    hub->agent = g_strdup ("weft/" PACKAGE_VERSION);
  if (hub->verifier == NULL)
    hub->verifier = weft_ed25519_verifier_new ();
  g_assert (hub->identity != NULL);
  g_assert (hub->clock != NULL);
  g_assert (hub->random != NULL);
  g_assert (hub->network != NULL);
}

/* Whoever waits for something is told so here, while there still is a transport to tell them. */
static void
weft_channel_transport_dispose (GObject *object)
{
  WeftLinkHub *hub = get_hub (object);

  weft_transport_close (WEFT_TRANSPORT (object));
  weft_link_hub_flush (hub);
  weft_transport_set_handler (WEFT_TRANSPORT (object), NULL, NULL, NULL, NULL);
  weft_channel_transport_set_policy (WEFT_CHANNEL_TRANSPORT (object), NULL, NULL, NULL);

  G_OBJECT_CLASS (weft_channel_transport_parent_class)->dispose (object);
}

static void
weft_channel_transport_finalize (GObject *object)
{
  WeftChannelTransportPrivate *priv
    = weft_channel_transport_get_instance_private (WEFT_CHANNEL_TRANSPORT (object));

  g_clear_pointer (&priv->hub, weft_link_hub_free);

  G_OBJECT_CLASS (weft_channel_transport_parent_class)->finalize (object);
}

static void
weft_channel_transport_get_property (GObject    *object,
                                     guint       property_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  WeftLinkHub *hub = get_hub (object);

  switch (property_id)
    {
    case PROP_IDENTITY:
      g_value_set_object (value, hub->identity);
      break;

    case PROP_CLOCK:
      g_value_set_object (value, hub->clock);
      break;

    case PROP_RANDOM:
      g_value_set_object (value, hub->random);
      break;

    case PROP_NETWORK:
      g_value_set_string (value, hub->network);
      break;

    case PROP_AGENT:
      g_value_set_string (value, hub->agent);
      break;

    case PROP_ROLE:
      g_value_set_enum (value, hub->role);
      break;

    case PROP_VERIFIER:
      g_value_set_object (value, hub->verifier);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_channel_transport_set_property (GObject      *object,
                                     guint         property_id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  WeftLinkHub *hub = get_hub (object);

  switch (property_id)
    {
    case PROP_IDENTITY:
      hub->identity = g_value_dup_object (value);
      break;

    case PROP_CLOCK:
      hub->clock = g_value_dup_object (value);
      break;

    case PROP_RANDOM:
      hub->random = g_value_dup_object (value);
      break;

    case PROP_NETWORK:
      hub->network = g_value_dup_string (value);
      break;

    case PROP_AGENT:
      hub->agent = g_value_dup_string (value);
      break;

    case PROP_ROLE:
      hub->role = g_value_get_enum (value);
      break;

    case PROP_VERIFIER:
      hub->verifier = g_value_dup_object (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * WeftChannelTransport:identity:
   *
   * The key with which this side proves who it is. Required.
   *
   * Since: 0.1
   */
  properties[PROP_IDENTITY]
    = g_param_spec_object ("identity", NULL, NULL, WEFT_TYPE_IDENTITY, flags);
  /**
   * WeftChannelTransport:clock:
   *
   * The time by which deadlines are kept. Required.
   *
   * Since: 0.1
   */
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, WEFT_TYPE_CLOCK, flags);
  /**
   * WeftChannelTransport:random:
   *
   * The chance from which nonces are drawn. Required.
   *
   * Since: 0.1
   */
  properties[PROP_RANDOM] = g_param_spec_object ("random", NULL, NULL, WEFT_TYPE_RANDOM, flags);
  /**
   * WeftChannelTransport:network:
   *
   * The name of the network; peers of another one are refused. Required.
   *
   * Since: 0.1
   */
  properties[PROP_NETWORK] = g_param_spec_string ("network", NULL, NULL, NULL, flags);
  /**
   * WeftChannelTransport:agent:
   *
   * The name and version of the program, for the people who run the other side.
   *
   * Since: 0.1
   */
  properties[PROP_AGENT] = g_param_spec_string ("agent", NULL, NULL, NULL, flags);
  /**
   * WeftChannelTransport:role:
   *
   * Whether this side serves others or only asks.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE]
    = g_param_spec_enum ("role", NULL, NULL, WEFT_TYPE_PEER_ROLE, WEFT_PEER_ROLE_PEER, flags);
  /**
   * WeftChannelTransport:verifier:
   *
   * What tells whether the other side is who it says. It is that of Ed25519 when none is given.
   *
   * Since: 0.1
   */
  properties[PROP_VERIFIER]
    = g_param_spec_object ("verifier", NULL, NULL, WEFT_TYPE_VERIFIER, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_channel_transport_class_init (WeftChannelTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = weft_channel_transport_constructed;
  object_class->dispose = weft_channel_transport_dispose;
  object_class->finalize = weft_channel_transport_finalize;
  object_class->get_property = weft_channel_transport_get_property;
  object_class->set_property = weft_channel_transport_set_property;

  install_properties (object_class);
}

static void
weft_channel_transport_init (WeftChannelTransport *self)
{
  WeftChannelTransportPrivate *priv = weft_channel_transport_get_instance_private (self);

  priv->hub = weft_link_hub_new (self);
}

/**
 * weft_channel_transport_set_policy:
 * @self: a transport
 * @policy: (nullable) (scope notified) (closure user_data) (destroy destroy): what to ask about
 *   each peer that has proved itself, or %NULL to welcome all
 * @user_data: data for @policy
 * @destroy: (nullable): frees @user_data when there is another policy, or the transport is gone
 *
 * Sets who decides whether a peer is welcome. One that is not is closed with a reason, and counted,
 * and never appears.
 *
 * Since: 0.1
 */
void
weft_channel_transport_set_policy (WeftChannelTransport *self,
                                   WeftPeerPolicyFunc    policy,
                                   gpointer              user_data,
                                   GDestroyNotify        destroy)
{
  WeftLinkHub *hub;
  GDestroyNotify old_destroy;
  gpointer old_data;

  g_return_if_fail (WEFT_IS_CHANNEL_TRANSPORT (self));

  hub = get_hub (self);
  old_destroy = hub->policy_destroy;
  old_data = hub->policy_data;
  hub->policy = policy;
  hub->policy_data = user_data;
  hub->policy_destroy = destroy;
  if (old_destroy != NULL)
    old_destroy (old_data);
}

/**
 * weft_channel_transport_get_identity: (get-property identity)
 * @self: a transport
 *
 * Gets the key with which this side proves who it is.
 *
 * Returns: (transfer none): the identity
 *
 * Since: 0.1
 */
WeftIdentity *
weft_channel_transport_get_identity (WeftChannelTransport *self)
{
  g_return_val_if_fail (WEFT_IS_CHANNEL_TRANSPORT (self), NULL);

  return get_hub (self)->identity;
}

/**
 * weft_channel_transport_get_verifier: (get-property verifier)
 * @self: a transport
 *
 * Gets what tells whether the other side is who it says.
 *
 * Returns: (transfer none): the verifier
 *
 * Since: 0.1
 */
WeftVerifier *
weft_channel_transport_get_verifier (WeftChannelTransport *self)
{
  g_return_val_if_fail (WEFT_IS_CHANNEL_TRANSPORT (self), NULL);

  return get_hub (self)->verifier;
}

/**
 * weft_channel_transport_get_clock: (get-property clock)
 * @self: a transport
 *
 * Gets the time by which deadlines are kept.
 *
 * Returns: (transfer none): the clock
 *
 * Since: 0.1
 */
WeftClock *
weft_channel_transport_get_clock (WeftChannelTransport *self)
{
  g_return_val_if_fail (WEFT_IS_CHANNEL_TRANSPORT (self), NULL);

  return get_hub (self)->clock;
}

/**
 * weft_channel_transport_get_network: (get-property network)
 * @self: a transport
 *
 * Gets the name of the network.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
weft_channel_transport_get_network (WeftChannelTransport *self)
{
  g_return_val_if_fail (WEFT_IS_CHANNEL_TRANSPORT (self), NULL);

  return get_hub (self)->network;
}

static const char *
get_crowd (WeftLinkHub *hub)
{
  if (g_tree_nnodes (hub->links) >= WEFT_LIMIT_CONNECTIONS_MAX)
    return "full: too many connections";
  if (hub->n_handshakes >= WEFT_LIMIT_HANDSHAKES_MAX)
    return "full: too many handshakes";

  return NULL;
}

/**
 * weft_channel_transport_accepted:
 * @self: a transport
 * @channel: a connection that somebody else has opened
 *
 * Takes a connection on. This is for implementations; with too many connections or handshakes
 * already, @channel is closed.
 *
 * Since: 0.1
 */
void
weft_channel_transport_accepted (WeftChannelTransport *self,
                                 WeftChannel          *channel)
{
  WeftLinkHub *hub;
  const char *crowd;

  g_return_if_fail (WEFT_IS_CHANNEL_TRANSPORT (self));
  g_return_if_fail (WEFT_IS_CHANNEL (channel));

  hub = get_hub (self);
  crowd = hub->is_closed ? "shutdown: the node stops" : get_crowd (hub);
  if (crowd != NULL)
    {
      weft_link_hub_count (hub, weft_link_reason_get_counter (WEFT_LINK_REASON_FULL), 1);
      weft_channel_close (channel, crowd);
      return;
    }
  weft_link_open (hub, channel, NULL, 0);
  weft_link_hub_arm (hub);
}

/**
 * weft_channel_transport_dialled:
 * @self: a transport
 * @dial_id: the number that the virtual function was given
 * @channel: (nullable): the connection
 * @error: (nullable): why there is none; exactly one of the two is given
 *
 * Ends a dial. This is for implementations.
 *
 * Since: 0.1
 */
void
weft_channel_transport_dialled (WeftChannelTransport *self,
                                guint64               dial_id,
                                WeftChannel          *channel,
                                const GError         *error)
{
  g_return_if_fail (WEFT_IS_CHANNEL_TRANSPORT (self));
  g_return_if_fail ((channel != NULL) != (error != NULL));

  weft_link_dial_connected (get_hub (self), dial_id, channel, error);
  weft_link_hub_arm (get_hub (self));
}

/**
 * weft_channel_transport_count:
 * @self: a transport
 * @counter: the name of a counter, in lower case with hyphens
 * @amount: how much to add
 *
 * Counts something that [method@Weft.Transport.get_counters] shows. This is for implementations.
 *
 * Since: 0.1
 */
void
weft_channel_transport_count (WeftChannelTransport *self,
                              const char           *counter,
                              guint64               amount)
{
  g_return_if_fail (WEFT_IS_CHANNEL_TRANSPORT (self));
  g_return_if_fail (counter != NULL);

  weft_link_hub_count (get_hub (self), counter, amount);
}
