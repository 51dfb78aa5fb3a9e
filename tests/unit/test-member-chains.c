/* test-member-chains.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-chain.h"

#include "weft-error.h"

/* Records of several revisions of one block: x, y and z make a what it is after revision 4. */

#define VOTED "[a@4 prepared 0 voted x+y+z at 0] [a@5 prepared 0 voted x+y+z at 0]" \
              " [a@6 prepared 0 voted x+y+z at 0]"
#define LOCKED "[a@4 prepared 0 voted x+y+z at 0 locked x+y+z at 0]" \
               " [a@5 prepared 0 voted x+y+z at 0 locked x+y+z at 0]" \
               " [a@6 prepared 0 voted x+y+z at 0 locked x+y+z at 0]"

static void
test_decided (MemberChain   *story,
              gconstpointer  data)
{
  MemberRig *rig = story->rig;

  g_test_summary ("A chain is voted for and locked in all of its slots, once for all of them, and "
                  "becomes one revision after the other.");

  member_chain_pend (rig);
  member_rig_update (rig, story->all);
  member_rig_store (rig);
  member_rig_update (rig, story->promised);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store " VOTED "\n"
                     "answer 1: promise approve\n"
                     "store " LOCKED "\n"
                     "answer 2: commit approve\n");
  member_rig_update (rig, story->decided);
  member_rig_store (rig);
  member_rig_update (rig, story->decided);
  member_rig_expect (rig,
                     "apply x+y+z [proof] [with] [with]\n"
                     "answer 3: applied\n"
                     "answer 4: applied\n");
  member_chain_assert_filled (rig);
}

static void
test_behind (MemberChain   *story,
             gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (WeftClusterRecord) all = rig_group ("x:a y:a z:a", 6, 0);

  g_test_summary ("Who is behind fetches what the chain begins on; nobody needs what is in it.");

  member_rig_add_pending (rig, "a", "x", 6);
  member_rig_add_pending (rig, "a", "y", 7);
  member_rig_add_pending (rig, "a", "z", 8);
  member_rig_update (rig, all);
  member_rig_expect (rig, "fetch a 6\n");
  member_rig_add_revision (rig, "a", 5, "v");
  member_rig_add_revision (rig, "a", 6, "w");
  member_rig_fetched (rig, NULL);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@6 prepared 0 voted x+y+z' at 0] [a@7 prepared 0 voted x+y+z' at 0]"
                     " [a@8 prepared 0 voted x+y+z' at 0]\n"
                     "answer 1: promise approve\n");
}

static void
test_ahead (MemberChain   *story,
            gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 5, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);

  g_test_summary ("What follows nothing in its record needs its base, whatever is pending.");

  member_chain_pend (rig);
  member_rig_update (rig, y);
  member_rig_fetched (rig, NULL);
  member_rig_prepare (rig, y, one);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 5\n"
                     "answer 1: promise reject behind\n"
                     "fetch a 5\n"
                     "answer 2: error unavailable\n");
}

static void
test_not_pending (MemberChain   *story,
                  gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (WeftClusterRecord) forged = rig_group ("x:a forged-y:a z:a", 4, 0);

  g_test_summary ("Each of them has to be pending, with its content, for a vote and for a lock.");

  member_rig_add_pending (rig, "a", "x", 4);
  member_rig_add_pending (rig, "a", "z", 6);
  member_rig_update (rig, story->all);
  member_rig_fetched (rig, NULL);
  member_rig_update (rig, story->promised);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 0\n"
                     "answer 1: promise reject not-pending\n"
                     "fetch a 0\n"
                     "answer 2: commit reject not-pending\n");

  member_rig_add_pending (rig, "a", "forged-y", 5);
  member_rig_update (rig, forged);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 0\n"
                     "answer 3: promise reject not-pending\n");

  g_test_message ("On another base it is another content.");
  member_rig_add_pending (rig, "a", "y", 4);
  member_rig_update (rig, story->all);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 0\n"
                     "answer 4: promise reject not-pending\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

static void
test_carried (MemberChain   *story,
              gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (GPtrArray) pends = rig_pends ("x:a y:a z:a", 4);
  g_autoptr (WeftClusterRecord) put = rig_put (pends, 0);

  g_test_summary ("What comes along is pended, and voted for when it is.");

  member_rig_update_with (rig, put, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "pend x y z\n"
                     "store [a@4 prepared 0 voted x+y+z' at 0] [a@5 prepared 0 voted x+y+z' at 0]"
                     " [a@6 prepared 0 voted x+y+z' at 0]\n"
                     "answer 1: promise approve\n");
}

