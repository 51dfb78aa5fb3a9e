/* weft-file-cache.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-cache-private.h"

#include <string.h>

#include "weft-file-name-private.h"

/* Scopes that must stay are passed over when room is made, but not all of them every time. */
#define TRIM_STEPS_MAX 64
/* No scope has more of the room for its values than one part in so many. */
#define SHED_SHARE 4

struct _WeftFileCache
{
  WeftFileLayer *layer;
  gsize bytes_max;
  WeftFileScope *node;
  GHashTable *blocks; /* (element-type utf8 WeftFileScope) */
  GQueue recent;      /* (element-type WeftFileScope) the last used first */
  gsize bytes;        /* of those, when they were last looked at */
  GTree *ids;         /* (element-type utf8) all blocks; NULL until somebody lists them */
};

static int
compare_ids (gconstpointer a,
             gconstpointer b,
             gpointer      user_data)
{
  return strcmp (a, b);
}

WeftFileCache *
weft_file_cache_new (WeftFileLayer *layer,
                     gsize          bytes_max)
{
  WeftFileCache *self = g_new0 (WeftFileCache, 1);

  self->layer = layer;
  self->bytes_max = bytes_max;
  self->node = weft_file_scope_new (layer, NULL);
  self->blocks = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify) weft_file_scope_free);
  g_queue_init (&self->recent);

  return self;
}

void
weft_file_cache_free (WeftFileCache *self)
{
  g_hash_table_unref (self->blocks);
  weft_file_scope_free (self->node);
  g_clear_pointer (&self->ids, g_tree_unref);
  g_free (self);
}

WeftFileScope *
weft_file_cache_get (WeftFileCache *self,
                     const char    *block_id)
{
  WeftFileScope *scope;

  if (block_id == NULL)
    return self->node;

  scope = g_hash_table_lookup (self->blocks, block_id);
  if (scope == NULL)
    {
      scope = weft_file_scope_new (self->layer, block_id);
      g_hash_table_insert (self->blocks, scope->block_id, scope);
    }
  else
    {
      g_queue_unlink (&self->recent, &scope->link);
      self->bytes -= scope->counted_bytes;
    }
  scope->counted_bytes = scope->bytes;
  self->bytes += scope->counted_bytes;
  g_queue_push_head_link (&self->recent, &scope->link);

  return scope;
}

/* A scope that is written all the time must stay, and so must the node's, but not all they hold.
 * Waiting until it has doubled keeps the work in proportion to what came. */
static void
shed (WeftFileCache *self,
      WeftFileScope *scope,
      guint64        applied_number)
{
  if (scope->bytes > self->bytes_max / SHED_SHARE && scope->bytes / 2 > scope->shed_bytes)
    weft_file_scope_shed (scope, applied_number);
}

void
weft_file_cache_trim (WeftFileCache *self,
                      guint64        applied_number)
{
  GList *link = self->recent.tail;

  shed (self, self->node, applied_number);
  for (guint i = 0; i < TRIM_STEPS_MAX && link != NULL && self->bytes > self->bytes_max; i++)
    {
      WeftFileScope *scope = link->data;

      link = link->prev;
      if (scope->last_number > applied_number)
        {
          shed (self, scope, applied_number);
          continue;
        }
      g_queue_unlink (&self->recent, &scope->link);
      self->bytes -= scope->counted_bytes;
      g_hash_table_remove (self->blocks, scope->block_id);
    }
}

void
weft_file_cache_note_block (WeftFileCache *self,
                            const char    *block_id,
                            gboolean       exists)
{
  if (self->ids == NULL)
    return;
  if (exists)
    g_tree_replace (self->ids, g_strdup (block_id), NULL);
  else
    g_tree_remove (self->ids, block_id);
}

/* The id of a folder of a block, or NULL when it is something else. What the name does not tell the
 * metadata does; if that is damaged, the block has no name to be listed under. */
static char *
identify (WeftFileCache *self,
          const char    *name)
{
  g_autofree char *path = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  WeftFileRecord record;

  if (!weft_file_name_is_hashed (name))
    return weft_file_name_decode (name);

  path = weft_file_kind_make_path (WEFT_FILE_KIND_META, name, NULL);
  if (self->layer->read (self->layer, path, &bytes) < 0
      || !weft_file_record_parse (bytes, &record, &root, &error) || record.block_id == NULL)
    {
      g_message ("storage: %s/%s cannot be listed: its metadata is damaged",
                 self->layer->base_path, name);
      return NULL;
    }
  again = weft_file_name_encode (record.block_id);

  return g_str_equal (again, name) ? g_strdup (record.block_id) : NULL;
}

static gboolean
is_folder_of_ours (const char *name)
{
  return g_str_equal (name, "records") || g_str_equal (name, "values");
}

static gboolean
load_ids (WeftFileCache *self,
          GError       **error)
{
  g_autoptr (GTree) ids = NULL;
  g_autoptr (GPtrArray) names = NULL;
  int status;

  if (self->ids != NULL)
    return TRUE;

  status = self->layer->list (self->layer, ".", &names);
  if (status < 0)
    {
      weft_file_layer_set_error (self->layer, error, status, "list", "");
      return FALSE;
    }

  ids = g_tree_new_full (compare_ids, NULL, g_free, NULL);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      char *id = NULL;

      if (!is_folder_of_ours (name))
        id = identify (self, name);
      if (id != NULL)
        g_tree_replace (ids, id, NULL);
    }

  /* Blocks whose folder is still to be made. */
  for (GList *link = self->recent.head; link != NULL; link = link->next)
    {
      WeftFileScope *scope = link->data;

      if (scope->exists)
        g_tree_replace (ids, g_strdup (scope->block_id), NULL);
    }
  self->ids = g_steal_pointer (&ids);

  return TRUE;
}

char **
weft_file_cache_list_blocks (WeftFileCache *self,
                             const char    *after,
                             guint          max,
                             GError       **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GTreeNode *node;
  guint n_ids = 0;

  if (!load_ids (self, error))
    return NULL;

  node = g_tree_upper_bound (self->ids, after != NULL ? after : "");
  for (; node != NULL && (max == 0 || n_ids < max); node = g_tree_node_next (node), n_ids++)
    g_strv_builder_add (builder, g_tree_node_key (node));

  return g_strv_builder_end (builder);
}
