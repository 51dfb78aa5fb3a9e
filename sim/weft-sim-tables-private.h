/* weft-sim-tables-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

#include "weft-sim-prng.h"

G_BEGIN_DECLS

/* What a disk holds: records in one ordered tree. A batch becomes a list of swaps, and to do the
 * same list backwards takes the batch back. */

typedef enum
{
  WEFT_SIM_TABLE_BLOCK, /* a block that has anything at all; its json is the metadata, or NULL */
  WEFT_SIM_TABLE_REVISION,
  WEFT_SIM_TABLE_PENDING,
  WEFT_SIM_TABLE_ACTION,
  WEFT_SIM_TABLE_MATERIALIZED,
  WEFT_SIM_TABLE_RECORD,
  WEFT_SIM_TABLE_VALUE,
} WeftSimTable;

/* The key is made of the first four, in this order; a record does not change. Its texts are in the
 * same piece of memory, as most of the time of a search is spent on getting at them. */
typedef struct
{
  const char *block_id; /* "" for records and values */
  WeftSimTable table;
  gint64 rev;
  const char *key;
  const char *action_id; /* of a revision */
  JsonNode *json;
  WeftBlockMetadata *metadata; /* once it was read; NULL before */
  guint64 bytes;               /* about what it takes on the disk */
  gboolean is_resolved;
  guint damage; /* the number of repairs after which it can be read again; 0 for always */
} WeftSimRecord;

typedef struct
{
  GTree *records;    /* (element-type WeftSimRecord), both key and value */
  GHashTable *index; /* (element-type WeftSimRecord): the same, to find one; never iterated */
  guint64 bytes;
  guint n_repairs;
} WeftSimTables;

void           weft_sim_tables_init   (WeftSimTables       *self);
void           weft_sim_tables_clear  (WeftSimTables       *self);
WeftSimRecord *weft_sim_tables_find   (WeftSimTables       *self,
                                       const char          *block_id,
                                       WeftSimTable         table,
                                       gint64               rev,
                                       const char          *key);
/* The first at or after a place, or NULL. */
GTreeNode     *weft_sim_tables_seek   (WeftSimTables       *self,
                                       const char          *block_id,
                                       WeftSimTable         table,
                                       gint64               rev,
                                       const char          *key);
/* The metadata of a block that has some. What is stored is read once, not each time. */
WeftBlockMetadata *weft_sim_tables_read_metadata (WeftSimRecord  *record,
                                                  GError        **error)
                                                  G_GNUC_WARN_UNUSED_RESULT;
/* Does all of a batch, or nothing. Returns its swaps, or NULL with an error. */
GArray        *weft_sim_tables_apply  (WeftSimTables       *self,
                                       WeftBatch           *batch,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes a batch back; those after it must have been taken back before. */
void           weft_sim_tables_undo   (WeftSimTables       *self,
                                       GArray              *swaps);
/* A record that was written and is not damaged, drawn from those of one block or, with NULL, from
 * all; or NULL. */
WeftSimRecord *weft_sim_tables_draw   (WeftSimTables       *self,
                                       const char          *block_id,
                                       WeftSimPrng         *prng);
void           weft_sim_tables_damage (WeftSimTables       *self,
                                       const WeftSimRecord *record);
gboolean       weft_sim_tables_is_damaged (const WeftSimTables *self,
                                           const WeftSimRecord *record);
/* All that was damaged can be read again, also what a batch that is taken back brings back. */
void           weft_sim_tables_repair (WeftSimTables       *self);

G_END_DECLS
