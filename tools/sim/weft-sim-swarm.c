/* weft-sim-swarm.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each process is given a run when it has answered the last one. A run that ends its process is
 * a failure of that run, and another process takes over.
 */

#include "config.h"

#include "weft-sim-swarm.h"

#include <gio/gio.h>

typedef struct
{
  const WeftSimSwarm *swarm;
  WeftSimReport *report;
  WeftProgress *progress;
  GMainLoop *loop;
  guint64 n_given;
  guint64 n_done;
  guint64 n_total;
  guint n_working;
  gboolean is_ending;
  GError *error;
} Work;

typedef struct
{
  Work *work;
  GSubprocess *process;
  GDataInputStream *answers;
  guint position; /* of the scenario it is at */
  guint64 seed;
} Worker;

static gboolean worker_start (Worker *self);

static void
worker_stop (Worker *self)
{
  if (self->process == NULL)
    return;
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->answers);
  g_clear_object (&self->process);
}

/* When nothing is left, or nothing more is to be done. */
static void
worker_finish (Worker *self)
{
  self->work->n_working--;
  if (self->work->n_working == 0)
    g_main_loop_quit (self->work->loop);
}

static void
take_failure (Work                 *work,
              const WeftSimFailure *failure)
{
  if (failure == NULL)
    return;
  if (work->progress->is_shown)
    g_printerr ("\r\033[K");
  weft_sim_failure_print (failure);
  if (!work->swarm->keeps_going)
    work->is_ending = TRUE;
}

static void
take_death (Worker *self)
{
  Work *work = self->work;
  g_autofree char *reason = NULL;

  g_subprocess_wait (self->process, NULL, NULL);
  if (g_subprocess_get_if_signaled (self->process))
    reason = g_strdup_printf ("the process was ended by signal %d (%s)",
                              g_subprocess_get_term_sig (self->process),
                              g_strsignal (g_subprocess_get_term_sig (self->process)));
  else
    reason = g_strdup_printf ("the process ended with code %d",
                              g_subprocess_get_exit_status (self->process));
  work->report->n_runs++;
  take_failure (work, weft_sim_report_add_failure (work->report,
                                                   work->swarm->scenarios[self->position],
                                                   self->seed, "crash", reason));
  worker_stop (self);
}

static void worker_next (Worker *self);

static void
answer_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Worker *self = user_data;
  Work *work = self->work;
  g_autofree char *line = NULL;
  g_autoptr(JsonNode) node = NULL;

  line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  node = line != NULL ? weft_json_parse (line, -1, NULL) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    take_failure (work, weft_sim_report_add_run (work->report,
                                                 work->swarm->scenarios[self->position], node));
  else
    take_death (self);

  work->n_done++;
  weft_progress_update (work->progress, work->n_done,
                        (double) work->n_done / (double) work->n_total);
  worker_next (self);
}

static void
worker_next (Worker *self)
{
  Work *work = self->work;
  g_autofree char *question = NULL;

  if (work->is_ending || work->n_given == work->n_total ||
      (self->process == NULL && !worker_start (self)))
    {
      worker_finish (self);
      return;
    }

  /* All scenarios with one seed come before the next seed, so that a failure that many seeds
   * have is found early whichever scenario shows it. */
  self->position = work->n_given % work->swarm->n_scenarios;
  self->seed = work->swarm->first + work->n_given / work->swarm->n_scenarios;
  work->n_given++;
  question = g_strdup_printf ("%u %" G_GUINT64_FORMAT "\n", self->position, self->seed);
  /* If this fails the process is dead, and reading says so. */
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->process), question,
                             strlen (question), NULL, NULL, NULL);
  g_data_input_stream_read_line_async (self->answers, G_PRIORITY_DEFAULT, NULL, answer_cb, self);
}

static gboolean
worker_start (Worker *self)
{
  const WeftSimSwarm *swarm = self->work->swarm;
  g_autoptr(GPtrArray) arguments = g_ptr_array_new ();
  GError *error = NULL;

  g_ptr_array_add (arguments, "/proc/self/exe");
  g_ptr_array_add (arguments, "work");
  if (swarm->check_determinism)
    g_ptr_array_add (arguments, "--check-determinism");
  if (swarm->signatures != NULL)
    {
      g_ptr_array_add (arguments, "--signatures");
      g_ptr_array_add (arguments, (char *) swarm->signatures);
    }
  g_ptr_array_add (arguments, "--");
  for (guint i = 0; i < swarm->n_scenarios; i++)
    g_ptr_array_add (arguments, swarm->scenarios[i]);
  g_ptr_array_add (arguments, NULL);

  self->process = g_subprocess_newv ((const char * const *) arguments->pdata,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                     &error);
  if (self->process == NULL)
    {
      self->work->is_ending = TRUE;
      g_clear_error (&self->work->error);
      self->work->error = error;
      return FALSE;
    }
  self->answers = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));

  return TRUE;
}

gboolean
weft_sim_swarm_perform (const WeftSimSwarm  *self,
                        WeftSimReport       *report,
                        WeftProgress        *progress,
                        GError             **error)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree Worker *workers = g_new0 (Worker, self->n_jobs);
  Work work = {
    .swarm = self,
    .report = report,
    .progress = progress,
    .loop = loop,
    .n_total = (self->last - self->first + 1) * self->n_scenarios,
    .n_working = self->n_jobs,
  };

  for (guint i = 0; i < self->n_jobs; i++)
    {
      workers[i].work = &work;
      worker_next (&workers[i]);
    }
  if (work.n_working > 0)
    g_main_loop_run (loop);
  for (guint i = 0; i < self->n_jobs; i++)
    worker_stop (&workers[i]);

  if (work.error != NULL)
    g_propagate_error (error, work.error);

  return work.error == NULL;
}
