/* weft-file-contents-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-item-private.h"
#include "weft-file-layer-private.h"
#include "weft-file-segment-private.h"

G_BEGIN_DECLS

/* What is in a segment, up to some place in it: the heads of its items, in order. It saves reading
 * the segment when a storage is opened, and knows what was there when the segment is damaged. */
typedef struct
{
  guint32 number;
  guint64 salt;
  guint64 first_seq; /* as in the header of the segment */
  guint64 end;      /* what is after this in the segment is not told here */
  guint64 next_seq;
  GString *lines;   /* of the items */
  gsize last_block_id; /* where the last one added is in that; G_MAXSIZE for none */
} WeftFileContents;

/* An item, and where it is in the segment. */
typedef struct
{
  WeftFileKind kind;
  WeftFileDo verb;
  const char *block_id;
  const char *key;
  guint32 offset;
  guint32 length;
} WeftFileMention;

/* About a segment of which nothing is told yet. */
WeftFileContents *weft_file_contents_new    (const WeftFileSegmentHeader  *header)
    G_GNUC_WARN_UNUSED_RESULT;
void              weft_file_contents_free   (WeftFileContents             *self);
char             *weft_file_contents_make_path (guint32                    number)
    G_GNUC_WARN_UNUSED_RESULT;
void              weft_file_contents_add    (WeftFileContents             *self,
                                             const WeftFileMention        *mention);
/* The next after `*offset`, which begins at 0; FALSE at the end. */
gboolean          weft_file_contents_next   (WeftFileContents             *self,
                                             gsize                        *offset,
                                             const char                  **block_id,
                                             WeftFileMention              *mention);
/* It need not be durable: one that is not whole is as good as none. */
gboolean          weft_file_contents_write  (WeftFileContents             *self,
                                             WeftFileLayer                *layer,
                                             gsize                        *bytes,
                                             GError                      **error);
/* NULL when there is none that is whole. */
WeftFileContents *weft_file_contents_read   (WeftFileLayer                *layer,
                                             guint32                       number)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileContents, weft_file_contents_free)

G_END_DECLS
