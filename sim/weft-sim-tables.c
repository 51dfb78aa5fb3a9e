/* weft-sim-tables.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "weft-sim-hash-private.h"
#include "weft-sim-tables-private.h"

/* What a record takes beside its text. */
#define RECORD_BYTES 128

/* Puts `after` where `before` is; either may be NULL. */
typedef struct
{
  WeftSimRecord *before;
  WeftSimRecord *after;
} Swap;

static int
compare_records (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const WeftSimRecord *left = a;
  const WeftSimRecord *right = b;
  int order = strcmp (left->block_id, right->block_id);

  if (order != 0)
    return order;
  if (left->table != right->table)
    return left->table < right->table ? -1 : 1;
  if (left->rev != right->rev)
    return left->rev < right->rev ? -1 : 1;

  return strcmp (left->key, right->key);
}

static guint
hash_record (gconstpointer data)
{
  const WeftSimRecord *record = data;
  guint64 place = (guint64) record->rev << 4 | record->table;

  return (guint) weft_sim_hash_bytes (weft_sim_hash_bytes (place, record->block_id,
                                                           strlen (record->block_id)),
                                      record->key, strlen (record->key));
}

static gboolean
equal_records (gconstpointer a,
               gconstpointer b)
{
  return compare_records (a, b, NULL) == 0;
}

static void
record_clear (gpointer data)
{
  WeftSimRecord *record = data;

  g_clear_pointer (&record->json, json_node_unref);
  g_clear_pointer (&record->metadata, weft_block_metadata_unref);
}

static void
record_unref (gpointer data)
{
  g_rc_box_release_full (data, record_clear);
}

static void
swap_clear (gpointer data)
{
  Swap *swap = data;

  g_clear_pointer (&swap->before, record_unref);
  g_clear_pointer (&swap->after, record_unref);
}

void
weft_sim_tables_init (WeftSimTables *self)
{
  self->records = g_tree_new_full (compare_records, NULL, NULL, record_unref);
  self->index = g_hash_table_new (hash_record, equal_records);
  self->bytes = 0;
}

void
weft_sim_tables_clear (WeftSimTables *self)
{
  g_clear_pointer (&self->index, g_hash_table_unref);
  g_clear_pointer (&self->records, g_tree_unref);
}

WeftSimRecord *
weft_sim_tables_find (WeftSimTables *self,
                      const char    *block_id,
                      WeftSimTable   table,
                      gint64         rev,
                      const char    *key)
{
  const WeftSimRecord wanted = { (char *) block_id, table, rev, (char *) key };

  return g_hash_table_lookup (self->index, &wanted);
}

GTreeNode *
weft_sim_tables_seek (WeftSimTables *self,
                      const char    *block_id,
                      WeftSimTable   table,
                      gint64         rev,
                      const char    *key)
{
  const WeftSimRecord wanted = { (char *) block_id, table, rev, (char *) key };

  return g_tree_lower_bound (self->records, &wanted);
}

/* About how long a value is as text; exact lengths would cost more than all else here. */
static guint64
weigh_json (JsonNode *json)
{
  guint64 bytes = 8;

  if (JSON_NODE_HOLDS_OBJECT (json))
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *member;

      json_object_iter_init (&iter, json_node_get_object (json));
      while (json_object_iter_next (&iter, &name, &member))
        bytes += strlen (name) + weigh_json (member);
    }
  else if (JSON_NODE_HOLDS_ARRAY (json))
    {
      JsonArray *array = json_node_get_array (json);

      for (guint i = 0; i < json_array_get_length (array); i++)
        bytes += weigh_json (json_array_get_element (array, i));
    }
  else if (json_node_get_value_type (json) == G_TYPE_STRING)
    {
      bytes += strlen (json_node_get_string (json));
    }

  return bytes;
}

static guint64
weigh (const WeftSimRecord *record)
{
  return record != NULL ? record->bytes : 0;
}

/* Takes a record over, in the place of the one that is there. */
static void
insert (WeftSimTables *self,
        WeftSimRecord *record)
{
  /* The tree owns the record that goes, so the index forgets it first. */
  g_hash_table_add (self->index, record);
  g_tree_replace (self->records, record, record);
}

static void
swap_records (WeftSimTables *self,
              WeftSimRecord *before,
              WeftSimRecord *after)
{
  self->bytes += weigh (after) - weigh (before);
  if (after != NULL)
    {
      insert (self, g_rc_box_acquire (after));
    }
  else if (before != NULL)
    {
      g_hash_table_remove (self->index, before);
      g_tree_remove (self->records, before);
    }
}

