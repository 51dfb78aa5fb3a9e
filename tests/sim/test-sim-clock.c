/* test-sim-clock.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What only a simulated clock has; the contract of clocks runs on it in tests/contract. */

#include <weft-sim.h>

#define SECOND G_TIME_SPAN_SECOND

typedef struct
{
  WeftSimWorld *world;
  WeftSimClock *clock;
  gint64 called_usec; /* in the time of the world; -1 before */
  guint n_destroyed;
} Fixture;

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer user_data)
{
  fixture->world = weft_sim_world_new (1);
  weft_sim_world_add_actor (fixture->world, "one");
  weft_sim_world_run_until (fixture->world, 100 * SECOND);
  fixture->clock = weft_sim_clock_new (fixture->world, 1);
  fixture->called_usec = -1;
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer user_data)
{
  g_assert_finalize_object (fixture->clock);
  g_assert_finalize_object (fixture->world);
}

static void
alarm_cb (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->called_usec = weft_sim_world_get_time (fixture->world);
}

static void
alarm_destroy (gpointer user_data)
{
  ((Fixture *) user_data)->n_destroyed++;
}

static void
add_alarm (Fixture *fixture,
           gint64   delay_usec)
{
  WeftClock *clock = WEFT_CLOCK (fixture->clock);

  g_assert_cmpuint (weft_clock_add_alarm (clock, weft_clock_get_monotonic (clock) + delay_usec,
                                          alarm_cb, fixture, alarm_destroy), >, 0);
}

static void
test_plain (Fixture      *fixture,
            gconstpointer user_data)
{
  gint64 start_usec = weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock));

  g_test_summary ("A clock as made goes with the world; its calendar starts in 2030.");

  g_assert_cmpint (weft_clock_get_real (WEFT_CLOCK (fixture->clock)), ==,
                   G_GINT64_CONSTANT (1893456100000000));
  add_alarm (fixture, 3 * SECOND);
  weft_sim_world_run_until (fixture->world, 110 * SECOND);
  g_assert_cmpint (fixture->called_usec, ==, 103 * SECOND);
  g_assert_cmpint (weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock)), ==,
                   start_usec + 10 * SECOND);
  g_assert_cmpint (weft_sim_clock_get_skew (fixture->clock), ==, 0);
}

static void
test_drift (Fixture      *fixture,
            gconstpointer user_data)
{
  gint64 start_usec = weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock));

  g_test_summary ("A clock that runs fast calls early, one that runs slow late.");

  weft_sim_clock_set_drift (fixture->clock, 250000);
  add_alarm (fixture, 10 * SECOND);
  weft_sim_world_run_until (fixture->world, 108 * SECOND);
  g_assert_cmpint (fixture->called_usec, ==, 108 * SECOND);
  g_assert_cmpint (weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock)), ==,
                   start_usec + 10 * SECOND);
  g_assert_cmpint (weft_sim_clock_get_skew (fixture->clock), ==, 2 * SECOND);

  weft_sim_clock_set_drift (fixture->clock, -500000);
  add_alarm (fixture, 10 * SECOND);
  weft_sim_world_run_until (fixture->world, 140 * SECOND);
  g_assert_cmpint (fixture->called_usec, ==, 128 * SECOND);
}

static void
test_drift_changes (Fixture      *fixture,
                    gconstpointer user_data)
{
  g_test_summary ("An alarm that waits when the drift changes comes by the new pace.");

  add_alarm (fixture, 10 * SECOND);
  weft_sim_world_run_until (fixture->world, 104 * SECOND);
  weft_sim_clock_set_drift (fixture->clock, 500000);
  weft_sim_world_run_until (fixture->world, 120 * SECOND);
  g_assert_cmpint (fixture->called_usec, ==, 108 * SECOND);
}

static void
test_step (Fixture      *fixture,
           gconstpointer user_data)
{
  gint64 start_usec = weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock));

  g_test_summary ("A step moves the calendar alone.");

  add_alarm (fixture, 10 * SECOND);
  weft_sim_clock_step (fixture->clock, -3600 * SECOND);
  g_assert_cmpint (weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock)), ==, start_usec);
  g_assert_cmpint (weft_sim_clock_get_skew (fixture->clock), ==, -3600 * SECOND);
  weft_sim_world_run_until (fixture->world, 120 * SECOND);
  g_assert_cmpint (fixture->called_usec, ==, 110 * SECOND);
  g_assert_cmpint (weft_clock_get_real (WEFT_CLOCK (fixture->clock)), ==,
                   WEFT_SIM_EPOCH_USEC + (120 - 3600) * SECOND);
}

static void
add_another_cb (gpointer user_data)
{
  Fixture *fixture = user_data;

  alarm_cb (fixture);
  add_alarm (fixture, G_TIME_SPAN_DAY);
}

static void
test_run_out (Fixture      *fixture,
              gconstpointer user_data)
{
  WeftClock *clock = WEFT_CLOCK (fixture->clock);
  gint64 start_usec = weft_clock_get_monotonic (clock);

  g_test_summary ("When a clock runs out, all that waits is over at once, also what comes of it.");

  weft_clock_add_alarm (clock, start_usec + G_TIME_SPAN_HOUR, add_another_cb, fixture,
                        alarm_destroy);
  weft_sim_clock_run_out (fixture->clock);
  g_assert_cmpuint (fixture->n_destroyed, ==, 0);
  weft_sim_world_run_for (fixture->world, 0);
  g_assert_cmpint (fixture->called_usec, ==, 100 * SECOND);
  g_assert_cmpuint (fixture->n_destroyed, ==, 2);
  g_assert_cmpint (weft_clock_get_monotonic (clock), >=, start_usec + G_TIME_SPAN_DAY);
}

static void
note_cb (gpointer user_data)
{
  g_string_append_c (*(GString **) user_data, ((char *) user_data)[sizeof (GString *)]);
}

static void
test_same_microsecond (Fixture      *fixture,
                       gconstpointer user_data)
{
  struct
  {
    GString *calls;
    char tag;
  } notes[3] = { 0 };
  g_autoptr (GString) calls = g_string_new (NULL);
  WeftClock *clock = WEFT_CLOCK (fixture->clock);
  gint64 start_usec = weft_clock_get_monotonic (clock);

  g_test_summary ("Deadlines that fall on one microsecond of the world still keep their order.");

  weft_sim_clock_set_drift (fixture->clock, 500000);
  for (guint i = 0; i < 3; i++)
    {
      notes[i].calls = calls;
      notes[i].tag = 'a' + i;
    }
  weft_clock_add_alarm (clock, start_usec + 3, note_cb, &notes[2], NULL);
  weft_clock_add_alarm (clock, start_usec + 2, note_cb, &notes[0], NULL);
  weft_clock_add_alarm (clock, start_usec + 2, note_cb, &notes[1], NULL);
  weft_sim_world_run_for (fixture->world, 10);
  g_assert_cmpstr (calls->str, ==, "abc");
}

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } stories[] = {
    { "/sim/clock/plain", test_plain },
    { "/sim/clock/drift", test_drift },
    { "/sim/clock/drift-changes", test_drift_changes },
    { "/sim/clock/step", test_step },
    { "/sim/clock/run-out", test_run_out },
    { "/sim/clock/same-microsecond", test_same_microsecond },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stories); i++)
    g_test_add (stories[i].path, Fixture, NULL, fixture_set_up, stories[i].func,
                fixture_tear_down);

  return g_test_run ();
}
