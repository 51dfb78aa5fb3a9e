/* weft-file-writer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-writer-private.h"

#include "weft-batch-private.h"
#include "weft-error.h"
#include "weft-file-changes-private.h"
#include "weft-file-cleaner-private.h"
#include "weft-poke-source-private.h"

/* How long a batch that nobody waits for may wait for others. About as long as a sync takes: who
 * was told of the change before it mostly asks for the next one sooner than that. */
#define PATIENCE_USEC 1000

/* Before a loop goes to sleep, everything that was submitted in its turn leaves together. When that
 * is due is asked here each time: batches are submitted on the thread of the loop, so it is never
 * asleep when that changes, and a ready time that is set would wake it in vain. */
typedef struct
{
  GSource source;
  WeftFileWriter *writer;
  gint64 due_usec; /* G_MAXINT64 while nothing waits, or somebody is in a hurry */
} TurnSource;

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
  GMainContext *context;  /* of the sources */
  GQueue submissions;     /* (element-type Submission) not done yet, oldest first */
  TurnSource *turn;
  GQueue held;            /* (element-type WeftFileJob) that the worker has not got yet */
  gboolean is_hurried;    /* somebody waits for one of them */
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
  Submission *submission = g_new (Submission, 1);

  *submission = (Submission) { .is_cleaning = is_cleaning, .number = ++self->last_number };
  job->number = submission->number;
  job->epoch = self->epoch;
  job->is_cleaning = is_cleaning;
  if (!is_cleaning)
    g_object_ref (self->storage);
  g_queue_push_tail (&self->submissions, submission);

  return submission;
}

static void
hand_over (WeftFileWriter *self)
{
  self->is_hurried = FALSE;
  self->turn->due_usec = G_MAXINT64;
  weft_file_worker_push (self->worker, &self->held);
}

static gboolean
turn_prepare (GSource *source,
              int     *timeout)
{
  TurnSource *turn = (TurnSource *) source;
  gint64 left_usec;

  *timeout = -1;
  if (turn->writer->is_hurried)
    hand_over (turn->writer);
  if (turn->due_usec == G_MAXINT64)
    return FALSE;

  left_usec = turn->due_usec - g_source_get_time (source);
  if (left_usec <= 0)
    return TRUE;
  *timeout = (int) (left_usec / 1000 + (left_usec % 1000 > 0));

  return FALSE;
}

static gboolean
turn_check (GSource *source)
{
  TurnSource *turn = (TurnSource *) source;

  return turn->due_usec != G_MAXINT64 && turn->due_usec <= g_source_get_time (source);
}

static gboolean
turn_dispatch (GSource    *source,
               GSourceFunc func,
               gpointer    user_data)
{
  hand_over (((TurnSource *) source)->writer);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_funcs = {
  .prepare = turn_prepare,
  .check = turn_check,
  .dispatch = turn_dispatch,
};

static void
add_turn_source (WeftFileWriter *self,
                 GMainContext   *context)
{
  GSource *source = g_source_new (&turn_funcs, sizeof (TurnSource));

  self->turn = (TurnSource *) source;
  self->turn->writer = self;
  self->turn->due_usec = G_MAXINT64;
  g_source_set_static_name (source, "Weft storage submissions");
  /* Sources that are less urgent than one that is ready are not asked. */
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, context);
}

/* Takes the job. */
static void
hold (WeftFileWriter *self,
      WeftFileJob    *job,
      gboolean        is_patient)
{
  TurnSource *turn = self->turn;

  g_queue_push_tail (&self->held, job);
  self->is_hurried |= !is_patient;
  if (!self->is_hurried && turn->due_usec == G_MAXINT64)
    turn->due_usec = g_source_get_time (&turn->source) + PATIENCE_USEC;
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
      hold (self, job, FALSE);
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
  g_autoptr (WeftFileJob) job = weft_file_job_new (batch);
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
    hold (self, g_steal_pointer (&job), weft_batch_is_patient (batch));
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
  WeftFileWriter *self = g_new0 (WeftFileWriter, 1);

  self->storage = storage;
  self->context = g_main_context_ref_thread_default ();
  self->index = index;
  g_queue_init (&self->submissions);
  g_queue_init (&self->late_results);
  g_queue_init (&self->held);
  add_turn_source (self, self->context);
  self->source = weft_poke_source_new (deliver, self);
  weft_poke_source_attach (self->source, self->context);
  self->cleaner = weft_file_cleaner_new (index, options->garbage_bytes_max);
  self->worker = weft_file_worker_new (layer, options, segments, recovery, self->source);

  return self;
}

gboolean
weft_file_writer_close (WeftFileWriter *self,
                        GError        **error)
{
  g_autoptr (WeftFileWorker) worker = NULL;
  const Submission *first = g_queue_peek_head (&self->submissions);
  const GError *reason = NULL;

  g_assert (self->worker != NULL);

  hand_over (self);
  worker = g_steal_pointer (&self->worker);
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
  g_assert (g_queue_is_empty (&self->held));

  /* Each batch holds a reference on the storage, so what is left here is cleaning. */
  g_queue_clear_full (&self->submissions, (GDestroyNotify) submission_free);
  g_queue_clear_full (&self->late_results, (GDestroyNotify) weft_file_job_free);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_source_destroy (&self->turn->source);
  g_source_unref (&self->turn->source);
  g_main_context_unref (self->context);
  weft_file_cleaner_free (self->cleaner);
  g_free (self);
}

void
weft_file_writer_checkpoint (WeftFileWriter *self)
{
  hand_over (self);
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
