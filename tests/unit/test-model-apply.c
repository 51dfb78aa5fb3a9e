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

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/apply", test_apply);

  return g_test_run ();
}
