/* test-sim-history.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

/* Short histories told to the checker, and what it says of them. */

typedef struct
{
  WeftSimHistory *history;
  gint64 now_usec;
} Fixture;

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  user_data)
{
  fixture->history = weft_sim_history_new ();
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_assert_finalize_object (fixture->history);
}

static guint64
begin_write (Fixture *fixture,
             guint    client,
             guint64  action,
             guint    block,
             gint64   base)
{
  const WeftSimChange change = { block, base, action * 10 };

  return weft_sim_history_begin_write (fixture->history, ++fixture->now_usec, client, action,
                                       &change, 1);
}

/* An action of client 1 on blocks 0 and 1. */
static guint64
begin_both (Fixture *fixture,
            guint64  action)
{
  const WeftSimChange changes[] = { { 0, -1, action * 10 }, { 1, -1, action * 10 } };

  return weft_sim_history_begin_write (fixture->history, ++fixture->now_usec, 1, action, changes,
                                       2);
}

static gboolean
end_write (Fixture        *fixture,
           guint64         operation,
           WeftSimOutcome  outcome,
           gint64          rev)
{
  return weft_sim_history_end_write (fixture->history, ++fixture->now_usec, operation, outcome,
                                     rev);
}

static gboolean
succeed (Fixture *fixture,
         guint64  operation,
         gint64   rev)
{
  return end_write (fixture, operation, WEFT_SIM_OUTCOME_SUCCESS, rev);
}

static guint64
begin_read (Fixture *fixture,
            guint    block)
{
  return weft_sim_history_begin_read (fixture->history, ++fixture->now_usec, 2, block);
}

static gboolean
end_read (Fixture *fixture,
          guint64  operation,
          guint    block,
          gint64   rev,
          guint64  action)
{
  const WeftSimSighting sighting = { block, rev, action, action * 10 };

  return weft_sim_history_end_read (fixture->history, ++fixture->now_usec, operation, &sighting);
}

static gboolean
read_block (Fixture *fixture,
            guint    block,
            gint64   rev,
            guint64  action)
{
  return end_read (fixture, begin_read (fixture, block), block, rev, action);
}

static void
assert_violation (Fixture          *fixture,
                  WeftSimViolation  violation,
                  const char       *words)
{
  g_assert_cmpint (weft_sim_history_get_violation (fixture->history), ==, violation);
  g_assert_cmpstr (weft_sim_history_get_words (fixture->history), ==, words);
}

static void
test_right (Fixture       *fixture,
            gconstpointer  user_data)
{
  guint64 first;
  guint64 early;
  const WeftSimSighting log[] = { { 0, 1, 7, 70 }, { 0, 3, 8, 80 } };

  g_test_summary ("Overlapping operations may be seen in either order; nothing is wrong.");

  g_assert_true (read_block (fixture, 0, 0, 0));
  first = begin_write (fixture, 1, 7, 0, 0);
  early = begin_read (fixture, 0);
  g_assert_true (read_block (fixture, 0, 1, 7));
  g_assert_true (end_read (fixture, early, 0, 0, 0));
  g_assert_true (succeed (fixture, first, 1));
  g_assert_true (succeed (fixture, begin_write (fixture, 3, 8, 0, 1), 3));
  g_assert_true (read_block (fixture, 0, 3, 8));
  weft_sim_history_drop_read (fixture->history, begin_read (fixture, 0));

  g_assert_true (weft_sim_history_check_logs (fixture->history, 20, log, 2));
  assert_violation (fixture, WEFT_SIM_VIOLATION_NONE, NULL);
  g_assert_cmpuint (weft_sim_history_get_n_operations (fixture->history), ==, 7);
}

static void
test_regress (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_test_summary ("A read that began after revision 2 was acknowledged must not answer 1.");

  succeed (fixture, begin_write (fixture, 1, 7, 0, -1), 1);
  succeed (fixture, begin_write (fixture, 1, 8, 0, -1), 2);

  g_assert_false (read_block (fixture, 0, 1, 7));
  assert_violation (fixture, WEFT_SIM_VIOLATION_REGRESS,
                    "read #5 of client 2, from 0.000005 s to 0.000006 s, saw revision 1 of "
                    "block 0, but write #3 of client 1, from 0.000003 s to 0.000004 s, had shown "
                    "revision 2 before");
}

