/* test-cluster-values.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "cluster-fixture.h"

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-repo-message-private.h"
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

/* A record is kept and sent as text that no tree was built for. */
static void
assert_text (WeftClusterRecord *record)
{
  g_autoptr (GString) written = g_string_new (NULL);
  g_autofree char *text = weft_cluster_record_to_string (record);
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (WeftClusterRecord) again = weft_cluster_record_from_json (json, NULL);

  weft_cluster_record_append (record, written);
  g_assert_cmpstr (written->str, ==, text);
  g_string_truncate (written, 0);
  weft_cluster_record_append (again, written);
  g_assert_cmpstr (written->str, ==, text);
}

/* The members the other way round. */
static JsonNode *
turn_around (JsonNode *json)
{
  g_autoptr (GList) names = NULL;
  g_autoptr (JsonObject) object = NULL;
  JsonNode *turned;

  if (!JSON_NODE_HOLDS_OBJECT (json))
    return json_node_copy (json);

  names = g_list_reverse (json_object_get_members (json_node_get_object (json)));
  object = json_object_new ();
  for (GList *link = names; link != NULL; link = link->next)
    json_object_set_member (object, link->data,
                            turn_around (json_object_get_member (json_node_get_object (json),
                                                                 link->data)));
  turned = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (turned, object);

  return turned;
}

