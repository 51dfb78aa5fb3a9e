/* weft-ring-reputation-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-peer-id.h"

G_BEGIN_DECLS

/* From this score on a peer is avoided. */
#define WEFT_RING_REPUTATION_AVOIDED 3
/* A lie that is proved weighs as much as it takes. */
#define WEFT_RING_REPUTATION_LIE 3
#define WEFT_RING_REPUTATION_FAULT 1

/* What peers did that could be proved, for ten minutes. Who is merely slow, behind or away is not
 * here: to hold against honest peers what they cannot help splits a network. */
typedef struct _WeftRingReputation WeftRingReputation;

WeftRingReputation *weft_ring_reputation_new        (void) G_GNUC_WARN_UNUSED_RESULT;
void                weft_ring_reputation_free       (WeftRingReputation *self);
void                weft_ring_reputation_add        (WeftRingReputation *self,
                                                     WeftPeerId         *peer_id,
                                                     guint               weight,
                                                     gint64              now_usec);
gboolean            weft_ring_reputation_is_avoided (WeftRingReputation *self,
                                                     WeftPeerId         *peer_id,
                                                     gint64              now_usec);
guint               weft_ring_reputation_count      (WeftRingReputation *self,
                                                     gint64              now_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingReputation, weft_ring_reputation_free)

G_END_DECLS
