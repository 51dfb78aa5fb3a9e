/* weft-memory-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-action-rev.h"
#include "weft-error.h"
#include "weft-json.h"
#include "weft-limits.h"
#include "weft-memory-storage-private.h"
#include "weft-memory-tables-private.h"
#include "weft-poke-source-private.h"
#include "weft-storage-private.h"

/**
 * WeftMemoryStorage:
 *
 * A [iface@Weft.Storage] that keeps everything in memory, and forgets it when it is closed.
 *
 * It is the simplest thing that keeps the contract of [iface@Weft.Storage], so it is what other
 * implementations are compared with. Completions come from the main context that was the thread's
 * default when the storage was made; everything is called on that thread.
 *
 * Since: 0.1
 */

typedef struct
{
  WeftBatchDoneFunc done;
  gpointer user_data;
  GError *error;    /* NULL when the batch is stored */
  GArray *undos; /* NULL when it failed at once and changed nothing */
} Submission;

struct _WeftMemoryStorage
{
  GObject parent_instance;

  WeftMemoryTables *tables;
  GQueue submissions; /* (element-type Submission) not done yet, oldest first */
  GMainContext *context;
  GSource *source; /* while something is not done yet */
  GError *fault;
  guint n_batches_before_fault;
  gboolean is_closed;
};

static void weft_memory_storage_iface_init (WeftStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftMemoryStorage, weft_memory_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_STORAGE,
                                                      weft_memory_storage_iface_init))

static void
submission_free (Submission *submission)
{
  g_clear_error (&submission->error);
  g_clear_pointer (&submission->undos, g_array_unref);
  g_free (submission);
}

static void
apply (WeftMemoryStorage *self,
       Submission        *submission,
       WeftBatch         *batch)
{
  Submission *last = g_queue_peek_tail (&self->submissions);

  if (self->is_closed)
    g_set_error (&submission->error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the storage was closed");
  else if (last != NULL && last->error != NULL && last->undos == NULL)
    submission->error = g_error_copy (last->error);
  else
    submission->undos = weft_memory_tables_apply (self->tables, batch, &submission->error);

  /* A fault shows late, as it does on a device: the batch is visible until then. */
  if (self->n_batches_before_fault > 0)
    self->n_batches_before_fault--;
  else if (self->fault != NULL && submission->error == NULL)
    submission->error = g_error_copy (self->fault);
}

/* What was submitted after a failed batch may have been made from what that one wrote, so all of
 * it fails too, newest first, which leaves what was there before. */
static void
fail_from (WeftMemoryStorage *self,
           GList             *first)
{
  Submission *failed = first->data;

  for (GList *link = self->submissions.tail; link != first->prev; link = link->prev)
    {
      Submission *submission = link->data;

      if (submission->undos != NULL)
        weft_memory_tables_take_back (self->tables, submission->undos);
      if (submission->error == NULL)
        submission->error = g_error_copy (failed->error);
    }
}

static gboolean
deliver (gpointer user_data)
{
  g_autoptr (WeftMemoryStorage) self = g_object_ref (user_data);
  GList *link = self->submissions.head;
  GQueue ready;

  g_clear_pointer (&self->source, g_source_unref);

  while (link != NULL && ((Submission *) link->data)->error == NULL)
    link = link->next;
  if (link != NULL)
    fail_from (self, link);

  /* What the callbacks submit is done in the next turn, and does not belong to a failed queue. */
  ready = self->submissions;
  g_queue_init (&self->submissions);
  for (Submission *submission = g_queue_pop_head (&ready); submission != NULL;
       submission = g_queue_pop_head (&ready))
    {
      if (submission->done != NULL)
        submission->done (WEFT_STORAGE (self), submission->error, submission->user_data);
      submission_free (submission);
      g_object_unref (self);
    }

  return G_SOURCE_REMOVE;
}

/* A context looks at all its sources in each turn, so one that has nothing to do is not there:
 * there may be thousands of storages. */
static void
wake (WeftMemoryStorage *self)
{
  if (self->source != NULL)
    return;

  self->source = weft_poke_source_new (deliver, self);
  weft_poke_source_poke (self->source);
  weft_poke_source_attach (self->source, self->context);
}

static void
weft_memory_storage_submit (WeftStorage       *storage,
                            WeftBatch         *batch,
                            WeftBatchDoneFunc  done,
                            gpointer           user_data)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);
  Submission *submission = g_new0 (Submission, 1);

  submission->done = done;
  submission->user_data = user_data;
  apply (self, submission, batch);

  g_object_ref (self);
  g_queue_push_tail (&self->submissions, submission);
  wake (self);
}

