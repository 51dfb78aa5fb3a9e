/* test-link-dial.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Dials of a transport over channels, on a clock that stands still: who shares one, who waits how
 * long, and when anybody is told. The test is whatever makes the channels. */

#include "config.h"

#include "../contract/fake-transport.h"
#include "cluster-fixture.h"
#include "manual-clock.h"
#include "weft-channel-transport.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-system-random.h"

#define SECOND G_USEC_PER_SEC

typedef struct
{
  ManualClock *clock;
  WeftTransport *transport;
  GString *outcomes; /* of dials, in the order in which they are told */
  char *message;     /* (nullable): of the last error */
  gboolean closes;   /* whoever is told closes the transport */
} Fixture;

/* A dial that is told of by its name. */
typedef struct
{
  Fixture *fixture;
  char *name;
} Dial;

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  g_autoptr (WeftRandom) random = weft_system_random_new ();
  g_autoptr (WeftIdentity) identity = weft_identity_new (random);

  fixture->clock = manual_clock_new ();
  fixture->outcomes = g_string_new (NULL);
  fixture->transport
    = g_object_new (FAKE_TYPE_TRANSPORT, "identity", identity, "network", FIXTURE_NETWORK, "clock",
                    fixture->clock, "random", random, "agent", "fake/1", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  weft_transport_close (fixture->transport);
  manual_clock_run_due (fixture->clock);
  g_assert_finalize_object (fixture->transport);
  g_assert_finalize_object (fixture->clock);
  g_string_free (fixture->outcomes, TRUE);
  g_free (fixture->message);
}

static void
dialled_cb (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  Dial *dial = user_data;
  Fixture *fixture = dial->fixture;

  g_assert_true ((peer != NULL) != (error != NULL));
  g_string_append_printf (fixture->outcomes, "%s%s %s", fixture->outcomes->len > 0 ? ", " : "",
                          dial->name,
                          error != NULL ? weft_error_to_name (error->code) : "connected");
  g_free (fixture->message);
  fixture->message = error != NULL ? g_strdup (error->message) : NULL;
  g_free (dial->name);
  g_free (dial);
  if (fixture->closes)
    weft_transport_close (transport);
}

static guint64
get_newest (Fixture *fixture)
{
  return FAKE_TRANSPORT (fixture->transport)->dial_id;
}

/* Returns the number that the transport gave it, or the same as before when it is shared. */
static guint64
dial (Fixture    *fixture,
      const char *name,
      const char *address_text,
      gint64      timeout_usec)
{
  g_autoptr (WeftMultiaddr) address = weft_multiaddr_parse (address_text, NULL);
  Dial *dialling = g_new0 (Dial, 1);
  gsize n_told = fixture->outcomes->len;

  dialling->fixture = fixture;
  dialling->name = g_strdup (name);
  weft_transport_dial (fixture->transport, address, timeout_usec, dialled_cb, dialling);
  g_assert_cmpuint (fixture->outcomes->len, ==, n_told);

  return get_newest (fixture);
}

static void
fail (Fixture *fixture,
      guint64  dial_id)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "nobody");

  weft_channel_transport_dialled (WEFT_CHANNEL_TRANSPORT (fixture->transport), dial_id, NULL,
                                  error);
}

static FakeChannel *
connect_dial (Fixture *fixture,
              guint64  dial_id)
{
  FakeChannel *channel = fake_channel_new ();

  weft_channel_transport_dialled (WEFT_CHANNEL_TRANSPORT (fixture->transport), dial_id,
                                  WEFT_CHANNEL (channel), NULL);

  return channel;
}

static void
expect (Fixture    *fixture,
        const char *expected)
{
  manual_clock_run_due (fixture->clock);
  g_assert_cmpstr (fixture->outcomes->str, ==, expected);
  g_string_truncate (fixture->outcomes, 0);
}

static guint64
get_counter (Fixture    *fixture,
             const char *name)
{
  g_autoptr (GVariant) counters = weft_transport_get_counters (fixture->transport);
  guint64 value = 0;

  g_variant_lookup (counters, name, "t", &value);

  return value;
}

static void
test_shared (Fixture       *fixture,
             gconstpointer  user_data)
{
  guint64 first = dial (fixture, "a", "/memory/1", 5 * SECOND);

  g_test_summary ("Dials of one address at the same time are one, and all who wait are told in the "
                  "order in which they asked, and not by the call that says so.");

  g_assert_cmpuint (dial (fixture, "b", "/memory/1", 5 * SECOND), ==, first);
  g_assert_cmpuint (dial (fixture, "c", "/memory/2", 5 * SECOND), !=, first);
  g_assert_cmpuint (get_counter (fixture, "dials"), ==, 2);
  expect (fixture, "");
  fail (fixture, first);
  expect (fixture, "a unavailable, b unavailable");
  g_assert_cmpuint (get_counter (fixture, "dials-failed"), ==, 1);

  g_assert_cmpuint (dial (fixture, "d", "/memory/1", 5 * SECOND), !=, first);
  fail (fixture, get_newest (fixture));
  /* What is over is not heard of again. */
  fail (fixture, first);
  expect (fixture, "d unavailable");
}

