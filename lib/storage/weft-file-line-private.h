/* weft-file-line-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The content of a small file: a line of JSON that begins with a checksum of the rest and says what
 * it is, so that a file is found out that was changed, cut or put into another's place. */

void      weft_file_line_append (GString     *text,
                                 const char  *key,
                                 JsonNode    *value);
/* The value, and its key; NULL with a reason when the line is damaged. */
JsonNode *weft_file_line_parse  (GBytes      *bytes,
                                 char       **key,
                                 GError     **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
