/* faulty-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "faulty-storage.h"

#include "weft-memory-storage-private.h"

struct _FaultyStorage
{
  GObject parent_instance;

  WeftStorage *inner;
  guint n_passing; /* reads */
  guint n_failing; /* reads after these */
  guint n_lists;   /* that fail */
  WeftError list_code;
};

static void storage_iface_init (WeftStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FaultyStorage, faulty_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_STORAGE, storage_iface_init))

static WeftStorage *
get_inner (WeftStorage *storage)
{
  return FAULTY_STORAGE (storage)->inner;
}

static WeftBlockMetadata *
read_metadata (WeftStorage  *storage,
               const char   *block_id,
               GError      **error)
{
  FaultyStorage *self = FAULTY_STORAGE (storage);

  if (self->n_passing > 0)
    self->n_passing--;
  else if (self->n_failing > 0)
    {
      self->n_failing--;
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "the disk cannot be read");
      return NULL;
    }

  return weft_storage_read_metadata (self->inner, block_id, error);
}

static char *
read_revision (WeftStorage  *storage,
               const char   *block_id,
               gint64        rev,
               GError      **error)
{
  return weft_storage_read_revision (get_inner (storage), block_id, rev, error);
}

static GPtrArray *
list_revisions (WeftStorage  *storage,
                const char   *block_id,
                gint64        from,
                gint64        to,
                guint         max,
                GError      **error)
{
  return weft_storage_list_revisions (get_inner (storage), block_id, from, to, max, error);
}

static WeftPending *
read_pending (WeftStorage  *storage,
              const char   *block_id,
              const char   *action_id,
              GError      **error)
{
  return weft_storage_read_pending (get_inner (storage), block_id, action_id, error);
}

static char **
list_pendings (WeftStorage  *storage,
               const char   *block_id,
               GError      **error)
{
  return weft_storage_list_pendings (get_inner (storage), block_id, error);
}

static WeftPending *
read_action (WeftStorage  *storage,
             const char   *block_id,
             const char   *action_id,
             GError      **error)
{
  return weft_storage_read_action (get_inner (storage), block_id, action_id, error);
}

static WeftBlock *
read_materialized (WeftStorage  *storage,
                   const char   *block_id,
                   const char   *action_id,
                   GError      **error)
{
  return weft_storage_read_materialized (get_inner (storage), block_id, action_id, error);
}

static char **
list_blocks (WeftStorage  *storage,
             const char   *after,
             guint         max,
             GError      **error)
{
  return weft_storage_list_blocks (get_inner (storage), after, max, error);
}

static JsonNode *
read_record (WeftStorage  *storage,
             const char   *key,
             GError      **error)
{
  return weft_storage_read_record (get_inner (storage), key, error);
}

static GPtrArray *
list_unresolved_records (WeftStorage  *storage,
                         GError      **error)
{
  FaultyStorage *self = FAULTY_STORAGE (storage);

  if (self->n_lists == 0)
    return weft_storage_list_unresolved_records (self->inner, error);

  self->n_lists--;
  g_set_error (error, WEFT_ERROR, self->list_code, "the disk cannot be listed");
  return NULL;
}

static JsonNode *
read_value (WeftStorage  *storage,
            const char   *name,
            GError      **error)
{
  return weft_storage_read_value (get_inner (storage), name, error);
}

static gboolean
get_usage (WeftStorage  *storage,
           guint64      *bytes_used,
           guint64      *bytes_available,
           GError      **error)
{
  return weft_storage_get_usage (get_inner (storage), bytes_used, bytes_available, error);
}

typedef struct
{
  WeftStorage *storage;
  WeftBatchDoneFunc done;
  gpointer user_data;
} Submission;

static void
done_cb (WeftStorage  *inner,
         const GError *error,
         gpointer      user_data)
{
  g_autofree Submission *submission = user_data;

  submission->done (submission->storage, error, submission->user_data);
  g_object_unref (submission->storage);
}

static void
submit (WeftStorage       *storage,
        WeftBatch         *batch,
        WeftBatchDoneFunc  done,
        gpointer           user_data)
{
  Submission *submission = g_new0 (Submission, 1);

  submission->storage = g_object_ref (storage);
  submission->done = done;
  submission->user_data = user_data;
  weft_storage_submit (get_inner (storage), batch, done_cb, submission);
}

static gboolean
close_storage (WeftStorage  *storage,
               GError      **error)
{
  return TRUE;
}

static void
storage_iface_init (WeftStorageInterface *iface)
{
  iface->read_metadata = read_metadata;
  iface->read_revision = read_revision;
  iface->list_revisions = list_revisions;
  iface->read_pending = read_pending;
  iface->list_pendings = list_pendings;
  iface->read_action = read_action;
  iface->read_materialized = read_materialized;
  iface->list_blocks = list_blocks;
  iface->read_record = read_record;
  iface->list_unresolved_records = list_unresolved_records;
  iface->read_value = read_value;
  iface->get_usage = get_usage;
  iface->submit = submit;
  iface->close = close_storage;
}

static void
faulty_storage_finalize (GObject *object)
{
  FaultyStorage *self = FAULTY_STORAGE (object);

  weft_storage_close (self->inner, NULL);
  g_object_unref (self->inner);

  G_OBJECT_CLASS (faulty_storage_parent_class)->finalize (object);
}

static void
faulty_storage_class_init (FaultyStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = faulty_storage_finalize;
}

static void
faulty_storage_init (FaultyStorage *self)
{
  self->inner = weft_memory_storage_new ();
}

FaultyStorage *
faulty_storage_new (void)
{
  return g_object_new (FAULTY_TYPE_STORAGE, NULL);
}

void
faulty_storage_fail_reads (FaultyStorage *self,
                           guint          n_passing,
                           guint          n_failing)
{
  self->n_passing = n_passing;
  self->n_failing = n_failing;
}

void
faulty_storage_fail_batches (FaultyStorage *self,
                             guint          n_passing)
{
  g_autoptr(GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "the disk is full");

  weft_memory_storage_fail_after (WEFT_MEMORY_STORAGE (self->inner), n_passing, error);
}

void
faulty_storage_fail_lists (FaultyStorage *self,
                           guint          n_failing,
                           WeftError      code)
{
  self->n_lists = n_failing;
  self->list_code = code;
}

void
faulty_storage_mend (FaultyStorage *self)
{
  faulty_storage_fail_reads (self, 0, 0);
  faulty_storage_fail_lists (self, 0, WEFT_ERROR_FAILED);
  weft_memory_storage_fail_after (WEFT_MEMORY_STORAGE (self->inner), 0, NULL);
}
