/* weft-ring-reply.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "weft-ring-machine-internal-private.h"

#define MEAN_SHARE 16
#define DEVIATION_SHARE 8
/* Of what was under way to one that is gone, so much counts. */
#define UNREACHED_MAX 3

/* Answers a request to probe somebody for another. */
static void
answer_helped (WeftRingMachine *self,
               WeftRingOp      *op,
               gboolean         is_reached)
{
  WeftRingMessage *reply = weft_ring_message_new_reply (op->message);

  reply->is_reached = is_reached;
  weft_ring_answer (self, op->link, reply);
}

static void
note_rtt (WeftRingMachine *self,
          gint64           rtt_usec)
{
  float error = (float) rtt_usec - self->rtt_mean;

  if (self->rtt_mean <= 0)
    {
      self->rtt_mean = MAX (rtt_usec, 1);
      self->rtt_deviation = self->rtt_mean / 2;
      return;
    }
  self->rtt_mean += error / MEAN_SHARE;
  self->rtt_deviation += (fabsf (error) - self->rtt_deviation) / DEVIATION_SHARE;
}

/* Whether this is the reply to that request, of the peer that was asked. */
static gboolean
is_genuine (WeftRingMachine       *self,
            const WeftRingOp      *op,
            const WeftRingMessage *message,
            WeftPeerId            *peer_id)
{
  if (!message->is_reply || message->nonce != op->nonce || message->type != op->type)
    {
      weft_ring_count (self, "ring-stray-reply");
      return FALSE;
    }
  if ((op->contact != NULL &&
       !weft_peer_id_equal (weft_ring_contact_get_peer_id (op->contact), peer_id)) ||
      (message->sender != NULL &&
       !weft_peer_id_equal (weft_ring_contact_get_peer_id (message->sender), peer_id)))
    {
      weft_ring_count (self, "ring-foreign");
      return FALSE;
    }

  return TRUE;
}

/* What the sender says of itself, where it is newer than what we had. */
static WeftRingContact *
get_newest (WeftRingMachine       *self,
            const WeftRingOp      *op,
            const WeftRingMessage *message)
{
  if (message->sender == NULL ||
      weft_ring_contact_get_incarnation (message->sender) != message->incarnation ||
      (op->contact != NULL && weft_ring_contact_get_incarnation (op->contact) >=
                                weft_ring_contact_get_incarnation (message->sender)))
    return op->contact;
  if (!weft_ring_contact_verify (message->sender, self->network, self->verify, self->verify_data))
    {
      weft_ring_count (self, "ring-forged-contact");
      return op->contact;
    }

  return message->sender;
}

/* Direct contact: it lives, and may enter the table. Returns its contact. */
static WeftRingContact *
take_in (WeftRingMachine       *self,
         const WeftRingOp      *op,
         const WeftRingMessage *message)
{
  WeftRingContact *contact = get_newest (self, op, message);
  gint64 rtt_usec = self->now_usec - op->sent_usec;
  gboolean is_sure;
  WeftRingEntry *entry;

  if (contact == NULL)
    return NULL;
  if (op->kind != RING_OP_INDIRECT)
    note_rtt (self, rtt_usec);
  else
    rtt_usec = -1;
  entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (contact));
  /* Whoever is not on the ring is nobody's neighbour. */
  is_sure = weft_ring_contact_get_incarnation (contact) == message->incarnation;
  if (message->incarnation == 0 || (entry == NULL && !is_sure))
    return contact;
  if (entry == NULL ||
      (is_sure && message->incarnation > weft_ring_contact_get_incarnation (entry->contact)))
    entry = weft_ring_admit (self, contact, rtt_usec);
  else
    {
      if (entry->liveness != WEFT_RING_ALIVE)
        self->near.is_stale = TRUE;
      weft_ring_turnover_note (&self->turnover, self->now_usec - entry->heard_usec, FALSE);
      weft_ring_entry_note_reply (entry, rtt_usec, self->now_usec);
      weft_ring_case_close (self, contact);
    }
  if (entry != NULL)
    {
      if (message->is_unknown)
        entry->flags &= ~RING_TOLD;
      else
        entry->flags |= RING_TOLD;
      weft_ring_partition_note_contact (self->partition, TRUE, self->now_usec);
    }

  return contact;
}

static void
handle_kind (WeftRingMachine       *self,
             WeftRingOp            *op,
             WeftRingContact       *contact,
             const WeftRingMessage *message)
{
  switch ((WeftRingOpKind) op->kind)
    {
    case RING_OP_BOOT:
      weft_ring_boot_done (self, op->link, contact, TRUE);
      break;

    case RING_OP_PROBE:
      weft_ring_case_answered (self, op->link, TRUE);
      break;

    case RING_OP_INDIRECT:
      if (message->is_reached)
        weft_ring_case_answered (self, op->link, FALSE);
      else
        weft_ring_case_failed (self, op->link, op->kind);
      break;

    case RING_OP_HELP:
      answer_helped (self, op, TRUE);
      break;

    case RING_OP_LOOKUP:
      weft_ring_lookup_replied (self, op->link, contact, message);
      break;

    case RING_OP_TELL:
      weft_ring_leave_next (self);
      break;

    case RING_OP_TRY:
    case RING_OP_PULL:
      break;

    case RING_OP_FREE:
    default:
      g_assert_not_reached ();
    }
}

