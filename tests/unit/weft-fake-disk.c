/* weft-fake-disk.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-fake-disk.h"

#include <errno.h>
#include <string.h>

#include "weft-fake-state.h"

struct _FakeDisk
{
  GMutex mutex; /* the storage's thread and the owner's both come here */
  FakeState *first;
  FakeState *now;
  GPtrArray *log; /* (element-type FakeAction) */
  guint n_indexed;
  int last_inode;
  gboolean is_full;
  FakeKind fail_kind;
  guint fail_after;
  gboolean fails;
  gboolean fails_on;
  guint life;       /* layers of an earlier one do nothing any more */
  guint ends_after; /* so many things; 0 when it does not */
};

typedef struct
{
  WeftFileLayer parent;
  FakeDisk *disk;
  guint life;
} FakeLayer;

static FakeDisk *
disk_new (FakeState *state,
          int        last_inode)
{
  FakeDisk *self = g_new0 (FakeDisk, 1);

  g_mutex_init (&self->mutex);
  self->first = state;
  self->now = fake_state_copy (state);
  self->log = g_ptr_array_new_with_free_func ((GDestroyNotify) fake_action_free);
  self->last_inode = last_inode;

  return self;
}

FakeDisk *
fake_disk_new (void)
{
  return disk_new (fake_state_new (), 0);
}

