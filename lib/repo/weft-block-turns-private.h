/* weft-block-turns-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who changes the same blocks does so in turn, the first who came first. A turn is of all its
 * blocks at once, and all blocks have the same order, so that nobody waits for who waits for
 * him. */
typedef struct _WeftBlockTurns WeftBlockTurns;
typedef struct _WeftTurn WeftTurn;

/* Now it is on. */
typedef void (*WeftTurnFunc) (gpointer user_data);

WeftBlockTurns *weft_block_turns_new    (void) G_GNUC_WARN_UNUSED_RESULT;
/* No turn may be left. */
void            weft_block_turns_free   (WeftBlockTurns      *self);
/* Who `goes_ahead` is before all who do not, and were not on yet. `ready` is not called when the
 * turn is on at once. */
WeftTurn       *weft_block_turns_add    (WeftBlockTurns      *self,
                                         const char * const  *block_ids,
                                         gboolean             goes_ahead,
                                         WeftTurnFunc         ready,
                                         gpointer             user_data)
    G_GNUC_WARN_UNUSED_RESULT;
/* Ends a turn, on or not, and frees it. Who is next is told from within. */
void            weft_block_turns_remove (WeftBlockTurns      *self,
                                         WeftTurn            *turn);
/* What those who wait for a block behind those who are on were added with, in their order. */
GPtrArray      *weft_block_turns_list_waiting (WeftBlockTurns  *self,
                                               const char      *block_id)
    G_GNUC_WARN_UNUSED_RESULT;
/* A turn of one block that is waited for is on now, with those before it; `ready` is not called. */
void            weft_block_turns_let_join (WeftBlockTurns      *self,
                                           WeftTurn            *turn);
/* It is waited for again, where it was. FALSE, and it stays on, when it is the first. */
gboolean        weft_block_turns_put_back (WeftBlockTurns      *self,
                                           WeftTurn            *turn);
/* Whether a turn of one of the blocks is on or waited for. */
gboolean        weft_block_turns_is_taken (WeftBlockTurns     *self,
                                           const char * const *block_ids);
gboolean        weft_turn_is_on         (WeftTurn            *turn);
const char * const *weft_turn_get_block_ids (WeftTurn        *turn);

G_END_DECLS