static void
test_read_then_older (Fixture       *fixture,
                      gconstpointer  user_data)
{
  guint64 write;

  g_test_summary ("What one read has seen, of a write nobody acknowledged, the next must see.");

  write = begin_write (fixture, 1, 7, 0, -1);
  g_assert_true (read_block (fixture, 0, 1, 7));
  g_assert_false (read_block (fixture, 0, 0, 0));
  assert_violation (fixture, WEFT_SIM_VIOLATION_REGRESS,
                    "read #4 of client 2, from 0.000004 s to 0.000005 s, saw revision 0 of "
                    "block 0, but read #2 of client 2, from 0.000002 s to 0.000003 s, had shown "
                    "revision 1 before");
  g_assert_false (end_write (fixture, write, WEFT_SIM_OUTCOME_UNKNOWN, 0));
}

static void
test_not_above (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_test_summary ("A write that begins after revision 2 was seen cannot become revision 1.");

  succeed (fixture, begin_write (fixture, 1, 8, 0, -1), 2);
  g_assert_false (succeed (fixture, begin_write (fixture, 1, 7, 0, -1), 1));
  assert_violation (fixture, WEFT_SIM_VIOLATION_NOT_ABOVE,
                    "action 7 of client 1, begun at 0.000003 s as operation #3, became revision 1 "
                    "of block 0, but write #1 of client 1, from 0.000001 s to 0.000002 s, had "
                    "shown revision 2 before");
}

static void
test_two_actions (Fixture       *fixture,
                  gconstpointer  user_data)
{
  guint64 first;
  guint64 second;

  g_test_summary ("Two actions cannot both become revision 1 of a block.");

  first = begin_write (fixture, 1, 7, 0, -1);
  second = begin_write (fixture, 3, 8, 0, -1);
  g_assert_true (succeed (fixture, first, 1));
  g_assert_false (succeed (fixture, second, 1));
  assert_violation (fixture, WEFT_SIM_VIOLATION_CONTENT,
                    "revision 1 of block 0 is action 8 of client 3, begun at 0.000002 s as "
                    "operation #2, but also action 7 of client 1, begun at 0.000001 s as "
                    "operation #1, which write #1 of client 1, from 0.000001 s to 0.000003 s, "
                    "had shown");
}

static void
test_content (Fixture       *fixture,
              gconstpointer  user_data)
{
  const WeftSimSighting sighting = { 0, 1, 7, 71 };

  g_test_summary ("A revision must be what its action proposed.");

  succeed (fixture, begin_write (fixture, 1, 7, 0, -1), 1);
  g_assert_false (weft_sim_history_end_read (fixture->history, 9, begin_read (fixture, 0),
                                             &sighting));
  g_assert_cmpint (weft_sim_history_get_violation (fixture->history), ==,
                   WEFT_SIM_VIOLATION_CONTENT);
}

static void
test_phantom (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_test_summary ("What nobody has begun to write cannot be read, even if somebody does later.");

  g_assert_false (read_block (fixture, 0, 1, 7));
  begin_write (fixture, 1, 7, 0, -1);
  assert_violation (fixture, WEFT_SIM_VIOLATION_PHANTOM,
                    "read #1 of client 2, from 0.000001 s to 0.000002 s, saw revision 1 of "
                    "block 0 by action 7, which nobody had begun to write");
}

static void
test_failed_seen (Fixture       *fixture,
                  gconstpointer  user_data)
{
  g_test_summary ("A write that was told to have failed must never be seen.");

  end_write (fixture, begin_write (fixture, 1, 7, 0, -1), WEFT_SIM_OUTCOME_FAILURE, 0);
  g_assert_false (read_block (fixture, 0, 1, 7));
  assert_violation (fixture, WEFT_SIM_VIOLATION_FAILED_SEEN,
                    "action 7 of client 1, begun at 0.000001 s as operation #1, had failed, but "
                    "read #3 of client 2, from 0.000003 s to 0.000004 s, saw it");
}

static void
test_seen_then_failed (Fixture       *fixture,
                       gconstpointer  user_data)
{
  guint64 write;

  g_test_summary ("A write that somebody has seen cannot fail any more.");

  write = begin_write (fixture, 1, 7, 0, -1);
  g_assert_true (read_block (fixture, 0, 1, 7));
  g_assert_false (end_write (fixture, write, WEFT_SIM_OUTCOME_FAILURE, 0));
  g_assert_cmpint (weft_sim_history_get_violation (fixture->history), ==,
                   WEFT_SIM_VIOLATION_FAILED_SEEN);
}

