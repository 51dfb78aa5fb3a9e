/* weft-json.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

WEFT_AVAILABLE_IN_ALL
JsonNode *weft_json_parse        (const char  *text,
                                  gssize       length,
                                  GError     **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode *weft_json_parse_bytes  (GBytes      *bytes,
                                  GError     **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean  weft_json_validate     (JsonNode    *node,
                                  GError     **error);
WEFT_AVAILABLE_IN_ALL
char     *weft_json_to_string    (JsonNode    *node) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
GBytes   *weft_json_to_bytes     (JsonNode    *node) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean  weft_json_equal        (JsonNode    *a,
                                  JsonNode    *b);
WEFT_AVAILABLE_IN_ALL
char     *weft_json_digest       (JsonNode    *node) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
