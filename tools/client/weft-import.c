/* weft-import.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-import.h"

/* Enough records to share one message and one sync, few enough that a change by somebody else makes
 * little to do again. */
#define BATCH_BLOCKS_MAX 128
#define BATCH_BYTES_MAX (1024 * 1024)

static WeftBlock *
make_block (const WeftRecordMapping *self,
            JsonObject              *record,
            GError                 **error)
{
  JsonNode *id_node = json_object_get_member (record, self->id_member);
  g_autofree char *id = NULL;

  if (id_node == NULL || json_node_get_value_type (id_node) != G_TYPE_STRING)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected the record to have a string “%s”", self->id_member);
      return NULL;
    }

  id = g_strconcat (self->id_prefix != NULL ? self->id_prefix : "",
                    json_node_get_string (id_node), NULL);
  return weft_block_new (id, self->block_type, self->collection, record, error);
}

WeftBlock *
weft_record_mapping_apply (const WeftRecordMapping *self,
                           JsonNode                *record,
                           GError                 **error)
{
  if (!JSON_NODE_HOLDS_OBJECT (record))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected an object, got %s",
                   json_node_type_name (record));
      return NULL;
    }
  if (self->id_member != NULL)
    return make_block (self, json_node_get_object (record), error);

  return weft_block_from_json (record, error);
}

WeftImportBatch *
weft_import_batch_new (void)
{
  WeftImportBatch *self = g_new0 (WeftImportBatch, 1);

  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_unref);
  self->ids = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
weft_import_batch_free (WeftImportBatch *self)
{
  g_hash_table_unref (self->ids);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

/* A block that comes twice belongs into a later batch: the later record wins. */
gboolean
weft_import_batch_fits (WeftImportBatch *self,
                        WeftBlock       *block,
                        gsize            bytes)
{
  if (self->blocks->len == 0)
    return TRUE;

  return self->blocks->len < BATCH_BLOCKS_MAX && self->bytes + bytes <= BATCH_BYTES_MAX &&
         !g_hash_table_contains (self->ids, weft_block_get_id (block));
}

void
weft_import_batch_add (WeftImportBatch *self,
                       WeftBlock       *block,
                       gsize            bytes,
                       guint            line)
{
  g_assert (weft_import_batch_fits (self, block, bytes));

  if (self->blocks->len == 0)
    self->line_first = line;
  self->line_last = line;
  self->bytes += bytes;
  g_ptr_array_add (self->blocks, weft_block_ref (block));
  g_hash_table_add (self->ids, (char *) weft_block_get_id (block));
}