static void
handle_failure (WeftRingMachine *self,
                WeftRingOp      *op)
{
  switch ((WeftRingOpKind) op->kind)
    {
    case RING_OP_BOOT:
      weft_ring_boot_done (self, op->link, NULL, FALSE);
      break;

    case RING_OP_PROBE:
    case RING_OP_INDIRECT:
      weft_ring_case_failed (self, op->link, op->kind);
      break;

    case RING_OP_HELP:
      answer_helped (self, op, FALSE);
      break;

    case RING_OP_TRY:
      weft_ring_try_failed (self, op->contact, op->link);
      break;

    case RING_OP_LOOKUP:
      weft_ring_lookup_failed (self, op->link, op->contact);
      break;

    case RING_OP_TELL:
      weft_ring_leave_next (self);
      break;

    case RING_OP_PULL:
      break;

    case RING_OP_FREE:
    default:
      g_assert_not_reached ();
    }
}

/* However much is under way to one that is gone, it is one peer: what was sent before the last
 * failure was known tells little that is new. */
static void
note_unreached (WeftRingMachine  *self,
                const WeftRingOp *op,
                WeftRingContact  *contact)
{
  WeftRingCase *found = self->cases->len > 0 ? weft_ring_find_case (self, contact) : NULL;

  if (found != NULL && op->sent_usec >= found->failed_usec)
    {
      found->failed_usec = self->now_usec;
      found->n_failed = 0;
    }
  if (found != NULL && found->n_failed++ >= UNREACHED_MAX)
    return;
  weft_ring_partition_note_contact (self->partition, FALSE, self->now_usec);
}

/* A peer of the table did not answer. Its probe goes on by itself; else it is looked at. */
static void
note_failure (WeftRingMachine *self,
              WeftRingOp      *op,
              gboolean         is_full)
{
  WeftRingEntry *entry;

  if (op->contact == NULL)
    return;
  entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (op->contact));
  if (entry == NULL)
    return;
  weft_ring_entry_note_failure (entry);
  if (op->kind != RING_OP_PROBE && op->kind != RING_OP_HELP && !self->is_leaving)
    weft_ring_probe (self, entry->contact, FALSE);
  /* No way to where somebody says so is cut. */
  if (!is_full)
    note_unreached (self, op, entry->contact);
}

/* It says itself that it leaves. */
static void
take_out (WeftRingMachine *self,
          WeftRingOp      *op)
{
  WeftRingEntry *entry = NULL;

  if (op->contact != NULL)
    entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (op->contact));
  if (entry != NULL)
    {
      weft_ring_partition_note_leave (self->partition, self->now_usec);
      weft_ring_drop (self, entry->contact, TRUE);
    }
  handle_failure (self, op);
}

void
weft_ring_handle_failed (WeftRingMachine *self,
                         guint64          id,
                         gboolean         is_full)
{
  WeftRingOp op;

  if (!weft_ring_take_op (self, id, &op))
    return;
  note_failure (self, &op, is_full);
  handle_failure (self, &op);
  weft_ring_op_clear (&op);
}

void
weft_ring_handle_reply (WeftRingMachine     *self,
                        const WeftRingEvent *event)
{
  const WeftRingMessage *message = event->message;
  WeftRingContact *contact;
  WeftRingOp op;

  if (!weft_ring_take_op (self, event->id, &op))
    {
      weft_ring_count (self, "ring-stray-reply");
      return;
    }
  if (!is_genuine (self, &op, message, event->peer_id))
    {
      handle_failure (self, &op);
      weft_ring_op_clear (&op);
      return;
    }
  if (message->is_refused && message->reason == weft_ring_refusals[WEFT_RING_LEAVING])
    {
      take_out (self, &op);
      weft_ring_op_clear (&op);
      return;
    }
  contact = take_in (self, &op, message);
  if (contact != NULL)
    weft_ring_contact_ref (contact);
  if (message->notes != NULL)
    weft_ring_handle_notes (self, message, event->peer_id);
  if (contact != NULL && message->measure.gaps > 0)
    weft_ring_report (self, contact, &message->measure);
  if (message->is_refused && op.kind != RING_OP_PROBE && op.kind != RING_OP_TRY)
    handle_failure (self, &op);
  else
    {
      /* Those of a lookup are asked by it; all are heard of. */
      weft_ring_hear_all (self, message->contacts, event->peer_id);
      handle_kind (self, &op, contact, message);
    }
  g_clear_pointer (&contact, weft_ring_contact_unref);
  weft_ring_op_clear (&op);
}
