/* weft-sim-disk-sync.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-disk-private.h"

/* Writing: batches wait for a sync, one sync is under way at a time, and it is for all that waited
 * when it began. */

typedef struct
{
  WeftSimDisk *disk;    /* which the storage keeps */
  WeftStorage *storage;
  WeftBatchDoneFunc done;
  gpointer user_data;
  WeftSimSwaps *swaps;  /* NULL when it changed nothing */
  guint64 bytes_before;
  guint64 bytes_after;
  GError *error;
} WeftSimSubmission;

static WeftSimSubmission *
submission_new (WeftSimDisk       *disk,
                WeftStorage       *storage,
                WeftBatchDoneFunc  done,
                gpointer           user_data)
{
  WeftSimSubmission *submission = g_new0 (WeftSimSubmission, 1);

  disk->n_unanswered++;
  submission->disk = disk;
  submission->storage = g_object_ref (storage);
  submission->done = done;
  submission->user_data = user_data;

  return submission;
}

static void
submission_free (gpointer data)
{
  WeftSimSubmission *submission = data;

  g_clear_pointer (&submission->swaps, weft_sim_swaps_free);
  g_clear_error (&submission->error);
  submission->disk->n_unanswered--;
  g_object_unref (submission->storage);
  g_free (submission);
}

static void
answer (GQueue *submissions)
{
  for (WeftSimSubmission *submission = g_queue_pop_head (submissions); submission != NULL;
       submission = g_queue_pop_head (submissions))
    {
      if (submission->done != NULL)
        submission->done (submission->storage, submission->error, submission->user_data);
      submission_free (submission);
    }
}

static void
answer_cb (gpointer user_data)
{
  answer (user_data);
}

static void
submissions_free (gpointer data)
{
  g_queue_free_full (data, submission_free);
}

/* Moves the first of those that wait to an event of their own. */
static void
answer_later (WeftSimDisk *self,
              guint        n_submissions)
{
  GQueue *submissions = g_queue_new ();

  for (guint i = 0; i < n_submissions; i++)
    g_queue_push_tail (submissions, g_queue_pop_head (&self->waiting));
  weft_sim_world_schedule_event (self->world, weft_sim_world_get_time (self->world),
                                 WEFT_SIM_EVENT_KIND_DISK, self->actor, n_submissions, answer_cb,
                                 submissions, submissions_free);
}

/* What is durable can only be taken back by those who turn time back. */
static void
keep (WeftSimDisk       *self,
      WeftSimSubmission *submission)
{
  g_queue_push_tail (&self->past, g_steal_pointer (&submission->swaps));
  if (self->is_lying)
    {
      weft_sim_world_count (self->world, "disk-lies", 1);
      self->n_unwritten++;
    }
  if (self->past.length > WEFT_SIM_DISK_PAST_MAX)
    weft_sim_swaps_free (g_queue_pop_head (&self->past));
  self->n_unwritten = MIN (self->n_unwritten, self->past.length);
}

static void
fail_from (WeftSimDisk  *self,
           GList        *first,
           const GError *error)
{
  GList *before = first->prev;

  for (GList *link = self->waiting.tail; link != before; link = link->prev)
    {
      WeftSimSubmission *submission = link->data;

      if (submission->swaps != NULL)
        weft_sim_tables_undo (&self->tables, submission->swaps);
      if (submission->error == NULL)
        submission->error = g_error_copy (error);
    }
}

static GError *
check_submission (WeftSimDisk             *self,
                  const WeftSimSubmission *submission)
{
  if (submission->error != NULL)
    return g_error_copy (submission->error);
  if (self->bytes_max == 0 || submission->bytes_after <= self->bytes_max ||
      submission->bytes_after <= submission->bytes_before)
    return NULL;

  weft_sim_world_count (self->world, "disk-full", 1);
  return g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                      "expected at most %" G_GUINT64_FORMAT " bytes on the disk of %s, but it "
                      "would hold %" G_GUINT64_FORMAT, self->bytes_max,
                      weft_sim_world_get_actor_name (self->world, self->actor),
                      submission->bytes_after);
}

/* Ends a sync for the first of those that wait. Returns how many have their answers now: those
 * that are durable and, when one failed, all after it. */
static guint
perform_sync (WeftSimDisk *self,
              guint        n_syncing)
{
  g_autoptr (GError) error = NULL;
  GList *link = self->waiting.head;

  weft_sim_world_count (self->world, "disk-syncs", 1);
  if (weft_sim_prng_chance (self->prng, self->sync_failures))
    {
      weft_sim_world_count (self->world, "disk-sync-failures", 1);
      weft_sim_world_note (self->world, self->actor, "disk", "sync failed");
      error = g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "the disk of %s failed to sync",
                           weft_sim_world_get_actor_name (self->world, self->actor));
    }
  for (guint i = 0; i < n_syncing; i++, link = link->next)
    {
      if (error == NULL)
        error = check_submission (self, link->data);
      if (error != NULL)
        {
          fail_from (self, link, error);
          return self->waiting.length;
        }
      keep (self, link->data);
    }

  return n_syncing;
}

