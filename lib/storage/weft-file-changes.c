/* weft-file-changes.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-changes-private.h"

#include <string.h>

#include "weft-error.h"

/* `before` took the place of nothing if it is NULL; for metadata only `json` counts. */
typedef struct
{
  WeftFileScope *scope;
  WeftFileKind kind;
  char *name; /* NULL for metadata */
  WeftFileEntry *before;
  JsonNode *metadata;
  gboolean existed;
} Change;

struct _WeftFileChanges
{
  WeftFileCache *cache;
  WeftFileJob *job;
  GArray *changes;    /* (element-type Change) */
  GPtrArray *touched; /* (element-type WeftFileScope) each once */
};

static void
change_clear (gpointer data)
{
  Change *change = data;

  g_free (change->name);
  g_clear_pointer (&change->before, weft_file_entry_free);
  g_clear_pointer (&change->metadata, json_node_unref);
}

void
weft_file_changes_free (WeftFileChanges *self)
{
  g_array_unref (self->changes);
  g_ptr_array_unref (self->touched);
  g_free (self);
}

static void
touch (WeftFileChanges *self,
       WeftFileScope   *scope)
{
  if (scope->last_number == self->job->number)
    return;

  /* From here on it must stay in memory until this job is in the files. */
  scope->last_number = self->job->number;
  g_ptr_array_add (self->touched, scope);
}

static void
set_metadata (WeftFileScope *scope,
              JsonNode      *json)
{
  if (scope->metadata.typed != NULL)
    g_boxed_free (scope->metadata.type, g_steal_pointer (&scope->metadata.typed));
  g_clear_pointer (&scope->metadata.json, json_node_unref);
  scope->metadata.json = json != NULL ? json_node_ref (json) : NULL;
}

/* Remembers the metadata as it is, and that the block exists from now on. */
static void
note_existence (WeftFileChanges *self,
                WeftFileScope   *scope)
{
  Change change = { .scope = scope, .kind = WEFT_FILE_KIND_META, .existed = scope->exists };

  if (scope->metadata.json != NULL)
    change.metadata = json_node_ref (scope->metadata.json);
  g_array_append_val (self->changes, change);
  touch (self, scope);

  if (!scope->exists && scope->block_id != NULL)
    weft_file_cache_note_block (self->cache, scope->block_id, TRUE);
  scope->exists = TRUE;
}

static void
put (WeftFileChanges *self,
     WeftFileScope   *scope,
     WeftFileKind     kind,
     const char      *key,
     JsonNode        *json)
{
  g_autofree char *name = weft_file_scope_make_name (kind, key);
  Change change = { .scope = scope, .kind = kind };
  WeftFileEntry *entry = weft_file_entry_new (name, key, json);

  if (!scope->exists)
    note_existence (self, scope);
  entry->number = self->job->number;
  change.before = weft_file_scope_replace (scope, kind, entry);
  weft_file_job_put (self->job, kind, scope->block_id, scope->folder, key, name, json);
  change.name = g_steal_pointer (&name);
  g_array_append_val (self->changes, change);
  touch (self, scope);
}

/* Deleting what is not there is fine. */
static void
delete_entry (WeftFileChanges *self,
              WeftFileScope   *scope,
              WeftFileKind     kind,
              const char      *key)
{
  g_autofree char *name = weft_file_scope_make_name (kind, key);
  Change change = { .scope = scope, .kind = kind };

  change.before = weft_file_scope_remove (scope, kind, name);
  if (change.before == NULL)
    return;
  weft_file_job_delete (self->job, kind, scope->folder, name);
  change.name = g_steal_pointer (&name);
  g_array_append_val (self->changes, change);
  touch (self, scope);
}

static WeftFileEntry *
find (WeftFileScope *scope,
      WeftFileKind   kind,
      const char    *key)
{
  g_autofree char *name = weft_file_scope_make_name (kind, key);

  return weft_file_scope_find (scope, kind, name);
}

