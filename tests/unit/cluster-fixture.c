/* cluster-fixture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cluster-fixture.h"

#include "weft-json-private.h"
#include "weft-thresholds.h"

#include <string.h>

#define N_PEERS 65

static int
compare_peers (gconstpointer a,
               gconstpointer b)
{
  return weft_peer_id_compare (*(WeftPeerId *const *) a, *(WeftPeerId *const *) b);
}

WeftPeerId *
fixture_peer_id (guint number)
{
  static GPtrArray *peers;

  if (peers == NULL)
    {
      peers = g_ptr_array_new ();
      for (guint i = 0; i < N_PEERS; i++)
        {
          guint8 key[32];

          weft_sha256 (&i, sizeof i, key);
          g_ptr_array_add (peers, weft_peer_id_new_from_public_key (key, sizeof key, NULL));
        }
      g_ptr_array_sort (peers, compare_peers);
    }

  return g_ptr_array_index (peers, number);
}

GPtrArray *
fixture_peers (guint n_peers)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  for (guint i = 0; i < n_peers; i++)
    g_ptr_array_add (peers, weft_cluster_peer_new (fixture_peer_id (i), NULL));

  return peers;
}

static GBytes *
sign_text (WeftPeerId *signer,
           GBytes     *text)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  guint8 signature[WEFT_SIGNATURE_BYTES] = { 0 };
  gsize size;
  const guint8 *data = weft_peer_id_get_bytes (signer, &size);

  g_byte_array_append (all, data, size);
  data = g_bytes_get_data (text, &size);
  g_byte_array_append (all, data, size);
  weft_sha256 (all->data, all->len, signature);

  return g_bytes_new (signature, sizeof signature);
}

static gboolean
verify_text (gpointer    data,
             WeftPeerId *signer,
             GBytes     *text,
             GBytes     *signature)
{
  g_autoptr (GBytes) expected = sign_text (signer, text);

  return g_bytes_equal (expected, signature);
}

const WeftVerify *
fixture_verify (void)
{
  static const WeftVerify verify = { FIXTURE_NETWORK, verify_text, NULL };

  return &verify;
}

WeftSignature *
fixture_sign (guint   number,
              GBytes *text)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GBytes) root = NULL;

  g_ptr_array_add (texts, text);
  paths = weft_signature_plan (texts, &root);

  return fixture_sign_root (number, root);
}

WeftSignature *
fixture_sign_root (guint   number,
                   GBytes *root)
{
  g_autoptr (GBytes) text = weft_root_text_new (root);
  g_autoptr (GBytes) signature = sign_text (fixture_peer_id (number), text);

  return weft_signature_new (signature, NULL);
}

WeftVote *
fixture_sign_vote (guint              number,
                   WeftPurpose        purpose,
                   WeftClusterRecord *record,
                   WeftVote          *vote)
{
  g_autoptr (GBytes) text = weft_vote_text_new (purpose, FIXTURE_NETWORK, record, vote);
  g_autoptr (WeftSignature) signature = fixture_sign (number, text);

  return weft_vote_new_signed (vote, signature);
}

WeftVote *
fixture_approve (guint              number,
                 WeftPurpose        purpose,
                 WeftClusterRecord *record)
{
  g_autoptr (WeftVote) vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL);

  return fixture_sign_vote (number, purpose, record, vote);
}

WeftRepoMessage *
fixture_commit (const char        *action_id,
                const char *const *block_ids,
                const gint64      *bases,
                gint64             rev,
                gint64             expiration_msec)
{
  g_autoptr (WeftCommitRequest) commit = weft_commit_request_new (action_id, block_ids, rev, NULL);
  g_autoptr (WeftCommitRequest) whole = NULL;
  g_autoptr (JsonObject) base_object = json_object_new ();
  g_autoptr (JsonObject) digests = json_object_new ();
  g_autofree char *digest = weft_sha256_base64url (action_id, strlen (action_id));
  g_autoptr (GError) error = NULL;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      json_object_set_int_member (base_object, block_ids[i], bases[i]);
      json_object_set_string_member (digests, block_ids[i], digest);
    }
  whole = weft_commit_request_with_content (commit, base_object, digests, &error);
  g_assert_no_error (error);

  return weft_repo_message_new_commit (whole, expiration_msec);
}

WeftPendRequest *
fixture_pend (const char *action_id,
              const char *block_id)
{
  g_autofree char *text = g_strdup_printf ("{\"deletes\":[\"%s\"]}", block_id);
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftTransforms) transforms = weft_transforms_from_json (json, &error);
  WeftPendRequest *pend;

  g_assert_no_error (error);
  pend = weft_pend_request_new (action_id, 0, transforms, NULL, WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);

  return pend;
}

WeftRepoMessage *
fixture_move (WeftRepoMessage *message,
              GPtrArray       *peers)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftCommitRequest) commit
      = weft_commit_request_with_cluster (weft_repo_message_get_commit (message), peers, &error);

  g_assert_no_error (error);

  return weft_repo_message_new_commit (commit, weft_repo_message_get_expiration (message));
}

WeftClusterRecord *
fixture_record (const char *action_id,
                const char *block_id,
                gint64      base,
                guint       n_peers)
{
  const char *block_ids[] = { block_id, NULL };
  g_autoptr (WeftRepoMessage) message = fixture_commit (action_id, block_ids, &base, base + 1, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (n_peers);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT,
                                                       &error);

  g_assert_no_error (error);
  return record;
}

static WeftClusterRecord *
with_approvals (WeftClusterRecord *record,
                WeftPurpose        purpose,
                guint64            peers)
{
  guint n_peers = weft_cluster_record_get_n_peers (record);
  g_autofree WeftVote **promises = g_new0 (WeftVote *, n_peers);
  g_autofree WeftVote **commits = g_new0 (WeftVote *, n_peers);
  g_autoptr (GPtrArray) votes = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_vote_unref);

  for (guint i = 0; i < n_peers; i++)
    {
      WeftVote *vote = NULL;

      promises[i] = weft_cluster_record_get_promise (record, i);
      commits[i] = weft_cluster_record_get_commit (record, i);
      if (peers & (G_GUINT64_CONSTANT (1) << i))
        {
          vote = fixture_approve (i, purpose, record);
          g_ptr_array_add (votes, vote);
        }
      if (purpose == WEFT_PURPOSE_PROMISE)
        promises[i] = vote;
      else
        commits[i] = vote;
    }

  return weft_cluster_record_with_votes (record, promises, commits);
}

WeftClusterRecord *
fixture_promised (WeftClusterRecord *record,
                  guint64            peers)
{
  return with_approvals (record, WEFT_PURPOSE_PROMISE, peers);
}

WeftClusterRecord *
fixture_committed (WeftClusterRecord *record,
                   guint64            peers)
{
  return with_approvals (record, WEFT_PURPOSE_COMMIT, peers);
}

WeftPrepared *
fixture_prepared (guint              number,
                  WeftClusterRecord *record,
                  WeftBallot        *ballot,
                  WeftClusterRecord *lock)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);
  g_autoptr (WeftPrepared) prepared = NULL;
  g_autoptr (WeftSignature) signature = NULL;
  g_autoptr (GBytes) text = NULL;

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);
      gboolean is_locked = lock != NULL && weft_cluster_record_has_slot (lock, slot);

      g_ptr_array_add (states, weft_slot_state_new (slot, NULL, NULL, is_locked ? lock : NULL));
    }
  prepared = weft_prepared_new (weft_cluster_record_get_membership (record), ballot, states);
  text = weft_prepared_text_new (FIXTURE_NETWORK, prepared);
  signature = fixture_sign (number, text);

  return weft_prepared_new_signed (prepared, signature);
}
