/* weft-sim-passage-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-link.h"

G_BEGIN_DECLS

typedef struct _WeftSimNetwork WeftSimNetwork;

/* What happens to one message on its way. */
typedef struct
{
  gint64 transit_usec; /* how long it takes, losses included */
  gboolean is_breaking; /* it breaks the connection, and does not arrive */
  gboolean is_swallowed;
  gboolean is_corrupted;
  gboolean breaks_late; /* it breaks the connection when it has arrived */
} WeftSimPassage;

/* `backlog_bytes` wait for the way already. */
WeftSimPassage weft_sim_passage_draw         (WeftSimNetwork    *network,
                                              const WeftSimLink *link,
                                              guint64            backlog_bytes,
                                              gsize              n_bytes);
/* Of something that cannot break the connection: the end of it, or the wish for one. */
gint64         weft_sim_passage_draw_transit (WeftSimNetwork    *network,
                                              guint              from,
                                              guint              to);

G_END_DECLS
