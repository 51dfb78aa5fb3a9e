/* weft-file-log.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-log-private.h"

#include "weft-error.h"
#include "weft-file-applier-private.h"
#include "weft-file-journal-private.h"

struct _WeftFileLog
{
  WeftFileLayer *layer;
  WeftFileSegment *segments[WEFT_FILE_N_SEGMENTS];
  guint active; /* the segment in use */
  gsize segment_bytes_max;
  gboolean is_stuck; /* nothing may be committed before a switch has worked */
  guint64 generation;
  guint64 next_seq;
  guint64 applied_seq;
  guint64 applied_number;
  GPtrArray *jobs; /* (element-type WeftFileJob) in the segment in use */

  WeftFileApplier *applier; /* NULL when nothing is being brought to the files */
  GPtrArray *applying_jobs; /* (element-type WeftFileJob) whose texts the applier uses */
  guint64 applying_seq;     /* the last of them */
  GThread *thread;          /* that has the applier, what follows, and nothing else; or NULL */
  GError *thread_error;
  gint64 thread_usage;
  gint is_thread_done;      /* atomic */
  WeftFileLogFunc notify;
  gpointer notify_data;

  gint64 usage;
  guint64 n_syncs;
};

static GPtrArray *
new_jobs (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) weft_file_job_free);
}

static gboolean
begin_segment (WeftFileLog *self,
               guint        slot,
               GError     **error)
{
  /* A generation that failed to begin may be on the disk, so its number is used up. */
  self->generation++;
  self->n_syncs++;

  return weft_file_segment_begin (self->segments[slot], self->generation, self->next_seq,
                                  self->applied_seq, error);
}

