/* test-proposal-cost.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What an operation costs its coordinator. A figure that grows fails; one that shrinks is written
 * down here. */

#include "config.h"

#include "proposal-fixture.h"
#include "weft-limits.h"
#include "weft-repo-message-private.h"
#include "weft-thresholds.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

/* For clusters of 3, 5 and 10. Messages count our own member, which gets none over the network. */
typedef struct
{
  guint n_peers;
  guint n_messages;
  guint n_verified;
  guint n_rounds; /* before the caller hears */
} Cost;

static WeftClusterRecord *
make_cancel (guint n_peers)
{
  const char *block_ids[] = { "b", NULL };
  g_autoptr (WeftActionBlocks) action = weft_action_blocks_new ("a", block_ids, NULL);
  g_autoptr (WeftRepoMessage) message = weft_repo_message_new_cancel (action, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (n_peers);

  return weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
}

/* All members say yes to all that they are asked, in their order. */
static guint
play (Proposal *proposal,
      guint     n_peers)
{
  guint n_rounds = 0;

  while (!proposal->is_done)
    {
      guint64 last = proposal_find (proposal, n_peers - 1)->request_id;

      n_rounds += proposal->n_results == 0;
      for (guint i = 0; i < n_peers && !proposal->is_done; i++)
        {
          ProposalRequest *request = proposal_find (proposal, i);

          if (request != NULL && request->request_id <= last)
            proposal_approve (proposal, i);
        }
    }

  return n_rounds;
}

static void
assert_cost (Proposal   *proposal,
             const Cost *cost,
             guint       n_rounds)
{
  g_test_message ("%u members: %u messages, %u signatures checked, %u rounds", cost->n_peers,
                  proposal->n_sends, proposal->n_verified, n_rounds);
  g_assert_cmpint (proposal->outcome, ==, WEFT_OUTCOME_DECIDED);
  g_assert_cmpuint (proposal->n_sends, ==, cost->n_messages);
  g_assert_cmpuint (proposal->n_verified, ==, cost->n_verified);
  g_assert_cmpuint (n_rounds, ==, cost->n_rounds);
}

static void
test_promise_round (void)
{
  static const Cost costs[] = { { 3, 3, 1, 1 }, { 5, 5, 3, 1 }, { 10, 10, 7, 1 } };

  g_test_summary ("A pend or cancel: one message to each member, S signatures but our own.");

  for (guint i = 0; i < G_N_ELEMENTS (costs); i++)
    {
      g_autoptr (WeftClusterRecord) record = make_cancel (costs[i].n_peers);
      g_auto (Proposal) proposal = { 0 };

      proposal_init (&proposal, record);
      proposal_start (&proposal);
      assert_cost (&proposal, &costs[i], play (&proposal, costs[i].n_peers));
    }
}

static void
test_commit (void)
{
  static const Cost costs[] = { { 3, 9, 2, 2 }, { 5, 15, 5, 2 }, { 10, 30, 12, 2 } };

  g_test_summary ("A commit: three messages to each member, S and M signatures but our own.");

  for (guint i = 0; i < G_N_ELEMENTS (costs); i++)
    {
      g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, costs[i].n_peers);
      g_auto (Proposal) proposal = { 0 };

      proposal_init (&proposal, record);
      proposal_start (&proposal);
      assert_cost (&proposal, &costs[i], play (&proposal, costs[i].n_peers));
    }
}

/* As many commits as a group may have, each of a block of its own. */
static WeftClusterRecord *
make_group (guint n_peers)
{
  g_autoptr (GPtrArray) commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);
  g_autoptr (GPtrArray) peers = fixture_peers (n_peers);
  g_autoptr (WeftRepoMessage) message = NULL;

  for (guint i = 0; i < WEFT_LIMIT_GROUP_MAX; i++)
    {
      const char name[] = { 'a' + i, '\0' };
      const char *block_ids[] = { name, NULL };
      g_autoptr (WeftRepoMessage) commit
          = fixture_commit (name, block_ids, (const gint64[]){ 0 }, 1, 0);

      g_ptr_array_add (commits, weft_commit_request_ref (weft_repo_message_get_commit (commit)));
    }
  message = weft_repo_message_new_commits (commits, 0);

  return weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
}

static void
test_group (void)
{
  static const Cost costs[] = { { 3, 9, 2, 2 }, { 5, 15, 5, 2 }, { 10, 30, 12, 2 } };

  g_test_summary ("Sixteen commits in a group, of puts or of what was pended: as much as one.");

  for (guint i = 0; i < G_N_ELEMENTS (costs); i++)
    {
      g_autoptr (WeftClusterRecord) record = make_group (costs[i].n_peers);
      g_auto (Proposal) proposal = { 0 };

      proposal_init (&proposal, record);
      proposal_start (&proposal);
      assert_cost (&proposal, &costs[i], play (&proposal, costs[i].n_peers));
    }
}

static void
test_conflict (void)
{
  static const Cost costs[] = { { 3, 15, 3, 3 }, { 5, 25, 8, 3 }, { 10, 50, 19, 3 } };

  g_test_summary ("After a conflict with a rival that left nothing: a round of votes and one of "
                  "prepares more, and S more signatures but our own.");

  for (guint i = 0; i < G_N_ELEMENTS (costs); i++)
    {
      g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, costs[i].n_peers);
      g_auto (Proposal) proposal = { 0 };

      proposal_init (&proposal, record);
      proposal_start (&proposal);
      for (guint j = 0; j < costs[i].n_peers; j++)
        proposal_conflict (&proposal, j, NULL);
      proposal_wake (&proposal, G_MAXINT64);
      assert_cost (&proposal, &costs[i], play (&proposal, costs[i].n_peers));
    }
}

static void
test_stale (void)
{
  static const guint sizes[] = { 3, 5, 10 };
  static const guint verified[] = { 2, 3, 6 };

  g_test_summary ("What a certificate settles: one message to each member, M signatures.");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, sizes[i]);
      g_autoptr (WeftClusterRecord) other = fixture_record ("x", "b", 0, sizes[i]);
      g_autoptr (WeftClusterRecord) committed = fixture_committed (other, 0x3f);
      g_autoptr (WeftClusterRecord) certificate = weft_cluster_record_to_certificate (committed);
      g_auto (Proposal) proposal = { 0 };

      proposal_init (&proposal, record);
      proposal_start (&proposal);
      proposal_decided (&proposal, 0, certificate);
      g_assert_cmpint (proposal.outcome, ==, WEFT_OUTCOME_STALE);
      g_assert_cmpuint (proposal.n_sends, ==, sizes[i]);
      g_assert_cmpuint (proposal.n_verified, ==, verified[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal-cost/promise-round", test_promise_round);
  g_test_add_func ("/proposal-cost/commit", test_commit);
  g_test_add_func ("/proposal-cost/group", test_group);
  g_test_add_func ("/proposal-cost/conflict", test_conflict);
  g_test_add_func ("/proposal-cost/stale", test_stale);

  return g_test_run ();
}
