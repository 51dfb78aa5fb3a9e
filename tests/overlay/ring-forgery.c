/* ring-forgery.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-hostile.h"

#include <string.h>

/* Time for a message to get there, and for what it leads to. */
#define TRY_USEC RING_MSEC (200)
#define FALSE_ADDRESS "/ip4/10.254.254.254/tcp/4001/ws"

typedef struct
{
  RingWorld *world;
  RingNode *attacker;
  RingNode *victim;   /* whom it tries to deceive */
  RingNode *subject;  /* about whom */
  WeftRingContact *old_contact; /* of an earlier life of the subject */
  GBytes *old_leave;
  guint64 old_incarnation;
} Attack;

static const char *const names[RING_N_FORGERIES] = {
  "sender", "signature", "network", "contact", "address", "old contact", "leave", "old leave",
  "note", "reply peer", "reply nonce", "reply type", "reply unasked",
};

const char *
ring_forgery_to_name (RingForgery self)
{
  return names[self];
}

static WeftRingContact *
sign_contact (WeftPeerId   *peer_id,
              const char   *address,
              guint64       incarnation,
              RingIdentity *signer,
              const char   *network)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();

  g_ptr_array_add (addresses, (gpointer) address);

  return weft_ring_contact_new (peer_id, addresses, incarnation, NULL, network,
                                ring_identity_sign, signer);
}

static guint64
draw_nonce (Attack *self)
{
  return ring_chance_below (&self->world->chance, G_GUINT64_CONSTANT (1) << 52) + 1;
}

/* A request as the attacker may send it. */
static WeftRingMessage *
make_request (Attack              *self,
              WeftRingMessageType  type)
{
  WeftRingMessage *message = weft_ring_message_new (type);
  WeftRingContact *own = weft_ring_machine_get_own (self->attacker->machine);

  message->sender = weft_ring_contact_ref (own);
  message->incarnation = weft_ring_contact_get_incarnation (own);
  message->nonce = draw_nonce (self);

  return message;
}

static void
set_sender (WeftRingMessage *message,
            WeftRingContact *sender)
{
  g_clear_pointer (&message->sender, weft_ring_contact_unref);
  message->sender = sender;
  message->incarnation = weft_ring_contact_get_incarnation (sender);
}

static WeftRingMessage *
make_sender (Attack      *self,
             RingForgery  forgery)
{
  WeftRingMessage *message = make_request (self, WEFT_RING_PING);
  RingIdentity *signer = &self->attacker->identity;
  guint64 incarnation = message->incarnation + 1;

  if (forgery == RING_FORGERY_SENDER)
    set_sender (message, ring_hostile_ghost (self->world, RING_NETWORK));
  else if (forgery == RING_FORGERY_SIGNATURE)
    set_sender (message, sign_contact (signer->peer_id, FALSE_ADDRESS, incarnation,
                                       &self->subject->identity, RING_NETWORK));
  else
    set_sender (message, sign_contact (signer->peer_id, self->attacker->address, incarnation,
                                       signer, "another"));

  return message;
}

static WeftRingMessage *
make_announce (Attack      *self,
               RingForgery  forgery)
{
  WeftRingMessage *message = make_request (self, WEFT_RING_ANNOUNCE);
  RingIdentity *signer = &self->attacker->identity;
  WeftPeerId *subject_id = self->subject->identity.peer_id;
  g_autoptr (WeftRingContact) contact = NULL;

  if (forgery == RING_FORGERY_CONTACT)
    {
      g_autoptr (WeftRingContact) ghost = ring_hostile_ghost (self->world, RING_NETWORK);

      contact = sign_contact (weft_ring_contact_get_peer_id (ghost), FALSE_ADDRESS, 1, signer,
                              RING_NETWORK);
    }
  else if (forgery == RING_FORGERY_ADDRESS)
    contact = sign_contact (subject_id, FALSE_ADDRESS, self->subject->incarnation + 1000, signer,
                            RING_NETWORK);
  else
    contact = weft_ring_contact_ref (self->old_contact);
  weft_ring_message_add_contact (message, contact);

  return message;
}

static WeftRingMessage *
make_note (Attack      *self,
           RingForgery  forgery)
{
  WeftRingMessageType type = forgery == RING_FORGERY_NOTE ? WEFT_RING_ANNOUNCE : WEFT_RING_LEAVE;
  WeftRingMessage *message = make_request (self, type);
  WeftPeerId *subject_id = self->subject->identity.peer_id;
  guint64 incarnation = self->subject->incarnation;
  g_autoptr (GBytes) text = weft_ring_leave_text (RING_NETWORK, subject_id, incarnation);
  g_autoptr (GBytes) signature = ring_identity_sign (text, &self->attacker->identity);

  if (forgery == RING_FORGERY_OLD_LEAVE)
    {
      /* The old goodbye, and the same for a life that it did not sign. */
      gboolean is_old = ring_chance_below (&self->world->chance, 2) == 0;

      weft_ring_message_add_note (message, WEFT_RING_NOTE_LEFT, subject_id,
                                  is_old ? self->old_incarnation : incarnation, self->old_leave);
      return message;
    }
  weft_ring_message_add_note (message, WEFT_RING_NOTE_LEFT, subject_id, incarnation, signature);
  if (forgery == RING_FORGERY_NOTE)
    weft_ring_message_add_note (message, WEFT_RING_NOTE_DEAD, subject_id, incarnation, NULL);

  return message;
}

