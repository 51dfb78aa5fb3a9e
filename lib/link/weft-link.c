/* weft-link.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-private.h"

#include "weft-channel-private.h"
#include "weft-handshake-private.h"
#include "weft-limits.h"
#include "weft-link-call-private.h"
#include "weft-link-dial-private.h"
#include "weft-link-notice-private.h"
#include "weft-link-peer-private.h"
#include "weft-request-private.h"

static void step (WeftLink      *self,
                  WeftLinkEvent *event);

static void
sign (WeftLink *self,
      GBytes   *transcript)
{
  g_autoptr (GBytes) signature = weft_identity_sign (self->hub->identity, transcript);
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_SIGNED, .bytes = signature };

  step (self, &event);
}

static void
verify (WeftLink       *self,
        WeftLinkEffect *effect)
{
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_VERIFIED };

  event.is_genuine = weft_verifier_verify_bytes (self->hub->verifier, effect->signer,
                                                 effect->bytes, effect->signature);
  step (self, &event);
}

static void
leave_handshake (WeftLink *self)
{
  if (!self->is_handshaking)
    return;

  self->is_handshaking = FALSE;
  self->hub->n_handshakes--;
}

static void
on_opened (WeftLink *self)
{
  g_autoptr (GError) error = NULL;

  leave_handshake (self);
  if (!weft_link_peer_add (self, &error))
    {
      weft_link_close (self, WEFT_LINK_REASON_REFUSED, error->message);
      return;
    }
  weft_link_hub_count (self->hub, "links-opened", 1);
  if (self->dial_id != 0)
    weft_link_dial_finish (self->hub, self->dial_id, self->peer, NULL);
}

static void
on_ended (WeftLink     *self,
          const GError *error)
{
  leave_handshake (self);
  weft_link_peer_remove (self, error);
  if (self->dial_id != 0)
    weft_link_dial_finish (self->hub, self->dial_id, NULL, error);
}

static void
close_channel (WeftLink   *self,
               const char *reason)
{
  if (weft_link_machine_get_state (self->machine) != WEFT_LINK_STATE_CLOSED)
    weft_channel_close (self->channel, reason);
}

static void
defer (WeftLink           *self,
       WeftLinkNoticeType  type,
       WeftLinkEffect     *effect)
{
  WeftLinkNotice *notice = weft_link_notice_add (self->hub, type);

  notice->link = weft_link_ref (self);
  notice->id = effect->id;
  notice->tape = g_steal_pointer (&effect->tape);
  notice->protocol = effect->protocol;
  notice->body = effect->body;
  notice->deadline_usec = effect->deadline_usec;
}

static void
send (WeftLink *self,
      GBytes   *frame)
{
  self->hub->sent.n_bytes += g_bytes_get_size (frame);
  self->hub->sent.n_frames++;
  weft_channel_send (self->channel, frame);
}

static void
perform (WeftLink       *self,
         WeftLinkEffect *effect)
{
  switch (effect->type)
    {
    case WEFT_LINK_EFFECT_SEND:
      send (self, effect->bytes);
      break;

    case WEFT_LINK_EFFECT_SIGN:
      sign (self, effect->bytes);
      break;

    case WEFT_LINK_EFFECT_VERIFY:
      verify (self, effect);
      break;

    case WEFT_LINK_EFFECT_OPENED:
      on_opened (self);
      break;

    case WEFT_LINK_EFFECT_DELIVER:
      defer (self, WEFT_LINK_NOTICE_REQUEST, effect);
      break;

    case WEFT_LINK_EFFECT_WITHDRAW:
      defer (self, WEFT_LINK_NOTICE_WITHDRAW, effect);
      break;

    case WEFT_LINK_EFFECT_COMPLETE:
      weft_link_call_complete (self, effect);
      break;

    case WEFT_LINK_EFFECT_ALIVE:
      weft_link_peer_settle (self);
      break;

    case WEFT_LINK_EFFECT_BYE:
      weft_link_peer_yield (self);
      break;

    case WEFT_LINK_EFFECT_LOST:
      weft_link_hub_doubt (self->hub);
      break;

    case WEFT_LINK_EFFECT_ENDED:
      on_ended (self, effect->error);
      break;

    case WEFT_LINK_EFFECT_CLOSE:
      close_channel (self, effect->text);
      break;

    case WEFT_LINK_EFFECT_COUNT:
      weft_link_hub_count (self->hub, effect->counter, 1);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
step_into (WeftLink        *self,
           WeftLinkEvent   *event,
           WeftLinkEffects *effects)
{
  g_autoptr (WeftLink) alive = weft_link_ref (self);

  event->now_usec = weft_link_hub_now (self->hub);
  event->channel_bytes = weft_channel_get_queued_bytes (self->channel);
  weft_link_machine_step (self->machine, event, effects);
  weft_link_hub_set_timer (self->hub, &self->timer, effects->deadline_usec);
  for (guint i = 0; i < effects->n_items; i++)
    perform (self, &effects->items[i]);
}

static void
step (WeftLink      *self,
      WeftLinkEvent *event)
{
  g_auto (WeftLinkEffects) effects;

  weft_link_effects_init (&effects);
  step_into (self, event, &effects);
}

static void
on_timer (WeftLinkTimer *timer)
{
  weft_link_tell ((WeftLink *) timer, WEFT_LINK_EVENT_TIMEOUT);
}

static void
on_received (WeftChannel *channel,
             GBytes      *message,
             gpointer     user_data)
{
  WeftLink *self = user_data;
  WeftLinkHub *hub = self->hub;
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_FRAME, .bytes = message };

  hub->received.n_bytes += g_bytes_get_size (message);
  hub->received.n_frames++;
  step (self, &event);
  weft_link_hub_flush (hub);
}

static void
on_closed (WeftChannel  *channel,
           const GError *error,
           gpointer      user_data)
{
  g_autoptr (WeftLink) self = weft_link_ref (user_data);
  WeftLinkHub *hub = self->hub;
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_CLOSED, .error = error };

  step (self, &event);
  weft_link_detach (self);
  g_tree_remove (hub->links, &self->timer.deadline.id);
  weft_link_hub_flush (hub);
}

static WeftLinkMachine *
make_machine (WeftLink *self)
{
  WeftLinkHub *hub = self->hub;
  g_autoptr (WeftPeerId) expected = NULL;
  WeftLinkConfig config = {
    .peer_id = weft_identity_get_peer_id (hub->identity),
    .network = hub->network,
    .agent = hub->agent,
    .is_client = hub->role == WEFT_PEER_ROLE_CLIENT,
    .is_dialer = self->dial_id != 0,
    .protocols = (const char *const *) hub->protocols,
    .addresses = hub->addresses,
  };

  if (self->address != NULL)
    config.expected_peer_id = weft_multiaddr_get_peer_id (self->address);

  return weft_link_machine_new (&config);
}

/* Starts to speak on a channel. The hub owns the link until the channel is closed. */
WeftLink *
weft_link_open (WeftLinkHub   *hub,
                WeftChannel   *channel,
                WeftMultiaddr *address,
                guint64        dial_id)
{
  WeftLink *self = g_new0 (WeftLink, 1);
  g_autoptr (GBytes) binding = weft_channel_get_binding (channel);
  g_autoptr (GBytes) nonce = NULL;
  guint8 bytes[WEFT_HANDSHAKE_NONCE_BYTES];
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_START, .binding = binding };

  self->ref_count = 1;
  self->hub = hub;
  weft_deadline_init (&self->timer.deadline, ++hub->last_serial);
  self->timer.fire = on_timer;
  self->channel = g_object_ref (channel);
  self->address = address != NULL ? weft_multiaddr_ref (address) : NULL;
  self->dial_id = dial_id;
  self->machine = make_machine (self);
  self->calls = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL, NULL);
  self->requests = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL, NULL);
  self->is_handshaking = dial_id == 0;
  hub->n_handshakes += self->is_handshaking;
  g_tree_insert (hub->links, &self->timer.deadline.id, self);

  weft_channel_set_receiver (channel, on_received, self);
  self->closed_handler = g_signal_connect (channel, "closed", G_CALLBACK (on_closed), self);
  weft_random_fill (hub->random, bytes, sizeof bytes);
  nonce = g_bytes_new (bytes, sizeof bytes);
  event.bytes = nonce;
  step (self, &event);

  return self;
}

