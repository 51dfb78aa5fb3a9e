/* ring-rows.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "ring-hostile.h"
#include "ring-watch.h"

#define LIMIT_USEC RING_SECONDS (180)
#define CRASH_SPAN_USEC RING_SECONDS (8)
#define REST_USEC RING_SECONDS (3)
/* So that those of one time have nothing to do with each other. */
#define NODES_PER_CRASH 200
#define SCALE_USEC RING_SECONDS (300)
#define FORGERY_NODES 30
#define FLOOD_PER_SECOND 2000

const RingRows ring_rows[] = {
  { "calm", "nothing happens but lookups", ring_rows_calm },
  { "slow", "the slow profile, idle", ring_rows_slow },
  { "small", "tables of 64", ring_rows_small },
  { "detect", "one crash after another", ring_rows_detect },
  { "churn60", "sessions of 60 minutes", ring_rows_churn60 },
  { "churn10", "sessions of 10 minutes", ring_rows_churn10 },
  { "churn2", "sessions of 2 minutes", ring_rows_churn2 },
  { "crash", "30 and 50 % crash at once", ring_rows_crash },
  { "loss1", "1 % of all messages are lost", ring_rows_loss1 },
  { "loss5", "5 % of all messages are lost", ring_rows_loss5 },
  { "liars", "20 % say that the network is ten times as large", ring_rows_liars },
  { "cut", "the network is cut in halves, and heals", ring_rows_cut },
  { "hostile", "20 % answer lookups with nonsense", ring_rows_hostile },
  { "joining", "one of three addresses leads to another ring", ring_rows_joining },
  { "forged", "messages that nobody should believe", ring_rows_forged },
  { "flood", "one node asks without end", ring_rows_flood },
  { "scale", "300 s of all nodes", ring_rows_scale },
};
const guint ring_n_rows = G_N_ELEMENTS (ring_rows);

const RingRows *
ring_rows_find (const char *name)
{
  for (guint i = 0; i < ring_n_rows; i++)
    if (strcmp (ring_rows[i].name, name) == 0)
      return &ring_rows[i];

  return NULL;
}

RingWorld *
ring_rows_make (RingFigures        *figures,
                const RingEffort   *effort,
                const RingSettings *settings)
{
  RingSettings own = *settings;
  RingWorld *world;

  own.seed = figures->seed;
  if (own.n_nodes == 0)
    own.n_nodes = figures->n_nodes;
  if (own.table_capacity == 0)
    own.table_capacity = effort->table_capacity;
  own.is_warm = TRUE;
  own.with_check = effort->with_check;
  world = ring_world_new (&own);
  world->meddle = ring_hostile_meddle;
  ring_world_begin (world);
  ring_world_run (world, effort->warm_usec);
  ring_world_tally (world);

  return world;
}

static double
get_cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);

  return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec
         + usage.ru_stime.tv_usec / 1e6;
}

static void
print_counter (gpointer key,
               gpointer value,
               gpointer data)
{
  g_print ("#   %s: %u\n", (const char *) key, GPOINTER_TO_UINT (value));
}

void
ring_rows_end (RingWorld        *world,
               const RingEffort *effort,
               const char       *name)
{
  if (effort->is_verbose)
    {
      double hours = ring_world_node_hours (world);
      double seconds = MAX (hours * 3600, 1e-9);
      const RingTally *tally = &world->tally;

      g_print ("# %s: trace %016" G_GINT64_MODIFIER "x, "
               "%" G_GUINT64_FORMAT " events, %.3g messages and %.4g bytes a node and second, "
               "%" G_GUINT64_FORMAT " lookups, p50 %.3g s, p95 %.3g s, "
               "%" G_GUINT64_FORMAT " reports, neighbours %.5g %%, cohorts %.5g %%\n",
               name, world->trace, tally->n_events, tally->n_messages / seconds,
               tally->n_bytes / seconds, tally->n_lookups + tally->n_cohorts,
               ring_watch_quantile (tally->lookup_usec, 0.5) / G_USEC_PER_SEC,
               ring_watch_quantile (tally->lookup_usec, 0.95) / G_USEC_PER_SEC,
               tally->n_reports, 100 * ring_truth_share (world, 0),
               100.0 * tally->cohort_right / MAX (tally->cohort_wanted, 1));
      g_hash_table_foreach (world->counters, print_counter, NULL);
    }
  ring_world_free (world);
}

void
ring_rows_look_up (RingWorld        *world,
                   const RingEffort *effort,
                   guint             paths)
{
  ring_lookup_begin (world, effort->n_lookups / ((double) effort->span_usec / G_USEC_PER_SEC),
                     paths);
  ring_world_run (world, effort->span_usec);
  ring_lookup_end (world);
  /* The last ones end. */
  ring_world_run (world, RING_SECONDS (5));
}

