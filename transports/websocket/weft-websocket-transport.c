/* weft-websocket-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-transport.h"

#include "weft-websocket-certificate-private.h"
#include "weft-websocket-channel-private.h"
#include "weft-websocket-dial-private.h"
#include "weft-websocket-listener-private.h"

/**
 * WeftWebsocketTransport:
 *
 * A [iface@Weft.Transport] over WebSocket, with and without TLS.
 *
 * Addresses are `/ip4/127.0.0.1/tcp/9000/ws` and the like, with `wss` for TLS; listening at port 0
 * takes one that is free. With TLS the certificate proves nothing: it is made for the occasion
 * unless there is one in files, and who is there is proved by the identity, bound to the
 * connection. Without TLS, or behind a proxy that ends it, [method@Weft.Peer.is_bound] is %FALSE.
 *
 * What strangers can cost is bounded, whatever they do: connections in all and from one address,
 * handshakes, messages, time, and turns of the main loop.
 *
 * Since: 0.1
 */
struct _WeftWebsocketTransport
{
  WeftChannelTransport parent_instance;

  char *certificate_file;
  char *key_file;
  guint connections_max;
  guint connections_per_address_max;

  WeftWebsocketTerms *terms;
  WeftWebsocketListener *listener; /* (nullable): there is one once something listens */
  GPtrArray *dials;                /* (element-type Dial) (owned) */
  GPtrArray *channels;             /* (element-type WeftWebsocketChannel) (owned) */
};

typedef struct
{
  WeftWebsocketTransport *transport;
  WeftWebsocketDial *dial;
  guint64 id;
} Dial;

enum
{
  PROP_0,
  PROP_CERTIFICATE_FILE,
  PROP_KEY_FILE,
  PROP_CONNECTIONS_MAX,
  PROP_CONNECTIONS_PER_ADDRESS_MAX,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftWebsocketTransport, weft_websocket_transport,
                               WEFT_TYPE_CHANNEL_TRANSPORT,
                               weft_transport_register (g_define_type_id, "websocket"))

static void
dial_free (gpointer data)
{
  Dial *dial = data;

  g_object_unref (dial->dial);
  g_free (dial);
}

static void
closed_cb (WeftChannel  *channel,
           const GError *error,
           gpointer      user_data)
{
  WeftWebsocketTransport *self = user_data;
  const GError *fault = weft_websocket_channel_get_fault (WEFT_WEBSOCKET_CHANNEL (channel));

  if (fault)
    weft_channel_transport_count (WEFT_CHANNEL_TRANSPORT (self), "connections-faulty", 1);
  g_signal_handlers_disconnect_by_data (channel, self);
  g_ptr_array_remove_fast (self->channels, channel);
}

static WeftChannel *
add_channel (WeftWebsocketTransport      *self,
             const WeftWebsocketUpgraded *upgraded)
{
  WeftWebsocketChannel *channel = weft_websocket_channel_new (upgraded, self->terms->clock,
                                                              self->terms->random);

  /* After the base class, which shall hear of the end first. */
  g_signal_connect_after (channel, "closed", G_CALLBACK (closed_cb), self);
  g_ptr_array_add (self->channels, channel);

  return WEFT_CHANNEL (channel);
}

static void
accepted_cb (const WeftWebsocketUpgraded *upgraded,
             gpointer                     user_data)
{
  weft_channel_transport_accepted (WEFT_CHANNEL_TRANSPORT (user_data),
                                   add_channel (user_data, upgraded));
}

static void
count_cb (const char *counter,
          gpointer    user_data)
{
  weft_channel_transport_count (WEFT_CHANNEL_TRANSPORT (user_data), counter, 1);
}

static gboolean
ensure_certificate (WeftWebsocketTransport  *self,
                    GError                 **error)
{
  WeftWebsocketTerms *terms = self->terms;

  if (terms->certificate)
    return TRUE;

  if (self->certificate_file)
    terms->certificate = g_tls_certificate_new_from_files (self->certificate_file,
                                                           self->key_file
                                                             ? self->key_file
                                                             : self->certificate_file,
                                                           error);
  else
    terms->certificate = weft_websocket_certificate_new (terms->clock, terms->random, error);

  return terms->certificate != NULL;
}

