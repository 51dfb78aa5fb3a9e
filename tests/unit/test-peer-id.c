/* test-peer-id.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-peer-id.h"
#include "weft-test-bytes.h"

/* The public keys of the first two tests of RFC 8032, and what they signed. */
static const char first_key[] = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
static const char first_text[] = "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV";
static const char second_key[] = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
static const char second_signature[]
  = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

static WeftPeerId *
peer_id_from_hex (const char *hex,
                  GError    **error)
{
  g_autoptr(GBytes) key = weft_test_bytes (hex);
  gsize length;
  const guint8 *data = g_bytes_get_data (key, &length);

  return weft_peer_id_new_from_public_key (data, length, error);
}

static void
test_peer_id_vectors (void)
{
  /* The second is the example of the libp2p specification of peer ids. */
  static const char *const vectors[][2] = {
    { first_key, first_text },
    { "2ffa35a99d3a3cfbb17bb7c1dc5561b18a8dcca4df38dc613ea859c37eb1336b",
      "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA" },
  };

  g_test_summary ("A key has the text that libp2p gives it, and the text leads back to the key.");

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(WeftPeerId) made = peer_id_from_hex (vectors[i][0], &error);
      g_autoptr(WeftPeerId) parsed = NULL;
      g_autoptr(GBytes) key = weft_test_bytes (vectors[i][0]);
      const guint8 *data;
      gsize length;

      g_assert_no_error (error);
      g_assert_cmpstr (weft_peer_id_get_text (made), ==, vectors[i][1]);
      parsed = weft_peer_id_parse (vectors[i][1], &error);
      g_assert_no_error (error);
      g_assert_true (weft_peer_id_equal (made, parsed));
      g_assert_cmpuint (weft_peer_id_hash (made), ==, weft_peer_id_hash (parsed));
      data = weft_peer_id_get_public_key (parsed, &length);
      g_assert_cmpmem (data, length, g_bytes_get_data (key, NULL), g_bytes_get_size (key));
      data = weft_peer_id_get_bytes (parsed, &length);
      g_assert_cmpuint (length, ==, 38);
      g_assert_cmpmem (data, 6, "\x00\x24\x08\x01\x12\x20", 6);
    }
}

static void
test_peer_id_json (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftPeerId) peer_id = weft_peer_id_parse (first_text, &error);
  g_autoptr(WeftPeerId) again = NULL;
  g_autoptr(JsonNode) json = weft_peer_id_to_json (peer_id);
  g_autoptr(JsonNode) number = json_node_init_int (json_node_alloc (), 12);

  g_test_summary ("The JSON of a peer id is its text; anything else is refused.");

  g_assert_true (json_node_is_immutable (json));
  g_assert_cmpstr (json_node_get_string (json), ==, first_text);
  again = weft_peer_id_from_json (json, &error);
  g_assert_no_error (error);
  g_assert_true (weft_peer_id_equal (peer_id, again));

  g_assert_null (weft_peer_id_from_json (number, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "expected the text of a peer id, got Integer");
}

static void
test_peer_id_order (void)
{
  g_test_summary ("The order by bytes is that by text, so people and peers see the same order.");

  for (guint run = 0; run < 500; run++)
    {
      WeftPeerId *ids[2];

      for (guint i = 0; i < 2; i++)
        {
          guint8 key[32];

          for (gsize k = 0; k < sizeof key; k++)
            key[k] = g_test_rand_int_range (0, 256);
          key[31] &= 0x7e;
          ids[i] = weft_peer_id_new_from_public_key (key, sizeof key, NULL);
          g_assert_nonnull (ids[i]);
        }
      g_assert_cmpint (weft_peer_id_compare (ids[0], ids[1]) < 0, ==,
                       strcmp (weft_peer_id_get_text (ids[0]), weft_peer_id_get_text (ids[1])) < 0);
      weft_peer_id_unref (ids[0]);
      weft_peer_id_unref (ids[1]);
    }
}

