/* ring-bars.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an overlay has to reach, a row for each figure. */
typedef enum
{
  RING_BAR_LOOKUP_CALM,
  RING_BAR_LOOKUP_60,
  RING_BAR_LOOKUP_10,
  RING_BAR_LOOKUP_2,
  RING_BAR_HOPS,
  RING_BAR_HOPS_64,
  RING_BAR_NEIGHBOURS_60,
  RING_BAR_NEIGHBOURS_10,
  RING_BAR_NEIGHBOURS_2,
  RING_BAR_COHORT_60,
  RING_BAR_COHORT_10,
  RING_BAR_COHORT_2,
  RING_BAR_MESSAGES_2,
  RING_BAR_CRASH_30,
  RING_BAR_CRASH_50,
  RING_BAR_DETECTED_P50,
  RING_BAR_DETECTED_P95,
  RING_BAR_GONE_P50,
  RING_BAR_GONE_P95,
  RING_BAR_FALSE_DEATHS_1,
  RING_BAR_FALSE_DEATHS_5,
  RING_BAR_IDLE_MESSAGES,
  RING_BAR_IDLE_MESSAGES_SLOW,
  RING_BAR_IDLE_BYTES,
  RING_BAR_IDLE_BYTES_SLOW,
  RING_BAR_SIZE_P50,
  RING_BAR_SIZE_P95,
  RING_BAR_SIZE_LIARS,
  RING_BAR_CUT_REPORTED,
  RING_BAR_FALSE_ALARMS,
  RING_BAR_MERGED,
  RING_BAR_HOSTILE_4,
  RING_BAR_HOSTILE_8,
  RING_BAR_JOINED,
  RING_BAR_JOINED_LIAR,
  RING_BAR_ASTRAY,
  RING_BAR_FORGED,
  RING_BAR_REMOVED,
  RING_BAR_FLOODED,
  RING_BAR_WALL,
  RING_BAR_MEMORY,
  RING_N_BARS,
} RingBar;

/* Figures for one size of the network. */
typedef struct
{
  guint n_nodes;
  guint64 seed;
  double figures[RING_N_BARS]; /* NAN: not measured */
  guint64 counts[RING_N_BARS]; /* how many it was measured on; 0: does not say */
} RingFigures;

void     ring_figures_init  (RingFigures *self,
                             guint        n_nodes,
                             guint64      seed);
void     ring_figures_set   (RingFigures *self,
                             RingBar      bar,
                             double       figure,
                             guint64      count);
/* Whether it is as good as it has to be for that size. */
gboolean ring_figures_holds (const RingFigures *self,
                             RingBar      bar);
void     ring_figures_print (const RingFigures *self);
void     ring_figures_print_json (const RingFigures *self);

const char *ring_bar_get_name (RingBar    bar);
double      ring_bar_get      (RingBar    bar,
                               guint      n_nodes);

G_END_DECLS
