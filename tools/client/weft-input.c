/* weft-input.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft.h>

#include "weft-input.h"

/* What standard input or a pipe may hold; a file is mapped and may be of any size. */
#define PIPE_BYTES_MAX (256 * 1024 * 1024)

/* @name is what people call it. */
static GBytes *
read_pipe (int          fd,
           const char  *name,
           GError     **error)
{
  g_autoptr(GInputStream) in = g_unix_input_stream_new (fd, FALSE);
  g_autoptr(GOutputStream) out = g_memory_output_stream_new_resizable ();
  guint8 buffer[16 * 1024];
  gssize n;

  while ((n = g_input_stream_read (in, buffer, sizeof buffer, NULL, error)) > 0)
    {
      if (!g_output_stream_write_all (out, buffer, n, NULL, NULL, error))
        return NULL;
      if (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (out)) > PIPE_BYTES_MAX)
        {
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                       "%s holds more than %d MiB; put it into a file", name,
                       PIPE_BYTES_MAX / 1024 / 1024);
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
  GBytes *bytes = NULL;
  struct stat status;
  int fd;

  if (g_str_equal (name, "-"))
    return read_pipe (STDIN_FILENO, "standard input", error);

  fd = g_open (name, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0 || fstat (fd, &status) != 0)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED, "opening %s: %s", name, g_strerror (errno));
  else if (S_ISDIR (status.st_mode))
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected %s to be a file, got a folder",
                 name);
  else if (!S_ISREG (status.st_mode))
    bytes = read_pipe (fd, name, error);
  else
    file = g_mapped_file_new_from_fd (fd, FALSE, error);
  if (file != NULL)
    bytes = g_mapped_file_get_bytes (file);
  if (fd >= 0)
    g_close (fd, NULL);

  return bytes;
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
