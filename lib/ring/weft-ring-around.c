/* weft-ring-around.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-machine-internal-private.h"

/* Splits by side, takes by turns, and orders by distance again. */
GPtrArray *
weft_ring_select_around (const WeftRingPoint *key,
                         GPtrArray           *sorted,
                         guint                width)
{
  GPtrArray *chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_ring_contact_unref);
  g_autofree gboolean *is_after = g_new (gboolean, sorted->len + 1);
  guint n_sides[2] = { 0, 0 };
  guint wanted[2];
  guint taken[2] = { 0, 0 };

  for (guint i = 0; i < sorted->len; i++)
    {
      const WeftRingPoint *point = weft_ring_contact_get_point (sorted->pdata[i]);
      WeftRingPoint way = weft_ring_point_clockwise (key, point);

      is_after[i] = way.words[0] >> 63 == 0;
      n_sides[is_after[i]]++;
    }
  wanted[TRUE] = MIN ((width + 1) / 2, n_sides[TRUE]);
  wanted[FALSE] = MIN (width - wanted[TRUE], n_sides[FALSE]);
  wanted[TRUE] = MIN (width - wanted[FALSE], n_sides[TRUE]);
  for (guint i = 0; i < sorted->len && chosen->len < width; i++)
    /* The nearest of all is of any cohort. */
    if (width == 1 || taken[is_after[i]] < wanted[is_after[i]])
      {
        taken[is_after[i]]++;
        g_ptr_array_add (chosen, weft_ring_contact_ref (sorted->pdata[i]));
      }

  return chosen;
}

/* Ourselves among those that were found. */
void
weft_ring_insert_own (WeftRingMachine     *self,
                      const WeftRingPoint *key,
                      GPtrArray           *sorted)
{
  WeftRingPoint own = weft_ring_point_distance (weft_ring_contact_get_point (self->own), key);
  guint at = 0;

  if (!self->is_on_ring)
    return;
  for (; at < sorted->len; at++)
    {
      WeftRingPoint other;

      other = weft_ring_point_distance (weft_ring_contact_get_point (sorted->pdata[at]), key);
      if (weft_ring_point_compare (&own, &other) < 0)
        break;
    }
  g_ptr_array_insert (sorted, (int) at, self->own);
}

/* Whether we watch all of the cohort ourselves. */
gboolean
weft_ring_covers (WeftRingMachine     *self,
                  const WeftRingPoint *point,
                  guint                width)
{
  const WeftRingNear *near = weft_ring_get_near (self);
  guint32 home = weft_ring_contact_get_point (self->own)->words[0] >> 32;
  guint32 at = point->words[0] >> 32;
  guint n_after = 0;
  guint n_before = 0;

  if (!self->is_joined)
    return FALSE;
  if (near->measure.is_closed)
    return TRUE;
  if (near->measure.gaps == 0)
    return FALSE;
  /* Those beyond the point, on whichever of our sides it is. */
  if (at - home <= near->after_limit >> 32)
    {
      for (guint i = 0; i < near->n_after; i++)
        n_after += near->view[i] - home >= at - home;
      n_before = near->n_before + 1 + near->n_after - n_after;
    }
  else if (home - at <= near->before_limit >> 32)
    {
      for (guint i = 0; i < near->n_before; i++)
        n_before += home - near->view[near->n_after + i] >= home - at;
      n_after = near->n_after + 1 + near->n_before - n_before;
    }

  return n_after >= width / 2 + 1 && n_before >= width / 2 + 1;
}
