/* fuzz-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is read is valid, and its canonical text reads as the same value and writes as itself,
 * whether by way of a tree or not.
 * What is refused has an error that can be printed.
 */

#include "config.h"

#include <string.h>

#include "fuzz-target.h"
#include "weft-error.h"
#include "weft-tape-private.h"

#define ITEM_BYTES_MAX 1000

static void
append_tree (const WeftItem *item,
             GString        *text)
{
  g_autoptr (JsonNode) node = weft_item_to_node (item);

  weft_json_append (text, node);
}

/* Each value of a tape is canonical where it says so, and nowhere else. */
static void
check_items (const WeftItem *root)
{
  for (guint i = 0; i < root->span; i++)
    {
      const WeftItem *item = root + i;
      g_autoptr (GString) text = g_string_new (NULL);

      /* So that what is small is looked at whole, and what is large in little time. */
      if (item->source_length > ITEM_BYTES_MAX)
        continue;
      append_tree (item, text);
      g_assert_true (item->is_canonical
                     == (text->len == item->source_length
                         && memcmp (text->str, item->source, text->len) == 0));
    }
}

static void
check_tape (GBytes   *text,
            JsonNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftTape) tape = weft_tape_read (text, NULL, &error);
  g_autoptr (WeftTape) from_node = NULL;
  g_autoptr (GString) written = g_string_new (NULL);
  g_autofree char *canonical = NULL;

  g_assert_true ((tape != NULL) == (node != NULL));
  if (tape == NULL)
    return;
  canonical = weft_json_to_string (node);
  weft_item_append (weft_tape_get_root (tape), written);
  g_assert_cmpstr (written->str, ==, canonical);
  from_node = weft_tape_new_from_node (node, NULL);
  g_assert_true (weft_item_equal (weft_tape_get_root (tape), weft_tape_get_root (from_node)));
  check_items (weft_tape_get_root (tape));
}

static void
check_accepted (JsonNode *node)
{
  g_autoptr (GBytes) text = weft_json_to_bytes (node);
  g_autoptr (GBytes) text_again = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (json_node_is_immutable (node));
  weft_json_validate (node, &error);
  g_assert_no_error (error);

  again = weft_json_parse_bytes (text, &error);
  g_assert_no_error (error);
  text_again = weft_json_to_bytes (again);
  g_assert_true (weft_json_equal (node, again));
  g_assert_true (g_bytes_equal (text, text_again));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = weft_json_parse ((const char *) data, (gssize) size, &error);
  g_autoptr (GBytes) text = g_bytes_new_static (data, size);

  check_tape (text, node);
  if (node != NULL)
    check_accepted (node);
  else
    {
      g_assert_true (error->domain == WEFT_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  return 0;
}
