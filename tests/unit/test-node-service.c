/* test-node-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a node answers, seen by a client that writes the bodies by hand. */

#include "config.h"

#include "../contract/weft-node-pair.h"
#include "weft-json-private.h"

typedef struct
{
  WeftNodePair *pair;
  WeftPeerId *peer_id;
} Fixture;

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  fixture->pair = weft_node_pair_new (&weft_node_pair_loopback, NULL);
  fixture->peer_id = weft_identity_get_peer_id (weft_node_get_identity (fixture->pair->node));
  weft_remote_repo_connect_async (fixture->pair->repo, NULL, weft_test_await_cb, &result);
  weft_remote_repo_connect_finish (fixture->pair->repo, weft_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  user_data)
{
  weft_node_pair_free (fixture->pair);
}

/* The answer as text, or "CODE: MESSAGE" without the peer's id. */
static char *
ask_node (Fixture    *fixture,
          const char *protocol,
          JsonNode   *body)
{
  g_autofree char *prefix = g_strdup_printf ("%s: ", weft_peer_id_get_text (fixture->peer_id));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;

  weft_transport_request_async (fixture->pair->client, fixture->peer_id, protocol, body, 0, NULL,
                                weft_test_await_cb, &result);
  answer = weft_transport_request_finish (fixture->pair->client, weft_test_await (&result), &error);
  if (answer != NULL)
    return weft_json_to_string (answer);

  g_assert_true (error->domain == WEFT_ERROR);
  g_assert_true (g_str_has_prefix (error->message, prefix));

  return g_strdup_printf ("%s: %s", weft_error_to_name (error->code),
                          error->message + strlen (prefix));
}

static char *
ask_text (Fixture    *fixture,
          const char *protocol,
          const char *body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = weft_json_parse (body, -1, &error);

  g_assert_no_error (error);

  return ask_node (fixture, protocol, node);
}

static void
expect (Fixture    *fixture,
        const char *protocol,
        const char *body,
        const char *expected)
{
  g_autofree char *answer = ask_text (fixture, protocol, body);

  g_assert_cmpstr (answer, ==, expected);
}

#define REPO "/db-p2p/repo/1.0.0"
#define SYNC "/db-p2p/sync/1.0.0"
#define NODE "/db-p2p/node/1.0.0"

#define BLOCK(id) "{\"header\":{\"id\":\"" id "\",\"type\":\"T\",\"collectionId\":\"c\"}}"
#define INSERT(id) \
  "{\"inserts\":{\"" id "\":" BLOCK (id) "},\"updates\":{},\"deletes\":[]}"
#define PEND(action, id) \
  "{\"operations\":[{\"pend\":{\"actionId\":\"" action "\",\"transforms\":" INSERT (id) \
  ",\"policy\":\"c\"}}]}"
#define PUT(action, id) \
  "{\"operations\":[{\"put\":{\"actionId\":\"" action "\",\"transforms\":" INSERT (id) \
  ",\"policy\":\"c\"}}]}"
#define COMMIT(action, id, rev) \
  "{\"operations\":[{\"commit\":{\"actionId\":\"" action "\",\"blockIds\":[\"" id "\"]," \
  "\"tailId\":\"" id "\",\"rev\":" rev "}}]}"

static void
put (Fixture    *fixture,
     const char *pend,
     const char *commit)
{
  g_autofree char *pended = ask_text (fixture, REPO, pend);

  g_assert_true (g_str_has_prefix (pended, "{\"blockIds\":"));
  expect (fixture, REPO, commit, "{\"success\":true}");
}

static void
test_service_repo (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_test_summary ("The repo service pends, commits, puts, gets and cancels.");

  put (fixture, PEND ("a1", "x"), COMMIT ("a1", "x", "1"));
  expect (fixture, REPO, "{\"operations\":[{\"get\":{\"blockIds\":[\"x\",\"y\"]}}]}",
          "{\"x\":{\"block\":{\"header\":{\"collectionId\":\"c\",\"id\":\"x\",\"type\":\"T\"}},"
          "\"materializedRev\":1,\"state\":{\"latest\":{\"actionId\":\"a1\",\"rev\":1}}},"
          "\"y\":{\"state\":{}}}");
  expect (fixture, REPO,
          "{\"operations\":[{\"cancel\":{\"actionRef\":{\"actionId\":\"a9\","
          "\"blockIds\":[\"x\"]}}}]}",
          "{}");
  expect (fixture, REPO, PUT ("a2", "z"), "{\"rev\":1,\"success\":true}");
  expect (fixture, REPO, PUT ("a2", "z"), "{\"rev\":1,\"success\":true}");
}

