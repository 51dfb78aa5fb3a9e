/* test-proposal-recovery.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a proposal does when others are in its way, or gone; member 0 is its own. */

#include "config.h"

#include "proposal-fixture.h"
#include "weft-thresholds.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

static WeftClusterRecord *
make_lock (const char *action_id)
{
  g_autoptr (WeftClusterRecord) record = fixture_record (action_id, "b", 0, 3);

  return fixture_promised (record, 0x6);
}

static void
test_conflict_free (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Two votes are with a rival that is gone: after two round trips a higher ballot "
                  "finds the slot free and takes it.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_conflict (&proposal, 1, NULL);
  proposal_conflict (&proposal, 2, NULL);
  proposal_wake (&proposal, 1000);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 2);
  proposal_approve (&proposal, 2);
  proposal_approve (&proposal, 1);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2: <wait>;\n"
                   "21: <prepare>; prepare@1 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: <promise>; vote@1 to 0 1 2;\n"
                   "answer 1:\n"
                   "answer 2: <commit>; lock@1 to 0 1 2;\n"
                   "answer 2:\n"
                   "answer 1: RESULT decided; <tell>; decided@1 to 0 1 2;\n");
  g_assert_cmpint (weft_ballot_get_number (weft_cluster_record_get_ballot (proposal.result)), ==,
                   1);
}

static void
test_conflict_locked (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (WeftClusterRecord) lock = make_lock ("x");
  g_auto (Proposal) proposal = { 0 };
  g_autofree char *text = NULL;

  g_test_summary ("A rival that left a lock is finished first, which makes ours stale.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_conflict (&proposal, 1, NULL);
  proposal_conflict (&proposal, 2, NULL);
  proposal_wake (&proposal, 1000);
  proposal_approve (&proposal, 0);
  proposal_prepared (&proposal, 2, lock);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 2);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 2);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 2);
  proposal_approve (&proposal, 1);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 1:\n"
                   "answer 2: <wait>;\n"
                   "21: <prepare>; prepare@1 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 2: <promise>; vote@1 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 2: <commit>; lock@1 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 2: RESULT stale; <tell>; decided@1 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 2:\n"
                   "answer 1: <done>;;\n");
  g_assert_cmpstr (weft_cluster_record_get_message_hash (proposal.result), ==,
                   weft_cluster_record_get_message_hash (lock));
  g_assert_cmpstr (proposal.detail, ==,
                   "{\"reason\":\"block b is at revision "
                   "1\",\"staleAt\":{\"blockId\":\"b\",\"rev\":1},\"success\":false}");
}

static void
test_justified (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (WeftClusterRecord) lock = make_lock ("x");
  g_auto (Proposal) proposal = { 0 };
  WeftClusterRecord *asked;

  g_test_summary ("What is proposed above the first ballot carries the answers that allow it.");

  proposal_recover (&proposal, record);
  proposal_start (&proposal);
  proposal_prepared (&proposal, 1, lock);
  proposal_prepared (&proposal, 0, NULL);

  asked = weft_cluster_request_get_record (proposal_find (&proposal, 2)->request);
  g_assert_cmpstr (weft_cluster_record_get_message_hash (asked), ==,
                   weft_cluster_record_get_message_hash (lock));
  g_assert_true (weft_record_check_justification (asked, fixture_verify ()));
}

static void
test_equivocation (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 4);
  g_autoptr (WeftClusterRecord) other = fixture_record ("x", "b", 0, 4);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (other, 0xe);
  g_auto (Proposal) proposal = { 0 };
  JsonArray *votes;

  g_test_summary ("Who promised both this and another is found out by the lock of the other, and "
                  "not counted any more.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_conflict (&proposal, 2, NULL);
  proposal_conflict (&proposal, 3, NULL);
  proposal_wake (&proposal, 1000);
  proposal_prepared (&proposal, 2, lock);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_prepared (&proposal, 3, lock);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2 3;\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2:\n"
                   "answer 3: <wait>;\n"
                   "21: <prepare>; prepare@1 to 0 1 2 3;\n"
                   "answer 2: REPORT 1 equivocation;\n"
                   "answer 1:\n"
                   "answer 0:\n"
                   "answer 3: <promise>; vote@1 to 0 1 2 3;\n");
  votes = json_object_get_array_member (json_node_get_object (proposal.proof), "records");
  g_assert_cmpuint (json_array_get_length (votes), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (WeftClusterRecord) statement
          = weft_cluster_record_from_json (json_array_get_element (votes, i), NULL);

      g_assert_true (weft_vote_check (weft_cluster_record_get_promise (statement, 1),
                                      WEFT_PURPOSE_PROMISE, statement, fixture_peer_id (1),
                                      fixture_verify ()));
    }
}

/* The lock with a promise of this member that somebody else signed. */
static WeftClusterRecord *
forge_promise (WeftClusterRecord *lock,
               guint              number)
{
  guint n_peers = weft_cluster_record_get_n_peers (lock);
  g_autofree WeftVote **promises = g_new0 (WeftVote *, n_peers);

  for (guint i = 0; i < n_peers; i++)
    promises[i] = weft_cluster_record_get_promise (lock, i);
  promises[number] = promises[0];

  return weft_cluster_record_with_votes (lock, promises, NULL);
}

