/* weft-sim-passage-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-connection-private.h"
#include "weft-sim-link.h"

G_BEGIN_DECLS

/* What happens to one message on its way. */
typedef struct
{
  gint64 transit_usec; /* how long it takes, losses included */
  gboolean is_breaking; /* it breaks the connection, and does not arrive */
  gboolean is_swallowed;
  gboolean is_corrupted;
  gboolean breaks_late; /* it breaks the connection when it has arrived */
} WeftSimPassage;

/* What a message is about, for filters; NULL when there are none. */
JsonObject    *weft_sim_passage_summarize    (WeftSimFlow       *flow,
                                              GBytes            *message) G_GNUC_WARN_UNUSED_RESULT;
/* What its sender makes of it, which need not be honest; NULL when nothing is left. */
GBytes        *weft_sim_passage_meddle       (WeftSimFlow       *flow,
                                              GBytes            *message,
                                              JsonObject        *summary) G_GNUC_WARN_UNUSED_RESULT;
WeftSimPassage weft_sim_passage_draw         (WeftSimFlow       *flow,
                                              const WeftSimLink *link,
                                              gsize              n_bytes);
/* Of something that cannot break the connection: the end of it, or the wish for one. */
gint64         weft_sim_passage_draw_transit (WeftSimNetwork    *network,
                                              guint              from,
                                              guint              to);

G_END_DECLS
