/* weft-file-recovery.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-recovery-private.h"

#include <errno.h>

#include "weft-error.h"

/* The smallest item is larger than what pads a record. */
#define PADDING_MAX (WEFT_FILE_RECORD_ALIGNMENT - 1)

/* One segment, as far as it was looked at. */
typedef struct
{
  guint32 number;
  char *path;
  WeftFileContents *contents; /* NULL when there is none that is whole */
  gboolean has_header;
  WeftFileSegmentHeader header;
  GError *header_error;       /* why not */
  GBytes *bytes;              /* all of it, once that was read */
  const guint8 *data;
  gsize length;
} Part;

typedef struct
{
  WeftFileLayer *layer;
  WeftFileIndex *index; /* or NULL */
  WeftFileRecovery *recovery;
} Replay;

static void
part_clear (Part *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->contents, weft_file_contents_free);
  g_clear_error (&self->header_error);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->has_header = FALSE;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Part, part_clear)

void
weft_file_recovery_clear (WeftFileRecovery *self)
{
  g_clear_pointer (&self->contents, weft_file_contents_free);
}

static int
read_header_bytes (WeftFileLayer *layer,
                   const char    *path,
                   guint8         bytes[WEFT_FILE_SEGMENT_HEADER_BYTES],
                   guint64       *size)
{
  int status = layer->get_size (layer, path, size);
  int handle;

  if (status < 0 || *size < WEFT_FILE_SEGMENT_HEADER_BYTES)
    return status;
  handle = layer->open (layer, path);
  if (handle < 0)
    return handle;
  status = layer->read_at (layer, handle, bytes, WEFT_FILE_SEGMENT_HEADER_BYTES, 0);
  layer->close (layer, handle);

  return status;
}

/* Reads what is known of a segment without its records. */
static gboolean
part_init (Part          *self,
           WeftFileLayer *layer,
           guint32        number,
           GError       **error)
{
  guint8 bytes[WEFT_FILE_SEGMENT_HEADER_BYTES] = { 0 };
  g_autoptr (GError) reason = NULL;
  guint64 size = 0;
  int status;

  self->number = number;
  self->path = weft_file_segment_make_path (number);
  self->contents = weft_file_contents_read (layer, number);
  status = read_header_bytes (layer, self->path, bytes, &size);
  if (status < 0 && status != -ENOENT && status != -ENODATA)
    {
      weft_file_layer_set_error (layer, error, status, "read", self->path);
      return FALSE;
    }

  if (status < 0)
    weft_file_layer_set_corrupt (layer, &self->header_error, self->path, "it is missing");
  else if (!weft_file_segment_parse_header (bytes, (gsize) size, &self->header, &reason))
    weft_file_layer_set_corrupt (layer, &self->header_error, self->path, "%s", reason->message);
  else if (self->header.number != number)
    weft_file_layer_set_corrupt (layer, &self->header_error, self->path,
                                 "it is that of something else");
  self->has_header = self->header_error == NULL;
  if (self->has_header && self->contents != NULL
      && self->contents->salt != self->header.salt)
    g_clear_pointer (&self->contents, weft_file_contents_free);

  return TRUE;
}

/* Where the segments before this one end. */
static gboolean
get_first_seq (Part    *self,
               guint64 *first_seq,
               GError **error)
{
  if (self->has_header)
    *first_seq = self->header.first_seq;
  else if (self->contents != NULL)
    *first_seq = self->contents->first_seq;
  else
    {
      g_propagate_error (error, g_error_copy (self->header_error));
      return FALSE;
    }

  return TRUE;
}

static void
replay_contents (Replay *self,
                 Part   *part)
{
  WeftFileMention mention;
  const char *block_id = NULL;
  gsize offset = 0;

  while (weft_file_contents_next (part->contents, &offset, &block_id, &mention))
    weft_file_index_replay (self->index, part->number, &mention);
}

static gboolean
read_all (Replay  *self,
          Part    *part,
          GError **error)
{
  int status = self->layer->read (self->layer, part->path, &part->bytes);

  if (status < 0)
    {
      weft_file_layer_set_error (self->layer, error, status, "read", part->path);
      return FALSE;
    }
  part->data = g_bytes_get_data (part->bytes, &part->length);

  return TRUE;
}

