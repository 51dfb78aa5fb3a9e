/* weft-vote-text.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-vote-text-private.h"

#include "weft-bug-private.h"

#include <string.h>

#include "weft-base64url-private.h"
#include "weft-cluster-record-brief-private.h"
#include "weft-json-string-private.h"
#include "weft-text-private.h"
#include "weft-verify-cache-private.h"

#define ROOT_CONTEXT "weft/votes/1"
#define PREPARE_CONTEXT "weft/prepare/1"
/* Mostly enough. */
#define TEXT_BYTES 320

static const char *const purpose_names[] = {
  [WEFT_PURPOSE_PROMISE] = "weft/promise/1",
  [WEFT_PURPOSE_COMMIT] = "weft/commit/1",
};

static const char *const type_names[] = {
  [WEFT_VOTE_APPROVE] = "approve",
  [WEFT_VOTE_REJECT] = "reject",
  [WEFT_VOTE_CONFLICT] = "conflict",
};

static void
append_quoted (GString    *text,
               const char *part)
{
  g_string_append_c (text, '"');
  weft_text_append (text, part);
  g_string_append_c (text, '"');
}

/* The canonical text of [context,network,subject,ballot,type,digest], up to the digest. All but the
 * network consists of characters that need no escape. */
static GString *
begin_text (const char *context,
            const char *network,
            const char *subject,
            WeftBallot *ballot,
            const char *type)
{
  GString *text = g_string_sized_new (TEXT_BYTES);
  gboolean is_valid;

  g_string_append_c (text, '[');
  append_quoted (text, context);
  g_string_append_c (text, ',');
  is_valid = weft_json_append_string (text, network);
  g_assert (is_valid);
  g_string_append_c (text, ',');
  append_quoted (text, subject);
  g_string_append_c (text, ',');
  weft_ballot_append (ballot, text);
  g_string_append_c (text, ',');
  append_quoted (text, type);
  weft_text_append_len (text, ",\"", 2);

  return text;
}

static GString *
make_vote_text (WeftPurpose        purpose,
                const char        *network,
                WeftClusterRecord *record,
                WeftVote          *vote)
{
  GString *text;

  g_assert ((guint) purpose < G_N_ELEMENTS (purpose_names));
  g_assert (network != NULL);
  g_assert (record != NULL);
  g_assert (vote != NULL);

  text = begin_text (purpose_names[purpose], network, weft_cluster_record_get_message_hash (record),
                     weft_cluster_record_get_ballot (record),
                     type_names[weft_vote_get_vote_type (vote)]);
  weft_vote_append_digest (vote, text);
  weft_text_append_len (text, "\"]", 2);

  return text;
}

static GString *
make_prepared_text (const char   *network,
                    WeftPrepared *prepared)
{
  g_autofree char *digest = NULL;
  GString *text;

  g_assert (network != NULL);
  g_assert (prepared != NULL);

  text = begin_text (PREPARE_CONTEXT, network, weft_prepared_get_membership (prepared),
                     weft_prepared_get_ballot (prepared), "prepared");
  digest = weft_prepared_make_digest (prepared);
  weft_text_append (text, digest);
  weft_text_append_len (text, "\"]", 2);

  return text;
}

GBytes *
weft_vote_text_new (WeftPurpose        purpose,
                    const char        *network,
                    WeftClusterRecord *record,
                    WeftVote          *vote)
{
  return g_string_free_to_bytes (make_vote_text (purpose, network, record, vote));
}

GBytes *
weft_prepared_text_new (const char   *network,
                        WeftPrepared *prepared)
{
  return g_string_free_to_bytes (make_prepared_text (network, prepared));
}

#define ROOT_BEGINNING "[\"" ROOT_CONTEXT "\",\""
#define ROOT_END "\"]"
#define ROOT_TEXT_BYTES_MAX 128

/* A key signs handshakes too: the text of one is never that of the other. */
static gsize
write_root_text (const guint8 root[WEFT_SHA256_BYTES],
                 char         text[ROOT_TEXT_BYTES_MAX])
{
  gsize length = strlen (ROOT_BEGINNING);

  memcpy (text, ROOT_BEGINNING, length);
  length += weft_base64url_write (root, WEFT_SHA256_BYTES, text + length);
  memcpy (text + length, ROOT_END, strlen (ROOT_END));

  return length + strlen (ROOT_END);
}

GBytes *
weft_root_text_new (GBytes *root)
{
  char text[ROOT_TEXT_BYTES_MAX];

  g_assert (g_bytes_get_size (root) == WEFT_SHA256_BYTES);

  return g_bytes_new (text, write_root_text (g_bytes_get_data (root, NULL), text));
}

