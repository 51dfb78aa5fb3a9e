/* weft-sim-buggify-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-world.h"

G_BEGIN_DECLS

/* Whether something rare happens at a point of the library, in the world that an event of is
 * happening; never outside of one. */
gboolean weft_sim_buggify (const char *point);

G_END_DECLS
