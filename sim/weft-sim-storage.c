/* weft-sim-storage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "weft-sim-disk-private.h"

/**
 * WeftSimStorage:
 *
 * The [iface@Weft.Storage] of one life of a simulated node, over its [class@WeftSim.Disk].
 *
 * It keeps the contract of the interface; what it adds are the faults of its disk. Its functions
 * are called in events of the world, which belong to the actor of the disk.
 *
 * Since: 0.1
 */
struct _WeftSimStorage
{
  GObject parent_instance;

  WeftSimDisk *disk;
  gboolean is_closed;
};

/* What a disk without a limit says is left: as much as anybody asks for. */
#define BYTES_AVAILABLE (G_GUINT64_CONSTANT (1) << 40)

static void weft_sim_storage_iface_init (WeftStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSimStorage, weft_sim_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_STORAGE,
                                                      weft_sim_storage_iface_init))

static WeftSimTables *
get_tables (WeftStorage  *storage,
            GError      **error)
{
  WeftSimStorage *self = WEFT_SIM_STORAGE (storage);

  if (self->is_closed)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the storage was closed");
      return NULL;
    }

  return weft_sim_disk_can_read (self->disk, error) ? &self->disk->tables : NULL;
}

static gboolean
check_damage (const WeftSimTables  *tables,
              const WeftSimRecord  *record,
              GError              **error)
{
  static const char *const names[] = {
    "the metadata", "a revision", "pending action", "action", "the block of action", "record",
    "value",
  };

  if (!weft_sim_tables_is_damaged (tables, record))
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT, "%s %s%s%s is damaged",
               names[record->table], record->key,
               record->shelf->block_id[0] != '\0' ? " of block " : "", record->shelf->block_id);
  return FALSE;
}

/* NULL without an error when there is none. */
static WeftSimRecord *
read_record (WeftStorage   *storage,
             const char    *block_id,
             WeftSimTable   table,
             gint64         rev,
             const char    *key,
             GError       **error)
{
  WeftSimTables *tables = get_tables (storage, error);
  WeftSimRecord *record;

  if (tables == NULL)
    return NULL;
  record = weft_sim_tables_find (tables, block_id, table, rev, key);
  if (record == NULL || !check_damage (tables, record, error))
    return NULL;

  return record;
}

static WeftBlockMetadata *
weft_sim_storage_read_metadata (WeftStorage  *storage,
                                const char   *block_id,
                                GError      **error)
{
  WeftSimRecord *record = read_record (storage, block_id, WEFT_SIM_TABLE_BLOCK, 0, "", error);

  if (record == NULL || record->text == NULL)
    return NULL;

  return weft_sim_tables_read_metadata (record, error);
}

static char *
weft_sim_storage_read_revision (WeftStorage  *storage,
                                const char   *block_id,
                                gint64        rev,
                                GError      **error)
{
  const WeftSimRecord *record
      = read_record (storage, block_id, WEFT_SIM_TABLE_REVISION, rev, "", error);

  return record != NULL ? g_strdup (record->action_id) : NULL;
}

static GPtrArray *
weft_sim_storage_list_revisions (WeftStorage  *storage,
                                 const char   *block_id,
                                 gint64        from,
                                 gint64        to,
                                 guint         max,
                                 GError      **error)
{
  WeftSimTables *tables = get_tables (storage, error);
  gboolean is_descending = from > to;
  gint64 low = MIN (from, to);
  gint64 high = MAX (from, to);
  g_autoptr (GPtrArray) revisions = NULL;
  WeftSimShelf *shelf;
  guint place, end;

  if (tables == NULL)
    return NULL;

  revisions = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_action_rev_unref);
  shelf = weft_sim_tables_find_shelf (tables, block_id);
  place = shelf != NULL ? weft_sim_shelf_seek_revision (shelf, low) : 0;
  end = shelf != NULL ? weft_sim_shelf_seek_revision (shelf, MIN (high, G_MAXINT64 - 1) + 1) : 0;
  for (; place < end && (max == 0 || revisions->len < max); is_descending ? end-- : place++)
    {
      const WeftSimRecord *record = shelf->revisions->pdata[is_descending ? end - 1 : place];
      WeftActionRev *revision;

      if (!check_damage (tables, record, error))
        return NULL;
      revision = weft_action_rev_new (record->action_id, record->rev, error);
      if (revision == NULL)
        return NULL;
      g_ptr_array_add (revisions, revision);
    }

  return g_steal_pointer (&revisions);
}