static gboolean
check_signature (WeftSignature    *signature,
                 const guint8      leaf[WEFT_SHA256_BYTES],
                 WeftPeerId       *signer,
                 const WeftVerify *verify)
{
  guint8 root[WEFT_SHA256_BYTES];
  char root_text[ROOT_TEXT_BYTES_MAX];
  g_autoptr (GBytes) root_bytes = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (verify->cache != NULL && weft_verify_cache_knows (verify->cache, signer, leaf, signature))
    return TRUE;

  memcpy (root, leaf, sizeof root);
  weft_signature_climb (signature, root);
  root_bytes = g_bytes_new_static (root_text, write_root_text (root, root_text));
  bytes = g_bytes_new_static (weft_signature_get_bytes (signature), WEFT_SIGNATURE_BYTES);
  if (!verify->verify (verify->data, signer, root_bytes, bytes))
    return FALSE;

  if (verify->cache != NULL)
    weft_verify_cache_learn (verify->cache, signer, leaf, signature);
  return TRUE;
}

/* The votes on a record are mostly approvals of its first ballot, who all sign the same. */
static void
make_leaf (WeftPurpose        purpose,
           const char        *network,
           WeftClusterRecord *record,
           WeftVote          *vote,
           guint8             leaf[WEFT_SHA256_BYTES])
{
  WeftRecordCore *core = weft_cluster_record_get_core (record);
  gboolean is_shared = weft_vote_is_plain_approval (vote)
                       && weft_ballot_get_number (weft_cluster_record_get_ballot (record)) == 0;
  const guint8 *known = is_shared ? weft_record_core_get_leaf (core, purpose, network) : NULL;
  g_autoptr (GString) text = NULL;

  if (known != NULL)
    {
      memcpy (leaf, known, WEFT_SHA256_BYTES);
      return;
    }

  text = make_vote_text (purpose, network, record, vote);
  weft_signature_hash_leaf (text->str, text->len, leaf);
  if (is_shared)
    weft_record_core_set_leaf (core, purpose, network, leaf);
}

gboolean
weft_vote_check (WeftVote          *vote,
                 WeftPurpose        purpose,
                 WeftClusterRecord *record,
                 WeftPeerId        *signer,
                 const WeftVerify  *verify)
{
  WeftSignature *signature;
  guint8 leaf[WEFT_SHA256_BYTES];

  g_assert (verify != NULL);

  signature = weft_vote_get_signature (vote);
  if (signature == NULL || !weft_cluster_record_has_peer (record, signer))
    return FALSE;
  make_leaf (purpose, verify->network, record, vote, leaf);

  return check_signature (signature, leaf, signer, verify);
}

/* Whether `needed` of the peers validly approved. */
static gboolean
check_approvals (WeftClusterRecord *record,
                 WeftPurpose        purpose,
                 guint              needed,
                 const WeftVerify  *verify)
{
  GPtrArray *peers = weft_cluster_record_get_peers (record);
  guint n_valid = 0;

  for (guint i = 0; i < peers->len && n_valid < needed; i++)
    {
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));
      WeftVote *vote = purpose == WEFT_PURPOSE_COMMIT
                         ? weft_cluster_record_get_commit (record, i)
                         : weft_cluster_record_get_promise (record, i);

      if (vote != NULL &&
          weft_vote_get_vote_type (vote) == WEFT_VOTE_APPROVE &&
          (weft_vote_check (vote, purpose, record, peer_id, verify) ||
           WEFT_BUG (VOTES_UNCHECKED)))
        n_valid++;
    }

  return n_valid >= needed;
}

gboolean
weft_record_check_promises (WeftClusterRecord *record,
                            const WeftVerify  *verify)
{
  guint needed = weft_cluster_record_get_promises_needed (record);

  if (weft_cluster_record_get_n_promises (record) < needed)
    return FALSE;

  return check_approvals (record, WEFT_PURPOSE_PROMISE, needed, verify);
}

gboolean
weft_record_check_commits (WeftClusterRecord *record,
                           const WeftVerify  *verify)
{
  guint needed = weft_cluster_record_get_commits_needed (record);

  if (weft_cluster_record_get_n_commits (record) < needed)
    return FALSE;

  return check_approvals (record, WEFT_PURPOSE_COMMIT, needed, verify);
}

