/* weft-file-recovery.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-recovery-private.h"

#include <errno.h>

#include "weft-error.h"
#include "weft-file-applier-private.h"
#include "weft-file-job-private.h"
#include "weft-file-journal-private.h"

#define RECORD_ALIGNMENT 8

typedef struct
{
  const char *path;
  GBytes *bytes;
  const guint8 *data;
  gsize length;
  WeftFileSegmentHeader header;
} Segment;

typedef struct
{
  WeftFileLayer *layer;
  Segment segments[WEFT_FILE_N_SEGMENTS];
  WeftFileApplier *applier;
  GPtrArray *paths; /* (element-type utf8) that the applier points to */
  guint n_replayed;
} Replay;

static void
replay_clear (Replay *self)
{
  for (guint slot = 0; slot < WEFT_FILE_N_SEGMENTS; slot++)
    g_clear_pointer (&self->segments[slot].bytes, g_bytes_unref);
  g_clear_pointer (&self->applier, weft_file_applier_free);
  g_clear_pointer (&self->paths, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Replay, replay_clear)

static gboolean
read_segment (Replay  *self,
              guint    slot,
              GError **error)
{
  Segment *segment = &self->segments[slot];
  g_autoptr (GError) reason = NULL;
  int status;

  segment->path = weft_file_segment_get_path (slot);
  status = self->layer->read (self->layer, segment->path, &segment->bytes);
  if (status == -ENOENT)
    {
      weft_file_layer_set_corrupt (self->layer, error, segment->path, "it is missing");
      return FALSE;
    }
  if (status < 0)
    {
      weft_file_layer_set_error (self->layer, error, status, "read", segment->path);
      return FALSE;
    }

  segment->data = g_bytes_get_data (segment->bytes, &segment->length);
  if (weft_file_segment_parse_header (segment->data, segment->length, &segment->header, &reason))
    return TRUE;
  weft_file_layer_set_corrupt (self->layer, error, segment->path, "%s", reason->message);

  return FALSE;
}

static gboolean
replay_record (Replay        *self,
               const Segment *segment,
               gsize          offset,
               gsize          length)
{
  const char *data = (const char *) segment->data + offset;
  gsize at = WEFT_FILE_JOB_HEADER_BYTES;

  /* What is left when there is no room for an operation is padding. */
  while (length - at >= RECORD_ALIGNMENT)
    {
      const char *text;
      gsize text_length;
      char *path;

      if (!weft_file_job_decode (data, length, &at, &path, &text, &text_length))
        return FALSE;
      g_ptr_array_add (self->paths, path);
      weft_file_applier_add (self->applier, path, text, text_length);
    }
  self->n_replayed++;

  return TRUE;
}

/* Replays what comes after `applied_seq` and before `end_seq`. `*next_seq` and `*end` become what
 * would be next, and where. */
static gboolean
replay_segment (Replay        *self,
                const Segment *segment,
                guint64        applied_seq,
                guint64        end_seq,
                guint64       *next_seq,
                gsize         *end,
                GError       **error)
{
  gsize offset = WEFT_FILE_SEGMENT_HEADER_BYTES;
  guint64 seq = segment->header.first_seq;
  WeftFileRecordHeader record;

  while (seq < end_seq
         && weft_file_segment_parse_record (segment->data, segment->length, offset,
                                            &segment->header, &record)
         && record.seq == seq)
    {
      if (seq > applied_seq && !replay_record (self, segment, offset, record.length))
        {
          weft_file_layer_set_corrupt (self->layer, error, segment->path,
                                       "its record at byte %" G_GSIZE_FORMAT " makes no sense",
                                       offset);
          return FALSE;
        }
      offset += record.length;
      seq++;
    }
  *next_seq = seq;
  *end = offset;

  return TRUE;
}

/* Records that were written together are synced together, so a crash may leave any of them. One of
 * a later write proves that what is missing here was once durable. */
static gboolean
check_tail (Replay        *self,
            const Segment *segment,
            guint64        next_seq,
            gsize          end,
            GError       **error)
{
  for (gsize offset = end; offset < segment->length; offset += RECORD_ALIGNMENT)
    {
      WeftFileRecordHeader record;

      if (!weft_file_segment_parse_record (segment->data, segment->length, offset,
                                           &segment->header, &record)
          || record.seq < next_seq || record.seq - record.index <= next_seq)
        continue;

      weft_file_layer_set_corrupt (self->layer, error, segment->path,
                                   "its record at byte %" G_GSIZE_FORMAT " is not whole, though "
                                   "later ones are", end);
      return FALSE;
    }

  return TRUE;
}

static gboolean
replay_all (Replay           *self,
            WeftFileRecovery *recovery,
            GError          **error)
{
  gboolean is_second = self->segments[1].header.generation > self->segments[0].header.generation;
  const Segment *newer = &self->segments[is_second ? 1 : 0];
  const Segment *older = &self->segments[is_second ? 0 : 1];
  guint64 applied_seq = newer->header.applied_seq;
  guint64 next_seq;
  gsize end;

  if (applied_seq + 1 < newer->header.first_seq)
    {
      if (!replay_segment (self, older, applied_seq, newer->header.first_seq, &next_seq, &end,
                           error))
        return FALSE;
      if (next_seq < newer->header.first_seq)
        {
          weft_file_layer_set_corrupt (self->layer, error, older->path,
                                       "its record at byte %" G_GSIZE_FORMAT " is not whole, "
                                       "though %s goes on after it", end, newer->path);
          return FALSE;
        }
    }
  if (!replay_segment (self, newer, applied_seq, G_MAXUINT64, &next_seq, &end, error)
      || !check_tail (self, newer, next_seq, end, error))
    return FALSE;

  recovery->generation = newer->header.generation;
  recovery->newest_slot = is_second ? 1 : 0;
  recovery->next_seq = next_seq;

  return TRUE;
}

gboolean
weft_file_recovery_run (WeftFileLayer    *layer,
                        gint64           *usage,
                        WeftFileRecovery *recovery,
                        GError          **error)
{
  g_auto (Replay) self = { .layer = layer };

  self.applier = weft_file_applier_new (layer, usage);
  self.paths = g_ptr_array_new_with_free_func (g_free);
  for (guint slot = 0; slot < WEFT_FILE_N_SEGMENTS; slot++)
    if (!read_segment (&self, slot, error))
      return FALSE;
  if (!replay_all (&self, recovery, error))
    return FALSE;

  recovery->n_replayed = self.n_replayed;
  weft_file_applier_sort (self.applier);

  return self.n_replayed == 0
         || (weft_file_applier_step (self.applier, G_MAXUINT, error)
             && weft_file_applier_sync (self.applier, error));
}
