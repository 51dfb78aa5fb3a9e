/* weft-sim-recorder.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-recorder-private.h"

#include <string.h>

#include "weft-sim-trace-private.h"

/* A repo that passes everything on to another one, and tells a history what was asked and
 * answered. So it does not matter who asks: a writer, or a client that pends and commits by hand.
 *
 * A write begins for the history when its commit or put is sent, as a pend alone changes nothing
 * that anybody reads. What an update makes of a block follows from what the client read last. */
struct _WeftSimRecorder
{
  GObject parent_instance;

  WeftRepo *repo;
  WeftSimWorld *world;
  WeftSimHistory *history;
  WeftSimNames *names;
  guint client;
  guint actor;
  const guint64 *within;
  GPtrArray *last_reads; /* (element-type LastRead) (nullable), by number of the block */
  GHashTable *promises; /* (element-type guint Promise), by number of the action, never iterated;
                         * NULL where nothing is promised */
};

/* That an action is pending. */
typedef struct
{
  gint64 told_usec;
  gint64 expiration_msec; /* of the calendar */
} Promise;

typedef struct
{
  gint64 rev;
  WeftBlock *block; /* NULL when there was none */
} LastRead;

/* A message on its way. */
typedef struct
{
  WeftSimRecorder *recorder;
  WeftRepoMessage *message;
  guint64 *operations; /* as the history numbers them; most have one */
  guint n_operations;
  guint64 usual[1];
  guint64 traced;     /* as the trace does */
  WeftRepoDoneFunc done;
  gpointer user_data;
} Call;

static void repo_iface_init (WeftRepoInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSimRecorder, weft_sim_recorder, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_REPO, repo_iface_init))

static void
last_read_free (gpointer data)
{
  LastRead *read = data;

  if (read == NULL)
    return;
  g_clear_pointer (&read->block, weft_block_unref);
  g_free (read);
}

static void
call_free (Call *call)
{
  g_object_unref (call->recorder);
  weft_repo_message_unref (call->message);
  if (call->operations != call->usual)
    g_free (call->operations);
  g_free (call);
}

static gint64
now (WeftSimRecorder *self)
{
  return weft_sim_world_get_time (self->world);
}

/* NULL when the client has not read it. */
static LastRead *
find_last_read (WeftSimRecorder *self,
                guint            block)
{
  return block < self->last_reads->len ? self->last_reads->pdata[block] : NULL;
}

static void
set_last_read (WeftSimRecorder *self,
               guint            block_number,
               gint64           rev,
               WeftBlock       *block)
{
  LastRead *read = find_last_read (self, block_number);

  if (read == NULL)
    {
      read = g_new0 (LastRead, 1);
      if (block_number >= self->last_reads->len)
        g_ptr_array_set_size (self->last_reads, block_number + 1);
      self->last_reads->pdata[block_number] = read;
    }
  read->rev = rev;
  g_clear_pointer (&read->block, weft_block_unref);
  read->block = block != NULL ? weft_block_ref (block) : NULL;
}

static void
take_found (WeftSimRecorder    *self,
            guint64             operation,
            const char         *block_id,
            WeftGetBlockResult *found)
{
  WeftActionRev *latest = weft_get_block_result_get_latest (found);
  WeftBlock *block = weft_get_block_result_get_block (found);
  WeftSimSighting sighting = { .block = weft_sim_names_number_block (self->names, block_id) };

  if (weft_get_block_result_get_unavailable (found) != NULL)
    {
      weft_sim_history_drop_read (self->history, operation);
      return;
    }
  if (latest != NULL)
    {
      const char *action_id = weft_action_rev_get_action_id (latest);

      sighting.rev = weft_action_rev_get_rev (latest);
      sighting.value = weft_sim_names_digest (block);
      sighting.action = weft_sim_names_number_revision (self->names, self->history, block_id,
                                                        action_id, sighting.value);
    }
  weft_sim_history_end_read (self->history, now (self), operation, &sighting);

  set_last_read (self, sighting.block, sighting.rev, block);
}

/* A block as it was at some revision. Its label is held against what is known of that one. */
static void
take_past (Call          *call,
           WeftRepoReply *reply)
{
  WeftSimRecorder *self = call->recorder;
  WeftBlockGets *gets = weft_repo_message_get_get (call->message);
  const char * const *block_ids = weft_block_gets_get_block_ids (gets);

  for (guint i = 0; reply != NULL && block_ids[i] != NULL; i++)
    {
      WeftGetBlockResult *found
        = weft_get_result_lookup (weft_repo_reply_get_get (reply), block_ids[i]);
      WeftSimSighting sighting = {
        .block = weft_sim_names_number_block (self->names, block_ids[i]),
      };

      if (found == NULL || weft_get_block_result_get_unavailable (found) != NULL)
        continue;
      sighting.rev = weft_get_block_result_get_materialized_rev (found);
      sighting.value = weft_sim_names_digest (weft_get_block_result_get_block (found));
      if (sighting.rev > 0)
        weft_sim_history_see_past (self->history, now (self), self->client, &sighting);
    }
}