static void
test_unknown (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_test_summary ("A write without an answer may be seen much later, or never, but where it "
                  "belongs.");

  end_write (fixture, begin_write (fixture, 1, 7, 0, -1), WEFT_SIM_OUTCOME_UNKNOWN, 0);
  g_assert_true (read_block (fixture, 0, 0, 0));
  g_assert_true (read_block (fixture, 0, 4, 7));
  end_write (fixture, begin_write (fixture, 1, 8, 0, -1), WEFT_SIM_OUTCOME_UNKNOWN, 0);
  g_assert_true (read_block (fixture, 0, 4, 7));
  g_assert_false (read_block (fixture, 0, 3, 8));
  g_assert_cmpint (weft_sim_history_get_violation (fixture->history), ==,
                   WEFT_SIM_VIOLATION_REGRESS);
}

static void
test_retries (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_test_summary ("Attempts with one action are one write: it may be told twice, as one revision.");

  end_write (fixture, begin_write (fixture, 1, 7, 0, -1), WEFT_SIM_OUTCOME_FAILURE, 0);
  end_write (fixture, begin_write (fixture, 1, 7, 0, -1), WEFT_SIM_OUTCOME_UNKNOWN, 0);
  end_write (fixture, begin_write (fixture, 1, 7, 0, -1), WEFT_SIM_OUTCOME_FAILURE, 0);
  g_assert_true (read_block (fixture, 0, 2, 7));
  g_assert_true (succeed (fixture, begin_write (fixture, 1, 7, 0, -1), 2));
  g_assert_false (succeed (fixture, begin_write (fixture, 1, 7, 0, -1), 3));
  assert_violation (fixture, WEFT_SIM_VIOLATION_TWICE,
                    "action 7 of client 1, begun at 0.000003 s as operation #3, is revision 3 of "
                    "block 0 to write #11 of client 1, from 0.000011 s to 0.000012 s, but was "
                    "revision 2 to read #7 of client 2, from 0.000007 s to 0.000008 s,");
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_test_summary ("A refusal holds for all attempts, also for those that nobody knows about.");

  end_write (fixture, begin_write (fixture, 1, 7, 0, -1), WEFT_SIM_OUTCOME_UNKNOWN, 0);
  g_assert_true (end_write (fixture, begin_write (fixture, 1, 7, 0, -1),
                            WEFT_SIM_OUTCOME_REFUSED, 0));
  g_assert_false (read_block (fixture, 0, 1, 7));
  assert_violation (fixture, WEFT_SIM_VIOLATION_FAILED_SEEN,
                    "action 7 of client 1, begun at 0.000001 s as operation #1, had failed, but "
                    "read #5 of client 2, from 0.000005 s to 0.000006 s, saw it");
}

static void
test_seen_then_refused (Fixture       *fixture,
                        gconstpointer  user_data)
{
  g_test_summary ("What was seen cannot be refused.");

  end_write (fixture, begin_write (fixture, 1, 7, 0, -1), WEFT_SIM_OUTCOME_UNKNOWN, 0);
  g_assert_true (read_block (fixture, 0, 1, 7));
  g_assert_false (end_write (fixture, begin_write (fixture, 1, 7, 0, -1),
                             WEFT_SIM_OUTCOME_REFUSED, 0));
  g_assert_cmpint (weft_sim_history_get_violation (fixture->history), ==,
                   WEFT_SIM_VIOLATION_FAILED_SEEN);
}

static void
test_forgotten (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_test_summary ("What is pending has to be there when it is committed.");

  g_assert_false (weft_sim_history_see_forgotten (fixture->history, 2000000, 1, 7, 1500000));
  assert_violation (fixture, WEFT_SIM_VIOLATION_FORGOTTEN,
                    "action 7 was pending, as client 1 had been told at 1.500000 s, and by "
                    "2.000000 s it was not");
}

static void
test_past_without_action (Fixture       *fixture,
                          gconstpointer  user_data)
{
  const WeftSimSighting unheard = { 0, 2, 0, 80 };
  const WeftSimSighting right = { 0, 1, 0, 70 };
  const WeftSimSighting wrong = { 0, 1, 0, 80 };

  g_test_summary ("A look at the past names a revision, and what is known of that has to agree.");

  succeed (fixture, begin_write (fixture, 1, 7, 0, -1), 1);
  g_assert_true (weft_sim_history_see_past (fixture->history, 9, 2, &unheard));
  g_assert_true (weft_sim_history_see_past (fixture->history, 9, 2, &right));
  g_assert_false (weft_sim_history_see_past (fixture->history, 9, 2, &wrong));
  g_assert_cmpint (weft_sim_history_get_violation (fixture->history), ==,
                   WEFT_SIM_VIOLATION_CONTENT);
}

