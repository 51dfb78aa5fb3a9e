/* weft-proposal-drive.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-answer-private.h"
#include "weft-coordinator-private.h"
#include "weft-error.h"
#include "weft-limits.h"

/* The shell of one proposal machine. */
typedef struct
{
  WeftDrive drive; /* first */
  guint ref_count;
  WeftProposalMachine *machine;
  WeftClusterEntry *entry; /* in the log */
  guint64 n_sent;
  WeftProposalResultFunc result;
  gpointer user_data;
  gboolean has_result;
  gboolean is_done;
} ProposalDrive;

/* A request on its way to a member. */
typedef struct
{
  ProposalDrive *drive;
  guint64 id;
  WeftPeerId *peer_id;
  gint64 sent_usec;
} Send;

static void step (ProposalDrive     *self,
                  WeftProposalEvent *event);

static void
unref (ProposalDrive *self)
{
  if (--self->ref_count > 0)
    return;

  g_assert (self->is_done);
  weft_cluster_entry_take_machine (self->entry, self->machine);
  weft_cluster_entry_unref (self->entry);
  g_object_unref (self->drive.repo);
  g_free (self);
}

static void
send_free (Send *send)
{
  weft_peer_id_unref (send->peer_id);
  unref (send->drive);
  g_free (send);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Send, send_free)

static void
tell_result (ProposalDrive            *self,
             const WeftProposalEffect *effect)
{
  g_assert (!self->has_result);

  self->has_result = TRUE;
  weft_cluster_entry_set_result (self->entry, effect);
  self->result (effect, self->user_data);
}

static void
finish (ProposalDrive *self)
{
  if (self->is_done)
    return;
  self->is_done = TRUE;

  weft_drive_end (&self->drive);
  unref (self);
}

/* The repo goes: whoever waits hears so, and what is on its way is not listened to any more. */
static void
close_drive (gpointer drive)
{
  ProposalDrive *self = drive;
  g_autoptr(GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_INDETERMINATE,
                             "this node left its clusters before it was known whether the change "
                             "was decided");
  const WeftProposalEffect effect = {
    .type = WEFT_PROPOSAL_EFFECT_RESULT,
    .outcome = WEFT_OUTCOME_INDETERMINATE,
    .error = error,
  };

  self->ref_count++;
  if (!self->has_result)
    tell_result (self, &effect);
  finish (self);
  unref (self);
}

/* How long members usually take, for what waits in terms of it. */
static void
learn_round_trip (WeftCoordinatorRepo *repo,
                  gint64               took_usec)
{
  gint64 old_usec = repo->round_trip_usec;

  repo->round_trip_usec = CLAMP ((7 * old_usec + took_usec) / 8, G_TIME_SPAN_MILLISECOND,
                                 2 * G_TIME_SPAN_SECOND);
}

static void
answered_cb (WeftCluster       *cluster,
             WeftClusterAnswer *answer,
             const GError      *error,
             gpointer           user_data)
{
  g_autoptr(Send) send = user_data;
  ProposalDrive *self = send->drive;
  WeftCoordinatorRepo *repo = self->drive.repo;
  WeftProposalEvent event = {
    .type = answer != NULL ? WEFT_PROPOSAL_EVENT_ANSWER : WEFT_PROPOSAL_EVENT_FAILED,
    .request_id = send->id,
    .peer_id = send->peer_id,
    .answer = answer,
    .error = error,
    .was_sent = !g_error_matches (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE),
  };

  if (self->is_done)
    return;
  if (answer != NULL && WEFT_CLUSTER (repo->member) != cluster)
    learn_round_trip (repo, weft_cluster_parts_get_now (repo->parts) - send->sent_usec);
  step (self, &event);
}

static void
perform_send (ProposalDrive      *self,
              WeftProposalEffect *effect)
{
  WeftCoordinatorRepo *repo = self->drive.repo;
  Send *send = g_new0 (Send, 1);

  send->drive = self;
  self->ref_count++;
  send->id = ++self->n_sent;
  send->peer_id = weft_peer_id_ref (effect->peer_id);
  send->sent_usec = weft_cluster_parts_get_now (repo->parts);
  weft_cluster_parts_count (repo->parts, "requests-sent");
  weft_cluster_perform (weft_coordinator_get_cluster (repo, effect->peer_id), effect->request,
                        MAX (effect->timeout_usec, 1), answered_cb, send);
}

