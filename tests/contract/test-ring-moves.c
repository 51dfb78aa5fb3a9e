/* test-ring-moves.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Blocks go where they should be when nodes of a ring come and go. */

#include <string.h>

#include "weft-ring-fleet.h"

#include "weft-remove-all.h"
#include "weft-repo-asker.h"

/* Much more than it takes, on a machine that has much else to do. */
#define PATIENCE_USEC (90 * G_TIME_SPAN_SECOND)

#define LATEST(n) FOUND ("b", n, n, REV ("a" n, n))

static JsonNode *
describe (WeftRingFleet *fleet,
          guint          index)
{
  return weft_coordinator_repo_describe_block (weft_node_get_coordinator (fleet->nodes[index]),
                                               "b");
}

/* Bits of the nodes that keep the block, as one of them has it. */
static guint
find_members (WeftRingFleet *fleet,
              guint          index)
{
  g_autoptr(JsonNode) json = describe (fleet, index);
  JsonArray *members
      = json_object_get_array_member (json_node_get_object (json), "members");
  guint found = 0;

  for (guint i = 0; i < json_array_get_length (members); i++)
    for (guint j = 0; j < fleet->n_nodes; j++)
      if (strcmp (json_array_get_string_element (members, i),
                  weft_peer_id_get_text (weft_identity_get_peer_id (fleet->identities[j])))
          == 0)
        found |= 1u << j;

  return found;
}

static gboolean
is_pinned (WeftRingFleet *fleet,
           guint          index)
{
  g_autoptr(JsonNode) json = describe (fleet, index);

  return json_object_get_boolean_member (json_node_get_object (json), "pinned");
}

/* Whether all who keep the block, as each of them says, are there, and as many as there should
 * be. */
static gboolean
has_arrived (WeftRingFleet *fleet)
{
  guint members = 0;

  for (guint i = 0; i < fleet->n_nodes; i++)
    if (fleet->nodes[i] != NULL && is_pinned (fleet, i)
        && (find_members (fleet, i) & 1u << i) != 0)
      members |= 1u << i;
  if (members == 0)
    return FALSE;
  for (guint i = 0; i < fleet->n_nodes; i++)
    if ((members & 1u << i) != 0 && find_members (fleet, i) != members)
      return FALSE;

  return __builtin_popcount (members) == (int) fleet->replication;
}

static void
fail_cb (gpointer user_data)
{
  WeftRingFleet *fleet = user_data;

  for (guint i = 0; i < fleet->n_nodes; i++)
    if (fleet->nodes[i] != NULL)
      {
        g_autoptr(JsonNode) status
            = weft_coordinator_repo_get_status (weft_node_get_coordinator (fleet->nodes[i]));
        g_autofree char *text = json_to_string (status, FALSE);

        g_test_message ("node %u, members %x: %s", i, find_members (fleet, i), text);
      }
  g_error ("the block did not arrive");
}

static void
arrive (WeftRingFleet *fleet)
{
  guint64 alarm_id = weft_clock_add_alarm (
    fleet->clock, weft_clock_get_monotonic (fleet->clock) + PATIENCE_USEC, fail_cb, fleet, NULL);

  while (!has_arrived (fleet))
    g_main_context_iteration (NULL, TRUE);
  weft_clock_remove_alarm (fleet->clock, alarm_id);
}

static guint
find_first_running (WeftRingFleet *fleet)
{
  for (guint i = 0; i < fleet->n_nodes; i++)
    if (fleet->nodes[i] != NULL)
      return i;
  g_assert_not_reached ();
}

/* What a node reads: the latest revision, and its number. */
static gint64
read_block (WeftRingFleet *fleet,
            guint          index,
            gint64        *n)
{
  g_autofree char *answer
      = weft_asked_finish (weft_ask (weft_ring_fleet_get_repo (fleet, index), GET ("'b'")));
  g_autoptr(JsonNode) json = weft_json_parse (answer, -1, NULL);
  JsonObject *object;

  g_test_message ("node %u reads %s", index, answer);
  g_assert_nonnull (json);
  object = json_object_get_object_member (json_node_get_object (json), "b");
  g_assert_true (json_object_has_member (object, "block"));
  *n = json_object_get_int_member (json_object_get_object_member (object, "block"), "n");

  return json_object_get_int_member (object, "materializedRev");
}

static void
expect_everywhere (WeftRingFleet *fleet,
                   gint64         n)
{
  for (guint i = 0; i < fleet->n_nodes; i++)
    {
      gint64 found;

      if (fleet->nodes[i] == NULL)
        continue;
      read_block (fleet, i, &found);
      g_assert_cmpint (found, ==, n);
    }
}

