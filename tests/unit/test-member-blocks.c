/* test-member-blocks.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"
#include "weft-limits.h"

/* What a member lacks, fetches and applies. */

static void
test_behind (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 4, 0);

  g_test_summary ("Who is behind fetches first, the base and then the pending, and votes then.");

  member_rig_add_revision (rig, "a", 2, "z");
  member_rig_update (rig, x);
  member_rig_expect (rig, "fetch a 4\n");
  member_rig_add_revision (rig, "a", 4, "w");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "fetch a 0\n");
  member_rig_add_pending (rig, "a", "x", 4);
  member_rig_fetched (rig, NULL);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@4 prepared 0 voted x at 0]\n"
                     "answer 1: promise approve\n");
}

static void
test_useless_fetch (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "no peer");
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 4, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "c", 0, 0);

  g_test_summary ("A fetch that brings nothing is not tried again; each block has one of its own.");

  member_rig_update (rig, x);
  member_rig_expect (rig,
                     "fetch a 4\n"
                     "fetch b 4\n");
  member_rig_fetched (rig, error);
  member_rig_expect (rig, "");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "answer 1: promise reject behind\n");
  member_rig_update (rig, y);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch c 0\n"
                     "answer 2: promise reject not-pending\n");
  g_assert_cmpuint (member_rig_get_count (rig, "member/reject/behind"), ==, 1);
  g_assert_cmpuint (member_rig_get_count (rig, "member/reject/not-pending"), ==, 1);
  g_assert_cmpuint (member_rig_get_count (rig, "member/fetch-failed"), ==, 1);
}

static void
test_shared_fetch (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) z = rig_record ("z", "a", 5, 0);

  g_test_summary ("Requests for one block share a fetch; one that needs more has its own after.");

  member_rig_update (rig, x);
  member_rig_update (rig, y);
  member_rig_update (rig, z);
  member_rig_expect (rig, "fetch a 0\n");
  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "a", "y", 0);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "answer 2: promise conflict with x above 0\n"
                     "fetch a 5\n");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "answer 3: promise reject behind\n");
}

static void
test_patience (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 4, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "b", 0, 0);
  guint64 token;

  g_test_summary ("Nobody waits for ever, and what was withdrawn is not answered.");

  member_rig_update (rig, x);
  token = member_rig_update (rig, y);
  member_rig_withdraw (rig, token);
  g_string_truncate (rig->transcript, 0);
  member_rig_wait (rig, WEFT_LIMIT_REQUEST_WAIT_USEC - 1);
  member_rig_expect (rig, "");
  member_rig_wait (rig, 1);
  member_rig_expect (rig, "answer 1: promise reject behind\n");
  member_rig_add_revision (rig, "a", 4, "w");
  member_rig_add_pending (rig, "b", "y", 0);
  member_rig_fetched (rig, NULL);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "");
}

static void
test_crowd (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);

  g_test_summary ("So many wait at once, and no more.");

  for (guint i = 0; i < WEFT_LIMIT_REQUESTS_WAITING_MAX; i++)
    member_rig_update (rig, x);
  member_rig_expect (rig, "fetch a 0\n");
  member_rig_update (rig, x);
  member_rig_expect (rig, "answer 1025: promise reject not-pending\n");
  member_rig_withdraw (rig, 7);
  member_rig_update (rig, x);
  member_rig_expect (rig, "");
  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_fetched (rig, NULL);
  g_assert_cmpuint (g_queue_get_length (&rig->batches), ==, 1);
  member_rig_store (rig);
  g_assert_cmpuint (member_rig_get_count (rig, "member/promise"), ==, 1024);
}

static void
test_content (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("forged-x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (x, 0x6);

  g_test_summary ("An action that is pending with another content is as good as none.");

  member_rig_add_pending (rig, "a", "forged-x", 0);
  member_rig_update (rig, x);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 0\n"
                     "answer 1: promise reject not-pending\n");
  member_rig_update (rig, decided);
  member_rig_expect (rig, "fetch a 1\n");
  member_rig_add_revision (rig, "a", 1, "forged-x");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "answer 2: applied\n");
}