static WeftPending *
weft_sim_storage_read_pending (WeftStorage  *storage,
                               const char   *block_id,
                               const char   *action_id,
                               GError      **error)
{
  WeftSimRecord *record
      = read_record (storage, block_id, WEFT_SIM_TABLE_PENDING, 0, action_id, error);

  return record != NULL ? weft_sim_tables_read_pending (record, error) : NULL;
}

static char **
weft_sim_storage_list_pendings (WeftStorage  *storage,
                                const char   *block_id,
                                GError      **error)
{
  WeftSimTables *tables = get_tables (storage, error);
  WeftSimShelf *shelf;
  guint n_pendings;
  char **keys;

  if (tables == NULL)
    return NULL;

  shelf = weft_sim_tables_find_shelf (tables, block_id);
  n_pendings = shelf != NULL ? shelf->pendings->len : 0;
  keys = g_new (char *, n_pendings + 1);
  for (guint i = 0; i < n_pendings; i++)
    keys[i] = g_strdup (((const WeftSimRecord *) shelf->pendings->pdata[i])->key);
  keys[n_pendings] = NULL;

  return keys;
}

static WeftPending *
weft_sim_storage_read_action (WeftStorage  *storage,
                              const char   *block_id,
                              const char   *action_id,
                              GError      **error)
{
  const WeftSimRecord *record
      = read_record (storage, block_id, WEFT_SIM_TABLE_ACTION, 0, action_id, error);

  return record != NULL ? weft_pending_from_string (record->text, error) : NULL;
}

static WeftBlock *
weft_sim_storage_read_materialized (WeftStorage  *storage,
                                    const char   *block_id,
                                    const char   *action_id,
                                    GError      **error)
{
  const WeftSimRecord *record
      = read_record (storage, block_id, WEFT_SIM_TABLE_MATERIALIZED, 0, action_id, error);

  return record != NULL ? weft_block_from_string (record->text, error) : NULL;
}

