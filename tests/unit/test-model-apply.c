/* test-model-apply.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft.h"

static WeftBlock *
block_from_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, &error);
  WeftBlock *block;

  g_assert_no_error (error);
  block = weft_block_from_json (json, &error);
  g_assert_no_error (error);

  return block;
}

/* What the transform makes of the base, as text; "none" for no block, or the error. */
static char *
apply_text (const char *transform_text,
            const char *base_text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) json = weft_json_parse (transform_text, -1, &error);
  g_autoptr (WeftBlock) base = base_text != NULL ? block_from_text (base_text) : NULL;
  g_autoptr (WeftBlock) result = NULL;
  g_autoptr (WeftTransform) transform = NULL;
  g_autofree char *before = base != NULL ? weft_block_to_string (base) : NULL;

  g_assert_no_error (error);
  transform = weft_transform_from_json (json, &error);
  g_assert_no_error (error);
  if (!weft_transform_apply (transform, base, &result, &error))
    {
      g_assert_null (result);
      return g_strdup_printf ("%d %s", error->code, error->message);
    }
  g_assert_no_error (error);
  if (base != NULL)
    {
      g_autofree char *after = weft_block_to_string (base);

      g_assert_cmpstr (before, ==, after);
    }

  return result != NULL ? weft_block_to_string (result) : g_strdup ("none");
}

#define H "\"header\":{\"collectionId\":\"c\",\"id\":\"b\",\"type\":\"t\"}"

static const struct
{
  const char *transform;
  const char *base;
  const char *expected;
} cases[] = {
  { "{}", NULL, "none" },
  { "{}", "{" H "}", "{" H "}" },
  { "{\"delete\":true}", NULL, "none" },
  { "{\"delete\":true}", "{" H "}", "none" },
  { "{\"insert\":{\"x\":1," H "}}", "{\"a\":1," H "}", "{" H ",\"x\":1}" },
  { "{\"insert\":{\"x\":1," H "},\"updates\":[[\"x\",null,null]]}", NULL, "{" H "}" },
  { "{\"insert\":{\"x\":1," H "},\"delete\":true}", NULL, "none" },
  { "{\"updates\":[[\"a\",null,null,1]]}", NULL, "13 expected a block to update, found none" },
  { "{\"updates\":[[\"a\",null,null,1]],\"delete\":true}", NULL,
    "13 expected a block to update, found none" },
  { "{\"updates\":[[\"a\",null,null,null]]}", "{" H "}", "{\"a\":null," H "}" },
  { "{\"updates\":[[\"a\",null,null,0]]}", "{" H "}", "{\"a\":0," H "}" },
  { "{\"updates\":[[\"a\",null,null,\"\"]]}", "{" H "}", "{\"a\":\"\"," H "}" },
  { "{\"updates\":[[\"a\",null,null,false]]}", "{\"a\":true," H "}", "{\"a\":false," H "}" },
  { "{\"updates\":[[\"a\",null,null,[]]]}", "{\"a\":true," H "}", "{\"a\":[]," H "}" },
  { "{\"updates\":[[\"a\",null,null]]}", "{\"a\":true," H "}", "{" H "}" },
  { "{\"updates\":[[\"a\",null,null]]}", "{" H "}", "{" H "}" },
  { "{\"updates\":[[\"a\",3,4,5]]}", "{" H "}", "{\"a\":5," H "}" },
  { "{\"updates\":[[\"a\",0,0,null]]}", "{\"a\":[1]," H "}", "{\"a\":null," H "}" },
  { "{\"updates\":[[\"a\",0,0,[1,2]]]}", "{" H "}", "{\"a\":[1,2]," H "}" },
  { "{\"updates\":[[\"a\",0,5,[]]]}", "{" H "}", "{\"a\":[]," H "}" },
  { "{\"updates\":[[\"a\",1,1,[7,8]]]}", "{\"a\":[1,2,3]," H "}", "{\"a\":[1,7,8,3]," H "}" },
  { "{\"updates\":[[\"a\",-1,0,[7]]]}", "{\"a\":[1,2,3]," H "}", "{\"a\":[1,2,7,3]," H "}" },
  { "{\"updates\":[[\"a\",-9,1,[7]]]}", "{\"a\":[1,2,3]," H "}", "{\"a\":[7,2,3]," H "}" },
  { "{\"updates\":[[\"a\",9,9,[7]]]}", "{\"a\":[1,2,3]," H "}", "{\"a\":[1,2,3,7]," H "}" },
  { "{\"updates\":[[\"a\",1,9,[]]]}", "{\"a\":[1,2,3]," H "}", "{\"a\":[1]," H "}" },
  { "{\"updates\":[[\"a\",1,-3,[7]]]}", "{\"a\":[1,2]," H "}", "{\"a\":[1,7,2]," H "}" },
  { "{\"updates\":[[\"a\",0,0,[]]]}", "{\"a\":\"s\"," H "}",
    "1 a: expected an array, got a string" },
  { "{\"updates\":[[\"a\",0,0,[]]]}", "{\"a\":null," H "}", "1 a: expected an array, got null" },
  { "{\"updates\":[[\"a\\\",[\\\\\",null,null,{\"x\":[1,\",]\"]}]]}", "{" H "}",
    "{\"a\\\",[\\\\\":{\"x\":[1,\",]\"]}," H "}" },
  { "{\"updates\":[[\"\\u00e9\",-7,12,\"\\\"\"]]}", "{" H "}", "{" H ",\"é\":\"\\\"\"}" },
  { "{\"updates\":[[\"a\",null,null,[1,\"s\"]],[\"a\",-1,0,[{}]]]}", "{" H "}",
    "{\"a\":[1,{},\"s\"]," H "}" },
  { "{\"updates\":[[\"a\",null,null,[1]],[\"a\",null,null,[2]],[\"b\",0,0,1]]}", "{" H "}",
    "{\"a\":[2],\"b\":1," H "}" },
  { "{\"updates\":[[\"a\",null,null,{}],[\"a\",0,0,[1]]]}", "{" H "}",
    "1 a: expected an array, got an object" },
  { "{\"updates\":[[\"a\",null,null,1],[\"a\",null,null],[\"a\",0,0,[2]],[\"a\",-1,0,[1]]]}",
    "{\"a\":0," H ",\"z\":9}", "{\"a\":[1,2]," H ",\"z\":9}" },
};

