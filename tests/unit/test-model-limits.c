/* test-model-limits.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "weft.h"

static WeftBlock *
block_with_text (gsize    length,
                 GError **error)
{
  g_autoptr (JsonObject) attributes = json_object_new ();
  g_autofree char *text = g_strnfill (length, 'x');

  json_object_set_string_member (attributes, "a", text);
  return weft_block_new ("b", "t", "c", attributes, error);
}

/* `{"a":"","header":{"collectionId":"c","id":"b","type":"t"}}` is what surrounds the text. */
#define AROUND_TEXT 58

static void
test_block_bytes (void)
{
  g_autoptr (WeftBlock) largest = NULL;
  g_autoptr (WeftBlock) result = NULL;
  g_autoptr (WeftOperation) smaller = NULL;
  g_autoptr (WeftOperation) larger = NULL;
  g_autoptr (JsonNode) zero = json_node_init_int (json_node_alloc (), 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("A block has at most 1 MiB of canonical JSON, also after an operation.");

  largest = block_with_text (WEFT_LIMIT_BLOCK_BYTES_MAX - AROUND_TEXT, &error);
  g_assert_no_error (error);
  text = weft_block_to_string (largest);
  g_assert_cmpuint (strlen (text), ==, 1048576);

  g_assert_null (block_with_text (WEFT_LIMIT_BLOCK_BYTES_MAX - AROUND_TEXT + 1, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==,
                   "expected at most 1048576 bytes of canonical JSON, got 1048577");
  g_clear_error (&error);

  smaller = weft_operation_new_set ("a", zero, NULL);
  result = weft_operation_apply (smaller, largest, &error);
  g_assert_no_error (error);
  larger = weft_operation_new_set ("z", zero, NULL);
  g_assert_null (weft_operation_apply (larger, largest, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==,
                   "b: expected at most 1048576 bytes of canonical JSON, got 1048582");
}

static void
test_block_depth (void)
{
  g_test_summary ("A block nests at most 48 levels, itself one of them.");

  for (guint depth = 48; depth <= 49; depth++)
    {
      g_autoptr (GString) text = g_string_new ("{\"header\":{\"id\":\"b\",\"type\":\"t\","
                                               "\"collectionId\":\"c\"},\"a\":");
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) json = NULL;
      g_autoptr (WeftBlock) block = NULL;

      for (guint i = 1; i < depth; i++)
        g_string_append_c (text, '[');
      for (guint i = 1; i < depth; i++)
        g_string_append_c (text, ']');
      g_string_append_c (text, '}');
      json = weft_json_parse (text->str, -1, &error);
      g_assert_no_error (error);

      block = weft_block_from_json (json, &error);
      if (depth == 48)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
      g_assert_cmpstr (error->message, ==, "expected at most 48 levels of nesting, got 49");
    }
}

static void
test_ids (void)
{
  g_autofree char *block_id = g_strnfill (257, 'b');
  g_autofree char *action_id = g_strnfill (129, 'a');
  g_autoptr (GError) error = NULL;

  g_test_summary ("Ids have a length, are UTF-8 and hold no control characters, else anything.");

  g_assert_false (weft_block_id_is_valid (block_id));
  g_assert_false (weft_block_id_validate (block_id, &error));
  g_assert_cmpstr (error->message, ==, "blockId: expected 1 to 256 bytes, got 257");
  g_clear_error (&error);
  block_id[256] = '\0';
  g_assert_true (weft_block_id_is_valid (block_id));

  g_assert_false (weft_action_id_validate (action_id, &error));
  g_assert_cmpstr (error->message, ==, "actionId: expected 1 to 128 bytes, got 129");
  action_id[128] = '\0';
  g_assert_true (weft_action_id_is_valid (action_id));

  g_assert_true (weft_block_id_is_valid ("../\\:*\"é😀 "));
  g_assert_true (weft_block_id_is_valid ("\xc2\xa0"));
  g_assert_false (weft_block_id_is_valid (""));
  g_assert_false (weft_block_id_is_valid ("\x1f"));
  g_assert_false (weft_block_id_is_valid ("\x7f"));
  g_assert_false (weft_block_id_is_valid ("\xc2\x9f"));
  g_assert_false (weft_block_id_is_valid ("\xff"));
}

/* Ids 0 … n - 1. */
static char **
number_ids (guint n)
{
  char **ids = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    ids[i] = g_strdup_printf ("%u", i);
  return ids;
}

static WeftPendRequest *
pend_blocks (char   **ids,
             GError **error)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_unref);
  g_autoptr (WeftTransforms) transforms = NULL;

  for (guint i = 0; ids[i] != NULL; i++)
    g_ptr_array_add (blocks, weft_block_new (ids[i], "t", "c", NULL, NULL));
  transforms = weft_transforms_new_for_blocks (blocks, NULL);

  return weft_pend_request_new ("a", 0, transforms, NULL, WEFT_PEND_POLICY_CONTINUE, error);
}

