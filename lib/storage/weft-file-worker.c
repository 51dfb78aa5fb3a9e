/* weft-file-worker.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-file-worker-private.h"

#include "weft-file-log-private.h"
#include "weft-poke-source-private.h"

/* How many jobs go into one round: bounds how long the first of them waits. */
#define ROUND_JOBS_MAX 1024
/* Who was told that a batch is durable often submits the next at once. To wait for as many as came
 * last time, but never longer than a part of what writing them took, saves syncs. */
#define GATHER_SHARE 2
#define GATHER_USEC_MAX 2000
/* After a failure the files are tried again so often. */
#define RETRY_USEC (G_TIME_SPAN_SECOND)

struct _WeftFileWorker
{
  WeftFileOptions options;
  GSource *poke;
  GThread *thread;

  GMutex mutex; /* guards what follows */
  GCond work;   /* there is something to do */
  GCond done;   /* a checkpoint is done, or given up */
  GQueue incoming; /* (element-type WeftFileJob) */
  GQueue results;  /* (element-type WeftFileResult) */
  guint64 applied_number;
  gint64 usage;
  guint64 n_syncs;
  guint n_checkpoints_wanted;
  guint n_checkpoints_done;
  gboolean is_closing;
  gboolean has_applied; /* the log wants to be polled */
  guint n_wanted;       /* how many jobs are waited for; 0 when any will do */

  WeftFileLog *log; /* the thread's own, as is what follows */
  GError *apply_error;
  guint failed_epoch;
  GError *failure; /* why jobs of that epoch fail; NULL before the first failure */
  gint64 last_work_usec;
  gint64 round_usec; /* how long the last round took, */
  guint round_jobs;  /* and how many jobs it had */
};

void
weft_file_result_free (WeftFileResult *self)
{
  g_clear_error (&self->error);
  g_free (self);
}

/* The owner is told of these in the order of the jobs. */
static void
add_results (WeftFileWorker *self,
             GPtrArray      *jobs,
             guint           first,
             guint           end,
             const GError   *error)
{
  g_mutex_lock (&self->mutex);
  for (guint i = first; i < end; i++)
    {
      WeftFileJob *job = g_ptr_array_index (jobs, i);
      WeftFileResult *result = g_new0 (WeftFileResult, 1);

      result->number = job->number;
      result->error = error != NULL ? g_error_copy (error) : NULL;
      g_queue_push_tail (&self->results, result);
    }
  g_mutex_unlock (&self->mutex);
  weft_poke_source_poke (self->poke);
}

static void
publish (WeftFileWorker *self)
{
  guint64 applied = weft_file_log_get_applied (self->log);
  gboolean has_moved;

  g_mutex_lock (&self->mutex);
  has_moved = applied != self->applied_number;
  self->applied_number = applied;
  self->usage = weft_file_log_get_usage (self->log);
  self->n_syncs = weft_file_log_get_n_syncs (self->log);
  g_mutex_unlock (&self->mutex);
  if (has_moved)
    weft_poke_source_poke (self->poke);
}

/* A job that was made before its owner heard of a failure may build on what failed. */
static gboolean
is_doomed (WeftFileWorker *self,
           WeftFileJob    *job)
{
  return self->failure != NULL && job->epoch <= self->failed_epoch;
}

static void
fail (WeftFileWorker *self,
      GPtrArray      *jobs,
      guint           first,
      const GError   *error)
{
  for (guint i = first; i < jobs->len; i++)
    {
      WeftFileJob *job = g_ptr_array_index (jobs, i);

      if (is_doomed (self, job))
        continue;
      self->failed_epoch = job->epoch;
      g_clear_error (&self->failure);
      self->failure = g_error_copy (error);
    }
  add_results (self, jobs, first, jobs->len, self->failure);
  for (guint i = first; i < jobs->len; i++)
    weft_file_job_free (g_ptr_array_index (jobs, i));
}

