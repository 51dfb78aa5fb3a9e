/* weft-writer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-buggify-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-write-plan-private.h"
#include "weft-writer.h"

/* Eight attempts with doubling pauses take about three seconds: whoever loses for longer competes
 * with a steady stream of writers, and should hear of it. */
#define ATTEMPTS_MAX 8
#define PAUSE_FIRST_USEC (10 * G_TIME_SPAN_MILLISECOND)
/* A pend whose writer vanished must not linger for ever. */
#define PEND_EXPIRATION_MSEC (60 * 1000)

/**
 * WeftWriter:
 *
 * Writes blocks to a [iface@Weft.Repo] without a thought for pends, commits and revisions.
 *
 * A write reads what is there, works out the smallest change that makes the blocks what was asked
 * for, pends it and commits it, all blocks together or none. When somebody else changed one of the
 * blocks in between, it starts again from what they wrote, a bounded number of times, with
 * growing, jittered pauses. Blocks that already are as asked for are left alone.
 *
 * Several writes may be under way at once. A writer belongs to the thread of its repo.
 *
 * Since: 0.1
 */
struct _WeftWriter
{
  GObject parent_instance;

  WeftRepo *repo;
  WeftClock *clock;
  WeftRandom *random;
};

G_DEFINE_FINAL_TYPE (WeftWriter, weft_writer, G_TYPE_OBJECT)

/* One write under way; owned by its task, which every callback below holds. */
typedef struct
{
  GPtrArray *wanted;   /* (element-type WeftBlock), or NULL to delete */
  GStrv block_ids;     /* as asked for */
  char *action_id;     /* of the current attempt */
  GStrv changed_ids;   /* of the current attempt */
  gint64 rev;          /* of the current attempt */
  guint attempt;
  GError *last_error;  /* why the last attempt did not succeed */
} Write;

static void start_attempt (GTask *task);
static void send_pend     (GTask *task, WeftWritePlan *plan);
static void send_commit   (GTask *task);

static void
write_free (Write *write)
{
  g_clear_pointer (&write->wanted, g_ptr_array_unref);
  g_clear_pointer (&write->block_ids, g_strfreev);
  g_clear_pointer (&write->action_id, g_free);
  g_clear_pointer (&write->changed_ids, g_strfreev);
  g_clear_error (&write->last_error);
  g_free (write);
}

static gint64
expiration (WeftWriter *self)
{
  return weft_clock_get_real (self->clock) / 1000 + PEND_EXPIRATION_MSEC;
}

static void
perform (GTask            *task,
         WeftRepoMessage  *message,
         WeftRepoDoneFunc  done)
{
  WeftWriter *self = g_task_get_source_object (task);

  weft_repo_perform (self->repo, message, g_task_get_cancellable (task), done,
                     g_object_ref (task));
}

static void
ignore_cb (WeftRepo      *repo,
           WeftRepoReply *reply,
           const GError  *error,
           gpointer       user_data)
{
  g_object_unref (user_data);
}

/* Best effort: what is not cancelled now expires later. */
static void
cancel_pending (GTask *task)
{
  WeftWriter *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  g_autoptr(WeftActionBlocks) action = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;

  action = weft_action_blocks_new (write->action_id, (const char * const *) write->changed_ids,
                                   NULL);
  g_assert (action != NULL);
  message = weft_repo_message_new_cancel (action, expiration (self));
  weft_repo_perform (self->repo, message, NULL, ignore_cb, g_object_ref (task));
}

static void
alarm_cb (gpointer user_data)
{
  GTask *task = user_data;

  if (!g_task_return_error_if_cancelled (task))
    start_attempt (task);
}

