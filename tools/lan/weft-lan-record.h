/* weft-lan-record.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* What a node says of itself on the local network, as the TXT of a service: "network=NAME",
 * "peer=ID", "scheme=ws" or "scheme=wss". Whoever is on that network can say anything, so it is no
 * more than an address to try. */

#define WEFT_LAN_SERVICE "_weft._tcp"

/* NULL-terminated; @is_tls: others have to use it. */
char **weft_lan_record_make         (const char        *network,
                                     const char        *peer_id,
                                     gboolean           is_tls);
/* The multiaddr to try, with the id of the peer; NULL with @error (%WEFT_ERROR_INVALID) for what is
 * no record, and without one for a record of another network or of ourselves. */
char  *weft_lan_record_make_address (const char *const *texts,
                                     const char        *host,
                                     guint              port,
                                     const char        *network,
                                     const char        *own_peer_id,
                                     GError           **error);

G_END_DECLS
