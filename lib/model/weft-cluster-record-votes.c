/* weft-cluster-record-votes.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-record-internal-private.h"

#include "weft-content-private.h"
#include "weft-prepared-private.h"

WeftClusterRecord *
weft_cluster_record_new_blank (WeftRecordCore *core,
                               WeftBallot     *ballot)
{
  WeftClusterRecord *self = g_atomic_rc_box_new0 (WeftClusterRecord);

  self->core = weft_record_core_ref (core);
  self->ballot = weft_ballot_ref (ballot);
  self->promises = g_new0 (WeftVote *, core->peers->len);
  self->commits = g_new0 (WeftVote *, core->peers->len);

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
  g_clear_pointer (&self->promises, g_free);
  g_clear_pointer (&self->commits, g_free);
  g_clear_pointer (&self->justification, json_node_unref);
  g_clear_pointer (&self->json, json_node_unref);
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

static void
write_votes (WeftClusterRecord *self,
             WeftVote         **votes,
             const char        *name,
             JsonObject        *object)
{
  JsonObject *map = NULL;

  for (guint i = 0; i < self->core->peers->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (self->core->peers, i);
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (peer);

      if (votes[i] == NULL)
        continue;
      if (map == NULL)
        map = json_object_new ();
      json_object_set_member (map, weft_peer_id_get_text (peer_id), weft_vote_to_json (votes[i]));
    }
  if (map != NULL)
    json_object_set_member (object, name, weft_content_seal_object (map));
}

void
weft_cluster_record_write_votes (WeftClusterRecord *self,
                                 JsonObject        *object)
{
  write_votes (self, self->promises, "promises", object);
  write_votes (self, self->commits, "commits", object);
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
      g_string_append (text, !is_first   ? ",\""
                             : is_commit ? "\"commits\":{\""
                                         : "\"promises\":{\"");
      is_first = FALSE;
      g_string_append (text, weft_peer_id_get_text (weft_cluster_peer_get_peer_id (peer)));
      g_string_append_len (text, "\":", 2);
      weft_vote_append (votes[i], text);
    }
  if (!is_first)
    g_string_append_c (text, '}');

  return !is_first;
}

/* The members in order. */
void
weft_cluster_record_append (WeftClusterRecord *self,
                            GString           *text)
{
  g_assert (self != NULL);

  g_string_append (text, "{\"ballot\":");
  weft_ballot_append (self->ballot, text);
  g_string_append_c (text, ',');
  if (weft_cluster_record_append_votes (self, TRUE, text))
    g_string_append_c (text, ',');
  if (self->justification != NULL)
    {
      g_string_append (text, "\"justification\":");
      weft_json_append (text, self->justification);
      g_string_append_c (text, ',');
    }
  weft_record_core_append (self->core, text);
  g_string_append_c (text, ',');
  if (weft_cluster_record_append_votes (self, FALSE, text))
    g_string_append_c (text, ',');
  g_string_append (text, "\"version\":2}");
}

static JsonNode *
to_json (WeftClusterRecord *self)
{
  JsonObject *object = json_object_new ();

  json_object_set_int_member (object, "version", 2);
  weft_record_core_write (self->core, object);
  json_object_set_member (object, "ballot", weft_ballot_to_json (self->ballot));
  if (self->justification != NULL)
    json_object_set_member (object, "justification", json_node_ref (self->justification));
  weft_cluster_record_write_votes (self, object);

  return weft_content_seal_object (object);
}

/* A record is written when it leaves, or is kept: most of its forms never are. */
JsonNode *
weft_cluster_record_peek_json (WeftClusterRecord *self)
{
  JsonNode *json = g_atomic_pointer_get (&self->json);

  if (json != NULL)
    return json;

  json = to_json (self);
  if (g_atomic_pointer_compare_and_exchange (&self->json, NULL, json))
    return json;
  json_node_unref (json);

  return g_atomic_pointer_get (&self->json);
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

JsonNode *
weft_cluster_record_get_justification (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  return self->justification;
}

int
weft_cluster_record_find_peer (WeftClusterRecord *self,
                               WeftPeerId        *peer_id)
{
  g_assert (self != NULL);
  g_assert (peer_id != NULL);

  return weft_cluster_peers_find (self->core->peers, peer_id);
}

WeftClusterRecord *
weft_cluster_record_with_ballot (WeftClusterRecord *self,
                                 WeftBallot        *ballot,
                                 JsonNode          *justification)
{
  WeftClusterRecord *copy;

  g_assert (self != NULL);
  g_assert (ballot != NULL);

  copy = weft_cluster_record_new_blank (self->core, ballot);
  if (justification != NULL)
    {
      g_autoptr (GError) error = NULL;

      if (!weft_cluster_record_parse_justification (copy, justification, NULL, &error))
        g_error ("a justification of our own: %s", error->message);
    }

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
    {
      copy->justification = json_node_ref (self->justification);
      copy->prepared = g_new0 (WeftPrepared *, n_peers);
      for (guint i = 0; i < n_peers; i++)
        if (self->prepared[i] != NULL)
          copy->prepared[i] = weft_prepared_ref (self->prepared[i]);
    }
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

static gboolean
has_votes (WeftClusterRecord *self,
           WeftVote         **votes)
{
  for (guint i = 0; i < self->core->peers->len; i++)
    if (votes[i] != NULL)
      return TRUE;

  return FALSE;
}

WeftClusterRecord *
weft_cluster_record_to_certificate (WeftClusterRecord *self)
{
  g_autofree WeftVote **approvals = NULL;

  g_assert (self != NULL);

  approvals = g_new0 (WeftVote *, self->core->peers->len);
  for (guint i = 0; i < self->core->peers->len; i++)
    if (self->commits[i] != NULL &&
        weft_vote_get_vote_type (self->commits[i]) == WEFT_VOTE_APPROVE)
      approvals[i] = self->commits[i];

  return copy_with (self, FALSE, NULL, approvals);
}

WeftClusterRecord *
weft_cluster_record_to_lock (WeftClusterRecord *self)
{
  g_assert (self != NULL);

  if (self->justification == NULL && !has_votes (self, self->commits))
    return weft_cluster_record_ref (self);

  return copy_with (self, FALSE, self->promises, NULL);
}
