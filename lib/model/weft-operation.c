/* weft-operation.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-operation-private.h"

#include "weft-boxed-private.h"
#include "weft-content-private.h"
#include "weft-draft-private.h"
#include "weft-ids-private.h"
#include "weft-limits.h"
#include "weft-parse-private.h"

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
  JsonNode *json;
  const char *attribute; /* of json */
  WeftOperationKind kind;
  gint64 index;
  gint64 delete_count;
  JsonNode *value; /* of json: the value or the array of items; NULL for an unset */
  gsize bytes_bound;
};

static void
clear (WeftOperation *self)
{
  g_clear_pointer (&self->json, json_node_unref);
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
WEFT_DEFINE_BOXED (WeftOperation, weft_operation, clear)

static const char *
check_attribute (JsonArray           *array,
                 const WeftJsonPath  *path,
                 GError             **error)
{
  WeftJsonPath here = { path, NULL, 0 };
  const char *name;

  name = weft_json_get_string (json_array_get_element (array, 0), &here, error);
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
check_numbers (JsonArray           *array,
               gint64               numbers[2],
               const WeftJsonPath  *path,
               GError             **error)
{
  for (guint i = 0; i < 2; i++)
    {
      WeftJsonPath here = { path, NULL, i + 1 };

      if (!weft_json_get_integer (json_array_get_element (array, i + 1), &here,
                                  -WEFT_LIMIT_INTEGER_MAX, WEFT_LIMIT_INTEGER_MAX,
                                  &numbers[i], error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_null_at (JsonArray *array,
            guint      index)
{
  return JSON_NODE_HOLDS_NULL (json_array_get_element (array, index));
}

/* Finds out what the array asks for; the pointers of self are set later, into the frozen copy. */
static gboolean
classify (WeftOperation       *self,
          JsonArray           *array,
          const WeftJsonPath  *path,
          GError             **error)
{
  guint length = json_array_get_length (array);
  gint64 numbers[2];

  if (length < 3 || length > 4)
    {
      weft_json_set_error (error, path, "expected an array of 3 or 4 elements, got %u", length);
      return FALSE;
    }
  if (check_attribute (array, path, error) == NULL)
    return FALSE;

  if (is_null_at (array, 1) && is_null_at (array, 2))
    {
      self->kind = length == 4 ? WEFT_OPERATION_KIND_SET : WEFT_OPERATION_KIND_UNSET;
      return TRUE;
    }

  if (!check_numbers (array, numbers, path, error))
    return FALSE;
  if (length == 3)
    {
      weft_json_set_error (error, path, "expected the items of a splice");
      return FALSE;
    }
  if (!JSON_NODE_HOLDS_ARRAY (json_array_get_element (array, 3)))
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
weft_operation_parse (JsonNode            *json,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  g_autoptr (WeftOperation) self = NULL;
  JsonArray *array = weft_json_get_array (json, path, error);

  if (array == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (WeftOperation);
  if (!classify (self, array, path, error))
    return NULL;

  self->json = weft_content_take (json, path, &self->bytes_bound, error);
  if (self->json == NULL)
    return NULL;

  array = json_node_get_array (self->json);
  self->attribute = json_array_get_string_element (array, 0);
  if (self->kind != WEFT_OPERATION_KIND_UNSET)
    self->value = json_array_get_element (array, 3);

  return g_steal_pointer (&self);
}

gsize
weft_operation_get_bytes_bound (WeftOperation *self)
{
  return self->bytes_bound;
}

/* Takes the array over. */
static WeftOperation *
new_from_array (JsonArray  *array,
                GError    **error)
{
  g_autoptr (JsonNode) json = json_node_alloc ();

  json_node_init (json, JSON_NODE_ARRAY);
  json_node_take_array (json, array);

  return weft_operation_parse (json, NULL, error);
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

  return self->kind == WEFT_OPERATION_KIND_SPLICE ? json_node_get_array (self->value) : NULL;
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

  return self->kind == WEFT_OPERATION_KIND_SET ? self->value : NULL;
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
  g_return_val_if_fail (json != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weft_operation_parse (json, NULL, error);
}

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
JsonNode *
weft_operation_to_json (WeftOperation *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return json_node_ref (self->json);
}
