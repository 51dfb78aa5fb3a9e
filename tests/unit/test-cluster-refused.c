/* test-cluster-refused.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "cluster-fixture.h"

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-multiaddr.h"
#include "weft-thresholds.h"

#include <string.h>

#define STRANGER 64

typedef gpointer (*Reader) (JsonNode *json, GError **error);

/* What a document becomes when a text in it is another, and what is said of that. */
typedef struct
{
  const char *from;
  const char *to;
  const char *message; /* its beginning */
} Change;

static char *
replace (const char *text,
         const char *from,
         const char *to)
{
  const char *at = strstr (text, from);
  g_autofree char *head = NULL;

  if (at == NULL)
    g_error ("%s is not in %s", from, text);
  head = g_strndup (text, at - text);

  return g_strconcat (head, to, at + strlen (from), NULL);
}

static void
assert_refused (const char *text,
                Reader      read,
                const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, &error);

  g_assert_no_error (error);
  g_assert_null (read (json, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == WEFT_ERROR);
  if (!g_str_has_prefix (error->message, message))
    g_error ("“%s” does not begin with “%s”", error->message, message);
}

static void
assert_changes_refused (const char   *text,
                        Reader        read,
                        const Change *changes,
                        guint         n_changes)
{
  for (guint i = 0; i < n_changes; i++)
    {
      g_autofree char *changed = replace (text, changes[i].from, changes[i].to);

      assert_refused (changed, read, changes[i].message);
    }
}

/* Each member in turn is not there, null, and of another type. */
static void
assert_members_required (const char *text,
                         Reader      read,
                         const char *names)
{
  g_auto (GStrv) all = g_strsplit (names, " ", -1);

  for (guint i = 0; all[i] != NULL; i++)
    {
      g_autoptr (JsonNode) json = weft_json_parse (text, -1, NULL);
      static const char *const others[] = { NULL, "null", "{\"other\":[]}" };

      for (guint j = 0; j < G_N_ELEMENTS (others); j++)
        {
          g_autoptr (JsonObject) object = json_object_new ();
          g_autoptr (JsonNode) changed = json_node_alloc ();
          g_autofree char *changed_text = NULL;
          JsonObjectIter iter;
          const char *name;
          JsonNode *member;

          json_object_iter_init_ordered (&iter, json_node_get_object (json));
          while (json_object_iter_next_ordered (&iter, &name, &member))
            if (!g_str_equal (name, all[i]))
              json_object_set_member (object, name, json_node_ref (member));
            else if (others[j] != NULL)
              json_object_set_member (object, name, weft_json_parse (others[j], -1, NULL));
          json_node_init_object (changed, object);
          changed_text = weft_json_to_string (changed);
          assert_refused (changed_text, read, all[i]);
        }
    }
}

static void
test_record (void)
{
  g_autoptr (WeftClusterRecord) asked = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (asked, 0x1);
  g_autofree char *text = weft_cluster_record_to_string (promised);
  const char *first = weft_peer_id_get_text (fixture_peer_id (0));
  const char *stranger = weft_peer_id_get_text (fixture_peer_id (STRANGER));
  g_autofree char *named = g_strdup_printf ("\"promises\":{\"%s\"", first);
  g_autofree char *strange = g_strdup_printf ("\"promises\":{\"%s\"", stranger);
  g_autofree char *strange_path = g_strdup_printf ("promises.%s: expected the name", stranger);
  g_autofree char *approval_path = g_strdup_printf ("promises.%s: expected an approval", first);
  g_autofree char *signature_path = g_strdup_printf ("promises.%s: expected a signature", first);
  g_autofree char *vote = weft_vote_to_string (weft_cluster_record_get_promise (promised, 0));
  g_autofree char *votes = g_strdup_printf ("{\"%s\":%s}", first, vote);
  const Change changes[] = {
    { "\"version\":2", "\"version\":3", "version: expected 2, got 3" },
    { "\"version\":2", "\"version\":2,\"more\":1", "more: expected no such member" },
    { "\"messageHash\":\"z", "\"messageHash\":\"z2", "messageHash: expected the hash" },
    { "\"membership\":\"", "\"membership\":\"x", "membership: expected the hash" },
    { "\"superMajority\":0.75", "\"superMajority\":1.5", "policy.superMajority: expected a num" },
    { "\"superMajority\":0.75", "\"superMajority\":-1", "policy.superMajority: expected a num" },
    { "\"superMajority\":0.75", "\"superMajority\":\"1\"", "policy.superMajority: expected a num" },
    { "\"superMajority\":0.75", "\"superMajority\":1", "messageHash: expected the hash" },
    { "\"superMajority\"", "\"x\":1,\"superMajority\"", "policy.x: expected no such member" },
    { "\"ballot\":[0]", "\"ballot\":[]", "ballot: expected [0] or" },
    { "\"ballot\":[0]", "\"ballot\":[-1]", "ballot[0]: expected" },
    { "\"ballot\":[0]", "\"ballot\":[1]", "ballot: expected [0] or" },
    { "\"ballot\":[0]", "\"ballot\":[1,\"me\"]", "ballot[1]: expected a peer id" },
    { "\"ballot\":[0]", "\"ballot\":[9007199254740991,\"me\"]", "ballot[0]: expected" },
    { "\"ballot\":[0]", "\"ballot\":[0],\"justification\":{}", "justification: expected nothing" },
    { "\"rev\":5", "\"rev\":6", "messageHash: expected the hash" },
    { "\"rev\":5", "\"rev\":4", "message: expected a commit above the base" },
    { "\"b\":4", "\"b\":-1", "message.operations[0].commit.bases.b: expected" },
    { "\"b\":4", "\"c\":4", "message.operations[0].commit.bases.c: expected a block of" },
    { "\"bases\":{\"b\":4},", "", "message: expected a commit with base and digest" },
    { "\"addrs\":[]", "\"addrs\":[1]", "peers." },
    { "\"addrs\":[]", "\"addrs\":[],\"x\":1", "peers." },
    { named, strange, strange_path },
    { vote, "\"\"", signature_path },
    { vote, "\"maybe\"", signature_path },
    { vote, "{\"type\":\"approve\",\"signature\":\"x\"}", approval_path },
    { votes, "{}", "promises: expected votes, or no such member" },
  };

  g_test_summary ("A record with anything wrong in it is refused, and the member is named.");

  assert_changes_refused (text, (Reader) weft_cluster_record_from_json, changes,
                          G_N_ELEMENTS (changes));
  assert_members_required (text, (Reader) weft_cluster_record_from_json,
                           "version messageHash message peers membership policy ballot");
}

