/* test-member.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"

static void
test_commit (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) record = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (record, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (record, 0x6);

  g_test_summary ("Vote, lock and apply: each is durable before the answer leaves.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "x", 0);
  member_rig_update (rig, record);
  member_rig_expect (rig, "store [a@0 prepared 0 voted x at 0] [b@0 prepared 0 voted x at 0]\n");
  member_rig_store (rig);
  member_rig_expect (rig, "answer 1: promise approve\n");
  member_rig_update (rig, promised);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0 locked x at 0]"
                     " [b@0 prepared 0 voted x at 0 locked x at 0]\n");
  member_rig_store (rig);
  member_rig_expect (rig, "answer 2: commit approve\n");
  g_assert_true (weft_member_machine_holds (rig->machine, "a", "x"));
  member_rig_update (rig, decided);
  member_rig_expect (rig, "apply x [proof] [with]\n");
  member_rig_store (rig);
  member_rig_expect (rig, "answer 3: applied\n");
  g_assert_false (weft_member_machine_holds (rig->machine, "a", "x"));
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  g_assert_cmpint (member_rig_get_latest (rig, "b"), ==, 1);
}

static void
test_signature (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) record = rig_record ("x", "a", 0, 0);
  WeftVote *vote;

  g_test_summary ("What is signed is the vote on this record, by this node.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_update (rig, record);
  member_rig_store (rig);
  vote = weft_cluster_answer_get_vote (rig->answer);
  g_assert_true (weft_vote_check (vote, WEFT_PURPOSE_PROMISE, record, fixture_peer_id (0),
                                  fixture_verify ()));
  g_assert_false (weft_vote_check (vote, WEFT_PURPOSE_COMMIT, record, fixture_peer_id (0),
                                   fixture_verify ()));
}

static void
test_again (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) record = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (record, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (record, 0x6);

  g_test_summary ("The same again has the same answer, which waits for the same batch.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_update (rig, record);
  member_rig_update (rig, record);
  member_rig_latest (rig, "a");
  member_rig_expect (rig, "store [a@0 prepared 0 voted x at 0]\n");
  member_rig_store (rig);
  member_rig_expect (rig,
                     "answer 1: promise approve\n"
                     "answer 2: promise approve\n"
                     "answer 3: states a=0:- [a@0 voted x at 0]\n");
  member_rig_update (rig, promised);
  member_rig_update (rig, promised);
  member_rig_update (rig, record);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0 locked x at 0]\n"
                     "answer 4: commit approve\n"
                     "answer 5: commit approve\n"
                     "answer 6: promise approve\n");
  member_rig_update (rig, decided);
  member_rig_update (rig, decided);
  member_rig_update (rig, promised);
  member_rig_latest (rig, "a");
  member_rig_expect (rig, "apply x [proof]\n");
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "answer 7: applied\n"
                     "answer 8: applied\n"
                     "answer 9: decided x\n"
                     "answer 10: states a=1:x\n");
  member_rig_update (rig, decided);
  member_rig_update (rig, promised);
  member_rig_update (rig, record);
  member_rig_expect (rig,
                     "answer 11: applied\n"
                     "answer 12: decided x\n"
                     "answer 13: decided x\n");
}

static void
test_rival (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "b+c", 0, 0);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y, 0x6);

  g_test_summary ("A slot has one vote at a ballot, and a record has all of its slots or none.");

  for (const char *const *id = (const char *[]) { "a", "b", "c", NULL }; *id != NULL; id++)
    {
      member_rig_add_pending (rig, *id, "x", 0);
      member_rig_add_pending (rig, *id, "y", 0);
    }
  member_rig_update (rig, x);
  member_rig_store (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, y);
  member_rig_expect (rig, "answer 2: promise conflict with x above 0\n");
  g_assert_cmpuint (member_rig_get_count (rig, "member/conflict"), ==, 1);
  g_assert_false (weft_member_machine_holds (rig->machine, "c", "y"));

  g_test_message ("What was decided releases its rivals, in all their slots.");
  member_rig_update (rig, y_decided);
  member_rig_expect (rig, "apply y [proof] [with]\n");
  member_rig_store (rig);
  member_rig_expect (rig, "answer 3: applied\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  member_rig_update (rig, x);
  member_rig_expect (rig, "answer 4: decided y\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/commit", test_commit);
  g_test_add_func ("/member/signature", test_signature);
  g_test_add_func ("/member/again", test_again);
  g_test_add_func ("/member/rival", test_rival);

  return g_test_run ();
}
