/* ring-hostile.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ring-truth.h"

G_BEGIN_DECLS

/* A RingMeddle: forwarders answer with their friends or with peers that do not exist, liars say
 * that the network is ten times as large. */
WeftRingMessage *ring_hostile_meddle  (RingWorld       *world,
                                       RingNode        *node,
                                       WeftRingMessage *asked,
                                       WeftRingMessage *message) G_GNUC_WARN_UNUSED_RESULT;
WeftRingMessage *ring_hostile_copy    (WeftRingMessage *message) G_GNUC_WARN_UNUSED_RESULT;
/* A peer that does not exist, as it would describe itself. */
WeftRingContact *ring_hostile_ghost   (RingWorld       *world,
                                       const char      *network) G_GNUC_WARN_UNUSED_RESULT;
/* Lets @node ask all its neighbours without end, @per_second requests in all. */
void             ring_hostile_flood   (RingWorld       *world,
                                       RingNode        *node,
                                       guint            per_second);

/* What somebody without the right keys may try. */
typedef enum
{
  RING_FORGERY_SENDER,        /* a request that says to be of another */
  RING_FORGERY_SIGNATURE,     /* a contact whose signature is of another text */
  RING_FORGERY_NETWORK,       /* a contact that was signed for another network */
  RING_FORGERY_CONTACT,       /* a contact passed on that somebody else signed */
  RING_FORGERY_ADDRESS,       /* a living peer's contact with another address */
  RING_FORGERY_OLD_CONTACT,   /* its contact of an earlier life */
  RING_FORGERY_LEAVE,         /* a goodbye that somebody else signed */
  RING_FORGERY_OLD_LEAVE,     /* its goodbye of an earlier life */
  RING_FORGERY_NOTE,          /* notes that it is dead, or left */
  RING_FORGERY_REPLY_PEER,    /* a reply of another than who was asked */
  RING_FORGERY_REPLY_NONCE,   /* a reply to another request */
  RING_FORGERY_REPLY_TYPE,    /* a reply of another type */
  RING_FORGERY_REPLY_UNASKED, /* a reply that nobody waits for */
  RING_N_FORGERIES,
} RingForgery;

const char      *ring_forgery_to_name (RingForgery      self);
/* Tries that @n times on a node of @world, whose honest nodes run; counts how often it was taken
 * for true, and adds to *n_removed how many living peers it forgot over it. */
guint            ring_forgery_try     (RingWorld       *world,
                                       RingForgery      forgery,
                                       guint            n,
                                       guint           *n_removed);

G_END_DECLS