static void
test_vote (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftBallot) above = weft_ballot_new (7, fixture_peer_id (1));
  g_autoptr (WeftVote) plain = weft_vote_new (WEFT_VOTE_CONFLICT, "held",
                                              weft_cluster_record_get_message_hash (record), above,
                                              "{\"why\":1}");
  g_autoptr (WeftVote) vote = fixture_sign_vote (0, WEFT_PURPOSE_PROMISE, record, plain);
  g_autofree char *text = weft_vote_to_string (vote);
  const Change changes[] = {
    { "\"conflict\"", "\"approve\"", "expected an approval without" },
    { "\"conflict\"", "\"Conflict\"", "type: expected one of" },
    { "\"held\"", "\"\"", "reason: expected a word" },
    { "\"held\"", "\"not so\"", "reason: expected a word" },
    { "\"with\":\"z", "\"with\":\"y", "with: expected the hash of a message" },
    { "\"with\":\"z", "\"with\":\"z1111111111111111111111111111", "with: expected the hash" },
    { "\"above\":[7,", "\"above\":[7,1,", "above: expected [0] or" },
    { "{\"why\":1}", "null", "detail: expected a value, got null" },
    { "\"signature\"", "\"path\":\"\",\"signature\"", "path: expected 1 to 16 steps" },
    { "\"signature\"", "\"path\":[],\"signature\"", "path: expected a string" },
    { "\"signature\"", "\"path\":\"AQAA\",\"signature\"", "path: expected 1 to 16 steps" },
    { "\"signature\"",
      "\"path\":\"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"signature\"",
      "path: expected 1 to 16 steps" },
  };

  g_test_summary ("A vote with anything wrong in it is refused; one with nothing wrong says what "
                  "was meant.");

  assert_changes_refused (text, (Reader) weft_vote_from_json, changes, G_N_ELEMENTS (changes));
  assert_members_required (text, (Reader) weft_vote_from_json, "type signature");
  g_assert_cmpstr (weft_vote_get_reason (vote), ==, "held");
  g_assert_cmpint (weft_ballot_compare (weft_vote_get_above (vote), above), ==, 0);
  g_assert_cmpstr (weft_vote_get_detail (vote), ==, "{\"why\":1}");
}

