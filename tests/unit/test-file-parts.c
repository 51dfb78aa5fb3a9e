/* test-file-parts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-crc32c-private.h"
#include "weft-error.h"
#include "weft-file-name-private.h"
#include "weft-file-record-private.h"
#include "weft-json.h"

static void
test_crc32c (void)
{
  guint8 bytes[48];

  g_test_summary ("The values that RFC 3720 gives, and any split of the bytes.");

  g_assert_cmphex (weft_crc32c (0, "", 0), ==, 0);
  g_assert_cmphex (weft_crc32c (0, "123456789", 9), ==, 0xe3069283);
  memset (bytes, 0, sizeof bytes);
  g_assert_cmphex (weft_crc32c (0, bytes, 32), ==, 0x8a9136aa);
  memset (bytes, 0xff, sizeof bytes);
  g_assert_cmphex (weft_crc32c (0, bytes, 32), ==, 0x62a8ab43);
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) i;
  g_assert_cmphex (weft_crc32c (0, bytes, 32), ==, 0x46dd794e);

  for (gsize split = 0; split <= 32; split++)
    g_assert_cmphex (weft_crc32c (weft_crc32c (0, bytes, split), bytes + split, 32 - split), ==,
                     0x46dd794e);
}

static void
test_names (void)
{
  static const struct
  {
    const char *id;
    const char *name;
  } pairs[] = {
    { "abc-_019", "abc-_019" },
    { "aB", "a+b" },
    { "a+b", "a%2bb" },
    { "..", "%2e%2e" },
    { "a/b", "a%2fb" },
    { "records", "%72ecords" },
    { "recordss", "recordss" },
    { "values", "%76alues" },
    { "\xc3\xa9~", "%c3%a9%7e" },
  };

  g_test_summary ("Names as they are on disks, and their way back.");

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *name = weft_file_name_encode (pairs[i].id);
      g_autofree char *id = weft_file_name_decode (name);

      g_assert_cmpstr (name, ==, pairs[i].name);
      g_assert_cmpstr (id, ==, pairs[i].id);
    }
}

static void
test_foreign_names (void)
{
  static const char * const names[] = {
    "", "A", "a+", "+1", "%", "%4", "%61", "%00", "%FF", "%ff", "storage.json", "a.b", "records",
    "a~b", "%C3%A9",
  };

  g_test_summary ("What encoding never makes is no name.");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_null (weft_file_name_decode (names[i]));
}

static void
test_long_names (void)
{
  g_autofree char *fits = g_strnfill (WEFT_FILE_NAME_BYTES_MAX / 2, 'A');
  g_autofree char *long_id = g_strnfill (WEFT_FILE_NAME_BYTES_MAX / 2 + 1, 'A');
  g_autofree char *fits_name = weft_file_name_encode (fits);
  g_autofree char *long_name = weft_file_name_encode (long_id);
  g_autofree char *decoded = weft_file_name_decode (fits_name);

  g_test_summary ("A name of the largest length is not hashed, one past it is.");

  g_assert_cmpuint (strlen (fits_name), ==, WEFT_FILE_NAME_BYTES_MAX);
  g_assert_false (weft_file_name_is_hashed (fits_name));
  g_assert_cmpstr (decoded, ==, fits);
  g_assert_true (weft_file_name_is_hashed (long_name));
  g_assert_cmpuint (strlen (long_name), <=, WEFT_FILE_NAME_BYTES_MAX);
  g_assert_true (g_str_has_prefix (long_name, "+a+a+a"));
  g_assert_null (weft_file_name_decode (long_name));
}

static void
test_record (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) value = weft_json_parse ("{\"b\":1,\"a\":[]}", -1, &error);
  const WeftFileRecord record = {
    .kind = WEFT_FILE_KIND_PENDING, .block_id = "block", .key = "a\"b", .value = value,
  };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonNode) root = NULL;
  WeftFileRecord read;

  g_test_summary ("A file is a line of JSON that says what it is, and reads back the same.");

  g_assert_no_error (error);
  weft_file_record_append (&record, text);
  g_assert_cmpstr (text->str + strlen ("{\"crc32c\":\"01234567\""), ==,
                   ",\"kind\":\"pending\",\"block\":\"block\",\"key\":\"a\\\"b\","
                   "\"value\":{\"a\":[],\"b\":1}}\n");
  bytes = g_bytes_new (text->str, text->len);
  g_assert_true (weft_file_record_parse (bytes, &read, &root, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read.kind, ==, WEFT_FILE_KIND_PENDING);
  g_assert_cmpstr (read.block_id, ==, "block");
  g_assert_cmpstr (read.key, ==, "a\"b");
  g_assert_true (weft_json_equal (read.value, value));
}

static void
test_record_every_bit (void)
{
  g_autoptr (JsonNode) value = json_node_init_string (json_node_alloc (), "value");
  const WeftFileRecord record = { .kind = WEFT_FILE_KIND_VALUE, .key = "name", .value = value };
  g_autoptr (GString) text = g_string_new (NULL);

  g_test_summary ("No bit of a file can change, and no end be missing, without that being seen.");

  weft_file_record_append (&record, text);
  for (gsize i = 0; i < text->len * 8; i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (JsonNode) root = NULL;
      g_autoptr (GError) error = NULL;
      WeftFileRecord read;

      text->str[i / 8] ^= (char) (1 << i % 8);
      bytes = g_bytes_new (text->str, text->len);
      text->str[i / 8] ^= (char) (1 << i % 8);
      g_assert_false (weft_file_record_parse (bytes, &read, &root, &error));
      g_assert_nonnull (error);
    }
  for (gsize length = 0; length < text->len; length++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (text->str, length);
      g_autoptr (JsonNode) root = NULL;
      WeftFileRecord read;

      g_assert_false (weft_file_record_parse (bytes, &read, &root, NULL));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-storage/parts/crc32c", test_crc32c);
  g_test_add_func ("/file-storage/parts/names", test_names);
  g_test_add_func ("/file-storage/parts/foreign-names", test_foreign_names);
  g_test_add_func ("/file-storage/parts/long-names", test_long_names);
  g_test_add_func ("/file-storage/parts/record", test_record);
  g_test_add_func ("/file-storage/parts/record-every-bit", test_record_every_bit);

  return g_test_run ();
}
