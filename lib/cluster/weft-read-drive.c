/* weft-read-drive.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-answer-private.h"
#include "weft-cluster-fetch-private.h"
#include "weft-cluster-pin-private.h"
#include "weft-cluster-proof-private.h"
#include "weft-cluster-record-private.h"
#include "weft-coordinator-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-message-hash-private.h"

/* The shell of one quorum read. */
typedef struct
{
  WeftDrive drive; /* first */
  guint ref_count;
  WeftQuorumRead *machine;
  GPtrArray *peers;
  WeftReadResultFunc result;
  gpointer user_data;
  gboolean has_result;
  gboolean is_done;
} ReadDrive;

/* What the machine waits for. */
typedef struct
{
  ReadDrive *drive;
  guint64 id;
  char *block_id;      /* (nullable) */
  WeftPeerId *peer_id; /* (nullable) */
} Wait;

/* A certificate on its way to members that lack it. */
typedef struct
{
  Wait *wait;
  guint n_waiting;
  GPtrArray *peer_ids; /* (element-type WeftPeerId) (owned): who has it */
} Spread;

typedef struct
{
  Spread *spread;
  WeftPeerId *peer_id;
} SpreadTo;

static void step (ReadDrive           *self,
                  WeftQuorumReadEvent *event);

static void
unref (ReadDrive *self)
{
  if (--self->ref_count > 0)
    return;

  g_assert (self->is_done);
  weft_quorum_read_free (self->machine);
  g_ptr_array_unref (self->peers);
  g_object_unref (self->drive.repo);
  g_free (self);
}

static Wait *
wait_new (ReadDrive            *self,
          WeftQuorumReadEffect *effect)
{
  Wait *wait = g_new0 (Wait, 1);

  self->ref_count++;
  wait->drive = self;
  wait->id = effect->id;
  wait->block_id = g_strdup (effect->block_id);
  wait->peer_id = effect->peer_id != NULL ? weft_peer_id_ref (effect->peer_id) : NULL;

  return wait;
}

static void
wait_free (Wait *wait)
{
  g_clear_pointer (&wait->peer_id, weft_peer_id_unref);
  g_free (wait->block_id);
  unref (wait->drive);
  g_free (wait);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wait, wait_free)

static void
tell_result (ReadDrive *self,
             GArray    *results)
{
  g_assert (!self->has_result);

  self->has_result = TRUE;
  self->result (results, self->user_data);
}

static void
finish (ReadDrive *self)
{
  if (self->is_done)
    return;
  self->is_done = TRUE;

  weft_drive_end (&self->drive);
  unref (self);
}

static void
close_drive (gpointer drive)
{
  ReadDrive *self = drive;

  self->ref_count++;
  if (!self->has_result)
    tell_result (self, NULL);
  finish (self);
  unref (self);
}

static void
answered_cb (WeftCluster       *cluster,
             WeftClusterAnswer *answer,
             const GError      *error,
             gpointer           user_data)
{
  g_autoptr(Wait) wait = user_data;
  WeftQuorumReadEvent event = {
    .type = answer != NULL ? WEFT_QUORUM_READ_EVENT_ANSWER : WEFT_QUORUM_READ_EVENT_FAILED,
    .id = wait->id,
    .answer = answer,
    .error = error,
    .was_sent = !g_error_matches (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE),
  };

  step (wait->drive, &event);
}

static void
fetched_cb (const GError *error,
            gpointer      user_data)
{
  g_autoptr(Wait) wait = user_data;
  WeftClusterParts *parts = wait->drive->drive.repo->parts;
  g_autoptr(WeftBlockMetadata) metadata
      = weft_storage_read_metadata (parts->storage, wait->block_id, NULL);
  WeftQuorumReadEvent event = {
    .type = WEFT_QUORUM_READ_EVENT_FETCHED,
    .id = wait->id,
    .rev = metadata != NULL ? weft_block_metadata_get_latest_rev (metadata) : 0,
    /* All were asked and none could prove that it has it. */
    .error = g_error_matches (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND) ? NULL : error,
  };

  step (wait->drive, &event);
}

