/* weft-link-machine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-machine-internal-private.h"

#include "weft-bug-private.h"
#include "weft-limits.h"

/* A peer whose channel holds so much does not read: not even an error fits any more. */
#define CHANNEL_BYTES_MAX (WEFT_LIMIT_PEER_QUEUED_BYTES_MAX + WEFT_LIMIT_CONTROL_BYTES_MAX)
/* Envelopes without a body; a larger one only makes us parse. */
#define BARE_BYTES_MAX 4096
/* A peer that lives says by itself that it has no reply. When nothing is heard for so long after a
 * deadline, pings leave, and so far apart. Nobody is doubted whom we heard just now. */
#define DOUBT_USEC G_TIME_SPAN_SECOND
#define DOUBT_PING_USEC (2 * G_TIME_SPAN_SECOND)

WeftLinkMachine *
weft_link_machine_new (const WeftLinkConfig *config)
{
  WeftLinkMachine *self = g_new0 (WeftLinkMachine, 1);

  g_assert (config->peer_id != NULL);
  g_assert (config->network != NULL);

  self->peer_id = weft_peer_id_ref (config->peer_id);
  if (config->expected_peer_id != NULL)
    self->expected_peer_id = weft_peer_id_ref (config->expected_peer_id);
  self->network = g_strdup (config->network);
  self->agent = g_strdup (config->agent != NULL ? config->agent : "");
  self->is_client = config->is_client;
  self->is_dialer = config->is_dialer;
  self->protocols = g_strdupv ((char **) config->protocols);
  self->addresses = config->addresses != NULL ? g_ptr_array_ref (config->addresses) : NULL;
  self->limits = config->limits;
  if (self->limits.message == 0)
    self->limits = (WeftHelloLimits) {
      .requests = WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX,
      .bytes = WEFT_LIMIT_PEER_QUEUED_BYTES_MAX,
      .message = WEFT_LIMIT_MESSAGE_BYTES_MAX,
    };
  self->probe = -1;
  weft_link_outgoing_init (&self->outgoing);
  weft_link_incoming_init (&self->incoming, &self->limits);

  return self;
}

void
weft_link_machine_free (WeftLinkMachine *self)
{
  weft_link_outgoing_clear (&self->outgoing);
  weft_link_incoming_clear (&self->incoming);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->expected_peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->agent, g_free);
  g_clear_pointer (&self->protocols, g_strfreev);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_pointer (&self->own, weft_hello_free);
  g_clear_pointer (&self->other, weft_hello_free);
  g_clear_pointer (&self->binding, g_bytes_unref);
  g_free (self);
}

static gboolean
is_over (WeftLinkMachine *self)
{
  return self->state == WEFT_LINK_STATE_CLOSING || self->state == WEFT_LINK_STATE_CLOSED;
}

void
weft_link_machine_end (WeftLinkMachine *self,
                       WeftLinkReason   reason,
                       const char      *text,
                       WeftLinkEffects *effects)
{
  const char *name = weft_link_reason_get_name (reason);
  g_autoptr (GError) error = NULL;
  WeftLinkEffect *effect;
  gboolean was_open;

  if (is_over (self))
    return;

  error = g_error_new (WEFT_ERROR, weft_link_reason_get_code (reason), "%s: %s", name, text);
  was_open = self->state == WEFT_LINK_STATE_OPEN;
  self->state = WEFT_LINK_STATE_CLOSING;
  weft_link_outgoing_end (&self->outgoing, reason, error->message, effects);
  weft_link_incoming_end (&self->incoming, effects);
  weft_link_effects_count (effects, weft_link_reason_get_counter (reason));

  effect = weft_link_effects_add (effects, WEFT_LINK_EFFECT_ENDED);
  effect->was_open = was_open;
  effect->error = g_steal_pointer (&error);
  weft_link_effects_add (effects, WEFT_LINK_EFFECT_CLOSE)->text =
      g_strdup_printf ("%s: %s", name, text);
}

static void
send_number (WeftEnvelopeKind kind,
             gint64           number,
             WeftLinkEffects *effects)
{
  weft_link_effects_add (effects, WEFT_LINK_EFFECT_SEND)->bytes =
      weft_envelope_write_number (kind, number);
}

static void
receive_ping (WeftLinkMachine     *self,
              gint64               number,
              const WeftLinkEvent *event,
              WeftLinkEffects     *effects)
{
  if (event->now_usec - self->pings_since_usec >= G_TIME_SPAN_SECOND)
    {
      self->pings_since_usec = event->now_usec;
      self->n_pings = 0;
    }
  if (++self->n_pings > WEFT_LIMIT_PINGS_PER_SECOND)
    weft_link_machine_end (self, WEFT_LINK_REASON_PINGS, "too many pings in a second", effects);
  else
    send_number (WEFT_ENVELOPE_PONG, number, effects);
}

