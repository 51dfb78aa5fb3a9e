/* weft-file-job.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-job-private.h"

#include "weft-file-segment-private.h"

static const guint8 zeros[WEFT_FILE_RECORD_HEADER_BYTES];

/* Room for what most batches keep beside what they have. */
#define STRINGS_BYTES 128

WeftFileJob *
weft_file_job_new (WeftBatch *batch)
{
  WeftFileJob *self = g_new (WeftFileJob, 1);

  *self = (WeftFileJob) { .batch = batch != NULL ? weft_batch_ref (batch) : NULL };
  self->operations = g_array_sized_new (FALSE, FALSE, sizeof (WeftFileOperation),
                                        batch != NULL ? weft_batch_get_n_operations (batch) : 1);

  return self;
}

void
weft_file_job_free (WeftFileJob *self)
{
  for (guint i = 0; i < self->operations->len && self->batch == NULL; i++)
    g_clear_pointer (&g_array_index (self->operations, WeftFileOperation, i).bytes, g_bytes_unref);
  g_array_unref (self->operations);
  g_clear_pointer (&self->strings, g_string_chunk_free);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_clear_pointer (&self->batch, weft_batch_unref);
  g_clear_error (&self->error);
  g_free (self);
}

const char *
weft_file_job_keep_string (WeftFileJob *self,
                           const char  *string)
{
  if (self->strings == NULL)
    self->strings = g_string_chunk_new (STRINGS_BYTES);

  return g_string_chunk_insert (self->strings, string);
}

void
weft_file_job_keep_value (WeftFileJob *self,
                          WeftStored  *value)
{
  if (self->values == NULL)
    self->values = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_stored_unref);
  g_ptr_array_add (self->values, weft_stored_ref (value));
}

WeftFileOperation *
weft_file_job_add (WeftFileJob  *self,
                   WeftFileKind  kind,
                   WeftFileDo    verb,
                   const char   *block_id,
                   const char   *key,
                   WeftStored   *value)
{
  const WeftFileOperation operation = {
    .kind = kind, .verb = verb, .block_id = block_id, .key = key, .value = value,
  };

  g_array_append_val (self->operations, operation);

  return &g_array_index (self->operations, WeftFileOperation, self->operations->len - 1);
}

static void
encode (WeftFileOperation *operation,
        GString           *text,
        gsize              start)
{
  gsize item_start = text->len;

  if (operation->value != NULL || operation->verb != WEFT_FILE_DO_PUT)
    {
      weft_file_item_begin (text, operation->kind, operation->verb, operation->block_id,
                            operation->key);
      if (operation->value != NULL)
        weft_stored_append (operation->value, text);
      weft_file_item_finish (text, item_start);
    }
  else
    {
      const WeftFileItem item = {
        .kind = operation->kind, .verb = operation->verb, .block_id = operation->block_id,
        .key = operation->key, .text = operation->text, .text_length = operation->text_length,
        .text_checksum = operation->text_checksum,
      };

      weft_file_item_append (&item, text);
    }
  operation->offset = (guint32) (item_start - start);
  operation->length = (guint32) (text->len - item_start);
}

void
weft_file_job_encode (WeftFileJob *self,
                      GString     *text)
{
  gsize start = text->len;
  gsize rest;

  g_string_append_len (text, (const char *) zeros, WEFT_FILE_RECORD_HEADER_BYTES);
  for (guint i = 0; i < self->operations->len; i++)
    encode (&g_array_index (self->operations, WeftFileOperation, i), text, start);
  rest = (text->len - start) % WEFT_FILE_RECORD_ALIGNMENT;
  if (rest > 0)
    g_string_append_len (text, (const char *) zeros, WEFT_FILE_RECORD_ALIGNMENT - (gssize) rest);
  self->text_length = text->len - start;
}
