/* weft-ring-words.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a node tells of its ring, in a few lines for people. Whatever is missing is left blank: the
 * node may be another program, or a later one. */
char *weft_ring_words_make (JsonObject *ring) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
