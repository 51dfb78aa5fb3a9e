/* weft-file-log.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-log-private.h"

#include "weft-error.h"
#include "weft-file-home-private.h"

/* Making a segment syncs it, its name, what says that it belongs to the log, and the name of
 * that; taking one away only the latter two. */
#define SYNCS_PER_SEGMENT 4
#define SYNCS_PER_DROP 2
/* What is written together is put together in memory, which is given back when it was more. */
#define RECORDS_BYTES_MAX (1024 * 1024)

struct _WeftFileLog
{
  WeftFileLayer *layer;
  gsize segment_bytes_max;
  GArray *segments;           /* (element-type guint32) that belong to the log, ascending */
  WeftFileSegment *active;    /* the segment in use; NULL when the next batch makes one */
  WeftFileContents *contents; /* what is in it; NULL when there is none */
  guint64 saved_seq;          /* the contents up to here are beside it */
  gboolean has_resumable;     /* there is no active segment, but the newest can go on */
  WeftFileSegmentHeader newest;
  GString *records;           /* the jobs that are committed now, one after the other */
  guint64 next_seq;
  guint64 usage;
  guint64 n_syncs;
};

WeftFileLog *
weft_file_log_new (WeftFileLayer    *layer,
                   gsize             segment_bytes_max,
                   GArray           *segments,
                   WeftFileRecovery *recovery)
{
  WeftFileLog *self = g_new0 (WeftFileLog, 1);

  self->layer = layer;
  self->segment_bytes_max = segment_bytes_max;
  self->segments = g_array_ref (segments);
  self->next_seq = recovery->next_seq;
  self->contents = g_steal_pointer (&recovery->contents);
  self->saved_seq = recovery->n_read == 0 ? recovery->next_seq : 0;
  self->has_resumable = recovery->can_resume && self->contents->end < segment_bytes_max;
  self->newest = recovery->newest;
  self->usage = recovery->bytes;
  self->records = g_string_sized_new (WEFT_FILE_SEGMENT_BYTES_MIN);

  return self;
}

void
weft_file_log_free (WeftFileLog *self)
{
  g_clear_pointer (&self->active, weft_file_segment_free);
  g_clear_pointer (&self->contents, weft_file_contents_free);
  g_array_unref (self->segments);
  g_string_free (self->records, TRUE);
  g_free (self);
}

guint64
weft_file_log_get_usage (WeftFileLog *self)
{
  return self->usage;
}

guint64
weft_file_log_get_n_syncs (WeftFileLog *self)
{
  return self->n_syncs;
}

/* Without it the segment is read when the storage is opened, so an error is no loss. */
void
weft_file_log_save (WeftFileLog *self)
{
  g_autoptr (GError) error = NULL;
  gsize bytes;

  if (self->contents == NULL || self->contents->next_seq == self->saved_seq)
    return;
  if (!weft_file_contents_write (self->contents, self->layer, &bytes, &error))
    g_message ("storage: %s; it will take longer to open", error->message);
  self->usage += bytes;
  self->saved_seq = self->contents->next_seq;
}

void
weft_file_log_end_segment (WeftFileLog *self)
{
  weft_file_log_save (self);
  g_clear_pointer (&self->contents, weft_file_contents_free);
  g_clear_pointer (&self->active, weft_file_segment_free);
  self->has_resumable = FALSE;
}

/* If this fails half way, the new segment may be on the disk or not, which says that nothing was
 * committed to older ones after this. So nothing is, until it has worked. */
static gboolean
begin_segment (WeftFileLog *self,
               GError     **error)
{
  g_autoptr (WeftFileSegment) segment = NULL;
  guint32 number = 1;

  weft_file_log_end_segment (self);
  if (self->segments->len > 0)
    number += g_array_index (self->segments, guint32, self->segments->len - 1);
  self->n_syncs += SYNCS_PER_SEGMENT;
  segment = weft_file_segment_create (self->layer, number, self->next_seq,
                                      self->segment_bytes_max, error);
  if (segment == NULL)
    return FALSE;

  g_array_append_val (self->segments, number);
  if (!weft_file_home_save (self->layer, self->segments, error))
    {
      g_array_set_size (self->segments, self->segments->len - 1);
      return FALSE;
    }
  self->contents = weft_file_contents_new (weft_file_segment_get_header (segment));
  self->saved_seq = self->next_seq;
  self->usage += weft_file_segment_get_header (segment)->bytes;
  self->active = g_steal_pointer (&segment);

  return TRUE;
}

static gboolean
resume_segment (WeftFileLog *self,
                GError     **error)
{
  self->active = weft_file_segment_resume (self->layer, &self->newest, self->contents->end,
                                           self->segment_bytes_max, error);
  self->has_resumable = self->active == NULL;

  return self->active != NULL;
}

/* Makes room for so many bytes. */
static gboolean
make_room (WeftFileLog *self,
           gsize        length,
           GError     **error)
{
  if (self->has_resumable && !resume_segment (self, error))
    return FALSE;
  if (self->active != NULL && weft_file_segment_fits (self->active, length))
    return TRUE;

  return begin_segment (self, error);
}

