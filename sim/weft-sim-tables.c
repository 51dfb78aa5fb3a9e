/* weft-sim-tables.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-tables-private.h"

#include <string.h>

#include "weft-sim-hash-private.h"

/* What a record takes beside its text. */
#define RECORD_BYTES 128

/* Puts `after` where `before` is; either may be NULL. */
typedef struct
{
  WeftSimRecord *before;
  WeftSimRecord *after;
} Swap;

struct _WeftSimSwaps
{
  guint n_swaps;
  Swap swaps[];
};

static guint
hash_record (gconstpointer data)
{
  const WeftSimRecord *record = data;
  guint64 place = weft_sim_hash_mix (GPOINTER_TO_SIZE (record->shelf), record->table);

  return (guint) weft_sim_hash_bytes (place, record->key, strlen (record->key));
}

/* Of those that have no revision. */
static gboolean
equal_records (gconstpointer a,
               gconstpointer b)
{
  const WeftSimRecord *left = a;
  const WeftSimRecord *right = b;

  return left->shelf == right->shelf && left->table == right->table
         && strcmp (left->key, right->key) == 0;
}

static void
record_clear (gpointer data)
{
  WeftSimRecord *record = data;

  g_clear_pointer (&record->metadata, weft_block_metadata_unref);
  g_clear_pointer (&record->pending, weft_pending_unref);
}

static void
record_unref (gpointer data)
{
  g_rc_box_release_full (data, record_clear);
}

static void
swap_clear (Swap *swap)
{
  g_clear_pointer (&swap->before, record_unref);
  g_clear_pointer (&swap->after, record_unref);
}

void
weft_sim_swaps_free (WeftSimSwaps *swaps)
{
  for (guint i = 0; i < swaps->n_swaps; i++)
    swap_clear (&swaps->swaps[i]);
  g_free (swaps);
}

static WeftSimShelf *
make_shelf (WeftSimTables *self,
            const char    *block_id)
{
  WeftSimShelf *shelf = g_hash_table_lookup (self->shelves, block_id);

  if (shelf != NULL)
    return shelf;

  shelf = weft_sim_shelf_new (block_id);
  g_hash_table_insert (self->shelves, (gpointer) shelf->block_id, shelf);
  g_ptr_array_insert (self->sorted, (int) weft_sim_tables_seek_after (self, block_id), shelf);

  return shelf;
}

void
weft_sim_tables_init (WeftSimTables *self)
{
  *self = (WeftSimTables) {
    .shelves = g_hash_table_new (g_str_hash, g_str_equal),
    .sorted = g_ptr_array_new (),
    .index = g_hash_table_new (hash_record, equal_records),
    .text = g_string_sized_new (1000),
    .swaps = g_array_new (FALSE, FALSE, sizeof (Swap)),
    .n_repairs = self->n_repairs,
  };
  self->own = make_shelf (self, "");
}

static void
clear_shelf (WeftSimShelf *shelf)
{
  g_clear_pointer (&shelf->block, record_unref);
  g_ptr_array_foreach (shelf->revisions, (GFunc) record_unref, NULL);
  g_ptr_array_foreach (shelf->pendings, (GFunc) record_unref, NULL);
  g_ptr_array_foreach (shelf->others, (GFunc) record_unref, NULL);
  weft_sim_shelf_free (shelf);
}

void
weft_sim_tables_clear (WeftSimTables *self)
{
  g_clear_pointer (&self->index, g_hash_table_unref);
  g_clear_pointer (&self->shelves, g_hash_table_unref);
  for (guint i = 0; i < self->sorted->len; i++)
    clear_shelf (self->sorted->pdata[i]);
  g_clear_pointer (&self->sorted, g_ptr_array_unref);
  g_clear_pointer (&self->swaps, g_array_unref);
  g_string_free (self->text, TRUE);
}