static void
test_stale_answer (Fixture       *fixture,
                   gconstpointer  user_data)
{
  const WeftSimSighting sighting = { 0, 1, 7, 70 };
  guint64 write;

  g_test_summary ("To be refused as stale by a revision is to read it.");

  succeed (fixture, begin_write (fixture, 1, 7, 0, -1), 1);
  succeed (fixture, begin_write (fixture, 1, 8, 0, -1), 2);
  write = begin_write (fixture, 3, 9, 0, 0);
  g_assert_false (weft_sim_history_see_stale (fixture->history, 9, write, &sighting));
  assert_violation (fixture, WEFT_SIM_VIOLATION_REGRESS,
                    "refused write #5 of client 3, from 0.000005 s to 0.000009 s, saw revision 1 "
                    "of block 0, but write #3 of client 1, from 0.000003 s to 0.000004 s, had "
                    "shown revision 2 before");
  end_write (fixture, write, WEFT_SIM_OUTCOME_FAILURE, 0);
}

static void
test_lost_update (Fixture       *fixture,
                  gconstpointer  user_data)
{
  guint64 first;
  guint64 second;

  g_test_summary ("Two writes built on the same revision cannot both succeed.");

  first = begin_write (fixture, 1, 7, 0, 0);
  second = begin_write (fixture, 3, 8, 0, 0);
  g_assert_true (succeed (fixture, second, 2));
  g_assert_true (succeed (fixture, first, 1));
  g_assert_false (weft_sim_history_check_order (fixture->history));
  assert_violation (fixture, WEFT_SIM_VIOLATION_LOST_UPDATE,
                    "action 8 of client 3, begun at 0.000002 s as operation #2, became revision 2 "
                    "of block 0 and was built on revision 0, but revision 1 is in between");
}

static void
test_torn (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_test_summary ("An action that was seen on one block must be seen on the other.");

  begin_both (fixture, 7);
  g_assert_true (read_block (fixture, 0, 1, 7));
  g_assert_false (read_block (fixture, 1, 0, 0));
  assert_violation (fixture, WEFT_SIM_VIOLATION_TORN,
                    "read #4 of client 2, from 0.000004 s to 0.000005 s, saw revision 0 of "
                    "block 1, but action 7 of client 1, begun at 0.000001 s as operation #1, "
                    "which made revision 1 of it, had been seen on another block by read #2 of "
                    "client 2, from 0.000002 s to 0.000003 s, before");
}

static void
test_circle (Fixture       *fixture,
             gconstpointer  user_data)
{
  guint64 both;

  g_test_summary ("An action cannot be before one write on a block and after a later one on "
                  "another, though each block for itself is in order.");

  both = begin_both (fixture, 9);
  g_assert_true (succeed (fixture, begin_write (fixture, 1, 7, 0, -1), 10));
  g_assert_true (succeed (fixture, begin_write (fixture, 3, 8, 1, -1), 5));
  g_assert_true (succeed (fixture, both, 7));
  g_assert_false (weft_sim_history_check_order (fixture->history));
  assert_violation (fixture, WEFT_SIM_VIOLATION_ORDER,
                    "action 7 of client 1, begun at 0.000002 s as operation #2, was revision 10 "
                    "to write #2 of client 1, from 0.000002 s to 0.000003 s, but by the "
                    "revisions of its blocks it comes after operation #4, which only began later");
}

static void
test_lost (Fixture       *fixture,
           gconstpointer  user_data)
{
  const WeftSimSighting log[] = { { 0, 1, 7, 70 } };

  g_test_summary ("What was acknowledged must be there in the end, though nobody reads it.");

  succeed (fixture, begin_write (fixture, 1, 7, 0, 0), 1);
  succeed (fixture, begin_write (fixture, 1, 8, 0, 1), 2);
  g_assert_false (weft_sim_history_check_logs (fixture->history, 9, log, 1));
  assert_violation (fixture, WEFT_SIM_VIOLATION_LOST,
                    "action 8 of client 1, begun at 0.000003 s as operation #3, made revision 2 "
                    "of block 0, which is not in the logs though write #3 of client 1, from "
                    "0.000003 s to 0.000004 s, acknowledged it");
}