static void
test_service_bad_bodies (Fixture       *fixture,
                         gconstpointer  user_data)
{
  static const struct
  {
    const char *protocol;
    const char *body;
    const char *code;
    const char *part; /* of the message: the path, or what was expected */
  } cases[] = {
    { REPO, "{}", "invalid: ", "operations" },
    { REPO, "{\"operations\":[]}", "invalid: ", "operations" },
    { REPO, "{\"operations\":[{\"get\":{\"blockIds\":\"x\"}}]}", "invalid: ",
      "operations[0].get.blockIds" },
    { REPO, "{\"operations\":[{\"get\":{\"blockIds\":[\"\"]}}]}", "invalid: ",
      "operations[0].get.blockIds[0]" },
    { REPO, "{\"operations\":[{\"get\":{\"blockIds\":[\"x\"]}}],\"expiration\":\"soon\"}",
      "invalid: ", "expiration" },
    { REPO, "{\"operations\":[{\"get\":{\"blockIds\":[\"x\"]}}],\"expiration\":1}",
      "timed-out: ", "expected a message that has not expired" },
    { SYNC, "{}", "invalid: ", "blockId" },
    { SYNC, "{\"blockId\":1}", "invalid: ", "blockId" },
    { SYNC, "{\"blockId\":\"x\",\"rev\":0}", "invalid: ", "rev" },
    { SYNC, "{\"blockId\":\"\"}", "invalid: ", "blockId" },
    { SYNC, "{\"blockId\":\"x\",\"maxRevisions\":-1}", "invalid: ", "maxRevisions" },
    { SYNC, "{\"blockId\":\"x\",\"includePending\":1}", "invalid: ", "includePending" },
    { SYNC, "{\"vouch\":[]}", "invalid: ", "vouch" },
    { SYNC, "{\"vouch\":{\"rev\":1}}", "invalid: ", "vouch.blockId" },
    { SYNC, "{\"vouch\":{\"blockId\":\"A\",\"rev\":0}}", "invalid: ", "vouch.rev" },
    { SYNC, "{\"restore\":[]}", "invalid: ", "restore" },
    { SYNC, "{\"restore\":{}}", "invalid: ", "restore.archive" },
    { SYNC, "{\"restore\":{\"archive\":{\"blockId\":\"x\"}}}", "invalid: ", "revisions" },
    { SYNC, "{\"restore\":{\"archive\":{\"blockId\":\"x\",\"revisions\":{},\"range\":[1]}}}",
      "invalid: ", "x" },
    { SYNC, "{\"list\":{\"keeper\":\"me\"}}", "invalid: ", "list.keeper" },
    { SYNC, "{\"list\":[]}", "invalid: ", "list" },
    { SYNC, "{\"list\":{\"limit\":0}}", "invalid: ", "list.limit" },
    { SYNC, "{\"list\":{\"limit\":1001}}", "invalid: ", "list.limit" },
    { SYNC, "{\"list\":{\"after\":\"\\u0001\"}}", "invalid: ", "list.after" },
    { NODE, "{\"stats\":{}}", "invalid: ", "status, peers" },
    { NODE, "{\"status\":1}", "invalid: ", "status" },
    { "/db-p2p/cluster/1.0.0", "{}", "refused: ", "/db-p2p/cluster/1.0.0" },
  };

  g_test_summary ("A body that is not the shape is refused, naming the member by its path.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = ask_text (fixture, cases[i].protocol, cases[i].body);

      if (!g_str_has_prefix (answer, cases[i].code) || strstr (answer, cases[i].part) == NULL)
        {
          g_test_message ("%s %s: %s", cases[i].protocol, cases[i].body, answer);
          g_test_fail ();
        }
    }
}

static void
test_service_archive (Fixture       *fixture,
                      gconstpointer  user_data)
{
  g_autoptr(WeftBlockArchive) archive = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) absent = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("An archive has the revisions of a block; a block that is not here is no error.");

  put (fixture, PEND ("a1", "x"), COMMIT ("a1", "x", "4"));
  weft_remote_repo_read_archive_async (fixture->pair->repo, "x", 0, 10, TRUE, NULL,
                                       weft_test_await_cb, &result);
  archive = weft_remote_repo_read_archive_finish (fixture->pair->repo, weft_test_await (&result),
                                                  &error);
  g_assert_no_error (error);
  g_assert_cmpstr (weft_block_archive_get_block_id (archive), ==, "x");
  g_assert_nonnull (weft_block_archive_lookup (archive, 4));

  expect (fixture, SYNC, "{\"blockId\":\"nobody\"}", "{}");
  weft_remote_repo_read_archive_async (fixture->pair->repo, "nobody", 0, 0, FALSE, NULL,
                                       weft_test_await_cb, &absent);
  g_assert_null (weft_remote_repo_read_archive_finish (fixture->pair->repo,
                                                       weft_test_await (&absent), &error));
  g_assert_no_error (error);
}

