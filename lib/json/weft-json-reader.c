/* weft-json-reader.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The strict reader. It works on a copy of the text of its own, so that strings can be read in
 * place and end with a NUL, as JsonObject and JsonNode want them; the zeros behind the copy end
 * every scan. Recursion is bounded by the depth limit.
 */

#include "config.h"

#include "weft-json-private.h"

#include <string.h>

#include "weft-error.h"
#include "weft-json-number-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"

/* Texts up to this size are copied to the stack. */
#define STACK_BYTES_MAX (64 * 1024)

typedef struct
{
  char *text;
  char *at;
  char *end;
  guint depth;
  guint nodes;
  const WeftJsonLimits *limits;
  /* What was wrong at `at`, set once. */
  WeftError code;
  const char *expected;
} Reader;

static JsonNode *read_value (Reader *self);

static JsonNode *
refuse (Reader     *self,
        const char *expected)
{
  self->code = WEFT_ERROR_INVALID;
  self->expected = expected;
  return NULL;
}

static JsonNode *
refuse_size (Reader     *self,
             const char *expected)
{
  self->code = WEFT_ERROR_TOO_LARGE;
  self->expected = expected;
  return NULL;
}

static inline char
skip_space (Reader *self)
{
  while (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t')
    self->at++;
  return *self->at;
}

static gboolean
enter (Reader *self)
{
  if (self->depth == self->limits->depth_max)
    {
      refuse_size (self, "no deeper nesting");
      return FALSE;
    }
  self->depth++;
  self->at++;
  return TRUE;
}

static char *
read_name (Reader *self)
{
  char *name;

  if (skip_space (self) != '"')
    {
      refuse (self, "a member name in quotation marks");
      return NULL;
    }
  name = weft_json_read_string (&self->at, &self->expected);
  if (name == NULL)
    return NULL;
  if (skip_space (self) != ':')
    {
      refuse (self, "':'");
      return NULL;
    }
  self->at++;
  return name;
}

static gboolean
read_member (Reader     *self,
             JsonObject *object)
{
  char *start;
  char *name;
  JsonNode *value;
  guint size = json_object_get_size (object);

  skip_space (self);
  start = self->at;
  name = read_name (self);
  if (name == NULL)
    return FALSE;
  value = read_value (self);
  if (value == NULL)
    return FALSE;

  json_object_set_member (object, name, value);
  if (json_object_get_size (object) == size)
    {
      self->at = start;
      refuse (self, "a member name that is not yet in the object");
      return FALSE;
    }
  return TRUE;
}

static JsonNode *
read_object (Reader *self)
{
  g_autoptr (JsonObject) object = NULL;

  if (!enter (self))
    return NULL;

  object = json_object_new ();
  if (skip_space (self) != '}')
    {
      for (;;)
        {
          if (!read_member (self, object))
            return NULL;
          if (skip_space (self) != ',')
            break;
          self->at++;
        }
      if (*self->at != '}')
        return refuse (self, "',' or '}'");
    }
  self->at++;
  self->depth--;

  return json_node_init_object (json_node_alloc (), object);
}

static JsonNode *
read_array (Reader *self)
{
  g_autoptr (JsonArray) array = NULL;

  if (!enter (self))
    return NULL;

  array = json_array_new ();
  if (skip_space (self) != ']')
    {
      for (;;)
        {
          JsonNode *element = read_value (self);

          if (element == NULL)
            return NULL;
          json_array_add_element (array, element);
          if (skip_space (self) != ',')
            break;
          self->at++;
        }
      if (*self->at != ']')
        return refuse (self, "',' or ']'");
    }
  self->at++;
  self->depth--;

  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
read_number (Reader *self)
{
  WeftJsonNumber number;
  const char *at = self->at;
  const char *expected = weft_json_read_number (&at, &number);

  self->at += at - self->at;
  if (expected != NULL)
    return refuse (self, expected);
  if (number.is_integer)
    return json_node_init_int (json_node_alloc (), number.integer);
  return json_node_init_double (json_node_alloc (), number.real);
}

static gboolean
take_word (Reader     *self,
           const char *word)
{
  if (!g_str_has_prefix (self->at, word))
    return FALSE;
  self->at += strlen (word);
  return TRUE;
}

static JsonNode *
read_word (Reader *self)
{
  if (take_word (self, "true"))
    return json_node_init_boolean (json_node_alloc (), TRUE);
  if (take_word (self, "false"))
    return json_node_init_boolean (json_node_alloc (), FALSE);
  if (take_word (self, "null"))
    return json_node_init_null (json_node_alloc ());
  return refuse (self, "a value");
}

static JsonNode *
read_string (Reader *self)
{
  const char *string = weft_json_read_string (&self->at, &self->expected);

  return string != NULL ? json_node_init_string (json_node_alloc (), string) : NULL;
}

static JsonNode *
read_value (Reader *self)
{
  char first = skip_space (self);

  if (self->nodes == self->limits->nodes_max)
    return refuse_size (self, "no more values");
  self->nodes++;

  switch (first)
    {
    case '{':
      return read_object (self);
    case '[':
      return read_array (self);
    case '"':
      return read_string (self);
    case 't':
    case 'f':
    case 'n':
      return read_word (self);
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
      return read_number (self);
    default:
      return refuse (self, "a value");
    }
}

/* What stands at `at`, in words that are safe to print. */
static char *
describe_found (const char *at,
                const char *end)
{
  gunichar character;

  if (at == end)
    return g_strdup ("the end of the text");
  character = g_utf8_get_char_validated (at, end - at);
  if (character == 0xfeff)
    return g_strdup ("a byte order mark");
  if (character >= (gunichar) -2)
    return g_strdup_printf ("the byte 0x%02x", (guchar) *at);
  if (character > 0x20 && character < 0x7f)
    return g_strdup_printf ("'%c'", (char) character);
  return g_strdup_printf ("U+%04X", character);
}

/* `original` is the text before strings were read in place. */
static void
set_error (const Reader  *self,
           const char    *original,
           GError       **error)
{
  const char *at = original + (self->at - self->text);
  const char *end = original + (self->end - self->text);
  g_autofree char *found = describe_found (at, end);
  guint line = 1;
  guint column = 1;

  g_assert (at <= end);

  for (const char *passed = original; passed < at; passed++)
    {
      line += *passed == '\n';
      /* A character is counted at its first byte. */
      if (*passed == '\n')
        column = 1;
      else
        column += ((guchar) *passed & 0xc0) != 0x80;
    }

  if (self->code == WEFT_ERROR_TOO_LARGE)
    g_set_error (error, WEFT_ERROR, self->code,
                 "line %u, column %u: expected %s than the limit of %u levels and %u values allows",
                 line, column, self->expected, self->limits->depth_max, self->limits->nodes_max);
  else
    g_set_error (error, WEFT_ERROR, self->code, "line %u, column %u: expected %s, got %s",
                 line, column, self->expected, found);
}

static JsonNode *
read_document (Reader *self)
{
  g_autoptr (JsonNode) root = read_value (self);

  if (root == NULL)
    return NULL;
  skip_space (self);
  if (self->at != self->end)
    return refuse (self, "the end of the text");

  g_assert (self->depth == 0);
  json_node_seal (root);
  return g_steal_pointer (&root);
}

static JsonNode *
read_copy (const char            *text,
           gsize                  length,
           char                  *copy,
           const WeftJsonLimits  *limits,
           GError               **error)
{
  Reader self = {
    .text = copy,
    .at = copy,
    .end = copy + length,
    .limits = limits,
    .code = WEFT_ERROR_INVALID,
  };
  JsonNode *root;

  if (length > 0)
    memcpy (copy, text, length);
  memset (copy + length, 0, WEFT_JSON_PADDING);

  root = read_document (&self);
  if (root == NULL)
    set_error (&self, text, error);
  return root;
}

/* A large block makes malloc() tidy up all its small ones, which costs as much as reading. */
static JsonNode *
read_on_stack (const char            *text,
               gsize                  length,
               const WeftJsonLimits  *limits,
               GError               **error)
{
  char copy[STACK_BYTES_MAX + WEFT_JSON_PADDING];

  return read_copy (text, length, copy, limits, error);
}

JsonNode *
weft_json_parse_with_limits (const char            *text,
                             gsize                  length,
                             const WeftJsonLimits  *limits,
                             GError               **error)
{
  g_autofree char *copy = NULL;

  g_assert (text != NULL || length == 0);
  /* A document may come wrapped in an envelope. */
  g_assert (limits->depth_max <= 2 * WEFT_LIMIT_JSON_DEPTH_MAX);

  if (length > limits->bytes_max)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected JSON of at most %" G_GSIZE_FORMAT " bytes, got %" G_GSIZE_FORMAT,
                   limits->bytes_max, length);
      return NULL;
    }
  if (length <= STACK_BYTES_MAX)
    return read_on_stack (text, length, limits, error);

  copy = g_malloc (length + WEFT_JSON_PADDING);
  return read_copy (text, length, copy, limits, error);
}

