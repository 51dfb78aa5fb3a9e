/* weft-lan.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* Says on the local network that a node is here, through the Avahi daemon, and listens for others
 * of the same Weft network. While there is no daemon, it waits for one. */
typedef struct _WeftLan WeftLan;

/* @address: a multiaddr to try; nobody vouches for it. */
typedef void (*WeftLanFound) (const char *address, gpointer user_data);

/* Fails with %WEFT_ERROR_NOT_FOUND where it was not built in. @port: 0 to say nothing. @is_local:
 * the node is reached from this host only, and nobody else is told. */
WeftLan *weft_lan_new  (const char    *network,
                        const char    *peer_id,
                        guint16        port,
                        gboolean       is_tls,
                        gboolean       is_local,
                        WeftLanFound   found,
                        gpointer       user_data,
                        GError       **error) G_GNUC_WARN_UNUSED_RESULT;
void     weft_lan_free (WeftLan       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftLan, weft_lan_free)

G_END_DECLS
