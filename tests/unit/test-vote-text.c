/* test-vote-text.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cluster-fixture.h"

#include "weft-json-private.h"
#include "weft-verify-cache-private.h"

#include <string.h>

static char *
to_text (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return g_strndup (data, size);
}

static void
test_text (void)
{
  g_autoptr (WeftClusterRecord) first = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftBallot) ballot = weft_ballot_new (3, fixture_peer_id (1));
  g_autoptr (WeftClusterRecord) record = weft_cluster_record_with_ballot (first, ballot, NULL);
  g_autoptr (WeftVote) vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL);
  g_autoptr (GBytes) promise = weft_vote_text_new (WEFT_PURPOSE_PROMISE, "net\"1\"", first, vote);
  g_autoptr (GBytes) commit = weft_vote_text_new (WEFT_PURPOSE_COMMIT, "net", record, vote);
  g_autofree char *promise_text = to_text (promise);
  g_autofree char *commit_text = to_text (commit);
  g_autofree char *digest = weft_sha256_base64url ("{\"type\":\"approve\"}", 18);
  g_autofree char *expected = NULL;
  g_autofree char *expected_commit = NULL;

  g_test_summary ("The text of a vote is canonical JSON of all that it depends on.");

  expected = g_strdup_printf ("[\"weft/promise/1\",\"net\\\"1\\\"\",\"%s\",[0],\"approve\",\"%s\"]",
                              weft_cluster_record_get_message_hash (first), digest);
  g_assert_cmpstr (promise_text, ==, expected);
  expected_commit = g_strdup_printf ("[\"weft/commit/1\",\"net\",\"%s\",[3,\"%s\"],\"approve\","
                                     "\"%s\"]", weft_cluster_record_get_message_hash (first),
                                     weft_peer_id_get_text (fixture_peer_id (1)), digest);
  g_assert_cmpstr (commit_text, ==, expected_commit);
}

static gboolean
is_good (WeftVote          *vote,
         WeftPurpose        purpose,
         WeftClusterRecord *record,
         guint              signer,
         const char        *network)
{
  WeftVerify verify = *fixture_verify ();

  verify.network = network;
  return weft_vote_check (vote, purpose, record, fixture_peer_id (signer), &verify);
}

static void
test_tampered (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftClusterRecord) other = fixture_record ("a2", "b", 4, 4);
  g_autoptr (WeftClusterRecord) larger = fixture_record ("a", "b", 4, 5);
  g_autoptr (WeftBallot) ballot = weft_ballot_new (1, fixture_peer_id (1));
  g_autoptr (WeftClusterRecord) later = weft_cluster_record_with_ballot (record, ballot, NULL);
  const char *detail = "{\"a\":1}";
  g_autoptr (WeftVote) plain = weft_vote_new (WEFT_VOTE_REJECT, "stale", NULL, NULL, detail);
  g_autoptr (WeftVote) vote = fixture_sign_vote (2, WEFT_PURPOSE_PROMISE, record, plain);
  g_autoptr (WeftVote) kind = weft_vote_new (WEFT_VOTE_CONFLICT, "stale", NULL, NULL, detail);
  g_autoptr (WeftVote) reason = weft_vote_new (WEFT_VOTE_REJECT, "behind", NULL, NULL, detail);
  g_autoptr (WeftVote) bare = weft_vote_new (WEFT_VOTE_REJECT, "stale", NULL, NULL, NULL);
  WeftVote *changed[] = { kind, reason, bare };

  g_test_summary ("A signature is on one vote of one peer, on one record at one ballot, in one "
                  "network, for one purpose.");

  g_assert_true (is_good (vote, WEFT_PURPOSE_PROMISE, record, 2, FIXTURE_NETWORK));
  g_assert_false (is_good (vote, WEFT_PURPOSE_COMMIT, record, 2, FIXTURE_NETWORK));
  g_assert_false (is_good (vote, WEFT_PURPOSE_PROMISE, record, 2, "other"));
  g_assert_false (is_good (vote, WEFT_PURPOSE_PROMISE, record, 1, FIXTURE_NETWORK));
  g_assert_false (is_good (vote, WEFT_PURPOSE_PROMISE, record, 4, FIXTURE_NETWORK));
  g_assert_false (is_good (vote, WEFT_PURPOSE_PROMISE, other, 2, FIXTURE_NETWORK));
  g_assert_false (is_good (vote, WEFT_PURPOSE_PROMISE, larger, 2, FIXTURE_NETWORK));
  g_assert_false (is_good (vote, WEFT_PURPOSE_PROMISE, later, 2, FIXTURE_NETWORK));
  g_assert_false (is_good (plain, WEFT_PURPOSE_PROMISE, record, 2, FIXTURE_NETWORK));
  for (guint i = 0; i < G_N_ELEMENTS (changed); i++)
    {
      g_autoptr (WeftVote) forged = weft_vote_new_signed (changed[i],
                                                          weft_vote_get_signature (vote));

      g_assert_false (is_good (forged, WEFT_PURPOSE_PROMISE, record, 2, FIXTURE_NETWORK));
    }
}

static GPtrArray *
make_texts (guint n_texts)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < n_texts; i++)
    g_ptr_array_add (texts, g_bytes_new_take (g_strdup_printf ("text %05u", i), 10));

  return texts;
}

static GBytes *
compute_root (WeftSignature *signature,
              GBytes        *text)
{
  guint8 hash[WEFT_SHA256_BYTES];
  gsize size;
  const char *data = g_bytes_get_data (text, &size);

  weft_signature_compute_root (signature, data, size, hash);

  return g_bytes_new (hash, sizeof hash);
}

static void
test_tree (void)
{
  static const guint sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 31, 100, 257 };
  guint8 zeros[WEFT_SIGNATURE_BYTES] = { 0 };
  g_autoptr (GBytes) signature = g_bytes_new (zeros, sizeof zeros);

  g_test_summary ("The path of each text leads to the root, and that of another does not.");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GPtrArray) texts = make_texts (sizes[i]);
      g_autoptr (GBytes) root = NULL;
      g_autoptr (GPtrArray) paths = weft_signature_plan (texts, &root);

      g_assert_cmpuint (paths->len, ==, sizes[i]);
      for (guint j = 0; j < sizes[i]; j++)
        {
          g_autoptr (WeftSignature) signed_text = weft_signature_new (signature,
                                                                      paths->pdata[j]);
          g_autoptr (GBytes) found = compute_root (signed_text, texts->pdata[j]);
          g_autoptr (GBytes) wrong = compute_root (signed_text, texts->pdata[(j + 1) % sizes[i]]);

          g_assert_true (g_bytes_equal (found, root));
          g_assert_true (sizes[i] == 1 || !g_bytes_equal (wrong, root));
        }
    }
}

static void
test_tree_vector (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GBytes) root = NULL;
  guint8 left[WEFT_SHA256_BYTES];
  guint8 node[1 + 2 * WEFT_SHA256_BYTES] = { 1 };
  guint8 expected[WEFT_SHA256_BYTES];

  g_test_summary ("A leaf is the hash of 0 and the text, a node that of 1 and two hashes.");

  g_ptr_array_add (texts, g_bytes_new ("a", 1));
  g_ptr_array_add (texts, g_bytes_new ("b", 1));
  paths = weft_signature_plan (texts, &root);
  weft_sha256 ("\0a", 2, left);
  memcpy (node + 1, left, sizeof left);
  weft_sha256 ("\0b", 2, node + 1 + WEFT_SHA256_BYTES);
  weft_sha256 (node, sizeof node, expected);
  g_assert_cmpmem (g_bytes_get_data (root, NULL), g_bytes_get_size (root), expected,
                   sizeof expected);
}

static void
test_tree_limit (void)
{
  g_autoptr (GPtrArray) texts = make_texts (WEFT_SIGNATURE_TEXTS_MAX);
  g_autoptr (GBytes) root = NULL;
  g_autoptr (GPtrArray) paths = weft_signature_plan (texts, &root);

  g_test_summary ("As many texts as one signature takes have paths that can be read.");

  g_assert_cmpuint (g_bytes_get_size (paths->pdata[0]), ==,
                    WEFT_SIGNATURE_STEPS_MAX * (1 + WEFT_SHA256_BYTES));
}

static void
test_two_in_one (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftClusterRecord) other = fixture_record ("a2", "c", 4, 4);
  g_autoptr (WeftVote) vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL);
  g_autoptr (WeftVote) single = fixture_sign_vote (1, WEFT_PURPOSE_PROMISE, record, vote);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) paths = NULL;
  g_autoptr (GBytes) root = NULL;
  g_autoptr (WeftSignature) alone = NULL;
  g_autoptr (WeftVerifyCache) cache = weft_verify_cache_new (fixture_verify (), 2);
  const WeftVerify cached = weft_verify_cache_get_verify (cache);

  g_test_summary ("Two votes under one signature are both good, each with its own path; a path or "
                  "a signature of elsewhere is not.");

  g_ptr_array_add (texts, weft_vote_text_new (WEFT_PURPOSE_PROMISE, FIXTURE_NETWORK, record, vote));
  g_ptr_array_add (texts, weft_vote_text_new (WEFT_PURPOSE_PROMISE, FIXTURE_NETWORK, other, vote));
  paths = weft_signature_plan (texts, &root);
  alone = fixture_sign_root (1, root);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) bytes
          = g_bytes_new (weft_signature_get_bytes (alone), WEFT_SIGNATURE_BYTES);
      g_autoptr (GBytes) others
          = g_bytes_new (weft_signature_get_bytes (weft_vote_get_signature (single)),
                         WEFT_SIGNATURE_BYTES);
      g_autoptr (WeftSignature) right = weft_signature_new (bytes, paths->pdata[i]);
      g_autoptr (WeftSignature) wrong = weft_signature_new (bytes, paths->pdata[1 - i]);
      g_autoptr (WeftSignature) foreign = weft_signature_new (others, paths->pdata[i]);
      g_autoptr (WeftVote) good = weft_vote_new_signed (vote, right);
      g_autoptr (WeftVote) swapped = weft_vote_new_signed (vote, wrong);
      g_autoptr (WeftVote) pathless = weft_vote_new_signed (vote, alone);
      g_autoptr (WeftVote) mixed = weft_vote_new_signed (vote, foreign);
      WeftClusterRecord *voted = i == 0 ? record : other;
      WeftVote *bad[] = { swapped, pathless, mixed };

      /* That the good one is known makes the others no better, nor another signer. */
      for (guint j = 0; j < 2; j++)
        g_assert_true (weft_vote_check (good, WEFT_PURPOSE_PROMISE, voted, fixture_peer_id (1),
                                        &cached));
      for (guint j = 0; j < G_N_ELEMENTS (bad); j++)
        g_assert_false (weft_vote_check (bad[j], WEFT_PURPOSE_PROMISE, voted, fixture_peer_id (1),
                                         &cached));
      g_assert_false (weft_vote_check (good, WEFT_PURPOSE_PROMISE, voted, fixture_peer_id (2),
                                       &cached));
      g_assert_false (weft_vote_check (good, WEFT_PURPOSE_COMMIT, voted, fixture_peer_id (1),
                                       &cached));

      g_assert_true (is_good (good, WEFT_PURPOSE_PROMISE, voted, 1, FIXTURE_NETWORK));
      g_assert_false (is_good (swapped, WEFT_PURPOSE_PROMISE, voted, 1, FIXTURE_NETWORK));
      g_assert_false (is_good (pathless, WEFT_PURPOSE_PROMISE, voted, 1, FIXTURE_NETWORK));
      g_assert_false (is_good (mixed, WEFT_PURPOSE_PROMISE, voted, 1, FIXTURE_NETWORK));
    }
}

