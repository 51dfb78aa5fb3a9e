/* test-ring-nodes.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Nodes that find each other on a ring, and keep blocks together. */

#include "weft-ring-fleet.h"

#include "weft-node-pair.h"
#include "weft-remove-all.h"
#include "weft-repo-asker.h"

#define LATEST(n) FOUND ("b", n, n, REV ("a" n, n))

static void
test_five (void)
{
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (5, 3, 3, NULL);
  guint n_cohorts = 0;

  g_test_summary ("Five nodes find each other through one; all see the same three for a block, and "
                  "what is committed through any of them is read through any other.");

  weft_ring_fleet_converge (fleet);
  for (guint i = 0; i < 5; i++)
    {
      gboolean is_confident;
      g_autoptr(GPtrArray) cohort = weft_key_network_get_cohort (
          WEFT_KEY_NETWORK (weft_ring_fleet_get_ring (fleet, i)), "b", &is_confident);
      g_autoptr(GPtrArray) first = weft_key_network_get_cohort (
          WEFT_KEY_NETWORK (weft_ring_fleet_get_ring (fleet, 0)), "b", NULL);

      g_assert_cmpuint (cohort->len, ==, 3);
      for (guint j = 0; j < 3; j++)
        {
          WeftPeerId *peer_id = weft_cluster_peer_get_peer_id (g_ptr_array_index (cohort, j));

          g_assert_true (weft_peer_id_equal (
              peer_id, weft_cluster_peer_get_peer_id (g_ptr_array_index (first, j))));
          if (weft_peer_id_equal (peer_id, weft_identity_get_peer_id (fleet->identities[i])))
            n_cohorts++;
        }
    }
  g_assert_cmpuint (n_cohorts, ==, 3);

  LAND (weft_ring_fleet_get_repo (fleet, 0), "a1", "b", "1", INSERT ("b", "1"));
  LAND (weft_ring_fleet_get_repo (fleet, 3), "a2", "b", "2", UPDATE ("b", "2"));
  for (guint i = 0; i < 5; i++)
    weft_expect (weft_ring_fleet_get_repo (fleet, i), GET ("'b'"), LATEST ("2"));
}

static WeftRingReadiness
get_readiness (WeftRingFleet *fleet,
               guint          index)
{
  return weft_ring_key_network_get_readiness (weft_ring_fleet_get_ring (fleet, index));
}

static void
test_twelve (void)
{
  g_autofree char *directory = g_dir_make_tmp ("weft-ring-XXXXXX", NULL);
  g_autoptr(WeftRingFleet) fleet = weft_ring_fleet_new (12, 2, 3, directory);

  g_test_summary ("Of twelve one leaves, one is killed and one returns at another address: each "
                  "time all agree, and blocks are kept.");

  weft_ring_fleet_converge (fleet);
  LAND (weft_ring_fleet_get_repo (fleet, 1), "a1", "b", "1", INSERT ("b", "1"));
  for (guint i = 0; i < 12; i++)
    weft_expect (weft_ring_fleet_get_repo (fleet, i), GET ("'b'"), LATEST ("1"));

  weft_ring_fleet_stop (fleet, 3);
  weft_ring_fleet_converge (fleet);

  weft_ring_fleet_kill (fleet, 5);
  weft_ring_fleet_converge (fleet);
  LAND (weft_ring_fleet_get_repo (fleet, 2), "a2", "b", "2", UPDATE ("b", "2"));

  weft_ring_fleet_start (fleet, 3);
  weft_ring_fleet_converge (fleet);
  for (guint i = 0; i < 12; i++)
    if (fleet->nodes[i] != NULL)
      {
        g_assert_cmpint (get_readiness (fleet, i), ==, WEFT_RING_READINESS_HEALTHY);
        weft_expect (weft_ring_fleet_get_repo (fleet, i), GET ("'b'"), LATEST ("2"));
      }

  g_clear_pointer (&fleet, weft_ring_fleet_free);
  weft_remove_all (directory);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-nodes/five", test_five);
  g_test_add_func ("/ring-nodes/twelve", test_twelve);

  return g_test_run ();
}
