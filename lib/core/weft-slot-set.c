/* weft-slot-set.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-slot-set-private.h"

gboolean
weft_slots_overlap (GPtrArray *a,
                    GPtrArray *b)
{
  for (guint i = 0, j = 0; i < a->len && j < b->len;)
    {
      int order = weft_slot_compare (g_ptr_array_index (a, i), g_ptr_array_index (b, j));

      if (order == 0)
        return TRUE;
      if (order < 0)
        i++;
      else
        j++;
    }

  return FALSE;
}

gboolean
weft_slots_contain (GPtrArray *all,
                    GPtrArray *some)
{
  guint j = 0;

  for (guint i = 0; i < all->len && j < some->len; i++)
    if (weft_slot_compare (g_ptr_array_index (all, i), g_ptr_array_index (some, j)) == 0)
      j++;

  return j == some->len;
}

static int
compare_slots (gconstpointer a,
               gconstpointer b)
{
  return weft_slot_compare (*(WeftSlot **) a, *(WeftSlot **) b);
}

GPtrArray *
weft_slots_unite (GPtrArray *a,
                  GPtrArray *b)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_unref);

  for (guint i = 0; i < a->len; i++)
    g_ptr_array_add (all, weft_slot_ref (g_ptr_array_index (a, i)));
  for (guint i = 0; i < b->len; i++)
    if (!weft_slots_contain (a, &(GPtrArray) { .pdata = &b->pdata[i], .len = 1 }))
      g_ptr_array_add (all, weft_slot_ref (g_ptr_array_index (b, i)));
  g_ptr_array_sort (all, compare_slots);

  return all;
}

gboolean
weft_slots_is_follower (GPtrArray *slots,
                        guint      index)
{
  WeftSlot *slot = g_ptr_array_index (slots, index);
  WeftSlot *before = index > 0 ? g_ptr_array_index (slots, index - 1) : NULL;

  return before != NULL && weft_slot_get_base (before) + 1 == weft_slot_get_base (slot)
         && g_str_equal (weft_slot_get_block_id (before), weft_slot_get_block_id (slot));
}
