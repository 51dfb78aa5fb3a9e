/* ring-bars.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-bars.h"

#include <math.h>

typedef struct
{
  const char *name;
  const char *unit;
  gboolean is_least; /* or at most */
  double bars[3];    /* for 100, 1,000 and 10,000 nodes */
} Row;

#define SAME(value) { value, value, value }

static const Row rows[RING_N_BARS] = {
  [RING_BAR_LOOKUP_CALM] = { "lookups right, no churn", "%", TRUE, SAME (100) },
  [RING_BAR_LOOKUP_60] = { "lookups right, 60-min sessions", "%", TRUE, SAME (99.99) },
  [RING_BAR_LOOKUP_10] = { "lookups right, 10-min sessions", "%", TRUE, SAME (99.9) },
  [RING_BAR_LOOKUP_2] = { "lookups right, 2-min sessions", "%", TRUE, SAME (99.5) },
  [RING_BAR_HOPS] = { "mean hops, default table", "", FALSE, { 1.1, 1.1, 1.8 } },
  [RING_BAR_HOPS_64] = { "mean hops, 64-entry table", "", FALSE, { 1.3, 2.4, 3.6 } },
  [RING_BAR_NEIGHBOURS_60] = { "neighbours right, 60-min sessions", "%", TRUE, SAME (99.9) },
  [RING_BAR_NEIGHBOURS_10] = { "neighbours right, 10-min sessions", "%", TRUE, SAME (99.5) },
  [RING_BAR_NEIGHBOURS_2] = { "neighbours right, 2-min sessions", "%", TRUE, SAME (98) },
  [RING_BAR_COHORT_60] = { "cohort of 15 right, 60-min sessions", "%", TRUE, SAME (99.95) },
  [RING_BAR_COHORT_10] = { "cohort of 15 right, 10-min sessions", "%", TRUE, SAME (99.8) },
  [RING_BAR_COHORT_2] = { "cohort of 15 right, 2-min sessions", "%", TRUE, SAME (99.3) },
  [RING_BAR_MESSAGES_2] = { "messages, 2-min sessions", "/s", FALSE, SAME (25) },
  [RING_BAR_CRASH_30] = { "neighbours right after 30 % crash", "s", FALSE, { 15, 15, 20 } },
  [RING_BAR_CRASH_50] = { "neighbours right after 50 % crash", "s", FALSE, { 20, 20, 25 } },
  [RING_BAR_DETECTED_P50] = { "crash first detected, p50", "s", FALSE, SAME (1.5) },
  [RING_BAR_DETECTED_P95] = { "crash first detected, p95", "s", FALSE, SAME (3) },
  [RING_BAR_GONE_P50] = { "crashed gone from all neighbours, p50", "s", FALSE, SAME (4) },
  [RING_BAR_GONE_P95] = { "crashed gone from all neighbours, p95", "s", FALSE, SAME (6) },
  [RING_BAR_FALSE_DEATHS_1] = { "false deaths, 1 % loss", "/node-hour", FALSE, SAME (1e-4) },
  [RING_BAR_FALSE_DEATHS_5] = { "false deaths, 5 % loss", "/node-hour", FALSE, SAME (1e-2) },
  [RING_BAR_IDLE_MESSAGES] = { "idle messages, core profile", "/s", FALSE, SAME (4) },
  [RING_BAR_IDLE_MESSAGES_SLOW] = { "idle messages, slow profile", "/s", FALSE, SAME (1.2) },
  [RING_BAR_IDLE_BYTES] = { "idle bytes, core profile", "/s", FALSE, SAME (1500) },
  [RING_BAR_IDLE_BYTES_SLOW] = { "idle bytes, slow profile", "/s", FALSE, SAME (400) },
  [RING_BAR_SIZE_P50] = { "size error, median", "%", FALSE, SAME (5) },
  [RING_BAR_SIZE_P95] = { "size error, p95", "%", FALSE, SAME (12) },
  [RING_BAR_SIZE_LIARS] = { "size error, 20 % liars (x10), p95", "%", FALSE, SAME (15) },
  [RING_BAR_CUT_REPORTED] = { "cut in halves reported, p95", "s", FALSE, SAME (20) },
  [RING_BAR_FALSE_ALARMS] = { "false alarms of a cut", "/day", FALSE, SAME (0) },
  [RING_BAR_MERGED] = { "rings merged after healing", "s", FALSE, { 30, 45, 60 } },
  [RING_BAR_HOSTILE_4] = { "lookups right, 20 % hostile, 4 paths", "%", TRUE, SAME (99) },
  [RING_BAR_HOSTILE_8] = { "lookups right, 20 % hostile, 8 paths", "%", TRUE, SAME (99.9) },
  [RING_BAR_JOINED] = { "joined through three addresses, p95", "s", FALSE, SAME (3) },
  [RING_BAR_JOINED_LIAR] = { "joined, one of three lying, p95", "s", FALSE, SAME (15) },
  [RING_BAR_ASTRAY] = { "joined astray", "", FALSE, SAME (0) },
  [RING_BAR_FORGED] = { "forged messages accepted", "", FALSE, SAME (0) },
  [RING_BAR_REMOVED] = { "living peers removed by forgeries", "", FALSE, SAME (0) },
  [RING_BAR_FLOODED] = { "honest requests served under a flood", "%", TRUE, SAME (99) },
  [RING_BAR_WALL] = { "processor time of 300 s", "s", FALSE, SAME (60) },
  [RING_BAR_MEMORY] = { "memory", "GiB", FALSE, SAME (2) },
};

