/* test-member-cost.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

/* How much a member writes until a record is decided. */

typedef struct
{
  guint n_writes;
  guint n_deletions;
  gsize n_bytes;
} Cost;

static Cost
take_cost (MemberRig *rig)
{
  const Cost cost = { rig->n_writes, rig->n_deletions, rig->n_bytes };

  member_rig_store_all (rig);
  rig->n_writes = 0;
  rig->n_deletions = 0;
  rig->n_bytes = 0;

  return cost;
}

/* One action for each of so many blocks. */
static char *
make_plan (guint n_commits)
{
  GString *plan = g_string_new (NULL);

  for (guint i = 0; i < n_commits; i++)
    g_string_append_printf (plan, "%saction-%02u:block-%02u", i > 0 ? " " : "", i, i);

  return g_string_free (plan, FALSE);
}

static void
measure (guint n_commits,
         Cost  costs[3])
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autofree char *plan = make_plan (n_commits);
  g_autoptr (GPtrArray) pends = rig_pends (plan, 0);
  g_autoptr (WeftClusterRecord) record = rig_put (pends, 0);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (record, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (record, 0x6);

  member_rig_update_with (rig, record, pends);
  member_rig_pended (rig, NULL, NULL);
  costs[0] = take_cost (rig);
  member_rig_update (rig, promised);
  costs[1] = take_cost (rig);
  member_rig_update (rig, decided);
  costs[2] = take_cost (rig);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  g_assert_cmpuint (member_rig_get_count (rig, "member/apply"), ==, 1);
}

static void
test_phases (void)
{
  static const guint sizes[] = { 1, 2, 4, 16 };
  static const char *const phases[] = { "vote", "lock", "certificate" };

  g_test_summary ("A vote and a lock on any number of slots are one record each; a certificate is "
                  "one, and a few bytes for each other slot.");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Cost costs[3];

      measure (sizes[i], costs);
      g_assert_cmpuint (costs[0].n_writes, ==, 1);
      g_assert_cmpuint (costs[1].n_writes, ==, 1);
      g_assert_cmpuint (costs[2].n_writes, ==, sizes[i]);
      for (guint j = 0; j < G_N_ELEMENTS (costs); j++)
        {
          g_assert_cmpuint (costs[j].n_deletions, ==, 0);
          g_assert_cmpuint (costs[j].n_bytes, <, 1000 + 240 * sizes[i]);
          g_test_message ("%u commits, %s: %" G_GSIZE_FORMAT " bytes", sizes[i], phases[j],
                          costs[j].n_bytes);
        }
    }
}

static void
test_leftovers (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a y:b z:c", 0);
  g_autoptr (WeftClusterRecord) all = rig_put (pends, 0);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (all, 0x6);
  g_autoptr (GPtrArray) next_pends = rig_pends ("u:a", 1);
  g_autoptr (WeftClusterRecord) next = rig_put (next_pends, 0);
  g_autoptr (GPtrArray) open = NULL;
  Cost cost;

  g_test_summary ("What was stored for all slots of a record goes with the next thing that is "
                  "stored, which is no batch of its own.");

  member_rig_update_with (rig, all, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_update (rig, promised);
  member_rig_update (rig, decided);
  take_cost (rig);
  g_assert_true (g_queue_is_empty (&rig->batches));
  member_rig_update_with (rig, next, next_pends);
  member_rig_pended (rig, NULL, NULL);
  cost = take_cost (rig);
  g_assert_cmpuint (cost.n_writes, ==, 1);
  g_assert_cmpuint (cost.n_deletions, ==, 2);
  open = rig_state_list_open (rig->durable);
  g_assert_cmpuint (open->len, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/cost/phases", test_phases);
  g_test_add_func ("/member/cost/leftovers", test_leftovers);

  return g_test_run ();
}
