/* weft-file-job.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-job-private.h"

#include <string.h>

/* Two little-endian words, the lengths of path and text, come before both. */
#define OPERATION_HEADER_BYTES 8
#define DELETE_MARK G_MAXUINT32
/* The next record of the journal begins at a multiple of this. */
#define ALIGNMENT 8

static void
operation_clear (gpointer data)
{
  WeftFileOperation *operation = data;

  if (operation->record == NULL)
    return;
  g_clear_pointer (&operation->record->value, json_node_unref);
  g_clear_pointer (&operation->record, g_free);
}

WeftFileJob *
weft_file_job_new (void)
{
  WeftFileJob *self = g_new0 (WeftFileJob, 1);

  self->strings = g_string_chunk_new (512);
  self->operations = g_array_new (FALSE, TRUE, sizeof (WeftFileOperation));
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

static WeftFileOperation *
add (WeftFileJob  *self,
     WeftFileKind  kind,
     const char   *folder,
     const char   *name)
{
  g_autofree char *path = weft_file_kind_make_path (kind, folder, name);
  WeftFileOperation *operation;

  g_array_set_size (self->operations, self->operations->len + 1);
  operation = &g_array_index (self->operations, WeftFileOperation, self->operations->len - 1);
  operation->path = g_string_chunk_insert (self->strings, path);

  return operation;
}

WeftFileRecord *
weft_file_job_put (WeftFileJob  *self,
                   WeftFileKind  kind,
                   const char   *block_id,
                   const char   *folder,
                   const char   *key,
                   const char   *name,
                   JsonNode     *value)
{
  WeftFileRecord *record = g_new0 (WeftFileRecord, 1);

  record->kind = kind;
  if (block_id != NULL)
    record->block_id = g_string_chunk_insert_const (self->strings, block_id);
  if (key != NULL)
    record->key = g_string_chunk_insert_const (self->strings, key);
  if (value != NULL)
    record->value = json_node_ref (value);
  add (self, kind, folder, name)->record = record;

  return record;
}

void
weft_file_job_delete (WeftFileJob  *self,
                      WeftFileKind  kind,
                      const char   *folder,
                      const char   *name)
{
  add (self, kind, folder, name)->is_delete = TRUE;
}

static void
write_word (GString *text,
            gsize    offset,
            guint32  word)
{
  word = GUINT32_TO_LE (word);
  memcpy (text->str + offset, &word, sizeof word);
}

static guint32
read_word (const char *data)
{
  guint32 word;

  memcpy (&word, data, sizeof word);

  return GUINT32_FROM_LE (word);
}

void
weft_file_job_encode (WeftFileJob *self)
{
  g_assert (self->text == NULL);

  self->text = g_string_sized_new (512);
  g_string_set_size (self->text, WEFT_FILE_JOB_HEADER_BYTES);
  memset (self->text->str, 0, WEFT_FILE_JOB_HEADER_BYTES);

  for (guint i = 0; i < self->operations->len; i++)
    {
      WeftFileOperation *operation = &g_array_index (self->operations, WeftFileOperation, i);
      gsize header = self->text->len;

      g_string_set_size (self->text, header + OPERATION_HEADER_BYTES);
      g_string_append (self->text, operation->path);
      operation->text_offset = self->text->len;
      if (!operation->is_delete)
        weft_file_record_append (operation->record, self->text);
      operation->text_length = self->text->len - operation->text_offset;
      operation_clear (operation);

      write_word (self->text, header, (guint32) strlen (operation->path));
      write_word (self->text, header + 4,
                  operation->is_delete ? DELETE_MARK : (guint32) operation->text_length);
    }
  while (self->text->len % ALIGNMENT != 0)
    g_string_append_c (self->text, '\0');
}

/* Paths come from our own encoder, so anything else means that something is very wrong. */
static gboolean
is_safe_path (const char *path)
{
  return *path != '/' && *path != '\0' && strstr (path, "..") == NULL
         && path[strspn (path, "abcdefghijklmnopqrstuvwxyz0123456789-_+%~./")] == '\0';
}

gboolean
weft_file_job_decode (const char  *data,
                      gsize        length,
                      gsize       *offset,
                      char       **path,
                      const char **text,
                      gsize       *text_length)
{
  guint32 n_path;
  guint32 n_text;
  g_autofree char *decoded = NULL;

  if (length - *offset < OPERATION_HEADER_BYTES)
    return FALSE;
  n_path = read_word (data + *offset);
  n_text = read_word (data + *offset + 4);
  *offset += OPERATION_HEADER_BYTES;

  if (n_path > length - *offset)
    return FALSE;
  decoded = g_strndup (data + *offset, n_path);
  *offset += n_path;
  if (!is_safe_path (decoded))
    return FALSE;

  *text = n_text != DELETE_MARK ? data + *offset : NULL;
  *text_length = n_text != DELETE_MARK ? n_text : 0;
  if (*text_length > length - *offset)
    return FALSE;
  *offset += *text_length;
  *path = g_steal_pointer (&decoded);

  return TRUE;
}
