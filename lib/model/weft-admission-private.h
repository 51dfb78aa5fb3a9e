/* weft-admission-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-peer.h"

G_BEGIN_DECLS

/* Whether peers may decide for a cluster of which this node expects something else. Of any two
 * sets that are admitted, S members of one and M members of the other have one in common who is
 * expected, and so have S and S: what one of them decides the other one sees. That holds whatever
 * those say who are not expected, as long as those who are tell the truth. */
gboolean weft_admission_is_safe (guint      n_expected,
                                 guint      n_missing,
                                 guint      n_others,
                                 double     super_majority);
/* The same of two sorted lists (element-type WeftClusterPeer). */
gboolean weft_admission_check   (GPtrArray *peers,
                                 GPtrArray *expected,
                                 double     super_majority);

G_END_DECLS
