/* weft-range.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-range-private.h"

#include "weft-ids-private.h"
#include "weft-limits.h"

/* Reads `[start]` or `[start,end]`. */
gboolean
weft_range_read (const WeftItem      *item,
                 WeftRange           *range,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  WeftJsonPath start = { path, NULL, 0 };
  WeftJsonPath end = { path, NULL, 1 };
  const WeftItem *array = weft_item_get_array (item, path, error);
  const WeftItem *first;

  if (array == NULL)
    return FALSE;
  if (array->length < 1 || array->length > 2)
    {
      weft_json_set_error (error, path, "expected [start] or [start,end], got %u elements",
                           array->length);
      return FALSE;
    }

  first = weft_item_first (array);
  range->end = WEFT_RANGE_OPEN;
  if (!weft_item_get_integer (first, &start, 1, WEFT_REV_MAX - 1, &range->start, error))
    return FALSE;

  return array->length == 1
         || weft_item_get_integer (weft_item_next (array, first), &end, range->start + 1,
                                   WEFT_REV_MAX, &range->end, error);
}

void
weft_range_append (const WeftRange *range,
                   GString         *text)
{
  g_string_append_c (text, '[');
  weft_json_append_integer (text, range->start);
  if (range->end != WEFT_RANGE_OPEN)
    {
      g_string_append_c (text, ',');
      weft_json_append_integer (text, range->end);
    }
  g_string_append_c (text, ']');
}
