/* weft-file-record-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a file of the storage holds. */
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

/* Which names a folder holds: how many, and the sum of their hashes. A name that is gone, or too
 * many, shows without a list of all names in every batch. */
typedef struct
{
  guint64 count;
  guint64 sum;
} WeftFileHolding;

/* How each kind is called in its files, and the folder it is in. */
const char *weft_file_kind_get_name   (WeftFileKind      kind);
const char *weft_file_kind_get_folder (WeftFileKind      kind);
/* Kinds of a block, but its metadata; the others belong to the node. */
gboolean    weft_file_kind_is_of_block (WeftFileKind     kind);
/* `folder` is the block's, or NULL for what belongs to the node. */
char       *weft_file_kind_make_path  (WeftFileKind      kind,
                                       const char       *folder,
                                       const char       *name) G_GNUC_WARN_UNUSED_RESULT;

void        weft_file_holding_add     (WeftFileHolding  *self,
                                       const char       *name);
void        weft_file_holding_remove  (WeftFileHolding  *self,
                                       const char       *name);
gboolean    weft_file_holding_equal   (const WeftFileHolding *a,
                                       const WeftFileHolding *b);

/* One file's content: a line of JSON that begins with a checksum of the rest and says what it is,
 * so that a file is found out that was changed, cut or put into another's place. */
typedef struct
{
  WeftFileKind kind;
  const char *block_id; /* NULL for what belongs to the node */
  const char *key;      /* NULL in metadata */
  JsonNode *value;      /* NULL in the metadata of a block that only has other things */
  WeftFileHolding holdings[WEFT_FILE_N_KINDS]; /* in metadata */
} WeftFileRecord;

void        weft_file_record_append   (const WeftFileRecord  *self,
                                       GString               *text);
/* `self` points into `root`, which the caller keeps. FALSE with a reason when it is damaged. */
gboolean    weft_file_record_parse    (GBytes                *bytes,
                                       WeftFileRecord        *self,
                                       JsonNode             **root,
                                       GError               **error);

G_END_DECLS
