/* weft-link-peer-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-link-hub-private.h"

G_BEGIN_DECLS

/* Finds the link that carries new messages to a peer. */
WeftLink *weft_link_peer_lookup   (WeftLinkHub  *hub,
                                   WeftPeerId   *peer_id,
                                   GError      **error);
/* An open link joins its peer, whom it may make appear; FALSE when the peer is not welcome. */
gboolean  weft_link_peer_add      (WeftLink     *link,
                                   GError      **error);
void      weft_link_peer_remove   (WeftLink     *link,
                                   const GError *error);
/* The link is the better of several, and lives: the others are drained. */
void      weft_link_peer_settle   (WeftLink     *link);
/* The other side has settled on another link than this one. */
void      weft_link_peer_yield    (WeftLink     *link);
void      weft_link_peer_drop     (WeftLinkHub  *hub,
                                   WeftPeerId   *peer_id,
                                   const char   *reason);
WeftPeer *weft_link_peer_get_peer (WeftLinkPeer *self);
void      weft_link_peer_free     (WeftLinkPeer *self);

G_END_DECLS