WeftLink *
weft_link_ref (WeftLink *self)
{
  self->ref_count++;

  return self;
}

void
weft_link_unref (WeftLink *self)
{
  g_assert (self->ref_count > 0);
  if (--self->ref_count > 0)
    return;

  g_assert (self->hub == NULL);
  g_clear_pointer (&self->machine, weft_link_machine_free);
  g_clear_pointer (&self->calls, g_tree_unref);
  g_clear_pointer (&self->requests, g_tree_unref);
  g_clear_pointer (&self->address, weft_multiaddr_unref);
  g_clear_object (&self->channel);
  g_free (self);
}

/* From now on the link only waits for handlers to let go of their requests. */
void
weft_link_detach (WeftLink *self)
{
  if (self->hub == NULL)
    return;

  weft_channel_set_receiver (self->channel, NULL, NULL);
  g_clear_signal_handler (&self->closed_handler, self->channel);
  weft_deadline_clear (&self->timer.deadline);
  self->hub = NULL;
}

void
weft_link_close (WeftLink      *self,
                 WeftLinkReason reason,
                 const char    *text)
{
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_CLOSE, .reason = reason, .text = text };

  self->is_meant = reason == WEFT_LINK_REASON_DROPPED || reason == WEFT_LINK_REASON_SHUTDOWN;
  step (self, &event);
}