/* Reading */

static gboolean
check_open (WeftMemoryStorage  *self,
            GError            **error)
{
  if (self->is_closed)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the storage was closed");

  return !self->is_closed;
}

static WeftMemoryEntry *
read_entry (WeftStorage      *storage,
            const char       *block_id,
            WeftMemoryTable   table,
            const char       *key,
            GError          **error)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);

  if (!check_open (self, error))
    return NULL;

  return weft_memory_tables_find (self->tables, block_id, table, 0, key);
}

static WeftBlockMetadata *
weft_memory_storage_read_metadata (WeftStorage  *storage,
                                   const char   *block_id,
                                   GError      **error)
{
  WeftMemoryEntry *entry = read_entry (storage, block_id, WEFT_MEMORY_METADATA, "", error);

  if (entry == NULL || entry->stored == NULL)
    return NULL;

  return weft_stored_get_value (entry->stored, &weft_stored_metadata, error);
}

static char *
weft_memory_storage_read_revision (WeftStorage  *storage,
                                   const char   *block_id,
                                   gint64        rev,
                                   GError      **error)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);
  WeftMemoryEntry *entry = NULL;

  if (check_open (self, error))
    entry = weft_memory_tables_find (self->tables, block_id, WEFT_MEMORY_REVISION, rev, "");

  return entry != NULL ? g_strdup (entry->action_id) : NULL;
}

static GPtrArray *
weft_memory_storage_list_revisions (WeftStorage  *storage,
                                    const char   *block_id,
                                    gint64        from,
                                    gint64        to,
                                    guint         max,
                                    GError      **error)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);
  gboolean is_descending = from > to;
  gint64 low = MIN (from, to);
  gint64 high = MIN (MAX (from, to), WEFT_LIMIT_INTEGER_MAX);
  g_autoptr (GPtrArray) revisions = NULL;
  GTreeNode *node;

  if (!check_open (self, error))
    return NULL;

  revisions = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_rev_unref);
  node = weft_memory_tables_seek (self->tables, block_id, WEFT_MEMORY_REVISION,
                                  is_descending ? high + 1 : low, "");
  if (is_descending)
    node = node != NULL ? g_tree_node_previous (node) : weft_memory_tables_last (self->tables);

  while (node != NULL && (max == 0 || revisions->len < max))
    {
      WeftMemoryEntry *entry = g_tree_node_value (node);
      WeftActionRev *revision;

      if (entry->table != WEFT_MEMORY_REVISION || !g_str_equal (entry->block_id, block_id)
          || entry->rev < low || entry->rev > high)
        break;
      revision = weft_action_rev_new (entry->action_id, entry->rev, error);
      if (revision == NULL)
        return NULL;
      g_ptr_array_add (revisions, revision);
      node = is_descending ? g_tree_node_previous (node) : g_tree_node_next (node);
    }

  return g_steal_pointer (&revisions);
}

static WeftPending *
weft_memory_storage_read_pending (WeftStorage  *storage,
                                  const char   *block_id,
                                  const char   *action_id,
                                  GError      **error)
{
  WeftMemoryEntry *entry = read_entry (storage, block_id, WEFT_MEMORY_PENDING, action_id, error);

  return entry != NULL ? weft_stored_get_value (entry->stored, &weft_stored_pending, error) : NULL;
}

