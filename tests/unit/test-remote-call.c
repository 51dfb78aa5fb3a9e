/* test-remote-call.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How one request finds its way: each test plays the other side by hand, on a clock that stands
 * still, and states what it should have been asked. */

#include "config.h"

#include "manual-clock.h"
#include "script-transport.h"
#include "weft-identity.h"
#include "weft-json.h"
#include "weft-remote-call-private.h"
#include "weft-system-random.h"

#define ADDRESS "/memory/1"
#define ASK(peer) "ask " peer " /db-p2p/repo/1.0.0 {\"x\":1}"

typedef struct
{
  ManualClock *clock;
  ScriptTransport *transport;
  WeftPeerId *peers[4]; /* named a, b, c, d */
  WeftRemoteParty *party;
  char *outcome; /* NULL until the call is done */
} Fixture;

static WeftPeerId *
make_peer (guint8 number)
{
  guint8 seed[32] = { number + 1 };
  g_autoptr(GBytes) bytes = g_bytes_new (seed, sizeof seed);
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftIdentity) identity = weft_identity_new_from_seed (bytes, &error);

  g_assert_no_error (error);

  return weft_peer_id_ref (weft_identity_get_peer_id (identity));
}

static WeftRemoteRoute *
make_home (Fixture *fixture,
           gboolean is_known)
{
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GError) error = NULL;

  addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_multiaddr_unref);
  g_ptr_array_add (addresses, weft_multiaddr_parse (ADDRESS, &error));
  g_assert_no_error (error);

  return weft_remote_route_new (WEFT_TRANSPORT (fixture->transport),
                                is_known ? fixture->peers[0] : NULL, addresses);
}

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  user_data)
{
  static const char *const names[] = { "a", "b", "c", "d" };

  fixture->clock = manual_clock_new ();
  fixture->transport = script_transport_new ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      fixture->peers[i] = make_peer (i);
      script_transport_name_peer (fixture->transport, fixture->peers[i], names[i]);
    }

  fixture->party = g_new0 (WeftRemoteParty, 1);
  fixture->party->ref_count = 1;
  fixture->party->transport = WEFT_TRANSPORT (g_object_ref (fixture->transport));
  fixture->party->clock = WEFT_CLOCK (g_object_ref (fixture->clock));
  fixture->party->random = weft_system_random_new ();
  fixture->party->prefix = g_strdup ("/db-p2p");
  fixture->party->timeout_usec = 10 * G_USEC_PER_SEC;
  fixture->party->home = make_home (fixture, user_data != NULL);
  fixture->party->coordinators = weft_route_cache_new (2);
  if (user_data != NULL)
    script_transport_appear (fixture->transport, fixture->peers[0]);
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  user_data)
{
  weft_remote_party_unref (fixture->party);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    weft_peer_id_unref (fixture->peers[i]);
  g_assert_finalize_object (fixture->transport);
  g_assert_finalize_object (fixture->clock);
  g_free (fixture->outcome);
}

static void
done_cb (const WeftItem *body,
         const char     *peer,
         const GError   *error,
         gpointer        user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->outcome);
  g_assert_true ((body != NULL) != (error != NULL));
  if (body != NULL)
    {
      g_autoptr(GString) text = g_string_new (NULL);

      weft_item_append (body, text);
      fixture->outcome = g_strdup (text->str);
    }
  else if (error->domain == WEFT_ERROR)
    fixture->outcome = g_strdup_printf ("%s: %s", weft_error_to_name (error->code),
                                        error->message);
  else
    fixture->outcome = g_strdup (error->message);
}

static void
start (Fixture      *fixture,
       const char   *block_id,
       gboolean      is_idempotent,
       GCancellable *cancellable)
{
  g_autoptr(JsonNode) body = weft_json_parse ("{\"x\":1}", -1, NULL);
  WeftRemoteRequest request = {
    .service = "repo",
    .body = body,
    .block_id = block_id,
    .is_idempotent = is_idempotent,
  };

  g_clear_pointer (&fixture->outcome, g_free);
  weft_remote_call_start (fixture->party, &request, cancellable, done_cb, fixture);
  g_assert_null (fixture->outcome);
}

static void
expect_notes (Fixture    *fixture,
              const char *expected)
{
  g_autofree char *notes = script_transport_take_notes (fixture->transport);

  g_assert_cmpstr (notes, ==, expected);
}