static void
commit_round (WeftFileWorker *self,
              GPtrArray      *jobs)
{
  g_autoptr (GError) error = NULL;
  guint n_committed = 0;

  if (is_doomed (self, g_ptr_array_index (jobs, 0)))
    {
      fail (self, jobs, 0, self->failure);
      return;
    }

  for (guint i = 0; i < jobs->len; i++)
    weft_file_job_encode (g_ptr_array_index (jobs, i));
  if (weft_file_log_commit (self->log, jobs, &n_committed, &error))
    add_results (self, jobs, 0, jobs->len, NULL);
  else
    {
      add_results (self, jobs, 0, n_committed, NULL);
      fail (self, jobs, n_committed, error);
    }
  publish (self);
}

static gboolean
note_apply_error (WeftFileWorker *self,
                  gboolean        is_done,
                  GError         *error)
{
  /* Once is enough: the same happens with every try while a disk is full. */
  if (!is_done && self->apply_error == NULL)
    g_message ("storage: %s; trying again while the journal has room", error->message);
  g_clear_error (&self->apply_error);
  self->apply_error = error;
  publish (self);

  return is_done;
}

/* On the thread that brings a segment to the files. */
static void
applied_cb (gpointer user_data)
{
  WeftFileWorker *self = user_data;

  g_mutex_lock (&self->mutex);
  self->has_applied = TRUE;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->mutex);
}

/* When there is something to do though nothing comes. */
static gint64
find_deadline (WeftFileWorker *self)
{
  if (self->apply_error != NULL)
    return self->last_work_usec + RETRY_USEC;
  if (weft_file_log_is_dirty (self->log) && !weft_file_log_is_applying (self->log)
      && self->options.idle_usec > 0)
    return self->last_work_usec + self->options.idle_usec;

  return G_MAXINT64;
}

/* With the mutex held. */
static void
gather (WeftFileWorker *self)
{
  gint64 patience = MIN (self->round_usec / GATHER_SHARE, GATHER_USEC_MAX);
  gint64 deadline = g_get_monotonic_time () + patience;

  self->n_wanted = self->round_jobs;
  while (self->incoming.length > 0 && self->incoming.length < self->n_wanted
         && !self->is_closing && self->n_checkpoints_wanted == self->n_checkpoints_done)
    if (!g_cond_wait_until (&self->work, &self->mutex, deadline))
      break;
  self->n_wanted = 0;
}

/* Waits for something to do, and takes it. Returns whether to go on. */
static gboolean
take_round (WeftFileWorker *self,
            GPtrArray      *jobs,
            gboolean       *wants_checkpoint)
{
  gint64 deadline = find_deadline (self);
  gboolean goes_on;

  g_mutex_lock (&self->mutex);
  while (g_queue_is_empty (&self->incoming) && !self->is_closing && !self->has_applied
         && self->n_checkpoints_wanted == self->n_checkpoints_done)
    {
      if (deadline == G_MAXINT64)
        g_cond_wait (&self->work, &self->mutex);
      else if (!g_cond_wait_until (&self->work, &self->mutex, deadline))
        break;
    }
  self->has_applied = FALSE;
  gather (self);

  while (jobs->len < ROUND_JOBS_MAX && !g_queue_is_empty (&self->incoming))
    {
      WeftFileJob *job = g_queue_peek_head (&self->incoming);

      /* What fails at once and what does not are never in one round. */
      if (jobs->len > 0 && is_doomed (self, job) != is_doomed (self, jobs->pdata[0]))
        break;
      g_ptr_array_add (jobs, g_queue_pop_head (&self->incoming));
    }
  *wants_checkpoint = self->n_checkpoints_wanted != self->n_checkpoints_done;
  goes_on = !self->is_closing || jobs->len > 0;
  g_mutex_unlock (&self->mutex);

  return goes_on;
}

static void
do_checkpoint (WeftFileWorker *self,
               gboolean        is_last)
{
  GError *error = NULL;
  gboolean is_done = weft_file_log_checkpoint (self->log, is_last, &error);

  note_apply_error (self, is_done, error);
  g_mutex_lock (&self->mutex);
  self->n_checkpoints_done = self->n_checkpoints_wanted;
  g_cond_broadcast (&self->done);
  g_mutex_unlock (&self->mutex);
}

