/* weft-file-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-storage-private.h"

#include <unistd.h>

#include "weft-error.h"
#include "weft-file-cache-private.h"
#include "weft-file-changes-private.h"
#include "weft-file-home-private.h"
#include "weft-file-reader-private.h"
#include "weft-poke-source-private.h"

/**
 * WeftFileStorage:
 *
 * A [iface@Weft.Storage] in a folder of small JSON files that people can look into.
 *
 * Batches go to a journal first: all that wait are written together and synced once, by a thread
 * of the storage. Later they are brought to the files. What a crash leaves in the journal is
 * brought to the files when the storage is opened again.
 *
 * Since: 0.1
 */

typedef struct
{
  WeftBatchDoneFunc done;
  gpointer user_data;
  guint64 number;
  WeftFileChanges *changes; /* NULL when the batch failed at once and changed nothing */
  GError *error;
} Submission;

struct _WeftFileStorage
{
  GObject parent_instance;

  WeftFileLayer *layer;
  WeftFileCache *cache;
  WeftFileWorker *worker; /* NULL when closed */
  GSource *source;
  GQueue submissions;     /* (element-type Submission) not done yet, oldest first */
  GQueue late_results;    /* (element-type WeftFileResult) that came before closing */
  guint64 last_number;
  guint64 applied_number;
  guint epoch;
  int lock;               /* or -1 */
};

static void weft_file_storage_iface_init (WeftStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftFileStorage, weft_file_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_STORAGE,
                                                      weft_file_storage_iface_init))

/* Writing */

static void
submission_free (Submission *submission)
{
  g_clear_pointer (&submission->changes, weft_file_changes_free);
  g_clear_error (&submission->error);
  g_free (submission);
}

static void
finish_submission (WeftFileStorage *self,
                   Submission      *submission)
{
  if (submission->done != NULL)
    submission->done (WEFT_STORAGE (self), submission->error, submission->user_data);
  submission_free (submission);
  g_object_unref (self);
}

/* What was submitted after a failed batch may have been made from what that one wrote, so all of
 * it fails too, newest first, which leaves what was there before. */
static void
fail_all (WeftFileStorage *self,
          const GError    *error)
{
  GQueue failed = self->submissions;

  /* What the callbacks submit is new, and not among what the worker fails too. */
  g_queue_init (&self->submissions);
  self->epoch++;
  for (GList *link = failed.tail; link != NULL; link = link->prev)
    {
      Submission *submission = link->data;

      if (submission->changes != NULL)
        weft_file_changes_take_back (submission->changes);
      if (submission->error == NULL)
        submission->error = g_error_copy (error);
    }
  for (Submission *submission = g_queue_pop_head (&failed); submission != NULL;
       submission = g_queue_pop_head (&failed))
    finish_submission (self, submission);
}

static void
deliver_results (WeftFileStorage *self,
                 GQueue          *results)
{
  for (WeftFileResult *result = g_queue_pop_head (results); result != NULL;
       result = g_queue_pop_head (results))
    {
      Submission *submission = g_queue_peek_head (&self->submissions);

      /* A batch that failed with an earlier one is not here any more. */
      if (submission != NULL && submission->number == result->number)
        {
          if (result->error != NULL)
            fail_all (self, result->error);
          else
            finish_submission (self, g_queue_pop_head (&self->submissions));
        }
      weft_file_result_free (result);
    }
}

static gboolean
deliver (gpointer user_data)
{
  g_autoptr (WeftFileStorage) self = g_object_ref (user_data);
  GQueue results = G_QUEUE_INIT;
  guint64 applied_number = self->applied_number;
  Submission *first;

  if (self->worker != NULL)
    weft_file_worker_take (self->worker, &results, &applied_number);
  else
    {
      results = self->late_results;
      g_queue_init (&self->late_results);
    }
  deliver_results (self, &results);

  /* A batch that failed at once waited for those before it. */
  first = g_queue_peek_head (&self->submissions);
  if (first != NULL && first->error != NULL)
    fail_all (self, first->error);

  self->applied_number = applied_number;
  weft_file_cache_trim (self->cache, applied_number);

  return G_SOURCE_CONTINUE;
}