/* What is said of a peer has its id in front; the test need not know it by heart. */
static void
expect_outcome (Fixture    *fixture,
                const char *code,
                WeftPeerId *peer_id,
                const char *message)
{
  g_autofree char *expected = g_strdup_printf ("%s: %s: %s", code,
                                               weft_peer_id_get_text (peer_id), message);

  g_assert_cmpstr (fixture->outcome, ==, expected);
}

/* {"redirect":{"peers":[…]}} to peers by number, each at /memory/<number + 1>. */
static void
redirect (Fixture *fixture,
          guint    first,
          guint    last)
{
  g_autoptr(GString) body = g_string_new ("{\"redirect\":{\"peers\":[");

  for (guint i = first; i <= last; i++)
    g_string_append_printf (body, "%s{\"id\":\"%s\",\"addrs\":[\"/memory/%u\"]}",
                            i > first ? "," : "", weft_peer_id_get_text (fixture->peers[i]), i + 1);
  g_string_append (body, "],\"reason\":\"not_in_cluster\"}}");
  script_transport_reply (fixture->transport, body->str);
}

static void
test_call_dials (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_test_summary ("A peer of whom only the address is known is dialled, then asked.");

  start (fixture, NULL, TRUE, NULL);
  expect_notes (fixture, "dial /memory/1");
  script_transport_dialled (fixture->transport, fixture->peers[0]);
  expect_notes (fixture, ASK ("a"));
  script_transport_reply (fixture->transport, "{\"y\":2}");
  g_assert_cmpstr (fixture->outcome, ==, "{\"y\":2}");
}

static void
test_call_shares_dial (Fixture       *fixture,
                       gconstpointer  user_data)
{
  g_test_summary ("Two calls at once share one dial.");

  start (fixture, NULL, TRUE, NULL);
  start (fixture, NULL, TRUE, NULL);
  expect_notes (fixture, "dial /memory/1");
  script_transport_dialled (fixture->transport, fixture->peers[0]);
  expect_notes (fixture, ASK ("a") "; " ASK ("a"));
  script_transport_reply (fixture->transport, "{\"y\":1}");
  g_clear_pointer (&fixture->outcome, g_free);
  script_transport_reply (fixture->transport, "{\"y\":2}");
  g_assert_cmpstr (fixture->outcome, ==, "{\"y\":2}");
}

static void
test_call_gives_up (Fixture       *fixture,
                    gconstpointer  user_data)
{
  g_test_summary ("Nobody there: five attempts with pauses that grow, then an error that says so.");

  start (fixture, NULL, FALSE, NULL);
  for (guint i = 0; i < 4; i++)
    {
      gint64 before_usec = weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock));
      gint64 pause_usec;

      script_transport_not_dialled (fixture->transport, WEFT_ERROR_UNAVAILABLE);
      g_assert_true (manual_clock_run_next (fixture->clock));
      pause_usec = weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock)) - before_usec;
      g_assert_cmpint (pause_usec, >, 50000 << i);
      g_assert_cmpint (pause_usec, <=, 100000 << i);
    }
  g_assert_null (fixture->outcome);
  script_transport_not_dialled (fixture->transport, WEFT_ERROR_UNAVAILABLE);

  g_assert_cmpstr (fixture->outcome, ==,
                   "exhausted: /memory/1: gave up after 5 attempts: nobody answers");
  expect_notes (fixture, "dial /memory/1; dial /memory/1; dial /memory/1; dial /memory/1; "
                "dial /memory/1");
}

static void
test_call_redials (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_test_summary ("A change that was never sent since the connection is lost is sent over a new "
                  "one, at once.");

  script_transport_went (fixture->transport, fixture->peers[0]);
  start (fixture, NULL, FALSE, NULL);
  script_transport_fail (fixture->transport, WEFT_ERROR_UNAVAILABLE, "not connected");
  g_assert_true (manual_clock_run_next (fixture->clock));
  g_assert_cmpint (weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock)), ==, G_USEC_PER_SEC);
  expect_notes (fixture, ASK ("a") "; dial /memory/1");
  script_transport_dialled (fixture->transport, fixture->peers[0]);
  expect_notes (fixture, ASK ("a"));
  script_transport_reply (fixture->transport, "{}");
  g_assert_cmpstr (fixture->outcome, ==, "{}");
}

