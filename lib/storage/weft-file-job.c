/* weft-file-job.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-job-private.h"

#include <string.h>

#include "weft-file-segment-private.h"

/* Room for what most batches write, so that it is not moved while it grows. */
#define OPERATIONS_MOSTLY 8
#define TEXT_BYTES_MOSTLY 2048

static void
operation_clear (gpointer data)
{
  WeftFileOperation *operation = data;

  g_clear_pointer (&operation->value, weft_stored_unref);
  g_clear_pointer (&operation->bytes, g_bytes_unref);
}

WeftFileJob *
weft_file_job_new (void)
{
  WeftFileJob *self = g_new0 (WeftFileJob, 1);

  self->strings = g_string_chunk_new (256);
  self->operations = g_array_sized_new (FALSE, TRUE, sizeof (WeftFileOperation), OPERATIONS_MOSTLY);
  g_array_set_clear_func (self->operations, operation_clear);

  return self;
}

void
weft_file_job_free (WeftFileJob *self)
{
  g_string_chunk_free (self->strings);
  g_array_unref (self->operations);
  if (self->text != NULL)
    g_string_free (self->text, TRUE);
  g_clear_error (&self->error);
  g_free (self);
}

WeftFileOperation *
weft_file_job_add (WeftFileJob  *self,
                   WeftFileKind  kind,
                   WeftFileDo    verb,
                   const char   *block_id,
                   const char   *key,
                   WeftStored   *value)
{
  WeftFileOperation *operation;

  if (self->last_block_id == NULL || !g_str_equal (self->last_block_id, block_id))
    self->last_block_id = g_string_chunk_insert (self->strings, block_id);
  g_array_set_size (self->operations, self->operations->len + 1);
  operation = &g_array_index (self->operations, WeftFileOperation, self->operations->len - 1);
  operation->kind = kind;
  operation->verb = verb;
  operation->block_id = self->last_block_id;
  operation->key = g_string_chunk_insert (self->strings, key);
  operation->value = value != NULL ? weft_stored_ref (value) : NULL;

  return operation;
}

static void
encode (WeftFileOperation *operation,
        GString           *text)
{
  operation->offset = (guint32) text->len;
  if (operation->value != NULL || operation->verb != WEFT_FILE_DO_PUT)
    {
      gsize start = weft_file_item_begin (text, operation->kind, operation->verb,
                                          operation->block_id, operation->key);

      if (operation->value != NULL)
        weft_stored_append (operation->value, text);
      weft_file_item_finish (text, start);
      g_clear_pointer (&operation->value, weft_stored_unref);
    }
  else
    {
      const WeftFileItem item = {
        .kind = operation->kind, .verb = operation->verb, .block_id = operation->block_id,
        .key = operation->key, .text = operation->text, .text_length = operation->text_length,
        .text_checksum = operation->text_checksum,
      };

      weft_file_item_append (&item, text);
      g_clear_pointer (&operation->bytes, g_bytes_unref);
    }
  operation->length = (guint32) text->len - operation->offset;
}

void
weft_file_job_encode (WeftFileJob *self)
{
  g_assert (self->text == NULL);

  self->text = g_string_sized_new (TEXT_BYTES_MOSTLY);
  g_string_set_size (self->text, WEFT_FILE_RECORD_HEADER_BYTES);
  memset (self->text->str, 0, WEFT_FILE_RECORD_HEADER_BYTES);
  for (guint i = 0; i < self->operations->len; i++)
    encode (&g_array_index (self->operations, WeftFileOperation, i), self->text);
  while (self->text->len % WEFT_FILE_RECORD_ALIGNMENT != 0)
    g_string_append_c (self->text, '\0');
  self->text_length = self->text->len;
}
