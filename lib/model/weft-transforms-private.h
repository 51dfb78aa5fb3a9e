/* weft-transforms-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-json-private.h"
#include "weft-transforms.h"

G_BEGIN_DECLS

typedef struct
{
  char *block_id;
  WeftTransform *transform;
  guint order; /* where it stood before sorting, so that sorting is stable */
} WeftChange;

struct _WeftTransforms
{
  GArray *changes; /* WeftChange, one for each block, sorted by the bytes of block_id */
};

GArray         *weft_changes_new                 (guint                reserved)
    G_GNUC_WARN_UNUSED_RESULT;
/* Takes the transform over. */
void            weft_changes_add                 (GArray              *changes,
                                                  const char          *block_id,
                                                  WeftTransform       *transform);
/* A block that is inserted has the id it is inserted under. */
gboolean        weft_changes_check_insert        (WeftBlock           *block,
                                                  const char          *block_id,
                                                  const WeftJsonPath  *path,
                                                  GError             **error);
/* The same as weft_transforms_get_block_ids(), with ids that last as long as the transforms do. */
const char    **weft_transforms_list_block_ids   (WeftTransforms      *self)
    G_GNUC_WARN_UNUSED_RESULT;
/* Where the block is in the changes, if it is. */
gboolean        weft_transforms_find             (WeftTransforms      *self,
                                                  const char          *block_id,
                                                  guint               *index);
/* Takes changes over, in the order in which they were made, any number for each block. */
WeftTransforms *weft_transforms_new_from_changes (GArray              *changes)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
