/* test-sim-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

#define SECOND G_TIME_SPAN_SECOND

/* A node and a client, and what became of what the client asked for. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimNetwork *network;
  WeftSimNode *server;
  WeftSimNode *client;
  WeftRemoteRepo *repo;
  WeftWriter *writer;
  guint n_waiting;
  gint64 rev; /* the last that was written or read */
  GError *error;
} Town;

static void
town_greet (Town *town)
{
  g_clear_object (&town->writer);
  g_clear_object (&town->repo);
  town->repo = weft_sim_node_make_repo (town->client, town->server);
  town->writer = weft_writer_new (WEFT_REPO (town->repo),
                                  WEFT_CLOCK (weft_sim_node_get_clock (town->client)),
                                  weft_sim_node_get_random (town->client));
}

static Town *
town_new (guint64 seed)
{
  Town *town = g_new0 (Town, 1);

  town->world = weft_sim_world_new (seed);
  town->network = weft_sim_network_get (town->world);
  town->server = weft_sim_node_new (town->world, "server", WEFT_PEER_ROLE_PEER);
  town->client = weft_sim_node_new (town->world, "client", WEFT_PEER_ROLE_CLIENT);
  weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_node_start (town->client, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_world_run_for (town->world, 0);
  g_assert_no_error (weft_sim_node_get_error (town->server));
  g_assert_cmpint (weft_node_get_state (weft_sim_node_get_node (town->server)), ==,
                   WEFT_NODE_STATE_RUNNING);
  town_greet (town);

  return town;
}

static gboolean
is_waiting (gpointer user_data)
{
  return ((Town *) user_data)->n_waiting > 0;
}

static void
town_wait (Town *town)
{
  g_assert_true (weft_sim_world_run_while (town->world, is_waiting, town, G_TIME_SPAN_HOUR));
}

/* Whatever is dead or alive: in the end nothing is left over. */
static void
town_free (Town *town)
{
  if (weft_sim_node_is_up (town->server))
    weft_sim_node_stop (town->server);
  if (weft_sim_node_is_up (town->client))
    weft_sim_node_kill (town->client, WEFT_SIM_DEATH_CRASH);
  weft_sim_world_run_for (town->world, 10 * SECOND);
  g_assert_false (weft_sim_node_is_up (town->server));
  g_assert_cmpuint (town->n_waiting, ==, 0);
  g_clear_object (&town->writer);
  g_assert_finalize_object (town->repo);
  g_assert_finalize_object (town->client);
  g_assert_finalize_object (town->server);
  g_assert_finalize_object (town->world);
  g_clear_error (&town->error);
  g_free (town);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Town, town_free)

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Town *town = user_data;
  g_autoptr(WeftActionRev) made = NULL;

  town->n_waiting--;
  g_clear_error (&town->error);
  if (weft_writer_put_finish (WEFT_WRITER (source), result, NULL, &made, &town->error))
    town->rev = made != NULL ? weft_action_rev_get_rev (made) : 0;
}

static void
begin_put (Town *town,
           int   number)
{
  g_autoptr(JsonObject) attributes = json_object_new ();
  g_autoptr(WeftBlock) block = NULL;

  json_object_set_int_member (attributes, "number", number);
  block = weft_block_new ("notes/1", "note", "notes", attributes, NULL);
  town->n_waiting++;
  weft_writer_put_async (town->writer, &block, 1, NULL, put_cb, town);
}

static void
put (Town *town,
     int   number)
{
  begin_put (town, number);
  town_wait (town);
}

static void
get_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Town *town = user_data;
  g_autoptr(WeftGetResult) got = NULL;
  WeftGetBlockResult *block;

  town->n_waiting--;
  g_clear_error (&town->error);
  got = weft_repo_get_finish (WEFT_REPO (source), result, &town->error);
  if (got == NULL)
    return;
  block = weft_get_result_lookup (got, "notes/1");
  town->rev = weft_get_block_result_get_block (block) != NULL
                ? weft_get_block_result_get_materialized_rev (block) : 0;
}

static void
get (Town *town)
{
  const char *const ids[] = { "notes/1", NULL };
  g_autoptr(WeftBlockGets) gets = weft_block_gets_new (ids, NULL, NULL);

  town->n_waiting++;
  weft_repo_get_async (WEFT_REPO (town->repo), gets, NULL, get_cb, town);
  town_wait (town);
}

static void
test_lossy (void)
{
  WeftSimLink lossy = {
    .delay = { WEFT_SIM_DELAY_SHAPE_EXPONENTIAL, 5 * 1000, 20 * 1000, 0 },
    .loss = 0.1,
  };
  g_autoptr(Town) town = town_new (1);

  g_test_summary ("What a client writes over a lossy link is there.");

  weft_sim_network_set_default_link (town->network, &lossy);
  for (int i = 1; i <= 50; i++)
    {
      put (town, i);
      g_assert_no_error (town->error);
      g_assert_cmpint (town->rev, ==, i);
    }
  get (town);
  g_assert_no_error (town->error);
  g_assert_cmpint (town->rev, ==, 50);
  g_assert_cmpuint (weft_sim_world_get_counter (town->world, "network-losses"), >, 10);
}