static void
recovered_cb (const WeftProposalEffect *result,
              gpointer                  user_data)
{
  g_autoptr(Wait) wait = user_data;
  WeftQuorumReadEvent event = { .type = WEFT_QUORUM_READ_EVENT_RECOVERED, .id = wait->id };

  step (wait->drive, &event);
}

static void
spread_done (Spread *spread)
{
  g_autoptr(Wait) wait = spread->wait;
  WeftQuorumReadEvent event = {
    .type = WEFT_QUORUM_READ_EVENT_SPREAD,
    .id = wait->id,
    .peer_ids = spread->peer_ids,
  };

  if (--spread->n_waiting > 0)
    {
      g_steal_pointer (&wait);
      return;
    }

  step (wait->drive, &event);
  g_ptr_array_unref (spread->peer_ids);
  g_free (spread);
}

static void
spread_cb (WeftCluster       *cluster,
           WeftClusterAnswer *answer,
           const GError      *error,
           gpointer           user_data)
{
  SpreadTo *to = user_data;

  if (answer != NULL && weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_APPLIED)
    g_ptr_array_add (to->spread->peer_ids, weft_peer_id_ref (to->peer_id));
  spread_done (to->spread);
  weft_peer_id_unref (to->peer_id);
  g_free (to);
}

static void
spread_none_cb (gpointer user_data)
{
  spread_done (user_data);
}

static void
perform_spread (ReadDrive            *self,
                WeftQuorumReadEffect *effect)
{
  WeftCoordinatorRepo *repo = self->drive.repo;
  g_autoptr(WeftClusterRecord) certificate
      = weft_cluster_proof_read (repo->parts->repo, effect->block_id, effect->rev);
  g_autoptr(WeftClusterRequest) update
      = certificate != NULL ? weft_cluster_request_new_update (certificate) : NULL;
  Spread *spread = g_new0 (Spread, 1);

  spread->wait = wait_new (self, effect);
  spread->peer_ids = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  spread->n_waiting = 1;
  /* One more than there are members, so that it ends, and later, also when there is nobody. */
  weft_clock_add_alarm (repo->parts->clock, weft_cluster_parts_get_now (repo->parts),
                        spread_none_cb, spread, NULL);
  for (guint i = 0; update != NULL && i < effect->peer_ids->len; i++)
    {
      SpreadTo *to = g_new0 (SpreadTo, 1);

      to->spread = spread;
      to->peer_id = weft_peer_id_ref (g_ptr_array_index (effect->peer_ids, i));
      spread->n_waiting++;
      weft_cluster_perform (weft_coordinator_get_cluster (repo, to->peer_id), update,
                            WEFT_LIMIT_REPLY_USEC / 4, spread_cb, to);
    }
}

