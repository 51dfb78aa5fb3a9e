/* weft-write-plan-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-get-result.h"
#include "weft-transforms.h"

G_BEGIN_DECLS

/* What has to be pended so that blocks become what their writer wants, given what was read. */
typedef struct
{
  GPtrArray *steps; /* (element-type WeftTransforms) one for each block that changes */
  JsonObject *bases;
  gint64 rev;
} WeftWritePlan;

WeftWritePlan  *weft_write_plan_new             (void) G_GNUC_WARN_UNUSED_RESULT;
void            weft_write_plan_free            (WeftWritePlan       *self);
/* Whether it is known what there is of the block. */
gboolean        weft_write_plan_check           (const char          *block_id,
                                                 WeftGetBlockResult  *found,
                                                 GError             **error);
gboolean        weft_write_plan_add             (WeftWritePlan       *self,
                                                 const char          *block_id,
                                                 WeftBlock           *wanted,
                                                 WeftGetBlockResult  *found,
                                                 GError             **error);
WeftTransforms *weft_write_plan_dup_transforms  (WeftWritePlan       *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftWritePlan, weft_write_plan_free)

G_END_DECLS
