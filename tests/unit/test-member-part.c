/* test-member-part.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

/* What proves one block is of several commits: the one of that block is taken over, wherever the
 * others are kept. */

static WeftClusterRecord *
make_decided (void)
{
  g_autoptr (WeftClusterRecord) all = rig_group ("x:a y:b z:c", 0, 0);

  return fixture_committed (all, 0x6);
}

static void
take (MemberRig         *rig,
      WeftClusterRecord *decided,
      const char        *block_id)
{
  rig->is_vouching = TRUE;
  rig->block_id = block_id;
  member_rig_update (rig, decided);
  rig->is_vouching = FALSE;
  rig->block_id = NULL;
}

static void
expect_latest (MemberRig *rig,
               gint64     a,
               gint64     b,
               gint64     c)
{
  g_assert_cmpint (member_rig_get_latest (rig, "a"), ==, a);
  g_assert_cmpint (member_rig_get_latest (rig, "b"), ==, b);
  g_assert_cmpint (member_rig_get_latest (rig, "c"), ==, c);
}

static void
test_taken (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) decided = make_decided ();

  g_test_summary ("Of a block it takes what was done to that, with the proof, and asks for nothing "
                  "else; the rest is taken when it is told of it.");

  member_rig_add_pending (rig, "b", "y", 0);
  take (rig, decided, "b");
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x+y+z [proof]\n"
                     "answer 1: applied\n");
  expect_latest (rig, 0, 1, 0);
  take (rig, decided, "b");
  member_rig_expect (rig, "answer 2: applied\n");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "c", "z", 0);
  member_rig_update (rig, decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x+y+z [proof] [with]\n"
                     "answer 3: applied\n");
  expect_latest (rig, 1, 1, 1);
}

static void
test_overlapping (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) decided = make_decided ();

  g_test_summary ("While one is on its way to the disk the others are applied, and who asked is "
                  "told when all of that is there.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "y", 0);
  member_rig_add_pending (rig, "c", "z", 0);
  take (rig, decided, "b");
  take (rig, decided, "c");
  take (rig, decided, "b");
  member_rig_update (rig, decided);
  member_rig_expect (rig,
                     "apply x+y+z [proof]\n"
                     "apply x+y+z [proof]\n"
                     "apply x+y+z [proof]\n");
  expect_latest (rig, 1, 1, 1);
  member_rig_store (rig);
  member_rig_store (rig);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "answer 1: applied\n"
                     "answer 3: applied\n"
                     "answer 2: applied\n"
                     "answer 4: applied\n");
}

static void
test_voted (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = rig_group ("x:a y:b z:c", 0, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (all, 0x6);

  g_test_summary ("Who voted for all of it applies all of it as soon as it has the proof from one "
                  "block.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "y", 0);
  member_rig_add_pending (rig, "c", "z", 0);
  member_rig_update (rig, all);
  member_rig_store_all (rig);
  g_string_truncate (rig->transcript, 0);
  take (rig, decided, "b");
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x+y+z [proof]\n"
                     "apply x+y+z [proof] [with]\n"
                     "answer 2: applied\n");
  member_rig_store (rig);
  expect_latest (rig, 1, 1, 1);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/part/taken", test_taken);
  g_test_add_func ("/member/part/overlapping", test_overlapping);
  g_test_add_func ("/member/part/voted", test_voted);

  return g_test_run ();
}
