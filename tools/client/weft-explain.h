/* weft-explain.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a node tells of its clusters, in words. Whatever is missing or of another type than it
 * should be is left out: the node may be another program, or a later one. */
JsonArray  *weft_explain_get_array      (JsonObject *object,
                                         const char *name);
/* An empty object when there is none. Borrowed. */
JsonObject *weft_explain_get_object     (JsonArray  *array,
                                         guint       index);
void        weft_explain_print_proposal (JsonObject *proposal);
void        weft_explain_print_block    (const char *block_id,
                                         JsonObject *description);

G_END_DECLS
