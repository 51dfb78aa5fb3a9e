/* weft-link-effects.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-effects-private.h"

#include <string.h>

void
weft_link_effects_init (WeftLinkEffects *self)
{
  self->items = self->usual;
  self->n_items = 0;
  self->n_allocated = WEFT_LINK_EFFECTS_USUAL;
  self->deadline_usec = G_MAXINT64;
  self->request_id = 0;
  self->refusal = NULL;
}

void
weft_link_effects_clear (WeftLinkEffects *self)
{
  for (guint i = 0; i < self->n_items; i++)
    weft_link_effect_clear (&self->items[i]);
  if (self->items != self->usual)
    g_free (self->items);
  self->items = NULL;
  self->n_items = 0;
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

  if (self->n_items == self->n_allocated)
    {
      WeftLinkEffect *more = g_new (WeftLinkEffect, 2 * self->n_allocated);

      memcpy (more, self->items, self->n_items * sizeof *more);
      if (self->items != self->usual)
        g_free (self->items);
      self->items = more;
      self->n_allocated *= 2;
    }
  self->items[self->n_items] = (WeftLinkEffect) { .type = type };

  return &self->items[self->n_items++];
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
