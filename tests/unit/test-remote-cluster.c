/* test-remote-cluster.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Requests to a member behind the transport: what shares a message, and what comes of answers. */

#include "config.h"

#include "cluster-fixture.h"
#include "parts-fixture.h"
#include "weft-json.h"
#include "weft-limits.h"
#include "weft-remote-cluster-private.h"

#include <string.h>

#define MESSAGE(requests) "ask 0 /db-p2p/cluster/1.0.0 {\"requests\":[" requests "]}"
#define LATEST(block) "{\"latest\":{\"blockIds\":[\"" block "\"]}}"
#define STATES(block) "{\"states\":[{\"blockId\":\"" block "\"}]}"

typedef struct
{
  PartsFixture base;
  WeftRemoteCluster *member;
  GString *outcomes; /* what was told, in its order */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  parts_fixture_set_up (&fixture->base, user_data);
  fixture->member = weft_remote_cluster_new (fixture->base.parts, fixture_peer_id (0));
  fixture->outcomes = g_string_new (NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  weft_remote_cluster_close (fixture->member);
  g_assert_finalize_object (fixture->member);
  g_string_free (fixture->outcomes, TRUE);
  parts_fixture_tear_down (&fixture->base, user_data);
}

static void
done_cb (WeftCluster       *member,
         WeftClusterAnswer *answer,
         const GError      *error,
         gpointer           user_data)
{
  Fixture *fixture = user_data;
  g_autofree char *text = NULL;

  g_assert_true ((answer != NULL) != (error != NULL));
  if (answer != NULL)
    text = weft_cluster_answer_to_string (answer);
  else
    text = g_strdup (weft_error_to_name (error->code));
  g_string_append_printf (fixture->outcomes, "%s%s", fixture->outcomes->len > 0 ? " " : "", text);
}

static void
expect (Fixture    *fixture,
        const char *expected)
{
  g_assert_cmpstr (fixture->outcomes->str, ==, expected);
  g_string_truncate (fixture->outcomes, 0);
}

static void
perform (Fixture            *fixture,
         WeftClusterRequest *request,
         gint64              timeout_usec)
{
  weft_cluster_perform (WEFT_CLUSTER (fixture->member), request, timeout_usec, done_cb, fixture);
}

static void
ask_latest (Fixture    *fixture,
            const char *block_id,
            gint64      timeout_usec)
{
  const char *block_ids[] = { block_id, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_latest (block_ids, &error);

  g_assert_no_error (error);
  perform (fixture, request, timeout_usec);
}

/* What is sent by now. */
static void
expect_sent (Fixture    *fixture,
             const char *expected)
{
  g_autofree char *notes = NULL;

  manual_clock_run_due (fixture->base.clock);
  notes = parts_fixture_notes (&fixture->base);
  g_assert_cmpstr (notes, ==, expected);
}

static void
reply (Fixture    *fixture,
       const char *answers)
{
  g_autofree char *body = g_strdup_printf ("{\"answers\":[%s]}", answers);

  script_transport_reply (fixture->base.transport, body);
}

static guint64
count (Fixture    *fixture,
       const char *counter)
{
  return weft_cluster_parts_get_count (fixture->base.parts, counter);
}

static void
test_shared (Fixture       *fixture,
             gconstpointer  user_data)
{
  g_test_summary ("What is asked in one turn shares a message; while two are on their way, the "
                  "rest waits and shares the next. Each gets its own answer.");

  ask_latest (fixture, "a", 0);
  ask_latest (fixture, "b", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a") "," LATEST ("b")));
  ask_latest (fixture, "c", 0);
  expect_sent (fixture, MESSAGE (LATEST ("c")));
  ask_latest (fixture, "d", 0);
  expect_sent (fixture, "");
  ask_latest (fixture, "e", 0);
  ask_latest (fixture, "f", 0);
  expect_sent (fixture, "");

  reply (fixture, STATES ("a") "," STATES ("b"));
  expect (fixture, STATES ("a") " " STATES ("b"));
  expect_sent (fixture, MESSAGE (LATEST ("d") "," LATEST ("e") "," LATEST ("f")));
  reply (fixture, STATES ("c"));
  reply (fixture, STATES ("d") "," STATES ("e") "," STATES ("f"));
  expect (fixture, STATES ("c") " " STATES ("d") " " STATES ("e") " " STATES ("f"));
  g_assert_cmpuint (count (fixture, "messages-sent"), ==, 3);
}

static guint
count_parts (const char *text,
             const char *part)
{
  g_auto (GStrv) parts = g_strsplit (text, part, -1);

  return g_strv_length (parts) - 1;
}

static void
test_limit (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_autofree char *notes = NULL;
  g_auto (GStrv) messages = NULL;

  g_test_summary ("A message has 64 requests at most, the next takes the rest.");

  for (guint i = 0; i < WEFT_LIMIT_CLUSTER_REQUESTS_MAX + 1; i++)
    ask_latest (fixture, "a", 0);
  manual_clock_run_due (fixture->base.clock);
  notes = parts_fixture_notes (&fixture->base);
  messages = g_strsplit (notes, "; ", -1);
  g_assert_cmpuint (g_strv_length (messages), ==, 2);
  g_assert_cmpuint (count_parts (messages[0], "latest"), ==, WEFT_LIMIT_CLUSTER_REQUESTS_MAX);
  g_assert_cmpuint (count_parts (messages[1], "latest"), ==, 1);

  script_transport_fail (fixture->base.transport, WEFT_ERROR_UNAVAILABLE, "it is not there");
  g_assert_cmpuint (count_parts (fixture->outcomes->str, "unavailable"), ==,
                    WEFT_LIMIT_CLUSTER_REQUESTS_MAX);
  g_string_truncate (fixture->outcomes, 0);
  reply (fixture, STATES ("a"));
  expect (fixture, STATES ("a"));
}

static void
test_later (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_test_summary ("Who is told “later” is asked again with the next message, after those who "
                  "wait; when nobody got an answer it is a mistake of the other side.");

  ask_latest (fixture, "a", 0);
  ask_latest (fixture, "b", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a") "," LATEST ("b")));
  reply (fixture, "{\"later\":true}," STATES ("b"));
  expect (fixture, STATES ("b"));
  ask_latest (fixture, "c", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a") "," LATEST ("c")));
  reply (fixture, STATES ("a") "," STATES ("c"));
  expect (fixture, STATES ("a") " " STATES ("c"));
  g_assert_cmpuint (count (fixture, "requests-later"), ==, 1);

  ask_latest (fixture, "a", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a")));
  reply (fixture, "{\"later\":true}");
  expect (fixture, "protocol");
  g_assert_cmpuint (count (fixture, "answers-malformed"), ==, 1);
}

static void
test_later_ends (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_test_summary ("“Later” does not last longer than whoever asks would wait.");

  ask_latest (fixture, "a", G_USEC_PER_SEC);
  ask_latest (fixture, "b", 10 * G_USEC_PER_SEC);
  expect_sent (fixture, MESSAGE (LATEST ("a") "," LATEST ("b")));
  reply (fixture, "{\"later\":true}," STATES ("b"));
  expect_sent (fixture, MESSAGE (LATEST ("a")));
  expect (fixture, STATES ("b"));
  manual_clock_advance (fixture->base.clock, G_USEC_PER_SEC);
  manual_clock_run_due (fixture->base.clock);
  expect (fixture, "timed-out");
  /* The answer comes too late for anybody. */
  reply (fixture, STATES ("a"));
  expect (fixture, "");
}

static void
test_unknown (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 0, 3);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (record, 0x7);
  g_autoptr (WeftClusterRequest) first = weft_cluster_request_new_update (record);
  g_autoptr (WeftClusterRequest) second = weft_cluster_request_new_update (promised);
  g_autofree char *full = NULL;
  g_autofree char *brief = NULL;
  g_autofree char *again = NULL;

  g_test_summary ("A record that was told is told in brief; who does not know it any more is told "
                  "all of it, before all that waits, and once.");

  perform (fixture, first, 0);
  manual_clock_run_due (fixture->base.clock);
  full = parts_fixture_notes (&fixture->base);
  g_assert_nonnull (strstr (full, "{\"update\":"));
  reply (fixture, "{\"applied\":true}");
  perform (fixture, second, 0);
  manual_clock_run_due (fixture->base.clock);
  brief = parts_fixture_notes (&fixture->base);
  g_assert_nonnull (strstr (brief, "{\"brief\":"));
  expect (fixture, "{\"applied\":true}");

  ask_latest (fixture, "a", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a")));
  ask_latest (fixture, "b", 0);
  reply (fixture, "{\"unknown\":true}");
  manual_clock_run_due (fixture->base.clock);
  again = parts_fixture_notes (&fixture->base);
  g_assert_nonnull (strstr (again, "{\"update\":"));
  g_assert_cmpuint (strlen (brief), <, strlen (again) - strlen (MESSAGE (LATEST ("b"))));
  g_assert_cmpuint (count_parts (again, "latest"), ==, 1);
  g_assert_true (strstr (again, "update") < strstr (again, "latest"));
  reply (fixture, STATES ("a"));
  expect (fixture, STATES ("a"));
  g_assert_cmpuint (count (fixture, "requests-unknown"), ==, 1);

  reply (fixture, "{\"unknown\":true}," STATES ("b"));
  expect (fixture, "protocol " STATES ("b"));
  g_assert_cmpuint (count (fixture, "answers-malformed"), ==, 1);
}

static void
test_malformed (Fixture       *fixture,
                gconstpointer  user_data)
{
  static const char *const bodies[] = {
    "[]", "{}", "{\"answers\":{}}", "{\"answers\":[]}",
    "{\"answers\":[" STATES ("a") "]}",
    "{\"answers\":[" STATES ("a") "," STATES ("b") "," STATES ("c") "]}",
  };

  g_test_summary ("An answer that cannot be read fails who waits for it; one that is not of these "
                  "requests, all of them.");

  ask_latest (fixture, "a", 0);
  ask_latest (fixture, "b", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a") "," LATEST ("b")));
  reply (fixture, "{\"sates\":[]}," STATES ("b"));
  expect (fixture, "protocol " STATES ("b"));

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      ask_latest (fixture, "a", 0);
      ask_latest (fixture, "b", 0);
      expect_sent (fixture, MESSAGE (LATEST ("a") "," LATEST ("b")));
      script_transport_reply (fixture->base.transport, bodies[i]);
      expect (fixture, "protocol protocol");
    }
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_test_summary ("When the transport or the other side refuses a message, all that share it are "
                  "told why, and the next may go.");

  ask_latest (fixture, "a", 0);
  ask_latest (fixture, "b", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a") "," LATEST ("b")));
  script_transport_fail (fixture->base.transport, WEFT_ERROR_REFUSED, "this is no cluster");
  expect (fixture, "refused refused");
  ask_latest (fixture, "a", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a")));
  reply (fixture, "{\"error\":{\"code\":\"unavailable\",\"message\":\"not now\"}}");
  expect (fixture, "{\"error\":{\"code\":\"unavailable\",\"message\":\"not now\"}}");
}

static void
test_deadlines (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_test_summary ("What was sent times out, as it may have been done; what still waits is "
                  "unavailable, and is not sent any more.");

  ask_latest (fixture, "a", G_USEC_PER_SEC);
  expect_sent (fixture, MESSAGE (LATEST ("a")));
  ask_latest (fixture, "b", 3 * G_USEC_PER_SEC);
  expect_sent (fixture, MESSAGE (LATEST ("b")));
  ask_latest (fixture, "c", 2 * G_USEC_PER_SEC);
  ask_latest (fixture, "d", 9 * G_USEC_PER_SEC);
  manual_clock_advance (fixture->base.clock, G_USEC_PER_SEC - 1);
  manual_clock_run_due (fixture->base.clock);
  expect (fixture, "");
  manual_clock_advance (fixture->base.clock, 1);
  manual_clock_run_due (fixture->base.clock);
  expect (fixture, "timed-out");
  manual_clock_advance (fixture->base.clock, G_USEC_PER_SEC);
  manual_clock_run_due (fixture->base.clock);
  expect (fixture, "unavailable");

  reply (fixture, STATES ("a"));
  expect_sent (fixture, MESSAGE (LATEST ("d")));
  reply (fixture, STATES ("b"));
  reply (fixture, STATES ("d"));
  expect (fixture, STATES ("b") " " STATES ("d"));
}

static void
test_closed (Fixture       *fixture,
             gconstpointer  user_data)
{
  g_test_summary ("Who waits when it is closed is told so once, whatever is answered then.");

  ask_latest (fixture, "a", 0);
  expect_sent (fixture, MESSAGE (LATEST ("a")));
  ask_latest (fixture, "b", 0);
  weft_remote_cluster_close (fixture->member);
  expect (fixture, "closed closed");
  reply (fixture, STATES ("a"));
  expect_sent (fixture, "");
  expect (fixture, "");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) \
  g_test_add ("/cluster/remote/" name, Fixture, NULL, set_up, func, tear_down)

  ADD ("shared", test_shared);
  ADD ("limit", test_limit);
  ADD ("later", test_later);
  ADD ("later-ends", test_later_ends);
  ADD ("unknown", test_unknown);
  ADD ("malformed", test_malformed);
  ADD ("refused", test_refused);
  ADD ("deadlines", test_deadlines);
  ADD ("closed", test_closed);

  return g_test_run ();
}
