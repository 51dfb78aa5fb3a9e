/* weft-content.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-content-private.h"

#include "weft-limits.h"
#include "weft-text-private.h"

/* JsonNode counts references atomically, JsonObject and JsonArray do not. So whatever is shared
 * between values is shared as a sealed node, and the containers inside are never referenced. */

void
weft_content_init_text (WeftContent *self,
                        char        *text)
{
  g_assert (!weft_content_is_set (self));

  self->text = text;
}

void
weft_content_init_node (WeftContent *self,
                        JsonNode    *node)
{
  g_assert (!weft_content_is_set (self));
  g_assert (json_node_is_immutable (node));

  self->node = json_node_ref (node);
}

/* How deep an item nests, which the reader has bounded. */
static guint
measure_depth (const WeftItem *item)
{
  const WeftItem *child;
  guint depth = 0;

  if (item->kind != WEFT_ITEM_ARRAY && item->kind != WEFT_ITEM_OBJECT)
    return 0;

  for (child = weft_item_first (item); child != NULL; child = weft_item_next (item, child))
    {
      guint inner = measure_depth (child);

      depth = MAX (depth, inner);
    }

  return depth + 1;
}

gboolean
weft_content_check_bytes (gsize                bytes,
                          const WeftJsonPath  *path,
                          GError             **error)
{
  if (bytes <= WEFT_LIMIT_BLOCK_BYTES_MAX)
    return TRUE;

  weft_content_set_error (error, WEFT_ERROR_TOO_LARGE, path,
                          "expected at most %d bytes of canonical JSON, got %" G_GSIZE_FORMAT,
                          WEFT_LIMIT_BLOCK_BYTES_MAX, bytes);
  return FALSE;
}

gboolean
weft_content_read (WeftContent         *self,
                   const WeftItem      *item,
                   const WeftJsonPath  *path,
                   GError             **error)
{
  guint depth = measure_depth (item);
  char *text;

  if (depth > WEFT_LIMIT_BLOCK_DEPTH_MAX)
    {
      weft_content_set_error (error, WEFT_ERROR_TOO_LARGE, path,
                              "expected at most %d levels of nesting, got %u",
                              WEFT_LIMIT_BLOCK_DEPTH_MAX, depth);
      return FALSE;
    }

  text = weft_item_to_text (item);
  weft_content_init_text (self, text);

  return weft_content_check_bytes (g_ref_string_length (text), path, error);
}

void
weft_content_copy (WeftContent *self,
                   WeftContent *content)
{
  JsonNode *node = g_atomic_pointer_get (&content->node);

  g_assert (!weft_content_is_set (self));

  if (content->text != NULL)
    self->text = g_ref_string_acquire (content->text);
  if (node != NULL)
    self->node = json_node_ref (node);
}

void
weft_content_clear (WeftContent *self)
{
  g_clear_pointer (&self->text, g_ref_string_release);
  g_clear_pointer (&self->node, json_node_unref);
}

gboolean
weft_content_is_set (const WeftContent *self)
{
  return self->text != NULL || self->node != NULL;
}

JsonNode *
weft_content_get_node (WeftContent *self)
{
  JsonNode *node = g_atomic_pointer_get (&self->node);

  g_assert (weft_content_is_set (self));

  if (node != NULL)
    return node;

  node = weft_json_parse_own (self->text, g_ref_string_length (self->text));
  if (g_atomic_pointer_compare_and_exchange (&self->node, NULL, node))
    return node;

  json_node_unref (node);
  return g_atomic_pointer_get (&self->node);
}

WeftTape *
weft_content_open (const WeftContent *self)
{
  g_assert (weft_content_is_set (self));

  if (self->text != NULL)
    return weft_tape_read_own (self->text, g_ref_string_length (self->text));

  return weft_tape_new_from_node (self->node, NULL);
}

/* Of its canonical text. */
gsize
weft_content_get_length (const WeftContent *self)
{
  g_autoptr (GString) text = NULL;

  if (self->text != NULL)
    return g_ref_string_length (self->text);
  text = g_string_new (NULL);
  weft_content_append (self, text);

  return text->len;
}

void
weft_content_append (const WeftContent *self,
                     GString           *text)
{
  g_assert (weft_content_is_set (self));

  if (self->text != NULL)
    weft_text_append_len (text, self->text, g_ref_string_length (self->text));
  else
    weft_json_append (text, self->node);
}

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

JsonNode *
weft_content_seal_object (JsonObject *object)
{
  JsonNode *node = json_node_alloc ();

  json_node_init (node, JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  json_node_seal (node);
  return node;
}

JsonNode *
weft_content_seal_array (JsonArray *array)
{
  JsonNode *node = json_node_alloc ();

  json_node_init (node, JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  json_node_seal (node);
  return node;
}
