/* weft-fake-state.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-fake-state.h"

#include <string.h>

#define SECTOR_BYTES 512

typedef struct
{
  int inode;
  gboolean is_dir;
} Entry;

struct _FakeState
{
  GTree *entries;     /* (element-type utf8 Entry) */
  GHashTable *inodes; /* (element-type int GBytes) of the files */
};

static int
compare_paths (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

FakeState *
fake_state_new (void)
{
  FakeState *self = g_new0 (FakeState, 1);

  self->entries = g_tree_new_full (compare_paths, NULL, g_free, g_free);
  self->inodes = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);

  return self;
}

void
fake_state_free (FakeState *self)
{
  g_tree_unref (self->entries);
  g_hash_table_unref (self->inodes);
  g_free (self);
}

void
fake_action_free (FakeAction *action)
{
  g_free (action->path);
  g_free (action->from);
  g_clear_pointer (&action->data, g_bytes_unref);
  g_free (action);
}

static void
link_entry (FakeState  *self,
            const char *path,
            int         inode,
            gboolean    is_dir)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->inode = inode;
  entry->is_dir = is_dir;
  g_tree_replace (self->entries, g_strdup (path), entry);
}

FakeState *
fake_state_copy (FakeState *self)
{
  FakeState *copy = fake_state_new ();
  GHashTableIter iter;
  gpointer inode;
  gpointer bytes;

  for (GTreeNode *node = g_tree_node_first (self->entries); node != NULL;
       node = g_tree_node_next (node))
    {
      Entry *entry = g_tree_node_value (node);

      link_entry (copy, g_tree_node_key (node), entry->inode, entry->is_dir);
    }
  g_hash_table_iter_init (&iter, self->inodes);
  while (g_hash_table_iter_next (&iter, &inode, &bytes))
    g_hash_table_insert (copy->inodes, inode, g_bytes_ref (bytes));

  return copy;
}

int
fake_state_find (FakeState  *self,
                 const char *path,
                 gboolean   *is_dir)
{
  Entry *entry = g_tree_lookup (self->entries, path);

  *is_dir = entry != NULL && entry->is_dir;

  return entry != NULL ? entry->inode : 0;
}

gboolean
fake_state_has_parent (FakeState  *self,
                       const char *path)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *parent = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : NULL;
  gboolean is_dir = FALSE;

  return parent == NULL || (fake_state_find (self, parent, &is_dir) != 0 && is_dir);
}

GBytes *
fake_state_read (FakeState *self,
                 int        inode)
{
  GBytes *bytes = g_hash_table_lookup (self->inodes, GINT_TO_POINTER (inode));

  return bytes != NULL ? g_bytes_ref (bytes) : g_bytes_new (NULL, 0);
}

gsize
fake_state_get_size (FakeState *self,
                     int        inode)
{
  g_autoptr (GBytes) bytes = fake_state_read (self, inode);

  return g_bytes_get_size (bytes);
}

static void
set_bytes (FakeState  *self,
           int         inode,
           GByteArray *array)
{
  g_hash_table_insert (self->inodes, GINT_TO_POINTER (inode), g_byte_array_free_to_bytes (array));
}

static GByteArray *
edit (FakeState *self,
      int        inode)
{
  g_autoptr (GBytes) bytes = fake_state_read (self, inode);
  GByteArray *array = g_byte_array_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  g_byte_array_append (array, data, (guint) length);

  return array;
}

static void
write_sectors (FakeState        *self,
               const FakeAction *action,
               const gboolean   *sectors,
               guint             n_sectors)
{
  GByteArray *array = edit (self, action->inode);
  gsize length;
  const guint8 *data = g_bytes_get_data (action->data, &length);
  guint64 first = action->offset / SECTOR_BYTES;

  for (gsize i = 0; i < length;)
    {
      guint64 at = action->offset + i;
      gsize n = MIN (SECTOR_BYTES - at % SECTOR_BYTES, length - i);
      guint64 sector = at / SECTOR_BYTES - first;

      if (sectors == NULL || (sector < n_sectors && sectors[sector]))
        {
          guint old = array->len;

          if (at + n > old)
            {
              g_byte_array_set_size (array, (guint) (at + n));
              memset (array->data + old, 0, array->len - old);
            }
          memcpy (array->data + at, data + i, n);
        }
      i += n;
    }
  set_bytes (self, action->inode, array);
}

void
fake_state_apply (FakeState        *self,
                  const FakeAction *action,
                  const gboolean   *sectors,
                  guint             n_sectors)
{
  switch (action->kind)
    {
    case FAKE_CREATE:
      /* What is in a folder that never got to the disk is nowhere. */
      if (fake_state_has_parent (self, action->path))
        link_entry (self, action->path, action->inode, FALSE);
      break;

    case FAKE_WRITE:
      write_sectors (self, action, sectors, n_sectors);
      break;

    case FAKE_RENAME:
      g_tree_remove (self->entries, action->from);
      if (fake_state_has_parent (self, action->path))
        link_entry (self, action->path, action->inode, FALSE);
      break;

    case FAKE_UNLINK:
      g_tree_remove (self->entries, action->path);
      break;

    case FAKE_SYNC:
    case FAKE_SYNC_DIR:
    case FAKE_READ:
    case FAKE_MARK:
      break;

    default:
      g_assert_not_reached ();
    }
}

GPtrArray *
fake_state_list (FakeState  *self,
                 const char *path)
{
  g_autofree char *prefix = g_str_equal (path, ".") ? g_strdup ("") : g_strconcat (path, "/", NULL);
  gboolean is_dir = TRUE;
  GPtrArray *names;

  if (*prefix != '\0' && (fake_state_find (self, path, &is_dir) == 0 || !is_dir))
    return NULL;

  names = g_ptr_array_new_with_free_func (g_free);
  for (GTreeNode *node = g_tree_node_first (self->entries); node != NULL;
       node = g_tree_node_next (node))
    {
      const char *entry = g_tree_node_key (node);

      if (g_str_has_prefix (entry, prefix) && strchr (entry + strlen (prefix), '/') == NULL)
        g_ptr_array_add (names, g_strdup (entry + strlen (prefix)));
    }

  return names;
}

gboolean
fake_state_flip (FakeState  *self,
                 const char *path,
                 gsize       offset)
{
  gboolean is_dir;
  int inode = fake_state_find (self, path, &is_dir);
  GByteArray *array = edit (self, inode);
  gboolean is_there = offset < array->len;

  if (is_there)
    array->data[offset] ^= 1;
  set_bytes (self, inode, array);

  return is_there;
}

gboolean
fake_state_cut (FakeState  *self,
                const char *path,
                gsize       length)
{
  gboolean is_dir;
  int inode = fake_state_find (self, path, &is_dir);
  GByteArray *array = edit (self, inode);

  if (length < array->len)
    g_byte_array_set_size (array, (guint) length);
  set_bytes (self, inode, array);

  return inode != 0;
}

gboolean
fake_state_remove (FakeState  *self,
                   const char *path)
{
  return g_tree_remove (self->entries, path);
}
