/* weft-cluster-record-votes.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-record-internal-private.h"

#include "weft-prepared-private.h"
#include "weft-text-private.h"

WeftClusterRecord *
weft_cluster_record_new_blank (WeftRecordCore *core,
                               WeftBallot     *ballot)
{
  guint n_peers = core->peers->len;
  WeftClusterRecord *self
      = g_atomic_rc_box_alloc0 (sizeof (WeftClusterRecord) + 2 * n_peers * sizeof (WeftVote *));

  self->core = weft_record_core_ref (core);
  self->ballot = weft_ballot_ref (ballot);
  self->promises = self->votes;
  self->commits = self->votes + n_peers;

  return self;
}

void
weft_cluster_record_clear (WeftClusterRecord *self)
{
  for (guint i = 0; i < self->core->peers->len; i++)
    {
      g_clear_pointer (&self->promises[i], weft_vote_unref);
      g_clear_pointer (&self->commits[i], weft_vote_unref);
      if (self->prepared != NULL)
        g_clear_pointer (&self->prepared[i], weft_prepared_unref);
    }
  g_clear_pointer (&self->prepared, g_free);
  g_clear_pointer (&self->ballot, weft_ballot_unref);
  g_clear_pointer (&self->core, weft_record_core_unref);
}

void
weft_cluster_record_set_vote (WeftClusterRecord *self,
                              gboolean           is_commit,
                              guint              peer_index,
                              WeftVote          *vote)
{
  WeftVote **votes = is_commit ? self->commits : self->promises;
  gboolean is_approval = weft_vote_get_vote_type (vote) == WEFT_VOTE_APPROVE;

  g_assert (peer_index < self->core->peers->len);
  g_assert (votes[peer_index] == NULL);
  g_assert (weft_vote_get_signature (vote) != NULL);

  votes[peer_index] = weft_vote_ref (vote);
  if (is_commit)
    self->n_commits += is_approval;
  else
    self->n_promises += is_approval;
}

gboolean
weft_cluster_record_append_votes (WeftClusterRecord *self,
                                  gboolean           is_commit,
                                  GString           *text)
{
  WeftVote **votes = is_commit ? self->commits : self->promises;
  gboolean is_first = TRUE;

  for (guint i = 0; i < self->core->peers->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (self->core->peers, i);

      if (votes[i] == NULL)
        continue;
      /* The order of peers is that of their texts, which have nothing to escape. */
      weft_text_append (text, !is_first   ? ",\""
                              : is_commit ? "\"commits\":{\""
                                          : "\"promises\":{\"");
      is_first = FALSE;
      weft_text_append (text, weft_peer_id_get_text (weft_cluster_peer_get_peer_id (peer)));
      weft_text_append_len (text, "\":", 2);
      weft_vote_append (votes[i], text);
    }
  if (!is_first)
    g_string_append_c (text, '}');

  return !is_first;
}

/* {id:WeftPrepared} */
static void
append_justification (WeftClusterRecord *self,
                      GString           *text)
{
  gboolean is_first = TRUE;

  g_string_append_c (text, '{');
  for (guint i = 0; i < self->core->peers->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (self->core->peers, i);

      if (self->prepared[i] == NULL)
        continue;
      weft_text_append (text, is_first ? "\"" : ",\"");
      is_first = FALSE;
      weft_text_append (text, weft_peer_id_get_text (weft_cluster_peer_get_peer_id (peer)));
      weft_text_append_len (text, "\":", 2);
      weft_prepared_append (self->prepared[i], text);
    }
  g_string_append_c (text, '}');
}

/* The members in order. */
void
weft_cluster_record_append (WeftClusterRecord *self,
                            GString           *text)
{
  g_assert (self != NULL);

  weft_text_append (text, "{\"ballot\":");
  weft_ballot_append (self->ballot, text);
  g_string_append_c (text, ',');
  if (weft_cluster_record_append_votes (self, TRUE, text))
    g_string_append_c (text, ',');
  if (self->prepared != NULL)
    {
      weft_text_append (text, "\"justification\":");
      append_justification (self, text);
      g_string_append_c (text, ',');
    }
  weft_record_core_append (self->core, text);
  g_string_append_c (text, ',');
  if (weft_cluster_record_append_votes (self, FALSE, text))
    g_string_append_c (text, ',');
  weft_text_append (text, "\"version\":2}");
}

GPtrArray *
weft_cluster_record_get_slots (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->core->slots;
}

gboolean
weft_cluster_record_has_slot (WeftClusterRecord *self,
                              WeftSlot          *slot)
{
  guint from = 0;
  guint to = self->core->slots->len;

  g_assert (slot != NULL);

  while (from < to)
    {
      guint middle = (from + to) / 2;
      int order = weft_slot_compare (slot, g_ptr_array_index (self->core->slots, middle));

      if (order == 0)
        return TRUE;
      if (order < 0)
        to = middle;
      else
        from = middle + 1;
    }

  return FALSE;
}

WeftBallot *
weft_cluster_record_get_ballot (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->ballot;
}

