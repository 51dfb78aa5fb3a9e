/* test-proposal-noise.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Members that answer anything at all: proposals and reads end, with one result. */

#include "config.h"

#include "proposal-fixture.h"
#include "read-fixture.h"
#include "weft-thresholds.h"

#define STEPS_MAX 5000

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

static WeftClusterAnswer *
make_wrong_answer (GRand             *chance,
                   WeftClusterRecord *record)
{
  g_autoptr (WeftVote) vote = fixture_approve (g_rand_int_range (chance, 0, 3),
                                               WEFT_PURPOSE_COMMIT, record);
  g_autoptr (WeftBallot) ballot = weft_ballot_new (g_rand_int_range (chance, 1, 9),
                                                   fixture_peer_id (2));
  g_autoptr (WeftPrepared) prepared
      = fixture_prepared (g_rand_int_range (chance, 0, 3), record, ballot, NULL);
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_INVALID, "what?");
  g_autoptr (GPtrArray) states
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);

  switch (g_rand_int_range (chance, 0, 6))
    {
    case 0:
      return weft_cluster_answer_new_vote (WEFT_CLUSTER_ANSWER_COMMIT, vote);

    case 1:
      return weft_cluster_answer_new_vote (WEFT_CLUSTER_ANSWER_PROMISE, vote);

    case 2:
      return weft_cluster_answer_new_prepared (prepared);

    case 3:
      return weft_cluster_answer_new_conflict (ballot);

    case 4:
      g_ptr_array_add (states, weft_block_state_new ("b", 3, "a", NULL));
      return weft_cluster_answer_new_states (g_steal_pointer (&states));

    default:
      return weft_cluster_answer_new_error (error);
    }
}

static WeftClusterRecord *
pick_record (GRand              *chance,
             WeftClusterRecord **records,
             guint               n)
{
  return records[g_rand_int_range (chance, 0, n)];
}

static void
answer (Proposal           *proposal,
        GRand              *chance,
        guint               number,
        WeftClusterRecord **locks,
        WeftClusterRecord **certificates)
{
  static const char * const reasons[] = { "stale", "behind", "not-pending" };
  WeftClusterRequest *request = proposal_find (proposal, number)->request;
  gboolean is_prepare = weft_cluster_request_get_kind (request) == WEFT_CLUSTER_PREPARE;
  guint way = g_rand_int_range (chance, 0, 100);

  if (way < 40)
    proposal_approve (proposal, number);
  else if (way < 50)
    proposal_fail (proposal, number, WEFT_ERROR_TIMED_OUT, TRUE);
  else if (way < 60)
    proposal_fail (proposal, number, WEFT_ERROR_INDETERMINATE, TRUE);
  else if (way < 70)
    proposal_answer (proposal, number, make_wrong_answer (chance, locks[0]));
  else if (way < 73)
    proposal_decided (proposal, number, pick_record (chance, certificates, 2));
  else if (way < 80)
    proposal_conflict (proposal, number, NULL);
  else if (is_prepare)
    proposal_prepared (proposal, number, pick_record (chance, locks, 2));
  else
    proposal_reject (proposal, number, reasons[way % 3]);
}

static void
play (guint32             seed,
      WeftClusterRecord  *record,
      WeftClusterRecord **locks,
      WeftClusterRecord **certificates)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (seed);
  g_auto (Proposal) proposal = { 0 };
  guint n_steps = 0;

  if (seed % 3 == 0)
    proposal_recover (&proposal, record);
  else
    proposal_init (&proposal, record);
  proposal_start (&proposal);

  while (!proposal.is_done)
    {
      guint number = g_rand_int_range (chance, 0, 3);

      g_assert_cmpuint (++n_steps, <, STEPS_MAX);
      proposal.chance = g_rand_int (chance);
      if (g_rand_int_range (chance, 0, 100) == 0)
        proposal_abandon (&proposal);
      else if (proposal_find (&proposal, number) != NULL &&
               g_rand_int_range (chance, 0, 10) > 0)
        answer (&proposal, chance, number, locks, certificates);
      else
        proposal_wake (&proposal, G_MAXINT64);
    }
  g_assert_cmpuint (proposal.n_results, ==, 1);
  while (proposal.requests->len > 0)
    {
      ProposalRequest *request = g_ptr_array_index (proposal.requests, 0);

      proposal_approve (&proposal, request->number);
    }
}

static void
test_proposals (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  g_autoptr (WeftClusterRecord) first = fixture_record ("x", "b", 0, 3);
  g_autoptr (WeftClusterRecord) second = fixture_record ("y", "b", 0, 3);
  g_autoptr (WeftClusterRecord) first_lock = fixture_promised (first, 0x6);
  g_autoptr (WeftClusterRecord) second_lock = fixture_promised (second, 0x5);
  g_autoptr (WeftClusterRecord) committed = fixture_committed (first, 0x3);
  g_autoptr (WeftClusterRecord) right = weft_cluster_record_to_certificate (committed);
  WeftClusterRecord *locks[] = { first_lock, second_lock };
  WeftClusterRecord *certificates[] = { right, first };

  g_test_summary ("Right and wrong answers of every kind, lost ones, a caller that goes: the "
                  "proposal tells one result and ends; what comes later changes nothing.");

  for (guint32 seed = 0; seed < 3000; seed++)
    play (seed, record, locks, certificates);
}

static void
play_read (guint32            seed,
           WeftClusterRecord *lock)
{
  const char * const block_ids[] = { "b", NULL };
  g_autoptr (GRand) chance = g_rand_new_with_seed (seed);
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT, "gone");
  g_auto (Read) read = { 0 };
  guint n_steps = 0;

  read_init (&read, 3, block_ids);
  read_start (&read);
  while (!read.is_done)
    {
      guint number = g_rand_int_range (chance, 0, 3);
      guint way = g_rand_int_range (chance, 0, 100);

      g_assert_cmpuint (++n_steps, <, STEPS_MAX);
      if (way < 50)
        read_answer (&read, number, 3 + (way < 10), way % 4 == 0 ? lock : NULL);
      else if (way < 60)
        read_fail (&read, number, WEFT_ERROR_INDETERMINATE);
      else if (way < 62)
        read_refuse (&read, number);
      else if (way < 70)
        read_perform (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 3 + way % 2, -1,
                      way % 3 == 0 ? error : NULL);
      else if (way < 75)
        read_perform (&read, WEFT_QUORUM_READ_EVENT_SPREAD, 0, number, NULL);
      else if (way < 80)
        read_perform (&read, WEFT_QUORUM_READ_EVENT_RECOVERED, 0, -1, NULL);
      else if (way < 90)
        read_wake (&read);
    }
  g_assert_cmpint (read.now_msec, <=, 5000);
}

static void
test_reads (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 3, 3);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (record, 0x3);

  g_test_summary ("The same for reads, with locks that come and go, and fetches that fail.");

  for (guint32 seed = 0; seed < 3000; seed++)
    play_read (seed, lock);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal-noise/proposals", test_proposals);
  g_test_add_func ("/proposal-noise/reads", test_reads);

  return g_test_run ();
}
