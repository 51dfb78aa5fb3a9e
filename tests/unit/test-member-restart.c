/* test-member-restart.c
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
  member_rig_add_pending (rig, "b", "x", 0);
  member_rig_add_pending (rig, "a", "y", 0);

  return rig;
}

static void
test_vote (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);

  g_test_summary ("A vote holds across a crash when it was durable, and else was never given.");

  member_rig_update (rig, x);
  member_rig_restart (rig);
  member_rig_expect (rig, "store [a@0 prepared 0 voted x at 0]\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  member_rig_update (rig, y);
  member_rig_store (rig);
  member_rig_restart (rig);
  member_rig_update (rig, x);
  member_rig_update (rig, y);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted y at 0]\n"
                     "answer 2: promise approve\n"
                     "answer 3: promise conflict with y above 0\n"
                     "answer 4: promise approve\n");
  g_assert_true (weft_member_machine_holds (rig->machine, "a", "y"));
}

static void
test_prepared (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftBallot) two = rig_ballot (2, 2);

  g_test_summary ("A ballot that was prepared stays prepared.");

  member_rig_prepare (rig, x, two);
  member_rig_store (rig);
  member_rig_restart (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, x);
  member_rig_expect (rig, "answer 2: promise conflict with - above 2.2\n");
}

static void
test_lock (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) x_promised = fixture_promised (x, 0x6);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);

  g_test_summary ("A lock is shown with its promises after a restart, in each of its slots.");

  member_rig_update (rig, x);
  member_rig_update (rig, x_promised);
  member_rig_store_all (rig);
  member_rig_restart (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, x_promised);
  member_rig_expect (rig, "answer 3: commit approve\n");
  member_rig_prepare (rig, x, one);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 1.1 voted x at 0 locked x at 0]"
                     " [b@0 prepared 1.1 voted x at 0 locked x at 0]\n"
                     "answer 4: prepared 1.1 [a@0 voted x at 0 locked x at 0]"
                     " [b@0 voted x at 0 locked x at 0]\n");
  g_assert_true (weft_prepared_check (weft_cluster_answer_get_prepared (rig->answer),
                                      fixture_peer_id (0), fixture_verify ()));
}

static void
test_applied (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (x, 0x6);

  g_test_summary ("Applied is applied, or is again, and the proof is found under each slot.");

  member_rig_update (rig, x);
  member_rig_store (rig);
  member_rig_update (rig, decided);
  member_rig_restart (rig);
  g_assert_cmpint (member_rig_get_latest (rig, "a"), ==, 0);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, decided);
  member_rig_store (rig);
  member_rig_restart (rig);
  member_rig_expect (rig,
                     "apply x [proof] [with]\n"
                     "answer 3: applied\n");
  member_rig_update (rig, x);
  member_rig_update (rig, decided);
  member_rig_expect (rig,
                     "answer 4: decided x\n"
                     "answer 5: applied\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

static void
test_release_lost (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y, 0x6);
  g_autoptr (WeftClusterRecord) z = rig_record ("z", "b", 0, 0);

  g_test_summary ("A crash between a certificate and the release of its rivals loses nothing.");

  member_rig_update (rig, x);
  member_rig_store (rig);
  member_rig_update (rig, y_decided);
  g_string_truncate (rig->transcript, 0);
  member_rig_store (rig);
  member_rig_expect (rig, "answer 2: applied\n");
  member_rig_restart (rig);
  member_rig_expect (rig, "");
  member_rig_add_pending (rig, "b", "z", 0);
  member_rig_update (rig, z);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [b@0 prepared 0 voted z at 0]\n"
                     "answer 3: promise approve\n");
}

static void
test_damage (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) x_promised = fixture_promised (x, 0x6);
  g_autoptr (WeftClusterRecord) x_decided = fixture_committed (x, 0x6);
  g_autoptr (WeftClusterRecord) other = rig_record ("x", "b", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftSlot) slot = weft_slot_new ("a", 0);
  g_autofree char *key = weft_slot_make_key (slot);
  g_autoptr (JsonNode) json = weft_json_parse ("{\"slot\":[\"a\",0],\"lock\":{}}", -1, NULL);

  g_test_summary ("Where it cannot read what it promised it promises no more; it still applies.");

  member_rig_write (rig, key, json, FALSE);
  member_rig_restart (rig);
  member_rig_update (rig, x);
  member_rig_update (rig, x_promised);
  member_rig_prepare (rig, x, one);
  member_rig_latest (rig, "a");
  member_rig_update (rig, other);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "answer 1: promise reject storage\n"
                     "answer 2: commit reject storage\n"
                     "answer 3: error corrupt\n"
                     "answer 4: error corrupt\n"
                     "store [b@0 prepared 0 voted x' at 0]\n"
                     "answer 5: promise approve\n");
  member_rig_update (rig, x_decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x [proof]\n"
                     "answer 6: applied\n");
  g_assert_cmpuint (member_rig_get_count (rig, "member/damaged"), ==, 1);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 1);
}

static void
test_total_damage (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (JsonNode) told = weft_json_parse ("{\"tell\":{},\"to\":[]}", -1, NULL);
  g_autoptr (JsonNode) json = weft_json_parse ("{\"slot\":7}", -1, NULL);

  g_test_summary ("A record of which not even the slot can be read may be of any.");

  member_rig_write (rig, "told", told, FALSE);
  member_rig_restart (rig);
  member_rig_update (rig, x);
  member_rig_store (rig);
  member_rig_write (rig, "slot", json, FALSE);
  member_rig_restart (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, x);
  member_rig_expect (rig, "answer 2: promise approve\n");
  g_clear_pointer (&x, weft_cluster_record_unref);
  x = rig_record ("x", "b", 0, 0);
  member_rig_update (rig, x);
  member_rig_expect (rig, "answer 3: promise reject storage\n");
}

static void
test_failure (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) z = rig_record ("z", "c", 0, 0);

  g_test_summary ("When the storage fails everybody is told so; the next machine starts from it.");

  member_rig_update (rig, x);
  member_rig_update (rig, y);
  member_rig_update (rig, x);
  member_rig_update (rig, z);
  g_string_truncate (rig->transcript, 0);
  member_rig_fail (rig);
  member_rig_expect (rig,
                     "answer 1: error unavailable\n"
                     "answer 3: error unavailable\n"
                     "answer 4: error unavailable\n");
  member_rig_update (rig, y);
  member_rig_fetched (rig, NULL);
  member_rig_wait (rig, G_TIME_SPAN_DAY);
  member_rig_expect (rig, "answer 5: error unavailable\n");
  member_rig_restart (rig);
  member_rig_update (rig, y);
  member_rig_expect (rig, "store [a@0 prepared 0 voted y at 0]\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/restart/vote", test_vote);
  g_test_add_func ("/member/restart/prepared", test_prepared);
  g_test_add_func ("/member/restart/lock", test_lock);
  g_test_add_func ("/member/restart/applied", test_applied);
  g_test_add_func ("/member/restart/release-lost", test_release_lost);
  g_test_add_func ("/member/restart/damage", test_damage);
  g_test_add_func ("/member/restart/total-damage", test_total_damage);
  g_test_add_func ("/member/restart/failure", test_failure);

  return g_test_run ();
}