static void
weft_file_storage_submit (WeftStorage      *storage,
                          WeftBatch        *batch,
                          WeftBatchDoneFunc done,
                          gpointer          user_data)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);
  Submission *last = g_queue_peek_tail (&self->submissions);
  Submission *submission = g_new0 (Submission, 1);
  g_autoptr (WeftFileJob) job = weft_file_job_new ();

  submission->done = done;
  submission->user_data = user_data;
  submission->number = ++self->last_number;
  job->number = submission->number;
  job->epoch = self->epoch;

  if (self->worker == NULL)
    g_set_error (&submission->error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the storage was closed");
  else if (last != NULL && last->error != NULL)
    submission->error = g_error_copy (last->error);
  else
    submission->changes = weft_file_changes_apply (self->cache, batch, job, &submission->error);

  g_object_ref (self);
  g_queue_push_tail (&self->submissions, submission);
  if (submission->error == NULL)
    weft_file_worker_push (self->worker, g_steal_pointer (&job));
  else
    weft_poke_source_poke (self->source);
}

static gboolean
weft_file_storage_close (WeftStorage *storage,
                         GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);
  g_autoptr (WeftFileWorker) worker = g_steal_pointer (&self->worker);
  gboolean is_durable;

  if (worker == NULL)
    return TRUE;

  is_durable = weft_file_worker_close (worker, error);
  weft_file_worker_take (worker, &self->late_results, &self->applied_number);
  weft_file_home_save_usage (self->layer, weft_file_worker_get_usage (worker));
  for (GList *link = self->late_results.head; link != NULL && is_durable; link = link->next)
    {
      WeftFileResult *result = link->data;

      if (result->error != NULL)
        {
          g_propagate_error (error, g_error_copy (result->error));
          is_durable = FALSE;
        }
    }
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;
  weft_poke_source_poke (self->source);

  return is_durable;
}

/* Reading */

/* The scope of a block, or of the node, or NULL when the storage is closed. */
static WeftFileScope *
get_scope (WeftStorage *storage,
           const char  *block_id,
           GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);

  if (self->worker == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the storage was closed");
      return NULL;
    }
  weft_file_cache_trim (self->cache, self->applied_number);

  return weft_file_cache_get (self->cache, block_id);
}

static gpointer
read_typed (WeftStorage      *storage,
            const char       *block_id,
            WeftFileKind      kind,
            const char       *key,
            GType             type,
            WeftFileParseFunc parse,
            GError          **error)
{
  WeftFileScope *scope = get_scope (storage, block_id, error);

  if (scope == NULL)
    return NULL;

  return weft_file_scope_read_typed (scope, kind, key, type, parse, error);
}

static WeftBlockMetadata *
weft_file_storage_read_metadata (WeftStorage *storage,
                                 const char  *block_id,
                                 GError     **error)
{
  return read_typed (storage, block_id, WEFT_FILE_KIND_META, NULL, WEFT_TYPE_BLOCK_METADATA,
                     (WeftFileParseFunc) weft_block_metadata_from_json, error);
}

static WeftPending *
weft_file_storage_read_pending (WeftStorage *storage,
                                const char  *block_id,
                                const char  *action_id,
                                GError     **error)
{
  return read_typed (storage, block_id, WEFT_FILE_KIND_PENDING, action_id, WEFT_TYPE_PENDING,
                     (WeftFileParseFunc) weft_pending_from_json, error);
}

static WeftPending *
weft_file_storage_read_action (WeftStorage *storage,
                               const char  *block_id,
                               const char  *action_id,
                               GError     **error)
{
  return read_typed (storage, block_id, WEFT_FILE_KIND_ACTION, action_id, WEFT_TYPE_PENDING,
                     (WeftFileParseFunc) weft_pending_from_json, error);
}

static WeftBlock *
weft_file_storage_read_materialized (WeftStorage *storage,
                                     const char  *block_id,
                                     const char  *action_id,
                                     GError     **error)
{
  return read_typed (storage, block_id, WEFT_FILE_KIND_MATERIALIZED, action_id, WEFT_TYPE_BLOCK,
                     (WeftFileParseFunc) weft_block_from_json, error);
}

