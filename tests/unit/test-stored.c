/* test-stored.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-batch-private.h"
#include "weft-json-private.h"
#include "weft-pending-private.h"

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *json = weft_json_parse (text, -1, &error);

  g_assert_no_error (error);

  return json;
}

static void
assert_forms (WeftStored *stored,
              const char *text)
{
  g_autoptr (GString) appended = g_string_new ("[");
  g_autofree char *written = NULL;
  g_autoptr (WeftTape) tape = NULL;

  weft_stored_append (stored, appended);
  g_assert_cmpstr (appended->str + 1, ==, text);
  tape = weft_stored_get_tape (stored);
  g_assert_true (weft_tape_get_root (tape)->source_length >= strlen (text));
  written = weft_json_to_string (weft_stored_get_json (stored));
  g_assert_cmpstr (written, ==, text);
  g_assert_true (json_node_is_immutable (weft_stored_get_json (stored)));
  g_string_truncate (appended, 1);
  weft_stored_append (stored, appended);
  g_assert_cmpstr (appended->str + 1, ==, text);
}

#define HEADER "{\"collectionId\":\"c\",\"id\":\"b\",\"type\":\"t\"}"
#define INSERT "{\"insert\":{\"header\":" HEADER ",\"x\":\"\\n\"}}"
#define UPDATES "{\"updates\":[[\"a\",0,1,[{\"z\":1.5}]],[\"b\",null,null]]}"

static void
test_pendings (void)
{
  const char *texts[] = {
    "{\"transform\":{}}",
    "{\"transform\":{\"delete\":true}}",
    "{\"base\":0,\"transform\":" INSERT "}",
    "{\"base\":9007199254740991,\"expiration\":1,\"transform\":" UPDATES "}",
    "{\"expiration\":12345,\"transform\":{\"delete\":true,\"updates\":[[\"a\",null,null,7]]}}",
  };

  g_test_summary ("A pending action that is stored has one text, whether a tree was made or not.");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) json = parse (texts[i]);
      g_autoptr (WeftStored) from_json = weft_stored_new (json);
      g_autoptr (WeftPending) pending = NULL;
      g_autoptr (WeftPending) again = NULL;
      g_autoptr (WeftStored) from_value = NULL;

      assert_forms (from_json, texts[i]);
      pending = weft_stored_get_value (from_json, &weft_stored_pending, NULL);
      g_assert_nonnull (pending);
      again = weft_stored_get_value (from_json, &weft_stored_pending, NULL);
      g_assert_true (again == pending);
      from_value = weft_stored_new_value (&weft_stored_pending, pending);
      g_assert_false (weft_stored_is_null (from_value));
      assert_forms (from_value, texts[i]);
    }
}

static void
test_text (void)
{
  char *text = g_ref_string_new ("{\"certificate\":[1,\"\u00e9\"]}");
  g_autoptr (WeftStored) stored = weft_stored_new_text (text);
  g_autoptr (JsonNode) nothing = parse ("null");
  g_autoptr (WeftStored) null = weft_stored_new (nothing);
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  WeftStored *put;

  g_test_summary ("Text is stored as it is, and read only for who asks for JSON.");

  assert_forms (stored, text);
  g_assert_false (weft_stored_is_null (stored));
  g_assert_true (weft_stored_is_null (null));

  weft_batch_put_record_text (batch, "zHash", text, TRUE);
  weft_batch_freeze (batch);
  g_assert_null (weft_batch_peek_operation (batch, 0, &put)->json);
  assert_forms (put, text);
  g_assert_true (weft_batch_get_operation (batch, 0)->is_resolved);
  g_assert_true (weft_batch_get_operation (batch, 0)->json == weft_stored_get_json (put));
  g_ref_string_release (text);
}

static void
test_tape (void)
{
  static const char text[] = "{ \"transform\": {} }";
  g_autoptr (WeftTape) tape = weft_tape_read_text (text, sizeof text - 1, NULL, NULL);
  g_autoptr (WeftTape) nothing = weft_tape_read_text ("null", 4, NULL, NULL);
  g_autoptr (WeftStored) stored = weft_stored_new_tape (tape);
  g_autoptr (WeftStored) null = weft_stored_new_tape (nothing);
  g_autoptr (WeftPending) pending = NULL;
  g_autoptr (WeftTape) again = weft_stored_get_tape (stored);

  g_test_summary ("What was read without a tree is stored so, and written as canonical text.");

  assert_forms (stored, "{\"transform\":{}}");
  g_assert_true (weft_stored_is_tape (stored));
  g_assert_false (weft_stored_is_null (stored));
  g_assert_true (weft_stored_is_null (null));
  g_assert_true (again == tape);
  pending = weft_stored_get_value (stored, &weft_stored_pending, NULL);
  g_assert_nonnull (pending);
}

static void
test_wrong (void)
{
  g_autoptr (JsonNode) json = parse ("{\"base\":-1,\"transform\":{}}");
  g_autoptr (WeftStored) stored = weft_stored_new (json);
  g_autoptr (GError) error = NULL;

  g_test_summary ("What is stored and is no such value is told with the place.");

  g_assert_null (weft_stored_get_value (stored, &weft_stored_pending, &error));
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, "base: "));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stored/pendings", test_pendings);
  g_test_add_func ("/stored/text", test_text);
  g_test_add_func ("/stored/tape", test_tape);
  g_test_add_func ("/stored/wrong", test_wrong);

  return g_test_run ();
}
