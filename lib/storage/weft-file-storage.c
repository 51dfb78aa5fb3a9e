/* weft-file-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-storage-private.h"

#include <unistd.h>

#include "weft-error.h"
#include "weft-file-home-private.h"
#include "weft-file-reader-private.h"
#include "weft-file-writer-private.h"
#include "weft-storage-private.h"

/**
 * WeftFileStorage:
 *
 * A [iface@Weft.Storage] in a folder, as a log that is only ever written at its end.
 *
 * All batches that wait are written together and synced once, by a thread of the storage, and stay
 * where they were written. Where everything is, is kept in memory. When too much of the log is of
 * no use any more, what is left of its oldest part is written again and that part taken away.
 *
 * Since: 0.1
 */

struct _WeftFileStorage
{
  GObject parent_instance;

  WeftFileLayer *layer;
  WeftFileIndex *index;
  WeftFileWriter *writer; /* NULL while it opens */
  gboolean is_open;
  int lock;               /* or -1 */
};

static void weft_file_storage_iface_init (WeftStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftFileStorage, weft_file_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_STORAGE,
                                                      weft_file_storage_iface_init))

/* Writing */

static void
weft_file_storage_submit (WeftStorage      *storage,
                          WeftBatch        *batch,
                          WeftBatchDoneFunc done,
                          gpointer          user_data)
{
  weft_file_writer_submit (WEFT_FILE_STORAGE (storage)->writer, batch, done, user_data);
}

static gboolean
weft_file_storage_close (WeftStorage *storage,
                         GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);
  gboolean is_durable;

  if (!self->is_open)
    return TRUE;

  self->is_open = FALSE;
  is_durable = weft_file_writer_close (self->writer, error);
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;

  return is_durable;
}

/* Reading */

static gboolean
check_open (WeftFileStorage *self,
            GError         **error)
{
  if (self->is_open)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the storage was closed");
  return FALSE;
}

/* FALSE when the storage is closed; the scope is NULL when the block has nothing. */
static gboolean
get_scope (WeftStorage    *storage,
           const char     *block_id,
           WeftFileScope **scope,
           GError        **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);

  if (!check_open (self, error))
    return FALSE;
  *scope = weft_file_index_find (self->index, block_id);

  return TRUE;
}

static gpointer
read_value (WeftStorage          *storage,
            const char           *block_id,
            WeftFileKind          kind,
            const char           *key,
            const WeftStoredType *type,
            GError              **error)
{
  WeftFileScope *scope;

  if (!get_scope (storage, block_id, &scope, error) || scope == NULL)
    return NULL;

  return weft_file_index_read_value (WEFT_FILE_STORAGE (storage)->index, scope, kind, key, type,
                                     error);
}

static WeftBlockMetadata *
weft_file_storage_read_metadata (WeftStorage *storage,
                                 const char  *block_id,
                                 GError     **error)
{
  return read_value (storage, block_id, WEFT_FILE_KIND_META, "", &weft_stored_metadata, error);
}

static WeftPending *
weft_file_storage_read_pending (WeftStorage *storage,
                                const char  *block_id,
                                const char  *action_id,
                                GError     **error)
{
  return read_value (storage, block_id, WEFT_FILE_KIND_PENDING, action_id, &weft_stored_pending,
                     error);
}

static WeftPending *
weft_file_storage_read_action (WeftStorage *storage,
                               const char  *block_id,
                               const char  *action_id,
                               GError     **error)
{
  return read_value (storage, block_id, WEFT_FILE_KIND_ACTION, action_id, &weft_stored_pending,
                     error);
}

static WeftBlock *
weft_file_storage_read_materialized (WeftStorage *storage,
                                     const char  *block_id,
                                     const char  *action_id,
                                     GError     **error)
{
  return read_value (storage, block_id, WEFT_FILE_KIND_MATERIALIZED, action_id, &weft_stored_block,
                     error);
}

static char *
weft_file_storage_read_revision (WeftStorage *storage,
                                 const char  *block_id,
                                 gint64       rev,
                                 GError     **error)
{
  WeftFileScope *scope;

  if (!get_scope (storage, block_id, &scope, error) || scope == NULL)
    return NULL;

  return weft_file_reader_read_revision (WEFT_FILE_STORAGE (storage)->index, scope, rev, error);
}

static GPtrArray *
weft_file_storage_list_revisions (WeftStorage *storage,
                                  const char  *block_id,
                                  gint64       from,
                                  gint64       to,
                                  guint        max,
                                  GError     **error)
{
  WeftFileScope *scope;

  if (!get_scope (storage, block_id, &scope, error))
    return NULL;
  if (scope == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_rev_unref);

  return weft_file_reader_list_revisions (WEFT_FILE_STORAGE (storage)->index, scope, from, to, max,
                                          error);
}

