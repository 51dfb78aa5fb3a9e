/* test-verifier.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Signatures can be of another kind than Ed25519, if both sides are told. */

#include "config.h"

#include "../contract/weft-node-pair.h"

/* Signs by filling in a letter, and is believed by those who expect that letter. */
#define LETTER_TYPE_IDENTITY (letter_identity_get_type ())
G_DECLARE_FINAL_TYPE (LetterIdentity, letter_identity, LETTER, IDENTITY, WeftIdentity)

struct _LetterIdentity
{
  WeftIdentity parent_instance;

  char letter;
};

G_DEFINE_FINAL_TYPE (LetterIdentity, letter_identity, WEFT_TYPE_IDENTITY)

static GBytes *
letter_identity_sign (WeftIdentity *identity,
                      GBytes       *message)
{
  return g_bytes_new_take (g_strnfill (64, LETTER_IDENTITY (identity)->letter), 64);
}

static void
letter_identity_class_init (LetterIdentityClass *klass)
{
  WEFT_IDENTITY_CLASS (klass)->sign = letter_identity_sign;
}

static void
letter_identity_init (LetterIdentity *self)
{
}

#define LETTER_TYPE_VERIFIER (letter_verifier_get_type ())
G_DECLARE_FINAL_TYPE (LetterVerifier, letter_verifier, LETTER, VERIFIER, GObject)

struct _LetterVerifier
{
  GObject parent_instance;

  char letter;
  guint64 n_checked;
};

static gboolean
letter_verifier_verify (WeftVerifier *verifier,
                        WeftPeerId   *signer,
                        const guint8 *data,
                        gsize         length,
                        const guint8 *signature,
                        gsize         signature_length)
{
  LetterVerifier *self = LETTER_VERIFIER (verifier);

  self->n_checked++;

  return signature_length == 64 && signature[0] == self->letter;
}

static guint64
letter_verifier_get_n_checked (WeftVerifier *verifier)
{
  return LETTER_VERIFIER (verifier)->n_checked;
}

static void
verifier_iface_init (WeftVerifierInterface *iface)
{
  iface->verify = letter_verifier_verify;
  iface->get_n_checked = letter_verifier_get_n_checked;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (LetterVerifier, letter_verifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_VERIFIER, verifier_iface_init))

static void
letter_verifier_class_init (LetterVerifierClass *klass)
{
}

static void
letter_verifier_init (LetterVerifier *self)
{
}

static WeftIdentity *
make_real (void)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();

  return weft_identity_new (random);
}

/* With the name of a real peer, whose key nobody needs. */
static WeftIdentity *
make_identity (char letter)
{
  g_autoptr(WeftIdentity) real = make_real ();
  LetterIdentity *self = g_object_new (LETTER_TYPE_IDENTITY,
                                       "peer-id", weft_identity_get_peer_id (real), NULL);

  self->letter = letter;

  return WEFT_IDENTITY (self);
}

static WeftVerifier *
make_verifier (char letter)
{
  LetterVerifier *self = g_object_new (LETTER_TYPE_VERIFIER, NULL);

  self->letter = letter;

  return WEFT_VERIFIER (self);
}

static WeftTransport *
make_transport (WeftPeerRole role,
                char         signed_letter,
                char         expected_letter)
{
  g_autoptr(WeftIdentity) identity = make_identity (signed_letter);
  g_autoptr(WeftVerifier) verifier = make_verifier (expected_letter);
  g_autoptr(WeftClock) clock = weft_system_clock_new ();
  g_autoptr(WeftRandom) random = weft_system_random_new ();

  return g_object_new (WEFT_TYPE_LOOPBACK_TRANSPORT, "identity", identity, "verifier", verifier,
                       "network", "test", "role", role, "clock", clock, "random", random, NULL);
}