static void
test_torn_log (Fixture       *fixture,
               gconstpointer  user_data)
{
  const WeftSimSighting log[] = { { 1, 1, 7, 70 } };

  g_test_summary ("An action nobody has seen must be in the logs of all its blocks or of none.");

  end_write (fixture, begin_both (fixture, 7), WEFT_SIM_OUTCOME_UNKNOWN, 0);
  g_assert_false (weft_sim_history_check_logs (fixture->history, 9, log, 1));
  assert_violation (fixture, WEFT_SIM_VIOLATION_TORN,
                    "action 7 of client 1, begun at 0.000001 s as operation #1, made revision 1 "
                    "of block 0, which is not in the logs, while other blocks of it are");
}

static void
test_delete (Fixture       *fixture,
             gconstpointer  user_data)
{
  const WeftSimChange change = { 0, 1, 0 };
  const WeftSimSighting deleted = { 0, 2, 8, 0 };
  guint64 write;

  g_test_summary ("A block that was deleted is absent at its new revision, and must stay so.");

  succeed (fixture, begin_write (fixture, 1, 7, 0, 0), 1);
  write = weft_sim_history_begin_write (fixture->history, ++fixture->now_usec, 1, 8, &change, 1);
  g_assert_true (succeed (fixture, write, 2));
  g_assert_true (weft_sim_history_end_read (fixture->history, ++fixture->now_usec,
                                            begin_read (fixture, 0), &deleted));
  g_assert_false (read_block (fixture, 0, 1, 7));
  g_assert_cmpint (weft_sim_history_get_violation (fixture->history), ==,
                   WEFT_SIM_VIOLATION_REGRESS);
}

static void
test_past (Fixture       *fixture,
           gconstpointer  user_data)
{
  const WeftSimSighting past = { 0, 1, 7, 70 };
  const WeftSimSighting other = { 0, 1, 8, 80 };

  g_test_summary ("An old revision may be looked at any time, and must be what it was.");

  succeed (fixture, begin_write (fixture, 1, 7, 0, 0), 1);
  succeed (fixture, begin_write (fixture, 1, 8, 0, 1), 2);
  g_assert_true (weft_sim_history_see_past (fixture->history, 8, 2, &past));
  g_assert_false (weft_sim_history_see_past (fixture->history, 9, 2, &other));
  g_assert_cmpint (weft_sim_history_get_violation (fixture->history), ==,
                   WEFT_SIM_VIOLATION_TWICE);
}

static char *
name_cb (WeftSimNamed what,
         guint64      number,
         gpointer     user_data)
{
  return what == WEFT_SIM_NAMED_BLOCK ? g_strdup_printf ("addresses/%c", (char) ('a' + number))
                                      : NULL;
}

static void
test_names (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_test_summary ("Names stand for numbers in words, and what follows a violation is counted.");

  weft_sim_history_set_names (fixture->history, name_cb, NULL, NULL);
  read_block (fixture, 1, 1, 7);
  read_block (fixture, 0, 1, 7);
  assert_violation (fixture, WEFT_SIM_VIOLATION_PHANTOM,
                    "read #1 of client 2, from 0.000001 s to 0.000002 s, saw revision 1 of "
                    "block addresses/b by action 7, which nobody had begun to write");
  g_assert_cmpuint (weft_sim_history_get_n_violations (fixture->history), ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/sim-history/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("right", test_right);
  ADD ("regress", test_regress);
  ADD ("read-then-older", test_read_then_older);
  ADD ("not-above", test_not_above);
  ADD ("two-actions", test_two_actions);
  ADD ("content", test_content);
  ADD ("phantom", test_phantom);
  ADD ("failed-seen", test_failed_seen);
  ADD ("seen-then-failed", test_seen_then_failed);
  ADD ("unknown", test_unknown);
  ADD ("retries", test_retries);
  ADD ("refused", test_refused);
  ADD ("seen-then-refused", test_seen_then_refused);
  ADD ("forgotten", test_forgotten);
  ADD ("past-without-action", test_past_without_action);
  ADD ("stale-answer", test_stale_answer);
  ADD ("lost-update", test_lost_update);
  ADD ("torn", test_torn);
  ADD ("circle", test_circle);
  ADD ("lost", test_lost);
  ADD ("torn-log", test_torn_log);
  ADD ("delete", test_delete);
  ADD ("past", test_past);
  ADD ("names", test_names);

  return g_test_run ();
}
