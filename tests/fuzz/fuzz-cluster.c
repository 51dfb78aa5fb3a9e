/* fuzz-cluster.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one member of a cluster sends another is a request or an answer that can be written, and
 * read as the same, or is refused with an error that can be printed. Whatever it is, its votes can
 * be checked.
 */

#include "config.h"

#include <string.h>

#include "fuzz-target.h"
#include "weft-cluster-answer-private.h"
#include "weft-cluster-request-private.h"
#include "weft-error.h"
#include "weft-vote-text-private.h"

static void
check_error (const GError *error)
{
  g_assert_true (error != NULL && error->domain == WEFT_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static gboolean
verify_some (gpointer    data,
             WeftPeerId *signer,
             GBytes     *text,
             GBytes     *signature)
{
  const guint8 *bytes = g_bytes_get_data (signature, NULL);

  return bytes[0] % 2 == 0;
}

static void
check_record (WeftClusterRecord *record)
{
  const WeftVerify verify = { "fuzz", verify_some, NULL };
  guint n_peers = weft_cluster_record_get_n_peers (record);
  g_autoptr (WeftClusterRecord) certificate = weft_cluster_record_to_certificate (record);
  g_autoptr (WeftClusterRecord) lock = weft_cluster_record_to_lock (record);
  g_autofree char *lock_text = weft_cluster_record_to_string (lock);
  g_autoptr (WeftTape) tape = weft_tape_read_own (lock_text, strlen (lock_text));
  g_autoptr (WeftClusterRecord) lock_again
      = weft_cluster_record_read_lock (weft_tape_get_root (tape), NULL, NULL);

  g_assert_true (n_peers >= 1 && n_peers <= 64);
  g_assert_true (weft_cluster_record_get_n_promises (record) <= n_peers);
  g_assert_true (lock_again != NULL);
  if (weft_record_check_commits (record, &verify))
    g_assert_true (weft_record_check_commits (certificate, &verify));
  g_assert_true (weft_record_check_promises (record, &verify) ==
                 weft_record_check_promises (lock, &verify));
  if (weft_record_check_justification (record, &verify))
    g_assert_true (weft_cluster_record_has_justification (record) ||
                   weft_ballot_get_number (weft_cluster_record_get_ballot (record)) == 0);
}

/* A tree is read as the text that it was made of is. Of what is wrong either names one, as members
 * may come in another order. */
static void
check_request (const WeftItem *item,
               JsonNode       *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) tree_error = NULL;
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_read (item, &error);
  g_autoptr (WeftClusterRequest) of_tree = weft_cluster_request_from_json (json, &tree_error);
  g_autoptr (WeftClusterRequest) again = NULL;
  g_autoptr (JsonNode) written = NULL;

  g_assert_true ((request == NULL) == (of_tree == NULL));
  if (request == NULL)
    {
      check_error (error);
      check_error (tree_error);
      return;
    }
  written = weft_cluster_request_to_json (request);
  again = weft_cluster_request_from_json (written, &error);
  g_assert_true (again != NULL);
  g_assert_true (weft_cluster_request_equal (request, again));
  g_assert_true (weft_cluster_request_equal (request, of_tree));
  if (weft_cluster_request_get_kind (request) == WEFT_CLUSTER_UPDATE)
    check_record (weft_cluster_request_get_record (request));
}

static void
check_answer (const WeftItem *item,
              JsonNode       *json)
{
  const WeftVerify verify = { "fuzz", verify_some, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) tree_error = NULL;
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_read (item, &error);
  g_autoptr (WeftClusterAnswer) of_tree = weft_cluster_answer_from_json (json, &tree_error);
  g_autoptr (WeftClusterAnswer) again = NULL;
  g_autoptr (JsonNode) written = NULL;

  g_assert_true ((answer == NULL) == (of_tree == NULL));
  if (answer == NULL)
    {
      check_error (error);
      check_error (tree_error);
      return;
    }
  written = weft_cluster_answer_to_json (answer);
  again = weft_cluster_answer_from_json (written, &error);
  g_assert_true (again != NULL);
  g_assert_true (weft_cluster_answer_equal (answer, again));
  g_assert_true (weft_cluster_answer_equal (answer, of_tree));
  if (weft_cluster_answer_get_record (answer) != NULL)
    check_record (weft_cluster_answer_get_record (answer));
  if (weft_cluster_answer_get_prepared (answer) != NULL)
    {
      WeftPrepared *prepared = weft_cluster_answer_get_prepared (answer);
      WeftPeerId *signer = weft_ballot_get_peer_id (weft_prepared_get_ballot (prepared));

      g_assert_true (weft_prepared_get_n_slots (prepared) >= 1);
      weft_prepared_check (prepared, signer, &verify);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (JsonNode) json = weft_json_parse ((const char *) data, size, NULL);
  g_autoptr (WeftTape) tape = weft_tape_read_text ((const char *) data, size, NULL, NULL);

  g_assert_true ((json == NULL) == (tape == NULL));
  if (tape != NULL)
    {
      check_request (weft_tape_get_root (tape), json);
      check_answer (weft_tape_get_root (tape), json);
    }

  return 0;
}
