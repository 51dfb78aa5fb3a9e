/* test-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-json.h"
#include "weft-request-private.h"

#include <string.h>

#define PEER "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"

typedef struct
{
  WeftRequest *request;
  guint n_replies;
  guint n_destroyed;
  char *answer; /* the text of the reply, or the message of the error */
} Fixture;

static void
reply_cb (WeftRequest  *request,
          JsonNode     *body,
          const GError *error,
          gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (fixture->n_destroyed, ==, 0);
  g_assert_cmpstr (weft_request_get_protocol (request), ==, "/db-p2p/repo/1.0.0");
  g_assert_true ((body != NULL) != (error != NULL));
  g_assert_true (body == NULL || json_node_is_immutable (body));
  fixture->n_replies++;
  g_free (fixture->answer);
  fixture->answer = body != NULL ? weft_json_to_string (body) : g_strdup (error->message);
}

static void
destroy_cb (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_destroyed++;
}

static WeftRequest *
request_new (Fixture             *fixture,
             WeftRequestReplyFunc reply)
{
  g_autoptr(WeftPeerId) peer_id = weft_peer_id_parse (PEER, NULL);
  g_autoptr(WeftPeer) peer = weft_peer_new (peer_id, WEFT_PEER_ROLE_PEER, NULL, NULL, NULL, FALSE,
                                            FALSE, 0);
  g_autoptr(JsonNode) body = weft_json_parse ("{\"get\":1}", -1, NULL);

  return weft_request_new (peer, "/db-p2p/repo/1.0.0", body, 5000, reply, fixture, destroy_cb);
}

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer user_data)
{
  fixture->request = request_new (fixture, reply_cb);
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer user_data)
{
  if (fixture->request != NULL)
    g_assert_finalize_object (fixture->request);
  g_assert_cmpuint (fixture->n_replies, ==, 1);
  g_assert_cmpuint (fixture->n_destroyed, ==, 1);
  g_free (fixture->answer);
}

static void
test_request_asked (Fixture      *fixture,
                    gconstpointer user_data)
{
  g_autofree char *body = weft_json_to_string (weft_request_get_body (fixture->request));
  WeftPeer *peer = weft_request_get_peer (fixture->request);
  GCancellable *cancellable = weft_request_get_cancellable (fixture->request);

  g_test_summary ("A request tells who asks what, and until when.");

  g_assert_cmpstr (body, ==, "{\"get\":1}");
  g_assert_true (json_node_is_immutable (weft_request_get_body (fixture->request)));
  g_assert_cmpstr (weft_peer_id_get_text (weft_peer_get_peer_id (peer)), ==, PEER);
  g_assert_cmpint (weft_request_get_deadline (fixture->request), ==, 5000);
  g_assert_false (weft_request_is_one_way (fixture->request));
  g_assert_false (g_cancellable_is_cancelled (cancellable));
  g_assert_true (weft_request_get_cancellable (fixture->request) == cancellable);
}

static void
test_request_reply (Fixture      *fixture,
                    gconstpointer user_data)
{
  g_autoptr(JsonNode) body = json_node_init_string (json_node_alloc (), "done");

  g_test_summary ("A reply goes to the asker, once, and can no longer be changed.");

  weft_request_reply (fixture->request, body);
  g_assert_cmpuint (fixture->n_replies, ==, 1);
  g_assert_cmpuint (fixture->n_destroyed, ==, 1);
  g_assert_cmpstr (fixture->answer, ==, "\"done\"");
}

static void
text_cb (WeftRequest  *request,
         JsonNode     *body,
         const GError *error,
         gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (body);
  g_assert_no_error (error);
  g_free (fixture->answer);
  fixture->answer = g_strdup (weft_request_peek_reply_text (request));
}

static void
test_request_text (Fixture      *fixture,
                   gconstpointer user_data)
{
  char *text = g_ref_string_new ("{\"done\":[1]}");
  Fixture other = { NULL };
  g_autoptr(WeftRequest) aware = request_new (&other, text_cb);

  g_test_summary ("A reply that is text is text for who takes it so, and a tree for others.");

  weft_request_reply_text (fixture->request, text);
  g_assert_cmpuint (fixture->n_replies, ==, 1);
  g_assert_cmpstr (fixture->answer, ==, text);

  weft_request_set_takes_text (aware);
  weft_request_reply_text (aware, text);
  g_assert_cmpstr (other.answer, ==, text);
  g_assert_cmpuint (other.n_destroyed, ==, 1);
  g_assert_null (weft_request_peek_reply_text (aware));
  g_free (other.answer);
  g_ref_string_release (text);
}

