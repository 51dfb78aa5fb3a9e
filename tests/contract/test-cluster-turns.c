/* test-cluster-turns.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Many who change the same block at once, and know nothing of each other. */

#include "weft-fleet.h"

#define N_WRITERS 48

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  guint *n_left = user_data;
  g_autoptr(GError) error = NULL;

  weft_writer_put_finish (WEFT_WRITER (source), result, NULL, NULL, &error);
  g_assert_no_error (error);
  (*n_left)--;
}

static void
put (WeftWriter *writer,
     guint       value,
     guint      *n_left)
{
  g_autoptr(JsonObject) attributes = json_object_new ();
  g_autoptr(WeftBlock) block = NULL;
  g_autoptr(GError) error = NULL;

  json_object_set_int_member (attributes, "value", value);
  block = weft_block_new ("b", "t", "c", attributes, &error);
  g_assert_no_error (error);
  weft_writer_put_async (writer, &block, 1, NULL, put_cb, n_left);
}

static void
test_hot_block (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autoptr(GPtrArray) writers = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_left = 2 * N_WRITERS;

  g_test_summary ("All who change one block at once get their turn, twice: nobody gives up, and "
                  "each change is one revision.");

  for (guint i = 0; i < N_WRITERS; i++)
    g_ptr_array_add (writers, weft_writer_new (weft_fleet_get_repo (fleet, 0), fleet->clock,
                                               fleet->random));
  for (guint i = 0; i < N_WRITERS; i++)
    put (g_ptr_array_index (writers, i), i, &n_left);
  for (guint i = 0; i < N_WRITERS; i++)
    put (g_ptr_array_index (writers, i), N_WRITERS + i, &n_left);
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "turns-waited"), >, N_WRITERS / 2);
  weft_fleet_settle (fleet);
  g_assert_cmpint (weft_fleet_get_latest (fleet, 1, "b"), ==, 2 * N_WRITERS);
}

/* A caller from afar, who shares its connection with all others. */
static WeftRepo *
connect_client (WeftFleet      *fleet,
                WeftTransport **client)
{
  g_autoptr(WeftIdentity) identity = weft_identity_new (fleet->random);
  g_autoptr(GPtrArray) addresses = weft_node_list_addresses (fleet->nodes[0]);

  *client = WEFT_TRANSPORT (weft_loopback_transport_new (identity, "test", WEFT_PEER_ROLE_CLIENT,
                                                         fleet->clock, fleet->random));

  return WEFT_REPO (weft_remote_repo_new (*client, g_ptr_array_index (addresses, 0)));
}

/* One who changes the block on top of what it knows, and where that was not the latest, again. */
typedef struct
{
  WeftRepo *repo;
  guint index;
  guint n_tries;
  gint64 rev;
  guint *n_left;
} Rival;

static void ask_rival (Rival *rival);

static void
rival_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Rival *rival = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftCommitResult) answer = weft_repo_put_finish (WEFT_REPO (source), result, &error);

  g_assert_no_error (error);
  if (weft_commit_result_is_success (answer))
    {
      (*rival->n_left)--;
      return;
    }
  rival->rev = weft_stale_failure_get_stale_rev (weft_commit_result_get_failure (answer));
  ask_rival (rival);
}

static void
ask_rival (Rival *rival)
{
  g_autofree char *action_id = g_strdup_printf ("rival-%u~%u", rival->index, ++rival->n_tries);
  g_autofree char *text
      = g_strdup_printf ("{\"inserts\":{},\"updates\":{\"b\":[[\"value\",null,null,%u]]},"
                         "\"deletes\":[]}", rival->index);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) json = weft_json_parse (text, -1, &error);
  g_autoptr(WeftTransforms) transforms = weft_transforms_from_json (json, &error);
  g_autoptr(JsonObject) bases = json_object_new ();
  g_autoptr(WeftPendRequest) pend = NULL;

  json_object_set_int_member (bases, "b", rival->rev);
  pend = weft_pend_request_new (action_id, rival->rev + 1, transforms, bases,
                                WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);
  weft_repo_put_async (rival->repo, pend, NULL, rival_cb, rival);
}

static void
test_full_link (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  g_autoptr(WeftTransport) client = NULL;
  g_autoptr(WeftRepo) repo = connect_client (fleet, &client);
  g_autoptr(WeftWriter) writer = weft_writer_new (repo, fleet->clock, fleet->random);
  Rival rivals[WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX + N_WRITERS] = { { NULL } };
  guint n_left = G_N_ELEMENTS (rivals) + 1;

  g_test_summary ("Many more than a link has room for change one block, each on top of what it "
                  "knows: some are sent away for a while, and nobody fails.");

  put (writer, 0, &n_left);
  while (n_left > G_N_ELEMENTS (rivals))
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (rivals); i++)
    {
      rivals[i] = (Rival) { repo, i, 0, 1, &n_left };
      ask_rival (&rivals[i]);
    }
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "turns-sent-away"), >, 0);
  /* That it is so was found out a few times, and not for each of them. */
  g_assert_cmpint (weft_fleet_get_count (fleet, 0, "turns-lapsed"), <, N_WRITERS / 2);
  weft_fleet_settle (fleet);
  g_assert_cmpint (weft_fleet_get_latest (fleet, 1, "b"), ==,
                   (gint64) G_N_ELEMENTS (rivals) + 1);
  weft_transport_close (client);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/turns/hot-block", test_hot_block);
  g_test_add_func ("/cluster/turns/full-link", test_full_link);

  return g_test_run ();
}