static void
test_apply (void)
{
  g_test_summary ("An insert replaces the base, updates follow in order, a delete leaves nothing; "
                  "every value is a value, and the base stays as it was.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *result = apply_text (cases[i].transform, cases[i].base);

      g_test_message ("%s on %s", cases[i].transform, cases[i].base);
      g_assert_cmpstr (result, ==, cases[i].expected);
    }
}

/* A reference that is as plain as can be: attributes `a` to `c`, each absent, a number or a list
 * of numbers. */
typedef struct
{
  enum { ABSENT, NUMBER, LIST } kind;
  int number;
  GArray *list; /* int */
} Plain;

#define N_PLAIN 3

static void
plain_splice (Plain  *self,
              gint64  index,
              gint64  delete_count,
              GArray *items)
{
  GArray *result = g_array_new (FALSE, FALSE, sizeof (int));
  gint64 length = self->kind == LIST ? self->list->len : 0;

  if (index < 0)
    index = MAX (index + length, 0);
  for (gint64 i = 0; i < length && i < index; i++)
    g_array_append_val (result, g_array_index (self->list, int, i));
  for (guint i = 0; i < items->len; i++)
    g_array_append_val (result, g_array_index (items, int, i));
  for (gint64 i = index + MAX (delete_count, 0); i < length; i++)
    g_array_append_val (result, g_array_index (self->list, int, i));

  g_clear_pointer (&self->list, g_array_unref);
  self->kind = LIST;
  self->list = result;
}

static char *
plain_to_string (const Plain plain[N_PLAIN])
{
  GString *text = g_string_new ("{");

  for (guint i = 0; i < N_PLAIN; i++)
    {
      if (plain[i].kind == ABSENT)
        continue;
      g_string_append_printf (text, "\"%c\":", 'a' + i);
      if (plain[i].kind == NUMBER)
        g_string_append_printf (text, "%d,", plain[i].number);
      else
        {
          g_string_append_c (text, '[');
          for (guint j = 0; j < plain[i].list->len; j++)
            g_string_append_printf (text, "%s%d", j > 0 ? "," : "",
                                    g_array_index (plain[i].list, int, j));
          g_string_append (text, "],");
        }
    }
  g_string_append (text, H "}");

  return g_string_free (text, FALSE);
}

static WeftOperation *
random_splice (Plain      *plain,
               const char *name)
{
  g_autoptr (JsonArray) items = json_array_new ();
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (int));
  gint64 index = g_test_rand_int_range (-12, 13);
  gint64 delete_count = g_test_rand_int_range (-1, 6);
  int n_items = g_test_rand_int_range (0, 5);

  for (int i = 0; i < n_items; i++)
    {
      int number = g_test_rand_int_range (0, 1000);

      json_array_add_int_element (items, number);
      g_array_append_val (numbers, number);
    }
  plain_splice (plain, index, delete_count, numbers);

  return weft_operation_new_splice (name, index, delete_count, items, NULL);
}

