/* test-wire.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "long-text.h"
#include "weft-envelope-draft-private.h"
#include "weft-envelope-private.h"
#include "weft-error-private.h"
#include "weft-hello-private.h"
#include "weft-json.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"

#include <string.h>

#define PEER_ID "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5"
#define NONCE "oaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaE"

#define PROTOCOLS(count) long_text_new ("[\"/p\"", ",\"/p\"", (count) - 1, "]")
#define ADDRESSES(count) \
  long_text_new ("[\"/memory/1\"", ",\"/memory/1\"", (count) - 1, "]")

/* A good hello with one more member. */
static WeftHello *
parse_hello (const char *member,
             const char *value,
             GError    **error)
{
  g_autofree char *text
    = g_strdup_printf ("{\"version\":1,\"peerId\":\"" PEER_ID "\",\"nonce\":\"" NONCE "\","
                       "\"network\":\"n\",\"%s\":%s}", member, value);
  g_autoptr (WeftTape) tape = weft_tape_read_text (text, strlen (text), NULL, NULL);

  g_assert_nonnull (tape);

  return weft_hello_read (weft_tape_get_root (tape), error);
}

static void
test_hello_limits (void)
{
  g_autofree char *agent = g_strnfill (WEFT_LIMIT_NAME_BYTES_MAX + 1, 'x');
  g_autofree char *longer = g_strdup_printf ("\"%s\"", agent);
  g_autofree char *fitting = g_strdup_printf ("\"%s\"", agent + 1);
  const struct
  {
    const char *member;
    char *fits;
    char *past;
  } cases[] = {
    { "agent", g_strdup (fitting), g_strdup (longer) },
    { "protocols", PROTOCOLS (WEFT_LIMIT_PROTOCOLS_MAX),
      PROTOCOLS (WEFT_LIMIT_PROTOCOLS_MAX + 1) },
    { "addrs", ADDRESSES (WEFT_LIMIT_PEER_ADDRESSES_MAX),
      ADDRESSES (WEFT_LIMIT_PEER_ADDRESSES_MAX + 1) },
  };

  g_test_summary ("Each list and word of a hello has a size that fits and one that does not.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *fits = cases[i].fits;
      g_autofree char *past = cases[i].past;
      g_autoptr (WeftHello) hello = NULL;
      g_autoptr (GError) error = NULL;

      hello = parse_hello (cases[i].member, fits, &error);
      g_assert_no_error (error);
      g_assert_null (parse_hello (cases[i].member, past, &error));
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
    }
}

static void
test_hello_members (void)
{
  static const struct
  {
    const char *member;
    const char *value;
    const char *error; /* NULL: fine */
  } cases[] = {
    { "role", "\"client\"", NULL },
    { "role", "\"king\"", "hello: expected the role “peer” or “client”" },
    { "role", "1", "hello.role: expected a string, got a number" },
    { "addrs", "[\"/carrier/pigeon\"]", NULL },
    { "addrs", "[7]", "hello.addrs[0]: expected a string, got a number" },
    { "protocols", "[\"/ok\",\"no\"]",
      "hello.protocols[1]: expected a protocol such as /db-p2p/repo/1.0.0" },
    { "limits", "{\"bytes\":-1}", NULL },
    { "binding", "\"tls-unique\"", NULL },
    { "someday", "{}", NULL },
  };

  g_test_summary ("What a hello gets wrong is named by its path; what is new in it is let be.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftHello) hello = parse_hello (cases[i].member, cases[i].value, &error);

      if (g_str_equal (cases[i].member, "limits"))
        g_assert_true (g_str_has_prefix (error->message, "hello.limits.bytes: "));
      else if (cases[i].error != NULL)
        g_assert_cmpstr (error->message, ==, cases[i].error);
      else
        g_assert_no_error (error);
      g_assert_true (hello == NULL || !hello->has_binding);
    }
}

static void
test_protocols (void)
{
  g_autofree char *longest = g_strnfill (WEFT_LIMIT_NAME_BYTES_MAX, '/');
  g_autofree char *longer = g_strconcat (longest, "/", NULL);
  static const char *const bad[] = { "", "/", "repo", "/a b", "/a\"", "/a\\", "/ä", "/a\n" };

  g_test_summary ("A protocol's name is plain, and its service says how large its messages are.");

  g_assert_true (weft_protocol_is_valid ("/db-p2p/repo/1.0.0"));
  g_assert_true (weft_protocol_is_valid (longest));
  g_assert_false (weft_protocol_is_valid (longer));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (weft_protocol_is_valid (bad[i]));

  g_assert_cmpuint (weft_protocol_get_bytes_max ("/db-p2p/repo/1.0.0"), ==, 8 * 1024 * 1024);
  g_assert_cmpuint (weft_protocol_get_bytes_max ("/any/where/sync/2"), ==, 8 * 1024 * 1024);
  g_assert_cmpuint (weft_protocol_get_bytes_max ("/db-p2p/node/1.0.0"), ==, 1024 * 1024);
  g_assert_cmpuint (weft_protocol_get_bytes_max ("/db-p2p/repository/1.0.0"), ==, 1024 * 1024);
  g_assert_cmpuint (weft_protocol_get_bytes_max ("/repo"), ==, 1024 * 1024);
}

