/* weft-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-transport.h"

/**
 * WeftTransport:
 *
 * Requests and answers between peers that have proved who they are.
 *
 * What every implementation keeps to:
 *
 * 1. There is at most one connection to a peer, whoever opened it. Both sides have proved who they
 *    are before [signal@Weft.Transport::peer-appeared] is emitted, and nothing of a peer is handed
 *    on before that. [signal@Weft.Transport::peer-went] follows exactly once for each peer that
 *    appeared, and nothing of that connection comes after it.
 * 2. A peer's requests and one-way messages reach the handler in the order in which that peer sent
 *    them. Answers come in any order. Nothing is said about the order between two peers.
 * 3. A request ends exactly once: with the body of the answer, or with an error. It ends with
 *    [error@Weft.Error.TIMED_OUT] when its time is over, with [error@Weft.Error.UNAVAILABLE] when
 *    it was never sent, because the peer is not connected or too much is queued for it already, and
 *    with [error@Weft.Error.INDETERMINATE] when the connection ended after it was sent: whether the
 *    peer acted on it is not known then. An error that the peer answered with has its code.
 * 4. The functions that are given to [method@Weft.Transport.request] and
 *    [method@Weft.Transport.dial] are called exactly once. They, the handler and the signals come
 *    from the main context, never from within a call to the transport.
 * 5. The handler is called for the protocols it was set for only; the transport itself answers
 *    requests for others. A request whose asker went away or gave up is cancelled, and its answer
 *    goes nowhere.
 * 6. Memory is bounded, whatever a peer does. A peer that breaks the protocol or a limit loses its
 *    connection, and nobody else notices.
 * 7. Bodies are immutable. None is shared with anyone who could change it.
 * 8. Everything happens on one thread, in the main context that was the thread-default one when the
 *    transport was made. All is called from there, and by nobody else.
 * 9. After [method@Weft.Transport.close] no peer appears and no request arrives; what was under way
 *    ends with [error@Weft.Error.CLOSED], and each peer goes. Calling it again does nothing, and
 *    disposing of a transport closes it.
 *
 * An implementation registers with weft_transport_register(), so that a program can choose one at
 * run time by its name or by an address.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (WeftTransport, weft_transport, G_TYPE_OBJECT)

enum
{
  PEER_APPEARED,
  PEER_WENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Which implementation reaches the addresses of a scheme. */
static const char *const names[] = {
  [WEFT_MULTIADDR_SCHEME_WS] = "websocket",
  [WEFT_MULTIADDR_SCHEME_WSS] = "websocket",
  [WEFT_MULTIADDR_SCHEME_MEMORY] = "loopback",
  [WEFT_MULTIADDR_SCHEME_SIM] = "sim",
};

static void
weft_transport_default_init (WeftTransportInterface *iface)
{
  /**
   * WeftTransport::peer-appeared:
   * @self: the transport
   * @peer: who
   *
   * A peer has proved itself; it can be asked, and may ask, from now on.
   *
   * Since: 0.1
   */
  signals[PEER_APPEARED]
    = g_signal_new ("peer-appeared", WEFT_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, WEFT_TYPE_PEER);
  /**
   * WeftTransport::peer-went:
   * @self: the transport
   * @peer: who, the same object that appeared
   * @reason: (nullable): why, or %NULL when it was meant
   *
   * The connection to a peer has ended.
   *
   * Since: 0.1
   */
  signals[PEER_WENT]
    = g_signal_new ("peer-went", WEFT_TYPE_TRANSPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, WEFT_TYPE_PEER, G_TYPE_ERROR);
}

static GIOExtensionPoint *
extension_point (void)
{
  static gsize point = 0;

  if (g_once_init_enter (&point))
    {
      GIOExtensionPoint *made
        = g_io_extension_point_register (WEFT_TRANSPORT_EXTENSION_POINT_NAME);

      g_io_extension_point_set_required_type (made, WEFT_TYPE_TRANSPORT);
      g_once_init_leave (&point, (gsize) made);
    }

  return (GIOExtensionPoint *) point;
}

