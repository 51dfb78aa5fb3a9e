/* weft-ring-leave.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

/* A goodbye is no reason for a burst. */
#define PARALLEL 4

static WeftRingMessage *
make_goodbye (WeftRingMachine *self)
{
  WeftRingMessage *message = weft_ring_message_new (WEFT_RING_LEAVE);
  guint64 incarnation = weft_ring_contact_get_incarnation (self->own);
  g_autoptr (GBytes) text = weft_ring_leave_text (self->network, self->peer_id, incarnation);
  g_autoptr (GBytes) signature = self->sign (text, self->sign_data);

  weft_ring_message_add_note (message, WEFT_RING_NOTE_LEFT, self->peer_id, incarnation, signature);

  return message;
}

void
weft_ring_leave_next (WeftRingMachine *self)
{
  g_autoptr (WeftRingContact) contact = NULL;
  WeftRingMessage *message;
  const WeftRingNote *note;

  if (self->goodbyes == NULL || self->goodbyes->len == 0)
    return;
  contact = weft_ring_contact_ref (self->goodbyes->pdata[0]);
  g_ptr_array_remove_index (self->goodbyes, 0);
  note = &g_array_index (self->goodbye->notes, WeftRingNote, 0);
  message = weft_ring_message_new (WEFT_RING_LEAVE);
  weft_ring_message_add_note (message, note->type, note->peer_id, note->incarnation,
                              note->signature);
  weft_ring_send (self, RING_OP_TELL, 0, contact, NULL, message,
                  weft_ring_get_timeout (self, contact));
}

void
weft_ring_leave (WeftRingMachine *self)
{
  WeftRingEntry *after[RING_SIDE_MAX];
  WeftRingEntry *before[RING_SIDE_MAX];
  guint n_after;
  guint n_before;

  if (self->is_leaving)
    return;
  self->is_leaving = TRUE;
  g_array_set_size (self->cases, 0);
  weft_ring_lookups_end (self);
  if (!self->is_on_ring)
    return;

  /* The nearest first. */
  self->goodbyes = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  self->goodbye = make_goodbye (self);
  n_after = weft_ring_table_get_successors (self->table, after, self->n_side);
  n_before = weft_ring_table_get_predecessors (self->table, before, self->n_side);
  for (guint i = 0; i < MAX (n_after, n_before); i++)
    {
      if (i < n_after)
        g_ptr_array_add (self->goodbyes, weft_ring_contact_ref (after[i]->contact));
      if (i < n_before && !g_ptr_array_find (self->goodbyes, before[i]->contact, NULL))
        g_ptr_array_add (self->goodbyes, weft_ring_contact_ref (before[i]->contact));
    }
  for (guint i = 0; i < PARALLEL; i++)
    weft_ring_leave_next (self);
}
