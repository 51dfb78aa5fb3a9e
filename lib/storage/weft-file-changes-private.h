/* weft-file-changes-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-batch.h"
#include "weft-file-index-private.h"
#include "weft-file-job-private.h"

G_BEGIN_DECLS

/* What a batch changed in the index, and how to take it back. */
typedef struct _WeftFileChanges WeftFileChanges;

/* Does all of a batch to the index, or nothing; `job` becomes what has to be written. */
WeftFileChanges *weft_file_changes_apply     (WeftFileIndex    *index,
                                              WeftBatch        *batch,
                                              WeftFileJob      *job,
                                              GError          **error) G_GNUC_WARN_UNUSED_RESULT;
/* The job is durable: says where everything is. */
void             weft_file_changes_settle    (WeftFileIndex    *index,
                                              WeftFileJob      *job);
/* What was applied later must have been taken back before. */
void             weft_file_changes_take_back (WeftFileChanges  *self);
void             weft_file_changes_free      (WeftFileChanges  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileChanges, weft_file_changes_free)

G_END_DECLS