static gboolean
promote (WeftFileChanges *self,
         WeftFileScope   *scope,
         const char      *action_id,
         GError         **error)
{
  WeftFileEntry *pending = find (scope, WEFT_FILE_KIND_PENDING, action_id);

  if (pending == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "action %s is not pending on block %s, so it cannot be promoted",
                   action_id, scope->block_id);
      return FALSE;
    }
  if (!weft_file_scope_fill (scope, WEFT_FILE_KIND_PENDING, pending, error))
    return FALSE;

  /* The journal gets the text again: replaying it then never depends on what is in the files. */
  put (self, scope, WEFT_FILE_KIND_ACTION, action_id, pending->json);
  delete_entry (self, scope, WEFT_FILE_KIND_PENDING, action_id);

  return TRUE;
}

static gboolean
check_not_committed (WeftFileScope *scope,
                     const char    *action_id,
                     GError       **error)
{
  if (find (scope, WEFT_FILE_KIND_ACTION, action_id) == NULL)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
               "action %s is committed on block %s, so it cannot be pending there",
               action_id, scope->block_id);
  return FALSE;
}

static gboolean
load (WeftFileScope *scope,
      WeftFileKind   first,
      WeftFileKind   second,
      GError       **error)
{
  return weft_file_scope_load_kind (scope, first, error)
         && weft_file_scope_load_kind (scope, second, error);
}

static void
put_revision (WeftFileChanges          *self,
              WeftFileScope            *scope,
              const WeftBatchOperation *operation)
{
  g_autoptr (JsonNode) json = json_node_init_string (json_node_alloc (), operation->key);
  g_autofree char *rev = g_strdup_printf ("%" G_GINT64_FORMAT, operation->rev);

  json_node_seal (json);
  put (self, scope, WEFT_FILE_KIND_REVISION, rev, json);
}

static gboolean
apply_to_block (WeftFileChanges          *self,
                WeftFileScope            *scope,
                const WeftBatchOperation *operation,
                GError                  **error)
{
  const char *key = operation->key;

  switch ((guint) operation->kind)
    {
    case WEFT_BATCH_PUT_METADATA:
      if (!weft_file_scope_load (scope, error))
        return FALSE;
      note_existence (self, scope);
      set_metadata (scope, operation->json);
      return TRUE;

    case WEFT_BATCH_PUT_REVISION:
      if (!weft_file_scope_load_kind (scope, WEFT_FILE_KIND_REVISION, error))
        return FALSE;
      put_revision (self, scope, operation);
      return TRUE;

    case WEFT_BATCH_PUT_PENDING:
      if (!load (scope, WEFT_FILE_KIND_PENDING, WEFT_FILE_KIND_ACTION, error)
          || !check_not_committed (scope, key, error))
        return FALSE;
      put (self, scope, WEFT_FILE_KIND_PENDING, key, operation->json);
      return TRUE;

    case WEFT_BATCH_DELETE_PENDING:
      if (!weft_file_scope_load_kind (scope, WEFT_FILE_KIND_PENDING, error))
        return FALSE;
      delete_entry (self, scope, WEFT_FILE_KIND_PENDING, key);
      return TRUE;

    case WEFT_BATCH_PROMOTE_PENDING:
      return load (scope, WEFT_FILE_KIND_PENDING, WEFT_FILE_KIND_ACTION, error)
             && promote (self, scope, key, error);

    case WEFT_BATCH_PUT_ACTION:
      if (!load (scope, WEFT_FILE_KIND_PENDING, WEFT_FILE_KIND_ACTION, error))
        return FALSE;
      put (self, scope, WEFT_FILE_KIND_ACTION, key, operation->json);
      delete_entry (self, scope, WEFT_FILE_KIND_PENDING, key);
      return TRUE;

    case WEFT_BATCH_PUT_MATERIALIZED:
      if (!weft_file_scope_load_kind (scope, WEFT_FILE_KIND_MATERIALIZED, error))
        return FALSE;
      put (self, scope, WEFT_FILE_KIND_MATERIALIZED, key, operation->json);
      return TRUE;

    case WEFT_BATCH_DELETE_MATERIALIZED:
      if (!weft_file_scope_load_kind (scope, WEFT_FILE_KIND_MATERIALIZED, error))
        return FALSE;
      delete_entry (self, scope, WEFT_FILE_KIND_MATERIALIZED, key);
      return TRUE;

    default:
      g_assert_not_reached ();
    }
}