WeftFileLog *
weft_file_log_new (WeftFileLayer          *layer,
                   gsize                   segment_bytes_max,
                   const WeftFileRecovery *recovery,
                   gint64                  usage,
                   WeftFileLogFunc         notify,
                   gpointer                user_data,
                   GError                **error)
{
  g_autoptr (WeftFileLog) self = g_new0 (WeftFileLog, 1);

  self->layer = layer;
  self->segment_bytes_max = segment_bytes_max;
  self->usage = usage;
  self->notify = notify;
  self->notify_data = user_data;
  self->jobs = new_jobs ();
  self->generation = recovery->generation;
  self->next_seq = recovery->next_seq;
  self->applied_seq = recovery->next_seq - 1;
  for (guint slot = 0; slot < WEFT_FILE_N_SEGMENTS; slot++)
    self->segments[slot] = weft_file_segment_new (layer, slot, segment_bytes_max, &self->usage);

  self->active = (recovery->newest_slot + 1) % WEFT_FILE_N_SEGMENTS;
  if (!begin_segment (self, self->active, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
weft_file_log_free (WeftFileLog *self)
{
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_clear_error (&self->thread_error);
  for (guint slot = 0; slot < WEFT_FILE_N_SEGMENTS; slot++)
    g_clear_pointer (&self->segments[slot], weft_file_segment_free);
  g_clear_pointer (&self->applier, weft_file_applier_free);
  g_clear_pointer (&self->applying_jobs, g_ptr_array_unref);
  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  g_free (self);
}

gboolean
weft_file_log_is_applying (WeftFileLog *self)
{
  return self->applier != NULL;
}

gboolean
weft_file_log_is_dirty (WeftFileLog *self)
{
  return self->jobs->len > 0;
}

guint64
weft_file_log_get_applied (WeftFileLog *self)
{
  return self->applied_number;
}

gint64
weft_file_log_get_usage (WeftFileLog *self)
{
  return self->usage;
}

guint64
weft_file_log_get_n_syncs (WeftFileLog *self)
{
  return self->n_syncs;
}

static gpointer
apply_in_thread (gpointer data)
{
  WeftFileLog *self = data;

  if (weft_file_applier_step (self->applier, G_MAXUINT, &self->thread_error))
    weft_file_applier_sync (self->applier, &self->thread_error);
  g_atomic_int_set (&self->is_thread_done, TRUE);
  self->notify (self->notify_data);

  return NULL;
}

static void
start_applying (WeftFileLog *self)
{
  g_assert (self->thread == NULL);

  g_atomic_int_set (&self->is_thread_done, FALSE);
  self->thread = g_thread_new ("weft-files", apply_in_thread, self);
}

gboolean
weft_file_log_switch (WeftFileLog *self,
                      GError     **error)
{
  guint slot = (self->active + 1) % WEFT_FILE_N_SEGMENTS;

  g_assert (self->applier == NULL);

  /* If its header got to the disk in spite of the error, then what is committed to the segment in
   * use from here on would be cut off by it at recovery. */
  self->is_stuck = TRUE;
  if (!begin_segment (self, slot, error))
    return FALSE;
  self->is_stuck = FALSE;
  self->active = slot;

  self->applying_jobs = g_steal_pointer (&self->jobs);
  self->applying_seq = self->next_seq - 1;
  self->jobs = new_jobs ();
  self->applier = weft_file_applier_new (self->layer, &self->thread_usage);
  for (guint i = 0; i < self->applying_jobs->len; i++)
    {
      WeftFileJob *job = g_ptr_array_index (self->applying_jobs, i);

      for (guint j = 0; j < job->operations->len; j++)
        {
          WeftFileOperation *operation = &g_array_index (job->operations, WeftFileOperation, j);

          weft_file_applier_add (self->applier, operation->path,
                                 operation->is_delete ? NULL
                                                      : job->text->str + operation->text_offset,
                                 operation->text_length);
        }
    }
  weft_file_applier_sort (self->applier);
  start_applying (self);

  return TRUE;
}

/* Waits for the thread, and takes what it has done. After an error the applier stays. */
static gboolean
finish_applying (WeftFileLog *self,
                 GError     **error)
{
  g_thread_join (g_steal_pointer (&self->thread));
  self->n_syncs++;
  self->usage += self->thread_usage;
  self->thread_usage = 0;
  if (self->thread_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->thread_error));
      return FALSE;
    }

  self->applied_seq = self->applying_seq;
  if (self->applying_jobs->len > 0)
    {
      WeftFileJob *last = g_ptr_array_index (self->applying_jobs, self->applying_jobs->len - 1);

      self->applied_number = last->number;
    }
  g_clear_pointer (&self->applier, weft_file_applier_free);
  g_clear_pointer (&self->applying_jobs, g_ptr_array_unref);

  return TRUE;
}

gboolean
weft_file_log_poll (WeftFileLog *self,
                    GError     **error)
{
  if (self->applier == NULL)
    return TRUE;
  if (self->thread == NULL)
    start_applying (self);

  return !g_atomic_int_get (&self->is_thread_done) || finish_applying (self, error);
}

static gboolean
apply_rest (WeftFileLog *self,
            GError     **error)
{
  if (self->applier == NULL)
    return TRUE;
  if (self->thread == NULL)
    start_applying (self);

  return finish_applying (self, error);
}

gboolean
weft_file_log_checkpoint (WeftFileLog *self,
                          gboolean     is_last,
                          GError     **error)
{
  if (!apply_rest (self, error))
    return FALSE;
  if (self->jobs->len > 0
      && (!weft_file_log_switch (self, error) || !apply_rest (self, error)))
    return FALSE;
  if (!is_last)
    return TRUE;

  return begin_segment (self, (self->active + 1) % WEFT_FILE_N_SEGMENTS, error);
}

/* Makes room for so many bytes. What older segments hold must be in the files before. */
static gboolean
make_room (WeftFileLog *self,
           gsize        length,
           GError     **error)
{
  if (!self->is_stuck && weft_file_segment_fits (self->segments[self->active], length))
    return TRUE;

  return apply_rest (self, error) && weft_file_log_switch (self, error);
}

static gboolean
commit_together (WeftFileLog *self,
                 GPtrArray   *jobs,
                 guint        first,
                 guint        end,
                 GError     **error)
{
  g_autoptr (GString) records = NULL;
  WeftFileSegment *segment;
  gsize length = 0;

  for (guint i = first; i < end; i++)
    length += ((WeftFileJob *) g_ptr_array_index (jobs, i))->text->len;
  if (!make_room (self, length, error))
    return FALSE;

  segment = self->segments[self->active];
  records = g_string_sized_new (length + 1);
  for (guint i = first; i < end; i++)
    {
      WeftFileJob *job = g_ptr_array_index (jobs, i);

      weft_file_segment_seal (segment, job->text, self->next_seq + i - first, i - first);
      g_string_append_len (records, job->text->str, (gssize) job->text->len);
    }

  self->n_syncs++;
  if (weft_file_segment_append (segment, records, error))
    return TRUE;

  /* Some of it may be on the disk. The header of the other segment says that it never happened;
   * until that is written nothing else can be. */
  self->is_stuck = TRUE;
  make_room (self, 0, NULL);

  return FALSE;
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
      WeftFileJob *job = g_ptr_array_index (jobs, end);

      length += job->text->len;
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
  guint first = 0;

  while (first < jobs->len)
    {
      guint end = find_end (self, jobs, first);

      *n_committed = first;
      if (!commit_together (self, jobs, first, end, error))
        return FALSE;
      for (guint i = first; i < end; i++)
        g_ptr_array_add (self->jobs, g_ptr_array_index (jobs, i));
      self->next_seq += end - first;
      first = end;
    }
  *n_committed = first;

  return TRUE;
}
