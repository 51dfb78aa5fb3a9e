/* weft-link-effects-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-peer-id.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_LINK_EFFECT_SEND,     /* bytes */
  WEFT_LINK_EFFECT_SIGN,     /* bytes */
  WEFT_LINK_EFFECT_VERIFY,   /* signer, bytes, signature */
  WEFT_LINK_EFFECT_OPENED,
  WEFT_LINK_EFFECT_DELIVER,  /* id (0: one-way), protocol, body, deadline_usec */
  WEFT_LINK_EFFECT_WITHDRAW, /* id */
  WEFT_LINK_EFFECT_COMPLETE, /* id; body or error */
  WEFT_LINK_EFFECT_ALIVE,
  WEFT_LINK_EFFECT_BYE,
  WEFT_LINK_EFFECT_LOST,     /* no sign of life; what other links have is in doubt */
  WEFT_LINK_EFFECT_ENDED,    /* error, was_open */
  WEFT_LINK_EFFECT_CLOSE,    /* text: the reason for the other side */
  WEFT_LINK_EFFECT_COUNT,    /* counter */
} WeftLinkEffectType;

/* Owns what it points to, but for `counter`, which is static, and `protocol` and `body`, which are
 * in the tape. */
typedef struct
{
  WeftLinkEffectType type;
  gint64 id;
  gint64 deadline_usec;
  gboolean was_open;
  GBytes *bytes;
  WeftPeerId *signer;
  GBytes *signature;
  char *text;
  const char *protocol;
  WeftTape *tape;
  const WeftItem *body;
  GError *error;
  const char *counter;
} WeftLinkEffect;

/* What one step of a link machine wants done, in order. */
/* Of a step that sends or delivers a message: it, a counter, and a grant of credit. */
#define WEFT_LINK_EFFECTS_USUAL 4

typedef struct
{
  WeftLinkEffect *items;
  guint n_items;
  guint n_allocated;
  gint64 deadline_usec; /* when to step with TIMEOUT next; G_MAXINT64 for never */
  gint64 request_id;    /* REQUEST: the id it got, or 0 when refused */
  GError *refusal;      /* REQUEST, ONE_WAY: why nothing will be sent */
  WeftLinkEffect usual[WEFT_LINK_EFFECTS_USUAL]; /* where the items are while they fit */
} WeftLinkEffects;

void            weft_link_effects_init       (WeftLinkEffects    *self);
void            weft_link_effects_clear      (WeftLinkEffects    *self);
WeftLinkEffect *weft_link_effects_add        (WeftLinkEffects    *self,
                                              WeftLinkEffectType  type);
void            weft_link_effects_count      (WeftLinkEffects    *self,
                                              const char         *counter);
/* Takes the error. */
void            weft_link_effects_complete   (WeftLinkEffects    *self,
                                              gint64              id,
                                              WeftTape           *tape,
                                              const WeftItem     *body,
                                              GError             *error);
void            weft_link_effect_clear       (WeftLinkEffect     *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftLinkEffects, weft_link_effects_clear)

G_END_DECLS
