/* weft-input.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <gio/gunixinputstream.h>
#include <unistd.h>
#include <weft.h>

#include "weft-input.h"

/* What standard input may hold; a file is mapped and may be of any size. */
#define STDIN_BYTES_MAX (256 * 1024 * 1024)

static GBytes *
read_standard_input (GError **error)
{
  g_autoptr(GInputStream) in = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable ();
  guint8 buffer[16 * 1024];
  gssize n;

  while ((n = g_input_stream_read (in, buffer, sizeof buffer, NULL, error)) > 0)
    {
      if (!g_output_stream_write_all (out, buffer, n, NULL, NULL, error))
        return NULL;
      if (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)) > STDIN_BYTES_MAX)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                       "standard input holds more than %d MiB; put it into a file",
                       STDIN_BYTES_MAX / 1024 / 1024);
          return NULL;
        }
    }
  if (n < 0 || !g_output_stream_close (out, NULL, error))
    return NULL;

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

/* The contents of a file, or of standard input for “-”. */
GBytes *
weft_input_read (const char  *name,
                 GError     **error)
{
  g_autoptr(GMappedFile) file = NULL;

  if (g_str_equal (name, "-"))
    return read_standard_input (error);

  file = g_mapped_file_new (name, FALSE, error);

  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}

/* One JSON document, read strictly; errors name the file. */
JsonNode *
weft_input_json (const char  *name,
                 GError     **error)
{
  g_autoptr(GBytes) bytes = weft_input_read (name, error);
  JsonNode *node = NULL;

  if (bytes != NULL)
    {
      node = weft_json_parse_bytes (bytes, error);
      if (node == NULL)
        g_prefix_error (error, "%s: ", name);
    }

  return node;
}