static void
test_error_text (void)
{
  g_autofree char *fits = g_strnfill (WEFT_LIMIT_ERROR_TEXT_BYTES_MAX, 'x');
  g_autofree char *half = g_strnfill (WEFT_LIMIT_ERROR_TEXT_BYTES_MAX - 4, 'x');
  g_autofree char *cut = g_strconcat (half, "äöü", NULL);
  g_autofree char *expected = g_strconcat (half, "…", NULL);
  const char *const texts[][2] = {
    { "", "" }, { fits, fits }, { cut, expected }, { "bad \xff byte", "bad \xef\xbf\xbd byte" },
  };

  g_test_summary ("The text of an error is valid and short, and is never cut within a character.");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_EXISTS, texts[i][0]);
      g_autoptr (GBytes) frame = weft_envelope_write_error (1, error);
      g_autoptr (WeftEnvelope) envelope = weft_envelope_parse (frame, NULL);

      g_assert_error (envelope->error, WEFT_ERROR, WEFT_ERROR_EXISTS);
      g_assert_cmpstr (envelope->error->message, ==, texts[i][1]);
    }
}

static void
test_foreign_error (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no file");
  g_autoptr (GBytes) frame = weft_envelope_write_error (3, error);

  g_test_summary ("An error of another domain travels as failed.");

  g_assert_cmpmem (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame),
                   "{\"re\":3,\"error\":{\"code\":\"failed\",\"message\":\"no file\","
                   "\"retry\":true}}",
                   67);
}

static void
test_error_wait (void)
{
  g_autoptr (GError) error = weft_error_new_wait (1500 * G_TIME_SPAN_MILLISECOND, "later");
  g_autoptr (GError) copy = g_error_copy (error);
  g_autoptr (GError) plain = g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "gone");
  g_autoptr (GError) foreign = g_error_new (G_IO_ERROR, G_IO_ERROR_BUSY, "busy");
  g_autoptr (GBytes) frame = weft_envelope_write_error (1, copy);
  g_autoptr (WeftEnvelope) envelope = weft_envelope_parse (frame, NULL);

  g_test_summary ("How long to wait before asking again travels with the error, where it says so.");

  g_assert_error (envelope->error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
  g_assert_cmpint (weft_error_get_wait_usec (envelope->error), ==, 1500000);
  g_assert_cmpint (weft_error_get_wait_usec (plain), ==, 0);
  g_assert_cmpint (weft_error_get_wait_usec (foreign), ==, 0);
}

static gboolean
is_body (WeftEnvelope *envelope,
         JsonNode     *body)
{
  g_autoptr (JsonNode) node = weft_item_to_node (envelope->body);

  return weft_json_equal (node, body);
}

static void
test_draft (void)
{
  static const gint64 ids[] = { 0, 1, 99, 9007199254740991 };
  g_autoptr (JsonNode) body = weft_json_parse ("{\"b\":1,\"a\":[]}", -1, NULL);

  g_test_summary ("A draft knows its size before it is finished, and reads back as what it says.");

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      WeftEnvelopeDraft *draft = weft_envelope_draft_new ("/e/1", body, NULL, NULL);
      gsize size = weft_envelope_draft_get_size (draft, ids[i], 9007199254740991);
      g_autoptr (GBytes) frame = weft_envelope_draft_finish (draft, ids[i], 9007199254740991);
      g_autoptr (WeftEnvelope) envelope = weft_envelope_parse (frame, NULL);

      g_assert_cmpuint (g_bytes_get_size (frame), ==, size);
      g_assert_cmpint (envelope->number, ==, ids[i]);
      g_assert_cmpint (envelope->deadline_msec, ==, ids[i] > 0 ? 9007199254740991 : -1);
      g_assert_cmpstr (envelope->to, ==, "/e/1");
      g_assert_true (is_body (envelope, body));
    }
}

