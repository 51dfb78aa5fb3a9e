/* weft-versioned-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage.h"

G_BEGIN_DECLS

/* The revisions of blocks over a storage: what a block was at a revision, and what a batch must
 * hold to add one. Kept are all transforms, the first of which is an insert that has all of its
 * block. Of the revisions that follow, the block of every KEEP_INTERVAL-th is kept, and of those
 * after the last of them that of the newest LATEST_INTERVAL-th. */
typedef struct _WeftVersioned WeftVersioned;

/* Bounds how many transforms a read applies, and how much larger than its transforms a history
 * may be. */
#define WEFT_VERSIONED_KEEP_INTERVAL 32
/* Bounds how many a read of the latest applies that finds nothing in memory: it divides the other.
 * To write each latest would cost every commit two changes more, and the block once more. */
#define WEFT_VERSIONED_LATEST_INTERVAL 8

typedef struct
{
  WeftBlock *block;    /* (nullable) (owned): NULL when absent or deleted */
  gint64 rev;          /* the revision that was materialised; 0 when there was none */
  gboolean is_outside; /* the revision asked for is not in the ranges: ask others */
} WeftMaterialized;

/* The latest of a block as it is once a batch is submitted that several revisions of it are in. */
typedef struct
{
  WeftBlockMetadata *metadata; /* (owned) (nullable): NULL before the first is added */
  WeftBlock *block;            /* (nullable) (owned) */
  char *kept_id;               /* (nullable) (owned): whose block the batch keeps */
  int position;                /* see WeftBlockPlace */
  gint64 kept_rev;
} WeftVersionedTip;

WeftVersioned *weft_versioned_new                (WeftStorage       *storage)
    G_GNUC_WARN_UNUSED_RESULT;
void           weft_versioned_free               (WeftVersioned     *self);
/* The block at `rev`, or the latest for zero. `metadata` is NULL for a block never heard of. */
gboolean       weft_versioned_materialize        (WeftVersioned     *self,
                                                  const char        *block_id,
                                                  WeftBlockMetadata *metadata,
                                                  gint64             rev,
                                                  WeftMaterialized  *result,
                                                  GError           **error);
/* Whether a revision must be asked for, as above but without the block. */
gboolean       weft_versioned_check_outside      (WeftVersioned     *self,
                                                  const char        *block_id,
                                                  WeftBlockMetadata *metadata,
                                                  gint64             rev,
                                                  gboolean          *is_outside,
                                                  GError           **error);
/* Whether a pending fits the block it was made for; a missing base is no objection yet. */
gboolean       weft_versioned_check_pending      (WeftVersioned     *self,
                                                  const char        *block_id,
                                                  WeftBlockMetadata *metadata,
                                                  const char        *action_id,
                                                  WeftPending       *pending,
                                                  GError           **error);
/* Whether it is known what the action makes of the block at that base. */
gboolean       weft_versioned_has_made           (WeftVersioned     *self,
                                                  const char        *block_id,
                                                  const char        *action_id,
                                                  gint64             base);
/* Whether a pending can become the revision after latest. */
gboolean       weft_versioned_check_commit       (WeftVersioned     *self,
                                                  const char        *block_id,
                                                  WeftBlockMetadata *metadata,
                                                  WeftPending       *pending,
                                                  const char        *action_id,
                                                  GError           **error);
/* What a pending makes of a block, at the latest or at what is to come after it. */
gboolean       weft_versioned_make               (WeftVersioned     *self,
                                                  const char        *block_id,
                                                  const char        *action_id,
                                                  WeftPending       *pending,
                                                  WeftBlock         *base,
                                                  gboolean           is_latest,
                                                  WeftBlock        **block,
                                                  GError           **error);
/* Adds all that makes a pending the revision after latest. Sets the collection of the block, from
 * its header before or after. Nothing is added when it fails.
 *
 * `tip` is where the block is after it: with it the next revision can be added to the same batch,
 * with the metadata of the tip. Whoever does not submit that forgets the pendings. */
gboolean       weft_versioned_add_commit         (WeftVersioned     *self,
                                                  WeftBatch         *batch,
                                                  const char        *block_id,
                                                  WeftBlockMetadata *metadata,
                                                  WeftPending       *pending,
                                                  WeftActionRev     *revision,
                                                  WeftVersionedTip  *tip,
                                                  char             **collection_id,
                                                  GError           **error);
/* The start of the range that holds a revision, or 0 when none does. */
gint64         weft_versioned_find_range_start   (WeftBlockMetadata *metadata,
                                                  gint64             rev);
/* The pending is dropped, and its id may come to mean another content. */
void           weft_versioned_forget_pending     (WeftVersioned     *self,
                                                  const char        *block_id,
                                                  const char        *action_id);
/* A batch failed: what was submitted is not so. */
void           weft_versioned_forget_all         (WeftVersioned     *self);
void           weft_materialized_clear           (WeftMaterialized  *self);
void           weft_versioned_tip_clear          (WeftVersionedTip  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftVersioned, weft_versioned_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftMaterialized, weft_materialized_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftVersionedTip, weft_versioned_tip_clear)

G_END_DECLS
