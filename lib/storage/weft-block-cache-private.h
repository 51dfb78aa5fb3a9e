/* weft-block-cache-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block.h"
#include "weft-transform.h"

G_BEGIN_DECLS

/* Blocks as they are after an action, the least recently used dropped first. An action is committed
 * on one base, so what it makes of a block never changes: an entry is true or it is not there.
 * What was only submitted can be lost again; then the owner clears all. */
typedef struct _WeftBlockCache WeftBlockCache;

/* Enough for the blocks a node works on at a time; what it costs when full. */
#define WEFT_BLOCK_CACHE_BYTES_MAX (16 * 1024 * 1024)

/* Where a revision is among those whose blocks are kept; see weft-versioned. */
typedef struct
{
  int position;    /* how far from the last one that is kept for good, or unknown */
  gint64 kept_rev; /* the last one that is kept, where that is to be dropped again, or 0 */
} WeftBlockPlace;

#define WEFT_POSITION_UNKNOWN (-1)

WeftBlockCache *weft_block_cache_new    (gsize           bytes_max) G_GNUC_WARN_UNUSED_RESULT;
void            weft_block_cache_free   (WeftBlockCache *self);
/* TRUE when known; `block` is then NULL for a deleted one. Outputs may be NULL. */
gboolean        weft_block_cache_lookup (WeftBlockCache       *self,
                                         const char           *block_id,
                                         const char           *action_id,
                                         WeftBlock           **block, /* (transfer full) */
                                         WeftBlockPlace       *place);
/* `place` is NULL where it is unknown. */
void            weft_block_cache_insert (WeftBlockCache       *self,
                                         const char           *block_id,
                                         const char           *action_id,
                                         WeftBlock            *block, /* (nullable) */
                                         const WeftBlockPlace *place);
/* As it would be after a transform of the block at `base`: so it need not be made again where the
 * same is asked for. */
void            weft_block_cache_try    (WeftBlockCache       *self,
                                         const char           *block_id,
                                         const char           *action_id,
                                         WeftBlock            *block, /* (nullable) */
                                         WeftTransform        *transform,
                                         gint64                base);
/* As lookup, of what is to become a revision: it is known where it was tried on the same base, or
 * is a revision already. What an id meant on another base is not what it makes of this one. */
gboolean        weft_block_cache_made   (WeftBlockCache       *self,
                                         const char           *block_id,
                                         const char           *action_id,
                                         gint64                base,
                                         WeftBlock           **block); /* (transfer full) */
gboolean        weft_block_cache_tried  (WeftBlockCache       *self,
                                         const char           *block_id,
                                         const char           *action_id,
                                         WeftTransform        *transform,
                                         gint64                base);
void            weft_block_cache_remove (WeftBlockCache *self,
                                         const char     *block_id,
                                         const char     *action_id);
void            weft_block_cache_clear  (WeftBlockCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBlockCache, weft_block_cache_free)

G_END_DECLS
