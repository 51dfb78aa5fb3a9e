/* weft-proposal-effects.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-proposal-effects-private.h"

/* A step seldom wants more. */
#define ITEMS_MOSTLY 4

void
weft_proposal_effects_init (WeftProposalEffects *self)
{
  *self = (WeftProposalEffects) { .deadline_usec = G_MAXINT64 };
  self->items = g_array_sized_new (FALSE, TRUE, sizeof (WeftProposalEffect), ITEMS_MOSTLY);
  g_array_set_clear_func (self->items, (GDestroyNotify) weft_proposal_effect_clear);
}

void
weft_proposal_effects_clear (WeftProposalEffects *self)
{
  g_clear_pointer (&self->items, g_array_unref);
}

void
weft_proposal_effect_clear (WeftProposalEffect *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->request, weft_cluster_request_unref);
  g_clear_pointer (&self->record, weft_cluster_record_unref);
  g_clear_pointer (&self->peer_ids, g_ptr_array_unref);
  g_clear_pointer (&self->detail, g_free);
  g_clear_pointer (&self->proof, json_node_unref);
  g_clear_pointer (&self->text, g_free);
  g_clear_error (&self->error);
}

/* The new effect, valid until the next is added. */
WeftProposalEffect *
weft_proposal_effects_add (WeftProposalEffects    *self,
                           WeftProposalEffectType  type)
{
  g_assert (self->items != NULL);

  g_array_set_size (self->items, self->items->len + 1);
  g_array_index (self->items, WeftProposalEffect, self->items->len - 1).type = type;

  return &g_array_index (self->items, WeftProposalEffect, self->items->len - 1);
}
