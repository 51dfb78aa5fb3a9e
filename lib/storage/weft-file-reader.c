/* weft-file-reader.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-reader-private.h"

#include <string.h>

#include "weft-action-rev.h"
#include "weft-limits.h"

char *
weft_file_reader_read_revision (WeftFileScope *scope,
                                gint64         rev,
                                GError       **error)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, rev);
  g_autoptr (JsonNode) json = weft_file_scope_read (scope, WEFT_FILE_KIND_REVISION, key, error);

  return json != NULL ? json_node_dup_string (json) : NULL;
}

static WeftActionRev *
read_action_rev (WeftFileScope *scope,
                 gint64         rev,
                 GError       **error)
{
  g_autofree char *action_id = weft_file_reader_read_revision (scope, rev, error);

  return action_id != NULL ? weft_action_rev_new (action_id, rev, error) : NULL;
}

GPtrArray *
weft_file_reader_list_revisions (WeftFileScope *scope,
                                 gint64         from,
                                 gint64         to,
                                 guint          max,
                                 GError       **error)
{
  g_autoptr (GPtrArray) revisions = NULL;
  guint start;
  guint end;

  if (!weft_file_scope_load_kind (scope, WEFT_FILE_KIND_REVISION, error))
    return NULL;

  revisions = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_rev_unref);
  start = weft_file_scope_seek_rev (scope, MIN (from, to));
  end = weft_file_scope_seek_rev (scope, MIN (MAX (from, to), WEFT_LIMIT_INTEGER_MAX) + 1);
  for (guint i = 0; start + i < end && (max == 0 || i < max); i++)
    {
      guint index = from > to ? end - 1 - i : start + i;
      WeftActionRev *revision;

      revision = read_action_rev (scope, g_array_index (scope->revs, gint64, index), error);
      if (revision == NULL)
        return NULL;
      g_ptr_array_add (revisions, revision);
    }

  return g_steal_pointer (&revisions);
}

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  const WeftFileEntry *x = *(WeftFileEntry * const *) a;
  const WeftFileEntry *y = *(WeftFileEntry * const *) b;

  return strcmp (x->key, y->key);
}

/* All entries of a kind, ordered by their keys. */
static GPtrArray *
list_entries (WeftFileScope *scope,
              WeftFileKind   kind,
              GError       **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  GHashTableIter iter;
  WeftFileEntry *entry;

  if (!weft_file_scope_load_kind (scope, kind, error))
    return NULL;

  g_hash_table_iter_init (&iter, scope->entries[kind]);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      if (!weft_file_scope_fill_key (scope, kind, entry, error))
        return NULL;
      g_ptr_array_add (entries, entry);
    }
  g_ptr_array_sort (entries, compare_keys);

  return g_steal_pointer (&entries);
}

char **
weft_file_reader_list_pendings (WeftFileScope *scope,
                                GError       **error)
{
  g_autoptr (GPtrArray) entries = list_entries (scope, WEFT_FILE_KIND_PENDING, error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (entries == NULL)
    return NULL;
  for (guint i = 0; i < entries->len; i++)
    g_strv_builder_add (builder, ((WeftFileEntry *) g_ptr_array_index (entries, i))->key);

  return g_strv_builder_end (builder);
}

JsonNode *
weft_file_reader_read_record (WeftFileScope *scope,
                              const char    *message_hash,
                              GError       **error)
{
  g_autoptr (GError) reason = NULL;
  JsonNode *record;

  record = weft_file_scope_read (scope, WEFT_FILE_KIND_RECORD_OPEN, message_hash, &reason);
  if (record == NULL && reason == NULL)
    return weft_file_scope_read (scope, WEFT_FILE_KIND_RECORD_DONE, message_hash, error);
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));

  return record;
}

GPtrArray *
weft_file_reader_list_unresolved_records (WeftFileScope *scope,
                                          GError       **error)
{
  g_autoptr (GPtrArray) entries = list_entries (scope, WEFT_FILE_KIND_RECORD_OPEN, error);
  g_autoptr (GPtrArray) records = NULL;

  if (entries == NULL)
    return NULL;

  records = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  for (guint i = 0; i < entries->len; i++)
    {
      WeftFileEntry *entry = g_ptr_array_index (entries, i);

      if (!weft_file_scope_fill (scope, WEFT_FILE_KIND_RECORD_OPEN, entry, error))
        return NULL;
      g_ptr_array_add (records, json_node_ref (entry->json));
    }

  return g_steal_pointer (&records);
}
