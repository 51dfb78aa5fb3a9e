/* weft-ring-message.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-message-private.h"

#include <string.h>

#include "weft-json-string-private.h"

const char *const weft_ring_refusals[] = {
  "busy", "limited", "leaving", "foreign", "invalid", NULL,
};

WeftRingMessage *
weft_ring_message_new (WeftRingMessageType type)
{
  WeftRingMessage *self = g_slice_new0 (WeftRingMessage);

  self->ref_count = 1;
  self->type = type;

  return self;
}

WeftRingMessage *
weft_ring_message_new_reply (const WeftRingMessage *request)
{
  WeftRingMessage *self;

  g_assert (!request->is_reply);

  self = weft_ring_message_new (request->type);
  self->is_reply = TRUE;
  self->nonce = request->nonce;

  return self;
}

WeftRingMessage *
weft_ring_message_ref (WeftRingMessage *self)
{
  self->ref_count++;

  return self;
}

void
weft_ring_message_unref (WeftRingMessage *self)
{
  g_assert (self->ref_count > 0);

  if (--self->ref_count > 0)
    return;
  g_clear_pointer (&self->sender, weft_ring_contact_unref);
  g_clear_pointer (&self->subject, weft_ring_contact_unref);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_clear_pointer (&self->notes, g_array_unref);
  g_slice_free (WeftRingMessage, self);
}

void
weft_ring_message_add_contact (WeftRingMessage *self,
                               WeftRingContact *contact)
{
  if (self->contacts == NULL)
    self->contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  g_assert (self->contacts->len < WEFT_RING_CONTACTS_MAX);
  g_ptr_array_add (self->contacts, weft_ring_contact_ref (contact));
}

static void
note_clear (WeftRingNote *self)
{
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
}

void
weft_ring_message_add_note (WeftRingMessage *self,
                            WeftRingNoteType type,
                            WeftPeerId      *peer_id,
                            guint64          incarnation,
                            GBytes          *signature)
{
  WeftRingNote note = { .type = type, .incarnation = incarnation };

  if (self->notes == NULL)
    {
      self->notes = g_array_new (FALSE, FALSE, sizeof (WeftRingNote));
      g_array_set_clear_func (self->notes, (GDestroyNotify) note_clear);
    }
  g_assert (self->notes->len < WEFT_RING_NOTES_MAX);
  note.peer_id = weft_peer_id_ref (peer_id);
  note.signature = signature != NULL ? g_bytes_ref (signature) : NULL;
  g_array_append_val (self->notes, note);
}

/* The text has no character but the network's that needs an escape. */
GBytes *
weft_ring_leave_text (const char *network,
                      WeftPeerId *peer_id,
                      guint64     incarnation)
{
  GString *text = g_string_new ("[\"weft/leave/1\",");
  gboolean is_valid = weft_json_append_string (text, network);

  g_assert (is_valid);
  g_string_append_printf (text, ",\"%s\",%" G_GUINT64_FORMAT "]", weft_peer_id_get_text (peer_id),
                          incarnation);

  return g_string_free_to_bytes (text);
}

/* The braces, the type, the nonce and the incarnation have about the same length everywhere. */
gsize
weft_ring_message_get_weight (WeftRingMessage *self)
{
  gsize weight = 60;

  if (self->is_reply)
    weight += 13;
  if (self->is_refused)
    weight += 20;
  if (self->sender != NULL)
    weight += weft_ring_contact_get_weight (self->sender) + 10;
  if (self->subject != NULL)
    weight += weft_ring_contact_get_weight (self->subject) + 11;
  if (self->known != 0)
    weight += 12;
  if (self->is_unknown)
    weight += 15;
  if (self->has_key)
    weight += 52;
  if (self->count != 0)
    weight += 11;
  if (self->measure.gaps != 0)
    weight += 55;
  if (self->is_reached)
    weight += 15;
  if (self->has_view)
    weight += 24 + self->n_view * 16 / 3;
  if (self->contacts != NULL)
    for (guint i = 0; i < self->contacts->len; i++)
      weight += weft_ring_contact_get_weight (g_ptr_array_index (self->contacts, i)) + 1;
  if (self->notes != NULL)
    for (guint i = 0; i < self->notes->len; i++)
      weight += g_array_index (self->notes, WeftRingNote, i).signature != NULL ? 210 : 110;

  return weight;
}
