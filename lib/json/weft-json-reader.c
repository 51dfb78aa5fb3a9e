/* weft-json-reader.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From text to nodes, by way of a tape.
 */

#include "config.h"

#include "weft-json-private.h"

#include <string.h>

#include "weft-tape-private.h"

JsonNode *
weft_json_parse_own (const char *text,
                     gsize       length)
{
  g_autoptr (WeftTape) tape = weft_tape_read_own (text, length);

  return weft_item_to_node (weft_tape_get_root (tape));
}

/**
 * weft_json_parse:
 * @text: (array length=length) (element-type guint8): JSON text
 * @length: the length of @text in bytes, or -1 if it ends with a NUL
 * @error: return location for an error
 *
 * Reads one JSON document, strictly: RFC 8259 text in valid UTF-8 without a byte order mark, with
 * nothing behind it. Refused are also duplicate member names, lone surrogates, NUL characters,
 * and numbers that a double cannot carry or that print as an integer beyond ±(2^53-1). A number
 * with an integral value becomes an integer node however it is spelled.
 *
 * Sets %WEFT_ERROR_INVALID, with line and column and what was expected there, or
 * %WEFT_ERROR_TOO_LARGE for text of more than 8 MiB, nesting deeper than 64 levels, or more than
 * 1,048,576 values.
 *
 * Returns: (transfer full): the document, sealed; %NULL on error
 *
 * Since: 0.1
 */
JsonNode *
weft_json_parse (const char  *text,
                 gssize       length,
                 GError     **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  g_return_val_if_fail (length >= -1, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_read_text (text, length < 0 ? strlen (text) : (gsize) length, NULL, error);
  return tape != NULL ? weft_item_to_node (weft_tape_get_root (tape)) : NULL;
}

/**
 * weft_json_parse_bytes:
 * @bytes: JSON text
 * @error: return location for an error
 *
 * Reads one JSON document as [func@json_parse] does.
 *
 * Returns: (transfer full): the document, sealed; %NULL on error
 *
 * Since: 0.1
 */
JsonNode *
weft_json_parse_bytes (GBytes  *bytes,
                       GError **error)
{
  gsize length;
  const char *text;

  g_return_val_if_fail (bytes != NULL, NULL);

  text = g_bytes_get_data (bytes, &length);
  return weft_json_parse (text, (gssize) length, error);
}
