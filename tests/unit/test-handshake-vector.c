/* test-handshake-vector.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-handshake-private.h"
#include "weft-hello-private.h"
#include "weft-identity.h"
#include "weft-json.h"

#include <string.h>

/* The one JSON block of the document that follows the heading of the example. */
static JsonNode *
load_vector (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "docs", "wire.md",
                                                 NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *vector;
  char *start;
  char *end;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  start = strstr (text, "### A worked example");
  g_assert_nonnull (start);
  start = strstr (start, "```json\n");
  g_assert_nonnull (start);
  start += strlen ("```json\n");
  end = strstr (start, "```");
  g_assert_nonnull (end);
  vector = weft_json_parse (start, end - start, &error);
  g_assert_no_error (error);

  return vector;
}

static WeftIdentity *
load_identity (JsonObject *side)
{
  g_autoptr (GBytes) seed
    = weft_base64url_decode (json_object_get_string_member (side, "seed"), 32);
  WeftIdentity *identity;

  g_assert_nonnull (seed);
  identity = weft_identity_new_from_seed (seed, NULL);
  g_assert_cmpstr (weft_peer_id_get_text (weft_identity_get_peer_id (identity)), ==,
                   json_object_get_string_member (json_object_get_object_member (side, "hello"),
                                                  "peerId"));

  return identity;
}

static char *
get_hello (JsonObject *side,
           gboolean    is_bound)
{
  return weft_json_to_string (json_object_get_member (side, is_bound ? "boundHello" : "hello"));
}

static WeftHello *
read_hello (JsonObject *side,
            GError    **error)
{
  g_autofree char *text = get_hello (side, FALSE);
  g_autoptr (WeftTape) tape = weft_tape_read_text (text, strlen (text), NULL, error);

  return weft_hello_read (weft_tape_get_root (tape), error);
}

static void
check_proof (JsonObject *signer,
             JsonObject *other,
             gboolean    is_dialer,
             GBytes     *binding,
             const char *member)
{
  g_autoptr (WeftIdentity) identity = load_identity (signer);
  g_autofree char *signer_hello = get_hello (signer, binding != NULL);
  g_autofree char *other_hello = get_hello (other, binding != NULL);
  g_autoptr (GBytes) transcript
    = weft_handshake_make_transcript (is_dialer, signer_hello, other_hello, binding);
  g_autoptr (GBytes) signature = weft_identity_sign (identity, transcript);
  g_autofree char *proof = weft_base64url_encode (signature);
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, transcript);
  g_autofree char *digest_member = g_strconcat (member, "TextSha256", NULL);

  g_assert_cmpstr (digest, ==, json_object_get_string_member (signer, digest_member));
  g_assert_cmpstr (proof, ==, json_object_get_string_member (signer, member));
  g_assert_true (weft_peer_id_verify (weft_identity_get_peer_id (identity), transcript,
                                      signature));
}

static void
test_vector (void)
{
  g_autoptr (JsonNode) vector = load_vector ();
  JsonObject *object = json_node_get_object (vector);
  JsonObject *dialer = json_object_get_object_member (object, "dialer");
  JsonObject *listener = json_object_get_object_member (object, "listener");
  g_autoptr (GBytes) binding
    = weft_base64url_decode (json_object_get_string_member (object, "binding"), 32);

  g_test_summary ("The example in the document of the wire is what this program does.");

  g_assert_nonnull (binding);
  check_proof (dialer, listener, TRUE, NULL, "proof");
  check_proof (listener, dialer, FALSE, NULL, "proof");
  check_proof (dialer, listener, TRUE, binding, "boundProof");
  check_proof (listener, dialer, FALSE, binding, "boundProof");
}

static void
test_hellos (void)
{
  g_autoptr (JsonNode) vector = load_vector ();
  JsonObject *object = json_node_get_object (vector);
  g_autoptr (WeftHello) dialer = NULL;
  g_autoptr (WeftHello) listener = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("The hellos of the example are good ones; what one leaves out has a default.");

  dialer = read_hello (json_object_get_object_member (object, "dialer"), &error);
  g_assert_no_error (error);
  g_assert_true (dialer->is_client);
  g_assert_cmpuint (g_strv_length (dialer->protocols), ==, 0);
  g_assert_cmpint (dialer->limits.bytes, ==, 16777216);
  g_assert_cmpint (dialer->limits.requests, ==, 64);

  listener = read_hello (json_object_get_object_member (object, "listener"), &error);
  g_assert_no_error (error);
  g_assert_false (listener->is_client);
  g_assert_cmpuint (g_strv_length (listener->protocols), ==, 3);
  g_assert_cmpuint (listener->addresses->len, ==, 1);
}

static void
test_base64url (void)
{
  static const char *const bad[] = { "", "AA", "AAAAAA", "AAA=", "AA+A", "AA/A", "A A", "AAB" };
  g_autoptr (GBytes) bytes = weft_base64url_decode ("-_8", 2);

  g_test_summary ("Two bytes have one text: no padding, no other alphabet, no spare bits.");

  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\xfb\xff", 2);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (weft_base64url_decode (bad[i], 2));

  for (guint length = 0; length < 70; length++)
    {
      guint8 data[70];
      g_autofree char *text = NULL;
      g_autofree char *other = NULL;
      g_autoptr (GBytes) again = NULL;

      for (guint i = 0; i < length; i++)
        data[i] = g_test_rand_int_range (0, 256);
      text = weft_base64url_encode_data (data, length);
      other = g_base64_encode (data, length);
      g_strdelimit (g_strdelimit (other, "+", '-'), "/", '_');
      other[strcspn (other, "=")] = '\0';
      g_assert_cmpstr (text, ==, other);
      again = weft_base64url_decode (text, length);
      g_assert_nonnull (again);
      g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), data, length);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/handshake/vector", test_vector);
  g_test_add_func ("/handshake/hellos", test_hellos);
  g_test_add_func ("/handshake/base64url", test_base64url);

  return g_test_run ();
}