static void
test_counts (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftClusterRecord) other = fixture_record ("a2", "b", 4, 4);
  g_autoptr (WeftClusterRecord) three = fixture_promised (record, 0x7);
  g_autoptr (WeftClusterRecord) two = fixture_promised (record, 0x3);
  g_autoptr (WeftVote) reject = weft_vote_new (WEFT_VOTE_REJECT, "stale", NULL, NULL, NULL);
  g_autoptr (WeftVote) no = fixture_sign_vote (2, WEFT_PURPOSE_PROMISE, record, reject);
  g_autoptr (WeftVote) foreign = fixture_approve (2, WEFT_PURPOSE_PROMISE, other);
  g_autoptr (WeftVote) commit = fixture_approve (2, WEFT_PURPOSE_COMMIT, record);
  WeftVote *third[] = { NULL, no, foreign, commit };

  g_test_summary ("Only valid approvals of this record count.");

  g_assert_true (weft_record_check_promises (three, fixture_verify ()));
  g_assert_false (weft_record_check_promises (two, fixture_verify ()));
  g_assert_false (weft_record_check_commits (three, fixture_verify ()));
  for (guint i = 0; i < G_N_ELEMENTS (third); i++)
    {
      WeftVote *votes[] = { weft_cluster_record_get_promise (two, 0),
                            weft_cluster_record_get_promise (two, 1), third[i], NULL };
      g_autoptr (WeftClusterRecord) mixed = weft_cluster_record_with_votes (record, votes, NULL);

      g_assert_false (weft_record_check_promises (mixed, fixture_verify ()));
    }
}