/* Takes the error. */
static void
retry_or_fail (GTask  *task,
               GError *error)
{
  WeftWriter *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  gint64 pause_usec = PAUSE_FIRST_USEC << MIN (write->attempt, 10u);
  gint64 now_usec = weft_clock_get_monotonic (self->clock);

  g_clear_error (&write->last_error);
  write->last_error = error;
  if (write->attempt >= ATTEMPTS_MAX)
    {
      g_task_return_new_error (task, WEFT_ERROR, WEFT_ERROR_EXHAUSTED,
                               "gave up after %u attempts: %s", write->attempt, error->message);
      return;
    }

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
commit_done_cb (WeftRepo      *repo,
                WeftRepoReply *reply,
                const GError  *error,
                gpointer       user_data)
{
  g_autoptr(GTask) task = user_data;
  Write *write = g_task_get_task_data (task);
  WeftCommitResult *result;

  if (error != NULL)
    {
      /* The same action at the same revision is the same commit: asking again is safe, and tells
       * what became of it. */
      if (WEFT_BUG (UNKNOWN_IS_SUCCESS) && is_outcome_unknown (error))
        {
          g_task_return_pointer (task, weft_action_rev_new (write->action_id, write->rev, NULL),
                                 (GDestroyNotify) weft_action_rev_unref);
          return;
        }
      if (is_outcome_unknown (error) && write->attempt < ATTEMPTS_MAX)
        {
          write->attempt++;
          send_commit (task);
          return;
        }
      g_task_return_error (task, g_error_copy (error));
      return;
    }

  result = weft_repo_reply_get_commit (reply);
  if (weft_commit_result_is_success (result))
    {
      g_task_return_pointer (task, weft_action_rev_new (write->action_id, write->rev, NULL),
                             (GDestroyNotify) weft_action_rev_unref);
      return;
    }

  cancel_pending (task);
  retry_or_fail (task, stale_error (weft_commit_result_get_failure (result)));
}

static void
send_commit (GTask *task)
{
  WeftWriter *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  g_autoptr(WeftCommitRequest) request = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;

  request = weft_commit_request_new (write->action_id, (const char * const *) write->changed_ids,
                                     write->rev, NULL);
  g_assert (request != NULL);
  message = weft_repo_message_new_commit (request, expiration (self));
  perform (task, message, commit_done_cb);
}

static void
pend_done_cb (WeftRepo      *repo,
              WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  g_autoptr(GTask) task = user_data;
  WeftPendResult *result;

  if (error != NULL)
    {
      /* A pend that may linger changes nothing that anybody reads: drop it and start again. */
      if (is_outcome_unknown (error))
        {
          cancel_pending (task);
          retry_or_fail (task, g_error_copy (error));
        }
      else
        g_task_return_error (task, g_error_copy (error));
      return;
    }

  result = weft_repo_reply_get_pend (reply);
  if (weft_pend_result_is_success (result))
    send_commit (task);
  else
    retry_or_fail (task, stale_error (weft_pend_result_get_failure (result)));
}

static void
send_pend (GTask         *task,
           WeftWritePlan *plan)
{
  WeftWriter *self = g_task_get_source_object (task);
  Write *write = g_task_get_task_data (task);
  g_autoptr(WeftTransforms) transforms = weft_write_plan_dup_transforms (plan);
  g_autoptr(WeftPendRequest) request = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;
  GError *error = NULL;

  g_assert (transforms != NULL);

  g_free (write->action_id);
  write->action_id = weft_random_new_id (self->random, 16);
  g_strfreev (write->changed_ids);
  write->changed_ids = weft_transforms_get_block_ids (transforms);
  write->rev = plan->rev;

  request = weft_pend_request_new (write->action_id, write->rev, transforms, plan->bases,
                                   WEFT_PEND_POLICY_CONTINUE, &error);
  if (request == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  message = weft_repo_message_new_pend (request, expiration (self));
  perform (task, message, pend_done_cb);
}

static void
read_done_cb (WeftRepo      *repo,
              WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  g_autoptr(GTask) task = user_data;
  Write *write = g_task_get_task_data (task);
  g_autoptr(WeftWritePlan) plan = weft_write_plan_new ();
  GError *plan_error = NULL;

  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }

  for (guint i = 0; write->block_ids[i] != NULL; i++)
    {
      WeftBlock *wanted = write->wanted != NULL ? g_ptr_array_index (write->wanted, i) : NULL;
      WeftGetBlockResult *found = NULL;

      found = weft_get_result_lookup (weft_repo_reply_get_get (reply), write->block_ids[i]);
      if (!weft_write_plan_add (plan, write->block_ids[i], wanted, found, &plan_error))
        {
          g_task_return_error (task, plan_error);
          return;
        }
    }

  if (plan->steps->len == 0)
    {
      g_clear_pointer (&write->changed_ids, g_strfreev);
      g_task_return_pointer (task, NULL, NULL);
    }
  else
    send_pend (task, plan);
}

static void
start_attempt (GTask *task)
{
  Write *write = g_task_get_task_data (task);
  g_autoptr(WeftBlockGets) gets = NULL;
  g_autoptr(WeftRepoMessage) message = NULL;
  GError *error = NULL;

  write->attempt++;
  gets = weft_block_gets_new ((const char * const *) write->block_ids, NULL, &error);
  if (gets == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  message = weft_repo_message_new_get (gets, 0);
  perform (task, message, read_done_cb);
}

static gboolean
finish (WeftWriter     *self,
        GAsyncResult   *result,
        guint          *n_changed,
        WeftActionRev **committed,
        GError        **error)
{
  Write *write = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) task_error = NULL;
  g_autoptr(WeftActionRev) action_rev = g_task_propagate_pointer (G_TASK (result), &task_error);

  if (n_changed != NULL)
    *n_changed = action_rev != NULL ? g_strv_length (write->changed_ids) : 0;
  if (committed != NULL)
    *committed = g_steal_pointer (&action_rev);
  if (task_error != NULL)
    g_propagate_error (error, g_steal_pointer (&task_error));
  else
    return TRUE;

  return FALSE;
}

static void
weft_writer_dispose (GObject *object)
{
  WeftWriter *self = WEFT_WRITER (object);

  g_clear_object (&self->repo);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);

  G_OBJECT_CLASS (weft_writer_parent_class)->dispose (object);
}

