/* weft-file-changes.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-changes-private.h"

#include "weft-batch-private.h"
#include "weft-error.h"
#include "weft-json-string-private.h"

/* `before` took the place of nothing if it is NULL; `after` is NULL when it was deleted. */
typedef struct
{
  WeftFileScope *scope;
  WeftFileEntry *before;
  WeftFileEntry *after;
} Change;

struct _WeftFileChanges
{
  WeftFileIndex *index;
  WeftFileJob *job;     /* as long as it is applied */
  const char *block_id; /* that of the operation that is applied, as the job may keep it */
  guint n_changes;
  Change changes[];
};

/* A delete may be two changes. */
static WeftFileChanges *
changes_new (WeftFileIndex *index,
             WeftFileJob   *job,
             guint          n_operations)
{
  WeftFileChanges *self
    = g_malloc (sizeof (WeftFileChanges) + 2 * n_operations * sizeof (Change));

  *self = (WeftFileChanges) { .index = index, .job = job };

  return self;
}

void
weft_file_changes_free (WeftFileChanges *self)
{
  for (guint i = 0; i < self->n_changes; i++)
    {
      Change *change = &self->changes[i];

      if (change->before != NULL)
        weft_file_index_forget (self->index, change->before);
      weft_file_index_release (self->index, change->scope);
    }
  g_free (self);
}

static void
note (WeftFileChanges *self,
      WeftFileScope   *scope,
      WeftFileEntry   *before,
      WeftFileEntry   *after)
{
  scope->n_holders++;
  self->changes[self->n_changes++] = (Change) { scope, before, after };
}

/* `key` and `stored` live as long as the job. */
static void
put (WeftFileChanges *self,
     WeftFileScope   *scope,
     WeftFileKind     kind,
     const char      *key,
     WeftStored      *stored)
{
  WeftFileEntry *entry = weft_file_entry_new (kind, key);
  WeftFileOperation *operation;

  operation = weft_file_job_add (self->job, kind, WEFT_FILE_DO_PUT, self->block_id, key, stored);
  operation->entry = entry;
  weft_file_index_fill (self->index, entry, stored);
  note (self, scope, weft_file_index_put (self->index, scope, entry), entry);
}

/* A block that was known stays known, as one without metadata. */
static void
put_nothing (WeftFileChanges *self,
             WeftFileScope   *scope)
{
  char *text = g_ref_string_new_intern ("null");
  g_autoptr (WeftStored) stored = weft_stored_new_text (text);

  weft_file_job_keep_value (self->job, stored);
  put (self, scope, WEFT_FILE_KIND_META, "", stored);
  g_ref_string_release (text);
}

/* Deleting what is not there is fine. */
static void
delete_entry (WeftFileChanges *self,
              WeftFileScope   *scope,
              WeftFileKind     kind,
              const char      *key)
{
  WeftFileEntry *before = weft_file_index_remove (self->index, scope, kind, key);

  if (before == NULL)
    return;
  weft_file_job_add (self->job, kind, WEFT_FILE_DO_DELETE, self->block_id, key, NULL);
  note (self, scope, before, NULL);
  if (scope->n_entries == 0 && *scope->block_id != '\0')
    put_nothing (self, scope);
}

static gboolean
has_kind (WeftFileScope *scope,
          WeftFileKind   kind,
          const char    *key)
{
  WeftFileEntry *entry = weft_file_scope_find (scope, kind, key);

  return entry != NULL && entry->kind == kind;
}

/* The text of the pending action becomes that of the committed one, wherever it is by then. The
 * value stays in memory until this is durable, for until then the text may be moved. */
static gboolean
promote (WeftFileChanges *self,
         WeftFileScope   *scope,
         const char      *action_id,
         GError         **error)
{
  g_autoptr (WeftStored) stored = NULL;
  WeftFileOperation *operation;
  WeftFileEntry *pending;
  WeftFileEntry *entry;

  if (!has_kind (scope, WEFT_FILE_KIND_PENDING, action_id))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "action %s is not pending on block %s, so it cannot be promoted",
                   action_id, scope->block_id);
      return FALSE;
    }
  stored = weft_file_index_read (self->index, scope, WEFT_FILE_KIND_PENDING, action_id, error);
  if (stored == NULL)
    return FALSE;

  entry = weft_file_entry_new (WEFT_FILE_KIND_ACTION, action_id);
  pending = weft_file_index_put (self->index, scope, entry);
  if (pending->segment != 0)
    weft_file_index_place (self->index, entry, pending->segment, pending->offset, pending->length);
  weft_file_index_fill (self->index, entry, stored);
  operation = weft_file_job_add (self->job, WEFT_FILE_KIND_ACTION, WEFT_FILE_DO_PROMOTE,
                                 self->block_id, action_id, NULL);
  operation->entry = entry;
  operation->source = pending;
  note (self, scope, pending, entry);

  return TRUE;
}

static gboolean
put_pending (WeftFileChanges          *self,
             WeftFileScope            *scope,
             const WeftBatchOperation *operation,
             WeftStored               *stored,
             GError                  **error)
{
  if (!has_kind (scope, WEFT_FILE_KIND_ACTION, operation->key))
    {
      put (self, scope, WEFT_FILE_KIND_PENDING, operation->key, stored);
      return TRUE;
    }

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
               "action %s is committed on block %s, so it cannot be pending there",
               operation->key, scope->block_id);
  return FALSE;
}