static gboolean
apply_to_node (WeftFileChanges          *self,
               WeftFileScope            *scope,
               const WeftBatchOperation *operation,
               GError                  **error)
{
  if (operation->kind == WEFT_BATCH_PUT_VALUE)
    {
      if (!weft_file_scope_load_kind (scope, WEFT_FILE_KIND_VALUE, error))
        return FALSE;
      put (self, scope, WEFT_FILE_KIND_VALUE, operation->key, operation->json);
      return TRUE;
    }

  /* Open records have a folder of their own, so that finding them does not mean reading all. */
  if (!load (scope, WEFT_FILE_KIND_RECORD_OPEN, WEFT_FILE_KIND_RECORD_DONE, error))
    return FALSE;
  if (operation->kind == WEFT_BATCH_DELETE_RECORD || operation->is_resolved)
    delete_entry (self, scope, WEFT_FILE_KIND_RECORD_OPEN, operation->key);
  if (operation->kind == WEFT_BATCH_DELETE_RECORD || !operation->is_resolved)
    delete_entry (self, scope, WEFT_FILE_KIND_RECORD_DONE, operation->key);
  if (operation->kind == WEFT_BATCH_PUT_RECORD)
    put (self, scope,
         operation->is_resolved ? WEFT_FILE_KIND_RECORD_DONE : WEFT_FILE_KIND_RECORD_OPEN,
         operation->key, operation->json);

  return TRUE;
}

static void
take_back (WeftFileChanges *self,
           Change          *change)
{
  WeftFileScope *scope = change->scope;
  WeftFileEntry *after;

  if (change->kind == WEFT_FILE_KIND_META)
    {
      set_metadata (scope, change->metadata);
      if (!change->existed && scope->block_id != NULL)
        weft_file_cache_note_block (self->cache, scope->block_id, FALSE);
      scope->exists = change->existed;
      return;
    }

  if (change->before != NULL)
    after = weft_file_scope_replace (scope, change->kind, g_steal_pointer (&change->before));
  else
    after = weft_file_scope_remove (scope, change->kind, change->name);
  if (after != NULL)
    weft_file_entry_free (after);
}

void
weft_file_changes_take_back (WeftFileChanges *self)
{
  for (guint i = self->changes->len; i > 0; i--)
    take_back (self, &g_array_index (self->changes, Change, i - 1));
  g_array_set_size (self->changes, 0);
}

/* The metadata of each scope tells which files it has, so it is a part of every change. */
static void
add_metadata (WeftFileChanges *self)
{
  for (guint i = 0; i < self->touched->len; i++)
    {
      WeftFileScope *scope = g_ptr_array_index (self->touched, i);
      WeftFileRecord *record;

      record = weft_file_job_put (self->job, WEFT_FILE_KIND_META, scope->block_id, scope->folder,
                                  NULL, NULL, scope->metadata.json);
      memcpy (record->holdings, scope->holdings, sizeof record->holdings);
    }
}

WeftFileChanges *
weft_file_changes_apply (WeftFileCache *cache,
                         WeftBatch     *batch,
                         WeftFileJob   *job,
                         GError       **error)
{
  g_autoptr (WeftFileChanges) self = g_new0 (WeftFileChanges, 1);

  self->cache = cache;
  self->job = job;
  self->touched = g_ptr_array_new ();
  self->changes = g_array_new (FALSE, FALSE, sizeof (Change));
  g_array_set_clear_func (self->changes, change_clear);

  for (guint i = 0; i < weft_batch_get_n_operations (batch); i++)
    {
      const WeftBatchOperation *operation = weft_batch_get_operation (batch, i);
      WeftFileScope *scope = weft_file_cache_get (cache, operation->block_id);
      gboolean is_done;

      if (operation->block_id != NULL)
        is_done = apply_to_block (self, scope, operation, error);
      else
        is_done = apply_to_node (self, scope, operation, error);
      if (!is_done)
        {
          weft_file_changes_take_back (self);
          return NULL;
        }
    }
  add_metadata (self);
  self->job = NULL;

  return g_steal_pointer (&self);
}
