/* weft-transport.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-multiaddr.h"
#include "weft-peer.h"
#include "weft-request.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_TRANSPORT (weft_transport_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WeftTransport, weft_transport, WEFT, TRANSPORT, GObject)

/**
 * WEFT_TRANSPORT_EXTENSION_POINT_NAME:
 *
 * The GIO extension point on which implementations of [iface@Weft.Transport] register.
 *
 * Since: 0.1
 */
#define WEFT_TRANSPORT_EXTENSION_POINT_NAME "weft-transport"

/**
 * WeftDialFunc:
 * @transport: the transport
 * @peer: (nullable): the peer that proved itself at the address
 * @error: (nullable): why there is none
 * @user_data: what was given to [method@Weft.Transport.dial]
 *
 * Called once, and never from within [method@Weft.Transport.dial].
 *
 * Since: 0.1
 */
typedef void (*WeftDialFunc) (WeftTransport *transport,
                                 WeftPeer      *peer,
                                 const GError  *error,
                                 gpointer       user_data);

/**
 * WeftReplyFunc:
 * @transport: the transport
 * @body: (nullable): the body of the reply, immutable
 * @error: (nullable): why there is none; %G_IO_ERROR_CANCELLED after a cancel
 * @user_data: what was given to [method@Weft.Transport.request]
 *
 * Called once, and never from within [method@Weft.Transport.request].
 *
 * Since: 0.1
 */
typedef void (*WeftReplyFunc) (WeftTransport *transport,
                               JsonNode      *body,
                               const GError  *error,
                               gpointer       user_data);

/**
 * WeftRequestFunc:
 * @transport: the transport
 * @request: what a peer asks, to be answered now or later
 * @user_data: what was given to [method@Weft.Transport.set_handler]
 *
 * Called for each request and one-way message that arrives.
 *
 * Since: 0.1
 */
typedef void (*WeftRequestFunc) (WeftTransport *transport,
                                 WeftRequest   *request,
                                 gpointer       user_data);

/**
 * WeftTransportInterface:
 *
 * The virtual function table for [iface@Weft.Transport]; each function is described at the
 * method of its name.
 *
 * Since: 0.1
 */
struct _WeftTransportInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  gboolean (*listen) (WeftTransport *self,
                      WeftMultiaddr *address,
                      GError **error);
  GPtrArray *(*list_addresses) (WeftTransport *self);
  void (*dial) (WeftTransport *self,
                WeftMultiaddr *address,
                gint64 timeout_usec,
                WeftDialFunc done,
                gpointer user_data);
  void (*drop_peer) (WeftTransport *self,
                     WeftPeerId *peer_id,
                     const char *reason);
  guint64 (*request) (WeftTransport *self,
                      WeftPeerId *peer_id,
                      const char *protocol,
                      JsonNode *body,
                      gint64 timeout_usec,
                      WeftReplyFunc done,
                      gpointer user_data);
  void (*cancel) (WeftTransport *self,
                  guint64 request_id);
  gboolean (*send) (WeftTransport *self,
                    WeftPeerId *peer_id,
                    const char *protocol,
                    JsonNode *body,
                    GError **error);
  void (*set_handler) (WeftTransport *self,
                       const char * const *protocols,
                       WeftRequestFunc handler,
                       gpointer user_data,
                       GDestroyNotify destroy);
  GPtrArray *(*list_peers) (WeftTransport *self);
  GVariant *(*get_counters) (WeftTransport *self);
  void (*close) (WeftTransport *self);

  /*< private >*/
  gpointer padding[8];
};

WEFT_AVAILABLE_IN_ALL
void       weft_transport_register           (GType               type,
                                              const char         *name);
WEFT_AVAILABLE_IN_ALL
GType      weft_transport_lookup             (const char         *name);
WEFT_AVAILABLE_IN_ALL
GType      weft_transport_lookup_for_address (WeftMultiaddr      *address);
WEFT_AVAILABLE_IN_ALL
gboolean   weft_transport_listen             (WeftTransport      *self,
                                              WeftMultiaddr      *address,
                                              GError            **error);
WEFT_AVAILABLE_IN_ALL
GPtrArray *weft_transport_list_addresses     (WeftTransport      *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void       weft_transport_dial               (WeftTransport      *self,
                                              WeftMultiaddr      *address,
                                              gint64              timeout_usec,
                                              WeftDialFunc        done,
                                              gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
void       weft_transport_drop_peer          (WeftTransport      *self,
                                              WeftPeerId         *peer_id,
                                              const char         *reason);
WEFT_AVAILABLE_IN_ALL
guint64    weft_transport_request            (WeftTransport      *self,
                                              WeftPeerId         *peer_id,
                                              const char         *protocol,
                                              JsonNode           *body,
                                              gint64              timeout_usec,
                                              WeftReplyFunc       done,
                                              gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
void       weft_transport_cancel             (WeftTransport      *self,
                                              guint64             request_id);
WEFT_AVAILABLE_IN_ALL
gboolean   weft_transport_send               (WeftTransport      *self,
                                              WeftPeerId         *peer_id,
                                              const char         *protocol,
                                              JsonNode           *body,
                                              GError            **error);
WEFT_AVAILABLE_IN_ALL
void       weft_transport_set_handler        (WeftTransport      *self,
                                              const char * const *protocols,
                                              WeftRequestFunc     handler,
                                              gpointer            user_data,
                                              GDestroyNotify      destroy);
WEFT_AVAILABLE_IN_ALL
GPtrArray *weft_transport_list_peers         (WeftTransport      *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
GVariant  *weft_transport_get_counters       (WeftTransport      *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void       weft_transport_close              (WeftTransport      *self);
WEFT_AVAILABLE_IN_ALL
void       weft_transport_dial_async         (WeftTransport      *self,
                                              WeftMultiaddr      *address,
                                              GCancellable       *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
WeftPeer  *weft_transport_dial_finish        (WeftTransport      *self,
                                              GAsyncResult       *result,
                                              GError            **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void       weft_transport_request_async      (WeftTransport      *self,
                                              WeftPeerId         *peer_id,
                                              const char         *protocol,
                                              JsonNode           *body,
                                              gint64              timeout_usec,
                                              GCancellable       *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);
WEFT_AVAILABLE_IN_ALL
JsonNode  *weft_transport_request_finish     (WeftTransport      *self,
                                              GAsyncResult       *result,
                                              GError            **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void       weft_transport_emit_peer_appeared (WeftTransport      *self,
                                              WeftPeer           *peer);
WEFT_AVAILABLE_IN_ALL
void       weft_transport_emit_peer_went     (WeftTransport      *self,
                                              WeftPeer           *peer,
                                              const GError       *reason);

G_END_DECLS