static char **
weft_file_storage_list_pendings (WeftStorage *storage,
                                 const char  *block_id,
                                 GError     **error)
{
  WeftFileScope *scope;

  if (!get_scope (storage, block_id, &scope, error))
    return NULL;

  return scope != NULL ? weft_file_reader_list_pendings (scope) : g_new0 (char *, 1);
}

static char **
weft_file_storage_list_blocks (WeftStorage *storage,
                               const char  *after,
                               guint        max,
                               GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);

  return check_open (self, error) ? weft_file_index_list_blocks (self->index, after, max) : NULL;
}

static JsonNode *
weft_file_storage_read_record (WeftStorage *storage,
                               const char  *message_hash,
                               GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);

  if (!check_open (self, error))
    return NULL;

  return weft_file_reader_read_record (self->index, message_hash, error);
}

static WeftTape *
weft_file_storage_read_record_tape (WeftStorage *storage,
                                    const char  *message_hash,
                                    GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);

  if (!check_open (self, error))
    return NULL;

  return weft_file_reader_read_record_tape (self->index, message_hash, error);
}

static GPtrArray *
weft_file_storage_list_unresolved_records (WeftStorage *storage,
                                           GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);

  if (!check_open (self, error))
    return NULL;

  return weft_file_reader_list_unresolved_records (self->index, error);
}

static JsonNode *
weft_file_storage_read_value (WeftStorage *storage,
                              const char  *name,
                              GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);

  if (!check_open (self, error))
    return NULL;

  return weft_file_index_read_json (self->index, weft_file_index_find (self->index, ""),
                               WEFT_FILE_KIND_VALUE, name, error);
}

static gboolean
weft_file_storage_get_usage (WeftStorage *storage,
                             guint64     *bytes_used,
                             guint64     *bytes_available,
                             GError     **error)
{
  WeftFileStorage *self = WEFT_FILE_STORAGE (storage);
  int status;

  if (!check_open (self, error))
    return FALSE;

  status = self->layer->get_space (self->layer, bytes_available);
  if (status < 0)
    weft_file_layer_set_error (self->layer, error, status, "measure", "");
  *bytes_used = weft_file_writer_get_usage (self->writer);

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
  iface->read_record_tape = weft_file_storage_read_record_tape;
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

  if (!weft_file_storage_close (WEFT_STORAGE (self), &error))
    g_message ("storage: closed because nobody uses it, but not whole: %s", error->message);
  g_clear_pointer (&self->writer, weft_file_writer_free);
  g_clear_pointer (&self->index, weft_file_index_free);
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
  self->lock = -1;
}

static WeftFileStorage *
open_layer (WeftFileLayer         *layer,
            const WeftFileOptions *options,
            GError               **error)
{
  g_autoptr (WeftFileStorage) self = g_object_new (WEFT_TYPE_FILE_STORAGE, NULL);
  g_auto (WeftFileRecovery) recovery = { 0 };
  g_autoptr (GArray) segments = NULL;

  self->layer = layer;
  segments = weft_file_home_open (layer, error);
  if (segments == NULL)
    return NULL;
  self->index = weft_file_index_new (layer, options->cache_bytes_max);
  if (!weft_file_recovery_run (layer, segments, self->index, &recovery, error))
    return NULL;
  weft_file_home_tidy (layer, segments);
  if (recovery.n_read > 0)
    g_info ("storage: %s was not closed; %u batches read from the end of its log",
            layer->base_path, recovery.n_read);

  self->writer = weft_file_writer_new (WEFT_STORAGE (self), layer, self->index, options, segments,
                                       &recovery);
  self->is_open = TRUE;

  return g_steal_pointer (&self);
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
  g_assert (self->is_open);

  weft_file_writer_checkpoint (self->writer);
}

guint64
weft_file_storage_get_n_syncs (WeftFileStorage *self)
{
  g_assert (self->is_open);

  return weft_file_writer_get_n_syncs (self->writer);
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
 * [error@Weft.Error.CORRUPT] when what says that this is a storage is damaged, or so much of the
 * log that it cannot be told what it was about, [error@Weft.Error.INVALID] when an older or newer
 * version made it, and [error@Weft.Error.UNAVAILABLE] when the folder cannot be used.
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
    WEFT_FILE_SEGMENT_BYTES_MAX, WEFT_FILE_GARBAGE_BYTES_MAX, WEFT_FILE_CACHE_BYTES_MAX,
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
