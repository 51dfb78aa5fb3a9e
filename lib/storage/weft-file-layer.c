/* weft-file-layer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-layer-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "weft-error.h"

typedef struct
{
  WeftFileLayer parent;
  int base; /* of the folder */
} RealLayer;

static int
base_of (WeftFileLayer *layer)
{
  return ((RealLayer *) layer)->base;
}

static int
real_create (WeftFileLayer *layer,
             const char    *path,
             gboolean       is_exclusive)
{
  int flags = O_RDWR | O_CREAT | O_CLOEXEC | (is_exclusive ? O_EXCL : O_TRUNC);
  int handle = openat (base_of (layer), path, flags, 0600);

  return handle >= 0 ? handle : -errno;
}

static int
real_open (WeftFileLayer *layer,
           const char    *path)
{
  int handle = openat (base_of (layer), path, O_RDWR | O_CLOEXEC);

  return handle >= 0 ? handle : -errno;
}

static int
real_write (WeftFileLayer *layer,
            int            handle,
            gconstpointer  data,
            gsize          length,
            guint64        offset)
{
  const guint8 *bytes = data;

  while (length > 0)
    {
      gssize n_written = pwrite (handle, bytes, length, (off_t) offset);

      if (n_written < 0 && errno == EINTR)
        continue;
      if (n_written <= 0)
        return n_written < 0 ? -errno : -ENOSPC;
      bytes += n_written;
      length -= (gsize) n_written;
      offset += (guint64) n_written;
    }

  return 0;
}

static int
real_sync (WeftFileLayer *layer,
           int            handle)
{
  return fdatasync (handle) == 0 ? 0 : -errno;
}

static void
real_close (WeftFileLayer *layer,
            int            handle)
{
  close (handle);
}

static int
real_rename (WeftFileLayer *layer,
             const char    *from,
             const char    *to)
{
  return renameat (base_of (layer), from, base_of (layer), to) == 0 ? 0 : -errno;
}

static int
real_unlink (WeftFileLayer *layer,
             const char    *path)
{
  return unlinkat (base_of (layer), path, 0) == 0 ? 0 : -errno;
}

static int
real_sync_dir (WeftFileLayer *layer,
               const char    *path)
{
  int handle = openat (base_of (layer), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int status;

  if (handle < 0)
    return -errno;
  status = fsync (handle) == 0 ? 0 : -errno;
  close (handle);

  return status;
}

static int
read_all (int      handle,
          GBytes **bytes)
{
  g_autofree guint8 *data = NULL;
  struct stat info;
  gsize length = 0;

  if (fstat (handle, &info) != 0)
    return -errno;
  data = g_malloc ((gsize) info.st_size + 1);
  while (length < (gsize) info.st_size)
    {
      gssize n_read = read (handle, data + length, (gsize) info.st_size - length);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        return -errno;
      if (n_read == 0)
        break;
      length += (gsize) n_read;
    }
  *bytes = g_bytes_new_take (g_steal_pointer (&data), length);

  return 0;
}

static int
real_read (WeftFileLayer *layer,
           const char    *path,
           GBytes       **bytes)
{
  int handle = openat (base_of (layer), path, O_RDONLY | O_CLOEXEC);
  int status;

  if (handle < 0)
    return -errno;
  status = read_all (handle, bytes);
  close (handle);

  return status;
}

static int
real_read_at (WeftFileLayer *layer,
              int            handle,
              gpointer       data,
              gsize          length,
              guint64        offset)
{
  guint8 *bytes = data;

  while (length > 0)
    {
      gssize n_read = pread (handle, bytes, length, (off_t) offset);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read <= 0)
        return n_read < 0 ? -errno : -ENODATA;
      bytes += n_read;
      length -= (gsize) n_read;
      offset += (guint64) n_read;
    }

  return 0;
}

static int
real_list (WeftFileLayer *layer,
           const char    *path,
           GPtrArray    **names)
{
  int handle = openat (base_of (layer), path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream;

  if (handle < 0)
    return -errno;
  stream = fdopendir (handle);
  if (stream == NULL)
    {
      int status = -errno;

      close (handle);
      return status;
    }

  *names = g_ptr_array_new_with_free_func (g_free);
  for (struct dirent *entry = readdir (stream); entry != NULL; entry = readdir (stream))
    if (!g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, ".."))
      g_ptr_array_add (*names, g_strdup (entry->d_name));
  closedir (stream);

  return 0;
}

static int
real_get_size (WeftFileLayer *layer,
               const char    *path,
               guint64       *size)
{
  struct stat info;

  if (fstatat (base_of (layer), path, &info, AT_SYMLINK_NOFOLLOW) != 0)
    return -errno;
  *size = (guint64) info.st_size;

  return 0;
}

static int
real_get_space (WeftFileLayer *layer,
                guint64       *available)
{
  struct statvfs info;

  if (fstatvfs (base_of (layer), &info) != 0)
    return -errno;
  *available = (guint64) info.f_bavail * info.f_frsize;

  return 0;
}

static void
real_free (WeftFileLayer *layer)
{
  close (base_of (layer));
}

WeftFileLayer *
weft_file_layer_new_real (const char *base_path,
                          GError    **error)
{
  RealLayer *self;
  int base = open (base_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (base < 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "could not open the folder %s: %s",
                   base_path, g_strerror (errno));
      return NULL;
    }

  self = g_new0 (RealLayer, 1);
  self->base = base;
  self->parent = (WeftFileLayer) {
    .base_path = g_strdup (base_path),
    .create = real_create,
    .open = real_open,
    .write = real_write,
    .sync = real_sync,
    .close = real_close,
    .rename = real_rename,
    .unlink = real_unlink,
    .sync_dir = real_sync_dir,
    .read = real_read,
    .read_at = real_read_at,
    .list = real_list,
    .get_size = real_get_size,
    .get_space = real_get_space,
    .free = real_free,
  };

  return &self->parent;
}

void
weft_file_layer_free (WeftFileLayer *self)
{
  self->free (self);
  g_free (self->base_path);
  g_free (self);
}

void
weft_file_layer_set_error (WeftFileLayer *self,
                           GError       **error,
                           int            status,
                           const char    *verb,
                           const char    *path)
{
  g_assert (status < 0);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "could not %s %s%s%s: %s", verb,
               self->base_path, *path != '\0' ? "/" : "", path, g_strerror (-status));
}

void
weft_file_layer_set_corrupt (WeftFileLayer *self,
                             GError       **error,
                             const char    *path,
                             const char    *format,
                             ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "%s/%s is damaged: %s", self->base_path,
               path, reason);
}
