/* state-set.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "state-set.h"

#include <string.h>

void
state_set_init (StateSet *self,
                gsize     size)
{
  g_assert (size % sizeof (guint32) == 0);

  self->size = size;
  self->bytes = g_byte_array_new ();
  self->n_states = 0;
  self->table_size = 1 << 16;
  self->table = g_new0 (guint32, self->table_size);
}

void
state_set_clear (StateSet *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_clear_pointer (&self->table, g_free);
}

static gsize
hash_state (StateSet      *self,
            gconstpointer  state)
{
  const guint32 *words = state;
  guint64 hash = 0xcbf29ce484222325;

  for (gsize i = 0; i < self->size / sizeof *words; i++)
    {
      hash ^= words[i];
      hash *= 0x9e3779b97f4a7c15;
      hash ^= hash >> 29;
    }

  return hash;
}

gconstpointer
state_set_get (StateSet *self,
               guint     index)
{
  return self->bytes->data + index * self->size;
}

/* Twice as large, from the states that are known. */
static void
grow_table (StateSet *self)
{
  g_free (self->table);
  self->table_size *= 2;
  self->table = g_new0 (guint32, self->table_size);
  for (guint i = 0; i < self->n_states; i++)
    {
      gsize at = hash_state (self, state_set_get (self, i)) % self->table_size;

      while (self->table[at] != 0)
        at = (at + 1) % self->table_size;
      self->table[at] = i + 1;
    }
}

gboolean
state_set_add (StateSet      *self,
               gconstpointer  state)
{
  gsize at = hash_state (self, state) % self->table_size;

  for (; self->table[at] != 0; at = (at + 1) % self->table_size)
    if (memcmp (state_set_get (self, self->table[at] - 1), state, self->size) == 0)
      return FALSE;

  g_byte_array_append (self->bytes, state, self->size);
  self->table[at] = ++self->n_states;
  if (self->n_states * 2 > self->table_size)
    grow_table (self);

  return TRUE;
}