static char **
weft_sim_storage_list_blocks (WeftStorage  *storage,
                              const char   *after,
                              guint         max,
                              GError      **error)
{
  WeftSimTables *tables = get_tables (storage, error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n_ids = 0;

  if (tables == NULL)
    return NULL;

  for (guint i = weft_sim_tables_seek_after (tables, after != NULL ? after : "");
       i < tables->sorted->len && (max == 0 || n_ids < max); i++)
    {
      const WeftSimShelf *shelf = tables->sorted->pdata[i];

      if (shelf->block == NULL)
        continue;
      g_strv_builder_add (builder, shelf->block_id);
      n_ids++;
    }

  return g_strv_builder_end (builder);
}

/* What is asked for as a tree is asked for rarely. */
static JsonNode *
read_json (WeftStorage   *storage,
           WeftSimTable   table,
           const char    *key,
           GError       **error)
{
  const WeftSimRecord *record = read_record (storage, "", table, 0, key, error);

  return record != NULL ? weft_json_parse (record->text, (gssize) record->length, error) : NULL;
}

static JsonNode *
weft_sim_storage_read_record (WeftStorage  *storage,
                              const char   *message_hash,
                              GError      **error)
{
  return read_json (storage, WEFT_SIM_TABLE_RECORD, message_hash, error);
}

static JsonNode *
weft_sim_storage_read_value (WeftStorage  *storage,
                             const char   *name,
                             GError      **error)
{
  return read_json (storage, WEFT_SIM_TABLE_VALUE, name, error);
}

static char *
weft_sim_storage_read_record_text (WeftStorage  *storage,
                                   const char   *message_hash,
                                   GError      **error)
{
  const WeftSimRecord *record
      = read_record (storage, "", WEFT_SIM_TABLE_RECORD, 0, message_hash, error);

  return record != NULL ? g_strndup (record->text, record->length) : NULL;
}

static GPtrArray *
weft_sim_storage_list_unresolved_records (WeftStorage  *storage,
                                          GError      **error)
{
  WeftSimTables *tables = get_tables (storage, error);
  g_autoptr (GPtrArray) records = NULL;

  if (tables == NULL)
    return NULL;

  records = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  for (guint i = 0; i < tables->own->unresolved->len; i++)
    {
      const WeftSimRecord *record = tables->own->unresolved->pdata[i];
      JsonNode *json;

      if (!check_damage (tables, record, error))
        return NULL;
      json = weft_json_parse (record->text, (gssize) record->length, error);
      if (json == NULL)
        return NULL;
      g_ptr_array_add (records, json);
    }

  return g_steal_pointer (&records);
}

static gboolean
weft_sim_storage_get_usage (WeftStorage  *storage,
                            guint64      *bytes_used,
                            guint64      *bytes_available,
                            GError      **error)
{
  WeftSimTables *tables = get_tables (storage, error);
  guint64 bytes_max = WEFT_SIM_STORAGE (storage)->disk->bytes_max;

  if (tables == NULL)
    return FALSE;

  if (bytes_max == 0)
    bytes_max = BYTES_AVAILABLE;
  if (bytes_used != NULL)
    *bytes_used = tables->bytes;
  if (bytes_available != NULL)
    *bytes_available = bytes_max - MIN (tables->bytes, bytes_max);

  return TRUE;
}

static void
weft_sim_storage_submit (WeftStorage       *storage,
                         WeftBatch         *batch,
                         WeftBatchDoneFunc  done,
                         gpointer           user_data)
{
  WeftSimStorage *self = WEFT_SIM_STORAGE (storage);

  if (self->is_closed)
    weft_sim_disk_refuse (self->disk, storage, done, user_data);
  else
    weft_sim_disk_submit (self->disk, storage, batch, done, user_data);
}

static gboolean
weft_sim_storage_close (WeftStorage  *storage,
                        GError      **error)
{
  WeftSimStorage *self = WEFT_SIM_STORAGE (storage);

  if (self->is_closed)
    return TRUE;

  self->is_closed = TRUE;
  return weft_sim_disk_close (self->disk, error);
}

static void
weft_sim_storage_iface_init (WeftStorageInterface *iface)
{
  iface->read_metadata = weft_sim_storage_read_metadata;
  iface->read_revision = weft_sim_storage_read_revision;
  iface->list_revisions = weft_sim_storage_list_revisions;
  iface->read_pending = weft_sim_storage_read_pending;
  iface->list_pendings = weft_sim_storage_list_pendings;
  iface->read_action = weft_sim_storage_read_action;
  iface->read_materialized = weft_sim_storage_read_materialized;
  iface->list_blocks = weft_sim_storage_list_blocks;
  iface->read_record = weft_sim_storage_read_record;
  iface->read_record_text = weft_sim_storage_read_record_text;
  iface->list_unresolved_records = weft_sim_storage_list_unresolved_records;
  iface->read_value = weft_sim_storage_read_value;
  iface->get_usage = weft_sim_storage_get_usage;
  iface->submit = weft_sim_storage_submit;
  iface->close = weft_sim_storage_close;
}

static void
weft_sim_storage_finalize (GObject *object)
{
  WeftSimStorage *self = WEFT_SIM_STORAGE (object);

  /* Nothing waits, for that holds the storage. */
  if (!self->is_closed)
    weft_sim_disk_close (self->disk, NULL);
  g_object_unref (self->disk);

  G_OBJECT_CLASS (weft_sim_storage_parent_class)->finalize (object);
}

static void
weft_sim_storage_class_init (WeftSimStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_storage_finalize;
}

static void
weft_sim_storage_init (WeftSimStorage *self)
{
}

WeftStorage *
weft_sim_storage_new (WeftSimDisk *disk)
{
  WeftSimStorage *self = g_object_new (WEFT_TYPE_SIM_STORAGE, NULL);

  self->disk = g_object_ref (disk);

  return WEFT_STORAGE (self);
}

void
weft_sim_storage_shut (WeftSimStorage *self)
{
  self->is_closed = TRUE;
}