static void
perform_effect (ReadDrive            *self,
                WeftQuorumReadEffect *effect,
                GArray              **results,
                gboolean             *is_done)
{
  WeftCoordinatorRepo *repo = self->drive.repo;

  switch (effect->type)
    {
    case WEFT_QUORUM_READ_EFFECT_SEND:
      weft_cluster_parts_count (repo->parts, "requests-sent");
      weft_cluster_perform (weft_coordinator_get_cluster (repo, effect->peer_id), effect->request,
                            MAX (effect->timeout_usec, 1), answered_cb, wait_new (self, effect));
      break;

    case WEFT_QUORUM_READ_EFFECT_FETCH:
      weft_cluster_fetch_revisions (repo->member, repo->parts, effect->block_id, effect->rev,
                                    effect->peer_ids, fetched_cb, wait_new (self, effect));
      break;

    case WEFT_QUORUM_READ_EFFECT_RECOVER:
      weft_proposal_drive_start (repo, effect->record, WEFT_PROPOSAL_RECOVERY, NULL,
                                 weft_cluster_parts_get_now (repo->parts) + WEFT_LIMIT_REPLY_USEC,
                                 recovered_cb, wait_new (self, effect));
      break;

    case WEFT_QUORUM_READ_EFFECT_SPREAD:
      perform_spread (self, effect);
      break;

    case WEFT_QUORUM_READ_EFFECT_REPORT:
      weft_cluster_parts_report (repo->parts, effect->peer_id, effect->text, effect->proof);
      break;

    case WEFT_QUORUM_READ_EFFECT_COUNT:
      weft_cluster_parts_count (repo->parts, effect->counter);
      break;

    case WEFT_QUORUM_READ_EFFECT_RESULT:
      *results = effect->results;
      break;

    case WEFT_QUORUM_READ_EFFECT_DONE:
      *is_done = TRUE;
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
alarm_cb (gpointer user_data)
{
  ReadDrive *self = user_data;
  WeftQuorumReadEvent event = { .type = WEFT_QUORUM_READ_EVENT_TIMEOUT };

  self->drive.alarm_id = 0;
  step (self, &event);
}

static void
step (ReadDrive           *self,
      WeftQuorumReadEvent *event)
{
  WeftClusterParts *parts = self->drive.repo->parts;
  GArray *results = NULL;
  gboolean is_done = FALSE;
  g_auto(WeftQuorumReadEffects) effects;

  weft_quorum_read_effects_init (&effects);
  if (self->is_done)
    return;

  event->now_usec = weft_cluster_parts_get_now (parts);
  event->chance = weft_cluster_parts_get_chance (parts);
  weft_quorum_read_step (self->machine, event, &effects);

  self->drive.next_usec = effects.deadline_usec;

  self->ref_count++;
  for (guint i = 0; i < effects.items->len; i++)
    perform_effect (self, &g_array_index (effects.items, WeftQuorumReadEffect, i), &results,
                    &is_done);
  weft_drive_arm (&self->drive, is_done || self->is_done ? G_MAXINT64 : self->drive.next_usec,
                  alarm_cb);
  if (results != NULL)
    tell_result (self, results);
  if (is_done)
    finish (self);
  unref (self);
}

/* More may have been decided since we had the revision, and the block may have been elsewhere and
 * have come back: what counts is who keeps it after this one. */
static gboolean
is_pin (gpointer    data,
        const char *block_id,
        gint64      rev)
{
  ReadDrive *self = data;
  WeftClusterParts *parts = self->drive.repo->parts;
  gint64 latest_rev = weft_cluster_proof_read_latest (parts, block_id, NULL);
  g_autoptr(WeftClusterRecord) certificate = NULL;
  g_autofree char *membership = NULL;

  if (rev == 0)
    return latest_rev == 0;
  if (!weft_cluster_pin_has (parts, block_id))
    return TRUE;
  if (rev == latest_rev)
    return weft_cluster_pin_is (parts, self->peers, block_id);

  certificate = weft_cluster_proof_read (parts->repo, block_id, rev);
  membership = weft_message_hash_of_membership (self->peers);

  return certificate != NULL
         && g_str_equal (weft_cluster_record_get_pin (certificate), membership);
}

void
weft_read_drive_start (WeftCoordinatorRepo *repo,
                       GPtrArray           *peers,
                       gboolean             is_pinned,
                       const char * const  *block_ids,
                       gint64               deadline_usec,
                       WeftReadResultFunc   result,
                       gpointer             user_data)
{
  ReadDrive *self = g_new0 (ReadDrive, 1);
  const WeftQuorumReadConfig config = {
    .peer_id = repo->parts->peer_id,
    .super_majority = repo->parts->super_majority,
    .verify = repo->parts->verify,
    .reply_usec = WEFT_LIMIT_REPLY_USEC / 4,
    .deadline_usec = deadline_usec,
    .round_trip_usec = repo->round_trip_usec,
    .is_pinned = is_pinned,
    .is_pin = is_pin,
    .pin_data = self,
  };
  WeftQuorumReadEvent event = { .type = WEFT_QUORUM_READ_EVENT_START };

  self->ref_count = 1;
  self->peers = g_ptr_array_ref (peers);
  self->machine = weft_quorum_read_new (&config, peers, block_ids);
  self->result = result;
  self->user_data = user_data;
  weft_drive_begin (&self->drive, repo, close_drive);

  step (self, &event);
}