static void
weft_writer_class_init (WeftWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weft_writer_dispose;
}

static void
weft_writer_init (WeftWriter *self)
{
}

/**
 * weft_writer_new:
 * @repo: where to write
 * @clock: what measures the pauses between attempts
 * @random: what action ids and jitter are drawn from
 *
 * Creates a writer.
 *
 * Returns: (transfer full): a new writer
 *
 * Since: 0.1
 */
WeftWriter *
weft_writer_new (WeftRepo   *repo,
                 WeftClock  *clock,
                 WeftRandom *random)
{
  WeftWriter *self;

  g_return_val_if_fail (WEFT_IS_REPO (repo), NULL);
  g_return_val_if_fail (WEFT_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (WEFT_IS_RANDOM (random), NULL);

  self = g_object_new (WEFT_TYPE_WRITER, NULL);
  self->repo = g_object_ref (repo);
  self->clock = g_object_ref (clock);
  self->random = g_object_ref (random);

  return self;
}

/**
 * weft_writer_get_repo:
 * @self: a writer
 *
 * Gets the repo that is written to.
 *
 * Returns: (transfer none): the repo
 *
 * Since: 0.1
 */
WeftRepo *
weft_writer_get_repo (WeftWriter *self)
{
  g_return_val_if_fail (WEFT_IS_WRITER (self), NULL);

  return self->repo;
}

/**
 * weft_writer_put_async:
 * @self: a writer
 * @blocks: (element-type WeftBlock): what the blocks shall be; from 1 to
 *   256 of them, each with another id, all of one collection
 * @cancellable: (nullable): stops waiting; what was sent may still take effect
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Makes blocks what they are in @blocks, all of them or none.
 *
 * A block that does not exist, or was deleted, is inserted; of one that exists, only the attributes
 * that differ are set or unset.
 *
 * Since: 0.1
 */
void
weft_writer_put_async (WeftWriter          *self,
                       GPtrArray           *blocks,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Write *write;

  g_return_if_fail (WEFT_IS_WRITER (self));
  g_return_if_fail (blocks != NULL && blocks->len > 0);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_writer_put_async);
  write = g_new0 (Write, 1);
  write->wanted = g_ptr_array_copy (blocks, (GCopyFunc) weft_block_ref, NULL);
  g_ptr_array_set_free_func (write->wanted, (GDestroyNotify) weft_block_unref);
  write->block_ids = g_new0 (char *, blocks->len + 1);
  for (guint i = 0; i < blocks->len; i++)
    write->block_ids[i] = g_strdup (weft_block_get_id (g_ptr_array_index (blocks, i)));
  g_task_set_task_data (task, write, (GDestroyNotify) write_free);

  start_attempt (task);
}

