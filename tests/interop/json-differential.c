/* json-differential.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The side of the JSON comparison that is under test: reads texts, one base64 line each, and
 * prints for each its canonical form as base64, or `error`.
 */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "weft.h"

static void
print_canonical (JsonNode *node)
{
  g_autofree char *text = weft_json_to_string (node);
  g_autofree char *encoded = g_base64_encode ((const guchar *) text, strlen (text));

  puts (encoded);
}

int
main (void)
{
  g_autofree char *line = NULL;
  size_t n_allocated = 0;

  while (getline (&line, &n_allocated, stdin) >= 0)
    {
      gsize length;
      g_autofree guchar *text = g_base64_decode (line, &length);
      g_autoptr (JsonNode) node = weft_json_parse ((const char *) text, (gssize) length, NULL);

      if (node != NULL)
        print_canonical (node);
      else
        puts ("error");
    }
  return 0;
}