static void
test_kill (void)
{
  g_autoptr(Town) town = town_new (1);

  g_test_summary ("A node that is killed between two requests is gone; started anew, it serves.");

  put (town, 1);
  g_assert_no_error (town->error);
  weft_sim_node_kill (town->server, WEFT_SIM_DEATH_CRASH);
  g_assert_null (weft_sim_node_get_node (town->server));
  put (town, 2);
  g_assert_nonnull (town->error);
  weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_LOST);
  g_assert_cmpuint (weft_sim_node_get_n_lives (town->server), ==, 2);
  get (town);
  g_assert_no_error (town->error);
  /* A disk in memory is lost with the process. */
  g_assert_cmpint (town->rev, ==, 0);
  put (town, 3);
  g_assert_no_error (town->error);
  g_assert_cmpint (town->rev, ==, 1);
}

static void
attach_disk (Town *town)
{
  g_autoptr(WeftSimDisk) disk
    = weft_sim_disk_new (town->world, weft_sim_node_get_actor (town->server));

  weft_sim_node_stop (town->server);
  weft_sim_world_run_for (town->world, SECOND);
  g_assert_false (weft_sim_node_is_up (town->server));
  weft_sim_disk_attach (disk, town->server);
  weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_KEPT);
}

static void
test_disk (void)
{
  g_test_summary ("What was acknowledged is on a disk that is kept, whenever the node is killed.");

  for (gint64 after_usec = 0; after_usec < 20000; after_usec += 500)
    {
      g_autoptr(Town) town = town_new (after_usec + 1);
      gint64 acknowledged;

      attach_disk (town);
      put (town, 1);
      g_assert_no_error (town->error);
      begin_put (town, 2);
      weft_sim_world_run_for (town->world, after_usec);
      acknowledged = town->rev;
      weft_sim_node_kill (town->server,
                          after_usec % 1000 == 0 ? WEFT_SIM_DEATH_CRASH : WEFT_SIM_DEATH_POWER);
      weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_KEPT);
      town_wait (town);
      get (town);
      g_assert_no_error (town->error);
      g_assert_cmpint (town->rev, >=, acknowledged);
      g_assert_cmpint (town->rev, <=, 2);
    }
}

static void
test_rolled_back (void)
{
  g_autoptr(Town) town = town_new (1);

  g_test_summary ("A disk that is rolled back has lost what was acknowledged.");

  attach_disk (town);
  for (int i = 1; i <= 10; i++)
    put (town, i);
  g_assert_cmpint (town->rev, ==, 10);
  weft_sim_node_kill (town->server, WEFT_SIM_DEATH_CRASH);
  weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_ROLLED_BACK);
  get (town);
  g_assert_no_error (town->error);
  g_assert_cmpint (town->rev, <, 10);
}

static void
test_power (void)
{
  g_autoptr(Town) town = town_new (1);
  gint64 start_usec;

  g_test_summary ("Of a power loss nobody is told: the client waits until its request is too old.");

  put (town, 1);
  weft_sim_node_kill (town->server, WEFT_SIM_DEATH_POWER);
  start_usec = weft_sim_world_get_time (town->world);
  put (town, 2);
  g_assert_nonnull (town->error);
  g_assert_cmpint (weft_sim_world_get_time (town->world) - start_usec, >=, 10 * SECOND);
  weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_LOST);
  put (town, 3);
  g_assert_no_error (town->error);
  g_assert_cmpint (town->rev, ==, 1);
}

static void
test_pause (void)
{
  g_autoptr(Town) town = town_new (1);
  gint64 start_usec;

  g_test_summary ("A paused node answers when it is resumed.");

  put (town, 1);
  weft_sim_node_pause (town->server);
  start_usec = weft_sim_world_get_time (town->world);
  begin_put (town, 2);
  weft_sim_world_run_for (town->world, 5 * SECOND);
  g_assert_cmpuint (town->n_waiting, ==, 1);
  weft_sim_node_resume (town->server);
  town_wait (town);
  g_assert_no_error (town->error);
  g_assert_cmpint (town->rev, ==, 2);
  g_assert_cmpint (weft_sim_world_get_time (town->world) - start_usec, <, 6 * SECOND);
}

static void
test_dead_client (void)
{
  g_test_summary ("A client that is killed at any point of a write hears an end of it.");

  for (gint64 after_usec = 0; after_usec < 6000; after_usec += 150)
    {
      g_autoptr(Town) town = town_new (1);

      if (after_usec % 300 == 0)
        weft_sim_node_kill (town->server, WEFT_SIM_DEATH_CRASH);
      begin_put (town, 1);
      weft_sim_world_run_for (town->world, after_usec);
      weft_sim_node_kill (town->client, WEFT_SIM_DEATH_POWER);
      town_wait (town);
      if (!weft_sim_node_is_up (town->server))
        weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_LOST);
      weft_sim_node_start (town->client, WEFT_SIM_DISK_FATE_KEPT);
      town_greet (town);
      put (town, 2);
      g_assert_no_error (town->error);
    }
}

