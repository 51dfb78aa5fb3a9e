/* test-forward.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A message for blocks that others keep: who is asked next, and when nobody may be. */

#include "config.h"

#include "cluster-fixture.h"
#include "parts-fixture.h"
#include "weft-coordinator-private.h"
#include "weft-fixed-key-network.h"
#include "weft-json.h"

#include <string.h>

#define DEADLINE_USEC (10 * G_USEC_PER_SEC)

typedef struct
{
  PartsFixture base;
  GPtrArray *peers;
  char *outcome; /* (nullable): until there is one */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  parts_fixture_set_up (&fixture->base, user_data);
  fixture->peers = fixture_peers (3);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_ptr_array_unref (fixture->peers);
  g_free (fixture->outcome);
  parts_fixture_tear_down (&fixture->base, user_data);
}

static void
done_cb (WeftRepoReply *reply,
         const GError  *error,
         gpointer       user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->outcome);
  g_assert_true ((reply != NULL) != (error != NULL));
  if (reply != NULL)
    {
      g_autoptr (JsonNode) json = weft_repo_reply_to_json (reply);

      fixture->outcome = weft_json_to_string (json);
    }
  else
    fixture->outcome = g_strdup_printf ("%s: %s", weft_error_to_name (error->code),
                                        error->message);
}

static void
asked_cb (WeftRepo      *repo,
          WeftRepoReply *reply,
          const GError  *error,
          gpointer       user_data)
{
  done_cb (reply, error, user_data);
}

static void
forward (Fixture    *fixture,
         const char *message_text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = weft_json_parse (message_text, -1, &error);
  g_autoptr (WeftRepoMessage) message = NULL;

  g_assert_no_error (error);
  message = weft_repo_message_from_json (json, &error);
  g_assert_no_error (error);
  g_clear_pointer (&fixture->outcome, g_free);
  weft_forward_start (fixture->base.parts, fixture->peers, message,
                      parts_fixture_now (&fixture->base) + DEADLINE_USEC, done_cb, fixture);
  manual_clock_run_due (fixture->base.clock);
}

#define GET "{\"operations\":[{\"get\":{\"blockIds\":[\"b\"]}}]}"
#define CANCEL_OF(block_id) "{\"operations\":[{\"cancel\":{\"actionRef\":{\"actionId\":\"a\"," \
                            "\"blockIds\":[\"" block_id "\"]}}}]}"
#define CANCEL CANCEL_OF ("b")

/* Whose turn it is. */
static void
expect_asked (Fixture    *fixture,
              const char *peer)
{
  g_autofree char *notes = parts_fixture_notes (&fixture->base);
  g_autofree char *begin = g_strdup_printf ("ask %s /db-p2p/repo/1.0.0 ", peer);

  g_assert_true (g_str_has_prefix (notes, begin));
  g_assert_null (strstr (notes, "; "));
}

static void
expect_nobody_asked (Fixture *fixture)
{
  g_autofree char *notes = parts_fixture_notes (&fixture->base);

  g_assert_cmpstr (notes, ==, "");
}

static void
fail (Fixture    *fixture,
      WeftError   code,
      const char *message)
{
  script_transport_fail (fixture->base.transport, code, message);
}

static void
test_change_not_seen (Fixture       *fixture,
                      gconstpointer  user_data)
{
  g_test_summary ("A change that nobody saw goes to the next, who may do it.");

  forward (fixture, CANCEL);
  expect_asked (fixture, "0");
  fail (fixture, WEFT_ERROR_UNAVAILABLE, "not connected");
  expect_asked (fixture, "1");
  fail (fixture, WEFT_ERROR_REFUSED, "not here");
  expect_asked (fixture, "2");
  g_assert_null (fixture->outcome);
  script_transport_reply (fixture->base.transport, "{}");
  g_assert_cmpstr (fixture->outcome, ==, "{}");
  expect_nobody_asked (fixture);
}

static void
test_change_maybe_seen (Fixture       *fixture,
                        gconstpointer  user_data)
{
  static const WeftError codes[] = {
    WEFT_ERROR_TIMED_OUT, WEFT_ERROR_INDETERMINATE, WEFT_ERROR_CLOSED, WEFT_ERROR_INVALID,
    WEFT_ERROR_FAILED,
  };

  g_test_summary ("A change that somebody may have seen goes to nobody else.");

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *expected = g_strdup_printf ("%s: it broke",
                                                   weft_error_to_name (codes[i]));

      forward (fixture, CANCEL);
      expect_asked (fixture, "0");
      fail (fixture, codes[i], "it broke");
      g_assert_cmpstr (fixture->outcome, ==, expected);
      expect_nobody_asked (fixture);
    }

  /* Nor one that was answered in a way that nobody can read. */
  forward (fixture, CANCEL);
  expect_asked (fixture, "0");
  script_transport_reply (fixture->base.transport, "[]");
  g_assert_true (g_str_has_prefix (fixture->outcome, "protocol: "));
  expect_nobody_asked (fixture);
}

