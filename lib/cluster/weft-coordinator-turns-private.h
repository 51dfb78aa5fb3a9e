/* weft-coordinator-turns-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-change-private.h"

G_BEGIN_DECLS

/* Callers who change the same block at the same time only make each other start again. So a
 * coordinator lets puts through in turn; and where somebody came too late a moment ago pends, too,
 * each until the end of its commit. */

WeftCoordinatorTurns *weft_coordinator_turns_new         (WeftCoordinatorRepo  *repo)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whoever waits is told that the repo is closed. */
void                  weft_coordinator_turns_close       (WeftCoordinatorTurns *self);
void                  weft_coordinator_turns_free        (WeftCoordinatorTurns *self);
/* TRUE when a put, or a pend with its bases known, has to wait; weft_change_resume() is called
 * then. */
gboolean              weft_coordinator_turns_wait        (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* Whether others may be in its way when it is proposed: a moment ago somebody came too late for one
 * of its blocks, where a put came too late for those who asked other coordinators. */
gboolean              weft_coordinator_turns_may_meet    (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* The change goes on without its turn, if it has one. */
void                  weft_coordinator_turns_release     (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* The commit of what was pended has come. */
void                  weft_coordinator_turns_note_commit (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* Somebody came too late. */
void                  weft_coordinator_turns_note_stale  (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* It, or a chain that it was in, was not decided when it was proposed. */
void                  weft_coordinator_turns_note_lost   (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* The puts that wait for the block of a change whose turn it is, in their order, up to the first
 * that waits and is no put (element-type WeftChange). None when it has no turn. */
GPtrArray            *weft_coordinator_turns_list_behind (WeftCoordinatorTurns *self,
                                                          WeftChange           *change)
    G_GNUC_WARN_UNUSED_RESULT;
/* The turn of a put that waits has come, together with that of those before it. */
void                  weft_coordinator_turns_take        (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* It waits again, where it was. FALSE when it has no turn any more. */
gboolean              weft_coordinator_turns_put_back    (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* The change is over. */
void                  weft_coordinator_turns_note_end    (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);

G_END_DECLS
