/* weft-quorum-read-effects.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-quorum-read-effects-private.h"

void
weft_quorum_read_effects_init (WeftQuorumReadEffects *self)
{
  *self = (WeftQuorumReadEffects) { .deadline_usec = G_MAXINT64 };
  self->items = g_array_new (FALSE, TRUE, sizeof (WeftQuorumReadEffect));
  g_array_set_clear_func (self->items, (GDestroyNotify) weft_quorum_read_effect_clear);
}

void
weft_quorum_read_effects_clear (WeftQuorumReadEffects *self)
{
  g_clear_pointer (&self->items, g_array_unref);
}

void
weft_quorum_read_effect_clear (WeftQuorumReadEffect *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->request, weft_cluster_request_unref);
  g_clear_pointer (&self->peer_ids, g_ptr_array_unref);
  g_clear_pointer (&self->record, weft_cluster_record_unref);
  g_clear_pointer (&self->results, g_array_unref);
  g_clear_pointer (&self->proof, json_node_unref);
  g_clear_pointer (&self->text, g_free);
}

/* The new effect, valid until the next is added. */
WeftQuorumReadEffect *
weft_quorum_read_effects_add (WeftQuorumReadEffects    *self,
                              WeftQuorumReadEffectType  type)
{
  g_assert (self->items != NULL);

  g_array_set_size (self->items, self->items->len + 1);
  g_array_index (self->items, WeftQuorumReadEffect, self->items->len - 1).type = type;

  return &g_array_index (self->items, WeftQuorumReadEffect, self->items->len - 1);
}
