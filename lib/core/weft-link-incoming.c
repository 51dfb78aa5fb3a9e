/* weft-link-incoming.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-incoming-private.h"

#include "weft-bug-private.h"
#include "weft-deadline-private.h"
#include "weft-json.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"

typedef struct
{
  WeftDeadline deadline; /* its id is theirs */
  gsize bytes; /* of credit, given back with the reply */
  gsize reply_bytes_max;
} WeftLinkDelivery;

static void
delivery_free (WeftLinkDelivery *delivery)
{
  weft_deadline_clear (&delivery->deadline);
  g_free (delivery);
}

void
weft_link_incoming_init (WeftLinkIncoming      *self,
                         const WeftHelloLimits *granted)
{
  *self = (WeftLinkIncoming) {
    .requests_max = granted->requests,
    .window = granted->bytes,
    .allowance = granted->bytes,
  };
  self->deadlines = weft_deadlines_new ();
  self->requests = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL,
                                    (GDestroyNotify) delivery_free);
}

void
weft_link_incoming_clear (WeftLinkIncoming *self)
{
  g_clear_pointer (&self->requests, g_tree_unref);
  g_clear_pointer (&self->deadlines, weft_deadlines_free);
}

void
weft_link_incoming_open (WeftLinkIncoming      *self,
                         const WeftHelloLimits *limits)
{
  self->frame_max = limits->message;
}

static void
send (WeftLinkIncoming *self,
      GBytes           *frame,
      WeftLinkEffects  *effects)
{
  self->sent_bytes += g_bytes_get_size (frame);
  weft_link_effects_add (effects, WEFT_LINK_EFFECT_SEND)->bytes = frame;
}

/* Done with so many bytes. They are granted in quarters of the window, so that a sender whose
 * largest message is half a window never waits for a grant that does not come. */
static void
consume (WeftLinkIncoming *self,
         gsize             bytes,
         WeftLinkEffects  *effects)
{
  self->consumed += bytes;
  if (self->consumed < self->window / 4 || WEFT_BUG (CREDIT_KEPT))
    return;

  send (self, weft_envelope_write_number (WEFT_ENVELOPE_CREDIT, self->consumed), effects);
  self->allowance += self->consumed;
  self->consumed = 0;
}

static void
send_error (WeftLinkIncoming *self,
            gint64            id,
            WeftError         code,
            const char       *message,
            WeftLinkEffects  *effects)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, code, message);

  send (self, weft_envelope_write_error (id, error), effects);
}

/* Whether the message was granted; TRUE takes its bytes from the allowance. */
static gboolean
spend (WeftLinkIncoming *self,
       WeftEnvelope     *envelope,
       gsize             frame_bytes,
       WeftLinkReason   *reason,
       GError          **error)
{
  *reason = WEFT_LINK_REASON_OVERRUN;
  if ((gint64) frame_bytes > self->allowance)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "at most %" G_GINT64_FORMAT " bytes were granted, got %" G_GSIZE_FORMAT,
                   self->allowance, frame_bytes);
      return FALSE;
    }
  self->allowance -= frame_bytes;
  if (envelope->kind == WEFT_ENVELOPE_ONE_WAY)
    return TRUE;

  if (g_tree_nnodes (self->requests) >= self->requests_max)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "at most %" G_GINT64_FORMAT " requests in flight were granted",
                   self->requests_max);
      return FALSE;
    }
  *reason = WEFT_LINK_REASON_PROTOCOL;
  if (envelope->number <= self->last_id)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "a request id above %" G_GINT64_FORMAT " was expected, got %" G_GINT64_FORMAT,
                   self->last_id, envelope->number);
      return FALSE;
    }
  self->last_id = envelope->number;

  return TRUE;
}

