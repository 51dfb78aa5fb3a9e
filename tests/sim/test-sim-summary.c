/* test-sim-summary.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-summary-private.h"

#include <string.h>

/* What a trace says of a message that one side of a talk sends. */
static JsonObject *
send (WeftSimTalk *talk,
      guint        side,
      const char  *text)
{
  g_autoptr(GBytes) message = g_bytes_new_static (text, strlen (text));
  JsonObject *line = json_object_new ();

  weft_sim_talk_summarize (talk, side, message, line);

  return line;
}

static void
expect (WeftSimTalk *talk,
        guint        side,
        const char  *text,
        const char  *about)
{
  g_autoptr(JsonObject) line = send (talk, side, text);

  g_assert_cmpstr (json_object_get_string_member (line, "about"), ==, about);
}

#define REPO "\"to\":\"/db-p2p/repo/1.0.0\",\"body\":{\"operations\":"
#define COMMIT "{\"commit\":{\"actionId\":\"abcdefghij\",\"blockIds\":[\"x\",\"y\"],\"rev\":4," \
               "\"tailId\":\"x\"}}"

static void
test_repo (void)
{
  g_autoptr(WeftSimTalk) talk = weft_sim_talk_new ();
  g_autoptr(JsonObject) line = NULL;

  g_test_summary ("Requests to a repo are told with blocks, action and revision; answers with "
                  "what was asked.");

  expect (talk, 0, "{\"id\":1," REPO "[{\"get\":{\"blockIds\":[\"x\",\"y\"]}}]}}",
          "request repo get x, y");
  expect (talk, 1,
          "{\"re\":1,\"body\":{\"x\":{\"state\":{\"latest\":{\"actionId\":\"a\",\"rev\":3}}},"
          "\"y\":{\"state\":{}}}}",
          "reply repo get x, y: rev 3 none");
  expect (talk, 0, "{\"id\":2," REPO "[" COMMIT "]}}",
          "request repo commit x, y action abcdef rev 4");
  line = send (talk, 1, "{\"re\":2,\"body\":{\"success\":false,\"staleAt\":{\"blockId\":\"x\","
                        "\"rev\":7}}}");
  g_assert_cmpstr (json_object_get_string_member (line, "about"), ==,
                   "reply repo commit x, y action abcdef: stale, rev 7 is there");
  g_assert_cmpstr (json_object_get_string_member (line, "result"), ==, "stale");
  g_assert_cmpstr (json_object_get_string_member (line, "action"), ==, "abcdefghij");
  g_assert_cmpint (json_object_get_int_member (line, "staleAt"), ==, 7);

  /* Both sides number their requests, and a reply is to the other's. */
  expect (talk, 1, "{\"id\":3," REPO "[{\"get\":{\"blockIds\":[\"z\"]}}]}}",
          "request repo get z");
  expect (talk, 1, "{\"re\":3,\"body\":{}}", "reply ");
  expect (talk, 0, "{\"re\":3,\"error\":{\"code\":\"unavailable\",\"message\":\"later\"}}",
          "error repo get z: unavailable, later");
}

#define CLUSTER "\"to\":\"/db-p2p/cluster/1.0.0\",\"body\":{\"requests\":["
#define RECORD(commits, promises, ballot) \
  "{\"update\":{\"ballot\":" ballot ",\"commits\":{" commits "},\"message\":{\"operations\":[" \
  COMMIT "]},\"promises\":{" promises "}}}"

static void
test_cluster (void)
{
  g_autoptr(WeftSimTalk) talk = weft_sim_talk_new ();
  g_autoptr(JsonObject) line = NULL;

  g_test_summary ("Of an update of a cluster it is told what it asks for; of several requests in "
                  "one message, each.");

  line = send (talk, 0, "{\"id\":1," CLUSTER RECORD ("", "", "[0]") "]}}");
  g_assert_cmpstr (json_object_get_string_member (line, "about"), ==,
                   "request cluster vote commit x, y action abcdef rev 4");
  g_assert_cmpstr (json_object_get_string_member (line, "verb"), ==, "vote");
  g_assert_cmpstr (json_object_get_string_member (line, "action"), ==, "abcdefghij");
  expect (talk, 1, "{\"re\":1,\"body\":{\"answers\":[{\"promise\":\"AAAA\"}]}}",
          "reply cluster vote commit x, y action abcdef rev 4: approve");
  expect (talk, 0,
          "{\"id\":2," CLUSTER RECORD ("", "\"p\":{}", "[2,\"p\"]") ","
          RECORD ("\"p\":{}", "", "[0]") ",{\"latest\":{\"blockIds\":[\"z\"]}},"
          "{\"latest\":{\"blockIds\":[\"w\"]}}]}}",
          "request cluster lock commit x, y action abcdef rev 4 ballot 2; "
          "decided commit x, y action abcdef rev 4; latest z; and 1 more");
  expect (talk, 1,
          "{\"re\":2,\"body\":{\"answers\":[{\"commit\":{\"type\":\"conflict\"}},"
          "{\"applied\":true},{\"error\":{\"code\":\"unavailable\"}},{\"states\":[]}]}}",
          "reply cluster lock commit x, y action abcdef rev 4 ballot 2; "
          "decided commit x, y action abcdef rev 4; latest z; and 1 more: "
          "conflict; applied; unavailable; and 1 more");
  expect (talk, 0,
          "{\"id\":3," CLUSTER "{\"brief\":{\"ballot\":[0],\"commits\":{},\"messageHash\":"
          "\"zabcdefgh\",\"promises\":{\"p\":{}}}}]}}",
          "request cluster lock record zabcde");
}

static void
test_other (void)
{
  g_autoptr(WeftSimTalk) talk = weft_sim_talk_new ();

  g_test_summary ("What is new is told by its members, and what is no envelope is said to be so.");

  expect (talk, 0,
          "{\"id\":1,\"to\":\"/mine/diary/2.0.0\",\"body\":{\"read\":{\"blockId\":\"x\"}}}",
          "request diary read x");
  expect (talk, 1, "{\"re\":1,\"body\":{\"pages\":3}}", "reply diary read x: done");
  expect (talk, 0, "{\"to\":\"/mine/diary/2.0.0\",\"body\":{}}", "message diary nothing");
  expect (talk, 0, "{\"ping\":1}", "ping");
  expect (talk, 0, "{\"cancel\":1}", "cancel");
  expect (talk, 0, "{\"new\":1}", "something unknown");
  expect (talk, 0, "{\"id\":\"x\",\"to\":7,\"body\":[]}", "message ");
  expect (talk, 0, "[]", "something that is no envelope");
  expect (talk, 0, "hello", "something that is no envelope");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/summary/repo", test_repo);
  g_test_add_func ("/sim/summary/cluster", test_cluster);
  g_test_add_func ("/sim/summary/other", test_other);

  return g_test_run ();
}