static void
end_get (Call          *call,
         WeftRepoReply *reply)
{
  WeftSimRecorder *self = call->recorder;
  WeftBlockGets *gets = weft_repo_message_get_get (call->message);
  const char * const *block_ids = weft_block_gets_get_block_ids (gets);

  if (weft_block_gets_get_context (gets) != NULL)
    take_past (call, reply);
  for (guint i = 0; i < call->n_operations; i++)
    {
      guint64 operation = call->operations[i];
      WeftGetBlockResult *found = NULL;

      if (reply != NULL)
        found = weft_get_result_lookup (weft_repo_reply_get_get (reply), block_ids[i]);
      if (found != NULL)
        take_found (self, operation, block_ids[i], found);
      else
        weft_sim_history_drop_read (self->history, operation);
    }
}

/* Whether a commit that was answered so may have been done, or may still be. The other codes
 * promise that it was not and will not be. */
static gboolean
is_unknown (const GError *error)
{
  return g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL) ||
         g_error_matches (error, WEFT_ERROR, WEFT_ERROR_FAILED);
}

static gpointer
get_key (WeftSimRecorder *self,
         const char      *action_id)
{
  return GSIZE_TO_POINTER (weft_sim_names_number_action (self->names, action_id));
}

static void
end_pend (Call          *call,
          WeftRepoReply *reply)
{
  WeftSimRecorder *self = call->recorder;
  WeftPendRequest *request = weft_repo_message_get_pend (call->message);
  Promise *promise;

  if (self->promises == NULL || reply == NULL
      || !weft_pend_result_is_success (weft_repo_reply_get_pend (reply)))
    return;

  promise = g_new (Promise, 1);
  promise->told_usec = now (self);
  promise->expiration_msec = weft_repo_message_get_expiration (call->message);
  g_hash_table_replace (self->promises, get_key (self, weft_pend_request_get_action_id (request)),
                        promise);
}

/* An action that was pending can be committed until it expires. Whoever has asked to drop it was
 * promised nothing any more. */
static void
check_promise (WeftSimRecorder *self,
               const char      *action_id,
               const GError    *error)
{
  const Promise *promise;

  if (self->promises == NULL || !g_error_matches (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND))
    return;
  promise = g_hash_table_lookup (self->promises, get_key (self, action_id));
  if (promise == NULL)
    return;

  if (promise->expiration_msec == 0
      || (WEFT_SIM_EPOCH_USEC + now (self)) / 1000 < promise->expiration_msec)
    weft_sim_history_see_forgotten (self->history, now (self), self->client,
                                    weft_sim_names_number_action (self->names, action_id),
                                    promise->told_usec);
}

/* `result` is NULL for an error. */
static void
end_writes (Call             *call,
            WeftCommitResult *result,
            gint64            rev,
            const GError     *error)
{
  WeftSimRecorder *self = call->recorder;
  WeftSimOutcome outcome = WEFT_SIM_OUTCOME_FAILURE;

  if (error != NULL && is_unknown (error))
    outcome = WEFT_SIM_OUTCOME_UNKNOWN;
  else if (result != NULL && weft_commit_result_is_success (result))
    outcome = WEFT_SIM_OUTCOME_SUCCESS;
  else if (result != NULL)
    outcome = WEFT_SIM_OUTCOME_REFUSED;
  for (guint i = 0; i < call->n_operations; i++)
    weft_sim_history_end_write (self->history, now (self),
                                call->operations[i], outcome,
                                outcome == WEFT_SIM_OUTCOME_SUCCESS ? rev : 0);
}

static void
end_commit (Call          *call,
            WeftRepoReply *reply,
            const GError  *error)
{
  WeftCommitRequest *request = weft_repo_message_get_commit (call->message);

  end_writes (call, reply != NULL ? weft_repo_reply_get_commit (reply) : NULL,
              weft_commit_request_get_rev (request), error);
  check_promise (call->recorder, weft_commit_request_get_action_id (request), error);
}

