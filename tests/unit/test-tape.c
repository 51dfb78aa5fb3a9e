/* test-tape.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>
#include <string.h>

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-tape-private.h"

static WeftTape *
read_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  WeftTape *tape = weft_tape_read_text (text, strlen (text), NULL, &error);

  g_assert_no_error (error);
  return tape;
}

static void
test_tape_walk (void)
{
  g_autoptr (WeftTape) tape =
    read_text (" {\"a\": [1, -2.5, \"x\\n\"], \"b\": null, \"c\": true} ");
  const WeftItem *root = weft_tape_get_root (tape);
  const WeftItem *array = weft_item_first (root);
  const WeftItem *item = weft_item_first (array);

  g_test_summary ("The values come each after the other, containers before what is in them.");

  g_assert_cmpint (root->kind, ==, WEFT_ITEM_OBJECT);
  g_assert_cmpuint (root->length, ==, 3);
  g_assert_cmpuint (root->span, ==, 7);
  g_assert_null (root->name);
  g_assert_cmpuint (root->source_length, ==, 45);
  g_assert_cmpint (array->kind, ==, WEFT_ITEM_ARRAY);
  g_assert_cmpstr (array->name, ==, "a");
  g_assert_cmpint (item->kind, ==, WEFT_ITEM_INTEGER);
  g_assert_cmpint (item->integer, ==, 1);
  item = weft_item_next (array, item);
  g_assert_cmpint (item->kind, ==, WEFT_ITEM_REAL);
  g_assert_cmpfloat (item->real, ==, -2.5);
  item = weft_item_next (array, item);
  g_assert_cmpint (item->kind, ==, WEFT_ITEM_STRING);
  g_assert_cmpstr (item->string, ==, "x\n");
  g_assert_cmpuint (item->length, ==, 2);
  g_assert_null (weft_item_next (array, item));
  item = weft_item_next (root, array);
  g_assert_cmpint (item->kind, ==, WEFT_ITEM_NULL);
  g_assert_cmpstr (item->name, ==, "b");
  item = weft_item_next (root, item);
  g_assert_cmpint (item->kind, ==, WEFT_ITEM_BOOLEAN);
  g_assert_true (item->boolean);
  g_assert_null (weft_item_next (root, item));
}

static void
test_tape_canonical (void)
{
  static const struct
  {
    const char *text;
    const char *canonical; /* NULL: the text is */
  } cases[] = {
    { "null", NULL },
    { "[1,2]", NULL },
    { "[1, 2]", "[1,2]" },
    { "[ ]", "[]" },
    { "{\"a\":1,\"b\":2}", NULL },
    { "{\"b\":2,\"a\":1}", "{\"a\":1,\"b\":2}" },
    { "{\"\360\237\230\200\":1,\"\356\200\200\":2}", NULL },
    { "{\"\356\200\200\":2,\"\360\237\230\200\":1}",
      "{\"\360\237\230\200\":1,\"\356\200\200\":2}" },
    { "{\"\\u0061\":1}", "{\"a\":1}" },
    { "-0", "0" },
    { "1.0", "1" },
    { "1e2", "100" },
    { "0.1", NULL },
    { "0.10", "0.1" },
    { "-0.000001", NULL },
    { "0.0000001", "1e-7" },
    { "1e-7", NULL },
    { "1E-7", "1e-7" },
    { "1e+21", NULL },
    { "1e21", "1e+21" },
    { "0.30000000000000004", NULL },
    { "0.300000000000000040", "0.30000000000000004" },
    { "0.1000000000000000055", "0.1" },
    { "\"\\\"\\\\\\b\\t\\n\\f\\r\\u001f/\177\303\251\"", NULL },
    { "\"\\u001F\"", "\"\\u001f\"" },
    { "\"\\u000a\"", "\"\\n\"" },
    { "\"\\/\"", "\"/\"" },
    { "\"\\u00e9\"", "\"\303\251\"" },
    { "\"\\ud83d\\ude00\"", "\"\360\237\230\200\"" },
  };

  g_test_summary ("A value whose text is canonical as it came is known as such, and no other.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *expected = cases[i].canonical != NULL ? cases[i].canonical : cases[i].text;
      g_autoptr (WeftTape) tape = read_text (cases[i].text);
      char *text = weft_item_to_text (weft_tape_get_root (tape));

      g_assert_cmpstr (text, ==, expected);
      g_ref_string_release (text);
      g_assert_cmpint (weft_tape_get_root (tape)->is_canonical, ==, cases[i].canonical == NULL);
    }
}