static void
test_gap (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 4, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (x, 0x6);

  g_test_summary ("A certificate above a gap waits for what is between, then for the content.");

  member_rig_update (rig, decided);
  member_rig_expect (rig, "fetch a 4\n");
  member_rig_add_revision (rig, "a", 4, "w");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "fetch a 0\n");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "fetch a 5\n");
  member_rig_add_pending (rig, "a", "x", 4);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "apply x [proof]\n");
  member_rig_store (rig);
  member_rig_expect (rig, "answer 1: applied\n");
}

static void
test_hopeless (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (x, 0x6);

  g_test_summary ("Who cannot apply says that it did not; it will be told again.");

  member_rig_update (rig, decided);
  for (guint i = 0; i < WEFT_LIMIT_REQUEST_WAITS_MAX; i++)
    member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 1\n"
                     "fetch a 0\n"
                     "fetch a 1\n"
                     "fetch a 0\n"
                     "answer 1: error unavailable\n");
}

static void
test_fetched_instead (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) later = rig_record ("w", "a", 1, 0);

  g_test_summary ("What came by a fetch settles slots as a certificate does.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "x", 0);
  member_rig_update (rig, x);
  member_rig_store (rig);
  member_rig_update (rig, later);
  g_string_truncate (rig->transcript, 0);
  member_rig_add_revision (rig, "a", 1, "y");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 0\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  member_rig_update (rig, y);
  member_rig_store_all (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, x);
  member_rig_expect (rig,
                     "answer 4: promise reject stale {\"staleAt\":{\"blockId\":\"a\",\"rev\":1},"
                     "\"success\":false}\n");
}

static void
test_half_fetched (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (x, 0x6);
  g_autoptr (WeftClusterRecord) later = rig_record ("w", "a", 1, 0);
  g_autoptr (WeftSlot) slot = weft_slot_new ("a", 0);
  g_autofree char *key = weft_slot_make_key (slot);
  g_autofree char *text = weft_cluster_record_to_string (decided);
  g_autofree char *proof = g_strdup_printf ("{\"certificate\":%s}", text);
  g_autoptr (JsonNode) json = weft_json_parse (proof, -1, NULL);

  g_test_summary ("One block that came with its proof brings the others of the record along.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "x", 0);
  member_rig_update (rig, x);
  member_rig_store (rig);
  member_rig_update (rig, later);
  g_string_truncate (rig->transcript, 0);
  member_rig_add_revision (rig, "a", 1, "x");
  member_rig_write (rig, key, json, TRUE);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "apply x [proof] [with]\n"
                     "fetch a 0\n");
  member_rig_store (rig);
  member_rig_expect (rig, "");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  g_assert_cmpint (member_rig_get_latest (rig, "b"), ==, 1);
}

static void
test_contradiction (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) x_decided = fixture_committed (x, 0x6);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y, 0x5);

  g_test_summary ("A second certificate for a slot shows who lied; the first stays.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_update (rig, x_decided);
  member_rig_update (rig, y_decided);
  member_rig_store (rig);
  member_rig_update (rig, y_decided);
  member_rig_expect (rig,
                     "apply x [proof]\n"
                     "report 2 equivocation\n"
                     "answer 1: applied\n"
                     "answer 2: decided x\n"
                     "report 2 equivocation\n"
                     "answer 3: decided x\n");
  g_assert_cmpuint (member_rig_get_count (rig, "member/contradiction"), ==, 2);
}

