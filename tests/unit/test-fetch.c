/* test-fetch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A block that is missing here: who is asked for it, and for how long. */

#include "config.h"

#include "cluster-fixture.h"
#include "parts-fixture.h"
#include "weft-cluster-fetch-private.h"
#include "weft-limits.h"

static void
fetch_cb (gpointer                data,
          const WeftMemberEffect *effect,
          WeftSettledFunc         settled,
          gpointer                settled_data)
{
  g_assert_not_reached ();
}

static void
recover_cb (gpointer           data,
            WeftClusterRecord *record)
{
  g_assert_not_reached ();
}

static void
settled_cb (const GError *error,
            gpointer      user_data)
{
  char **outcome = user_data;

  g_assert_null (*outcome);
  *outcome = g_strdup (error != NULL ? weft_error_to_name (error->code) : "fetched");
}

static void
expect_asked (PartsFixture *fixture,
              const char   *peer,
              gint64        timeout_usec)
{
  g_autofree char *notes = parts_fixture_notes (fixture);
  g_autofree char *expected
      = g_strdup_printf ("ask %s /db-p2p/sync/1.0.0 {\"after\":0,\"blockId\":\"b\"}", peer);

  g_assert_cmpstr (notes, ==, expected);
  g_assert_cmpint (script_transport_get_timeout (fixture->transport), ==, timeout_usec);
}

static void
test_patience (PartsFixture  *fixture,
               gconstpointer  user_data)
{
  const WeftMemberHooks hooks = { fetch_cb, recover_cb, NULL };
  g_autoptr (WeftClusterMember) member = weft_cluster_member_new (fixture->parts, &hooks);
  g_autoptr (GPtrArray) peer_ids
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  g_autofree char *outcome = NULL;

  g_test_summary ("Who does not answer is passed over in less time than the others have, but for "
                  "the last, which is given all of it.");

  g_ptr_array_add (peer_ids, weft_peer_id_ref (fixture_peer_id (1)));
  g_ptr_array_add (peer_ids, weft_peer_id_ref (fixture_peer_id (2)));
  g_ptr_array_add (peer_ids, weft_peer_id_ref (fixture_peer_id (3)));
  g_ptr_array_add (peer_ids, weft_peer_id_ref (fixture->parts->peer_id));
  weft_cluster_fetch_revisions (member, fixture->parts, "b", 1, peer_ids, settled_cb, &outcome);
  manual_clock_run_due (fixture->clock);

  expect_asked (fixture, "1", WEFT_LIMIT_REPLY_USEC / 4);
  script_transport_fail (fixture->transport, WEFT_ERROR_TIMED_OUT, "no answer");
  expect_asked (fixture, "2", WEFT_LIMIT_REPLY_USEC / 4);
  script_transport_reply (fixture->transport, "{}");
  expect_asked (fixture, "3", WEFT_LIMIT_REPLY_USEC);
  script_transport_reply (fixture->transport, "{}");
  g_assert_cmpstr (outcome, ==, "unavailable");
  g_assert_cmpint (WEFT_LIMIT_REPLY_USEC / 4, <, WEFT_LIMIT_REQUEST_WAIT_USEC);
  weft_cluster_member_close (member);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/cluster/fetch/patience", PartsFixture, NULL, parts_fixture_set_up, test_patience,
              parts_fixture_tear_down);

  return g_test_run ();
}
