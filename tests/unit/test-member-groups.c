/* test-member-groups.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-group.h"

#include "weft-error.h"
#include "weft-thresholds.h"

/* Records of several commits: all or nothing. */

#define VOTED "[a@0 prepared 0 voted x+y+z at 0] [b@0 prepared 0 voted x+y+z at 0]" \
              " [c@0 prepared 0 voted x+y+z at 0]"
#define LOCKED "[a@0 prepared 0 voted x+y+z at 0 locked x+y+z at 0]" \
               " [b@0 prepared 0 voted x+y+z at 0 locked x+y+z at 0]" \
               " [c@0 prepared 0 voted x+y+z at 0 locked x+y+z at 0]"

static void
test_decided (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (all, 0x6);

  g_test_summary ("A group is voted for, locked and decided in all of its slots; each block "
                  "becomes what its own commit makes of it.");

  member_group_pend (rig);
  member_rig_update (rig, all);
  member_rig_store (rig);
  member_rig_update (rig, promised);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store " VOTED "\n"
                     "answer 1: promise approve\n"
                     "store " LOCKED "\n"
                     "answer 2: commit approve\n");
  member_rig_update (rig, decided);
  member_rig_store (rig);
  member_rig_update (rig, decided);
  member_rig_expect (rig,
                     "apply x+y+z [proof] [with] [with]\n"
                     "answer 3: applied\n"
                     "answer 4: applied\n");
  member_group_assert_filled (rig);
}

static void
test_not_pending (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();

  g_test_summary ("One that is not pending is fetched; if it cannot be had nothing is held.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "c", "z", 0);
  member_rig_update (rig, all);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch b 0\n"
                     "answer 1: promise reject not-pending\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  g_test_message ("The action of another block does not do.");
  member_rig_add_pending (rig, "b", "x", 0);
  member_rig_update (rig, all);
  member_rig_add_pending (rig, "b", "y", 0);
  member_rig_fetched (rig, NULL);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "fetch b 0\n"
                     "store " VOTED "\n"
                     "answer 2: promise approve\n");
}

static void
test_content (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = rig_group ("x:a forged-y:b z:c", 0, 0);

  g_test_summary ("One that is pending with another content is as good as none.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "forged-y", 0);
  member_rig_add_pending (rig, "c", "z", 0);
  member_rig_update (rig, all);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch b 0\n"
                     "answer 1: promise reject not-pending\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

static void
test_stale (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();

  g_test_summary ("One that came too late takes the others along.");

  member_group_pend (rig);
  member_rig_add_revision (rig, "c", 2, "w");
  member_rig_update (rig, all);
  member_rig_expect (rig,
                     "answer 1: promise reject stale {\"staleAt\":{\"blockId\":\"c\",\"rev\":2},"
                     "\"success\":false}\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

static void
test_lost (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) v = rig_record ("v", "b", 0, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (v, 0x6);

  g_test_summary ("What another record made of one of its blocks is shown as the certificate.");

  member_group_pend (rig);
  member_rig_add_pending (rig, "b", "v", 0);
  member_rig_update (rig, decided);
  member_group_forget (rig);
  member_rig_update (rig, all);
  member_rig_expect (rig, "answer 2: decided v\n");
}

static void
test_behind (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = rig_group ("x:a y:b z:c", 4, 0);

  g_test_summary ("Who is behind in one of its blocks fetches that.");

  member_rig_add_revision (rig, "a", 4, "u");
  member_rig_add_revision (rig, "b", 3, "v");
  member_rig_add_revision (rig, "c", 4, "w");
  member_rig_add_pending (rig, "a", "x", 4);
  member_rig_add_pending (rig, "b", "y", 4);
  member_rig_add_pending (rig, "c", "z", 4);
  member_rig_update (rig, all);
  member_rig_expect (rig, "fetch b 4\n");
  member_rig_add_revision (rig, "b", 4, "w");
  member_rig_fetched (rig, NULL);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@4 prepared 0 voted x+y+z at 0] [b@4 prepared 0 voted x+y+z at 0]"
                     " [c@4 prepared 0 voted x+y+z at 0]\n"
                     "answer 1: promise approve\n");
}

static void
test_told (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = rig_group ("x:a y:b z:c", 4, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (all, 0x6);

  g_test_summary ("A certificate of a group waits for what each of its commits needs.");

  member_rig_add_revision (rig, "a", 4, "u");
  member_rig_add_revision (rig, "b", 4, "v");
  member_rig_add_revision (rig, "c", 4, "w");
  member_rig_add_pending (rig, "a", "x", 4);
  member_rig_update (rig, decided);
  member_rig_expect (rig,
                     "fetch b 5\n"
                     "fetch c 5\n");
  member_rig_add_pending (rig, "b", "y", 4);
  member_rig_fetched (rig, NULL);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "fetch c 0\n");
  member_rig_add_pending (rig, "c", "z", 4);
  member_rig_fetched (rig, NULL);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x+y+z [proof] [with] [with]\n"
                     "answer 1: applied\n");
}

static void
test_single_first (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "b", 0, 0);

  g_test_summary ("A single that is voted for on one of its blocks stands in the way of a group, "
                  "also when it is of the same action.");

  member_group_pend (rig);
  member_rig_update (rig, y);
  member_group_forget (rig);
  member_rig_update (rig, all);
  member_rig_expect (rig, "answer 2: promise conflict with y above 0\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 1);
}

static void
test_group_first (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "b", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) y_one = rig_at (y, one, NULL);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y_one, 0x6);
  g_autoptr (WeftClusterRecord) v = rig_record ("v", "a", 0, 0);

  g_test_summary ("A group stands in the way of a single, which wins at a higher ballot; what it "
                  "filled releases the others.");

  member_group_pend (rig);
  member_rig_add_pending (rig, "a", "v", 0);
  member_rig_update (rig, all);
  member_group_forget (rig);
  member_rig_update (rig, y);
  member_rig_prepare (rig, y, one);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "answer 2: promise conflict with x+y+z above 0\n"
                     "store [b@0 prepared 1.1 voted x+y+z at 0]\n"
                     "answer 3: prepared 1.1 [b@0 voted x+y+z at 0]\n");
  member_rig_update (rig, y_one);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [b@0 prepared 1.1 voted y at 1.1]\n"
                     "answer 4: promise approve\n");
  member_rig_update (rig, y_decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply y [proof]\n"
                     "answer 5: applied\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  member_rig_update (rig, v);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted v at 0]\n"
                     "answer 6: promise approve\n");
}

