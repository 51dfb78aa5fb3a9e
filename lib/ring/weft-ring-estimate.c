/* weft-ring-estimate.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "weft-ring-estimate-private.h"

/* Two gaps have no variance to speak of, and fewer say nothing. */
#define GAPS_MIN 2
/* What one reporter counts for at most, whatever it claims to have seen. */
#define GAPS_MAX 32
#define OFF_MAX 3.0

/* What one reporter says, cut to what it may count for. */
typedef struct
{
  double size;
  double gaps;
  double arc;
} Opinion;

/* Whoever sees all of a ring knows it as the one arc that it is. */
static double
get_arc (const WeftRingMeasure *self)
{
  return self->is_closed ? 1 : self->arc;
}

double
weft_ring_measure_get_size (const WeftRingMeasure *self)
{
  if (self->is_closed)
    return self->gaps;
  /* Also what is no number. */
  if (self->gaps < GAPS_MIN || !(self->arc > 0 && self->arc <= 1))
    return 0;

  return 1 + (self->gaps - 1) / self->arc;
}

static void
add_opinion (GArray                *opinions,
             const WeftRingMeasure *measure)
{
  Opinion opinion;

  opinion.size = weft_ring_measure_get_size (measure);
  if (opinion.size < 1)
    return;

  opinion.gaps = MIN (measure->gaps, GAPS_MAX);
  opinion.arc = get_arc (measure) * opinion.gaps / measure->gaps;
  g_array_append_val (opinions, opinion);
}

static int
compare_opinions (gconstpointer a,
                  gconstpointer b)
{
  const Opinion *left = a;
  const Opinion *right = b;

  return (left->size > right->size) - (left->size < right->size);
}

/* The size that half of all gaps are below. */
static double
get_median (const GArray *opinions)
{
  double total = 0;
  double below = 0;

  for (guint i = 0; i < opinions->len; i++)
    total += g_array_index (opinions, Opinion, i).gaps;
  for (guint i = 0; i < opinions->len; i++)
    {
      const Opinion *opinion = &g_array_index (opinions, Opinion, i);

      below += opinion->gaps;
      if (2 * below >= total)
        return opinion->size;
    }

  return 1;
}

WeftRingEstimate
weft_ring_estimate_pool (const WeftRingMeasure *own,
                         const WeftRingMeasure *others,
                         guint                  n_others)
{
  g_autoptr(GArray) opinions = NULL;
  WeftRingEstimate estimate = { .size = 1 };
  double median;
  double gaps = 0;
  double arc = 0;

  if (own->is_closed)
    return (WeftRingEstimate) { .size = MAX (own->gaps, 1), .confidence = 1, .n_reporters = 1,
                                .is_exact = TRUE };

  opinions = g_array_sized_new (FALSE, FALSE, sizeof (Opinion), n_others + 1);
  add_opinion (opinions, own);
  for (guint i = 0; i < n_others; i++)
    add_opinion (opinions, &others[i]);
  g_array_sort (opinions, compare_opinions);

  median = get_median (opinions);
  for (guint i = 0; i < opinions->len; i++)
    {
      const Opinion *opinion = &g_array_index (opinions, Opinion, i);

      if (opinion->size > OFF_MAX * median || opinion->size * OFF_MAX < median)
        continue;
      gaps += opinion->gaps;
      arc += opinion->arc;
      estimate.n_reporters++;
    }

  if (gaps >= GAPS_MIN)
    estimate.size = 1 + (gaps - 1) / arc;
  if (gaps > 3)
    estimate.confidence = 1 - 1 / sqrt (gaps - 2);

  return estimate;
}
