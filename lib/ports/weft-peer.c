/* weft-peer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-enum-types.h"
#include "weft-peer.h"

/**
 * WeftPeer:
 *
 * Who is at the other end of a connection, as it proved and said when the connection was made.
 *
 * It does not change; when the same peer comes back there is another `WeftPeer` for it. All of it
 * but the peer id is only what the peer says of itself.
 *
 * Since: 0.1
 */
struct _WeftPeer
{
  GObject parent_instance;

  WeftPeerId *peer_id;
  WeftPeerRole role;
  char *agent;
  char **protocols;
  WeftMultiaddr *address; /* (nullable) */
  gboolean is_outbound;
  gboolean is_bound;
  gint64 since_usec;
};

G_DEFINE_FINAL_TYPE (WeftPeer, weft_peer, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_PEER_ID,
  PROP_ROLE,
  PROP_AGENT,
  PROP_PROTOCOLS,
  PROP_ADDRESS,
  PROP_OUTBOUND,
  PROP_BOUND,
  PROP_SINCE,
  N_PROPS
};

#define FLAGS (G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS)

static GParamSpec *properties[N_PROPS];

static void
weft_peer_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  WeftPeer *self = WEFT_PEER (object);

  switch (prop_id)
    {
    case PROP_PEER_ID:
      g_value_set_boxed (value, self->peer_id);
      break;
    case PROP_ROLE:
      g_value_set_enum (value, self->role);
      break;
    case PROP_AGENT:
      g_value_set_string (value, self->agent);
      break;
    case PROP_PROTOCOLS:
      g_value_set_boxed (value, self->protocols);
      break;
    case PROP_ADDRESS:
      g_value_set_boxed (value, self->address);
      break;
    case PROP_OUTBOUND:
      g_value_set_boolean (value, self->is_outbound);
      break;
    case PROP_BOUND:
      g_value_set_boolean (value, self->is_bound);
      break;
    case PROP_SINCE:
      g_value_set_int64 (value, self->since_usec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_peer_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  WeftPeer *self = WEFT_PEER (object);

  switch (prop_id)
    {
    case PROP_PEER_ID:
      self->peer_id = g_value_dup_boxed (value);
      break;
    case PROP_ROLE:
      self->role = g_value_get_enum (value);
      break;
    case PROP_AGENT:
      self->agent = g_value_dup_string (value);
      break;
    case PROP_PROTOCOLS:
      self->protocols = g_value_dup_boxed (value);
      break;
    case PROP_ADDRESS:
      self->address = g_value_dup_boxed (value);
      break;
    case PROP_OUTBOUND:
      self->is_outbound = g_value_get_boolean (value);
      break;
    case PROP_BOUND:
      self->is_bound = g_value_get_boolean (value);
      break;
    case PROP_SINCE:
      self->since_usec = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weft_peer_constructed (GObject *object)
{
  WeftPeer *self = WEFT_PEER (object);

  G_OBJECT_CLASS (weft_peer_parent_class)->constructed (object);

  if (self->agent == NULL)
    self->agent = g_strdup ("");
  if (self->protocols == NULL)
    self->protocols = g_new0 (char *, 1);
}

static void
weft_peer_finalize (GObject *object)
{
  WeftPeer *self = WEFT_PEER (object);

  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->agent, g_free);
  g_clear_pointer (&self->protocols, g_strfreev);
  g_clear_pointer (&self->address, weft_multiaddr_unref);

  G_OBJECT_CLASS (weft_peer_parent_class)->finalize (object);
}

static void
define_peer_properties (void)
{
  /**
   * WeftPeer:peer-id: (getter get_peer_id)
   *
   * The peer id, which was proved.
   *
   * Since: 0.1
   */
  properties[PROP_PEER_ID]
    = g_param_spec_boxed ("peer-id", NULL, NULL, WEFT_TYPE_PEER_ID, FLAGS);
  /**
   * WeftPeer:role: (getter get_role)
   *
   * Whether it serves others.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE]
    = g_param_spec_enum ("role", NULL, NULL, WEFT_TYPE_PEER_ROLE, WEFT_PEER_ROLE_PEER, FLAGS);
  /**
   * WeftPeer:agent: (getter get_agent)
   *
   * The program it says it is, for people; may be empty.
   *
   * Since: 0.1
   */
  properties[PROP_AGENT] = g_param_spec_string ("agent", NULL, NULL, NULL, FLAGS);
  /**
   * WeftPeer:protocols: (getter get_protocols)
   *
   * The protocols it says it serves.
   *
   * Since: 0.1
   */
  properties[PROP_PROTOCOLS]
    = g_param_spec_boxed ("protocols", NULL, NULL, G_TYPE_STRV, FLAGS);
}

static void
define_connection_properties (void)
{
  /**
   * WeftPeer:address: (getter get_address)
   *
   * Where it was reached, or came from.
   *
   * Since: 0.1
   */
  properties[PROP_ADDRESS]
    = g_param_spec_boxed ("address", NULL, NULL, WEFT_TYPE_MULTIADDR, FLAGS);
  /**
   * WeftPeer:outbound: (getter is_outbound)
   *
   * Whether the connection was opened from here.
   *
   * Since: 0.1
   */
  properties[PROP_OUTBOUND] = g_param_spec_boolean ("outbound", NULL, NULL, FALSE, FLAGS);
  /**
   * WeftPeer:bound: (getter is_bound)
   *
   * Whether the proof was bound to an encrypted channel.
   *
   * Since: 0.1
   */
  properties[PROP_BOUND] = g_param_spec_boolean ("bound", NULL, NULL, FALSE, FLAGS);
  /**
   * WeftPeer:since: (getter get_since)
   *
   * When it had proved itself, in microseconds of the monotonic time of the transport's clock.
   *
   * Since: 0.1
   */
  properties[PROP_SINCE]
    = g_param_spec_int64 ("since", NULL, NULL, G_MININT64, G_MAXINT64, 0, FLAGS);
}

static void
weft_peer_class_init (WeftPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = weft_peer_constructed;
  object_class->finalize = weft_peer_finalize;
  object_class->get_property = weft_peer_get_property;
  object_class->set_property = weft_peer_set_property;

  define_peer_properties ();
  define_connection_properties ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_peer_init (WeftPeer *self)
{
}

/**
 * weft_peer_new:
 * @peer_id: the peer id, which was proved
 * @role: whether it serves others
 * @agent: (nullable): the program it says it is
 * @protocols: (nullable) (array zero-terminated=1): the protocols it says it serves
 * @address: (nullable): where it was reached, or came from
 * @is_outbound: whether the connection was opened from here
 * @is_bound: whether the proof was bound to an encrypted channel
 * @since_usec: when it had proved itself, by the monotonic time of the transport's clock
 *
 * Describes a peer. This is for implementations of [iface@Weft.Transport].
 *
 * Returns: (transfer full): a new peer
 *
 * Since: 0.1
 */
WeftPeer *
weft_peer_new (WeftPeerId         *peer_id,
               WeftPeerRole        role,
               const char         *agent,
               const char * const *protocols,
               WeftMultiaddr      *address,
               gboolean            is_outbound,
               gboolean            is_bound,
               gint64              since_usec)
{
  g_return_val_if_fail (peer_id != NULL, NULL);

  return g_object_new (WEFT_TYPE_PEER,
                       "peer-id", peer_id,
                       "role", role,
                       "agent", agent,
                       "protocols", protocols,
                       "address", address,
                       "outbound", is_outbound,
                       "bound", is_bound,
                       "since", since_usec,
                       NULL);
}

/**
 * weft_peer_get_peer_id: (get-property peer-id)
 * @self: a peer
 *
 * Gets the peer id, which was proved.
 *
 * Returns: (transfer none): the peer id
 *
 * Since: 0.1
 */
WeftPeerId *
weft_peer_get_peer_id (WeftPeer *self)
{
  g_return_val_if_fail (WEFT_IS_PEER (self), NULL);

  return self->peer_id;
}

/**
 * weft_peer_get_role: (get-property role)
 * @self: a peer
 *
 * Gets whether it serves others.
 *
 * Returns: the role
 *
 * Since: 0.1
 */
WeftPeerRole
weft_peer_get_role (WeftPeer *self)
{
  g_return_val_if_fail (WEFT_IS_PEER (self), WEFT_PEER_ROLE_CLIENT);

  return self->role;
}

/**
 * weft_peer_get_agent: (get-property agent)
 * @self: a peer
 *
 * Gets the program that the peer says it is, for people to read.
 *
 * Returns: (transfer none): the agent, which may be empty
 *
 * Since: 0.1
 */
const char *
weft_peer_get_agent (WeftPeer *self)
{
  g_return_val_if_fail (WEFT_IS_PEER (self), NULL);

  return self->agent;
}

/**
 * weft_peer_get_protocols: (get-property protocols)
 * @self: a peer
 *
 * Gets the protocols that the peer says it serves.
 *
 * Returns: (transfer none) (array zero-terminated=1): the protocols
 *
 * Since: 0.1
 */
const char *const *
weft_peer_get_protocols (WeftPeer *self)
{
  g_return_val_if_fail (WEFT_IS_PEER (self), NULL);

  return (const char *const *) self->protocols;
}

/**
 * weft_peer_get_address: (get-property address)
 * @self: a peer
 *
 * Gets where the peer was reached, or where it came from.
 *
 * Only an address that was dialled can be given to others: the one an inbound connection came from
 * is of no use to them.
 *
 * Returns: (transfer none) (nullable): the address
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_peer_get_address (WeftPeer *self)
{
  g_return_val_if_fail (WEFT_IS_PEER (self), NULL);

  return self->address;
}

/**
 * weft_peer_is_outbound: (get-property outbound)
 * @self: a peer
 *
 * Gets whether the connection was opened from here.
 *
 * Returns: whether it was
 *
 * Since: 0.1
 */
gboolean
weft_peer_is_outbound (WeftPeer *self)
{
  g_return_val_if_fail (WEFT_IS_PEER (self), FALSE);

  return self->is_outbound;
}

/**
 * weft_peer_is_bound: (get-property bound)
 * @self: a peer
 *
 * Gets whether the proof was bound to an encrypted channel, so that nobody in between can read or
 * change what is said.
 *
 * Returns: whether it was
 *
 * Since: 0.1
 */
gboolean
weft_peer_is_bound (WeftPeer *self)
{
  g_return_val_if_fail (WEFT_IS_PEER (self), FALSE);

  return self->is_bound;
}

/**
 * weft_peer_get_since: (get-property since)
 * @self: a peer
 *
 * Gets when the peer had proved itself.
 *
 * Returns: a time in microseconds, on the scale of [method@Weft.Clock.get_monotonic]
 *
 * Since: 0.1
 */
gint64
weft_peer_get_since (WeftPeer *self)
{
  g_return_val_if_fail (WEFT_IS_PEER (self), 0);

  return self->since_usec;
}
