/* weft-json-fault.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-json-fault-private.h"

#include <string.h>

#include "weft-error.h"
#include "weft-json-private.h"

/* How much of a refused number an error shows. */
#define NUMBER_CHARS_SHOWN_MAX 32

/* What stands at `at`, in words that are safe to print. */
static char *
describe_found (const char *at,
                const char *end)
{
  static const char number_chars[] = "+-.0123456789Ee";
  gunichar character;
  gsize length = 0;

  if (at == end)
    return g_strdup ("the end of the text");
  if (g_ascii_isdigit (*at) || *at == '-')
    {
      while (at + length < end && length < NUMBER_CHARS_SHOWN_MAX && at[length] != '\0'
             && strchr (number_chars, at[length]) != NULL)
        length++;
      return g_strndup (at, length);
    }
  character = g_utf8_get_char_validated (at, end - at);
  if (character == 0xfeff)
    return g_strdup ("a byte order mark");
  if (character >= (gunichar) -2)
    return g_strdup_printf ("the byte 0x%02x", (guchar) *at);
  if (character > 0x20 && character < 0x7f)
    return g_strdup_printf ("'%c'", (char) character);
  return g_strdup_printf ("U+%04X", character);
}

static char *
describe_repeated (const char *name)
{
  const WeftJsonPath member = { NULL, name, 0 };
  g_autofree char *place = weft_json_path_to_string (&member);

  return g_strdup_printf ("%s again", place);
}

void
weft_json_fault_set_error (const WeftJsonFault  *self,
                           GError              **error)
{
  g_autofree char *found = self->repeated != NULL ? describe_repeated (self->repeated)
                                                  : describe_found (self->at, self->end);
  guint line = 1;
  guint column = 1;

  g_assert (self->at <= self->end);

  for (const char *passed = self->text; passed < self->at; passed++)
    {
      line += *passed == '\n';
      /* A character is counted at its first byte. */
      if (*passed == '\n')
        column = 1;
      else
        column += ((guchar) *passed & 0xc0) != 0x80;
    }

  if (self->limit > 0)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                 "line %u, column %u: expected at most %u %s", line, column, self->limit,
                 self->expected);
  else
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "line %u, column %u: expected %s, got %s",
                 line, column, self->expected, found);
}