static void
test_filled (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftClusterRecord) v = rig_record ("v", "c", 0, 0);
  g_autoptr (WeftClusterRecord) v_decided = fixture_committed (v, 0x5);

  g_test_summary ("Another record that fills one slot of a locked group releases it in all, and "
                  "what its actions have pending can be cancelled.");

  member_group_pend (rig);
  member_rig_add_pending (rig, "c", "v", 0);
  member_rig_update (rig, all);
  member_rig_update (rig, promised);
  member_group_forget (rig);
  g_assert_true (weft_member_machine_holds (rig->machine, "a", "x"));
  g_assert_true (weft_member_machine_holds (rig->machine, "b", "y"));
  g_assert_true (weft_member_machine_holds (rig->machine, "c", "z"));
  g_assert_false (weft_member_machine_holds (rig->machine, "b", "x"));
  member_rig_update (rig, v_decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply v [proof]\n"
                     "answer 3: applied\n");
  g_assert_false (weft_member_machine_holds (rig->machine, "a", "x"));
  g_assert_false (weft_member_machine_holds (rig->machine, "b", "y"));
}

static void
test_prepared (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "b", 0, 0);
  g_autoptr (WeftBallot) two = rig_ballot (2, 2);

  g_test_summary ("What was prepared above in one slot keeps the group from all.");

  member_group_pend (rig);
  member_rig_prepare (rig, y, two);
  member_group_forget (rig);
  member_rig_update (rig, all);
  member_rig_update (rig, promised);
  member_rig_expect (rig,
                     "answer 2: promise conflict with - above 2.2\n"
                     "answer 3: commit conflict with - above 2.2\n");
}

static void
test_recovered (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftBallot) one = rig_ballot (1, 2);
  g_autoptr (WeftClusterRecord) again = rig_at (all, one, promised);
  g_autoptr (WeftClusterRecord) again_promised = fixture_promised (again, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (again, 0x6);

  g_test_summary ("A group that is held for too long is recovered once, in all of its slots, and "
                  "decided at a higher ballot.");

  member_group_pend (rig);
  member_rig_update (rig, all);
  member_rig_update (rig, promised);
  member_group_forget (rig);
  member_rig_wait (rig, 31 * G_TIME_SPAN_SECOND);
  member_rig_expect (rig, "recover x+y+z\n");
  member_rig_prepare (rig, all, one);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 1.2 voted x+y+z at 0 locked x+y+z at 0]"
                     " [b@0 prepared 1.2 voted x+y+z at 0 locked x+y+z at 0]"
                     " [c@0 prepared 1.2 voted x+y+z at 0 locked x+y+z at 0]\n"
                     "answer 3: prepared 1.2 [a@0 voted x+y+z at 0 locked x+y+z at 0]"
                     " [b@0 voted x+y+z at 0 locked x+y+z at 0]"
                     " [c@0 voted x+y+z at 0 locked x+y+z at 0]\n");
  member_rig_update (rig, again);
  member_rig_update (rig, again_promised);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 1.2 voted x+y+z at 1.2 locked x+y+z at 0]"
                     " [b@0 prepared 1.2 voted x+y+z at 1.2 locked x+y+z at 0]"
                     " [c@0 prepared 1.2 voted x+y+z at 1.2 locked x+y+z at 0]"
                     " [deleted] [deleted] [deleted] [in full]\n"
                     "store [a@0 prepared 1.2 voted x+y+z at 1.2 locked x+y+z at 1.2]"
                     " [b@0 prepared 1.2 voted x+y+z at 1.2 locked x+y+z at 1.2]"
                     " [c@0 prepared 1.2 voted x+y+z at 1.2 locked x+y+z at 1.2]\n"
                     "answer 4: promise approve\n"
                     "answer 5: commit approve\n");
  member_rig_update (rig, decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x+y+z [proof] [with] [with]\n"
                     "answer 6: applied\n");
  member_group_assert_filled (rig);
}

