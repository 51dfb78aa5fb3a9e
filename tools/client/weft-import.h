/* weft-import.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tool.h"

G_BEGIN_DECLS

/* How the records of a file become blocks. A record without these is a block already. */
typedef struct
{
  char *id_member;
  char *id_prefix;
  char *block_type;
  char *collection;
} WeftRecordMapping;

WeftBlock *weft_record_mapping_apply (const WeftRecordMapping *self,
                                      JsonNode                *record,
                                      GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

/* Some blocks that are written as one action. */
typedef struct
{
  GPtrArray *blocks; /* (element-type WeftBlock) */
  GHashTable *ids;   /* of the blocks; for look-ups only */
  gsize bytes;
  guint line_first;
  guint line_last;
} WeftImportBatch;

WeftImportBatch *weft_import_batch_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void             weft_import_batch_free (WeftImportBatch *self);
gboolean         weft_import_batch_fits (WeftImportBatch *self,
                                         WeftBlock       *block,
                                         gsize            bytes);
void             weft_import_batch_add  (WeftImportBatch *self,
                                         WeftBlock       *block,
                                         gsize            bytes,
                                         guint            line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftImportBatch, weft_import_batch_free)

G_END_DECLS
