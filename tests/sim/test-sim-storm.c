/* test-sim-storm.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

/* Everything at once: clients write while ways, connections, processes, clocks and disks fail at
 * random. Whatever happens, every call ends, all is well again when the faults stop, nothing is
 * left over, and the same seed gives the same again. */

#define MSEC G_TIME_SPAN_MILLISECOND
#define SECOND G_TIME_SPAN_SECOND
#define CLIENTS 3
#define STORM_USEC (60 * SECOND)
/* The longest that something stalled may take to be noticed, and to be tried again. */
#define CALM_USEC (300 * SECOND)

typedef struct _Storm Storm;

typedef struct
{
  Storm *storm;
  WeftSimNode *machine;
  WeftRemoteRepo *repo;
  WeftWriter *writer;
  guint n_begun;
  guint n_done;
  guint n_failed;
  guint n_failed_in_calm;
} Client;

struct _Storm
{
  WeftSimWorld *world;
  WeftSimNetwork *network;
  WeftSimPrng *prng;
  WeftSimNode *server;
  WeftSimDisk *disk;
  Client clients[CLIENTS];
  gboolean is_over; /* no new writes */
  gboolean is_calm; /* everything has to work */
};

static void begin_put (Client *client);

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Client *client = user_data;
  g_autoptr(GError) error = NULL;

  client->n_done++;
  if (!weft_writer_put_finish (WEFT_WRITER (source), result, NULL, NULL, &error))
    {
      client->n_failed++;
      client->n_failed_in_calm += client->storm->is_calm;
    }
  /* A client that was killed begins again only when it is started. */
  if (client->writer == WEFT_WRITER (source) && !client->storm->is_over)
    begin_put (client);
}

static void
begin_put (Client *client)
{
  guint64 number = weft_sim_prng_below (client->storm->prng, 5);
  g_autofree char *id = g_strdup_printf ("notes/%u", (guint) number);
  g_autoptr(JsonObject) attributes = json_object_new ();
  g_autoptr(WeftBlock) block = NULL;

  json_object_set_int_member (attributes, "number", client->n_begun++);
  block = weft_block_new (id, "note", "notes", attributes, NULL);
  weft_writer_put_async (client->writer, &block, 1, NULL, put_cb, client);
}

static void
greet (Client *client)
{
  g_clear_object (&client->writer);
  g_clear_object (&client->repo);
  client->repo = weft_sim_node_make_repo (client->machine, client->storm->server);
  client->writer
    = weft_writer_new (WEFT_REPO (client->repo),
                       WEFT_CLOCK (weft_sim_node_get_clock (client->machine)),
                       weft_sim_node_get_random (client->machine));
  begin_put (client);
}

static void
wake (Storm *storm)
{
  for (guint i = 0; i < CLIENTS; i++)
    if (!weft_sim_node_is_up (storm->clients[i].machine))
      {
        weft_sim_node_start (storm->clients[i].machine, WEFT_SIM_DISK_FATE_KEPT);
        greet (&storm->clients[i]);
      }
  if (!weft_sim_node_is_up (storm->server))
    weft_sim_node_start (storm->server, WEFT_SIM_DISK_FATE_KEPT);
}

static void
strike_machine (Storm   *storm,
                guint64  choice)
{
  guint64 victim = weft_sim_prng_below (storm->prng, CLIENTS + 2);
  WeftSimNode *machine = victim < CLIENTS ? storm->clients[victim].machine : storm->server;

  if (!weft_sim_node_is_up (machine))
    return;
  if (choice == 0)
    weft_sim_node_kill (machine, weft_sim_prng_below (storm->prng, 2) == 0
                                   ? WEFT_SIM_DEATH_CRASH : WEFT_SIM_DEATH_POWER);
  else if (choice == 1)
    weft_sim_node_pause (machine);
  else if (choice == 2)
    weft_sim_node_resume (machine);
  else
    weft_sim_node_step_clock (machine, weft_sim_prng_range (storm->prng, -SECOND, SECOND));
  if (victim < CLIENTS && !weft_sim_node_is_up (machine))
    {
      g_clear_object (&storm->clients[victim].writer);
      g_clear_object (&storm->clients[victim].repo);
    }
}

static void
strike_network (Storm   *storm,
                guint64  choice)
{
  guint server = weft_sim_node_get_actor (storm->server);
  guint64 victim = weft_sim_prng_below (storm->prng, CLIENTS);
  guint client = weft_sim_node_get_actor (storm->clients[victim].machine);

  if (choice == 0)
    weft_sim_network_reset (storm->network, client, server);
  else if (choice == 1)
    weft_sim_network_forget (storm->network, client, server);
  else if (choice == 2)
    weft_sim_network_isolate (storm->network, client);
  else if (choice == 3)
    weft_sim_network_cut (storm->network, server, client);
  else if (choice == 4)
    weft_sim_network_flap (storm->network, client, server, 300 * MSEC, 4);
  else
    weft_sim_network_heal (storm->network);
}