static void
test_prepare (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftBallot) ballot = weft_ballot_new (3, fixture_peer_id (1));
  g_autoptr (WeftPrepare) prepare = weft_prepare_new (weft_cluster_record_get_slots (record),
                                                      weft_cluster_record_get_peers (record), 0.75,
                                                      ballot);
  g_autofree char *text = weft_prepare_to_string (prepare);
  const Change changes[] = {
    { "\"ballot\":[3,", "\"ballot\":[0],\"x\":[3,", "x: expected no such member" },
    { "[[\"b\",4]]", "[]", "slots: expected 1 to 256 slots, got 0" },
    { "[[\"b\",4]]", "[[\"b\",4],[\"b\",4]]", "slots: expected each slot once, in order" },
    { "[[\"b\",4]]", "[[\"b\",4],[\"a\",4]]", "slots: expected each slot once, in order" },
    { "[\"b\",4]", "[\"b\"]", "slots[0]: expected [block id,base]" },
    { "[\"b\",4]", "[\"\",4]", "slots[0][0]: expected 1 to 256 bytes" },
    { "[\"b\",4]", "[\"b\",-4]", "slots[0][1]: expected" },
  };

  g_test_summary ("What prepares a ballot names slots, each once and in order, and a ballot above "
                  "the first.");

  assert_changes_refused (text, (Reader) weft_prepare_from_json, changes, G_N_ELEMENTS (changes));
  assert_members_required (text, (Reader) weft_prepare_from_json,
                           "slots peers membership policy ballot");
}

static void
test_prepared (void)
{
  g_autoptr (WeftClusterRecord) asked = fixture_record ("a", "b", 4, 4);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (asked, 0x7);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (promised, 0x7);
  g_autofree char *decided_text = weft_cluster_record_to_string (decided);
  g_autofree char *promised_text = weft_cluster_record_to_string (promised);
  g_autoptr (WeftBallot) ballot = weft_ballot_new (3, fixture_peer_id (1));
  g_autoptr (WeftPrepared) prepared = fixture_prepared (0, asked, ballot, promised);
  g_autofree char *text = weft_prepared_to_string (prepared);
  const Change changes[] = {
    { "\"slot\":[\"b\",4]", "\"slot\":[\"b\",5]", "slots[0].lock: expected a record that claims" },
    { "\"slot\":", "\"vote\":{\"ballot\":[0]},\"slot\":", "slots[0].vote.messageHash: expected" },
    { "\"slot\":", "\"vote\":{\"messageHash\":\"z\"},\"slot\":", "slots[0].vote.ballot: expected" },
    { "\"slot\":", "\"more\":1,\"slot\":", "slots[0].more: expected no such member" },
    { promised_text, decided_text, "slots[0].lock: expected a record without justification" },
    { promised_text, "0", "slots[0].lock: expected a record, or the index" },
    { promised_text, "1", "slots[0].lock: expected a record, or the index" },
  };

  g_test_summary ("An answer to a prepare has no lock on another slot, and none that has more than "
                  "its promises.");

  assert_changes_refused (text, (Reader) weft_prepared_from_json, changes, G_N_ELEMENTS (changes));
  assert_members_required (text, (Reader) weft_prepared_from_json,
                           "membership ballot slots signature");
}

static void
test_request (void)
{
  const Change changes[] = {
    { "latest", "oldest", "expected one of update, prepare, latest and pend" },
    { "{\"latest", "{\"update\":{},\"latest", "expected one of update, prepare, latest and pend" },
    { "[\"b\"]", "[]", "latest.blockIds: expected at least one block" },
    { "[\"b\"]", "[\"\"]", "latest.blockIds[0]: expected 1 to 256 bytes" },
    { "[\"b\"]", "[\"b\"],\"x\":1", "latest.x: expected no such member" },
    { "{\"latest\":{\"blockIds\":[\"b\"]}}", "[]", "expected an object" },
    { "{\"latest\":{\"blockIds\":[\"b\"]}}", "{\"update\":{}}", "update.version: expected" },
    { "{\"latest\":{\"blockIds\":[\"b\"]}}", "{\"prepare\":{}}", "prepare.slots: expected" },
  };

  g_test_summary ("A request is one of three.");

  assert_changes_refused ("{\"latest\":{\"blockIds\":[\"b\"]}}",
                          (Reader) weft_cluster_request_from_json, changes,
                          G_N_ELEMENTS (changes));
}

static void
test_answer (void)
{
  const char *text = "{\"states\":[{\"blockId\":\"b\",\"latest\":{\"actionId\":\"a\",\"rev\":1},"
                     "\"open\":[{\"slot\":[\"b\",1]}]}]}";
  const Change changes[] = {
    { "\"states\"", "\"state\"", "expected one answer" },
    { "\"rev\":1", "\"rev\":0", "states[0].latest.rev: expected" },
    { "[\"b\",1]", "[\"c\",1]", "states[0].open: expected slots of the block" },
    { "\"open\":[{\"slot\":[\"b\",1]}]", "\"open\":[]", "states[0].open: expected 1 to 256 slots" },
    { text, "{\"applied\":false}", "applied: expected true" },
    { text, "{\"applied\":1}", "applied: expected true" },
    { text, "{\"error\":{\"code\":\"failed\"}}", "error.message: expected" },
    { text, "{\"conflict\":[1]}", "conflict: expected [0] or" },
    { text, "{\"promise\":{}}", "promise.type: expected" },
    { text, "{\"commit\":[]}", "commit: expected an object" },
    { text, "{\"decided\":{}}", "decided.version: expected" },
    { text, "{\"prepared\":{}}", "prepared.membership: expected" },
  };
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, NULL);
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_from_json (json, NULL);
  g_autofree char *again = weft_cluster_answer_to_string (answer);

  g_test_summary ("An answer is one of eight.");

  g_assert_cmpstr (text, ==, again);
  assert_changes_refused (text, (Reader) weft_cluster_answer_from_json, changes,
                          G_N_ELEMENTS (changes));
}

