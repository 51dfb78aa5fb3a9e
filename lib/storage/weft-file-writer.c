/* weft-file-writer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-writer-private.h"

#include "weft-error.h"
#include "weft-file-changes-private.h"
#include "weft-file-cleaner-private.h"
#include "weft-poke-source-private.h"

typedef struct
{
  WeftBatchDoneFunc done;
  gpointer user_data;
  guint64 number;
  WeftFileChanges *changes; /* NULL when it failed at once and changed nothing, or is a cleaner's */
  gboolean is_cleaning;
  GError *error;
} Submission;

struct _WeftFileWriter
{
  WeftStorage *storage;   /* that has it */
  WeftFileIndex *index;
  WeftFileCleaner *cleaner;
  WeftFileWorker *worker; /* NULL when closed */
  GSource *source;
  GQueue submissions;     /* (element-type Submission) not done yet, oldest first */
  GQueue late_results;    /* (element-type WeftFileJob) that came before closing */
  guint64 last_number;
  guint epoch;
};

static void
submission_free (Submission *submission)
{
  g_clear_pointer (&submission->changes, weft_file_changes_free);
  g_clear_error (&submission->error);
  g_free (submission);
}

static void
finish_submission (WeftFileWriter *self,
                   Submission      *submission)
{
  gboolean is_cleaning = submission->is_cleaning;

  if (is_cleaning)
    weft_file_cleaner_note_done (self->cleaner, submission->error);
  if (submission->done != NULL)
    submission->done (self->storage, submission->error, submission->user_data);
  submission_free (submission);
  if (!is_cleaning)
    g_object_unref (self->storage);
}

/* What was submitted after a failed batch may have been made from what that one wrote, so all of
 * it fails too, newest first, which leaves what was there before. */
static void
fail_all (WeftFileWriter *self,
          const GError    *error)
{
  GQueue failed = self->submissions;

  /* What the callbacks submit is new, and not among what the worker fails too. */
  g_queue_init (&self->submissions);
  self->epoch++;
  for (GList *link = failed.tail; link != NULL; link = link->prev)
    {
      Submission *submission = link->data;

      if (submission->changes != NULL)
        weft_file_changes_take_back (submission->changes);
      if (submission->error == NULL)
        submission->error = g_error_copy (error);
    }
  for (Submission *submission = g_queue_pop_head (&failed); submission != NULL;
       submission = g_queue_pop_head (&failed))
    finish_submission (self, submission);
}

static void
deliver_result (WeftFileWriter *self,
                WeftFileJob     *job)
{
  Submission *submission = g_queue_peek_head (&self->submissions);

  /* A batch that failed with an earlier one is not here any more. */
  if (submission == NULL || submission->number != job->number)
    return;

  /* Dropping a segment concerns nobody else. */
  if (job->error != NULL && job->drop_segment == 0)
    {
      fail_all (self, job->error);
      return;
    }
  submission->error = g_steal_pointer (&job->error);
  if (job->drop_segment == 0)
    {
      weft_file_shelf_note_used (weft_file_index_get_shelf (self->index), job->segment,
                                 job->text_length);
      weft_file_changes_settle (self->index, job);
    }
  finish_submission (self, g_queue_pop_head (&self->submissions));
}

static void
deliver_results (WeftFileWriter *self,
                 GQueue          *results)
{
  for (WeftFileJob *job = g_queue_pop_head (results); job != NULL; job = g_queue_pop_head (results))
    {
      deliver_result (self, job);
      weft_file_job_free (job);
    }
}

/* A batch keeps the storage until it is done; cleaning does not. */
static Submission *
add_submission (WeftFileWriter *self,
                WeftFileJob    *job,
                gboolean        is_cleaning)
{
  Submission *submission = g_new0 (Submission, 1);

  submission->is_cleaning = is_cleaning;
  submission->number = ++self->last_number;
  job->number = submission->number;
  job->epoch = self->epoch;
  job->is_cleaning = is_cleaning;
  if (!is_cleaning)
    g_object_ref (self->storage);
  g_queue_push_tail (&self->submissions, submission);

  return submission;
}