/**
 * weft_json_parse:
 * @text: (array length=length) (element-type guint8): JSON text
 * @length: the length of @text in bytes, or -1 if it ends with a NUL
 * @error: return location for an error
 *
 * Reads one JSON document, strictly: RFC 8259 text in valid UTF-8 without a byte order mark, with
 * nothing behind it. Refused are also duplicate member names, lone surrogates, NUL characters,
 * and numbers that a double cannot carry exactly or at all (integers beyond ±(2^53-1)). A number
 * with an integral value becomes an integer node however it is spelled.
 *
 * Sets %WEFT_ERROR_INVALID, with line and column and what was expected there, or
 * %WEFT_ERROR_TOO_LARGE for text of more than 8 MiB, nesting deeper than 64 levels, or more than
 * 1,048,576 values.
 *
 * Returns: (transfer full): the document, sealed; %NULL on error
 *
 * Since: 0.1
 */
JsonNode *
weft_json_parse (const char  *text,
                 gssize       length,
                 GError     **error)
{
  const WeftJsonLimits limits = {
    .bytes_max = WEFT_LIMIT_MESSAGE_BYTES_MAX,
    .depth_max = WEFT_LIMIT_JSON_DEPTH_MAX,
    .nodes_max = WEFT_LIMIT_JSON_NODES_MAX,
  };

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  g_return_val_if_fail (length >= -1, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weft_json_parse_with_limits (text, length < 0 ? strlen (text) : (gsize) length,
                                      &limits, error);
}

/**
 * weft_json_parse_bytes:
 * @bytes: JSON text
 * @error: return location for an error
 *
 * Reads one JSON document as [func@json_parse] does.
 *
 * Returns: (transfer full): the document, sealed; %NULL on error
 *
 * Since: 0.1
 */
JsonNode *
weft_json_parse_bytes (GBytes  *bytes,
                       GError **error)
{
  gsize length;
  const char *text;

  g_return_val_if_fail (bytes != NULL, NULL);

  text = g_bytes_get_data (bytes, &length);
  return weft_json_parse (text, (gssize) length, error);
}
