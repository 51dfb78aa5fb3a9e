/* weft-ring-picture.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Both draw what weft_ring_key_network_get_ring() tells. */

/* A ring of characters, for a terminal. */
char *weft_ring_picture_make_text (JsonObject *ring) G_GNUC_WARN_UNUSED_RESULT;
char *weft_ring_picture_make_svg  (JsonObject *ring) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
