/* weft-file-index-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-contents-private.h"
#include "weft-file-scope-private.h"
#include "weft-file-shelf-private.h"

G_BEGIN_DECLS

/* Everything that is stored or submitted, by name, and where it is. */
typedef struct _WeftFileIndex WeftFileIndex;

WeftFileIndex *weft_file_index_new         (WeftFileLayer         *layer,
                                            gsize                  cache_bytes_max)
    G_GNUC_WARN_UNUSED_RESULT;
void           weft_file_index_free        (WeftFileIndex         *self);
WeftFileShelf *weft_file_index_get_shelf   (WeftFileIndex         *self);
/* The scope of a block, or of the node for ""; NULL when the block has nothing. */
WeftFileScope *weft_file_index_find        (WeftFileIndex         *self,
                                            const char            *block_id);

/* Opening: carries out again what the log has. */
void           weft_file_index_replay      (WeftFileIndex         *self,
                                            guint32                segment,
                                            const WeftFileMention *mention);

/* Changing. A scope that is held stays, also while it has nothing. */
WeftFileScope *weft_file_index_hold        (WeftFileIndex         *self,
                                            const char            *block_id);
void           weft_file_index_release     (WeftFileIndex         *self,
                                            WeftFileScope         *scope);
/* These return what was there, which the caller puts back or forgets, or NULL. */
WeftFileEntry *weft_file_index_put         (WeftFileIndex         *self,
                                            WeftFileScope         *scope,
                                            WeftFileEntry         *entry);
WeftFileEntry *weft_file_index_remove      (WeftFileIndex         *self,
                                            WeftFileScope         *scope,
                                            WeftFileKind           kind,
                                            const char            *key);
void           weft_file_index_forget      (WeftFileIndex         *self,
                                            WeftFileEntry         *entry);
/* Gives a new entry its value. */
void           weft_file_index_fill        (WeftFileIndex         *self,
                                            WeftFileEntry         *entry,
                                            WeftStored            *stored);
/* Says where an entry is from now on. */
void           weft_file_index_place       (WeftFileIndex         *self,
                                            WeftFileEntry         *entry,
                                            guint32                segment,
                                            guint32                offset,
                                            guint32                length);

/* Reading. NULL without an error when there is none. */
WeftStored    *weft_file_index_read        (WeftFileIndex         *self,
                                            WeftFileScope         *scope,
                                            WeftFileKind           kind,
                                            const char            *key,
                                            GError               **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode      *weft_file_index_read_json   (WeftFileIndex         *self,
                                            WeftFileScope         *scope,
                                            WeftFileKind           kind,
                                            const char            *key,
                                            GError               **error) G_GNUC_WARN_UNUSED_RESULT;
WeftTape      *weft_file_index_read_tape   (WeftFileIndex         *self,
                                            WeftFileScope         *scope,
                                            WeftFileKind           kind,
                                            const char            *key,
                                            GError               **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL without an error for null, too. */
gpointer       weft_file_index_read_value  (WeftFileIndex         *self,
                                            WeftFileScope         *scope,
                                            WeftFileKind           kind,
                                            const char            *key,
                                            const WeftStoredType  *type,
                                            GError               **error) G_GNUC_WARN_UNUSED_RESULT;
char         **weft_file_index_list_blocks (WeftFileIndex         *self,
                                            const char            *after,
                                            guint                  max) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileIndex, weft_file_index_free)

G_END_DECLS