static void
test_ids_anywhere (void)
{
  g_test_summary ("What an id may not hold is found wherever it is, and at the length of a word.");

  for (gsize length = 1; length <= 20; length++)
    for (gsize at = 0; at < length; at++)
      {
        g_autofree char *id = g_strnfill (length, '~');

        id[at] = ' ';
        g_assert_true (weft_block_id_is_valid (id));
        id[at] = '\x1f';
        g_assert_false (weft_block_id_is_valid (id));
        id[at] = '\x7f';
        g_assert_false (weft_block_id_is_valid (id));
        id[at] = (char) 0x80;
        g_assert_false (weft_block_id_is_valid (id));
        id[at] = (char) 0xff;
        g_assert_false (weft_block_id_is_valid (id));
      }
}

static void
test_blocks_per_request (void)
{
  g_auto (GStrv) ids = number_ids (257);
  const char *const *many = (const char *const *) ids;
  g_autoptr (WeftPendRequest) pend = NULL;
  g_autoptr (WeftBlockGets) get = NULL;
  g_autoptr (WeftCommitRequest) commit = NULL;
  g_autoptr (WeftActionBlocks) action = NULL;
  GError *errors[4] = { NULL, };

  g_test_summary ("A request touches at most 256 blocks.");

  g_assert_null (weft_block_gets_new (many, NULL, &errors[0]));
  g_assert_null (weft_commit_request_new ("a", many, 1, &errors[1]));
  g_assert_null (weft_action_blocks_new ("a", many, &errors[2]));
  g_assert_null (pend_blocks (ids, &errors[3]));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_error (errors[i], WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
      g_assert_true (g_str_has_suffix (errors[i]->message, "expected at most 256 blocks, got 257"));
      g_clear_error (&errors[i]);
    }

  g_clear_pointer (&ids[256], g_free);
  get = weft_block_gets_new (many, NULL, &errors[0]);
  g_assert_no_error (errors[0]);
  commit = weft_commit_request_new ("a", many, 1, &errors[0]);
  g_assert_no_error (errors[0]);
  action = weft_action_blocks_new ("a", many, &errors[0]);
  g_assert_no_error (errors[0]);
  pend = pend_blocks (ids, &errors[0]);
  g_assert_no_error (errors[0]);
}

static void
test_many_operations (void)
{
  g_autoptr (GPtrArray) updates = NULL;
  g_autoptr (WeftTransform) transform = NULL;
  g_autoptr (WeftBlock) base = weft_block_new ("b", "t", "c", NULL, NULL);
  g_autoptr (WeftBlock) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) items = json_array_new ();
  JsonArray *list;

  g_test_summary ("A hundred thousand inserts at the front of a list take no minutes.");

  updates = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);
  json_array_add_int_element (items, 1);
  for (guint i = 0; i < 100000; i++)
    g_ptr_array_add (updates, weft_operation_new_splice ("list", 0, 0, items, NULL));
  transform = weft_transform_new (NULL, updates, FALSE);
  g_assert_true (weft_transform_apply (transform, base, &result, &error));
  g_assert_no_error (error);
  list = json_node_get_array (weft_block_get_attribute (result, "list"));
  g_assert_cmpuint (json_array_get_length (list), ==, 100000);
}

/* Names that g_str_hash() cannot tell apart: "Ab" and "BA" in any order. */
static char *
colliding_name (guint number)
{
  GString *name = g_string_new (NULL);

  for (guint bit = 0; bit < 14; bit++)
    g_string_append (name, number & (1u << bit) ? "Ab" : "BA");
  return g_string_free (name, FALSE);
}

static void
test_colliding_names (void)
{
  g_autoptr (GPtrArray) updates = NULL;
  g_autoptr (WeftTransform) transform = NULL;
  g_autoptr (WeftBlock) base = weft_block_new ("b", "t", "c", NULL, NULL);
  g_autoptr (WeftBlock) result = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("Attribute names that were made to collide are refused, and at once.");

  updates = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);
  for (guint i = 0; i < 1 << 14; i++)
    {
      g_autofree char *name = colliding_name (i);
      g_autoptr (JsonNode) zero = json_node_init_int (json_node_alloc (), 0);

      g_ptr_array_add (updates, weft_operation_new_set (name, zero, NULL));
    }
  transform = weft_transform_new (NULL, updates, FALSE);
  g_assert_false (weft_transform_apply (transform, base, &result, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "expected attribute names that do not collide");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/limits/block-bytes", test_block_bytes);
  g_test_add_func ("/model/limits/block-depth", test_block_depth);
  g_test_add_func ("/model/limits/ids", test_ids);
  g_test_add_func ("/model/limits/ids-anywhere", test_ids_anywhere);
  g_test_add_func ("/model/limits/blocks-per-request", test_blocks_per_request);
  g_test_add_func ("/model/limits/many-operations", test_many_operations);
  g_test_add_func ("/model/limits/colliding-names", test_colliding_names);

  return g_test_run ();
}
