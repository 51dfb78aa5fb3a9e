/* test-ring-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* One node on a ring: what it refuses, whom it asks, and what it knows after a restart. */

#include "weft-ring-fleet.h"

#include "weft-node-pair.h"
#include "weft-remove-all.h"
#include "weft-repo-asker.h"

typedef struct
{
  GPtrArray *peers;
  GError *error;
  gboolean is_told;
} Found;

static void
found_clear (Found *found)
{
  g_clear_pointer (&found->peers, g_ptr_array_unref);
  g_clear_error (&found->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static void
found_cb (WeftKeyNetwork *network,
          GPtrArray      *peers,
          const GError   *error,
          gpointer        user_data)
{
  Found *found = user_data;

  g_assert_false (found->is_told);
  found->is_told = TRUE;
  found->peers = peers != NULL ? g_ptr_array_ref (peers) : NULL;
  found->error = error != NULL ? g_error_copy (error) : NULL;
}

static WeftKeyNetwork *
get_network (WeftRingFleet *fleet,
             guint          index)
{
  return WEFT_KEY_NETWORK (weft_ring_fleet_get_ring (fleet, index));
}

/* Who coordinates "b" as node 0 sees it; NULL for nobody. */
static WeftPeerId *
find_coordinator (WeftRingFleet *fleet,
                  GPtrArray     *excluded)
{
  g_auto(Found) found = { 0 };

  weft_key_network_find_coordinator (get_network (fleet, 0), "b", excluded, found_cb, &found);
  g_assert_false (found.is_told);
  while (!found.is_told)
    g_main_context_iteration (NULL, TRUE);
  if (found.error != NULL)
    {
      g_assert_error (found.error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
      return NULL;
    }
  g_assert_cmpuint (found.peers->len, ==, 1);

  return weft_peer_id_ref (weft_cluster_peer_get_peer_id (g_ptr_array_index (found.peers, 0)));
}

static void
test_coordinator (void)
{
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (3, 3, 3, NULL);
  g_autoptr(GPtrArray) excluded
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  WeftPeerId *own = weft_identity_get_peer_id (fleet->identities[0]);
  g_autoptr(WeftPeerId) first = NULL;
  g_autoptr(WeftPeerId) last = NULL;

  g_test_summary ("The first of a cohort coordinates, but for whom is excluded; whoever did it "
                  "before goes first, unless it is this node or has lied.");

  weft_ring_fleet_converge (fleet);
  first = find_coordinator (fleet, NULL);
  for (guint i = 0; i < 3; i++)
    {
      WeftPeerId *found = find_coordinator (fleet, excluded);

      g_assert_nonnull (found);
      g_assert_false (g_ptr_array_find_with_equal_func (excluded, found,
                                                        (GEqualFunc) weft_peer_id_equal, NULL));
      g_ptr_array_add (excluded, found);
      if (!weft_peer_id_equal (found, own))
        {
          g_clear_pointer (&last, weft_peer_id_unref);
          last = weft_peer_id_ref (found);
        }
    }
  g_assert_null (find_coordinator (fleet, excluded));

  weft_key_network_record_coordinator (get_network (fleet, 0), "b", own);
  {
    g_autoptr(WeftPeerId) found = find_coordinator (fleet, NULL);

    g_assert_true (weft_peer_id_equal (found, first));
  }
  weft_key_network_record_coordinator (get_network (fleet, 0), "b", last);
  {
    g_autoptr(WeftPeerId) found = find_coordinator (fleet, NULL);

    g_assert_true (weft_peer_id_equal (found, last));
  }
  weft_key_network_report_lie (get_network (fleet, 0), last);
  {
    g_autoptr(WeftPeerId) found = find_coordinator (fleet, NULL);

    g_assert_false (weft_peer_id_equal (found, last));
  }
}

/* A change is refused, and the state of the guard says why. */
static void
expect_refused (WeftRingFleet *fleet,
                guint          index,
                const char    *operation,
                const char    *answer,
                const char    *state)
{
  g_autoptr(JsonNode) status
      = weft_ring_key_network_get_status (weft_ring_fleet_get_ring (fleet, index));
  JsonObject *isolation
      = json_object_get_object_member (json_node_get_object (status), "isolation");

  weft_expect (weft_ring_fleet_get_repo (fleet, index), operation, answer);
  g_assert_cmpstr (json_object_get_string_member (isolation, "state"), ==, state);
}

static void
test_alone (void)
{
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (2, 1, 2, NULL);
  WeftRepo *repo = weft_ring_fleet_get_repo (fleet, 0);

  g_test_summary ("Who lost the other does not decide alone: neither of two is most of them.");

  weft_ring_fleet_converge (fleet);
  LAND (repo, "a1", "b", "1", INSERT ("b", "1"));
  weft_ring_fleet_kill (fleet, 1);
  while (weft_ring_key_network_get_n_peers (weft_ring_fleet_get_ring (fleet, 0)) > 0)
    g_main_context_iteration (NULL, TRUE);

  expect_refused (fleet, 0, PEND ("a2", INSERT ("c", "1")), "error refused", "shrunk");
  /* Who decides on it, the block itself says. */
  expect_refused (fleet, 0, PEND ("a3", UPDATE ("b", "2")), "error unavailable", "shrunk");
}

static void
test_new (void)
{
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (1, 1, 3, NULL);

  g_test_summary ("The first node of a network, which never saw anybody, decides alone when a "
                  "cluster may have one member.");

  LAND (weft_ring_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
}

static void
test_too_few (void)
{
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (2, 3, 3, NULL);

  g_test_summary ("Two do not decide where a cluster has three.");

  weft_ring_fleet_converge (fleet);
  expect_refused (fleet, 0, PEND ("a1", INSERT ("b", "1")), "error refused", "connected");
}

static void
test_wait (void)
{
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (3, 1, 3, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) late_result = NULL;
  g_autoptr(GError) error = NULL;
  WeftRingKeyNetwork *ring = weft_ring_fleet_get_ring (fleet, 2);

  g_test_summary ("Waiting for peers ends when they are there, or in time without them.");

  weft_ring_key_network_wait_async (ring, 2, 60 * G_TIME_SPAN_SECOND, NULL, weft_test_await_cb,
                                    &result);
  g_assert_true (weft_ring_key_network_wait_finish (ring, weft_test_await (&result), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (weft_ring_key_network_get_n_peers (ring), ==, 2);

  weft_ring_key_network_wait_async (ring, 3, 1000, NULL, weft_test_await_cb, &late_result);
  g_assert_false (weft_ring_key_network_wait_finish (ring, weft_test_await (&late_result),
                                                     &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT);
}

static const char *
get_isolation (WeftRingFleet *fleet,
               guint          index)
{
  g_autoptr(JsonNode) status
      = weft_ring_key_network_get_status (weft_ring_fleet_get_ring (fleet, index));
  JsonObject *object = json_node_get_object (status);

  return g_intern_string (json_object_get_string_member (
      json_object_get_object_member (object, "isolation"), "state"));
}

static double
get_mark (WeftRingFleet *fleet,
          guint          index)
{
  g_autoptr(JsonNode) status
      = weft_ring_key_network_get_status (weft_ring_fleet_get_ring (fleet, index));

  return json_object_get_double_member (json_node_get_object (status), "sizeMax");
}

static gboolean
is_partitioned (WeftRingFleet *fleet,
                guint          index)
{
  g_autoptr(JsonNode) status
      = weft_ring_key_network_get_status (weft_ring_fleet_get_ring (fleet, index));

  return json_object_get_boolean_member (json_node_get_object (status), "partitioned");
}

static void
test_halves (void)
{
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (4, 1, 3, NULL);

  g_test_summary ("Two of four that are left decide nothing, as the other two may be deciding; and "
                  "do when they are told that they are gone.");

  weft_ring_fleet_converge (fleet);
  while (get_mark (fleet, 2) < 4 || get_mark (fleet, 3) < 4)
    g_main_context_iteration (NULL, TRUE);
  weft_ring_fleet_kill (fleet, 0);
  weft_ring_fleet_kill (fleet, 1);
  weft_ring_fleet_converge (fleet);
  for (guint i = 2; i < 4; i++)
    {
      g_assert_true (is_partitioned (fleet, i));
    }
  for (guint i = 2; i < 4; i++)
    {
      weft_ring_key_network_forget_missing (weft_ring_fleet_get_ring (fleet, i));
      g_assert_false (is_partitioned (fleet, i));
    }
  LAND (weft_ring_fleet_get_repo (fleet, 2), "a1", "b", "1", INSERT ("b", "1"));
}

static void
test_restart (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weft-ring-XXXXXX", NULL);
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (4, 1, 3, directory);
  g_autoptr(JsonNode) status = NULL;
  JsonObject *object;

  g_test_summary ("After a restart a node finds whom it knew without being told where; and it "
                  "remembers that there were others when there are none.");

  weft_ring_fleet_converge (fleet);
  weft_ring_fleet_stop (fleet, 2);
  g_clear_pointer (&fleet->bootstrap, g_free);
  weft_ring_fleet_start (fleet, 2);
  weft_ring_fleet_converge (fleet);

  for (guint i = 0; i < 4; i++)
    weft_ring_fleet_kill (fleet, i);
  g_clear_pointer (&fleet->bootstrap, g_free);
  weft_ring_fleet_start (fleet, 2);
  status = weft_ring_key_network_get_status (weft_ring_fleet_get_ring (fleet, 2));
  object = json_node_get_object (status);
  g_assert_cmpstr (json_object_get_string_member (object, "readiness"), ==, "alone");
  g_assert_cmpfloat (json_object_get_double_member (object, "sizeMax"), ==, 4);
  expect_refused (fleet, 2, PEND ("a1", INSERT ("b", "1")), "error refused", "shrunk");

  weft_ring_key_network_forget_missing (weft_ring_fleet_get_ring (fleet, 2));
  g_assert_cmpstr (get_isolation (fleet, 2), ==, "extended");
  weft_ring_fleet_kill (fleet, 2);
  g_clear_pointer (&fleet->bootstrap, g_free);
  weft_ring_fleet_start (fleet, 2);
  g_assert_cmpstr (get_isolation (fleet, 2), ==, "extended");

  g_clear_pointer (&fleet, weft_ring_fleet_free);
  weft_remove_all (directory);
}

static void
expect_no_start (const char *const *listen,
                 guint              cluster_min,
                 const char        *message)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftTransport) transport = WEFT_TRANSPORT (
      weft_loopback_transport_new (identity, "test", WEFT_PEER_ROLE_PEER, clock, random));
  g_autoptr(WeftRingKeyNetwork) ring = weft_ring_key_network_new (transport, storage, 2);
  g_autoptr(WeftNode) node = g_object_new (WEFT_TYPE_NODE, "transport", transport, "storage",
                                           storage, "key-network", ring, "listen", listen,
                                           "cluster-min", cluster_min, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  weft_node_start_async (node, NULL, weft_test_await_cb, &result);
  g_assert_false (weft_node_start_finish (node, weft_test_await (&result), &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_contradictions (void)
{
  const char *const somewhere[] = { "/memory/0", NULL };
  const char *const nowhere[] = { NULL };

  g_test_summary ("A node that is told contradictions does not start.");

  expect_no_start (somewhere, 3,
                   "expected blocks to be kept by at least the 3 peers that a cluster needs, "
                   "got 2");
  expect_no_start (nowhere, 2,
                   "expected an address that others can dial, as others look for blocks here; "
                   "announce one, or be an edge");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-node/coordinator", test_coordinator);
  g_test_add_func ("/ring-node/alone", test_alone);
  g_test_add_func ("/ring-node/new", test_new);
  g_test_add_func ("/ring-node/too-few", test_too_few);
  g_test_add_func ("/ring-node/wait", test_wait);
  g_test_add_func ("/ring-node/halves", test_halves);
  g_test_add_func ("/ring-node/restart", test_restart);
  g_test_add_func ("/ring-node/contradictions", test_contradictions);

  return g_test_run ();
}
