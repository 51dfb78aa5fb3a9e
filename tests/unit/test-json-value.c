/* test-json-value.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"

/* {"list":[<value>]}, built by hand. */
static JsonNode *
wrap (JsonNode *value)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *array = json_array_new ();

  json_array_add_element (array, value);
  json_object_set_array_member (object, "list", array);
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
from_int (gint64 value)
{
  return json_node_init_int (json_node_alloc (), value);
}

static JsonNode *
from_double (double value)
{
  return json_node_init_double (json_node_alloc (), value);
}

static JsonNode *
from_string (const char *value)
{
  return json_node_init_string (json_node_alloc (), value);
}

/* Validates a node, and sees that writing it comes to the same. */
static gboolean
is_valid (JsonNode  *node,
          GError   **error)
{
  g_autoptr (GString) text = g_string_new ("before");
  g_autoptr (GError) refusal = NULL;
  gboolean valid = weft_json_validate (node, error);

  g_assert_true (weft_json_try_append (text, node, &refusal) == valid);
  if (valid)
    {
      g_autofree char *canonical = weft_json_to_string (node);

      g_assert_true (g_str_has_prefix (text->str, "before"));
      g_assert_cmpstr (text->str + strlen ("before"), ==, canonical);
      return TRUE;
    }

  g_assert_cmpstr (text->str, ==, "before");
  if (error != NULL)
    g_assert_cmpstr (refusal->message, ==, (*error)->message);
  return FALSE;
}

static void
test_value_refused (void)
{
  struct
  {
    JsonNode *value;
    const char *message;
  } cases[] = {
    { from_int (G_GINT64_CONSTANT (9007199254740992)),
      "list[0]: expected an integer from -(2^53-1) to 2^53-1, got 9007199254740992" },
    { from_int (G_MININT64),
      "list[0]: expected an integer from -(2^53-1) to 2^53-1, got -9223372036854775808" },
    { from_double (NAN),
      "list[0]: expected a finite number below 2^53 or from 1e21 on, got no number" },
    { from_double (-INFINITY),
      "list[0]: expected a finite number below 2^53 or from 1e21 on, got infinity" },
    { from_double (9007199254740992.0),
      "list[0]: expected a finite number below 2^53 or from 1e21 on, got 9007199254740992" },
    { from_double (-1e20),
      "list[0]: expected a finite number below 2^53 or from 1e21 on, got -100000000000000000000" },
    { from_string ("caf\351"), "list[0]: expected a string in valid UTF-8" },
    { from_string ("\355\240\200"), "list[0]: expected a string in valid UTF-8" },
    { from_string (NULL), "list[0]: expected a string in valid UTF-8" },
    { json_node_new (JSON_NODE_VALUE), "list[0]: expected a value, got a node without one" },
    { json_node_new (JSON_NODE_OBJECT), "list[0]: expected an object, got a node without one" },
    { json_node_new (JSON_NODE_ARRAY), "list[0]: expected an array, got a node without one" },
  };

  g_test_summary ("What the reader would not read is refused in nodes built by hand.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) node = wrap (cases[i].value);
      g_autoptr (GError) error = NULL;

      g_assert_false (is_valid (node, &error));
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, cases[i].message);
    }
}

static void
test_value_accepted (void)
{
  JsonNode *values[] = {
    from_int (WEFT_LIMIT_INTEGER_MAX), from_int (-WEFT_LIMIT_INTEGER_MAX), from_double (1e21),
    from_double (-0.0), from_double (5e-324), from_string (""), from_string ("\357\277\277"),
  };

  g_test_summary ("What is just within the rules is valid, and its text is read again.");

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (JsonNode) node = wrap (values[i]);
      g_autoptr (JsonNode) again = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      g_assert_true (is_valid (node, &error));
      g_assert_no_error (error);
      text = weft_json_to_string (node);
      again = weft_json_parse (text, -1, &error);
      g_assert_no_error (error);
      g_assert_true (weft_json_equal (node, again));
    }
}