static void
strike (Storm *storm)
{
  guint64 choice = weft_sim_prng_below (storm->prng, 16);

  if (choice < 4)
    strike_machine (storm, choice);
  else if (choice < 12)
    strike_network (storm, choice - 4);
  else if (choice == 12)
    weft_sim_disk_stall (storm->disk, weft_sim_prng_range (storm->prng, 0, 3 * SECOND));
  else
    wake (storm);
}

static void
storm_init (Storm   *storm,
            guint64  seed)
{
  WeftSimLink link = {
    .delay = { WEFT_SIM_DELAY_SHAPE_LOG_NORMAL, 200, 2000, 1 },
    .loss = 0.02,
    .corruption = 0.002,
    .reset = 0.002,
  };

  storm->world = weft_sim_world_new (seed);
  storm->network = weft_sim_network_get (storm->world);
  storm->prng = weft_sim_world_get_stream (storm->world, "storm");
  weft_sim_network_set_default_link (storm->network, &link);
  storm->server = weft_sim_node_new (storm->world, "server", WEFT_PEER_ROLE_PEER);
  storm->disk = weft_sim_disk_new (storm->world, weft_sim_node_get_actor (storm->server));
  weft_sim_disk_attach (storm->disk, storm->server);
  weft_sim_disk_set_sync_failures (storm->disk, 0.01);
  for (guint i = 0; i < CLIENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("client %u", i);

      storm->clients[i].storm = storm;
      storm->clients[i].machine = weft_sim_node_new (storm->world, name, WEFT_PEER_ROLE_CLIENT);
    }
  wake (storm);
}

/* No faults any more: after a while every write succeeds. */
static void
calm (Storm *storm)
{
  WeftSimLink link;

  weft_sim_link_init (&link);
  weft_sim_network_set_default_link (storm->network, &link);
  weft_sim_disk_set_sync_failures (storm->disk, 0);
  weft_sim_world_run_for (storm->world, 5 * SECOND);
  weft_sim_network_heal (storm->network);
  weft_sim_node_resume (storm->server);
  for (guint i = 0; i < CLIENTS; i++)
    weft_sim_node_resume (storm->clients[i].machine);
  wake (storm);
  storm->is_over = TRUE;
  weft_sim_world_run_for (storm->world, CALM_USEC);
  for (guint i = 0; i < CLIENTS; i++)
    g_assert_cmpuint (storm->clients[i].n_done, ==, storm->clients[i].n_begun);

  storm->is_over = FALSE;
  storm->is_calm = TRUE;
  for (guint i = 0; i < CLIENTS; i++)
    begin_put (&storm->clients[i]);
  weft_sim_world_run_for (storm->world, SECOND);
  storm->is_over = TRUE;
  weft_sim_world_run_for (storm->world, SECOND);
  for (guint i = 0; i < CLIENTS; i++)
    {
      g_assert_cmpuint (storm->clients[i].n_done, ==, storm->clients[i].n_begun);
      g_assert_cmpuint (storm->clients[i].n_failed_in_calm, ==, 0);
    }
}

static void
storm_clear (Storm *storm)
{
  weft_sim_node_stop (storm->server);
  for (guint i = 0; i < CLIENTS; i++)
    {
      weft_sim_node_kill (storm->clients[i].machine, WEFT_SIM_DEATH_CRASH);
      g_clear_object (&storm->clients[i].writer);
    }
  weft_sim_world_run_for (storm->world, 10 * SECOND);
  for (guint i = 0; i < CLIENTS; i++)
    {
      g_assert_finalize_object (storm->clients[i].repo);
      g_assert_finalize_object (storm->clients[i].machine);
    }
  g_assert_finalize_object (storm->server);
  g_assert_finalize_object (storm->disk);
  g_assert_finalize_object (storm->world);
}

static guint64
rage (guint64 seed)
{
  Storm storm = { 0 };
  guint64 hash;

  storm_init (&storm, seed);
  while (weft_sim_world_get_time (storm.world) < STORM_USEC)
    {
      weft_sim_world_run_for (storm.world, weft_sim_prng_range (storm.prng, 0, SECOND));
      strike (&storm);
    }
  calm (&storm);
  hash = weft_sim_world_get_hash (storm.world);
  g_test_message ("seed %" G_GUINT64_FORMAT ": %016" G_GINT64_MODIFIER "x after %" G_GUINT64_FORMAT
                  " events", seed, hash, weft_sim_world_get_n_events (storm.world));
  storm_clear (&storm);

  return hash;
}

static void
test_storm (void)
{
  guint n_seeds = g_test_slow () ? 500 : 4;

  g_test_summary ("After any storm all calls have ended and everything works again.");

  for (guint64 seed = 1; seed <= n_seeds; seed++)
    rage (seed);
}

static void
test_same (void)
{
  g_test_summary ("A storm is the same when it comes again.");

  g_assert_cmphex (rage (1001), ==, rage (1001));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/storm/storm", test_storm);
  g_test_add_func ("/sim/storm/same", test_same);

  return g_test_run ();
}
