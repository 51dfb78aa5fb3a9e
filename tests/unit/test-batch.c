/* test-batch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-batch.h"
#include "weft-error.h"
#include "weft-json.h"

#define HEADER "{\"collectionId\":\"c\",\"id\":\"b/1\",\"type\":\"note\"}"
#define BLOCK "{\"header\":" HEADER ",\"text\":\"hi\"}"
#define PENDING "{\"base\":0,\"transform\":{\"insert\":" BLOCK "}}"
#define METADATA "{\"latest\":{\"actionId\":\"a1\",\"rev\":3},\"ranges\":[[3]]}"

static void
assert_operation (WeftBatch    *batch,
                  guint         index,
                  WeftBatchKind kind,
                  const char   *block_id,
                  const char   *key,
                  gint64        rev,
                  const char   *json)
{
  g_autoptr(GString) put = g_string_new ("put: ");
  g_autofree char *expected = g_strconcat ("put: ", json, NULL);
  const WeftBatchOperation *operation = weft_batch_get_step (batch, index);
  g_autofree char *text = NULL;

  g_assert_cmpint (weft_batch_append_text (batch, index, put), ==, json != NULL);
  g_assert_cmpstr (put->str, ==, expected);
  g_assert_true (operation == weft_batch_get_operation (batch, index));
  g_assert_cmpint (operation->kind, ==, kind);
  g_assert_cmpstr (operation->block_id, ==, block_id);
  g_assert_cmpstr (operation->key, ==, key);
  g_assert_cmpint (operation->rev, ==, rev);
  if (operation->json != NULL)
    {
      g_assert_true (json_node_is_immutable (operation->json));
      text = weft_json_to_string (operation->json);
    }
  g_assert_cmpstr (text, ==, json);
}

static void
test_batch_operations (void)
{
  g_autoptr(WeftBatch) batch = weft_batch_new ();
  g_autoptr(JsonNode) block_json = weft_json_parse (BLOCK, -1, NULL);
  g_autoptr(JsonNode) pending_json = weft_json_parse (PENDING, -1, NULL);
  g_autoptr(JsonNode) metadata_json = weft_json_parse (METADATA, -1, NULL);
  g_autoptr(JsonNode) record = json_node_init_string (json_node_alloc (), "record");
  g_autoptr(WeftBlock) block = weft_block_from_json (block_json, NULL);
  g_autoptr(WeftPending) pending = weft_pending_from_json (pending_json, NULL);
  g_autoptr(WeftBlockMetadata) metadata = weft_block_metadata_from_json (metadata_json, NULL);

  g_test_summary ("A batch keeps its steps in order, with what they need and nothing else.");

  weft_batch_put_pending (batch, "b/1", "a1", pending);
  weft_batch_promote_pending (batch, "b/1", "a1");
  weft_batch_put_revision (batch, "b/1", 3, "a1");
  weft_batch_put_materialized (batch, "b/1", "a1", block);
  weft_batch_put_metadata (batch, "b/1", metadata);
  weft_batch_put_action (batch, "b/1", "a0", pending);
  weft_batch_delete_pending (batch, "b/1", "a2");
  weft_batch_delete_materialized (batch, "b/1", "a0");
  weft_batch_put_record (batch, "zHash", record, TRUE);
  weft_batch_delete_record (batch, "zOther");
  weft_batch_put_value (batch, "epoch", record);
  g_assert_cmpuint (weft_batch_get_n_operations (batch), ==, 11);
  weft_batch_freeze (batch);
  weft_batch_freeze (batch);

  assert_operation (batch, 0, WEFT_BATCH_PUT_PENDING, "b/1", "a1", 0, PENDING);
  assert_operation (batch, 1, WEFT_BATCH_PROMOTE_PENDING, "b/1", "a1", 0, NULL);
  assert_operation (batch, 2, WEFT_BATCH_PUT_REVISION, "b/1", "a1", 3, NULL);
  assert_operation (batch, 3, WEFT_BATCH_PUT_MATERIALIZED, "b/1", "a1", 0, BLOCK);
  assert_operation (batch, 4, WEFT_BATCH_PUT_METADATA, "b/1", NULL, 0, METADATA);
  assert_operation (batch, 5, WEFT_BATCH_PUT_ACTION, "b/1", "a0", 0, PENDING);
  assert_operation (batch, 6, WEFT_BATCH_DELETE_PENDING, "b/1", "a2", 0, NULL);
  assert_operation (batch, 7, WEFT_BATCH_DELETE_MATERIALIZED, "b/1", "a0", 0, NULL);
  assert_operation (batch, 8, WEFT_BATCH_PUT_RECORD, NULL, "zHash", 0, "\"record\"");
  g_assert_true (weft_batch_get_operation (batch, 8)->is_resolved);
  assert_operation (batch, 9, WEFT_BATCH_DELETE_RECORD, NULL, "zOther", 0, NULL);
  assert_operation (batch, 10, WEFT_BATCH_PUT_VALUE, NULL, "epoch", 0, "\"record\"");
}

static void
test_batch_text (void)
{
  g_autoptr(WeftBlock) block = weft_block_from_string (BLOCK, NULL);
  g_autoptr(WeftPending) pending = weft_pending_from_string (PENDING, NULL);
  g_autoptr(WeftBlockMetadata) metadata = weft_block_metadata_from_string (METADATA, NULL);
  g_autofree char *block_text = weft_block_to_string (block);
  g_autofree char *pending_text = weft_pending_to_string (pending);
  g_autofree char *metadata_text = weft_block_metadata_to_string (metadata);
  g_autoptr(GError) error = NULL;

  g_test_summary ("What a storage keeps as text is read from text, as strictly as from a tree.");

  g_assert_cmpstr (block_text, ==, BLOCK);
  g_assert_cmpstr (pending_text, ==, PENDING);
  g_assert_cmpstr (metadata_text, ==, METADATA);

  g_assert_null (weft_block_from_string ("{\"header\":{}}", &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (weft_pending_from_string (PENDING "}", &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (weft_block_metadata_from_string ("", &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
}

static void
test_batch_lifetime (void)
{
  WeftBatch *batch = weft_batch_new ();
  g_autoptr(WeftBatch) held = weft_batch_ref (batch);
  char name[] = "a1";

  g_test_summary ("A batch has copies of names, which live as long as it does.");

  weft_batch_delete_pending (batch, "b", name);
  name[0] = 'x';
  weft_batch_freeze (batch);
  weft_batch_unref (batch);
  g_assert_cmpstr (weft_batch_get_operation (held, 0)->key, ==, "a1");
}

static void
test_batch_frozen (void)
{
  g_test_summary ("To add to a batch that was submitted is a mistake of the program.");

  if (g_test_subprocess ())
    {
      g_autoptr(WeftBatch) batch = weft_batch_new ();

      weft_batch_freeze (batch);
      weft_batch_delete_pending (batch, "b", "a");
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*weft_batch_delete_pending: assertion 'is_writable (self)' failed*");
}

static void
test_batch_names (void)
{
  static const char *const wrong[] = { "", "a\nb", "\xff", NULL };
  g_autofree char *long_id = g_strnfill (256, 'b');
  g_autofree char *too_long_id = g_strnfill (257, 'b');
  g_autoptr(WeftBatch) batch = weft_batch_new ();

  g_test_summary ("What is no id cannot get into a batch, so not into a storage.");

  weft_batch_delete_pending (batch, long_id, "../a:1");
  g_assert_cmpuint (weft_batch_get_n_operations (batch), ==, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_test_expect_message ("Weft", G_LOG_LEVEL_CRITICAL, "*is_block_id (block_id)*failed");
      weft_batch_delete_pending (batch, wrong[i], "a");
      g_test_assert_expected_messages ();
      g_test_expect_message ("Weft", G_LOG_LEVEL_CRITICAL, "*is_action_id (action_id)*failed");
      weft_batch_delete_pending (batch, "b", wrong[i]);
      g_test_assert_expected_messages ();
    }
  g_test_expect_message ("Weft", G_LOG_LEVEL_CRITICAL, "*is_block_id (block_id)*failed");
  weft_batch_delete_pending (batch, too_long_id, "a");
  g_test_assert_expected_messages ();
  g_test_expect_message ("Weft", G_LOG_LEVEL_CRITICAL, "*rev >= 1*failed");
  weft_batch_put_revision (batch, "b", 0, "a");
  g_test_assert_expected_messages ();
  g_assert_cmpuint (weft_batch_get_n_operations (batch), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/batch/operations", test_batch_operations);
  g_test_add_func ("/batch/text", test_batch_text);
  g_test_add_func ("/batch/lifetime", test_batch_lifetime);
  g_test_add_func ("/batch/frozen", test_batch_frozen);
  g_test_add_func ("/batch/names", test_batch_names);

  return g_test_run ();
}