/* A lock of other peers proves nothing here: anybody can make up a cluster that agrees with him. */
static gboolean
check_lock (WeftPrepared      *prepared,
            WeftClusterRecord *lock,
            const WeftVerify  *verify)
{
  return g_str_equal (weft_cluster_record_get_membership (lock),
                      weft_prepared_get_membership (prepared)) &&
         weft_ballot_compare (weft_cluster_record_get_ballot (lock),
                              weft_prepared_get_ballot (prepared)) <= 0 &&
         weft_record_check_promises (lock, verify);
}

gboolean
weft_prepared_check (WeftPrepared     *prepared,
                     WeftPeerId       *signer,
                     const WeftVerify *verify)
{
  WeftSignature *signature;
  g_autoptr (GString) text = NULL;
  guint8 leaf[WEFT_SHA256_BYTES];
  WeftClusterRecord *checked = NULL;

  g_assert (verify != NULL);

  signature = weft_prepared_get_signature (prepared);
  if (signature == NULL)
    return FALSE;
  text = make_prepared_text (verify->network, prepared);
  weft_signature_hash_leaf (text->str, text->len, leaf);
  if (!check_signature (signature, leaf, signer, verify) && !WEFT_BUG (STATEMENTS_UNCHECKED))
    return FALSE;

  for (guint i = 0; i < weft_prepared_get_n_slots (prepared); i++)
    {
      const WeftSlotState *state = weft_prepared_get_state (prepared, i);

      /* The slots of one record share its lock. */
      if (state->lock == NULL || state->lock == checked)
        continue;
      if (!check_lock (prepared, state->lock, verify))
        return FALSE;
      checked = state->lock;
    }

  return TRUE;
}

static gboolean
covers_slots (WeftPrepared *prepared,
              GPtrArray    *slots)
{
  for (guint i = 0; i < slots->len; i++)
    if (weft_prepared_find (prepared, g_ptr_array_index (slots, i)) == NULL)
      return FALSE;

  return TRUE;
}

/* The answers that count: (element-type WeftPrepared), borrowed. */
static GPtrArray *
find_valid_answers (WeftClusterRecord *record,
                    const WeftVerify  *verify)
{
  GPtrArray *peers = weft_cluster_record_get_peers (record);
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  GPtrArray *answers = g_ptr_array_new ();

  for (guint i = 0; i < peers->len; i++)
    {
      WeftPrepared *prepared = weft_cluster_record_get_prepared (record, i);
      WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i));

      if (prepared != NULL &&
          weft_ballot_compare (weft_prepared_get_ballot (prepared),
                               weft_cluster_record_get_ballot (record)) == 0 &&
          g_str_equal (weft_prepared_get_membership (prepared),
                       weft_cluster_record_get_membership (record)) &&
          covers_slots (prepared, slots) &&
          weft_prepared_check (prepared, peer_id, verify))
        g_ptr_array_add (answers, prepared);
    }

  return answers;
}

/* Whether the highest lock of a slot, if it has one, is on the message of the record. There may be
 * two at that ballot: members let go of a message that lost another of its slots, and then voted
 * for one that does not claim that. Either will do: the answers cannot justify the dead one in the
 * slot that it lost. */
static gboolean
check_highest_lock (WeftClusterRecord *record,
                    WeftSlot          *slot,
                    GPtrArray         *answers)
{
  WeftBallot *highest = NULL;
  gboolean is_ours = TRUE;

  for (guint i = 0; i < answers->len; i++)
    {
      const WeftSlotState *state = weft_prepared_find (g_ptr_array_index (answers, i), slot);
      WeftBallot *ballot;
      gboolean is_this;
      int order;

      if (state->lock == NULL)
        continue;
      ballot = weft_cluster_record_get_ballot (state->lock);
      is_this = g_str_equal (weft_cluster_record_get_message_hash (state->lock),
                             weft_cluster_record_get_message_hash (record));
      order = highest != NULL ? weft_ballot_compare (ballot, highest) : 1;
      if (order < 0)
        continue;
      is_ours = is_this || (order == 0 && is_ours);
      highest = ballot;
    }

  return is_ours;
}

gboolean
weft_record_check_justification (WeftClusterRecord *record,
                                 const WeftVerify  *verify)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  g_autoptr (GPtrArray) answers = NULL;

  g_assert (verify != NULL);

  if (weft_ballot_get_number (weft_cluster_record_get_ballot (record)) == 0)
    return TRUE;
  answers = find_valid_answers (record, verify);
  if (answers->len < weft_cluster_record_get_promises_needed (record))
    return FALSE;
  if (WEFT_BUG (LOCK_IGNORED))
    return TRUE;
  for (guint i = 0; i < slots->len; i++)
    if (!check_highest_lock (record, g_ptr_array_index (slots, i), answers))
      return FALSE;

  return TRUE;
}
