/* test-cluster-restore.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* An archive into a node that decides together with others: what it proves is taken over. */

#include <string.h>

#include "weft-fleet.h"
#include "weft-node-pair.h"
#include "weft-repo-asker.h"

#define LATEST(n) FOUND ("b", n, n, REV ("a" n, n))

static WeftBlockArchive *
read_archive (WeftStorageRepo *repo,
              guint            revisions_max)
{
  g_autoptr(GError) error = NULL;
  WeftBlockArchive *archive
      = weft_storage_repo_read_archive (repo, "b", 0, revisions_max, FALSE, &error);

  g_assert_no_error (error);
  g_assert_nonnull (archive);

  return archive;
}

/* With one text in its JSON changed to another. */
static WeftBlockArchive *
change_archive (WeftBlockArchive *archive,
                const char       *part,
                const char       *instead)
{
  g_autofree char *text = weft_block_archive_to_string (archive);
  g_auto(GStrv) parts = g_strsplit (text, part, -1);
  g_autofree char *changed = g_strjoinv (instead, parts);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) json = weft_json_parse (changed, -1, &error);
  WeftBlockArchive *made = json != NULL ? weft_block_archive_from_json (json, &error) : NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (parts), >, 1);

  return made;
}

static void
write_archive (WeftFleet        *fleet,
               guint             index,
               WeftBlockArchive *archive,
               GError          **error)
{
  WeftStorageRepo *repo = weft_node_get_repo (fleet->nodes[index]);
  g_autoptr(GAsyncResult) result = NULL;

  weft_storage_repo_write_archive_async (repo, archive, NULL, weft_test_await_cb, &result);
  weft_storage_repo_write_archive_finish (repo, weft_test_await (&result), error);
}

static WeftFleet *
fleet_new_with_history (void)
{
  WeftFleet *fleet = weft_fleet_new (3, 3, 0, NULL);

  LAND (weft_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  LAND (weft_fleet_get_repo (fleet, 0), "a2", "b", "2", UPDATE ("b", "2"));
  LAND (weft_fleet_get_repo (fleet, 0), "a3", "b", "3", UPDATE ("b", "3"));
  weft_fleet_settle (fleet);

  return fleet;
}

/* All that it had is gone, and nobody else is there. */
static void
leave_alone (WeftFleet *fleet)
{
  for (guint i = 0; i < 3; i++)
    weft_fleet_stop (fleet, i);
  weft_fleet_start (fleet, 2);
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"), ABSENT ("b"));
}

static void
test_proven (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new_with_history ();
  g_autoptr(WeftBlockArchive) archive = read_archive (weft_node_get_repo (fleet->nodes[0]), 10);
  g_autoptr(GError) error = NULL;

  g_test_summary ("A node that lost what it had takes it over from an archive with certificates, "
                  "without the others");

  leave_alone (fleet);
  for (guint i = 0; i < 2; i++)
    {
      write_archive (fleet, 2, archive, &error);
      g_assert_no_error (error);
      weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"), LATEST ("3"));
    }
  g_assert_cmpint (weft_fleet_get_count (fleet, 2, "adopted"), ==, 2);

  /* It has the proof, too: others can have it from there. */
  weft_fleet_start (fleet, 0);
  weft_expect (weft_fleet_get_repo (fleet, 0), GET ("'b'"), LATEST ("3"));
}

static void
test_newer (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new_with_history ();
  g_autoptr(WeftBlockArchive) archive = read_archive (weft_node_get_repo (fleet->nodes[0]), 10);
  g_autoptr(GError) error = NULL;

  g_test_summary ("An archive that is older than what is here changes nothing");

  LAND (weft_fleet_get_repo (fleet, 0), "a4", "b", "4", UPDATE ("b", "4"));
  weft_fleet_settle (fleet);
  write_archive (fleet, 2, archive, &error);
  g_assert_no_error (error);
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"), LATEST ("4"));
}

static void
expect_refused (WeftFleet        *fleet,
                WeftBlockArchive *archive,
                int               code,
                const char       *part)
{
  g_autoptr(GError) error = NULL;

  write_archive (fleet, 2, archive, &error);
  g_assert_error (error, WEFT_ERROR, code);
  g_assert_nonnull (strstr (error->message, part));
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"), ABSENT ("b"));
}

static void
test_refused (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new_with_history ();
  WeftStorageRepo *full = weft_node_get_repo (fleet->nodes[0]);
  g_autoptr(WeftBlockArchive) archive = read_archive (full, 10);
  g_autoptr(WeftBlockArchive) end = read_archive (full, 1);
  g_autoptr(WeftBlockArchive) other = change_archive (archive, "\"n\":1", "\"n\":7");
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftStorageRepo) alone = weft_storage_repo_new (storage, clock);
  g_autoptr(WeftBlockArchive) bare = NULL;

  g_test_summary ("What does not prove what it tells is refused, and says why");

  LAND (WEFT_REPO (alone), "a1", "b", "1", INSERT ("b", "1"));
  bare = read_archive (alone, 10);
  leave_alone (fleet);
  expect_refused (fleet, bare, WEFT_ERROR_PROTOCOL, "without a certificate");
  expect_refused (fleet, other, WEFT_ERROR_PROTOCOL, "does not prove revision 1");
  expect_refused (fleet, end, WEFT_ERROR_UNAVAILABLE, "expected what comes after revision 0");
  g_assert_cmpint (weft_fleet_get_count (fleet, 2, "adoptions-failed"), ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/restore/proven", test_proven);
  g_test_add_func ("/cluster/restore/newer", test_newer);
  g_test_add_func ("/cluster/restore/refused", test_refused);

  return g_test_run ();
}
