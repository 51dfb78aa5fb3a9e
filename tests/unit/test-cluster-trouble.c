/* test-cluster-trouble.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A node of a cluster whose own disk fails: what that does to it, and what it does to nobody. */

#include "config.h"

#include "../contract/weft-fleet.h"
#include "../contract/weft-repo-asker.h"
#include "faulty-storage.h"

#define LATEST(n) FOUND ("b", n, n, REV ("a" n, n))
/* How far into a read the disk fails; a read of two revisions does less than that. */
#define MOMENTS 24
#define READ_MSEC 200

/* Two of three, and a third that missed two revisions and runs again. */
static WeftFleet *
fleet_new_behind (FaultyStorage *disk)
{
  WeftFleet *fleet = weft_fleet_new (3, 3, 0, NULL);

  weft_fleet_stop (fleet, 2);
  fleet->storages[2] = WEFT_STORAGE (disk);
  weft_fleet_start (fleet, 2);
  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  weft_fleet_settle (fleet);
  weft_fleet_stop (fleet, 2);
  LAND (weft_fleet_get_repo (fleet, 0), "a2", "b", "2", UPDATE ("b", "2"));
  LAND (weft_fleet_get_repo (fleet, 1), "a3", "b", "3", UPDATE ("b", "3"));
  weft_fleet_start (fleet, 2);

  return fleet;
}

static void
read_in_trouble (WeftFleet *fleet)
{
  gint64 until_msec = weft_clock_get_real (fleet->clock) / 1000 + READ_MSEC;
  g_autofree char *answer
      = weft_asked_finish (weft_ask_until (weft_fleet_get_repo (fleet, 2), GET ("'b'"),
                                           until_msec));

  /* It may come late, or not at all. It is never an older revision. */
  g_assert_null (strstr (answer, "'materializedRev':1"));
  g_assert_null (strstr (answer, "\"materializedRev\":1"));
}

static void
expect_nobody_lied (WeftFleet *fleet)
{
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (weft_fleet_get_count (fleet, i, "lies"), ==, 0);
}

static void
test_reads_fail (void)
{
  g_test_summary ("Whenever the reader's disk cannot be read, no peer is called a liar for it");

  for (guint i = 0; i < MOMENTS; i++)
    {
      g_autoptr(FaultyStorage) disk = faulty_storage_new ();
      g_autoptr(WeftFleet) fleet = fleet_new_behind (disk);

      faulty_storage_fail_reads (disk, i, 3);
      read_in_trouble (fleet);
      faulty_storage_mend (disk);
      weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'b'"), LATEST ("3"));
      expect_nobody_lied (fleet);
    }
}

static void
test_batches_fail (void)
{
  g_test_summary ("Whenever the reader's disk does not keep what was fetched, no peer is called a "
                  "liar for it");

  for (guint i = 0; i < MOMENTS / 2; i++)
    {
      g_autoptr(FaultyStorage) disk = faulty_storage_new ();
      g_autoptr(WeftFleet) fleet = fleet_new_behind (disk);

      faulty_storage_fail_batches (disk, i);
      read_in_trouble (fleet);
      faulty_storage_mend (disk);
      weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'b'"), LATEST ("3"));
      expect_nobody_lied (fleet);
    }
}

static gboolean
are_promises_read (WeftNode *node)
{
  g_autoptr(JsonNode) status
      = weft_coordinator_repo_get_status (weft_node_get_coordinator (node));

  return json_object_get_boolean_member (json_node_get_object (status), "promisesRead");
}

static void
test_promises_unread (void)
{
  g_autoptr(FaultyStorage) disk = faulty_storage_new ();
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("A node that cannot read what it promised takes part in nothing until it can");

  weft_fleet_stop (fleet, 2);
  fleet->storages[2] = WEFT_STORAGE (disk);
  /* The teller lists once, too. */
  faulty_storage_fail_lists (disk, 3, WEFT_ERROR_UNAVAILABLE);
  weft_fleet_start (fleet, 2);
  g_assert_false (are_promises_read (fleet->nodes[2]));

  weft_fleet_stop (fleet, 1);
  weft_expect (weft_fleet_get_repo (fleet, 0), PEND ("a1", INSERT ("b", "1")),
               "error unavailable");
  g_assert_cmpint (weft_fleet_get_count (fleet, 2, "member/reject/storage"), >, 0);
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"), ABSENT ("b"));

  while (!are_promises_read (fleet->nodes[2]))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (weft_fleet_get_count (fleet, 2, "promises-unread"), ==, 2);
  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
}

static void
test_promises_damaged (void)
{
  g_autoptr(FaultyStorage) disk = faulty_storage_new ();
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("A node that lost what it promised votes for nothing, and still keeps what the "
                  "others decide");

  weft_fleet_stop (fleet, 2);
  fleet->storages[2] = WEFT_STORAGE (disk);
  faulty_storage_fail_lists (disk, 1, WEFT_ERROR_CORRUPT);
  weft_fleet_start (fleet, 2);

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  weft_fleet_settle (fleet);
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"),
               FOUND ("b", "1", "1", REV ("a1", "1")));
  g_assert_cmpint (weft_fleet_get_count (fleet, 2, "member/damaged"), ==, 1);
  g_assert_cmpint (weft_fleet_get_count (fleet, 2, "member/reject/storage"), >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/trouble/reads-fail", test_reads_fail);
  g_test_add_func ("/cluster/trouble/batches-fail", test_batches_fail);
  g_test_add_func ("/cluster/trouble/promises-unread", test_promises_unread);
  g_test_add_func ("/cluster/trouble/promises-damaged", test_promises_damaged);

  return g_test_run ();
}