static void
test_many_values (void)
{
  /* Beside the zeros there are the object, the array and the last one. */
  g_autofree char *fits = long_text_new ("{\"a\":[", "0,", WEFT_LIMIT_JSON_NODES_MAX - 3, "0]}");
  g_autofree char *more = long_text_new ("{\"a\":[", "0,", WEFT_LIMIT_JSON_NODES_MAX - 2, "0]}");
  g_autofree char *commas = long_text_new ("{\"a\":\"", ",", 3 * WEFT_LIMIT_JSON_NODES_MAX, "\"}");
  g_autoptr (WeftEnvelopeDraft) draft = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) reply_error = NULL;

  g_test_summary ("Nothing is sent that has more values than the other side reads.");

  g_assert_true (weft_envelope_check_text (fits, NULL));
  g_assert_true (weft_envelope_check_text (commas, NULL));
  draft = weft_envelope_draft_new ("/e/1", NULL, more, &error);
  g_assert_null (draft);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_assert_null (weft_envelope_write_reply (1, NULL, more, &reply_error));
  g_assert_error (reply_error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

/* A one-way message whose body is so deep. */
static GBytes *
make_deep (guint depth)
{
  GString *text = g_string_new ("{\"to\":\"/e\",\"body\":");

  for (guint i = 0; i < depth; i++)
    g_string_append (text, "{\"a\":");
  g_string_append_c (text, '1');
  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, '}');
  g_string_append_c (text, '}');

  return g_string_free_to_bytes (text);
}

static void
test_depth (void)
{
  g_autoptr (GBytes) deepest = make_deep (WEFT_LIMIT_JSON_DEPTH_MAX);
  g_autoptr (GBytes) deeper = make_deep (WEFT_LIMIT_JSON_DEPTH_MAX + 1);
  g_autoptr (WeftEnvelope) envelope = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("A body may be as deep as any document, whatever carries it.");

  envelope = weft_envelope_parse (deepest, &error);
  g_assert_no_error (error);
  node = weft_item_to_node (envelope->body);
  g_assert_true (weft_json_validate (node, NULL));
  g_assert_null (weft_envelope_parse (deeper, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

static char *
describe (WeftEnvelope *envelope)
{
  char *body = envelope->body != NULL ? weft_item_to_text (envelope->body) : NULL;
  char *text = g_strdup_printf ("%d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s %s",
                                envelope->kind, envelope->number, envelope->deadline_msec,
                                envelope->to, body);

  g_clear_pointer (&body, g_ref_string_release);
  return text;
}

static char *
describe_text (const char *text)
{
  g_autoptr (GBytes) frame = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftEnvelope) envelope = weft_envelope_parse (frame, &error);

  return envelope != NULL ? describe (envelope) : g_strdup (error->message);
}

static void
test_usual (void)
{
  static const char *const members[] = {
    "\"id\":3,\"deadline\":7,\"to\":\"/a/b/1.0.0\",\"body\":{\"x\":[1,{}]}",
    "\"body\":{},\"to\":\"/a/b/1.0.0\",\"id\":9007199254740991",
    " \"to\" : \"\\u002fa/b/1.0.0\" , \"body\" : { }",
    "\"re\":4,\"body\":{\"a\":\"b\"}",
    "\"re\":4,\"body\":{},\"id\":1",
    "\"re\":4,\"body\":{},\"to\":\"/a/b/1.0.0\"",
    "\"re\":0,\"body\":{}",
    "\"re\":1.0,\"body\":{}",
    "\"re\":1,\"re\":1,\"body\":{}",
    "\"id\":0,\"to\":\"/a/b/1.0.0\",\"body\":{}",
    "\"id\":1.5,\"to\":\"/a/b/1.0.0\",\"body\":{}",
    "\"id\":1,\"deadline\":-1,\"to\":\"/a/b/1.0.0\",\"body\":{}",
    "\"id\":1,\"deadline\":0,\"to\":\"/a/b/1.0.0\",\"body\":{}",
    "\"deadline\":\"x\",\"to\":\"/a/b/1.0.0\",\"body\":{}",
    "\"to\":\"a\",\"body\":{}",
    "\"to\":\"/a/b/1.0.0\",\"body\":[]",
    "\"to\":\"/a/b/1.0.0\"",
    "\"ping\":1",
  };

  g_test_summary ("An envelope means the same with a member more that nobody knows.");

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autofree char *text = g_strdup_printf ("{%s}", members[i]);
      g_autofree char *longer = g_strdup_printf ("{%s,\"later\":[{}]}", members[i]);
      g_autofree char *first = describe_text (text);
      g_autofree char *second = describe_text (longer);

      g_assert_cmpstr (first, ==, second);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/hello-limits", test_hello_limits);
  g_test_add_func ("/wire/hello-members", test_hello_members);
  g_test_add_func ("/wire/protocols", test_protocols);
  g_test_add_func ("/wire/error-text", test_error_text);
  g_test_add_func ("/wire/foreign-error", test_foreign_error);
  g_test_add_func ("/wire/error-wait", test_error_wait);
  g_test_add_func ("/wire/draft", test_draft);
  g_test_add_func ("/wire/many-values", test_many_values);
  g_test_add_func ("/wire/depth", test_depth);
  g_test_add_func ("/wire/usual", test_usual);

  return g_test_run ();
}
