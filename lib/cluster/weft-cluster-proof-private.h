/* weft-cluster-proof-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-parts-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_PROOF_NONE,    /* nothing to go by, or not now */
  WEFT_PROOF_FALSE,   /* wrong in itself, whatever is here: nothing that an honest peer could have
                       * been given, as it checks what it keeps */
  WEFT_PROOF_STRANGE, /* a first revision by peers that this node does not expect: others who keep
                       * the block have to vouch for it */
  WEFT_PROOF_GOOD,
} WeftProof;

/* Whether the certificate of a revision is of this revision of the block, after what is here, with
 * this content, by the right peers. When it is good or strange, what has to be pending here for it
 * to be applied, and the certificate; else an error. */
WeftProof    weft_cluster_proof_check       (WeftClusterParts     *parts,
                                             const char           *block_id,
                                             WeftArchiveRevision  *revision,
                                             WeftPending         **content,
                                             WeftClusterRecord   **certificate,
                                             GError              **error);
/* Whether it is so of a revision that comes after another, which is good but need not be here yet:
 * by the peers that those who decided that one named, or by the same. */
gboolean     weft_cluster_proof_goes_on     (WeftClusterParts     *parts,
                                             const char           *block_id,
                                             WeftArchiveRevision  *revision,
                                             WeftClusterRecord    *before,
                                             WeftPending         **content,
                                             WeftClusterRecord   **certificate);
/* The certificate of a revision that is here, or NULL. */
WeftClusterRecord *weft_cluster_proof_read  (WeftStorageRepo      *repo,
                                             const char           *block_id,
                                             gint64                rev) G_GNUC_WARN_UNUSED_RESULT;
/* The latest revision of a block that is here, 0 for none; -1 when it cannot be read. */
gint64       weft_cluster_proof_read_latest (WeftClusterParts *parts,
                                             const char       *block_id,
                                             GError          **error);

G_END_DECLS
