/* weft-list.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-list-private.h"

#include "weft-content-private.h"

GPtrArray *
weft_list_copy (const WeftListType *type,
                GPtrArray          *values)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (type->unref);

  for (guint i = 0; values != NULL && i < values->len; i++)
    g_ptr_array_add (copy, type->ref (g_ptr_array_index (values, i)));

  return copy;
}

GPtrArray *
weft_list_parse (const WeftListType  *type,
                 JsonObject          *object,
                 const char          *name,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (type->unref);
  WeftJsonPath list = { path, name, 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  JsonNode *member = json_object_get_member (object, name);
  JsonArray *array;
  guint length;

  if (member == NULL)
    return g_steal_pointer (&values);

  array = weft_json_get_array (member, &list, error);
  if (array == NULL)
    return NULL;

  length = json_array_get_length (array);
  for (; here.index < length; here.index++)
    {
      gpointer value = type->parse (json_array_get_element (array, here.index), &here, error);

      if (value == NULL)
        return NULL;
      g_ptr_array_add (values, value);
    }

  return g_steal_pointer (&values);
}

JsonNode *
weft_list_to_json (const WeftListType *type,
                   GPtrArray          *values)
{
  JsonArray *array = json_array_sized_new (values->len);

  for (guint i = 0; i < values->len; i++)
    json_array_add_element (array, type->to_json (g_ptr_array_index (values, i)));

  return weft_content_seal_array (array);
}
