/* weft-landing-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage-repo-private.h"

G_BEGIN_DECLS

/* Actions that become revisions of some blocks with one batch, and the events that tell of them
 * once the batch is durable. */
typedef struct _WeftLanding WeftLanding;

WeftLanding *weft_landing_new    (void) G_GNUC_WARN_UNUSED_RESULT;
void         weft_landing_free   (WeftLanding       *self);
/* What is added from now on becomes this revision. `collection_id` is for blocks that do not name
 * one, as those that were never there do not. */
void         weft_landing_begin  (WeftLanding       *self,
                                  WeftActionRev     *revision,
                                  const char        *collection_id);
gboolean     weft_landing_add    (WeftLanding       *self,
                                  WeftStorageRepo   *repo,
                                  const char        *block_id,
                                  WeftBlockMetadata *metadata,
                                  WeftPending       *pending,
                                  GError           **error);
/* Of a block that landed already: where it is then, for what comes next. NULL for others. */
WeftBlockMetadata *
             weft_landing_find_metadata (WeftLanding *self,
                                         const char  *block_id);
/* What else goes into the batch, and who else waits for it. */
WeftBatch   *weft_landing_get_batch (WeftLanding      *self);
void         weft_landing_add_waited (WeftLanding        *self,
                                      const char * const *block_ids);
/* Takes over the landing. FALSE when there was nothing to submit. */
gboolean     weft_landing_submit (WeftLanding       *self,
                                  WeftStorageRepo   *repo);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftLanding, weft_landing_free)

G_END_DECLS