static void
test_request_item (void)
{
  static const char text[] = "{\"to\":\"/db-p2p/repo/1.0.0\",\"body\":{\"get\":[1]}}";
  Fixture fixture = { NULL };
  g_autoptr(WeftRequest) tree = request_new (&fixture, NULL);
  g_autoptr(WeftTape) tape = weft_tape_read_text (text, strlen (text), NULL, NULL);
  const WeftItem *root = weft_tape_get_root (tape);
  const WeftItem *body = weft_item_find (root, "body");
  g_autoptr(WeftRequest) request = NULL;
  g_autofree char *written = NULL;

  g_test_summary ("What was read is a tree for who asks for one, and what is a tree can be read.");

  request = weft_request_new_from_tape (weft_request_get_peer (tree),
                                        weft_item_find (root, "to")->string, tape, body, 5000,
                                        NULL, NULL, NULL);
  g_clear_pointer (&tape, weft_tape_unref);
  g_assert_true (weft_request_get_item (request, NULL) == body);
  g_assert_cmpstr (weft_request_get_protocol (request), ==, "/db-p2p/repo/1.0.0");
  written = weft_json_to_string (weft_request_get_body (request));
  g_assert_cmpstr (written, ==, "{\"get\":[1]}");
  g_assert_true (json_node_is_immutable (weft_request_get_body (request)));
  g_assert_true (weft_request_get_body (request) == weft_request_get_body (request));

  g_assert_cmpint (weft_item_find (weft_request_get_item (tree, NULL), "get")->integer, ==, 1);
  g_assert_true (weft_request_get_item (tree, NULL) == weft_request_get_item (tree, NULL));
}

static void
test_request_item_invalid (void)
{
  Fixture fixture = { NULL };
  g_autoptr(WeftRequest) other = request_new (&fixture, NULL);
  g_autoptr(JsonNode) body = json_node_init_double (json_node_alloc (), G_MAXDOUBLE * 2);
  g_autoptr(WeftRequest) request
    = weft_request_new (weft_request_get_peer (other), "/e/1", body, 5000, NULL, NULL, NULL);
  g_autoptr(GError) error = NULL;

  g_test_summary ("A transport of trees may bring one that is no JSON: it is not read.");

  g_assert_null (weft_request_get_item (request, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
}

static void
test_request_fail (Fixture      *fixture,
                   gconstpointer user_data)
{
  g_autoptr(GError) error = g_error_new (WEFT_ERROR, WEFT_ERROR_REFUSED, "not a member");

  g_test_summary ("An error goes to the asker, once.");

  weft_request_fail (fixture->request, error);
  g_assert_cmpuint (fixture->n_replies, ==, 1);
  g_assert_cmpstr (fixture->answer, ==, "not a member");
}

static void
test_request_dropped (Fixture      *fixture,
                      gconstpointer user_data)
{
  g_test_summary ("A handler that forgets a request answers it all the same.");

  g_assert_finalize_object (g_steal_pointer (&fixture->request));
  g_assert_cmpuint (fixture->n_replies, ==, 1);
  g_assert_cmpstr (fixture->answer, ==,
                   "/db-p2p/repo/1.0.0: the request was dropped without an answer");
}

static void
test_request_cancelled (Fixture      *fixture,
                        gconstpointer user_data)
{
  g_autoptr(JsonNode) body = json_node_init_boolean (json_node_alloc (), TRUE);

  g_test_summary ("A handler need not know that nobody waits any more.");

  g_cancellable_cancel (weft_request_get_cancellable (fixture->request));
  weft_request_reply (fixture->request, body);
  g_assert_cmpstr (fixture->answer, ==, "true");
}

static void
test_request_twice (void)
{
  g_test_summary ("To answer twice is a mistake of the program, and says so.");

  if (g_test_subprocess ())
    {
      Fixture fixture = { NULL };
      g_autoptr(WeftRequest) request = request_new (&fixture, reply_cb);
      g_autoptr(JsonNode) body = json_node_init_boolean (json_node_alloc (), TRUE);

      weft_request_reply (request, body);
      weft_request_reply (request, body);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*weft_request_reply: assertion*reply != NULL*failed*");
}

static void
test_request_one_way (void)
{
  Fixture fixture = { NULL };
  WeftRequest *request = request_new (&fixture, NULL);
  g_autoptr(JsonNode) body = json_node_init_boolean (json_node_alloc (), TRUE);

  g_test_summary ("An answer to a one-way request goes nowhere, so handlers need not care.");

  g_assert_true (weft_request_is_one_way (request));
  weft_request_reply (request, body);
  weft_request_reply (request, body);
  g_assert_finalize_object (request);
  g_assert_cmpuint (fixture.n_destroyed, ==, 1);

  request = request_new (&fixture, NULL);
  g_assert_finalize_object (request);
  g_assert_cmpuint (fixture.n_destroyed, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/request/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("asked", test_request_asked);
  ADD ("reply", test_request_reply);
  ADD ("text", test_request_text);
  ADD ("fail", test_request_fail);
  ADD ("dropped", test_request_dropped);
  ADD ("cancelled", test_request_cancelled);
  g_test_add_func ("/request/item", test_request_item);
  g_test_add_func ("/request/item-invalid", test_request_item_invalid);
  g_test_add_func ("/request/twice", test_request_twice);
  g_test_add_func ("/request/one-way", test_request_one_way);

  return g_test_run ();
}
