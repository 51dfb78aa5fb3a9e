/* weft-file-item-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an item of the log is about. */
typedef enum
{
  WEFT_FILE_KIND_META,
  WEFT_FILE_KIND_REVISION,
  WEFT_FILE_KIND_PENDING,
  WEFT_FILE_KIND_ACTION,
  WEFT_FILE_KIND_MATERIALIZED,
  WEFT_FILE_KIND_RECORD_OPEN,
  WEFT_FILE_KIND_RECORD_DONE,
  WEFT_FILE_KIND_VALUE,
  WEFT_FILE_KIND_LAST = WEFT_FILE_KIND_VALUE,
} WeftFileKind;

#define WEFT_FILE_N_KINDS (WEFT_FILE_KIND_LAST + 1)

/* What an item does to what has its name. */
typedef enum
{
  WEFT_FILE_DO_PUT,     /* its text takes the place of what was there */
  WEFT_FILE_DO_DELETE,  /* what was there is gone */
  WEFT_FILE_DO_PROMOTE, /* a pending action is committed, with the text that it has */
  WEFT_FILE_DO_LAST = WEFT_FILE_DO_PROMOTE,
} WeftFileDo;

/* One change, as the log has it: a head that names what it is about, then the text. Head and text
 * have a checksum each, so that of a damaged text is known whose it was. */
typedef struct
{
  WeftFileKind kind;
  WeftFileDo verb;
  const char *block_id; /* "" for what belongs to the node */
  const char *key;      /* "" in metadata */
  const char *text;     /* not terminated; NULL when only the head was read */
  guint32 text_length;
  guint32 text_checksum;
} WeftFileItem;

const char *weft_file_kind_get_name    (WeftFileKind         kind);
/* Kinds of one name space replace each other: an action is pending or committed. */
WeftFileKind weft_file_kind_get_space  (WeftFileKind         kind);

/* Appends a head, whose text the caller appends and then measures with finish(). */
void        weft_file_item_begin       (GString             *data,
                                        WeftFileKind         kind,
                                        WeftFileDo           verb,
                                        const char          *block_id,
                                        const char          *key);
void        weft_file_item_finish      (GString             *data,
                                        gsize                start);
/* Appends an item with the checksum that it has, right or wrong. */
void        weft_file_item_append      (const WeftFileItem  *self,
                                        GString             *data);
/* Reads an item at `*offset` and moves that behind it. FALSE: it cannot be told what it is. */
gboolean    weft_file_item_parse       (const char          *data,
                                        gsize                length,
                                        gsize               *offset,
                                        WeftFileItem        *self);
gboolean    weft_file_item_is_whole    (const WeftFileItem  *self);

G_END_DECLS