gint64
weft_cluster_record_get_expiration (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return weft_repo_message_get_expiration (self->core->message);
}

guint
weft_cluster_record_get_n_peers (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->core->peers->len;
}

guint
weft_cluster_record_get_promises_needed (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->core->promises_needed;
}

guint
weft_cluster_record_get_commits_needed (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->core->commits_needed;
}

WeftVote *
weft_cluster_record_get_promise (WeftClusterRecord *self,
                                 guint              peer_index)
{
  g_assert (self != NULL);
  g_assert (peer_index < self->core->peers->len);

  return self->promises[peer_index];
}

WeftVote *
weft_cluster_record_get_commit (WeftClusterRecord *self,
                                guint              peer_index)
{
  g_assert (self != NULL);
  g_assert (peer_index < self->core->peers->len);

  return self->commits[peer_index];
}

WeftPrepared *
weft_cluster_record_get_prepared (WeftClusterRecord *self,
                                  guint              peer_index)
{
  g_assert (self != NULL);
  g_assert (peer_index < self->core->peers->len);

  return self->prepared != NULL ? self->prepared[peer_index] : NULL;
}

guint
weft_cluster_record_get_n_promises (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->n_promises;
}

guint
weft_cluster_record_get_n_commits (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->n_commits;
}

gboolean
weft_cluster_record_has_justification (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->prepared != NULL;
}

int
weft_cluster_record_find_peer (WeftClusterRecord *self,
                               WeftPeerId        *peer_id)
{
  g_assert (self != NULL);
  g_assert (peer_id != NULL);

  return weft_cluster_peers_find (self->core->peers, peer_id);
}

static gboolean
has_votes (WeftClusterRecord *self,
           WeftVote         **votes)
{
  for (guint i = 0; i < self->core->peers->len; i++)
    if (votes[i] != NULL)
      return TRUE;

  return FALSE;
}

static WeftPrepared **
copy_prepared (WeftPrepared **prepared,
               guint          n_peers)
{
  WeftPrepared **copy = g_new0 (WeftPrepared *, n_peers);

  for (guint i = 0; i < n_peers; i++)
    copy[i] = prepared[i] != NULL ? weft_prepared_ref (prepared[i]) : NULL;

  return copy;
}

WeftClusterRecord *
weft_cluster_record_with_ballot (WeftClusterRecord *self,
                                 WeftBallot        *ballot,
                                 WeftPrepared     **justification)
{
  WeftClusterRecord *copy;

  g_assert (self != NULL);
  g_assert (ballot != NULL);
  g_assert (justification == NULL || weft_ballot_get_number (ballot) > 0);

  if (ballot == self->ballot && justification == NULL && self->prepared == NULL &&
      !has_votes (self, self->promises) && !has_votes (self, self->commits))
    return weft_cluster_record_ref (self);

  copy = weft_cluster_record_new_blank (self->core, ballot);
  if (justification != NULL)
    copy->prepared = copy_prepared (justification, self->core->peers->len);

  return copy;
}

/* The same ballot. */
static WeftClusterRecord *
copy_with (WeftClusterRecord *self,
           gboolean           with_justification,
           WeftVote         **promises,
           WeftVote         **commits)
{
  WeftClusterRecord *copy = weft_cluster_record_new_blank (self->core, self->ballot);
  guint n_peers = self->core->peers->len;

  if (with_justification && self->prepared != NULL)
    copy->prepared = copy_prepared (self->prepared, n_peers);
  for (guint i = 0; i < n_peers; i++)
    {
      if (promises != NULL && promises[i] != NULL)
        weft_cluster_record_set_vote (copy, FALSE, i, promises[i]);
      if (commits != NULL && commits[i] != NULL)
        weft_cluster_record_set_vote (copy, TRUE, i, commits[i]);
    }

  return copy;
}

WeftClusterRecord *
weft_cluster_record_with_votes (WeftClusterRecord *self,
                                WeftVote         **promises,
                                WeftVote         **commits)
{
  g_assert (self != NULL);

  return copy_with (self, TRUE, promises, commits);
}

WeftClusterRecord *
weft_cluster_record_to_certificate (WeftClusterRecord *self)
{
  g_autofree WeftVote **approvals = NULL;
  guint n_others = 0;

  g_assert (self != NULL);

  approvals = g_new0 (WeftVote *, self->core->peers->len);
  for (guint i = 0; i < self->core->peers->len; i++)
    if (self->commits[i] != NULL &&
        weft_vote_get_vote_type (self->commits[i]) == WEFT_VOTE_APPROVE)
      approvals[i] = self->commits[i];
    else
      n_others += self->commits[i] != NULL;

  if (n_others == 0 && self->prepared == NULL && !has_votes (self, self->promises))
    return weft_cluster_record_ref (self);

  return copy_with (self, FALSE, NULL, approvals);
}

WeftClusterRecord *
weft_cluster_record_to_lock (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  if (self->prepared == NULL && !has_votes (self, self->commits))
    return weft_cluster_record_ref (self);

  return copy_with (self, FALSE, self->promises, NULL);
}
