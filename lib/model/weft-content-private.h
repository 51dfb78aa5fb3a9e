/* weft-content-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-error.h"
#include "weft-json-private.h"

G_BEGIN_DECLS

void      weft_content_set_error     (GError             **error,
                                      WeftError            code,
                                      const WeftJsonPath  *path,
                                      const char          *format,
                                      ...) G_GNUC_PRINTF (4, 5);
JsonNode *weft_content_freeze        (JsonNode            *node) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *weft_content_take          (JsonNode            *node,
                                      const WeftJsonPath  *path,
                                      gsize               *bytes_bound,
                                      GError             **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean  weft_content_check_bytes   (JsonNode            *node,
                                      gsize               *bytes_bound,
                                      const WeftJsonPath  *path,
                                      GError             **error);
JsonNode *weft_content_seal_object   (JsonObject          *object) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *weft_content_seal_array    (JsonArray           *array) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
