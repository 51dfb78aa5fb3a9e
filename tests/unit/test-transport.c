/* test-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-transport-private.h"

#define PEER "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"

/* A transport that notes what it is asked, and answers when the test says so. */
struct _FakeTransport
{
  GObject parent_instance;

  gint64 timeout_usec;
  WeftDialFunc dialled;
  WeftReplyFunc replied;
  gpointer user_data;
  guint64 cancelled_id;
  gboolean is_body_sealed;
};

#define FAKE_TYPE_TRANSPORT (fake_transport_get_type ())
G_DECLARE_FINAL_TYPE (FakeTransport, fake_transport, FAKE, TRANSPORT, GObject)

static void
fake_transport_dial (WeftTransport *transport,
                     WeftMultiaddr *address,
                     gint64         timeout_usec,
                     WeftDialFunc   done,
                     gpointer       user_data)
{
  FakeTransport *self = FAKE_TRANSPORT (transport);

  self->timeout_usec = timeout_usec;
  self->dialled = done;
  self->user_data = user_data;
}

static guint64
fake_transport_request (WeftTransport *transport,
                        WeftPeerId    *peer_id,
                        const char    *protocol,
                        JsonNode      *body,
                        gint64         timeout_usec,
                        WeftReplyFunc  done,
                        gpointer       user_data)
{
  FakeTransport *self = FAKE_TRANSPORT (transport);

  self->timeout_usec = timeout_usec;
  self->replied = done;
  self->user_data = user_data;
  self->is_body_sealed = json_node_is_immutable (body);

  return 7;
}

static void
fake_transport_cancel (WeftTransport *transport,
                       guint64        request_id)
{
  FAKE_TRANSPORT (transport)->cancelled_id = request_id;
}

static GVariant *
fake_transport_get_counters (WeftTransport *transport)
{
  return g_variant_new_parsed ("@a{st} { 'peers-now': 1 }");
}

static void
fake_transport_iface_init (WeftTransportInterface *iface)
{
  iface->dial = fake_transport_dial;
  iface->request = fake_transport_request;
  iface->cancel = fake_transport_cancel;
  iface->get_counters = fake_transport_get_counters;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeTransport, fake_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_TRANSPORT,
                                                      fake_transport_iface_init))

static void
fake_transport_class_init (FakeTransportClass *klass)
{
}

static void
fake_transport_init (FakeTransport *self)
{
}

typedef struct
{
  FakeTransport *fake;
  WeftTransport *transport;
  WeftPeerId *peer_id;
  WeftPeer *peer;
  WeftMultiaddr *address;
  GCancellable *cancellable;
  GAsyncResult *result;
  guint n_results;
} Fixture;

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer user_data)
{
  static const char *const protocols[] = { "/db-p2p/repo/1.0.0", NULL };

  fixture->fake = g_object_new (FAKE_TYPE_TRANSPORT, NULL);
  fixture->transport = WEFT_TRANSPORT (fixture->fake);
  fixture->peer_id = weft_peer_id_parse (PEER, NULL);
  fixture->address = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, 1);
  fixture->peer = weft_peer_new (fixture->peer_id, WEFT_PEER_ROLE_CLIENT, "weft/0.1", protocols,
                                 fixture->address, TRUE, TRUE, 12);
  fixture->cancellable = g_cancellable_new ();
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer user_data)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_clear_object (&fixture->result);
  g_assert_finalize_object (fixture->cancellable);
  g_assert_finalize_object (fixture->peer);
  weft_multiaddr_unref (fixture->address);
  weft_peer_id_unref (fixture->peer_id);
  g_assert_finalize_object (fixture->fake);
}

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *fixture = user_data;

  fixture->n_results++;
  g_set_object (&fixture->result, result);
}