static void
test_ed25519 (void)
{
  g_autoptr(WeftVerifier) verifier = weft_ed25519_verifier_new ();
  g_autoptr(WeftIdentity) signer = make_real ();
  g_autoptr(WeftIdentity) other = make_real ();
  g_autoptr(GBytes) message = g_bytes_new_static ("text", 4);
  g_autoptr(GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr(GBytes) signature = weft_identity_sign (signer, message);
  g_autoptr(GBytes) of_none = weft_identity_sign (signer, none);
  WeftPeerId *peer_id = weft_identity_get_peer_id (signer);
  WeftPeerId *other_id = weft_identity_get_peer_id (other);
  const guint8 *data = g_bytes_get_data (signature, NULL);

  g_test_summary ("The real verifier believes Ed25519 signatures and counts what it is asked");

  g_assert_cmpuint (weft_identity_get_n_signed (signer), ==, 2);
  g_assert_cmpuint (weft_verifier_get_n_checked (verifier), ==, 0);
  g_assert_true (weft_verifier_verify_bytes (verifier, peer_id, message, signature));
  g_assert_false (weft_verifier_verify_bytes (verifier, other_id, message, signature));
  g_assert_false (weft_verifier_verify_bytes (verifier, peer_id, none, signature));
  g_assert_true (weft_verifier_verify_bytes (verifier, peer_id, none, of_none));
  g_assert_false (weft_verifier_verify_bytes (verifier, peer_id, message, none));
  g_assert_true (weft_verifier_verify (verifier, peer_id, (const guint8 *) "text", 4, data, 64));
  g_assert_false (weft_verifier_verify (verifier, peer_id, (const guint8 *) "test", 4, data, 64));
  g_assert_false (weft_verifier_verify (verifier, peer_id, (const guint8 *) "text", 4, data, 63));
  g_assert_cmpuint (weft_verifier_get_n_checked (verifier), ==, 8);
}

static void
test_derived (void)
{
  g_autoptr(WeftIdentity) identity = make_identity ('a');
  g_autoptr(GBytes) message = g_bytes_new_static ("text", 4);
  g_autoptr(GBytes) signature = weft_identity_sign (identity, message);
  g_autoptr(WeftPeerId) peer_id = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("An identity of another class signs in its own way, and has no key to save");

  g_assert_cmpmem (g_bytes_get_data (signature, NULL), 4, "aaaa", 4);
  g_assert_cmpuint (weft_identity_get_n_signed (identity), ==, 1);
  g_object_get (identity, "peer-id", &peer_id, NULL);
  g_assert_true (weft_peer_id_equal (peer_id, weft_identity_get_peer_id (identity)));

  g_assert_false (weft_identity_save (identity, "/nowhere/key.pem", FALSE, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==,
                   "key file /nowhere/key.pem: expected an identity that has its key in memory, "
                   "got one of LetterIdentity");
}

static guint64
count (WeftTransport *transport,
       const char    *name)
{
  g_autoptr(GVariant) counters = weft_transport_get_counters (transport);
  guint64 value = 0;

  g_variant_lookup (counters, name, "t", &value);

  return value;
}

/* How a client that signs with one letter and expects another fares at a node that signs with 'n'
 * and expects 'c': which sides found a bad proof. */
static char *
visit (char signed_letter,
       char expected_letter)
{
  const char *const listen[] = { "/memory/0", NULL };
  g_autoptr(WeftTransport) transport = make_transport (WEFT_PEER_ROLE_PEER, 'n', 'c');
  g_autoptr(WeftTransport) client = make_transport (WEFT_PEER_ROLE_CLIENT, signed_letter,
                                                    expected_letter);
  g_autoptr(WeftStorage) storage = weft_memory_storage_new ();
  g_autoptr(WeftNode) node = weft_node_new (transport, storage, listen);
  g_autoptr(WeftRemoteRepo) repo = NULL;
  g_autoptr(GPtrArray) addresses = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  weft_test_start_node (node);
  addresses = weft_node_list_addresses (node);
  repo = weft_remote_repo_new (client, g_ptr_array_index (addresses, 0));
  weft_remote_repo_connect_async (repo, NULL, weft_test_await_cb, &result);
  weft_test_await (&result);
  /* Each side sends its proof before it sees the other's, so both have something to check. */
  while (weft_verifier_get_n_checked (weft_node_get_verifier (node)) == 0)
    g_main_context_iteration (NULL, TRUE);
  weft_test_stop_node (node);
  weft_transport_close (client);
  g_clear_object (&result);
  weft_test_settle (G_OBJECT (repo));

  return g_strdup_printf ("client %" G_GUINT64_FORMAT ", node %" G_GUINT64_FORMAT,
                          count (client, "closed-bad-proof"),
                          count (transport, "closed-bad-proof"));
}

static void
test_handshake (void)
{
  g_autofree char *trusting = visit ('c', 'n');
  g_autofree char *client_is_strict = visit ('c', 'x');
  g_autofree char *node_is_strict = visit ('x', 'n');

  g_test_summary ("A transport believes in a handshake whom its verifier believes");

  g_assert_cmpstr (trusting, ==, "client 0, node 0");
  g_assert_cmpstr (client_is_strict, ==, "client 1, node 0");
  g_assert_cmpstr (node_is_strict, ==, "client 0, node 1");
}

static void
test_default (void)
{
  g_autoptr(WeftNodePair) pair = weft_node_pair_new (&weft_node_pair_loopback, NULL);
  WeftVerifier *verifier = weft_node_get_verifier (pair->node);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("Unless told otherwise everybody asks a verifier of Ed25519, once a handshake");

  g_assert_true (WEFT_IS_ED25519_VERIFIER (verifier));
  g_assert_cmpuint (weft_verifier_get_n_checked (verifier), ==, 0);
  weft_remote_repo_connect_async (pair->repo, NULL, weft_test_await_cb, &result);
  weft_remote_repo_connect_finish (pair->repo, weft_test_await (&result), &error);
  g_assert_no_error (error);
  while (g_list_model_get_n_items (weft_node_get_peers (pair->node)) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (weft_verifier_get_n_checked (verifier), ==, 1);
  g_assert_cmpuint (weft_identity_get_n_signed (weft_node_get_identity (pair->node)), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/verifier/ed25519", test_ed25519);
  g_test_add_func ("/verifier/identity-of-another-class", test_derived);
  g_test_add_func ("/verifier/decides-in-a-handshake", test_handshake);
  g_test_add_func ("/verifier/default", test_default);

  return g_test_run ();
}