static void
test_passed (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (x, 0x6);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y, 0x6);
  g_autoptr (WeftClusterRecord) z = rig_record ("z", "a", 0, 0);

  g_test_summary ("Who has later revisions only has nothing against an early certificate.");

  member_rig_add_revision (rig, "a", 9, "w");
  member_rig_update (rig, decided);
  member_rig_expect (rig, "answer 1: applied\n");
  g_test_message ("Unless it has that revision, and it is another.");
  member_rig_add_revision (rig, "a", 1, "z");
  member_rig_update (rig, y_decided);
  member_rig_expect (rig, "answer 2: error refused\n");
}

static void
test_other_slots (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) both = rig_record ("x", "a+b", 0, 0);
  g_autoptr (WeftClusterRecord) both_promised = fixture_promised (both, 0x6);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) y_one = rig_at (y, one, NULL);
  g_autoptr (WeftClusterRecord) y_promised = fixture_promised (y_one, 0x6);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y_one, 0x6);
  g_autoptr (WeftClusterRecord) z = rig_record ("z", "b", 0, 0);

  g_test_summary ("What was locked in two slots, and lost one in which something else is locked by "
                  "now, is let go in the other one, too.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "x", 0);
  member_rig_add_pending (rig, "a", "y", 0);
  member_rig_add_pending (rig, "b", "z", 0);
  member_rig_update (rig, both);
  member_rig_update (rig, both_promised);
  member_rig_update (rig, y_one);
  member_rig_update (rig, y_promised);
  member_rig_store_all (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, y_decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply y [proof]\n"
                     "answer 5: applied\n");
  member_rig_update (rig, z);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [b@0 prepared 0 voted z at 0]\n"
                     "answer 6: promise approve\n");
}

static void
test_refused (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) x_promised = fixture_promised (x, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (x, 0x6);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);

  g_test_summary ("When the repo refuses to apply, the slot stays as it was, locks and all.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "a", "y", 0);
  member_rig_update (rig, x);
  member_rig_update (rig, x_promised);
  member_rig_store_all (rig);
  member_rig_update (rig, decided);
  member_rig_update (rig, y);
  g_string_truncate (rig->transcript, 0);
  member_rig_refuse (rig);
  member_rig_expect (rig,
                     "answer 3: error unavailable\n"
                     "answer 4: error unavailable\n");
  member_rig_update (rig, y);
  member_rig_expect (rig, "answer 5: promise conflict with x above 0\n");
  member_rig_update (rig, decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x [proof]\n"
                     "answer 6: applied\n");
}

static void
test_refused_early (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y, 0x6);

  g_test_summary ("When the repo refuses to apply, a vote from before that is asked for again "
                  "still waits until it is durable.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "a", "y", 0);
  member_rig_update (rig, x);
  member_rig_update (rig, y_decided);
  g_string_truncate (rig->transcript, 0);
  member_rig_refuse_last (rig);
  member_rig_expect (rig, "answer 2: error unavailable\n");
  member_rig_update (rig, x);
  member_rig_expect (rig, "");
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "answer 1: promise approve\n"
                     "answer 3: promise approve\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/blocks/behind", test_behind);
  g_test_add_func ("/member/blocks/useless-fetch", test_useless_fetch);
  g_test_add_func ("/member/blocks/shared-fetch", test_shared_fetch);
  g_test_add_func ("/member/blocks/patience", test_patience);
  g_test_add_func ("/member/blocks/crowd", test_crowd);
  g_test_add_func ("/member/blocks/content", test_content);
  g_test_add_func ("/member/blocks/gap", test_gap);
  g_test_add_func ("/member/blocks/hopeless", test_hopeless);
  g_test_add_func ("/member/blocks/fetched-instead", test_fetched_instead);
  g_test_add_func ("/member/blocks/half-fetched", test_half_fetched);
  g_test_add_func ("/member/blocks/contradiction", test_contradiction);
  g_test_add_func ("/member/blocks/passed", test_passed);
  g_test_add_func ("/member/blocks/other-slots", test_other_slots);
  g_test_add_func ("/member/blocks/refused", test_refused);
  g_test_add_func ("/member/blocks/refused-early", test_refused_early);

  return g_test_run ();
}
