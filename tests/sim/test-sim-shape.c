/* test-sim-shape.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

#include <string.h>

#define HOSTS_MAX 10

/* A row for each host that speaks, a column for each that may hear it. */
static char *
draw (WeftSimNetwork *network,
      const guint    *hosts,
      guint           n_hosts)
{
  GString *text = g_string_new (NULL);

  for (guint from = 0; from < n_hosts; from++)
    {
      if (from > 0)
        g_string_append_c (text, ' ');
      for (guint to = 0; to < n_hosts; to++)
        {
          gboolean is_cut = from != to && weft_sim_network_is_cut (network, hosts[from], hosts[to]);

          g_string_append_c (text, is_cut ? '.' : 'x');
        }
    }

  return g_string_free (text, FALSE);
}

static void
test_pairs (void)
{
  const struct
  {
    WeftSimShape shape;
    guint n_hosts;
    guint n_first;
    const char *pairs;
  } cases[] = {
    { WEFT_SIM_SHAPE_SPLIT, 8, 5, "xxxxx... xxxxx... xxxxx... xxxxx... xxxxx... .....xxx .....xxx "
                                  ".....xxx" },
    { WEFT_SIM_SHAPE_SPLIT, 2, 1, "x. .x" },
    { WEFT_SIM_SHAPE_ONE_WAY, 5, 2, "xx... xx... xxxxx xxxxx xxxxx" },
    { WEFT_SIM_SHAPE_PARTIAL, 3, 0, "x.x .xx xxx" },
    { WEFT_SIM_SHAPE_PARTIAL, 5, 0, "x.xxx .xxxx xxxxx xxxxx xxxxx" },
    { WEFT_SIM_SHAPE_BRIDGE, 3, 1, "x.x .xx xxx" },
    { WEFT_SIM_SHAPE_BRIDGE, 5, 2, "xx..x xx..x ..xxx ..xxx xxxxx" },
    { WEFT_SIM_SHAPE_RING, 4, 0, "xx.x xxx. .xxx x.xx" },
    { WEFT_SIM_SHAPE_RING, 5, 0, "xx..x xxx.. .xxx. ..xxx x..xx" },
    { WEFT_SIM_SHAPE_RING, 7, 0, "xxx..xx xxxx..x xxxxx.. .xxxxx. ..xxxxx x..xxxx xx..xxx" },
  };

  g_test_summary ("Exactly those hear each other that do in the shape");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);
      WeftSimNetwork *network = weft_sim_network_get (world);
      g_autofree char *pairs = NULL;
      g_autofree char *healed = NULL;
      guint hosts[HOSTS_MAX];

      for (guint n = 0; n < cases[i].n_hosts; n++)
        hosts[n] = weft_sim_world_add_actor (world, "host");
      weft_sim_network_shape (network, cases[i].shape, hosts, cases[i].n_hosts, cases[i].n_first);
      pairs = draw (network, hosts, cases[i].n_hosts);
      g_assert_cmpstr (pairs, ==, cases[i].pairs);

      weft_sim_network_heal (network);
      healed = draw (network, hosts, cases[i].n_hosts);
      g_assert_null (strchr (healed, '.'));
    }
}

static void
test_one_after_the_other (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);
  WeftSimNetwork *network = weft_sim_network_get (world);
  const guint hosts[] = { weft_sim_world_add_actor (world, "a"),
                          weft_sim_world_add_actor (world, "b"),
                          weft_sim_world_add_actor (world, "c") };
  const guint turned[] = { hosts[2], hosts[0], hosts[1] };
  g_autofree char *pairs = NULL;

  g_test_summary ("A shape takes the place of the one before; the order of hosts says who is who");

  weft_sim_network_shape (network, WEFT_SIM_SHAPE_SPLIT, hosts, 3, 2);
  weft_sim_network_shape (network, WEFT_SIM_SHAPE_PARTIAL, turned, 3, 0);
  pairs = draw (network, hosts, 3);
  g_assert_cmpstr (pairs, ==, "xx. xxx .xx");
}

static void
test_majorities (void)
{
  g_test_summary ("In a ring each host hears a majority, not everybody, and no two hear the same");

  for (guint n_hosts = weft_sim_shape_get_hosts_min (WEFT_SIM_SHAPE_RING); n_hosts <= HOSTS_MAX;
       n_hosts++)
    {
      guint heard[HOSTS_MAX] = { 0 };

      for (guint to = 0; to < n_hosts; to++)
        {
          guint n_heard = 0;

          for (guint from = 0; from < n_hosts; from++)
            if (weft_sim_shape_hears (WEFT_SIM_SHAPE_RING, n_hosts, 0, from, to))
              {
                heard[to] |= 1u << from;
                n_heard++;
              }
          g_assert_cmpuint (n_heard, >, n_hosts / 2);
          g_assert_cmpuint (n_heard, <, n_hosts);
          for (guint other = 0; other < to; other++)
            g_assert_cmpuint (heard[to], !=, heard[other]);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape/pairs-that-hear-each-other", test_pairs);
  g_test_add_func ("/shape/one-after-the-other", test_one_after_the_other);
  g_test_add_func ("/shape/ring-of-majorities", test_majorities);

  return g_test_run ();
}
