/* weft-node-address.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* Addresses as people write them: multiaddrs that end in /ws or /wss, or HOST:PORT. */

/* 9338 is WEFT on a telephone's keys. Loopback, because serving the world is a decision. */
#define WEFT_NODE_ADDRESS_DEFAULT "/ip4/127.0.0.1/tcp/9338/ws"

/* A multiaddr, or HOST:PORT with IPv6 hosts in brackets. */
WeftMultiaddr *weft_node_address_parse      (const char  *text,
                                             gboolean     is_tls,
                                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where a peer is and who it has to be: nobody else may vote in its name. */
WeftMultiaddr *weft_node_address_parse_peer (const char  *text,
                                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;

/* Lists with semicolons or spaces between, each address checked and left as it is written. */

/* 1 to @max of them; @use tells what for, as in "listen on". */
char         **weft_node_address_read_list  (const char  *value,
                                             guint        max,
                                             const char  *use,
                                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;
/* At least one peer. */
char         **weft_node_address_read_peers (const char  *value,
                                             GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
