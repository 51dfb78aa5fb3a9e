/* test-repo-pins.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Who keeps a block, in the metadata of a storage. */

#include "config.h"

#include "decided-repo.h"

#define OLD "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
#define NEW "n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"

static gboolean
apply (DecidedRepo *fixture,
       const char  *action_id,
       gint64       rev,
       const char  *cluster)
{
  const char *block_ids[] = { "b", NULL };
  g_autoptr (WeftCommitRequest) commit = weft_commit_request_new (action_id, block_ids, rev, NULL);
  g_autoptr (GPtrArray) commits = g_ptr_array_new ();

  g_ptr_array_add (commits, commit);

  return decided_repo_apply (fixture, commits, cluster, NULL);
}

static void
expect_pin (DecidedRepo *fixture,
            gint64       rev,
            const char  *cluster)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftBlockMetadata) metadata
      = weft_storage_read_metadata (fixture->storage, "b", &error);

  g_assert_no_error (error);
  g_assert_cmpint (weft_block_metadata_get_latest_rev (metadata), ==, rev);
  g_assert_cmpstr (weft_block_metadata_get_cluster (metadata), ==, cluster);
}

static void
test_applied (DecidedRepo   *fixture,
              gconstpointer  data)
{
  WeftRepo *repo = WEFT_REPO (fixture->repo);

  g_test_summary ("What a cluster decided says who keeps the block from then on; what is only "
                  "pended or shown again changes nothing of it.");

  weft_expect (repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  expect_pin (fixture, 0, NULL);
  g_assert_true (apply (fixture, "a1", 1, OLD));
  expect_pin (fixture, 1, OLD);

  weft_expect (repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  expect_pin (fixture, 1, OLD);
  g_assert_true (apply (fixture, "a2", 2, NEW));
  expect_pin (fixture, 2, NEW);
  g_assert_true (apply (fixture, "a1", 1, OLD));
  expect_pin (fixture, 2, NEW);
}

static void
test_unchanged (DecidedRepo   *fixture,
                gconstpointer  data)
{
  WeftRepo *repo = WEFT_REPO (fixture->repo);

  g_test_summary ("A move changes nothing of the block, and does as well where it was deleted.");

  LAND (repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_expect (repo, PEND ("m1", "'transforms':{'updates':{'b':[]}}"), PENDED ("'b'"));
  g_assert_true (apply (fixture, "m1", 2, OLD));
  expect_pin (fixture, 2, OLD);
  weft_expect (repo, GET ("'b'"), FOUND ("b", "1", "2", REV ("m1", "2")));

  weft_expect (repo, PEND ("a3", "'transforms':{'deletes':['b']}"), PENDED ("'b'"));
  g_assert_true (apply (fixture, "a3", 3, OLD));
  weft_expect (repo, PEND ("m2", "'transforms':{'updates':{'b':[]}}"), PENDED ("'b'"));
  g_assert_true (apply (fixture, "m2", 4, NEW));
  expect_pin (fixture, 4, NEW);
}

static void
test_rebuilt (DecidedRepo   *fixture,
              gconstpointer  data)
{
  WeftRepo *repo = WEFT_REPO (fixture->repo);

  g_test_summary ("A revision that moved a block shows what was there before, also where it has "
                  "to be made again from others.");

  LAND (repo, "a1", "b", "1", INSERT ("b", "1"));
  for (gint64 rev = 2; rev <= 40; rev++)
    {
      g_autofree char *action_id = g_strdup_printf ("m%" G_GINT64_FORMAT, rev);
      g_autofree char *pend
          = g_strdup_printf ("{'pend':{'actionId':'%s','policy':'c',"
                             "'transforms':{'updates':{'b':[]}}}}", action_id);

      weft_expect (repo, pend, PENDED ("'b'"));
      g_assert_true (apply (fixture, action_id, rev, OLD));
    }
  weft_expect (repo, PEND ("a2", "'transforms':{'deletes':['b']}"), PENDED ("'b'"));
  g_assert_true (apply (fixture, "a2", 41, OLD));
  weft_expect (repo, PEND ("m42", "'transforms':{'updates':{'b':[]}}"), PENDED ("'b'"));
  g_assert_true (apply (fixture, "m42", 42, NEW));

  /* Another one has nothing in memory, and of all these keeps a few. */
  {
    g_autoptr (WeftClock) clock = weft_system_clock_new ();
    g_autoptr (WeftStorageRepo) other = weft_storage_repo_new (fixture->storage, clock);

    for (gint64 rev = 2; rev <= 42; rev++)
      {
        g_autofree char *get = g_strdup_printf (
            GET_AT ("'b'", "%" G_GINT64_FORMAT), rev);
        g_autofree char *found = g_strdup_printf (
            rev <= 40 ? FOUND ("b", "1", "%" G_GINT64_FORMAT, REV ("m42", "42"))
                      : DELETED ("b", "%" G_GINT64_FORMAT, REV ("m42", "42")),
            rev);

        weft_expect (WEFT_REPO (other), get, found);
      }
  }
}

static void
test_alone (DecidedRepo   *fixture,
            gconstpointer  data)
{
  WeftRepo *repo = WEFT_REPO (fixture->repo);

  g_test_summary ("A node that decides alone names nobody: no other could check it.");

  LAND (repo, "a1", "b", "1", INSERT ("b", "1"));
  expect_pin (fixture, 1, NULL);
  weft_expect (repo, PEND ("a2", UPDATE ("b", "2")), PENDED ("'b'"));
  g_assert_true (apply (fixture, "a2", 2, OLD));
  expect_pin (fixture, 2, OLD);
  LAND (repo, "a3", "b", "3", UPDATE ("b", "3"));
  expect_pin (fixture, 3, NULL);
}

#define ADD(name, function)                                                                      \
  g_test_add ("/repo/pins/" name, DecidedRepo, NULL, decided_repo_set_up, function,              \
              decided_repo_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("applied", test_applied);
  ADD ("unchanged", test_unchanged);
  ADD ("rebuilt", test_rebuilt);
  ADD ("alone", test_alone);

  return g_test_run ();
}