/* Does something to the reference, and says what as an operation. */
static WeftOperation *
random_operation (Plain plain[N_PLAIN])
{
  g_autoptr (JsonNode) value = NULL;
  int which = g_test_rand_int_range (0, N_PLAIN);
  char name[] = { (char) ('a' + which), '\0' };
  int choice = g_test_rand_int_range (0, 10);

  if (choice < 8 && plain[which].kind != NUMBER)
    return random_splice (&plain[which], name);

  g_clear_pointer (&plain[which].list, g_array_unref);
  plain[which].kind = choice % 2 == 0 ? ABSENT : NUMBER;
  if (plain[which].kind == ABSENT)
    return weft_operation_new_unset (name, NULL);

  plain[which].number = choice;
  value = json_node_init_int (json_node_alloc (), choice);
  return weft_operation_new_set (name, value, NULL);
}

static void
test_reference (void)
{
  g_test_summary ("Operations, one by one and all at once, do what a plain reference does.");

  for (guint round = 0; round < 200; round++)
    {
      Plain plain[N_PLAIN] = { { ABSENT, 0, NULL }, };
      g_autoptr (GPtrArray) updates = NULL;
      g_autoptr (WeftTransform) transform = NULL;
      g_autoptr (WeftBlock) base = block_from_text ("{" H "}");
      g_autoptr (WeftBlock) stepwise = weft_block_ref (base);
      g_autoptr (WeftBlock) at_once = NULL;
      g_autofree char *expected = NULL;
      g_autofree char *text = NULL;

      updates = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);
      for (guint i = 0; i < 30; i++)
        {
          WeftOperation *operation = random_operation (plain);
          WeftBlock *next = weft_operation_apply (operation, stepwise, NULL);

          g_assert_nonnull (next);
          weft_block_unref (stepwise);
          stepwise = next;
          g_ptr_array_add (updates, operation);
        }

      expected = plain_to_string (plain);
      text = weft_block_to_string (stepwise);
      g_assert_cmpstr (text, ==, expected);
      transform = weft_transform_new (NULL, updates, FALSE);
      g_assert_true (weft_transform_apply (transform, base, &at_once, NULL));
      g_assert_true (weft_block_equal (stepwise, at_once));
      for (guint i = 0; i < N_PLAIN; i++)
        g_clear_pointer (&plain[i].list, g_array_unref);
    }
}

static WeftTransforms *
random_transforms (void)
{
  g_autoptr (GPtrArray) updates = NULL;
  g_autoptr (WeftBlock) block = block_from_text ("{\"a\":[9]," H "}");
  g_autoptr (WeftTransform) transform = NULL;
  Plain plain[N_PLAIN] = { { ABSENT, 0, NULL }, };

  updates = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_operation_unref);
  for (int i = g_test_rand_int_range (0, 4); i > 0; i--)
    g_ptr_array_add (updates, random_splice (&plain[0], "a"));
  g_clear_pointer (&plain[0].list, g_array_unref);
  transform = weft_transform_new (g_test_rand_bit () ? block : NULL, updates, g_test_rand_bit ());

  return weft_transforms_new_for_block ("b", transform, NULL);
}

static gboolean
apply_to_block (WeftTransforms  *transforms,
                WeftBlock       *base,
                WeftBlock      **result)
{
  g_autoptr (WeftTransform) transform = weft_transforms_lookup (transforms, "b");

  return weft_transform_apply (transform, base, result, NULL);
}

static void
test_merge_is_sequence (void)
{
  guint n_compared = 0;

  g_test_summary ("Wherever two transforms can be applied in turn, merged they give the same.");

  for (guint round = 0; round < 500; round++)
    {
      g_autoptr (WeftTransforms) earlier = random_transforms ();
      g_autoptr (WeftTransforms) later = random_transforms ();
      g_autoptr (WeftTransforms) merged = weft_transforms_merge (earlier, later);
      g_autoptr (WeftBlock) base = block_from_text ("{\"a\":[1,2,3]," H "}");
      g_autoptr (WeftBlock) middle = NULL;
      g_autoptr (WeftBlock) end = NULL;
      g_autoptr (WeftBlock) result = NULL;

      g_assert_true (apply_to_block (earlier, base, &middle));
      if (!apply_to_block (later, middle, &end))
        continue;
      /* A transform that does nothing to a deleted block leaves it deleted, also when merged. */
      g_assert_true (apply_to_block (merged, base, &result));
      g_assert_true ((end == NULL) == (result == NULL));
      g_assert_true (end == NULL || weft_block_equal (end, result));
      n_compared++;
    }

  g_assert_cmpuint (n_compared, >, 100);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/apply/cases", test_apply);
  g_test_add_func ("/model/apply/reference", test_reference);
  g_test_add_func ("/model/apply/merge-is-sequence", test_merge_is_sequence);

  return g_test_run ();
}
