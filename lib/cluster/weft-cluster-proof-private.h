/* weft-cluster-proof-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-parts-private.h"

G_BEGIN_DECLS

/* Whether the certificate of a revision is of this revision of the block, after what is here, with
 * this content; then what has to be pending here for it to be applied. `is_false` is set to TRUE
 * when it is wrong in itself, whatever is here: nothing that an honest peer could have been given,
 * as it checks what it keeps. */
WeftPending *weft_cluster_proof_check (WeftClusterParts     *parts,
                                       const char           *block_id,
                                       WeftArchiveRevision  *revision,
                                       WeftClusterRecord   **certificate,
                                       gboolean             *is_false,
                                       GError              **error) G_GNUC_WARN_UNUSED_RESULT;
/* The latest revision of a block that is here, 0 for none; -1 when it cannot be read. */
gint64       weft_cluster_proof_read_latest (WeftClusterParts *parts,
                                             const char       *block_id,
                                             GError          **error);

G_END_DECLS
