/* test-base58.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-base58-private.h"
#include "weft-error.h"
#include "weft-test-bytes.h"

static void
test_base58_vectors (void)
{
  /* The vectors of the Internet-Draft "The Base58 Encoding Scheme", and the edges. */
  static const struct
  {
    const char *hex;
    const char *text;
  } vectors[] = {
    { "", "" },
    { "00", "1" },
    { "0000", "11" },
    { "39", "z" },
    { "3a", "21" },
    { "48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U" },
    { "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e",
      "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z" },
    { "0000287fb4cd", "11233QC4" },
  };

  g_test_summary ("Bytes and text lead to each other, leading zeros included.");

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(GBytes) bytes = weft_test_bytes (vectors[i].hex);
      gsize size;
      const guint8 *data = g_bytes_get_data (bytes, &size);
      g_autofree char *text = weft_base58_encode (data, size);
      g_autoptr(GError) error = NULL;
      guint8 decoded[WEFT_BASE58_BYTES_MAX];
      gsize length;

      g_assert_cmpstr (text, ==, vectors[i].text);
      g_assert_true (weft_base58_decode (vectors[i].text, decoded, &length, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (decoded, length, data, size);
    }
}

static void
test_base58_round_trip (void)
{
  g_test_summary ("Whatever the bytes, their text leads back to them and has only one form.");

  for (guint run = 0; run < 2000; run++)
    {
      guint8 data[WEFT_BASE58_BYTES_MAX];
      guint8 decoded[WEFT_BASE58_BYTES_MAX];
      gsize size = g_test_rand_int_range (0, sizeof data + 1);
      gsize n_zeros = g_test_rand_int_range (0, size + 1);
      g_autofree char *text = NULL;
      g_autofree char *again = NULL;
      gsize length;

      for (gsize i = 0; i < size; i++)
        data[i] = i < n_zeros ? 0 : g_test_rand_int_range (0, 256);
      text = weft_base58_encode (data, size);
      g_assert_true (weft_base58_decode (text, decoded, &length, NULL));
      g_assert_cmpmem (decoded, length, data, size);
      again = weft_base58_encode (decoded, length);
      g_assert_cmpstr (again, ==, text);
    }
}

static void
test_base58_limits (void)
{
  guint8 data[WEFT_BASE58_BYTES_MAX];
  guint8 decoded[WEFT_BASE58_BYTES_MAX];
  g_autofree char *largest = NULL;
  g_autofree char *zeros = g_strnfill (WEFT_BASE58_BYTES_MAX, '1');
  g_autofree char *zeros_more = g_strnfill (WEFT_BASE58_BYTES_MAX + 1, '1');
  g_autofree char *digits_more = g_strnfill (WEFT_BASE58_CHARS_MAX, 'z');
  g_autofree char *chars_more = g_strnfill (WEFT_BASE58_CHARS_MAX + 1, '1');
  g_autoptr(GError) error = NULL;
  gsize length;

  g_test_summary ("64 bytes fit, 65 do not, whether they are zeros or not.");

  memset (data, 0xff, sizeof data);
  largest = weft_base58_encode (data, sizeof data);
  g_assert_cmpuint (strlen (largest), ==, WEFT_BASE58_CHARS_MAX);
  g_assert_true (weft_base58_decode (largest, decoded, &length, NULL));
  g_assert_cmpmem (decoded, length, data, sizeof data);
  g_assert_true (weft_base58_decode (zeros, decoded, &length, NULL));
  g_assert_cmpuint (length, ==, WEFT_BASE58_BYTES_MAX);

  g_assert_false (weft_base58_decode (zeros_more, decoded, &length, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (weft_base58_decode (digits_more, decoded, &length, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (weft_base58_decode (chars_more, decoded, &length, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

static void
test_base58_other_characters (void)
{
  static const char *const texts[] = { "0", "O", "I", "l", "ab c", "abc\n", "z\xc3\xa4", "-", "=" };
  guint8 decoded[WEFT_BASE58_BYTES_MAX];
  gsize length;

  g_test_summary ("The four letters that look like others, and all the rest, are refused.");

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (weft_base58_decode (texts[i], decoded, &length, &error));
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base58/vectors", test_base58_vectors);
  g_test_add_func ("/base58/round-trip", test_base58_round_trip);
  g_test_add_func ("/base58/limits", test_base58_limits);
  g_test_add_func ("/base58/other-characters", test_base58_other_characters);

  return g_test_run ();
}
