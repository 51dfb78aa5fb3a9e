/* test-proposal-pins.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a proposal makes of peers whom the history of a block names, or does not; member 0 is its
 * own. */

#include "config.h"

#include "proposal-fixture.h"
#include "weft-thresholds.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

/* Of b at this base; by the first n peers, and from then on kept by the next three if it moves. */
static WeftClusterRecord *
make_record (const char *action_id,
             gint64      base,
             guint       n_peers,
             gboolean    is_move)
{
  const char *block_ids[] = { "b", NULL };
  g_autoptr (WeftRepoMessage) stay = fixture_commit (action_id, block_ids, &base, base + 1, 0);
  g_autoptr (WeftRepoMessage) message = weft_repo_message_ref (stay);
  g_autoptr (GPtrArray) peers = fixture_peers (n_peers);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record;

  if (is_move)
    {
      g_autoptr (GPtrArray) target = fixture_peers (5);

      g_ptr_array_remove_range (target, 0, 2);
      g_clear_pointer (&message, weft_repo_message_unref);
      message = fixture_move (stay, target);
    }
  record = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);
  g_assert_no_error (error);

  return record;
}

static void
test_move (void)
{
  g_autoptr (WeftClusterRecord) record = make_record ("a", 4, 3, TRUE);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A move is decided by those who keep the block, and told to them and to those "
                  "who are to keep it.");

  proposal_init_pinned (&proposal, record);
  proposal_start (&proposal);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 1);
  proposal_approve (&proposal, 2);
  proposal_approve (&proposal, 4);
  proposal_fail (&proposal, 3, WEFT_ERROR_TIMED_OUT, TRUE);

  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: <commit>; lock@0 to 0 1 2;\n"
                   "answer 0:\n"
                   "answer 1: RESULT decided; <tell>; decided@0 to 0 1 2 3 4;\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2:\n"
                   "answer 4:\n"
                   "fail 3: tell 3; <done>;;\n");
}

static void
test_moved_meanwhile (void)
{
  g_autoptr (WeftClusterRecord) record = make_record ("a", 4, 3, FALSE);
  g_autoptr (WeftClusterRecord) move = make_record ("m", 4, 3, TRUE);
  g_autoptr (WeftClusterRecord) certificate = fixture_committed (move, 0x6);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A commit that meets a move in its slot is stale, as with any other rival; who "
                  "is to keep the block is told as well.");

  proposal_init_pinned (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);
  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 1: RESULT stale; <tell>; decided@0 to 3 4;\n");
}

static void
test_certificate_of_others (void)
{
  g_autoptr (WeftClusterRecord) record = make_record ("a", 4, 3, FALSE);
  g_autoptr (WeftClusterRecord) rival = make_record ("x", 4, 5, FALSE);
  g_autoptr (WeftClusterRecord) certificate = fixture_committed (rival, 0x1f);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("In the slot of a block that has a revision only its own peers decide, whatever "
                  "our view says.");

  proposal_init_pinned (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 2);
  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 1: REPORT 1 not-admitted;\n"
                   "answer 0:\n"
                   "answer 2: <commit>; lock@0 to 0 1 2;\n");
}

static void
test_certificate_of_view (void)
{
  g_autoptr (WeftClusterRecord) record = make_record ("a", 0, 3, FALSE);
  g_autoptr (WeftClusterRecord) rival = make_record ("x", 0, 4, FALSE);
  g_autoptr (WeftClusterRecord) certificate = fixture_committed (rival, 0xf);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Of a new block those decide whom the view admits.");

  proposal_init_pinned (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);
  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_STALE);
  g_assert_cmpuint (proposal.n_reports, ==, 0);
}

static void
test_certificate_of_another_view (void)
{
  g_autoptr (WeftClusterRecord) record = make_record ("a", 0, 3, FALSE);
  g_autoptr (WeftClusterRecord) rival = make_record ("x", 0, 4, FALSE);
  g_autoptr (WeftClusterRecord) certificate = fixture_committed (rival, 0xf);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("Who shows what others decided on a new block, whom we do not see, may see the "
                  "network another way: it is not believed, and not blamed.");

  proposal_init (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);
  g_assert_cmpuint (proposal.n_results, ==, 0);
  g_assert_cmpuint (proposal.n_reports, ==, 0);
}

static void
test_lock_of_others (void)
{
  g_autoptr (WeftClusterRecord) record = make_record ("a", 4, 3, FALSE);
  g_autoptr (WeftClusterRecord) rival = make_record ("x", 4, 4, FALSE);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (rival, 0xf);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("A lock of other peers in such a slot is nobody's: it is neither followed nor "
                  "finished, and who shows it answers nothing.");

  proposal_init_pinned (&proposal, record);
  proposal_start (&proposal);
  proposal_conflict (&proposal, 1, NULL);
  proposal_conflict (&proposal, 2, NULL);
  proposal_wake (&proposal, 1000);
  proposal_prepared (&proposal, 1, lock);
  proposal_approve (&proposal, 0);
  proposal_approve (&proposal, 2);
  proposal_assert (&proposal,
                   "start: <promise>; vote@0 to 0 1 2;\n"
                   "answer 1:\n"
                   "answer 2: <wait>;\n"
                   "21: <prepare>; prepare@1 to 0 1 2;\n"
                   "answer 1: REPORT 1 signature;\n"
                   "answer 0:\n"
                   "answer 2: <promise>; vote@1 to 0 1 2;\n");
}

static void
test_target_differs (void)
{
  g_autoptr (WeftClusterRecord) record = make_record ("a", 4, 3, FALSE);
  g_autoptr (WeftClusterRecord) move = make_record ("a", 4, 3, TRUE);
  g_autoptr (WeftClusterRecord) certificate = fixture_committed (move, 0x6);
  g_auto (Proposal) proposal = { 0 };

  g_test_summary ("The same change that gives the block to others is another decision.");

  proposal_init_pinned (&proposal, record);
  proposal_start (&proposal);
  proposal_decided (&proposal, 1, certificate);
  g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_STALE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal/pins/move", test_move);
  g_test_add_func ("/proposal/pins/moved-meanwhile", test_moved_meanwhile);
  g_test_add_func ("/proposal/pins/certificate-of-others", test_certificate_of_others);
  g_test_add_func ("/proposal/pins/certificate-of-view", test_certificate_of_view);
  g_test_add_func ("/proposal/pins/certificate-of-another-view",
                   test_certificate_of_another_view);
  g_test_add_func ("/proposal/pins/lock-of-others", test_lock_of_others);
  g_test_add_func ("/proposal/pins/target-differs", test_target_differs);

  return g_test_run ();
}