static void
wait_result (Fixture *fixture)
{
  while (fixture->n_results == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_transport_register (Fixture      *fixture,
                         gconstpointer user_data)
{
  g_test_summary ("An implementation is found by its name, and by the addresses it reaches.");

  g_assert_true (weft_transport_lookup ("sim") == G_TYPE_INVALID);
  g_assert_true (weft_transport_lookup_for_address (fixture->address) == G_TYPE_INVALID);
  weft_transport_register (FAKE_TYPE_TRANSPORT, "sim");
  g_assert_true (weft_transport_lookup ("sim") == FAKE_TYPE_TRANSPORT);
  g_assert_true (weft_transport_lookup_for_address (fixture->address) == FAKE_TYPE_TRANSPORT);
  g_assert_true (weft_transport_lookup ("carrier-pigeon") == G_TYPE_INVALID);
}

static void
test_transport_peer (Fixture      *fixture,
                     gconstpointer user_data)
{
  g_autoptr(WeftPeerId) peer_id = NULL;
  g_auto(GStrv) protocols = NULL;
  g_autofree char *agent = NULL;
  WeftPeerRole role;
  gint64 since_usec;

  g_test_summary ("A peer shows all it is made of, as properties too.");

  g_object_get (fixture->peer, "peer-id", &peer_id, "role", &role, "agent", &agent, "protocols",
                &protocols, "since", &since_usec, NULL);
  g_assert_true (weft_peer_id_equal (peer_id, weft_peer_get_peer_id (fixture->peer)));
  g_assert_cmpint (role, ==, WEFT_PEER_ROLE_CLIENT);
  g_assert_cmpint (weft_peer_get_role (fixture->peer), ==, WEFT_PEER_ROLE_CLIENT);
  g_assert_cmpstr (agent, ==, "weft/0.1");
  g_assert_cmpstr (weft_peer_get_agent (fixture->peer), ==, "weft/0.1");
  g_assert_cmpstrv (protocols, weft_peer_get_protocols (fixture->peer));
  g_assert_cmpint (since_usec, ==, 12);
  g_assert_cmpint (weft_peer_get_since (fixture->peer), ==, 12);
  g_assert_true (weft_multiaddr_equal (weft_peer_get_address (fixture->peer), fixture->address));
  g_assert_true (weft_peer_is_outbound (fixture->peer));
  g_assert_true (weft_peer_is_bound (fixture->peer));
}

static void
appeared_cb (WeftTransport *transport,
             WeftPeer      *peer,
             gpointer       user_data)
{
  g_string_append_printf (user_data, "+%s", weft_peer_get_agent (peer));
}

static void
went_cb (WeftTransport *transport,
         WeftPeer      *peer,
         const GError  *reason,
         gpointer       user_data)
{
  g_string_append_printf (user_data, " -%s", reason != NULL ? reason->message : "meant");
}

static void
test_transport_signals (Fixture      *fixture,
                        gconstpointer user_data)
{
  g_autoptr(GString) story = g_string_new (NULL);
  g_autoptr(GError) error = g_error_new (WEFT_ERROR, WEFT_ERROR_CLOSED, "lost");

  g_test_summary ("Peers come and go, with a reason or without.");

  g_signal_connect (fixture->transport, "peer-appeared", G_CALLBACK (appeared_cb), story);
  g_signal_connect (fixture->transport, "peer-went", G_CALLBACK (went_cb), story);
  weft_transport_emit_peer_appeared (fixture->transport, fixture->peer);
  weft_transport_emit_peer_went (fixture->transport, fixture->peer, error);
  weft_transport_emit_peer_went (fixture->transport, fixture->peer, NULL);
  g_assert_cmpstr (story->str, ==, "+weft/0.1 -lost -meant");
}

static void
test_transport_counters (Fixture      *fixture,
                         gconstpointer user_data)
{
  g_autoptr(GVariant) counters = weft_transport_get_counters (fixture->transport);
  g_autofree char *text = g_variant_print (counters, FALSE);

  g_test_summary ("Counters are a reference of one's own.");

  g_assert_false (g_variant_is_floating (counters));
  g_assert_cmpstr (text, ==, "{'peers-now': 1}");
}

static void
test_transport_dial (Fixture      *fixture,
                     gconstpointer user_data)
{
  g_autoptr(WeftPeer) peer = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A dial that is awaited ends with the peer.");

  weft_transport_dial_async (fixture->transport, fixture->address, fixture->cancellable, result_cb,
                             fixture);
  g_assert_cmpint (fixture->fake->timeout_usec, ==, WEFT_LIMIT_DIAL_USEC);
  fixture->fake->dialled (fixture->transport, fixture->peer, NULL, fixture->fake->user_data);
  wait_result (fixture);
  peer = weft_transport_dial_finish (fixture->transport, fixture->result, &error);
  g_assert_no_error (error);
  g_assert_true (peer == fixture->peer);
}

static void
test_transport_dial_cancelled (Fixture      *fixture,
                               gconstpointer user_data)
{
  g_autoptr(GError) error = NULL;

  g_test_summary ("Who gives a dial up gets an answer now, and what comes later is dropped.");

  weft_transport_dial_async (fixture->transport, fixture->address, fixture->cancellable, result_cb,
                             fixture);
  g_cancellable_cancel (fixture->cancellable);
  g_assert_cmpuint (fixture->n_results, ==, 0);
  wait_result (fixture);
  g_assert_null (weft_transport_dial_finish (fixture->transport, fixture->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture->fake->dialled (fixture->transport, fixture->peer, NULL, fixture->fake->user_data);
  g_assert_cmpuint (fixture->n_results, ==, 1);
}

static void
start_request (Fixture *fixture)
{
  g_autoptr(JsonNode) body = json_node_init_boolean (json_node_alloc (), TRUE);

  weft_transport_request_async (fixture->transport, fixture->peer_id, "/db-p2p/repo/1.0.0", body, 0,
                                fixture->cancellable, result_cb, fixture);
}

static void
test_transport_request (Fixture      *fixture,
                        gconstpointer user_data)
{
  g_autoptr(JsonNode) answer = json_node_init_string (json_node_alloc (), "yes");
  g_autoptr(JsonNode) body = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A request that is awaited ends with the body of the answer.");

  start_request (fixture);
  g_assert_cmpint (fixture->fake->timeout_usec, ==, WEFT_LIMIT_REPLY_USEC);
  g_assert_true (fixture->fake->is_body_sealed);
  fixture->fake->replied (fixture->transport, answer, NULL, fixture->fake->user_data);
  wait_result (fixture);
  body = weft_transport_request_finish (fixture->transport, fixture->result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json_node_get_string (body), ==, "yes");
}

static gpointer
cancel_thread (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_transport_request_cancelled (Fixture      *fixture,
                                  gconstpointer user_data)
{
  g_autoptr(GError) cancelled = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "given up");
  g_autoptr(GError) error = NULL;

  g_test_summary ("A cancel from another thread reaches the transport on its own.");

  start_request (fixture);
  g_thread_join (g_thread_new ("cancel", cancel_thread, fixture->cancellable));
  g_assert_cmpuint (fixture->fake->cancelled_id, ==, 0);
  while (fixture->fake->cancelled_id == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->fake->cancelled_id, ==, 7);
  fixture->fake->replied (fixture->transport, NULL, cancelled, fixture->fake->user_data);
  wait_result (fixture);
  g_assert_null (weft_transport_request_finish (fixture->transport, fixture->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_transport_request_late_cancel (Fixture      *fixture,
                                    gconstpointer user_data)
{
  g_autoptr(JsonNode) answer = json_node_init_string (json_node_alloc (), "yes");
  g_autoptr(JsonNode) body = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A cancel that comes after the answer does not hide it.");

  start_request (fixture);
  fixture->fake->replied (fixture->transport, answer, NULL, fixture->fake->user_data);
  g_cancellable_cancel (fixture->cancellable);
  wait_result (fixture);
  body = weft_transport_request_finish (fixture->transport, fixture->result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (body);
  g_assert_cmpuint (fixture->fake->cancelled_id, ==, 0);
}

static void
test_transport_cancelled_before (Fixture      *fixture,
                                 gconstpointer user_data)
{
  g_autoptr(GError) error = NULL;

  g_test_summary ("What was cancelled before it began is never asked.");

  g_cancellable_cancel (fixture->cancellable);
  start_request (fixture);
  g_assert_cmpuint (fixture->n_results, ==, 0);
  wait_result (fixture);
  g_assert_null (weft_transport_request_finish (fixture->transport, fixture->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (fixture->fake->replied);
}

/* The text of an answer, or the message of the error. */
static void
answered_cb (WeftTransport  *transport,
             const WeftItem *body,
             const GError   *error,
             gpointer        user_data)
{
  GString *told = user_data;

  g_assert_true ((body != NULL) != (error != NULL));
  if (body != NULL)
    weft_item_append (body, told);
  else
    g_string_append (told, error->message);
  g_string_append_c (told, ' ');
}

static void
test_transport_ask (Fixture      *fixture,
                    gconstpointer user_data)
{
  char *text = g_ref_string_new ("{\"a\":1}");
  g_autoptr(JsonNode) object = weft_json_parse_own ("{\"b\":[2]}", 9);
  g_autoptr(JsonNode) array = weft_json_parse_own ("[]", 2);
  g_autoptr(GError) error = g_error_new (WEFT_ERROR, WEFT_ERROR_CLOSED, "lost");
  g_autoptr(GString) told = g_string_new (NULL);

  g_test_summary ("Who reads can ask through a transport of trees; what is no object is an error.");

  weft_transport_ask (fixture->transport, fixture->peer_id, "/e/1", NULL, text, 5, answered_cb,
                      told);
  g_assert_cmpint (fixture->fake->timeout_usec, ==, 5);
  g_assert_true (fixture->fake->is_body_sealed);
  fixture->fake->replied (fixture->transport, object, NULL, fixture->fake->user_data);
  weft_transport_ask (fixture->transport, fixture->peer_id, "/e/1", object, NULL, 0, answered_cb,
                      told);
  g_assert_cmpint (fixture->fake->timeout_usec, ==, WEFT_LIMIT_REPLY_USEC);
  fixture->fake->replied (fixture->transport, array, NULL, fixture->fake->user_data);
  weft_transport_ask (fixture->transport, fixture->peer_id, "/e/1", object, NULL, 0, answered_cb,
                      told);
  fixture->fake->replied (fixture->transport, NULL, error, fixture->fake->user_data);
  g_assert_cmpstr (told->str, ==, "{\"b\":[2]} expected an object, got an array lost ");
  g_ref_string_release (text);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/transport/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("register", test_transport_register);
  ADD ("ask", test_transport_ask);
  ADD ("peer", test_transport_peer);
  ADD ("signals", test_transport_signals);
  ADD ("counters", test_transport_counters);
  ADD ("dial", test_transport_dial);
  ADD ("dial-cancelled", test_transport_dial_cancelled);
  ADD ("request", test_transport_request);
  ADD ("request-cancelled", test_transport_request_cancelled);
  ADD ("request-late-cancel", test_transport_request_late_cancel);
  ADD ("cancelled-before", test_transport_cancelled_before);

  return g_test_run ();
}
