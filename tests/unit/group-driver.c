/* group-driver.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "group-driver.h"

#include "../contract/weft-repo-asker.h"
#include "weft-cluster-answer-private.h"
#include "weft-cluster-request-private.h"
#include "weft-coordinator-private.h"
#include "weft-pending-private.h"
#include "weft-repo-message-private.h"

#define PATIENCE_USEC (10 * G_TIME_SPAN_SECOND)

static WeftPendRequest *
make_pend (char **words)
{
  g_autofree char *text = g_strdup_printf ("{'actionId':'%s','bases':{'%s':%s},'policy':'c',%s}",
                                           words[0], words[1], words[2], words[3]);
  g_autofree char *canonical = weft_canonical (text);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) json = weft_json_parse (canonical, -1, &error);
  WeftPendRequest *pend = weft_pend_request_from_json (json, &error);

  g_assert_no_error (error);

  return pend;
}

static WeftCommitRequest *
make_commit (WeftPendRequest *pend,
             char           **words)
{
  const char *block_ids[] = { words[1], NULL };
  gint64 base = g_ascii_strtoll (words[2], NULL, 10);
  g_autoptr(WeftTransform) transform
      = weft_transforms_lookup (weft_pend_request_get_transforms (pend), words[1]);
  g_autoptr(WeftPending) pending = weft_pending_new (transform, base, 0);
  g_autoptr(WeftCommitRequest) bare
      = weft_commit_request_new (words[0], block_ids, base + 1, NULL);
  g_autoptr(JsonObject) bases = json_object_new ();
  g_autoptr(JsonObject) digests = json_object_new ();
  g_autoptr(GError) error = NULL;
  WeftCommitRequest *commit;

  json_object_set_int_member (bases, words[1], base);
  json_object_set_string_member (digests, words[1], weft_pending_get_digest (pending));
  commit = weft_commit_request_with_content (bare, bases, digests, &error);
  g_assert_no_error (error);

  return commit;
}

GroupDriver *
group_driver_new (WeftFleet         *fleet,
                  const char *const *lines)
{
  GroupDriver *self = g_new0 (GroupDriver, 1);
  g_autoptr(GPtrArray) commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);
  g_autoptr(GPtrArray) peers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  g_autoptr(WeftRepoMessage) message = NULL;
  g_autoptr(GError) error = NULL;

  self->fleet = fleet;
  self->pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) words = g_strsplit (lines[i], " ", 4);

      g_ptr_array_add (self->pends, make_pend (words));
      g_ptr_array_add (commits, make_commit (g_ptr_array_index (self->pends, i), words));
    }
  for (guint i = 0; i < fleet->n_nodes; i++)
    g_ptr_array_add (peers, weft_cluster_peer_new (
                                weft_identity_get_peer_id (fleet->identities[i]), NULL));
  message = weft_repo_message_new_commits (commits, weft_clock_get_real (fleet->clock) / 1000
                                                      + 60000);
  self->record = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);
  g_assert_no_error (error);

  return self;
}

void
group_driver_free (GroupDriver *self)
{
  g_clear_pointer (&self->decided, weft_cluster_record_unref);
  g_clear_pointer (&self->promised, weft_cluster_record_unref);
  weft_cluster_record_unref (self->record);
  g_ptr_array_unref (self->pends);
  g_free (self);
}

typedef struct
{
  WeftClusterAnswer *answer;
  gboolean is_done;
} Asked;

static void
answered_cb (WeftCluster       *cluster,
             WeftClusterAnswer *answer,
             const GError      *error,
             gpointer           user_data)
{
  Asked *asked = user_data;

  g_assert_no_error (error);
  asked->answer = weft_cluster_answer_ref (answer);
  asked->is_done = TRUE;
}

static guint
find_first (WeftFleet *fleet)
{
  guint first = 0;

  while (fleet->nodes[first] == NULL)
    first++;

  return first;
}

/* (element-type WeftClusterAnswer): of each node, NULL for one that does not run. */
static WeftClusterAnswer **
ask_all (GroupDriver        *self,
         WeftClusterRequest *request)
{
  WeftFleet *fleet = self->fleet;
  WeftCoordinatorRepo *from = weft_node_get_coordinator (fleet->nodes[find_first (fleet)]);
  WeftClusterAnswer **answers = g_new0 (WeftClusterAnswer *, fleet->n_nodes);
  g_autofree Asked *asked = g_new0 (Asked, fleet->n_nodes);

  for (guint i = 0; i < fleet->n_nodes; i++)
    if (fleet->nodes[i] != NULL)
      weft_cluster_perform (
          weft_coordinator_get_cluster (from, weft_identity_get_peer_id (fleet->identities[i])),
          request, PATIENCE_USEC, answered_cb, &asked[i]);
  for (guint i = 0; i < fleet->n_nodes; i++)
    {
      while (fleet->nodes[i] != NULL && !asked[i].is_done)
        g_main_context_iteration (NULL, TRUE);
      answers[i] = asked[i].answer;
    }

  return answers;
}

