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
#include "weft-json-fault-private.h"
#include "weft-json-names-private.h"
#include "weft-json-number-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"

/* Texts up to this size are copied to the stack. */
#define STACK_BYTES_MAX (64 * 1024)

/* How many values of containers that are still open find room on the stack. */
#define STACK_ENTRIES_MAX 1024

/* A value, and its name when it is a member. */
typedef WeftJsonMember Entry;

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
push_entry (Reader *self,
            Entry   entry)
{
  if (self->n_entries == self->n_entries_allocated)
    grow_entries (self);
  self->entries[self->n_entries++] = entry;
  return TRUE;
}

static inline gboolean
push_node (Reader     *self,
           const char *name,
           JsonNode   *node)
{
  return push_entry (self, (Entry) { .name = name, .kind = WEFT_JSON_MEMBER_NODE, .node = node });
}

/* The node of an entry, which now belongs to the caller. */
static inline JsonNode *
take_node (Entry *entry)
{
  switch (entry->kind)
    {
    case WEFT_JSON_MEMBER_STRING:
      return json_node_init_string (json_node_alloc (), entry->string);
    case WEFT_JSON_MEMBER_INTEGER:
      return json_node_init_int (json_node_alloc (), entry->integer);
    case WEFT_JSON_MEMBER_NODE:
      return g_steal_pointer (&entry->node);
    default:
      g_assert_not_reached ();
    }
}