static double
share_found (const RingTally *tally)
{
  return tally->n_lookups == 0 ? NAN : 100.0 * tally->n_found / tally->n_lookups;
}

static double
mean_hops (const RingTally *tally)
{
  return tally->n_lookups == 0 ? NAN : (double) tally->n_hops / tally->n_lookups;
}

/* In percent; sorted. */
static GArray *
measure_size (RingWorld *world)
{
  GArray *errors = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < world->n_nodes; i++)
    {
      RingNode *node = &world->nodes[i];
      WeftRingEstimate estimate;
      gint64 error;

      if (!ring_truth_has (world, node, world->now_usec, TRUE) || node->role == RING_ROLE_LIAR)
        continue;
      estimate = weft_ring_machine_get_estimate (node->machine, world->now_usec);
      error = fabs (estimate.size / world->n_up - 1) * 1e6;
      g_array_append_val (errors, error);
    }

  return errors;
}

/* Alarms are counted while they begin. */
static guint
run_and_count_alarms (RingWorld *world,
                      gint64     usec)
{
  gint64 until_usec = world->now_usec + usec;
  guint n_before = ring_watch_count_alarms (world);
  guint n = n_before;

  while (world->now_usec < until_usec)
    {
      guint n_now;

      ring_world_run (world, G_USEC_PER_SEC);
      n_now = ring_watch_count_alarms (world);
      n += n_now > n_before ? n_now - n_before : 0;
      n_before = n_now;
    }

  return n;
}

void
ring_rows_calm (RingFigures      *figures,
                const RingEffort *effort)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { 0 });
  g_autoptr (GArray) errors = NULL;
  guint n_alarms = run_and_count_alarms (world, effort->span_usec);
  double seconds = ring_world_node_hours (world) * 3600;

  ring_figures_set (figures, RING_BAR_IDLE_MESSAGES, world->tally.n_messages / seconds, 0);
  ring_figures_set (figures, RING_BAR_IDLE_BYTES, world->tally.n_bytes / seconds, 0);
  ring_figures_set (figures, RING_BAR_FALSE_ALARMS, n_alarms / (seconds / 86400), 0);
  errors = measure_size (world);
  ring_figures_set (figures, RING_BAR_SIZE_P50, ring_watch_quantile (errors, 0.5) / 1e4,
                    errors->len);
  ring_figures_set (figures, RING_BAR_SIZE_P95, ring_watch_quantile (errors, 0.95) / 1e4,
                    errors->len);

  ring_rows_look_up (world, effort, 1);
  ring_figures_set (figures, RING_BAR_LOOKUP_CALM, share_found (&world->tally),
                    world->tally.n_lookups);
  ring_figures_set (figures, RING_BAR_HOPS, mean_hops (&world->tally), world->tally.n_lookups);
  ring_rows_end (world, effort, "calm");
}

void
ring_rows_slow (RingFigures      *figures,
                const RingEffort *effort)
{
  RingWorld *world = ring_rows_make (figures, effort,
                                     &(RingSettings) { .probe_period_usec = RING_SECONDS (5) });
  double seconds;

  ring_world_run (world, effort->span_usec);
  seconds = ring_world_node_hours (world) * 3600;
  ring_figures_set (figures, RING_BAR_IDLE_MESSAGES_SLOW, world->tally.n_messages / seconds, 0);
  ring_figures_set (figures, RING_BAR_IDLE_BYTES_SLOW, world->tally.n_bytes / seconds, 0);
  ring_rows_end (world, effort, "slow");
}

void
ring_rows_small (RingFigures      *figures,
                 const RingEffort *effort)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { .table_capacity = 64 });

  ring_rows_look_up (world, effort, 1);
  ring_figures_set (figures, RING_BAR_HOPS_64, mean_hops (&world->tally), world->tally.n_lookups);
  ring_rows_end (world, effort, "small");
}

