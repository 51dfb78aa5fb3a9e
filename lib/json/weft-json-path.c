/* weft-json-path.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Typed access to a document whose shape is not known yet, with errors that name the place.
 */

#include "config.h"

#include "weft-json-private.h"

#include <math.h>

#include "weft-json-expect-private.h"
#include "weft-limits.h"

static const char *
describe (JsonNode *node)
{
  GType type;

  if (JSON_NODE_HOLDS_OBJECT (node))
    return "an object";
  if (JSON_NODE_HOLDS_ARRAY (node))
    return "an array";
  if (JSON_NODE_HOLDS_NULL (node))
    return "null";
  type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return "a string";
  if (type == G_TYPE_BOOLEAN)
    return "a boolean";
  return "a number";
}

static void
set_type_error (GError            **error,
                const WeftJsonPath *path,
                const char         *expected,
                JsonNode           *node)
{
  weft_json_expect_type (expected, node != NULL ? describe (node) : NULL, path, error);
}

JsonObject *
weft_json_get_object (JsonNode            *node,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  set_type_error (error, path, "an object", node);
  return NULL;
}

JsonArray *
weft_json_get_array (JsonNode            *node,
                     const WeftJsonPath  *path,
                     GError             **error)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_node_get_array (node);
  set_type_error (error, path, "an array", node);
  return NULL;
}

const char *
weft_json_get_string (JsonNode            *node,
                      const WeftJsonPath  *path,
                      GError             **error)
{
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_get_string (node);
  set_type_error (error, path, "a string", node);
  return NULL;
}

/* An integer node, or a double in a hand-built node whose canonical text is an integer. */
static gboolean
take_integer (JsonNode *node,
              gint64   *value)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  double real;

  if (type == G_TYPE_INT64)
    {
      *value = json_node_get_int (node);
      return TRUE;
    }
  if (type != G_TYPE_DOUBLE)
    return FALSE;
  real = json_node_get_double (node);
  if (fabs (real) > WEFT_LIMIT_INTEGER_MAX || real != trunc (real))
    return FALSE;
  *value = (gint64) real;
  return TRUE;
}

gboolean
weft_json_get_integer (JsonNode            *node,
                       const WeftJsonPath  *path,
                       gint64               min,
                       gint64               max,
                       gint64              *value,
                       GError             **error)
{
  gint64 integer;

  if (node != NULL && take_integer (node, &integer))
    return weft_json_expect_range (integer, min, max, path, value, error);
  weft_json_expect_integer (min, max, node != NULL ? describe (node) : NULL, path, error);
  return FALSE;
}

JsonNode *
weft_json_require_member (JsonObject          *object,
                          const char          *name,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    set_type_error (error, &member, "a value", NULL);
  return node;
}

const char *
weft_json_require_string (JsonObject          *object,
                          const char          *name,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  JsonNode *node = json_object_get_member (object, name);

  if (node != NULL)
    return weft_json_get_string (node, &member, error);
  set_type_error (error, &member, "a string", NULL);
  return NULL;
}

gboolean
weft_json_optional_string (JsonObject          *object,
                           const char          *name,
                           const WeftJsonPath  *path,
                           const char         **value,
                           GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  JsonNode *node = json_object_get_member (object, name);

  *value = node != NULL ? weft_json_get_string (node, &member, error) : NULL;
  return node == NULL || *value != NULL;
}

gboolean
weft_json_require_integer (JsonObject          *object,
                           const char          *name,
                           const WeftJsonPath  *path,
                           gint64               min,
                           gint64               max,
                           gint64              *value,
                           GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };

  return weft_json_get_integer (json_object_get_member (object, name), &member, min, max, value,
                                error);
}

gboolean
weft_json_optional_integer (JsonObject          *object,
                            const char          *name,
                            const WeftJsonPath  *path,
                            gint64               min,
                            gint64               max,
                            gint64               fallback,
                            gint64              *value,
                            GError             **error)
{
  if (json_object_has_member (object, name))
    return weft_json_require_integer (object, name, path, min, max, value, error);
  *value = fallback;
  return TRUE;
}

gboolean
weft_json_optional_boolean (JsonObject          *object,
                            const char          *name,
                            const WeftJsonPath  *path,
                            gboolean             fallback,
                            gboolean            *value,
                            GError             **error)
{
  const WeftJsonPath member = { path, name, 0 };
  JsonNode *node = json_object_get_member (object, name);

  *value = fallback;
  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    {
      *value = json_node_get_boolean (node);
      return TRUE;
    }
  set_type_error (error, &member, "a boolean", node);
  return FALSE;
}

gboolean
weft_json_check_members (JsonObject         *object,
                         const char *const  *names,
                         const WeftJsonPath *path,
                         GError            **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  guint n_known = 0;

  for (guint i = 0; names[i] != NULL; i++)
    n_known += json_object_has_member (object, names[i]);
  if (n_known == json_object_get_size (object))
    return TRUE;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    if (!g_strv_contains (names, name))
      break;
  weft_json_expect_no_member (name, path, error);
  return FALSE;
}
