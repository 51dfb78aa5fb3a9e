/* weft-ring-effects-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-message-private.h"

G_BEGIN_DECLS

typedef enum
{
  /* id, contact (whom), message (a request), deadline_usec; then REPLY or FAILED with the id. Where
   * the contact has no peer id yet (a bootstrap address), text has the address. */
  WEFT_RING_EFFECT_SEND,
  /* token, message: the reply to a REQUEST; in the same step, but where it has a subject: tokens of
   * these differ until they are answered */
  WEFT_RING_EFFECT_ANSWER,
  WEFT_RING_EFFECT_FOUND,   /* token, contacts, nearest first, count: hops, is_sure: agreed on */
  WEFT_RING_EFFECT_CHANGED, /* cohorts may have changed: forget what was derived */
  /* A peer that could be proved wrong: peer_id, text: the reason */
  WEFT_RING_EFFECT_REPORT,
  WEFT_RING_EFFECT_COUNT,   /* counter */
} WeftRingEffectType;

/* Owns what it points to, but for `counter`, which is static. */
typedef struct
{
  WeftRingEffectType type;
  guint64 id;
  guint64 token;
  WeftRingContact *contact;
  WeftRingMessage *message;
  GPtrArray *contacts; /* (element-type WeftRingContact) */
  WeftPeerId *peer_id;
  char *text;
  const char *counter;
  gint64 deadline_usec;
  guint count;
  gboolean is_sure;
} WeftRingEffect;

/* What one step of a ring machine wants done, in order. Meant to be used again and again: reset
 * keeps the room. */
typedef struct
{
  GArray *items;        /* (element-type WeftRingEffect) */
  gint64 deadline_usec; /* when to step with TIMEOUT next; G_MAXINT64 for never */
} WeftRingEffects;

void            weft_ring_effects_init  (WeftRingEffects    *self);
void            weft_ring_effects_reset (WeftRingEffects    *self);
void            weft_ring_effects_clear (WeftRingEffects    *self);
WeftRingEffect *weft_ring_effects_add   (WeftRingEffects    *self,
                                         WeftRingEffectType  type);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftRingEffects, weft_ring_effects_clear)

G_END_DECLS
