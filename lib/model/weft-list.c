/* weft-list.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-list-private.h"

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
weft_list_read (const WeftListType  *type,
                const WeftItem      *object,
                const char          *name,
                const WeftJsonPath  *path,
                GError             **error)
{
  g_autoptr (GPtrArray) values = NULL;
  WeftJsonPath list = { path, name, 0 };
  WeftJsonPath here = { &list, NULL, 0 };
  const WeftItem *array = weft_item_find (object, name);
  const WeftItem *item;

  if (array == NULL)
    return g_ptr_array_new_with_free_func (type->unref);
  if (weft_item_get_array (array, &list, error) == NULL)
    return NULL;

  values = g_ptr_array_new_full (array->length, type->unref);
  for (item = weft_item_first (array); item != NULL; item = weft_item_next (array, item))
    {
      gpointer value = type->read (item, &here, error);

      if (value == NULL)
        return NULL;
      g_ptr_array_add (values, value);
      here.index++;
    }

  return g_steal_pointer (&values);
}

void
weft_list_append (const WeftListType *type,
                  GPtrArray          *values,
                  GString            *text)
{
  g_string_append_c (text, '[');
  for (guint i = 0; i < values->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      type->append (g_ptr_array_index (values, i), text);
    }
  g_string_append_c (text, ']');
}
