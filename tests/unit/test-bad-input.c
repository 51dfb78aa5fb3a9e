/* test-bad-input.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What a peer sends to a node that is a member of a cluster, and should not: each gets an answer
 * that says why, is counted, and leaves nothing behind. */

#include "config.h"

#include <weft.h>

#include "../contract/weft-node-pair.h"
#include "cluster-fixture.h"
#include "weft-cluster-record-private.h"
#include "weft-limits.h"

#define CLUSTER "/db-p2p/cluster/1.0.0"

typedef struct
{
  WeftNode *node;
  WeftTransport *peer;
  WeftPeerId *node_id;
  gint64 real_msec;
} Fixture;

static WeftTransport *
make_transport (WeftPeerId **peer_id)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);

  if (peer_id != NULL)
    *peer_id = weft_peer_id_ref (weft_identity_get_peer_id (identity));

  return WEFT_TRANSPORT (weft_loopback_transport_new (identity, "test", WEFT_PEER_ROLE_PEER,
                                                      clock, random));
}

static WeftClusterPeer *
make_peer (WeftPeerId *peer_id)
{
  return weft_cluster_peer_new (peer_id, NULL);
}

/* A node that expects two others in its clusters, who are never there. */
static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  const char *const listen[] = { "/memory/0", NULL };
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftTransport) transport = make_transport (&fixture->node_id);
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftFixedKeyNetwork) network = NULL;
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(WeftPeer) peer = NULL;
  g_autoptr(GError) error = NULL;

  network = weft_fixed_key_network_new (fixture->node_id, 0, clock);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(WeftClusterPeer) member = make_peer (fixture_peer_id (i));

      weft_fixed_key_network_add_peer (network, member);
    }
  fixture->real_msec = weft_clock_get_real (clock) / G_TIME_SPAN_MILLISECOND;
  fixture->node = g_object_new (WEFT_TYPE_NODE, "transport", transport, "storage", storage,
                                "listen", listen, "key-network", network, "cluster-min", 3, NULL);
  weft_test_start_node (fixture->node);

  fixture->peer = make_transport (NULL);
  addresses = weft_node_list_addresses (fixture->node);
  weft_transport_dial_async (fixture->peer, g_ptr_array_index (addresses, 0), NULL,
                             weft_test_await_cb, &result);
  peer = weft_transport_dial_finish (fixture->peer, weft_test_await (&result), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  weft_test_stop_node (fixture->node);
  weft_transport_close (fixture->peer);
  weft_test_settle (G_OBJECT (fixture->node));
  g_assert_finalize_object (fixture->node);
  weft_test_settle (G_OBJECT (fixture->peer));
  g_assert_finalize_object (fixture->peer);
  weft_peer_id_unref (fixture->node_id);
}

static char *
ask (Fixture  *fixture,
     JsonNode *body)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;

  weft_transport_request_async (fixture->peer, fixture->node_id, CLUSTER, body, 0, NULL,
                                weft_test_await_cb, &result);
  answer = weft_transport_request_finish (fixture->peer, weft_test_await (&result), &error);

  return answer != NULL ? weft_json_to_string (answer)
                        : g_strdup_printf ("error %s", weft_error_to_name (error->code));
}

static gint64
get_count (Fixture    *fixture,
           const char *counter)
{
  g_autoptr(JsonNode) status
      = weft_coordinator_repo_get_status (weft_node_get_coordinator (fixture->node));
  JsonObject *counters
      = json_object_get_object_member (json_node_get_object (status), "counters");

  return json_object_get_int_member_with_default (counters, counter, 0);
}

/* Nothing is reserved, nothing stored. */
static void
expect_nothing_kept (Fixture *fixture)
{
  WeftStorage *storage = weft_node_get_storage (fixture->node);
  g_autoptr(GPtrArray) records = weft_storage_list_unresolved_records (storage, NULL);
  g_auto(GStrv) block_ids = weft_storage_list_blocks (storage, NULL, 10, NULL);
  g_autoptr(JsonNode) status
      = weft_coordinator_repo_get_status (weft_node_get_coordinator (fixture->node));
  JsonArray *open = json_object_get_array_member (json_node_get_object (status), "open");

  g_assert_cmpuint (records->len, ==, 0);
  g_assert_cmpuint (g_strv_length (block_ids), ==, 0);
  g_assert_cmpuint (json_array_get_length (open), ==, 0);
}

