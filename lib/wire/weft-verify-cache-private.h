/* weft-verify-cache-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-vote-text-private.h"

G_BEGIN_DECLS

/* Verifying is what consensus costs most, and the same promise comes with a record, in the lock of
 * each member that answers a prepare, and in a justification. What was found valid is valid for
 * ever; it is remembered until `n_max` others were found after it: the signatures, and the leaves
 * that they are on, whose paths need not be climbed again. */
/* `verify` is copied; its data has to live longer. */
WeftVerifyCache *weft_verify_cache_new          (const WeftVerify *verify,
                                                 guint             n_max)
    G_GNUC_WARN_UNUSED_RESULT;
void             weft_verify_cache_free         (WeftVerifyCache  *self);
/* To verify through the cache. */
WeftVerify       weft_verify_cache_get_verify   (WeftVerifyCache  *self);
/* Whether `signature` of `signer` is known to be on a leaf. */
gboolean         weft_verify_cache_knows        (WeftVerifyCache  *self,
                                                 WeftPeerId       *signer,
                                                 const guint8      leaf[WEFT_SHA256_BYTES],
                                                 WeftSignature    *signature);
/* It was found to be. */
void             weft_verify_cache_learn        (WeftVerifyCache  *self,
                                                 WeftPeerId       *signer,
                                                 const guint8      leaf[WEFT_SHA256_BYTES],
                                                 WeftSignature    *signature);
/* How often it was asked, and how often it knew. */
guint64          weft_verify_cache_get_n_checks (WeftVerifyCache  *self);
guint64          weft_verify_cache_get_n_hits   (WeftVerifyCache  *self);
guint            weft_verify_cache_get_n_known  (WeftVerifyCache  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftVerifyCache, weft_verify_cache_free)

G_END_DECLS
