/* weft-coordinator-turns-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-change-private.h"

G_BEGIN_DECLS

/* Callers who change the same block at the same time only make each other start again. So where
 * somebody came too late a moment ago, a coordinator lets changes through in turn: from the pend of
 * one to the end of its commit. */

WeftCoordinatorTurns *weft_coordinator_turns_new         (WeftCoordinatorRepo  *repo)
    G_GNUC_WARN_UNUSED_RESULT;
/* Whoever waits is told that the repo is closed. */
void                  weft_coordinator_turns_close       (WeftCoordinatorTurns *self);
void                  weft_coordinator_turns_free        (WeftCoordinatorTurns *self);
/* TRUE when a pend, with its bases known, has to wait; weft_change_resume_pend() is called then. */
gboolean              weft_coordinator_turns_wait        (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* The commit of what was pended has come. */
void                  weft_coordinator_turns_note_commit (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* Somebody came too late. */
void                  weft_coordinator_turns_note_stale  (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);
/* The change is over. */
void                  weft_coordinator_turns_note_end    (WeftCoordinatorTurns *self,
                                                          WeftChange           *change);

G_END_DECLS
