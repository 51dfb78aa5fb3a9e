/* file-outcomes.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage-contract.h"

G_BEGIN_DECLS

/* What all reads of a storage say: of the blocks "bad" and "good", and of what belongs to the node.
 * Each is what was read, "absent", or an error after an exclamation mark. */
typedef struct
{
  GPtrArray *bad;  /* (element-type utf8) */
  GPtrArray *good; /* (element-type utf8) */
  GPtrArray *node; /* (element-type utf8) */
} FileOutcomes;

void         file_outcomes_write      (WeftStorage   *storage,
                                       WeftBatch     *batch);
void         file_outcomes_fill_block (WeftStorage   *storage,
                                       const char    *block_id);
void         file_outcomes_fill_node  (WeftStorage   *storage);
FileOutcomes file_outcomes_read       (WeftStorage   *storage);
/* Every outcome is the true one or an error that names the path. Returns how many are errors. */
guint        file_outcomes_check      (GPtrArray     *found,
                                       GPtrArray     *wanted,
                                       const char    *path);
void         file_outcomes_clear      (FileOutcomes  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FileOutcomes, file_outcomes_clear)

G_END_DECLS
