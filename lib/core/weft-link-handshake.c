/* weft-link-handshake.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-machine-internal-private.h"

#include "weft-handshake-private.h"
#include "weft-limits.h"

void
weft_link_machine_start (WeftLinkMachine     *self,
                         const WeftLinkEvent *event,
                         WeftLinkEffects     *effects)
{
  g_assert (self->state == WEFT_LINK_STATE_IDLE);
  g_assert (event->bytes != NULL);

  self->binding = event->binding != NULL ? g_bytes_ref (event->binding) : NULL;
  self->own = weft_hello_new (self->peer_id, event->bytes, self->network, self->agent,
                              self->is_client, (const char *const *) self->protocols,
                              self->addresses, &self->limits, self->binding != NULL);
  self->state = WEFT_LINK_STATE_HELLO;
  self->handshake_deadline_usec = event->now_usec + WEFT_LIMIT_HANDSHAKE_USEC;
  weft_link_effects_add (effects, WEFT_LINK_EFFECT_SEND)->bytes =
      weft_envelope_write_hello (self->own->text);
}

/* The binding counts if both sides know it. Neither can be made to believe that the other does
 * not, as each signs what it said. So a client that cannot know it, and a node behind a proxy that
 * ends TLS, still prove who they are, and the other side sees that the proof is not bound. */
static GBytes *
get_common_binding (WeftLinkMachine *self)
{
  return weft_link_machine_is_bound (self) ? self->binding : NULL;
}

static void
open_if_ready (WeftLinkMachine     *self,
               const WeftLinkEvent *event,
               WeftLinkEffects     *effects)
{
  if (!self->is_proof_sent || !self->is_proof_good)
    return;

  self->state = WEFT_LINK_STATE_OPEN;
  weft_link_machine_hear (self, event->now_usec);
  weft_link_outgoing_open (&self->outgoing, &self->other->limits);
  weft_link_incoming_open (&self->incoming, &self->other->limits);
  weft_link_effects_add (effects, WEFT_LINK_EFFECT_OPENED);
}

void
weft_link_machine_signed (WeftLinkMachine     *self,
                          const WeftLinkEvent *event,
                          WeftLinkEffects     *effects)
{
  if (self->state != WEFT_LINK_STATE_PROOF)
    return;

  g_assert (!self->is_proof_sent);
  self->is_proof_sent = TRUE;
  weft_link_effects_add (effects, WEFT_LINK_EFFECT_SEND)->bytes =
      weft_envelope_write_proof (event->bytes);
  open_if_ready (self, event, effects);
}

/* Whether the other side is one we talk to. What it says is not proved yet. */
static gboolean
is_welcome (WeftLinkMachine *self,
            const WeftHello *other,
            WeftLinkEffects *effects)
{
  g_autofree char *text = NULL;

  if (weft_peer_id_equal (other->peer_id, self->peer_id))
    {
      weft_link_machine_end (self, WEFT_LINK_REASON_SELF, "the other side has our own peer id",
                             effects);
      return FALSE;
    }
  if (!g_str_equal (other->network, self->network))
    {
      text = g_strdup_printf ("the network “%s” was expected, got “%s”", self->network,
                              other->network);
      weft_link_machine_end (self, WEFT_LINK_REASON_WRONG_NETWORK, text, effects);
      return FALSE;
    }
  if (self->expected_peer_id != NULL &&
      !weft_peer_id_equal (other->peer_id, self->expected_peer_id))
    {
      text = g_strdup_printf ("the peer %s was expected, got %s",
                              weft_peer_id_get_text (self->expected_peer_id),
                              weft_peer_id_get_text (other->peer_id));
      weft_link_machine_end (self, WEFT_LINK_REASON_WRONG_PEER, text, effects);
      return FALSE;
    }

  return TRUE;
}

static void
receive_hello (WeftLinkMachine *self,
               const WeftItem  *hello,
               WeftLinkEffects *effects)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftHello) other = weft_hello_read (hello, &error);

  if (other == NULL)
    {
      weft_link_machine_end (self,
                             g_error_matches (error, WEFT_ERROR, WEFT_ERROR_REFUSED)
                                 ? WEFT_LINK_REASON_VERSION
                                 : WEFT_LINK_REASON_PROTOCOL,
                             error->message, effects);
      return;
    }
  if (!is_welcome (self, other, effects))
    return;

  self->other = g_steal_pointer (&other);
  self->state = WEFT_LINK_STATE_PROOF;
  weft_link_effects_add (effects, WEFT_LINK_EFFECT_SIGN)->bytes =
      weft_handshake_make_transcript (self->is_dialer, self->own->text, self->other->text,
                                      get_common_binding (self));
}

static void
receive_proof (WeftLinkMachine *self,
               GBytes          *signature,
               WeftLinkEffects *effects)
{
  WeftLinkEffect *effect;

  if (self->is_proof_received)
    {
      weft_link_machine_end (self, WEFT_LINK_REASON_PROTOCOL, "one proof was expected, got two",
                             effects);
      return;
    }
  self->is_proof_received = TRUE;
  effect = weft_link_effects_add (effects, WEFT_LINK_EFFECT_VERIFY);
  effect->signer = weft_peer_id_ref (self->other->peer_id);
  effect->signature = g_bytes_ref (signature);
  effect->bytes = weft_handshake_make_transcript (!self->is_dialer, self->other->text,
                                                  self->own->text, get_common_binding (self));
}

void
weft_link_machine_verified (WeftLinkMachine     *self,
                            const WeftLinkEvent *event,
                            WeftLinkEffects     *effects)
{
  if (self->state != WEFT_LINK_STATE_PROOF)
    return;

  g_assert (self->is_proof_received);
  g_assert (!self->is_proof_good);
  if (!event->is_genuine)
    {
      weft_link_machine_end (self, WEFT_LINK_REASON_BAD_PROOF,
                             "the proof does not verify with the peer's key", effects);
      return;
    }
  self->is_proof_good = TRUE;
  open_if_ready (self, event, effects);
}

/* A frame of somebody who has not proved who it is: a hello, then a proof, and nothing else. */
void
weft_link_machine_handshake_frame (WeftLinkMachine     *self,
                                   const WeftLinkEvent *event,
                                   WeftLinkEffects     *effects)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftEnvelope) envelope = weft_envelope_parse_stranger (event->bytes, &error);

  if (envelope == NULL)
    weft_link_machine_end (self,
                           g_error_matches (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE)
                               ? WEFT_LINK_REASON_TOO_LARGE
                               : WEFT_LINK_REASON_PROTOCOL,
                           error->message, effects);
  else if (self->state == WEFT_LINK_STATE_HELLO && envelope->kind == WEFT_ENVELOPE_HELLO)
    receive_hello (self, envelope->body, effects);
  else if (self->state == WEFT_LINK_STATE_PROOF && envelope->kind == WEFT_ENVELOPE_PROOF)
    receive_proof (self, envelope->signature, effects);
  else
    weft_link_machine_end (self, WEFT_LINK_REASON_PROTOCOL,
                           self->state == WEFT_LINK_STATE_HELLO
                               ? "a hello was expected, got another envelope"
                               : "a proof was expected, got another envelope",
                           effects);
}
