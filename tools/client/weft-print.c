/* weft-print.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <weft.h>

#include "weft-print.h"

/* One canonical document, one line. */
void
weft_print_json (JsonNode *node)
{
  g_autofree char *text = weft_json_to_string (node);

  g_print ("%s\n", text);
}

static void
append_line (GString *out,
             guint    depth)
{
  g_string_append_c (out, '\n');
  for (guint i = 0; i < depth; i++)
    g_string_append (out, "  ");
}

/* Lays canonical text out over lines for people. Numbers and strings stay the characters they
 * were, so that what is shown is what is stored. */
char *
weft_json_indent (const char *canonical)
{
  GString *out = g_string_new (NULL);
  gboolean in_string = FALSE;
  guint depth = 0;

  for (const char *c = canonical; *c != '\0'; c++)
    {
      gboolean is_close = !in_string && (*c == '}' || *c == ']');
      gboolean is_open = !in_string && (*c == '{' || *c == '[');

      if (is_close && c[-1] != '{' && c[-1] != '[')
        append_line (out, depth - 1);
      if (is_close)
        depth--;
      g_string_append_c (out, *c);

      if (in_string && *c == '\\')
        g_string_append_c (out, *++c);
      else if (*c == '"')
        in_string = !in_string;
      else if (is_open && c[1] != '}' && c[1] != ']')
        append_line (out, ++depth);
      else if (is_open)
        depth++;
      else if (!in_string && *c == ',')
        append_line (out, depth);
      else if (!in_string && *c == ':')
        g_string_append_c (out, ' ');
    }

  return g_string_free (out, FALSE);
}

void
weft_print_json_pretty (JsonNode *node)
{
  g_autofree char *text = weft_json_to_string (node);
  g_autofree char *lines = weft_json_indent (text);

  g_print ("%s\n", lines);
}
