/* weft-json-value.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a JSON value is, for nodes that did not come from the reader.
 */

#include "config.h"

#include "weft-json-private.h"

#include <math.h>

#include "weft-error.h"
#include "weft-json-number-private.h"
#include "weft-limits.h"

typedef struct
{
  guint depth;
  guint nodes;
  GError **error;
} Validation;

/* Going through members in order costs a look into the hash table for each. Only the error depends
 * on the order: it is that of the first member which is wrong. */
typedef struct
{
  JsonObjectIter iter;
  gboolean is_ordered;
} Members;

static gboolean validate_node (Validation         *self,
                               JsonNode           *node,
                               const WeftJsonPath *path);

static void
members_init (Members    *self,
              JsonObject *object,
              gboolean    is_ordered)
{
  self->is_ordered = is_ordered;
  if (is_ordered)
    json_object_iter_init_ordered (&self->iter, object);
  else
    json_object_iter_init (&self->iter, object);
}

static gboolean
members_next (Members     *self,
              const char **name,
              JsonNode   **value)
{
  return self->is_ordered ? json_object_iter_next_ordered (&self->iter, name, value)
                          : json_object_iter_next (&self->iter, name, value);
}

static gboolean
refuse_size (Validation         *self,
             const WeftJsonPath *path,
             const char         *what,
             guint               count_max)
{
  g_autofree char *text = weft_json_path_to_string (path);

  g_set_error (self->error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE, "%s: expected at most %u %s",
               *text != '\0' ? text : "document", count_max, what);
  return FALSE;
}

static gboolean
validate_object (Validation         *self,
                 JsonNode           *node,
                 const WeftJsonPath *path)
{
  JsonObject *object = json_node_get_object (node);
  Members members;
  const char *name;
  JsonNode *value;

  if (object == NULL)
    {
      weft_json_set_error (self->error, path, "expected an object, got a node without one");
      return FALSE;
    }
  members_init (&members, object, self->error != NULL);
  while (members_next (&members, &name, &value))
    {
      const WeftJsonPath member = { path, name, 0 };

      if (!g_utf8_validate (name, -1, NULL))
        {
          weft_json_set_error (self->error, path, "expected member names in valid UTF-8");
          return FALSE;
        }
      if (!validate_node (self, value, &member))
        return FALSE;
    }
  return TRUE;
}

static gboolean
validate_array (Validation         *self,
                JsonNode           *node,
                const WeftJsonPath *path)
{
  JsonArray *array = json_node_get_array (node);

  if (array == NULL)
    {
      weft_json_set_error (self->error, path, "expected an array, got a node without one");
      return FALSE;
    }
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      const WeftJsonPath element = { path, NULL, i };

      if (!validate_node (self, json_array_get_element (array, i), &element))
        return FALSE;
    }
  return TRUE;
}

static gboolean
validate_value (Validation         *self,
                JsonNode           *node,
                const WeftJsonPath *path)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_BOOLEAN)
    return TRUE;
  if (type == G_TYPE_STRING)
    {
      const char *string = json_node_get_string (node);

      if (string != NULL && g_utf8_validate (string, -1, NULL))
        return TRUE;
      weft_json_set_error (self->error, path, "expected a string in valid UTF-8");
      return FALSE;
    }
  if (type == G_TYPE_INT64)
    {
      gint64 value = json_node_get_int (node);

      if (value >= -WEFT_LIMIT_INTEGER_MAX && value <= WEFT_LIMIT_INTEGER_MAX)
        return TRUE;
      weft_json_set_error (self->error, path, "expected an integer from -(2^53-1) to 2^53-1, got %"
                           G_GINT64_FORMAT, value);
      return FALSE;
    }
  if (type == G_TYPE_DOUBLE)
    {
      double value = json_node_get_double (node);
      char text[WEFT_JSON_NUMBER_CHARS_MAX] = "no number";

      if (weft_json_is_writable (value))
        return TRUE;
      if (isfinite (value))
        weft_json_format_double (value, text);
      else if (isinf (value))
        g_strlcpy (text, "infinity", sizeof text);
      weft_json_set_error (self->error, path, "expected a finite number below 2^53 or from 1e21 on,"
                           " got %s", text);
      return FALSE;
    }
  weft_json_set_error (self->error, path, "expected a value, got a node without one");
  return FALSE;
}

