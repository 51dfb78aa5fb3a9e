/* weft-item.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The values of a tape as trees and as text.
 */

#include "config.h"

#include <string.h>

#include "weft-json-string-private.h"
#include "weft-tape-private.h"
#include "weft-text-private.h"

static JsonNode *
make_object (const WeftItem *item)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (const WeftItem *member = weft_item_first (item); member != NULL;
       member = weft_item_next (item, member))
    /* Saves a look into the hash table. */
    if (member->kind == WEFT_ITEM_STRING)
      json_object_set_string_member (object, member->name, member->string);
    else
      json_object_set_member (object, member->name, weft_item_make_node (member));
  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
make_array (const WeftItem *item)
{
  g_autoptr (JsonArray) array = json_array_sized_new (item->length);

  for (const WeftItem *element = weft_item_first (item); element != NULL;
       element = weft_item_next (item, element))
    json_array_add_element (array, weft_item_make_node (element));
  return json_node_init_array (json_node_alloc (), array);
}

JsonNode *
weft_item_make_node (const WeftItem *item)
{
  switch (item->kind)
    {
    case WEFT_ITEM_NULL:
      return json_node_init_null (json_node_alloc ());
    case WEFT_ITEM_BOOLEAN:
      return json_node_init_boolean (json_node_alloc (), item->boolean);
    case WEFT_ITEM_INTEGER:
      return json_node_init_int (json_node_alloc (), item->integer);
    case WEFT_ITEM_REAL:
      return json_node_init_double (json_node_alloc (), item->real);
    case WEFT_ITEM_STRING:
      return json_node_init_string (json_node_alloc (), item->string);
    case WEFT_ITEM_ARRAY:
      return make_array (item);
    case WEFT_ITEM_OBJECT:
      return make_object (item);
    default:
      g_assert_not_reached ();
    }
}

JsonNode *
weft_item_to_node (const WeftItem *item)
{
  JsonNode *node = weft_item_make_node (item);

  /* Once, from the top: sealing hashes every string, and what is sealed already costs nothing. */
  json_node_seal (node);
  return node;
}

static void
append_member (const WeftItem *member,
               gboolean        is_first,
               GString        *text)
{
  gboolean written;

  if (!is_first)
    g_string_append_c (text, ',');
  written = weft_json_append_string (text, member->name);
  g_assert (written);
  g_string_append_c (text, ':');
  weft_item_append (member, text);
}

static void
append_object (const WeftItem *object,
               GString        *text)
{
  g_autofree const WeftItem **members = weft_item_sort (object);

  g_string_append_c (text, '{');
  for (guint i = 0; i < object->length; i++)
    append_member (members[i], i == 0, text);
  g_string_append_c (text, '}');
}

static void
append_array (const WeftItem *array,
              GString        *text)
{
  const WeftItem *first = weft_item_first (array);

  g_string_append_c (text, '[');
  for (const WeftItem *element = first; element != NULL; element = weft_item_next (array, element))
    {
      if (element != first)
        g_string_append_c (text, ',');
      weft_item_append (element, text);
    }
  g_string_append_c (text, ']');
}

static void
append_real (double   value,
             GString *text)
{
  char digits[WEFT_JSON_NUMBER_CHARS_MAX];

  g_string_append_len (text, digits, (gssize) weft_json_format_double (value, digits));
}

void
weft_item_append (const WeftItem *item,
                  GString        *text)
{
  gboolean written;

  if (item->is_canonical)
    {
      weft_text_append_len (text, item->source, item->source_length);
      return;
    }

  switch (item->kind)
    {
    case WEFT_ITEM_INTEGER:
      weft_json_append_integer (text, item->integer);
      return;
    case WEFT_ITEM_REAL:
      append_real (item->real, text);
      return;
    case WEFT_ITEM_STRING:
      written = weft_json_append_string (text, item->string);
      g_assert (written);
      return;
    case WEFT_ITEM_ARRAY:
      append_array (item, text);
      return;
    case WEFT_ITEM_OBJECT:
      append_object (item, text);
      return;
    case WEFT_ITEM_NULL:
    case WEFT_ITEM_BOOLEAN:
    default:
      /* There is one way to write these. */
      g_assert_not_reached ();
    }
}

char *
weft_item_to_text (const WeftItem *item)
{
  g_autoptr (GString) text = NULL;

  if (item->is_canonical)
    return g_ref_string_new_len (item->source, item->source_length);

  text = g_string_sized_new (item->source_length);
  weft_item_append (item, text);
  return g_ref_string_new_len (text->str, (gssize) text->len);
}

static gboolean
equal_members (const WeftItem *a,
               const WeftItem *b)
{
  for (const WeftItem *member = weft_item_first (a); member != NULL;
       member = weft_item_next (a, member))
    {
      const WeftItem *other = weft_item_find (b, member->name);

      if (other == NULL || !weft_item_equal (member, other))
        return FALSE;
    }
  return TRUE;
}

static gboolean
equal_elements (const WeftItem *a,
                const WeftItem *b)
{
  const WeftItem *other = weft_item_first (b);

  for (const WeftItem *element = weft_item_first (a); element != NULL;
       element = weft_item_next (a, element))
    {
      if (!weft_item_equal (element, other))
        return FALSE;
      other = weft_item_next (b, other);
    }
  return TRUE;
}

gboolean
weft_item_equal (const WeftItem *a,
                 const WeftItem *b)
{
  if (a->is_canonical && b->is_canonical)
    return a->source_length == b->source_length
           && memcmp (a->source, b->source, a->source_length) == 0;
  if (a->kind != b->kind || a->length != b->length)
    return FALSE;

  switch (a->kind)
    {
    case WEFT_ITEM_NULL:
      return TRUE;
    case WEFT_ITEM_BOOLEAN:
      return a->boolean == b->boolean;
    case WEFT_ITEM_INTEGER:
      return a->integer == b->integer;
    case WEFT_ITEM_REAL:
      return a->real == b->real;
    case WEFT_ITEM_STRING:
      return g_str_equal (a->string, b->string);
    case WEFT_ITEM_ARRAY:
      return equal_elements (a, b);
    case WEFT_ITEM_OBJECT:
      return equal_members (a, b);
    default:
      g_assert_not_reached ();
    }
}