static void
end_put (Call          *call,
         WeftRepoReply *reply,
         const GError  *error)
{
  WeftCommitResult *result = reply != NULL ? weft_repo_reply_get_put (reply) : NULL;

  end_writes (call, result, result != NULL ? weft_commit_result_get_rev (result) : 0, error);
}

static void
done_cb (WeftRepo      *repo,
         WeftRepoReply *reply,
         const GError  *error,
         gpointer       user_data)
{
  Call *call = user_data;

  switch (weft_repo_message_get_operation (call->message))
    {
    case WEFT_REPO_OPERATION_GET:
      end_get (call, reply);
      break;

    case WEFT_REPO_OPERATION_COMMIT:
      end_commit (call, reply, error);
      break;

    case WEFT_REPO_OPERATION_PUT:
      end_put (call, reply, error);
      break;

    case WEFT_REPO_OPERATION_PEND:
      end_pend (call, reply);
      break;

    case WEFT_REPO_OPERATION_CANCEL:
      break;
    }
  weft_sim_trace_done (call->recorder->world, call->traced, reply, error);
  weft_sim_trace_violations (call->recorder->world, call->recorder->history, call->traced);
  call->done (WEFT_REPO (call->recorder), reply, error, call->user_data);
  call_free (call);
}

static void
begin_get (Call *call)
{
  WeftSimRecorder *self = call->recorder;
  WeftBlockGets *gets = weft_repo_message_get_get (call->message);
  const char * const *block_ids = weft_block_gets_get_block_ids (gets);
  guint n_blocks = g_strv_length ((char **) block_ids);

  /* The past is checked when it is told: it is the same whenever it is asked for. */
  if (weft_block_gets_get_context (gets) != NULL)
    return;
  if (n_blocks > G_N_ELEMENTS (call->usual))
    call->operations = g_new (guint64, n_blocks);
  for (guint i = 0; i < n_blocks; i++)
    {
      guint block = weft_sim_names_number_block (self->names, block_ids[i]);
      guint64 operation = weft_sim_history_begin_read (self->history, now (self), self->client,
                                                       block);

      call->operations[call->n_operations++] = operation;
    }
}

/* A put that names no base follows whatever is the latest; all else is built on what was read. */
static gboolean
is_blind (WeftRepoMessage *message,
          WeftTransform   *transform)
{
  return weft_repo_message_get_operation (message) == WEFT_REPO_OPERATION_PUT &&
         weft_transform_get_insert (transform) == NULL;
}

static WeftSimChange
work_out (WeftSimRecorder *self,
          WeftRepoMessage *message,
          WeftPendRequest *request,
          const char      *block_id)
{
  WeftTransforms *transforms = weft_pend_request_get_transforms (request);
  g_autoptr(WeftTransform) transform = weft_transforms_lookup (transforms, block_id);
  guint block = weft_sim_names_number_block (self->names, block_id);
  LastRead *read = find_last_read (self, block);
  WeftBlock *base = read != NULL ? read->block : NULL;
  g_autoptr(WeftBlock) result = NULL;
  g_autoptr(GError) error = NULL;
  WeftSimChange change = {
    .block = block,
    .base = weft_pend_request_get_base (request, block_id),
  };

  /* Who does not say what a change is built on has read it all the same. */
  if (change.base == WEFT_BASE_UNKNOWN && !is_blind (message, transform))
    change.base = read != NULL ? read->rev : 0;
  if (weft_transform_apply (transform, base, &result, &error))
    change.value = weft_sim_names_digest (result);
  /* What makes no sense leaves the block as it is, and is never done. */
  else if (is_blind (message, transform))
    change.value = weft_sim_names_digest (base);
  else
    g_error ("a simulated client changes block “%s” without having read it: %s", block_id,
             error->message);

  return change;
}

static void
propose (Call            *call,
         WeftPendRequest *request)
{
  WeftSimRecorder *self = call->recorder;
  g_auto(GStrv) block_ids = NULL;
  guint64 action;
  GArray *changes;

  action = weft_sim_names_number_action (self->names, weft_pend_request_get_action_id (request));
  if (weft_sim_names_get_proposal (self->names, action) != NULL)
    return;
  block_ids = weft_transforms_get_block_ids (weft_pend_request_get_transforms (request));
  changes = g_array_new (FALSE, FALSE, sizeof (WeftSimChange));
  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      WeftSimChange change = work_out (self, call->message, request, block_ids[i]);

      g_array_append_val (changes, change);
    }
  weft_sim_names_propose (self->names, action, changes);
}

