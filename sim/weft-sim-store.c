/* weft-sim-store.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-store-private.h"

#include <sys/mman.h>

#define PAGE_BYTES (2 * 1024 * 1024)

void
weft_sim_store_init (WeftSimStore *self,
                     gsize         item_size)
{
  self->chunks = g_ptr_array_new_with_free_func (g_aligned_free);
  self->item_size = item_size;
  self->len = 0;
}

void
weft_sim_store_clear (WeftSimStore *self)
{
  g_clear_pointer (&self->chunks, g_ptr_array_unref);
}

/* The first is left in small pages, of which a short history touches a few. */
static void
add_chunk (WeftSimStore *self)
{
  gsize n_bytes = self->item_size << WEFT_SIM_STORE_BITS;
  gpointer chunk;

  if (self->chunks->len == 0)
    chunk = g_aligned_alloc (1, n_bytes, sizeof (gpointer) * 2);
  else
    {
      n_bytes = (n_bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
      chunk = g_aligned_alloc (1, n_bytes, PAGE_BYTES);
      /* Where there is no such advice, it is only slower. */
#ifdef MADV_HUGEPAGE
      madvise (chunk, n_bytes, MADV_HUGEPAGE);
#endif
    }
  g_ptr_array_add (self->chunks, chunk);
}

guint
weft_sim_store_add (WeftSimStore *self,
                    guint         n_items)
{
  guint first = self->len;

  g_assert (n_items < G_MAXUINT32 - first);

  self->len += n_items;
  while (self->len > (gsize) self->chunks->len << WEFT_SIM_STORE_BITS)
    add_chunk (self);

  return first;
}
