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
/* With fewer, a sync saved is not worth the time that each of them waits for it. */
#define GATHER_JOBS_MIN 4

struct _WeftFileWorker
{
  GSource *poke;
  GThread *thread;

  GMutex mutex; /* guards what follows */
  GCond work;   /* there is something to do */
  GCond done;   /* a checkpoint is done */
  GQueue incoming; /* (element-type WeftFileJob) */
  GQueue results;  /* (element-type WeftFileJob) */
  guint64 usage;
  guint64 n_syncs;
  guint n_checkpoints_wanted;
  guint n_checkpoints_done;
  gboolean is_closing;
  guint n_wanted; /* how many jobs are waited for; 0 when any will do */
  gboolean is_waiting; /* the thread, for the condition `work` */

  WeftFileLog *log; /* the thread's own, as is what follows */
  guint failed_epoch;
  GError *failure;   /* why jobs of that epoch fail; NULL before the first failure */
  gint64 round_usec; /* how long the last round took, */
  guint round_jobs;  /* and how many jobs it had */
};

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

      job->error = error != NULL ? g_error_copy (error) : NULL;
      g_queue_push_tail (&self->results, job);
    }
  self->usage = weft_file_log_get_usage (self->log);
  self->n_syncs = weft_file_log_get_n_syncs (self->log);
  g_mutex_unlock (&self->mutex);
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
}

/* A segment that cannot be dropped now can be later, and nobody else is concerned. */
static void
drop_segment (WeftFileWorker *self,
              GPtrArray      *jobs)
{
  WeftFileJob *job = g_ptr_array_index (jobs, 0);
  g_autoptr (GError) error = NULL;

  weft_file_log_drop (self->log, job->drop_segment, &error);
  add_results (self, jobs, 0, 1, error);
}

static void
commit_round (WeftFileWorker *self,
              GPtrArray      *jobs)
{
  WeftFileJob *first = g_ptr_array_index (jobs, 0);
  g_autoptr (GError) error = NULL;
  guint n_committed = 0;

  if (is_doomed (self, first))
    {
      fail (self, jobs, 0, self->failure);
      return;
    }
  if (first->drop_segment != 0)
    {
      drop_segment (self, jobs);
      return;
    }

  if (weft_file_log_commit (self->log, jobs, &n_committed, &error))
    add_results (self, jobs, 0, jobs->len, NULL);
  else
    {
      add_results (self, jobs, 0, n_committed, NULL);
      fail (self, jobs, n_committed, error);
    }
}

/* With the mutex held. */
static void
gather (WeftFileWorker *self)
{
  gint64 patience = MIN (self->round_usec / GATHER_SHARE, GATHER_USEC_MAX);
  gint64 deadline = g_get_monotonic_time () + patience;

  self->n_wanted = self->round_jobs >= GATHER_JOBS_MIN ? self->round_jobs : 0;
  while (self->incoming.length > 0 && self->incoming.length < self->n_wanted
         && !self->is_closing && self->n_checkpoints_wanted == self->n_checkpoints_done)
    {
      gboolean is_woken;

      self->is_waiting = TRUE;
      is_woken = g_cond_wait_until (&self->work, &self->mutex, deadline);
      self->is_waiting = FALSE;
      if (!is_woken)
        break;
    }
  self->n_wanted = 0;
}

/* What fails at once and what does not are never in one round, and dropping a segment is one. */
static gboolean
goes_together (WeftFileWorker *self,
               WeftFileJob    *first,
               WeftFileJob    *job)
{
  return is_doomed (self, first) == is_doomed (self, job)
         && first->drop_segment == 0 && job->drop_segment == 0;
}

