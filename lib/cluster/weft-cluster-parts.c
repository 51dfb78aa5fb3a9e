/* weft-cluster-parts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weft-admission-private.h"
#include "weft-cluster-parts-private.h"
#include "weft-cluster-record-private.h"
#include "weft-error.h"
#include "weft-thresholds.h"

/* A certificate of three is seen by each member about four times within a few seconds. */
#define VERIFIED_MAX 8192
/* A vote of this node comes back to it within a round trip. */
#define OWN_SIGNATURES_MAX 1024
/* Of what this node expects, this part has to be there, and so much may differ: two sets that are
 * admitted also have to share a member, whoever of them decides. */
#define ADMITTED_PART 0.75
#define TOLERATED_PART 0.25

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

static gboolean
verify_signature (gpointer    data,
                  WeftPeerId *signer,
                  GBytes     *text,
                  GBytes     *signature)
{
  WeftClusterParts *self = data;
  GBytes *own = g_hash_table_lookup (self->own_signatures, text);

  if (own != NULL && weft_peer_id_equal (signer, self->peer_id)
      && g_bytes_equal (own, signature))
    return TRUE;

  weft_cluster_parts_count (self, "signatures-checked");
  return weft_verifier_verify_bytes (self->verifier, signer, text, signature);
}

WeftClusterParts *
weft_cluster_parts_new (WeftStorageRepo *repo,
                        WeftKeyNetwork  *key_network,
                        WeftTransport   *transport,
                        WeftIdentity    *identity,
                        const char      *network,
                        const char      *prefix,
                        WeftRandom      *random,
                        WeftVerifier    *verifier)
{
  WeftClusterParts *self = g_new0 (WeftClusterParts, 1);
  WeftVerify verify;

  self->ref_count = 1;
  self->identity = g_object_ref (identity);
  self->peer_id = weft_identity_get_peer_id (identity);
  self->network = g_strdup (network);
  self->prefix = g_strdup (prefix);
  self->clock = g_object_ref (weft_storage_repo_get_clock (repo));
  self->random = g_object_ref (random);
  self->transport = g_object_ref (transport);
  self->key_network = g_object_ref (key_network);
  self->repo = g_object_ref (repo);
  self->storage = weft_storage_repo_get_storage (repo);
  self->verifier = g_object_ref (verifier);
  self->own_signatures = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                                (GDestroyNotify) g_bytes_unref,
                                                (GDestroyNotify) g_bytes_unref);
  verify = (WeftVerify) { self->network, verify_signature, self };
  self->cache = weft_verify_cache_new (&verify, VERIFIED_MAX);
  self->verify = weft_verify_cache_get_verify (self->cache);
  self->known = weft_known_records_new ();
  self->pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) g_ptr_array_unref);
  self->chance = weft_random_next (random);
  self->super_majority = WEFT_SUPER_MAJORITY_DEFAULT;
  self->cluster_min = 1;
  self->counters = g_tree_new_full (compare_names, NULL, NULL, g_free);

  return self;
}

WeftClusterParts *
weft_cluster_parts_ref (WeftClusterParts *self)
{
  self->ref_count++;

  return self;
}

void
weft_cluster_parts_unref (WeftClusterParts *self)
{
  if (--self->ref_count > 0)
    return;

  g_tree_unref (self->counters);
  weft_known_records_free (self->known);
  g_hash_table_unref (self->pins);
  weft_verify_cache_free (self->cache);
  g_hash_table_unref (self->own_signatures);
  g_object_unref (self->verifier);
  g_object_unref (self->repo);
  g_object_unref (self->key_network);
  g_object_unref (self->transport);
  g_object_unref (self->random);
  g_object_unref (self->clock);
  g_object_unref (self->identity);
  g_free (self->prefix);
  g_free (self->network);
  g_free (self);
}

GBytes *
weft_cluster_parts_sign (WeftClusterParts *self,
                         GBytes           *text)
{
  GBytes *signature = weft_identity_sign (self->identity, text);

  weft_cluster_parts_count (self, "signatures-made");
  if (g_hash_table_size (self->own_signatures) == OWN_SIGNATURES_MAX)
    g_hash_table_remove_all (self->own_signatures);
  g_hash_table_replace (self->own_signatures, g_bytes_ref (text), g_bytes_ref (signature));

  return signature;
}

