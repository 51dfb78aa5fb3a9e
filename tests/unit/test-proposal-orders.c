/* test-proposal-orders.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Three members, whatever they answer and in whatever order. */

#include "config.h"

#include "proposal-fixture.h"

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Proposal, proposal_clear)

typedef enum
{
  APPROVES,
  REJECTS,
  CONFLICTS,
  FAILS,
  IS_SILENT,
  N_WAYS,
} Way;

static const guint orders[][3] = {
  { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
};

static void
answer (Proposal *proposal,
        guint     number,
        Way       way)
{
  switch (way)
    {
    case APPROVES:
      proposal_approve (proposal, number);
      break;

    case REJECTS:
      proposal_reject (proposal, number, "not-pending");
      break;

    case CONFLICTS:
      proposal_conflict (proposal, number, NULL);
      break;

    case FAILS:
      proposal_fail (proposal, number, WEFT_ERROR_TIMED_OUT, TRUE);
      break;

    case IS_SILENT:
    case N_WAYS:
    default:
      break;
    }
}

/* The first question is answered as `ways` says, all others by the members of `up`. */
static void
play (Proposal    *proposal,
      const guint  order[3],
      const Way    ways[3],
      guint        up)
{
  guint n_steps = 0;

  proposal_start (proposal);
  for (guint i = 0; i < 3; i++)
    if (proposal_find (proposal, order[i])->request_id <= 3)
      answer (proposal, order[i], ways[order[i]]);

  while (!proposal->is_done)
    {
      gboolean is_asked = FALSE;

      g_assert_cmpuint (++n_steps, <, 500);
      for (guint i = 0; i < 3 && !proposal->is_done; i++)
        {
          ProposalRequest *request = proposal_find (proposal, order[i]);

          if (request == NULL || (up & (1u << order[i])) == 0)
            continue;
          is_asked = TRUE;
          if (request->request_id <= 3)
            g_ptr_array_remove (proposal->requests, request);
          else
            proposal_approve (proposal, order[i]);
        }
      if (!is_asked)
        proposal_wake (proposal, G_MAXINT64);
    }
}

static guint
count_bits (guint up)
{
  return (up & 1) + (up >> 1 & 1) + (up >> 2 & 1);
}

/* What has to come of it: the two answers that make two promises impossible say so, and those who
 * are silent come last, at once. `up` only matters once the first round was no refusal. */
static WeftOutcome
foresee (const guint order[3],
         const Way   ways[3],
         guint       up)
{
  guint n[N_WAYS] = { 0 };
  guint n_waiting = 3;
  gboolean is_up = count_bits (up) >= 2;

  for (guint i = 0; i < 3 && n[APPROVES] < 2 && n[APPROVES] + n_waiting >= 2; i++)
    if (ways[order[i]] != IS_SILENT)
      {
        n[ways[order[i]]]++;
        n_waiting--;
      }
  if (n[APPROVES] < 2 && n[APPROVES] + n_waiting >= 2)
    n_waiting = 0;

  if (n[APPROVES] == 2)
    return is_up ? WEFT_OUTCOME_DECIDED : WEFT_OUTCOME_INDETERMINATE;
  if (n[CONFLICTS] > 0 && n[APPROVES] + n[CONFLICTS] + n_waiting >= 2)
    return is_up ? WEFT_OUTCOME_DECIDED : WEFT_OUTCOME_UNAVAILABLE;

  return n[REJECTS] == 2 ? WEFT_OUTCOME_REFUSED : WEFT_OUTCOME_UNAVAILABLE;
}

static void
test_orders (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 0, 3);
  guint n = 0;

  g_test_summary ("Each order of each set of first answers, and then each set of members that "
                  "work: it ends, with one result, and that is the right one.");

  for (guint i = 0; i < N_WAYS * N_WAYS * N_WAYS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (orders); j++)
      for (guint up = 0; up < 8; up++, n++)
        {
          const Way ways[] = { i % N_WAYS, i / N_WAYS % N_WAYS, i / N_WAYS / N_WAYS };
          g_auto (Proposal) proposal = { 0 };

          proposal_init (&proposal, record);
          play (&proposal, orders[j], ways, up);
          g_assert_cmpuint (proposal.n_results, ==, 1);
          g_assert_cmpint (proposal.outcome, ==, foresee (orders[j], ways, up));
        }
  g_assert_cmpuint (n, ==, 6000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal-orders/three", test_orders);

  return g_test_run ();
}
