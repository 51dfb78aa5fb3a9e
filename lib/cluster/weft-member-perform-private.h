/* weft-member-perform-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-batch.h"
#include "weft-cluster-parts-private.h"
#include "weft-member-effects-private.h"

G_BEGIN_DECLS

/* What the machine of a member wants of the storage and its repo. */

/* The writes of the effect, as one batch. */
void     weft_member_perform_store (WeftClusterParts  *parts,
                                    WeftMemberEffect  *effect,
                                    WeftBatchDoneFunc  done,
                                    gpointer           user_data);
/* FALSE, and no call, where the repo refused it. */
gboolean weft_member_perform_apply (WeftClusterParts  *parts,
                                    WeftMemberEffect  *effect,
                                    WeftSettledFunc    settled,
                                    gpointer           user_data,
                                    GError           **error);
/* What came with the request for a vote, until its record expires: NULL when all of it is pending
 * now, else the text of the PendResult of what came too late, or an error. */
char    *weft_member_perform_pend  (WeftClusterParts  *parts,
                                    WeftMemberEffect  *effect,
                                    GError           **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
