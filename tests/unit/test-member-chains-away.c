/* test-member-chains-away.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-chain.h"

/* Chains of which a member has a part, or none, or of which a crash left it a part. */

static void
take (MemberRig         *rig,
      WeftClusterRecord *decided,
      gint64             rev)
{
  rig->is_vouching = TRUE;
  rig->block_id = "a";
  rig->rev = rev;
  member_rig_update (rig, decided);
  rig->is_vouching = FALSE;
  rig->block_id = NULL;
  rig->rev = 0;
}

static void
test_taken (MemberChain   *story,
            gconstpointer  data)
{
  MemberRig *rig = story->rig;

  g_test_summary ("Who was away takes one revision after the other, and keeps the proof once.");

  member_rig_add_pending (rig, "a", "x", 4);
  take (rig, story->decided, 5);
  member_rig_add_pending (rig, "a", "y", 5);
  take (rig, story->decided, 6);
  take (rig, story->decided, 5);
  member_rig_expect (rig,
                     "apply x+y+z [proof]\n"
                     "apply x+y+z [with]\n");
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "answer 1: applied\n"
                     "answer 3: applied\n"
                     "answer 2: applied\n");
  g_assert_cmpint (member_rig_get_latest (rig, "a"), ==, 6);

  g_test_message ("The rest is told.");
  member_rig_update (rig, story->decided);
  member_rig_expect (rig, "fetch a 7\n");
  member_rig_add_pending (rig, "a", "z", 6);
  member_rig_fetched (rig, NULL);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x+y+z [with]\n"
                     "answer 4: applied\n");
  member_chain_assert_filled (rig);

  g_test_message ("What is ahead is not taken before what it is on.");
  {
    g_autoptr (MemberRig) other = member_rig_new ();

    member_rig_add_revision (other, "a", 4, "u");
    member_rig_add_pending (other, "a", "y", 5);
    take (other, story->decided, 6);
    member_rig_expect (other, "fetch a 5\n");
  }
}

static void
test_taken_by_voter (MemberChain   *story,
                     gconstpointer  data)
{
  MemberRig *rig = story->rig;

  g_test_summary ("Who voted for all of it applies all as soon as one revision shows the proof.");

  member_chain_pend (rig);
  member_rig_update (rig, story->all);
  member_chain_forget (rig);
  take (rig, story->decided, 5);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x+y+z [proof]\n"
                     "apply x+y+z [with] [with]\n"
                     "answer 2: applied\n");
  member_rig_store_all (rig);
  member_chain_assert_filled (rig);
}

static void
test_told (MemberChain   *story,
           gconstpointer  data)
{
  MemberRig *rig = story->rig;

  g_test_summary ("Who is told of a chain that it has nothing of asks for all of its revisions, "
                  "then for what makes them.");

  member_rig_update (rig, story->decided);
  member_rig_expect (rig, "fetch a 7\n");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "fetch a 0\n");
  member_chain_pend (rig);
  member_rig_fetched (rig, NULL);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x+y+z [proof] [with] [with]\n"
                     "answer 1: applied\n");
  member_chain_assert_filled (rig);
}

static void
test_refused (MemberChain   *story,
              gconstpointer  data)
{
  MemberRig *rig = story->rig;

  g_test_summary ("Where the repo refuses it, all of its slots are as they were.");

  member_chain_pend (rig);
  member_rig_update (rig, story->all);
  member_rig_update (rig, story->promised);
  member_chain_forget (rig);
  member_rig_update (rig, story->decided);
  member_rig_refuse (rig);
  member_rig_expect (rig,
                     "apply x+y+z [proof] [with] [with]\n"
                     "answer 3: error unavailable\n");
  g_assert_cmpint (member_rig_get_latest (rig, "a"), ==, 4);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 3);
  member_rig_update (rig, story->decided);
  member_rig_store_all (rig);
  member_chain_assert_filled (rig);
}

static void
test_crash (MemberChain   *story,
            gconstpointer  data)
{
  MemberRig *rig = story->rig;

  g_test_summary ("A crash before it is durable leaves the lock in all slots; one after a part of "
                  "it was taken leaves the lock in the others.");

  member_chain_pend (rig);
  member_rig_update (rig, story->all);
  member_rig_update (rig, story->promised);
  member_chain_forget (rig);
  member_rig_update (rig, story->decided);
  member_rig_crash (rig);
  member_rig_restart (rig);
  member_rig_latest (rig, "a");
  g_string_truncate (rig->transcript, 0);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 3);
  g_assert_true (weft_member_machine_holds (rig->machine, "a", "y"));

  take (rig, story->decided, 5);
  member_rig_drop_pending (rig, "a", "y");
  member_rig_store (rig);
  member_rig_crash (rig);
  member_rig_restart (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_latest (rig, "a");
  g_assert_cmpint (member_rig_get_latest (rig, "a"), ==, 5);
  g_assert_true (weft_member_machine_holds (rig->machine, "a", "z"));
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 2);

  g_test_message ("The rest is applied when its content is here.");
  member_chain_forget (rig);
  member_rig_add_pending (rig, "a", "y", 5);
  member_rig_update (rig, story->decided);
  member_rig_store_all (rig);
  member_chain_assert_filled (rig);
}

static void
test_crash_between (MemberChain   *story,
                    gconstpointer  data)
{
  MemberRig *rig = story->rig;

  g_test_summary ("Of a part that was taken and is durable, the rest follows after a crash without "
                  "being told, where it was voted for and is pending.");

  member_chain_pend (rig);
  member_rig_update (rig, story->all);
  member_chain_forget (rig);
  take (rig, story->decided, 5);
  member_rig_store (rig);
  member_rig_crash (rig);
  member_rig_restart (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_wait (rig, 0);
  member_rig_store_all (rig);
  member_chain_assert_filled (rig);
}

#define ADD(name, function)                                                                  \
  g_test_add ("/member/chains-away/" name, MemberChain, NULL, member_chain_set_up, function, \
              member_chain_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("taken", test_taken);
  ADD ("taken-by-voter", test_taken_by_voter);
  ADD ("told", test_told);
  ADD ("refused", test_refused);
  ADD ("crash", test_crash);
  ADD ("crash-between", test_crash_between);

  return g_test_run ();
}
