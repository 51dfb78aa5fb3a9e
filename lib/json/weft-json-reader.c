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
#include "weft-json-names-private.h"
#include "weft-json-number-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"

/* Texts up to this size are copied to the stack. */
#define STACK_BYTES_MAX (64 * 1024)

/* How much of a refused number an error shows. */
#define NUMBER_CHARS_SHOWN_MAX 32
/* How many values of containers that are still open find room on the stack. */
#define STACK_ENTRIES_MAX 1024

/* A value, and its name when it is a member. A string is kept as text until it has a place. */
typedef struct
{
  const char *name;
  const char *string;
  JsonNode *node;
} Entry;

typedef struct
{
  char *text;
  char *at;
  char *end;
  guint depth;
  guint nodes;
  const WeftJsonLimits *limits;
  /* The values of all containers that are still open. */
  Entry *entries;
  guint n_entries;
  guint n_entries_allocated;
  Entry *entries_on_heap;
  /* What was expected at `at`, when something else was there or a limit was in the way. */
  const char *expected;
  guint limit;
  const char *repeated; /* the member name, when it was there before */
} Reader;

static gboolean read_value (Reader     *self,
                            const char *name);

static gboolean
refuse (Reader     *self,
        const char *expected)
{
  self->expected = expected;
  return FALSE;
}

static gboolean
refuse_size (Reader     *self,
             guint       limit,
             const char *what)
{
  self->limit = limit;
  self->expected = what;
  return FALSE;
}

