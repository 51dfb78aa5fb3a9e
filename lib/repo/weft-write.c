/* weft-write.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a writer does for one write: its turn, its attempts and its outcome. */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-buggify-private.h"
#include "weft-error-private.h"
#include "weft-limits.h"
#include "weft-write-plan-private.h"
#include "weft-writer-private.h"

/* Eight attempts with doubling pauses take about three seconds: whoever loses for longer competes
 * with a steady stream of writers, and should hear of it. */
#define ATTEMPTS_MAX 8
#define PAUSE_FIRST_USEC (10 * G_TIME_SPAN_MILLISECOND)
/* A put that came too late cost nobody much, and a coordinator may keep its turn for who comes
 * back with what is the latest now. That is worth a few attempts. */
#define PAUSE_LATE_USEC (1 * G_TIME_SPAN_MILLISECOND)
#define ATTEMPTS_LATE_MAX 3
/* What a put that came too late leaves pending with some peers must not linger for ever. */
#define EXPIRATION_MSEC (60 * 1000)

static void start_attempt (GTask *task);
static void send_put      (GTask *task);

void
weft_write_free (WeftWrite *write)
{
  g_clear_pointer (&write->wanted, g_ptr_array_unref);
  if (write->edit_data_free != NULL)
    write->edit_data_free (write->edit_data);
  g_clear_pointer (&write->block_ids, g_strfreev);
  g_clear_pointer (&write->put, weft_repo_message_unref);
  g_clear_pointer (&write->action_id, g_free);
  g_clear_pointer (&write->first_id, g_free);
  g_clear_pointer (&write->changed_ids, g_strfreev);
  g_clear_error (&write->last_error);
  g_free (write);
}

/* Whoever waits for the same blocks has his turn when this one has an outcome. */
static void
leave_turn (GTask *task)
{
  WeftWriter *self = g_task_get_source_object (task);
  WeftWrite *write = g_task_get_task_data (task);
  WeftTurn *turn = g_steal_pointer (&write->turn);

  if (turn != NULL)
    weft_block_turns_remove (self->turns, turn);
}

/* Takes the error. */
static void
fail (GTask  *task,
      GError *error)
{
  g_task_return_error (task, error);
  leave_turn (task);
}

static void
succeed (GTask *task)
{
  WeftWrite *write = g_task_get_task_data (task);

  g_task_return_pointer (task, weft_action_rev_new (write->action_id, write->rev, NULL),
                         (GDestroyNotify) weft_action_rev_unref);
  leave_turn (task);
}

static gint64
expiration (WeftWriter *self)
{
  return weft_clock_get_real (self->clock) / 1000 + EXPIRATION_MSEC;
}

static void
alarm_cb (gpointer user_data)
{
  GTask *task = user_data;

  if (g_task_return_error_if_cancelled (task))
    leave_turn (task);
  else
    start_attempt (task);
}

static void
turn_cb (gpointer user_data)
{
  g_autoptr(GTask) task = user_data;

  alarm_cb (task);
}

/* Takes the error. The pause doubles with each attempt. */
static void
retry (GTask  *task,
       GError *error)
{
  WeftWriter *self = g_task_get_source_object (task);
  WeftWrite *write = g_task_get_task_data (task);
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  gint64 pause_usec = write->attempt <= ATTEMPTS_LATE_MAX ? PAUSE_LATE_USEC : PAUSE_FIRST_USEC;

  g_clear_error (&write->last_error);
  write->last_error = error;
  if (write->attempt >= ATTEMPTS_MAX)
    {
      fail (task, g_error_new (WEFT_ERROR, WEFT_ERROR_EXHAUSTED, "gave up after %u attempts: %s",
                               write->attempt, error->message));
      return;
    }

  pause_usec <<= MIN (write->attempt, 10u);
  if (WEFT_BUGGIFY ("writer-tries-again-at-once"))
    pause_usec = 1;
  pause_usec += (gint64) (weft_random_next (self->random) % (guint64) pause_usec);
  weft_clock_add_alarm (self->clock, now_usec + pause_usec, alarm_cb, g_object_ref (task),
                        g_object_unref);
}