static char *
weft_file_storage_read_revision (WeftStorage *storage,
                                 const char  *block_id,
                                 gint64       rev,
                                 GError     **error)
{
  WeftFileScope *scope = get_scope (storage, block_id, error);

  return scope != NULL ? weft_file_reader_read_revision (scope, rev, error) : NULL;
}

static GPtrArray *
weft_file_storage_list_revisions (WeftStorage *storage,
                                  const char  *block_id,
                                  gint64       from,
                                  gint64       to,
                                  guint        max,
                                  GError     **error)
{
  WeftFileScope *scope = get_scope (storage, block_id, error);

  if (scope == NULL)
    return NULL;

  return weft_file_reader_list_revisions (scope, from, to, max, error);
}

static char **
weft_file_storage_list_pendings (WeftStorage *storage,
                                 const char  *block_id,
                                 GError     **error)
{
  WeftFileScope *scope = get_scope (storage, block_id, error);

  return scope != NULL ? weft_file_reader_list_pendings (scope, error) : NULL;
}

static char **
weft_file_storage_list_blocks (WeftStorage *storage,
                               const char  *after,
                               guint        max,
                               GError     **error)
{
  if (get_scope (storage, NULL, error) == NULL)
    return NULL;

  return weft_file_cache_list_blocks (WEFT_FILE_STORAGE (storage)->cache, after, max, error);
}

static JsonNode *
weft_file_storage_read_record (WeftStorage *storage,
                               const char  *message_hash,
                               GError     **error)
{
  WeftFileScope *scope = get_scope (storage, NULL, error);

  return scope != NULL ? weft_file_reader_read_record (scope, message_hash, error) : NULL;
}

static GPtrArray *
weft_file_storage_list_unresolved_records (WeftStorage *storage,
                                           GError     **error)
{
  WeftFileScope *scope = get_scope (storage, NULL, error);

  return scope != NULL ? weft_file_reader_list_unresolved_records (scope, error) : NULL;
}

static JsonNode *
weft_file_storage_read_value (WeftStorage *storage,
                              const char  *name,
                              GError     **error)
{
  WeftFileScope *scope = get_scope (storage, NULL, error);

  return scope != NULL ? weft_file_scope_read (scope, WEFT_FILE_KIND_VALUE, name, error) : NULL;
}

static gboolean
weft_file_storage_get_usage (WeftStorage *storage,
                             guint64     *bytes_used,
                             guint64     *bytes_available,
                             GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);
  int status;

  if (get_scope (storage, NULL, error) == NULL)
    return FALSE;

  status = self->layer->get_space (self->layer, bytes_available);
  if (status < 0)
    weft_file_layer_set_error (self->layer, error, status, "measure", "");
  *bytes_used = (guint64) MAX (weft_file_worker_get_usage (self->worker), 0);

  return status == 0;
}

static void
weft_file_storage_iface_init (WeftStorageInterface *iface)
{
  iface->read_metadata = weft_file_storage_read_metadata;
  iface->read_revision = weft_file_storage_read_revision;
  iface->list_revisions = weft_file_storage_list_revisions;
  iface->read_pending = weft_file_storage_read_pending;
  iface->list_pendings = weft_file_storage_list_pendings;
  iface->read_action = weft_file_storage_read_action;
  iface->read_materialized = weft_file_storage_read_materialized;
  iface->list_blocks = weft_file_storage_list_blocks;
  iface->read_record = weft_file_storage_read_record;
  iface->list_unresolved_records = weft_file_storage_list_unresolved_records;
  iface->read_value = weft_file_storage_read_value;
  iface->get_usage = weft_file_storage_get_usage;
  iface->submit = weft_file_storage_submit;
  iface->close = weft_file_storage_close;
}

