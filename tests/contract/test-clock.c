/* test-clock.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The contract of WeftClock, run against every implementation. */

#include <weft-sim.h>

/* What the contract needs to know of an implementation: how to make one, and how to let it go on
 * until it has called something. */
typedef struct
{
  const char *name;
  WeftClock *(*create) (void);
  void (*go_on) (WeftClock *clock);
} Kind;

typedef struct
{
  const Kind *kind;
  WeftClock *clock;
  GString *calls; /* the tags of the alarms that were called, in order */
  guint n_destroyed;
  guint64 victim_id; /* what an alarm is to remove */
} Fixture;

typedef struct
{
  Fixture *fixture;
  char tag;
  gint64 deadline_usec;
} Note;

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer user_data)
{
  fixture->kind = user_data;
  fixture->clock = fixture->kind->create ();
  fixture->calls = g_string_new (NULL);
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer user_data)
{
  if (fixture->clock != NULL)
    g_assert_finalize_object (fixture->clock);
  g_string_free (fixture->calls, TRUE);
}

static void
run_until_calls (Fixture *fixture,
                 gsize    n_calls)
{
  while (fixture->calls->len < n_calls)
    fixture->kind->go_on (fixture->clock);
}

static void
note_destroy (gpointer user_data)
{
  Note *note = user_data;

  note->fixture->n_destroyed++;
  g_free (note);
}

static void
note_cb (gpointer user_data)
{
  Note *note = user_data;

  g_assert_cmpint (weft_clock_get_monotonic (note->fixture->clock), >=, note->deadline_usec);
  g_string_append_c (note->fixture->calls, note->tag);
}

static guint64
add_at (Fixture      *fixture,
        gint64        deadline_usec,
        char          tag,
        WeftAlarmFunc func)
{
  Note *note = g_new (Note, 1);
  guint64 alarm_id;

  *note = (Note) { fixture, tag, deadline_usec };
  alarm_id = weft_clock_add_alarm (fixture->clock, deadline_usec, func, note, note_destroy);
  g_assert_cmpuint (alarm_id, >, 0);

  return alarm_id;
}

static gint64
now_usec (Fixture *fixture)
{
  return weft_clock_get_monotonic (fixture->clock);
}

static void
test_clock_never_early (Fixture      *fixture,
                        gconstpointer user_data)
{
  g_test_summary ("No alarm is called before its deadline.");

  for (int i = 0; i < 5; i++)
    add_at (fixture, now_usec (fixture) + 700 * i + 1, 'a', note_cb);
  run_until_calls (fixture, 5);
  g_assert_cmpuint (fixture->n_destroyed, ==, 5);
}

static void
test_clock_order (Fixture      *fixture,
                  gconstpointer user_data)
{
  gint64 start_usec = now_usec (fixture);

  g_test_summary ("Alarms come by deadline, not in the order they were added, nor all at once.");

  add_at (fixture, start_usec + 3000, 'd', note_cb);
  add_at (fixture, start_usec + 1000, 'b', note_cb);
  add_at (fixture, start_usec + 2000, 'c', note_cb);
  add_at (fixture, start_usec - 1000, 'a', note_cb);
  run_until_calls (fixture, 4);
  g_assert_cmpstr (fixture->calls->str, ==, "abcd");
}

static void
test_clock_overdue (Fixture      *fixture,
                    gconstpointer user_data)
{
  gint64 start_usec = now_usec (fixture);

  g_test_summary ("Of alarms that are due together, the one with the earlier deadline is first.");

  add_at (fixture, start_usec - 1, 'c', note_cb);
  add_at (fixture, start_usec - 3, 'a', note_cb);
  add_at (fixture, start_usec - 2, 'b', note_cb);
  add_at (fixture, start_usec, 'd', note_cb);
  run_until_calls (fixture, 4);
  g_assert_cmpstr (fixture->calls->str, ==, "abcd");
}

static void
test_clock_equal (Fixture      *fixture,
                  gconstpointer user_data)
{
  gint64 deadline_usec = now_usec (fixture) + 500;

  g_test_summary ("Alarms with the same deadline come in the order they were added.");

  for (char tag = 'a'; tag <= 'z'; tag++)
    add_at (fixture, deadline_usec, tag, note_cb);
  run_until_calls (fixture, 26);
  g_assert_cmpstr (fixture->calls->str, ==, "abcdefghijklmnopqrstuvwxyz");
}

static void
test_clock_not_within (Fixture      *fixture,
                       gconstpointer user_data)
{
  g_test_summary ("An alarm whose deadline has passed waits until the caller has returned.");

  add_at (fixture, now_usec (fixture) - G_TIME_SPAN_HOUR, 'b', note_cb);
  add_at (fixture, G_MININT64, 'a', note_cb);
  g_assert_cmpuint (fixture->calls->len, ==, 0);
  run_until_calls (fixture, 2);
  g_assert_cmpstr (fixture->calls->str, ==, "ab");
}

