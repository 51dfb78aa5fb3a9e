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
weft_file_reader_read_revision (WeftFileIndex *index,
                                WeftFileScope *scope,
                                gint64         rev,
                                GError       **error)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, rev);
  g_autoptr (WeftTape) tape
    = weft_file_index_read_tape (index, scope, WEFT_FILE_KIND_REVISION, key, error);
  const WeftItem *item = tape != NULL ? weft_tape_get_root (tape) : NULL;

  return item != NULL && item->kind == WEFT_ITEM_STRING ? g_strdup (item->string) : NULL;
}

GPtrArray *
weft_file_reader_list_revisions (WeftFileIndex *index,
                                 WeftFileScope *scope,
                                 gint64         from,
                                 gint64         to,
                                 guint          max,
                                 GError       **error)
{
  g_autoptr (GPtrArray) revisions = NULL;
  GArray *revs = weft_file_scope_get_revs (scope);
  guint start = weft_file_scope_seek_rev (scope, MIN (from, to));
  guint end = weft_file_scope_seek_rev (scope, MIN (MAX (from, to), WEFT_LIMIT_INTEGER_MAX) + 1);

  revisions = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_rev_unref);
  for (guint i = 0; start + i < end && (max == 0 || i < max); i++)
    {
      gint64 rev = g_array_index (revs, gint64, from > to ? end - 1 - i : start + i);
      g_autofree char *action_id = weft_file_reader_read_revision (index, scope, rev, error);
      WeftActionRev *revision = NULL;

      if (action_id != NULL)
        revision = weft_action_rev_new (action_id, rev, error);
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

/* The pending actions, or open records, ordered by their keys. */
static GPtrArray *
list_open (WeftFileScope *scope)
{
  GPtrArray *entries = g_ptr_array_new ();

  if (scope->open != NULL)
    g_ptr_array_extend (entries, scope->open, NULL, NULL);
  g_ptr_array_sort (entries, compare_keys);

  return entries;
}

char **
weft_file_reader_list_pendings (WeftFileScope *scope)
{
  g_autoptr (GPtrArray) entries = list_open (scope);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < entries->len; i++)
    g_strv_builder_add (builder, ((WeftFileEntry *) g_ptr_array_index (entries, i))->key);

  return g_strv_builder_end (builder);
}

/* Open or resolved; records are in the scope of the node. */
static WeftFileEntry *
find_record (WeftFileIndex  *index,
             const char     *message_hash,
             WeftFileScope **node)
{
  *node = weft_file_index_find (index, "");
  return weft_file_scope_find (*node, WEFT_FILE_KIND_RECORD_OPEN, message_hash);
}

WeftTape *
weft_file_reader_read_record_tape (WeftFileIndex  *index,
                                   const char     *message_hash,
                                   GError        **error)
{
  WeftFileScope *node;
  WeftFileEntry *entry = find_record (index, message_hash, &node);

  return entry != NULL ? weft_file_index_read_tape (index, node, entry->kind, message_hash, error)
                       : NULL;
}

JsonNode *
weft_file_reader_read_record (WeftFileIndex *index,
                              const char    *message_hash,
                              GError       **error)
{
  WeftFileScope *node;
  WeftFileEntry *entry = find_record (index, message_hash, &node);

  return entry != NULL ? weft_file_index_read_json (index, node, entry->kind, message_hash, error)
                       : NULL;
}

GPtrArray *
weft_file_reader_list_unresolved_records (WeftFileIndex *index,
                                          GError       **error)
{
  WeftFileScope *node = weft_file_index_find (index, "");
  g_autoptr (GPtrArray) entries = list_open (node);
  g_autoptr (GPtrArray) records = NULL;

  records = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  for (guint i = 0; i < entries->len; i++)
    {
      WeftFileEntry *entry = g_ptr_array_index (entries, i);
      JsonNode *record;

      record = weft_file_index_read_json (index, node, WEFT_FILE_KIND_RECORD_OPEN, entry->key,
                                          error);
      if (record == NULL)
        return NULL;
      g_ptr_array_add (records, record);
    }

  return g_steal_pointer (&records);
}