static void
test_read (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_test_summary ("What only reads does no harm: the next is asked whatever came of it.");

  forward (fixture, GET);
  expect_asked (fixture, "0");
  fail (fixture, WEFT_ERROR_TIMED_OUT, "no answer");
  expect_asked (fixture, "1");
  script_transport_reply (fixture->base.transport, "{\"b\":7}");
  expect_asked (fixture, "2");
  script_transport_reply (fixture->base.transport, "{\"b\":{\"state\":{}}}");
  g_assert_cmpstr (fixture->outcome, ==, "{\"b\":{\"state\":{}}}");
}

static void
test_nobody (Fixture       *fixture,
             gconstpointer  user_data)
{
  g_test_summary ("When all are used up it says so, and what the last said.");

  forward (fixture, CANCEL);
  for (guint i = 0; i < 3; i++)
    fail (fixture, WEFT_ERROR_UNAVAILABLE, "not connected");
  g_assert_cmpstr (fixture->outcome, ==,
                   "unavailable: this node is not in the cluster, and no member could be asked: "
                   "not connected");

  g_ptr_array_set_size (fixture->peers, 0);
  forward (fixture, CANCEL);
  g_assert_cmpstr (fixture->outcome, ==,
                   "unavailable: this node is not in the cluster, and no member could be asked");
}

static void
test_deadline (Fixture       *fixture,
               gconstpointer  user_data)
{
  g_test_summary ("Nobody is asked any more when whoever asked has stopped waiting.");

  forward (fixture, GET);
  expect_asked (fixture, "0");
  manual_clock_advance (fixture->base.clock, DEADLINE_USEC - 1);
  fail (fixture, WEFT_ERROR_TIMED_OUT, "no answer");
  expect_asked (fixture, "1");
  manual_clock_advance (fixture->base.clock, 1);
  fail (fixture, WEFT_ERROR_TIMED_OUT, "no answer");
  expect_nobody_asked (fixture);
  g_assert_true (g_str_has_prefix (fixture->outcome, "unavailable: this node is not in"));
}

/* Whoever is asked has nothing to say, until nobody is asked any more. */
static void
fail_all (Fixture *fixture,
          char    *notes)
{
  while (*notes != '\0')
    {
      for (const char *ask = strstr (notes, "ask "); ask != NULL; ask = strstr (ask + 1, "; ask "))
        fail (fixture, WEFT_ERROR_UNAVAILABLE, "not connected");
      manual_clock_run_due (fixture->base.clock);
      g_free (notes);
      notes = parts_fixture_notes (&fixture->base);
    }
  g_free (notes);
}

static void
test_not_judged (Fixture       *fixture,
                 gconstpointer  user_data)
{
  WeftClusterParts *parts = fixture->base.parts;
  g_autoptr (GPtrArray) peers = fixture_peers (8);
  g_autoptr (WeftFixedKeyNetwork) network
      = weft_fixed_key_network_new (parts->peer_id, 3, WEFT_CLOCK (fixture->base.clock));
  g_autoptr (WeftCoordinatorRepo) repo = NULL;
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (JsonNode) json = NULL;
  g_autofree char *text = NULL;
  guint number = 0;
  char *notes;

  g_test_summary ("Whether there are enough to decide, those know who decide: a change is passed "
                  "on by who sees too few of them.");

  for (guint i = 0; i < peers->len; i++)
    weft_fixed_key_network_add_peer (network, g_ptr_array_index (peers, i));
  repo = g_object_new (WEFT_TYPE_COORDINATOR_REPO, "storage-repo", fixture->base.repo,
                       "key-network", network, "transport", fixture->base.transport, "identity",
                       parts->identity, "network", FIXTURE_NETWORK, "prefix", "/db-p2p", "random",
                       parts->random, "verifier", parts->verifier, "cluster-min", 4, NULL);
  do
    {
      g_autofree char *block_id = g_strdup_printf ("b%u", ++number);
      g_autoptr (GPtrArray) cohort
          = weft_key_network_get_cohort (WEFT_KEY_NETWORK (network), block_id, NULL);

      if (!weft_cluster_parts_is_in (parts, cohort))
        text = g_strdup_printf (CANCEL_OF ("%s"), block_id);
    }
  while (text == NULL);
  json = weft_json_parse (text, -1, NULL);
  message = weft_repo_message_from_json (json, NULL);

  weft_repo_perform (WEFT_REPO (repo), message, NULL, asked_cb, fixture);
  manual_clock_run_due (fixture->base.clock);
  notes = parts_fixture_notes (&fixture->base);
  g_assert_nonnull (strstr (notes, " /db-p2p/repo/1.0.0 "));
  weft_coordinator_repo_close (repo);
  fail_all (fixture, notes);
  g_assert_true (g_str_has_prefix (fixture->outcome, "unavailable: "));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) \
  g_test_add ("/cluster/forward/" name, Fixture, NULL, set_up, func, tear_down)

  ADD ("change-not-seen", test_change_not_seen);
  ADD ("change-maybe-seen", test_change_maybe_seen);
  ADD ("read", test_read);
  ADD ("nobody", test_nobody);
  ADD ("deadline", test_deadline);
  ADD ("not-judged", test_not_judged);

  return g_test_run ();
}
