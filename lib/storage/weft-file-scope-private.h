/* weft-file-scope-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"
#include "weft-file-record-private.h"

G_BEGIN_DECLS

/* What one file holds, or will hold. `json` and `typed` are NULL until somebody asks. */
typedef struct
{
  char *name;
  char *key;     /* NULL when the name does not tell and nobody asked */
  JsonNode *json;
  gpointer typed; /* a boxed value made of it, if the kind has one */
  GType type;
  guint64 number; /* of the job that wrote it, or 0 */
  gsize bytes;    /* about what it takes in memory */
} WeftFileEntry;

/* What is visible of one block, or of what belongs to the node: the files, and over them what was
 * submitted and is not in the files yet. While there is any of the latter it must stay in memory,
 * and is not read from the disk again, so reading never meets a file that is being written. */
typedef struct
{
  WeftFileLayer *layer;
  char *block_id; /* NULL for the node */
  char *folder;   /* NULL for the node */
  gboolean is_loaded;
  gboolean exists;
  WeftFileEntry metadata; /* its json is NULL when there is none */
  WeftFileHolding holdings[WEFT_FILE_N_KINDS];
  GHashTable *entries[WEFT_FILE_N_KINDS]; /* (element-type utf8 WeftFileEntry), NULL: not loaded */
  GArray *revs;        /* (element-type gint64) ascending, those of the revision entries */
  guint64 last_number; /* of the last job that changes it */
  gsize bytes;         /* about what it takes in memory */
  gsize shed_bytes;    /* the same, after values were last let go of */
  gsize counted_bytes; /* the same, as the cache last saw it */
  GList link;
} WeftFileScope;

WeftFileScope *weft_file_scope_new         (WeftFileLayer    *layer,
                                            const char       *block_id) G_GNUC_WARN_UNUSED_RESULT;
void           weft_file_scope_free        (WeftFileScope    *self);
gboolean       weft_file_scope_load        (WeftFileScope    *self,
                                            GError          **error);
/* Loads the names of a kind. */
gboolean       weft_file_scope_load_kind   (WeftFileScope    *self,
                                            WeftFileKind      kind,
                                            GError          **error);
/* The name of a key, which for a revision is its decimal digits. */
char          *weft_file_scope_make_name   (WeftFileKind      kind,
                                            const char       *key) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when there is none. The kind is loaded. */
WeftFileEntry *weft_file_scope_find        (WeftFileScope    *self,
                                            WeftFileKind      kind,
                                            const char       *name);
/* Puts `entry` in the place of what has its name, which is returned, or NULL. */
WeftFileEntry *weft_file_scope_replace     (WeftFileScope    *self,
                                            WeftFileKind      kind,
                                            WeftFileEntry    *entry);
/* Takes an entry out; NULL when there is none. */
WeftFileEntry *weft_file_scope_remove      (WeftFileScope    *self,
                                            WeftFileKind      kind,
                                            const char       *name);
/* Reads the file behind an entry, unless that was done. */
gboolean       weft_file_scope_fill        (WeftFileScope    *self,
                                            WeftFileKind      kind,
                                            WeftFileEntry    *entry,
                                            GError          **error);
/* Makes sure of the key of an entry, reading the file when its name does not tell. */
gboolean       weft_file_scope_fill_key    (WeftFileScope    *self,
                                            WeftFileKind      kind,
                                            WeftFileEntry    *entry,
                                            GError          **error);
/* The json, or the boxed value of `type`, of what is called `key`; NULL without an error when there
 * is none. The caller owns it. */
JsonNode      *weft_file_scope_read        (WeftFileScope    *self,
                                            WeftFileKind      kind,
                                            const char       *key,
                                            GError          **error) G_GNUC_WARN_UNUSED_RESULT;
typedef gpointer (*WeftFileParseFunc) (JsonNode *json, GError **error);
gpointer       weft_file_scope_read_typed  (WeftFileScope     *self,
                                            WeftFileKind       kind,
                                            const char        *key,
                                            GType              type,
                                            WeftFileParseFunc  parse,
                                            GError           **error) G_GNUC_WARN_UNUSED_RESULT;
/* Lets go of the values that are in the files; the names stay. */
void           weft_file_scope_shed        (WeftFileScope    *self,
                                            guint64           applied_number);
/* Where the first revision at or above `rev` is in `revs`. */
guint          weft_file_scope_seek_rev    (WeftFileScope    *self,
                                            gint64            rev);

WeftFileEntry *weft_file_entry_new         (const char       *name,
                                            const char       *key,
                                            JsonNode         *json) G_GNUC_WARN_UNUSED_RESULT;
void           weft_file_entry_free        (WeftFileEntry    *self);

G_END_DECLS