static void start_sync (WeftSimDisk *self);

static void
sync_cb (gpointer user_data)
{
  g_autoptr (WeftSimDisk) self = g_object_ref (user_data);
  GQueue ready = G_QUEUE_INIT;
  guint n_answers;

  self->sync_event = 0;
  n_answers = perform_sync (self, self->n_syncing);
  for (guint i = 0; i < n_answers; i++)
    g_queue_push_tail (&ready, g_queue_pop_head (&self->waiting));
  self->n_syncing = 0;

  /* What is submitted by those who are told goes into one sync. */
  self->is_answering = TRUE;
  answer (&ready);
  self->is_answering = FALSE;
  start_sync (self);
}

static void
schedule_sync (WeftSimDisk *self)
{
  self->sync_event = weft_sim_world_schedule_event (
    self->world, self->sync_usec, WEFT_SIM_EVENT_KIND_DISK, self->actor, self->n_syncing, sync_cb,
    g_object_ref (self), g_object_unref);
}

static void
start_sync (WeftSimDisk *self)
{
  gint64 now_usec = weft_sim_world_get_time (self->world);

  if (self->is_answering || self->sync_event != 0 || self->waiting.length == 0)
    return;

  self->n_syncing = self->waiting.length;
  self->sync_usec = MAX (now_usec + weft_sim_delay_draw (&self->sync_delay, self->prng),
                         self->stall_usec);
  schedule_sync (self);
}

static void
cancel_sync (WeftSimDisk *self)
{
  guint64 event = self->sync_event;

  self->n_syncing = 0;
  self->sync_event = 0;
  if (event != 0)
    weft_sim_world_cancel (self->world, event);
}

/* Nothing ends during a stall, not even what is under way. */
void
weft_sim_disk_put_off (WeftSimDisk *self)
{
  guint64 event = self->sync_event;

  if (event == 0 || self->sync_usec >= self->stall_usec)
    return;
  self->sync_usec = self->stall_usec;
  schedule_sync (self);
  weft_sim_world_cancel (self->world, event);
}

void
weft_sim_disk_submit (WeftSimDisk       *self,
                      WeftStorage       *storage,
                      WeftBatch         *batch,
                      WeftBatchDoneFunc  done,
                      gpointer           user_data)
{
  WeftSimSubmission *submission = submission_new (self, storage, done, user_data);
  const WeftSimSubmission *last = g_queue_peek_tail (&self->waiting);

  submission->bytes_before = self->tables.bytes;
  if (last != NULL && last->error != NULL)
    submission->error = g_error_copy (last->error);
  else
    submission->swaps = weft_sim_tables_apply (&self->tables, batch, &submission->error);
  submission->bytes_after = self->tables.bytes;
  g_queue_push_tail (&self->waiting, submission);
  start_sync (self);
}

void
weft_sim_disk_refuse (WeftSimDisk       *self,
                      WeftStorage       *storage,
                      WeftBatchDoneFunc  done,
                      gpointer           user_data)
{
  WeftSimSubmission *submission = submission_new (self, storage, done, user_data);
  GQueue *submissions = g_queue_new ();

  g_set_error (&submission->error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the storage was closed");
  g_queue_push_tail (submissions, submission);
  weft_sim_world_schedule_event (self->world, weft_sim_world_get_time (self->world),
                                 WEFT_SIM_EVENT_KIND_DISK, self->actor, 1, answer_cb, submissions,
                                 submissions_free);
}

gboolean
weft_sim_disk_close (WeftSimDisk  *self,
                     GError      **error)
{
  const WeftSimSubmission *last;
  gboolean is_durable = TRUE;

  cancel_sync (self);
  self->owner = NULL;
  if (self->waiting.length == 0)
    return TRUE;

  perform_sync (self, self->waiting.length);
  last = g_queue_peek_tail (&self->waiting);
  is_durable = last->error == NULL;
  if (!is_durable)
    g_propagate_error (error, g_error_copy (last->error));
  answer_later (self, self->waiting.length);

  return is_durable;
}

void
weft_sim_disk_cut (WeftSimDisk *self,
                   guint        n_kept)
{
  g_autoptr (GError) error = NULL;
  GList *link = self->waiting.head;

  cancel_sync (self);
  self->owner = NULL;
  if (self->waiting.length == 0)
    return;

  for (guint i = 0; i < n_kept && ((WeftSimSubmission *) link->data)->error == NULL; i++)
    {
      keep (self, link->data);
      link = link->next;
    }
  error = g_error_new (WEFT_ERROR, WEFT_ERROR_CLOSED, "the process that wrote to the disk of %s "
                       "is gone", weft_sim_world_get_actor_name (self->world, self->actor));
  if (link != NULL)
    fail_from (self, link, error);
  /* Whoever still listens belongs to a process that is gone; it only has to be cleaned up. */
  for (link = self->waiting.head; link != NULL; link = link->next)
    {
      WeftSimSubmission *submission = link->data;

      if (submission->error == NULL)
        submission->error = g_error_copy (error);
    }
  answer_later (self, self->waiting.length);
}
