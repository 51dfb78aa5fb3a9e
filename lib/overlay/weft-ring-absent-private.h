/* weft-ring-absent-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-machine-private.h"

G_BEGIN_DECLS

/* Neighbours that are gone without a goodbye. For a minute, and as long as the network seems to be
 * cut, they are members of their clusters all the same: were they replaced at once, each part of a
 * cut network would soon have clusters of its own for all blocks, and decide without the other. */
typedef struct _WeftRingAbsent WeftRingAbsent;

WeftRingAbsent *weft_ring_absent_new    (void) G_GNUC_WARN_UNUSED_RESULT;
void            weft_ring_absent_free   (WeftRingAbsent  *self);
/* @contacts: (element-type WeftRingContact): whom an earlier life knew. */
void            weft_ring_absent_begin  (WeftRingAbsent  *self,
                                         GPtrArray       *contacts,
                                         gint64           now_usec);
/* Nobody is expected back. */
void            weft_ring_absent_clear  (WeftRingAbsent  *self);
/* Looks who is there and who is not; whether that changed anything. */
gboolean        weft_ring_absent_update (WeftRingAbsent  *self,
                                         WeftRingMachine *machine,
                                         gboolean         is_cut,
                                         gint64           now_usec);
/* (element-type WeftRingContact): borrowed, until the next update. */
GPtrArray      *weft_ring_absent_list   (WeftRingAbsent  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingAbsent, weft_ring_absent_free)

G_END_DECLS