/**
 * weft_transport_register:
 * @type: the type of a [iface@Weft.Transport]
 * @name: the name to choose it by: `websocket`, `loopback`, `sim` or one of its own
 *
 * Offers an implementation on the extension point, under a name.
 *
 * Since: 0.1
 */
void
weft_transport_register (GType       type,
                         const char *name)
{
  g_return_if_fail (g_type_is_a (type, WEFT_TYPE_TRANSPORT));
  g_return_if_fail (name != NULL);

  g_assert (extension_point () != NULL);
  g_io_extension_point_implement (WEFT_TRANSPORT_EXTENSION_POINT_NAME, type, name, 0);
}

/**
 * weft_transport_lookup:
 * @name: the name of an implementation
 *
 * Finds the implementation that has registered under a name.
 *
 * Returns: its type, or %G_TYPE_INVALID when there is none in this program
 *
 * Since: 0.1
 */
GType
weft_transport_lookup (const char *name)
{
  GIOExtension *extension;

  g_return_val_if_fail (name != NULL, G_TYPE_INVALID);

  extension = g_io_extension_point_get_extension_by_name (extension_point (), name);

  return extension != NULL ? g_io_extension_get_type (extension) : G_TYPE_INVALID;
}

/**
 * weft_transport_lookup_for_address:
 * @address: an address
 *
 * Finds the implementation that reaches an address.
 *
 * Returns: its type, or %G_TYPE_INVALID when there is none in this program
 *
 * Since: 0.1
 */
GType
weft_transport_lookup_for_address (WeftMultiaddr *address)
{
  g_return_val_if_fail (address != NULL, G_TYPE_INVALID);

  return weft_transport_lookup (names[weft_multiaddr_get_scheme (address)]);
}

/**
 * weft_transport_listen:
 * @self: a transport
 * @address: where to listen; port 0 takes any that is free
 * @error: return location for an error
 *
 * Starts to accept connections at an address. It can be called for several addresses, which
 * [method@Weft.Transport.list_addresses] then tells.
 *
 * Sets [error@Weft.Error.INVALID] for an address of another kind of transport,
 * [error@Weft.Error.EXISTS] when somebody listens there already, [error@Weft.Error.REFUSED] when it
 * is not allowed, and [error@Weft.Error.UNAVAILABLE] when the address is not of this machine.
 *
 * Returns: whether it listens
 *
 * Since: 0.1
 */
