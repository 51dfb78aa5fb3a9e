/* weft-bootstrap-file.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bootstrap-file.h"

#include "weft-node-address.h"

/* A few addresses; anything larger is another file. */
#define FILE_BYTES_MAX (64 * 1024)

static gboolean
add_line (GStrvBuilder  *builder,
          char          *line,
          GError       **error)
{
  g_autoptr(WeftMultiaddr) address = NULL;
  g_autofree char *text = NULL;

  g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#')
    return TRUE;
  address = weft_node_address_parse (line, FALSE, error);
  if (address == NULL)
    return FALSE;
  text = weft_multiaddr_to_string (address);
  g_strv_builder_add (builder, text);

  return TRUE;
}

char **
weft_bootstrap_file_load (const char  *path,
                          GError     **error)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr(GError) local_error = NULL;
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  gsize length;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_get_contents (path, &text, &length, &local_error))
    {
      if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_strv_builder_end (builder);
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED, "%s", local_error->message);
      return NULL;
    }
  if (length > FILE_BYTES_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "%s: expected at most %d bytes, got %" G_GSIZE_FORMAT, path, FILE_BYTES_MAX,
                   length);
      return NULL;
    }

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!add_line (builder, lines[i], error))
      {
        g_prefix_error (error, "%s: line %u: ", path, i + 1);
        return NULL;
      }

  return g_strv_builder_end (builder);
}

gboolean
weft_bootstrap_file_save (const char         *path,
                          const char *const  *addresses,
                          GError            **error)
{
  g_autofree char *joined = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GError) local_error = NULL;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (addresses != NULL, FALSE);

  joined = g_strjoinv ("\n", (char **) addresses);
  text = g_strdup_printf ("# Where a Weft node begins to look for others; see weft-node(1).\n%s%s",
                          joined, addresses[0] != NULL ? "\n" : "");
  if (g_file_set_contents (path, text, -1, &local_error))
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED, "%s", local_error->message);
  return FALSE;
}