static void
test_rests (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = rig_group ("x:a y:b z:c", 0, rig->real_msec + 5000);
  g_autoptr (WeftBallot) one = rig_ballot (1, 2);

  g_test_summary ("The vote for a group that expired below a prepared ballot rests, and its "
                  "actions are held no more.");

  member_group_pend (rig);
  member_rig_update (rig, all);
  member_rig_prepare (rig, all, one);
  member_group_forget (rig);
  member_rig_wait (rig, 10 * G_TIME_SPAN_SECOND);
  member_rig_expect (rig, "");
  g_assert_false (weft_member_machine_holds (rig->machine, "a", "x"));
  g_assert_false (weft_member_machine_holds (rig->machine, "b", "y"));
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 3);
}

static void
test_cancelled (void)
{
  static const char *block_ids[] = { "b", NULL };
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftActionBlocks) action = weft_action_blocks_new ("y", block_ids, NULL);
  g_autoptr (WeftRepoMessage) message = weft_repo_message_new_cancel (action, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftClusterRecord) cancel
      = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);

  g_test_summary ("While one of its actions is being cancelled a group is not voted for; once "
                  "it is voted for none of them can be.");

  member_group_pend (rig);
  member_rig_update (rig, cancel);
  member_rig_update (rig, all);
  member_rig_executed (rig, "{}", NULL);
  member_rig_expect (rig,
                     "execute cancel-y\n"
                     "answer 2: promise reject not-pending\n"
                     "answer 1: promise approve {}\n");
  member_rig_update (rig, all);
  member_rig_update (rig, cancel);
  member_rig_expect (rig,
                     "store " VOTED "\n"
                     "answer 4: promise reject held\n");
}

static void
test_objection (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();

  g_test_summary ("The validator sees one commit after the other, and what it says of one is "
                  "said of all.");

  member_group_pend (rig);
  rig->objection = "too green";
  rig->objects_to = "y";
  member_rig_update (rig, all);
  member_rig_expect (rig, "answer 1: promise reject validator \"too green\"\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

static void
test_liars (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftClusterRecord) others = rig_group ("u:a v:b w:c", 0, 0);
  g_autoptr (WeftClusterRecord) others_promised = fixture_promised (others, 0x5);
  g_autoptr (WeftClusterRecord) fewer = rig_group ("u:a v:b", 0, 0);
  g_autoptr (WeftClusterRecord) fewer_promised = fixture_promised (fewer, 0x5);

  g_test_summary ("Two approvals at one ballot of groups with the same slots prove a lie; with "
                  "other slots they prove nothing.");

  member_group_pend (rig);
  member_rig_update (rig, promised);
  member_group_forget (rig);
  member_rig_update (rig, fewer_promised);
  member_rig_expect (rig, "answer 2: commit conflict with x+y+z above 0\n");
  member_rig_update (rig, others_promised);
  member_rig_expect (rig,
                     "report 2 equivocation\n"
                     "answer 3: commit conflict with x+y+z above 0\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/groups/decided", test_decided);
  g_test_add_func ("/member/groups/not-pending", test_not_pending);
  g_test_add_func ("/member/groups/content", test_content);
  g_test_add_func ("/member/groups/stale", test_stale);
  g_test_add_func ("/member/groups/lost", test_lost);
  g_test_add_func ("/member/groups/behind", test_behind);
  g_test_add_func ("/member/groups/told", test_told);
  g_test_add_func ("/member/groups/single-first", test_single_first);
  g_test_add_func ("/member/groups/group-first", test_group_first);
  g_test_add_func ("/member/groups/filled", test_filled);
  g_test_add_func ("/member/groups/prepared", test_prepared);
  g_test_add_func ("/member/groups/recovered", test_recovered);
  g_test_add_func ("/member/groups/rests", test_rests);
  g_test_add_func ("/member/groups/cancelled", test_cancelled);
  g_test_add_func ("/member/groups/objection", test_objection);
  g_test_add_func ("/member/groups/liars", test_liars);

  return g_test_run ();
}
