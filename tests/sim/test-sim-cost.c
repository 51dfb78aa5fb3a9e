/* test-sim-cost.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What an operation costs all nodes of a cluster together. A figure that grows fails; one that
 * shrinks is to be written down here, and in the page on consensus. */

#include <weft-sim.h>

#define PEERS_MAX 10
#define WAY_USEC (10 * G_TIME_SPAN_MILLISECOND)

typedef enum
{
  PUT,
  PEND,
  COMMIT,
  N_OPERATIONS
} Operation;

static const char *const names[] = { "put", "pend", "commit" };

/* Between members, unless it says otherwise. */
typedef struct
{
  guint64 n_messages;
  guint64 n_bytes;  /* of all frames, and of the caller's */
  guint64 n_signed;
  guint64 n_checked;
  guint64 n_syncs;
  guint64 n_trips;  /* there and back, before the caller hears */
} Cost;

typedef struct
{
  WeftSimWorld *world;
  guint n_peers;
  WeftSimNode *peers[PEERS_MAX];
  WeftSimDisk *disks[PEERS_MAX];
  WeftSimNode *client;
  WeftRemoteRepo *repo;
  gboolean is_asked;
} Town;

static WeftKeyNetwork *
introduce_cb (WeftSimNode *node,
              gpointer     user_data)
{
  Town *town = user_data;
  WeftFixedKeyNetwork *network
    = weft_fixed_key_network_new (weft_identity_get_peer_id (weft_sim_node_get_identity (node)), 0,
                                  WEFT_CLOCK (weft_sim_node_get_clock (node)));

  for (guint i = 0; i < town->n_peers; i++)
    {
      WeftSimNode *other = town->peers[i];
      g_autoptr(GPtrArray) addresses
        = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
      g_autoptr(WeftClusterPeer) peer = NULL;

      g_ptr_array_add (addresses, weft_multiaddr_ref (weft_sim_node_get_address (other)));
      peer = weft_cluster_peer_new (weft_identity_get_peer_id (weft_sim_node_get_identity (other)),
                                    addresses);
      weft_fixed_key_network_add_peer (network, peer);
    }

  return WEFT_KEY_NETWORK (network);
}