/* Sets the record with the promises or the commits that are answered. */
static guint
collect (GroupDriver        *self,
         WeftClusterRequest *request,
         gboolean            is_promise,
         WeftClusterRecord **voted)
{
  guint n_peers = weft_cluster_record_get_n_peers (self->record);
  g_autofree WeftClusterAnswer **answers = ask_all (self, request);
  g_autofree WeftVote **votes = g_new0 (WeftVote *, n_peers);
  guint n_approved = 0;

  for (guint i = 0; i < self->fleet->n_nodes; i++)
    {
      int index = weft_cluster_record_find_peer (
          self->record, weft_identity_get_peer_id (self->fleet->identities[i]));
      WeftVote *vote = answers[i] != NULL ? weft_cluster_answer_get_vote (answers[i]) : NULL;

      if (vote == NULL || weft_vote_get_vote_type (vote) != WEFT_VOTE_APPROVE)
        continue;
      n_approved++;
      votes[index] = vote;
    }
  g_clear_pointer (voted, weft_cluster_record_unref);
  *voted = weft_cluster_record_with_votes (self->record, is_promise ? votes : NULL,
                                           is_promise ? NULL : votes);
  for (guint i = 0; i < self->fleet->n_nodes; i++)
    g_clear_pointer (&answers[i], weft_cluster_answer_unref);

  return n_approved;
}

guint
group_driver_promise (GroupDriver *self)
{
  g_autoptr(WeftClusterRequest) request
      = weft_cluster_request_new_update_with (self->record, self->pends);

  return collect (self, request, TRUE, &self->promised);
}

guint
group_driver_commit (GroupDriver *self)
{
  g_autoptr(WeftClusterRequest) request = weft_cluster_request_new_update (self->promised);

  return collect (self, request, FALSE, &self->decided);
}

guint
group_driver_tell (GroupDriver *self)
{
  g_autoptr(WeftClusterRecord) certificate = weft_cluster_record_to_certificate (self->decided);
  g_autoptr(WeftClusterRequest) request = weft_cluster_request_new_update (certificate);
  g_autofree WeftClusterAnswer **answers = ask_all (self, request);
  guint n_applied = 0;

  for (guint i = 0; i < self->fleet->n_nodes; i++)
    {
      if (answers[i] != NULL
          && weft_cluster_answer_get_kind (answers[i]) == WEFT_CLUSTER_ANSWER_APPLIED)
        n_applied++;
      g_clear_pointer (&answers[i], weft_cluster_answer_unref);
    }

  return n_applied;
}

void
group_driver_land (GroupDriver *self)
{
  guint n_running = 0;

  for (guint i = 0; i < self->fleet->n_nodes; i++)
    n_running += self->fleet->nodes[i] != NULL;
  g_assert_cmpuint (group_driver_promise (self), ==, n_running);
  g_assert_cmpuint (group_driver_commit (self), ==, n_running);
  g_assert_cmpuint (group_driver_tell (self), ==, n_running);
}
