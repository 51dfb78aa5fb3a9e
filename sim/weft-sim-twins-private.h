/* weft-sim-twins-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-twins.h"

G_BEGIN_DECLS

typedef struct _WeftSimNetwork WeftSimNetwork;

/* Whether one of two hosts is a twin that the other one does not get to see. */
gboolean weft_sim_twins_hide     (WeftSimNetwork *network,
                                  guint           from,
                                  guint           to);
/* Whether two hosts are twins, which may listen at one address. */
gboolean weft_sim_twins_are      (WeftSimNetwork *network,
                                  guint           a,
                                  guint           b);

G_END_DECLS