static void
receive_message (WeftLinkMachine     *self,
                 WeftEnvelope        *envelope,
                 gsize                size,
                 const WeftLinkEvent *event,
                 WeftLinkEffects     *effects)
{
  g_autoptr (GError) error = NULL;
  WeftLinkReason reason;

  if (self->is_bye_received)
    weft_link_machine_end (self, WEFT_LINK_REASON_PROTOCOL, "a message came after a bye", effects);
  else if (!weft_link_incoming_receive (&self->incoming, envelope, size, event, effects, &reason,
                                        &error))
    weft_link_machine_end (self, reason, error->message, effects);
}

static void
receive_envelope (WeftLinkMachine     *self,
                  WeftEnvelope        *envelope,
                  gsize                size,
                  const WeftLinkEvent *event,
                  WeftLinkEffects     *effects)
{
  switch (envelope->kind)
    {
    case WEFT_ENVELOPE_REQUEST:
    case WEFT_ENVELOPE_ONE_WAY:
      receive_message (self, envelope, size, event, effects);
      break;

    case WEFT_ENVELOPE_REPLY:
    case WEFT_ENVELOPE_ERROR:
      if (!weft_link_outgoing_settle (&self->outgoing, envelope, size, event, effects))
        weft_link_machine_end (self, WEFT_LINK_REASON_PROTOCOL,
                               "a reply came to a request that was never sent", effects);
      break;

    case WEFT_ENVELOPE_CANCEL:
      weft_link_incoming_cancel (&self->incoming, envelope->number, effects);
      break;

    case WEFT_ENVELOPE_CREDIT:
      weft_link_outgoing_grant (&self->outgoing, envelope->number, event, effects);
      break;

    case WEFT_ENVELOPE_PING:
      receive_ping (self, envelope->number, event, effects);
      break;

    case WEFT_ENVELOPE_PONG:
      if (envelope->number == self->probe)
        {
          self->probe = -1;
          weft_link_effects_add (effects, WEFT_LINK_EFFECT_ALIVE);
        }
      break;

    case WEFT_ENVELOPE_BYE:
      if (!self->is_bye_received)
        weft_link_effects_add (effects, WEFT_LINK_EFFECT_BYE);
      self->is_bye_received = TRUE;
      break;

    case WEFT_ENVELOPE_HELLO:
    case WEFT_ENVELOPE_PROOF:
      weft_link_machine_end (self, WEFT_LINK_REASON_PROTOCOL,
                             "a handshake came on an open link", effects);
      break;

    default:
      g_assert_not_reached ();
    }
}

static gboolean
may_be_large (WeftEnvelopeKind kind)
{
  return kind == WEFT_ENVELOPE_REQUEST || kind == WEFT_ENVELOPE_ONE_WAY ||
         kind == WEFT_ENVELOPE_REPLY || kind == WEFT_ENVELOPE_ERROR;
}

void
weft_link_machine_hear (WeftLinkMachine *self,
                        gint64           now_usec)
{
  self->heard_usec = now_usec;
  self->next_ping_usec = now_usec + WEFT_LIMIT_PING_USEC;
  self->pings_missed = 0;
  self->is_doubted = FALSE;
}

static void
step_frame (WeftLinkMachine     *self,
            const WeftLinkEvent *event,
            WeftLinkEffects     *effects)
{
  gsize size = g_bytes_get_size (event->bytes);
  g_autoptr (WeftEnvelope) envelope = NULL;
  g_autoptr (GError) error = NULL;

  if (is_over (self))
    return;
  if (self->state != WEFT_LINK_STATE_OPEN)
    {
      weft_link_machine_handshake_frame (self, event, effects);
      return;
    }

  weft_link_machine_hear (self, event->now_usec);
  envelope = weft_envelope_parse (event->bytes, &error);
  if (envelope == NULL)
    weft_link_machine_end (self,
                           g_error_matches (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE)
                               ? WEFT_LINK_REASON_TOO_LARGE
                               : WEFT_LINK_REASON_PROTOCOL,
                           error->message, effects);
  else if (size > BARE_BYTES_MAX && !may_be_large (envelope->kind))
    weft_link_machine_end (self, WEFT_LINK_REASON_TOO_LARGE,
                           "an envelope without a body was expected to be short", effects);
  else
    receive_envelope (self, envelope, size, event, effects);
}

