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

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Cost costs[3];

      measure (sizes[i], costs);
      for (guint j = 0; j < 3; j++)
        g_test_message ("%u commits, phase %u: %u records, %u deletions, %" G_GSIZE_FORMAT " bytes",
                        sizes[i], j, costs[j].n_writes, costs[j].n_deletions, costs[j].n_bytes);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/cost/phases", test_phases);

  return g_test_run ();
}
