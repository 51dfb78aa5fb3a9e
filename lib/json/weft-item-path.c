/* weft-item-path.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Typed access to the values of a tape, with errors that name the place.
 */

#include "config.h"

#include "weft-limits.h"
#include "weft-tape-private.h"

static const char *
describe (const WeftItem *item)
{
  static const char *const names[] = {
    [WEFT_ITEM_NULL] = "null",        [WEFT_ITEM_BOOLEAN] = "a boolean",
    [WEFT_ITEM_INTEGER] = "a number", [WEFT_ITEM_REAL] = "a number",
    [WEFT_ITEM_STRING] = "a string",  [WEFT_ITEM_ARRAY] = "an array",
    [WEFT_ITEM_OBJECT] = "an object",
  };

  return item != NULL ? names[item->kind] : "nothing";
}

static void
set_type_error (GError            **error,
                const WeftJsonPath *path,
                const char         *expected,
                const WeftItem     *item)
{
  weft_json_set_error (error, path, "expected %s, got %s", expected, describe (item));
}

const WeftItem *
weft_item_get_object (const WeftItem      *item,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  if (item->kind == WEFT_ITEM_OBJECT)
    return item;
  set_type_error (error, path, "an object", item);
  return NULL;
}

const WeftItem *
weft_item_get_array (const WeftItem      *item,
                     const WeftJsonPath  *path,
                     GError             **error)
{
  if (item->kind == WEFT_ITEM_ARRAY)
    return item;
  set_type_error (error, path, "an array", item);
  return NULL;
}

const char *
weft_item_get_string (const WeftItem      *item,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  if (item->kind == WEFT_ITEM_STRING)
    return item->string;
  set_type_error (error, path, "a string", item);
  return NULL;
}

static char *
describe_range (gint64 min,
                gint64 max)
{
  if (max < WEFT_LIMIT_INTEGER_MAX)
    return g_strdup_printf ("an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
  if (min == 1)
    return g_strdup ("a positive integer");
  if (min == 0)
    return g_strdup ("a non-negative integer");
  if (min <= -WEFT_LIMIT_INTEGER_MAX)
    return g_strdup ("an integer");
  return g_strdup_printf ("an integer of at least %" G_GINT64_FORMAT, min);
}

gboolean
weft_item_get_integer (const WeftItem      *item,
                       const WeftJsonPath  *path,
                       gint64               min,
                       gint64               max,
                       gint64              *value,
                       GError             **error)
{
  gboolean is_integer = item != NULL && item->kind == WEFT_ITEM_INTEGER;
  g_autofree char *range = NULL;

  g_assert (min <= max);

  if (is_integer && item->integer >= min && item->integer <= max)
    {
      *value = item->integer;
      return TRUE;
    }
  range = describe_range (min, max);
  if (is_integer)
    weft_json_set_error (error, path, "expected %s, got %" G_GINT64_FORMAT, range, item->integer);
  else
    set_type_error (error, path, range, item);
  return FALSE;
}

const WeftItem *
weft_item_require_member (const WeftItem      *object,
                          const char          *name,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  const WeftItem *item = weft_item_find (object, name);

  if (item == NULL)
    set_type_error (error, &member, "a value", NULL);
  return item;
}

const char *
weft_item_require_string (const WeftItem      *object,
                          const char          *name,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  const WeftItem *item = weft_item_find (object, name);

  if (item != NULL)
    return weft_item_get_string (item, &member, error);
  set_type_error (error, &member, "a string", NULL);
  return NULL;
}

gboolean
weft_item_optional_string (const WeftItem      *object,
                           const char          *name,
                           const WeftJsonPath  *path,
                           const char         **value,
                           GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  const WeftItem *item = weft_item_find (object, name);

  *value = item != NULL ? weft_item_get_string (item, &member, error) : NULL;
  return item == NULL || *value != NULL;
}

gboolean
weft_item_require_integer (const WeftItem      *object,
                           const char          *name,
                           const WeftJsonPath  *path,
                           gint64               min,
                           gint64               max,
                           gint64              *value,
                           GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };

  return weft_item_get_integer (weft_item_find (object, name), &member, min, max, value, error);
}

gboolean
weft_item_optional_integer (const WeftItem      *object,
                            const char          *name,
                            const WeftJsonPath  *path,
                            gint64               min,
                            gint64               max,
                            gint64               fallback,
                            gint64              *value,
                            GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  const WeftItem *item = weft_item_find (object, name);

  if (item != NULL)
    return weft_item_get_integer (item, &member, min, max, value, error);
  *value = fallback;
  return TRUE;
}

gboolean
weft_item_optional_boolean (const WeftItem      *object,
                            const char          *name,
                            const WeftJsonPath  *path,
                            gboolean             fallback,
                            gboolean            *value,
                            GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  const WeftItem *item = weft_item_find (object, name);

  *value = fallback;
  if (item == NULL)
    return TRUE;
  if (item->kind == WEFT_ITEM_BOOLEAN)
    {
      *value = item->boolean;
      return TRUE;
    }
  set_type_error (error, &member, "a boolean", item);
  return FALSE;
}

gboolean
weft_item_check_members (const WeftItem      *object,
                         const char *const   *names,
                         const WeftJsonPath  *path,
                         GError             **error)
{
  for (const WeftItem *member = weft_item_first (object); member != NULL;
       member = weft_item_next (object, member))
    if (!g_strv_contains (names, member->name))
      {
        const WeftJsonPath here = { path, member->name, 0 };

        weft_json_set_error (error, &here, "expected no such member");
        return FALSE;
      }
  return TRUE;
}