static void
assert_refused (const char *text,
                const char *message)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (weft_peer_id_parse (text, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_peer_id_forgeable (void)
{
  static const char small[] = "expected an Ed25519 key of its own, got a point of small order";

  g_test_summary ("Keys of small order, for which anyone can sign, are no peer ids.");

  assert_refused ("12D3KooW9pNAk8aiBuGVQtWRdbkLmo5qVL3e2h5UxbN2Nz9ttwiw", small);
  assert_refused ("12D3KooW9pNAk8aiBuGVQtWRdbkLmo5qVL3e2h5UxbN2Nz9ttwm9", small);
  assert_refused ("12D3KooW9tGaPdJo5jmCpadQ971nfiq4kLcQjeBPYTfutBTtckPH", small);
  assert_refused ("12D3KooWCSFMqGaB2ighpLDESPP4B7J8RtFoWRWTvJkQ1fHW737a", small);
  assert_refused ("12D3KooWPDY1WsHL45gCE5RVtuVtT2Fx96Jvb4tGyKNzYis9EKgM", small);
  assert_refused ("12D3KooWRmWnxWYi14bhDq1LCBs9xQj1pdxKMrDMMATUgCgkicNS", small);
}

static void
test_peer_id_canonical (void)
{
  static const char other[] = "expected an Ed25519 key in its canonical form, got another form";
  g_autoptr(WeftPeerId) last = NULL;
  g_autoptr(GError) error = NULL;

  g_test_summary ("A coordinate of 2^255-19 or more has a smaller form, which is the only one.");

  assert_refused ("12D3KooWRqRCc1Gntu6QdX8Jhh8brLUF5eX64oKFw2mNBPzkSR2n", other);
  assert_refused ("12D3KooWRuKcFVzsnjb83DFHDCQ3kGDULf5rmkRAWu5FgbJkADh8", other);
  assert_refused ("12D3KooWS38RYVT3aQaYrbVEECvwY7hvrgDQBecygdh2gyvjbq42", other);
  assert_refused ("12D3KooWT3gYEvLJyx1FyyHqrmvdy1tMjpgxmu9aSeKMEuafQtvz", other);

  /* 2^255-21 */
  last = weft_peer_id_parse ("12D3KooWRhcPK1pd7E6yp8tMggbi4UynZdPYeu7SmJ9bB1Nkzoi6", &error);
  g_assert_no_error (error);
}

static void
test_peer_id_rejects (void)
{
#define EXPECTED "expected a peer id that holds an Ed25519 key (12D3KooW…), got "
  g_autofree char *longest = g_strnfill (89, '1');
  g_autoptr(GError) error = NULL;

  g_test_summary ("What is no peer id of an Ed25519 key is refused, and says what it is.");

  assert_refused ("", EXPECTED "other bytes");
  assert_refused ("1", EXPECTED "other bytes");
  assert_refused ("QmcqJV9f5bvwpdUMWY4grUsySyVmrGfYjNv2TzRiZ6dqAZ",
                  EXPECTED "the hash of one, as keys of other types have");
  assert_refused ("16Uiu2HAm9vKkqVjVdvvK8oJR6FXC8ntZi8UsXjLByyjuei1E9Y9X",
                  EXPECTED "a key of another type");
  assert_refused ("12D3L1NpvJ6kZERFeyRR6fMqQtRCHa6QazJMRUMS2g6m3FVetjJH",
                  EXPECTED "a key of another type");
  assert_refused ("1GsNUphCAyQHgoQBqrGvc2YBtrhKwZMj4BVZJjBNpY5L9uVPuJ",
                  EXPECTED "the beginning of one");
  /* A byte too many, a longer key, and the same two fields the other way round. */
  assert_refused ("16L9G1aGmtXApVGFYdydrFiYX6ZdFEdeYv5CeS9YFPd9DsB2bEGab", EXPECTED "other bytes");
  assert_refused ("16Uitajez7TAqXihtS8oU516wVvGnbZFo3wZWhsxYh96BVKYcbWjA", EXPECTED "other bytes");
  assert_refused ("12D7nQzCj1Y4StkWjo9kfMiH5ErM6ZG2L9oURERLAXYpqExdt1d2", EXPECTED "other bytes");
  assert_refused ("112D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV",
                  EXPECTED "other bytes");
  assert_refused ("12D3KooW0K1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV",
                  "peer id: expected base58 text, got the byte 0x30 at offset 8");
  assert_refused (" 12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV",
                  "peer id: expected base58 text, got the byte 0x20 at offset 0");

  g_assert_null (weft_peer_id_parse (longest, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (peer_id_from_hex ("d75a98", &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "expected an Ed25519 key of 32 bytes, got 3 bytes");
#undef EXPECTED
}

static void
test_peer_id_verify (void)
{
  g_autoptr(WeftPeerId) signer = peer_id_from_hex (second_key, NULL);
  g_autoptr(WeftPeerId) other = peer_id_from_hex (first_key, NULL);
  g_autoptr(GBytes) signature = weft_test_bytes (second_signature);
  g_autoptr(GBytes) message = weft_test_bytes ("72");
  g_autoptr(GBytes) other_message = weft_test_bytes ("73");
  g_autoptr(GBytes) shorter = g_bytes_new_from_bytes (signature, 0, 63);
  g_autoptr(GBytes) none = g_bytes_new (NULL, 0);

  g_test_summary ("Only the signer's own signature of the very message verifies.");

  g_assert_true (weft_peer_id_verify (signer, message, signature));
  g_assert_false (weft_peer_id_verify (other, message, signature));
  g_assert_false (weft_peer_id_verify (signer, other_message, signature));
  g_assert_false (weft_peer_id_verify (signer, none, signature));
  g_assert_false (weft_peer_id_verify (signer, message, shorter));
  g_assert_false (weft_peer_id_verify (signer, message, none));

  for (guint bit = 0; bit < 512; bit += 7)
    {
      guint8 changed[64];
      g_autoptr(GBytes) bytes = NULL;

      memcpy (changed, g_bytes_get_data (signature, NULL), sizeof changed);
      changed[bit / 8] ^= 1 << bit % 8;
      bytes = g_bytes_new (changed, sizeof changed);
      g_assert_false (weft_peer_id_verify (signer, message, bytes));
    }
}

static void
test_peer_id_verify_malleable (void)
{
  /* The order of the base point, little-endian. */
  g_autoptr(GBytes) order
    = weft_test_bytes ("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  g_autoptr(WeftPeerId) signer = peer_id_from_hex (second_key, NULL);
  g_autoptr(GBytes) signature = weft_test_bytes (second_signature);
  g_autoptr(GBytes) message = weft_test_bytes ("72");
  g_autoptr(GBytes) changed_bytes = NULL;
  const guint8 *addend = g_bytes_get_data (order, NULL);
  guint8 changed[64];
  guint carry = 0;

  g_test_summary ("A second form of the same signature, with the order added, does not verify.");

  memcpy (changed, g_bytes_get_data (signature, NULL), sizeof changed);
  for (guint i = 0; i < 32; i++)
    {
      carry += changed[32 + i] + addend[i];
      changed[32 + i] = carry & 0xff;
      carry >>= 8;
    }
  g_assert_cmpuint (carry, ==, 0);
  changed_bytes = g_bytes_new (changed, sizeof changed);
  g_assert_false (weft_peer_id_verify (signer, message, changed_bytes));
}

static gpointer
verify_thread (gpointer data)
{
  g_autoptr(GBytes) signature = weft_test_bytes (second_signature);
  g_autoptr(GBytes) message = weft_test_bytes ("72");
  guint n_verified = 0;

  for (guint i = 0; i < 50; i++)
    n_verified += weft_peer_id_verify (data, message, signature);

  return GUINT_TO_POINTER (n_verified);
}

static void
test_peer_id_threads (void)
{
  g_autoptr(WeftPeerId) signer = peer_id_from_hex (second_key, NULL);
  GThread *threads[4];

  g_test_summary ("One peer id can verify on several threads at once.");

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("verify", verify_thread, signer);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 50);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/peer-id/vectors", test_peer_id_vectors);
  g_test_add_func ("/peer-id/json", test_peer_id_json);
  g_test_add_func ("/peer-id/order", test_peer_id_order);
  g_test_add_func ("/peer-id/forgeable", test_peer_id_forgeable);
  g_test_add_func ("/peer-id/canonical", test_peer_id_canonical);
  g_test_add_func ("/peer-id/rejects", test_peer_id_rejects);
  g_test_add_func ("/peer-id/verify", test_peer_id_verify);
  g_test_add_func ("/peer-id/verify-malleable", test_peer_id_verify_malleable);
  g_test_add_func ("/peer-id/threads", test_peer_id_threads);

  return g_test_run ();
}