gboolean
weft_link_submit (WeftLink          *self,
                  WeftLinkEventType  type,
                  const char        *protocol,
                  JsonNode          *body,
                  const char        *body_text,
                  gint64             deadline_usec,
                  gint64            *id,
                  GError           **error)
{
  g_auto (WeftLinkEffects) effects;
  WeftLinkEvent event = {
    .type = type,
    .protocol = protocol,
    .body = body,
    .body_text = body_text,
    .deadline_usec = deadline_usec,
  };

  weft_link_effects_init (&effects);
  step_into (self, &event, &effects);
  if (effects.refusal != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&effects.refusal));
      return FALSE;
    }
  if (id != NULL)
    *id = effects.request_id;

  return TRUE;
}

void
weft_link_cancel (WeftLink *self,
                  gint64    id)
{
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_CANCEL, .id = id };

  step (self, &event);
}

/* An event that has nothing to say but its name. */
void
weft_link_tell (WeftLink          *self,
                WeftLinkEventType  type)
{
  WeftLinkEvent event = { .type = type };

  step (self, &event);
}

typedef struct
{
  WeftLink *link;
  gint64 id;
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  weft_link_unref (answer->link);
  g_free (answer);
}

static void
on_reply (WeftRequest  *request,
          JsonNode     *body,
          const GError *error,
          gpointer      user_data)
{
  Answer *answer = user_data;
  WeftLink *link = answer->link;
  WeftLinkEvent event = {
    .type = WEFT_LINK_EVENT_REPLY,
    .id = answer->id,
    .body = body,
    .body_text = weft_request_peek_reply_text (request),
    .error = error,
  };

  g_tree_remove (link->requests, &answer->id);
  if (link->hub == NULL)
    return;
  step (link, &event);
  weft_link_hub_arm (link->hub);
}

static gboolean
is_served (WeftLinkHub *hub,
           const char  *protocol)
{
  return hub->handler != NULL &&
         g_strv_contains ((const char *const *) hub->protocols, protocol);
}

static void
refuse (WeftRequest *request)
{
  g_autoptr (GError) error = g_error_new (WEFT_ERROR, WEFT_ERROR_REFUSED,
                                          "the protocol %s is not served here",
                                          weft_request_get_protocol (request));

  weft_request_fail (request, error);
}

static WeftRequest *
make_request (WeftLink             *self,
              const WeftLinkNotice *notice)
{
  WeftPeer *peer = weft_link_peer_get_peer (self->peer);
  WeftRequest *request;
  Answer *answer;

  if (notice->id == 0)
    return weft_request_new_from_tape (peer, notice->protocol, notice->tape, notice->body,
                                       notice->deadline_usec, NULL, NULL, NULL);

  answer = g_new0 (Answer, 1);
  *answer = (Answer) { weft_link_ref (self), notice->id };
  request = weft_request_new_from_tape (peer, notice->protocol, notice->tape, notice->body,
                                        notice->deadline_usec, on_reply, answer, answer_free);
  weft_request_set_takes_text (request);
  g_tree_insert (self->requests, &answer->id, request);

  return request;
}

void
weft_link_handle (WeftLink             *self,
                  const WeftLinkNotice *notice)
{
  WeftLinkHub *hub = self->hub;
  g_autoptr (WeftRequest) request = NULL;

  /* The peer went, and was said to have gone, while this waited its turn. */
  if (hub == NULL || self->peer == NULL)
    return;

  request = make_request (self, notice);
  if (is_served (hub, notice->protocol))
    hub->handler (WEFT_TRANSPORT (hub->transport), request, hub->handler_data);
  else if (notice->id != 0)
    refuse (request);
}

void
weft_link_withdraw (WeftLink *self,
                    gint64    id)
{
  WeftRequest *request = g_tree_lookup (self->requests, &id);
  g_autoptr (WeftRequest) alive = NULL;

  if (request == NULL)
    return;
  alive = g_object_ref (request);
  g_cancellable_cancel (weft_request_get_cancellable (request));
}
