/* weft-node-config.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The configuration file is a GKeyFile with one group, [node]. GKeyFile reads the values; it
 * neither refuses what nobody asked for nor says on which line something is wrong, so the lines are
 * walked here as well. */

#include "config.h"

#include "weft-node-config.h"
#include "weft-nearest.h"

#include <string.h>

/* A configuration is a page at most; anything larger is not one. */
#define CONFIG_BYTES_MAX (64 * 1024)

#define GROUP "node"

static const char *const groups[] = { GROUP, NULL };

typedef struct
{
  GKeyFile *file;
  WeftNodeSettings *settings;
  const char *group; /* NULL before the first one */
  guint seen;        /* a bit for each setting, in the order of their names */
} Reader;

static gboolean
read_group (Reader      *self,
            char        *line,
            GError     **error)
{
  gsize length = strlen (line);

  if (line[length - 1] != ']')
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected “]” after the name of a group");
      return FALSE;
    }
  line[length - 1] = '\0';
  if (!g_str_equal (line + 1, GROUP))
    {
      g_autofree char *hint = weft_nearest_hint (line + 1, groups);

      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "unknown group “%s”%s", line + 1, hint);
      return FALSE;
    }

  self->group = GROUP;
  return TRUE;
}

static gboolean
note_seen (Reader      *self,
           const char  *key,
           GError     **error)
{
  const char *const *names = weft_node_settings_list_names ();
  g_autofree char *hint = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], key))
      {
        if ((self->seen & (1u << i)) != 0)
          {
            g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "“%s” is set twice", key);
            return FALSE;
          }
        self->seen |= 1u << i;
        return TRUE;
      }

  hint = weft_nearest_hint (key, names);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "unknown key “%s”%s", key, hint);
  return FALSE;
}

static gboolean
read_line (Reader      *self,
           char        *line,
           GError     **error)
{
  g_autofree char *value = NULL;
  g_autofree char *key = NULL;
  const char *equals;

  g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#')
    return TRUE;
  if (line[0] == '[')
    return read_group (self, line, error);

  equals = strchr (line, '=');
  if (equals == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected [group], key=value or a # comment, got “%s”", line);
      return FALSE;
    }
  key = g_strstrip (g_strndup (line, equals - line));
  if (self->group == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected [%s] before the first key, got “%s”", GROUP, key);
      return FALSE;
    }
  if (!note_seen (self, key, error))
    return FALSE;

  value = g_key_file_get_string (self->file, self->group, key, error);
  if (value == NULL)
    return FALSE;
  g_strchomp (value);

  return weft_node_settings_set (self->settings, key, value, error);
}

/* Applies the text of a configuration file; errors name the line. Settings before the bad line
 * are applied: a caller that fails throws the settings away. */
gboolean
weft_node_config_apply (const char        *text,
                        gsize              length,
                        WeftNodeSettings  *settings,
                        GError           **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_auto(GStrv) lines = NULL;
  Reader reader = { file, settings };
  g_autoptr(GError) load_error = NULL;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (settings != NULL, FALSE);

  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected text in UTF-8");
      return FALSE;
    }

  /* What GKeyFile refuses the walk refuses too, but with the number of the line. */
  if (length > 0)
    g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, &load_error);

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!read_line (&reader, lines[i], error))
      {
        g_prefix_error (error, "line %u: ", i + 1);
        return FALSE;
      }

  if (load_error != NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "%s", load_error->message);
      return FALSE;
    }

  return TRUE;
}

gboolean
weft_node_config_load (const char        *path,
                       WeftNodeSettings  *settings,
                       GError           **error)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) local_error = NULL;
  gsize length;

  g_return_val_if_fail (path != NULL, FALSE);

  if (!g_file_get_contents (path, &text, &length, &local_error))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "reading the configuration: %s", local_error->message);
      return FALSE;
    }
  if (length > CONFIG_BYTES_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "%s: expected a configuration of at most %d bytes, got %" G_GSIZE_FORMAT,
                   path, CONFIG_BYTES_MAX, length);
      return FALSE;
    }
  if (!weft_node_config_apply (text, length, settings, error))
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }

  return TRUE;
}
