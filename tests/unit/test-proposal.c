/* test-proposal.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The proposal, told as stories of three members; member 0 is its own. */

#include "config.h"

#include "proposal-fixture.h"

#include <string.h>

#include "weft-stale-failure.h"
#include "weft-thresholds.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

static WeftClusterRecord *
make_cancel (guint n_peers)
{
  const char *block_ids[] = { "b", NULL };
  g_autoptr (WeftActionBlocks) action = weft_action_blocks_new ("a", block_ids, NULL);
  g_autoptr (WeftRepoMessage) message = weft_repo_message_new_cancel (action, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (n_peers);

  return weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
}

static WeftClusterRecord *
make_certificate (const char *action_id,
                  gint64      base)
{
  g_autoptr (WeftClusterRecord) record = fixture_record (action_id, "b", base, 3);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (record, 0x6);

  return weft_cluster_record_to_certificate (decided);
}

static void
test_promise_round (void)
{
  g_autoptr (WeftClusterRecord) record = make_cancel (3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A cancel takes one round, and two of three: the third is not waited for.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 2);
  proposal_approve (&proposal, 1);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 2: RESULT decided; <done>;;\n"
                   "answer 1:\n");
  g_assert_cmpuint (weft_cluster_record_get_n_promises (proposal.result), ==, 2);
  g_assert_cmpuint (proposal.n_verified, ==, 1);
}

static void
test_detail (void)
{
  g_autoptr (WeftClusterRecord) record = make_cancel (3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("The caller gets what our own member answered, as that is what it can read.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_vote (&proposal, 2, weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL,
                                              "{\"of\":2}"));
  proposal_vote (&proposal, 0, weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL,
                                              "{\"of\":0}"));
  g_assert_cmpstr (proposal.detail, ==, "{\"of\":0}");
}

static void
test_commit (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Two rounds, then the caller hears it, then all members; who does not take the "
                  "certificate is told in the background.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_fail (&proposal, 2, WEFT_ERROR_TIMED_OUT, TRUE);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: <commit>; lock@0 to 0 1 2;\n"
                   "answer 1:\n"
                   "answer 0: RESULT decided; <tell>; decided@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "fail 2: tell 2; <done>;;\n");
  g_assert_true (weft_record_check_commits (proposal.result, fixture_verify ()));
  g_assert_cmpuint (weft_cluster_record_get_n_promises (proposal.result), ==, 0);
  g_assert_cmpuint (proposal.n_verified, ==, 2);
}

static void
test_late (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A promise that comes once the locks are asked for is counted, no more.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  g_ptr_array_remove (proposal.requests, proposal_find (&proposal, 2));
  proposal_approve (&proposal, 2);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: <commit>; lock@0 to 0 1 2;\n"
                   "answer 2: +answers-late;\n");
  g_assert_cmpuint (proposal.n_verified, ==, 1);
}

static void
test_refused (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Once S promises cannot come, the caller hears every reason.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_reject (&proposal, 0, "not-pending");
  proposal_approve (&proposal, 1);
  proposal_reject (&proposal, 2, "expired");

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2: RESULT refused; <done>;;\n");
  g_assert_nonnull (strstr (proposal.error, "1 of 2 promises needed"));
  g_assert_nonnull (strstr (proposal.error, "rejected, not-pending"));
  g_assert_nonnull (strstr (proposal.error, "rejected, expired"));
  g_assert_nonnull (strstr (proposal.error, weft_peer_id_get_text (fixture_peer_id (2))));
}

static void
test_unavailable (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autofree char *expected = NULL;
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("With a member that is behind and one that is gone, a later attempt may do it.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_reject (&proposal, 1, "behind");
  proposal_fail (&proposal, 2, WEFT_ERROR_TIMED_OUT, FALSE);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "fail 2: RESULT unavailable; <done>;;\n");
  expected = g_strdup_printf ("; %s: it failed", weft_peer_id_get_text (fixture_peer_id (2)));
  g_assert_true (g_str_has_suffix (proposal.error, expected));
}

static void
test_stale (void)
{
  g_autoptr (WeftClusterRecord) record = make_cancel (3);
  g_autoptr (WeftStaleFailure) old = weft_stale_failure_new (NULL, NULL, NULL, "b", 4, FALSE);
  g_autoptr (WeftStaleFailure) newer = weft_stale_failure_new (NULL, NULL, NULL, "b", 7, TRUE);
  g_autofree char *old_text = weft_stale_failure_to_string (old);
  g_autofree char *newer_text = weft_stale_failure_to_string (newer);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("What the members say that the caller missed comes in one failure.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_vote (&proposal, 1, weft_vote_new (WEFT_VOTE_REJECT, "stale", NULL, NULL, newer_text));
  proposal_vote (&proposal, 0, weft_vote_new (WEFT_VOTE_REJECT, "stale", NULL, NULL, old_text));

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 1:\n"
                   "answer 0: RESULT stale; <done>;;\n");
  g_assert_cmpstr (proposal.detail, ==,
                   "{\"conflict\":true,\"reason\":\"block b is at revision "
                   "7\",\"staleAt\":{\"blockId\":\"b\",\"rev\":7},\"success\":false}");
}

