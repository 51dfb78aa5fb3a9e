/* weft-node-directory.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-node-directory.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_NAME "lock"
#define IDENTITY_NAME "identity"
/* A pid and a line feed. */
#define PID_BYTES_MAX 24

struct _WeftNodeDirectory
{
  char *path;
  int lock_fd;
};

static void
set_system_error (GError     **error,
                  WeftError    code,
                  int          saved_errno,
                  const char  *doing,
                  const char  *path)
{
  g_set_error (error, WEFT_ERROR, code, "%s %s: %s", doing, path, g_strerror (saved_errno));
}

static gboolean
make_directory (const char  *path,
                GError     **error)
{
  struct stat info;

  if (g_mkdir_with_parents (path, 0700) != 0)
    {
      set_system_error (error, WEFT_ERROR_FAILED, errno, "making the data directory", path);
      return FALSE;
    }
  if (stat (path, &info) != 0 || !S_ISDIR (info.st_mode))
    {
      set_system_error (error, WEFT_ERROR_FAILED, ENOTDIR, "opening the data directory", path);
      return FALSE;
    }
  if (access (path, R_OK | W_OK | X_OK) != 0)
    {
      set_system_error (error, WEFT_ERROR_FAILED, errno, "opening the data directory", path);
      return FALSE;
    }

  return TRUE;
}

static void
set_held_error (GError     **error,
                int          fd,
                const char  *lock_path)
{
  char pid[PID_BYTES_MAX + 1] = { 0 };
  ssize_t length = pread (fd, pid, PID_BYTES_MAX, 0);

  /* The owner writes its pid just after it took the lock, so it may not be there yet. */
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
               "another node with pid %s uses this data directory: %s is locked",
               length > 0 ? g_strstrip (pid) : "unknown", lock_path);
}

/* The lock goes with the process however that ends; the file stays, because removing it would
 * let two processes lock two files of one name. */
static int
take_lock (const char  *lock_path,
           GError     **error)
{
  g_autofree char *pid = g_strdup_printf ("%ld\n", (long) getpid ());
  int fd = g_open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      set_system_error (error, WEFT_ERROR_FAILED, errno, "opening", lock_path);
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == EWOULDBLOCK)
        set_held_error (error, fd, lock_path);
      else
        set_system_error (error, WEFT_ERROR_FAILED, errno, "locking", lock_path);
      close (fd);
      return -1;
    }
  if (ftruncate (fd, 0) != 0 || pwrite (fd, pid, strlen (pid), 0) < 0)
    {
      set_system_error (error, WEFT_ERROR_FAILED, errno, "writing", lock_path);
      close (fd);
      return -1;
    }

  return fd;
}

WeftNodeDirectory *
weft_node_directory_open (const char  *path,
                          GError     **error)
{
  g_autofree char *lock_path = NULL;
  WeftNodeDirectory *self;
  int lock_fd;

  g_return_val_if_fail (path != NULL, NULL);

  if (!make_directory (path, error))
    return NULL;
  lock_path = g_build_filename (path, LOCK_NAME, NULL);
  lock_fd = take_lock (lock_path, error);
  if (lock_fd < 0)
    return NULL;

  self = g_new0 (WeftNodeDirectory, 1);
  self->path = g_strdup (path);
  self->lock_fd = lock_fd;

  return self;
}

void
weft_node_directory_close (WeftNodeDirectory *self)
{
  g_return_if_fail (self != NULL);

  close (self->lock_fd);
  g_free (self->path);
  g_free (self);
}

char *
weft_node_directory_build_path (WeftNodeDirectory *self,
                                const char        *name)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_build_filename (self->path, name, NULL);
}

/* Loads the identity, or makes one the first time. A key that is there but broken is an error:
 * making another would silently turn the node into somebody else. */
WeftIdentity *
weft_node_directory_ensure_identity (WeftNodeDirectory  *self,
                                     WeftRandom         *random,
                                     GError            **error)
{
  g_autofree char *path = weft_node_directory_build_path (self, IDENTITY_NAME);
  g_autoptr(WeftIdentity) identity = NULL;
  g_autoptr(GError) load_error = NULL;

  identity = weft_identity_load (path, &load_error);
  if (identity != NULL)
    return g_steal_pointer (&identity);
  if (!g_error_matches (load_error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&load_error));
      return NULL;
    }

  identity = weft_identity_new (random);
  if (!weft_identity_save (identity, path, FALSE, error))
    return NULL;

  return g_steal_pointer (&identity);
}

/* Reads the identity of a directory that a node may be using right now. */
WeftIdentity *
weft_node_directory_peek_identity (const char  *path,
                                   GError     **error)
{
  g_autofree char *identity_path = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  identity_path = g_build_filename (path, IDENTITY_NAME, NULL);

  return weft_identity_load (identity_path, error);
}
