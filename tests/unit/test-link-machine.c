/* test-link-machine.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "link-pair.h"

#include "weft-limits.h"

#define ECHO "/echo/1"

static void
test_request (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("A request is answered once, with a body even when it is void.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{\"n\":1}", G_TIME_SPAN_SECOND);
  link_pair_settle (pair);
  link_pair_reply (pair, 1, 1, "{}");
  link_pair_reply (pair, 1, 1, "{\"again\":true}");
  link_pair_settle (pair);
  link_pair_expect (pair,
                    "a sends {\"id\":1,\"deadline\":1000,\"to\":\"/echo/1\",\"body\":{\"n\":1}}\n"
                    "b delivers 1 {\"n\":1}\n"
                    "b sends {\"re\":1,\"body\":{}}\n"
                    "a completes 1 {}\n");
}

static void
test_error (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "no \"x\"");
  WeftLinkEvent event = { .type = WEFT_LINK_EVENT_REPLY, .id = 1, .error = error };

  g_test_summary ("An error travels with its code, its text and whether a retry can help.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  link_pair_settle (pair);
  g_string_truncate (pair->transcript, 0);
  link_pair_step (pair, 1, &event);
  link_pair_settle (pair);
  link_pair_expect (pair,
                    "b sends {\"re\":1,\"error\":{\"code\":\"not-found\","
                    "\"message\":\"no \\\"x\\\"\",\"retry\":false}}\n"
                    "a completes 1 not-found: no \"x\"\n");
}

static void
test_one_way_and_cancel (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);
  WeftLinkEvent cancel = { .type = WEFT_LINK_EVENT_CANCEL, .id = 1 };

  g_test_summary ("A cancel ends the request here at once and there when the handler says so.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{\"news\":1}", 0);
  link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  link_pair_step (pair, 0, &cancel);
  link_pair_step (pair, 0, &cancel);
  link_pair_settle (pair);
  link_pair_reply (pair, 1, 1, "{}");
  link_pair_settle (pair);
  link_pair_expect (pair,
                    "a sends {\"to\":\"/echo/1\",\"body\":{\"news\":1}}\n"
                    "a sends {\"id\":1,\"deadline\":1000,\"to\":\"/echo/1\",\"body\":{}}\n"
                    "a completes 1 the request was cancelled\n"
                    "a sends {\"cancel\":1}\n"
                    "b delivers 0 {\"news\":1}\n"
                    "b delivers 1 {}\n"
                    "b withdraws 1\n"
                    "b sends {\"re\":1,\"body\":{}}\n");
}

static void
test_deadlines (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("At the deadline both sides give up by themselves; what comes later is dropped.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{}", 500000);
  link_pair_settle (pair);
  g_string_truncate (pair->transcript, 0);
  link_pair_wait (pair, 499999);
  link_pair_expect (pair, "");
  link_pair_wait (pair, 1);
  link_pair_reply (pair, 1, 1, "{}");
  link_pair_settle (pair);
  link_pair_expect (pair,
                    "a completes 1 timed-out: no reply came before the deadline\n"
                    "b withdraws 1\n"
                    "b sends {\"re\":1,\"error\":{\"code\":\"timed-out\",\"message\":"
                    "\"the handler did not answer before the deadline\",\"retry\":true}}\n");
}

static void
test_unanswered (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("A peer that lives but never answers is closed, so that its debts stay bounded.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  for (guint second = 0; second < 46; second++)
    {
      link_pair_frame (pair, 0, "{\"pong\":0}");
      pair->now_usec += G_TIME_SPAN_SECOND;
      g_string_truncate (pair->transcript, 0);
      link_pair_type (pair, 0, WEFT_LINK_EVENT_TIMEOUT);
    }
  link_pair_expect (pair,
                    "a ended unanswered: a reply is still missing long after its deadline\n");
}

static void
test_in_flight (void)
{
  LinkPairOptions options = { .limits[1] = { .requests = 2, .bytes = 10000, .message = 5000 } };
  g_autoptr (LinkPair) pair = link_pair_new (&options);
  WeftLinkEvent cancel = { .type = WEFT_LINK_EVENT_CANCEL, .id = 3 };

  g_test_summary ("Past the number the other side allows, requests wait in order.");

  link_pair_open (pair);
  for (guint i = 0; i < 5; i++)
    link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  link_pair_settle (pair);
  g_string_truncate (pair->transcript, 0);
  link_pair_step (pair, 0, &cancel);
  link_pair_reply (pair, 1, 2, "{}");
  link_pair_settle (pair);
  link_pair_wait (pair, G_TIME_SPAN_SECOND);
  link_pair_expect (pair,
                    "a completes 3 the request was cancelled\n"
                    "b sends {\"re\":2,\"body\":{}}\n"
                    "a completes 2 {}\n"
                    "a sends {\"id\":4,\"deadline\":1000,\"to\":\"/echo/1\",\"body\":{}}\n"
                    "b delivers 4 {}\n"
                    "a completes 1 timed-out: no reply came before the deadline\n"
                    "a completes 4 timed-out: no reply came before the deadline\n"
                    "a completes 5 unavailable: the peer granted no credit before the deadline, "
                    "nothing was sent\n"
                    "b withdraws 1\n"
                    "b sends {\"re\":1,\"error\":{\"code\":\"timed-out\",\"message\":"
                    "\"the handler did not answer before the deadline\",\"retry\":true}}\n"
                    "b withdraws 4\n"
                    "b sends {\"re\":4,\"error\":{\"code\":\"timed-out\",\"message\":"
                    "\"the handler did not answer before the deadline\",\"retry\":true}}\n");
}

static void
test_credit (void)
{
  LinkPairOptions options = { .limits[1] = { .requests = 9, .bytes = 100, .message = 60 } };
  g_autoptr (LinkPair) pair = link_pair_new (&options);

  g_test_summary ("Bytes are spent by requests and granted again when the handler is done.");

  link_pair_open (pair);
  link_pair_request (pair, 0, "/e", "{\"a\":1}", G_TIME_SPAN_SECOND);
  link_pair_request (pair, 0, "/e", "{\"a\":2}", G_TIME_SPAN_SECOND);
  link_pair_request (pair, 0, "/e", "{\"a\":3}", G_TIME_SPAN_SECOND);
  link_pair_request (pair, 0, "/e", "{\"a\":1234567890123}", G_TIME_SPAN_SECOND);
  link_pair_settle (pair);
  link_pair_reply (pair, 1, 1, "{}");
  link_pair_settle (pair);
  link_pair_expect (pair,
                    "a sends {\"id\":1,\"deadline\":1000,\"to\":\"/e\",\"body\":{\"a\":1}}\n"
                    "a sends {\"id\":2,\"deadline\":1000,\"to\":\"/e\",\"body\":{\"a\":2}}\n"
                    "a refuses too-large: a message to /e of at most 60 bytes was expected, "
                    "got 61\n"
                    "b delivers 1 {\"a\":1}\n"
                    "b delivers 2 {\"a\":2}\n"
                    "b sends {\"re\":1,\"body\":{}}\n"
                    "b sends {\"credit\":49}\n"
                    "a completes 1 {}\n"
                    "a sends {\"id\":3,\"deadline\":1000,\"to\":\"/e\",\"body\":{\"a\":3}}\n"
                    "b delivers 3 {\"a\":3}\n");
}

static void
test_overrun (void)
{
  static const struct
  {
    const char *frames[3];
    const char *ended;
  } cases[] = {
    { { "{\"id\":1,\"to\":\"/e\",\"body\":{}}", "{\"id\":2,\"to\":\"/e\",\"body\":{}}",
        "{\"id\":3,\"to\":\"/e\",\"body\":{}}" },
      "b ended overrun: at most 2 requests in flight were granted\n" },
    { { "{\"to\":\"/e\",\"body\":{\"padding\":\"0123456789012345678901234567890123456789\"}}",
        "{\"to\":\"/e\",\"body\":{\"padding\":\"0123456789012345678901234567890123456789\"}}",
        "{\"id\":1,\"to\":\"/e\",\"body\":{\"padding\":"
        "\"012345678901234567890123456789012345\"}}" },
      NULL },
    { { "{\"id\":1,\"to\":\"/e\",\"body\":{\"padding\":\""
        "01234567890123456789012345678901234567890123"
        "01234567890123456789012345678901234567890123456789012345678901234567890123\"}}" },
      "b ended overrun: at most 100 bytes were granted, got 158\n" },
  };

  g_test_summary ("Who sends more than it was granted is closed; up to the last byte it is not.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LinkPairOptions options = { .limits[1] = { .requests = 2, .bytes = 100, .message = 100 } };
      g_autoptr (LinkPair) pair = link_pair_new (&options);

      link_pair_open (pair);
      for (guint j = 0; j < 3 && cases[i].frames[j] != NULL; j++)
        {
          g_string_truncate (pair->transcript, 0);
          link_pair_frame (pair, 1, cases[i].frames[j]);
        }
      if (cases[i].ended == NULL)
        g_assert_cmpint (weft_link_machine_get_state (pair->machines[1]), ==, WEFT_LINK_STATE_OPEN);
      else
        g_assert_true (g_str_has_suffix (pair->transcript->str, cases[i].ended));
    }
}

static void
test_protocol_errors (void)
{
  static const struct
  {
    const char *frame;
    const char *ended;
  } cases[] = {
    { "{\"news\":1}",
      "b ended protocol: expected exactly one member that says what the envelope is, got 0\n" },
    { "{\"ping\":1,\"pong\":1}",
      "b ended protocol: expected exactly one member that says what the envelope is, got 2\n" },
    { "{\"hello\":{}}", "b ended protocol: a handshake came on an open link\n" },
    { "{\"re\":1,\"body\":{}}",
      "b ended protocol: a reply came to a request that was never sent\n" },
    { "{\"id\":0,\"to\":\"/e\",\"body\":{}}", NULL },
    { "{\"id\":1.5,\"to\":\"/e\",\"body\":{}}", NULL },
    { "{\"id\":1,\"to\":\"e\",\"body\":{}}", NULL },
    { "{\"id\":1,\"to\":\"/e\",\"body\":[]}", NULL },
    { "{\"id\":1,\"to\":\"/e\"}", NULL },
    { "{\"credit\":0}", NULL },
    { "{\"credit\":-5}", NULL },
    { "[]", NULL },
    { "nonsense", NULL },
  };

  g_test_summary ("Whatever no honest peer sends ends the link with a reason.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LinkPair) pair = link_pair_new (NULL);

      link_pair_open (pair);
      link_pair_frame (pair, 1, cases[i].frame);
      if (cases[i].ended != NULL)
        link_pair_expect (pair, cases[i].ended);
      else
        g_assert_true (g_str_has_prefix (pair->transcript->str, "b ended protocol: "));
    }
}

static void
test_request_ids (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("Ids may leave gaps but never come again.");

  link_pair_open (pair);
  link_pair_frame (pair, 1, "{\"id\":7,\"to\":\"/e\",\"body\":{}}");
  link_pair_frame (pair, 1, "{\"cancel\":99}");
  link_pair_frame (pair, 1, "{\"id\":7,\"to\":\"/e\",\"body\":{}}");
  link_pair_expect (pair,
                    "b delivers 7 {}\n"
                    "b withdraws 7\n"
                    "b ended protocol: a request id above 7 was expected, got 7\n");
}

static void
test_liveness (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("A quiet peer is pinged; any word keeps it; three unanswered pings lose it.");

  link_pair_open (pair);
  link_pair_wait (pair, 15 * G_TIME_SPAN_SECOND);
  link_pair_settle (pair);
  g_string_truncate (pair->transcript, 0);
  for (guint i = 0; i < 4; i++)
    {
      pair->now_usec += 15 * G_TIME_SPAN_SECOND;
      link_pair_type (pair, 0, WEFT_LINK_EVENT_TIMEOUT);
    }
  link_pair_expect (pair,
                    "a sends {\"ping\":2}\n"
                    "a sends {\"ping\":3}\n"
                    "a sends {\"ping\":4}\n"
                    "a doubts others\n"
                    "a ended lost: no sign of life\n");
}

static void
test_doubt (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("A peer that owes a reply and says nothing is soon pinged, and more often: it is "
                  "lost 7 seconds after the deadline, and not after a minute.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{}", 3 * G_TIME_SPAN_SECOND);
  g_string_truncate (pair->transcript, 0);
  for (guint i = 0; i < 5; i++)
    {
      pair->now_usec = pair->deadlines_usec[0];
      link_pair_type (pair, 0, WEFT_LINK_EVENT_TIMEOUT);
    }
  g_assert_cmpint (pair->now_usec, ==, 10 * G_TIME_SPAN_SECOND);
  link_pair_expect (pair,
                    "a completes 1 timed-out: no reply came before the deadline\n"
                    "a sends {\"ping\":1}\n"
                    "a sends {\"ping\":2}\n"
                    "a sends {\"ping\":3}\n"
                    "a doubts others\n"
                    "a ended lost: no sign of life\n");
}

static void
test_doubt_ends (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("Any word ends the doubt: whoever says in time that it has no reply is not "
                  "pinged for that.");

  link_pair_open (pair);
  for (guint i = 0; i < 20; i++)
    {
      link_pair_request (pair, 0, ECHO, "{}", 100 * G_TIME_SPAN_MILLISECOND);
      link_pair_settle (pair);
      pair->now_usec += 100 * G_TIME_SPAN_MILLISECOND;
      link_pair_type (pair, 0, WEFT_LINK_EVENT_TIMEOUT);
      g_assert_cmpint (pair->deadlines_usec[0], ==, pair->now_usec + G_TIME_SPAN_SECOND);
      link_pair_type (pair, 1, WEFT_LINK_EVENT_TIMEOUT);
      link_pair_settle (pair);
      g_assert_cmpint (pair->deadlines_usec[0], ==, pair->now_usec + 15 * G_TIME_SPAN_SECOND);
    }
  g_assert_null (strstr (pair->transcript->str, "ping"));
}

static void
test_doubt_of_others (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("Where another link was lost this one is pinged at once, but no more often than "
                  "once in a second, and lost after 6 seconds.");

  link_pair_open (pair);
  link_pair_wait (pair, 5 * G_TIME_SPAN_SECOND);
  g_string_truncate (pair->transcript, 0);
  for (guint i = 0; i < 20; i++)
    {
      link_pair_type (pair, 0, WEFT_LINK_EVENT_DOUBT);
      pair->now_usec += 100 * G_TIME_SPAN_MILLISECOND;
      link_pair_type (pair, 0, WEFT_LINK_EVENT_TIMEOUT);
      link_pair_settle (pair);
    }
  link_pair_expect (pair,
                    "a sends {\"ping\":1}\n"
                    "b sends {\"pong\":1}\n"
                    "a sends {\"ping\":2}\n"
                    "b sends {\"pong\":2}\n");

  link_pair_wait (pair, 2 * G_TIME_SPAN_SECOND);
  link_pair_settle (pair);
  pair->now_usec += 5 * G_TIME_SPAN_SECOND;
  link_pair_type (pair, 0, WEFT_LINK_EVENT_DOUBT);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpint (pair->deadlines_usec[0], ==,
                       pair->now_usec + (i == 0 ? 0 : 2 * G_TIME_SPAN_SECOND));
      pair->now_usec = pair->deadlines_usec[0];
      link_pair_type (pair, 0, WEFT_LINK_EVENT_TIMEOUT);
    }
  g_assert_cmpstr (pair->ended[0], ==, "lost: no sign of life");
}

static void
test_stalled_loop (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("A loop that was stalled for an hour costs one ping, not the connection.");

  link_pair_open (pair);
  link_pair_wait (pair, G_TIME_SPAN_HOUR);
  link_pair_settle (pair);
  g_assert_cmpint (weft_link_machine_get_state (pair->machines[0]), ==, WEFT_LINK_STATE_OPEN);
  g_assert_cmpint (pair->deadlines_usec[0], ==, G_TIME_SPAN_HOUR + 15 * G_TIME_SPAN_SECOND);
}

static void
test_ping_flood (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("Sixteen pings in a second are answered, one more is a flood.");

  link_pair_open (pair);
  for (guint second = 0; second < 2; second++)
    {
      pair->now_usec += G_TIME_SPAN_SECOND;
      for (guint i = 0; i < 16; i++)
        link_pair_frame (pair, 1, "{\"ping\":1}");
    }
  g_assert_cmpint (weft_link_machine_get_state (pair->machines[1]), ==, WEFT_LINK_STATE_OPEN);
  g_string_truncate (pair->transcript, 0);
  link_pair_frame (pair, 1, "{\"ping\":1}");
  link_pair_expect (pair, "b ended pings: too many pings in a second\n");
}

static void
test_ended (void)
{
  LinkPairOptions options = { .limits[1] = { .requests = 1, .bytes = 10000, .message = 5000 } };
  g_autoptr (LinkPair) pair = link_pair_new (&options);

  g_test_summary ("What never left can be repeated, what left is in doubt, and handlers may stop.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  link_pair_settle (pair);
  g_string_truncate (pair->transcript, 0);
  link_pair_type (pair, 0, WEFT_LINK_EVENT_CLOSED);
  link_pair_type (pair, 1, WEFT_LINK_EVENT_CLOSED);
  link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  link_pair_expect (pair,
                    "a completes 1 indeterminate: the connection ended before the reply: "
                    "closed: the other side closed the connection\n"
                    "a completes 2 unavailable: the connection ended before the request was sent: "
                    "closed: the other side closed the connection\n"
                    "a ended closed: the other side closed the connection\n"
                    "b withdraws 1\n"
                    "b ended closed: the other side closed the connection\n"
                    "a refuses closed: the connection takes no new messages\n");
}

static void
test_shutdown (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);
  WeftLinkEvent event = {
    .type = WEFT_LINK_EVENT_CLOSE,
    .reason = WEFT_LINK_REASON_SHUTDOWN,
    .text = "the node stops",
  };

  g_test_summary ("When this node stops, its own requests end as closed.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  g_string_truncate (pair->transcript, 0);
  link_pair_step (pair, 0, &event);
  link_pair_expect (pair,
                    "a completes 1 closed: the connection ended before the reply: "
                    "shutdown: the node stops\n"
                    "a ended shutdown: the node stops\n");
}

static void
test_drain (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("A drained link answers what is under way, says bye both ways, then closes.");

  link_pair_open (pair);
  link_pair_request (pair, 0, ECHO, "{\"a\":1}", G_TIME_SPAN_SECOND);
  link_pair_request (pair, 1, ECHO, "{\"b\":1}", G_TIME_SPAN_SECOND);
  link_pair_type (pair, 0, WEFT_LINK_EVENT_PROBE);
  link_pair_settle (pair);
  g_string_truncate (pair->transcript, 0);
  link_pair_type (pair, 0, WEFT_LINK_EVENT_DRAIN);
  link_pair_request (pair, 0, ECHO, "{}", G_TIME_SPAN_SECOND);
  link_pair_settle (pair);
  link_pair_request (pair, 1, ECHO, "{\"b\":2}", G_TIME_SPAN_SECOND);
  link_pair_type (pair, 1, WEFT_LINK_EVENT_DRAIN);
  link_pair_settle (pair);
  link_pair_reply (pair, 0, 1, "{}");
  link_pair_reply (pair, 0, 2, "{}");
  link_pair_settle (pair);
  link_pair_reply (pair, 1, 1, "{}");
  link_pair_settle (pair);
  link_pair_expect (pair,
                    "a sends {\"bye\":\"another connection took over\"}\n"
                    "a refuses closed: the connection takes no new messages\n"
                    "b hears bye\n"
                    "b sends {\"id\":2,\"deadline\":1000,\"to\":\"/echo/1\",\"body\":{\"b\":2}}\n"
                    "b sends {\"bye\":\"another connection took over\"}\n"
                    "a delivers 2 {\"b\":2}\n"
                    "a hears bye\n"
                    "a sends {\"re\":1,\"body\":{}}\n"
                    "a sends {\"re\":2,\"body\":{}}\n"
                    "b completes 1 {}\n"
                    "b completes 2 {}\n"
                    "b sends {\"re\":1,\"body\":{}}\n"
                    "b ended drained: another connection took over\n"
                    "a completes 1 {}\n"
                    "a ended drained: another connection took over\n");
}

static void
test_not_reading (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("Who does not read gets errors in place of replies, then loses the link.");

  link_pair_open (pair);
  link_pair_frame (pair, 1, "{\"id\":1,\"to\":\"/e\",\"body\":{}}");
  link_pair_frame (pair, 1, "{\"id\":2,\"to\":\"/e\",\"body\":{}}");
  g_string_truncate (pair->transcript, 0);
  pair->channel_bytes[1] = WEFT_LIMIT_PEER_QUEUED_BYTES_MAX;
  link_pair_reply (pair, 1, 1, "{\"fits\":false}");
  link_pair_request (pair, 1, ECHO, "{}", G_TIME_SPAN_SECOND);
  pair->channel_bytes[1] += WEFT_LIMIT_CONTROL_BYTES_MAX + 1;
  link_pair_reply (pair, 1, 2, "{}");
  link_pair_expect (pair,
                    "b sends {\"re\":1,\"error\":{\"code\":\"unavailable\",\"message\":\"too many "
                    "bytes wait to be read by the one who asked\",\"retry\":true}}\n"
                    "b refuses unavailable: 16777216 bytes wait for the peer already\n"
                    "b sends {\"re\":2,\"error\":{\"code\":\"unavailable\",\"message\":\"too many "
                    "bytes wait to be read by the one who asked\",\"retry\":true}}\n"
                    "b ended not-reading: too many bytes wait to be read by the other side\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/link/request", test_request);
  g_test_add_func ("/link/error", test_error);
  g_test_add_func ("/link/one-way-and-cancel", test_one_way_and_cancel);
  g_test_add_func ("/link/deadlines", test_deadlines);
  g_test_add_func ("/link/unanswered", test_unanswered);
  g_test_add_func ("/link/in-flight", test_in_flight);
  g_test_add_func ("/link/credit", test_credit);
  g_test_add_func ("/link/overrun", test_overrun);
  g_test_add_func ("/link/protocol-errors", test_protocol_errors);
  g_test_add_func ("/link/request-ids", test_request_ids);
  g_test_add_func ("/link/liveness", test_liveness);
  g_test_add_func ("/link/doubt", test_doubt);
  g_test_add_func ("/link/doubt-ends", test_doubt_ends);
  g_test_add_func ("/link/doubt-of-others", test_doubt_of_others);
  g_test_add_func ("/link/stalled-loop", test_stalled_loop);
  g_test_add_func ("/link/ping-flood", test_ping_flood);
  g_test_add_func ("/link/ended", test_ended);
  g_test_add_func ("/link/shutdown", test_shutdown);
  g_test_add_func ("/link/drain", test_drain);
  g_test_add_func ("/link/not-reading", test_not_reading);

  return g_test_run ();
}
