/* weft-protocol-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEFT_PROTOCOL_PREFIX_DEFAULT "/db-p2p"

gboolean weft_protocol_is_valid      (const char *protocol);
gsize    weft_protocol_get_bytes_max (const char *protocol);
char    *weft_protocol_make_name     (const char *prefix,
                                      const char *service) G_GNUC_WARN_UNUSED_RESULT;
/* Whether weft_protocol_make_name() would give it. */
gboolean weft_protocol_is            (const char *protocol,
                                      const char *prefix,
                                      const char *service);

G_END_DECLS