guint
weft_sim_tables_seek_after (WeftSimTables *self,
                            const char    *block_id)
{
  guint low = 0;
  guint high = self->sorted->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (((WeftSimShelf *) self->sorted->pdata[middle])->block_id, block_id) <= 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

WeftSimShelf *
weft_sim_tables_find_shelf (WeftSimTables *self,
                            const char    *block_id)
{
  return g_hash_table_lookup (self->shelves, block_id);
}

static WeftSimRecord *
find (WeftSimTables *self,
      WeftSimShelf  *shelf,
      WeftSimTable   table,
      gint64         rev,
      const char    *key)
{
  const WeftSimRecord wanted = { .shelf = shelf, .table = table, .key = key };

  if (weft_sim_table_is_listed (table))
    return weft_sim_shelf_find (shelf, table, rev, key);

  return g_hash_table_lookup (self->index, &wanted);
}

WeftSimRecord *
weft_sim_tables_find (WeftSimTables *self,
                      const char    *block_id,
                      WeftSimTable   table,
                      gint64         rev,
                      const char    *key)
{
  WeftSimShelf *shelf = weft_sim_tables_find_shelf (self, block_id);

  return shelf != NULL ? find (self, shelf, table, rev, key) : NULL;
}

/* About what it takes on the disk. */
static guint64
weigh (const WeftSimRecord *record)
{
  return RECORD_BYTES + record->length;
}

/* The tables have a reference of each that is in them. */
static void
swap_records (WeftSimTables *self,
              WeftSimRecord *before,
              WeftSimRecord *after)
{
  if (before != NULL)
    {
      self->bytes -= weigh (before);
      if (!weft_sim_table_is_listed (before->table))
        g_hash_table_remove (self->index, before);
      weft_sim_shelf_remove (before->shelf, before);
      record_unref (before);
    }
  if (after != NULL)
    {
      self->bytes += weigh (after);
      if (!weft_sim_table_is_listed (after->table))
        g_hash_table_add (self->index, after);
      weft_sim_shelf_add (after->shelf, g_rc_box_acquire (after));
    }
}

/* Takes `after` over, which is NULL to delete `before`. */
static void
add_swap (WeftSimTables *self,
          WeftSimRecord *before,
          WeftSimRecord *after)
{
  Swap swap = { before != NULL ? g_rc_box_acquire (before) : NULL, after };

  g_array_append_val (self->swaps, swap);
  swap_records (self, swap.before, swap.after);
}

/* Copies a text to where the next one goes, which is moved behind it. */
static const char *
place (char       **next,
       const char  *text,
       gsize        length)
{
  char *copy = memcpy (*next, text, length);

  copy[length] = '\0';
  *next += length + 1;

  return copy;
}

/* `model` has the text and all but the place of it; the copy has texts of its own. */
static WeftSimRecord *
record_new (const WeftSimRecord *model)
{
  gsize key_length = strlen (model->key);
  gsize action_length = model->action_id != NULL ? strlen (model->action_id) : 0;
  gsize n_bytes = key_length + action_length + model->length + 3;
  WeftSimRecord *record = g_rc_box_alloc (sizeof *record + n_bytes);
  char *next = (char *) (record + 1);

  *record = *model;
  record->metadata = NULL;
  record->pending = NULL;
  record->key = place (&next, model->key, key_length);
  if (model->action_id != NULL)
    record->action_id = place (&next, model->action_id, action_length);
  if (model->text != NULL)
    record->text = place (&next, model->text, model->length);

  return record;
}

/* A step of a batch, and where it happens. */
typedef struct
{
  const WeftBatchOperation *operation;
  WeftBatch *batch;
  guint index;
  WeftSimShelf *shelf;
} Step;

/* Puts the text of `from` or, with NULL, what the batch puts. */
static void
put (WeftSimTables       *self,
     const Step          *step,
     WeftSimTable         table,
     const WeftSimRecord *from)
{
  const WeftBatchOperation *operation = step->operation;
  gboolean is_revision = table == WEFT_SIM_TABLE_REVISION;
  WeftSimRecord model = {
    .shelf = step->shelf,
    .table = table,
    .rev = operation->rev,
    .key = operation->key == NULL || is_revision ? "" : operation->key,
    .action_id = is_revision ? operation->key : NULL,
    .is_resolved = operation->is_resolved,
  };

  g_string_truncate (self->text, 0);
  if (from != NULL)
    {
      model.text = from->text;
      model.length = from->length;
    }
  else if (weft_batch_append_text (step->batch, step->index, self->text))
    {
      model.text = self->text->str;
      model.length = self->text->len;
    }
  add_swap (self, find (self, step->shelf, table, model.rev, model.key), record_new (&model));
}

static WeftSimRecord *
find_at (WeftSimTables *self,
         const Step    *step,
         WeftSimTable   table)
{
  return find (self, step->shelf, table, 0, step->operation->key);
}

static void
drop (WeftSimTables *self,
      const Step    *step,
      WeftSimTable   table)
{
  WeftSimRecord *record = find_at (self, step, table);

  if (record != NULL)
    add_swap (self, record, NULL);
}

static gboolean
put_pending (WeftSimTables  *self,
             const Step     *step,
             GError        **error)
{
  if (find_at (self, step, WEFT_SIM_TABLE_ACTION) != NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
                   "expected a new action, but block %s has committed %s",
                   step->operation->block_id, step->operation->key);
      return FALSE;
    }

  put (self, step, WEFT_SIM_TABLE_PENDING, NULL);
  return TRUE;
}

