/* weft-content.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-content-private.h"

#include "weft-limits.h"

/* The longest text of any number, `-1.2345678901234567e-308`. */
#define NUMBER_BYTES_MAX 25

/* JsonNode counts references atomically, JsonObject and JsonArray do not. So whatever is shared
 * between values is shared as a sealed node, and the containers inside are never referenced. */

/* An upper bound of a canonical text, found without writing it, and how deep a node nests. */
typedef struct
{
  gsize bytes;
  guint depth;
} Extent;

static gsize
measure_string (const char *text)
{
  gsize bytes = 2;

  for (const guchar *at = (const guchar *) text; *at != '\0'; at++)
    {
      if (*at < 0x20)
        bytes += 6;
      else if (*at == '"' || *at == '\\')
        bytes += 2;
      else
        bytes += 1;
    }

  return bytes;
}

static Extent measure (JsonNode *node);

static void
measure_child (Extent   *self,
               JsonNode *child)
{
  Extent inner = measure (child);

  self->bytes += inner.bytes + 1;
  self->depth = MAX (self->depth, inner.depth + 1);
}

static Extent
measure_array (JsonArray *array)
{
  Extent extent = { 2, 1 };
  guint length = json_array_get_length (array);

  for (guint i = 0; i < length; i++)
    measure_child (&extent, json_array_get_element (array, i));

  return extent;
}

static Extent
measure_object (JsonObject *object)
{
  Extent extent = { 2, 1 };
  JsonObjectIter iter;
  const char *name;
  JsonNode *child;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &child))
    {
      extent.bytes += measure_string (name) + 1;
      measure_child (&extent, child);
    }

  return extent;
}

/* The node has passed weft_json_validate(), which bounds the recursion. */
static Extent
measure (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return measure_object (json_node_get_object (node));

    case JSON_NODE_ARRAY:
      return measure_array (json_node_get_array (node));

    case JSON_NODE_VALUE:
      if (json_node_get_value_type (node) == G_TYPE_STRING)
        return (Extent) { measure_string (json_node_get_string (node)), 0 };
      return (Extent) { NUMBER_BYTES_MAX, 0 };

    case JSON_NODE_NULL:
      return (Extent) { 4, 0 };

    default:
      g_assert_not_reached ();
    }
}

/* Sets an error of any code, with the path in front. */
void
weft_content_set_error (GError             **error,
                        WeftError            code,
                        const WeftJsonPath  *path,
                        const char          *format,
                        ...)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  weft_json_set_error (&local, path, "%s", message);
  local->code = code;
  g_propagate_error (error, g_steal_pointer (&local));
}

static JsonNode *
freeze_array (JsonArray *array)
{
  guint length = json_array_get_length (array);
  JsonArray *copy = json_array_sized_new (length);

  for (guint i = 0; i < length; i++)
    json_array_add_element (copy, weft_content_freeze (json_array_get_element (array, i)));

  return weft_content_seal_array (copy);
}

static JsonNode *
freeze_object (JsonObject *object)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *child;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &child))
    json_object_set_member (copy, name, weft_content_freeze (child));

  return weft_content_seal_object (copy);
}

/* Gets an immutable node with the content of a node that has passed weft_json_validate(): the
 * node itself if it is immutable, else a copy, so that nobody outside can change it later. */
JsonNode *
weft_content_freeze (JsonNode *node)
{
  JsonNode *copy;

  g_assert (node != NULL);

  if (json_node_is_immutable (node))
    return json_node_ref (node);

  if (JSON_NODE_HOLDS_OBJECT (node))
    return freeze_object (json_node_get_object (node));
  if (JSON_NODE_HOLDS_ARRAY (node))
    return freeze_array (json_node_get_array (node));

  copy = json_node_copy (node);
  json_node_seal (copy);
  return copy;
}

/* Sees that the canonical text of a node is no longer than a block may be. The bound is exact
 * only when it has to be: writing the text costs more than all else that is done to a block. */
gboolean
weft_content_check_bytes (JsonNode            *node,
                          gsize               *bytes_bound,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  g_autoptr (GString) text = NULL;

  if (*bytes_bound <= WEFT_LIMIT_BLOCK_BYTES_MAX)
    return TRUE;

  text = g_string_sized_new (WEFT_LIMIT_BLOCK_BYTES_MAX);
  weft_json_append (text, node);
  *bytes_bound = text->len;
  if (text->len <= WEFT_LIMIT_BLOCK_BYTES_MAX)
    return TRUE;

  weft_content_set_error (error, WEFT_ERROR_TOO_LARGE, path,
                          "expected at most %d bytes of canonical JSON, got %" G_GSIZE_FORMAT,
                          WEFT_LIMIT_BLOCK_BYTES_MAX, text->len);
  return FALSE;
}

/* Checks a node that becomes a block, a part of one or a part of signed content, and freezes it. */
JsonNode *
weft_content_take (JsonNode            *node,
                   const WeftJsonPath  *path,
                   gsize               *bytes_bound,
                   GError             **error)
{
  g_autoptr (GError) local = NULL;
  Extent extent;

  g_assert (node != NULL);
  g_assert (bytes_bound != NULL);

  if (!weft_json_validate (node, &local))
    {
      weft_content_set_error (error, local->code, path, "%s", local->message);
      return NULL;
    }

  extent = measure (node);
  if (extent.depth > WEFT_LIMIT_BLOCK_DEPTH_MAX)
    {
      weft_content_set_error (error, WEFT_ERROR_TOO_LARGE, path,
                              "expected at most %d levels of nesting, got %u",
                              WEFT_LIMIT_BLOCK_DEPTH_MAX, extent.depth);
      return NULL;
    }

  *bytes_bound = extent.bytes;
  if (!weft_content_check_bytes (node, bytes_bound, path, error))
    return NULL;

  return weft_content_freeze (node);
}

/* Takes an object over into an immutable node. */
JsonNode *
weft_content_seal_object (JsonObject *object)
{
  JsonNode *node = json_node_alloc ();

  json_node_init (node, JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  json_node_seal (node);
  return node;
}

/* Takes an array over into an immutable node. */
JsonNode *
weft_content_seal_array (JsonArray *array)
{
  JsonNode *node = json_node_alloc ();

  json_node_init (node, JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  json_node_seal (node);
  return node;
}
