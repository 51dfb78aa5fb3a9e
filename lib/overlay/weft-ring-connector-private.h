/* weft-ring-connector-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-clock.h"
#include "weft-transport.h"

G_BEGIN_DECLS

/* Finds the way to peers: knows who is connected, dials who is not, one dial for all that want the
 * same peer, and lets go who was not needed for long when there are too many. */
typedef struct _WeftRingConnector WeftRingConnector;

/* Exactly one of @peer_id and @error is set. Never called from within the call. */
typedef void (*WeftRingConnectedFunc) (WeftPeerId   *peer_id,
                                       const GError *error,
                                       gpointer      user_data);

typedef gboolean (*WeftRingKeepFunc) (WeftPeerId *peer_id,
                                      gpointer    user_data);

WeftRingConnector *weft_ring_connector_new           (WeftTransport         *transport,
                                                      WeftClock             *clock)
    G_GNUC_WARN_UNUSED_RESULT;
/* Who still waits is told before the transport closes, by the transport. */
void               weft_ring_connector_free          (WeftRingConnector     *self);
/* Clients do not count. */
guint              weft_ring_connector_get_n_peers   (WeftRingConnector     *self);
/* When the last connection ended, monotonic; -1 for never. */
gint64             weft_ring_connector_get_last_usec (WeftRingConnector     *self);
gboolean           weft_ring_connector_is_connected  (WeftRingConnector     *self,
                                                      WeftPeerId            *peer_id);
/* It was needed just now. */
void               weft_ring_connector_touch         (WeftRingConnector     *self,
                                                      WeftPeerId            *peer_id);
/* When there are too many, lets those go that were not needed for longest; not those that @keep
 * wants, and not who was needed lately. */
void               weft_ring_connector_trim          (WeftRingConnector     *self,
                                                      WeftRingKeepFunc       keep,
                                                      gpointer               user_data);
/* Whether a connection ended because one of both sides trimmed it. */
gboolean           weft_ring_connector_was_trimmed   (const GError          *reason);
/* Whether a peer was not reached because it has too many connections. */
gboolean           weft_ring_connector_was_full      (const GError          *reason);
/* Whether a dial failed just now, so that the next is likely to. */
gboolean           weft_ring_connector_has_failed    (WeftRingConnector     *self,
                                                      WeftPeerId            *peer_id);
/* @addresses: (element-type utf8), tried in order. */
void               weft_ring_connector_reach         (WeftRingConnector     *self,
                                                      WeftPeerId            *peer_id,
                                                      GPtrArray             *addresses,
                                                      gint64                 timeout_usec,
                                                      WeftRingConnectedFunc  done,
                                                      gpointer               user_data);
/* Whoever is at @address. */
void               weft_ring_connector_reach_address (WeftRingConnector     *self,
                                                      const char            *address,
                                                      gint64                 timeout_usec,
                                                      WeftRingConnectedFunc  done,
                                                      gpointer               user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingConnector, weft_ring_connector_free)

G_END_DECLS