static void
expect_refused (Fixture    *fixture,
                const char *what,
                JsonNode   *body,
                const char *expected,
                const char *counter)
{
  gint64 count = get_count (fixture, counter);
  g_autofree char *answer = ask (fixture, body);

  g_test_message ("%s: %s", what, answer);
  g_assert_nonnull (strstr (answer, expected));
  g_assert_cmpint (get_count (fixture, counter), ==, count + 1);
  expect_nothing_kept (fixture);
}

static void
test_messages (Fixture       *fixture,
               gconstpointer  data)
{
  static const char *const bodies[] = {
    "{}", "{\"requests\":[]}", "{\"requests\":{}}", "{\"requests\":null}",
  };
  g_autoptr(GString) many = g_string_new ("{\"requests\":[");
  g_autoptr(JsonNode) too_many = NULL;

  g_test_summary ("A message without requests, or with too many, is refused as a whole");

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(JsonNode) body = weft_json_parse (bodies[i], -1, NULL);

      expect_refused (fixture, bodies[i], body, "error invalid", "messages-malformed");
    }
  for (guint i = 0; i <= WEFT_LIMIT_CLUSTER_REQUESTS_MAX; i++)
    g_string_append (many, i > 0 ? ",{}" : "{}");
  g_string_append (many, "]}");
  too_many = weft_json_parse (many->str, -1, NULL);
  expect_refused (fixture, "too many", too_many, "error invalid", "messages-malformed");
  g_assert_cmpint (get_count (fixture, "requests-malformed"), ==, 0);
}

static JsonNode *
wrap (const char *request)
{
  g_autofree char *text = g_strdup_printf ("{\"requests\":[%s]}", request);
  g_autoptr(GError) error = NULL;
  JsonNode *body = weft_json_parse (text, -1, &error);

  g_assert_no_error (error);

  return body;
}

static void
test_requests (Fixture       *fixture,
               gconstpointer  data)
{
  static const char *const requests[] = {
    "{}", "7", "[]", "null", "{\"nonsense\":1}",
    "{\"update\":{}}", "{\"update\":7}", "{\"update\":null}",
    "{\"prepare\":{}}", "{\"prepare\":[]}",
    "{\"latest\":{}}", "{\"latest\":{\"blockIds\":[]}}", "{\"latest\":{\"blockIds\":[7]}}",
    "{\"latest\":{\"blockIds\":[\"\"]}}",
  };

  g_test_summary ("What is no request gets an error in its place");

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr(JsonNode) body = wrap (requests[i]);

      expect_refused (fixture, requests[i], body, "{\"answers\":[{\"error\":{\"code\":\"invalid\"",
                      "requests-malformed");
    }
}

static int
compare_peers (gconstpointer a,
               gconstpointer b)
{
  return weft_peer_id_compare (weft_cluster_peer_get_peer_id (*(WeftClusterPeer **) a),
                               weft_cluster_peer_get_peer_id (*(WeftClusterPeer **) b));
}

/* A commit of this node, if it is one of them, and others from a number on. */
static WeftClusterRecord *
make_record (Fixture *fixture,
             gboolean has_node,
             guint    first_other,
             double   super_majority,
             gint64   expiration_msec)
{
  const char *block_ids[] = { "b", NULL };
  gint64 base = 0;
  g_autoptr(WeftRepoMessage) message
      = fixture_commit ("x", block_ids, &base, 1, expiration_msec);
  g_autoptr(GPtrArray) peers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  g_autoptr(GError) error = NULL;
  WeftClusterRecord *record;

  for (guint i = 0; i < (has_node ? 2u : 3u); i++)
    g_ptr_array_add (peers, make_peer (fixture_peer_id (first_other + i)));
  if (has_node)
    g_ptr_array_add (peers, make_peer (fixture->node_id));
  g_ptr_array_sort (peers, compare_peers);
  record = weft_cluster_record_new (message, peers, super_majority, &error);
  g_assert_no_error (error);

  return record;
}

static char *
write_update (WeftClusterRecord *record)
{
  g_autoptr(JsonNode) json = weft_cluster_record_to_json (record);
  g_autofree char *text = weft_json_to_string (json);

  return g_strdup_printf ("{\"update\":%s}", text);
}

