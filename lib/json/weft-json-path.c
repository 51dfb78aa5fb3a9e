/* weft-json-path.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Places in a document, and errors that name them.
 */

#include "config.h"

#include "weft-json-private.h"

#include "weft-error.h"

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