static void
test_forged_promise (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 5);
  g_autoptr (WeftClusterRecord) other = fixture_record ("x", "b", 0, 5);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (other, 0x1d);
  g_autoptr (WeftClusterRecord) lock = forge_promise (promised, 1);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A promise that somebody added to a lock, in the name of another, is no proof "
                  "against that one.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 1);
  proposal_conflict (&proposal, 0, NULL);
  proposal_conflict (&proposal, 2, NULL);
  proposal_conflict (&proposal, 3, NULL);
  proposal_conflict (&proposal, 4, NULL);
  proposal_wake (&proposal, 1000);
  proposal_prepared (&proposal, 2, lock);
  proposal_prepared (&proposal, 1, NULL);

  g_assert_cmpuint (proposal.n_reports, ==, 0);
}

static void
test_deadline_before_lock (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Before anybody was asked to lock, nothing of it can have been decided.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_abandon (&proposal);
  proposal_approve (&proposal, 1);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "abandon: RESULT unavailable; <done>;;\n"
                   "answer 1:\n");
}

static void
test_deadline_after_lock (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Afterwards it is not known, and the machine finds out.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_abandon (&proposal);
  proposal_wake (&proposal, 99999);
  proposal_wake (&proposal, 99999);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 2);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: <commit>; lock@0 to 0 1 2;\n"
                   "abandon: RESULT indeterminate;\n"
                   "1001: <wait>;\n"
                   "1021: <prepare>; prepare@1 to 0 1 2;\n"
                   "answer 1:\n"
                   "answer 2: <done>;;\n");
}

static void
test_gives_up (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };
  guint n = 0;

  g_test_summary ("When nobody answers any more, it ends.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  while (!proposal.is_done)
    {
      proposal_wake (&proposal, G_MAXINT64);
      g_assert_cmpuint (++n, <, 100);
    }
  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_INDETERMINATE);
  g_assert_cmpint (proposal.now_msec, <, 60000);
}

static void
test_union (void)
{
  const char *block_ids[] = { "b", "c", NULL };
  const gint64 bases[] = { 0, 4 };
  g_autoptr (WeftRepoMessage) message = fixture_commit ("x", block_ids, bases, 5, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftClusterRecord) wide
      = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (wide, 0x3);
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_auto (Proposal) proposal = { 0 };
  WeftPrepare *prepare;

  g_test_summary ("A rival with more slots is prepared in all of them before it is finished.");

  proposal_recover (&proposal, record);
  proposal_start (&proposal);
  proposal_prepared (&proposal, 0, NULL);
  proposal_prepared (&proposal, 1, lock);
  prepare = weft_cluster_request_get_prepare (proposal_find (&proposal, 2)->request);
  g_assert_cmpuint (weft_prepare_get_slots (prepare)->len, ==, 2);
  proposal_prepared (&proposal, 0, NULL);
  proposal_prepared (&proposal, 1, lock);

  proposal_assert (&proposal,
                   "start: <prepare>; prepare@1 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: <prepare>; prepare@2 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: <promise>; vote@2 to 0 1 2;\n");
}

static void
test_recover_free (void)
{
  const char *block_ids[] = { "b", NULL };
  const gint64 base = 0;
  g_autoptr (WeftRepoMessage) message = fixture_commit ("a", block_ids, &base, 1, 500);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftClusterRecord) record
      = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("S members that did not lock it leave the slot free. That they did not vote for "
                  "it either proves it dead, once it has expired on any clock.");

  proposal_recover (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_assert (&proposal,
                   "start: <prepare>; prepare@1 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: RESULT free; <done>;;\n");
  proposal_clear (&proposal);

  proposal_recover (&proposal, record);
  proposal.real_msec = 100000;
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_assert (&proposal,
                   "start: <prepare>; prepare@1 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: RESULT free (dead); <done>;;\n");
}

static void
test_recover_rival_ballot (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (WeftBallot) above = weft_ballot_new (7, fixture_peer_id (2));
  g_autoptr (WeftBallot) absurd = weft_ballot_new (G_GINT64_CONSTANT (1) << 40,
                                                   fixture_peer_id (2));
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Who is told of a higher ballot waits and goes above it, but not to where no "
                  "attempts lead.");

  proposal_recover (&proposal, record);
  proposal_start (&proposal);
  proposal_conflict (&proposal, 1, above);
  proposal_conflict (&proposal, 2, absurd);
  proposal_wake (&proposal, 1000);

  proposal_assert (&proposal,
                   "start: <prepare>; prepare@1 to 0 1 2;\n"
                   "answer 1:\n"
                   "answer 2: REPORT 2 ballot; <wait>;\n"
                   "21: <prepare>; prepare@8 to 0 1 2;\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal/conflict-free", test_conflict_free);
  g_test_add_func ("/proposal/conflict-locked", test_conflict_locked);
  g_test_add_func ("/proposal/justified", test_justified);
  g_test_add_func ("/proposal/equivocation", test_equivocation);
  g_test_add_func ("/proposal/forged-promise", test_forged_promise);
  g_test_add_func ("/proposal/abandoned-before-lock", test_deadline_before_lock);
  g_test_add_func ("/proposal/abandoned-after-lock", test_deadline_after_lock);
  g_test_add_func ("/proposal/gives-up", test_gives_up);
  g_test_add_func ("/proposal/union-of-slots", test_union);
  g_test_add_func ("/proposal/recover-free", test_recover_free);
  g_test_add_func ("/proposal/recover-rival-ballot", test_recover_rival_ballot);

  return g_test_run ();
}
