/* weft-multiaddr-parts-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-multiaddr.h"

G_BEGIN_DECLS

/* What the text of an address says. All zeroes is a start that can be cleared. */
typedef struct
{
  WeftMultiaddrScheme scheme;
  WeftMultiaddrHostKind host_kind; /* NONE for the schemes of this process */
  char *host;                      /* in its canonical form */
  guint16 port;
  guint64 number;
  WeftPeerId *peer_id; /* NULL when anyone is expected */
} WeftMultiaddrParts;

/* FALSE when the text is no host of that kind; nothing has changed then. */
gboolean weft_multiaddr_parts_set_host (WeftMultiaddrParts       *self,
                                        WeftMultiaddrHostKind     kind,
                                        const char               *text);
/* Reads into cleared parts; they are to be cleared also after an error. */
gboolean weft_multiaddr_parts_read     (WeftMultiaddrParts       *self,
                                        const char               *text,
                                        GError                  **error);
char    *weft_multiaddr_parts_write    (const WeftMultiaddrParts *self) G_GNUC_WARN_UNUSED_RESULT;
void     weft_multiaddr_parts_clear    (WeftMultiaddrParts       *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftMultiaddrParts, weft_multiaddr_parts_clear)

G_END_DECLS