static void
test_records (Fixture       *fixture,
              gconstpointer  data)
{
  static const struct
  {
    const char *part;
    const char *instead;
  } mutations[] = {
    { "\"version\":2", "\"version\":1" },
    { "\"version\":2", "\"version\":2,\"more\":1" },
    { "\"messageHash\":\"z", "\"messageHash\":\"y" },
    { "\"membership\":\"", "\"membership\":\"x" },
    { "\"ballot\":[0]", "\"ballot\":[-1]" },
    { "\"ballot\":[0]", "\"ballot\":[1]" },
    { "\"ballot\":[0]", "\"ballot\":[]" },
    { "\"version\":2", "\"version\":2,\"promises\":{\"12D3\":{}}" },
    { "\"version\":2", "\"version\":2,\"promises\":[]" },
    { "\"version\":2", "\"version\":2,\"commits\":{\"12D3\":{}}" },
    { "\"version\":2", "\"version\":2,\"justification\":{\"12D3\":{}}" },
    { "\"peers\":{", "\"peers\":{\"12D3\":{\"addrs\":[]}," },
    { "\"rev\":1", "\"rev\":2" },
    { "\"actionId\":\"x\"", "\"actionId\":\"y\"" },
    { "\"superMajority\":0.75", "\"superMajority\":2" },
  };
  g_autoptr(WeftClusterRecord) record
      = make_record (fixture, TRUE, 0, 0.75, fixture->real_msec + 60000);
  g_autofree char *text = write_update (record);

  g_test_summary ("A record of which one thing is changed is none");

  for (guint i = 0; i < G_N_ELEMENTS (mutations); i++)
    {
      g_auto(GStrv) parts = g_strsplit (text, mutations[i].part, 2);
      g_autofree char *changed = NULL;
      g_autoptr(JsonNode) body = NULL;
      g_autofree char *whole = NULL;

      g_assert_cmpuint (g_strv_length (parts), ==, 2);
      changed = g_strconcat (parts[0], mutations[i].instead, parts[1], NULL);
      whole = g_strdup_printf ("{\"requests\":[%s]}", changed);
      body = weft_json_parse (whole, -1, NULL);
      g_assert_nonnull (body);
      expect_refused (fixture, mutations[i].instead, body, "{\"answers\":[{\"error\":{\"code\":",
                      "requests-malformed");
    }
}

static void
expect_record_refused (Fixture           *fixture,
                       WeftClusterRecord *record,
                       const char        *expected,
                       const char        *reason)
{
  g_autofree char *counter = g_strconcat ("member/reject/", reason, NULL);
  g_autofree char *text = write_update (record);
  g_autoptr(JsonNode) body = wrap (text);

  expect_refused (fixture, reason, body, expected, counter);
}

static void
test_reasons (Fixture       *fixture,
              gconstpointer  data)
{
  gint64 soon = fixture->real_msec + 60000;
  g_autoptr(WeftClusterRecord) record = make_record (fixture, TRUE, 0, 0.75, soon);
  g_autoptr(WeftClusterRecord) promised = fixture_promised (record, 0x7);
  g_autoptr(WeftClusterRecord) decided = fixture_committed (record, 0x7);
  g_autoptr(WeftClusterRecord) misaddressed = make_record (fixture, FALSE, 0, 0.75, soon);
  g_autoptr(WeftClusterRecord) policy = make_record (fixture, TRUE, 0, 0.5, soon);
  g_autoptr(WeftClusterRecord) foreign = make_record (fixture, TRUE, 2, 0.75, soon);
  g_autoptr(WeftClusterRecord) expired
      = make_record (fixture, TRUE, 0, 0.75, fixture->real_msec - 1);
  g_autoptr(WeftClusterRecord) late
      = make_record (fixture, TRUE, 0, 0.75, fixture->real_msec + G_GINT64_CONSTANT (86400000));

  g_test_summary ("A record that is misaddressed, stale or wrongly signed is refused with a "
                  "reason");

  expect_record_refused (fixture, misaddressed, "\"reason\":\"not-a-peer\"", "not-a-peer");
  expect_record_refused (fixture, policy, "\"reason\":\"policy\"", "policy");
  expect_record_refused (fixture, foreign, "\"reason\":\"not-admitted\"", "not-admitted");
  expect_record_refused (fixture, expired, "\"reason\":\"expired\"", "expired");
  expect_record_refused (fixture, late, "\"reason\":\"expires-late\"", "expires-late");
  expect_record_refused (fixture, promised, "\"reason\":\"invalid\"", "invalid");
  expect_record_refused (fixture, decided, "{\"error\":", "invalid");
}

#define ADD(name, function) \
  g_test_add ("/bad-input/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("messages", test_messages);
  ADD ("requests", test_requests);
  ADD ("records", test_records);
  ADD ("reasons", test_reasons);

  return g_test_run ();
}
