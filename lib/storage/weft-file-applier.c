/* weft-file-applier.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-applier-private.h"

#include <errno.h>
#include <string.h>

/* One applier is at work at a time, so one name is enough for what is about to replace a file. */
#define TEMPORARY "write.tmp"
#define DISK_BLOCK_BYTES 4096

typedef struct
{
  const char *path;
  const char *text; /* NULL deletes */
  gsize length;
  guint order;
} Item;

struct _WeftFileApplier
{
  WeftFileLayer *layer;
  gint64 *usage;
  GArray *items; /* (element-type Item) */
  guint done;
};

WeftFileApplier *
weft_file_applier_new (WeftFileLayer *layer,
                       gint64        *usage)
{
  WeftFileApplier *self = g_new0 (WeftFileApplier, 1);

  self->layer = layer;
  self->usage = usage;
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));

  return self;
}

void
weft_file_applier_free (WeftFileApplier *self)
{
  g_array_unref (self->items);
  g_free (self);
}

void
weft_file_applier_add (WeftFileApplier *self,
                       const char      *path,
                       const char      *text,
                       gsize            length)
{
  const Item item = { path, text, length, self->items->len };

  g_array_append_val (self->items, item);
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const Item *x = a;
  const Item *y = b;
  int order = strcmp (x->path, y->path);

  return order != 0 ? order : (x->order > y->order) - (x->order < y->order);
}

void
weft_file_applier_sort (WeftFileApplier *self)
{
  Item *items = (Item *) (gpointer) self->items->data;
  guint n_kept = 0;

  g_array_sort (self->items, compare_items);
  for (guint i = 0; i < self->items->len; i++)
    if (i + 1 == self->items->len || !g_str_equal (items[i].path, items[i + 1].path))
      items[n_kept++] = items[i];
  g_array_set_size (self->items, n_kept);
}

gint64
weft_file_applier_round (guint64 size)
{
  return (gint64) ((size + DISK_BLOCK_BYTES - 1) / DISK_BLOCK_BYTES * DISK_BLOCK_BYTES);
}

static gint64
measure (WeftFileApplier *self,
         const char      *path)
{
  guint64 size;

  return self->layer->get_size (self->layer, path, &size) == 0 ? weft_file_applier_round (size) : 0;
}

static gboolean
check (WeftFileApplier *self,
       int              status,
       const char      *verb,
       const char      *path,
       GError         **error)
{
  if (status < 0)
    weft_file_layer_set_error (self->layer, error, status, verb, path);

  return status >= 0;
}

static gboolean
make_parents (WeftFileApplier *self,
              const char      *path,
              GError         **error)
{
  for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *folder = g_strndup (path, (gsize) (slash - path));
      int status = self->layer->make_dir (self->layer, folder);

      if (status == 0)
        *self->usage += DISK_BLOCK_BYTES;
      else if (status != -EEXIST)
        return check (self, status, "make the folder", folder, error);
    }

  return TRUE;
}

static gboolean
fill (WeftFileApplier *self,
      int              handle,
      const Item      *item,
      const char      *path,
      GError         **error)
{
  int status;

  if (!check (self, handle, "create", path, error))
    return FALSE;
  status = self->layer->write (self->layer, handle, item->text, item->length, 0);
  self->layer->close (self->layer, handle);

  return check (self, status, "write", path, error);
}

/* A file that is new takes its name at once: until the journal is dropped, a part of it is as good
 * as none. One that is there is only replaced by a whole one, so that damage to the journal cannot
 * cost more than what the journal held. */
static gboolean
put (WeftFileApplier *self,
     const Item      *item,
     GError         **error)
{
  WeftFileLayer *layer = self->layer;
  int handle = layer->create (layer, item->path, TRUE);
  gint64 before = 0;

  if (handle == -ENOENT)
    {
      if (!make_parents (self, item->path, error))
        return FALSE;
      handle = layer->create (layer, item->path, TRUE);
    }

  if (handle == -EEXIST)
    {
      before = measure (self, item->path);
      handle = layer->create (layer, TEMPORARY, FALSE);
      if (!fill (self, handle, item, TEMPORARY, error)
          || !check (self, layer->rename (layer, TEMPORARY, item->path), "replace", item->path,
                     error))
        return FALSE;
    }
  else if (!fill (self, handle, item, item->path, error))
    {
      return FALSE;
    }
  *self->usage += weft_file_applier_round (item->length) - before;

  return TRUE;
}

static gboolean
delete_file (WeftFileApplier *self,
             const Item      *item,
             GError         **error)
{
  gint64 before = measure (self, item->path);
  int status = self->layer->unlink (self->layer, item->path);

  /* It may have come and gone within one journal, or be deleted a second time. */
  if (status == -ENOENT || status == -ENOTDIR)
    return TRUE;
  if (status == 0)
    *self->usage -= before;

  return check (self, status, "delete", item->path, error);
}

gboolean
weft_file_applier_step (WeftFileApplier *self,
                        guint            n_files_max,
                        GError         **error)
{
  for (guint i = 0; i < n_files_max && self->done < self->items->len; i++)
    {
      const Item *item = &g_array_index (self->items, Item, self->done);

      if (item->text != NULL ? !put (self, item, error) : !delete_file (self, item, error))
        return FALSE;
      self->done++;
    }

  return TRUE;
}

gboolean
weft_file_applier_sync (WeftFileApplier *self,
                        GError         **error)
{
  int status = self->layer->sync_all (self->layer);

  g_assert (self->done == self->items->len);

  /* The kernel may have given up pages that it could not write. */
  if (status < 0)
    self->done = 0;

  return check (self, status, "sync", "", error);
}