/* splitmix64 */
guint32
weft_cluster_parts_get_chance (WeftClusterParts *self)
{
  guint64 mixed = self->chance += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  mixed = (mixed ^ (mixed >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  mixed = (mixed ^ (mixed >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return (guint32) (mixed >> 32);
}

gint64
weft_cluster_parts_get_now (WeftClusterParts *self)
{
  return weft_clock_get_monotonic (self->clock);
}

gint64
weft_cluster_parts_get_real_msec (WeftClusterParts *self)
{
  return weft_clock_get_real (self->clock) / G_TIME_SPAN_MILLISECOND;
}

void
weft_cluster_parts_count (WeftClusterParts *self,
                          const char       *counter)
{
  guint64 *count = g_tree_lookup (self->counters, counter);

  if (count == NULL)
    {
      count = g_new0 (guint64, 1);
      g_tree_insert (self->counters, (gpointer) counter, count);
    }
  (*count)++;
}

guint64
weft_cluster_parts_get_count (WeftClusterParts *self,
                              const char       *counter)
{
  const guint64 *count = g_tree_lookup (self->counters, counter);

  return count != NULL ? *count : 0;
}

void
weft_cluster_parts_refuse (WeftClusterParts *self,
                           WeftPeerId       *peer_id,
                           const char       *counter,
                           const GError     *error)
{
  guint64 n;

  weft_cluster_parts_count (self, counter);
  n = weft_cluster_parts_get_count (self, counter);
  /* The first, the second, the fourth… */
  if ((n & (n - 1)) == 0)
    g_message ("%s: %s, %" G_GUINT64_FORMAT " of that kind: %s", weft_peer_id_get_text (peer_id),
               counter, n, error->message);
}

void
weft_cluster_parts_report (WeftClusterParts *self,
                           WeftPeerId       *peer_id,
                           const char       *reason,
                           JsonNode         *proof)
{
  weft_cluster_parts_count (self, "lies");
  if (self->report != NULL)
    self->report (self->report_data, peer_id, reason, proof);
}

JsonNode *
weft_cluster_parts_make_counters (WeftClusterParts *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  for (GTreeNode *node = g_tree_node_first (self->counters); node != NULL;
       node = g_tree_node_next (node))
    {
      json_builder_set_member_name (builder, g_tree_node_key (node));
      json_builder_add_int_value (builder, *(guint64 *) g_tree_node_value (node));
    }
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

/* Of two sorted lists, how many peers are in one of them only. */
static guint
count_differences (GPtrArray *a,
                   GPtrArray *b)
{
  guint n_both = 0;
  guint i = 0;
  guint j = 0;

  while (i < a->len && j < b->len)
    {
      int order
          = weft_peer_id_compare (weft_cluster_peer_get_peer_id (g_ptr_array_index (a, i)),
                                  weft_cluster_peer_get_peer_id (g_ptr_array_index (b, j)));

      if (order == 0)
        n_both++;
      if (order <= 0)
        i++;
      if (order >= 0)
        j++;
    }

  return a->len + b->len - 2 * n_both;
}

static gboolean
is_admitted (WeftClusterParts *self,
             GPtrArray        *peers,
             GPtrArray        *cohort,
             gboolean          is_confident)
{
  /* Who sees only a part of the network must not take it for the whole. */
  guint expected = is_confident ? cohort->len : MAX (cohort->len, self->cluster_min);

  return peers->len >= (guint) ceil (ADMITTED_PART * expected)
         && count_differences (peers, cohort) <= (guint) ceil (TOLERATED_PART * expected)
         && weft_admission_check (peers, cohort, self->super_majority);
}

const char *
weft_cluster_parts_admit (gpointer            data,
                          GPtrArray          *peers,
                          const char * const *block_ids)
{
  WeftClusterParts *self = data;

  if (peers->len < self->cluster_min)
    return "not-admitted";

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      gboolean is_confident = FALSE;
      g_autoptr(GPtrArray) cohort
          = weft_key_network_get_cohort (self->key_network, block_ids[i], &is_confident);

      if (!is_admitted (self, peers, cohort, is_confident))
        return "not-admitted";
    }

  return NULL;
}

const char *
weft_cluster_parts_admit_target (WeftClusterParts *self,
                                 GPtrArray        *peers,
                                 const char       *block_id)
{
  gboolean is_confident = FALSE;
  g_autoptr(GPtrArray) target
      = weft_key_network_get_target (self->key_network, block_id, &is_confident);

  return peers->len >= self->cluster_min && is_admitted (self, peers, target, is_confident)
           ? NULL : "not-admitted";
}

gboolean
weft_cluster_parts_is_in (WeftClusterParts *self,
                          GPtrArray        *peers)
{
  for (guint i = 0; i < peers->len; i++)
    if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)),
                            self->peer_id))
      return TRUE;

  return FALSE;
}

gboolean
weft_cluster_parts_check_votes (WeftClusterParts  *self,
                                WeftClusterRecord *certificate,
                                GError           **error)
{
  WeftRepoMessage *message = weft_cluster_record_get_message (certificate);

  if (weft_repo_message_get_operation (message) != WEFT_REPO_OPERATION_COMMIT)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                 "expected the certificate of a commit, got one of something else");
  else if (weft_cluster_record_get_n_commits (certificate)
             < weft_cluster_record_get_commits_needed (certificate)
           || !weft_record_check_commits (certificate, &self->verify))
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                 "expected %u valid commits of action %s, got fewer",
                 weft_cluster_record_get_commits_needed (certificate),
                 weft_commit_request_get_action_id (weft_repo_message_get_commit (message)));
  else
    return TRUE;

  return FALSE;
}
