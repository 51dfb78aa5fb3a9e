/* test-websocket-head.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The judge of HTTP heads: what a request may say, what of it is handed on, and what a client
 * takes for an upgrade. */

#include "weft-websocket-head-private.h"

#include <weft.h>

/* The key and the answer of RFC 6455, section 1.3. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

static void
assert_cleans (const char *head,
               const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) clean = weft_websocket_head_clean_request (head, strlen (head), &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (clean, NULL), g_bytes_get_size (clean),
                   expected, strlen (expected));
}

static void
assert_request_refused (const char *head,
                        gsize       length,
                        const char *message)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (weft_websocket_head_clean_request (head, length, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL);
  g_assert_cmpstr (error->message, ==, message);
}

#define REFUSED(head, message) assert_request_refused (head, sizeof head - 1, message)

static void
test_head_find_end (void)
{
  const char *data = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";

  g_test_summary ("The end of a head is found wherever the last look stopped.");

  for (gsize searched = 0; searched < 27; searched++)
    g_assert_cmpuint (weft_websocket_head_find_end (data, strlen (data), searched), ==, 27);
  g_assert_cmpuint (weft_websocket_head_find_end (data, 26, 0), ==, 0);
  g_assert_cmpuint (weft_websocket_head_find_end ("", 0, 0), ==, 0);
}

static void
test_head_request_honest (void)
{
  g_test_summary ("A good request is handed on as it came, without what servers answer alone.");

  assert_cleans ("GET /weft/net HTTP/1.1\r\nHost: a\r\n\r\n",
                 "GET /weft/net HTTP/1.1\r\nHost: a\r\n\r\n");
  assert_cleans ("GET / HTTP/1.1\r\nRange: bytes=0-1,2-3\r\nhOST: a:80\r\nIf-Range: x\r\n"
                 "EXPECT:100-continue\r\nX-Empty:\r\nUpgrade: websocket\r\n\r\n",
                 "GET / HTTP/1.1\r\nhOST: a:80\r\nX-Empty:\r\nUpgrade: websocket\r\n\r\n");
}

static void
test_head_request_refused (void)
{
  g_test_summary ("Bodies, two hosts, other methods and smuggled lines are refused by name.");

  REFUSED ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", "expected the method GET, got another");
  REFUSED ("get / HTTP/1.1\r\nHost: a\r\n\r\n", "expected the method GET, got another");
  REFUSED ("\r\n\r\n", "expected the method GET, got another");
  REFUSED ("GET / HTTP/1.0\r\nHost: a\r\n\r\n",
           "expected \"GET /path HTTP/1.1\", got another request line");
  REFUSED ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
           "expected \"GET /path HTTP/1.1\", got another request line");
  REFUSED ("GET HTTP/1.1\r\nHost: a\r\n\r\n",
           "expected \"GET /path HTTP/1.1\", got another request line");
  REFUSED ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
           "expected a path of visible ASCII characters, got others");
  REFUSED ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
           "expected a request without a body, got one with a body");
  REFUSED ("GET / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\n\r\n",
           "expected a request without a body, got one with a body");
  REFUSED ("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", "expected one Host, got several");
  REFUSED ("GET / HTTP/1.1\r\nX: a\r\n\r\n", "expected a Host, got none");
  REFUSED ("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
           "expected a header line, got a line without a name");
  REFUSED ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", "expected a header name, got other characters");
  REFUSED ("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
           "expected a header line, got a line without a name");
  REFUSED ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
           "expected a header value, got a control character");
  REFUSED ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
           "expected a header value, got a control character");
  REFUSED ("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
           "expected a header value, got a control character");
  REFUSED ("\x16\x03\x01\x02\r\n\r\n", "expected the method GET, got another");
}

static gboolean
check_response (const char  *fields,
                GError     **error)
{
  g_autofree char *head = g_strconcat ("HTTP/1.1 101 Upgrade\r\n", fields, "\r\n", NULL);

  return weft_websocket_head_check_response (head, strlen (head), KEY, error);
}

#define GOOD_FIELDS \
  "Upgrade: WebSocket\r\nconnection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n"

static void
test_head_response (void)
{
  const char *answer = "HTTP/1.1 404 Not\x01 Found\r\n\r\n";
  g_autoptr(GError) error = NULL;

  g_test_summary ("An upgrade is one only with our key's answer and our sub-protocol.");

  g_assert_true (check_response (GOOD_FIELDS "Sec-WebSocket-Protocol: weft.v1\r\n", &error));
  g_assert_no_error (error);

  g_assert_false (check_response (GOOD_FIELDS, &error));
  g_assert_cmpstr (error->message, ==, "expected the sub-protocol weft.v1, got another");
  g_clear_error (&error);

  g_assert_false (check_response (GOOD_FIELDS "Sec-WebSocket-Protocol: weft.v1\r\n"
                                  "Sec-WebSocket-Extensions: permessage-deflate\r\n", &error));
  g_assert_cmpstr (error->message, ==,
                   "expected no WebSocket extension, got one that was not asked for");
  g_clear_error (&error);

  g_assert_false (check_response ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                  "Sec-WebSocket-Protocol: weft.v1\r\n", &error));
  g_assert_cmpstr (error->message, ==,
                   "expected an upgrade to WebSocket with our key, got another answer");
  g_clear_error (&error);

  g_assert_false (weft_websocket_head_check_response (answer, strlen (answer), KEY, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL);
  g_assert_cmpstr (error->message, ==,
                   "expected a node of this network, got the answer "
                   "\"HTTP/1.1 404 Not? Found\"");
}

static void
test_head_round (void)
{
  g_autofree char *request = weft_websocket_head_write_request ("h:1", "/weft/net", KEY);

  g_test_summary ("Our own request passes our own judge unchanged.");

  assert_cleans (request, request);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/websocket/head/find-end", test_head_find_end);
  g_test_add_func ("/websocket/head/request-honest", test_head_request_honest);
  g_test_add_func ("/websocket/head/request-refused", test_head_request_refused);
  g_test_add_func ("/websocket/head/response", test_head_response);
  g_test_add_func ("/websocket/head/round", test_head_round);

  return g_test_run ();
}