/* Takes `after` over, which is NULL to delete `before`. */
static void
add_swap (WeftSimTables *self,
          GArray        *swaps,
          WeftSimRecord *before,
          WeftSimRecord *after)
{
  Swap swap = { before != NULL ? g_rc_box_acquire (before) : NULL, after };

  g_array_append_val (swaps, swap);
  swap_records (self, swap.before, swap.after);
}

/* Copies a text to where the next one goes, which is moved behind it. */
static const char *
place (char       **next,
       const char  *text)
{
  gsize size = strlen (text) + 1;
  char *copy = memcpy (*next, text, size);

  *next += size;

  return copy;
}

static WeftSimRecord *
record_new (const char   *block_id,
            WeftSimTable  table,
            gint64        rev,
            const char   *key,
            const char   *action_id,
            JsonNode     *json)
{
  gsize n_bytes = strlen (block_id) + strlen (key) + 2;
  WeftSimRecord *record;
  char *next;

  if (action_id != NULL)
    n_bytes += strlen (action_id) + 1;
  record = g_rc_box_alloc0 (sizeof *record + n_bytes);
  next = (char *) (record + 1);
  record->block_id = place (&next, block_id);
  record->table = table;
  record->rev = rev;
  record->key = place (&next, key);
  record->action_id = action_id != NULL ? place (&next, action_id) : NULL;
  record->json = json != NULL ? json_node_ref (json) : NULL;
  record->bytes = RECORD_BYTES + (json != NULL ? weigh_json (json) : 0);

  return record;
}

static void
put (WeftSimTables            *self,
     GArray                   *swaps,
     WeftSimTable              table,
     const WeftBatchOperation *operation,
     JsonNode                 *json)
{
  const char *block_id = operation->block_id != NULL ? operation->block_id : "";
  gboolean is_revision = table == WEFT_SIM_TABLE_REVISION;
  const char *key = operation->key == NULL || is_revision ? "" : operation->key;
  WeftSimRecord *record = record_new (block_id, table, operation->rev, key,
                                      is_revision ? operation->key : NULL, json);

  record->is_resolved = operation->is_resolved;
  add_swap (self, swaps, g_hash_table_lookup (self->index, record), record);
}

static void
drop (WeftSimTables            *self,
      GArray                   *swaps,
      WeftSimTable              table,
      const WeftBatchOperation *operation)
{
  const char *block_id = operation->block_id != NULL ? operation->block_id : "";
  WeftSimRecord *record = weft_sim_tables_find (self, block_id, table, 0, operation->key);

  if (record != NULL)
    add_swap (self, swaps, record, NULL);
}

static WeftSimRecord *
find_of_action (WeftSimTables            *self,
                WeftSimTable              table,
                const WeftBatchOperation *operation)
{
  return weft_sim_tables_find (self, operation->block_id, table, 0, operation->key);
}

static gboolean
put_pending (WeftSimTables            *self,
             GArray                   *swaps,
             const WeftBatchOperation *operation,
             GError                  **error)
{
  if (find_of_action (self, WEFT_SIM_TABLE_ACTION, operation) != NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
                   "expected a new action, but block %s has committed %s", operation->block_id,
                   operation->key);
      return FALSE;
    }

  put (self, swaps, WEFT_SIM_TABLE_PENDING, operation, operation->json);
  return TRUE;
}

static gboolean
put_promoted (WeftSimTables            *self,
              GArray                   *swaps,
              const WeftBatchOperation *operation,
              GError                  **error)
{
  WeftSimRecord *pending = find_of_action (self, WEFT_SIM_TABLE_PENDING, operation);

  if (pending == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "expected a pending action to promote, but %s is not pending on block %s",
                   operation->key, operation->block_id);
      return FALSE;
    }

  put (self, swaps, WEFT_SIM_TABLE_ACTION, operation, pending->json);
  drop (self, swaps, WEFT_SIM_TABLE_PENDING, operation);
  return TRUE;
}