static void
test_value_bad_name (void)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = wrap (json_node_init_object (json_node_alloc (), object));
  g_autoptr (GError) error = NULL;

  g_test_summary ("A member name is text as well.");

  json_object_set_null_member (object, "\200");
  g_assert_false (is_valid (node, &error));
  g_assert_cmpstr (error->message, ==, "list[0]: expected member names in valid UTF-8");
}

static JsonNode *
nest (guint depth)
{
  JsonNode *node = json_node_init_null (json_node_alloc ());

  for (guint i = 0; i < depth; i++)
    {
      JsonArray *array = json_array_new ();

      json_array_add_element (array, node);
      node = json_node_init_array (json_node_alloc (), array);
      json_array_unref (array);
    }
  return node;
}

static void
test_value_depth (void)
{
  g_autoptr (JsonNode) full = nest (WEFT_LIMIT_JSON_DEPTH_MAX);
  g_autoptr (JsonNode) past = nest (WEFT_LIMIT_JSON_DEPTH_MAX + 1);
  g_autoptr (GError) error = NULL;

  g_test_summary ("64 levels are valid, 65 are not.");

  g_assert_true (is_valid (full, NULL));
  g_assert_false (is_valid (past, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

static void
test_value_count (void)
{
  JsonArray *row = json_array_new ();
  JsonArray *table = json_array_new ();
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), table);
  g_autoptr (JsonNode) row_node = json_node_init_array (json_node_alloc (), row);
  g_autoptr (GError) error = NULL;

  g_test_summary ("Values are counted as often as they would be written.");

  for (guint i = 0; i < 1023; i++)
    json_array_add_null_element (row);
  for (guint i = 0; i < 1023; i++)
    json_array_add_element (table, json_node_ref (row_node));
  for (guint i = 0; i < 1023; i++)
    json_array_add_null_element (table);
  g_assert_true (is_valid (node, NULL));

  json_array_add_null_element (table);
  g_assert_false (is_valid (node, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, "[2046]: expected at most 1048576 values");
  json_array_unref (row);
  json_array_unref (table);
}

static void
test_value_equal (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean equal;
  } cases[] = {
    { "{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}", TRUE },
    { "{\"a\":1}", "{\"a\":2}", FALSE },
    { "{\"a\":1}", "{\"b\":1}", FALSE },
    { "{\"a\":1}", "{\"a\":1,\"b\":1}", FALSE },
    { "{\"a\":null}", "{}", FALSE },
    { "[1,2]", "[2,1]", FALSE },
    { "[1]", "[1,1]", FALSE },
    { "1", "\"1\"", FALSE },
    { "1", "true", FALSE },
    { "0", "false", FALSE },
    { "0", "null", FALSE },
    { "[]", "{}", FALSE },
    { "\"\\u00e9\"", "\"é\"", TRUE },
    { "-0", "0.0", TRUE },
    { "0.1", "0.10", TRUE },
    { "0.1", "0.2", FALSE },
  };
  g_autoptr (JsonNode) integer = from_int (1);
  g_autoptr (JsonNode) real = from_double (1.0);

  g_test_summary ("Values are equal when their canonical texts are.");

  g_assert_true (weft_json_equal (integer, real));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) a = weft_json_parse (cases[i].a, -1, NULL);
      g_autoptr (JsonNode) b = weft_json_parse (cases[i].b, -1, NULL);
      g_autofree char *text_a = weft_json_to_string (a);
      g_autofree char *text_b = weft_json_to_string (b);

      g_assert_cmpint (weft_json_equal (a, b), ==, cases[i].equal);
      g_assert_cmpint (weft_json_equal (b, a), ==, cases[i].equal);
      g_assert_cmpint (g_str_equal (text_a, text_b), ==, cases[i].equal);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/value/refused", test_value_refused);
  g_test_add_func ("/json/value/accepted", test_value_accepted);
  g_test_add_func ("/json/value/bad-name", test_value_bad_name);
  g_test_add_func ("/json/value/depth", test_value_depth);
  g_test_add_func ("/json/value/count", test_value_count);
  g_test_add_func ("/json/value/equal", test_value_equal);

  return g_test_run ();
}
