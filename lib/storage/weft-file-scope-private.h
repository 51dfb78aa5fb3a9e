/* weft-file-scope-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-item-private.h"
#include "weft-stored-private.h"

G_BEGIN_DECLS

typedef struct _WeftFileEntry WeftFileEntry;

/* What an entry holds, while that is in memory. */
typedef struct
{
  WeftFileEntry *entry;
  WeftStored *stored;
  gsize bytes;    /* about what it takes; 0 while it cannot be forgotten */
  gboolean is_awaited; /* that somebody asks for it */
  GList link;     /* among those that can be forgotten */
} WeftFileValue;

/* One thing that is stored, and where. There is one for each, so it is small. */
struct _WeftFileEntry
{
  WeftFileValue *value; /* NULL when it is not in memory */
  guint32 segment;      /* 0 as long as it is not durable */
  guint32 offset;
  guint32 length;
  guint32 kind : 8;
  guint32 place : 24;   /* in the array of what is open */
  char key[];
};

/* What is visible of one block, or of what belongs to the node: all that was stored or submitted,
 * by name. The values may be in memory or in the log. */
typedef struct
{
  WeftFileEntry **slots; /* a table with room for some more than there are */
  guint8 *tags;          /* a byte of the hash of each, behind the slots */
  guint32 n_slots;
  guint32 n_entries;
  /* NULL when there are none. */
  WeftFileEntry *metadata; /* the one without a key, which is looked for most */
  GPtrArray *open;       /* (element-type WeftFileEntry) pending actions or open records */
  GArray *revs;          /* (element-type gint64) ascending; NULL until somebody asks */
  guint n_holders;       /* of changes that may be taken back */
  char block_id[];       /* "" for the node */
} WeftFileScope;

WeftFileScope *weft_file_scope_new      (const char       *block_id) G_GNUC_WARN_UNUSED_RESULT;
typedef void (*WeftFileEntryFunc) (WeftFileEntry *entry, gpointer user_data);
/* Gives each entry that is left to `free_entry`. */
void           weft_file_scope_free     (WeftFileScope    *self,
                                         WeftFileEntryFunc free_entry,
                                         gpointer          user_data);
/* What has a name in the name space of `kind`; NULL when there is none. */
WeftFileEntry *weft_file_scope_find     (WeftFileScope    *self,
                                         WeftFileKind      kind,
                                         const char       *key);
/* Puts `entry` in the place of what has its name, which is returned, or NULL. */
WeftFileEntry *weft_file_scope_replace  (WeftFileScope    *self,
                                         WeftFileEntry    *entry);
/* Takes an entry out; NULL when there is none. */
WeftFileEntry *weft_file_scope_remove   (WeftFileScope    *self,
                                         WeftFileKind      kind,
                                         const char       *key);
/* The revisions that are there, ascending: (element-type gint64). */
GArray        *weft_file_scope_get_revs (WeftFileScope    *self);
/* Where the first revision at or above `rev` is among those. */
guint          weft_file_scope_seek_rev (WeftFileScope    *self,
                                         gint64            rev);

/* "revision 2 of block a" */
char          *weft_file_scope_describe (WeftFileScope    *self,
                                         WeftFileEntry    *entry) G_GNUC_WARN_UNUSED_RESULT;

WeftFileEntry *weft_file_entry_new      (WeftFileKind      kind,
                                         const char       *key) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
