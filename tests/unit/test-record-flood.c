/* test-record-flood.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A thousand of each kind of record that a member should not be sent, through a socket to a real
 * node that keeps a decided block: each is answered and counted, and nothing is different then. */

#include "config.h"

#include <string.h>

#include <weft-websocket.h>

#include "../contract/weft-node-pair.h"
#include "cluster-fixture.h"
#include "weft-cluster-record-private.h"
#include "weft-limits.h"

#define CLUSTER "/db-p2p/cluster/1.0.0"
#define N_MEMBERS 3
#define N_TRIES 1000
#define PER_MESSAGE 50

typedef struct
{
  WeftIdentity *members[N_MEMBERS]; /* the node is the first; of the others the test has the keys */
  WeftNode *node;
  WeftTransport *peer;
  WeftClusterRecord *decided;       /* revision 1 of block “b” */
  char *state;                      /* what the node keeps, as text */
} Fixture;

static WeftTransport *
make_transport (WeftIdentity *identity)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();

  return WEFT_TRANSPORT (weft_websocket_transport_new (identity, FIXTURE_NETWORK,
                                                       WEFT_PEER_ROLE_PEER, clock, random));
}

static WeftPeerId *
get_id (Fixture *fixture,
        guint    index)
{
  return weft_identity_get_peer_id (fixture->members[index]);
}

static int
compare_peers (gconstpointer a,
               gconstpointer b)
{
  return weft_peer_id_compare (weft_cluster_peer_get_peer_id (*(WeftClusterPeer **) a),
                               weft_cluster_peer_get_peer_id (*(WeftClusterPeer **) b));
}

/* Those of the cluster from a member on, and strangers in the place of the others. */
static GPtrArray *
make_peers (Fixture *fixture,
            guint    first,
            guint    n_strangers)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  for (guint i = first; i < N_MEMBERS; i++)
    g_ptr_array_add (peers, weft_cluster_peer_new (get_id (fixture, i), NULL));
  for (guint i = 0; i < n_strangers; i++)
    g_ptr_array_add (peers, weft_cluster_peer_new (fixture_peer_id (i), NULL));
  g_ptr_array_sort (peers, compare_peers);

  return peers;
}

static gint64
in_msec (gint64 msec)
{
  return g_get_real_time () / G_TIME_SPAN_MILLISECOND + msec;
}

/* A commit of revision 1 of a block; NULL for some digest. */
static WeftClusterRecord *
make_record (GPtrArray  *peers,
             const char *action_id,
             const char *block_id,
             const char *digest,
             gint64      expiration_msec)
{
  const char *block_ids[] = { block_id, NULL };
  gint64 base = 0;
  g_autoptr(WeftRepoMessage) message
    = fixture_commit (action_id, block_ids, &base, 1, expiration_msec);
  g_autoptr(GError) error = NULL;
  WeftClusterRecord *record;

  if (digest != NULL)
    {
      WeftCommitRequest *commit = weft_repo_message_get_commit (message);
      g_autoptr(JsonObject) bases = json_object_new ();
      g_autoptr(JsonObject) digests = json_object_new ();
      g_autoptr(WeftCommitRequest) whole = NULL;

      json_object_set_int_member (bases, block_id, 0);
      json_object_set_string_member (digests, block_id, digest);
      whole = weft_commit_request_with_content (commit, bases, digests, &error);
      g_assert_no_error (error);
      weft_repo_message_unref (message);
      message = weft_repo_message_new_commit (whole, expiration_msec);
    }
  record = weft_cluster_record_new (message, peers, 0.75, &error);
  g_assert_no_error (error);

  return record;
}

