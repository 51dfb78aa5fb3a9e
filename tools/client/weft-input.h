/* weft-input.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

GBytes   *weft_input_read (const char  *name,
                           GError     **error) G_GNUC_WARN_UNUSED_RESULT;
JsonNode *weft_input_json (const char  *name,
                           GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