static gboolean
is_our_scheme (WeftMultiaddr *address)
{
  WeftMultiaddrScheme scheme = weft_multiaddr_get_scheme (address);

  return scheme == WEFT_MULTIADDR_SCHEME_WS || scheme == WEFT_MULTIADDR_SCHEME_WSS;
}

static void
explain (GError        **error,
         const char     *expected,
         WeftMultiaddr  *address)
{
  g_autofree char *text = weft_multiaddr_to_string (address);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected %s, got %s", expected, text);
}

/* What it says already is which address and why. */
static void
explain_busy (GError **error)
{
  g_autoptr(GError) cause = g_steal_pointer (error);
  gboolean is_busy = g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);

  g_set_error_literal (error, WEFT_ERROR,
                       is_busy ? WEFT_ERROR_EXISTS : WEFT_ERROR_UNAVAILABLE, cause->message);
}

static WeftMultiaddr *
weft_websocket_transport_listen_channels (WeftChannelTransport  *transport,
                                          WeftMultiaddr         *address,
                                          GError               **error)
{
  WeftWebsocketTransport *self = WEFT_WEBSOCKET_TRANSPORT (transport);
  gboolean is_tls = weft_multiaddr_get_scheme (address) == WEFT_MULTIADDR_SCHEME_WSS;
  g_autoptr(GSocketAddress) wanted = NULL;
  g_autoptr(GSocketAddress) bound = NULL;
  g_autoptr(GError) cause = NULL;

  if (is_our_scheme (address))
    wanted = g_inet_socket_address_new_from_string (weft_multiaddr_get_host (address),
                                                    weft_multiaddr_get_port (address));
  if (!wanted)
    {
      explain (error, "an IP address with /ws or /wss to listen at", address);
      return NULL;
    }
  if (is_tls && !ensure_certificate (self, error))
    return NULL;

  if (!self->listener)
    self->listener = weft_websocket_listener_new (self->terms, self->connections_max,
                                                  self->connections_per_address_max, accepted_cb,
                                                  count_cb, self);
  bound = weft_websocket_listener_listen (self->listener, wanted, is_tls, &cause);
  if (!bound)
    {
      explain_busy (&cause);
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }

  return weft_multiaddr_new_socket (weft_multiaddr_get_host (address),
                                    g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)),
                                    is_tls, error);
}

static void
dialled_cb (WeftWebsocketDial           *dialled,
            const WeftWebsocketUpgraded *upgraded,
            const GError                *error,
            gpointer                     user_data)
{
  Dial *dial = user_data;
  WeftWebsocketTransport *self = dial->transport;
  guint64 id = dial->id;
  WeftChannel *channel = upgraded ? add_channel (self, upgraded) : NULL;

  g_ptr_array_remove_fast (self->dials, dial);
  weft_channel_transport_dialled (WEFT_CHANNEL_TRANSPORT (self), id, channel, error);
}

static void
weft_websocket_transport_dial_channel (WeftChannelTransport *transport,
                                       WeftMultiaddr        *address,
                                       guint64               dial_id)
{
  WeftWebsocketTransport *self = WEFT_WEBSOCKET_TRANSPORT (transport);
  g_autoptr(GError) error = NULL;
  Dial *dial;

  if (!is_our_scheme (address))
    {
      explain (&error, "an address with /ws or /wss", address);
      weft_channel_transport_dialled (transport, dial_id, NULL, error);
      return;
    }

  dial = g_new (Dial, 1);
  *dial = (Dial) { self, weft_websocket_dial_new (self->terms, address), dial_id };
  g_ptr_array_add (self->dials, dial);
  weft_websocket_dial_start (dial->dial, dialled_cb, dial);
}