/* Waits for something to do, and takes it. Returns whether to go on. */
static gboolean
take_round (WeftFileWorker *self,
            GPtrArray      *jobs,
            gboolean       *wants_checkpoint)
{
  gboolean goes_on;

  g_mutex_lock (&self->mutex);
  while (g_queue_is_empty (&self->incoming) && !self->is_closing
         && self->n_checkpoints_wanted == self->n_checkpoints_done)
    {
      self->is_waiting = TRUE;
      g_cond_wait (&self->work, &self->mutex);
      self->is_waiting = FALSE;
    }
  gather (self);

  while (jobs->len < ROUND_JOBS_MAX && !g_queue_is_empty (&self->incoming))
    {
      WeftFileJob *job = g_queue_peek_head (&self->incoming);

      if (jobs->len > 0 && !goes_together (self, jobs->pdata[0], job))
        break;
      g_ptr_array_add (jobs, g_queue_pop_head (&self->incoming));
    }
  *wants_checkpoint = self->n_checkpoints_wanted != self->n_checkpoints_done
                      && g_queue_is_empty (&self->incoming);
  goes_on = !self->is_closing || jobs->len > 0;
  g_mutex_unlock (&self->mutex);

  return goes_on;
}

static void
do_checkpoint (WeftFileWorker *self)
{
  weft_file_log_end_segment (self->log);
  g_mutex_lock (&self->mutex);
  self->n_checkpoints_done = self->n_checkpoints_wanted;
  g_cond_broadcast (&self->done);
  g_mutex_unlock (&self->mutex);
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
          guint n_jobs = jobs->len;

          commit_round (self, jobs);
          self->round_usec = g_get_monotonic_time () - start;
          self->round_jobs = n_jobs;
        }
      g_ptr_array_set_size (jobs, 0);
      if (wants_checkpoint)
        do_checkpoint (self);
    }
  weft_file_log_save (self->log);

  return NULL;
}

WeftFileWorker *
weft_file_worker_new (WeftFileLayer         *layer,
                      const WeftFileOptions *options,
                      GArray                *segments,
                      WeftFileRecovery      *recovery,
                      GSource               *poke)
{
  WeftFileWorker *self = g_new0 (WeftFileWorker, 1);

  self->poke = g_source_ref (poke);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->work);
  g_cond_init (&self->done);
  g_queue_init (&self->incoming);
  g_queue_init (&self->results);
  self->log = weft_file_log_new (layer, options->segment_bytes_max, segments, recovery);
  self->usage = weft_file_log_get_usage (self->log);
  self->thread = g_thread_new ("weft-storage", run, self);

  return self;
}

void
weft_file_worker_free (WeftFileWorker *self)
{
  if (self->thread != NULL)
    weft_file_worker_close (self);
  g_queue_clear_full (&self->results, (GDestroyNotify) weft_file_job_free);
  g_clear_pointer (&self->log, weft_file_log_free);
  g_clear_error (&self->failure);
  g_cond_clear (&self->work);
  g_cond_clear (&self->done);
  g_mutex_clear (&self->mutex);
  g_source_unref (self->poke);
  g_free (self);
}

void
weft_file_worker_push (WeftFileWorker *self,
                       GQueue         *jobs)
{
  gboolean is_awaited;

  g_mutex_lock (&self->mutex);
  while (!g_queue_is_empty (jobs))
    g_queue_push_tail_link (&self->incoming, g_queue_pop_head_link (jobs));
  is_awaited = self->is_waiting && self->incoming.length >= self->n_wanted;
  g_mutex_unlock (&self->mutex);

  /* A signal is a call of the system, whether somebody waits for it or not; with the mutex held,
   * who wakes would only wait for that. */
  if (is_awaited)
    g_cond_signal (&self->work);
}

void
weft_file_worker_take (WeftFileWorker *self,
                       GQueue         *results)
{
  g_mutex_lock (&self->mutex);
  *results = self->results;
  g_queue_init (&self->results);
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

guint64
weft_file_worker_get_usage (WeftFileWorker *self)
{
  guint64 usage;

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

void
weft_file_worker_close (WeftFileWorker *self)
{
  g_assert (self->thread != NULL);

  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
  g_cond_signal (&self->work);
  g_mutex_unlock (&self->mutex);
  g_thread_join (g_steal_pointer (&self->thread));
}