static WeftVote *
approve (WeftIdentity      *signer,
         WeftPurpose        purpose,
         WeftClusterRecord *record)
{
  g_autoptr(WeftVote) vote = weft_vote_new (WEFT_VOTE_APPROVE, NULL, NULL, NULL, NULL);
  g_autoptr(GBytes) text = weft_vote_text_new (purpose, FIXTURE_NETWORK, record, vote);
  g_autoptr(GPtrArray) texts = g_ptr_array_new ();
  g_autoptr(GPtrArray) paths = NULL;
  g_autoptr(GBytes) root = NULL;
  g_autoptr(GBytes) root_text = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(WeftSignature) signature = NULL;

  g_ptr_array_add (texts, text);
  paths = weft_signature_plan (texts, &root);
  root_text = weft_root_text_new (root);
  bytes = weft_identity_sign (signer, root_text);
  signature = weft_signature_new (bytes, NULL);

  return weft_vote_new_signed (vote, signature);
}

/* With the approvals of all three; with those of `instead` in the place of everybody's. */
static WeftClusterRecord *
with_approvals (Fixture           *fixture,
                WeftClusterRecord *record,
                gboolean           is_decided,
                WeftIdentity      *instead)
{
  g_autoptr(GPtrArray) votes = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_vote_unref);
  WeftVote *promises[N_MEMBERS] = { NULL };
  WeftVote *commits[N_MEMBERS] = { NULL };
  GPtrArray *peers = weft_cluster_record_get_peers (record);

  for (guint i = 0; i < N_MEMBERS; i++)
    for (guint j = 0; j < N_MEMBERS; j++)
      {
        WeftClusterPeer *peer = g_ptr_array_index (peers, i);
        WeftIdentity *signer = instead != NULL ? instead : fixture->members[j];

        if (!weft_peer_id_equal (weft_cluster_peer_get_peer_id (peer), get_id (fixture, j)))
          continue;
        promises[i] = approve (signer, WEFT_PURPOSE_PROMISE, record);
        g_ptr_array_add (votes, promises[i]);
        if (!is_decided)
          continue;
        commits[i] = approve (signer, WEFT_PURPOSE_COMMIT, record);
        g_ptr_array_add (votes, commits[i]);
      }

  return weft_cluster_record_with_votes (record, promises, commits);
}

/* Revision 1 of a block, decided by the three, as an archive brings it. */
static void
restore_block (Fixture *fixture)
{
  WeftStorageRepo *repo = weft_node_get_repo (fixture->node);
  g_autoptr(GPtrArray) peers = make_peers (fixture, 0, 0);
  g_autoptr(GPtrArray) revisions
    = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_archive_revision_unref);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) json
    = weft_json_parse ("{\"insert\":{\"header\":{\"id\":\"b\",\"type\":\"t\","
                       "\"collectionId\":\"c\"}}}", -1, NULL);
  g_autoptr(WeftTransform) transform = weft_transform_from_json (json, &error);
  g_autoptr(WeftPending) pending = weft_pending_new (transform, 0, 0);
  g_autofree char *digest = weft_pending_digest (pending);
  g_autoptr(WeftClusterRecord) record
    = make_record (peers, "a", "b", digest, in_msec (60 * 1000));
  g_autoptr(JsonNode) certificate = NULL;
  g_autoptr(WeftArchiveRevision) revision = weft_archive_revision_new (1, "a", transform, NULL);
  g_autoptr(WeftBlockArchive) archive = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  fixture->decided = with_approvals (fixture, record, TRUE, NULL);
  certificate = weft_cluster_record_to_json (fixture->decided);
  g_ptr_array_add (revisions, weft_archive_revision_with_certificate (revision, certificate));
  archive = weft_block_archive_new ("b", revisions, 1, 0, NULL, &error);
  g_assert_no_error (error);
  weft_storage_repo_write_archive_async (repo, archive, NULL, weft_test_await_cb, &result);
  weft_storage_repo_write_archive_finish (repo, weft_test_await (&result), &error);
  g_assert_no_error (error);
}

