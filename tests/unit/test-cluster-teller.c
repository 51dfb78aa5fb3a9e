/* test-cluster-teller.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Certificates on their way to members who lack them. */

#include "config.h"

#include "cluster-fixture.h"
#include "parts-fixture.h"
#include "weft-cluster-teller-private.h"

#define MSEC G_TIME_SPAN_MILLISECOND
#define N_MEMBERS 3
/* As in the teller. */
#define FLIGHTS_MAX 64
#define TOLD_MAX 4096

typedef struct
{
  PartsFixture base;
  ScriptCluster *members[N_MEMBERS];
  WeftClusterTeller *teller;
} Fixture;

static WeftCluster *
find_cb (gpointer    data,
         WeftPeerId *peer_id)
{
  Fixture *fixture = data;

  for (guint i = 0; i < N_MEMBERS; i++)
    if (weft_peer_id_equal (peer_id, fixture_peer_id (i)))
      return WEFT_CLUSTER (fixture->members[i]);

  g_assert_not_reached ();
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  parts_fixture_set_up (&fixture->base, user_data);
  for (guint i = 0; i < N_MEMBERS; i++)
    fixture->members[i] = script_cluster_new ();
  fixture->teller = weft_cluster_teller_new (fixture->base.parts, find_cb, fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  weft_cluster_teller_close (fixture->teller);
  weft_cluster_teller_unref (fixture->teller);
  for (guint i = 0; i < N_MEMBERS; i++)
    g_assert_finalize_object (fixture->members[i]);
  parts_fixture_tear_down (&fixture->base, user_data);
}

/* The certificate of an action, for the members whose bits are set. */
static void
tell (Fixture    *fixture,
      const char *action_id,
      guint       members)
{
  g_autoptr (WeftClusterRecord) record = fixture_record (action_id, "b", 0, N_MEMBERS);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (record, 0x3);
  g_autoptr (GPtrArray) peer_ids = g_ptr_array_new ();

  for (guint i = 0; i < N_MEMBERS; i++)
    if (members & (1u << i))
      g_ptr_array_add (peer_ids, fixture_peer_id (i));
  weft_cluster_teller_add (fixture->teller, decided, peer_ids);
}

static guint
count_asked (Fixture *fixture)
{
  guint n_asked = 0;

  for (guint i = 0; i < N_MEMBERS; i++)
    n_asked += script_cluster_get_n (fixture->members[i]);

  return n_asked;
}

/* How long until somebody is told something; others use the clock, too. */
static gint64
run_next (Fixture *fixture)
{
  gint64 before_usec = parts_fixture_now (&fixture->base);
  guint n_asked = count_asked (fixture);

  while (count_asked (fixture) == n_asked)
    g_assert_true (manual_clock_run_next (fixture->base.clock));

  return parts_fixture_now (&fixture->base) - before_usec;
}

static void
expect_silence (Fixture *fixture)
{
  guint n_asked = count_asked (fixture);

  manual_clock_advance (fixture->base.clock, G_TIME_SPAN_HOUR);
  manual_clock_run_due (fixture->base.clock);
  g_assert_cmpuint (count_asked (fixture), ==, n_asked);
}

static guint
count_kept (Fixture *fixture)
{
  g_autoptr (GPtrArray) records
    = weft_storage_list_unresolved_records (fixture->base.storage, NULL);

  return records->len;
}

static void
test_pauses (Fixture       *fixture,
             gconstpointer  user_data)
{
  static const gint64 pauses_msec[] = {
    250, 250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000
  };

  g_test_summary ("Who does not answer is told again after 250 ms, then after twice as long each "
                  "time, up to 30 s.");

  tell (fixture, "a", 0x1);
  g_assert_cmpuint (script_cluster_get_n (fixture->members[0]), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (pauses_msec); i++)
    {
      g_assert_cmpint (run_next (fixture), ==, pauses_msec[i] * MSEC);
      g_assert_cmpuint (script_cluster_get_n (fixture->members[0]), ==, i + 1);
      script_cluster_fail (fixture->members[0], WEFT_ERROR_UNAVAILABLE);
    }

  run_next (fixture);
  script_cluster_answer (fixture->members[0], "{\"applied\":true}");
  g_assert_cmpuint (weft_cluster_teller_get_n (fixture->teller), ==, 0);
  expect_silence (fixture);
}

static void
test_who_lacks_it (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_test_summary ("Only who has not acknowledged it is told again; once all have, it is over, and "
                  "the storage forgets it.");

  tell (fixture, "a", 0x7);
  g_assert_cmpuint (count_kept (fixture), ==, 1);
  run_next (fixture);
  script_cluster_answer (fixture->members[0], "{\"applied\":true}");
  /* An answer that is no acknowledgement is none. */
  script_cluster_answer (fixture->members[1],
                         "{\"error\":{\"code\":\"unavailable\",\"message\":\"later\"}}");
  script_cluster_fail (fixture->members[2], WEFT_ERROR_TIMED_OUT);

  g_assert_cmpint (run_next (fixture), ==, 250 * MSEC);
  g_assert_cmpuint (script_cluster_get_n (fixture->members[0]), ==, 1);
  g_assert_cmpuint (script_cluster_get_n (fixture->members[1]), ==, 2);
  g_assert_cmpuint (script_cluster_get_n (fixture->members[2]), ==, 2);
  script_cluster_answer (fixture->members[1], "{\"applied\":true}");
  g_assert_cmpuint (count_kept (fixture), ==, 1);
  script_cluster_answer (fixture->members[2], "{\"applied\":true}");

  g_assert_cmpuint (weft_cluster_teller_get_n (fixture->teller), ==, 0);
  g_assert_cmpuint (count_kept (fixture), ==, 0);
  expect_silence (fixture);
  g_assert_cmpuint (weft_cluster_parts_get_count (fixture->base.parts, "tells-sent"), ==, 5);
}

static void
test_restart (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, N_MEMBERS);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (record, 0x3);
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_new_decided (decided);
  g_autofree char *text = weft_cluster_answer_to_string (answer);

  g_test_summary ("A restart goes on with what was not acknowledged, from the first pause on; an "
                  "answer that comes after the end is not listened to.");

  tell (fixture, "a", 0x3);
  tell (fixture, "c", 0x1);
  run_next (fixture);
  script_cluster_answer (fixture->members[1], "{\"applied\":true}");
  g_assert_cmpuint (script_cluster_get_open (fixture->members[0]), ==, 2);
  weft_cluster_teller_close (fixture->teller);
  script_cluster_answer (fixture->members[0], "{\"applied\":true}");
  script_cluster_fail (fixture->members[0], WEFT_ERROR_CLOSED);
  weft_cluster_teller_unref (fixture->teller);
  expect_silence (fixture);

  fixture->teller = weft_cluster_teller_new (fixture->base.parts, find_cb, fixture);
  g_assert_cmpuint (weft_cluster_teller_get_n (fixture->teller), ==, 2);
  g_assert_cmpint (run_next (fixture), ==, 250 * MSEC);
  /* Who had it already is told twice: that was not written down, and does no harm. */
  g_assert_cmpuint (script_cluster_get_open (fixture->members[0]), ==, 2);
  g_assert_cmpuint (script_cluster_get_open (fixture->members[1]), ==, 1);
  script_cluster_answer (fixture->members[0], "{\"applied\":true}");
  script_cluster_answer (fixture->members[0], text);
  script_cluster_answer (fixture->members[1], text);
  g_assert_cmpuint (weft_cluster_teller_get_n (fixture->teller), ==, 0);
  g_assert_cmpuint (count_kept (fixture), ==, 0);
}

