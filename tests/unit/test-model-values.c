/* test-model-values.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "weft.h"

#include "weft-repo-message-private.h"

#define BLOCK_TEXT "{\"header\":{\"collectionId\":\"c\",\"id\":\"b\",\"type\":\"t\"},\"list\":[1]}"

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *json = weft_json_parse (text, -1, &error);

  g_assert_no_error (error);
  return json;
}

static WeftBlock *
new_block (const char  *id,
           JsonObject  *attributes)
{
  g_autoptr (GError) error = NULL;
  WeftBlock *block = weft_block_new (id, "t", "c", attributes, &error);

  g_assert_no_error (error);
  return block;
}

static WeftTransforms *
transforms_from_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = parse (text);
  WeftTransforms *transforms = weft_transforms_from_json (json, &error);

  g_assert_no_error (error);
  return transforms;
}

static void
assert_merged (const char *earlier_text,
               const char *later_text,
               const char *expected)
{
  g_autoptr (WeftTransforms) earlier = transforms_from_text (earlier_text);
  g_autoptr (WeftTransforms) later = transforms_from_text (later_text);
  g_autoptr (WeftTransforms) merged = weft_transforms_merge (earlier, later);
  g_autofree char *text = weft_transforms_to_string (merged);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_caller_changes (void)
{
  g_autoptr (JsonObject) attributes = json_object_new ();
  g_autoptr (JsonArray) items = json_array_new ();
  g_autoptr (JsonNode) value = json_node_alloc ();
  g_autoptr (WeftBlock) block = NULL;
  g_autoptr (WeftOperation) splice = NULL;
  g_autoptr (WeftOperation) set = NULL;
  g_autofree char *block_text = NULL;
  g_autofree char *splice_text = NULL;
  g_autofree char *set_text = NULL;

  g_test_summary ("What a caller does to its own objects later changes no value.");

  json_array_add_int_element (items, 1);
  json_object_set_array_member (attributes, "list", json_array_ref (items));
  json_node_init_array (value, items);

  block = new_block ("b", attributes);
  splice = weft_operation_new_splice ("list", 0, 0, items, NULL);
  set = weft_operation_new_set ("list", value, NULL);

  json_array_add_int_element (items, 2);
  json_object_set_int_member (attributes, "more", 3);
  json_node_take_array (value, json_array_new ());

  block_text = weft_block_to_string (block);
  g_assert_cmpstr (block_text, ==, BLOCK_TEXT);
  splice_text = weft_operation_to_string (splice);
  g_assert_cmpstr (splice_text, ==, "[\"list\",0,0,[1]]");
  set_text = weft_operation_to_string (set);
  g_assert_cmpstr (set_text, ==, "[\"list\",null,null,[1]]");
  g_assert_true (json_node_is_immutable (weft_block_get_attribute (block, "list")));
}

static void
test_unsealed_input (void)
{
  g_autoptr (JsonNode) json = parse (BLOCK_TEXT);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (WeftBlock) sealed = NULL;
  g_autoptr (WeftBlock) copied = NULL;
  g_autoptr (JsonNode) mutable = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("A block is the same whether its JSON could change or not, and its tree stays.");

  sealed = weft_block_from_json (json, NULL);
  g_assert_true (weft_block_get_attribute (sealed, "list") ==
                 weft_block_get_attribute (sealed, "list"));

  g_assert_true (json_parser_load_from_data (parser, BLOCK_TEXT, -1, NULL));
  mutable = json_parser_steal_root (parser);
  copied = weft_block_from_json (mutable, NULL);
  json_object_remove_member (json_node_get_object (mutable), "list");
  text = weft_block_to_string (copied);
  g_assert_cmpstr (text, ==, BLOCK_TEXT);
  g_assert_true (weft_block_equal (sealed, copied));
}

static void
test_block (void)
{
  g_autoptr (WeftBlock) block = NULL;
  g_autoptr (JsonObject) attributes = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = NULL;
  g_autofree char *digest = NULL;

  g_test_summary ("A block knows its header and lists its attributes, and has none named header.");

  json_object_set_null_member (attributes, "z");
  json_object_set_int_member (attributes, "a", 0);
  block = new_block ("b", attributes);
  g_assert_cmpstr (weft_block_get_id (block), ==, "b");
  g_assert_cmpstr (weft_block_get_block_type (block), ==, "t");
  g_assert_cmpstr (weft_block_get_collection_id (block), ==, "c");
  names = weft_block_list_attributes (block);
  g_assert_cmpuint (g_strv_length (names), ==, 2);
  g_assert_cmpstr (names[0], ==, "a");
  g_assert_cmpstr (names[1], ==, "z");
  g_assert_true (JSON_NODE_HOLDS_NULL (weft_block_get_attribute (block, "z")));
  g_assert_null (weft_block_get_attribute (block, "header"));
  g_assert_null (weft_block_get_attribute (block, "y"));
  digest = weft_block_digest (block);
  g_assert_cmpuint (strlen (digest), ==, 43);

  json_object_set_int_member (attributes, "header", 1);
  g_assert_null (weft_block_new ("b", "t", "c", attributes, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "expected no attribute named header");
}

static void
test_merge (void)
{
#define INSERT(x) \
  "{\"header\":{\"collectionId\":\"c\",\"id\":\"b\",\"type\":\"t\"},\"x\":" #x "}"

  g_test_summary ("Updates follow each other, a delete is kept once, and a later insert takes the "
                  "place of all that was before.");

  assert_merged ("{\"updates\":{\"b\":[[\"x\",null,null,1]],\"a\":[]}}",
                 "{\"updates\":{\"b\":[[\"x\",null,null,2]]}}",
                 "{\"deletes\":[],\"inserts\":{},\"updates\":{\"a\":[],\"b\":"
                 "[[\"x\",null,null,1],[\"x\",null,null,2]]}}");
  assert_merged ("{\"deletes\":[\"b\"]}", "{\"deletes\":[\"a\",\"b\"]}",
                 "{\"deletes\":[\"a\",\"b\"],\"inserts\":{},\"updates\":{}}");
  assert_merged ("{\"deletes\":[\"b\"]}", "{\"inserts\":{\"b\":" INSERT (1) "}}",
                 "{\"deletes\":[],\"inserts\":{\"b\":" INSERT (1) "},\"updates\":{}}");
  assert_merged ("{\"inserts\":{\"b\":" INSERT (1) "}}", "{\"deletes\":[\"b\"]}",
                 "{\"deletes\":[\"b\"],\"inserts\":{\"b\":" INSERT (1) "},\"updates\":{}}");
  assert_merged ("{\"inserts\":{\"b\":" INSERT (1) "}}",
                 "{\"updates\":{\"b\":[[\"y\",null,null,0]]}}",
                 "{\"deletes\":[],\"inserts\":{\"b\":" INSERT (1) "},"
                 "\"updates\":{\"b\":[[\"y\",null,null,0]]}}");
  assert_merged ("{\"updates\":{\"b\":[[\"y\",null,null,0]]}}",
                 "{\"inserts\":{\"b\":" INSERT (2) "}}",
                 "{\"deletes\":[],\"inserts\":{\"b\":" INSERT (2) "},\"updates\":{}}");
}

static void
test_transforms (void)
{
  g_autoptr (GPtrArray) blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_unref);
  g_autoptr (WeftTransforms) transforms = NULL;
  g_autoptr (WeftTransforms) subset = NULL;
  g_autoptr (WeftTransform) found = NULL;
  g_autoptr (GError) error = NULL;
  const char *const wanted[] = { "m", "nobody", NULL };
  g_auto (GStrv) ids = NULL;

  g_test_summary ("Transforms list their blocks once, sorted, and find what happens to each.");

  g_ptr_array_add (blocks, new_block ("z", NULL));
  g_ptr_array_add (blocks, new_block ("a", NULL));
  g_ptr_array_add (blocks, new_block ("m", NULL));
  transforms = weft_transforms_new_for_blocks (blocks, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (weft_transforms_get_n_blocks (transforms), ==, 3);
  ids = weft_transforms_get_block_ids (transforms);
  g_assert_cmpstr (ids[0], ==, "a");
  g_assert_cmpstr (ids[1], ==, "m");
  g_assert_cmpstr (ids[2], ==, "z");
  g_assert_null (ids[3]);
  found = weft_transforms_lookup (transforms, "m");
  g_assert_cmpstr (weft_block_get_id (weft_transform_get_insert (found)), ==, "m");
  g_assert_null (weft_transforms_lookup (transforms, "b"));
  g_assert_true (weft_transforms_contains (transforms, "z"));

  subset = weft_transforms_subset (transforms, wanted);
  g_assert_cmpuint (weft_transforms_get_n_blocks (subset), ==, 1);
  g_assert_true (weft_transforms_contains (subset, "m"));

  g_ptr_array_add (blocks, new_block ("a", NULL));
  g_assert_null (weft_transforms_new_for_blocks (blocks, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (weft_transforms_new_for_block ("other", found, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
}

static void
test_metadata (void)
{
  g_autoptr (WeftBlockMetadata) nothing = weft_block_metadata_new ();
  g_autoptr (WeftBlockMetadata) first = weft_block_metadata_with_range (nothing, 1, 5);
  g_autoptr (WeftBlockMetadata) apart = weft_block_metadata_with_range (first, 6, 8);
  g_autoptr (WeftBlockMetadata) joined = weft_block_metadata_with_range (apart, 5, 6);
  g_autoptr (WeftBlockMetadata) open = weft_block_metadata_with_range (joined, 20, 0);
  g_autoptr (WeftActionRev) latest = weft_action_rev_new ("a", 21, NULL);
  g_autoptr (WeftBlockMetadata) known = weft_block_metadata_with_latest (open, latest);
  gint64 start, end;

  g_test_summary ("Ranges merge when they touch and never across a gap.");

  g_assert_cmpuint (weft_block_metadata_get_n_ranges (nothing), ==, 0);
  g_assert_cmpint (weft_block_metadata_get_latest_rev (nothing), ==, 0);
  g_assert_cmpuint (weft_block_metadata_get_n_ranges (apart), ==, 2);
  g_assert_false (weft_block_metadata_covers (apart, 5));
  g_assert_cmpuint (weft_block_metadata_get_n_ranges (joined), ==, 1);
  weft_block_metadata_get_range (joined, 0, &start, &end);
  g_assert_cmpint (start, ==, 1);
  g_assert_cmpint (end, ==, 8);
  g_assert_true (weft_block_metadata_covers (joined, 7));
  g_assert_false (weft_block_metadata_covers (joined, 8));
  weft_block_metadata_get_range (open, 1, &start, &end);
  g_assert_cmpint (start, ==, 20);
  g_assert_cmpint (end, ==, 0);
  g_assert_true (weft_block_metadata_covers (open, G_GINT64_CONSTANT (9007199254740991)));
  g_assert_cmpint (weft_block_metadata_get_latest_rev (known), ==, 21);
  g_assert_null (weft_block_metadata_get_latest (open));
}

static void
test_pending_digest (void)
{
  g_autoptr (WeftTransform) transform = weft_transform_new (NULL, NULL, TRUE);
  g_autoptr (WeftPending) unknown = weft_pending_new (transform, WEFT_BASE_UNKNOWN, 0);
  g_autoptr (WeftPending) known = weft_pending_new (transform, 3, 0);
  g_autoptr (WeftPending) expiring = weft_pending_new (transform, 3, 99);
  g_autoptr (JsonNode) content = parse ("{\"base\":3,\"transform\":{\"delete\":true}}");
  g_autofree char *unknown_digest = weft_pending_digest (unknown);
  g_autofree char *known_digest = weft_pending_digest (known);
  g_autofree char *expiring_digest = weft_pending_digest (expiring);
  g_autofree char *expected = weft_json_digest (content);

  g_test_summary ("The digest of a commit is that of base and transform, not of the expiration.");

  g_assert_cmpstr (known_digest, ==, expected);
  g_assert_cmpstr (expiring_digest, ==, expected);
  g_assert_cmpstr (unknown_digest, !=, expected);
  g_assert_false (weft_pending_equal (known, expiring));
}

static void
test_requests (void)
{
  const char *const ids[] = { "b", "a", "b", NULL };
  g_autoptr (JsonNode) bases = parse ("{\"b\":3}");
  g_autoptr (WeftTransforms) transforms = transforms_from_text ("{\"deletes\":[\"b\",\"a\"]}");
  g_autoptr (WeftPendRequest) pend = NULL;
  g_autoptr (WeftCommitRequest) commit = NULL;
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) touched = NULL;

  g_test_summary ("A request says what each block was made against, a message what it touches.");

  pend = weft_pend_request_new ("act", 0, transforms, json_node_get_object (bases),
                                WEFT_PEND_POLICY_FAIL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (weft_pend_request_get_base (pend, "b"), ==, 3);
  g_assert_cmpint (weft_pend_request_get_base (pend, "a"), ==, WEFT_BASE_UNKNOWN);

  commit = weft_commit_request_new ("act", ids, 4, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (weft_commit_request_get_tail_id (commit), ==, "b");
  g_assert_null (weft_commit_request_get_digest (commit, "b"));

  message = weft_repo_message_new_commit (commit, 0);
  touched = weft_repo_message_get_block_ids (message);
  g_assert_cmpuint (g_strv_length (touched), ==, 2);
  g_assert_cmpstr (touched[0], ==, "a");
  g_assert_cmpstr (touched[1], ==, "b");
  g_assert_true (weft_repo_message_get_commit (message) == commit);
  g_assert_null (weft_repo_message_get_pend (message));

  g_assert_null (weft_commit_request_new ("act", ids, 0, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "rev: expected an integer from 1 to 9007199254740991, got 0");
}

static WeftCommitRequest *
commit_of (const char *action_id,
           const char *block_id,
           const char *other_id)
{
  const char *const ids[] = { block_id, other_id, NULL };
  g_autoptr (GError) error = NULL;
  WeftCommitRequest *commit = weft_commit_request_new (action_id, ids, 1, &error);

  g_assert_no_error (error);
  return commit;
}

static void
test_group (void)
{
  g_autoptr (WeftCommitRequest) one = commit_of ("one", "d", "a");
  g_autoptr (WeftCommitRequest) two = commit_of ("two", "c", NULL);
  g_autoptr (GPtrArray) both = g_ptr_array_new ();
  g_autoptr (GPtrArray) alone = g_ptr_array_new ();
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (WeftRepoMessage) first = NULL;
  g_autoptr (WeftRepoMessage) ordinary = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) touched = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("A message of several commits touches the blocks of all. No repo takes it.");

  g_ptr_array_add (both, one);
  g_ptr_array_add (both, two);
  g_ptr_array_add (alone, one);
  message = weft_repo_message_new_commits (both, 9);
  first = weft_repo_message_new_commits (alone, 9);
  ordinary = weft_repo_message_new_commit (one, 9);

  g_assert_true (weft_repo_message_equal (first, ordinary));
  g_assert_true (weft_repo_message_check_one (first, NULL));
  g_assert_cmpuint (weft_repo_message_get_n_commits (first), ==, 1);
  g_assert_true (weft_repo_message_get_commit_at (first, 0) == one);

  g_assert_cmpuint (weft_repo_message_get_n_commits (message), ==, 2);
  g_assert_true (weft_repo_message_get_commit (message) == one);
  g_assert_true (weft_repo_message_get_commit_at (message, 1) == two);
  g_assert_true (weft_repo_message_find_commit (message, "a") == one);
  g_assert_true (weft_repo_message_find_commit (message, "c") == two);
  g_assert_null (weft_repo_message_find_commit (message, "b"));
  touched = weft_repo_message_get_block_ids (message);
  text = g_strjoinv (" ", touched);
  g_assert_cmpstr (text, ==, "a c d");

  g_assert_false (weft_repo_message_check_one (message, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, "expected one operation, got 2");
}

static void
test_put (void)
{
  g_autoptr (WeftTransforms) transforms = transforms_from_text ("{\"deletes\":[\"b\",\"a\"]}");
  g_autoptr (WeftPendRequest) pend = NULL;
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (WeftCommitResult) result = weft_commit_result_new_at (7);
  g_autoptr (WeftCommitResult) silent = weft_commit_result_new ();
  g_autoptr (WeftRepoReply) reply = weft_repo_reply_new_put (result);
  g_autofree char *text = weft_repo_reply_to_string (reply);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) touched = NULL;

  g_test_summary ("A put has what a pend has; its answer tells the revision.");

  pend = weft_pend_request_new ("act", 0, transforms, NULL, WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);
  message = weft_repo_message_new_put (pend, 0);
  g_assert_true (weft_repo_message_get_put (message) == pend);
  g_assert_null (weft_repo_message_get_pend (message));
  g_assert_null (weft_repo_message_get_commit (message));
  g_assert_cmpuint (weft_repo_message_get_n_commits (message), ==, 0);
  touched = weft_repo_message_get_block_ids (message);
  g_assert_cmpstr (touched[0], ==, "a");
  g_assert_cmpstr (touched[1], ==, "b");

  g_assert_true (weft_repo_reply_get_put (reply) == result);
  g_assert_null (weft_repo_reply_get_commit (reply));
  g_assert_cmpstr (text, ==, "{\"rev\":7,\"success\":true}");
  g_assert_cmpint (weft_commit_result_get_rev (result), ==, 7);
  g_assert_cmpint (weft_commit_result_get_rev (silent), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/values/caller-changes", test_caller_changes);
  g_test_add_func ("/model/values/unsealed-input", test_unsealed_input);
  g_test_add_func ("/model/values/block", test_block);
  g_test_add_func ("/model/values/merge", test_merge);
  g_test_add_func ("/model/values/transforms", test_transforms);
  g_test_add_func ("/model/values/metadata", test_metadata);
  g_test_add_func ("/model/values/pending-digest", test_pending_digest);
  g_test_add_func ("/model/values/requests", test_requests);

  g_test_add_func ("/model/values/group", test_group);
  g_test_add_func ("/model/values/put", test_put);

  return g_test_run ();
}