static void
step_submit (WeftLinkMachine     *self,
             const WeftLinkEvent *event,
             WeftLinkEffects     *effects)
{
  if (self->state == WEFT_LINK_STATE_OPEN && !self->is_draining)
    weft_link_outgoing_submit (&self->outgoing, event, effects);
  else
    effects->refusal = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                            "the connection takes no new messages");
}

static void
step_probe (WeftLinkMachine *self,
            WeftLinkEffects *effects)
{
  if (self->state != WEFT_LINK_STATE_OPEN)
    return;

  self->probe = ++self->last_ping;
  send_number (WEFT_ENVELOPE_PING, self->probe, effects);
}

static void
step_drain (WeftLinkMachine     *self,
            const WeftLinkEvent *event)
{
  if (self->state != WEFT_LINK_STATE_OPEN || self->is_draining)
    return;

  /* All that is queued or in flight ends by its own deadline; once more for the other side. */
  self->is_draining = TRUE;
  self->drain_deadline_usec = event->now_usec + 2 * WEFT_LIMIT_REPLY_USEC;
}

static void
begin_doubt (WeftLinkMachine *self,
             gint64           ping_usec)
{
  if (self->state != WEFT_LINK_STATE_OPEN || self->is_doubted)
    return;

  self->is_doubted = TRUE;
  self->next_ping_usec = MIN (self->next_ping_usec, ping_usec);
}

static void
keep_alive (WeftLinkMachine *self,
            gint64           now_usec,
            WeftLinkEffects *effects)
{
  if (self->outgoing.overdue_usec == now_usec)
    begin_doubt (self, now_usec + DOUBT_USEC);
  if (now_usec < self->next_ping_usec)
    return;

  if (WEFT_BUG (SILENCE_BELIEVED))
    self->pings_missed = 0;
  if (self->pings_missed == WEFT_LIMIT_PINGS_MISSED_MAX)
    {
      weft_link_effects_add (effects, WEFT_LINK_EFFECT_LOST);
      weft_link_machine_end (self, WEFT_LINK_REASON_LOST, "no sign of life", effects);
      return;
    }
  self->pings_missed++;
  self->next_ping_usec = now_usec + (self->is_doubted ? DOUBT_PING_USEC : WEFT_LIMIT_PING_USEC);
  send_number (WEFT_ENVELOPE_PING, ++self->last_ping, effects);
}

static void
step_timeout_open (WeftLinkMachine     *self,
                   const WeftLinkEvent *event,
                   WeftLinkEffects     *effects)
{
  weft_link_incoming_expire (&self->incoming, event, effects);
  if (!weft_link_outgoing_expire (&self->outgoing, event, effects))
    {
      weft_link_machine_end (self, WEFT_LINK_REASON_UNANSWERED,
                             "a reply is still missing long after its deadline", effects);
      return;
    }
  if (self->is_draining && event->now_usec >= self->drain_deadline_usec)
    {
      weft_link_machine_end (self, WEFT_LINK_REASON_DRAINED,
                             "the other side did not finish in time", effects);
      return;
    }
  keep_alive (self, event->now_usec, effects);
}

static void
step_timeout (WeftLinkMachine     *self,
              const WeftLinkEvent *event,
              WeftLinkEffects     *effects)
{
  if (self->state == WEFT_LINK_STATE_OPEN)
    step_timeout_open (self, event, effects);
  else if (!is_over (self) && event->now_usec >= self->handshake_deadline_usec)
    weft_link_machine_end (self, WEFT_LINK_REASON_TIMEOUT, "the handshake took too long", effects);
}

/* The channel is gone: nothing can be sent or closed any more. */
static void
step_closed (WeftLinkMachine     *self,
             const WeftLinkEvent *event,
             WeftLinkEffects     *effects)
{
  weft_link_machine_end (self, WEFT_LINK_REASON_CLOSED,
                         event->error != NULL ? event->error->message
                                              : "the other side closed the connection",
                         effects);
  self->state = WEFT_LINK_STATE_CLOSED;
}