/* TRUE unless another change came first, as a move may. */
static gboolean
try_to_write (WeftRingFleet *fleet,
              guint          index,
              gint64         n)
{
  static guint n_actions;
  WeftRepo *repo = weft_ring_fleet_get_repo (fleet, index);
  gint64 before;
  gint64 rev = read_block (fleet, index, &before);
  g_autofree char *pend
      = g_strdup_printf (PEND ("w%u", UPDATE ("b", "%d")), ++n_actions, (int) n);
  g_autofree char *commit
      = g_strdup_printf (COMMIT ("w%u", "'b'", "%d"), n_actions, (int) rev + 1);
  g_autofree char *pended = weft_asked_finish (weft_ask (repo, pend));
  g_autofree char *committed = weft_asked_finish (weft_ask (repo, commit));

  g_test_message ("node %u writes %d: %s, %s", index, (int) n, pended, committed);

  return g_str_equal (committed, "{\"success\":true}");
}

static void
write_block (WeftRingFleet *fleet,
             guint          index,
             gint64         n)
{
  for (guint i = 0; i < 5; i++)
    if (try_to_write (fleet, index, n))
      return;
  g_assert_not_reached ();
}

static guint
find_pinned (WeftRingFleet *fleet)
{
  for (guint i = 0; i < fleet->n_nodes; i++)
    if (fleet->nodes[i] != NULL && is_pinned (fleet, i))
      return find_members (fleet, i);
  g_assert_not_reached ();
}

static void
test_all_leave (void)
{
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (7, 2, 3, NULL);
  guint original;
  gint64 n = 1;

  g_test_summary ("One after the other all three who kept a block are killed and do not return: it "
                  "is read and written by those who came in.");

  weft_ring_fleet_converge (fleet);
  LAND (weft_ring_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  original = find_pinned (fleet);
  for (guint i = 0; i < fleet->n_nodes; i++)
    {
      if ((original & 1u << i) == 0)
        continue;
      weft_ring_fleet_kill (fleet, i);
      arrive (fleet);
      expect_everywhere (fleet, n);
      write_block (fleet, find_first_running (fleet), ++n);
      expect_everywhere (fleet, n);
    }
  g_assert_cmpint (find_pinned (fleet) & original, ==, 0);
}

static void
test_newcomers (void)
{
  const guint late = 1u << 2 | 1u << 4 | 1u << 5 | 1u << 6;
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new_part (7, late, 2, 3, NULL);
  guint old;

  g_test_summary ("Most of those who should keep a block come after it was written: they find out, "
                  "it is absent for nobody, and goes to them.");

  weft_ring_fleet_converge (fleet);
  LAND (weft_ring_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  old = find_pinned (fleet);
  g_assert_cmpuint (old, ==, 1u << 0 | 1u << 1 | 1u << 3);

  for (guint i = 0; i < fleet->n_nodes; i++)
    if ((late & 1u << i) != 0)
      weft_ring_fleet_start (fleet, i);
  weft_ring_fleet_converge (fleet);
  expect_everywhere (fleet, 1);
  while (find_pinned (fleet) == old)
    g_main_context_iteration (NULL, TRUE);
  arrive (fleet);
  expect_everywhere (fleet, 1);
  write_block (fleet, 1, 2);
  expect_everywhere (fleet, 2);
}

static void
test_return (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weft-moves-XXXXXX", NULL);
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (6, 2, 3, directory);
  guint before;
  guint index;

  g_test_summary ("A member that was replaced returns with what it had: it is told what happened, "
                  "and takes part again.");

  weft_ring_fleet_converge (fleet);
  LAND (weft_ring_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  before = find_pinned (fleet);
  for (index = fleet->n_nodes - 1; (before & 1u << index) == 0; index--)
    continue;
  weft_ring_fleet_kill (fleet, index);
  arrive (fleet);
  write_block (fleet, find_first_running (fleet), 2);

  weft_ring_fleet_start (fleet, index);
  weft_ring_fleet_converge (fleet);
  expect_everywhere (fleet, 2);
  while (find_members (fleet, index) != before)
    g_main_context_iteration (NULL, TRUE);
  arrive (fleet);
  write_block (fleet, index, 3);
  expect_everywhere (fleet, 3);

  g_clear_pointer (&fleet, weft_ring_fleet_free);
  weft_remove_all (directory);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-moves/all-leave", test_all_leave);
  g_test_add_func ("/ring-moves/newcomers", test_newcomers);
  g_test_add_func ("/ring-moves/return", test_return);

  return g_test_run ();
}
