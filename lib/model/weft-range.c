/* weft-range.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-range-private.h"

#include "weft-content-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"

/* Reads `[start]` or `[start,end]`. */
gboolean
weft_range_parse (JsonNode            *json,
                  WeftRange           *range,
                  const WeftJsonPath  *path,
                  GError             **error)
{
  WeftJsonPath start = { path, NULL, 0 };
  WeftJsonPath end = { path, NULL, 1 };
  JsonArray *array = weft_json_get_array (json, path, error);
  guint length;

  if (array == NULL)
    return FALSE;

  length = json_array_get_length (array);
  if (length < 1 || length > 2)
    {
      weft_json_set_error (error, path, "expected [start] or [start,end], got %u elements",
                           length);
      return FALSE;
    }

  range->end = WEFT_RANGE_OPEN;
  if (!weft_json_get_integer (json_array_get_element (array, 0), &start, 1, WEFT_REV_MAX - 1,
                              &range->start, error))
    return FALSE;

  return length == 1 ||
         weft_json_get_integer (json_array_get_element (array, 1), &end, range->start + 1,
                                WEFT_REV_MAX, &range->end, error);
}

JsonNode *
weft_range_to_json (const WeftRange *range)
{
  JsonArray *pair = json_array_sized_new (2);

  json_array_add_int_element (pair, range->start);
  if (range->end != WEFT_RANGE_OPEN)
    json_array_add_int_element (pair, range->end);

  return weft_content_seal_array (pair);
}
