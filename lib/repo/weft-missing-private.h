/* weft-missing-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage-repo-private.h"

G_BEGIN_DECLS

/* What a stale request has missed: collects the blocks it is stale on, and reads what happened to
 * them, action by action with full transforms. */
typedef struct _WeftMissing WeftMissing;

/* The longest text that the transforms of one answer have, which fits a message. The newest action
 * is told whatever it weighs. */
#define WEFT_MISSING_BYTES_MAX (1024 * 1024)

WeftMissing      *weft_missing_new           (void) G_GNUC_WARN_UNUSED_RESULT;
void              weft_missing_free          (WeftMissing     *self);
/* The request lacks the revisions of the block from `first_rev` to `latest_rev`. */
void              weft_missing_add           (WeftMissing     *self,
                                              const char      *block_id,
                                              gint64           first_rev,
                                              gint64           latest_rev);
gboolean          weft_missing_is_empty      (WeftMissing     *self);
/* NULL on damage. */
WeftStaleFailure *weft_missing_build_failure (WeftMissing     *self,
                                              WeftStorageRepo *repo,
                                              GError         **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftMissing, weft_missing_free)

G_END_DECLS
