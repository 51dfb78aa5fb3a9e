/* weft-sim-shrink.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Whether a scenario still fails in the way that is looked for; not when it is no scenario. */
typedef gboolean (*WeftSimShrinkFunc) (JsonNode *scenario,
                                       gpointer  user_data);

/* Makes a scenario that fails smaller for as long as it still does: fewer faults, that happen less
 * often, to fewer nodes, while fewer clients do less. What is tried depends on the scenario and on
 * the answers alone. Returns a scenario that fails and is not larger. */
JsonNode *weft_sim_shrink (JsonNode          *scenario,
                           WeftSimShrinkFunc  fails,
                           gpointer           user_data) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