static GError *
stale_error (WeftStaleFailure *failure)
{
  const char *reason = weft_stale_failure_get_reason (failure);
  const char *block_id = weft_stale_failure_get_stale_block_id (failure);

  if (block_id != NULL)
    return g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                        "somebody else changed block “%s”, it is at revision %" G_GINT64_FORMAT,
                        block_id, weft_stale_failure_get_stale_rev (failure));

  return g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "the change is stale: %s",
                      reason != NULL ? reason : "somebody else was first");
}

static gboolean
is_outcome_unknown (const GError *error)
{
  return g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT);
}

static void
again_cb (gpointer user_data)
{
  GTask *task = user_data;

  if (g_task_return_error_if_cancelled (task))
    leave_turn (task);
  else
    send_put (task);
}

/* TRUE when the put is asked for once more: nothing was done yet, as too many came before it. */
static gboolean
come_again (GTask        *task,
            const GError *error)
{
  WeftWriter *self = g_task_get_source_object (task);
  WeftWrite *write = g_task_get_task_data (task);
  gint64 wait_usec = weft_error_get_wait_usec (error);
  gint64 expiration_usec = weft_repo_message_get_expiration (write->put) * 1000;

  if (wait_usec == 0 || weft_clock_get_real (self->clock) + wait_usec >= expiration_usec)
    return FALSE;

  weft_clock_add_alarm (self->clock, weft_clock_get_monotonic (self->clock) + wait_usec, again_cb,
                        g_object_ref (task), g_object_unref);

  return TRUE;
}

static void
put_done_cb (WeftRepo      *repo,
             WeftRepoReply *reply,
             const GError  *error,
             gpointer       user_data)
{
  g_autoptr(GTask) task = user_data;
  WeftWrite *write = g_task_get_task_data (task);
  WeftCommitResult *result;

  if (error != NULL)
    {
      if (WEFT_BUG (UNKNOWN_IS_SUCCESS) && is_outcome_unknown (error))
        {
          succeed (task);
          return;
        }
      if (is_outcome_unknown (error) && write->attempt < ATTEMPTS_MAX)
        {
          write->attempt++;
          send_put (task);
          return;
        }
      if (come_again (task, error))
        return;
      fail (task, g_error_copy (error));
      return;
    }

  result = weft_repo_reply_get_put (reply);
  if (weft_commit_result_is_success (result))
    {
      if (weft_commit_result_get_rev (result) > 0)
        write->rev = weft_commit_result_get_rev (result);
      succeed (task);
    }
  else
    retry (task, stale_error (weft_commit_result_get_failure (result)));
}

/* To the letter the same each time: the same action with the same content is the same put. Asking
 * again is safe, and tells what became of it. */
static void
send_put (GTask *task)
{
  WeftWriter *self = g_task_get_source_object (task);
  WeftWrite *write = g_task_get_task_data (task);

  weft_repo_perform (self->repo, write->put, g_task_get_cancellable (task), put_done_cb,
                     g_object_ref (task));
}

static void
start_put (GTask         *task,
           WeftWritePlan *plan)
{
  WeftWriter *self = g_task_get_source_object (task);
  WeftWrite *write = g_task_get_task_data (task);
  g_autoptr(WeftTransforms) transforms = weft_write_plan_dup_transforms (plan);
  g_autoptr(WeftPendRequest) request = NULL;
  GError *error = NULL;

  g_assert (transforms != NULL);

  /* All attempts begin with the same: a coordinator that keeps a turn knows whom for. */
  if (write->first_id == NULL)
    write->first_id = weft_random_new_id (self->random, 16);
  g_free (write->action_id);
  write->action_id = write->attempt > 1
                       ? g_strdup_printf ("%s~%u", write->first_id, write->attempt)
                       : g_strdup (write->first_id);
  g_strfreev (write->changed_ids);
  write->changed_ids = weft_transforms_get_block_ids (transforms);
  write->rev = plan->rev;

  request = weft_pend_request_new (write->action_id, write->rev, transforms, plan->bases,
                                   WEFT_PEND_POLICY_CONTINUE, &error);
  if (request == NULL)
    {
      fail (task, error);
      return;
    }
  g_clear_pointer (&write->put, weft_repo_message_unref);
  write->put = weft_repo_message_new_put (request, expiration (self));
  send_put (task);
}