static void
put_revision (WeftFileChanges          *self,
              WeftFileScope            *scope,
              const WeftBatchOperation *operation)
{
  char rev[24];
  g_autoptr (GString) action_id = g_string_new (NULL);
  g_autoptr (WeftStored) stored = NULL;
  gboolean written = weft_json_append_string (action_id, operation->key);
  char *text;

  g_assert (written);

  g_snprintf (rev, sizeof rev, "%" G_GINT64_FORMAT, operation->rev);
  text = g_ref_string_new_len (action_id->str, (gssize) action_id->len);
  stored = weft_stored_new_text (text);
  weft_file_job_keep_value (self->job, stored);
  put (self, scope, WEFT_FILE_KIND_REVISION, weft_file_job_keep_string (self->job, rev), stored);
  g_ref_string_release (text);
}

static gboolean
apply (WeftFileChanges          *self,
       WeftFileScope            *scope,
       const WeftBatchOperation *operation,
       WeftStored               *stored,
       GError                  **error)
{
  const char *key = operation->key;

  switch (operation->kind)
    {
    case WEFT_BATCH_PUT_METADATA:
      put (self, scope, WEFT_FILE_KIND_META, "", stored);
      return TRUE;

    case WEFT_BATCH_PUT_REVISION:
      put_revision (self, scope, operation);
      return TRUE;

    case WEFT_BATCH_PUT_PENDING:
      return put_pending (self, scope, operation, stored, error);

    case WEFT_BATCH_DELETE_PENDING:
      if (has_kind (scope, WEFT_FILE_KIND_PENDING, key))
        delete_entry (self, scope, WEFT_FILE_KIND_PENDING, key);
      return TRUE;

    case WEFT_BATCH_PROMOTE_PENDING:
      return promote (self, scope, key, error);

    case WEFT_BATCH_PUT_ACTION:
      put (self, scope, WEFT_FILE_KIND_ACTION, key, stored);
      return TRUE;

    case WEFT_BATCH_PUT_MATERIALIZED:
      put (self, scope, WEFT_FILE_KIND_MATERIALIZED, key, stored);
      return TRUE;

    case WEFT_BATCH_DELETE_MATERIALIZED:
      delete_entry (self, scope, WEFT_FILE_KIND_MATERIALIZED, key);
      return TRUE;

    case WEFT_BATCH_PUT_RECORD:
      put (self, scope,
           operation->is_resolved ? WEFT_FILE_KIND_RECORD_DONE : WEFT_FILE_KIND_RECORD_OPEN, key,
           stored);
      return TRUE;

    case WEFT_BATCH_DELETE_RECORD:
      delete_entry (self, scope, WEFT_FILE_KIND_RECORD_OPEN, key);
      return TRUE;

    case WEFT_BATCH_PUT_VALUE:
      put (self, scope, WEFT_FILE_KIND_VALUE, key, stored);
      return TRUE;

    default:
      g_assert_not_reached ();
    }
}

static void
take_back (WeftFileChanges *self,
           Change          *change)
{
  WeftFileEntry *after = change->after;
  WeftFileEntry *before = g_steal_pointer (&change->before);

  if (before != NULL)
    weft_file_index_put (self->index, change->scope, before);
  else
    weft_file_index_remove (self->index, change->scope, after->kind, after->key);
  if (after != NULL)
    weft_file_index_forget (self->index, after);
}

void
weft_file_changes_take_back (WeftFileChanges *self)
{
  for (guint i = self->n_changes; i > 0; i--)
    take_back (self, &self->changes[i - 1]);
}

void
weft_file_changes_settle (WeftFileIndex *index,
                          WeftFileJob   *job)
{
  for (guint i = 0; i < job->operations->len; i++)
    {
      WeftFileOperation *operation = &g_array_index (job->operations, WeftFileOperation, i);
      WeftFileEntry *source = operation->source;

      if (operation->entry == NULL)
        continue;
      if (source != NULL)
        weft_file_index_place (index, operation->entry, source->segment, source->offset,
                               source->length);
      else
        weft_file_index_place (index, operation->entry, job->segment,
                               job->offset + operation->offset, operation->length);
    }
}

/* The scope of what is changed next, which is mostly that of what was changed last. */
static WeftFileScope *
go_to (WeftFileChanges *self,
       WeftFileScope   *scope,
       const char      *block_id)
{
  self->block_id = block_id;
  if (scope != NULL && g_str_equal (scope->block_id, block_id))
    return scope;
  if (scope != NULL)
    weft_file_index_release (self->index, scope);

  return weft_file_index_hold (self->index, block_id);
}

WeftFileChanges *
weft_file_changes_apply (WeftFileIndex *index,
                         WeftBatch     *batch,
                         WeftFileJob   *job,
                         GError       **error)
{
  guint n_operations = weft_batch_get_n_operations (batch);
  g_autoptr (WeftFileChanges) self = changes_new (index, job, n_operations);
  WeftFileScope *scope = NULL;
  gboolean is_done = TRUE;

  for (guint i = 0; is_done && i < n_operations; i++)
    {
      WeftStored *stored;
      const WeftBatchOperation *operation = weft_batch_peek_operation (batch, i, &stored);

      scope = go_to (self, scope, operation->block_id != NULL ? operation->block_id : "");
      is_done = apply (self, scope, operation, stored, error);
    }
  if (!is_done)
    weft_file_changes_take_back (self);
  if (scope != NULL)
    weft_file_index_release (index, scope);
  self->job = NULL;

  return is_done ? g_steal_pointer (&self) : NULL;
}
