/* weft-websocket-upgrade.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-upgrade-private.h"

#include "weft-websocket-head-private.h"

/* The status that libsoup has no name for. */
#define UPGRADE_REQUIRED 426
#define ELSEWHERE_TEXT "Nothing is here. A Weft node serves WebSocket on /weft/NETWORK.\n"
#define UPGRADE_TEXT "A Weft node serves WebSocket here, with the sub-protocol weft.v1.\n"

/* One request on one guarded connection, answered by libsoup: with an upgrade to WebSocket, or
 * with a short text and the end of the connection. Each has a server of its own, so that freeing
 * it leaves nothing of the connection behind. */
struct _WeftWebsocketUpgrade
{
  SoupServer *server;
  GIOStream *guard; /* unowned: it is of libsoup's connection */
  char *path;
  WeftWebsocketUpgradeFunc func;
  gpointer user_data;
};

static char *protocols[] = { (char *) WEFT_WEBSOCKET_PROTOCOL, NULL };

/* libsoup wants an address for a connection; it is never looked at. */
SoupWebsocketConnection *
weft_websocket_connection_new (GIOStream                   *stream,
                               SoupWebsocketConnectionType  type)
{
  g_autoptr(GUri) uri = g_uri_build (G_URI_FLAGS_NONE, "ws", NULL, "weft", -1, "/", NULL, NULL);
  SoupWebsocketConnection *connection;

  connection = soup_websocket_connection_new (stream, uri, type, NULL, WEFT_WEBSOCKET_PROTOCOL,
                                              NULL);
  /* The guard has checked already; libsoup's own limit must be positive all the same. */
  soup_websocket_connection_set_max_incoming_payload_size (connection,
                                                           WEFT_LIMIT_MESSAGE_BYTES_MAX);

  return connection;
}

static void
upgraded_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  WeftWebsocketUpgrade *self = user_data;
  g_autoptr(GIOStream) stream = soup_server_message_steal_connection (message);
  g_autoptr(SoupWebsocketConnection) connection = NULL;

  /* What libsoup has put around the guard has nothing left in it, as the guard passes on a head by
   * itself; it would only be one more step for each byte. It closes the guard when it goes. */
  connection = weft_websocket_connection_new (self->guard, SOUP_WEBSOCKET_CONNECTION_SERVER);
  g_object_set_data_full (G_OBJECT (connection), "weft-http-stream", g_steal_pointer (&stream),
                          g_object_unref);
  self->func (connection, self->user_data);
}

static void
answer (SoupServerMessage *message,
        guint              status,
        const char        *text)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Connection", "close");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_STATIC,
                                    text, strlen (text));
}

static gboolean
asks_for_upgrade (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return soup_message_headers_get_one (headers, "Sec-WebSocket-Protocol") != NULL
         && soup_websocket_server_check_handshake (message, NULL, protocols, NULL, NULL);
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  WeftWebsocketUpgrade *self = user_data;

  if (!g_str_equal (path, self->path))
    {
      answer (message, SOUP_STATUS_NOT_FOUND, ELSEWHERE_TEXT);
      return;
    }
  if (!asks_for_upgrade (message))
    {
      SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

      answer (message, UPGRADE_REQUIRED, UPGRADE_TEXT);
      soup_message_headers_replace (headers, "Upgrade", "websocket");
      return;
    }

  soup_websocket_server_process_handshake (message, NULL, protocols, NULL, NULL);
  g_signal_connect (message, "wrote-informational", G_CALLBACK (upgraded_cb), self);
}

/**
 * weft_websocket_upgrade_start:
 * @path: where WebSocket is served
 *
 * Hands a connection to libsoup for one request.
 *
 * Returns: (transfer full) (nullable): free it when @func was called or @guard was shut
 */
WeftWebsocketUpgrade *
weft_websocket_upgrade_start (WeftWebsocketGuard        *guard,
                              GSocketConnection         *socket,
                              const char                *path,
                              WeftWebsocketUpgradeFunc   func,
                              gpointer                   user_data,
                              GError                   **error)
{
  g_autoptr(WeftWebsocketUpgrade) self = g_new0 (WeftWebsocketUpgrade, 1);
  g_autoptr(GSocketAddress) local = g_socket_connection_get_local_address (socket, error);
  g_autoptr(GSocketAddress) remote = NULL;

  if (!local)
    return NULL;
  remote = g_socket_connection_get_remote_address (socket, error);
  if (!remote)
    return NULL;

  self->server = soup_server_new ("server-header", NULL, NULL);
  self->guard = G_IO_STREAM (guard);
  self->path = g_strdup (path);
  self->func = func;
  self->user_data = user_data;
  soup_server_remove_websocket_extension (self->server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  if (!soup_server_accept_iostream (self->server, G_IO_STREAM (guard), local, remote, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
weft_websocket_upgrade_free (WeftWebsocketUpgrade *self)
{
  if (self->server)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_free (self->path);
  g_free (self);
}
