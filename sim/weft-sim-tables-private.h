/* weft-sim-tables-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-prng.h"
#include "weft-sim-shelf-private.h"

G_BEGIN_DECLS

/* What a disk holds: records as text, on a shelf for each block. A batch becomes a list of swaps,
 * and to do the same list backwards takes the batch back. */

typedef struct
{
  GHashTable *shelves; /* (element-type utf8 WeftSimShelf), owned; never iterated */
  GPtrArray *sorted;   /* (element-type WeftSimShelf) (unowned), by block */
  GHashTable *index;   /* (element-type WeftSimRecord) (unowned) of what shelves do not list */
  WeftSimShelf *own;   /* of records and values */
  GString *text;       /* of what is put, while it is */
  GArray *swaps;       /* (element-type Swap): those of a batch, while it is applied */
  guint64 bytes;
  guint n_repairs;
} WeftSimTables;

typedef struct _WeftSimSwaps WeftSimSwaps;

void           weft_sim_tables_init   (WeftSimTables       *self);
void           weft_sim_tables_clear  (WeftSimTables       *self);
/* NULL when there never was anything of the block. */
WeftSimShelf  *weft_sim_tables_find_shelf (WeftSimTables   *self,
                                           const char      *block_id);
WeftSimRecord *weft_sim_tables_find   (WeftSimTables       *self,
                                       const char          *block_id,
                                       WeftSimTable         table,
                                       gint64               rev,
                                       const char          *key);
/* The first shelf behind that of a block, in `sorted`; some have nothing of their block left. */
guint          weft_sim_tables_seek_after (WeftSimTables   *self,
                                           const char      *block_id);
/* The metadata of a block that has some. What is stored is read once, not each time. */
WeftBlockMetadata *weft_sim_tables_read_metadata (WeftSimRecord  *record,
                                                  GError        **error)
                                                  G_GNUC_WARN_UNUSED_RESULT;
/* An action that waits, which a member looks at with each step of its agreement. */
WeftPending   *weft_sim_tables_read_pending (WeftSimRecord     *record,
                                             GError           **error) G_GNUC_WARN_UNUSED_RESULT;
/* Does all of a batch, or nothing. Returns its swaps, or NULL with an error. */
WeftSimSwaps  *weft_sim_tables_apply  (WeftSimTables       *self,
                                       WeftBatch           *batch,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes a batch back; those after it must have been taken back before. */
void           weft_sim_tables_undo   (WeftSimTables       *self,
                                       WeftSimSwaps        *swaps);
void           weft_sim_swaps_free    (WeftSimSwaps        *swaps);
/* A record that was written and is not damaged, drawn from those of one block or, with NULL, from
 * all; or NULL. */
WeftSimRecord *weft_sim_tables_draw   (WeftSimTables       *self,
                                       const char          *block_id,
                                       WeftSimPrng         *prng);
void           weft_sim_tables_damage (WeftSimTables       *self,
                                       WeftSimRecord       *record);
gboolean       weft_sim_tables_is_damaged (const WeftSimTables *self,
                                           const WeftSimRecord *record);
/* All that was damaged can be read again, also what a batch that is taken back brings back. */
void           weft_sim_tables_repair (WeftSimTables       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimSwaps, weft_sim_swaps_free)

G_END_DECLS