static void
test_tape_parts_canonical (void)
{
  g_autoptr (WeftTape) tape = read_text ("{\"b\": {\"x\":[1,2]} , \"a\":[ 3 ]}");
  const WeftItem *root = weft_tape_get_root (tape);
  const WeftItem *b = weft_item_find (root, "b");
  const WeftItem *a = weft_item_find (root, "a");
  g_autoptr (GString) text = g_string_new ("~");

  g_test_summary ("Space around a value is no part of it, so what was put in a sloppy document "
                  "may be canonical.");

  g_assert_false (root->is_canonical);
  g_assert_false (root->is_sorted);
  g_assert_true (b->is_canonical);
  g_assert_true (b->is_sorted);
  g_assert_false (a->is_canonical);
  g_assert_cmpmem (b->source, b->source_length, "{\"x\":[1,2]}", 11);
  g_assert_cmpmem (a->source, a->source_length, "[ 3 ]", 5);
  weft_item_append (root, text);
  g_assert_cmpstr (text->str, ==, "~{\"a\":[3],\"b\":{\"x\":[1,2]}}");
}

static void
append_members (GString    *text,
                guint       n_members,
                guint       step,
                const char *more)
{
  g_string_append_c (text, '{');
  for (guint i = 0; i < n_members; i++)
    g_string_append_printf (text, "%s\"%04u\":%u", i > 0 ? "," : "", i * step % n_members, i);
  g_string_append_printf (text, "%s}", more);
}

static void
check_find (guint    n_members,
            guint    step,
            gboolean is_sorted)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (WeftTape) tape = NULL;
  g_autofree const WeftItem **sorted = NULL;
  const WeftItem *root;

  append_members (text, n_members, step, "");
  tape = read_text (text->str);
  root = weft_tape_get_root (tape);
  sorted = weft_item_sort (root);
  g_assert_cmpuint (root->length, ==, n_members);
  g_assert_cmpint (root->is_sorted, ==, is_sorted);
  for (guint i = 0; i < n_members; i++)
    {
      g_autofree char *name = g_strdup_printf ("%04u", i);
      const WeftItem *member = weft_item_find (root, name);

      g_assert_cmpstr (member->name, ==, name);
      g_assert_cmpint (member->integer * step % n_members, ==, i);
      g_assert_true (sorted[i] == member);
    }
  g_assert_null (weft_item_find (root, ""));
  g_assert_null (weft_item_find (root, "00005"));
  g_assert_null (weft_item_find (root, "x"));
}

static void
test_tape_find (void)
{
  static const guint sizes[] = { 1, 2, 16, 17, 64, 65, 1000 };

  g_test_summary ("Members are found by name, and listed in canonical order, however many "
                  "there are and in whatever order they come.");

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      check_find (sizes[i], 1, TRUE);
      if (sizes[i] > 2)
        check_find (sizes[i], 7, FALSE);
    }
}

static void
check_repeated (guint       n_members,
                guint       step,
                const char *more,
                const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (WeftTape) tape = NULL;
  g_autoptr (GError) error = NULL;

  append_members (text, n_members, step, more);
  tape = weft_tape_read_text (text->str, text->len, NULL, &error);
  g_assert_null (tape);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_tape_repeated (void)
{
  g_test_summary ("A name that is there twice is refused at its second place, the first such.");

  check_repeated (3, 1, ",\"0002\":1",
                  "line 1, column 29: expected each member name once, got 0002 again");
  check_repeated (3, 2, ",\"0001\":1,\"0001\":2,\"0000\":3",
                  "line 1, column 29: expected each member name once, got 0001 again");
  check_repeated (30, 7, ",\"0011\":1,\"0003\":2,\"0011\":3,\"0000\":4",
                  "line 1, column 292: expected each member name once, got 0011 again");
}

static void
test_tape_dense (void)
{
  g_autoptr (GString) text = g_string_new ("[[]");
  g_autoptr (WeftTape) tape = NULL;
  const WeftItem *root;
  const WeftItem *item;
  guint n_items = 0;

  g_test_summary ("More values than a text of this length usually has find room, too.");

  for (guint i = 1; i < 10000; i++)
    g_string_append (text, i % 3 == 0 ? ",1" : ",[]");
  g_string_append_c (text, ']');
  tape = read_text (text->str);
  root = weft_tape_get_root (tape);
  for (item = weft_item_first (root); item != NULL; item = weft_item_next (root, item))
    n_items++;
  g_assert_cmpuint (n_items, ==, 10000);
  g_assert_cmpuint (root->length, ==, 10000);
  g_assert_true (root->is_canonical);
}

static void
test_tape_bytes (void)
{
  GBytes *bytes = g_bytes_new ("{\"a\":\"\\n\"}", 10);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftTape) tape = weft_tape_read (bytes, NULL, &error);
  g_autoptr (WeftTape) again = weft_tape_ref (tape);
  const WeftItem *root = weft_tape_get_root (again);

  g_test_summary ("A tape holds the bytes that it was read from, and leaves them as they are.");

  g_assert_no_error (error);
  g_assert_true (root->source == g_bytes_get_data (bytes, NULL));
  g_bytes_unref (bytes);
  weft_tape_unref (g_steal_pointer (&tape));
  g_assert_cmpstr (weft_item_find (root, "a")->string, ==, "\n");
  g_assert_cmpmem (root->source, root->source_length, "{\"a\":\"\\n\"}", 10);
}

