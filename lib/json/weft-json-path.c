/* weft-json-path.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Typed access to a document whose shape is not known yet, with errors that name the place.
 */

#include "config.h"

#include "weft-json-private.h"

#include <math.h>

#include "weft-error.h"
#include "weft-json-number-private.h"
#include "weft-limits.h"

/* A name that a peer chose does not fill a log line. */
#define NAME_CHARS_SHOWN_MAX 64

static gboolean
is_word (const char *name)
{
  const char *at = name;

  while (g_ascii_isalnum (*at) || *at == '_' || *at == '-')
    at++;
  return at != name && *at == '\0' && at - name <= NAME_CHARS_SHOWN_MAX;
}

/* `["name"]`, with everything replaced that could disturb a terminal or a log. */
static void
append_quoted (GString    *text,
               const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  guint n_shown = 0;
  const char *at = valid;

  g_string_append (text, "[\"");
  for (; *at != '\0' && n_shown < NAME_CHARS_SHOWN_MAX; at = g_utf8_next_char (at), n_shown++)
    {
      gunichar character = g_utf8_get_char (at);
      gboolean shown = g_unichar_isprint (character) && character != '"' && character != '\\';

      g_string_append_unichar (text, shown ? character : 0xfffd);
    }
  g_string_append (text, *at != '\0' ? "…\"]" : "\"]");
}

static void
append_path (GString            *text,
             const WeftJsonPath *path)
{
  if (path == NULL)
    return;

  append_path (text, path->parent);
  if (path->name == NULL)
    g_string_append_printf (text, "[%u]", path->index);
  else if (is_word (path->name))
    g_string_append_printf (text, text->len > 0 ? ".%s" : "%s", path->name);
  else
    append_quoted (text, path->name);
}

char *
weft_json_path_to_string (const WeftJsonPath *path)
{
  GString *text = g_string_new (NULL);

  append_path (text, path);
  return g_string_free (text, FALSE);
}

static void
set_error_valist (GError            **error,
                  const WeftJsonPath *path,
                  const char         *format,
                  va_list             args)
{
  g_autofree char *place = weft_json_path_to_string (path);
  g_autofree char *message = g_strdup_vprintf (format, args);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "%s%s%s", place, *place != '\0' ? ": " : "",
               message);
}

void
weft_json_set_error (GError            **error,
                     const WeftJsonPath *path,
                     const char         *format,
                     ...)
{
  va_list args;

  if (error == NULL)
    return;
  va_start (args, format);
  set_error_valist (error, path, format, args);
  va_end (args);
}

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
  weft_json_set_error (error, path, "expected %s, got %s", expected,
                       node != NULL ? describe (node) : "nothing");
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

static char *
describe_range (gint64 min,
                gint64 max)
{
  if (max < WEFT_LIMIT_INTEGER_MAX)
    return g_strdup_printf ("an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
  if (min == 1)
    return g_strdup ("a positive integer");
  if (min == 0)
    return g_strdup ("a non-negative integer");
  if (min <= -WEFT_LIMIT_INTEGER_MAX)
    return g_strdup ("an integer");
  return g_strdup_printf ("an integer of at least %" G_GINT64_FORMAT, min);
}

gboolean
weft_json_get_integer (JsonNode            *node,
                       const WeftJsonPath  *path,
                       gint64               min,
                       gint64               max,
                       gint64              *value,
                       GError             **error)
{
  g_autofree char *range = NULL;
  gint64 integer;
  gboolean is_integer = node != NULL && take_integer (node, &integer);

  g_assert (min <= max);

  if (is_integer && integer >= min && integer <= max)
    {
      *value = integer;
      return TRUE;
    }
  range = describe_range (min, max);
  if (is_integer)
    weft_json_set_error (error, path, "expected %s, got %" G_GINT64_FORMAT, range, integer);
  else
    set_type_error (error, path, range, node);
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
  WeftJsonPath here = { path, NULL, 0 };
  JsonObjectIter iter;
  JsonNode *member;
  guint n_known = 0;

  for (guint i = 0; names[i] != NULL; i++)
    n_known += json_object_has_member (object, names[i]);
  if (n_known == json_object_get_size (object))
    return TRUE;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &here.name, &member))
    if (!g_strv_contains (names, here.name))
      break;
  weft_json_set_error (error, &here, "expected no such member");
  return FALSE;
}