static void
test_timeouts (Fixture       *fixture,
               gconstpointer  user_data)
{
  guint64 dial_id = dial (fixture, "short", "/memory/1", SECOND);
  g_autoptr (FakeChannel) late = NULL;

  g_test_summary ("Each waits for as long as it said; with the last the dial is over, and a "
                  "connection that comes then is closed.");

  g_assert_cmpuint (dial (fixture, "long", "/memory/1", 3 * SECOND), ==, dial_id);
  manual_clock_advance (fixture->clock, SECOND - 1);
  expect (fixture, "");
  manual_clock_advance (fixture->clock, 1);
  expect (fixture, "short timed-out");
  g_assert_cmpuint (get_counter (fixture, "dials-now"), ==, 1);
  manual_clock_advance (fixture->clock, 2 * SECOND);
  expect (fixture, "long timed-out");
  g_assert_cmpstr (fixture->message, ==, "/memory/1: no connection was made in time");
  g_assert_cmpuint (get_counter (fixture, "dials-now"), ==, 0);
  g_assert_cmpuint (get_counter (fixture, "dials-timed-out"), ==, 2);

  late = connect_dial (fixture, dial_id);
  g_assert_true (g_str_has_prefix (late->close_reason, "timeout: "));
  expect (fixture, "");
}

static void
test_unproved (Fixture       *fixture,
               gconstpointer  user_data)
{
  guint64 dial_id = dial (fixture, "a", "/memory/1", SECOND);
  g_autoptr (FakeChannel) silent = connect_dial (fixture, dial_id);

  g_test_summary ("Somebody who answers and does not prove who it is is nobody: the connection is "
                  "closed when the last has stopped waiting.");

  expect (fixture, "");
  g_assert_null (silent->close_reason);
  g_assert_cmpuint (dial (fixture, "b", "/memory/1", 2 * SECOND), ==, dial_id);
  manual_clock_advance (fixture->clock, SECOND);
  expect (fixture, "a timed-out");
  g_assert_null (silent->close_reason);
  manual_clock_advance (fixture->clock, SECOND);
  expect (fixture, "b timed-out");
  g_assert_cmpstr (fixture->message, ==, "/memory/1: no peer proved itself in time");
  g_assert_cmpstr (silent->close_reason, ==, "timeout: the dial took too long");
  g_assert_cmpuint (get_counter (fixture, "dials-now"), ==, 0);
  g_assert_cmpuint (get_counter (fixture, "handshakes-now"), ==, 0);
}

static void
test_limit (Fixture       *fixture,
            gconstpointer  user_data)
{
  guint64 last = 0;

  g_test_summary ("There are 256 connections and dials at most; one more is told so, and what "
                  "shares a dial takes no room.");

  for (guint i = 0; i < WEFT_LIMIT_CONNECTIONS_MAX; i++)
    {
      g_autofree char *address = g_strdup_printf ("/memory/%u", i + 1);

      last = dial (fixture, "x", address, 5 * SECOND);
    }
  dial (fixture, "more", "/memory/9999", 5 * SECOND);
  dial (fixture, "shared", "/memory/1", SECOND);
  expect (fixture, "more unavailable");
  g_assert_cmpuint (get_counter (fixture, "dials-now"), ==, WEFT_LIMIT_CONNECTIONS_MAX);

  fail (fixture, last);
  expect (fixture, "x unavailable");
  g_assert_cmpuint (dial (fixture, "room", "/memory/9999", 5 * SECOND), !=, last);
  expect (fixture, "");
  manual_clock_advance (fixture->clock, SECOND);
  expect (fixture, "shared timed-out");
  weft_transport_close (fixture->transport);
  manual_clock_run_due (fixture->clock);
  g_assert_true (g_str_has_prefix (fixture->outcomes->str, "x closed, x closed, "));
  g_assert_true (g_str_has_suffix (fixture->outcomes->str, ", room closed"));
}

static void
test_closed (Fixture       *fixture,
             gconstpointer  user_data)
{
  guint64 first = dial (fixture, "a", "/memory/1", 5 * SECOND);

  g_test_summary ("Whoever is told may close the transport: all others are told once that it is "
                  "closed, and so is who dials then.");

  dial (fixture, "b", "/memory/1", 5 * SECOND);
  dial (fixture, "c", "/memory/2", 5 * SECOND);
  fixture->closes = TRUE;
  fail (fixture, first);
  expect (fixture, "a unavailable, b unavailable, c closed");
  dial (fixture, "d", "/memory/3", 5 * SECOND);
  expect (fixture, "d closed");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) \
  g_test_add ("/link/dial/" name, Fixture, NULL, set_up, func, tear_down)

  ADD ("shared", test_shared);
  ADD ("timeouts", test_timeouts);
  ADD ("unproved", test_unproved);
  ADD ("limit", test_limit);
  ADD ("closed", test_closed);

  return g_test_run ();
}
