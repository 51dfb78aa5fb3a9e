/* weft-sim-line-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* These look for a place in a text that is known to be JSON. */
const char *weft_sim_line_skip_space   (const char *at);
const char *weft_sim_line_find_member  (const char *object,
                                        const char *name);
const char *weft_sim_line_find_element (const char *array,
                                        guint       index);
guint       weft_sim_line_number       (const char *text,
                                        const char *at);

G_END_DECLS