static void
test_call_put_off (Fixture       *fixture,
                   gconstpointer  user_data)
{
  const gint64 wait_usec = 700 * G_TIME_SPAN_MILLISECOND;

  g_test_summary ("Who is told to come again does so then, as often as it takes, but not after the "
                  "request expired.");

  start (fixture, NULL, FALSE, NULL);
  for (guint i = 0; i < 20; i++)
    {
      gint64 before_usec = weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock));

      script_transport_put_off (fixture->transport, wait_usec);
      g_assert_null (fixture->outcome);
      g_assert_true (manual_clock_run_next (fixture->clock));
      g_assert_cmpint (weft_clock_get_monotonic (WEFT_CLOCK (fixture->clock)) - before_usec, ==,
                       wait_usec);
    }
  script_transport_reply (fixture->transport, "{}");
  g_assert_cmpstr (fixture->outcome, ==, "{}");

  start (fixture, NULL, FALSE, NULL);
  script_transport_put_off (fixture->transport, 30 * G_TIME_SPAN_SECOND);
  expect_outcome (fixture, "exhausted", fixture->peers[0], "too many");
}

static void
test_call_change_unknown (Fixture       *fixture,
                          gconstpointer  user_data)
{
  g_test_summary ("A change that may have been received is not sent again: nobody knows.");

  start (fixture, NULL, FALSE, NULL);
  script_transport_fail (fixture->transport, WEFT_ERROR_INDETERMINATE, "the connection ended");
  expect_outcome (fixture, "indeterminate", fixture->peers[0], "the connection ended");

  start (fixture, NULL, FALSE, NULL);
  script_transport_fail (fixture->transport, WEFT_ERROR_TIMED_OUT, "no answer");
  expect_outcome (fixture, "indeterminate", fixture->peers[0], "no answer");
}

static void
test_call_read_again (Fixture       *fixture,
                      gconstpointer  user_data)
{
  g_test_summary ("What only reads is asked again, also when it may have been received.");

  start (fixture, NULL, TRUE, NULL);
  script_transport_fail (fixture->transport, WEFT_ERROR_INDETERMINATE, "the connection ended");
  g_assert_true (manual_clock_run_next (fixture->clock));
  script_transport_reply (fixture->transport, "{}");
  g_assert_cmpstr (fixture->outcome, ==, "{}");
  expect_notes (fixture, ASK ("a") "; " ASK ("a"));
}

static void
test_call_expires (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_test_summary ("No attempt begins after the request expired, however few there were.");

  start (fixture, NULL, TRUE, NULL);
  manual_clock_advance (fixture->clock, 30 * G_USEC_PER_SEC);
  script_transport_fail (fixture->transport, WEFT_ERROR_TIMED_OUT, "no answer");
  expect_outcome (fixture, "exhausted", fixture->peers[0], "gave up after 1 attempt: no answer");
}

static void
test_call_error (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_autofree char *message = NULL;

  g_test_summary ("An error of the peer keeps its code and has the peer's id in front.");

  start (fixture, NULL, TRUE, NULL);
  script_transport_fail (fixture->transport, WEFT_ERROR_CORRUPT, "block x is damaged");
  expect_outcome (fixture, "corrupt", fixture->peers[0], "block x is damaged");

  /* A transport that says already who it was is not repeated. */
  start (fixture, NULL, TRUE, NULL);
  message = g_strdup_printf ("%s: block x is damaged",
                             weft_peer_id_get_text (fixture->peers[0]));
  script_transport_fail (fixture->transport, WEFT_ERROR_CORRUPT, message);
  expect_outcome (fixture, "corrupt", fixture->peers[0], "block x is damaged");
}

static void
test_call_redirect (Fixture       *fixture,
                    gconstpointer  user_data)
{
  g_test_summary ("A redirect is followed, and who answered is asked first the next time.");

  start (fixture, "block", FALSE, NULL);
  redirect (fixture, 1, 2);
  expect_notes (fixture, ASK ("a") "; dial /memory/2");
  script_transport_not_dialled (fixture->transport, WEFT_ERROR_UNAVAILABLE);
  g_assert_true (manual_clock_run_next (fixture->clock));
  expect_notes (fixture, "dial /memory/3");
  script_transport_dialled (fixture->transport, fixture->peers[2]);
  expect_notes (fixture, ASK ("c"));
  script_transport_reply (fixture->transport, "{}");
  g_assert_cmpstr (fixture->outcome, ==, "{}");

  start (fixture, "block", FALSE, NULL);
  expect_notes (fixture, ASK ("c"));
  script_transport_reply (fixture->transport, "{}");
  start (fixture, "other block", FALSE, NULL);
  expect_notes (fixture, ASK ("a"));
  script_transport_reply (fixture->transport, "{}");
}

