/* weft-member-effects.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-member-effects-private.h"

#include "weft-json-private.h"

/* A step seldom wants more. */
#define ITEMS_MOSTLY 4

void
weft_member_effects_init (WeftMemberEffects *self)
{
  *self = (WeftMemberEffects) { .deadline_usec = G_MAXINT64 };
  self->items = g_array_sized_new (FALSE, TRUE, sizeof (WeftMemberEffect), ITEMS_MOSTLY);
  g_array_set_clear_func (self->items, (GDestroyNotify) weft_member_effect_clear);
}

/* For another step, with the room that there is. */
void
weft_member_effects_reset (WeftMemberEffects *self)
{
  g_array_set_size (self->items, 0);
  self->deadline_usec = G_MAXINT64;
}

void
weft_member_effects_clear (WeftMemberEffects *self)
{
  g_clear_pointer (&self->items, g_array_unref);
}

void
weft_member_effect_clear (WeftMemberEffect *self)
{
  g_clear_pointer (&self->writes, g_ptr_array_unref);
  g_clear_pointer (&self->record, weft_cluster_record_unref);
  g_clear_pointer (&self->peers, g_ptr_array_unref);
  g_clear_pointer (&self->pends, g_ptr_array_unref);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_clear_pointer (&self->commits, g_ptr_array_unref);
  g_clear_pointer (&self->answer, weft_cluster_answer_unref);
  g_clear_pointer (&self->text_to_sign, g_bytes_unref);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->proof, json_node_unref);
  g_clear_pointer (&self->text, g_free);
}

/* The new effect, valid until the next is added. */
WeftMemberEffect *
weft_member_effects_add (WeftMemberEffects   *self,
                         WeftMemberEffectType type)
{
  g_assert (self->items != NULL);

  g_array_set_size (self->items, self->items->len + 1);
  g_array_index (self->items, WeftMemberEffect, self->items->len - 1).type = type;

  return &g_array_index (self->items, WeftMemberEffect, self->items->len - 1);
}

WeftMemberWrite *
weft_member_write_new (char    *key,
                       GString *text)
{
  WeftMemberWrite *self = g_new0 (WeftMemberWrite, 1);

  self->key = key;
  if (text != NULL)
    self->text = g_ref_string_new_len (text->str, (gssize) text->len);

  return self;
}

void
weft_member_write_free (WeftMemberWrite *self)
{
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->text, g_ref_string_release);
  g_free (self);
}

JsonNode *
weft_member_write_to_json (WeftMemberWrite *self)
{
  if (self->text == NULL)
    return NULL;

  return weft_json_parse_own (self->text, g_ref_string_length (self->text));
}