static void
dispatch (WeftLinkMachine     *self,
          const WeftLinkEvent *event,
          WeftLinkEffects     *effects)
{
  switch (event->type)
    {
    case WEFT_LINK_EVENT_START:
      weft_link_machine_start (self, event, effects);
      break;

    case WEFT_LINK_EVENT_SIGNED:
      weft_link_machine_signed (self, event, effects);
      break;

    case WEFT_LINK_EVENT_VERIFIED:
      weft_link_machine_verified (self, event, effects);
      break;

    case WEFT_LINK_EVENT_FRAME:
      step_frame (self, event, effects);
      break;

    case WEFT_LINK_EVENT_REQUEST:
    case WEFT_LINK_EVENT_ONE_WAY:
      step_submit (self, event, effects);
      break;

    case WEFT_LINK_EVENT_CANCEL:
      weft_link_outgoing_cancel (&self->outgoing, event, effects);
      break;

    case WEFT_LINK_EVENT_REPLY:
      weft_link_incoming_reply (&self->incoming, event, effects);
      break;

    case WEFT_LINK_EVENT_PROBE:
      step_probe (self, effects);
      break;

    case WEFT_LINK_EVENT_DOUBT:
      begin_doubt (self, MAX (event->now_usec, self->heard_usec + DOUBT_USEC));
      break;

    case WEFT_LINK_EVENT_DRAIN:
      step_drain (self, event);
      break;

    case WEFT_LINK_EVENT_CLOSE:
      weft_link_machine_end (self, event->reason, event->text, effects);
      break;

    case WEFT_LINK_EVENT_TIMEOUT:
      step_timeout (self, event, effects);
      break;

    case WEFT_LINK_EVENT_CLOSED:
      step_closed (self, event, effects);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* A draining link says bye once all it had to ask is sent, and is over once nothing is left. */
static void
finish_drain (WeftLinkMachine *self,
              WeftLinkEffects *effects)
{
  if (self->state != WEFT_LINK_STATE_OPEN || !self->is_draining)
    return;

  if (!self->is_bye_sent && g_queue_is_empty (&self->outgoing.queue))
    {
      self->is_bye_sent = TRUE;
      weft_link_effects_add (effects, WEFT_LINK_EFFECT_SEND)->bytes =
          weft_envelope_write_bye ("another connection took over");
    }
  if (self->is_bye_sent && self->is_bye_received &&
      weft_link_outgoing_is_idle (&self->outgoing) && weft_link_incoming_is_idle (&self->incoming))
    weft_link_machine_end (self, WEFT_LINK_REASON_DRAINED, "another connection took over", effects);
}

/* Somebody who does not read must not make us hold what we write. */
static void
check_reading (WeftLinkMachine     *self,
               const WeftLinkEvent *event,
               WeftLinkEffects     *effects)
{
  if (event->channel_bytes <= CHANNEL_BYTES_MAX || effects->n_items == 0)
    return;

  weft_link_machine_end (self, WEFT_LINK_REASON_NOT_READING,
                         "too many bytes wait to be read by the other side", effects);
}

static gint64
get_deadline (WeftLinkMachine *self)
{
  gint64 deadline_usec;

  if (self->state == WEFT_LINK_STATE_HELLO || self->state == WEFT_LINK_STATE_PROOF)
    return self->handshake_deadline_usec;
  if (self->state != WEFT_LINK_STATE_OPEN)
    return G_MAXINT64;

  deadline_usec = MIN (weft_link_outgoing_get_deadline (&self->outgoing),
                       weft_link_incoming_get_deadline (&self->incoming));
  if (self->is_draining)
    deadline_usec = MIN (deadline_usec, self->drain_deadline_usec);

  return MIN (deadline_usec, self->next_ping_usec);
}

void
weft_link_machine_step (WeftLinkMachine     *self,
                        const WeftLinkEvent *event,
                        WeftLinkEffects     *effects)
{
  g_assert (effects->items != NULL);
  g_assert (event->now_usec >= 0);

  self->incoming.sent_bytes = 0;
  dispatch (self, event, effects);
  finish_drain (self, effects);
  check_reading (self, event, effects);
  effects->deadline_usec = get_deadline (self);

  weft_link_outgoing_check (&self->outgoing);
  weft_link_incoming_check (&self->incoming);
  g_assert (self->pings_missed <= WEFT_LIMIT_PINGS_MISSED_MAX);
  g_assert (!is_over (self) || g_tree_nnodes (self->outgoing.requests) == 0);
  g_assert (!is_over (self) || g_tree_nnodes (self->incoming.requests) == 0);
  g_assert (self->state == WEFT_LINK_STATE_IDLE || is_over (self) ||
            effects->deadline_usec < G_MAXINT64);
}

WeftLinkState
weft_link_machine_get_state (WeftLinkMachine *self)
{
  return self->state;
}

WeftHello *
weft_link_machine_get_own_hello (WeftLinkMachine *self)
{
  return self->own;
}

WeftHello *
weft_link_machine_get_hello (WeftLinkMachine *self)
{
  return self->other;
}

gboolean
weft_link_machine_is_bound (WeftLinkMachine *self)
{
  return self->binding != NULL && self->other != NULL && self->other->has_binding;
}

gboolean
weft_link_machine_is_draining (WeftLinkMachine *self)
{
  return self->is_draining;
}
