/* weft-file-cache-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-scope-private.h"

G_BEGIN_DECLS

/* The scopes in memory: those that must stay, because the files do not have all of them yet, and
 * others that were used last, as far as there is room. */
typedef struct _WeftFileCache WeftFileCache;

WeftFileCache *weft_file_cache_new         (WeftFileLayer  *layer,
                                            gsize           bytes_max) G_GNUC_WARN_UNUSED_RESULT;
void           weft_file_cache_free        (WeftFileCache  *self);
/* The scope of a block, or of the node for NULL. It may not be loaded. */
WeftFileScope *weft_file_cache_get         (WeftFileCache  *self,
                                            const char     *block_id);
/* Forgets what there is no room for. What a job after `applied_number` changes stays. */
void           weft_file_cache_trim        (WeftFileCache  *self,
                                            guint64         applied_number);
/* Tells that a block came to be, or that this was taken back. */
void           weft_file_cache_note_block  (WeftFileCache  *self,
                                            const char     *block_id,
                                            gboolean        exists);
char         **weft_file_cache_list_blocks (WeftFileCache  *self,
                                            const char     *after,
                                            guint           max,
                                            GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileCache, weft_file_cache_free)

G_END_DECLS