static void
clean (WeftFileWriter *self)
{
  Submission *last = g_queue_peek_tail (&self->submissions);
  gboolean wants_more = FALSE;
  WeftFileJob *job;

  if (self->worker == NULL || (last != NULL && last->error != NULL))
    return;

  job = weft_file_cleaner_step (self->cleaner, last == NULL, &wants_more);
  if (job != NULL)
    {
      add_submission (self, job, TRUE);
      weft_file_worker_push (self->worker, job);
    }
  if (wants_more)
    weft_poke_source_poke (self->source);
}

static gboolean
deliver (gpointer user_data)
{
  WeftFileWriter *self = user_data;
  g_autoptr (WeftStorage) storage = g_object_ref (self->storage);
  GQueue results = G_QUEUE_INIT;
  Submission *first;

  if (self->worker != NULL)
    weft_file_worker_take (self->worker, &results);
  else
    {
      results = self->late_results;
      g_queue_init (&self->late_results);
    }
  deliver_results (self, &results);

  /* A batch that failed at once waited for those before it. */
  first = g_queue_peek_head (&self->submissions);
  if (first != NULL && first->error != NULL)
    fail_all (self, first->error);
  clean (self);

  return G_SOURCE_CONTINUE;
}

void
weft_file_writer_submit (WeftFileWriter   *self,
                         WeftBatch        *batch,
                         WeftBatchDoneFunc done,
                         gpointer          user_data)
{
  Submission *last = g_queue_peek_tail (&self->submissions);
  g_autoptr (WeftFileJob) job = weft_file_job_new ();
  Submission *submission = add_submission (self, job, FALSE);

  submission->done = done;
  submission->user_data = user_data;
  if (self->worker == NULL)
    g_set_error (&submission->error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the storage was closed");
  else if (last != NULL && last->error != NULL)
    submission->error = g_error_copy (last->error);
  else
    submission->changes = weft_file_changes_apply (self->index, batch, job, &submission->error);

  if (submission->error == NULL)
    weft_file_worker_push (self->worker, g_steal_pointer (&job));
  else
    weft_poke_source_poke (self->source);
}

WeftFileWriter *
weft_file_writer_new (WeftStorage           *storage,
                      WeftFileLayer         *layer,
                      WeftFileIndex         *index,
                      const WeftFileOptions *options,
                      GArray                *segments,
                      WeftFileRecovery      *recovery)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  WeftFileWriter *self = g_new0 (WeftFileWriter, 1);

  self->storage = storage;
  self->index = index;
  g_queue_init (&self->submissions);
  g_queue_init (&self->late_results);
  self->source = weft_poke_source_new (deliver, self);
  g_source_attach (self->source, context);
  self->cleaner = weft_file_cleaner_new (index, options->garbage_bytes_max);
  self->worker = weft_file_worker_new (layer, options, segments, recovery, self->source);

  return self;
}

gboolean
weft_file_writer_close (WeftFileWriter *self,
                        GError        **error)
{
  g_autoptr (WeftFileWorker) worker = g_steal_pointer (&self->worker);
  const Submission *first = g_queue_peek_head (&self->submissions);
  const GError *reason = NULL;

  g_assert (worker != NULL);

  weft_file_worker_close (worker);
  weft_file_worker_take (worker, &self->late_results);
  for (GList *link = self->late_results.head; link != NULL && reason == NULL; link = link->next)
    {
      WeftFileJob *job = link->data;

      /* What failed with an earlier batch was told already. */
      if (!job->is_cleaning && first != NULL && job->number >= first->number)
        reason = job->error;
    }
  weft_poke_source_poke (self->source);
  if (reason != NULL)
    g_propagate_error (error, g_error_copy (reason));

  return reason == NULL;
}

void
weft_file_writer_free (WeftFileWriter *self)
{
  g_assert (self->worker == NULL);

  /* Each batch holds a reference on the storage, so what is left here is cleaning. */
  g_queue_clear_full (&self->submissions, (GDestroyNotify) submission_free);
  g_queue_clear_full (&self->late_results, (GDestroyNotify) weft_file_job_free);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  weft_file_cleaner_free (self->cleaner);
  g_free (self);
}

void
weft_file_writer_checkpoint (WeftFileWriter *self)
{
  weft_file_worker_checkpoint (self->worker);
}

guint64
weft_file_writer_get_usage (WeftFileWriter *self)
{
  return weft_file_worker_get_usage (self->worker);
}

guint64
weft_file_writer_get_n_syncs (WeftFileWriter *self)
{
  return weft_file_worker_get_n_syncs (self->worker);
}