static gboolean
apply_operation (WeftSimTables            *self,
                 GArray                   *swaps,
                 const WeftBatchOperation *operation,
                 GError                  **error)
{
  switch (operation->kind)
    {
    case WEFT_BATCH_PUT_METADATA:
      put (self, swaps, WEFT_SIM_TABLE_BLOCK, operation, operation->json);
      break;
    case WEFT_BATCH_PUT_REVISION:
      put (self, swaps, WEFT_SIM_TABLE_REVISION, operation, NULL);
      break;
    case WEFT_BATCH_PUT_PENDING:
      if (!put_pending (self, swaps, operation, error))
        return FALSE;
      break;
    case WEFT_BATCH_DELETE_PENDING:
      drop (self, swaps, WEFT_SIM_TABLE_PENDING, operation);
      return TRUE;
    case WEFT_BATCH_PROMOTE_PENDING:
      return put_promoted (self, swaps, operation, error);
    case WEFT_BATCH_PUT_ACTION:
      put (self, swaps, WEFT_SIM_TABLE_ACTION, operation, operation->json);
      drop (self, swaps, WEFT_SIM_TABLE_PENDING, operation);
      break;
    case WEFT_BATCH_PUT_MATERIALIZED:
      put (self, swaps, WEFT_SIM_TABLE_MATERIALIZED, operation, operation->json);
      break;
    case WEFT_BATCH_DELETE_MATERIALIZED:
      drop (self, swaps, WEFT_SIM_TABLE_MATERIALIZED, operation);
      return TRUE;
    case WEFT_BATCH_PUT_RECORD:
      put (self, swaps, WEFT_SIM_TABLE_RECORD, operation, operation->json);
      return TRUE;
    case WEFT_BATCH_DELETE_RECORD:
      drop (self, swaps, WEFT_SIM_TABLE_RECORD, operation);
      return TRUE;
    case WEFT_BATCH_PUT_VALUE:
      put (self, swaps, WEFT_SIM_TABLE_VALUE, operation, operation->json);
      return TRUE;
    default:
      g_assert_not_reached ();
    }

  /* A block is listed as soon as there is anything of it. */
  if (weft_sim_tables_find (self, operation->block_id, WEFT_SIM_TABLE_BLOCK, 0, "") == NULL)
    add_swap (self, swaps, NULL,
              record_new (operation->block_id, WEFT_SIM_TABLE_BLOCK, 0, "", NULL, NULL));

  return TRUE;
}

WeftBlockMetadata *
weft_sim_tables_read_metadata (WeftSimRecord  *record,
                               GError        **error)
{
  if (record->metadata == NULL)
    record->metadata = weft_block_metadata_from_json (record->json, error);

  return record->metadata != NULL ? weft_block_metadata_ref (record->metadata) : NULL;
}

GArray *
weft_sim_tables_apply (WeftSimTables  *self,
                       WeftBatch      *batch,
                       GError        **error)
{
  guint n_operations = weft_batch_get_n_operations (batch);
  g_autoptr (GArray) swaps = g_array_sized_new (FALSE, FALSE, sizeof (Swap), n_operations + 1);

  g_array_set_clear_func (swaps, swap_clear);
  for (guint i = 0; i < n_operations; i++)
    if (!apply_operation (self, swaps, weft_batch_get_operation (batch, i), error))
      {
        weft_sim_tables_undo (self, swaps);
        return NULL;
      }

  return g_steal_pointer (&swaps);
}

void
weft_sim_tables_undo (WeftSimTables *self,
                      GArray        *swaps)
{
  for (guint i = swaps->len; i > 0; i--)
    {
      Swap *swap = &g_array_index (swaps, Swap, i - 1);

      swap_records (self, swap->after, swap->before);
    }
  g_array_set_size (swaps, 0);
}

gboolean
weft_sim_tables_is_damaged (const WeftSimTables *self,
                            const WeftSimRecord *record)
{
  return record->damage > self->n_repairs;
}

void
weft_sim_tables_repair (WeftSimTables *self)
{
  self->n_repairs++;
}

static gboolean
is_damageable (const WeftSimTables *self,
               const WeftSimRecord *record,
               const char          *block_id)
{
  if (weft_sim_tables_is_damaged (self, record)
      || (record->json == NULL && record->action_id == NULL))
    return FALSE;

  return block_id == NULL || g_str_equal (record->block_id, block_id);
}

/* Draws among those found so far as each is found, so that one walk is enough. */
WeftSimRecord *
weft_sim_tables_draw (WeftSimTables *self,
                      const char    *block_id,
                      WeftSimPrng   *prng)
{
  GTreeNode *node = weft_sim_tables_seek (self, block_id != NULL ? block_id : "",
                                          WEFT_SIM_TABLE_BLOCK, 0, "");
  WeftSimRecord *drawn = NULL;
  guint n_found = 0;

  for (; node != NULL; node = g_tree_node_next (node))
    {
      WeftSimRecord *record = g_tree_node_value (node);

      if (block_id != NULL && !g_str_equal (record->block_id, block_id))
        break;
      if (is_damageable (self, record, block_id) && weft_sim_prng_below (prng, ++n_found) == 0)
        drawn = record;
    }

  return drawn;
}

/* A record may be shared with batches that can be taken back, so a damaged one is another. */
void
weft_sim_tables_damage (WeftSimTables       *self,
                        const WeftSimRecord *record)
{
  WeftSimRecord *damaged
      = record_new (record->block_id, record->table, record->rev, record->key,
                    record->action_id, record->json);

  damaged->is_resolved = record->is_resolved;
  damaged->damage = self->n_repairs + 1;
  insert (self, damaged);
}
