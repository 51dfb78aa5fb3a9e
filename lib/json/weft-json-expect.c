/* weft-json-expect.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was expected at a place of a document, in words.
 */

#include "config.h"

#include "weft-json-expect-private.h"

#include "weft-error.h"
#include "weft-limits.h"

/* A name that a peer chose does not fill a log line. */
#define NAME_CHARS_SHOWN_MAX 64

static gboolean
is_word (const char *name)
{
  const char *at = name;

  while (g_ascii_isalnum (*at) || *at == '_' || *at == '-')
    at++;
  return at != name && *at == '\0' && at - name <= NAME_CHARS_SHOWN_MAX;
}

/* `["name"]`, with everything replaced that could disturb a terminal or a log. */
static void
append_quoted (GString    *text,
               const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  guint n_shown = 0;
  const char *at = valid;

  g_string_append (text, "[\"");
  for (; *at != '\0' && n_shown < NAME_CHARS_SHOWN_MAX; at = g_utf8_next_char (at), n_shown++)
    {
      gunichar character = g_utf8_get_char (at);
      gboolean shown = g_unichar_isprint (character) && character != '"' && character != '\\';

      g_string_append_unichar (text, shown ? character : 0xfffd);
    }
  g_string_append (text, *at != '\0' ? "…\"]" : "\"]");
}

static void
append_path (GString            *text,
             const WeftJsonPath *path)
{
  if (path == NULL)
    return;

  append_path (text, path->parent);
  if (path->name == NULL)
    g_string_append_printf (text, "[%u]", path->index);
  else if (is_word (path->name))
    g_string_append_printf (text, text->len > 0 ? ".%s" : "%s", path->name);
  else
    append_quoted (text, path->name);
}

char *
weft_json_path_to_string (const WeftJsonPath *path)
{
  GString *text = g_string_new (NULL);

  append_path (text, path);
  return g_string_free (text, FALSE);
}

static void
set_error_valist (GError            **error,
                  const WeftJsonPath *path,
                  const char         *format,
                  va_list             args)
{
  g_autofree char *place = weft_json_path_to_string (path);
  g_autofree char *message = g_strdup_vprintf (format, args);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "%s%s%s", place, *place != '\0' ? ": " : "",
               message);
}

void
weft_json_set_error (GError            **error,
                     const WeftJsonPath *path,
                     const char         *format,
                     ...)
{
  va_list args;

  if (error == NULL)
    return;
  va_start (args, format);
  set_error_valist (error, path, format, args);
  va_end (args);
}

void
weft_json_expect_type (const char          *expected,
                       const char          *found,
                       const WeftJsonPath  *path,
                       GError             **error)
{
  weft_json_set_error (error, path, "expected %s, got %s", expected,
                       found != NULL ? found : "nothing");
}

static char *
describe_range (gint64 min,
                gint64 max)
{
  if (max < WEFT_LIMIT_INTEGER_MAX)
    return g_strdup_printf ("an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
  if (min == 1)
    return g_strdup ("a positive integer");
  if (min == 0)
    return g_strdup ("a non-negative integer");
  if (min <= -WEFT_LIMIT_INTEGER_MAX)
    return g_strdup ("an integer");
  return g_strdup_printf ("an integer of at least %" G_GINT64_FORMAT, min);
}

void
weft_json_expect_integer (gint64               min,
                          gint64               max,
                          const char          *found,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  g_autofree char *range = describe_range (min, max);

  weft_json_expect_type (range, found, path, error);
}

gboolean
weft_json_expect_range (gint64               integer,
                        gint64               min,
                        gint64               max,
                        const WeftJsonPath  *path,
                        gint64              *value,
                        GError             **error)
{
  g_autofree char *range = NULL;

  g_assert (min <= max);

  if (integer >= min && integer <= max)
    {
      *value = integer;
      return TRUE;
    }
  range = describe_range (min, max);
  weft_json_set_error (error, path, "expected %s, got %" G_GINT64_FORMAT, range, integer);
  return FALSE;
}

void
weft_json_expect_no_member (const char          *name,
                            const WeftJsonPath  *path,
                            GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };

  weft_json_set_error (error, &member, "expected no such member");
}
