/* weft-file-scope.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-scope-private.h"

#include <errno.h>
#include <string.h>

#include "weft-error.h"
#include "weft-file-name-private.h"

#define SUFFIX ".json"
/* About what things take in memory. */
#define BYTES_PER_NODE 120
#define BYTES_PER_ENTRY 160
#define BYTES_PER_SCOPE 512

static gsize
estimate (JsonNode *node)
{
  gsize bytes = BYTES_PER_NODE;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObjectIter iter;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (node));
      while (json_object_iter_next (&iter, NULL, &member))
        bytes += BYTES_PER_NODE + estimate (member);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        bytes += estimate (json_array_get_element (array, i));
    }
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    bytes += strlen (json_node_get_string (node));

  return bytes;
}

WeftFileEntry *
weft_file_entry_new (const char *name,
                     const char *key,
                     JsonNode   *json)
{
  WeftFileEntry *self = g_new0 (WeftFileEntry, 1);

  self->name = g_strdup (name);
  self->key = g_strdup (key);
  self->json = json != NULL ? json_node_ref (json) : NULL;
  self->bytes = BYTES_PER_ENTRY + (json != NULL ? estimate (json) : 0);

  return self;
}

static void
entry_clear (WeftFileEntry *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->json, json_node_unref);
  if (self->typed != NULL)
    g_boxed_free (self->type, g_steal_pointer (&self->typed));
}

void
weft_file_entry_free (WeftFileEntry *self)
{
  entry_clear (self);
  g_free (self);
}

WeftFileScope *
weft_file_scope_new (WeftFileLayer *layer,
                     const char    *block_id)
{
  WeftFileScope *self = g_new0 (WeftFileScope, 1);

  self->layer = layer;
  self->block_id = g_strdup (block_id);
  self->folder = block_id != NULL ? weft_file_name_encode (block_id) : NULL;
  self->revs = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->bytes = BYTES_PER_SCOPE;
  self->link.data = self;

  return self;
}

void
weft_file_scope_free (WeftFileScope *self)
{
  for (guint kind = 0; kind < WEFT_FILE_N_KINDS; kind++)
    g_clear_pointer (&self->entries[kind], g_hash_table_unref);
  entry_clear (&self->metadata);
  g_array_unref (self->revs);
  g_free (self->block_id);
  g_free (self->folder);
  g_free (self);
}

/* Reads one file, and checks that it is what its name says. `key` NULL takes any. */
static gboolean
read_file (WeftFileScope  *self,
           WeftFileKind    kind,
           const char     *path,
           const char     *key,
           WeftFileRecord *record,
           JsonNode      **root,
           GError        **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) reason = NULL;
  int status = self->layer->read (self->layer, path, &bytes);

  if (status == -ENOENT)
    {
      weft_file_layer_set_corrupt (self->layer, error, path, "it is missing");
      return FALSE;
    }
  if (status < 0)
    {
      weft_file_layer_set_error (self->layer, error, status, "read", path);
      return FALSE;
    }
  if (!weft_file_record_parse (bytes, record, root, &reason))
    {
      weft_file_layer_set_corrupt (self->layer, error, path, "%s", reason->message);
      return FALSE;
    }
  if (record->kind != kind || g_strcmp0 (record->block_id, self->block_id) != 0
      || (key != NULL && g_strcmp0 (record->key, key) != 0))
    {
      g_clear_pointer (root, json_node_unref);
      weft_file_layer_set_corrupt (self->layer, error, path, "it is that of something else");
      return FALSE;
    }

  return TRUE;
}

static gboolean
load_without_metadata (WeftFileScope *self,
                       const char    *path,
                       GError       **error)
{
  const char *folders[] = { self->folder, NULL };
  guint64 size;

  if (self->folder == NULL)
    {
      folders[0] = "records";
      folders[1] = "values";
    }
  for (guint i = 0; i < G_N_ELEMENTS (folders) && folders[i] != NULL; i++)
    {
      if (self->layer->get_size (self->layer, folders[i], &size) == 0)
        {
          weft_file_layer_set_corrupt (self->layer, error, path, "it is missing");
          return FALSE;
        }
    }
  self->is_loaded = TRUE;

  return TRUE;
}

gboolean
weft_file_scope_load (WeftFileScope *self,
                      GError       **error)
{
  g_autofree char *path = NULL;
  g_autoptr (JsonNode) root = NULL;
  WeftFileRecord record;
  guint64 size;

  if (self->is_loaded)
    return TRUE;

  path = weft_file_kind_make_path (WEFT_FILE_KIND_META, self->folder, NULL);
  if (self->layer->get_size (self->layer, path, &size) == -ENOENT)
    return load_without_metadata (self, path, error);
  if (!read_file (self, WEFT_FILE_KIND_META, path, NULL, &record, &root, error))
    return FALSE;

  if (record.value != NULL)
    self->metadata.json = json_node_ref (record.value);
  memcpy (self->holdings, record.holdings, sizeof self->holdings);
  self->exists = TRUE;
  self->is_loaded = TRUE;

  return TRUE;
}

