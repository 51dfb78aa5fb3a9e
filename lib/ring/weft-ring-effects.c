/* weft-ring-effects.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-effects-private.h"

static void
effect_clear (WeftRingEffect *self)
{
  g_clear_pointer (&self->contact, weft_ring_contact_unref);
  g_clear_pointer (&self->message, weft_ring_message_unref);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->text, g_free);
}

void
weft_ring_effects_init (WeftRingEffects *self)
{
  *self = (WeftRingEffects) { .deadline_usec = G_MAXINT64 };
  self->items = g_array_new (FALSE, TRUE, sizeof (WeftRingEffect));
  g_array_set_clear_func (self->items, (GDestroyNotify) effect_clear);
}

void
weft_ring_effects_reset (WeftRingEffects *self)
{
  g_assert (self->items != NULL);

  if (self->items->len > 0)
    g_array_set_size (self->items, 0);
  self->deadline_usec = G_MAXINT64;
}

void
weft_ring_effects_clear (WeftRingEffects *self)
{
  g_clear_pointer (&self->items, g_array_unref);
}

/* The new effect, valid until the next is added. */
WeftRingEffect *
weft_ring_effects_add (WeftRingEffects   *self,
                       WeftRingEffectType type)
{
  g_assert (self->items != NULL);

  g_array_set_size (self->items, self->items->len + 1);
  g_array_index (self->items, WeftRingEffect, self->items->len - 1).type = type;

  return &g_array_index (self->items, WeftRingEffect, self->items->len - 1);
}