/* With spaces and lines, and nothing where it should be: what others send may look like that. */
static void
assert_understood (WeftClusterRecord *record)
{
  g_autofree char *text = weft_cluster_record_to_string (record);
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (JsonNode) turned = turn_around (json);
  g_autofree char *untidy = json_to_string (turned, TRUE);
  g_autoptr (WeftTape) tape = weft_tape_read_text (untidy, strlen (untidy), NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterRecord) again
      = weft_cluster_record_read (weft_tape_get_root (tape), NULL, &error);
  g_autofree char *text_again = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (untidy, !=, text);
  text_again = weft_cluster_record_to_string (again);
  g_assert_cmpstr (text_again, ==, text);
  g_assert_cmpstr (weft_cluster_record_get_message_hash (again), ==,
                   weft_cluster_record_get_message_hash (record));
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

static void
assert_not_request (const char *text,
                    const char *message)
{
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (GError) error = NULL;

  g_assert_null (weft_cluster_request_from_json (json, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_pends (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("one", "a", 4, 3);
  g_autoptr (WeftPendRequest) pend = fixture_pend ("one", "a");
  g_autoptr (GPtrArray) pends = g_ptr_array_new ();
  g_autoptr (WeftClusterRequest) plain = weft_cluster_request_new_update (record);
  g_autoptr (WeftClusterRequest) with = NULL;
  g_autoptr (WeftClusterRequest) without = NULL;
  g_autoptr (GString) many = g_string_new ("{\"pends\":[0");
  g_autofree char *record_text = weft_cluster_record_to_string (record);
  g_autofree char *pend_text = weft_pend_request_to_string (pend);
  g_autofree char *expected
      = g_strdup_printf ("{\"pends\":[%s],\"update\":%s}", pend_text, record_text);
  g_autofree char *none = g_strdup_printf ("{\"pends\":[],\"update\":%s}", record_text);
  g_autofree char *bad = g_strdup_printf ("{\"pends\":[{}],\"update\":%s}", record_text);
  g_autofree char *more
      = g_strdup_printf ("{\"pends\":[%s],\"then\":0,\"update\":%s}", pend_text, record_text);
  g_autofree char *text = NULL;

  g_test_summary ("1 to 16 pends stand beside an update, and beside nothing else.");

  without = weft_cluster_request_new_update_with (record, pends);
  g_assert_null (weft_cluster_request_get_pends (without));
  g_assert_true (weft_cluster_request_equal (without, plain));
  g_ptr_array_add (pends, pend);
  with = weft_cluster_request_new_update_with (record, pends);
  text = weft_cluster_request_to_string (with);
  g_assert_cmpstr (text, ==, expected);
  g_assert_true (g_ptr_array_index (weft_cluster_request_get_pends (with), 0) == pend);
  assert_request_travels (with);

  for (guint i = 0; i < 16; i++)
    g_string_append (many, ",0");
  g_string_append_printf (many, "],\"update\":%s}", record_text);
  assert_not_request (many->str, "pends: expected 1 to 16 pends, got 17");
  assert_not_request (none, "pends: expected 1 to 16 pends, got 0");
  assert_not_request (bad, "pends[0].actionId: expected a string, got nothing");
  assert_not_request (more, "expected one of update, prepare, latest and pend");
  assert_not_request ("{\"latest\":{\"blockIds\":[\"b\"]},\"pends\":[]}",
                      "expected one of update, prepare, latest and pend");
  assert_not_request ("{\"pends\":[]}", "expected one of update, prepare, latest and pend");
}

/* A pend request of a pend for each pair of ids; NULL for a cancel. */
static char *
make_pend_text (const char *const *ids)
{
  GString *text = g_string_new ("{\"pend\":{\"membership\":\"");

  g_string_append (text, "1zLXFaEpENjl0cTgRtzlx2D0wLve_d6-njBqRx7vuOs\",\"messages\":[");
  for (guint i = 0; ids[i] != NULL; i += 2)
    {
      g_autoptr (WeftPendRequest) pend = fixture_pend (ids[i], ids[i + 1]);
      g_autoptr (WeftRepoMessage) message = weft_repo_message_new_pend (pend, i);
      g_autofree char *message_text = weft_repo_message_to_string (message);

      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", message_text);
    }
  g_string_append (text, "]}}");

  return g_string_free (text, FALSE);
}

static void
test_pend_each (void)
{
  g_autofree char *good = make_pend_text ((const char *const[]) { "x", "a", "y", "b", NULL });
  g_autofree char *same_action
      = make_pend_text ((const char *const[]) { "x", "a", "x", "b", NULL });
  g_autofree char *same_block
      = make_pend_text ((const char *const[]) { "x", "a", "y", "a", NULL });
  g_autofree char *none = make_pend_text ((const char *const[]) { NULL });
  g_autoptr (JsonNode) json = parse (good);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_from_json (json, &error);
  g_autoptr (WeftClusterRequest) again = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("Pends that share a request are of different actions and blocks.");

  g_assert_no_error (error);
  g_assert_cmpint (weft_cluster_request_get_kind (request), ==, WEFT_CLUSTER_PEND);
  g_assert_null (weft_cluster_request_get_record (request));
  g_assert_cmpuint (weft_cluster_request_get_messages (request)->len, ==, 2);
  again = weft_cluster_request_new_pend (weft_cluster_request_get_membership (request),
                                         weft_cluster_request_get_messages (request));
  text = weft_cluster_request_to_string (again);
  g_assert_cmpstr (text, ==, good);
  assert_request_travels (request);

  assert_not_request (none, "pend.messages: expected 1 to 16 messages, got 0");
  assert_not_request (same_action, "pend.messages: expected different actions, got x twice");
  assert_not_request (same_block, "pend.messages: expected different blocks, got a twice");
  assert_not_request ("{\"pend\":{\"membership\":\"x\",\"messages\":[]}}",
                      "pend.membership: expected a SHA-256 as base64url");
  assert_not_request ("{\"pend\":{\"membership\":\"1zLXFaEpENjl0cTgRtzlx2D0wLve_d6-njBqRx7vuOs\","
                      "\"messages\":[{\"operations\":[{\"cancel\":{\"actionRef\":"
                      "{\"actionId\":\"x\",\"blockIds\":[\"a\"]}}}]}]}}",
                      "pend.messages: expected nothing but pends");
}

static void
assert_not_pended (const char *text,
                   const char *message)
{
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (GError) error = NULL;

  g_assert_null (weft_cluster_answer_from_json (json, &error));
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_pended (void)
{
  const char *text = "{\"pended\":[true,false,{\"blockIds\":[\"b\"],\"pending\":[{\"actionId\":"
                     "\"other\",\"blockId\":\"b\"}],\"success\":true}]}";
  g_autoptr (JsonNode) json = parse (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_from_json (json, &error);
  g_autofree char *written = NULL;
  GPtrArray *results;

  g_test_summary ("What each pend came to: so, not so, or so beside others.");

  g_assert_no_error (error);
  results = weft_cluster_answer_get_results (answer);
  g_assert_cmpuint (results->len, ==, 3);
  g_assert_true (weft_pend_result_is_success (g_ptr_array_index (results, 0)));
  g_assert_null (g_ptr_array_index (results, 1));
  g_assert_cmpuint (weft_pend_result_get_pending (g_ptr_array_index (results, 2))->len, ==, 1);
  written = weft_cluster_answer_to_string (answer);
  g_assert_cmpstr (written, ==, text);

  assert_not_pended ("{\"pended\":[]}", "pended: expected 1 to 16 results, got 0");
  assert_not_pended ("{\"pended\":[1]}", "pended[0]: expected an object, got a number");
  assert_not_pended ("{\"pended\":[true,{\"reason\":\"late\",\"success\":false}]}",
                     "pended[1]: expected a success, true or false");
}

static void
test_group (void)
{
  const char *const ids_of_one[] = { "d", "a", NULL };
  const char *const ids_of_two[] = { "c", NULL };
  const gint64 bases_of_one[] = { 4, 2 };
  const gint64 bases_of_two[] = { 7 };
  g_autoptr (WeftRepoMessage) one = fixture_commit ("one", ids_of_one, bases_of_one, 5, 0);
  g_autoptr (WeftRepoMessage) two = fixture_commit ("two", ids_of_two, bases_of_two, 8, 0);
  g_autoptr (WeftRepoMessage) bare = NULL;
  g_autoptr (GPtrArray) commits = g_ptr_array_new ();
  g_autoptr (WeftCommitRequest) commit = NULL;
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftClusterRecord) record = NULL;
  g_autoptr (WeftClusterRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *slots;

  g_test_summary ("The slots of a record are those of all its commits, each of which is complete.");

  g_ptr_array_add (commits, weft_repo_message_get_commit (one));
  g_ptr_array_add (commits, weft_repo_message_get_commit (two));
  message = weft_repo_message_new_commits (commits, 99);
  record = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);
  g_assert_no_error (error);
  slots = weft_cluster_record_get_slots (record);
  g_assert_cmpuint (slots->len, ==, 3);
  g_assert_cmpstr (weft_slot_get_block_id (g_ptr_array_index (slots, 0)), ==, "a");
  g_assert_cmpint (weft_slot_get_base (g_ptr_array_index (slots, 0)), ==, 2);
  g_assert_cmpstr (weft_slot_get_block_id (g_ptr_array_index (slots, 1)), ==, "c");
  g_assert_cmpint (weft_slot_get_base (g_ptr_array_index (slots, 1)), ==, 7);
  g_assert_cmpstr (weft_slot_get_block_id (g_ptr_array_index (slots, 2)), ==, "d");
  request = weft_cluster_request_new_update (record);
  assert_request_travels (request);
  assert_text (record);

  commit = weft_commit_request_new ("bare", ids_of_two, 8, NULL);
  g_ptr_array_index (commits, 1) = commit;
  bare = weft_repo_message_new_commits (commits, 99);
  g_assert_null (weft_cluster_record_new (bare, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "message: expected a commit with base and digest of each block");
}

static void
test_pin (void)
{
  const char *block_ids[] = { "b", NULL };
  const gint64 bases[] = { 4 };
  g_autoptr (GPtrArray) old_peers = fixture_peers (3);
  g_autoptr (GPtrArray) new_peers = fixture_peers (4);
  g_autoptr (WeftRepoMessage) stay = fixture_commit ("a", block_ids, bases, 5, 0);
  g_autoptr (WeftRepoMessage) move = NULL;
  g_autoptr (WeftCommitRequest) back = NULL;
  g_autoptr (WeftClusterRecord) staying = NULL;
  g_autoptr (WeftClusterRecord) moving = NULL;
  g_autoptr (WeftClusterRecord) of_new = NULL;

  g_test_summary ("Who keeps a block once a record is decided: the cluster that its commit names, "
                  "else its own peers.");

  g_ptr_array_remove_index (new_peers, 0);
  move = fixture_move (stay, new_peers);
  staying = weft_cluster_record_new (stay, old_peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
  moving = weft_cluster_record_new (move, old_peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
  of_new = weft_cluster_record_new (stay, new_peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);

  g_assert_null (weft_commit_request_get_cluster (weft_repo_message_get_commit (stay)));
  g_assert_cmpuint (
      weft_commit_request_get_cluster (weft_repo_message_get_commit (move))->len, ==, 3);
  g_assert_cmpstr (weft_cluster_record_get_pin (staying), ==,
                   weft_cluster_record_get_membership (staying));
  g_assert_cmpstr (weft_cluster_record_get_membership (moving), ==,
                   weft_cluster_record_get_membership (staying));
  g_assert_cmpstr (weft_cluster_record_get_pin (moving), ==,
                   weft_cluster_record_get_membership (of_new));
  g_assert_cmpstr (weft_cluster_record_get_message_hash (moving), !=,
                   weft_cluster_record_get_message_hash (staying));

  back = weft_commit_request_with_cluster (weft_repo_message_get_commit (move), NULL, NULL);
  g_assert_true (weft_commit_request_equal (back, weft_repo_message_get_commit (stay)));
}

static void
test_bad_cluster (void)
{
  const char *block_ids[] = { "b", NULL };
  g_autoptr (WeftCommitRequest) commit = weft_commit_request_new ("a", block_ids, 1, NULL);
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  g_autoptr (GPtrArray) twice = fixture_peers (1);
  g_autoptr (GPtrArray) most = fixture_peers (WEFT_LIMIT_RECORD_PEERS_MAX);
  g_autoptr (GPtrArray) too_many = fixture_peers (WEFT_LIMIT_RECORD_PEERS_MAX + 1);
  g_autoptr (WeftCommitRequest) moved = NULL;

  g_test_summary ("A cluster has 1 to 64 peers, each once, as a record has.");

  g_ptr_array_add (twice, weft_cluster_peer_ref (g_ptr_array_index (twice, 0)));
  g_assert_null (weft_commit_request_with_cluster (commit, nobody, NULL));
  g_assert_null (weft_commit_request_with_cluster (commit, twice, NULL));
  g_assert_null (weft_commit_request_with_cluster (commit, too_many, NULL));
  moved = weft_commit_request_with_cluster (commit, most, NULL);
  g_assert_nonnull (moved);
}

static void
test_text (void)
{
  g_autoptr (WeftClusterRecord) asked = fixture_record ("a \"quoted\" one", "b\\c", 4, 4);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (asked, 0x7);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (promised, 0xd);
  g_autoptr (WeftClusterRecord) certificate = weft_cluster_record_to_certificate (decided);
  g_autoptr (WeftBallot) ballot = weft_ballot_new (3, fixture_peer_id (1));
  g_autoptr (WeftPrepared) prepared = fixture_prepared (2, asked, ballot, promised);
  WeftPrepared *answers[4] = { NULL, NULL, prepared };
  g_autoptr (WeftClusterRecord) recovered = NULL;
  g_autoptr (WeftVote) no = weft_vote_new (WEFT_VOTE_REJECT, "stale",
                                           weft_cluster_record_get_message_hash (asked), ballot,
                                           "{\"a\":{},\"z\":[1,\"\\n\"]}");
  g_autoptr (WeftVote) signed_no = NULL;
  g_autoptr (WeftClusterRecord) rejected = NULL;
  WeftVote *votes[4] = { NULL };

  g_test_summary ("A record is written as text, with and without a tree, in the same words, "
                  "however it came.");

  recovered = weft_cluster_record_with_ballot (asked, ballot, answers);
  signed_no = fixture_sign_vote (1, WEFT_PURPOSE_PROMISE, asked, no);
  votes[1] = signed_no;
  rejected = weft_cluster_record_with_votes (asked, votes, NULL);
  assert_text (asked);
  assert_text (promised);
  assert_text (decided);
  assert_text (certificate);
  assert_text (recovered);
  assert_text (rejected);
  assert_understood (decided);
  assert_understood (recovered);
  assert_understood (rejected);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/values/phases", test_phases);
  g_test_add_func ("/cluster/values/travel", test_travel);
  g_test_add_func ("/cluster/values/text", test_text);
  g_test_add_func ("/cluster/values/pends", test_pends);
  g_test_add_func ("/cluster/values/group", test_group);
  g_test_add_func ("/cluster/values/pend-each", test_pend_each);
  g_test_add_func ("/cluster/values/pended", test_pended);
  g_test_add_func ("/cluster/values/pin", test_pin);
  g_test_add_func ("/cluster/values/bad-cluster", test_bad_cluster);

  return g_test_run ();
}