gboolean
weft_transport_listen (WeftTransport *self,
                       WeftMultiaddr *address,
                       GError       **error)
{
  g_return_val_if_fail (WEFT_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (address != NULL, FALSE);

  return WEFT_TRANSPORT_GET_IFACE (self)->listen (self, address, error);
}

/**
 * weft_transport_list_addresses:
 * @self: a transport
 *
 * Lists where the transport listens, with the ports it really has and with its own peer id, in the
 * order in which listening began.
 *
 * Returns: (transfer container) (element-type WeftMultiaddr): the addresses
 *
 * Since: 0.1
 */
GPtrArray *
weft_transport_list_addresses (WeftTransport *self)
{
  g_return_val_if_fail (WEFT_IS_TRANSPORT (self), NULL);

  return WEFT_TRANSPORT_GET_IFACE (self)->list_addresses (self);
}

/**
 * weft_transport_dial:
 * @self: a transport
 * @address: where to connect to
 * @timeout_usec: how long it may take until the peer has proved itself, or 0 for the usual time
 * @done: (scope async) (closure user_data): what to call with the outcome
 * @user_data: data for @done
 *
 * Connects to a peer.
 *
 * When the address names a peer and that one is connected already, @done is called with it and
 * nothing is dialled. When another peer than the named one answers, the connection is closed and
 * @done is called with [error@Weft.Error.REFUSED].
 *
 * Since: 0.1
 */
void
weft_transport_dial (WeftTransport *self,
                     WeftMultiaddr *address,
                     gint64         timeout_usec,
                     WeftDialFunc   done,
                     gpointer       user_data)
{
  g_return_if_fail (WEFT_IS_TRANSPORT (self));
  g_return_if_fail (address != NULL);
  g_return_if_fail (timeout_usec >= 0);
  g_return_if_fail (done != NULL);

  if (timeout_usec == 0)
    timeout_usec = WEFT_LIMIT_DIAL_USEC;
  WEFT_TRANSPORT_GET_IFACE (self)->dial (self, address, timeout_usec, done, user_data);
}

/**
 * weft_transport_drop_peer:
 * @self: a transport
 * @peer_id: a peer
 * @reason: (nullable): what to tell the peer
 *
 * Ends the connection to a peer, if there is one.
 *
 * Since: 0.1
 */
void
weft_transport_drop_peer (WeftTransport *self,
                          WeftPeerId    *peer_id,
                          const char    *reason)
{
  g_return_if_fail (WEFT_IS_TRANSPORT (self));
  g_return_if_fail (peer_id != NULL);

  WEFT_TRANSPORT_GET_IFACE (self)->drop_peer (self, peer_id, reason);
}

/**
 * weft_transport_request:
 * @self: a transport
 * @peer_id: whom to ask
 * @protocol: the protocol, such as `/db-p2p/repo/1.0.0`
 * @body: what to ask; it is sealed
 * @timeout_usec: how long to wait for the answer, or 0 for the usual time
 * @done: (scope async) (closure user_data): what to call with the answer
 * @user_data: data for @done
 *
 * Asks a connected peer. All that can go wrong is told to @done.
 *
 * Returns: an id for [method@Weft.Transport.cancel], greater than zero
 *
 * Since: 0.1
 */
guint64
weft_transport_request (WeftTransport *self,
                        WeftPeerId    *peer_id,
                        const char    *protocol,
                        JsonNode      *body,
                        gint64         timeout_usec,
                        WeftReplyFunc  done,
                        gpointer       user_data)
{
  guint64 request_id;

  g_return_val_if_fail (WEFT_IS_TRANSPORT (self), 0);
  g_return_val_if_fail (peer_id != NULL, 0);
  g_return_val_if_fail (protocol != NULL, 0);
  g_return_val_if_fail (body != NULL, 0);
  g_return_val_if_fail (timeout_usec >= 0, 0);
  g_return_val_if_fail (done != NULL, 0);

  json_node_seal (body);
  if (timeout_usec == 0)
    timeout_usec = WEFT_LIMIT_REPLY_USEC;
  request_id = WEFT_TRANSPORT_GET_IFACE (self)->request (self, peer_id, protocol, body,
                                                         timeout_usec, done, user_data);
  g_assert (request_id > 0);

  return request_id;
}

/**
 * weft_transport_cancel:
 * @self: a transport
 * @request_id: an id from [method@Weft.Transport.request]
 *
 * Gives a request up: its function is called soon, with %G_IO_ERROR_CANCELLED, and the peer is
 * told.
 *
 * The peer may have acted on it. A request that has ended is left alone.
 *
 * Since: 0.1
 */
void
weft_transport_cancel (WeftTransport *self,
                       guint64        request_id)
{
  g_return_if_fail (WEFT_IS_TRANSPORT (self));
  g_return_if_fail (request_id > 0);

  WEFT_TRANSPORT_GET_IFACE (self)->cancel (self, request_id);
}

/**
 * weft_transport_send:
 * @self: a transport
 * @peer_id: whom to tell
 * @protocol: the protocol
 * @body: what to tell; it is sealed
 * @error: return location for an error
 *
 * Tells a connected peer something, without an answer. It may be lost with the connection.
 *
 * Sets [error@Weft.Error.UNAVAILABLE] when the peer is not connected, or when too much is queued
 * for it already, and [error@Weft.Error.CLOSED] after [method@Weft.Transport.close].
 *
 * Returns: whether it is on its way
 *
 * Since: 0.1
 */
gboolean
weft_transport_send (WeftTransport *self,
                     WeftPeerId    *peer_id,
                     const char    *protocol,
                     JsonNode      *body,
                     GError       **error)
{
  g_return_val_if_fail (WEFT_IS_TRANSPORT (self), FALSE);
  g_return_val_if_fail (peer_id != NULL, FALSE);
  g_return_val_if_fail (protocol != NULL, FALSE);
  g_return_val_if_fail (body != NULL, FALSE);

  json_node_seal (body);

  return WEFT_TRANSPORT_GET_IFACE (self)->send (self, peer_id, protocol, body, error);
}

/**
 * weft_transport_set_handler:
 * @self: a transport
 * @protocols: (nullable) (array zero-terminated=1): the protocols that are served, or %NULL for
 *   none
 * @handler: (nullable) (scope notified) (closure user_data) (destroy destroy): what to call for
 *   each request, or %NULL for none
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data when there is another handler, or the transport is gone
 *
 * Sets who answers the peers. There is one handler, for all protocols.
 *
 * It is set before [method@Weft.Transport.listen] and [method@Weft.Transport.dial], because a peer
 * learns of the protocols when it connects.
 *
 * Since: 0.1
 */
void
weft_transport_set_handler (WeftTransport      *self,
                            const char * const *protocols,
                            WeftRequestFunc     handler,
                            gpointer            user_data,
                            GDestroyNotify      destroy)
{
  g_return_if_fail (WEFT_IS_TRANSPORT (self));
  g_return_if_fail ((protocols != NULL) == (handler != NULL));

  WEFT_TRANSPORT_GET_IFACE (self)->set_handler (self, protocols, handler, user_data, destroy);
}

/**
 * weft_transport_list_peers:
 * @self: a transport
 *
 * Lists the peers that are connected, ordered by peer id.
 *
 * Returns: (transfer container) (element-type WeftPeer): the peers
 *
 * Since: 0.1
 */
GPtrArray *
weft_transport_list_peers (WeftTransport *self)
{
  g_return_val_if_fail (WEFT_IS_TRANSPORT (self), NULL);

  return WEFT_TRANSPORT_GET_IFACE (self)->list_peers (self);
}

/**
 * weft_transport_get_counters:
 * @self: a transport
 *
 * Gets what the transport has counted since it was made. The names are those of the
 * implementation; a counter only ever grows, unless its name ends in `-now`.
 *
 * Returns: (transfer full): a dictionary of type `a{st}`, sorted by name
 *
 * Since: 0.1
 */
GVariant *
weft_transport_get_counters (WeftTransport *self)
{
  g_autoptr(GVariant) counters = NULL;

  g_return_val_if_fail (WEFT_IS_TRANSPORT (self), NULL);

  counters = g_variant_take_ref (WEFT_TRANSPORT_GET_IFACE (self)->get_counters (self));
  g_assert (g_variant_is_of_type (counters, G_VARIANT_TYPE ("a{st}")));

  return g_steal_pointer (&counters);
}

/**
 * weft_transport_close:
 * @self: a transport
 *
 * Stops listening and ends all connections, for good.
 *
 * Since: 0.1
 */
void
weft_transport_close (WeftTransport *self)
{
  g_return_if_fail (WEFT_IS_TRANSPORT (self));

  WEFT_TRANSPORT_GET_IFACE (self)->close (self);
}

/**
 * weft_transport_emit_peer_appeared:
 * @self: a transport
 * @peer: who
 *
 * Emits [signal@Weft.Transport::peer-appeared]. This is for implementations.
 *
 * Since: 0.1
 */
void
weft_transport_emit_peer_appeared (WeftTransport *self,
                                   WeftPeer      *peer)
{
  g_return_if_fail (WEFT_IS_TRANSPORT (self));
  g_return_if_fail (WEFT_IS_PEER (peer));

  g_signal_emit (self, signals[PEER_APPEARED], 0, peer);
}

/**
 * weft_transport_emit_peer_went:
 * @self: a transport
 * @peer: who
 * @reason: (nullable): why, or %NULL when it was meant
 *
 * Emits [signal@Weft.Transport::peer-went]. This is for implementations.
 *
 * Since: 0.1
 */
void
weft_transport_emit_peer_went (WeftTransport *self,
                               WeftPeer      *peer,
                               const GError  *reason)
{
  g_return_if_fail (WEFT_IS_TRANSPORT (self));
  g_return_if_fail (WEFT_IS_PEER (peer));

  g_signal_emit (self, signals[PEER_WENT], 0, peer, reason);
}