static WeftRingMessage *
make_forged_request (Attack      *self,
                     RingForgery  forgery)
{
  if (forgery <= RING_FORGERY_NETWORK)
    return make_sender (self, forgery);
  if (forgery <= RING_FORGERY_OLD_CONTACT)
    return make_announce (self, forgery);

  return make_note (self, forgery);
}

/* As if it answered what the victim asked last, and told of somebody who does not exist. */
static void
reply (Attack      *self,
       RingForgery  forgery)
{
  RingNode *victim = self->victim;
  RingNode *from = &self->world->nodes[victim->last_target];
  g_autoptr (WeftRingMessage) message = make_request (self, victim->last_type);
  g_autoptr (WeftRingContact) ghost = ring_hostile_ghost (self->world, RING_NETWORK);
  guint64 id = victim->last_id;

  /* What the attacker itself was asked, it may answer. */
  if (from->machine == NULL || (forgery == RING_FORGERY_REPLY_PEER && from == self->attacker))
    return;
  message->is_reply = TRUE;
  message->nonce = victim->last_nonce;
  weft_ring_message_add_contact (message, ghost);
  if (forgery == RING_FORGERY_REPLY_PEER)
    from = self->attacker;
  else
    set_sender (message, weft_ring_contact_ref (weft_ring_machine_get_own (from->machine)));
  if (forgery == RING_FORGERY_REPLY_NONCE)
    message->nonce = draw_nonce (self);
  if (forgery == RING_FORGERY_REPLY_TYPE)
    message->type = message->type == WEFT_RING_LOOKUP ? WEFT_RING_NEIGHBOURS : WEFT_RING_LOOKUP;
  if (forgery == RING_FORGERY_REPLY_UNASKED)
    id += 1000000;
  ring_node_step (self->world, victim, &(WeftRingEvent) {
    .type = WEFT_RING_EVENT_REPLY, .id = id, .message = message,
    .peer_id = from->identity.peer_id });
}

/* Whether the victim believes of the subject what it should not. */
static gboolean
is_deceived (Attack *self)
{
  WeftRingTable *table = weft_ring_machine_get_table (self->victim->machine);
  WeftRingEntry *entry = weft_ring_table_find (table, self->subject->identity.peer_id);
  GPtrArray *addresses;

  if (entry == NULL)
    return FALSE;
  addresses = weft_ring_contact_get_addresses (entry->contact);

  return weft_ring_contact_get_incarnation (entry->contact) <= self->old_incarnation
         || strcmp (addresses->pdata[0], self->subject->address) != 0;
}

static gboolean
knows_subject (Attack *self)
{
  return weft_ring_table_find (weft_ring_machine_get_table (self->victim->machine),
                               self->subject->identity.peer_id) != NULL;
}

/* The subject says goodbye and comes back, so that there is something to replay. */
static void
begin_attack (Attack    *self,
              RingWorld *world)
{
  g_autoptr (GBytes) text = NULL;
  RingNode *near[3];
  guint n;

  self->world = world;
  self->victim = ring_world_draw_up (world);
  n = ring_truth_neighbours (world, self->victim, TRUE, near, G_N_ELEMENTS (near));
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (near));
  self->subject = near[0];
  self->attacker = near[2];
  self->old_contact = weft_ring_contact_ref (weft_ring_machine_get_own (self->subject->machine));
  self->old_incarnation = weft_ring_contact_get_incarnation (self->old_contact);
  text = weft_ring_leave_text (RING_NETWORK, self->subject->identity.peer_id,
                               self->old_incarnation);
  self->old_leave = ring_identity_sign (text, &self->subject->identity);

  ring_node_leave (world, self->subject);
  ring_world_run (world, RING_SECONDS (5));
  ring_node_move (world, self->subject);
  ring_node_start (world, self->subject, 3);
  ring_world_run (world, RING_SECONDS (10));
}

guint
ring_forgery_try (RingWorld   *world,
                  RingForgery  forgery,
                  guint        n,
                  guint       *n_removed)
{
  Attack self = { NULL };
  guint n_accepted = 0;

  begin_attack (&self, world);
  g_assert_true (knows_subject (&self));
  for (guint i = 0; i < n; i++)
    {
      guint64 n_ghosts = world->tally.n_ghosts;
      gboolean is_accepted = FALSE;
      gboolean was_known = knows_subject (&self);

      if (forgery >= RING_FORGERY_REPLY_PEER)
        reply (&self, forgery);
      else
        {
          g_autoptr (WeftRingMessage) message = make_forged_request (&self, forgery);

          world->is_refused = FALSE;
          ring_net_inject (world, self.attacker, self.victim, message);
        }
      ring_world_run (world, TRY_USEC);
      if (forgery <= RING_FORGERY_NETWORK)
        is_accepted = !world->is_refused;
      is_accepted = is_accepted || world->tally.n_ghosts > n_ghosts || is_deceived (&self);
      n_accepted += is_accepted;
      *n_removed += was_known && !knows_subject (&self);
    }
  g_clear_pointer (&self.old_contact, weft_ring_contact_unref);
  g_clear_pointer (&self.old_leave, g_bytes_unref);

  return n_accepted;
}