void
ring_rows_detect (RingFigures      *figures,
                  const RingEffort *effort)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { 0 });
  guint n_at_once = MAX (figures->n_nodes / NODES_PER_CRASH, 1);
  RingWatch watch;

  ring_watch_init (&watch, world);
  for (guint i = 0; i < effort->n_crashes; i += n_at_once)
    {
      ring_watch_crash (&watch, MIN (n_at_once, effort->n_crashes - i), CRASH_SPAN_USEC);
      ring_world_run (world, REST_USEC);
    }
  ring_figures_set (figures, RING_BAR_DETECTED_P50,
                    ring_watch_quantile (watch.first_usec, 0.5) / G_USEC_PER_SEC,
                    effort->n_crashes);
  ring_figures_set (figures, RING_BAR_DETECTED_P95,
                    ring_watch_quantile (watch.first_usec, 0.95) / G_USEC_PER_SEC,
                    effort->n_crashes);
  ring_figures_set (figures, RING_BAR_GONE_P50,
                    ring_watch_quantile (watch.gone_usec, 0.5) / G_USEC_PER_SEC,
                    effort->n_crashes);
  ring_figures_set (figures, RING_BAR_GONE_P95,
                    ring_watch_quantile (watch.gone_usec, 0.95) / G_USEC_PER_SEC,
                    effort->n_crashes);
  ring_watch_clear (&watch);
  ring_rows_end (world, effort, "detect");
}

static void
run_churn (RingFigures      *figures,
           const RingEffort *effort,
           guint             minutes,
           RingBar           lookup,
           RingBar           neighbours,
           RingBar           cohort)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) {
    .session_usec = RING_SECONDS (60 * minutes) });
  const RingTally *tally = &world->tally;
  double share;

  ring_churn_begin (world);
  ring_world_run (world, RING_SECONDS (30));
  ring_world_tally (world);
  if (minutes == 2)
    {
      ring_world_run (world, RING_SECONDS (30));
      ring_figures_set (figures, RING_BAR_MESSAGES_2,
                        tally->n_messages / (ring_world_node_hours (world) * 3600), 0);
      ring_world_tally (world);
    }
  ring_lookup_begin (world, effort->n_lookups / ((double) effort->span_usec / G_USEC_PER_SEC), 1);
  share = ring_watch_neighbours (world, effort->span_usec, 200);
  ring_lookup_end (world);
  ring_world_run (world, RING_SECONDS (5));

  ring_figures_set (figures, lookup, share_found (tally), tally->n_lookups);
  ring_figures_set (figures, neighbours, 100 * share, 0);
  ring_figures_set (figures, cohort, tally->cohort_wanted == 0 ? NAN
                      : 100.0 * tally->cohort_right / tally->cohort_wanted, tally->n_cohorts);
  ring_rows_end (world, effort, "churn");
}

void
ring_rows_churn60 (RingFigures      *figures,
                   const RingEffort *effort)
{
  run_churn (figures, effort, 60, RING_BAR_LOOKUP_60, RING_BAR_NEIGHBOURS_60, RING_BAR_COHORT_60);
}

void
ring_rows_churn10 (RingFigures      *figures,
                   const RingEffort *effort)
{
  run_churn (figures, effort, 10, RING_BAR_LOOKUP_10, RING_BAR_NEIGHBOURS_10, RING_BAR_COHORT_10);
}

void
ring_rows_churn2 (RingFigures      *figures,
                  const RingEffort *effort)
{
  run_churn (figures, effort, 2, RING_BAR_LOOKUP_2, RING_BAR_NEIGHBOURS_2, RING_BAR_COHORT_2);
}

static double
to_seconds (gint64 usec)
{
  return usec < 0 ? INFINITY : (double) usec / G_USEC_PER_SEC;
}

static void
run_crash (RingFigures      *figures,
           const RingEffort *effort,
           double            share,
           RingBar           bar)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { 0 });
  guint n = world->n_nodes * share + 0.5;

  for (guint i = 0; i < n; i++)
    ring_node_crash (world, ring_world_draw_up (world));
  ring_figures_set (figures, bar, to_seconds (ring_watch_until (world, 0.999, LIMIT_USEC)), 0);
  ring_rows_end (world, effort, "crash");
}

void
ring_rows_crash (RingFigures      *figures,
                 const RingEffort *effort)
{
  run_crash (figures, effort, 0.3, RING_BAR_CRASH_30);
  run_crash (figures, effort, 0.5, RING_BAR_CRASH_50);
}

static void
run_loss (RingFigures      *figures,
          const RingEffort *effort,
          double            loss,
          RingBar           bar)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { .loss = loss });

  ring_world_run (world, 2 * effort->span_usec);
  ring_figures_set (figures, bar, world->tally.n_false_deaths / ring_world_node_hours (world),
                    ring_world_node_hours (world));
  ring_rows_end (world, effort, "loss");
}

void
ring_rows_loss1 (RingFigures      *figures,
                 const RingEffort *effort)
{
  run_loss (figures, effort, 0.01, RING_BAR_FALSE_DEATHS_1);
}

void
ring_rows_loss5 (RingFigures      *figures,
                 const RingEffort *effort)
{
  run_loss (figures, effort, 0.05, RING_BAR_FALSE_DEATHS_5);
}

