/* weft-storage-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-storage-repo-private.h"

#include "weft-error.h"
#include "weft-repo-message-private.h"

/**
 * WeftStorageRepo:
 *
 * A [iface@Weft.Repo] on one machine, over one [iface@Weft.Storage].
 *
 * It checks and changes on one thread, that of its storage and clock, and is the only one to write
 * blocks there. Nothing is answered before all it tells of is durable, and nothing from within
 * [method@Weft.Repo.perform]. A batch that fails ends its requests with %WEFT_ERROR_UNAVAILABLE;
 * nothing of them happened then. Stale answers are results; damage, misuse and failing devices
 * are errors, but a get answers block by block, with a reason for each that is not available.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_STORAGE,
  PROP_CLOCK,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
request_free (WeftStorageRequest *request)
{
  g_clear_pointer (&request->message, weft_repo_message_unref);
  g_clear_pointer (&request->reply, weft_repo_reply_unref);
  g_clear_error (&request->error);
  g_clear_object (&request->repo);
  g_free (request);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftStorageRequest, request_free)

static void
tell (WeftStorageRequest *request)
{
  g_autoptr (WeftStorageRequest) owned = request;

  g_assert ((request->reply == NULL) != (request->error == NULL));

  request->done (WEFT_REPO (request->repo), request->reply, request->error, request->user_data);
}

static void
answer_alarm_cb (gpointer user_data)
{
  g_autoptr (WeftStorageRepo) self = g_object_ref (user_data);
  guint n_answered = g_queue_get_length (&self->answered);

  self->answer_alarm = 0;

  /* What is asked from within waits for the next alarm, so others have their turn. */
  for (guint i = 0; i < n_answered; i++)
    tell (g_queue_pop_head (&self->answered));
}

static void
tell_later (WeftStorageRequest *request)
{
  WeftStorageRepo *self = request->repo;

  g_queue_push_tail (&self->answered, request);
  if (self->answer_alarm == 0)
    self->answer_alarm = weft_clock_add_alarm (self->clock,
                                               weft_clock_get_monotonic (self->clock),
                                               answer_alarm_cb, self, NULL);
}

static void
perform (WeftStorageRequest *request)
{
  switch (weft_repo_message_get_operation (request->message))
    {
    case WEFT_REPO_OPERATION_GET:
      weft_storage_repo_perform_get (request);
      break;

    case WEFT_REPO_OPERATION_PEND:
      weft_storage_repo_perform_pend (request);
      break;

    case WEFT_REPO_OPERATION_CANCEL:
      weft_storage_repo_perform_cancel (request);
      break;

    case WEFT_REPO_OPERATION_COMMIT:
      weft_storage_repo_perform_commit (request);
      break;

    case WEFT_REPO_OPERATION_PUT:
      weft_storage_repo_perform_put (request);
      break;

    default:
      g_assert_not_reached ();
    }
}

static GError *
error_from_batch (const GError *error)
{
  if (g_error_matches (error, WEFT_ERROR, WEFT_ERROR_CORRUPT)
      || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_CLOSED)
      || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE))
    return g_error_copy (error);

  return g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "nothing was stored: %s",
                      error->message);
}

/* Whether it makes revisions. */
static gboolean
is_final (WeftRepoOperation operation)
{
  return operation == WEFT_REPO_OPERATION_COMMIT || operation == WEFT_REPO_OPERATION_PUT;
}

static void
settled_cb (const GError *error,
            gpointer      user_data)
{
  WeftStorageRequest *request = user_data;
  WeftRepoOperation operation = weft_repo_message_get_operation (request->message);

  if (error == NULL
      || (WEFT_BUG (FAILED_BATCH_ACKNOWLEDGED) && is_final (operation))
      || (WEFT_BUG (FAILED_PEND_ACKNOWLEDGED) && operation == WEFT_REPO_OPERATION_PEND)
      || (WEFT_BUG (FAILED_BATCH_READ) && operation == WEFT_REPO_OPERATION_GET))
    {
      tell (request);
      return;
    }

  g_clear_pointer (&request->reply, weft_repo_reply_unref);
  g_clear_error (&request->error);

  /* What was read is gone; what is there now can be read. */
  if (operation == WEFT_REPO_OPERATION_GET
      && !g_error_matches (error, WEFT_ERROR, WEFT_ERROR_CLOSED))
    {
      perform (request);
      return;
    }

  request->error = error_from_batch (error);
  tell (request);
}

static gboolean
is_early (WeftStorageRequest *request)
{
  WeftRepoOperation operation = weft_repo_message_get_operation (request->message);

  return (WEFT_BUG (COMMIT_NOT_DURABLE) && is_final (operation))
         || (WEFT_BUG (READ_NOT_DURABLE) && operation == WEFT_REPO_OPERATION_GET);
}

static void
settle (WeftStorageRequest *request,
        const char * const *block_ids)
{
  if (is_early (request)
      || !weft_submissions_wait (request->repo->submissions, block_ids, settled_cb, request))
    tell_later (request);
}

void
weft_storage_request_answer (WeftStorageRequest *request,
                             const char * const *block_ids,
                             WeftRepoReply      *reply)
{
  request->reply = reply;
  settle (request, block_ids);
}

