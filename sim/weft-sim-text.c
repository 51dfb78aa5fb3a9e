/* weft-sim-text.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-text-private.h"

#include <string.h>

/* Most messages are ASCII, and every message is asked about: eight bytes at a time, none of which
 * is 0 or above 127. */
static gsize
skip_ascii (const char *data,
            gsize       length)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 tops = ones << 7;
  guint64 word;
  gsize at = 0;

  for (; at + sizeof word <= length; at += sizeof word)
    {
      memcpy (&word, data + at, sizeof word);
      if (((word | (word - ones)) & tops) != 0)
        break;
    }

  return at;
}

gboolean
weft_sim_is_text (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  gsize skipped = skip_ascii (data, length);

  return g_utf8_validate_len (data + skipped, length - skipped, NULL);
}
