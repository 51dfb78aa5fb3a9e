/* weft-coordinator-pends-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-change-private.h"

G_BEGIN_DECLS

/* Pends that become ready in one turn of the loop, of blocks that the same peers keep, are asked of
 * each of these in one request, without a record: nothing is decided by a pend. Each is for itself.
 * What enough members took is pending; any other is proposed alone, where there are reasons. */

WeftCoordinatorPends *weft_coordinator_pends_new   (WeftCoordinatorRepo  *repo)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whoever waits for the end of the turn is told that the repo is closed. */
void                  weft_coordinator_pends_close (WeftCoordinatorPends *self);
void                  weft_coordinator_pends_free  (WeftCoordinatorPends *self);
/* TRUE, and it takes over the change, when that may be asked so. */
gboolean              weft_coordinator_pends_add   (WeftCoordinatorPends *self,
                                                    WeftChange           *change);

G_END_DECLS
