/* test-key-network.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include <weft.h>

#include "manual-clock.h"

#define N_PEERS 9
#define N_BLOCKS 200

typedef struct
{
  ManualClock *clock;
  WeftPeerId *peer_ids[N_PEERS];
  WeftKeyNetwork *network;
} Fixture;

static WeftClusterPeer *
make_peer (WeftPeerId *peer_id,
           const char *address)
{
  g_autoptr(GPtrArray) addresses
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);

  if (address != NULL)
    g_ptr_array_add (addresses, weft_multiaddr_parse (address, NULL));

  return weft_cluster_peer_new (peer_id, addresses);
}

static WeftKeyNetwork *
make_network (Fixture *fixture,
              guint    own,
              guint    n_peers,
              guint    replication)
{
  WeftFixedKeyNetwork *network = weft_fixed_key_network_new (fixture->peer_ids[own], replication,
                                                             WEFT_CLOCK (fixture->clock));

  for (guint i = 0; i < n_peers; i++)
    {
      g_autoptr(WeftClusterPeer) peer = make_peer (fixture->peer_ids[i], NULL);

      weft_fixed_key_network_add_peer (network, peer);
    }
  g_assert_cmpuint (weft_fixed_key_network_get_n_peers (network), ==, MAX (n_peers, 1));

  return WEFT_KEY_NETWORK (network);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->clock = manual_clock_new ();
  for (guint i = 0; i < N_PEERS; i++)
    {
      guint8 seed[32] = { i + 1 };
      g_autoptr(GBytes) bytes = g_bytes_new (seed, sizeof seed);
      g_autoptr(WeftIdentity) identity = weft_identity_new_from_seed (bytes, NULL);

      fixture->peer_ids[i] = weft_peer_id_ref (weft_identity_get_peer_id (identity));
    }
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  for (guint i = 0; i < N_PEERS; i++)
    weft_peer_id_unref (fixture->peer_ids[i]);
  g_clear_object (&fixture->network);
  g_assert_finalize_object (fixture->clock);
}

static gboolean
has_peer (GPtrArray  *peers,
          WeftPeerId *peer_id)
{
  for (guint i = 0; i < peers->len; i++)
    if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i)), peer_id))
      return TRUE;

  return FALSE;
}

static void
check_sorted (GPtrArray *peers)
{
  for (guint i = 1; i < peers->len; i++)
    g_assert_cmpint (
      weft_peer_id_compare (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i - 1)),
                            weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, i))),
      <, 0);
}

/* The distance once more, with other arithmetic: only the first 64 bits of it. */
static double
measure (const char *block_id,
         WeftPeerId *peer_id)
{
  guint8 block_key[WEFT_RING_KEY_LENGTH];
  guint8 peer_key[WEFT_RING_KEY_LENGTH];
  guint64 block_head, peer_head;
  guint64 there;

  weft_ring_key_for_block (block_id, block_key);
  weft_ring_key_for_peer (peer_id, peer_key);
  memcpy (&block_head, block_key, sizeof block_head);
  memcpy (&peer_head, peer_key, sizeof peer_head);
  there = GUINT64_FROM_BE (block_head) - GUINT64_FROM_BE (peer_head);

  return MIN ((double) there, 18446744073709551616.0 - (double) there);
}

static void
test_nearest (Fixture       *fixture,
              gconstpointer  data)
{
  g_test_summary ("Of any number of peers the nearest on the ring keep a block, whichever of them "
                  "is asked");

  for (guint replication = 1; replication <= 5; replication++)
    {
      g_autoptr(WeftKeyNetwork) network = make_network (fixture, 0, N_PEERS, replication);
      g_autoptr(WeftKeyNetwork) other = make_network (fixture, 4, N_PEERS, replication);

      for (guint i = 0; i < N_BLOCKS; i++)
        {
          g_autofree char *block_id = g_strdup_printf ("block-%u", i);
          gboolean is_confident = FALSE;
          g_autoptr(GPtrArray) cohort
              = weft_key_network_get_cohort (network, block_id, &is_confident);
          g_autoptr(GPtrArray) theirs = weft_key_network_get_cohort (other, block_id, NULL);
          double farthest_in = 0;
          double nearest_out = G_MAXDOUBLE;

          g_assert_true (is_confident);
          g_assert_cmpuint (cohort->len, ==, replication);
          check_sorted (cohort);
          for (guint j = 0; j < N_PEERS; j++)
            {
              double distance = measure (block_id, fixture->peer_ids[j]);

              if (has_peer (cohort, fixture->peer_ids[j]))
                farthest_in = MAX (farthest_in, distance);
              else
                nearest_out = MIN (nearest_out, distance);
              g_assert_cmpint (has_peer (cohort, fixture->peer_ids[j]), ==,
                               has_peer (theirs, fixture->peer_ids[j]));
            }
          g_assert_cmpfloat (farthest_in, <, nearest_out);
        }
    }
}

