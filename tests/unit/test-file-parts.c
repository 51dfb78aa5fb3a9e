/* test-file-parts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-crc32c-private.h"
#include "weft-error.h"
#include "weft-file-item-private.h"
#include "weft-file-line-private.h"
#include "weft-file-scope-private.h"
#include "weft-json.h"

static void
test_crc32c (void)
{
  guint8 bytes[48];

  g_test_summary ("The values that RFC 3720 gives, and any split of the bytes, with and without "
                  "an instruction for it.");

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
  for (gsize start = 0; start < sizeof bytes; start++)
    for (gsize length = 0; start + length <= sizeof bytes; length++)
      g_assert_cmphex (weft_crc32c ((guint32) start, bytes + start, length), ==,
                       weft_crc32c_in_tables ((guint32) start, bytes + start, length));
}

static void
test_line (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) value = weft_json_parse ("{\"b\":1,\"a\":[]}", -1, &error);
  g_autoptr (JsonNode) read = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (WeftTape) tape = NULL;
  const WeftItem *item;
  const char *key;

  g_test_summary ("A small file is a line of JSON that says what it is, and reads back the same.");

  g_assert_no_error (error);
  weft_file_line_append (text, "thing", value);
  g_assert_cmpstr (text->str + strlen ("{\"crc32c\":\"01234567\""), ==,
                   ",\"key\":\"thing\",\"value\":{\"a\":[],\"b\":1}}\n");
  bytes = g_bytes_new (text->str, text->len);
  tape = weft_file_line_read (bytes, &key, &item, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (key, ==, "thing");
  read = weft_item_to_node (item);
  g_assert_true (weft_json_equal (read, value));
}

static void
test_line_every_bit (void)
{
  g_autoptr (JsonNode) value = json_node_init_string (json_node_alloc (), "value");
  g_autoptr (GString) text = g_string_new (NULL);

  g_test_summary ("No bit of a line can change, and no end be missing, without that being seen.");

  weft_file_line_append (text, "name", value);
  for (gsize i = 0; i < text->len * 9; i++)
    {
      gboolean is_cut = i >= text->len * 8;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      const WeftItem *item;
      const char *key;

      if (!is_cut)
        text->str[i / 8] ^= (char) (1 << i % 8);
      bytes = g_bytes_new (text->str, is_cut ? i - text->len * 8 : text->len);
      if (!is_cut)
        text->str[i / 8] ^= (char) (1 << i % 8);
      g_assert_null (weft_file_line_read (bytes, &key, &item, &error));
      g_assert_nonnull (error);
    }
}

static GString *
make_item (void)
{
  GString *data = g_string_new ("12345678");

  weft_file_item_begin (data, WEFT_FILE_KIND_PENDING, WEFT_FILE_DO_PUT, "block", "key");
  g_string_append (data, "text");
  weft_file_item_finish (data, 8);

  return data;
}

static void
test_item (void)
{
  g_autoptr (GString) data = make_item ();
  g_autoptr (GString) again = g_string_new (NULL);
  WeftFileItem item;
  gsize offset = 8;

  g_test_summary ("An item reads back as it was, and can be copied with its checksum.");

  g_assert_true (weft_file_item_parse (data->str, data->len, &offset, &item));
  g_assert_cmpuint (offset, ==, data->len);
  g_assert_cmpint (item.kind, ==, WEFT_FILE_KIND_PENDING);
  g_assert_cmpint (item.verb, ==, WEFT_FILE_DO_PUT);
  g_assert_cmpstr (item.block_id, ==, "block");
  g_assert_cmpstr (item.key, ==, "key");
  g_assert_cmpmem (item.text, item.text_length, "text", 4);
  g_assert_true (weft_file_item_is_whole (&item));
  weft_file_item_append (&item, again);
  g_assert_cmpmem (again->str, again->len, data->str + 8, data->len - 8);
}

static void
test_item_every_bit (void)
{
  g_autoptr (GString) data = make_item ();
  guint n_named = 0;

  g_test_summary ("No bit of an item can change without that being seen, and when it is one of the "
                  "text then it is still known whose it was.");

  for (gsize i = 64; i < data->len * 8; i++)
    {
      WeftFileItem item;
      gsize offset = 8;

      data->str[i / 8] ^= (char) (1 << i % 8);
      if (weft_file_item_parse (data->str, data->len, &offset, &item))
        {
          g_assert_cmpstr (item.key, ==, "key");
          g_assert_false (weft_file_item_is_whole (&item));
          n_named++;
        }
      data->str[i / 8] ^= (char) (1 << i % 8);
    }
  g_assert_cmpuint (n_named, ==, 4 * 8);
  for (gsize length = 8; length < data->len; length++)
    {
      WeftFileItem item;
      gsize offset = 8;

      g_assert_false (weft_file_item_parse (data->str, length, &offset, &item));
    }
}

/* A table of many keys, with each of them put, put again and removed in an order of chance, beside
 * one of GLib's. */
static void
test_scope (void)
{
  WeftFileScope *scope = weft_file_scope_new ("block");
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRand) chance = g_rand_new_with_seed (7);

  g_test_summary ("What is in a scope is what was put there last and not removed.");

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%d", g_rand_int_range (chance, 1, 300));
      gboolean is_put = g_rand_boolean (chance);
      WeftFileEntry *entry = is_put ? weft_file_entry_new (WEFT_FILE_KIND_REVISION, key) : NULL;
      WeftFileEntry *before = g_hash_table_lookup (wanted, key);

      g_assert_true (weft_file_scope_find (scope, WEFT_FILE_KIND_REVISION, key) == before);
      g_assert_null (weft_file_scope_find (scope, WEFT_FILE_KIND_VALUE, key));
      if (is_put)
        g_assert_true (weft_file_scope_replace (scope, entry) == before);
      else
        g_assert_true (weft_file_scope_remove (scope, WEFT_FILE_KIND_REVISION, key) == before);
      g_free (before);
      if (is_put)
        g_hash_table_replace (wanted, g_strdup (key), entry);
      else
        g_hash_table_remove (wanted, key);
      g_assert_cmpuint (scope->n_entries, ==, g_hash_table_size (wanted));
      g_assert_cmpuint (weft_file_scope_get_revs (scope)->len, ==, scope->n_entries);
    }
  for (guint i = 1; i < scope->revs->len; i++)
    g_assert_cmpint (g_array_index (scope->revs, gint64, i - 1), <,
                     g_array_index (scope->revs, gint64, i));
  weft_file_scope_free (scope, (WeftFileEntryFunc) g_free, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-storage/parts/crc32c", test_crc32c);
  g_test_add_func ("/file-storage/parts/line", test_line);
  g_test_add_func ("/file-storage/parts/line-every-bit", test_line_every_bit);
  g_test_add_func ("/file-storage/parts/item", test_item);
  g_test_add_func ("/file-storage/parts/item-every-bit", test_item_every_bit);
  g_test_add_func ("/file-storage/parts/scope", test_scope);

  return g_test_run ();
}