/* Whether it can be told what all the items of a record are about. */
static gboolean
can_tell_items (Part  *part,
                gsize  offset,
                gsize  length)
{
  const char *data = (const char *) part->data + offset;
  gsize at = WEFT_FILE_RECORD_HEADER_BYTES;
  WeftFileItem item;

  while (length - at > PADDING_MAX)
    if (!weft_file_item_parse (data, length, &at, &item))
      return FALSE;

  return TRUE;
}

static void
replay_record (Replay *self,
               Part   *part,
               gsize   offset,
               gsize   length)
{
  const char *data = (const char *) part->data + offset;
  gsize at = WEFT_FILE_RECORD_HEADER_BYTES;
  WeftFileItem item;

  while (length - at > PADDING_MAX)
    {
      gsize start = at;
      gboolean is_item = weft_file_item_parse (data, length, &at, &item);
      const WeftFileMention mention = {
        .kind = item.kind, .verb = item.verb, .block_id = item.block_id, .key = item.key,
        .offset = (guint32) (offset + start), .length = (guint32) (at - start),
      };

      g_assert (is_item);
      if (self->index != NULL)
        weft_file_index_replay (self->index, part->number, &mention);
      weft_file_contents_add (part->contents, &mention);
    }
  part->contents->end = offset + length;
  part->contents->next_seq++;
  self->recovery->n_read++;
}

/* Records that were written together are synced together, so a crash may leave any of them. One of
 * a later write proves that what is missing here was once durable. */
static gboolean
has_later_write (Part *part)
{
  const WeftFileContents *contents = part->contents;

  for (gsize offset = contents->end; offset < part->length; offset += WEFT_FILE_RECORD_ALIGNMENT)
    {
      WeftFileRecordHeader record;

      if (weft_file_segment_parse_record (part->data, part->length, offset, &part->header, &record)
          && record.seq >= contents->next_seq && record.seq - record.index > contents->next_seq)
        return TRUE;
    }

  return FALSE;
}

/* Reads the records that the contents do not have, before `end_seq`. A damaged one that was durable
 * is an error, unless it can be told what it was about: then only what is damaged of it is lost. */
static gboolean
replay_records (Replay   *self,
                Part     *part,
                guint64   end_seq,
                gboolean  is_newest,
                GError  **error)
{
  WeftFileContents *contents = part->contents;

  while (contents->next_seq < end_seq)
    {
      gsize offset = contents->end;
      WeftFileRecordHeader record = { 0 };
      gboolean is_whole;

      is_whole = weft_file_segment_parse_record (part->data, part->length, offset, &part->header,
                                                 &record)
                 && record.seq == contents->next_seq;
      if (!is_whole && is_newest && !has_later_write (part))
        return TRUE;
      if (!is_whole)
        is_whole = weft_file_segment_guess_record (part->data, part->length, offset, &part->header,
                                                   &record)
                   && record.seq == contents->next_seq;
      if (!is_whole || !can_tell_items (part, offset, record.length))
        {
          weft_file_layer_set_corrupt (self->layer, error, part->path,
                                       "its record at byte %" G_GSIZE_FORMAT " is not whole, "
                                       "though later ones are", offset);
          return FALSE;
        }
      replay_record (self, part, offset, record.length);
    }

  return TRUE;
}

static gboolean
is_zero_from (Part  *part,
              gsize  offset)
{
  for (; offset < part->length; offset++)
    if (part->data[offset] != 0)
      return FALSE;

  return TRUE;
}

static gboolean
sync_segment (Replay  *self,
              Part    *part,
              GError **error)
{
  int handle = self->layer->open (self->layer, part->path);
  int status = handle;

  if (handle >= 0)
    {
      status = self->layer->sync (self->layer, handle);
      self->layer->close (self->layer, handle);
    }
  if (status < 0)
    weft_file_layer_set_error (self->layer, error, status, "sync", part->path);

  return status >= 0;
}