static void
test_spread (Fixture       *fixture,
             gconstpointer  data)
{
  guint n_kept[N_PEERS] = { 0 };

  g_test_summary ("A peer that joins takes over blocks and moves none between the others");

  for (guint i = 0; i < N_BLOCKS; i++)
    {
      g_autofree char *block_id = g_strdup_printf ("block-%u", i);
      g_autoptr(WeftKeyNetwork) before = make_network (fixture, 0, N_PEERS - 1, 3);
      g_autoptr(WeftKeyNetwork) after = make_network (fixture, 0, N_PEERS, 3);
      g_autoptr(GPtrArray) old = weft_key_network_get_cohort (before, block_id, NULL);
      g_autoptr(GPtrArray) new = weft_key_network_get_cohort (after, block_id, NULL);

      for (guint j = 0; j < N_PEERS; j++)
        {
          if (has_peer (new, fixture->peer_ids[j]))
            n_kept[j]++;
          if (j < N_PEERS - 1 && has_peer (new, fixture->peer_ids[j]))
            g_assert_true (has_peer (old, fixture->peer_ids[j]));
        }
    }
  for (guint j = 0; j < N_PEERS; j++)
    g_assert_cmpuint (n_kept[j], >, 0);
}

static void
test_everybody (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(WeftKeyNetwork) network = make_network (fixture, 2, 3, 0);
  g_autoptr(WeftClusterPeer) moved = make_peer (fixture->peer_ids[1], "/memory/7");
  g_autoptr(GPtrArray) cohort = NULL;
  g_autoptr(GPtrArray) others = NULL;

  g_test_summary ("Without a replication all keep every block, and addresses may change");

  weft_fixed_key_network_add_peer (WEFT_FIXED_KEY_NETWORK (network), moved);
  cohort = weft_key_network_get_cohort (network, "any", NULL);
  g_assert_cmpuint (cohort->len, ==, 3);
  others = weft_key_network_list_peers (network);
  g_assert_cmpuint (others->len, ==, 2);
  for (guint i = 0; i < others->len; i++)
    {
      WeftClusterPeer *peer = g_ptr_array_index (others, i);

      g_assert_false (weft_peer_id_equal (weft_cluster_peer_get_peer_id (peer),
                                          fixture->peer_ids[2]));
      if (weft_peer_id_equal (weft_cluster_peer_get_peer_id (peer), fixture->peer_ids[1]))
        g_assert_cmpuint (weft_cluster_peer_get_addresses (peer)->len, ==, 1);
    }
}

static void
found_cb (WeftKeyNetwork *network,
          GPtrArray      *peers,
          const GError   *error,
          gpointer        user_data)
{
  WeftPeerId **found = user_data;

  g_assert_true ((peers != NULL) != (error != NULL));

  if (error != NULL)
    {
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
      return;
    }
  g_assert_cmpuint (peers->len, ==, 1);
  *found = weft_peer_id_ref (weft_cluster_peer_get_peer_id (g_ptr_array_index (peers, 0)));
}

static WeftPeerId *
find_coordinator (Fixture        *fixture,
                  WeftKeyNetwork *network,
                  GPtrArray      *excluded)
{
  WeftPeerId *found = NULL;

  weft_key_network_find_coordinator (network, "block", excluded, found_cb, &found);
  g_assert_null (found);
  manual_clock_run_due (fixture->clock);

  return found;
}

static void
test_coordinator (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr(WeftKeyNetwork) network = make_network (fixture, 0, N_PEERS, 3);
  g_autoptr(GPtrArray) cohort = weft_key_network_get_cohort (network, "block", NULL);
  g_autoptr(GPtrArray) excluded
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);

  g_test_summary ("A coordinator is one of the cluster: who did it before, else the nearest, and "
                  "nobody when all were tried");

  for (guint i = 0; i < cohort->len; i++)
    {
      WeftPeerId *member
          = weft_cluster_peer_get_peer_id (g_ptr_array_index (cohort, i));
      g_autoptr(WeftPeerId) found = NULL;

      weft_key_network_record_coordinator (network, "block", member);
      found = find_coordinator (fixture, network, NULL);
      g_assert_true (weft_peer_id_equal (found, member));
    }

  for (guint i = 0; i < cohort->len; i++)
    {
      WeftPeerId *found = find_coordinator (fixture, network, excluded);

      g_assert_nonnull (found);
      g_assert_true (has_peer (cohort, found));
      g_ptr_array_add (excluded, found);
    }
  g_assert_null (find_coordinator (fixture, network, excluded));
}

static void
reached_cb (WeftKeyNetwork *network,
            GPtrArray      *peers,
            const GError   *error,
            gpointer        user_data)
{
  guint *n_reached = user_data;

  g_assert_no_error (error);
  *n_reached = peers->len;
}

static void
test_move (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(WeftKeyNetwork) network = make_network (fixture, 0, N_PEERS, 3);
  gboolean is_confident = FALSE;
  g_autoptr(GPtrArray) cohort = weft_key_network_get_cohort (network, "block", NULL);
  g_autoptr(GPtrArray) target = weft_key_network_get_target (network, "block", &is_confident);
  guint n_reached = 0;

  g_test_summary ("Where nobody comes or goes, a block stays where it is; and whoever is to be "
                  "reached is told of afterwards");

  g_assert_true (is_confident);
  g_assert_cmpuint (target->len, ==, 3);
  for (guint i = 0; i < target->len; i++)
    g_assert_true (
      has_peer (cohort, weft_cluster_peer_get_peer_id (g_ptr_array_index (target, i))));

  weft_key_network_reach (network, cohort, reached_cb, &n_reached);
  g_assert_cmpuint (n_reached, ==, 0);
  manual_clock_run_due (fixture->clock);
  g_assert_cmpuint (n_reached, ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/key-network/" path, Fixture, NULL, set_up, func, tear_down)

  ADD ("nearest", test_nearest);
  ADD ("spread", test_spread);
  ADD ("everybody", test_everybody);
  ADD ("coordinator", test_coordinator);
  ADD ("move", test_move);

  return g_test_run ();
}