static void
weft_websocket_transport_stop (WeftChannelTransport *transport)
{
  WeftWebsocketTransport *self = WEFT_WEBSOCKET_TRANSPORT (transport);

  if (self->listener)
    weft_websocket_listener_stop (self->listener);
  while (self->dials->len > 0)
    weft_websocket_dial_stop (((Dial *) g_ptr_array_index (self->dials, 0))->dial);
}

static void
weft_websocket_transport_get_property (GObject    *object,
                                       guint       property_id,
                                       GValue     *value,
                                       GParamSpec *pspec)
{
  WeftWebsocketTransport *self = WEFT_WEBSOCKET_TRANSPORT (object);

  switch (property_id)
    {
    case PROP_CERTIFICATE_FILE:
      g_value_set_string (value, self->certificate_file);
      break;

    case PROP_KEY_FILE:
      g_value_set_string (value, self->key_file);
      break;

    case PROP_CONNECTIONS_MAX:
      g_value_set_uint (value, self->connections_max);
      break;

    case PROP_CONNECTIONS_PER_ADDRESS_MAX:
      g_value_set_uint (value, self->connections_per_address_max);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_websocket_transport_set_property (GObject      *object,
                                       guint         property_id,
                                       const GValue *value,
                                       GParamSpec   *pspec)
{
  WeftWebsocketTransport *self = WEFT_WEBSOCKET_TRANSPORT (object);

  switch (property_id)
    {
    case PROP_CERTIFICATE_FILE:
      self->certificate_file = g_value_dup_string (value);
      break;

    case PROP_KEY_FILE:
      self->key_file = g_value_dup_string (value);
      break;

    case PROP_CONNECTIONS_MAX:
      self->connections_max = g_value_get_uint (value);
      break;

    case PROP_CONNECTIONS_PER_ADDRESS_MAX:
      self->connections_per_address_max = g_value_get_uint (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_websocket_transport_constructed (GObject *object)
{
  WeftWebsocketTransport *self = WEFT_WEBSOCKET_TRANSPORT (object);
  WeftChannelTransport *base = WEFT_CHANNEL_TRANSPORT (object);
  g_autoptr(WeftRandom) random = NULL;

  G_OBJECT_CLASS (weft_websocket_transport_parent_class)->constructed (object);

  g_object_get (self, "random", &random, NULL);
  self->terms = weft_websocket_terms_new (weft_channel_transport_get_clock (base), random,
                                          weft_channel_transport_get_network (base));
}

static void
weft_websocket_transport_dispose (GObject *object)
{
  WeftWebsocketTransport *self = WEFT_WEBSOCKET_TRANSPORT (object);

  /* The base class closes what is open; that goes on without us. */
  G_OBJECT_CLASS (weft_websocket_transport_parent_class)->dispose (object);

  for (guint i = 0; i < self->channels->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->channels, i), self);
  g_ptr_array_set_size (self->channels, 0);
  g_clear_object (&self->listener);
}

static void
weft_websocket_transport_finalize (GObject *object)
{
  WeftWebsocketTransport *self = WEFT_WEBSOCKET_TRANSPORT (object);

  g_clear_pointer (&self->dials, g_ptr_array_unref);
  g_clear_pointer (&self->channels, g_ptr_array_unref);
  g_clear_pointer (&self->terms, weft_websocket_terms_unref);
  g_free (self->certificate_file);
  g_free (self->key_file);

  G_OBJECT_CLASS (weft_websocket_transport_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * WeftWebsocketTransport:certificate-file:
   *
   * A file with a certificate in PEM, to show to who connects with TLS. Without it one is made.
   *
   * Since: 0.1
   */
  properties[PROP_CERTIFICATE_FILE]
    = g_param_spec_string ("certificate-file", NULL, NULL, NULL, flags);
  /**
   * WeftWebsocketTransport:key-file:
   *
   * A file with the private key of the certificate in PEM; without it the key is looked for beside
   * the certificate.
   *
   * Since: 0.1
   */
  properties[PROP_KEY_FILE] = g_param_spec_string ("key-file", NULL, NULL, NULL, flags);
  /**
   * WeftWebsocketTransport:connections-max:
   *
   * How many connections others may have opened at once.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECTIONS_MAX]
    = g_param_spec_uint ("connections-max", NULL, NULL, 1, WEFT_LIMIT_CONNECTIONS_MAX,
                         WEFT_LIMIT_CONNECTIONS_MAX, flags);
  /**
   * WeftWebsocketTransport:connections-per-address-max:
   *
   * How many of them from one address, or one network of 2^64 IPv6 addresses. Behind a proxy all
   * come from its address.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECTIONS_PER_ADDRESS_MAX]
    = g_param_spec_uint ("connections-per-address-max", NULL, NULL, 1, WEFT_LIMIT_CONNECTIONS_MAX,
                         WEFT_LIMIT_CONNECTIONS_PER_ADDRESS_MAX, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_websocket_transport_class_init (WeftWebsocketTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  WeftChannelTransportClass *transport_class = WEFT_CHANNEL_TRANSPORT_CLASS (klass);

  object_class->constructed = weft_websocket_transport_constructed;
  object_class->dispose = weft_websocket_transport_dispose;
  object_class->finalize = weft_websocket_transport_finalize;
  object_class->get_property = weft_websocket_transport_get_property;
  object_class->set_property = weft_websocket_transport_set_property;
  transport_class->listen_channels = weft_websocket_transport_listen_channels;
  transport_class->dial_channel = weft_websocket_transport_dial_channel;
  transport_class->stop = weft_websocket_transport_stop;

  install_properties (object_class);
}

static void
weft_websocket_transport_init (WeftWebsocketTransport *self)
{
  self->dials = g_ptr_array_new_with_free_func (dial_free);
  self->channels = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * weft_websocket_transport_register:
 *
 * Offers this transport on [const@Weft.TRANSPORT_EXTENSION_POINT_NAME] as `websocket`, and has TLS
 * offer version 1.3 alone, by the environment variable `G_TLS_GNUTLS_PRIORITY`, unless that is set.
 * Call it first in a program, before there are threads and before TLS is used. (Older versions are
 * refused after the handshake in any case.)
 *
 * Since: 0.1
 */
void
weft_websocket_transport_register (void)
{
  g_setenv ("G_TLS_GNUTLS_PRIORITY", "NORMAL:-VERS-ALL:+VERS-TLS1.3", FALSE);
  g_type_ensure (WEFT_WEBSOCKET_TYPE_TRANSPORT);
}

/**
 * weft_websocket_transport_new:
 * @identity: the key with which this side proves who it is
 * @network: the name of the network
 * @role: whether this side serves others or only asks
 * @clock: the time by which deadlines are kept
 * @random: the chance from which nonces and keys are drawn
 *
 * Makes a transport over WebSocket. It belongs to the thread-default main context of this moment.
 *
 * Returns: (transfer full): a new transport
 *
 * Since: 0.1
 */
WeftWebsocketTransport *
weft_websocket_transport_new (WeftIdentity *identity,
                              const char   *network,
                              WeftPeerRole  role,
                              WeftClock    *clock,
                              WeftRandom   *random)
{
  g_return_val_if_fail (WEFT_IS_IDENTITY (identity), NULL);
  g_return_val_if_fail (network != NULL, NULL);
  g_return_val_if_fail (WEFT_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (WEFT_IS_RANDOM (random), NULL);

  return g_object_new (WEFT_WEBSOCKET_TYPE_TRANSPORT,
                       "identity", identity,
                       "network", network,
                       "role", role,
                       "clock", clock,
                       "random", random,
                       NULL);
}

/**
 * weft_websocket_transport_get_n_connections:
 * @self: a transport
 *
 * Gets how many connections others have opened and not closed, proved or not.
 *
 * Returns: a number of connections
 *
 * Since: 0.1
 */
guint
weft_websocket_transport_get_n_connections (WeftWebsocketTransport *self)
{
  g_return_val_if_fail (WEFT_WEBSOCKET_IS_TRANSPORT (self), 0);

  return self->listener ? weft_websocket_listener_get_n_connections (self->listener) : 0;
}