static void
test_call_redirect_twice (Fixture       *fixture,
                          gconstpointer  user_data)
{
  g_test_summary ("Two redirects are followed, a third is an error.");

  start (fixture, "block", TRUE, NULL);
  redirect (fixture, 1, 1);
  script_transport_dialled (fixture->transport, fixture->peers[1]);
  redirect (fixture, 2, 2);
  script_transport_dialled (fixture->transport, fixture->peers[2]);
  redirect (fixture, 3, 3);
  expect_notes (fixture, ASK ("a") "; dial /memory/2; " ASK ("b") "; dial /memory/3; " ASK ("c"));
  expect_outcome (fixture, "exhausted", fixture->peers[2],
                  "expected an answer after two redirects, got a third");
}

static void
test_call_redirect_back (Fixture       *fixture,
                         gconstpointer  user_data)
{
  g_test_summary ("Nobody is asked twice: a redirect to who redirected here is an error.");

  start (fixture, "block", TRUE, NULL);
  redirect (fixture, 1, 1);
  script_transport_dialled (fixture->transport, fixture->peers[1]);
  redirect (fixture, 0, 1);
  expect_notes (fixture, ASK ("a") "; dial /memory/2; " ASK ("b"));
  expect_outcome (fixture, "unavailable", fixture->peers[1],
                  "redirected to no peer that was not asked already");
}

static void
test_call_redirect_returns (Fixture       *fixture,
                            gconstpointer  user_data)
{
  g_test_summary ("When nobody can be reached who was named, the usual peer is asked again, which "
                  "may know better by now; five times at most.");

  start (fixture, "block", FALSE, NULL);
  for (guint i = 0; i < 5; i++)
    {
      redirect (fixture, 1, 2);
      script_transport_not_dialled (fixture->transport, WEFT_ERROR_UNAVAILABLE);
      g_assert_true (manual_clock_run_next (fixture->clock));
      g_assert_null (fixture->outcome);
      script_transport_not_dialled (fixture->transport, WEFT_ERROR_UNAVAILABLE);
      expect_notes (fixture, ASK ("a") "; dial /memory/2; dial /memory/3");
      if (i < 4)
        g_assert_true (manual_clock_run_next (fixture->clock));
    }
  expect_outcome (fixture, "exhausted", fixture->peers[0],
                  "gave up after 5 attempts: /memory/1: nobody answers");
}

static void
test_call_read_elsewhere (Fixture       *fixture,
                          gconstpointer  user_data)
{
  g_test_summary ("What only reads is asked of the next who was named when one does not answer, "
                  "and the usual peer when none does.");

  start (fixture, "block", TRUE, NULL);
  redirect (fixture, 1, 2);
  script_transport_dialled (fixture->transport, fixture->peers[1]);
  script_transport_fail (fixture->transport, WEFT_ERROR_TIMED_OUT, "no answer");
  g_assert_true (manual_clock_run_next (fixture->clock));
  expect_notes (fixture, ASK ("a") "; dial /memory/2; " ASK ("b") "; dial /memory/3");
  script_transport_dialled (fixture->transport, fixture->peers[2]);
  script_transport_fail (fixture->transport, WEFT_ERROR_TIMED_OUT, "no answer");
  g_assert_true (manual_clock_run_next (fixture->clock));
  expect_notes (fixture, ASK ("c") "; " ASK ("a"));
  script_transport_reply (fixture->transport, "{}");
  g_assert_cmpstr (fixture->outcome, ==, "{}");
}

static void
test_call_forgets (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_test_summary ("A coordinator that cannot be reached is forgotten, and home asked again.");

  start (fixture, "block", TRUE, NULL);
  redirect (fixture, 1, 1);
  script_transport_dialled (fixture->transport, fixture->peers[1]);
  script_transport_reply (fixture->transport, "{}");
  g_assert_cmpuint (weft_route_cache_count (fixture->party->coordinators), ==, 1);
  expect_notes (fixture, ASK ("a") "; dial /memory/2; " ASK ("b"));

  script_transport_went (fixture->transport, fixture->peers[1]);
  start (fixture, "block", TRUE, NULL);
  script_transport_not_dialled (fixture->transport, WEFT_ERROR_UNAVAILABLE);
  g_assert_true (manual_clock_run_next (fixture->clock));
  expect_notes (fixture, "dial /memory/2; " ASK ("a"));
  g_assert_cmpuint (weft_route_cache_count (fixture->party->coordinators), ==, 0);
  script_transport_reply (fixture->transport, "{}");
}

