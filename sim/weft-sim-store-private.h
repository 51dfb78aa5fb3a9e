/* weft-sim-store-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WEFT_SIM_STORE_BITS 16

/* An array that only grows, in chunks that stay where they are: nothing is ever moved, and once it
 * is large the memory comes in large pages, whose faults are few. */
typedef struct
{
  GPtrArray *chunks;
  gsize item_size;
  guint len;
} WeftSimStore;

void  weft_sim_store_init  (WeftSimStore *self,
                            gsize         item_size);
void  weft_sim_store_clear (WeftSimStore *self);
/* Makes room for @n_items more and returns the number of the first; what is in them is anything. */
guint weft_sim_store_add   (WeftSimStore *self,
                            guint         n_items);

static inline gpointer
weft_sim_store_get (const WeftSimStore *self,
                    guint               number)
{
  guint8 *chunk = g_ptr_array_index (self->chunks, number >> WEFT_SIM_STORE_BITS);

  return chunk + (number & ((1u << WEFT_SIM_STORE_BITS) - 1)) * self->item_size;
}

G_END_DECLS
