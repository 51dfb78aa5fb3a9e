/* test-ring-connector.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Whom a node lets go when it is connected to too many. */

#include "weft-ring-connector-private.h"

#include "manual-clock.h"
#include "../contract/weft-node-pair.h"

/* One more than may be. */
#define N_PEERS 161
#define N_KEPT 128
#define LONG_AGO (11 * G_TIME_SPAN_SECOND)

typedef struct
{
  WeftTransport *hub;
  WeftTransport *peers[N_PEERS];
  ManualClock *clock;
  WeftRingConnector *connector;
  guint n_gone;      /* as the hub sees it */
  guint n_told;      /* as the others see it */
  guint n_explained; /* of both, how many were known to be trimmed */
} Fixture;

static WeftTransport *
make_transport (void)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  g_autoptr(WeftIdentity) identity = weft_identity_new (random);

  return WEFT_TRANSPORT (weft_loopback_transport_new (identity, "test", WEFT_PEER_ROLE_PEER,
                                                      clock, random));
}

static void
went_cb (WeftTransport *transport,
         WeftPeer      *peer,
         const GError  *reason,
         gpointer       user_data)
{
  Fixture *fixture = user_data;

  if (transport == fixture->hub)
    fixture->n_gone++;
  else
    fixture->n_told++;
  if (weft_ring_connector_was_trimmed (reason))
    fixture->n_explained++;
}

static void
fixture_init (Fixture *fixture)
{
  g_autoptr(WeftMultiaddr) any = weft_multiaddr_parse ("/memory/0", NULL);
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GError) error = NULL;

  fixture->hub = make_transport ();
  g_assert_true (weft_transport_listen (fixture->hub, any, &error));
  g_assert_no_error (error);
  addresses = weft_transport_list_addresses (fixture->hub);
  fixture->clock = manual_clock_new ();
  fixture->connector = weft_ring_connector_new (fixture->hub, WEFT_CLOCK (fixture->clock));
  g_signal_connect (fixture->hub, "peer-went", G_CALLBACK (went_cb), fixture);
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_autoptr(GAsyncResult) result = NULL;
      g_autoptr(WeftPeer) peer = NULL;

      fixture->peers[i] = make_transport ();
      g_signal_connect (fixture->peers[i], "peer-went", G_CALLBACK (went_cb), fixture);
      weft_transport_dial_async (fixture->peers[i], g_ptr_array_index (addresses, 0), NULL,
                                 weft_test_await_cb, &result);
      peer = weft_transport_dial_finish (fixture->peers[i], weft_test_await (&result), &error);
      g_assert_no_error (error);
    }
  while (weft_ring_connector_get_n_peers (fixture->connector) < N_PEERS)
    g_main_context_iteration (NULL, TRUE);
}

static void
fixture_clear (Fixture *fixture)
{
  g_clear_pointer (&fixture->connector, weft_ring_connector_free);
  g_signal_handlers_disconnect_by_data (fixture->hub, fixture);
  weft_transport_close (fixture->hub);
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_signal_handlers_disconnect_by_data (fixture->peers[i], fixture);
      weft_transport_close (fixture->peers[i]);
      weft_test_settle (G_OBJECT (fixture->peers[i]));
      g_assert_finalize_object (fixture->peers[i]);
    }
  weft_test_settle (G_OBJECT (fixture->hub));
  g_assert_finalize_object (fixture->hub);
  g_object_unref (fixture->clock);
}

static gboolean
keep_nobody (WeftPeerId *peer_id,
             gpointer    user_data)
{
  return FALSE;
}

static void
test_trim (void)
{
  Fixture fixture = { NULL };

  g_test_summary ("Of too many connections those go that nobody needed of late, and neither side "
                  "takes it for the loss of a peer, which it would ask at once whether it lives.");

  fixture_init (&fixture);
  weft_ring_connector_trim (fixture.connector, keep_nobody, NULL);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (fixture.n_gone, ==, 0);

  manual_clock_advance (fixture.clock, LONG_AGO);
  weft_ring_connector_trim (fixture.connector, keep_nobody, NULL);
  while (fixture.n_gone < N_PEERS - N_KEPT || fixture.n_told < N_PEERS - N_KEPT)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture.n_gone, ==, N_PEERS - N_KEPT);
  g_assert_cmpuint (fixture.n_told, ==, N_PEERS - N_KEPT);
  g_assert_cmpuint (fixture.n_explained, ==, 2 * (N_PEERS - N_KEPT));
  g_assert_cmpuint (weft_ring_connector_get_n_peers (fixture.connector), ==, N_KEPT);
  fixture_clear (&fixture);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-connector/trim", test_trim);

  return g_test_run ();
}