static void
test_carried_order (MemberChain   *story,
                    gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (GPtrArray) right = rig_pends ("x:a y:a z:a", 4);
  g_autoptr (GPtrArray) pends = rig_pends ("z:a y:a x:a", 4);
  g_autoptr (GPtrArray) shuffled = g_ptr_array_new ();
  g_autoptr (WeftClusterRecord) put = rig_put (right, 0);
  g_autoptr (GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_MISSING_BASE, "it is on what is not here");

  g_test_summary ("What comes along is pended in the order of the chain; what was made for another "
                  "place in it is not what is meant.");

  for (guint i = 3; i > 0; i--)
    g_ptr_array_add (shuffled, g_ptr_array_index (right, i - 1));
  member_rig_update_with (rig, put, shuffled);
  member_rig_update_with (rig, put, pends);
  member_rig_expect (rig,
                     "pend x y z\n"
                     "pend y\n");
  member_rig_pended (rig, NULL, NULL);
  member_rig_store_all (rig);
  member_rig_pended (rig, NULL, error);
  member_rig_expect (rig,
                     "store [a@4 prepared 0 voted x+y+z' at 0] [a@5 prepared 0 voted x+y+z' at 0]"
                     " [a@6 prepared 0 voted x+y+z' at 0]\n"
                     "answer 1: promise approve\n"
                     "answer 2: promise reject behind \"it is on what is not here\"\n");
}

static void
test_carried_behind (MemberChain   *story,
                     gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (GPtrArray) pends = rig_pends ("x:a y:a", 5);
  g_autoptr (WeftClusterRecord) put = rig_put (pends, 0);

  g_test_summary ("Who is behind fetches first, and takes what came along then.");

  member_rig_update_with (rig, put, pends);
  member_rig_expect (rig, "fetch a 5\n");
  member_rig_add_revision (rig, "a", 5, "v");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "pend x y\n");
  member_rig_pended (rig, NULL, NULL);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@5 prepared 0 voted x+y at 0] [a@6 prepared 0 voted x+y at 0]\n"
                     "answer 1: promise approve\n");
}

static void
test_objection (MemberChain   *story,
                gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (WeftClusterRecord) mixed = rig_group ("x:a v:b y:a z:a", 4, 0);

  g_test_summary ("An application sees a chain as a whole, and other commits alone; what it has "
                  "against one of them is against all.");

  member_chain_pend (rig);
  member_rig_add_revision (rig, "b", 4, "u");
  member_rig_add_pending (rig, "b", "v", 4);
  rig->objection = "no";
  rig->objects_to = "z";
  member_rig_update (rig, mixed);
  rig->objects_to = "w";
  member_rig_update (rig, mixed);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "answer 1: promise reject validator \"no\"\n"
                     "store [a@4 prepared 0 voted x+v+y+z at 0] [a@5 prepared 0 voted x+v+y+z at 0]"
                     " [a@6 prepared 0 voted x+v+y+z at 0] [b@4 prepared 0 voted x+v+y+z at 0]\n"
                     "answer 2: promise approve\n");
}

static void
test_rival (MemberChain   *story,
            gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (WeftClusterRecord) w = rig_record ("w", "a", 4, 0);
  g_autoptr (WeftClusterRecord) w_decided = fixture_committed (w, 0x5);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 5, 0);

  g_test_summary ("A rival that fills its first slot releases a locked chain in all, and those who "
                  "come after the rival find them free.");

  member_chain_pend (rig);
  member_rig_add_pending (rig, "a", "w", 4);
  member_rig_update (rig, story->all);
  member_rig_update (rig, story->promised);
  member_chain_forget (rig);
  g_assert_true (weft_member_machine_holds (rig->machine, "a", "z"));
  member_rig_update (rig, w);
  member_rig_update (rig, w_decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "answer 3: promise conflict with x+y+z above 0\n"
                     "apply w [proof]\n"
                     "answer 4: applied\n");
  g_assert_false (weft_member_machine_holds (rig->machine, "a", "z"));
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  member_rig_update (rig, y);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@5 prepared 0 voted y at 0]\n"
                     "answer 5: promise approve\n");
  member_rig_update (rig, story->promised);
  member_rig_expect (rig, "answer 6: decided w\n");
}

