/* weft-ring-cohort-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-peer.h"
#include "weft-ring-contact-private.h"

G_BEGIN_DECLS

/* Who keeps a block, as consensus wants to have it; not changed once it was made. */
typedef struct
{
  GPtrArray *contacts; /* (element-type WeftRingContact), by turns from the block */
  GPtrArray *peers;    /* (element-type WeftClusterPeer), sorted by peer id */
  gboolean is_confident;
  gint64 expires_usec;
} WeftRingCohort;

/* Takes over @contacts. */
WeftRingCohort  *weft_ring_cohort_new        (GPtrArray            *contacts,
                                              gboolean              is_confident)
    G_GNUC_WARN_UNUSED_RESULT;
WeftRingCohort  *weft_ring_cohort_copy       (const WeftRingCohort *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* A GDestroyNotify. */
void             weft_ring_cohort_free       (gpointer              self);
GPtrArray       *weft_ring_cohort_list_peers (const WeftRingCohort *self)
    G_GNUC_WARN_UNUSED_RESULT;
WeftClusterPeer *weft_ring_cohort_make_peer  (WeftRingContact      *contact)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
