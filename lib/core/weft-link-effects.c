/* weft-link-effects.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-effects-private.h"

/* Of a step that sends or delivers a message: it, a counter, and a grant of credit. */
#define EFFECTS_USUAL 4

void
weft_link_effects_init (WeftLinkEffects *self)
{
  *self = (WeftLinkEffects) { .deadline_usec = G_MAXINT64 };
  self->items = g_array_sized_new (FALSE, TRUE, sizeof (WeftLinkEffect), EFFECTS_USUAL);
  g_array_set_clear_func (self->items, (GDestroyNotify) weft_link_effect_clear);
}

void
weft_link_effects_clear (WeftLinkEffects *self)
{
  g_clear_pointer (&self->items, g_array_unref);
  g_clear_error (&self->refusal);
}

void
weft_link_effect_clear (WeftLinkEffect *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->signer, weft_peer_id_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->tape, weft_tape_unref);
  g_clear_error (&self->error);
}

/* The new effect, valid until the next is added. */
WeftLinkEffect *
weft_link_effects_add (WeftLinkEffects   *self,
                       WeftLinkEffectType type)
{
  g_assert (self->items != NULL);

  g_array_set_size (self->items, self->items->len + 1);
  g_array_index (self->items, WeftLinkEffect, self->items->len - 1).type = type;

  return &g_array_index (self->items, WeftLinkEffect, self->items->len - 1);
}

void
weft_link_effects_count (WeftLinkEffects *self,
                         const char      *counter)
{
  weft_link_effects_add (self, WEFT_LINK_EFFECT_COUNT)->counter = counter;
}

void
weft_link_effects_complete (WeftLinkEffects *self,
                            gint64           id,
                            WeftTape        *tape,
                            const WeftItem  *body,
                            GError          *error)
{
  WeftLinkEffect *effect = weft_link_effects_add (self, WEFT_LINK_EFFECT_COMPLETE);

  g_assert (id > 0);
  g_assert ((body == NULL) != (error == NULL));
  g_assert (body == NULL || tape != NULL);

  effect->id = id;
  effect->tape = tape != NULL ? weft_tape_ref (tape) : NULL;
  effect->body = body;
  effect->error = error;
}