static void
clear_entries (Reader *self)
{
  for (guint i = 0; i < self->n_entries; i++)
    if (self->entries[i].kind == WEFT_JSON_MEMBER_NODE)
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
      if (entries[i].kind == WEFT_JSON_MEMBER_STRING)
        json_object_set_string_member (object, entries[i].name, entries[i].string);
      else
        json_object_set_member (object, entries[i].name, take_node (&entries[i]));
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

/* Pushes the members of an object, up to the bracket that closes it. */
static gboolean
read_members (Reader *self)
{
  if (!enter (self))
    return FALSE;
  if (skip_space (self) == '}')
    return TRUE;

  while (read_member (self) && skip_space (self) == ',')
    self->at++;
  if (self->expected != NULL)
    return FALSE;
  return *self->at == '}' || refuse (self, "',' or '}'");
}

static gboolean
read_object (Reader     *self,
             const char *name)
{
  guint first = self->n_entries;
  g_autoptr (JsonObject) object = NULL;

  if (!read_members (self))
    return FALSE;

  object = json_object_new ();
  if (!fill_object (self, first, object))
    return FALSE;
  self->at++;
  self->depth--;
  return push_node (self, name, json_node_init_object (json_node_alloc (), object));
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
  return push_node (self, name, json_node_init_array (json_node_alloc (), array));
}

static gboolean
read_string (Reader     *self,
             const char *name)
{
  const char *string = weft_json_read_string (&self->at, &self->expected);

  return string != NULL &&
         push_entry (self, (Entry) { .name = name, .kind = WEFT_JSON_MEMBER_STRING,
                                     .string = string });
}

static gboolean
read_number (Reader     *self,
             const char *name)
{
  WeftJsonNumber number;
  const char *at = self->at;
  const char *expected = weft_json_read_number (&at, &number);

  self->at += at - self->at;
  if (expected != NULL)
    return refuse (self, expected);
  if (number.is_integer)
    return push_entry (self, (Entry) { .name = name, .kind = WEFT_JSON_MEMBER_INTEGER,
                                       .integer = number.integer });
  return push_node (self, name, json_node_init_double (json_node_alloc (), number.real));
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
  return push_node (self, name, node);
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

static gboolean
names_differ (const Entry *entries,
              guint        n_entries)
{
  for (guint i = 1; i < n_entries; i++)
    for (guint j = 0; j < i; j++)
      if (g_str_equal (entries[i].name, entries[j].name))
        return FALSE;
  return TRUE;
}

/* A document that is an object of a few members, which stay entries. */
static gboolean
read_few (Reader *self,
          guint   n_members_max)
{
  if (skip_space (self) != '{')
    return FALSE;
  self->nodes++;
  if (!read_members (self))
    return FALSE;
  self->at++;
  skip_space (self);
  if (self->at != self->end || self->n_entries > n_members_max ||
      !names_differ (self->entries, self->n_entries))
    return FALSE;

  for (guint i = 0; i < self->n_entries; i++)
    if (self->entries[i].kind == WEFT_JSON_MEMBER_NODE)
      json_node_seal (self->entries[i].node);
  return TRUE;
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

/* What is to be made of a text: a document, or calls with the members of one. */
typedef struct
{
  const char *text;
  gsize length;
  const WeftJsonLimits *limits;
  WeftJsonMembersFunc func; /* (nullable) */
  gpointer user_data;
  guint n_members_max;
  JsonNode *root; /* (nullable) */
  gboolean is_taken;
} Task;

static void
read_copy (Task    *task,
           char    *copy,
           GError **error)
{
  Entry entries[STACK_ENTRIES_MAX];
  Reader self = {
    .text = copy,
    .at = copy,
    .end = copy + task->length,
    .limits = task->limits,
    .entries = entries,
    .n_entries_allocated = STACK_ENTRIES_MAX,
  };

  if (task->length > 0)
    memcpy (copy, task->text, task->length);
  memset (copy + task->length, 0, WEFT_JSON_PADDING);

  if (task->func != NULL)
    task->is_taken = read_few (&self, task->n_members_max) &&
                     task->func (self.entries, self.n_entries, task->user_data);
  else if ((task->root = read_document (&self)) == NULL)
    {
      /* The text of the caller is as it was before strings were read in place. */
      const WeftJsonFault fault = {
        .text = task->text,
        .at = task->text + (self.at - self.text),
        .end = task->text + task->length,
        .expected = self.expected,
        .limit = self.limit,
        .repeated = self.repeated,
      };

      weft_json_fault_set_error (&fault, error);
    }
  clear_entries (&self);
}

/* A large block makes malloc() tidy up all its small ones, which costs as much as reading. */
static void
read_on_stack (Task    *task,
               GError **error)
{
  char copy[STACK_BYTES_MAX + WEFT_JSON_PADDING];

  read_copy (task, copy, error);
}

static void
perform (Task    *task,
         GError **error)
{
  g_autofree char *copy = NULL;

  g_assert (task->text != NULL || task->length == 0);
  /* A document may come wrapped in an envelope. */
  g_assert (task->limits->depth_max <= 2 * WEFT_LIMIT_JSON_DEPTH_MAX);

  if (task->length > task->limits->bytes_max)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                 "expected JSON of at most %" G_GSIZE_FORMAT " bytes, got %" G_GSIZE_FORMAT,
                 task->limits->bytes_max, task->length);
  else if (task->length <= STACK_BYTES_MAX)
    read_on_stack (task, error);
  else
    {
      copy = g_malloc (task->length + WEFT_JSON_PADDING);
      read_copy (task, copy, error);
    }
}

JsonNode *
weft_json_parse_with_limits (const char            *text,
                             gsize                  length,
                             const WeftJsonLimits  *limits,
                             GError               **error)
{
  Task task = { .text = text, .length = length, .limits = limits };

  perform (&task, error);
  return task.root;
}

gboolean
weft_json_parse_members (const char           *text,
                         gsize                 length,
                         const WeftJsonLimits *limits,
                         guint                 n_members_max,
                         WeftJsonMembersFunc   func,
                         gpointer              user_data)
{
  Task task = {
    .text = text,
    .length = length,
    .limits = limits,
    .func = func,
    .user_data = user_data,
    .n_members_max = n_members_max,
  };

  perform (&task, NULL);
  return task.is_taken;
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
