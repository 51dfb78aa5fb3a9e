/* weft-storage-repo-expiry.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-buggify-private.h"
#include "weft-limits.h"
#include "weft-storage-repo-private.h"

/* What is dropped with one batch. */
#define DROPS_MAX 256
/* How often we look, at most: the real time may have been set meanwhile. */
#define LOOK_USEC G_TIME_SPAN_MINUTE
/* A slice of the scan after a start, and the time for others between two. */
#define SCAN_BLOCKS 64
#define SCAN_PAUSE_USEC (5 * G_TIME_SPAN_MILLISECOND)

/* When we look again at what a member of a cluster holds. */
#define HELD_MSEC 5000

#define GRACE_MSEC (WEFT_LIMIT_PENDING_GRACE_USEC / G_TIME_SPAN_MILLISECOND)

static void arm (WeftStorageRepo *self);

static gint64
get_now_msec (WeftStorageRepo *self)
{
  return weft_clock_get_real (self->clock) / G_TIME_SPAN_MILLISECOND;
}

static void
expiry_alarm_cb (gpointer user_data)
{
  WeftStorageRepo *self = user_data;

  self->expiry_alarm = 0;
  weft_storage_repo_expire (self, get_now_msec (self));
  arm (self);
}

/* Looks again when the first can be dropped. */
static void
arm (WeftStorageRepo *self)
{
  gint64 first_msec = weft_pending_expiry_get_first (self->expiry);
  gint64 wait_msec;

  if (self->expiry_alarm != 0 || first_msec == 0)
    return;

  wait_msec = first_msec + GRACE_MSEC - get_now_msec (self);
  wait_msec = CLAMP (wait_msec, 1, LOOK_USEC / G_TIME_SPAN_MILLISECOND);
  self->expiry_alarm
      = weft_clock_add_alarm (self->clock,
                              weft_clock_get_monotonic (self->clock)
                                + wait_msec * G_TIME_SPAN_MILLISECOND,
                              expiry_alarm_cb, self, NULL);
}

void
weft_storage_repo_watch_pending (WeftStorageRepo *self,
                                 const char      *block_id,
                                 const char      *action_id,
                                 gint64           expiration_msec)
{
  gint64 first_msec = weft_pending_expiry_get_first (self->expiry);

  if (expiration_msec == 0)
    {
      weft_pending_expiry_remove (self->expiry, block_id, action_id);
      return;
    }

  weft_pending_expiry_insert (self->expiry, block_id, action_id, expiration_msec);
  if (self->expiry_alarm != 0 && (first_msec == 0 || expiration_msec < first_msec))
    {
      weft_clock_remove_alarm (self->clock, self->expiry_alarm);
      self->expiry_alarm = 0;
    }
  arm (self);
}

void
weft_storage_repo_unwatch_pending (WeftStorageRepo *self,
                                   const char      *block_id,
                                   const char      *action_id)
{
  weft_pending_expiry_remove (self->expiry, block_id, action_id);
}

static void
scan_block (WeftStorageRepo *self,
            const char      *block_id)
{
  g_auto (GStrv) pendings = weft_storage_list_pendings (self->storage, block_id, NULL);

  for (guint i = 0; pendings != NULL && pendings[i] != NULL; i++)
    {
      g_autoptr (WeftPending) pending
          = weft_storage_read_pending (self->storage, block_id, pendings[i], NULL);

      if (WEFT_BUG (RESTART_FORGETS))
        {
          g_autoptr (WeftBatch) batch = weft_batch_new ();

          weft_batch_delete_pending (batch, block_id, pendings[i]);
          weft_storage_submit (self->storage, batch, NULL, NULL);
        }
      if (pending != NULL && weft_pending_get_expiration (pending) > 0)
        weft_storage_repo_watch_pending (self, block_id, pendings[i],
                                         weft_pending_get_expiration (pending));
    }
}

static void
scan_alarm_cb (gpointer user_data)
{
  WeftStorageRepo *self = user_data;
  guint slice = WEFT_BUGGIFY ("scan-step-is-short") ? 1 : SCAN_BLOCKS;
  g_auto (GStrv) block_ids
      = weft_storage_list_blocks (self->storage, self->scan_after, slice, NULL);
  guint n_blocks = block_ids != NULL ? g_strv_length (block_ids) : 0;

  self->scan_alarm = 0;
  for (guint i = 0; i < n_blocks; i++)
    scan_block (self, block_ids[i]);

  g_clear_pointer (&self->scan_after, g_free);
  if (n_blocks < slice)
    return;

  self->scan_after = g_strdup (block_ids[n_blocks - 1]);
  self->scan_alarm = weft_clock_add_alarm (self->clock,
                                           weft_clock_get_monotonic (self->clock)
                                             + SCAN_PAUSE_USEC,
                                           scan_alarm_cb, self, NULL);
}