/* All that may not change: what is stored, and what is open. */
static char *
describe (Fixture *fixture)
{
  WeftStorage *storage = weft_node_get_storage (fixture->node);
  g_autoptr(GPtrArray) records = weft_storage_list_unresolved_records (storage, NULL);
  g_auto(GStrv) block_ids = weft_storage_list_blocks (storage, NULL, 1000, NULL);
  g_autofree char *blocks = g_strjoinv (" ", block_ids);
  g_auto(GStrv) pendings = weft_storage_list_pendings (storage, "b", NULL);
  g_autoptr(WeftBlockMetadata) metadata = weft_storage_read_metadata (storage, "b", NULL);
  g_autofree char *text = weft_block_metadata_to_string (metadata);
  g_autoptr(JsonNode) status
    = weft_coordinator_repo_get_status (weft_node_get_coordinator (fixture->node));
  JsonArray *open = json_object_get_array_member (json_node_get_object (status), "open");

  return g_strdup_printf ("%u records, blocks %s, %u pendings of b: %s; %u slots open",
                          records->len, blocks,
                          pendings != NULL ? g_strv_length (pendings) : 0, text,
                          json_array_get_length (open));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  const char *const listen[] = { "/ip4/127.0.0.1/tcp/0/ws", NULL };
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) stranger = weft_identity_new (random);
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftTransport) transport = NULL;
  g_autoptr(WeftFixedKeyNetwork) network = NULL;
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(WeftPeer) peer = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < N_MEMBERS; i++)
    fixture->members[i] = weft_identity_new (random);
  transport = make_transport (fixture->members[0]);
  network = weft_fixed_key_network_new (get_id (fixture, 0), 0, clock);
  for (guint i = 1; i < N_MEMBERS; i++)
    {
      g_autoptr(WeftClusterPeer) member = weft_cluster_peer_new (get_id (fixture, i), NULL);

      weft_fixed_key_network_add_peer (network, member);
    }
  fixture->node = g_object_new (WEFT_TYPE_NODE, "transport", transport, "storage", storage,
                                "listen", listen, "network", FIXTURE_NETWORK, "key-network",
                                network, "cluster-min", N_MEMBERS, NULL);
  weft_test_start_node (fixture->node);
  restore_block (fixture);
  fixture->state = describe (fixture);
  g_test_message ("%s", fixture->state);

  fixture->peer = make_transport (stranger);
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
  weft_cluster_record_unref (fixture->decided);
  for (guint i = 0; i < N_MEMBERS; i++)
    g_object_unref (fixture->members[i]);
  g_free (fixture->state);
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

static JsonNode *
ask (Fixture  *fixture,
     JsonNode *body,
     GError  **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  weft_transport_request_async (fixture->peer, get_id (fixture, 0), CLUSTER, body, 0, NULL,
                                weft_test_await_cb, &result);

  return weft_transport_request_finish (fixture->peer, weft_test_await (&result), error);
}

/* Makes the text of the n-th request of a kind. */
typedef char *(*MakeFunc) (Fixture *fixture,
                           guint    n);

static JsonNode *
make_message (Fixture  *fixture,
              MakeFunc  make,
              guint     first,
              guint     n_requests)
{
  g_autoptr(GString) text = g_string_new ("{\"requests\":[");
  g_autoptr(GError) error = NULL;
  JsonNode *body;

  for (guint i = 0; i < n_requests; i++)
    {
      g_autofree char *request = make (fixture, first + i);

      g_string_append_printf (text, "%s%s", i > 0 ? "," : "", request);
    }
  g_string_append (text, "]}");
  body = weft_json_parse (text->str, -1, &error);
  g_assert_no_error (error);

  return body;
}

/* A thousand of them: every answer has the expected part. NULL for what is not counted. */
static void
flood (Fixture    *fixture,
       const char *kind,
       MakeFunc    make,
       const char *expected,
       const char *counter)
{
  gint64 count = counter != NULL ? get_count (fixture, counter) : 0;
  gint64 begin_usec = g_get_monotonic_time ();

  for (guint first = 0; first < N_TRIES; first += PER_MESSAGE)
    {
      g_autoptr(JsonNode) body = make_message (fixture, make, first, PER_MESSAGE);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) reply = ask (fixture, body, &error);
      JsonArray *answers;

      g_assert_no_error (error);
      answers = json_object_get_array_member (json_node_get_object (reply), "answers");
      g_assert_cmpuint (json_array_get_length (answers), ==, PER_MESSAGE);
      for (guint i = 0; i < PER_MESSAGE; i++)
        {
          g_autofree char *answer = weft_json_to_string (json_array_get_element (answers, i));

          if (strstr (answer, expected) == NULL)
            g_error ("%s: “%s” is not in %s", kind, expected, answer);
        }
    }
  g_test_message ("%s: %d in %.0f ms", kind, N_TRIES,
                  (g_get_monotonic_time () - begin_usec) / 1000.0);
  if (counter != NULL)
    g_assert_cmpint (get_count (fixture, counter), ==, count + N_TRIES);
}

