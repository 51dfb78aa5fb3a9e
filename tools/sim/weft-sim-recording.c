/* weft-sim-recording.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-recording.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

struct _WeftSimRecording
{
  WeftSimRun *run;
  WeftSimPictures pictures;
  char *path;        /* of the trace; NULL when nobody wants it */
  FILE *file;
  char *own_path;    /* of the one for the pictures */
  FILE *own_file;
};

static void
write_line (const char *line,
            gpointer    user_data)
{
  WeftSimRecording *self = user_data;

  if (self->file != NULL)
    {
      fputs (line, self->file);
      fputc ('\n', self->file);
    }
  if (self->own_file != NULL)
    {
      fputs (line, self->own_file);
      fputc ('\n', self->own_file);
    }
}

static gboolean
set_failed (const char  *path,
            GError     **error)
{
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_FAILED, "%s: %s", path, g_strerror (errno));

  return FALSE;
}

static gboolean
open_files (WeftSimRecording  *self,
            GError           **error)
{
  if (self->path != NULL)
    {
      self->file = g_str_equal (self->path, "-") ? stdout : fopen (self->path, "we");
      if (self->file == NULL)
        return set_failed (self->path, error);
      /* Of a run that dies, every line up to then is of interest. */
      setvbuf (self->file, NULL, _IOLBF, BUFSIZ);
    }
  if (self->pictures.html != NULL || self->pictures.mermaid != NULL)
    {
      int fd = g_file_open_tmp ("weft-sim-XXXXXX.trace", &self->own_path, error);

      if (fd < 0)
        return FALSE;
      self->own_file = fdopen (fd, "w");
      g_assert (self->own_file != NULL);
    }

  return TRUE;
}

WeftSimRecording *
weft_sim_recording_start (WeftSimRun             *run,
                          const char             *trace,
                          const WeftSimPictures  *pictures,
                          GError                **error)
{
  g_autoptr(WeftSimRecording) self = g_new0 (WeftSimRecording, 1);

  self->run = g_object_ref (run);
  self->pictures = *pictures;
  self->path = g_strdup (trace);
  if (!open_files (self, error))
    return NULL;
  if (self->file != NULL || self->own_file != NULL)
    weft_sim_world_set_trace (weft_sim_run_get_world (run), write_line, self, NULL);

  return g_steal_pointer (&self);
}

static gboolean
close_file (FILE       **file,
            const char  *path,
            GError     **error)
{
  FILE *closed = *file;
  gboolean is_written;

  *file = NULL;
  if (closed == NULL)
    return TRUE;
  is_written = fflush (closed) == 0 && !ferror (closed);
  if (!is_written)
    set_failed (path, error);
  if (closed != stdout)
    fclose (closed);

  return is_written;
}

gboolean
weft_sim_recording_finish (WeftSimRecording  *self,
                           const char        *reproduce,
                           GError           **error)
{
  g_autoptr(WeftSimTale) tale = NULL;

  weft_sim_world_set_trace (weft_sim_run_get_world (self->run), NULL, NULL, NULL);
  if (!close_file (&self->file, self->path, error) ||
      !close_file (&self->own_file, self->own_path, error))
    return FALSE;
  if (self->own_path == NULL)
    return TRUE;

  tale = weft_sim_tale_read (self->own_path, error);

  return tale != NULL &&
         weft_sim_pictures_write (&self->pictures, tale, NULL, reproduce, error);
}

void
weft_sim_recording_free (WeftSimRecording *self)
{
  weft_sim_world_set_trace (weft_sim_run_get_world (self->run), NULL, NULL, NULL);
  close_file (&self->file, self->path, NULL);
  close_file (&self->own_file, self->own_path, NULL);
  if (self->own_path != NULL)
    g_unlink (self->own_path);
  g_free (self->own_path);
  g_free (self->path);
  g_object_unref (self->run);
  g_free (self);
}