static void
test_call_impostor (Fixture       *fixture,
                    gconstpointer  user_data)
{
  g_test_summary ("Another peer at a known address is refused.");

  script_transport_went (fixture->transport, fixture->peers[0]);
  start (fixture, NULL, TRUE, NULL);
  script_transport_fail (fixture->transport, WEFT_ERROR_UNAVAILABLE, "not connected");
  g_assert_true (manual_clock_run_next (fixture->clock));
  script_transport_dialled (fixture->transport, fixture->peers[1]);
  g_assert_true (g_str_has_prefix (fixture->outcome, "refused: "));
}

static void
test_call_cancel (Fixture       *fixture,
                  gconstpointer  user_data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();

  g_test_summary ("A cancelled call ends soon, in whatever it waits for.");

  /* Already cancelled. */
  g_cancellable_cancel (cancellable);
  start (fixture, NULL, TRUE, cancellable);
  g_assert_true (manual_clock_run_next (fixture->clock));
  g_assert_cmpstr (fixture->outcome, ==, "the request was cancelled");
  expect_notes (fixture, "");

  /* Waiting for a dial, which goes on. */
  g_cancellable_reset (cancellable);
  start (fixture, NULL, TRUE, cancellable);
  g_cancellable_cancel (cancellable);
  g_assert_null (fixture->outcome);
  g_assert_true (manual_clock_run_next (fixture->clock));
  g_assert_cmpstr (fixture->outcome, ==, "the request was cancelled");
  script_transport_dialled (fixture->transport, fixture->peers[0]);
  expect_notes (fixture, "dial /memory/1");

  /* Waiting for an answer. */
  g_cancellable_reset (cancellable);
  start (fixture, NULL, TRUE, cancellable);
  g_cancellable_cancel (cancellable);
  expect_notes (fixture, ASK ("a") "; cancel");
  g_assert_null (fixture->outcome);
  script_transport_fail (fixture->transport, -1, "it was cancelled");
  g_assert_cmpstr (fixture->outcome, ==, "it was cancelled");

  /* Waiting for the next attempt. */
  g_cancellable_reset (cancellable);
  start (fixture, NULL, TRUE, cancellable);
  script_transport_fail (fixture->transport, WEFT_ERROR_TIMED_OUT, "no answer");
  g_cancellable_cancel (cancellable);
  g_assert_true (manual_clock_run_next (fixture->clock));
  g_assert_cmpstr (fixture->outcome, ==, "the request was cancelled");
  g_assert_false (manual_clock_run_next (fixture->clock));
}

static void
test_cache_bounded (Fixture       *fixture,
                    gconstpointer  user_data)
{
  WeftRouteCache *cache = fixture->party->coordinators;
  WeftRemoteRoute *home = fixture->party->home;

  g_test_summary ("A full cache forgets what was not used for longest.");

  weft_route_cache_insert (cache, "one", home);
  weft_route_cache_insert (cache, "two", home);
  weft_route_cache_insert (cache, "two", home);
  g_assert_true (weft_route_cache_lookup (cache, "one") == home);
  weft_route_cache_insert (cache, "three", home);

  g_assert_cmpuint (weft_route_cache_count (cache), ==, 2);
  g_assert_true (weft_route_cache_lookup (cache, "one") == home);
  g_assert_null (weft_route_cache_lookup (cache, "two"));
  g_assert_true (weft_route_cache_lookup (cache, "three") == home);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, known, func) \
  g_test_add ("/remote-call/" path, Fixture, GINT_TO_POINTER (known), \
              fixture_set_up, func, fixture_tear_down)
  ADD ("dials", FALSE, test_call_dials);
  ADD ("shares-dial", FALSE, test_call_shares_dial);
  ADD ("gives-up", FALSE, test_call_gives_up);
  ADD ("redials", TRUE, test_call_redials);
  ADD ("put-off", TRUE, test_call_put_off);
  ADD ("change-unknown", TRUE, test_call_change_unknown);
  ADD ("read-again", TRUE, test_call_read_again);
  ADD ("expires", TRUE, test_call_expires);
  ADD ("error", TRUE, test_call_error);
  ADD ("redirect", TRUE, test_call_redirect);
  ADD ("redirect-twice", TRUE, test_call_redirect_twice);
  ADD ("redirect-back", TRUE, test_call_redirect_back);
  ADD ("redirect-returns", TRUE, test_call_redirect_returns);
  ADD ("read-elsewhere", TRUE, test_call_read_elsewhere);
  ADD ("forgets", TRUE, test_call_forgets);
  ADD ("impostor", TRUE, test_call_impostor);
  ADD ("cancel", FALSE, test_call_cancel);
  ADD ("cache-bounded", TRUE, test_cache_bounded);

  return g_test_run ();
}
