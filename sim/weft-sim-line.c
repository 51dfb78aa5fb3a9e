/* weft-sim-line.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A parsed document has forgotten its lines. When an error needs one, the way to the value is
 * walked once more through the text.
 */

#include "weft-sim-line-private.h"

#include <string.h>

const char *
weft_sim_line_skip_space (const char *at)
{
  return at + strspn (at, " \t\r\n");
}

static const char *
skip_string (const char *at)
{
  for (at++; *at != '"' && *at != '\0'; at++)
    {
      if (*at == '\\' && at[1] != '\0')
        at++;
    }

  return *at != '\0' ? at + 1 : at;
}

static const char *
skip_value (const char *at)
{
  guint depth = 0;

  for (;;)
    {
      at = weft_sim_line_skip_space (at);
      if (*at == '"')
        at = skip_string (at);
      else if (*at == '{' || *at == '[')
        {
          depth++;
          at++;
          continue;
        }
      else if (*at == '}' || *at == ']')
        {
          depth--;
          at++;
        }
      else
        at += MAX (strcspn (at, ",:{}[]\" \t\r\n"), *at == ',' || *at == ':' ? 1 : 0);
      if (depth == 0 || *at == '\0')
        return at;
    }
}

/* Past the separator that follows a value, or NULL when the container ends. */
static const char *
skip_comma (const char *at)
{
  at = weft_sim_line_skip_space (at);

  return *at == ',' ? weft_sim_line_skip_space (at + 1) : NULL;
}

const char *
weft_sim_line_find_member (const char *object,
                           const char *name)
{
  gsize length = strlen (name);
  const char *at = *object == '{' ? weft_sim_line_skip_space (object + 1) : NULL;

  while (at != NULL && *at == '"')
    {
      const char *end = skip_string (at);
      const char *value = weft_sim_line_skip_space (end);

      value = weft_sim_line_skip_space (*value == ':' ? value + 1 : value);
      if ((gsize) (end - at) == length + 2 && strncmp (at + 1, name, length) == 0)
        return value;
      at = skip_comma (skip_value (value));
    }

  return NULL;
}

const char *
weft_sim_line_find_element (const char *array,
                            guint       index)
{
  const char *at = *array == '[' ? weft_sim_line_skip_space (array + 1) : NULL;

  for (guint i = 0; at != NULL && i < index; i++)
    at = skip_comma (skip_value (at));

  return at;
}

guint
weft_sim_line_number (const char *text,
                      const char *at)
{
  guint line = 1;

  for (; text < at; text++)
    {
      if (*text == '\n')
        line++;
    }

  return line;
}
