/* weft-ring-op.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

#define ID_BITS 16
#define TIMEOUT_MIN_USEC (200 * G_TIME_SPAN_MILLISECOND)
#define TIMEOUT_MAX_USEC (5 * G_TIME_SPAN_SECOND)
#define TIMEOUT_UNKNOWN_USEC (1 * G_TIME_SPAN_SECOND)

static WeftRingOp *
get_free (WeftRingMachine *self)
{
  WeftRingOp *op;

  if (self->n_ops >= RING_OPS_MAX)
    return NULL;
  if (self->first_free == 0)
    {
      g_array_set_size (self->ops, self->ops->len + 1);
      self->first_free = self->ops->len;
    }
  op = &g_array_index (self->ops, WeftRingOp, self->first_free - 1);
  op->id = ++self->serial << ID_BITS | self->first_free;
  self->last_op = self->first_free;
  self->first_free = op->next_free;
  self->n_ops++;

  return op;
}

/* What every request of ours says. Who has our contact need not be sent it again. */
static void
fill (WeftRingMachine *self,
      WeftRingContact *contact,
      WeftRingMessage *message)
{
  WeftRingEntry *entry = NULL;

  do
    message->nonce = weft_ring_draw (self) & WEFT_RING_NONCE_MAX;
  while (message->nonce == 0);
  if (contact != NULL)
    {
      message->known = weft_ring_contact_get_incarnation (contact);
      entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (contact));
    }
  if (!self->is_on_ring)
    return;
  message->incarnation = weft_ring_contact_get_incarnation (self->own);
  if (message->type != WEFT_RING_LOOKUP && message->sender == NULL &&
      (entry == NULL || (entry->flags & RING_TOLD) == 0))
    message->sender = weft_ring_contact_ref (self->own);
}

gboolean
weft_ring_send (WeftRingMachine *self,
                WeftRingOpKind   kind,
                guint64          link,
                WeftRingContact *contact,
                const char      *address,
                WeftRingMessage *message,
                gint64           timeout_usec)
{
  WeftRingOp *op = get_free (self);
  WeftRingEffect *effect;

  g_assert ((contact != NULL) != (address != NULL));
  g_assert (timeout_usec > 0);

  if (op == NULL)
    {
      weft_ring_message_unref (message);
      weft_ring_count (self, "ring-busy");
      return FALSE;
    }
  fill (self, contact, message);
  op->kind = kind;
  op->type = message->type;
  op->nonce = message->nonce;
  op->link = link;
  op->sent_usec = self->now_usec;
  op->contact = contact != NULL ? weft_ring_contact_ref (contact) : NULL;
  if (kind == RING_OP_TRY)
    self->n_tries++;

  effect = weft_ring_effects_add (self->effects, WEFT_RING_EFFECT_SEND);
  effect->id = op->id;
  effect->contact = contact != NULL ? weft_ring_contact_ref (contact) : NULL;
  effect->text = g_strdup (address);
  effect->message = message;
  effect->deadline_usec = self->now_usec + timeout_usec;

  return TRUE;
}

WeftRingOp *
weft_ring_get_last_op (WeftRingMachine *self)
{
  g_assert (self->last_op > 0);

  return &g_array_index (self->ops, WeftRingOp, self->last_op - 1);
}

gboolean
weft_ring_take_op (WeftRingMachine *self,
                   guint64          id,
                   WeftRingOp      *op)
{
  guint index = id & ((1 << ID_BITS) - 1);
  WeftRingOp *slot;

  if (id == 0 || index == 0 || index > self->ops->len)
    return FALSE;
  slot = &g_array_index (self->ops, WeftRingOp, index - 1);
  if (slot->id != id)
    return FALSE;

  *op = *slot;
  *slot = (WeftRingOp) { .next_free = self->first_free };
  self->first_free = index;
  self->n_ops--;
  if (op->kind == RING_OP_TRY)
    self->n_tries--;

  return TRUE;
}

void
weft_ring_op_clear (WeftRingOp *op)
{
  g_clear_pointer (&op->contact, weft_ring_contact_unref);
  g_clear_pointer (&op->message, weft_ring_message_unref);
}

WeftRingMessage *
weft_ring_make_ping (WeftRingMachine *self,
                     guint            n_samples)
{
  WeftRingMessage *message = weft_ring_message_new (WEFT_RING_PING);
  const WeftRingNear *near = weft_ring_get_near (self);

  message->count = n_samples;
  if (!self->is_on_ring)
    return message;
  message->has_view = TRUE;
  message->n_after = near->n_after;
  message->n_view = near->n_after + near->n_before;
  for (guint i = 0; i < message->n_view; i++)
    message->view[i] = near->view[i];

  return message;
}

gint64
weft_ring_get_timeout (WeftRingMachine *self,
                       WeftRingContact *contact)
{
  WeftRingEntry *entry = NULL;
  gint64 usec;

  if (contact != NULL)
    entry = weft_ring_table_find_point (self->table, weft_ring_contact_get_point (contact));
  if (entry != NULL && entry->rtt_mean > 0)
    usec = (gint64) (entry->rtt_mean + 4 * entry->rtt_deviation);
  else if (self->rtt_mean > 0)
    usec = (gint64) (2 * self->rtt_mean + 4 * self->rtt_deviation) + TIMEOUT_MIN_USEC;
  else
    usec = TIMEOUT_UNKNOWN_USEC;

  usec = MAX (usec, TIMEOUT_MIN_USEC) * (1 + self->health);
  return MIN (usec, TIMEOUT_MAX_USEC);
}
