/* weft-multiaddr.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-multiaddr-parts-private.h"
#include "weft-multiaddr.h"

/**
 * WeftMultiaddr:
 *
 * An address at which a peer is reached, such as `/ip4/127.0.0.1/tcp/9000/ws` or
 * `/dns4/example.org/tcp/443/wss/p2p/12D3KooW…`.
 *
 * It is immutable, and can be used by several threads. Reading is strict and each address has one
 * canonical text: IP addresses are written in their usual short form, names in lower case, and
 * `/tls/ws` as `/wss`. Two addresses are equal when these texts are.
 *
 * Since: 0.1
 */

struct _WeftMultiaddr
{
  WeftMultiaddrParts parts;
  char *text;
};

G_DEFINE_BOXED_TYPE (WeftMultiaddr, weft_multiaddr, weft_multiaddr_ref, weft_multiaddr_unref)

/* Takes what @parts owns. */
static WeftMultiaddr *
multiaddr_new (WeftMultiaddrParts *parts)
{
  WeftMultiaddr *self = g_atomic_rc_box_new (WeftMultiaddr);

  self->parts = *parts;
  self->text = weft_multiaddr_parts_write (parts);
  *parts = (WeftMultiaddrParts) { 0 };

  return self;
}

/**
 * weft_multiaddr_new_socket:
 * @host: an IPv4 or IPv6 address, or a name
 * @port: a TCP port; 0 lets a listener take any
 * @is_tls: whether TLS is spoken
 * @error: return location for an error
 *
 * Makes the address of a WebSocket. A name stands for its addresses of either version.
 *
 * Sets [error@Weft.Error.INVALID] when @host is none.
 *
 * Returns: (transfer full): the address
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_multiaddr_new_socket (const char *host,
                           guint16     port,
                           gboolean    is_tls,
                           GError    **error)
{
  static const WeftMultiaddrHostKind kinds[] = {
    WEFT_MULTIADDR_HOST_KIND_IP4,
    WEFT_MULTIADDR_HOST_KIND_IP6,
    WEFT_MULTIADDR_HOST_KIND_DNS,
  };
  g_auto(WeftMultiaddrParts) parts = {
    .scheme = is_tls ? WEFT_MULTIADDR_SCHEME_WSS : WEFT_MULTIADDR_SCHEME_WS,
    .port = port,
  };

  g_return_val_if_fail (host != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (weft_multiaddr_parts_set_host (&parts, kinds[i], host))
      return multiaddr_new (&parts);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "expected an IP address or a host name, got “%s”", host);
  return NULL;
}

/**
 * weft_multiaddr_new_local:
 * @scheme: %WEFT_MULTIADDR_SCHEME_MEMORY or %WEFT_MULTIADDR_SCHEME_SIM
 * @number: what tells it from the others
 *
 * Makes an address in this process.
 *
 * Returns: (transfer full): the address
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_multiaddr_new_local (WeftMultiaddrScheme scheme,
                          guint64             number)
{
  WeftMultiaddrParts parts = { .scheme = scheme, .number = number };

  g_return_val_if_fail (scheme == WEFT_MULTIADDR_SCHEME_MEMORY
                          || scheme == WEFT_MULTIADDR_SCHEME_SIM,
                        NULL);

  return multiaddr_new (&parts);
}

/**
 * weft_multiaddr_parse:
 * @text: an address, such as `/ip4/127.0.0.1/tcp/9000/ws`
 * @error: return location for an error
 *
 * Reads an address.
 *
 * Sets [error@Weft.Error.INVALID] or [error@Weft.Error.TOO_LARGE] for what is none; the message
 * names the part that is wrong.
 *
 * Returns: (transfer full): the address
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_multiaddr_parse (const char *text,
                      GError    **error)
{
  g_auto(WeftMultiaddrParts) parts = { 0 };

  g_return_val_if_fail (text != NULL, NULL);

  if (!weft_multiaddr_parts_read (&parts, text, error))
    return NULL;

  return multiaddr_new (&parts);
}

/**
 * weft_multiaddr_with_peer_id:
 * @self: an address
 * @peer_id: (nullable): whom one expects there
 *
 * Makes an address that is the same but for who is expected there.
 *
 * Returns: (transfer full): the address
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_multiaddr_with_peer_id (WeftMultiaddr *self,
                             WeftPeerId    *peer_id)
{
  WeftMultiaddrParts parts;

  g_return_val_if_fail (self != NULL, NULL);

  parts = self->parts;
  parts.host = g_strdup (self->parts.host);
  parts.peer_id = peer_id != NULL ? weft_peer_id_ref (peer_id) : NULL;

  return multiaddr_new (&parts);
}

/**
 * weft_multiaddr_get_scheme:
 * @self: an address
 *
 * Gets how the peer is reached.
 *
 * Returns: the scheme
 *
 * Since: 0.1
 */