static char **
weft_memory_storage_list_pendings (WeftStorage  *storage,
                                   const char   *block_id,
                                   GError      **error)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GTreeNode *node;

  if (!check_open (self, error))
    return NULL;

  node = weft_memory_tables_seek (self->tables, block_id, WEFT_MEMORY_PENDING, 0, "");
  for (; node != NULL; node = g_tree_node_next (node))
    {
      WeftMemoryEntry *entry = g_tree_node_value (node);

      if (entry->table != WEFT_MEMORY_PENDING || !g_str_equal (entry->block_id, block_id))
        break;
      g_strv_builder_add (builder, entry->key);
    }

  return g_strv_builder_end (builder);
}

static WeftPending *
weft_memory_storage_read_action (WeftStorage  *storage,
                                 const char   *block_id,
                                 const char   *action_id,
                                 GError      **error)
{
  WeftMemoryEntry *entry = read_entry (storage, block_id, WEFT_MEMORY_ACTION, action_id, error);

  return entry != NULL ? weft_stored_get_value (entry->stored, &weft_stored_pending, error) : NULL;
}

static WeftBlock *
weft_memory_storage_read_materialized (WeftStorage  *storage,
                                       const char   *block_id,
                                       const char   *action_id,
                                       GError      **error)
{
  WeftMemoryEntry *entry;

  entry = read_entry (storage, block_id, WEFT_MEMORY_MATERIALIZED, action_id, error);

  return entry != NULL ? weft_stored_get_value (entry->stored, &weft_stored_block, error) : NULL;
}

static char **
weft_memory_storage_list_blocks (WeftStorage  *storage,
                                 const char   *after,
                                 guint         max,
                                 GError      **error)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GTreeNode *node;
  guint n_ids = 0;

  if (!check_open (self, error))
    return NULL;

  /* A block id is never empty, so past "" there are only blocks. */
  node = weft_memory_tables_seek (self->tables, after != NULL ? after : "", WEFT_MEMORY_END, 0, "");
  while (node != NULL && (max == 0 || n_ids < max))
    {
      WeftMemoryEntry *entry = g_tree_node_value (node);

      g_strv_builder_add (builder, entry->block_id);
      n_ids++;
      node = weft_memory_tables_seek (self->tables, entry->block_id, WEFT_MEMORY_END, 0, "");
    }

  return g_strv_builder_end (builder);
}

static JsonNode *
weft_memory_storage_read_record (WeftStorage  *storage,
                                 const char   *message_hash,
                                 GError      **error)
{
  WeftMemoryEntry *entry = read_entry (storage, "", WEFT_MEMORY_RECORD, message_hash, error);

  return entry != NULL ? json_node_ref (weft_stored_get_json (entry->stored)) : NULL;
}

static WeftTape *
weft_memory_storage_read_record_tape (WeftStorage  *storage,
                                      const char   *message_hash,
                                      GError      **error)
{
  WeftMemoryEntry *entry = read_entry (storage, "", WEFT_MEMORY_RECORD, message_hash, error);

  return entry != NULL ? weft_stored_get_tape (entry->stored) : NULL;
}

static GPtrArray *
weft_memory_storage_list_unresolved_records (WeftStorage  *storage,
                                             GError      **error)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);
  g_autoptr (GPtrArray) records = NULL;
  GTreeNode *node;

  if (!check_open (self, error))
    return NULL;

  records = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  node = weft_memory_tables_seek (self->tables, "", WEFT_MEMORY_RECORD, 0, "");
  for (; node != NULL; node = g_tree_node_next (node))
    {
      WeftMemoryEntry *entry = g_tree_node_value (node);

      if (entry->table != WEFT_MEMORY_RECORD)
        break;
      if (!entry->is_resolved)
        g_ptr_array_add (records, json_node_ref (weft_stored_get_json (entry->stored)));
    }

  return g_steal_pointer (&records);
}

