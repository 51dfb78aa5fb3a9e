/* fuzz-json.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is read is valid, and its canonical text reads as the same value and writes as itself.
 * What is refused has an error that can be printed.
 */

#include "config.h"

#include "fuzz-target.h"
#include "weft-error.h"
#include "weft-json.h"

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

  if (node != NULL)
    check_accepted (node);
  else
    {
      g_assert_true (error->domain == WEFT_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  return 0;
}
