/* test-cluster-groups.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Nodes that decide on several actions at a time, what becomes of that on their disks, and who
 * learns of it later. */

#include "config.h"

#include <glib/gstdio.h>

#include "../contract/weft-node-pair.h"
#include "../contract/weft-repo-asker.h"
#include "group-driver.h"

#define INSERTS(id, n) "'transforms':{'inserts':{'" id "':" BLOCK (id, n) "}}"
#define B_IS(n)        FOUND ("b", n, n, REV ("b" n, n))
#define X_IS(n)        FOUND ("x", n, n, REV ("x" n, n))

static const char *const first[] = { "b1 b 0 " INSERTS ("b", "1"), "x1 x 0 " INSERTS ("x", "1"),
                                     NULL };
static const char *const second[] = { "b2 b 1 " UPDATE ("b", "2"), "y1 y 0 " INSERTS ("y", "1"),
                                      NULL };
static const char *const third[] = { "x2 x 1 " UPDATE ("x", "2"), "b3 b 2 " UPDATE ("b", "3"),
                                     NULL };

static void
land (WeftFleet         *fleet,
      const char *const *lines)
{
  g_autoptr(GroupDriver) group = group_driver_new (fleet, lines);

  group_driver_land (group);
}

static void
restart (WeftFleet *fleet)
{
  for (guint i = 0; i < fleet->n_nodes; i++)
    weft_fleet_stop (fleet, i);
  for (guint i = 0; i < fleet->n_nodes; i++)
    weft_fleet_start (fleet, i);
}

static void
remove_folder (const char *path)
{
  g_autoptr(GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}

static void
test_landed (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("Two actions that came along with the request for a vote are decided together, "
                  "and are revisions of their blocks as any other");

  land (fleet, first);
  land (fleet, second);
  for (guint i = 0; i < 3; i++)
    {
      weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"), B_IS ("2"));
      weft_expect (weft_fleet_get_repo (fleet, i), GET ("'x'"), X_IS ("1"));
      g_assert_cmpint (weft_fleet_get_count (fleet, i, "member/pend-carried"), ==, 2);
      g_assert_cmpint (weft_fleet_get_count (fleet, i, "fetched"), ==, 0);
    }

  /* And what follows one of them alone goes on from there. */
  LAND (weft_fleet_get_repo (fleet, 1), "b3", "b", "3", UPDATE ("b", "3"));
  weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'b'"), B_IS ("3"));
}

static void
test_restarted (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weft-groups-XXXXXX", NULL);
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, directory);
  g_autoptr(GroupDriver) group = NULL;

  g_test_summary ("What was voted for, locked and decided together is found again when all nodes "
                  "begin again from their disks, with the content that came along");

  land (fleet, first);
  group = group_driver_new (fleet, second);

  g_assert_cmpuint (group_driver_promise (group), ==, 3);
  restart (fleet);
  g_assert_cmpuint (group_driver_promise (group), ==, 3);
  g_assert_cmpint (weft_fleet_get_count (fleet, 1, "member/pend-carried"), ==, 0);

  g_assert_cmpuint (group_driver_commit (group), ==, 3);
  restart (fleet);
  g_assert_cmpuint (group_driver_commit (group), ==, 3);
  for (guint i = 0; i < 3; i++)
    weft_expect (weft_fleet_get_store (fleet, i), GET ("'x'"), X_IS ("1"));

  g_assert_cmpuint (group_driver_tell (group), ==, 3);
  restart (fleet);
  g_assert_cmpuint (group_driver_tell (group), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      weft_expect (weft_fleet_get_store (fleet, i), GET ("'b'"), B_IS ("2"));
      weft_expect (weft_fleet_get_store (fleet, i), GET ("'y'"),
                   FOUND ("y", "1", "1", REV ("y1", "1")));
    }
  land (fleet, third);
  weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'x'"), X_IS ("2"));

  g_clear_pointer (&fleet, weft_fleet_free);
  remove_folder (directory);
}

/* How many operations the message of a record has. */
static guint
count_operations (JsonObject *record)
{
  return json_array_get_length (
      json_object_get_array_member (json_object_get_object_member (record, "message"),
                                    "operations"));
}

