/* weft-coordinator-group-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-change-private.h"

G_BEGIN_DECLS

/* Commits that become ready in one turn of the loop, and that the same peers decide, are proposed
 * in one record: what it costs to agree is shared. A group decides nothing about the fate of its
 * members but success; whatever else comes of it, each is proposed alone. */

WeftCoordinatorGroups *weft_coordinator_groups_new   (WeftCoordinatorRepo   *repo)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whoever waits for the end of the turn is told that the repo is closed. */
void                   weft_coordinator_groups_close (WeftCoordinatorGroups *self);
void                   weft_coordinator_groups_free  (WeftCoordinatorGroups *self);
/* TRUE, and it takes over the change, when that may be in a group. */
gboolean               weft_coordinator_groups_add   (WeftCoordinatorGroups *self,
                                                      WeftChange            *change);

G_END_DECLS