void
ring_figures_init (RingFigures *self,
                   guint        n_nodes,
                   guint64      seed)
{
  *self = (RingFigures) { .n_nodes = n_nodes, .seed = seed };
  for (guint i = 0; i < RING_N_BARS; i++)
    self->figures[i] = NAN;
}

void
ring_figures_set (RingFigures *self,
                  RingBar      bar,
                  double       figure,
                  guint64      count)
{
  self->figures[bar] = figure;
  self->counts[bar] = count;
}

const char *
ring_bar_get_name (RingBar bar)
{
  return rows[bar].name;
}

/* Networks of other sizes have the bar of the next larger one. */
double
ring_bar_get (RingBar bar,
              guint   n_nodes)
{
  return rows[bar].bars[n_nodes <= 100 ? 0 : n_nodes <= 1000 ? 1 : 2];
}

gboolean
ring_figures_holds (const RingFigures *self,
                    RingBar            bar)
{
  double figure = self->figures[bar];
  double limit = ring_bar_get (bar, self->n_nodes);

  /* Comparisons with NAN are false. */
  return rows[bar].is_least ? figure >= limit : figure <= limit;
}

void
ring_figures_print (const RingFigures *self)
{
  guint n_passed = 0;
  guint n = 0;

  g_print ("%u nodes, seed %" G_GUINT64_FORMAT "\n", self->n_nodes, self->seed);
  for (RingBar bar = 0; bar < RING_N_BARS; bar++)
    {
      gboolean holds = ring_figures_holds (self, bar);

      if (isnan (self->figures[bar]))
        continue;
      g_print ("%-40s %12.5g %-10s  %s %-8g %s", rows[bar].name, self->figures[bar], rows[bar].unit,
               rows[bar].is_least ? ">=" : "<=", ring_bar_get (bar, self->n_nodes),
               holds ? "pass" : "FAIL");
      if (self->counts[bar] > 0)
        g_print ("  (of %" G_GUINT64_FORMAT ")", self->counts[bar]);
      g_print ("\n");
      n_passed += holds;
      n++;
    }
  g_print ("%u of %u rows pass\n", n_passed, n);
}

void
ring_figures_print_json (const RingFigures *self)
{
  const char *separator = "";

  g_print ("{\"nodes\":%u,\"seed\":%" G_GUINT64_FORMAT ",\"rows\":[", self->n_nodes, self->seed);
  for (RingBar bar = 0; bar < RING_N_BARS; bar++)
    {
      if (isnan (self->figures[bar]))
        continue;
      g_print ("%s{\"name\":\"%s\",\"unit\":\"%s\",\"figure\":%.9g,\"bar\":%g,\"count\":%"
               G_GUINT64_FORMAT ",\"pass\":%s}", separator, rows[bar].name, rows[bar].unit,
               self->figures[bar], ring_bar_get (bar, self->n_nodes), self->counts[bar],
               ring_figures_holds (self, bar) ? "true" : "false");
      separator = ",";
    }
  g_print ("]}\n");
}
