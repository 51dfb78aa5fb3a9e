/* weft-coordinator-gather-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-coordinator-change-private.h"

G_BEGIN_DECLS

/* Changes that become ready in one turn of the loop, until that is over. */
typedef struct _WeftGathering WeftGathering;

/* They are its own now; `changes` (element-type WeftChange), in the order in which they came. */
typedef void (*WeftGatheredFunc)     (WeftCoordinatorRepo *repo,
                                      GPtrArray           *changes,
                                      gpointer             user_data);
/* Whether to wait longer this time. */
typedef gboolean (*WeftLingersFunc)  (void);

/* Of a repo that has it. */
WeftGathering *weft_gathering_new    (WeftCoordinatorRepo *repo,
                                      WeftLingersFunc      lingers,
                                      WeftGatheredFunc     gathered,
                                      gpointer             user_data) G_GNUC_WARN_UNUSED_RESULT;
/* For those that wait the turn is over. */
void           weft_gathering_close  (WeftGathering       *self);
void           weft_gathering_free   (WeftGathering       *self);
void           weft_gathering_add    (WeftGathering       *self,
                                      WeftChange          *change);

G_END_DECLS
