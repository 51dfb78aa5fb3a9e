/* weft-json-writer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The canonical writer, RFC 8785: equal documents have equal text.
 */

#include "config.h"

#include "weft-json-private.h"

#include <string.h>

#include "weft-json-names-private.h"
#include "weft-json-number-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-text-private.h"

/* What is read is at most WEFT_LIMIT_JSON_DEPTH_MAX deep, and answers wrap it a few times more.
 * Past this, somebody built a loop. */
#define WRITE_DEPTH_MAX (2 * WEFT_LIMIT_JSON_DEPTH_MAX)
#define MEMBERS_ON_STACK 16

typedef struct
{
  const char *name;
  JsonNode *value;
} Member;

typedef struct
{
  GString *text;
  guint depth;
  guint depth_max;
  guint n_nodes_left;
} Writer;

static gboolean append_node (Writer   *self,
                             JsonNode *node);

static int
compare_members (const void *a,
                 const void *b)
{
  return weft_json_names_compare (((const Member *) a)->name, ((const Member *) b)->name);
}

static void
sort_members (Member *members,
              guint   n_members)
{
  if (n_members > MEMBERS_ON_STACK)
    {
      qsort (members, n_members, sizeof (Member), compare_members);
      return;
    }
  for (guint i = 1; i < n_members; i++)
    {
      Member member = members[i];
      guint j = i;

      for (; j > 0 && weft_json_names_compare (members[j - 1].name, member.name) > 0; j--)
        members[j] = members[j - 1];
      members[j] = member;
    }
}

static gboolean
append_members (Writer       *self,
                const Member *members,
                guint         n_members)
{
  g_string_append_c (self->text, '{');
  for (guint i = 0; i < n_members; i++)
    {
      if (i > 0)
        g_string_append_c (self->text, ',');
      if (!weft_json_append_string (self->text, members[i].name))
        return FALSE;
      g_string_append_c (self->text, ':');
      if (!append_node (self, members[i].value))
        return FALSE;
    }
  g_string_append_c (self->text, '}');
  return TRUE;
}

static gboolean
append_object (Writer     *self,
               JsonObject *object)
{
  Member on_stack[MEMBERS_ON_STACK];
  g_autofree Member *on_heap = NULL;
  Member *members = on_stack;
  guint n_members = 0;
  JsonObjectIter iter;

  if (object == NULL)
    return FALSE;
  if (json_object_get_size (object) > MEMBERS_ON_STACK)
    members = on_heap = g_new (Member, json_object_get_size (object));
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &members[n_members].name, &members[n_members].value))
    n_members++;
  g_assert (n_members == json_object_get_size (object));

  sort_members (members, n_members);
  return append_members (self, members, n_members);
}

static gboolean
append_array (Writer    *self,
              JsonArray *array)
{
  guint length;

  if (array == NULL)
    return FALSE;
  length = json_array_get_length (array);
  g_string_append_c (self->text, '[');
  for (guint i = 0; i < length; i++)
    {
      if (i > 0)
        g_string_append_c (self->text, ',');
      if (!append_node (self, json_array_get_element (array, i)))
        return FALSE;
    }
  g_string_append_c (self->text, ']');
  return TRUE;
}

static gboolean
append_container (Writer   *self,
                  JsonNode *node)
{
  gboolean written;

  if (self->depth == self->depth_max)
    return FALSE;
  self->depth++;
  written = JSON_NODE_HOLDS_OBJECT (node) ? append_object (self, json_node_get_object (node))
                                          : append_array (self, json_node_get_array (node));
  self->depth--;
  return written;
}

void
weft_json_append_integer (GString *text,
                          gint64   value)
{
  char digits[24];
  char *at = digits + sizeof digits;
  guint64 rest = value < 0 ? -(guint64) value : (guint64) value;

  do
    *--at = '0' + rest % 10;
  while ((rest /= 10) > 0);
  if (value < 0)
    *--at = '-';
  weft_text_append_len (text, at, (gsize) (digits + sizeof digits - at));
}

static gboolean
append_double (GString *text,
               double   value)
{
  char digits[WEFT_JSON_NUMBER_CHARS_MAX];

  if (!weft_json_is_writable (value))
    return FALSE;
  g_string_append_len (text, digits, weft_json_format_double (value, digits));
  return TRUE;
}

static gboolean
append_value (GString  *text,
              JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    {
      const char *string = json_node_get_string (node);

      return string != NULL && weft_json_append_string (text, string);
    }
  if (type == G_TYPE_INT64)
    {
      gint64 value = json_node_get_int (node);

      weft_json_append_integer (text, value);
      return ABS (value) <= WEFT_LIMIT_INTEGER_MAX && value != G_MININT64;
    }
  if (type == G_TYPE_DOUBLE)
    return append_double (text, json_node_get_double (node));
  if (type == G_TYPE_BOOLEAN)
    {
      g_string_append (text, json_node_get_boolean (node) ? "true" : "false");
      return TRUE;
    }
  return FALSE;
}

static gboolean
append_node (Writer   *self,
             JsonNode *node)
{
  if (self->n_nodes_left == 0)
    return FALSE;
  self->n_nodes_left--;

  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
    case JSON_NODE_ARRAY:
      return append_container (self, node);
    case JSON_NODE_VALUE:
      return append_value (self->text, node);
    case JSON_NODE_NULL:
      g_string_append_len (self->text, "null", 4);
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
append (GString  *text,
        JsonNode *node)
{
  Writer self = { text, 0, WRITE_DEPTH_MAX, G_MAXUINT };

  return append_node (&self, node);
}

void
weft_json_append (GString  *text,
                  JsonNode *node)
{
  gboolean written = append (text, node);

  g_assert (written);
}

/* Writing looks at all that validating looks at, so whoever does both need only write. */
gboolean
weft_json_try_append (GString   *text,
                      JsonNode  *node,
                      GError   **error)
{
  Writer self = { text, 0, WEFT_LIMIT_JSON_DEPTH_MAX, WEFT_LIMIT_JSON_NODES_MAX };
  gsize start = text->len;
  gboolean valid;

  if (append_node (&self, node))
    return TRUE;

  g_string_truncate (text, start);
  valid = weft_json_validate (node, error);
  g_assert (!valid);
  return FALSE;
}

static GString *
write_node (JsonNode *node)
{
  /* Above a thousand bytes the allocator looks at all that was freed. */
  GString *text = g_string_sized_new (1000);

  if (append (text, node))
    return text;
  g_string_free (text, TRUE);
  g_critical ("expected a node that weft_json_validate() accepts");
  return NULL;
}

/**
 * weft_json_to_string:
 * @node: a node that [func@json_validate] accepts
 *
 * Writes the canonical text of @node, as RFC 8785 defines it: no white space, members sorted by
 * the UTF-16 code units of their names, numbers as ECMAScript prints them. Nodes with equal
 * values have equal texts.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
weft_json_to_string (JsonNode *node)
{
  GString *text;

  g_return_val_if_fail (node != NULL, NULL);

  text = write_node (node);
  return text != NULL ? g_string_free (text, FALSE) : NULL;
}

/**
 * weft_json_to_bytes:
 * @node: a node that [func@json_validate] accepts
 *
 * Writes the canonical text of @node as [func@json_to_string] does.
 *
 * Returns: (transfer full): the text, without a NUL at its end
 *
 * Since: 0.1
 */
GBytes *
weft_json_to_bytes (JsonNode *node)
{
  GString *text;

  g_return_val_if_fail (node != NULL, NULL);

  text = write_node (node);
  return text != NULL ? g_string_free_to_bytes (text) : NULL;
}