guint
weft_file_scope_seek_rev (WeftFileScope *self,
                          gint64         rev)
{
  guint low = 0;
  guint high = self->revs->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->revs, gint64, middle) < rev)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
note_rev (WeftFileScope *self,
          const char    *name,
          gboolean       is_there)
{
  gint64 rev = g_ascii_strtoll (name, NULL, 10);
  guint index = weft_file_scope_seek_rev (self, rev);

  if (is_there)
    g_array_insert_val (self->revs, index, rev);
  else
    g_array_remove_index (self->revs, index);
}

static int
compare_revs (gconstpointer a,
              gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Only names that are all digits can be those of revisions; any other is a file too many. */
static gboolean
take_rev (WeftFileScope *self,
          const char    *name)
{
  gint64 rev = g_ascii_strtoll (name, NULL, 10);

  if (*name == '\0' || name[strspn (name, "0123456789")] != '\0')
    return FALSE;
  g_array_append_val (self->revs, rev);

  return TRUE;
}

static gboolean
take_names (WeftFileScope   *self,
            WeftFileKind     kind,
            GPtrArray       *names,
            WeftFileHolding *found)
{
  for (guint i = 0; i < names->len; i++)
    {
      char *name = g_ptr_array_index (names, i);
      WeftFileEntry *entry;

      /* Something else that somebody keeps here is not ours to judge. */
      if (!g_str_has_suffix (name, SUFFIX))
        continue;
      name[strlen (name) - strlen (SUFFIX)] = '\0';
      if (kind == WEFT_FILE_KIND_REVISION && !take_rev (self, name))
        return FALSE;
      weft_file_holding_add (found, name);
      entry = weft_file_entry_new (name, NULL, NULL);
      g_hash_table_replace (self->entries[kind], entry->name, entry);
      self->bytes += entry->bytes;
    }
  g_array_sort (self->revs, compare_revs);

  return TRUE;
}

gboolean
weft_file_scope_load_kind (WeftFileScope *self,
                           WeftFileKind   kind,
                           GError       **error)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *folder = NULL;
  WeftFileHolding found = { 0 };
  int status = 0;

  if (!weft_file_scope_load (self, error))
    return FALSE;
  if (self->entries[kind] != NULL)
    return TRUE;

  folder = g_strconcat (self->folder != NULL ? self->folder : "", self->folder != NULL ? "/" : "",
                        weft_file_kind_get_folder (kind), NULL);
  if (self->exists)
    status = self->layer->list (self->layer, folder, &names);
  if (status < 0 && status != -ENOENT)
    {
      weft_file_layer_set_error (self->layer, error, status, "list", folder);
      return FALSE;
    }

  self->entries[kind] = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                               (GDestroyNotify) weft_file_entry_free);
  if ((names == NULL || take_names (self, kind, names, &found))
      && weft_file_holding_equal (&found, &self->holdings[kind]))
    return TRUE;

  g_clear_pointer (&self->entries[kind], g_hash_table_unref);
  if (kind == WEFT_FILE_KIND_REVISION)
    g_array_set_size (self->revs, 0);
  weft_file_layer_set_corrupt (self->layer, error, folder,
                               "it holds %" G_GUINT64_FORMAT " files, which are not the %"
                               G_GUINT64_FORMAT " that were stored", found.count,
                               self->holdings[kind].count);

  return FALSE;
}

char *
weft_file_scope_make_name (WeftFileKind kind,
                           const char  *key)
{
  return kind == WEFT_FILE_KIND_REVISION ? g_strdup (key) : weft_file_name_encode (key);
}

WeftFileEntry *
weft_file_scope_find (WeftFileScope *self,
                      WeftFileKind   kind,
                      const char    *name)
{
  g_assert (self->entries[kind] != NULL);

  return g_hash_table_lookup (self->entries[kind], name);
}

WeftFileEntry *
weft_file_scope_replace (WeftFileScope *self,
                         WeftFileKind   kind,
                         WeftFileEntry *entry)
{
  WeftFileEntry *before = NULL;

  g_assert (self->entries[kind] != NULL);

  g_hash_table_steal_extended (self->entries[kind], entry->name, NULL, (gpointer *) &before);
  g_hash_table_insert (self->entries[kind], entry->name, entry);
  self->bytes += entry->bytes;
  if (before != NULL)
    {
      self->bytes -= before->bytes;
      return before;
    }

  weft_file_holding_add (&self->holdings[kind], entry->name);
  if (kind == WEFT_FILE_KIND_REVISION)
    note_rev (self, entry->name, TRUE);

  return NULL;
}

WeftFileEntry *
weft_file_scope_remove (WeftFileScope *self,
                        WeftFileKind   kind,
                        const char    *name)
{
  WeftFileEntry *before = NULL;

  g_assert (self->entries[kind] != NULL);

  g_hash_table_steal_extended (self->entries[kind], name, NULL, (gpointer *) &before);
  if (before == NULL)
    return NULL;

  weft_file_holding_remove (&self->holdings[kind], name);
  if (kind == WEFT_FILE_KIND_REVISION)
    note_rev (self, name, FALSE);
  self->bytes -= before->bytes;

  return before;
}