static inline char
skip_space (Reader *self)
{
  while (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t')
    self->at++;
  return *self->at;
}

static void
grow_entries (Reader *self)
{
  gboolean on_stack = self->entries_on_heap == NULL;

  self->n_entries_allocated *= 2;
  self->entries_on_heap = g_renew (Entry, self->entries_on_heap, self->n_entries_allocated);
  if (on_stack)
    memcpy (self->entries_on_heap, self->entries, self->n_entries * sizeof (Entry));
  self->entries = self->entries_on_heap;
}

static inline gboolean
push_entry (Reader     *self,
            const char *name,
            const char *string,
            JsonNode   *node)
{
  if (self->n_entries == self->n_entries_allocated)
    grow_entries (self);
  self->entries[self->n_entries++] = (Entry) { name, string, node };
  return TRUE;
}

/* The node of an entry, which now belongs to the caller. */
static inline JsonNode *
take_node (Entry *entry)
{
  if (entry->string != NULL)
    return json_node_init_string (json_node_alloc (), entry->string);
  return g_steal_pointer (&entry->node);
}

static void
clear_entries (Reader *self)
{
  for (guint i = 0; i < self->n_entries; i++)
    g_clear_pointer (&self->entries[i].node, json_node_unref);
  g_free (self->entries_on_heap);
}

static gboolean
enter (Reader *self)
{
  if (self->depth == self->limits->depth_max)
    return refuse_size (self, self->limits->depth_max, "levels of nesting");
  self->depth++;
  self->at++;
  return TRUE;
}

static gboolean
read_member (Reader *self)
{
  char *name;

  if (skip_space (self) != '"')
    return refuse (self, "a member name in quotation marks");
  name = weft_json_read_string (&self->at, &self->expected);
  if (name == NULL)
    return FALSE;
  if (skip_space (self) != ':')
    return refuse (self, "':'");
  self->at++;
  return read_value (self, name);
}

static gboolean
names_are_spread (const Entry *entries,
                  guint        n_entries)
{
  g_autofree guint32 *hashes = NULL;

  if (n_entries <= WEFT_JSON_NAMES_UNCHECKED_MAX)
    return TRUE;
  hashes = g_new (guint32, n_entries);
  for (guint i = 0; i < n_entries; i++)
    hashes[i] = g_str_hash (entries[i].name);
  return weft_json_names_are_spread (hashes, n_entries);
}

/* Moves the entries from `first` on into an object. */
static gboolean
fill_object (Reader     *self,
             guint       first,
             JsonObject *object)
{
  Entry *entries = self->entries + first;
  guint n_entries = self->n_entries - first;

  if (!names_are_spread (entries, n_entries))
    return refuse (self, "an object whose member names do not collide");

  for (guint i = 0; i < n_entries; i++)
    {
      /* Saves a look into the hash table. */
      if (entries[i].string != NULL)
        json_object_set_string_member (object, entries[i].name, entries[i].string);
      else
        json_object_set_member (object, entries[i].name, g_steal_pointer (&entries[i].node));
      if (json_object_get_size (object) == i)
        {
          self->at += entries[i].name - 1 - self->at;
          self->repeated = entries[i].name;
          return refuse (self, "each member name once");
        }
    }
  self->n_entries = first;
  return TRUE;
}

static gboolean
read_object (Reader     *self,
             const char *name)
{
  guint first = self->n_entries;
  g_autoptr (JsonObject) object = NULL;

  if (!enter (self))
    return FALSE;

  if (skip_space (self) != '}')
    {
      while (read_member (self) && skip_space (self) == ',')
        self->at++;
      if (self->expected != NULL)
        return FALSE;
      if (*self->at != '}')
        return refuse (self, "',' or '}'");
    }

  object = json_object_new ();
  if (!fill_object (self, first, object))
    return FALSE;
  self->at++;
  self->depth--;
  return push_entry (self, name, NULL, json_node_init_object (json_node_alloc (), object));
}

static gboolean
read_array (Reader     *self,
            const char *name)
{
  guint first = self->n_entries;
  g_autoptr (JsonArray) array = NULL;

  if (!enter (self))
    return FALSE;

  if (skip_space (self) != ']')
    {
      while (read_value (self, NULL) && skip_space (self) == ',')
        self->at++;
      if (self->expected != NULL)
        return FALSE;
      if (*self->at != ']')
        return refuse (self, "',' or ']'");
    }
  self->at++;
  self->depth--;

  array = json_array_sized_new (self->n_entries - first);
  for (guint i = first; i < self->n_entries; i++)
    json_array_add_element (array, take_node (&self->entries[i]));
  self->n_entries = first;
  return push_entry (self, name, NULL, json_node_init_array (json_node_alloc (), array));
}

static gboolean
read_string (Reader     *self,
             const char *name)
{
  const char *string = weft_json_read_string (&self->at, &self->expected);

  return string != NULL && push_entry (self, name, string, NULL);
}

static gboolean
read_number (Reader     *self,
             const char *name)
{
  WeftJsonNumber number;
  const char *at = self->at;
  const char *expected = weft_json_read_number (&at, &number);
  JsonNode *node;

  self->at += at - self->at;
  if (expected != NULL)
    return refuse (self, expected);
  node = json_node_alloc ();
  if (number.is_integer)
    json_node_init_int (node, number.integer);
  else
    json_node_init_double (node, number.real);
  return push_entry (self, name, NULL, node);
}

static gboolean
take_word (Reader     *self,
           const char *word)
{
  gsize length = strlen (word);

  if (strncmp (self->at, word, length) != 0)
    return FALSE;
  self->at += length;
  return TRUE;
}

static gboolean
read_word (Reader     *self,
           const char *name)
{
  JsonNode *node;

  if (take_word (self, "true"))
    node = json_node_init_boolean (json_node_alloc (), TRUE);
  else if (take_word (self, "false"))
    node = json_node_init_boolean (json_node_alloc (), FALSE);
  else if (take_word (self, "null"))
    node = json_node_init_null (json_node_alloc ());
  else
    return refuse (self, "a value");
  return push_entry (self, name, NULL, node);
}

/* Reads a value and pushes it as an entry. */
static gboolean
read_value (Reader     *self,
            const char *name)
{
  char first = skip_space (self);

  if (self->nodes == self->limits->nodes_max)
    return refuse_size (self, self->limits->nodes_max, "values");
  self->nodes++;

  switch (first)
    {
    case '"':
      return read_string (self, name);
    case '{':
      return read_object (self, name);
    case '[':
      return read_array (self, name);
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
      return read_number (self, name);
    default:
      return read_word (self, name);
    }
}

static JsonNode *
read_document (Reader *self)
{
  JsonNode *root;

  if (!read_value (self, NULL))
    return NULL;
  skip_space (self);
  if (self->at != self->end)
    {
      refuse (self, "the end of the text");
      return NULL;
    }

  g_assert (self->depth == 0);
  g_assert (self->n_entries == 1);
  root = take_node (&self->entries[0]);
  /* Once, from the top: sealing hashes every string, and what is sealed already costs nothing. */
  if (!self->limits->unsealed)
    json_node_seal (root);
  return root;
}

/* What stands at `at`, in words that are safe to print. */
static char *
describe_found (const char *at,
                const char *end)
{
  static const char number_chars[] = "+-.0123456789Ee";
  gunichar character;
  gsize length = 0;

  if (at == end)
    return g_strdup ("the end of the text");
  if (g_ascii_isdigit (*at) || *at == '-')
    {
      while (at + length < end && length < NUMBER_CHARS_SHOWN_MAX && at[length] != '\0'
             && strchr (number_chars, at[length]) != NULL)
        length++;
      return g_strndup (at, length);
    }
  character = g_utf8_get_char_validated (at, end - at);
  if (character == 0xfeff)
    return g_strdup ("a byte order mark");
  if (character >= (gunichar) -2)
    return g_strdup_printf ("the byte 0x%02x", (guchar) *at);
  if (character > 0x20 && character < 0x7f)
    return g_strdup_printf ("'%c'", (char) character);
  return g_strdup_printf ("U+%04X", character);
}

static char *
describe_repeated (const char *name)
{
  const WeftJsonPath member = { NULL, name, 0 };
  g_autofree char *place = weft_json_path_to_string (&member);

  return g_strdup_printf ("%s again", place);
}

/* `original` is the text before strings were read in place. */
static void
set_error (const Reader  *self,
           const char    *original,
           GError       **error)
{
  const char *at = original + (self->at - self->text);
  const char *end = original + (self->end - self->text);
  g_autofree char *found = self->repeated != NULL ? describe_repeated (self->repeated)
                                                  : describe_found (at, end);
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

  if (self->limit > 0)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                 "line %u, column %u: expected at most %u %s", line, column, self->limit,
                 self->expected);
  else
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "line %u, column %u: expected %s, got %s",
                 line, column, self->expected, found);
}

static JsonNode *
read_copy (const char            *text,
           gsize                  length,
           char                  *copy,
           const WeftJsonLimits  *limits,
           GError               **error)
{
  Entry entries[STACK_ENTRIES_MAX];
  Reader self = {
    .text = copy,
    .at = copy,
    .end = copy + length,
    .limits = limits,
    .entries = entries,
    .n_entries_allocated = STACK_ENTRIES_MAX,
  };
  JsonNode *root;

  if (length > 0)
    memcpy (copy, text, length);
  memset (copy + length, 0, WEFT_JSON_PADDING);

  root = read_document (&self);
  if (root == NULL)
    set_error (&self, text, error);
  clear_entries (&self);
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
 * and numbers that a double cannot carry or that print as an integer beyond ±(2^53-1). A number
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
