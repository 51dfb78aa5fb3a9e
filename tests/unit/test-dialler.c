/* test-dialler.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Connections to the peers of a key network: when they are dialled, and at which address. */

#include "config.h"

#include "cluster-fixture.h"
#include "parts-fixture.h"
#include "weft-cluster-peer-private.h"
#include "weft-dialler-private.h"
#include "weft-fixed-key-network.h"

#define MSEC G_TIME_SPAN_MILLISECOND

typedef struct
{
  PartsFixture base;
  WeftFixedKeyNetwork *network;
  WeftDialler *dialler;
} Fixture;

static void
add_peer (Fixture    *fixture,
          guint       number,
          const char *addresses)
{
  g_auto (GStrv) texts = g_strsplit (addresses, " ", -1);
  g_autoptr (GPtrArray) parsed
    = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  g_autoptr (WeftClusterPeer) peer = NULL;

  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (parsed, weft_multiaddr_parse (texts[i], NULL));
  peer = weft_cluster_peer_new (fixture_peer_id (number), parsed);
  weft_fixed_key_network_add_peer (fixture->network, peer);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  parts_fixture_set_up (&fixture->base, user_data);
  fixture->network
    = weft_fixed_key_network_new (fixture_peer_id (7), 0, WEFT_CLOCK (fixture->base.clock));
  add_peer (fixture, 0, "/memory/1 /memory/2");
}

static void
begin (Fixture *fixture)
{
  fixture->dialler
    = weft_dialler_new (WEFT_TRANSPORT (fixture->base.transport),
                        WEFT_KEY_NETWORK (fixture->network), WEFT_CLOCK (fixture->base.clock),
                        fixture->base.parts->random);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_clear_pointer (&fixture->dialler, weft_dialler_free);
  g_clear_object (&fixture->network);
  parts_fixture_tear_down (&fixture->base, user_data);
}

static void
expect (Fixture    *fixture,
        const char *expected)
{
  g_autofree char *notes = parts_fixture_notes (&fixture->base);

  g_assert_cmpstr (notes, ==, expected);
}

/* How long until something is dialled; it also looks around every few seconds. */
static gint64
wait_for_dial (Fixture    *fixture,
               const char *expected)
{
  gint64 before_usec = parts_fixture_now (&fixture->base);
  g_autofree char *notes = g_strdup ("");

  while (*notes == '\0')
    {
      g_free (notes);
      g_assert_true (manual_clock_run_next (fixture->base.clock));
      notes = parts_fixture_notes (&fixture->base);
    }
  g_assert_cmpstr (notes, ==, expected);

  return parts_fixture_now (&fixture->base) - before_usec;
}

static void
test_pauses (Fixture       *fixture,
             gconstpointer  user_data)
{
  gint64 pause_usec = 250 * MSEC;

  g_test_summary ("Who is not there is dialled again, at one address after the other, with pauses "
                  "that double from 250 ms to 30 s, up to half of each by chance.");

  begin (fixture);
  expect (fixture, "dial /memory/1");
  for (guint i = 0; i < 10; i++)
    {
      gint64 waited_usec;

      script_transport_not_dialled (fixture->base.transport, WEFT_ERROR_UNAVAILABLE);
      waited_usec = wait_for_dial (fixture, i % 2 == 0 ? "dial /memory/2" : "dial /memory/1");
      g_assert_cmpint (waited_usec, >=, pause_usec / 2);
      g_assert_cmpint (waited_usec, <, pause_usec);
      pause_usec = MIN (2 * pause_usec, 30 * G_USEC_PER_SEC);
    }
  g_assert_cmpint (pause_usec, ==, 30 * G_USEC_PER_SEC);
  script_transport_not_dialled (fixture->base.transport, WEFT_ERROR_UNAVAILABLE);
}

static void
test_connected (Fixture       *fixture,
                gconstpointer  user_data)
{
  gint64 waited_usec;

  g_test_summary ("Who is connected is not dialled, whoever dialled; who went is dialled again "
                  "after the first pause.");

  script_transport_appear (fixture->base.transport, fixture_peer_id (0));
  add_peer (fixture, 1, "/memory/3");
  begin (fixture);
  /* It looks before it knows who is there; that dial finds the peer at once. */
  expect (fixture, "dial /memory/1; dial /memory/3");
  script_transport_not_dialled (fixture->base.transport, WEFT_ERROR_UNAVAILABLE);
  script_transport_appear (fixture->base.transport, fixture_peer_id (1));
  script_transport_not_dialled (fixture->base.transport, WEFT_ERROR_UNAVAILABLE);
  for (guint i = 0; i < 10; i++)
    g_assert_true (manual_clock_run_next (fixture->base.clock));
  expect (fixture, "");

  script_transport_went (fixture->base.transport, fixture_peer_id (1));
  waited_usec = wait_for_dial (fixture, "dial /memory/3");
  g_assert_cmpint (waited_usec, >=, 125 * MSEC);
  g_assert_cmpint (waited_usec, <, 250 * MSEC);
  script_transport_appear (fixture->base.transport, fixture_peer_id (1));
  script_transport_dialled (fixture->base.transport, fixture_peer_id (1));
  expect (fixture, "");
}

static void
test_new_peer (Fixture       *fixture,
               gconstpointer  user_data)
{
  g_autoptr (WeftClusterPeer) nowhere = NULL;
  gint64 waited_usec;

  g_test_summary ("Who joins the key network is dialled within five seconds, and who has no "
                  "address never.");

  begin (fixture);
  script_transport_appear (fixture->base.transport, fixture_peer_id (0));
  script_transport_not_dialled (fixture->base.transport, WEFT_ERROR_UNAVAILABLE);
  expect (fixture, "dial /memory/1");
  add_peer (fixture, 1, "/memory/3");
  nowhere = weft_cluster_peer_new (fixture_peer_id (2), NULL);
  weft_fixed_key_network_add_peer (fixture->network, nowhere);
  waited_usec = wait_for_dial (fixture, "dial /memory/3");
  g_assert_cmpint (waited_usec, <=, 5 * G_USEC_PER_SEC);
  script_transport_not_dialled (fixture->base.transport, WEFT_ERROR_UNAVAILABLE);
}

static void
test_freed (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_test_summary ("A dial that ends after the dialler went is not listened to.");

  begin (fixture);
  expect (fixture, "dial /memory/1");
  g_clear_pointer (&fixture->dialler, weft_dialler_free);
  script_transport_not_dialled (fixture->base.transport, WEFT_ERROR_UNAVAILABLE);
  script_transport_appear (fixture->base.transport, fixture_peer_id (0));
  manual_clock_advance (fixture->base.clock, G_TIME_SPAN_MINUTE);
  manual_clock_run_due (fixture->base.clock);
  expect (fixture, "");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) \
  g_test_add ("/node/dialler/" name, Fixture, NULL, set_up, func, tear_down)

  ADD ("pauses", test_pauses);
  ADD ("connected", test_connected);
  ADD ("new-peer", test_new_peer);
  ADD ("freed", test_freed);

  return g_test_run ();
}