void
ring_rows_liars (RingFigures      *figures,
                 const RingEffort *effort)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { .liar_share = 0.2 });
  g_autoptr (GArray) errors = NULL;

  ring_world_run (world, effort->span_usec);
  errors = measure_size (world);
  ring_figures_set (figures, RING_BAR_SIZE_LIARS, ring_watch_quantile (errors, 0.95) / 1e4,
                    errors->len);
  ring_rows_end (world, effort, "liars");
}

void
ring_rows_cut (RingFigures      *figures,
               const RingEffort *effort)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { 0 });

  for (guint i = 0; i < world->n_nodes; i++)
    world->nodes[i].side = ring_chance_below (&world->chance, 2);
  world->is_cut = TRUE;
  ring_figures_set (figures, RING_BAR_CUT_REPORTED,
                    to_seconds (ring_watch_alarms (world, 0.95, RING_SECONDS (60))), 0);
  ring_world_run (world, RING_SECONDS (60));
  world->is_cut = FALSE;
  ring_figures_set (figures, RING_BAR_MERGED,
                    to_seconds (ring_watch_until (world, 0.999, LIMIT_USEC)), 0);
  ring_rows_end (world, effort, "cut");
}

static void
run_hostile (RingFigures      *figures,
             const RingEffort *effort,
             guint             paths,
             RingBar           bar)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { .forwarder_share = 0.2 });

  ring_rows_look_up (world, effort, paths);
  ring_figures_set (figures, bar, share_found (&world->tally), world->tally.n_lookups);
  ring_rows_end (world, effort, "hostile");
}

void
ring_rows_hostile (RingFigures      *figures,
                   const RingEffort *effort)
{
  run_hostile (figures, effort, 4, RING_BAR_HOSTILE_4);
  run_hostile (figures, effort, 8, RING_BAR_HOSTILE_8);
}

void
ring_rows_forged (RingFigures      *figures,
                  const RingEffort *effort)
{
  guint n_accepted = 0;
  guint n_removed = 0;
  guint64 n = 0;

  for (RingForgery forgery = 0; forgery < RING_N_FORGERIES; forgery++)
    {
      RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) {
        .n_nodes = FORGERY_NODES });
      guint n_these = ring_forgery_try (world, forgery, effort->n_forgeries, &n_removed);

      if (effort->is_verbose)
        g_print ("# forged %s: %u accepted\n", ring_forgery_to_name (forgery), n_these);
      n_accepted += n_these;
      n += effort->n_forgeries;
      ring_rows_end (world, effort, ring_forgery_to_name (forgery));
    }
  ring_figures_set (figures, RING_BAR_FORGED, n_accepted, n);
  ring_figures_set (figures, RING_BAR_REMOVED, n_removed, n);
}

void
ring_rows_flood (RingFigures      *figures,
                 const RingEffort *effort)
{
  RingWorld *world = ring_rows_make (figures, effort, &(RingSettings) { 0 });
  const RingTally *tally = &world->tally;

  ring_hostile_flood (world, ring_world_draw_up (world), FLOOD_PER_SECOND);
  ring_world_run (world, RING_SECONDS (2));
  ring_world_tally (world);
  ring_rows_look_up (world, effort, 1);
  ring_figures_set (figures, RING_BAR_FLOODED, tally->n_asked == 0 ? NAN
                      : 100.0 * (tally->n_asked - tally->n_refused) / tally->n_asked,
                    tally->n_asked);
  ring_rows_end (world, effort, "flood");
}

void
ring_rows_scale (RingFigures      *figures,
                 const RingEffort *effort)
{
  gint64 begun_usec = g_get_monotonic_time ();
  double cpu_seconds = get_cpu_seconds ();
  RingWorld *world = ring_rows_make (figures, &(RingEffort) { 0 }, &(RingSettings) { 0 });
  struct rusage usage;

  ring_world_run (world, SCALE_USEC);
  cpu_seconds = get_cpu_seconds () - cpu_seconds;
  getrusage (RUSAGE_SELF, &usage);
  /* All runs on one thread: with a machine of its own that is the time that it takes. */
  ring_figures_set (figures, RING_BAR_WALL, cpu_seconds, 0);
  if (effort->is_verbose)
    g_print ("# scale: %.3g s by the clock\n",
             (double) (g_get_monotonic_time () - begun_usec) / G_USEC_PER_SEC);
  ring_figures_set (figures, RING_BAR_MEMORY, usage.ru_maxrss / 1024.0 / 1024.0, 0);
  ring_rows_end (world, effort, "scale");
}
