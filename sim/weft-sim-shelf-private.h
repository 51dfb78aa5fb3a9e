/* weft-sim-shelf-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* What a disk holds of one block. Only what is listed is kept in order. */

typedef enum
{
  WEFT_SIM_TABLE_BLOCK, /* a block that has anything at all; its text is the metadata, or none */
  WEFT_SIM_TABLE_REVISION,
  WEFT_SIM_TABLE_PENDING,
  WEFT_SIM_TABLE_ACTION,
  WEFT_SIM_TABLE_MATERIALIZED,
  WEFT_SIM_TABLE_RECORD,
  WEFT_SIM_TABLE_VALUE,
} WeftSimTable;

typedef struct _WeftSimShelf WeftSimShelf;

/* The key is made of the first four, in this order; a record does not change. Its texts are in the
 * same piece of memory. */
typedef struct
{
  WeftSimShelf *shelf; /* unowned: it stays as long as the tables do */
  WeftSimTable table;
  guint position;      /* on its shelf, of what is in no order */
  gint64 rev;
  const char *key;
  const char *action_id; /* of a revision */
  const char *text;      /* canonical JSON, or NULL */
  gsize length;          /* of it */
  WeftBlockMetadata *metadata; /* once it was read; NULL before */
  WeftPending *pending;        /* the same of one that waits */
  gboolean is_resolved;
  guint damage; /* the number of repairs after which it can be read again; 0 for always */
} WeftSimRecord;

struct _WeftSimShelf
{
  const char *block_id;   /* "" for records and values */
  WeftSimRecord *block;   /* NULL when there is nothing of the block */
  GPtrArray *revisions;   /* (element-type WeftSimRecord) (unowned), by revision */
  GPtrArray *pendings;    /* (element-type WeftSimRecord) (unowned), by key */
  GPtrArray *unresolved;  /* (element-type WeftSimRecord) (unowned): records, by key */
  GPtrArray *others;      /* (element-type WeftSimRecord) (unowned), in no order */
};

/* Both are found by an index of their own; `others` holds all but these. */
static inline gboolean
weft_sim_table_is_listed (WeftSimTable table)
{
  return table <= WEFT_SIM_TABLE_PENDING;
}

WeftSimShelf  *weft_sim_shelf_new    (const char          *block_id) G_GNUC_WARN_UNUSED_RESULT;
void           weft_sim_shelf_free   (WeftSimShelf        *self);
/* One that is listed, or NULL. */
WeftSimRecord *weft_sim_shelf_find   (WeftSimShelf        *self,
                                      WeftSimTable         table,
                                      gint64               rev,
                                      const char          *key);
/* There must be none with its key. */
void           weft_sim_shelf_add    (WeftSimShelf        *self,
                                      WeftSimRecord       *record);
void           weft_sim_shelf_remove (WeftSimShelf        *self,
                                      WeftSimRecord       *record);
/* All there is, by table, revision and key. */
GPtrArray     *weft_sim_shelf_sort   (WeftSimShelf        *self) G_GNUC_WARN_UNUSED_RESULT;
/* Where a revision or the next one is. */
guint          weft_sim_shelf_seek_revision (WeftSimShelf *self,
                                             gint64        rev);

G_END_DECLS
