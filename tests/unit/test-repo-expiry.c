/* test-repo-expiry.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <weft.h>

#include "../contract/weft-repo-asker.h"
#include "manual-clock.h"
#include "weft-pending-expiry-private.h"

#define GRACE_MSEC (WEFT_LIMIT_PENDING_GRACE_USEC / 1000)

typedef struct
{
  WeftStorage *storage;
  ManualClock *clock;
  WeftRepo *repo;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->storage = weft_memory_storage_new ();
  fixture->clock = manual_clock_new ();
  fixture->repo
      = WEFT_REPO (weft_storage_repo_new (fixture->storage, WEFT_CLOCK (fixture->clock)));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  /* What was submitted keeps the repo. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->repo);
  g_assert_finalize_object (fixture->clock);
  weft_storage_close (fixture->storage, NULL);
  g_object_unref (fixture->storage);
}

static gint64
get_now_msec (Fixture *fixture)
{
  return weft_clock_get_real (WEFT_CLOCK (fixture->clock)) / 1000;
}

/* Answers come from the storage, or from an alarm that is due at once. */
static void
expect (Fixture    *fixture,
        const char *operation,
        gint64      expiration_msec,
        const char *expected)
{
  WeftAsked *asked = weft_ask_until (fixture->repo, operation, expiration_msec);

  while (!weft_asked_is_done (asked))
    if (!g_main_context_iteration (NULL, FALSE))
      manual_clock_run_next (fixture->clock);
  weft_asked_expect (asked, expected);
}

/* Runs alarms until there is none for some time. */
static void
run_until (Fixture *fixture,
           gint64   real_msec)
{
  while (get_now_msec (fixture) < real_msec && manual_clock_run_next (fixture->clock))
    while (g_main_context_iteration (NULL, FALSE))
      ;
}

static void
test_alarm (Fixture       *fixture,
            gconstpointer  data)
{
  gint64 expiration_msec = get_now_msec (fixture) + 1000;

  g_test_summary ("A pending is dropped by itself when it has outlived its expiration by the grace "
                  "period, not before; one without expiration stays");

  expect (fixture, PEND ("a1", INSERT ("b", "1")), expiration_msec, PENDED ("'b'"));
  expect (fixture, PEND ("a2", INSERT ("x", "2")), 0, PENDED ("'x'"));
  g_assert_cmpuint (weft_storage_repo_expire (WEFT_STORAGE_REPO (fixture->repo),
                                              expiration_msec + GRACE_MSEC - 1), ==, 0);
  expect (fixture, GET ("'b'"), 0, "{'b':{'state':{'pendings':['a1']}}}");

  run_until (fixture, expiration_msec + GRACE_MSEC);
  expect (fixture, GET ("'b','x'"), 0, "{'b':{'state':{}},'x':{'state':{'pendings':['a2']}}}");
  expect (fixture, COMMIT ("a1", "'b'", "1"), 0, "error not-found");
}

static void
test_later (Fixture       *fixture,
            gconstpointer  data)
{
  gint64 expiration_msec = get_now_msec (fixture) + 1000;

  g_test_summary ("Pending again with a later expiration counts; with an earlier one it does not");

  expect (fixture, PEND ("a1", INSERT ("b", "1")), expiration_msec, PENDED ("'b'"));
  expect (fixture, PEND ("a1", INSERT ("b", "1")), expiration_msec + 500, PENDED ("'b'"));
  expect (fixture, PEND ("a1", INSERT ("b", "1")), expiration_msec + 100, PENDED ("'b'"));
  g_assert_cmpuint (weft_storage_repo_expire (WEFT_STORAGE_REPO (fixture->repo),
                                              expiration_msec + GRACE_MSEC + 499), ==, 0);
  g_assert_cmpuint (weft_storage_repo_expire (WEFT_STORAGE_REPO (fixture->repo),
                                              expiration_msec + GRACE_MSEC + 500), ==, 1);
}

static void
test_committed (Fixture       *fixture,
                gconstpointer  data)
{
  gint64 expiration_msec = get_now_msec (fixture) + 1000;

  g_test_summary ("What was committed or cancelled in time does not expire");

  expect (fixture, PEND ("a1", INSERT ("b", "1")), expiration_msec, PENDED ("'b'"));
  expect (fixture, COMMIT ("a1", "'b'", "1"), 0, DONE);
  expect (fixture, PEND ("a2", INSERT ("x", "1")), expiration_msec, PENDED ("'x'"));
  expect (fixture, CANCEL ("a2", "'x'"), 0, "{}");
  g_assert_cmpuint (weft_storage_repo_expire (WEFT_STORAGE_REPO (fixture->repo),
                                              expiration_msec + 10 * GRACE_MSEC), ==, 0);
  expect (fixture, GET ("'b'"), 0, FOUND ("b", "1", "1", REV ("a1", "1")));
}

static void
test_scan (Fixture       *fixture,
           gconstpointer  data)
{
  gint64 expiration_msec = get_now_msec (fixture) + 1000;

  g_test_summary ("A repo that was started anew finds the pendings of before, slice by slice");

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *pend = g_strdup_printf (PEND ("a", INSERT ("b%03u", "1")), i, i);
      g_autofree char *pended = g_strdup_printf (PENDED ("'b%03u'"), i);

      expect (fixture, pend, i % 2 == 0 ? expiration_msec : 0, pended);
    }
  g_assert_finalize_object (fixture->repo);
  fixture->repo
      = WEFT_REPO (weft_storage_repo_new (fixture->storage, WEFT_CLOCK (fixture->clock)));

  run_until (fixture, expiration_msec + GRACE_MSEC);
  expect (fixture, GET ("'b000','b001','b198','b199'"), 0,
          "{'b000':{'state':{}},'b001':{'state':{'pendings':['a']}},"
          "'b198':{'state':{}},'b199':{'state':{'pendings':['a']}}}");
}

static void
test_index (void)
{
  g_autoptr (WeftPendingExpiry) expiry = weft_pending_expiry_new (2);
  g_autofree char *block_id = NULL;
  g_autofree char *action_id = NULL;

  g_test_summary ("The index gives the earliest first, and says when it had no room");

  weft_pending_expiry_insert (expiry, "b", "late", 20);
  weft_pending_expiry_insert (expiry, "b", "early", 30);
  weft_pending_expiry_insert (expiry, "b", "early", 10);
  g_assert_cmpint (weft_pending_expiry_get_first (expiry), ==, 10);
  g_assert_false (weft_pending_expiry_take_overflow (expiry));
  weft_pending_expiry_insert (expiry, "b", "third", 5);
  g_assert_true (weft_pending_expiry_take_overflow (expiry));
  g_assert_false (weft_pending_expiry_take_overflow (expiry));
  g_assert_cmpuint (weft_pending_expiry_get_n (expiry), ==, 2);

  g_assert_false (weft_pending_expiry_take (expiry, 9, &block_id, &action_id));
  g_assert_true (weft_pending_expiry_take (expiry, 10, &block_id, &action_id));
  g_assert_cmpstr (block_id, ==, "b");
  g_assert_cmpstr (action_id, ==, "early");
  weft_pending_expiry_remove (expiry, "b", "late");
  weft_pending_expiry_remove (expiry, "b", "late");
  g_assert_cmpint (weft_pending_expiry_get_first (expiry), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/repo-expiry/alarm", test_alarm);
  ADD ("/repo-expiry/later", test_later);
  ADD ("/repo-expiry/committed", test_committed);
  ADD ("/repo-expiry/scan", test_scan);
  g_test_add_func ("/repo-expiry/index", test_index);

  return g_test_run ();
}