static gboolean
count_and_verify (gpointer    data,
                  WeftPeerId *signer,
                  GBytes     *text,
                  GBytes     *signature)
{
  guint *n_verified = data;

  (*n_verified)++;
  return fixture_verify ()->verify (NULL, signer, text, signature);
}

static void
test_cache (void)
{
  guint n_verified = 0;
  WeftVerify counting = { FIXTURE_NETWORK, count_and_verify, &n_verified };
  g_autoptr (WeftVerifyCache) cache = weft_verify_cache_new (&counting, 3);
  WeftVerify verify = weft_verify_cache_get_verify (cache);
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (record, 0x7);
  g_autoptr (WeftVote) fourth = fixture_approve (3, WEFT_PURPOSE_PROMISE, record);

  g_test_summary ("What was found valid is not verified again, until three others were; what was "
                  "not is.");

  g_assert_true (weft_record_check_promises (promised, &verify));
  g_assert_true (weft_record_check_promises (promised, &verify));
  g_assert_cmpuint (n_verified, ==, 3);
  g_assert_cmpuint (weft_verify_cache_get_n_checks (cache), ==, 6);
  g_assert_cmpuint (weft_verify_cache_get_n_hits (cache), ==, 3);

  /* The fourth takes the place of the first. */
  g_assert_true (weft_vote_check (fourth, WEFT_PURPOSE_PROMISE, record, fixture_peer_id (3),
                                  &verify));
  g_assert_cmpuint (weft_verify_cache_get_n_known (cache), ==, 3);
  g_assert_true (weft_vote_check (weft_cluster_record_get_promise (promised, 1),
                                  WEFT_PURPOSE_PROMISE, record, fixture_peer_id (1), &verify));
  g_assert_cmpuint (n_verified, ==, 4);
  g_assert_true (weft_vote_check (weft_cluster_record_get_promise (promised, 0),
                                  WEFT_PURPOSE_PROMISE, record, fixture_peer_id (0), &verify));
  g_assert_cmpuint (n_verified, ==, 5);

  for (guint i = 0; i < 2; i++)
    g_assert_false (weft_vote_check (fourth, WEFT_PURPOSE_COMMIT, record, fixture_peer_id (3),
                                     &verify));
  g_assert_cmpuint (n_verified, ==, 7);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vote-text/text", test_text);
  g_test_add_func ("/vote-text/tampered", test_tampered);
  g_test_add_func ("/vote-text/tree", test_tree);
  g_test_add_func ("/vote-text/tree-vector", test_tree_vector);
  g_test_add_func ("/vote-text/tree-limit", test_tree_limit);
  g_test_add_func ("/vote-text/two-in-one", test_two_in_one);
  g_test_add_func ("/vote-text/counts", test_counts);
  g_test_add_func ("/vote-text/cache", test_cache);

  return g_test_run ();
}
