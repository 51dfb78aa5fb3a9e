/* test-json-limits.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "long-text.h"
#include "weft-error.h"
#include "weft-json-names-private.h"
#include "weft-limits.h"
#include "weft-tape-private.h"

static void
assert_accepted (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = weft_json_parse (text, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (node);
}

static void
assert_refused (const char *text,
                WeftError   code,
                const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (weft_json_parse (text, -1, &error));
  g_assert_error (error, WEFT_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_limits_depth (void)
{
  g_autofree char *open = long_text_new ("", "[", 64, "");
  g_autofree char *full = long_text_new (open, "]", 64, "");
  g_autofree char *open_past = long_text_new ("", "[", 65, "");
  g_autofree char *past = long_text_new (open_past, "]", 65, "");
  g_autofree char *objects = long_text_new ("", "{\"a\":", 65, "");
  g_autofree char *attack = long_text_new ("", "[", 1000000, "");

  g_test_summary ("64 levels are read, 65 are not, and a million cost no more than 65.");

  assert_accepted (full);
  assert_refused (past, WEFT_ERROR_TOO_LARGE,
                  "line 1, column 65: expected at most 64 levels of nesting");
  assert_refused (objects, WEFT_ERROR_TOO_LARGE,
                  "line 1, column 321: expected at most 64 levels of nesting");
  assert_refused (attack, WEFT_ERROR_TOO_LARGE,
                  "line 1, column 65: expected at most 64 levels of nesting");
}

static void
test_limits_nodes (void)
{
  g_autofree char *full = long_text_new ("[0", ",0", WEFT_LIMIT_JSON_NODES_MAX - 2, "]");
  g_autofree char *past = long_text_new ("[0", ",0", WEFT_LIMIT_JSON_NODES_MAX - 1, "]");

  g_test_summary ("1,048,576 values are read, with the array they are in; one more is not.");

  assert_accepted (full);
  assert_refused (past, WEFT_ERROR_TOO_LARGE,
                  "line 1, column 2097152: expected at most 1048576 values");
}

static void
test_limits_bytes (void)
{
  g_autofree char *text = g_malloc (WEFT_LIMIT_MESSAGE_BYTES_MAX + 2);

  g_test_summary ("8 MiB of text are read, a byte more is not even looked at.");

  memset (text, 'x', WEFT_LIMIT_MESSAGE_BYTES_MAX + 1);
  text[0] = '"';
  text[WEFT_LIMIT_MESSAGE_BYTES_MAX - 1] = '"';
  text[WEFT_LIMIT_MESSAGE_BYTES_MAX] = '\0';
  assert_accepted (text);

  text[WEFT_LIMIT_MESSAGE_BYTES_MAX] = ' ';
  text[WEFT_LIMIT_MESSAGE_BYTES_MAX + 1] = '\0';
  assert_refused (text, WEFT_ERROR_TOO_LARGE,
                  "expected JSON of at most 8388608 bytes, got 8388609");
}

static void
test_limits_tighter (void)
{
  const WeftJsonLimits limits = { .bytes_max = 20, .depth_max = 2, .nodes_max = 4 };
  g_autoptr (WeftTape) tape = weft_tape_read_text ("[[1,2]]", 7, &limits, NULL);
  g_autoptr (GError) error = NULL;

  g_test_summary ("A caller can have tighter limits of its own.");

  g_assert_nonnull (tape);
  g_assert_null (weft_tape_read_text ("[[[]]]", 6, &limits, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (weft_tape_read_text ("[1,2,3,4]", 9, &limits, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (weft_tape_read_text ("                    1", 21, &limits, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

/* An object with 2^n_pairs names of one g_str_hash(): "Az" weighs what "BY" does. */
static char *
colliding_names (guint n_pairs)
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < 1u << n_pairs; i++)
    {
      g_string_append (text, i > 0 ? ",\"" : "\"");
      for (guint pair = 0; pair < n_pairs; pair++)
        g_string_append (text, i >> pair & 1 ? "Az" : "BY");
      g_string_append (text, "\":0");
    }
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

static void
test_limits_colliding_names (void)
{
  g_autofree char *few = colliding_names (6);
  g_autofree char *many = colliding_names (10);
  g_autofree char *attack = colliding_names (17);
  g_autoptr (GError) error = NULL;

  g_test_summary ("An object of names that collide in a hash table is refused before one sees it.");

  g_assert_cmpuint (g_str_hash ("Az"), ==, g_str_hash ("BY"));
  assert_accepted (few);
  g_assert_null (weft_json_parse (many, -1, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (weft_json_parse (attack, -1, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
}

static void
test_limits_many_names (void)
{
  g_autoptr (GString) text = g_string_new ("{\"first\":0");
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("A large object of honest names is read, and a repeated name found in it.");

  for (guint i = 0; i < 200000; i++)
    g_string_append_printf (text, ",\"item-%u\":%u", i, i);
  g_string_append_c (text, '}');
  node = weft_json_parse (text->str, text->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_object_get_size (json_node_get_object (node)), ==, 200001);

  g_string_truncate (text, text->len - 1);
  g_string_append (text, ",\"item-99999\":0}");
  g_assert_null (weft_json_parse (text->str, text->len, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_true (g_str_has_suffix (error->message, "expected each member name once, "
                                                   "got item-99999 again"));
}

static void
test_limits_spread (void)
{
  guint32 hashes[1000];

  g_test_summary ("Hashes are judged by how long a table looks for a place, at each of its sizes.");

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    hashes[i] = i * 2654435761u;
  g_assert_true (weft_json_names_are_spread (hashes, G_N_ELEMENTS (hashes)));

  /* Different hashes that fall on one place of a table of 1024. */
  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    hashes[i] = i * 1021;
  g_assert_false (weft_json_names_are_spread (hashes, G_N_ELEMENTS (hashes)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/limits/depth", test_limits_depth);
  g_test_add_func ("/json/limits/nodes", test_limits_nodes);
  g_test_add_func ("/json/limits/bytes", test_limits_bytes);
  g_test_add_func ("/json/limits/tighter", test_limits_tighter);
  g_test_add_func ("/json/limits/colliding-names", test_limits_colliding_names);
  g_test_add_func ("/json/limits/many-names", test_limits_many_names);
  g_test_add_func ("/json/limits/spread", test_limits_spread);

  return g_test_run ();
}