static void
weft_file_storage_finalize (GObject *object)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (object);
  g_autoptr (GError) error = NULL;

  /* Each submission holds a reference, so none is left here. */
  g_assert (g_queue_is_empty (&self->submissions));
  if (!weft_file_storage_close (WEFT_STORAGE (self), &error))
    g_message ("storage: closed because nobody uses it, but not whole: %s", error->message);
  g_queue_clear_full (&self->late_results, (GDestroyNotify) weft_file_result_free);
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_pointer (&self->cache, weft_file_cache_free);
  g_clear_pointer (&self->layer, weft_file_layer_free);

  G_OBJECT_CLASS (weft_file_storage_parent_class)->finalize (object);
}

static void
weft_file_storage_class_init (WeftFileStorageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = weft_file_storage_finalize;
}

static void
weft_file_storage_init (WeftFileStorage *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_queue_init (&self->submissions);
  g_queue_init (&self->late_results);
  self->lock = -1;
  self->source = weft_poke_source_new (deliver, self);
  g_source_attach (self->source, context);
}

static WeftFileStorage *
open_layer (WeftFileLayer         *layer,
            const WeftFileOptions *options,
            GError               **error)
{
  g_autoptr (WeftFileStorage) self = g_object_new (WEFT_TYPE_FILE_STORAGE, NULL);
  WeftFileRecovery recovery = { 0 };
  gint64 usage = 0;

  self->layer = layer;
  if (!weft_file_home_prepare (layer, &usage, error))
    return NULL;
  usage = weft_file_home_take_usage (layer);
  if (!weft_file_recovery_run (layer, &usage, &recovery, error))
    return NULL;
  if (recovery.n_replayed > 0)
    g_info ("storage: %s was not closed; %u batches brought from the journal to the files",
            layer->base_path, recovery.n_replayed);

  self->cache = weft_file_cache_new (layer, options->cache_bytes_max);
  self->worker = weft_file_worker_new (layer, options, &recovery, usage, self->source, error);

  return self->worker != NULL ? g_steal_pointer (&self) : NULL;
}

WeftStorage *
weft_file_storage_open_layer (WeftFileLayer         *layer,
                              const WeftFileOptions *options,
                              GError               **error)
{
  WeftFileStorage *self = open_layer (layer, options, error);

  return self != NULL ? WEFT_STORAGE (self) : NULL;
}

void
weft_file_storage_checkpoint (WeftFileStorage *self)
{
  g_assert (self->worker != NULL);

  weft_file_worker_checkpoint (self->worker);
}

guint64
weft_file_storage_get_n_syncs (WeftFileStorage *self)
{
  g_assert (self->worker != NULL);

  return weft_file_worker_get_n_syncs (self->worker);
}

/**
 * weft_file_storage_open: (constructor)
 * @path: a folder, which is made if it does not exist
 * @error: return location for an error
 *
 * Opens the storage in a folder, or makes a new one of an empty folder.
 *
 * The folder belongs to the storage until it is closed. It is locked; the lock ends with the
 * process at the latest.
 *
 * Sets [error@Weft.Error.EXISTS] when it is in use, naming the lock and the process that holds it,
 * [error@Weft.Error.CORRUPT] when the journal, or what says that this is a storage, is damaged,
 * [error@Weft.Error.INVALID] when a newer version made it, and [error@Weft.Error.UNAVAILABLE] when
 * the folder cannot be used.
 *
 * Returns: (transfer full) (type WeftFileStorage): a new storage
 *
 * Since: 0.1
 */
WeftStorage *
weft_file_storage_open (const char *path,
                        GError    **error)
{
  const WeftFileOptions options = {
    WEFT_FILE_SEGMENT_BYTES_MAX, WEFT_FILE_IDLE_USEC, WEFT_FILE_CACHE_BYTES_MAX,
  };
  WeftFileStorage *self = NULL;
  WeftFileLayer *layer;
  int lock;

  g_return_val_if_fail (path != NULL, NULL);

  lock = weft_file_home_lock (path, error);
  if (lock < 0)
    return NULL;
  layer = weft_file_layer_new_real (path, error);
  if (layer != NULL)
    self = open_layer (layer, &options, error);
  if (self == NULL)
    {
      close (lock);
      return NULL;
    }
  self->lock = lock;

  return WEFT_STORAGE (self);
}