static gboolean
put_promoted (WeftSimTables  *self,
              const Step     *step,
              GError        **error)
{
  WeftSimRecord *pending = find_at (self, step, WEFT_SIM_TABLE_PENDING);

  if (pending == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "expected a pending action to promote, but %s is not pending on block %s",
                   step->operation->key, step->operation->block_id);
      return FALSE;
    }

  put (self, step, WEFT_SIM_TABLE_ACTION, pending);
  drop (self, step, WEFT_SIM_TABLE_PENDING);
  return TRUE;
}

static gboolean
apply_step (WeftSimTables  *self,
            const Step     *step,
            GError        **error)
{
  switch (step->operation->kind)
    {
    case WEFT_BATCH_PUT_METADATA:
      put (self, step, WEFT_SIM_TABLE_BLOCK, NULL);
      break;
    case WEFT_BATCH_PUT_REVISION:
      put (self, step, WEFT_SIM_TABLE_REVISION, NULL);
      break;
    case WEFT_BATCH_PUT_PENDING:
      if (!put_pending (self, step, error))
        return FALSE;
      break;
    case WEFT_BATCH_DELETE_PENDING:
      drop (self, step, WEFT_SIM_TABLE_PENDING);
      return TRUE;
    case WEFT_BATCH_PROMOTE_PENDING:
      return put_promoted (self, step, error);
    case WEFT_BATCH_PUT_ACTION:
      put (self, step, WEFT_SIM_TABLE_ACTION, NULL);
      drop (self, step, WEFT_SIM_TABLE_PENDING);
      break;
    case WEFT_BATCH_PUT_MATERIALIZED:
      put (self, step, WEFT_SIM_TABLE_MATERIALIZED, NULL);
      break;
    case WEFT_BATCH_DELETE_MATERIALIZED:
      drop (self, step, WEFT_SIM_TABLE_MATERIALIZED);
      return TRUE;
    case WEFT_BATCH_PUT_RECORD:
      put (self, step, WEFT_SIM_TABLE_RECORD, NULL);
      return TRUE;
    case WEFT_BATCH_DELETE_RECORD:
      drop (self, step, WEFT_SIM_TABLE_RECORD);
      return TRUE;
    case WEFT_BATCH_PUT_VALUE:
      put (self, step, WEFT_SIM_TABLE_VALUE, NULL);
      return TRUE;
    default:
      g_assert_not_reached ();
    }

  /* A block is listed as soon as there is anything of it. */
  if (step->shelf->block == NULL)
    {
      const WeftSimRecord model
          = { .shelf = step->shelf, .table = WEFT_SIM_TABLE_BLOCK, .key = "" };

      add_swap (self, NULL, record_new (&model));
    }

  return TRUE;
}

static gboolean
apply_operation (WeftSimTables  *self,
                 WeftBatch      *batch,
                 guint           index,
                 GError        **error)
{
  const WeftBatchOperation *operation = weft_batch_get_step (batch, index);
  const Step step = {
    .operation = operation,
    .batch = batch,
    .index = index,
    .shelf = operation->block_id != NULL ? make_shelf (self, operation->block_id) : self->own,
  };

  return apply_step (self, &step, error);
}