static void
test_limits (void)
{
  g_autoptr (GPtrArray) most = fixture_peers (WEFT_LIMIT_RECORD_PEERS_MAX);
  g_autoptr (GPtrArray) too_many = fixture_peers (WEFT_LIMIT_RECORD_PEERS_MAX + 1);
  g_autoptr (GPtrArray) none = fixture_peers (0);
  g_autoptr (GPtrArray) twice = fixture_peers (2);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (
    (GDestroyNotify) weft_multiaddr_unref);
  g_autoptr (WeftClusterRecord) one = fixture_record ("a", "b", 4, 1);
  g_autoptr (WeftClusterRecord) record = NULL;
  g_autoptr (WeftClusterPeer) peer = NULL;
  WeftRepoMessage *message = weft_cluster_record_get_message (one);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *longer = NULL;

  g_test_summary ("A record has 1 to 64 peers, each once, and each has up to eight addresses.");

  record = weft_cluster_record_new (message, most, 0.75, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (weft_cluster_record_get_n_peers (record), ==, 64);
  g_assert_null (weft_cluster_record_new (message, too_many, 0.75, &error));
  g_assert_cmpstr (error->message, ==, "peers: expected 1 to 64 peers, got 65");
  g_clear_error (&error);
  g_assert_null (weft_cluster_record_new (message, none, 0.75, &error));
  g_assert_cmpstr (error->message, ==, "peers: expected 1 to 64 peers, got 0");
  g_clear_error (&error);
  g_ptr_array_add (twice, weft_cluster_peer_ref (g_ptr_array_index (twice, 0)));
  g_assert_null (weft_cluster_record_new (message, twice, 0.75, &error));
  g_assert_true (g_str_has_prefix (error->message, "peers: expected each peer once, got 12D3Koo"));

  for (guint i = 0; i < 9; i++)
    g_ptr_array_add (addresses, weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, i));
  peer = weft_cluster_peer_new (fixture_peer_id (0), addresses);
  g_assert_cmpuint (weft_cluster_peer_get_addresses (peer)->len, ==, 8);
  text = weft_cluster_peer_to_string (peer);
  longer = replace (text, "\"/sim/0\"", "\"/sim/0\",\"/sim/0\"");
  assert_refused (longer, (Reader) weft_cluster_peer_from_json,
                  "addrs: expected at most 8 addresses, got 9");
}

static void
test_pend_and_get (void)
{
  const char *block_ids[] = { "b", NULL };
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftBlockGets) gets = weft_block_gets_new (block_ids, NULL, NULL);
  g_autoptr (WeftRepoMessage) get = weft_repo_message_new_get (gets, 0);
  g_autoptr (WeftActionBlocks) action = weft_action_blocks_new ("a", block_ids, NULL);
  g_autoptr (WeftRepoMessage) cancel = weft_repo_message_new_cancel (action, 99);
  g_autoptr (WeftClusterRecord) record = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("A read is nothing to agree on; a cancel claims no slot.");

  g_assert_null (weft_cluster_record_new (get, peers, 0.75, &error));
  g_assert_cmpstr (error->message, ==, "message: expected a pend, a cancel or a commit");
  record = weft_cluster_record_new (cancel, peers, 0.75, NULL);
  g_assert_cmpuint (weft_cluster_record_get_slots (record)->len, ==, 0);
  g_assert_cmpint (weft_cluster_record_get_expiration (record), ==, 99);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/refused/record", test_record);
  g_test_add_func ("/cluster/refused/vote", test_vote);
  g_test_add_func ("/cluster/refused/prepare", test_prepare);
  g_test_add_func ("/cluster/refused/prepared", test_prepared);
  g_test_add_func ("/cluster/refused/request", test_request);
  g_test_add_func ("/cluster/refused/answer", test_answer);
  g_test_add_func ("/cluster/refused/limits", test_limits);
  g_test_add_func ("/cluster/refused/pend-and-get", test_pend_and_get);

  return g_test_run ();
}