static void
test_clock_remove (Fixture      *fixture,
                   gconstpointer user_data)
{
  gint64 start_usec = now_usec (fixture);
  guint64 first_id = add_at (fixture, start_usec, 'a', note_cb);
  guint64 middle_id = add_at (fixture, start_usec + 10, 'b', note_cb);
  guint64 far_id = add_at (fixture, G_MAXINT64, 'z', note_cb);

  g_test_summary ("An alarm that was removed is not called, and its data is freed at once.");

  add_at (fixture, start_usec + 20, 'c', note_cb);
  weft_clock_remove_alarm (fixture->clock, middle_id);
  g_assert_cmpuint (fixture->n_destroyed, ==, 1);
  weft_clock_remove_alarm (fixture->clock, middle_id);
  g_assert_cmpuint (fixture->n_destroyed, ==, 1);
  weft_clock_remove_alarm (fixture->clock, far_id);
  g_assert_cmpuint (fixture->n_destroyed, ==, 2);

  run_until_calls (fixture, 2);
  g_assert_cmpstr (fixture->calls->str, ==, "ac");
  g_assert_cmpuint (fixture->n_destroyed, ==, 4);
  /* Ids are not used again, so one that was called leads to nobody else. */
  g_assert_cmpuint (add_at (fixture, G_MAXINT64, 'z', note_cb), >, far_id);
  weft_clock_remove_alarm (fixture->clock, first_id);
  g_assert_cmpuint (fixture->n_destroyed, ==, 4);
}

static void
remove_victim_cb (gpointer user_data)
{
  Note *note = user_data;

  note_cb (user_data);
  weft_clock_remove_alarm (note->fixture->clock, note->fixture->victim_id);
}

static void
test_clock_remove_within (Fixture      *fixture,
                          gconstpointer user_data)
{
  gint64 start_usec = now_usec (fixture);

  g_test_summary ("An alarm may remove one that is due at the same time, and itself.");

  add_at (fixture, start_usec, 'a', remove_victim_cb);
  fixture->victim_id = add_at (fixture, start_usec, 'x', note_cb);
  add_at (fixture, start_usec, 'b', note_cb);
  run_until_calls (fixture, 2);
  g_assert_cmpstr (fixture->calls->str, ==, "ab");
  g_assert_cmpuint (fixture->n_destroyed, ==, 3);

  fixture->victim_id = add_at (fixture, start_usec, 'c', remove_victim_cb);
  run_until_calls (fixture, 3);
  g_assert_cmpuint (fixture->n_destroyed, ==, 4);
}

static void
add_earlier_cb (gpointer user_data)
{
  Note *note = user_data;

  note_cb (user_data);
  add_at (note->fixture, note->deadline_usec + 1, 'b', note_cb);
}

static void
test_clock_add_within (Fixture      *fixture,
                       gconstpointer user_data)
{
  gint64 start_usec = now_usec (fixture) - 100;

  g_test_summary ("An alarm that another one adds takes the place that its deadline gives it.");

  add_at (fixture, start_usec + 2, 'c', note_cb);
  add_at (fixture, start_usec, 'a', add_earlier_cb);
  run_until_calls (fixture, 3);
  g_assert_cmpstr (fixture->calls->str, ==, "abc");
}

static void
test_clock_dispose (Fixture      *fixture,
                    gconstpointer user_data)
{
  g_test_summary ("A clock that goes away calls nobody, and frees what it was given.");

  add_at (fixture, now_usec (fixture), 'a', note_cb);
  add_at (fixture, G_MAXINT64, 'b', note_cb);
  g_assert_finalize_object (g_steal_pointer (&fixture->clock));
  g_assert_cmpuint (fixture->n_destroyed, ==, 2);
  g_assert_cmpuint (fixture->calls->len, ==, 0);
}

static void
release_clock_cb (gpointer user_data)
{
  Note *note = user_data;

  note_cb (user_data);
  g_clear_object (&note->fixture->clock);
}

static void
test_clock_dispose_within (Fixture      *fixture,
                           gconstpointer user_data)
{
  WeftClock *clock = fixture->clock;
  gint64 start_usec = now_usec (fixture);

  g_test_summary ("An alarm may give the last reference to its clock away.");

  add_at (fixture, start_usec, 'a', release_clock_cb);
  add_at (fixture, start_usec, 'b', note_cb);
  g_object_add_weak_pointer (G_OBJECT (clock), (gpointer *) &clock);
  fixture->kind->go_on (clock);
  g_assert_null (clock);
  g_assert_cmpuint (fixture->n_destroyed, ==, 2);
}

static void
check_order_cb (gpointer user_data)
{
  static gint64 last_usec;
  Note *note = user_data;

  if (note->fixture->calls->len == 0)
    last_usec = G_MININT64;
  g_assert_cmpint (note->deadline_usec, >=, last_usec);
  last_usec = note->deadline_usec;
  note_cb (user_data);
}