static void
test_service_list (Fixture       *fixture,
                   gconstpointer  user_data)
{
  static const char *const expected[] = { "b", "é", NULL };
  g_autoptr(GAsyncResult) result = NULL;
  g_auto(GStrv) block_ids = NULL;
  g_autoptr(GError) error = NULL;
  gboolean has_more = TRUE;

  g_test_summary ("A list has the ids that are here, by their bytes, page by page.");

  expect (fixture, SYNC, "{\"list\":{}}", "{\"blockIds\":[],\"more\":false}");
  expect (fixture, SYNC, "{\"vouch\":{\"blockId\":\"A\",\"rev\":1}}", "{}");
  put (fixture, PEND ("a1", "é"), COMMIT ("a1", "é", "1"));
  put (fixture, PEND ("a2", "B"), COMMIT ("a2", "B", "2"));
  put (fixture, PEND ("a3", "b"), COMMIT ("a3", "b", "3"));

  expect (fixture, SYNC, "{\"list\":{\"limit\":1}}", "{\"blockIds\":[\"B\"],\"more\":true}");
  expect (fixture, SYNC, "{\"list\":{\"limit\":3}}",
          "{\"blockIds\":[\"B\",\"b\",\"é\"],\"more\":false}");

  weft_remote_repo_list_blocks_async (fixture->pair->repo, "B", 0, NULL, weft_test_await_cb,
                                      &result);
  block_ids = weft_remote_repo_list_blocks_finish (fixture->pair->repo, weft_test_await (&result),
                                                   &has_more, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (block_ids, expected);
  g_assert_false (has_more);
}

static void
test_service_status (Fixture       *fixture,
                     gconstpointer  user_data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) status = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *object;
  JsonObject *served;

  g_test_summary ("The status says who the node is and what it was asked.");

  expect (fixture, REPO, "{\"operations\":[{\"get\":{\"blockIds\":[\"x\"]}}]}",
          "{\"x\":{\"state\":{}}}");
  g_free (ask_text (fixture, REPO, "{}"));
  weft_remote_repo_get_status_async (fixture->pair->repo, NULL, weft_test_await_cb, &result);
  status = weft_remote_repo_get_status_finish (fixture->pair->repo, weft_test_await (&result),
                                               &error);
  g_assert_no_error (error);
  g_assert_true (json_node_is_immutable (status));

  object = json_node_get_object (status);
  g_assert_cmpstr (json_object_get_string_member (object, "peerId"), ==,
                   weft_peer_id_get_text (fixture->peer_id));
  g_assert_cmpstr (json_object_get_string_member (object, "network"), ==, "test");
  g_assert_cmpstr (json_object_get_string_member (object, "version"), ==, PACKAGE_VERSION);
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "running");
  g_assert_cmpint (json_object_get_int_member (object, "uptimeMs"), >=, 0);
  g_assert_cmpstr (json_object_get_string_member (json_object_get_object_member (object, "storage"),
                                                  "kind"), ==, "memory");
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "peers"),
                                               "notBoundToTls"), ==, 1);
  object = json_object_get_object_member (object, "requests");
  served = json_object_get_object_member (object, "served");
  g_assert_cmpint (json_object_get_int_member (served, "get"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (served, "other"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (json_object_get_object_member (object, "errors"),
                                               "invalid"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (object, "open"), ==, 1);
}

static void
test_service_peers (Fixture       *fixture,
                    gconstpointer  user_data)
{
  WeftIdentity *client =
    weft_channel_transport_get_identity (WEFT_CHANNEL_TRANSPORT (fixture->pair->client));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) peers = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *peer;

  g_test_summary ("The peers are those who are connected, the asker among them.");

  weft_remote_repo_list_peers_async (fixture->pair->repo, NULL, weft_test_await_cb, &result);
  peers = weft_remote_repo_list_peers_finish (fixture->pair->repo, weft_test_await (&result),
                                              &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_get_length (json_node_get_array (peers)), ==, 1);
  peer = json_array_get_object_element (json_node_get_array (peers), 0);
  g_assert_cmpstr (json_object_get_string_member (peer, "id"), ==,
                   weft_peer_id_get_text (weft_identity_get_peer_id (client)));
  g_assert_cmpstr (json_object_get_string_member (peer, "role"), ==, "client");
  g_assert_false (json_object_get_boolean_member (peer, "boundToTls"));
  g_assert_false (json_object_get_boolean_member (peer, "outbound"));
}

/* {"operations":[{"pend":…}]} of a block with one attribute of so many letters. */
static JsonNode *
make_large_pend (const char *id,
                 gsize       length)
{
  g_autofree char *letters = g_strnfill (length, 'x');
  g_autofree char *text = NULL;

  text = g_strdup_printf ("{\"operations\":[{\"pend\":{\"actionId\":\"a-%s\",\"transforms\":"
                          "{\"inserts\":{\"%s\":{\"header\":{\"id\":\"%s\",\"type\":\"T\","
                          "\"collectionId\":\"c\"},\"text\":\"%s\"}},\"updates\":{},"
                          "\"deletes\":[]},\"policy\":\"c\"}}]}", id, id, id, letters);

  return weft_json_parse (text, -1, NULL);
}

static void
test_service_block_size (Fixture       *fixture,
                         gconstpointer  user_data)
{
  const gsize around = strlen ("{\"header\":{\"collectionId\":\"c\",\"id\":\"l\",\"type\":\"T\"},"
                               "\"text\":\"\"}");
  g_autoptr(JsonNode) fits = make_large_pend ("l", WEFT_LIMIT_BLOCK_BYTES_MAX - around);
  g_autoptr(JsonNode) exceeds = make_large_pend ("m", WEFT_LIMIT_BLOCK_BYTES_MAX - around + 1);
  g_autofree char *taken = ask_node (fixture, REPO, fits);
  g_autofree char *refused = ask_node (fixture, REPO, exceeds);

  g_test_summary ("A block of 1 MiB is taken, one byte more is too large.");

  g_assert_true (g_str_has_prefix (taken, "{\"blockIds\":[\"l\"]"));
  g_assert_true (g_str_has_prefix (refused, "too-large: "));
}

static void
test_service_answer_size (Fixture       *fixture,
                          gconstpointer  user_data)
{
  static const char *const ids[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9" };
  g_autoptr(GString) get = g_string_new ("{\"operations\":[{\"get\":{\"blockIds\":[");
  g_autofree char *answer = NULL;
  g_autofree char *fewer = NULL;

  g_test_summary ("An answer that no message can hold is an error that says what to do.");

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr(JsonNode) pend = make_large_pend (ids[i], 1000 * 1000);
      g_autofree char *pended = ask_node (fixture, REPO, pend);
      g_autofree char *commit = g_strdup_printf ("{\"operations\":[{\"commit\":{\"actionId\":"
                                                 "\"a-%s\",\"blockIds\":[\"%s\"],\"tailId\":\"%s\","
                                                 "\"rev\":%u}}]}", ids[i], ids[i], ids[i], i + 1);

      expect (fixture, REPO, commit, "{\"success\":true}");
      g_string_append_printf (get, "%s\"%s\"", i > 0 ? "," : "", ids[i]);
    }
  g_string_append (get, "]}}]}");

  answer = ask_text (fixture, REPO, get->str);
  g_assert_true (g_str_has_prefix (answer, "too-large: "));
  g_assert_true (g_str_has_suffix (answer, "ask for fewer blocks at once"));

  fewer = ask_text (fixture, REPO,
                    "{\"operations\":[{\"get\":{\"blockIds\":[\"1\",\"2\",\"3\",\"4\",\"5\","
                    "\"6\",\"7\",\"8\"]}}]}");
  g_assert_true (g_str_has_prefix (fewer, "{\"1\":{\"block\":"));
}

/* Until the node works on a request that it has not answered. */
static void
wait_for_open (WeftNode *node)
{
  gint64 open = 0;

  while (open == 0)
    {
      g_autoptr(JsonNode) status = NULL;
      JsonObject *requests;

      g_main_context_iteration (NULL, TRUE);
      status = weft_node_get_status (node);
      requests = json_object_get_object_member (json_node_get_object (status), "requests");
      open = json_object_get_int_member (requests, "open");
    }
}

static void
test_service_gone_in_the_middle (Fixture       *fixture,
                                 gconstpointer  user_data)
{
  static const char *const block_ids[] = { "x", NULL };
  g_autoptr(WeftCommitRequest) commit = NULL;
  g_autoptr(WeftCommitResult) answer = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *pended = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A node that goes while it commits leaves a client that knows it does not know.");

  pended = ask_text (fixture, REPO, PEND ("a1", "x"));
  commit = weft_commit_request_new ("a1", block_ids, 1, &error);
  g_assert_no_error (error);
  weft_repo_commit_async (WEFT_REPO (fixture->pair->repo), commit, NULL, weft_test_await_cb,
                          &result);
  wait_for_open (fixture->pair->node);
  weft_transport_close (weft_node_get_transport (fixture->pair->node));

  answer = weft_repo_commit_finish (WEFT_REPO (fixture->pair->repo), weft_test_await (&result),
                                    &error);
  g_assert_null (answer);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
  g_assert_true (g_str_has_prefix (error->message, weft_peer_id_get_text (fixture->peer_id)));
}

static void
test_service_gone_while_it_puts (Fixture       *fixture,
                                 gconstpointer  user_data)
{
  g_autoptr(JsonNode) transforms_json = weft_json_parse (INSERT ("x"), -1, NULL);
  g_autoptr(WeftTransforms) transforms = weft_transforms_from_json (transforms_json, NULL);
  g_autoptr(WeftPendRequest) request = NULL;
  g_autoptr(WeftCommitResult) answer = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A put that the node may have heard is not repeated by itself.");

  request = weft_pend_request_new ("a1", 0, transforms, NULL, WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);
  weft_repo_put_async (WEFT_REPO (fixture->pair->repo), request, NULL, weft_test_await_cb,
                       &result);
  wait_for_open (fixture->pair->node);
  weft_transport_close (weft_node_get_transport (fixture->pair->node));

  answer = weft_repo_put_finish (WEFT_REPO (fixture->pair->repo), weft_test_await (&result),
                                 &error);
  g_assert_null (answer);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
}

static void
test_service_drains (Fixture       *fixture,
                     gconstpointer  user_data)
{
  g_autoptr(JsonNode) pend = weft_json_parse (PEND ("a1", "x"), -1, NULL);
  g_autoptr(GAsyncResult) first = NULL;
  g_autoptr(GAsyncResult) second = NULL;
  g_autoptr(GAsyncResult) stop = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A node that stops answers what is open and refuses what is new.");

  weft_transport_request_async (fixture->pair->client, fixture->peer_id, REPO, pend, 0, NULL,
                                weft_test_await_cb, &first);
  wait_for_open (fixture->pair->node);
  g_assert_null (first);

  weft_node_stop_async (fixture->pair->node, NULL, weft_test_await_cb, &stop);
  g_assert_cmpint (weft_node_get_state (fixture->pair->node), ==, WEFT_NODE_STATE_STOPPING);
  weft_transport_request_async (fixture->pair->client, fixture->peer_id, REPO, pend, 0, NULL,
                                weft_test_await_cb, &second);

  answer = weft_transport_request_finish (fixture->pair->client, weft_test_await (&first), &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);
  g_assert_null (weft_transport_request_finish (fixture->pair->client, weft_test_await (&second),
                                                &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_true (weft_node_stop_finish (fixture->pair->node, weft_test_await (&stop), &error));
  g_assert_no_error (error);
}

static void
test_service_wrong_network (Fixture       *fixture,
                            gconstpointer  user_data)
{
  g_autoptr(WeftTransport) stranger = weft_node_pair_loopback.make ("other",
                                                                    WEFT_PEER_ROLE_CLIENT);
  g_autoptr(GPtrArray) addresses = weft_node_list_addresses (fixture->pair->node);
  g_autoptr(WeftRemoteRepo) repo = weft_remote_repo_new (stranger,
                                                         g_ptr_array_index (addresses, 0));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) status = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A client of another network is refused, and told so at once.");

  weft_remote_repo_get_status_async (repo, NULL, weft_test_await_cb, &result);
  status = weft_remote_repo_get_status_finish (repo, weft_test_await (&result), &error);
  g_assert_null (status);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "network"));
  weft_transport_close (stranger);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/node-service/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("repo", test_service_repo);
  ADD ("bad-bodies", test_service_bad_bodies);
  ADD ("archive", test_service_archive);
  ADD ("list", test_service_list);
  ADD ("status", test_service_status);
  ADD ("peers", test_service_peers);
  ADD ("block-size", test_service_block_size);
  ADD ("answer-size", test_service_answer_size);
  ADD ("gone-in-the-middle", test_service_gone_in_the_middle);
  ADD ("gone-while-it-puts", test_service_gone_while_it_puts);
  ADD ("drains", test_service_drains);
  ADD ("wrong-network", test_service_wrong_network);

  return g_test_run ();
}
