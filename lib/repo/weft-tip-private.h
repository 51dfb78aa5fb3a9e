/* weft-tip-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage-repo-private.h"

G_BEGIN_DECLS

/* A block as it would be once what is to come before something else was committed, of which
 * nothing is submitted: that is judged on it, and not on the latest. */
typedef struct
{
  const char *block_id; /* (unowned) */
  gint64 latest_rev;    /* what is here */
  gint64 rev;
  WeftBlock *block;     /* (nullable) (owned) */
} WeftTip;

/* The latest that is here. */
gboolean weft_tip_begin   (WeftTip          *self,
                           WeftStorageRepo  *repo,
                           const char       *block_id,
                           GError          **error);
/* What the action makes of it, which has to be on this revision. */
gboolean weft_tip_advance (WeftTip          *self,
                           WeftStorageRepo  *repo,
                           const char       *action_id,
                           WeftPending      *pending,
                           GError          **error);
/* The same, of a put of this one block; it has to make sense beside what is here, too. */
gboolean weft_tip_check_put (WeftTip          *self,
                             WeftStorageRepo  *repo,
                             WeftPendRequest  *request,
                             gint64            expiration_msec,
                             GError          **error);
void     weft_tip_clear   (WeftTip          *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftTip, weft_tip_clear)

G_END_DECLS
