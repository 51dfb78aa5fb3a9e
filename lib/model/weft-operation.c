/* weft-operation.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-operation-private.h"

#include <string.h>

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-draft-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parts-private.h"

/**
 * WeftOperation:
 *
 * A change to one attribute of a block: a splice of an array, a new value, or none.
 *
 * Its JSON is an array. `[attribute, index, deleteCount, [items…]]` splices;
 * `[attribute, null, null, value]` sets, whatever the value is; `[attribute, null, null]` unsets.
 * `[attribute, index, deleteCount, value]` with a value that is no array also sets. What came
 * in is kept as it was, because it may be signed.
 *
 * Since: 0.1
 */
struct _WeftOperation
{
  WeftContent content;
  WeftOperationKind kind;
  gint64 index;
  gint64 delete_count;
  char attribute[];
};

static void
clear (WeftOperation *self)
{
  weft_content_clear (&self->content);
}

/**
 * weft_operation_ref:
 * @self: an operation
 *
 * Takes a reference. References may be taken and dropped in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
/**
 * weft_operation_unref:
 * @self: (transfer full): an operation
 *
 * Drops a reference; the last one frees the value.
 *
 * Since: 0.1
 */
/**
 * weft_operation_to_string:
 * @self: an operation
 *
 * Writes the value as canonical JSON (RFC 8785).
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
/**
 * weft_operation_equal:
 * @a: an operation
 * @b: another one
 *
 * Compares two values by their canonical JSON.
 *
 * Returns: whether they are the same
 *
 * Since: 0.1
 */
/**
 * weft_operation_to_json:
 * @self: an operation
 *
 * Writes the value as an array of 3 or 4 elements.
 *
 * Returns: (transfer full): an immutable node
 *
 * Since: 0.1
 */
WEFT_DEFINE_BOXED_TEXT (WeftOperation, weft_operation, clear)

/* The elements of the array; what is not there is NULL. */
enum
{
  ATTRIBUTE,
  INDEX,
  DELETE_COUNT,
  VALUE,
  N_ELEMENTS
};

static gboolean
list_elements (const WeftItem      *array,
               const WeftItem      *elements[N_ELEMENTS],
               const WeftJsonPath  *path,
               GError             **error)
{
  const WeftItem *element;
  guint n_elements = 0;

  if (weft_item_get_array (array, path, error) == NULL)
    return FALSE;
  if (array->length <= DELETE_COUNT || array->length > N_ELEMENTS)
    {
      weft_json_set_error (error, path, "expected an array of 3 or 4 elements, got %u",
                           array->length);
      return FALSE;
    }

  elements[VALUE] = NULL;
  for (element = weft_item_first (array); element != NULL;
       element = weft_item_next (array, element))
    elements[n_elements++] = element;

  return TRUE;
}

static const char *
check_attribute (const WeftItem      *element,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  WeftJsonPath here = { path, NULL, ATTRIBUTE };
  const char *name = weft_item_get_string (element, &here, error);

  if (name == NULL || !weft_ids_check_name (name, &here, error))
    return NULL;
  if (g_str_equal (name, "header"))
    {
      weft_json_set_error (error, &here, "expected an attribute, not the header");
      return NULL;
    }

  return name;
}

/* Reads index and deleteCount, which are integers for a splice and null otherwise. */
static gboolean
check_numbers (const WeftItem      *elements[N_ELEMENTS],
               gint64               numbers[2],
               const WeftJsonPath  *path,
               GError             **error)
{
  for (guint i = 0; i < 2; i++)
    {
      WeftJsonPath here = { path, NULL, INDEX + i };

      if (!weft_item_get_integer (elements[INDEX + i], &here, -WEFT_LIMIT_INTEGER_MAX,
                                  WEFT_LIMIT_INTEGER_MAX, &numbers[i], error))
        return FALSE;
    }

  return TRUE;
}

/* Finds out what the array asks for. */
static gboolean
classify (WeftOperation       *self,
          const WeftItem      *elements[N_ELEMENTS],
          const WeftJsonPath  *path,
          GError             **error)
{
  const WeftItem *value = elements[VALUE];
  gint64 numbers[2];

  if (elements[INDEX]->kind == WEFT_ITEM_NULL && elements[DELETE_COUNT]->kind == WEFT_ITEM_NULL)
    {
      self->kind = value != NULL ? WEFT_OPERATION_KIND_SET : WEFT_OPERATION_KIND_UNSET;
      return TRUE;
    }

  if (!check_numbers (elements, numbers, path, error))
    return FALSE;
  if (value == NULL)
    {
      weft_json_set_error (error, path, "expected the items of a splice");
      return FALSE;
    }
  if (value->kind != WEFT_ITEM_ARRAY)
    {
      self->kind = WEFT_OPERATION_KIND_SET;
      return TRUE;
    }

  self->kind = WEFT_OPERATION_KIND_SPLICE;
  self->index = numbers[0];
  self->delete_count = numbers[1];
  return TRUE;
}

