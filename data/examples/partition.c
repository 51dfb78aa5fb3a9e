/* partition.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

#define SECOND G_TIME_SPAN_SECOND

/* The application: notes that somebody types wait in an outbox until they are saved. */
typedef struct
{
  WeftWriter *writer;
  WeftClock *clock;
  GQueue outbox; /* (element-type WeftBlock) */
  guint n_saved;
} Notes;

static void send_first (gpointer user_data);

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Notes *notes = user_data;
  gint64 retry_usec = weft_clock_get_monotonic (notes->clock) + SECOND;

  if (!weft_writer_put_finish (WEFT_WRITER (source), result, NULL, NULL, NULL))
    {
      weft_clock_add_alarm (notes->clock, retry_usec, send_first, notes, NULL);
      return;
    }
  notes->n_saved++;
  weft_block_unref (g_queue_pop_head (&notes->outbox));
  if (!g_queue_is_empty (&notes->outbox))
    send_first (notes);
}

static void
send_first (gpointer user_data)
{
  Notes *notes = user_data;
  WeftBlock *block = g_queue_peek_head (&notes->outbox);

  weft_writer_put_async (notes->writer, &block, 1, NULL, saved_cb, notes);
}

static void
notes_type (Notes *notes, guint number)
{
  g_autofree char *id = g_strdup_printf ("note/%u", number);

  g_queue_push_tail (&notes->outbox, weft_block_new (id, "note", "notes", NULL, NULL));
  if (g_queue_get_length (&notes->outbox) == 1)
    send_first (notes);
}

/* The test: a note every two seconds, and the node cannot be reached for twelve of them. */
static void
live (guint32 seed)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (seed);
  WeftSimNetwork *network = weft_sim_network_get (world);
  g_autoptr(WeftSimNode) server = weft_sim_node_new (world, "server", WEFT_PEER_ROLE_PEER);
  g_autoptr(WeftSimNode) client = weft_sim_node_new (world, "client", WEFT_PEER_ROLE_CLIENT);
  g_autoptr(WeftRemoteRepo) repo = NULL;
  g_auto(GStrv) kept = NULL;
  Notes notes = { NULL };

  weft_sim_node_start (server, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_node_start (client, WEFT_SIM_DISK_FATE_LOST);
  weft_sim_world_run_for (world, 0);
  repo = weft_sim_node_make_repo (client, server);
  notes.clock = WEFT_CLOCK (weft_sim_node_get_clock (client));
  notes.writer = weft_writer_new (WEFT_REPO (repo), notes.clock, weft_sim_node_get_random (client));

  for (guint i = 0; i < 12; i++)
    {
      gint64 pause_usec = weft_sim_prng_below (weft_sim_world_get_stream (world, "typing"), SECOND);

      weft_sim_world_run_for (world, SECOND + pause_usec);
      if (i == 3)
        weft_sim_network_isolate (network, weft_sim_node_get_actor (server));
      if (i == 9)
        {
          /* Nothing claims to be saved that is not, and typing goes on. */
          g_assert_cmpuint (notes.n_saved, ==, 3);
          g_assert_cmpuint (g_queue_get_length (&notes.outbox), ==, 6);
          weft_sim_network_heal (network);
        }
      notes_type (&notes, i);
    }
  g_test_message ("seed %u: %u notes wait after the last was typed", seed,
                  g_queue_get_length (&notes.outbox));

  /* Nothing was lost, and nothing waits for ever. */
  weft_sim_world_run_for (world, 2 * G_TIME_SPAN_MINUTE);
  g_assert_true (g_queue_is_empty (&notes.outbox));
  kept = weft_storage_list_blocks (weft_sim_node_get_storage (server), NULL, 100, NULL);
  g_assert_cmpuint (g_strv_length (kept), ==, 12);
  g_object_unref (notes.writer);
}

static void
test_partition (void)
{
  for (guint i = 0; i < 20; i++)
    live ((guint32) g_test_rand_int ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notes/partition", test_partition);

  return g_test_run ();
}