static JsonNode *
weft_memory_storage_read_value (WeftStorage  *storage,
                                const char   *name,
                                GError      **error)
{
  WeftMemoryEntry *entry = read_entry (storage, "", WEFT_MEMORY_VALUE, name, error);

  return entry != NULL ? json_node_ref (weft_stored_get_json (entry->stored)) : NULL;
}

static gboolean
weft_memory_storage_get_usage (WeftStorage  *storage,
                               guint64      *bytes_used,
                               guint64      *bytes_available,
                               GError      **error)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);
  guint64 used = 0;

  if (!check_open (self, error))
    return FALSE;

  for (GTreeNode *node = weft_memory_tables_first (self->tables); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftMemoryEntry *entry = g_tree_node_value (node);

      if (entry->bytes == 0 && entry->stored != NULL)
        {
          g_autoptr (GString) text = g_string_new (NULL);

          weft_stored_append (entry->stored, text);
          entry->bytes = text->len;
        }
      used += sizeof (WeftMemoryEntry) + entry->bytes;
    }
  if (bytes_used != NULL)
    *bytes_used = used;
  if (bytes_available != NULL)
    *bytes_available = G_MAXUINT64;

  return TRUE;
}

static gboolean
weft_memory_storage_close (WeftStorage  *storage,
                           GError      **error)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (storage);

  /* Batches that were submitted before still come to their ends. */
  self->is_closed = TRUE;

  return TRUE;
}

static void
weft_memory_storage_iface_init (WeftStorageInterface *iface)
{
  iface->read_metadata = weft_memory_storage_read_metadata;
  iface->read_revision = weft_memory_storage_read_revision;
  iface->list_revisions = weft_memory_storage_list_revisions;
  iface->read_pending = weft_memory_storage_read_pending;
  iface->list_pendings = weft_memory_storage_list_pendings;
  iface->read_action = weft_memory_storage_read_action;
  iface->read_materialized = weft_memory_storage_read_materialized;
  iface->list_blocks = weft_memory_storage_list_blocks;
  iface->read_record = weft_memory_storage_read_record;
  iface->read_record_tape = weft_memory_storage_read_record_tape;
  iface->list_unresolved_records = weft_memory_storage_list_unresolved_records;
  iface->read_value = weft_memory_storage_read_value;
  iface->get_usage = weft_memory_storage_get_usage;
  iface->submit = weft_memory_storage_submit;
  iface->close = weft_memory_storage_close;
}

static void
weft_memory_storage_finalize (GObject *object)
{
  WeftMemoryStorage *self = WEFT_MEMORY_STORAGE (object);

  /* Each submission holds a reference, so none is left here. */
  g_assert (g_queue_is_empty (&self->submissions));
  g_assert (self->source == NULL);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->tables, weft_memory_tables_free);
  g_clear_error (&self->fault);

  G_OBJECT_CLASS (weft_memory_storage_parent_class)->finalize (object);
}

static void
weft_memory_storage_class_init (WeftMemoryStorageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = weft_memory_storage_finalize;
}

static void
weft_memory_storage_init (WeftMemoryStorage *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->tables = weft_memory_tables_new ();
  g_queue_init (&self->submissions);
}

/**
 * weft_memory_storage_new: (constructor)
 *
 * Makes an empty storage in memory.
 *
 * Returns: (transfer full) (type WeftMemoryStorage): a new storage
 *
 * Since: 0.1
 */
WeftStorage *
weft_memory_storage_new (void)
{
  return g_object_new (WEFT_TYPE_MEMORY_STORAGE, NULL);
}

void
weft_memory_storage_fail_after (WeftMemoryStorage *self,
                                guint              n_batches,
                                const GError      *error)
{
  g_assert (WEFT_IS_MEMORY_STORAGE (self));

  g_clear_error (&self->fault);
  self->fault = error != NULL ? g_error_copy (error) : NULL;
  self->n_batches_before_fault = n_batches;
}