/**
 * weft_writer_put_finish:
 * @self: a writer
 * @result: what the callback was given
 * @n_changed: (out) (optional): how many blocks changed
 * @committed: (out) (optional) (nullable) (transfer full): the revision that was made, or %NULL
 *   when all blocks were as asked for
 * @error: return location for an error
 *
 * Finishes [method@Weft.Writer.put_async].
 *
 * Fails with [error@Weft.Error.INVALID] where a block would change its type or collection, with
 * [error@Weft.Error.EXHAUSTED] when others kept being first, with
 * [error@Weft.Error.INDETERMINATE] when the outcome cannot be known, and as the repo does.
 *
 * Returns: whether the blocks are as asked for
 *
 * Since: 0.1
 */
gboolean
weft_writer_put_finish (WeftWriter     *self,
                        GAsyncResult   *result,
                        guint          *n_changed,
                        WeftActionRev **committed,
                        GError        **error)
{
  g_return_val_if_fail (WEFT_IS_WRITER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return finish (self, result, n_changed, committed, error);
}

/**
 * weft_writer_delete_async:
 * @self: a writer
 * @block_ids: (array zero-terminated=1): what to delete; from 1 to 256 different ids
 * @cancellable: (nullable): stops waiting; what was sent may still take effect
 * @callback: (scope async): called when it is done
 * @user_data: data for @callback
 *
 * Deletes blocks, all of them or none. Earlier revisions stay readable, and a block that is not
 * there is left alone.
 *
 * Since: 0.1
 */
void
weft_writer_delete_async (WeftWriter          *self,
                          const char * const  *block_ids,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;
  Write *write;

  g_return_if_fail (WEFT_IS_WRITER (self));
  g_return_if_fail (block_ids != NULL && block_ids[0] != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, weft_writer_delete_async);
  write = g_new0 (Write, 1);
  write->block_ids = g_strdupv ((char **) block_ids);
  g_task_set_task_data (task, write, (GDestroyNotify) write_free);

  start_attempt (task);
}

/**
 * weft_writer_delete_finish:
 * @self: a writer
 * @result: what the callback was given
 * @n_changed: (out) (optional): how many blocks were deleted
 * @committed: (out) (optional) (nullable) (transfer full): the revision that was made, or %NULL
 *   when none of the blocks was there
 * @error: return location for an error
 *
 * Finishes [method@Weft.Writer.delete_async], with the errors of
 * [method@Weft.Writer.put_finish].
 *
 * Returns: whether the blocks are gone
 *
 * Since: 0.1
 */
gboolean
weft_writer_delete_finish (WeftWriter     *self,
                           GAsyncResult   *result,
                           guint          *n_changed,
                           WeftActionRev **committed,
                           GError        **error)
{
  g_return_val_if_fail (WEFT_IS_WRITER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return finish (self, result, n_changed, committed, error);
}