WeftOperation *
weft_operation_read (const WeftItem      *item,
                     const WeftJsonPath  *path,
                     GError             **error)
{
  g_autoptr (WeftOperation) self = NULL;
  const WeftItem *elements[N_ELEMENTS];
  const char *attribute;
  gsize attribute_bytes;

  if (!list_elements (item, elements, path, error))
    return NULL;
  attribute = check_attribute (elements[ATTRIBUTE], path, error);
  if (attribute == NULL)
    return NULL;

  attribute_bytes = strlen (attribute) + 1;
  self = g_atomic_rc_box_alloc0 (sizeof (WeftOperation) + attribute_bytes);
  memcpy (self->attribute, attribute, attribute_bytes);
  if (!classify (self, elements, path, error))
    return NULL;
  if (!weft_content_read (&self->content, item, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

WeftTape *
weft_operation_open (WeftOperation   *self,
                     const WeftItem **value)
{
  char *text = self->content.text;
  WeftTape *tape = weft_tape_read_own (text, g_ref_string_length (text));
  const WeftItem *elements[N_ELEMENTS];

  g_assert (list_elements (weft_tape_get_root (tape), elements, NULL, NULL));

  *value = elements[VALUE];
  return tape;
}

/* Of [attribute,number or null,number or null,value]. */
const char *
weft_operation_get_value_text (WeftOperation *self,
                               gsize         *length)
{
  const char *text = self->content.text;
  const char *end = text + g_ref_string_length (self->content.text) - 1;
  const char *at = text + 2;

  g_assert (self->kind == WEFT_OPERATION_KIND_SET);

  while (*at != '"')
    at += *at == '\\' ? 2 : 1;
  for (guint i = 0; i < 3; i++)
    at = strchr (at + 1, ',');
  g_assert (at != NULL && at < end);
  *length = (gsize) (end - at - 1);

  return at + 1;
}

/* (nullable): what the tree has of the value or of the items. */
static JsonNode *
get_value (WeftOperation *self)
{
  JsonArray *array = json_node_get_array (weft_content_get_node (&self->content));

  return json_array_get_element (array, VALUE);
}

/* Takes the array over. */
static WeftOperation *
new_from_array (JsonArray  *array,
                GError    **error)
{
  g_autoptr (JsonNode) json = json_node_alloc ();

  json_node_init (json, JSON_NODE_ARRAY);
  json_node_take_array (json, array);

  return weft_operation_from_json (json, error);
}

/**
 * weft_operation_new_splice:
 * @attribute: the attribute, an array; an absent one counts as empty
 * @index: where to begin; a negative number counts from the end, and one that is past either
 *   end is that end
 * @delete_count: how many elements to remove, at most those that are there
 * @items: (nullable): what to insert instead; it is copied
 * @error: return location for a [error@Weft.Error]
 *
 * Creates an operation that removes and inserts elements of an array.
 *
 * Returns: (transfer full): the operation, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftOperation *
weft_operation_new_splice (const char  *attribute,
                           gint64       index,
                           gint64       delete_count,
                           JsonArray   *items,
                           GError     **error)
{
  JsonArray *array, *copy;
  guint n_items;

  g_return_val_if_fail (attribute != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  n_items = items != NULL ? json_array_get_length (items) : 0;
  copy = json_array_sized_new (n_items);
  for (guint i = 0; i < n_items; i++)
    json_array_add_element (copy, json_node_ref (json_array_get_element (items, i)));

  array = json_array_sized_new (4);
  json_array_add_string_element (array, attribute);
  json_array_add_int_element (array, index);
  json_array_add_int_element (array, delete_count);
  json_array_add_array_element (array, copy);

  return new_from_array (array, error);
}

static JsonArray *
new_null_array (const char *attribute)
{
  JsonArray *array = json_array_sized_new (4);

  json_array_add_string_element (array, attribute);
  json_array_add_null_element (array);
  json_array_add_null_element (array);

  return array;
}

/**
 * weft_operation_new_set:
 * @attribute: the attribute
 * @value: its new value, of any type; `null`, `false`, `0` and `""` are values; it is copied
 * @error: return location for a [error@Weft.Error]
 *
 * Creates an operation that gives an attribute a value.
 *
 * Returns: (transfer full): the operation, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftOperation *
weft_operation_new_set (const char  *attribute,
                        JsonNode    *value,
                        GError     **error)
{
  JsonArray *array;

  g_return_val_if_fail (attribute != NULL, NULL);
  g_return_val_if_fail (value != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  array = new_null_array (attribute);
  json_array_add_element (array, json_node_ref (value));

  return new_from_array (array, error);
}

/**
 * weft_operation_new_unset:
 * @attribute: the attribute
 * @error: return location for a [error@Weft.Error]
 *
 * Creates an operation that removes an attribute; that it is absent already is fine.
 *
 * Returns: (transfer full): the operation, or %NULL with %WEFT_ERROR_INVALID
 *
 * Since: 0.1
 */
WeftOperation *
weft_operation_new_unset (const char  *attribute,
                          GError     **error)
{
  g_return_val_if_fail (attribute != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return new_from_array (new_null_array (attribute), error);
}

/**
 * weft_operation_get_kind:
 * @self: an operation
 *
 * Tells what the operation does, whichever way its JSON says so.
 *
 * Returns: the kind
 *
 * Since: 0.1
 */
WeftOperationKind
weft_operation_get_kind (WeftOperation *self)
{
  g_return_val_if_fail (self != NULL, WEFT_OPERATION_KIND_UNSET);

  return self->kind;
}

/**
 * weft_operation_get_attribute:
 * @self: an operation
 *
 * Gets the attribute that the operation changes.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
weft_operation_get_attribute (WeftOperation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->attribute;
}

/**
 * weft_operation_get_index:
 * @self: an operation
 *
 * Gets where a splice begins, as it was given.
 *
 * Returns: the index, zero unless it is a splice
 *
 * Since: 0.1
 */
gint64
weft_operation_get_index (WeftOperation *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->index;
}

/**
 * weft_operation_get_delete_count:
 * @self: an operation
 *
 * Gets how many elements a splice removes, as it was given.
 *
 * Returns: the number, zero unless it is a splice
 *
 * Since: 0.1
 */
gint64
weft_operation_get_delete_count (WeftOperation *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->delete_count;
}

/**
 * weft_operation_get_items:
 * @self: an operation
 *
 * Gets what a splice inserts.
 *
 * Returns: (transfer none) (nullable): the items, immutable, or %NULL unless it is a splice
 *
 * Since: 0.1
 */
JsonArray *
weft_operation_get_items (WeftOperation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind == WEFT_OPERATION_KIND_SPLICE ? json_node_get_array (get_value (self)) : NULL;
}

/**
 * weft_operation_get_value:
 * @self: an operation
 *
 * Gets the value that a set gives.
 *
 * Returns: (transfer none) (nullable): the value, immutable, or %NULL unless it is a set
 *
 * Since: 0.1
 */
JsonNode *
weft_operation_get_value (WeftOperation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->kind == WEFT_OPERATION_KIND_SET ? get_value (self) : NULL;
}

/**
 * weft_operation_apply:
 * @self: an operation
 * @base: the block to start from, which stays as it is
 * @error: return location for a [error@Weft.Error]
 *
 * Makes the block that results from the operation. To apply several,
 * [method@Weft.Transform.apply] is cheaper.
 *
 * Returns: (transfer full): the block, or %NULL with %WEFT_ERROR_INVALID if the attribute to
 *   splice is no array, or %WEFT_ERROR_TOO_LARGE if the block would be
 *
 * Since: 0.1
 */
WeftBlock *
weft_operation_apply (WeftOperation  *self,
                      WeftBlock      *base,
                      GError        **error)
{
  g_autoptr (WeftDraft) draft = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (base != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  draft = weft_draft_new (base);
  if (!weft_draft_apply (draft, self, error))
    return NULL;

  return weft_draft_finish (draft, error);
}

/**
 * weft_operation_from_json:
 * @json: an array of 3 or 4 elements
 * @error: return location for a [error@Weft.Error]
 *
 * Reads an operation. An error names the member by its path.
 *
 * Returns: (transfer full): the value, or %NULL with %WEFT_ERROR_INVALID, or with
 *   %WEFT_ERROR_TOO_LARGE if it is over a limit
 *
 * Since: 0.1
 */
WeftOperation *
weft_operation_from_json (JsonNode  *json,
                          GError   **error)
{
  g_autoptr (WeftTape) tape = NULL;

  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  tape = weft_tape_new_from_node (json, error);
  if (tape == NULL)
    return NULL;

  return weft_operation_read (weft_tape_get_root (tape), NULL, error);
}

void
weft_operation_append (WeftOperation *self,
                       GString       *text)
{
  weft_content_append (&self->content, text);
}

gsize
weft_operation_get_length (WeftOperation *self)
{
  return weft_content_get_length (&self->content);
}