/* It keeps what it kept, and serves whoever asks. */
static void
expect_unharmed (Fixture *fixture)
{
  g_autoptr(JsonNode) body
    = weft_json_parse ("{\"requests\":[{\"latest\":{\"blockIds\":[\"b\"]}}]}", -1, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) reply = ask (fixture, body, &error);
  g_autofree char *text = NULL;
  g_autofree char *state = describe (fixture);

  g_assert_no_error (error);
  text = weft_json_to_string (reply);
  g_assert_cmpstr (text, ==,
                   "{\"answers\":[{\"states\":[{\"blockId\":\"b\",\"latest\":{\"actionId\":\"a\","
                   "\"rev\":1}}]}]}");
  g_assert_cmpstr (state, ==, fixture->state);
}

static char *
write_update (WeftClusterRecord *record)
{
  g_autofree char *text = weft_cluster_record_to_string (record);

  return g_strdup_printf ("{\"update\":%s}", text);
}

static char *
name_action (guint n)
{
  return g_strdup_printf ("x%u", n);
}

static char *
make_misaddressed (Fixture *fixture,
                   guint    n)
{
  g_autoptr(GPtrArray) peers = make_peers (fixture, 1, 1);
  g_autofree char *action_id = name_action (n);
  g_autoptr(WeftClusterRecord) record
    = make_record (peers, action_id, "n", NULL, in_msec (60 * 1000));

  return write_update (record);
}

static char *
make_foreign (Fixture *fixture,
              guint    n)
{
  g_autoptr(GPtrArray) peers = make_peers (fixture, 0, 6);
  g_autofree char *action_id = name_action (n);
  g_autoptr(WeftClusterRecord) record
    = make_record (peers, action_id, "n", NULL, in_msec (60 * 1000));

  return write_update (record);
}

static char *
make_expired (Fixture *fixture,
              guint    n)
{
  g_autoptr(GPtrArray) peers = make_peers (fixture, 0, 0);
  g_autofree char *action_id = name_action (n);
  g_autoptr(WeftClusterRecord) record = make_record (peers, action_id, "n", NULL, in_msec (-1));

  return write_update (record);
}

/* For a slot that was filled. */
static char *
make_stale (Fixture *fixture,
            guint    n)
{
  g_autoptr(GPtrArray) peers = make_peers (fixture, 0, 0);
  g_autofree char *action_id = name_action (n);
  g_autoptr(WeftClusterRecord) record
    = make_record (peers, action_id, "b", NULL, in_msec (60 * 1000));

  return write_update (record);
}

/* In turn without votes, with promises, and decided: as it went over the wire when it was new. */
static char *
make_replayed (Fixture *fixture,
               guint    n)
{
  WeftVote *none[N_MEMBERS] = { NULL };
  g_autoptr(WeftClusterRecord) asked
    = weft_cluster_record_with_votes (fixture->decided, none, none);
  g_autoptr(WeftClusterRecord) promised = with_approvals (fixture, asked, FALSE, NULL);
  WeftClusterRecord *phases[] = { asked, promised, fixture->decided };

  return write_update (phases[n % G_N_ELEMENTS (phases)]);
}

/* Promises that somebody else signed. */
static char *
make_wrongly_promised (Fixture *fixture,
                       guint    n)
{
  g_autoptr(GPtrArray) peers = make_peers (fixture, 0, 0);
  g_autofree char *action_id = name_action (n);
  g_autoptr(WeftClusterRecord) record
    = make_record (peers, action_id, "n", NULL, in_msec (60 * 1000));
  g_autoptr(WeftClusterRecord) promised
    = with_approvals (fixture, record, FALSE, fixture->members[1]);

  return write_update (promised);
}