static void
test_hurry (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_test_summary ("Who comes back is told at once, and then as often as in the beginning; others "
                  "still wait.");

  tell (fixture, "a", 0x1);
  tell (fixture, "c", 0x2);
  for (guint i = 0; i < 4; i++)
    {
      run_next (fixture);
      script_cluster_fail (fixture->members[0], WEFT_ERROR_UNAVAILABLE);
      if (script_cluster_get_open (fixture->members[1]) == 0)
        run_next (fixture);
      script_cluster_fail (fixture->members[1], WEFT_ERROR_UNAVAILABLE);
    }
  weft_cluster_teller_hurry (fixture->teller, fixture_peer_id (0));
  g_assert_cmpint (run_next (fixture), ==, 0);
  g_assert_cmpuint (script_cluster_get_n (fixture->members[0]), ==, 5);
  g_assert_cmpuint (script_cluster_get_n (fixture->members[1]), ==, 4);
  /* While it is on its way there is nothing to hurry. */
  weft_cluster_teller_hurry (fixture->teller, fixture_peer_id (0));
  script_cluster_fail (fixture->members[0], WEFT_ERROR_UNAVAILABLE);
  g_assert_cmpint (run_next (fixture), ==, 250 * MSEC);
  g_assert_cmpuint (script_cluster_get_n (fixture->members[0]), ==, 6);
  script_cluster_answer (fixture->members[0], "{\"applied\":true}");
}

static void
test_limits (Fixture       *fixture,
             gconstpointer  user_data)
{
  guint64 n_dropped;

  g_test_summary ("64 are on their way at a time, and 4096 are remembered; one more is counted and "
                  "left out.");

  for (guint i = 0; i < TOLD_MAX; i++)
    {
      g_autofree char *action_id = g_strdup_printf ("a%u", i);

      tell (fixture, action_id, 0x1);
    }
  g_assert_cmpuint (weft_cluster_teller_get_n (fixture->teller), ==, TOLD_MAX);
  n_dropped = weft_cluster_parts_get_count (fixture->base.parts, "tells-dropped");
  g_assert_cmpuint (n_dropped, ==, 0);
  tell (fixture, "one-more", 0x1);
  n_dropped = weft_cluster_parts_get_count (fixture->base.parts, "tells-dropped");
  g_assert_cmpuint (n_dropped, ==, 1);
  g_assert_cmpuint (count_kept (fixture), ==, TOLD_MAX);

  manual_clock_advance (fixture->base.clock, 250 * MSEC);
  manual_clock_run_due (fixture->base.clock);
  g_assert_cmpuint (script_cluster_get_open (fixture->members[0]), ==, FLIGHTS_MAX);
  script_cluster_answer (fixture->members[0], "{\"applied\":true}");
  manual_clock_run_due (fixture->base.clock);
  g_assert_cmpuint (script_cluster_get_open (fixture->members[0]), ==, FLIGHTS_MAX);
  g_assert_cmpuint (script_cluster_get_n (fixture->members[0]), ==, FLIGHTS_MAX + 1);
  g_assert_cmpuint (weft_cluster_teller_get_n (fixture->teller), ==, TOLD_MAX - 1);

  weft_cluster_teller_close (fixture->teller);
  while (script_cluster_get_open (fixture->members[0]) > 0)
    script_cluster_fail (fixture->members[0], WEFT_ERROR_CLOSED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) \
  g_test_add ("/cluster/teller/" name, Fixture, NULL, set_up, func, tear_down)

  ADD ("pauses", test_pauses);
  ADD ("who-lacks-it", test_who_lacks_it);
  ADD ("restart", test_restart);
  ADD ("hurry", test_hurry);
  ADD ("limits", test_limits);

  return g_test_run ();
}