/* What is there beside the contents, which is all if there are none. */
static gboolean
replay_rest (Replay   *self,
             Part     *part,
             guint64   end_seq,
             gboolean  is_newest,
             GError  **error)
{
  guint n_before = self->recovery->n_read;
  gsize bytes;

  if (!part->has_header)
    {
      g_propagate_error (error, g_error_copy (part->header_error));
      return FALSE;
    }
  if (part->contents == NULL)
    part->contents = weft_file_contents_new (&part->header);
  if (!read_all (self, part, error) || !replay_records (self, part, end_seq, is_newest, error))
    return FALSE;

  if (!is_newest)
    {
      /* It only saves time. */
      weft_file_contents_write (part->contents, self->layer, &bytes, NULL);
      return TRUE;
    }
  self->recovery->can_resume = is_zero_from (part, part->contents->end);

  /* A process that was killed may have left what was never synced. */
  return self->recovery->n_read == n_before || sync_segment (self, part, error);
}

static gboolean
replay_part (Replay   *self,
             Part     *part,
             guint64   end_seq,
             gboolean  is_newest,
             GError  **error)
{
  if (part->contents != NULL)
    replay_contents (self, part);
  if (part->contents == NULL || part->contents->next_seq < end_seq)
    {
      if (!replay_rest (self, part, end_seq, is_newest, error))
        return FALSE;
    }
  else if (!part->has_header)
    {
      g_message ("storage: %s; what else there is can be read", part->header_error->message);
    }
  weft_file_shelf_note_used (weft_file_index_get_shelf (self->index), part->number,
                             part->contents->end - WEFT_FILE_SEGMENT_HEADER_BYTES);
  if (!is_newest)
    return TRUE;

  self->recovery->next_seq = part->contents->next_seq;
  self->recovery->newest = part->header;
  self->recovery->contents = g_steal_pointer (&part->contents);

  return TRUE;
}

static void
count_bytes (WeftFileLayer    *layer,
             guint32           number,
             WeftFileRecovery *recovery)
{
  g_autofree char *contents_path = weft_file_contents_make_path (number);
  g_autofree char *path = weft_file_segment_make_path (number);
  guint64 size;

  if (layer->get_size (layer, path, &size) == 0)
    recovery->bytes += size;
  if (layer->get_size (layer, contents_path, &size) == 0)
    recovery->bytes += size;
}

gboolean
weft_file_recovery_run (WeftFileLayer    *layer,
                        GArray           *segments,
                        WeftFileIndex    *index,
                        WeftFileRecovery *recovery,
                        GError          **error)
{
  Replay self = { layer, index, recovery };
  g_auto (Part) next = { 0 };

  recovery->next_seq = 1;
  if (segments->len > 0
      && !part_init (&next, layer, g_array_index (segments, guint32, 0), error))
    return FALSE;

  for (guint i = 0; i < segments->len; i++)
    {
      gboolean is_newest = i + 1 == segments->len;
      g_auto (Part) part = next;
      guint64 end_seq = G_MAXUINT64;

      next = (Part) { 0 };
      if (!is_newest
          && (!part_init (&next, layer, g_array_index (segments, guint32, i + 1), error)
              || !get_first_seq (&next, &end_seq, error)))
        return FALSE;
      if (!replay_part (&self, &part, end_seq, is_newest, error))
        return FALSE;
      count_bytes (layer, part.number, recovery);
    }

  return TRUE;
}

WeftFileContents *
weft_file_recovery_read_contents (WeftFileLayer *layer,
                                  guint32        number,
                                  GError       **error)
{
  WeftFileRecovery recovery = { 0 };
  Replay self = { layer, NULL, &recovery };
  g_auto (Part) part = { 0 };

  if (!part_init (&part, layer, number, error))
    return NULL;
  if (part.contents == NULL && !part.has_header)
    {
      g_propagate_error (error, g_error_copy (part.header_error));
      return NULL;
    }
  if (part.contents != NULL)
    return g_steal_pointer (&part.contents);

  part.contents = weft_file_contents_new (&part.header);
  if (!read_all (&self, &part, error)
      || !replay_records (&self, &part, G_MAXUINT64, TRUE, error))
    return NULL;

  return g_steal_pointer (&part.contents);
}
