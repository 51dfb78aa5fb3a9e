/* weft-coordinator-rivals-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-change-private.h"

G_BEGIN_DECLS

/* Coordinators that change the same block at the same time make each other propose again. Who lost
 * to another one passes what comes next on to the first of those who keep the block and can be
 * reached, where all of it waits in one line. "First" is by peer id, so a message is never passed
 * on in a circle; and when the first does not answer, everybody proposes again himself. */

WeftCoordinatorRivals *weft_coordinator_rivals_new       (WeftCoordinatorRepo   *repo)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whoever waits is told that the repo is closed. */
void                   weft_coordinator_rivals_close     (WeftCoordinatorRivals *self);
void                   weft_coordinator_rivals_free      (WeftCoordinatorRivals *self);
/* What it proposed was not decided, but something else. */
void                   weft_coordinator_rivals_note_lost (WeftCoordinatorRivals *self,
                                                          WeftChange            *change);
/* TRUE when the change was taken over; its peers are known. */
gboolean               weft_coordinator_rivals_pass_on   (WeftCoordinatorRivals *self,
                                                          WeftChange            *change);

G_END_DECLS