static void
test_dead_server (void)
{
  g_test_summary ("A node can be killed at any point of a request, also while it starts.");

  for (gint64 after_usec = 0; after_usec < 6000; after_usec += 150)
    {
      g_autoptr(Town) town = town_new (1);

      begin_put (town, 1);
      weft_sim_world_run_for (town->world, after_usec);
      weft_sim_node_kill (town->server, WEFT_SIM_DEATH_CRASH);
      weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_LOST);
      weft_sim_node_kill (town->server, WEFT_SIM_DEATH_POWER);
      weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_LOST);
      town_wait (town);
      put (town, 2);
      g_assert_no_error (town->error);
      g_assert_cmpuint (weft_sim_node_get_n_lives (town->server), ==, 3);
    }
}

static void
test_clock (void)
{
  g_autoptr(Town) town = town_new (1);

  g_test_summary ("Clocks that step and drift disturb no write, and stay wrong after a restart.");

  weft_sim_node_step_clock (town->server, -G_TIME_SPAN_DAY);
  weft_sim_node_set_drift (town->client, 100000);
  put (town, 1);
  g_assert_no_error (town->error);
  weft_sim_node_kill (town->server, WEFT_SIM_DEATH_CRASH);
  weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_LOST);
  g_assert_cmpint (weft_sim_clock_get_skew (weft_sim_node_get_clock (town->server)), ==,
                   -G_TIME_SPAN_DAY);
  put (town, 2);
  g_assert_no_error (town->error);
}

static void
test_address_taken (void)
{
  g_autoptr(Town) town = town_new (1);
  g_autoptr(WeftSimNode) other = NULL;
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, 3);
  g_autoptr(GError) error = NULL;

  g_test_summary ("A node that cannot start is down, and says why.");

  weft_transport_listen (weft_sim_node_get_transport (town->client), address, &error);
  g_assert_no_error (error);
  other = weft_sim_node_new (town->world, "other", WEFT_PEER_ROLE_PEER);
  weft_sim_node_start (other, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_world_run_for (town->world, 0);
  g_assert_false (weft_sim_node_is_up (other));
  g_assert_error (weft_sim_node_get_error (other), WEFT_ERROR, WEFT_ERROR_EXISTS);
  g_assert_finalize_object (g_steal_pointer (&other));
}

static guint64
live (guint64 seed)
{
  WeftSimLink lossy = {
    .delay = { WEFT_SIM_DELAY_SHAPE_LOG_NORMAL, 200, 2000, 1 },
    .loss = 0.05,
    .corruption = 0.01,
    .reset = 0.01,
  };
  g_autoptr(Town) town = town_new (seed);
  WeftSimPrng *prng = weft_sim_world_get_stream (town->world, "workload");

  weft_sim_network_set_default_link (town->network, &lossy);
  for (int i = 0; i < 60; i++)
    {
      begin_put (town, i);
      if (weft_sim_prng_chance (prng, 0.2))
        {
          weft_sim_world_run_for (town->world, weft_sim_prng_range (prng, 0, 20000));
          weft_sim_node_kill (town->server, WEFT_SIM_DEATH_CRASH);
          weft_sim_world_run_for (town->world, weft_sim_prng_range (prng, 0, SECOND));
          weft_sim_node_start (town->server, WEFT_SIM_DISK_FATE_LOST);
        }
      town_wait (town);
    }

  return weft_sim_world_get_hash (town->world);
}

static void
test_same (void)
{
  g_test_summary ("The life of a node and a client under faults is the same from the same seed.");

  for (guint64 seed = 1; seed <= 10; seed++)
    {
      guint64 hash = live (seed);

      g_test_message ("seed %" G_GUINT64_FORMAT ": %016" G_GINT64_MODIFIER "x", seed, hash);
      g_assert_cmphex (live (seed), ==, hash);
      g_assert_cmphex (live (seed + 100), !=, hash);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/node/lossy", test_lossy);
  g_test_add_func ("/sim/node/kill", test_kill);
  g_test_add_func ("/sim/node/disk", test_disk);
  g_test_add_func ("/sim/node/rolled-back", test_rolled_back);
  g_test_add_func ("/sim/node/power", test_power);
  g_test_add_func ("/sim/node/pause", test_pause);
  g_test_add_func ("/sim/node/dead-client", test_dead_client);
  g_test_add_func ("/sim/node/dead-server", test_dead_server);
  g_test_add_func ("/sim/node/clock", test_clock);
  g_test_add_func ("/sim/node/address-taken", test_address_taken);
  g_test_add_func ("/sim/node/same", test_same);

  return g_test_run ();
}