static void
test_no_slot (void)
{
  g_autoptr (WeftClusterRecord) record = make_cancel (3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Nothing can be in the way of what claims no slot, whoever says so.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_conflict (&proposal, 1, NULL);
  proposal_conflict (&proposal, 2, NULL);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 1: +answers-useless;\n"
                   "answer 2: +answers-useless; RESULT unavailable; <done>;;\n");
}

static void
test_cut_off (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A request that was cut off is repeated at once, and once.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_fail (&proposal, 1, WEFT_ERROR_UNAVAILABLE, FALSE);
  proposal_fail (&proposal, 1, WEFT_ERROR_UNAVAILABLE, FALSE);
  proposal_fail (&proposal, 2, WEFT_ERROR_INDETERMINATE, TRUE);
  proposal_fail (&proposal, 2, WEFT_ERROR_TIMED_OUT, TRUE);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "fail 1: +requests-repeated; vote@0 to 1;\n"
                   "fail 1:\n"
                   "fail 2: +requests-repeated; vote@0 to 2;\n"
                   "fail 2: RESULT unavailable; <done>;;\n");
}

static void
test_decided_by_rival (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (WeftClusterRecord) certificate = make_certificate ("x", 0);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A certificate settles it at once, and goes to who promised us something.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_decided (&proposal, 1, certificate);
  proposal_approve (&proposal, 0);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: RESULT stale; <tell>; decided@0 to 0;\n"
                   "answer 0: <done>;;\n");
  g_assert_true (weft_cluster_record_equal (proposal.result, certificate));
}

static void
test_decided_ours (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  const char *block_ids[] = { "b", NULL };
  const gint64 base = 0;
  g_autoptr (WeftRepoMessage) message = fixture_commit ("a", block_ids, &base, 1, 99999);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftClusterRecord) again
      = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
  g_autoptr (WeftClusterRecord) committed = fixture_committed (again, 0x5);
  g_autoptr (WeftClusterRecord) certificate = weft_cluster_record_to_certificate (committed);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("The same commit as another coordinator recorded it is a success.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 1: RESULT decided; <tell>; <done>;;\n");
}

static void
test_forged_certificate (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (WeftClusterRecord) other = fixture_record ("x", "b", 0, 3);
  g_autoptr (WeftClusterRecord) irrelevant = make_certificate ("x", 1);
  g_autoptr (WeftVote) wrong = fixture_approve (2, WEFT_PURPOSE_PROMISE, other);
  g_autoptr (WeftVote) right = fixture_approve (1, WEFT_PURPOSE_COMMIT, other);
  WeftVote *votes[] = { NULL, right, wrong };
  g_autoptr (WeftClusterRecord) forged = weft_cluster_record_with_votes (other, NULL, votes);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A certificate that is not one, or of another slot, settles nothing.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, forged);
  proposal_decided (&proposal, 2, irrelevant);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 1: REPORT 1 certificate;\n"
                   "answer 2: REPORT 2 irrelevant; RESULT unavailable; <done>;;\n");
}

static void
test_wrong_signature (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (WeftClusterRecord) other = fixture_record ("x", "b", 0, 3);
  g_autoptr (WeftVote) vote = fixture_approve (1, WEFT_PURPOSE_PROMISE, other);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A vote for something else does not count for this.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_answer (&proposal, 1, weft_cluster_answer_new_vote (WEFT_CLUSTER_ANSWER_PROMISE, vote));
  proposal_approve (&proposal, 2);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: REPORT 1 signature;\n"
                   "answer 2: <commit>; lock@0 to 0 1 2;\n");
}

static void
test_alone (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 1);
  g_auto (Proposal) proposal = { 0 };
  g_autoptr (JsonNode) json = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("A cluster of one needs nothing but itself.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 0);
  json = weft_proposal_machine_to_json (proposal.machine);
  proposal_approve (&proposal, 0);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0;\n"
                   "answer 0: <commit>; lock@0 to 0;\n"
                   "answer 0: RESULT decided; <tell>; decided@0 to 0;\n"
                   "answer 0: <done>;;\n");
  g_assert_cmpuint (proposal.n_verified, ==, 0);
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (json), "stage"), ==,
                   "tell");
  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (json), "result"), ==,
                   "decided");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal/promise-round", test_promise_round);
  g_test_add_func ("/proposal/own-detail", test_detail);
  g_test_add_func ("/proposal/commit", test_commit);
  g_test_add_func ("/proposal/late-promise", test_late);
  g_test_add_func ("/proposal/refused", test_refused);
  g_test_add_func ("/proposal/unavailable", test_unavailable);
  g_test_add_func ("/proposal/stale", test_stale);
  g_test_add_func ("/proposal/no-slot", test_no_slot);
  g_test_add_func ("/proposal/cut-off", test_cut_off);
  g_test_add_func ("/proposal/decided-by-rival", test_decided_by_rival);
  g_test_add_func ("/proposal/decided-ours", test_decided_ours);
  g_test_add_func ("/proposal/forged-certificate", test_forged_certificate);
  g_test_add_func ("/proposal/wrong-signature", test_wrong_signature);
  g_test_add_func ("/proposal/alone", test_alone);

  return g_test_run ();
}
