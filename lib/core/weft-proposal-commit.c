/* weft-proposal-commit.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-proposal-state-private.h"

void
weft_proposal_begin_commit (WeftProposalMachine     *self,
                            WeftClusterRecord       *record,
                            const WeftProposalEvent *event,
                            WeftProposalEffects     *effects)
{
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (record);

  g_assert (weft_cluster_record_get_n_promises (record) >=
            weft_cluster_record_get_promises_needed (record));

  weft_cluster_record_ref (record);
  g_clear_pointer (&self->driven, weft_cluster_record_unref);
  self->driven = record;
  /* From here on somebody else may decide it without us. */
  if (weft_proposal_is_own (self, record))
    self->may_be_decided = TRUE;
  weft_proposal_enter (self, WEFT_PROPOSAL_COMMIT, effects);
  weft_proposal_ask (self, request, weft_cluster_record_get_peers (record), NULL, event, effects);
}

void
weft_proposal_advance_commit (WeftProposalMachine     *self,
                              const WeftProposalEvent *event,
                              WeftProposalEffects     *effects)
{
  guint needed = weft_cluster_record_get_commits_needed (self->driven);
  guint n_approved = weft_poll_count (&self->poll, WEFT_PROPOSAL_APPROVED);
  g_autoptr (WeftClusterRecord) record = NULL;
  g_autoptr (WeftClusterRecord) certificate = NULL;

  if (n_approved < needed)
    {
      if (n_approved + weft_poll_get_waiting (&self->poll) < needed)
        weft_proposal_begin_wait (self, event, effects);
      return;
    }

  record = weft_proposal_collect (self, WEFT_PURPOSE_COMMIT, needed);
  certificate = weft_cluster_record_to_certificate (record);
  weft_proposal_settle (self, certificate, NULL, event, effects);
}