WeftBlockMetadata *
weft_sim_tables_read_metadata (WeftSimRecord  *record,
                               GError        **error)
{
  if (record->metadata == NULL)
    record->metadata = weft_block_metadata_from_string (record->text, error);

  return record->metadata != NULL ? weft_block_metadata_ref (record->metadata) : NULL;
}

WeftPending *
weft_sim_tables_read_pending (WeftSimRecord  *record,
                              GError        **error)
{
  if (record->pending == NULL)
    record->pending = weft_pending_from_string (record->text, error);

  return record->pending != NULL ? weft_pending_ref (record->pending) : NULL;
}

static void
undo (WeftSimTables *self,
      Swap          *swaps,
      guint          n_swaps)
{
  for (guint i = n_swaps; i > 0; i--)
    {
      WeftSimRecord *after = swaps[i - 1].after;

      /* What is there may be a damaged copy. */
      if (after != NULL)
        after = find (self, after->shelf, after->table, after->rev, after->key);
      swap_records (self, after, swaps[i - 1].before);
      swap_clear (&swaps[i - 1]);
    }
}

WeftSimSwaps *
weft_sim_tables_apply (WeftSimTables  *self,
                       WeftBatch      *batch,
                       GError        **error)
{
  guint n_operations = weft_batch_get_n_operations (batch);
  gboolean is_applied = TRUE;
  WeftSimSwaps *swaps = NULL;

  for (guint i = 0; i < n_operations && is_applied; i++)
    is_applied = apply_operation (self, batch, i, error);
  if (is_applied)
    {
      gsize size = self->swaps->len * sizeof (Swap);

      swaps = g_malloc (sizeof *swaps + size);
      swaps->n_swaps = self->swaps->len;
      if (size > 0)
        memcpy (swaps->swaps, self->swaps->data, size);
    }
  else
    {
      undo (self, (Swap *) (gpointer) self->swaps->data, self->swaps->len);
    }
  g_array_set_size (self->swaps, 0);

  return swaps;
}

void
weft_sim_tables_undo (WeftSimTables *self,
                      WeftSimSwaps  *swaps)
{
  undo (self, swaps->swaps, swaps->n_swaps);
  swaps->n_swaps = 0;
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
               const WeftSimRecord *record)
{
  return !weft_sim_tables_is_damaged (self, record)
         && (record->text != NULL || record->action_id != NULL);
}

/* Draws among those found so far as each is found, so that one walk is enough. */
static WeftSimRecord *
draw (WeftSimTables *self,
      WeftSimShelf  *shelf,
      WeftSimPrng   *prng,
      WeftSimRecord *drawn,
      guint         *n_found)
{
  g_autoptr (GPtrArray) records = weft_sim_shelf_sort (shelf);

  for (guint i = 0; i < records->len; i++)
    if (is_damageable (self, records->pdata[i])
        && weft_sim_prng_below (prng, ++*n_found) == 0)
      drawn = records->pdata[i];

  return drawn;
}

WeftSimRecord *
weft_sim_tables_draw (WeftSimTables *self,
                      const char    *block_id,
                      WeftSimPrng   *prng)
{
  WeftSimShelf *shelf = block_id != NULL ? weft_sim_tables_find_shelf (self, block_id) : NULL;
  WeftSimRecord *drawn = NULL;
  guint n_found = 0;

  if (shelf != NULL)
    return draw (self, shelf, prng, NULL, &n_found);
  for (guint i = 0; block_id == NULL && i < self->sorted->len; i++)
    drawn = draw (self, self->sorted->pdata[i], prng, drawn, &n_found);

  return drawn;
}

/* A record may be shared with batches that can be taken back, so a damaged one is another. */
void
weft_sim_tables_damage (WeftSimTables *self,
                        WeftSimRecord *record)
{
  WeftSimRecord *damaged = record_new (record);

  damaged->damage = self->n_repairs + 1;
  swap_records (self, record, damaged);
  record_unref (damaged);
}