static void
begin_write (Call       *call,
             const char *action_id)
{
  WeftSimRecorder *self = call->recorder;
  guint64 action = weft_sim_names_number_action (self->names, action_id);
  GArray *changes = weft_sim_names_get_proposal (self->names, action);
  guint64 operation;

  g_assert (changes != NULL);
  operation = weft_sim_history_begin_write (self->history, now (self), self->client, action,
                                            (const WeftSimChange *) (gpointer) changes->data,
                                            changes->len);
  call->operations[call->n_operations++] = operation;
}

static void
weft_sim_recorder_perform (WeftRepo         *repo,
                           WeftRepoMessage  *message,
                           GCancellable     *cancellable,
                           WeftRepoDoneFunc  done,
                           gpointer          user_data)
{
  WeftSimRecorder *self = WEFT_SIM_RECORDER (repo);
  Call *call = g_new0 (Call, 1);

  call->recorder = g_object_ref (self);
  call->message = weft_repo_message_ref (message);
  call->operations = call->usual;
  call->done = done;
  call->user_data = user_data;
  call->traced = weft_sim_trace_ask (self->world, self->actor, message, *self->within);

  switch (weft_repo_message_get_operation (message))
    {
    case WEFT_REPO_OPERATION_GET:
      begin_get (call);
      break;

    case WEFT_REPO_OPERATION_PEND:
      propose (call, weft_repo_message_get_pend (message));
      break;

    case WEFT_REPO_OPERATION_COMMIT:
      begin_write (call, weft_commit_request_get_action_id (
                           weft_repo_message_get_commit (message)));
      break;

    case WEFT_REPO_OPERATION_PUT:
      propose (call, weft_repo_message_get_put (message));
      begin_write (call, weft_pend_request_get_action_id (weft_repo_message_get_put (message)));
      break;

    case WEFT_REPO_OPERATION_CANCEL:
      if (self->promises != NULL)
        {
          WeftActionBlocks *dropped = weft_repo_message_get_cancel (message);

          g_hash_table_remove (self->promises,
                               get_key (self, weft_action_blocks_get_action_id (dropped)));
        }
      break;
    }
  weft_repo_perform (self->repo, message, cancellable, done_cb, call);
}

static void
repo_iface_init (WeftRepoInterface *iface)
{
  iface->perform = weft_sim_recorder_perform;
}

static void
weft_sim_recorder_finalize (GObject *object)
{
  WeftSimRecorder *self = WEFT_SIM_RECORDER (object);

  g_object_unref (self->repo);
  g_object_unref (self->world);
  g_object_unref (self->history);
  weft_sim_names_unref (self->names);
  g_ptr_array_unref (self->last_reads);
  g_clear_pointer (&self->promises, g_hash_table_unref);

  G_OBJECT_CLASS (weft_sim_recorder_parent_class)->finalize (object);
}

static void
weft_sim_recorder_class_init (WeftSimRecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_recorder_finalize;
}

static void
weft_sim_recorder_init (WeftSimRecorder *self)
{
  self->last_reads = g_ptr_array_new_with_free_func (last_read_free);
}

WeftSimRecorder *
weft_sim_recorder_new (WeftRepo       *repo,
                       WeftSimWorld   *world,
                       WeftSimHistory *history,
                       WeftSimNames   *names,
                       guint           actor,
                       const guint64  *within,
                       guint           client)
{
  WeftSimRecorder *self = g_object_new (WEFT_TYPE_SIM_RECORDER, NULL);

  self->repo = g_object_ref (repo);
  self->world = g_object_ref (world);
  self->history = g_object_ref (history);
  self->names = weft_sim_names_ref (names);
  self->client = client;
  self->actor = actor;
  self->within = within;

  return self;
}

void
weft_sim_recorder_expect_promises (WeftSimRecorder *self)
{
  self->promises = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

gint64
weft_sim_recorder_get_rev (WeftSimRecorder *self,
                           const char      *block_id)
{
  const LastRead *read
      = find_last_read (self, weft_sim_names_number_block (self->names, block_id));

  return read != NULL ? read->rev : 0;
}

void
weft_sim_recorder_see_written (WeftSimRecorder *self,
                               const char      *block_id,
                               WeftBlock       *block,
                               WeftActionRev   *made)
{
  const WeftSimSighting sighting = {
    .block = weft_sim_names_number_block (self->names, block_id),
    .rev = weft_action_rev_get_rev (made),
    .action = weft_sim_names_number_action (self->names, weft_action_rev_get_action_id (made)),
    .value = weft_sim_names_digest (block),
  };

  weft_sim_history_see_past (self->history, now (self), self->client, &sighting);
}
