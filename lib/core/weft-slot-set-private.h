/* weft-slot-set-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-slot-private.h"

G_BEGIN_DECLS

/* Sorted arrays of slots (element-type WeftSlot), each slot once. */

gboolean   weft_slots_overlap (GPtrArray *a,
                               GPtrArray *b);
gboolean   weft_slots_contain (GPtrArray *all,
                               GPtrArray *some);
GPtrArray *weft_slots_unite   (GPtrArray *a,
                               GPtrArray *b) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the slot before it is the one of the same block whose decision fills its base. */
gboolean   weft_slots_is_follower (GPtrArray *slots,
                                   guint      index);

G_END_DECLS