/* A certificate of which one member signed in the name of all. */
static char *
make_wrongly_decided (Fixture *fixture,
                      guint    n)
{
  g_autoptr(GPtrArray) peers = make_peers (fixture, 0, 0);
  g_autofree char *action_id = name_action (n);
  g_autoptr(WeftClusterRecord) record
    = make_record (peers, action_id, "n", NULL, in_msec (60 * 1000));
  g_autoptr(WeftClusterRecord) decided
    = with_approvals (fixture, record, TRUE, fixture->members[2]);

  return write_update (decided);
}

/* More peers than a record may have: what is written has as many as it can, and one is added. */
static char *
make_oversized (Fixture *fixture,
                guint    n)
{
  g_autoptr(GPtrArray) peers
    = make_peers (fixture, 0, WEFT_LIMIT_RECORD_PEERS_MAX - N_MEMBERS);
  g_autofree char *action_id = name_action (n);
  g_autoptr(WeftClusterRecord) record
    = make_record (peers, action_id, "n", NULL, in_msec (60 * 1000));
  g_autofree char *text = write_update (record);
  g_autofree char *more
    = g_strdup_printf ("\"peers\":{\"%s\":{\"addrs\":[]},",
                       weft_peer_id_get_text (fixture_peer_id (WEFT_LIMIT_RECORD_PEERS_MAX)));
  g_auto(GStrv) parts = g_strsplit (text, "\"peers\":{", 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);

  return g_strjoinv (more, parts);
}

static void
test_strangers (Fixture       *fixture,
                gconstpointer  data)
{
  g_test_summary ("Records for others, of others, and past their time are refused by name");

  flood (fixture, "misaddressed", make_misaddressed, "\"reason\":\"not-a-peer\"",
         "member/reject/not-a-peer");
  flood (fixture, "foreign", make_foreign, "\"reason\":\"not-admitted\"",
         "member/reject/not-admitted");
  flood (fixture, "expired", make_expired, "\"reason\":\"expired\"", "member/reject/expired");
  expect_unharmed (fixture);
}

static void
test_old (Fixture       *fixture,
          gconstpointer  data)
{
  g_test_summary ("A record for a slot that was filled is answered with what filled it, and one "
                  "that was decided already changes nothing, in whatever phase it is sent again");

  flood (fixture, "stale", make_stale, "{\"decided\":{", "member/decided");
  /* {"decided":…} for what was asked then, {"applied":true} for what was told. */
  flood (fixture, "replayed", make_replayed, "ed\":", NULL);
  expect_unharmed (fixture);
}

static void
test_wrongly_signed (Fixture       *fixture,
                     gconstpointer  data)
{
  g_test_summary ("A signature of somebody else is none");

  flood (fixture, "wrongly promised", make_wrongly_promised, "\"reason\":\"invalid\"",
         "member/reject/invalid");
  flood (fixture, "wrongly decided", make_wrongly_decided, "{\"error\":",
         "member/reject/invalid");
  expect_unharmed (fixture);
}

static void
test_oversized (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(JsonNode) body = NULL;
  gint64 count = get_count (fixture, "messages-malformed");

  g_test_summary ("Records with too many peers, and messages with too many requests");

  flood (fixture, "oversized", make_oversized, "{\"error\":{\"code\":", "requests-malformed");
  body = make_message (fixture, make_stale, 0, WEFT_LIMIT_CLUSTER_REQUESTS_MAX + 1);
  for (guint i = 0; i < N_TRIES; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) reply = ask (fixture, body, &error);

      g_assert_null (reply);
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
    }
  g_assert_cmpint (get_count (fixture, "messages-malformed"), ==, count + N_TRIES);
  expect_unharmed (fixture);
}

#define ADD(name, function) \
  g_test_add ("/record-flood/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("strangers", test_strangers);
  ADD ("old", test_old);
  ADD ("wrongly-signed", test_wrongly_signed);
  ADD ("oversized", test_oversized);

  return g_test_run ();
}