static void
test_tape_empty (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftTape) tape = weft_tape_read (bytes, NULL, &error);

  g_test_summary ("Bytes of no length, which have no place in memory, are no document.");

  g_assert_null (tape);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "line 1, column 1: expected a value, got the end of the text");
}

static gboolean
are_equal (WeftTape *a,
           WeftTape *b)
{
  return weft_item_equal (weft_tape_get_root (a), weft_tape_get_root (b));
}

static void
test_tape_equal (void)
{
  static const char *const texts[] = {
    "null", "true", "false", "1", "-1", "1.5", "1e+21", "\"\"", "\"a\"", "[]", "[1]", "[1,2]",
    "{}", "{\"a\":1}", "{\"a\":2}", "{\"a\":1,\"b\":[]}", "{\"b\":1,\"c\":[]}",
  };
  static const char *const same[] = {
    " null ", "true ", "false", "1.0", "-10e-1", "15e-1", "1E21", "\"\"", "\"\\u0061\"", "[ ]",
    "[1 ]", "[1.0,2]", "{ }", "{\"\\u0061\":1}", "{\"a\": 2}", "{\"b\":[],\"a\":1}",
    "{\"c\":[],\"b\":1}",
  };

  g_test_summary ("Values are equal when their canonical texts are.");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (guint j = 0; j < G_N_ELEMENTS (same); j++)
      {
        g_autoptr (WeftTape) a = read_text (texts[i]);
        g_autoptr (WeftTape) b = read_text (same[j]);
        g_autoptr (WeftTape) c = read_text (texts[j]);

        g_assert_true (are_equal (a, b) == (i == j));
        g_assert_true (are_equal (b, a) == (i == j));
        g_assert_true (are_equal (a, c) == (i == j));
      }
}

static void
test_tape_from_node (void)
{
  g_autoptr (JsonNode) node = json_from_string ("{\"b\":[1.0,2.5],\"a\":\"x\"}", NULL);
  g_autoptr (JsonNode) infinite = json_node_init_double (json_node_alloc (), INFINITY);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftTape) tape = weft_tape_new_from_node (node, &error);
  const WeftItem *root = weft_tape_get_root (tape);

  g_test_summary ("A tree becomes a tape when it is valid, and its members come in order.");

  g_assert_no_error (error);
  g_assert_true (root->is_canonical);
  g_assert_cmpmem (root->source, root->source_length, "{\"a\":\"x\",\"b\":[1,2.5]}", 21);

  g_assert_null (weft_tape_new_from_node (infinite, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==,
                   "expected a finite number below 2^53 or from 1e21 on, got infinity");
}

/* Member names with the same g_str_hash(): 33 times the first character and the second is the same
 * for "ab" and "bA". */
static void
append_colliding (GString *text,
                  guint    n_members)
{
  g_string_append_c (text, '{');
  for (guint i = 0; i < n_members; i++)
    {
      g_string_append (text, i > 0 ? ",\"" : "\"");
      for (guint bit = 0; bit < 10; bit++)
        g_string_append (text, i >> bit & 1 ? "ab" : "bA");
      g_string_append (text, "\":0");
    }
  g_string_append_c (text, '}');
}

static void
test_tape_collisions (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (WeftTape) own = NULL;
  g_autoptr (WeftTape) tape = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("Names that make a hash table slow are refused from others, for a tape may "
                  "become a tree; what was written here is read whatever it is.");

  append_colliding (text, 1000);
  tape = weft_tape_read_text (text->str, text->len, NULL, &error);
  g_assert_null (tape);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "an object whose member names do not collide"));
  own = weft_tape_read_own (text->str, text->len);
  g_assert_nonnull (weft_item_find (weft_tape_get_root (own), "bAbAbAbAbAbAbAbAbAbA"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tape/walk", test_tape_walk);
  g_test_add_func ("/tape/canonical", test_tape_canonical);
  g_test_add_func ("/tape/parts-canonical", test_tape_parts_canonical);
  g_test_add_func ("/tape/find", test_tape_find);
  g_test_add_func ("/tape/repeated", test_tape_repeated);
  g_test_add_func ("/tape/dense", test_tape_dense);
  g_test_add_func ("/tape/bytes", test_tape_bytes);
  g_test_add_func ("/tape/empty", test_tape_empty);
  g_test_add_func ("/tape/equal", test_tape_equal);
  g_test_add_func ("/tape/from-node", test_tape_from_node);
  g_test_add_func ("/tape/collisions", test_tape_collisions);

  return g_test_run ();
}
