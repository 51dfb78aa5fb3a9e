/* test-records.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-records.h"

#include <string.h>
#include <weft.h>

/* Reads all records of a text into one line: each with its line number, then the error, if any. */
static char *
read_all (const char *text,
          const char *member)
{
  WeftRecords records;
  GString *out = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  if (!weft_records_begin (&records, text, strlen (text), member, &error))
    g_string_append_printf (out, "error: %s", error->message);
  while (error == NULL)
    {
      g_autoptr(JsonNode) record = NULL;
      guint line = 0;

      if (!weft_records_next (&records, &record, &line, &error))
        g_string_append_printf (out, "error: line %u: %s", line, error->message);
      else if (record == NULL)
        break;
      else
        {
          g_autofree char *json = weft_json_to_string (record);

          g_string_append_printf (out, "%u%s ", line, json);
        }
    }

  return g_string_free (out, FALSE);
}

static void
assert_records (const char *text,
                const char *member,
                const char *expected)
{
  g_autofree char *actual = read_all (text, member);

  g_assert_cmpstr (actual, ==, expected);
}

static void
test_records_forms (void)
{
  g_test_summary ("Lines, values in a row, an array and an array in an object all are records.");

  assert_records ("{\"a\":1}\n{\"a\":2}\n", NULL, "1{\"a\":1} 2{\"a\":2} ");
  assert_records ("{\"a\":1}{\"a\":2}", NULL, "1{\"a\":1} 1{\"a\":2} ");
  assert_records ("[\n {\"a\":\"]\\\"\"},\n {\"a\":[{}]}\n]\n", NULL,
                  "2{\"a\":\"]\\\"\"} 3{\"a\":[{}]} ");
  assert_records ("{\"x\":[9],\"y\":{\"r\":[8]},\n\"r\":[1,\n2]}", "r", "21 32 ");
  assert_records ("", NULL, "");
  assert_records ("[]", NULL, "");
}

static void
test_records_broken (void)
{
  g_test_summary ("What is broken is named by its line, after what came before it.");

  assert_records ("{\"a\":1}\n{\"a\":", NULL,
                  "1{\"a\":1} error: line 2: the file ends within the record that begins here");
  assert_records ("[{\"a\":1},\n{\"a\"", NULL,
                  "1{\"a\":1} error: line 2: the file ends within the record that begins here");
  assert_records ("[1,\n2", NULL, "11 22 error: line 2: the file ends within the array");
  assert_records ("[1\n2]", NULL, "11 error: line 2: expected “,” or “]” after a record");
  assert_records ("[{\"a\":1},\n{\"a\":1,\n  \"b\":x}]", NULL,
                  "1{\"a\":1} error: line 3: column 7: expected a value, got 'x'");
  assert_records ("{\"a\":1} nul", NULL,
                  "1{\"a\":1} error: line 1: column 9: expected a value, got 'n'");
  assert_records ("[1,]", NULL, "11 error: line 1: expected a JSON value");
  assert_records ("{\"a\":[1]}", "b", "error: line 1: no member “b” up to here");
  assert_records ("{\"a\":{}}", "a", "error: line 1: expected member “a” to be an array");
  assert_records ("[1]", "a",
                  "error: line 1: expected an object that holds the member with the records");
}

static void
test_records_strict (void)
{
  WeftRecords records;
  g_autoptr(JsonNode) record = NULL;
  g_autoptr(GError) error = NULL;
  guint line;
  const char text[] = "{\"a\":1}\n{\"a\":1,\"a\":2}\n";

  g_test_summary ("Each record goes through the strict reader.");

  g_assert_true (weft_records_begin (&records, text, strlen (text), NULL, &error));
  g_assert_true (weft_records_next (&records, &record, &line, &error));
  g_clear_pointer (&record, json_node_unref);
  g_assert_false (weft_records_next (&records, &record, &line, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpuint (line, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/records/forms", test_records_forms);
  g_test_add_func ("/records/broken", test_records_broken);
  g_test_add_func ("/records/strict", test_records_strict);

  return g_test_run ();
}
