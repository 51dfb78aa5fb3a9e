/* weft-sim-meddle-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-meddle.h"

G_BEGIN_DECLS

typedef struct _WeftSimMeddler WeftSimMeddler;

/* What is sent in the place of a message: the same, another one, or NULL for nothing. */
GBytes *weft_sim_meddler_pass (WeftSimMeddler *self,
                               guint           from,
                               guint           to,
                               GBytes         *message,
                               JsonObject     *summary) G_GNUC_WARN_UNUSED_RESULT;
void    weft_sim_meddler_free (WeftSimMeddler *self);

G_END_DECLS
