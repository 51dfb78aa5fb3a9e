/* explorer-lie.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "explorer.h"

#include "weft-slot-set-private.h"

#include <string.h>

/* Forgets a block, or has one that nobody knows, or a lock that nobody promised. */
static WeftClusterAnswer *
lie_about_blocks (Explorer           *self,
                  WeftClusterRequest *request)
{
  const char *const *ids = weft_cluster_request_get_block_ids (request);
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      GPtrArray *open = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
      gint64 rev = explorer_draw (self, 3) * explorer_draw (self, 4);
      WeftClusterRecord *record = self->records->len > 0 ? explorer_draw_record (self) : NULL;
      GPtrArray *slots = record != NULL ? weft_cluster_record_get_slots (record) : NULL;

      for (guint j = 0; slots != NULL && j < slots->len; j++)
        if (g_str_equal (weft_slot_get_block_id (slots->pdata[j]), ids[i]))
          g_ptr_array_add (open, weft_slot_state_new (slots->pdata[j], NULL, NULL, record));
      g_ptr_array_add (states, weft_block_state_new (ids[i], rev, rev > 0 ? "A0" : NULL, open));
    }

  return weft_cluster_answer_new_states (states);
}

/* A record that claims one of these slots, with nobody among its peers but this node, which can
 * sign for all of them. */
static WeftClusterRecord *
forge (Explorer     *self,
       ExplorerNode *node,
       GPtrArray    *slots,
       WeftPurpose   purpose)
{
  g_autoptr (GPtrArray) peers = explorer_make_peers (1u << node->number);
  guint first = explorer_draw (self, self->records->len);

  for (guint i = 0; i < self->records->len; i++)
    {
      WeftClusterRecord *known = self->records->pdata[(first + i) % self->records->len];
      g_autoptr (WeftClusterRecord) record = NULL;
      g_autoptr (WeftVote) vote = NULL;

      if (!weft_slots_overlap (weft_cluster_record_get_slots (known), slots))
        continue;
      record = weft_cluster_record_new (weft_cluster_record_get_message (known), peers, 0.75,
                                        NULL);
      vote = fixture_approve (node->number, purpose, record);
      return purpose == WEFT_PURPOSE_COMMIT ? weft_cluster_record_with_votes (record, NULL, &vote)
                                            : weft_cluster_record_with_votes (record, &vote, NULL);
    }

  return NULL;
}

/* It was decided long ago. */
static WeftClusterAnswer *
lie_about_decision (Explorer           *self,
                    ExplorerNode       *node,
                    WeftClusterRequest *request)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (request);
  WeftPrepare *prepare = weft_cluster_request_get_prepare (request);
  g_autoptr (WeftClusterRecord) forged = NULL;

  if ((record == NULL || explorer_find_commit (self, record) < 0) && prepare == NULL)
    return NULL;
  forged = forge (self, node, record != NULL ? weft_cluster_record_get_slots (record)
                                             : weft_prepare_get_slots (prepare),
                  WEFT_PURPOSE_COMMIT);

  return forged != NULL ? weft_cluster_answer_new_decided (forged) : NULL;
}

/* Signs whatever it is asked to. */
static WeftClusterAnswer *
lie (Explorer           *self,
     ExplorerNode       *node,
     WeftClusterRequest *request)
{
  WeftClusterRecord *record = weft_cluster_request_get_record (request);
  WeftPrepare *prepare = weft_cluster_request_get_prepare (request);
  WeftPurpose purpose = WEFT_PURPOSE_PROMISE;
  g_autoptr (WeftVote) vote = NULL;

  if (prepare != NULL)
    {
      GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
      GPtrArray *slots = weft_prepare_get_slots (prepare);
      g_autoptr (WeftPrepared) prepared = NULL;
      g_autoptr (WeftClusterRecord) lock
          = self->is_moving && explorer_chance (self, 300)
                ? forge (self, node, slots, WEFT_PURPOSE_PROMISE) : NULL;
      g_autoptr (WeftClusterAnswer) unsigned_answer = NULL;
      g_autoptr (GBytes) text = NULL;

      for (guint i = 0; i < slots->len; i++)
        {
          gboolean is_locked = lock != NULL && weft_cluster_record_has_slot (lock, slots->pdata[i]);

          g_ptr_array_add (states, weft_slot_state_new (slots->pdata[i], NULL, NULL,
                                                        is_locked ? lock : NULL));
        }
      prepared = weft_prepared_new (weft_prepare_get_membership (prepare),
                                    weft_prepare_get_ballot (prepare), states);
      text = weft_prepared_text_new (FIXTURE_NETWORK, prepared);
      unsigned_answer = weft_cluster_answer_new_prepared (prepared);
      return explorer_sign (node->number, unsigned_answer, text);
    }
  if (record == NULL)
    return lie_about_blocks (self, request);
  if (weft_cluster_record_get_n_commits (record) >=
      weft_cluster_record_get_commits_needed (record))
    return weft_cluster_answer_new_applied ();
  if (weft_cluster_record_get_n_promises (record) >=
      weft_cluster_record_get_promises_needed (record))
    purpose = WEFT_PURPOSE_COMMIT;
  if (purpose == WEFT_PURPOSE_COMMIT && node->character == EXPLORER_PROMISE_ONLY)
    return NULL;
  vote = fixture_approve (node->number, purpose, record);

  return weft_cluster_answer_new_vote (purpose == WEFT_PURPOSE_COMMIT
                                           ? WEFT_CLUSTER_ANSWER_COMMIT
                                           : WEFT_CLUSTER_ANSWER_PROMISE, vote);
}

void
explorer_node_lie (Explorer           *self,
                   ExplorerNode       *node,
                   guint64             token,
                   WeftClusterRequest *request)
{
  g_autoptr (WeftClusterAnswer) answer = NULL;

  if (node->character != EXPLORER_YES_MAN && node->character != EXPLORER_PROMISE_ONLY)
    return;
  if (self->is_moving && explorer_chance (self, 60))
    answer = lie_about_decision (self, node, request);
  if (answer == NULL)
    answer = lie (self, node, request);
  if (answer != NULL)
    explorer_reply (self, token, answer);
}