gboolean
weft_file_scope_fill (WeftFileScope *self,
                      WeftFileKind   kind,
                      WeftFileEntry *entry,
                      GError       **error)
{
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  g_autoptr (JsonNode) root = NULL;
  WeftFileRecord record;

  if (entry->json != NULL)
    return TRUE;

  path = weft_file_kind_make_path (kind, self->folder, entry->name);
  if (!read_file (self, kind, path, entry->key, &record, &root, error))
    return FALSE;
  if (record.key != NULL)
    name = weft_file_scope_make_name (kind, record.key);
  if (g_strcmp0 (name, entry->name) != 0)
    {
      weft_file_layer_set_corrupt (self->layer, error, path, "it is that of something else");
      return FALSE;
    }
  if (entry->key == NULL)
    entry->key = g_strdup (record.key);
  entry->json = json_node_ref (record.value);
  if (self->entries[kind] != NULL)
    {
      self->bytes -= entry->bytes;
      entry->bytes = BYTES_PER_ENTRY + estimate (entry->json);
      self->bytes += entry->bytes;
    }

  return TRUE;
}

void
weft_file_scope_shed (WeftFileScope *self,
                      guint64        applied_number)
{
  for (guint kind = 0; kind < WEFT_FILE_N_KINDS; kind++)
    {
      GHashTableIter iter;
      WeftFileEntry *entry;

      if (self->entries[kind] == NULL)
        continue;
      g_hash_table_iter_init (&iter, self->entries[kind]);
      while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
        {
          if (entry->number > applied_number || entry->json == NULL)
            continue;
          g_clear_pointer (&entry->json, json_node_unref);
          if (entry->typed != NULL)
            g_boxed_free (entry->type, g_steal_pointer (&entry->typed));
          self->bytes -= entry->bytes - BYTES_PER_ENTRY;
          entry->bytes = BYTES_PER_ENTRY;
        }
    }
  self->shed_bytes = self->bytes;
}

gboolean
weft_file_scope_fill_key (WeftFileScope *self,
                          WeftFileKind   kind,
                          WeftFileEntry *entry,
                          GError       **error)
{
  if (entry->key == NULL)
    entry->key = weft_file_name_decode (entry->name);

  return entry->key != NULL || weft_file_scope_fill (self, kind, entry, error);
}

/* Finds and fills the entry of a key. When the folder is damaged, a file of it that is there and
 * whole can still be read: `*loose` is its entry then, and the caller's. */
static gboolean
find_filled (WeftFileScope  *self,
             WeftFileKind    kind,
             const char     *key,
             WeftFileEntry **entry,
             WeftFileEntry **loose,
             GError        **error)
{
  g_autofree char *name = weft_file_scope_make_name (kind, key);
  g_autoptr (GError) reason = NULL;

  if (weft_file_scope_load_kind (self, kind, &reason))
    {
      *entry = weft_file_scope_find (self, kind, name);
      if (*entry == NULL)
        return TRUE;
      if ((*entry)->key == NULL)
        (*entry)->key = g_strdup (key);
      return weft_file_scope_fill (self, kind, *entry, error);
    }
  if (!g_error_matches (reason, WEFT_ERROR, WEFT_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }

  *loose = weft_file_entry_new (name, key, NULL);
  *entry = *loose;

  return weft_file_scope_fill (self, kind, *entry, error);
}

static void
free_loose (WeftFileEntry **loose)
{
  g_clear_pointer (loose, weft_file_entry_free);
}

JsonNode *
weft_file_scope_read (WeftFileScope *self,
                      WeftFileKind   kind,
                      const char    *key,
                      GError       **error)
{
  __attribute__ ((cleanup (free_loose))) WeftFileEntry *loose = NULL;
  WeftFileEntry *entry = NULL;

  if (!find_filled (self, kind, key, &entry, &loose, error) || entry == NULL)
    return NULL;

  return json_node_ref (entry->json);
}

gpointer
weft_file_scope_read_typed (WeftFileScope     *self,
                            WeftFileKind       kind,
                            const char        *key,
                            GType              type,
                            WeftFileParseFunc  parse,
                            GError           **error)
{
  __attribute__ ((cleanup (free_loose))) WeftFileEntry *loose = NULL;
  WeftFileEntry *entry = kind == WEFT_FILE_KIND_META ? &self->metadata : NULL;
  g_autoptr (GError) reason = NULL;

  if (kind == WEFT_FILE_KIND_META ? !weft_file_scope_load (self, error)
                                  : !find_filled (self, kind, key, &entry, &loose, error))
    return NULL;
  if (entry == NULL || (entry->json == NULL && entry->typed == NULL))
    return NULL;

  if (entry->typed == NULL)
    {
      entry->typed = parse (entry->json, &reason);
      entry->type = type;
    }
  if (entry->typed != NULL)
    return g_boxed_copy (type, entry->typed);

  weft_file_layer_set_corrupt (self->layer, error,
                               self->folder != NULL ? self->folder : "node.json", "%s of %s: %s",
                               weft_file_kind_get_name (kind), key != NULL ? key : "the block",
                               reason->message);

  return NULL;
}