/* Under either of its actions and either of its blocks the whole record is told of. */
static void
expect_explained (WeftNode *node)
{
  static const char *const names[] = { "b2", "y1" };
  WeftCoordinatorRepo *coordinator = weft_node_get_coordinator (node);
  g_autoptr(JsonNode) block = weft_coordinator_repo_describe_block (coordinator, "y");
  g_autoptr(JsonNode) nothing = weft_coordinator_repo_explain_action (coordinator, "x1");
  JsonObject *described = json_node_get_object (block);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(JsonNode) explained
          = weft_coordinator_repo_explain_action (coordinator, names[i]);
      JsonArray *entries = json_node_get_array (explained);
      JsonObject *entry;

      g_assert_cmpuint (json_array_get_length (entries), ==, 1);
      entry = json_array_get_object_element (entries, 0);
      g_assert_cmpstr (json_object_get_string_member (entry, "outcome"), ==, "decided");
      g_assert_true (json_object_get_boolean_member (entry, "recovery"));
      g_assert_cmpuint (count_operations (json_object_get_object_member (entry, "record")), ==, 2);
    }
  g_assert_cmpuint (json_array_get_length (json_node_get_array (nothing)), ==, 0);

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (described, "proposals")),
                    ==, 1);
  g_assert_cmpuint (
      count_operations (json_object_get_object_member (described, "certificate")), ==, 2);
}

static void
test_left_behind (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autoptr(GroupDriver) group = NULL;

  g_test_summary ("A group that was locked and left behind is finished by who comes next to one of "
                  "its blocks, and can tell of it");

  land (fleet, first);
  group = group_driver_new (fleet, second);
  g_assert_cmpuint (group_driver_promise (group), ==, 3);
  g_assert_cmpuint (group_driver_commit (group), ==, 3);

  weft_expect (weft_fleet_get_repo (fleet, 1), GET ("'b'"), B_IS ("2"));
  weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'y'"),
               FOUND ("y", "1", "1", REV ("y1", "1")));
  weft_fleet_settle (fleet);
  expect_explained (fleet->nodes[1]);
}

static void
test_away (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);

  g_test_summary ("A member that was away catches up with the blocks that it is asked for");

  land (fleet, first);
  weft_fleet_stop (fleet, 2);
  land (fleet, second);
  land (fleet, third);
  weft_fleet_start (fleet, 2);
  weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'b'"), B_IS ("3"));
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"), B_IS ("3"));
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'x'"), ABSENT ("x"));
  weft_expect (weft_fleet_get_repo (fleet, 2), GET ("'x'"), X_IS ("2"));
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'x'"), X_IS ("2"));
  g_assert_cmpint (weft_fleet_get_count (fleet, 2, "lies"), ==, 0);

  LAND (weft_fleet_get_repo (fleet, 2), "b4", "b", "4", UPDATE ("b", "4"));
}

static WeftBlockArchive *
read_archive (WeftNode   *node,
              const char *block_id)
{
  g_autoptr(GError) error = NULL;
  WeftBlockArchive *archive = weft_storage_repo_read_archive (weft_node_get_repo (node), block_id,
                                                              0, 10, FALSE, &error);

  g_assert_no_error (error);
  g_assert_nonnull (archive);

  return archive;
}

static void
write_archive (WeftNode         *node,
               WeftBlockArchive *archive)
{
  WeftStorageRepo *repo = weft_node_get_repo (node);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  weft_storage_repo_write_archive_async (repo, archive, NULL, weft_test_await_cb, &result);
  weft_storage_repo_write_archive_finish (repo, weft_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
test_archive (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autoptr(WeftBlockArchive) archive = NULL;

  g_test_summary ("The archive of one block proves it where nothing is known of those it was "
                  "decided with");

  land (fleet, first);
  land (fleet, second);
  land (fleet, third);
  archive = read_archive (fleet->nodes[1], "b");
  for (guint i = 0; i < 3; i++)
    weft_fleet_stop (fleet, i);
  weft_fleet_start (fleet, 2);
  write_archive (fleet->nodes[2], archive);
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'b'"), B_IS ("3"));
  weft_expect (weft_fleet_get_store (fleet, 2), GET ("'x'"), ABSENT ("x"));

  /* Others can have it from there. */
  weft_fleet_start (fleet, 0);
  weft_expect (weft_fleet_get_repo (fleet, 0), GET ("'b'"), B_IS ("3"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/groups/landed", test_landed);
  g_test_add_func ("/cluster/groups/restarted", test_restarted);
  g_test_add_func ("/cluster/groups/left-behind", test_left_behind);
  g_test_add_func ("/cluster/groups/away", test_away);
  g_test_add_func ("/cluster/groups/archive", test_archive);

  return g_test_run ();
}
