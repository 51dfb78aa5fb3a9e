/* test-tape-random.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-error.h"
#include "weft-tape-private.h"

#define N_TEXTS 20000
#define DEPTH_MAX 5

static void append_value (GString *text,
                          GRand   *rand,
                          guint    depth);

/* Usually nothing, or a text would hardly ever be canonical. */
static void
append_space (GString *text,
              GRand   *rand)
{
  static const char *const spaces[] = { " ", "\n", "\t", "\r", "  " };

  if (g_rand_int_range (rand, 0, 40) == 0)
    g_string_append (text, spaces[g_rand_int_range (rand, 0, G_N_ELEMENTS (spaces))]);
}

static const char *
pick (GRand             *rand,
      const char *const *texts,
      guint              n_usual,
      guint              n_texts)
{
  gboolean is_usual = g_rand_int_range (rand, 0, 20) > 0;

  return texts[g_rand_int_range (rand, 0, is_usual ? n_usual : n_texts)];
}

static void
append_string (GString *text,
               GRand   *rand)
{
  static const char *const parts[] = {
    "a", "b", "/", "abcdefghijklmnop", "\\n", "\\\"", "\\u001f", "\303\251", "\360\237\230\200",
    "\\u0061", "\\/", "\\u000A", "\\ud83d\\ude00", "\\ud83d", "\377", "\n", "\\x", "\\u0000",
  };
  guint n_parts = g_rand_int_range (rand, 0, 4);

  g_string_append_c (text, '"');
  for (guint i = 0; i < n_parts; i++)
    g_string_append (text, pick (rand, parts, 9, G_N_ELEMENTS (parts)));
  g_string_append_c (text, '"');
}

static void
append_members (GString *text,
                GRand   *rand,
                guint    depth)
{
  guint n_members = g_rand_int_range (rand, 0, 10) == 0 ? 40 : g_rand_int_range (rand, 0, 5);
  gboolean is_sorted = g_rand_boolean (rand);

  for (guint i = 0; i < n_members; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_space (text, rand);
      if (is_sorted)
        g_string_append_printf (text, "\"%02u\"", i);
      else if (n_members > 5)
        g_string_append_printf (text, "\"%u\"", g_rand_int_range (rand, 0, 1000));
      else
        append_string (text, rand);
      append_space (text, rand);
      g_string_append_c (text, ':');
      append_value (text, rand, n_members > 5 ? DEPTH_MAX : depth + 1);
      append_space (text, rand);
    }
}

static void
append_elements (GString *text,
                 GRand   *rand,
                 guint    depth)
{
  guint n_elements = g_rand_int_range (rand, 0, 5);

  for (guint i = 0; i < n_elements; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_value (text, rand, depth + 1);
    }
}

static void
append_value (GString *text,
              GRand   *rand,
              guint    depth)
{
  static const char *const words[] = {
    "null", "true", "false", "0", "7", "-12", "9007199254740991", "0.1", "1.5", "123456.789",
    "1e-7", "1.7976931348623157e+308", "5e-324", "0.30000000000000004", "-0.000001",
    "-0", "1.0", "1e5", "1E-7", "0.10", "0.0000001", "1e21", "0.1000000000000000055", "-0.0",
    "9007199254740992", "1e400", "01", "1.", "tru", "nul", "-", "1e", "+1", "", "1e20",
    "00", "-01",
  };
  guint kind = g_rand_int_range (rand, 0, depth < DEPTH_MAX ? 6 : 3);

  append_space (text, rand);
  if (kind < 2)
    g_string_append (text, pick (rand, words, 15, G_N_ELEMENTS (words)));
  else if (kind == 2)
    append_string (text, rand);
  else
    {
      g_string_append_c (text, kind == 3 ? '[' : '{');
      if (kind == 3)
        append_elements (text, rand, depth);
      else
        append_members (text, rand, depth);
      append_space (text, rand);
      g_string_append_c (text, kind == 3 ? ']' : '}');
    }
  append_space (text, rand);
}

/* What a tape says of a value is what its tree says. */
static void
check_item (const WeftItem *item)
{
  g_autoptr (JsonNode) node = weft_item_to_node (item);
  g_autofree char *canonical = weft_json_to_string (node);
  gsize length = strlen (canonical);
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_same =
    item->source_length == length && memcmp (item->source, canonical, length) == 0;

  weft_item_append (item, text);
  g_assert_cmpstr (text->str, ==, canonical);
  g_assert_true (item->is_canonical == is_same);
  g_assert_true (weft_item_equal (item, item));

  if (item->kind != WEFT_ITEM_ARRAY && item->kind != WEFT_ITEM_OBJECT)
    return;
  for (const WeftItem *child = weft_item_first (item); child != NULL;
       child = weft_item_next (item, child))
    {
      if (item->kind == WEFT_ITEM_OBJECT)
        g_assert_true (weft_item_find (item, child->name) == child);
      check_item (child);
    }
}

static void
check_same_as_canonical (WeftTape *tape)
{
  char *canonical = weft_item_to_text (weft_tape_get_root (tape));
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftTape) again =
    weft_tape_read_text (canonical, g_ref_string_length (canonical), NULL, &error);
  g_autoptr (JsonNode) node = weft_item_to_node (weft_tape_get_root (tape));
  g_autoptr (WeftTape) from_node = weft_tape_new_from_node (node, NULL);

  g_assert_no_error (error);
  g_assert_true (weft_tape_get_root (again)->is_canonical);
  g_assert_true (weft_item_equal (weft_tape_get_root (again), weft_tape_get_root (tape)));
  g_assert_true (weft_item_equal (weft_tape_get_root (from_node), weft_tape_get_root (tape)));
  g_ref_string_release (canonical);
}

/* Returns whether the text was read. */
static gboolean
check_text (const char *text,
            gsize       length)
{
  /* Of exactly this size, so that a sanitizer sees a look behind the end. */
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) node_error = NULL;
  g_autoptr (WeftTape) tape = weft_tape_read (bytes, NULL, &error);
  g_autoptr (JsonNode) node = weft_json_parse (text, (gssize) length, &node_error);

  g_assert_true ((tape == NULL) == (node == NULL));
  if (tape == NULL)
    {
      g_assert_cmpstr (error->message, ==, node_error->message);
      g_assert_cmpint (error->code, ==, node_error->code);
      return FALSE;
    }
  check_item (weft_tape_get_root (tape));
  check_same_as_canonical (tape);
  return TRUE;
}

static void
test_random_texts (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  guint n_read = 0;

  g_test_summary ("For texts of any kind a tape and a tree agree: on what is read, on the error "
                  "when it is not, and on the canonical text of each value.");

  for (guint i = 0; i < N_TEXTS; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      append_value (text, rand, 0);
      n_read += check_text (text->str, text->len);
      /* One byte is another. */
      if (text->len == 0)
        continue;
      text->str[g_rand_int_range (rand, 0, (gint) text->len)] =
        "{}[]\",:0-.e\\u \n\377"[g_rand_int_range (rand, 0, 17)];
      check_text (text->str, text->len);
    }
  g_assert_cmpuint (n_read, >, N_TEXTS / 4);
  g_assert_cmpuint (n_read, <, N_TEXTS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tape/random", test_random_texts);

  return g_test_run ();
}