static void
perform_effect (ProposalDrive       *self,
                WeftProposalEffect  *effect,
                WeftProposalEffect **result,
                gboolean            *is_done)
{
  WeftCoordinatorRepo *repo = self->drive.repo;

  switch (effect->type)
    {
    case WEFT_PROPOSAL_EFFECT_SEND:
      perform_send (self, effect);
      break;

    /* Last: what was decided is on its way to our own member then, so the caller can read it. */
    case WEFT_PROPOSAL_EFFECT_RESULT:
      *result = effect;
      break;

    case WEFT_PROPOSAL_EFFECT_REPORT:
      weft_cluster_parts_report (repo->parts, effect->peer_id, effect->text, effect->proof);
      break;

    case WEFT_PROPOSAL_EFFECT_TELL:
      weft_coordinator_tell (repo, effect->record, effect->peer_ids);
      break;

    case WEFT_PROPOSAL_EFFECT_STAGE:
      weft_cluster_entry_add_stage (self->entry, effect->text,
                                    weft_cluster_parts_get_now (repo->parts));
      break;

    case WEFT_PROPOSAL_EFFECT_COUNT:
      weft_cluster_parts_count (repo->parts, effect->counter);
      break;

    case WEFT_PROPOSAL_EFFECT_DONE:
      *is_done = TRUE;
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
alarm_cb (gpointer user_data)
{
  ProposalDrive *self = user_data;
  WeftProposalEvent event = { .type = WEFT_PROPOSAL_EVENT_TIMEOUT };

  self->drive.alarm_id = 0;
  step (self, &event);
}

static void
step (ProposalDrive     *self,
      WeftProposalEvent *event)
{
  WeftClusterParts *parts = self->drive.repo->parts;
  WeftProposalEffect *result = NULL;
  gboolean is_done = FALSE;
  g_auto(WeftProposalEffects) effects;

  weft_proposal_effects_init (&effects);
  event->now_usec = weft_cluster_parts_get_now (parts);
  event->real_msec = weft_cluster_parts_get_real_msec (parts);
  event->chance = weft_cluster_parts_get_chance (parts);
  weft_proposal_machine_step (self->machine, event, &effects);

  self->drive.next_usec = effects.deadline_usec;

  self->ref_count++;
  for (guint i = 0; i < effects.items->len; i++)
    perform_effect (self, &g_array_index (effects.items, WeftProposalEffect, i), &result,
                    &is_done);
  weft_drive_arm (&self->drive, is_done || self->is_done ? G_MAXINT64 : self->drive.next_usec,
                  alarm_cb);
  if (result != NULL)
    tell_result (self, result);
  if (is_done)
    finish (self);
  unref (self);
}

/* Whether the history of a block names who decides on the record. */
static gboolean
is_pinned (WeftClusterParts  *parts,
           WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      g_autoptr(WeftBlockMetadata) metadata = NULL;

      if (weft_slot_get_base (slot) == 0)
        continue;
      metadata = weft_storage_read_metadata (parts->storage, weft_slot_get_block_id (slot), NULL);
      if (metadata != NULL && weft_block_metadata_get_latest_rev (metadata) > 0
          && g_strcmp0 (weft_block_metadata_get_cluster (metadata),
                        weft_cluster_record_get_membership (record)) == 0)
        return TRUE;
    }

  return FALSE;
}

void
weft_proposal_drive_start (WeftCoordinatorRepo    *repo,
                           WeftClusterRecord      *record,
                           WeftProposalOrigin      origin,
                           GPtrArray              *pends,
                           gint64                  deadline_usec,
                           WeftProposalResultFunc  result,
                           gpointer                user_data)
{
  ProposalDrive *self = g_new0 (ProposalDrive, 1);
  const WeftProposalConfig config = {
    .peer_id = repo->parts->peer_id,
    .verify = repo->parts->verify,
    .is_pinned = is_pinned (repo->parts, record),
    .pends = pends,
    .gives_way = origin == WEFT_PROPOSAL_GROUP,
    .is_in_doubt = origin == WEFT_PROPOSAL_IN_DOUBT,
    .admit = weft_cluster_parts_admit,
    .admit_data = repo->parts,
    .reply_usec = WEFT_LIMIT_REPLY_USEC / 4,
    .deadline_usec = deadline_usec,
    .round_trip_usec = repo->round_trip_usec,
  };
  WeftProposalEvent event = { .type = WEFT_PROPOSAL_EVENT_START };

  self->ref_count = 1;
  self->machine = origin == WEFT_PROPOSAL_RECOVERY
                    ? weft_proposal_machine_new_recovery (&config, record)
                    : weft_proposal_machine_new (&config, record);
  self->entry = weft_cluster_log_add (repo->log, record, origin == WEFT_PROPOSAL_RECOVERY,
                                      weft_cluster_parts_get_now (repo->parts),
                                      weft_cluster_parts_get_real_msec (repo->parts));
  self->result = result;
  self->user_data = user_data;
  weft_drive_begin (&self->drive, repo, close_drive);

  step (self, &event);
}