/* Each way takes as long, and disks take no time. */
static Town *
town_new (guint n_peers)
{
  const WeftSimLink link = { .delay = { WEFT_SIM_DELAY_SHAPE_CONSTANT, WAY_USEC, 0, 0 } };
  const WeftSimDelay at_once = { WEFT_SIM_DELAY_SHAPE_CONSTANT, 0, 0, 0 };
  Town *town = g_new0 (Town, 1);

  town->world = weft_sim_world_new (1);
  town->n_peers = n_peers;
  weft_sim_network_set_default_link (weft_sim_network_get (town->world), &link);
  for (guint i = 0; i < n_peers; i++)
    {
      g_autofree char *name = g_strdup_printf ("node-%u", i);

      town->peers[i] = weft_sim_node_new (town->world, name, WEFT_PEER_ROLE_PEER);
      town->disks[i] = weft_sim_disk_new (town->world, weft_sim_node_get_actor (town->peers[i]));
      weft_sim_disk_set_sync_delay (town->disks[i], &at_once);
      weft_sim_disk_attach (town->disks[i], town->peers[i]);
      weft_sim_node_set_key_network_func (town->peers[i], introduce_cb, 1, town, NULL);
    }
  for (guint i = 0; i < n_peers; i++)
    weft_sim_node_start (town->peers[i], WEFT_SIM_DISK_FATE_KEPT);
  town->client = weft_sim_node_new (town->world, "client", WEFT_PEER_ROLE_CLIENT);
  weft_sim_node_start (town->client, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_world_run_for (town->world, 30 * G_TIME_SPAN_SECOND);
  town->repo = weft_sim_node_make_repo (town->client, town->peers[0]);

  return town;
}

static void
town_free (Town *town)
{
  weft_sim_node_kill (town->client, WEFT_SIM_DEATH_CRASH);
  for (guint i = 0; i < town->n_peers; i++)
    weft_sim_node_stop (town->peers[i]);
  weft_sim_world_run_for (town->world, 10 * G_TIME_SPAN_SECOND);
  g_clear_object (&town->repo);
  for (guint i = 0; i < town->n_peers; i++)
    {
      g_assert_finalize_object (town->peers[i]);
      g_assert_finalize_object (town->disks[i]);
    }
  g_assert_finalize_object (town->client);
  g_assert_finalize_object (town->world);
  g_free (town);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Town, town_free)

static guint64
look_up (GVariant   *counters,
         const char *name)
{
  guint64 n = 0;

  g_variant_lookup (counters, name, "t", &n);

  return n;
}

static Cost
count (Town *town)
{
  g_autoptr(GVariant) of_world = weft_sim_world_get_counters (town->world);
  Cost cost = { .n_syncs = look_up (of_world, "disk-syncs") };

  for (guint i = 0; i < town->n_peers; i++)
    {
      WeftNode *node = weft_sim_node_get_node (town->peers[i]);
      g_autoptr(GVariant) of_links
        = weft_transport_get_counters (weft_sim_node_get_transport (town->peers[i]));
      g_autoptr(JsonNode) status
        = weft_coordinator_repo_get_status (weft_node_get_coordinator (node));
      JsonObject *of_node = json_object_get_object_member (json_node_get_object (status),
                                                           "counters");

      cost.n_bytes += look_up (of_links, "bytes-sent");
      cost.n_messages
        += json_object_get_int_member_with_default (of_node, "messages-sent", 0);
      cost.n_signed += json_object_get_int_member_with_default (of_node, "signatures-made", 0);
      cost.n_checked
        += json_object_get_int_member_with_default (of_node, "signatures-checked", 0);
    }

  return cost;
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Town *town = user_data;
  g_autoptr(WeftPendResult) pended = NULL;
  g_autoptr(WeftCommitResult) committed = NULL;
  g_autoptr(GError) error = NULL;

  if (g_async_result_is_tagged (result, weft_repo_pend_async))
    pended = weft_repo_pend_finish (WEFT_REPO (source), result, &error);
  else if (g_async_result_is_tagged (result, weft_repo_commit_async))
    committed = weft_repo_commit_finish (WEFT_REPO (source), result, &error);
  else
    committed = weft_repo_put_finish (WEFT_REPO (source), result, &error);
  g_assert_no_error (error);
  g_assert_true (pended == NULL || weft_pend_result_is_success (pended));
  g_assert_true (committed == NULL || weft_commit_result_is_success (committed));
  town->is_asked = FALSE;
}

static void
ask (Town       *town,
     Operation   operation,
     const char *action_id,
     gint64      rev)
{
  static const char *const block_ids[] = { "b", NULL };
  g_autoptr(JsonObject) bases = json_object_new ();
  g_autofree char *value = g_strnfill (200, 'x');
  g_autofree char *text
    = rev == 1 ? g_strdup_printf ("{\"inserts\":{\"b\":{\"header\":{\"id\":\"b\",\"type\":\"t\","
                                  "\"collectionId\":\"c\"},\"value\":\"%s\"}},\"updates\":{},"
                                  "\"deletes\":[]}", value)
               : g_strdup_printf ("{\"inserts\":{},\"updates\":{\"b\":[[\"value\",null,null,"
                                  "\"%s\"]]},\"deletes\":[]}", value);
  g_autoptr(JsonNode) json = NULL;
  g_autoptr(WeftTransforms) transforms = NULL;
  g_autoptr(WeftPendRequest) pend = NULL;
  g_autoptr(WeftCommitRequest) commit = NULL;
  g_autoptr(GError) error = NULL;

  json = weft_json_parse (text, -1, &error);
  g_assert_no_error (error);
  transforms = weft_transforms_from_json (json, &error);
  g_assert_no_error (error);
  json_object_set_int_member (bases, "b", rev - 1);
  pend = weft_pend_request_new (action_id, rev, transforms, bases, WEFT_PEND_POLICY_CONTINUE,
                                &error);
  g_assert_no_error (error);
  commit = weft_commit_request_new (action_id, block_ids, rev, &error);
  g_assert_no_error (error);
  town->is_asked = TRUE;
  if (operation == PUT)
    weft_repo_put_async (WEFT_REPO (town->repo), pend, NULL, done_cb, town);
  else if (operation == PEND)
    weft_repo_pend_async (WEFT_REPO (town->repo), pend, NULL, done_cb, town);
  else
    weft_repo_commit_async (WEFT_REPO (town->repo), commit, NULL, done_cb, town);
}

static gboolean
is_asked (gpointer user_data)
{
  return ((Town *) user_data)->is_asked;
}

/* The answer, and what is told afterwards. */
static Cost
measure (Town       *town,
         Operation   operation,
         const char *action_id,
         gint64      rev)
{
  Cost before = count (town);
  gint64 began_usec = weft_sim_world_get_time (town->world);
  Cost cost;
  gint64 took_usec;

  ask (town, operation, action_id, rev);
  g_assert_true (weft_sim_world_run_while (town->world, is_asked, town, G_TIME_SPAN_MINUTE));
  took_usec = weft_sim_world_get_time (town->world) - began_usec;
  /* Fewer than it takes until somebody asks whether a quiet peer lives. */
  weft_sim_world_run_for (town->world, 3 * G_TIME_SPAN_SECOND);
  cost = count (town);

  return (Cost) {
    .n_messages = cost.n_messages - before.n_messages,
    .n_bytes = cost.n_bytes - before.n_bytes,
    .n_signed = cost.n_signed - before.n_signed,
    .n_checked = cost.n_checked - before.n_checked,
    .n_syncs = cost.n_syncs - before.n_syncs,
    .n_trips = (took_usec - 2 * WAY_USEC) / (2 * WAY_USEC),
  };
}

static void
assert_cost (const Cost *cost,
             const Cost *expected)
{
  g_assert_cmpuint (cost->n_messages, <=, expected->n_messages);
  g_assert_cmpuint (cost->n_bytes, <=, expected->n_bytes);
  g_assert_cmpuint (cost->n_signed, <=, expected->n_signed);
  g_assert_cmpuint (cost->n_checked, <=, expected->n_checked);
  g_assert_cmpuint (cost->n_syncs, <=, expected->n_syncs);
  g_assert_cmpuint (cost->n_trips, ==, expected->n_trips);
}

static void
test_cost (void)
{
  static const guint sizes[] = { 3, 5, 10 };
  static const Cost expected[][N_OPERATIONS] = {
    { { 6, 3956, 6, 8, 12, 2 }, { 2, 1198, 0, 0, 3, 1 }, { 6, 3258, 6, 8, 9, 2 } },
    { { 12, 9600, 10, 28, 20, 2 }, { 4, 2334, 0, 0, 5, 1 }, { 12, 8212, 10, 28, 15, 2 } },
    { { 27, 30622, 20, 126, 40, 2 }, { 9, 5174, 0, 0, 10, 1 }, { 27, 27509, 20, 126, 30, 2 } },
  };

  g_test_summary ("Messages, bytes, signatures made and checked, syncs and round trips of a put, a "
                  "pend and a commit of 200 bytes, by 3, 5 and 10 members.");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr(Town) town = town_new (sizes[i]);
      const struct
      {
        Operation operation;
        const char *action_id;
        gint64 rev;
      } steps[] = { { PUT, "a1", 1 }, { PUT, "a2", 2 }, { PEND, "a3", 3 }, { COMMIT, "a3", 3 } };

      for (guint j = 0; j < G_N_ELEMENTS (steps); j++)
        {
          Cost cost = measure (town, steps[j].operation, steps[j].action_id, steps[j].rev);

          g_test_message ("%s of %u members: %" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT
                          " bytes, %" G_GUINT64_FORMAT " signatures made, %" G_GUINT64_FORMAT
                          " checked, %" G_GUINT64_FORMAT " syncs, %" G_GUINT64_FORMAT
                          " round trips", names[steps[j].operation], sizes[i], cost.n_messages,
                          cost.n_bytes, cost.n_signed, cost.n_checked, cost.n_syncs, cost.n_trips);
          /* The first makes acquaintance. */
          if (j > 0)
            assert_cost (&cost, &expected[i][steps[j].operation]);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/cost/cluster", test_cost);

  return g_test_run ();
}