/* Notes where a job is, and what is there. */
static void
place (WeftFileLog *self,
       WeftFileJob *job,
       gsize        offset)
{
  job->segment = self->contents->number;
  job->offset = (guint32) offset;
  for (guint i = 0; i < job->operations->len; i++)
    {
      WeftFileOperation *operation = &g_array_index (job->operations, WeftFileOperation, i);
      const WeftFileMention mention = {
        .kind = operation->kind, .verb = operation->verb, .block_id = operation->block_id,
        .key = operation->key, .offset = job->offset + operation->offset,
        .length = operation->length,
      };

      weft_file_contents_add (self->contents, &mention);
    }
  self->contents->end = offset + job->text_length;
  self->contents->next_seq++;
  self->next_seq++;
}

/* `records` are those of the jobs. */
static gboolean
commit_together (WeftFileLog *self,
                 char        *records,
                 GPtrArray   *jobs,
                 guint        first,
                 guint        end,
                 GError     **error)
{
  gsize length = 0;
  gsize n_sealed = 0;
  gsize offset;
  guint64 bytes;

  for (guint i = first; i < end; i++)
    length += ((WeftFileJob *) g_ptr_array_index (jobs, i))->text_length;
  if (!make_room (self, length, error))
    return FALSE;

  for (guint i = first; i < end; i++)
    {
      WeftFileJob *job = g_ptr_array_index (jobs, i);

      weft_file_segment_seal (self->active, records + n_sealed, job->text_length,
                              self->next_seq + i - first, i - first);
      n_sealed += job->text_length;
    }

  self->n_syncs++;
  offset = weft_file_segment_get_used (self->active);
  bytes = weft_file_segment_get_header (self->active)->bytes;
  if (!weft_file_segment_append (self->active, records, length, error))
    {
      /* Some of it may be on the disk. The header of the next segment says that it never happened;
       * until there is one nothing else can be written. */
      begin_segment (self, NULL);
      return FALSE;
    }
  self->usage += weft_file_segment_get_header (self->active)->bytes - bytes;
  for (guint i = first; i < end; i++)
    {
      WeftFileJob *job = g_ptr_array_index (jobs, i);

      place (self, job, offset);
      offset += job->text_length;
    }

  return TRUE;
}

/* How many jobs from `first` on go into one write. A job that is larger than a segment is alone,
 * and its segment is larger. */
static guint
find_end (WeftFileLog *self,
          GPtrArray   *jobs,
          guint        first)
{
  gsize length = WEFT_FILE_SEGMENT_HEADER_BYTES;
  guint end = first;

  while (end < jobs->len)
    {
      length += ((WeftFileJob *) g_ptr_array_index (jobs, end))->text_length;
      if (length > self->segment_bytes_max && end > first)
        break;
      end++;
    }

  return end;
}

gboolean
weft_file_log_commit (WeftFileLog *self,
                      GPtrArray   *jobs,
                      guint       *n_committed,
                      GError     **error)
{
  gboolean is_done = TRUE;
  gsize start = 0;

  for (guint i = 0; i < jobs->len; i++)
    weft_file_job_encode (g_ptr_array_index (jobs, i), self->records);
  *n_committed = 0;
  while (is_done && *n_committed < jobs->len)
    {
      guint end = find_end (self, jobs, *n_committed);

      is_done = commit_together (self, self->records->str + start, jobs, *n_committed, end, error);
      for (guint i = *n_committed; is_done && i < end; i++)
        start += ((WeftFileJob *) g_ptr_array_index (jobs, i))->text_length;
      if (is_done)
        *n_committed = end;
    }

  if (self->records->allocated_len > RECORDS_BYTES_MAX)
    {
      g_string_free (self->records, TRUE);
      self->records = g_string_sized_new (WEFT_FILE_SEGMENT_BYTES_MIN);
    }
  g_string_truncate (self->records, 0);

  return is_done;
}

static void
remove_file (WeftFileLog *self,
             char        *path)
{
  guint64 size;

  if (self->layer->get_size (self->layer, path, &size) == 0
      && self->layer->unlink (self->layer, path) == 0)
    self->usage -= MIN (size, self->usage);
  g_free (path);
}

gboolean
weft_file_log_drop (WeftFileLog *self,
                    guint32      number,
                    GError     **error)
{
  g_autoptr (GArray) before = g_array_ref (self->segments);
  g_autoptr (GArray) segments = g_array_copy (before);
  guint n_dropped = 0;

  while (n_dropped < before->len && g_array_index (before, guint32, n_dropped) <= number)
    n_dropped++;
  g_assert (n_dropped > 0);
  g_assert (n_dropped < before->len);

  g_array_remove_range (segments, 0, n_dropped);
  self->n_syncs += SYNCS_PER_DROP;
  if (!weft_file_home_save (self->layer, segments, error))
    return FALSE;
  g_array_unref (self->segments);
  self->segments = g_steal_pointer (&segments);
  for (guint i = 0; i < n_dropped; i++)
    {
      remove_file (self, weft_file_segment_make_path (g_array_index (before, guint32, i)));
      remove_file (self, weft_file_contents_make_path (g_array_index (before, guint32, i)));
    }

  return TRUE;
}
