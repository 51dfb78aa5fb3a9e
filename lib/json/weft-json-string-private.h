/* weft-json-string-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How many bytes weft_json_read_string() may look at behind the end of the text. */
#define WEFT_JSON_PADDING 16

typedef struct
{
  char *text; /* ending with a NUL, which is in no string */
  gsize length;
  gboolean is_canonical; /* whether it was spelled as weft_json_append_string() would */
} WeftJsonString;

/* Reads the string that begins with the quotation mark at `*at`, in place, and moves `*at` behind
 * the closing mark. On a refusal returns FALSE, what was expected instead, and `*at` where it was
 * expected. The text ends with WEFT_JSON_PADDING zeros. */
gboolean  weft_json_read_string    (char           **at,
                                    WeftJsonString  *string,
                                    const char     **expected);
/* Appends the string with quotation marks and escapes; FALSE when it is not valid UTF-8. */
gboolean  weft_json_append_string  (GString         *text,
                                    const char      *string);

G_END_DECLS
