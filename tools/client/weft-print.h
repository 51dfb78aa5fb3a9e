/* weft-print.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

void  weft_print_json        (JsonNode   *node);
void  weft_print_json_pretty (JsonNode   *node);
char *weft_json_indent       (const char *canonical) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
