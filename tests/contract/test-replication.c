/* test-replication.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A list of six nodes of which three keep each block: the others pass on what they are asked. */

#include "weft-fleet.h"
#include "weft-node-pair.h"
#include "weft-repo-asker.h"

#define N_NODES 6
#define REPLICATION 3
#define N_BLOCKS 12

static WeftFleet *
fleet_new (void)
{
  return weft_fleet_new (N_NODES, REPLICATION, REPLICATION, NULL);
}

/* Bits of the nodes that keep a block, which all nodes say the same. */
static guint
find_keepers (WeftFleet  *fleet,
              const char *block_id)
{
  guint keepers = 0;

  for (guint i = 0; i < N_NODES; i++)
    {
      g_autoptr(GPtrArray) cohort
        = weft_key_network_get_cohort (WEFT_KEY_NETWORK (fleet->networks[i]), block_id, NULL);
      guint found = 0;

      g_assert_cmpuint (cohort->len, ==, REPLICATION);
      for (guint j = 0; j < N_NODES; j++)
        for (guint k = 0; k < cohort->len; k++)
          if (weft_peer_id_equal (weft_identity_get_peer_id (fleet->identities[j]),
                                  weft_cluster_peer_get_peer_id (g_ptr_array_index (cohort, k))))
            found |= 1u << j;
      if (i == 0)
        keepers = found;
      g_assert_cmpuint (found, ==, keepers);
    }

  return keepers;
}

static guint
find_first (guint nodes)
{
  guint index = 0;

  g_assert_cmpuint (nodes, !=, 0);
  while (!(nodes & (1u << index)))
    index++;

  return index;
}

static char *
found (const char *block_id,
       const char *n,
       const char *action_id,
       gint64      rev)
{
  return g_strdup_printf (FOUND ("%s", "%s", "%" G_GINT64_FORMAT, REV ("%s", "%" G_GINT64_FORMAT)),
                          block_id, block_id, n, rev, action_id, rev);
}

/* Writes a block through a node: 1 first, and so on. */
static void
land (WeftFleet  *fleet,
      guint       index,
      const char *block_id,
      guint       rev)
{
  WeftRepo *repo = weft_fleet_get_repo (fleet, index);
  g_autofree char *action_id = g_strdup_printf ("%s-%u", block_id, rev);
  g_autofree char *n = g_strdup_printf ("%u", rev);
  g_autofree char *pend
    = rev == 1 ? g_strdup_printf (PEND ("%s", INSERT ("%s", "%s")), action_id, block_id, block_id,
                                  n)
               : g_strdup_printf (PEND ("%s", UPDATE ("%s", "%s")), action_id, block_id, n);
  g_autofree char *pended = g_strdup_printf (PENDED ("'%s'"), block_id);
  g_autofree char *commit
    = g_strdup_printf ("{'commit':{'actionId':'%s','blockIds':['%s'],'tailId':'%s','rev':%u}}",
                       action_id, block_id, block_id, rev);

  weft_expect (repo, pend, pended);
  weft_expect (repo, commit, DONE);
}

static void
expect_found (WeftRepo   *repo,
              const char *block_id,
              guint       rev)
{
  g_autofree char *get = g_strdup_printf (GET ("'%s'"), block_id);
  g_autofree char *action_id = g_strdup_printf ("%s-%u", block_id, rev);
  g_autofree char *n = g_strdup_printf ("%u", rev);
  g_autofree char *expected = found (block_id, n, action_id, rev);

  weft_expect (repo, get, expected);
}

static void
expect_absent (WeftRepo   *repo,
               const char *block_id)
{
  g_autofree char *get = g_strdup_printf (GET ("'%s'"), block_id);
  g_autofree char *expected = g_strdup_printf (ABSENT ("%s"), block_id);

  weft_expect (repo, get, expected);
}

static void
test_kept_by_some (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new ();
  gint64 n_forwarded = 0;
  guint n_kept[N_NODES] = { 0 };

  g_test_summary ("A block that is written through any node is kept by its three, by nobody else, "
                  "and read through all");

  for (guint i = 0; i < N_BLOCKS; i++)
    {
      g_autofree char *block_id = g_strdup_printf ("b%u", i);

      land (fleet, i % N_NODES, block_id, 1);
      land (fleet, (i + 1) % N_NODES, block_id, 2);
    }
  weft_fleet_settle (fleet);

  for (guint i = 0; i < N_BLOCKS; i++)
    {
      g_autofree char *block_id = g_strdup_printf ("b%u", i);
      guint keepers = find_keepers (fleet, block_id);

      for (guint j = 0; j < N_NODES; j++)
        {
          expect_found (weft_fleet_get_repo (fleet, j), block_id, 2);
          if (!(keepers & (1u << j)))
            {
              expect_absent (weft_fleet_get_store (fleet, j), block_id);
              continue;
            }
          expect_found (weft_fleet_get_store (fleet, j), block_id, 2);
          n_kept[j]++;
        }
    }
  for (guint j = 0; j < N_NODES; j++)
    {
      n_forwarded += weft_fleet_get_count (fleet, j, "forwarded");
      g_assert_cmpuint (n_kept[j], <, N_BLOCKS);
    }
  g_assert_cmpint (n_forwarded, >, 0);
}

static void
test_keeper_is_away (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new ();
  guint keepers = find_keepers (fleet, "b");
  guint away = find_first (keepers);
  guint stranger = find_first (~keepers);

  g_test_summary ("With one of its three away a block goes on through a node that does not keep "
                  "it; with two away it does not, though four nodes are there that could");

  land (fleet, stranger, "b", 1);
  weft_fleet_stop (fleet, away);
  land (fleet, stranger, "b", 2);
  expect_found (weft_fleet_get_repo (fleet, stranger), "b", 2);
  weft_fleet_stop (fleet, find_first (keepers & ~(1u << away)));
  weft_expect (weft_fleet_get_repo (fleet, stranger),
               PEND ("b-3", UPDATE ("b", "3")), "error unavailable");
  expect_absent (weft_fleet_get_store (fleet, stranger), "b");
}

static void
test_two_clusters (void)
{
  g_autoptr(WeftFleet) fleet = fleet_new ();
  guint keepers = find_keepers (fleet, "b0");
  g_autofree char *other = NULL;
  g_autofree char *pend = NULL;

  g_test_summary ("Blocks that different nodes keep are in no action together, whoever is asked, "
                  "and nothing of it is stored");

  for (guint i = 1; other == NULL; i++)
    {
      g_autofree char *block_id = g_strdup_printf ("b%u", i);

      if (find_keepers (fleet, block_id) != keepers)
        other = g_steal_pointer (&block_id);
    }
  pend = g_strdup_printf ("{'pend':{'actionId':'a','policy':'c','transforms':{'inserts':{"
                          "'b0':" BLOCK ("b0", "1") ",'%s':" BLOCK ("%s", "1") "}}}}",
                          other, other);
  for (guint i = 0; i < N_NODES; i++)
    {
      weft_expect (weft_fleet_get_repo (fleet, i), pend, "error invalid");
      expect_absent (weft_fleet_get_store (fleet, i), "b0");
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/replication/kept-by-some", test_kept_by_some);
  g_test_add_func ("/cluster/replication/keeper-is-away", test_keeper_is_away);
  g_test_add_func ("/cluster/replication/two-clusters", test_two_clusters);

  return g_test_run ();
}
