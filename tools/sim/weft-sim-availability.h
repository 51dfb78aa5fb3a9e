/* weft-sim-availability.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

/* Tells people what clients got, by the report of a run. */
void weft_sim_availability_print (JsonNode *report);

G_END_DECLS