static void
deliver (WeftEnvelope    *envelope,
         gint64           deadline_usec,
         WeftLinkEffects *effects)
{
  WeftLinkEffect *effect = weft_link_effects_add (effects, WEFT_LINK_EFFECT_DELIVER);

  effect->id = envelope->number;
  effect->protocol = envelope->to;
  effect->tape = weft_tape_ref (envelope->tape);
  effect->body = envelope->body;
  effect->deadline_usec = deadline_usec;
}

static void
receive_request (WeftLinkIncoming    *self,
                 WeftEnvelope        *envelope,
                 gsize                frame_bytes,
                 const WeftLinkEvent *event,
                 WeftLinkEffects     *effects)
{
  WeftLinkDelivery *delivery = g_new0 (WeftLinkDelivery, 1);
  gint64 msec_max = WEFT_LIMIT_REPLY_USEC / 1000;
  gint64 msec = envelope->deadline_msec;

  weft_deadline_init (&delivery->deadline, envelope->number);
  delivery->bytes = frame_bytes;
  delivery->reply_bytes_max = MIN (weft_protocol_get_bytes_max (envelope->to), self->frame_max);
  weft_deadline_set (&delivery->deadline, self->deadlines,
                     event->now_usec + (msec < 0 ? msec_max : MIN (msec, msec_max)) * 1000);
  g_tree_insert (self->requests, &delivery->deadline.id, delivery);

  weft_link_effects_count (effects, "requests-received");
  deliver (envelope, delivery->deadline.usec, effects);
}

gboolean
weft_link_incoming_receive (WeftLinkIncoming    *self,
                            WeftEnvelope        *envelope,
                            gsize                frame_bytes,
                            const WeftLinkEvent *event,
                            WeftLinkEffects     *effects,
                            WeftLinkReason      *reason,
                            GError             **error)
{
  gsize size_max = weft_protocol_get_bytes_max (envelope->to);

  if (!spend (self, envelope, frame_bytes, reason, error))
    return FALSE;

  if (frame_bytes <= size_max && envelope->kind == WEFT_ENVELOPE_REQUEST)
    receive_request (self, envelope, frame_bytes, event, effects);
  else if (frame_bytes <= size_max)
    {
      weft_link_effects_count (effects, "one-ways-received");
      deliver (envelope, G_MAXINT64, effects);
      consume (self, frame_bytes, effects);
    }
  else if (envelope->kind == WEFT_ENVELOPE_REQUEST)
    {
      g_autofree char *message = g_strdup_printf ("a message to %s of at most %" G_GSIZE_FORMAT
                                                  " bytes was expected, got %" G_GSIZE_FORMAT,
                                                  envelope->to, size_max, frame_bytes);

      weft_link_effects_count (effects, "requests-too-large");
      send_error (self, envelope->number, WEFT_ERROR_TOO_LARGE, message, effects);
      consume (self, frame_bytes, effects);
    }
  else
    {
      *reason = WEFT_LINK_REASON_TOO_LARGE;
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                   "a message to %s of at most %" G_GSIZE_FORMAT " bytes was expected, got %"
                   G_GSIZE_FORMAT, envelope->to, size_max, frame_bytes);
      return FALSE;
    }

  return TRUE;
}

static void
withdraw (gint64           id,
          WeftLinkEffects *effects)
{
  weft_link_effects_add (effects, WEFT_LINK_EFFECT_WITHDRAW)->id = id;
}

/* The handler may stop; its reply, whatever it is, is still owed and still sent. */
void
weft_link_incoming_cancel (WeftLinkIncoming *self,
                           gint64            id,
                           WeftLinkEffects  *effects)
{
  if (g_tree_lookup (self->requests, &id) != NULL)
    withdraw (id, effects);
}

static void
forget (WeftLinkIncoming *self,
        WeftLinkDelivery *delivery,
        WeftLinkEffects  *effects)
{
  gsize bytes = delivery->bytes;

  g_tree_remove (self->requests, &delivery->deadline.id);
  consume (self, bytes, effects);
}

