/* weft-base64url.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-base64url-private.h"

#include <string.h>

char *
weft_base64url_encode (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  char *text = g_base64_encode (data, size);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}

GBytes *
weft_base64url_decode (const char *text,
                       gsize       length)
{
  g_autofree char *padded = NULL;
  g_autofree char *again = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;

  g_assert (text != NULL);

  if (strlen (text) != (length * 4 + 2) / 3)
    return NULL;
  padded = g_strconcat (text, "===", NULL);
  padded[(strlen (text) + 3) / 4 * 4] = '\0';
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  data = g_base64_decode (padded, &size);
  bytes = g_bytes_new_take (g_steal_pointer (&data), size);

  /* GLib skips what is not base64, and the spare bits of the last character may be anything:
   * only the text that comes out again is the encoding. */
  again = weft_base64url_encode (bytes);
  if (size != length || !g_str_equal (again, text))
    return NULL;

  return g_steal_pointer (&bytes);
}
