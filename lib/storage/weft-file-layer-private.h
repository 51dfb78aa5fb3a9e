/* weft-file-layer-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _WeftFileLayer WeftFileLayer;

/* All that a file storage does to a disk. Paths are relative to the folder of the storage. The
 * functions return 0, or a handle from create() and open(), or a negative errno. Threads may call
 * them at the same time, for different files. */
struct _WeftFileLayer
{
  char *base_path;

  /* Makes a new file: with `is_exclusive` -EEXIST if there is one, else what was there is lost. */
  int  (*create)    (WeftFileLayer *self, const char *path, gboolean is_exclusive);
  int  (*open)      (WeftFileLayer *self, const char *path);
  /* Writes all of it, or an unknown part and returns an error. */
  int  (*write)     (WeftFileLayer *self, int handle, gconstpointer data, gsize length,
                     guint64 offset);
  int  (*sync)      (WeftFileLayer *self, int handle);
  void (*close)     (WeftFileLayer *self, int handle);
  int  (*rename)    (WeftFileLayer *self, const char *from, const char *to);
  int  (*unlink)    (WeftFileLayer *self, const char *path);
  /* Makes the names in a folder durable. */
  int  (*sync_dir)  (WeftFileLayer *self, const char *path);
  int  (*read)      (WeftFileLayer *self, const char *path, GBytes **bytes);
  /* Reads all of it, or returns an error; -ENODATA when the file is too short. */
  int  (*read_at)   (WeftFileLayer *self, int handle, gpointer data, gsize length,
                     guint64 offset);
  int  (*list)      (WeftFileLayer *self, const char *path, GPtrArray **names);
  int  (*get_size)  (WeftFileLayer *self, const char *path, guint64 *size);
  int  (*get_space) (WeftFileLayer *self, guint64 *available);
  void (*free)      (WeftFileLayer *self);
};

/* Takes a folder that exists. */
WeftFileLayer *weft_file_layer_new_real  (const char     *base_path,
                                          GError        **error) G_GNUC_WARN_UNUSED_RESULT;
void           weft_file_layer_free      (WeftFileLayer  *self);
/* "could not <verb> <base>/<path>: <reason>"; a device that refuses may work later. */
void           weft_file_layer_set_error (WeftFileLayer  *self,
                                          GError        **error,
                                          int             status,
                                          const char     *verb,
                                          const char     *path);
void           weft_file_layer_set_corrupt (WeftFileLayer  *self,
                                            GError        **error,
                                            const char     *path,
                                            const char     *format,
                                            ...) G_GNUC_PRINTF (4, 5);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileLayer, weft_file_layer_free)

G_END_DECLS