void
weft_storage_repo_start_scan (WeftStorageRepo *self)
{
  g_clear_pointer (&self->scan_after, g_free);
  if (self->scan_alarm == 0)
    self->scan_alarm = weft_clock_add_alarm (self->clock,
                                             weft_clock_get_monotonic (self->clock)
                                               + SCAN_PAUSE_USEC,
                                             scan_alarm_cb, self, NULL);
}

void
weft_storage_repo_stop_expiry (WeftStorageRepo *self)
{
  if (self->expiry_alarm != 0)
    weft_clock_remove_alarm (self->clock, self->expiry_alarm);
  if (self->scan_alarm != 0)
    weft_clock_remove_alarm (self->clock, self->scan_alarm);
  self->expiry_alarm = 0;
  self->scan_alarm = 0;
  g_clear_pointer (&self->scan_after, g_free);
}

static void
ignore_cb (const GError *error,
           gpointer      user_data)
{
  g_object_unref (user_data);
}

/* Adds the removal of a pending if it is still there and still expired. */
static gboolean
add_drop (WeftStorageRepo *self,
          WeftBatch       *batch,
          const char      *block_id,
          const char      *action_id,
          gint64           until_msec)
{
  g_autoptr (WeftPending) pending
      = weft_storage_read_pending (self->storage, block_id, action_id, NULL);

  if (pending == NULL || weft_pending_get_expiration (pending) == 0)
    return FALSE;

  /* A vote is kept longer than what it is on may be wanted. */
  if (weft_storage_repo_holds (self, block_id, action_id))
    {
      weft_storage_repo_watch_pending (self, block_id, action_id,
                                       until_msec + HELD_MSEC);
      return FALSE;
    }
  if (weft_pending_get_expiration (pending) > until_msec)
    {
      weft_storage_repo_watch_pending (self, block_id, action_id,
                                       weft_pending_get_expiration (pending));
      return FALSE;
    }

  weft_batch_delete_pending (batch, block_id, action_id);
  weft_versioned_forget_pending (self->versioned, block_id, action_id);

  return TRUE;
}

/**
 * weft_storage_repo_expire:
 * @self: a repo
 * @now_msec: the real time, in milliseconds since 1970-01-01 UTC
 *
 * Drops pendings that have outlived their expiration by %WEFT_LIMIT_PENDING_GRACE_USEC, at most
 * 256 of them. The repo does so by itself, from alarms of its clock.
 *
 * Returns: how many were dropped; when it is 256 there may be more
 *
 * Since: 0.1
 */
guint
weft_storage_repo_expire (WeftStorageRepo *self,
                          gint64           now_msec)
{
  g_autoptr (WeftBatch) batch = NULL;
  g_autoptr (GPtrArray) dropped = NULL;
  gint64 until_msec = now_msec - GRACE_MSEC;
  char *block_id, *action_id;
  guint n_dropped;

  g_return_val_if_fail (WEFT_IS_STORAGE_REPO (self), 0);

  if (WEFT_BUG (EXPIRY_EARLY))
    until_msec = G_MAXINT64;
  batch = weft_batch_new ();
  dropped = g_ptr_array_new_with_free_func (g_free);
  while (dropped->len < DROPS_MAX && !WEFT_BUGGIFY ("expiry-is-put-off")
         && weft_pending_expiry_take (self->expiry, until_msec, &block_id, &action_id))
    {
      g_autofree char *owned_id = g_steal_pointer (&block_id);
      g_autofree char *owned_action_id = g_steal_pointer (&action_id);

      if (add_drop (self, batch, owned_id, owned_action_id, until_msec))
        g_ptr_array_add (dropped, g_steal_pointer (&owned_id));
    }

  n_dropped = dropped->len;
  if (n_dropped > 0)
    {
      g_ptr_array_add (dropped, NULL);
      weft_submissions_submit (self->submissions, batch, (const char * const *) dropped->pdata,
                               ignore_cb, g_object_ref (self));
      g_debug ("dropped %u expired pendings", n_dropped);
    }
  if (weft_pending_expiry_get_n (self->expiry) == 0
      && weft_pending_expiry_take_overflow (self->expiry))
    weft_storage_repo_start_scan (self);

  return n_dropped;
}