void
fake_disk_free (FakeDisk *self)
{
  g_ptr_array_unref (self->log);
  fake_state_free (self->first);
  fake_state_free (self->now);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/* Does a thing, and remembers it. Takes the action. */
static void
perform (FakeDisk   *self,
         FakeAction *action)
{
  fake_state_apply (self->now, action, NULL, 0);
  g_ptr_array_add (self->log, action);
  if (action->kind != FAKE_MARK && self->ends_after > 0 && --self->ends_after == 0)
    self->life++;
}

static FakeAction *
action_new (FakeKind    kind,
            const char *path,
            int         inode)
{
  FakeAction *action = g_new0 (FakeAction, 1);

  action->kind = kind;
  action->path = g_strdup (path);
  action->inode = inode;

  return action;
}

static gboolean
must_fail (FakeDisk *self,
           FakeKind  kind)
{
  if (!self->fails || self->fail_kind != kind)
    return FALSE;
  if (self->fail_after > 0)
    {
      self->fail_after--;
      return FALSE;
    }
  self->fails = self->fails_on;

  return TRUE;
}

/* NULL when the process that had the layer is no more. */
static FakeDisk *
lock (WeftFileLayer *layer)
{
  FakeDisk *self = ((FakeLayer *) layer)->disk;

  g_mutex_lock (&self->mutex);
  if (self->life == ((FakeLayer *) layer)->life)
    return self;
  g_mutex_unlock (&self->mutex);

  return NULL;
}

static int
unlock (FakeDisk *self,
        int       status)
{
  g_mutex_unlock (&self->mutex);

  return status;
}

static int
fake_create (WeftFileLayer *layer,
             const char    *path,
             gboolean       is_exclusive)
{
  FakeDisk *self = lock (layer);
  gboolean is_dir;

  if (self == NULL)
    return -EIO;
  if (!fake_state_has_parent (self->now, path))
    return unlock (self, -ENOENT);
  if (is_exclusive && fake_state_find (self->now, path, &is_dir) != 0)
    return unlock (self, -EEXIST);
  if (self->is_full)
    return unlock (self, -ENOSPC);

  /* A file that is made anew in the place of another is another file here, which is the worse. */
  self->last_inode++;
  perform (self, action_new (FAKE_CREATE, path, self->last_inode));

  return unlock (self, self->last_inode);
}

static int
fake_open (WeftFileLayer *layer,
           const char    *path)
{
  FakeDisk *self = lock (layer);
  gboolean is_dir = FALSE;
  int inode;

  if (self == NULL)
    return -EIO;
  inode = fake_state_find (self->now, path, &is_dir);

  return unlock (self, inode == 0 ? -ENOENT : is_dir ? -EISDIR : inode);
}

static int
fake_write (WeftFileLayer *layer,
            int            handle,
            gconstpointer  data,
            gsize          length,
            guint64        offset)
{
  FakeDisk *self = lock (layer);
  gsize room = length;
  int status = 0;
  FakeAction *action;

  if (self == NULL)
    return -EIO;
  if (self->is_full && offset + length > fake_state_get_size (self->now, handle))
    {
      gsize size = fake_state_get_size (self->now, handle);

      room = size > offset ? size - offset : 0;
      status = -ENOSPC;
    }
  if (must_fail (self, FAKE_WRITE))
    {
      room = length / 2;
      status = -EIO;
    }

  action = action_new (FAKE_WRITE, NULL, handle);
  action->offset = offset;
  action->data = g_bytes_new (data, room);
  perform (self, action);

  return unlock (self, status);
}

/* After an error the kernel thinks that there is nothing left to write: so the next sync says yes,
 * though nothing got to the disk. The log keeps what was written as never synced. */
static int
fake_sync (WeftFileLayer *layer,
           int            handle)
{
  FakeDisk *self = lock (layer);

  if (self == NULL)
    return -EIO;
  if (must_fail (self, FAKE_SYNC))
    {
      fake_log_forget (self->log, handle);
      return unlock (self, -EIO);
    }
  perform (self, action_new (FAKE_SYNC, NULL, handle));

  return unlock (self, 0);
}

static void
fake_close (WeftFileLayer *layer,
            int            handle)
{
}

static int
fake_rename (WeftFileLayer *layer,
             const char    *from,
             const char    *to)
{
  FakeDisk *self = lock (layer);
  gboolean is_dir;
  int inode;
  FakeAction *action;

  if (self == NULL)
    return -EIO;
  inode = fake_state_find (self->now, from, &is_dir);

  if (inode == 0 || !fake_state_has_parent (self->now, to))
    return unlock (self, -ENOENT);
  action = action_new (FAKE_RENAME, to, inode);
  action->from = g_strdup (from);
  perform (self, action);

  return unlock (self, 0);
}

static int
fake_unlink (WeftFileLayer *layer,
             const char    *path)
{
  FakeDisk *self = lock (layer);
  gboolean is_dir;

  if (self == NULL)
    return -EIO;
  if (fake_state_find (self->now, path, &is_dir) == 0)
    return unlock (self, -ENOENT);
  perform (self, action_new (FAKE_UNLINK, path, 0));

  return unlock (self, 0);
}

static int
fake_sync_dir (WeftFileLayer *layer,
               const char    *path)
{
  FakeDisk *self = lock (layer);

  if (self == NULL)
    return -EIO;
  if (must_fail (self, FAKE_SYNC_DIR))
    return unlock (self, -EIO);
  perform (self, action_new (FAKE_SYNC_DIR, path, 0));

  return unlock (self, 0);
}

static int
fake_read (WeftFileLayer *layer,
           const char    *path,
           GBytes       **bytes)
{
  FakeDisk *self = lock (layer);
  gboolean is_dir = FALSE;
  int inode;

  if (self == NULL)
    return -EIO;
  inode = fake_state_find (self->now, path, &is_dir);

  if (inode == 0 || is_dir)
    return unlock (self, inode == 0 ? -ENOENT : -EISDIR);
  *bytes = fake_state_read (self->now, inode);

  return unlock (self, 0);
}

static int
fake_read_at (WeftFileLayer *layer,
              int            handle,
              gpointer       data,
              gsize          length,
              guint64        offset)
{
  FakeDisk *self = lock (layer);
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const guint8 *content;

  if (self == NULL)
    return -EIO;
  bytes = fake_state_read (self->now, handle);
  content = g_bytes_get_data (bytes, &size);

  if (must_fail (self, FAKE_READ))
    return unlock (self, -EIO);
  if (offset + length > size)
    return unlock (self, -ENODATA);
  memcpy (data, content + offset, length);

  return unlock (self, 0);
}

static int
fake_list (WeftFileLayer *layer,
           const char    *path,
           GPtrArray    **names)
{
  FakeDisk *self = lock (layer);

  if (self == NULL)
    return -EIO;
  *names = fake_state_list (self->now, path);

  return unlock (self, *names != NULL ? 0 : -ENOENT);
}

static int
fake_get_size (WeftFileLayer *layer,
               const char    *path,
               guint64       *size)
{
  FakeDisk *self = lock (layer);
  gboolean is_dir = FALSE;
  int inode;

  if (self == NULL)
    return -EIO;
  inode = fake_state_find (self->now, path, &is_dir);

  *size = is_dir ? 0 : fake_state_get_size (self->now, inode);

  return unlock (self, inode == 0 ? -ENOENT : 0);
}

static int
fake_get_space (WeftFileLayer *layer,
                guint64       *available)
{
  FakeDisk *self = lock (layer);

  if (self == NULL)
    return -EIO;
  *available = self->is_full ? 0 : 1 << 30;

  return unlock (self, 0);
}

static void
fake_free (WeftFileLayer *layer)
{
}

WeftFileLayer *
fake_disk_get_layer (FakeDisk *self)
{
  FakeLayer *layer = g_new0 (FakeLayer, 1);

  layer->disk = self;
  layer->life = self->life;
  layer->parent = (WeftFileLayer) {
    .base_path = g_strdup ("/fake"),
    .create = fake_create,
    .open = fake_open,
    .write = fake_write,
    .sync = fake_sync,
    .close = fake_close,
    .rename = fake_rename,
    .unlink = fake_unlink,
    .sync_dir = fake_sync_dir,
    .read = fake_read,
    .read_at = fake_read_at,
    .list = fake_list,
    .get_size = fake_get_size,
    .get_space = fake_get_space,
    .free = fake_free,
  };

  return &layer->parent;
}

void
fake_disk_mark (FakeDisk *self,
                guint     mark)
{
  FakeAction *action = action_new (FAKE_MARK, NULL, 0);

  action->offset = mark;
  g_mutex_lock (&self->mutex);
  perform (self, action);
  g_mutex_unlock (&self->mutex);
}

guint
fake_disk_get_length (FakeDisk *self)
{
  return self->log->len;
}

FakeKind
fake_disk_get_kind (FakeDisk *self,
                    guint     index)
{
  return ((FakeAction *) g_ptr_array_index (self->log, index))->kind;
}

guint
fake_disk_get_mark (FakeDisk *self,
                    guint     index)
{
  return (guint) ((FakeAction *) g_ptr_array_index (self->log, index))->offset;
}

char *
fake_disk_describe (FakeDisk *self,
                    guint     index)
{
  static const char * const names[] = {
    "create", "write", "sync", "rename", "unlink", "sync-dir", "read", "mark",
  };
  FakeAction *action = g_ptr_array_index (self->log, index);

  return g_strdup_printf ("%s %s #%d at %" G_GUINT64_FORMAT, names[action->kind],
                          action->path != NULL ? action->path : "", action->inode, action->offset);
}

FakeDisk *
fake_disk_crash (FakeDisk *self,
                 guint     n_done,
                 FakeCrash crash,
                 guint     choice)
{
  FakeState *state;

  g_mutex_lock (&self->mutex);
  if (self->n_indexed != self->log->len)
    fake_log_index (self->log);
  self->n_indexed = self->log->len;
  state = fake_log_crash (self->first, self->log, n_done, crash, choice);
  g_mutex_unlock (&self->mutex);

  return state != NULL ? disk_new (state, self->last_inode) : NULL;
}

void
fake_disk_kill (FakeDisk *self,
                guint     n_before)
{
  g_mutex_lock (&self->mutex);
  self->ends_after = n_before;
  if (n_before == 0)
    self->life++;
  g_mutex_unlock (&self->mutex);
}

void
fake_disk_set_full (FakeDisk *self,
                    gboolean  is_full)
{
  g_mutex_lock (&self->mutex);
  self->is_full = is_full;
  g_mutex_unlock (&self->mutex);
}

void
fake_disk_fail (FakeDisk *self,
                FakeKind  kind,
                guint     n_before,
                gboolean  is_lasting)
{
  g_mutex_lock (&self->mutex);
  self->fail_kind = kind;
  self->fail_after = n_before;
  self->fails = kind != FAKE_MARK;
  self->fails_on = is_lasting;
  g_mutex_unlock (&self->mutex);
}

gboolean
fake_disk_flip (FakeDisk   *self,
                const char *path,
                gsize       offset)
{
  return fake_state_flip (self->now, path, offset);
}

gboolean
fake_disk_cut (FakeDisk   *self,
               const char *path,
               gsize       length)
{
  return fake_state_cut (self->now, path, length);
}

gboolean
fake_disk_remove (FakeDisk   *self,
                  const char *path)
{
  return fake_state_remove (self->now, path);
}

gsize
fake_disk_get_size (FakeDisk   *self,
                    const char *path)
{
  gboolean is_dir;

  return fake_state_get_size (self->now, fake_state_find (self->now, path, &is_dir));
}

gsize
fake_disk_get_used (FakeDisk   *self,
                    const char *path)
{
  gboolean is_dir;
  int inode = fake_state_find (self->now, path, &is_dir);
  g_autoptr (GBytes) bytes = fake_state_read (self->now, inode);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0 && data[length - 1] == '\0')
    length--;

  return length;
}