static void
test_overlapping (MemberChain   *story,
                  gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (WeftClusterRecord) w = rig_record ("w", "a", 4, 0);
  g_autoptr (WeftClusterRecord) w_decided = fixture_committed (w, 0x5);
  g_autoptr (WeftClusterRecord) rest = rig_group ("p:a q:a", 5, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) rest_one = rig_at (rest, one, NULL);

  g_test_summary ("Two chains that overlap meet in the slots that they share, even where one of "
                  "them is dead already and this node does not know it.");

  member_chain_pend (rig);
  member_rig_add_pending (rig, "a", "w", 4);
  member_rig_add_pending (rig, "a", "p", 5);
  member_rig_add_pending (rig, "a", "q", 6);
  member_rig_update (rig, story->all);
  member_chain_forget (rig);
  member_rig_update (rig, rest);
  member_rig_expect (rig, "answer 2: promise conflict with x+y+z above 0\n");

  g_test_message ("Others decided w.");
  member_rig_prepare (rig, rest, one);
  member_rig_expect (rig, "fetch a 5\n");
  member_rig_update (rig, w_decided);
  member_rig_fetched (rig, NULL);
  member_rig_store_all (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, rest_one);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@5 prepared 1.1 voted p+q at 1.1] [a@6 prepared 1.1 voted p+q at 1.1]"
                     " [deleted] [deleted]\n"
                     "answer 5: promise approve\n");
}

static void
test_prepared (MemberChain   *story,
               gconstpointer  data)
{
  MemberRig *rig = story->rig;
  g_autoptr (WeftBallot) one = rig_ballot (1, 2);
  g_autoptr (WeftClusterRecord) again = rig_at (story->all, one, story->promised);
  g_autoptr (WeftClusterRecord) again_promised = fixture_promised (again, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (again, 0x6);

  g_test_summary ("A chain is recovered in all of its slots at a higher ballot.");

  member_chain_pend (rig);
  member_rig_update (rig, story->all);
  member_rig_update (rig, story->promised);
  member_chain_forget (rig);
  member_rig_wait (rig, 31 * G_TIME_SPAN_SECOND);
  member_rig_expect (rig, "recover x+y+z\n");
  member_rig_prepare (rig, story->all, one);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@4 prepared 1.2 voted x+y+z at 0 locked x+y+z at 0]"
                     " [a@5 prepared 1.2 voted x+y+z at 0 locked x+y+z at 0]"
                     " [a@6 prepared 1.2 voted x+y+z at 0 locked x+y+z at 0]\n"
                     "answer 3: prepared 1.2 [a@4 voted x+y+z at 0 locked x+y+z at 0]"
                     " [a@5 voted x+y+z at 0 locked x+y+z at 0]"
                     " [a@6 voted x+y+z at 0 locked x+y+z at 0]\n");
  member_rig_update (rig, again);
  member_rig_update (rig, again_promised);
  member_rig_store_all (rig);
  member_rig_update (rig, decided);
  member_rig_store_all (rig);
  member_chain_assert_filled (rig);
}

static void
test_told_of (MemberChain   *story,
              gconstpointer  data)
{
  MemberRig *rig = story->rig;

  g_test_summary ("Who reads is told of a locked chain once, where it begins.");

  member_chain_pend (rig);
  member_rig_update (rig, story->all);
  member_rig_update (rig, story->promised);
  member_chain_forget (rig);
  member_rig_latest (rig, "a");
  member_rig_expect (rig, "answer 3: states a=4:u [a@4 voted x+y+z at 0 locked x+y+z at 0]\n");
}

#define ADD(name, function)                                                                       \
  g_test_add ("/member/chains/" name, MemberChain, NULL, member_chain_set_up, function,         \
              member_chain_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("decided", test_decided);
  ADD ("behind", test_behind);
  ADD ("ahead", test_ahead);
  ADD ("not-pending", test_not_pending);
  ADD ("carried", test_carried);
  ADD ("carried-order", test_carried_order);
  ADD ("carried-behind", test_carried_behind);
  ADD ("objection", test_objection);
  ADD ("rival", test_rival);
  ADD ("overlapping", test_overlapping);
  ADD ("prepared", test_prepared);
  ADD ("told-of", test_told_of);

  return g_test_run ();
}
