/* test-cluster-values.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cluster-fixture.h"

#include "weft-error.h"
#include "weft-thresholds.h"

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *json = weft_json_parse (text, -1, &error);

  g_assert_no_error (error);
  return json;
}

/* What was written reads as the same, and costs nothing to write again. */
static void
assert_request_travels (WeftClusterRequest *request)
{
  g_autofree char *text = weft_cluster_request_to_string (request);
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterRequest) again = weft_cluster_request_from_json (json, &error);
  g_autofree char *text_again = NULL;

  g_assert_no_error (error);
  g_assert_true (weft_cluster_request_equal (request, again));
  text_again = weft_cluster_request_to_string (again);
  g_assert_cmpstr (text, ==, text_again);
}

static void
assert_answer_travels (WeftClusterAnswer *answer)
{
  g_autofree char *text = weft_cluster_answer_to_string (answer);
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterAnswer) again = weft_cluster_answer_from_json (json, &error);

  g_assert_no_error (error);
  g_assert_true (weft_cluster_answer_equal (answer, again));
  g_assert_cmpint (weft_cluster_answer_get_kind (answer), ==,
                   weft_cluster_answer_get_kind (again));
}

static void
test_phases (void)
{
  g_autoptr (WeftClusterRecord) asked = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (asked, 0x7);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (promised, 0xd);
  g_autoptr (WeftClusterRecord) certificate = weft_cluster_record_to_certificate (decided);
  g_autoptr (WeftClusterRecord) lock = weft_cluster_record_to_lock (decided);

  g_test_summary ("A record collects promises, then commits; its certificate and its lock are it "
                  "with only those.");

  g_assert_cmpuint (weft_cluster_record_get_promises_needed (asked), ==, 3);
  g_assert_cmpuint (weft_cluster_record_get_commits_needed (asked), ==, 3);
  g_assert_cmpuint (weft_cluster_record_get_n_promises (asked), ==, 0);
  g_assert_cmpuint (weft_cluster_record_get_n_promises (promised), ==, 3);
  g_assert_cmpuint (weft_cluster_record_get_n_commits (promised), ==, 0);
  g_assert_cmpuint (weft_cluster_record_get_n_promises (decided), ==, 3);
  g_assert_cmpuint (weft_cluster_record_get_n_commits (decided), ==, 3);
  g_assert_cmpuint (weft_cluster_record_get_n_promises (certificate), ==, 0);
  g_assert_cmpuint (weft_cluster_record_get_n_commits (certificate), ==, 3);
  g_assert_cmpuint (weft_cluster_record_get_n_commits (lock), ==, 0);
  g_assert_true (weft_cluster_record_equal (lock, promised));

  g_assert_true (weft_record_check_promises (promised, fixture_verify ()));
  g_assert_false (weft_record_check_commits (promised, fixture_verify ()));
  g_assert_true (weft_record_check_commits (certificate, fixture_verify ()));
  g_assert_cmpstr (weft_cluster_record_get_message_hash (certificate), ==,
                   weft_cluster_record_get_message_hash (asked));
}

static void
test_travel (void)
{
  g_autoptr (WeftClusterRecord) asked = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (asked, 0x7);
  g_autoptr (WeftClusterRequest) update = weft_cluster_request_new_update (promised);
  g_autoptr (WeftBallot) ballot = weft_ballot_new (1, fixture_peer_id (2));
  g_autoptr (WeftPrepared) prepared = fixture_prepared (1, asked, ballot, promised);
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_new_prepared (prepared);
  g_autoptr (WeftClusterAnswer) applied = weft_cluster_answer_new_applied ();
  g_autoptr (WeftClusterAnswer) conflict = weft_cluster_answer_new_conflict (ballot);
  g_autoptr (WeftClusterAnswer) decided = weft_cluster_answer_new_decided (promised);

  g_test_summary ("Requests and answers are read as what was written.");

  assert_request_travels (update);
  assert_answer_travels (answer);
  assert_answer_travels (applied);
  assert_answer_travels (conflict);
  assert_answer_travels (decided);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/values/phases", test_phases);
  g_test_add_func ("/cluster/values/travel", test_travel);

  return g_test_run ();
}