static void
test_clock_many (Fixture      *fixture,
                 gconstpointer user_data)
{
  gint64 start_usec = now_usec (fixture);
  guint n_removed = 0;

  g_test_summary ("A thousand alarms, some of them removed, come in order.");

  for (guint i = 0; i < 1000; i++)
    {
      guint64 alarm_id = add_at (fixture, start_usec + g_test_rand_int_range (-5000, 5000), 'a',
                                 check_order_cb);

      if (g_test_rand_bit ())
        {
          weft_clock_remove_alarm (fixture->clock, alarm_id);
          n_removed++;
        }
    }
  run_until_calls (fixture, 1000 - n_removed);
  g_assert_cmpuint (fixture->n_destroyed, ==, 1000);
}

static void
test_clock_time (Fixture      *fixture,
                 gconstpointer user_data)
{
  gint64 last_usec = now_usec (fixture);

  g_test_summary ("Monotonic time never decreases, and real time is of this age.");

  for (guint i = 0; i < 1000; i++)
    {
      gint64 next_usec = now_usec (fixture);

      g_assert_cmpint (next_usec, >=, last_usec);
      last_usec = next_usec;
    }
  /* 2001-09-09, when there was no GLib 2 yet. */
  g_assert_cmpint (weft_clock_get_real (fixture->clock), >,
                   G_GINT64_CONSTANT (1000000000) * G_USEC_PER_SEC);
}

/* What only the clock of the system has: a main context that others use too. */

static void
add_again_cb (gpointer user_data)
{
  Note *note = user_data;

  note_cb (user_data);
  add_at (note->fixture, note->deadline_usec, 'a', add_again_cb);
}

static gboolean
idle_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
test_clock_fair (Fixture      *fixture,
                 gconstpointer user_data)
{
  gboolean had_turn = FALSE;

  g_test_summary ("An alarm that always adds another lets the rest of the loop have its turn.");

  add_at (fixture, 0, 'a', add_again_cb);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 0, idle_cb, &had_turn, NULL);
  for (guint i = 0; i < 10 && !had_turn; i++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (had_turn);
}

static void
run_loop_cb (gpointer user_data)
{
  Note *note = user_data;

  note_cb (user_data);
  while (note->fixture->calls->len < 2)
    g_main_context_iteration (NULL, TRUE);
  g_string_append_c (note->fixture->calls, 'c');
}

static void
test_clock_nested (Fixture      *fixture,
                   gconstpointer user_data)
{
  gint64 start_usec = now_usec (fixture);

  g_test_summary ("An alarm that runs the loop still gets the other alarms.");

  add_at (fixture, start_usec, 'a', run_loop_cb);
  add_at (fixture, start_usec + 100, 'b', note_cb);
  run_until_calls (fixture, 3);
  g_assert_cmpstr (fixture->calls->str, ==, "abc");
}

static void
test_clock_context (Fixture      *fixture,
                    gconstpointer user_data)
{
  g_autoptr(GMainContext) context = g_main_context_new ();

  g_test_summary ("Alarms come from the context that was the thread's default at the start.");

  g_main_context_push_thread_default (context);
  g_object_unref (fixture->clock);
  fixture->clock = weft_system_clock_new ();
  g_main_context_pop_thread_default (context);

  add_at (fixture, 0, 'a', note_cb);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (fixture->calls->len, ==, 0);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_cmpstr (fixture->calls->str, ==, "a");
}

static void
go_on_system (WeftClock *clock)
{
  g_main_context_iteration (NULL, TRUE);
}

static WeftClock *
create_sim (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);

  return WEFT_CLOCK (weft_sim_clock_new (world, weft_sim_world_add_actor (world, "one")));
}

static void
go_on_sim (WeftClock *clock)
{
  weft_sim_world_step (weft_sim_clock_get_world (WEFT_SIM_CLOCK (clock)));
}

static const Kind kinds[] = {
  { "system", weft_system_clock_new, go_on_system },
  { "sim", create_sim, go_on_sim },
};

static void
add_test (const Kind *kind,
          const char *story,
          void      (*func) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/clock/%s/%s", kind->name, story);

  g_test_add (path, Fixture, kind, fixture_set_up, func, fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      add_test (&kinds[i], "never-early", test_clock_never_early);
      add_test (&kinds[i], "order", test_clock_order);
      add_test (&kinds[i], "overdue", test_clock_overdue);
      add_test (&kinds[i], "equal", test_clock_equal);
      add_test (&kinds[i], "not-within", test_clock_not_within);
      add_test (&kinds[i], "remove", test_clock_remove);
      add_test (&kinds[i], "remove-within", test_clock_remove_within);
      add_test (&kinds[i], "add-within", test_clock_add_within);
      add_test (&kinds[i], "dispose", test_clock_dispose);
      add_test (&kinds[i], "dispose-within", test_clock_dispose_within);
      add_test (&kinds[i], "many", test_clock_many);
      add_test (&kinds[i], "time", test_clock_time);
    }
  add_test (&kinds[0], "fair", test_clock_fair);
  add_test (&kinds[0], "nested", test_clock_nested);
  add_test (&kinds[0], "context", test_clock_context);

  return g_test_run ();
}