static gboolean
validate_container (Validation         *self,
                    JsonNode           *node,
                    const WeftJsonPath *path)
{
  gboolean valid;

  if (self->depth == WEFT_LIMIT_JSON_DEPTH_MAX)
    return refuse_size (self, path, "levels of nesting", WEFT_LIMIT_JSON_DEPTH_MAX);
  self->depth++;
  valid = JSON_NODE_HOLDS_OBJECT (node) ? validate_object (self, node, path)
                                        : validate_array (self, node, path);
  self->depth--;
  return valid;
}

static gboolean
validate_node (Validation         *self,
               JsonNode           *node,
               const WeftJsonPath *path)
{
  if (self->nodes == WEFT_LIMIT_JSON_NODES_MAX)
    return refuse_size (self, path, "values", WEFT_LIMIT_JSON_NODES_MAX);
  self->nodes++;

  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
    case JSON_NODE_ARRAY:
      return validate_container (self, node, path);
    case JSON_NODE_VALUE:
      return validate_value (self, node, path);
    case JSON_NODE_NULL:
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

/**
 * weft_json_validate:
 * @node: a node, built by hand
 * @error: return location for an error
 *
 * Checks that @node is what [func@json_parse] could have returned, so that its canonical text can
 * be read by anybody: numbers are finite, and integers within ±(2^53-1); strings and member names
 * are valid UTF-8; nesting is at most 64 deep and there are at most 1,048,576 values.
 *
 * Sets %WEFT_ERROR_INVALID or %WEFT_ERROR_TOO_LARGE, with the path of the member.
 *
 * Returns: whether @node is valid
 *
 * Since: 0.1
 */
gboolean
weft_json_validate (JsonNode  *node,
                    GError   **error)
{
  Validation quiet = { .error = NULL };
  Validation self = { .error = error };

  g_return_val_if_fail (node != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return validate_node (&quiet, node, NULL) || (error != NULL && validate_node (&self, node, NULL));
}

static gboolean
equal_objects (JsonObject *a,
               JsonObject *b)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (a == b)
    return TRUE;
  if (json_object_get_size (a) != json_object_get_size (b))
    return FALSE;
  json_object_iter_init (&iter, a);
  while (json_object_iter_next (&iter, &name, &value))
    {
      JsonNode *other = json_object_get_member (b, name);

      if (other == NULL || !weft_json_equal (value, other))
        return FALSE;
    }
  return TRUE;
}

static gboolean
equal_arrays (JsonArray *a,
              JsonArray *b)
{
  guint length = json_array_get_length (a);

  if (a == b)
    return TRUE;
  if (length != json_array_get_length (b))
    return FALSE;
  for (guint i = 0; i < length; i++)
    if (!weft_json_equal (json_array_get_element (a, i), json_array_get_element (b, i)))
      return FALSE;
  return TRUE;
}

static gboolean
equal_values (JsonNode *a,
              JsonNode *b)
{
  GType type = json_node_get_value_type (a);
  GType other = json_node_get_value_type (b);

  if (type == G_TYPE_STRING && other == G_TYPE_STRING)
    return g_str_equal (json_node_get_string (a), json_node_get_string (b));
  if (type == G_TYPE_BOOLEAN && other == G_TYPE_BOOLEAN)
    return json_node_get_boolean (a) == json_node_get_boolean (b);
  if (type == G_TYPE_INT64 && other == G_TYPE_INT64)
    return json_node_get_int (a) == json_node_get_int (b);
  if ((type == G_TYPE_INT64 || type == G_TYPE_DOUBLE)
      && (other == G_TYPE_INT64 || other == G_TYPE_DOUBLE))
    return json_node_get_double (a) == json_node_get_double (b);
  return FALSE;
}

/**
 * weft_json_equal:
 * @a: a node that [func@json_validate] accepts
 * @b: another
 *
 * Compares two nodes by value, as their canonical texts would compare: the order of members does
 * not matter, and `1` equals `1.0`.
 *
 * Returns: whether the values are equal
 *
 * Since: 0.1
 */
gboolean
weft_json_equal (JsonNode *a,
                 JsonNode *b)
{
  JsonNodeType type;

  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  type = json_node_get_node_type (a);
  if (a == b)
    return TRUE;
  if (type != json_node_get_node_type (b))
    return FALSE;

  switch (type)
    {
    case JSON_NODE_OBJECT:
      return equal_objects (json_node_get_object (a), json_node_get_object (b));
    case JSON_NODE_ARRAY:
      return equal_arrays (json_node_get_array (a), json_node_get_array (b));
    case JSON_NODE_VALUE:
      return equal_values (a, b);
    case JSON_NODE_NULL:
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}
