/* weft-memory-tables-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-batch-private.h"

G_BEGIN_DECLS

/* What a memory storage holds: one ordered tree, changed by the operations of batches, each of
 * which can be taken back. */
typedef struct _WeftMemoryTables WeftMemoryTables;

typedef enum
{
  WEFT_MEMORY_METADATA,
  WEFT_MEMORY_REVISION,
  WEFT_MEMORY_PENDING,
  WEFT_MEMORY_ACTION,
  WEFT_MEMORY_MATERIALIZED,
  WEFT_MEMORY_RECORD,
  WEFT_MEMORY_VALUE,
  WEFT_MEMORY_END,
} WeftMemoryTable;

/* Both key and value in the tree. The order is that of the members. */
typedef struct
{
  const char *block_id; /* "" for records and values; in `names`, as the next two are */
  WeftMemoryTable table;
  gint64 rev;
  const char *key;      /* the action id of a revision is no key: it is in `action_id` */
  const char *action_id;
  /* NULL for a revision, and for the metadata of a block that only has other things. */
  WeftStored *stored;
  gboolean is_resolved;
  gsize bytes;    /* of the canonical text; 0 until somebody asks */
  char names[];
} WeftMemoryEntry;

WeftMemoryTables *weft_memory_tables_new       (void) G_GNUC_WARN_UNUSED_RESULT;
void              weft_memory_tables_free      (WeftMemoryTables  *self);
WeftMemoryEntry  *weft_memory_tables_find      (WeftMemoryTables  *self,
                                                const char        *block_id,
                                                WeftMemoryTable    table,
                                                gint64             rev,
                                                const char        *key);
/* The first node at or after a place; NULL when the tree ends before. */
GTreeNode        *weft_memory_tables_seek      (WeftMemoryTables  *self,
                                                const char        *block_id,
                                                WeftMemoryTable    table,
                                                gint64             rev,
                                                const char        *key);
GTreeNode        *weft_memory_tables_first     (WeftMemoryTables  *self);
GTreeNode        *weft_memory_tables_last      (WeftMemoryTables  *self);
/* Does all of a batch, or nothing. Returns how to take it back, or NULL with an error. */
GArray           *weft_memory_tables_apply     (WeftMemoryTables  *self,
                                                WeftBatch         *batch,
                                                GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Later batches must have been taken back before. */
void              weft_memory_tables_take_back (WeftMemoryTables  *self,
                                                GArray            *undos);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftMemoryTables, weft_memory_tables_free)

G_END_DECLS
