/* weft-output.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-output.h"

#include <weft.h>

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail (WeftOutput  *self,
      GError     **error)
{
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED, "writing %s: %s", self->path,
               g_strerror (errno));

  return FALSE;
}

/* Made beside its place, as what is renamed is there at once. */
static gboolean
open_beside (WeftOutput  *self,
             GError     **error)
{
  self->beside = g_strdup_printf ("%s.XXXXXX", self->path);
  self->fd = g_mkstemp_full (self->beside, O_WRONLY | O_CLOEXEC, 0666);
  if (self->fd >= 0)
    return TRUE;

  g_clear_pointer (&self->beside, g_free);
  return fail (self, error);
}

/* Only a file is replaced: a pipe or a device is written to, as a shell would. */
static gboolean
open_path (WeftOutput  *self,
           GError     **error)
{
  struct stat status;

  if (stat (self->path, &status) != 0)
    return open_beside (self, error);

  if (S_ISDIR (status.st_mode))
    {
      errno = EISDIR;
      return fail (self, error);
    }
  if (!S_ISREG (status.st_mode))
    {
      self->fd = g_open (self->path, O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);
      return self->fd >= 0 || fail (self, error);
    }

  /* Who may read it stays as it was. */
  return open_beside (self, error)
         && (fchmod (self->fd, status.st_mode & 07777) == 0 || fail (self, error));
}

gboolean
weft_output_open (WeftOutput  *self,
                  const char  *path,
                  GError     **error)
{
  g_autoptr(GOutputStream) base = NULL;

  self->fd = -1;
  if (path == NULL || g_str_equal (path, "-"))
    base = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  else
    {
      /* A link stays one, and leads to the new file. */
      self->path = realpath (path, NULL);
      if (self->path == NULL)
        self->path = g_strdup (path);
      if (!open_path (self, error))
        return FALSE;
      base = g_unix_output_stream_new (self->fd, FALSE);
    }

  self->stream = g_buffered_output_stream_new (base);
  return TRUE;
}

gboolean
weft_output_finish (WeftOutput  *self,
                    GError     **error)
{
  if (!g_output_stream_close (self->stream, NULL, error))
    return FALSE;
  if (self->beside == NULL)
    return TRUE;

  /* On the disk first, so that the name never leads to less than the whole. */
  if (fsync (self->fd) != 0 || g_rename (self->beside, self->path) != 0)
    return fail (self, error);

  g_clear_pointer (&self->beside, g_free);
  return TRUE;
}

void
weft_output_clear (WeftOutput *self)
{
  g_clear_object (&self->stream);
  if (self->fd >= 0)
    g_close (self->fd, NULL);
  if (self->beside != NULL)
    g_unlink (self->beside);
  g_clear_pointer (&self->beside, g_free);
  g_clear_pointer (&self->path, g_free);
}