/* The frame of a reply, or of the error that must take its place. */
static GBytes *
write_reply (WeftLinkIncoming    *self,
             WeftLinkDelivery    *delivery,
             const WeftLinkEvent *event,
             WeftLinkEffects     *effects)
{
  g_autoptr (GError) error = event->error != NULL ? g_error_copy (event->error) : NULL;
  g_autoptr (GBytes) frame = NULL;

  if (error == NULL && event->body_text == NULL && !JSON_NODE_HOLDS_OBJECT (event->body))
    g_set_error_literal (&error, WEFT_ERROR, WEFT_ERROR_FAILED, "the reply was not an object");
  if (error == NULL)
    frame = weft_envelope_write_reply (delivery->deadline.id, event->body, event->body_text,
                                       &error);
  if (error != NULL)
    return weft_envelope_write_error (delivery->deadline.id, error);

  if (g_bytes_get_size (frame) > delivery->reply_bytes_max)
    {
      weft_link_effects_count (effects, "replies-too-large");
      g_set_error (&error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "the reply has %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT
                   " can be sent", g_bytes_get_size (frame), delivery->reply_bytes_max);
    }
  else if (event->channel_bytes + self->sent_bytes + g_bytes_get_size (frame) >
           WEFT_LIMIT_PEER_QUEUED_BYTES_MAX)
    {
      weft_link_effects_count (effects, "replies-unsendable");
      g_set_error_literal (&error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                           "too many bytes wait to be read by the one who asked");
    }
  if (error != NULL)
    return weft_envelope_write_error (delivery->deadline.id, error);

  return g_steal_pointer (&frame);
}

/* Sends the handler's answer. One that comes too late has no request any more. */
void
weft_link_incoming_reply (WeftLinkIncoming    *self,
                          const WeftLinkEvent *event,
                          WeftLinkEffects     *effects)
{
  WeftLinkDelivery *delivery = g_tree_lookup (self->requests, &event->id);

  if (delivery == NULL)
    {
      weft_link_effects_count (effects, "replies-unsent");
      return;
    }

  send (self, write_reply (self, delivery, event, effects), effects);
  weft_link_effects_count (effects, "replies-sent");
  forget (self, delivery, effects);
}

void
weft_link_incoming_expire (WeftLinkIncoming    *self,
                           const WeftLinkEvent *event,
                           WeftLinkEffects     *effects)
{
  while (weft_link_incoming_get_deadline (self) <= event->now_usec)
    {
      WeftLinkDelivery *delivery
        = (WeftLinkDelivery *) weft_deadline_get_first (self->deadlines);

      withdraw (delivery->deadline.id, effects);
      send_error (self, delivery->deadline.id, WEFT_ERROR_TIMED_OUT,
                  "the handler did not answer before the deadline", effects);
      weft_link_effects_count (effects, "handlers-timed-out");
      forget (self, delivery, effects);
    }
}

void
weft_link_incoming_end (WeftLinkIncoming *self,
                        WeftLinkEffects  *effects)
{
  for (GTreeNode *node = g_tree_node_first (self->requests); node != NULL;
       node = g_tree_node_next (node))
    withdraw (((WeftLinkDelivery *) g_tree_node_value (node))->deadline.id, effects);
  g_tree_remove_all (self->requests);
}

gint64
weft_link_incoming_get_deadline (WeftLinkIncoming *self)
{
  return weft_deadline_get_next (self->deadlines);
}

gboolean
weft_link_incoming_is_idle (WeftLinkIncoming *self)
{
  return g_tree_nnodes (self->requests) == 0;
}

void
weft_link_incoming_check (WeftLinkIncoming *self)
{
  g_assert (g_tree_nnodes (self->requests) <= self->requests_max);
  g_assert (self->allowance >= 0);
  g_assert (self->consumed >= 0);
  g_assert (self->allowance + self->consumed <= self->window);
  g_assert (g_tree_nnodes (self->requests) == (int) self->deadlines->n_items);
}
