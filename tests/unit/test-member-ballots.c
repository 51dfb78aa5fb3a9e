/* test-member-ballots.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"

static MemberRig *
new_rig (void)
{
  MemberRig *rig = member_rig_new ();

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "a", "y", 0);

  return rig;
}

static void
test_prepare (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) x_promised = fixture_promised (x, 0x3);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftBallot) two = rig_ballot (2, 2);

  g_test_summary ("From a prepare on, lower ballots are refused; it answers with what is held.");

  member_rig_update (rig, x);
  member_rig_prepare (rig, x, two);
  member_rig_prepare (rig, x, one);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "store [a@0 prepared 2.2 voted x at 0]\n"
                     "answer 3: conflict above 2.2\n");
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "answer 1: promise approve\n"
                     "answer 2: prepared 2.2 [a@0 voted x at 0]\n");
  g_test_message ("Lower is a lock, and a vote for another.");
  member_rig_update (rig, x_promised);
  member_rig_update (rig, y);
  member_rig_expect (rig,
                     "answer 4: commit conflict with - above 2.2\n"
                     "answer 5: promise conflict with x above 2.2\n");
  g_test_message ("The vote was given before: it is given again.");
  member_rig_update (rig, x);
  member_rig_prepare (rig, x, two);
  member_rig_expect (rig,
                     "answer 6: promise approve\n"
                     "answer 7: prepared 2.2 [a@0 voted x at 0]\n");
}

static void
test_prepare_unknown (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_one = rig_at (y, one, NULL);

  g_test_summary ("A slot that nothing was heard of can be prepared, and voted in at that ballot.");

  member_rig_prepare (rig, x, one);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 1.1] [b@0 prepared 1.1]\n"
                     "answer 1: prepared 1.1 [a@0] [b@0]\n");
  member_rig_update (rig, y_one);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 1.1 voted y at 1.1]\n"
                     "answer 2: promise approve\n");
  member_rig_prepare (rig, x, one);
  member_rig_expect (rig, "answer 3: prepared 1.1 [a@0 voted y at 1.1] [b@0]\n");
}

static void
test_higher (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_promised = fixture_promised (y, 0x6);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) y_one = rig_at (y, one, NULL);
  g_autoptr (WeftClusterRecord) y_one_promised = fixture_promised (y_one, 0x6);
  g_autoptr (WeftClusterRecord) x_one = rig_at (x, one, NULL);

  g_test_summary ("Higher ballots go to another message, with proof that none was locked.");

  member_rig_update (rig, x);
  member_rig_update (rig, y_one);
  member_rig_update (rig, x_one);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "store [a@0 prepared 1.1 voted y at 1.1]\n"
                     "answer 3: promise conflict with y above 1.1\n"
                     "answer 1: promise approve\n"
                     "answer 2: promise approve\n");
  member_rig_update (rig, y_promised);
  member_rig_update (rig, y_one_promised);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "answer 4: commit conflict with - above 1.1\n"
                     "store [a@0 prepared 1.1 voted y at 1.1 locked y at 1.1]\n"
                     "answer 5: commit approve\n");
}

static void
test_justification (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) x_lock = fixture_promised (x, 0x6);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) y_one = rig_at (y, one, x_lock);
  g_autoptr (WeftClusterRecord) x_one = rig_at (x, one, x_lock);

  g_test_summary ("Where one of the answers shows a lock, only its message can go on.");

  member_rig_update (rig, y_one);
  member_rig_update (rig, x_one);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "answer 1: promise reject unjustified\n"
                     "store [a@0 prepared 1.1 voted x at 1.1]\n"
                     "answer 2: promise approve\n");
}

static void
test_expired_lock (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, rig->real_msec + 1000);
  g_autoptr (WeftClusterRecord) x_lock = fixture_promised (x, 0x6);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) x_free = rig_at (x, one, NULL);
  g_autoptr (WeftClusterRecord) x_locked = rig_at (x, one, x_lock);

  g_test_summary ("After its expiration a record is voted for only if it was locked, and locked.");

  rig->real_msec += 1000;
  member_rig_update (rig, x);
  member_rig_update (rig, x_free);
  member_rig_update (rig, x_locked);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "answer 1: promise reject expired\n"
                     "answer 2: promise reject expired\n"
                     "store [a@0 prepared 1.1 voted x at 1.1]\n"
                     "answer 3: promise approve\n");
}

static void
test_lock_alone (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 1);
  g_autoptr (WeftClusterRecord) x_promised = fixture_promised (x, 0x6);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);

  g_test_summary ("It locks what others voted for, expired or not, once it has the content.");

  member_rig_update (rig, x_promised);
  member_rig_expect (rig, "fetch a 0\n");
  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_fetched (rig, NULL);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 locked x at 0]\n"
                     "answer 1: commit approve\n");
  member_rig_add_pending (rig, "a", "y", 0);
  member_rig_update (rig, y);
  member_rig_latest (rig, "a");
  member_rig_expect (rig,
                     "answer 2: promise conflict with x above 0\n"
                     "answer 3: states a=0:- [a@0 locked x at 0]\n");
}

static void
test_lock_without_content (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) x_promised = fixture_promised (x, 0x6);
  g_autoptr (GError) error = g_error_new (WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "nowhere");

  g_test_summary ("It locks nothing whose content is gone, although it voted for it once: nobody "
                  "might be left who can decide it, and the slot would be held for ever.");

  member_rig_update (rig, x);
  member_rig_store (rig);
  member_rig_drop_pending (rig, "a", "x");
  member_rig_update (rig, x_promised);
  member_rig_fetched (rig, error);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "answer 1: promise approve\n"
                     "fetch a 0\n"
                     "answer 2: commit reject not-pending\n");
}

static void
test_lock_against_own_vote (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_promised = fixture_promised (y, 0x6);

  g_test_summary ("Who voted for the one that lost locks the one that won.");

  member_rig_update (rig, x);
  member_rig_update (rig, y_promised);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "store [a@0 prepared 0 voted x at 0 locked y at 0]\n"
                     "answer 1: promise approve\n"
                     "answer 2: commit approve\n");
}

static void
test_equivocation (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) x_promised = fixture_promised (x, 0x6);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_promised = fixture_promised (y, 0x5);
  g_autoptr (WeftClusterRecord) z = rig_record ("z", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) z_promised = fixture_promised (z, 0x5);

  g_test_summary ("Who voted for two messages with the same slots is reported, and counts for "
                  "neither.");

  member_rig_update (rig, x_promised);
  member_rig_store (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, y_promised);
  member_rig_expect (rig,
                     "report 2 equivocation\n"
                     "answer 2: commit conflict with x above 0\n");
  g_test_message ("With other slots it may be honest: the first may have lost one of them.");
  member_rig_update (rig, z_promised);
  member_rig_expect (rig, "answer 3: commit conflict with x above 0\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/ballots/prepare", test_prepare);
  g_test_add_func ("/member/ballots/prepare-unknown", test_prepare_unknown);
  g_test_add_func ("/member/ballots/higher", test_higher);
  g_test_add_func ("/member/ballots/justification", test_justification);
  g_test_add_func ("/member/ballots/expired-lock", test_expired_lock);
  g_test_add_func ("/member/ballots/lock-alone", test_lock_alone);
  g_test_add_func ("/member/ballots/lock-without-content", test_lock_without_content);
  g_test_add_func ("/member/ballots/lock-against-own-vote", test_lock_against_own_vote);
  g_test_add_func ("/member/ballots/equivocation", test_equivocation);

  return g_test_run ();
}
