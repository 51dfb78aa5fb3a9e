/* weft-sim-gist.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-gist-private.h"

/* Of blocks in words; all of them are in the line. */
#define BLOCKS_TOLD_MAX 3
#define ACTION_CHARS_TOLD 6
#define DEPTH_MAX 10

/* What was parsed of others: anything may be missing or of another kind. */

const char *
weft_sim_json_text (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (node);
}

gint64
weft_sim_json_integer (JsonNode *node,
                       gint64    fallback)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return fallback;

  return json_node_get_int (node);
}

const char *
weft_sim_json_get_text (JsonObject *object,
                        const char *name)
{
  return object != NULL ? weft_sim_json_text (json_object_get_member (object, name)) : NULL;
}

gint64
weft_sim_json_get_integer (JsonObject *object,
                           const char *name,
                           gint64      fallback)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return weft_sim_json_integer (node, fallback);
}

JsonObject *
weft_sim_json_object (JsonObject *object,
                      const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
weft_sim_json_array (JsonObject *object,
                     const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

JsonObject *
weft_sim_json_element (JsonArray *array,
                       guint      position)
{
  JsonNode *node = json_array_get_element (array, position);

  return JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Reading */

WeftSimGist *
weft_sim_gist_new (void)
{
  WeftSimGist *self = g_new0 (WeftSimGist, 1);

  self->blocks = g_ptr_array_new_with_free_func (g_free);
  self->rev = -1;

  return self;
}

void
weft_sim_gist_free (WeftSimGist *self)
{
  g_free (self->service);
  g_free (self->verb);
  g_free (self->action);
  g_free (self->words);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

static void
add_block (WeftSimGist *self,
           const char  *block)
{
  if (block != NULL &&
      !g_ptr_array_find_with_equal_func (self->blocks, block, g_str_equal, NULL))
    g_ptr_array_add (self->blocks, g_strdup (block));
}

/* Members that name blocks, in an array, as names of members, or as a text. */
static gboolean
is_of_blocks (const char *name)
{
  static const char *const names[] = {
    "blockIds", "blockId", "inserts", "updates", "deletes", "bases", "digests", NULL,
  };

  return g_strv_contains (names, name);
}

void
weft_sim_gist_add_blocks (WeftSimGist *self,
                          JsonNode    *node)
{
  add_block (self, weft_sim_json_text (node));
  if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      add_block (self, weft_sim_json_text (json_array_get_element (json_node_get_array (node), i)));
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr(GList) names = json_object_get_members (json_node_get_object (node));

      for (GList *name = names; name != NULL; name = name->next)
        add_block (self, name->data);
    }
}

void
weft_sim_gist_gather (WeftSimGist *self,
                      JsonNode    *node,
                      guint        depth)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (depth == DEPTH_MAX)
    return;
  if (JSON_NODE_HOLDS_ARRAY (node))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
      weft_sim_gist_gather (self, json_array_get_element (json_node_get_array (node), i),
                            depth + 1);
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;

  json_object_iter_init_ordered (&iter, json_node_get_object (node));
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      if (is_of_blocks (name))
        weft_sim_gist_add_blocks (self, value);
      else if (g_str_equal (name, "actionId") && self->action == NULL)
        self->action = g_strdup (weft_sim_json_text (value));
      else if (g_str_equal (name, "rev") && self->rev < 0)
        self->rev = weft_sim_json_integer (value, -1);
      else
        weft_sim_gist_gather (self, value, depth + 1);
    }
}

/* A body has one member that says what it wants, or operations of which the first does. */
const char *
weft_sim_gist_find_verb (JsonObject *body)
{
  JsonNode *operations = json_object_get_member (body, "operations");
  g_autoptr(GList) names = json_object_get_members (body);
  JsonNode *first = NULL;

  if (operations != NULL && JSON_NODE_HOLDS_ARRAY (operations) &&
      json_array_get_length (json_node_get_array (operations)) > 0)
    first = json_array_get_element (json_node_get_array (operations), 0);
  if (first != NULL && JSON_NODE_HOLDS_OBJECT (first))
    {
      g_autoptr(GList) verbs = json_object_get_members (json_node_get_object (first));

      return verbs != NULL ? verbs->data : "nothing";
    }
  if (json_object_has_member (body, "blockId"))
    return "archive";
  for (GList *name = names; name != NULL; name = name->next)
    if (JSON_NODE_HOLDS_OBJECT (json_object_get_member (body, name->data)))
      return name->data;

  return names != NULL ? names->data : "nothing";
}

/* Words */

void
weft_sim_gist_tell_blocks (const WeftSimGist *self,
                           GString           *words)
{
  for (guint i = 0; i < MIN (self->blocks->len, BLOCKS_TOLD_MAX); i++)
    g_string_append_printf (words, "%s%s", i == 0 ? " " : ", ",
                            (const char *) self->blocks->pdata[i]);
  if (self->blocks->len > BLOCKS_TOLD_MAX)
    g_string_append_printf (words, " and %u more", self->blocks->len - BLOCKS_TOLD_MAX);
}

void
weft_sim_gist_tell_action (const WeftSimGist *self,
                           GString           *words)
{
  if (self->action != NULL)
    g_string_append_printf (words, " action %.*s", ACTION_CHARS_TOLD, self->action);
}

void
weft_sim_gist_tell_rev (const WeftSimGist *self,
                        JsonObject        *line,
                        GString           *words)
{
  if (self->rev < 0)
    return;
  if (self->words == NULL)
    g_string_append_printf (words, " rev %" G_GINT64_FORMAT, self->rev);
  json_object_set_int_member (line, "rev", self->rev);
}
