/* weft-file-line.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-line-private.h"

#include <string.h>

#include "weft-crc32c-private.h"
#include "weft-error.h"
#include "weft-json-string-private.h"

/* {"crc32c":"01234567", and what the checksum is over begins right after. */
#define BEGINNING "{\"crc32c\":\""
#define BEGINNING_BYTES (sizeof BEGINNING - 1)
#define CHECKSUM_CHARS 8
#define CHECKED_OFFSET (BEGINNING_BYTES + CHECKSUM_CHARS + 2)

void
weft_file_line_append (GString    *text,
                       const char *key,
                       JsonNode   *value)
{
  gsize start = text->len;
  char checksum[CHECKSUM_CHARS + 1];

  g_string_append (text, BEGINNING "00000000\",");
  g_string_append_printf (text, "\"key\":\"%s\",\"value\":", key);
  weft_json_append (text, value);
  g_string_append (text, "}\n");

  g_snprintf (checksum, sizeof checksum, "%08x",
              weft_crc32c (0, text->str + start + CHECKED_OFFSET,
                           text->len - start - CHECKED_OFFSET));
  memcpy (text->str + start + BEGINNING_BYTES, checksum, CHECKSUM_CHARS);
}

static gboolean
check (const char *text,
       gsize       length,
       GError    **error)
{
  char expected[CHECKSUM_CHARS + 1];

  if (length == 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "it is empty");
      return FALSE;
    }
  if (length <= CHECKED_OFFSET || memcmp (text, BEGINNING, BEGINNING_BYTES) != 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "expected it to begin with a checksum");
      return FALSE;
    }

  g_snprintf (expected, sizeof expected, "%08x",
              weft_crc32c (0, text + CHECKED_OFFSET, length - CHECKED_OFFSET));
  if (memcmp (text + BEGINNING_BYTES, expected, CHECKSUM_CHARS) == 0)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT,
               "its checksum is %s, but it says %.*s", expected, CHECKSUM_CHARS,
               g_utf8_validate (text + BEGINNING_BYTES, CHECKSUM_CHARS, NULL)
                 ? text + BEGINNING_BYTES : "????????");

  return FALSE;
}

WeftTape *
weft_file_line_read (GBytes          *bytes,
                     const char     **key,
                     const WeftItem **value,
                     GError         **error)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  g_autoptr (WeftTape) tape = NULL;
  const WeftItem *object;

  if (!check (text, length, error))
    return NULL;
  tape = weft_tape_read (bytes, NULL, error);
  object = tape != NULL ? weft_item_get_object (weft_tape_get_root (tape), NULL, error) : NULL;
  *key = object != NULL ? weft_item_require_string (object, "key", NULL, error) : NULL;
  if (*key == NULL)
    return NULL;

  *value = weft_item_find (object, "value");
  if (*value == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "it holds no value");
      return NULL;
    }

  return g_steal_pointer (&tape);
}