WeftMultiaddrScheme
weft_multiaddr_get_scheme (WeftMultiaddr *self)
{
  g_return_val_if_fail (self != NULL, WEFT_MULTIADDR_SCHEME_WS);

  return self->parts.scheme;
}

/**
 * weft_multiaddr_get_host_kind:
 * @self: an address
 *
 * Gets what the host is.
 *
 * Returns: the kind of host
 *
 * Since: 0.1
 */
WeftMultiaddrHostKind
weft_multiaddr_get_host_kind (WeftMultiaddr *self)
{
  g_return_val_if_fail (self != NULL, WEFT_MULTIADDR_HOST_KIND_NONE);

  return self->parts.host_kind;
}

/**
 * weft_multiaddr_get_host:
 * @self: an address
 *
 * Gets the IP address or name, without brackets.
 *
 * Returns: (transfer none) (nullable): the host, or %NULL in this process
 *
 * Since: 0.1
 */
const char *
weft_multiaddr_get_host (WeftMultiaddr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->parts.host;
}

/**
 * weft_multiaddr_get_port:
 * @self: an address
 *
 * Gets the TCP port; 0 stands for any, when listening.
 *
 * Returns: the port, or 0 in this process
 *
 * Since: 0.1
 */
guint16
weft_multiaddr_get_port (WeftMultiaddr *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->parts.port;
}

/**
 * weft_multiaddr_get_number:
 * @self: an address
 *
 * Gets what tells an address in this process from the others.
 *
 * Returns: the number, or 0 for a socket
 *
 * Since: 0.1
 */
guint64
weft_multiaddr_get_number (WeftMultiaddr *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->parts.number;
}

/**
 * weft_multiaddr_get_peer_id:
 * @self: an address
 *
 * Gets who is expected at the address.
 *
 * Returns: (transfer none) (nullable): the peer id, or %NULL when anyone is
 *
 * Since: 0.1
 */
WeftPeerId *
weft_multiaddr_get_peer_id (WeftMultiaddr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->parts.peer_id;
}

/**
 * weft_multiaddr_ref:
 * @self: an address
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_multiaddr_ref (WeftMultiaddr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
multiaddr_clear (gpointer data)
{
  WeftMultiaddr *self = data;

  weft_multiaddr_parts_clear (&self->parts);
  g_clear_pointer (&self->text, g_free);
}

/**
 * weft_multiaddr_unref:
 * @self: (transfer full): an address
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
weft_multiaddr_unref (WeftMultiaddr *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, multiaddr_clear);
}

/**
 * weft_multiaddr_from_json:
 * @json: a node that holds the text
 * @error: return location for an error
 *
 * Reads an address from JSON.
 *
 * Sets [error@Weft.Error.INVALID] or [error@Weft.Error.TOO_LARGE] for what is none.
 *
 * Returns: (transfer full): the address
 *
 * Since: 0.1
 */
WeftMultiaddr *
weft_multiaddr_from_json (JsonNode *json,
                          GError  **error)
{
  g_return_val_if_fail (json != NULL, NULL);

  if (json_node_get_value_type (json) != G_TYPE_STRING)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected the text of an address, got %s", json_node_type_name (json));
      return NULL;
    }

  return weft_multiaddr_parse (json_node_get_string (json), error);
}

/**
 * weft_multiaddr_to_json:
 * @self: an address
 *
 * Makes the JSON form of an address: its text.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
JsonNode *
weft_multiaddr_to_json (WeftMultiaddr *self)
{
  JsonNode *json;

  g_return_val_if_fail (self != NULL, NULL);

  json = json_node_init_string (json_node_alloc (), self->text);
  json_node_seal (json);

  return json;
}

/**
 * weft_multiaddr_to_string:
 * @self: an address
 *
 * Makes the canonical text of an address.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
weft_multiaddr_to_string (WeftMultiaddr *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_strdup (self->text);
}

/**
 * weft_multiaddr_equal:
 * @a: an address
 * @b: another
 *
 * Tells whether both are the same, which they are when their texts are.
 *
 * Returns: whether they are
 *
 * Since: 0.1
 */
gboolean
weft_multiaddr_equal (WeftMultiaddr *a,
                      WeftMultiaddr *b)
{
  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  return g_str_equal (a->text, b->text);
}
