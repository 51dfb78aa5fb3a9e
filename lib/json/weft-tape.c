/* weft-tape.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The memory of a document that was read.
 */

#include "config.h"

#include "weft-tape-private.h"

#include <string.h>

#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-tape-memory-private.h"

/* A value with its name and punctuation takes more bytes than this in nearly all documents. */
#define BYTES_PER_ITEM 12
#define ITEMS_MIN 8

WeftTape *
weft_tape_new (const char *text,
               gsize       length,
               GBytes     *bytes)
{
  gsize n_items = MIN (length / BYTES_PER_ITEM + ITEMS_MIN, WEFT_LIMIT_JSON_NODES_MAX);
  gsize items_size = n_items * sizeof (WeftItem);
  gsize text_size = length + WEFT_JSON_PADDING;
  WeftTape *self = g_malloc (sizeof *self + items_size + text_size + (bytes != NULL ? 0 : length));
  char *source;

  *self = (WeftTape) {
    .n_items_allocated = (guint) n_items,
    .items = (WeftItem *) (self + 1),
    .bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL,
    .source = text,
    .length = length,
    .text = (char *) (self + 1) + items_size,
  };
  g_atomic_ref_count_init (&self->ref_count);
  if (length > 0)
    memcpy (self->text, text, length);
  memset (self->text + length, 0, WEFT_JSON_PADDING);
  if (bytes == NULL && length > 0)
    {
      source = self->text + text_size;
      memcpy (source, text, length);
      self->source = source;
    }
  return self;
}

void
weft_tape_grow (WeftTape *self)
{
  gboolean was_here = self->items_elsewhere == NULL;

  self->n_items_allocated *= 2;
  self->items_elsewhere = g_renew (WeftItem, self->items_elsewhere, self->n_items_allocated);
  if (was_here)
    memcpy (self->items_elsewhere, self->items, self->n_items * sizeof (WeftItem));
  self->items = self->items_elsewhere;
}

WeftTape *
weft_tape_ref (WeftTape *self)
{
  g_assert (self != NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
weft_tape_unref (WeftTape *self)
{
  g_assert (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  while (self->orders != NULL)
    {
      WeftTapeOrder *order = self->orders;

      self->orders = order->next;
      g_free (order);
    }
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->items_elsewhere);
  g_free (self);
}

const WeftItem *
weft_tape_get_root (WeftTape *self)
{
  return self->items;
}

/* Writing looks at all that validating looks at, and what it writes has its members in order. */
WeftTape *
weft_tape_new_from_node (JsonNode  *node,
                         GError   **error)
{
  g_autoptr (GString) text = g_string_sized_new (1000);

  if (!weft_json_try_append (text, node, error))
    return NULL;
  return weft_tape_read_own (text->str, text->len);
}
