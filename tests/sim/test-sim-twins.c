/* test-sim-twins.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Two unmodified nodes under one identity. */

#include <weft-sim.h>

#define SECOND G_TIME_SPAN_SECOND

typedef struct
{
  WeftSimWorld *world;
  WeftSimTwins *twins;
  WeftSimNode *clients[2];
  WeftRemoteRepo *repos[2];
  WeftWriter *writers[2];
  gboolean is_waiting;
  char *value; /* that was read last, or NULL */
  GError *error;
} Stage;

static Stage *
stage_new (guint64 seed)
{
  Stage *self = g_new0 (Stage, 1);

  self->world = weft_sim_world_new (seed);
  self->twins = weft_sim_twins_new (self->world, "twin", WEFT_PEER_ROLE_PEER);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *name = g_strdup_printf ("client-%u", i);

      weft_sim_node_start (weft_sim_twins_get_node (self->twins, 1 - i), WEFT_SIM_DISK_FATE_LOST);
      self->clients[i] = weft_sim_node_new (self->world, name, WEFT_PEER_ROLE_CLIENT);
      weft_sim_node_start (self->clients[i], WEFT_SIM_DISK_FATE_LOST);
      self->repos[i] = weft_sim_node_make_repo (self->clients[i],
                                                weft_sim_twins_get_node (self->twins, 0));
      self->writers[i] = weft_writer_new (WEFT_REPO (self->repos[i]),
                                          WEFT_CLOCK (weft_sim_node_get_clock (self->clients[i])),
                                          weft_sim_node_get_random (self->clients[i]));
    }
  weft_sim_world_run_for (self->world, SECOND);

  return self;
}

static void
stage_free (Stage *self)
{
  for (guint i = 0; i < 2; i++)
    {
      g_assert_finalize_object (self->writers[i]);
      g_object_unref (self->repos[i]);
      g_object_unref (self->clients[i]);
    }
  g_object_unref (self->twins);
  weft_sim_world_run_for (self->world, SECOND);
  g_assert_finalize_object (self->world);
  g_free (self->value);
  g_clear_error (&self->error);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

static gboolean
is_waiting (gpointer user_data)
{
  return ((Stage *) user_data)->is_waiting;
}

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Stage *self = user_data;

  weft_writer_put_finish (WEFT_WRITER (source), result, NULL, NULL, &self->error);
  self->is_waiting = FALSE;
}

static void
put (Stage      *self,
     guint       client,
     const char *value)
{
  g_autoptr(JsonObject) attributes = json_object_new ();
  g_autoptr(WeftBlock) block = NULL;

  json_object_set_string_member (attributes, "value", value);
  block = weft_block_new ("b", "item", "things", attributes, NULL);
  self->is_waiting = TRUE;
  weft_writer_put_async (self->writers[client], &block, 1, NULL, put_cb, self);
  weft_sim_world_run_while (self->world, is_waiting, self, 60 * SECOND);
  g_assert_no_error (self->error);
}

static void
get_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  Stage *self = user_data;
  g_autoptr(WeftGetResult) got = weft_repo_get_finish (WEFT_REPO (source), result, &self->error);
  WeftGetBlockResult *found = got != NULL ? weft_get_result_lookup (got, "b") : NULL;
  WeftBlock *block = found != NULL ? weft_get_block_result_get_block (found) : NULL;
  JsonNode *value = block != NULL ? weft_block_get_attribute (block, "value") : NULL;

  g_clear_pointer (&self->value, g_free);
  self->value = value != NULL ? json_node_dup_string (value) : NULL;
  self->is_waiting = FALSE;
}

static const char *
get (Stage *self,
     guint  client)
{
  g_autoptr(WeftBlockGets) gets = weft_block_gets_new ((const char *const[]) { "b", NULL }, NULL,
                                                       NULL);

  self->is_waiting = TRUE;
  weft_repo_get_async (WEFT_REPO (self->repos[client]), gets, NULL, get_cb, self);
  weft_sim_world_run_while (self->world, is_waiting, self, 60 * SECOND);
  g_assert_no_error (self->error);

  return self->value;
}

static void
test_equivocation (void)
{
  g_autoptr(Stage) stage = stage_new (1);
  WeftSimNode *one = weft_sim_twins_get_node (stage->twins, 0);
  WeftSimNode *other = weft_sim_twins_get_node (stage->twins, 1);

  g_test_summary ("To each client the twins are one node, which tells each something else");

  g_assert_true (weft_peer_id_equal (weft_identity_get_peer_id (weft_sim_node_get_identity (one)),
                                     weft_identity_get_peer_id (
                                       weft_sim_node_get_identity (other))));
  weft_sim_twins_show (stage->twins, weft_sim_node_get_actor (stage->clients[1]), 1);
  put (stage, 0, "yes");
  put (stage, 1, "no");
  g_assert_cmpstr (get (stage, 0), ==, "yes");
  g_assert_cmpstr (get (stage, 1), ==, "no");

  /* Now the second client sees what the first does, over the same address. */
  weft_sim_twins_show (stage->twins, weft_sim_node_get_actor (stage->clients[1]), 0);
  g_assert_cmpstr (get (stage, 1), ==, "yes");
}

static void
test_one_falls (void)
{
  g_autoptr(Stage) stage = stage_new (1);

  g_test_summary ("Each twin has a fate of its own: when one falls, only who sees it notices");

  weft_sim_twins_show (stage->twins, weft_sim_node_get_actor (stage->clients[1]), 1);
  put (stage, 0, "yes");
  put (stage, 1, "no");
  weft_sim_node_kill (weft_sim_twins_get_node (stage->twins, 1), WEFT_SIM_DEATH_CRASH);
  g_assert_cmpstr (get (stage, 0), ==, "yes");

  weft_sim_node_start (weft_sim_twins_get_node (stage->twins, 1), WEFT_SIM_DISK_FATE_LOST);
  weft_sim_world_run_for (stage->world, SECOND);
  g_assert_null (get (stage, 1));
  put (stage, 1, "perhaps");
  g_assert_cmpstr (get (stage, 1), ==, "perhaps");
  g_assert_cmpstr (get (stage, 0), ==, "yes");
}

static void
test_apart (void)
{
  g_autoptr(Stage) stage = stage_new (1);
  WeftSimNetwork *network = weft_sim_network_get (stage->world);
  guint one = weft_sim_node_get_actor (weft_sim_twins_get_node (stage->twins, 0));
  guint other = weft_sim_node_get_actor (weft_sim_twins_get_node (stage->twins, 1));
  guint client = weft_sim_node_get_actor (stage->clients[0]);

  g_test_summary ("Nobody sees both twins, nor do they each other, and healing changes nothing");

  weft_sim_network_heal (network);
  g_assert_true (weft_sim_network_is_cut (network, one, other));
  g_assert_true (weft_sim_network_is_cut (network, other, one));
  g_assert_false (weft_sim_network_is_cut (network, client, one));
  g_assert_false (weft_sim_network_is_cut (network, one, client));
  g_assert_true (weft_sim_network_is_cut (network, client, other));
  g_assert_true (weft_sim_network_is_cut (network, other, client));
  g_assert_cmpuint (weft_sim_twins_get_shown (stage->twins, client), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/twins/equivocation", test_equivocation);
  g_test_add_func ("/sim/twins/one-falls", test_one_falls);
  g_test_add_func ("/sim/twins/apart", test_apart);

  return g_test_run ();
}