/* What a block shall be by its editor. Nothing is a failure even where it says of none: what an
 * exception of another language leaves must not delete anything. */
static WeftBlock *
edit (GTask               *task,
      const char          *block_id,
      WeftGetBlockResult  *found,
      GError             **error)
{
  WeftWriter *self = g_task_get_source_object (task);
  WeftWrite *write = g_task_get_task_data (task);
  g_autoptr(WeftBlock) edited = NULL;
  g_autoptr(GError) edit_error = NULL;

  edited = write->edit (self, block_id, weft_get_block_result_get_block (found),
                        write->edit_data, &edit_error);
  if (edit_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&edit_error));
      return NULL;
    }
  if (edited == NULL || !g_str_equal (weft_block_get_id (edited), block_id))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected what block “%s” shall be, got %s%s", block_id,
                   edited != NULL ? "block " : "nothing",
                   edited != NULL ? weft_block_get_id (edited) : "");
      return NULL;
    }

  return g_steal_pointer (&edited);
}

static gboolean
plan_block (GTask               *task,
            WeftWritePlan       *plan,
            guint                i,
            WeftGetBlockResult  *found,
            GError             **error)
{
  WeftWrite *write = g_task_get_task_data (task);
  const char *block_id = write->block_ids[i];
  g_autoptr(WeftBlock) edited = NULL;

  if (write->edit == NULL)
    return weft_write_plan_add (plan, block_id,
                                write->wanted != NULL ? g_ptr_array_index (write->wanted, i) : NULL,
                                found, error);

  if (!weft_write_plan_check (block_id, found, error))
    return FALSE;
  edited = edit (task, block_id, found, error);

  return edited != NULL && weft_write_plan_add (plan, block_id, edited, found, error);
}

static void
read_done_cb (WeftRepo      *repo,
              WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  g_autoptr(GTask) task = user_data;
  WeftWrite *write = g_task_get_task_data (task);
  g_autoptr(WeftWritePlan) plan = weft_write_plan_new ();
  GError *plan_error = NULL;

  if (error != NULL)
    {
      fail (task, g_error_copy (error));
      return;
    }

  for (guint i = 0; write->block_ids[i] != NULL; i++)
    {
      WeftGetBlockResult *found
          = weft_get_result_lookup (weft_repo_reply_get_get (reply), write->block_ids[i]);

      if (!plan_block (task, plan, i, found, &plan_error))
        {
          fail (task, plan_error);
          return;
        }
    }

  if (plan->steps->len == 0)
    {
      g_clear_pointer (&write->changed_ids, g_strfreev);
      g_task_return_pointer (task, NULL, NULL);
      leave_turn (task);
    }
  else
    start_put (task, plan);
}

static void
start_attempt (GTask *task)
{
  WeftWriter *self = g_task_get_source_object (task);
  WeftWrite *write = g_task_get_task_data (task);
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;
  GError *error = NULL;

  write->attempt++;
  gets = weft_block_gets_new ((const char * const *) write->block_ids, NULL, &error);
  if (gets == NULL)
    {
      fail (task, error);
      return;
    }
  message = weft_repo_message_new_get (gets, 0);
  weft_repo_perform (self->repo, message, g_task_get_cancellable (task), read_done_cb,
                     g_object_ref (task));
}

void
weft_write_begin (GTask *task)
{
  WeftWriter *self = g_task_get_source_object (task);
  WeftWrite *write = g_task_get_task_data (task);

  write->turn = weft_block_turns_add (self->turns, (const char * const *) write->block_ids, FALSE,
                                      turn_cb, task);
  if (!weft_turn_is_on (write->turn))
    return;
  start_attempt (task);
  g_object_unref (task);
}