void
weft_storage_request_fail (WeftStorageRequest *request,
                           const char * const *block_ids,
                           GError             *error)
{
  request->error = error;
  settle (request, block_ids);
}

gboolean
weft_storage_repo_read_metadata (WeftStorageRepo    *self,
                                 const char         *block_id,
                                 WeftBlockMetadata **metadata,
                                 GError            **error)
{
  g_autoptr (GError) local_error = NULL;

  *metadata = weft_storage_read_metadata (self->storage, block_id, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
weft_storage_repo_read_pending (WeftStorageRepo *self,
                                const char      *block_id,
                                const char      *action_id,
                                WeftPending    **pending,
                                GError         **error)
{
  g_autoptr (GError) local_error = NULL;

  *pending = weft_storage_read_pending (self->storage, block_id, action_id, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gboolean
weft_storage_repo_read_action (WeftStorageRepo *self,
                               const char      *block_id,
                               const char      *action_id,
                               WeftPending    **action,
                               GError         **error)
{
  g_autoptr (GError) local_error = NULL;

  *action = weft_storage_read_action (self->storage, block_id, action_id, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static WeftStorageRequest *
request_new (WeftStorageRepo *self,
             WeftRepoMessage *message,
             WeftRepoDoneFunc done,
             gpointer         user_data)
{
  WeftStorageRequest *request = g_new0 (WeftStorageRequest, 1);

  request->repo = g_object_ref (self);
  request->message = weft_repo_message_ref (message);
  request->done = done;
  request->user_data = user_data;

  return request;
}

/* What changes behind the back of its cluster would make a member say one thing and hold
 * another. */
static gboolean
check_governed (WeftStorageRequest *request)
{
  if (!weft_storage_repo_is_governed (request->repo)
      || weft_repo_message_get_operation (request->message) == WEFT_REPO_OPERATION_GET)
    return TRUE;

  g_set_error (&request->error, WEFT_ERROR, WEFT_ERROR_REFUSED,
               "these blocks belong to a cluster: expected a change through its coordinator");
  return FALSE;
}

/* A put is for callers: members decide on commits. */
static gboolean
check_record (WeftStorageRequest *request)
{
  if (weft_repo_message_get_operation (request->message) != WEFT_REPO_OPERATION_PUT)
    return weft_repo_message_check_one (request->message, &request->error);

  g_set_error (&request->error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "expected a get, pend, cancel or commit, got a put");
  return FALSE;
}

static void
weft_storage_repo_perform (WeftRepo        *repo,
                           WeftRepoMessage *message,
                           GCancellable    *cancellable,
                           WeftRepoDoneFunc done,
                           gpointer         user_data)
{
  WeftStorageRequest *request = request_new (WEFT_STORAGE_REPO (repo), message, done, user_data);

  if (g_cancellable_set_error_if_cancelled (cancellable, &request->error)
      || !check_governed (request)
      || !weft_repo_message_check_one (message, &request->error))
    tell_later (request);
  else
    perform (request);
}

void
weft_storage_repo_execute (WeftStorageRepo *self,
                           WeftRepoMessage *message,
                           WeftRepoDoneFunc done,
                           gpointer         user_data)
{
  WeftStorageRequest *request = request_new (self, message, done, user_data);

  if (check_record (request))
    perform (request);
  else
    tell_later (request);
}

static void
repo_iface_init (WeftRepoInterface *iface)
{
  iface->perform = weft_storage_repo_perform;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftStorageRepo, weft_storage_repo, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_REPO, repo_iface_init))

static void
batch_failed_cb (gpointer error,
                 gpointer user_data)
{
  WeftStorageRepo *self = user_data;

  g_debug ("a batch was not stored: %s", ((const GError *) error)->message);
  weft_versioned_forget_all (self->versioned);
  /* Pendings whose removal failed are there again. */
  weft_storage_repo_start_scan (self);
}

static void
save_archive_cb (WeftBlockArchive *archive,
                 WeftSettledFunc   settled,
                 gpointer          settled_data,
                 gpointer          user_data)
{
  weft_storage_repo_save_archive (user_data, archive, settled, settled_data);
}

static void
weft_storage_repo_constructed (GObject *object)
{
  WeftStorageRepo *self = WEFT_STORAGE_REPO (object);

  g_assert (self->storage != NULL);
  g_assert (self->clock != NULL);

  self->versioned = weft_versioned_new (self->storage);
  self->submissions = weft_submissions_new (self->storage, batch_failed_cb, self);
  self->restorer = weft_restorer_new (save_archive_cb, self);
  self->expiry = weft_pending_expiry_new (WEFT_PENDING_EXPIRY_MAX);
  weft_storage_repo_start_scan (self);

  G_OBJECT_CLASS (weft_storage_repo_parent_class)->constructed (object);
}

static void
weft_storage_repo_dispose (GObject *object)
{
  WeftStorageRepo *self = WEFT_STORAGE_REPO (object);

  /* A request holds a reference, so none is under way. */
  g_assert (g_queue_is_empty (&self->answered));

  if (self->clock != NULL)
    {
      weft_storage_repo_stop_expiry (self);
      if (self->answer_alarm != 0)
        weft_clock_remove_alarm (self->clock, self->answer_alarm);
      self->answer_alarm = 0;
    }
  weft_storage_repo_set_validator (self, NULL, NULL, NULL);
  weft_storage_repo_set_commit_validator (self, NULL, NULL, NULL);
  g_clear_pointer (&self->restorer, weft_restorer_free);
  g_clear_pointer (&self->submissions, weft_submissions_free);
  g_clear_pointer (&self->versioned, weft_versioned_free);
  g_clear_pointer (&self->expiry, weft_pending_expiry_free);
  g_clear_object (&self->clock);
  g_clear_object (&self->storage);

  G_OBJECT_CLASS (weft_storage_repo_parent_class)->dispose (object);
}

static void
weft_storage_repo_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  WeftStorageRepo *self = WEFT_STORAGE_REPO (object);

  switch (property_id)
    {
    case PROP_STORAGE:
      g_value_set_object (value, self->storage);
      break;

    case PROP_CLOCK:
      g_value_set_object (value, self->clock);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_storage_repo_set_property (GObject      *object,
                                guint         property_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  WeftStorageRepo *self = WEFT_STORAGE_REPO (object);

  switch (property_id)
    {
    case PROP_STORAGE:
      self->storage = g_value_dup_object (value);
      break;

    case PROP_CLOCK:
      self->clock = g_value_dup_object (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
weft_storage_repo_class_init (WeftStorageRepoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = weft_storage_repo_constructed;
  object_class->dispose = weft_storage_repo_dispose;
  object_class->get_property = weft_storage_repo_get_property;
  object_class->set_property = weft_storage_repo_set_property;

  /**
   * WeftStorageRepo:storage:
   *
   * Where the blocks are kept.
   *
   * Since: 0.1
   */
  properties[PROP_STORAGE]
      = g_param_spec_object ("storage", NULL, NULL, WEFT_TYPE_STORAGE, flags);

  /**
   * WeftStorageRepo:clock:
   *
   * What tells when pendings expire, and calls back.
   *
   * Since: 0.1
   */
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, WEFT_TYPE_CLOCK, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
weft_storage_repo_init (WeftStorageRepo *self)
{
  g_queue_init (&self->answered);
}

/**
 * weft_storage_repo_new:
 * @storage: where to keep the blocks; this repo becomes the only one to write blocks there
 * @clock: the clock of the same thread
 *
 * Creates a repo over a storage. It looks for pendings that have expired in small slices, so it
 * answers at once however much is stored.
 *
 * Returns: (transfer full): a new repo
 *
 * Since: 0.1
 */
WeftStorageRepo *
weft_storage_repo_new (WeftStorage *storage,
                       WeftClock   *clock)
{
  g_return_val_if_fail (WEFT_IS_STORAGE (storage), NULL);
  g_return_val_if_fail (WEFT_IS_CLOCK (clock), NULL);

  return g_object_new (WEFT_TYPE_STORAGE_REPO, "storage", storage, "clock", clock, NULL);
}

/**
 * weft_storage_repo_get_storage:
 * @self: a repo
 *
 * Returns where the blocks are kept, for reading.
 *
 * Returns: (transfer none): the storage
 *
 * Since: 0.1
 */
WeftStorage *
weft_storage_repo_get_storage (WeftStorageRepo *self)
{
  g_return_val_if_fail (WEFT_IS_STORAGE_REPO (self), NULL);

  return self->storage;
}

/**
 * weft_storage_repo_get_clock:
 * @self: a repo
 *
 * Returns the clock that expiry goes by.
 *
 * Returns: (transfer none): the clock
 *
 * Since: 0.1
 */
WeftClock *
weft_storage_repo_get_clock (WeftStorageRepo *self)
{
  g_return_val_if_fail (WEFT_IS_STORAGE_REPO (self), NULL);

  return self->clock;
}

/**
 * weft_storage_repo_set_validator:
 * @self: a repo
 * @validate: (nullable) (scope notified) (closure user_data) (destroy destroy): what judges
 *   transactions, or %NULL to store them unseen
 * @user_data: data for @validate
 * @destroy: (nullable): called on @user_data once @validate is not used any more
 *
 * Sets what is asked first when a pend carries a transaction. The error it sets is the answer.
 *
 * Since: 0.1
 */
void
weft_storage_repo_set_validator (WeftStorageRepo *self,
                                 WeftValidateFunc validate,
                                 gpointer         user_data,
                                 GDestroyNotify   destroy)
{
  g_return_if_fail (WEFT_IS_STORAGE_REPO (self));

  if (self->validate_destroy != NULL)
    self->validate_destroy (self->validate_data);
  self->validate = validate;
  self->validate_data = user_data;
  self->validate_destroy = destroy;
}

void
weft_storage_repo_set_restore (WeftStorageRepo *self,
                               WeftRestoreFunc  restore,
                               gpointer         user_data,
                               GDestroyNotify   destroy)
{
  weft_restorer_set_hook (self->restorer, restore, user_data, destroy);
}
