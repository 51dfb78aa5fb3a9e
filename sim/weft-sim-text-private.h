/* weft-sim-text-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a message is valid UTF-8 without NUL, as one of text has to be. */
gboolean weft_sim_is_text (GBytes *bytes);

G_END_DECLS