static void
look_after_files (WeftFileWorker *self)
{
  gboolean is_due = g_get_monotonic_time () >= find_deadline (self);
  GError *error = NULL;
  gboolean is_done = TRUE;

  /* What failed a moment ago waits, so that a full disk does not keep this thread busy. */
  if (self->apply_error != NULL && !is_due)
    return;

  if (weft_file_log_is_applying (self->log))
    is_done = weft_file_log_poll (self->log, &error);
  else if (weft_file_log_is_dirty (self->log) && is_due)
    is_done = weft_file_log_switch (self->log, &error);
  note_apply_error (self, is_done, error);
  if (!is_done)
    self->last_work_usec = g_get_monotonic_time ();
}

static gpointer
run (gpointer data)
{
  WeftFileWorker *self = data;
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();
  gboolean wants_checkpoint;

  while (take_round (self, jobs, &wants_checkpoint))
    {
      gint64 start = g_get_monotonic_time ();

      if (jobs->len > 0)
        {
          commit_round (self, jobs);
          self->last_work_usec = g_get_monotonic_time ();
          self->round_usec = self->last_work_usec - start;
          self->round_jobs = jobs->len;
        }
      g_ptr_array_set_size (jobs, 0);

      if (wants_checkpoint)
        do_checkpoint (self, FALSE);
      else
        look_after_files (self);
    }
  do_checkpoint (self, TRUE);

  return NULL;
}

WeftFileWorker *
weft_file_worker_new (WeftFileLayer          *layer,
                      const WeftFileOptions  *options,
                      const WeftFileRecovery *recovery,
                      gint64                  usage,
                      GSource                *poke,
                      GError                **error)
{
  g_autoptr (WeftFileWorker) self = g_new0 (WeftFileWorker, 1);

  self->options = *options;
  self->poke = g_source_ref (poke);
  self->usage = usage;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->work);
  g_cond_init (&self->done);
  g_queue_init (&self->incoming);
  g_queue_init (&self->results);
  self->log = weft_file_log_new (layer, options->segment_bytes_max, recovery, usage, applied_cb,
                                 self, error);
  if (self->log == NULL)
    return NULL;
  self->thread = g_thread_new ("weft-storage", run, self);

  return g_steal_pointer (&self);
}

void
weft_file_worker_free (WeftFileWorker *self)
{
  if (self->thread != NULL)
    weft_file_worker_close (self, NULL);
  g_queue_clear_full (&self->results, (GDestroyNotify) weft_file_result_free);
  g_clear_pointer (&self->log, weft_file_log_free);
  g_clear_error (&self->apply_error);
  g_clear_error (&self->failure);
  g_cond_clear (&self->work);
  g_cond_clear (&self->done);
  g_mutex_clear (&self->mutex);
  g_source_unref (self->poke);
  g_free (self);
}

void
weft_file_worker_push (WeftFileWorker *self,
                       WeftFileJob    *job)
{
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->incoming, job);
  if (self->incoming.length >= self->n_wanted)
    g_cond_signal (&self->work);
  g_mutex_unlock (&self->mutex);
}

void
weft_file_worker_take (WeftFileWorker *self,
                       GQueue         *results,
                       guint64        *applied_number)
{
  g_mutex_lock (&self->mutex);
  *results = self->results;
  g_queue_init (&self->results);
  *applied_number = self->applied_number;
  g_mutex_unlock (&self->mutex);
}

void
weft_file_worker_checkpoint (WeftFileWorker *self)
{
  guint wanted;

  g_mutex_lock (&self->mutex);
  wanted = ++self->n_checkpoints_wanted;
  g_cond_signal (&self->work);
  while (self->n_checkpoints_done < wanted)
    g_cond_wait (&self->done, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

gint64
weft_file_worker_get_usage (WeftFileWorker *self)
{
  gint64 usage;

  g_mutex_lock (&self->mutex);
  usage = self->usage;
  g_mutex_unlock (&self->mutex);

  return usage;
}

guint64
weft_file_worker_get_n_syncs (WeftFileWorker *self)
{
  guint64 n_syncs;

  g_mutex_lock (&self->mutex);
  n_syncs = self->n_syncs;
  g_mutex_unlock (&self->mutex);

  return n_syncs;
}

gboolean
weft_file_worker_close (WeftFileWorker *self,
                        GError        **error)
{
  g_assert (self->thread != NULL);

  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->mutex);
  g_thread_join (g_steal_pointer (&self->thread));

  if (self->apply_error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (self->apply_error));

  return FALSE;
}
