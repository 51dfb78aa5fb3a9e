/* weft-tape-reader.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The strict reader. It works on a copy of the text, so that strings can be read in place and end
 * with a NUL; the zeros behind the copy end every scan. Recursion is bounded by the depth limit.
 */

#include "config.h"

#include <string.h>

#include "weft-error.h"
#include "weft-json-fault-private.h"
#include "weft-json-names-private.h"
#include "weft-json-number-private.h"
#include "weft-json-string-private.h"
#include "weft-limits.h"
#include "weft-tape-memory-private.h"

/* So many digits are an integer that is in range. */
#define DIGITS_MAX 15

typedef struct
{
  WeftTape *tape;
  char *at;
  char *end;
  guint depth;
  guint nodes_max;
  guint depth_max;
  gboolean is_own; /* text that was written here */
  /* What was passed over so far that canonical text does not have: a value is canonical when it
   * adds none. */
  guint n_flaws;
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

static void
pass_over_space (Reader *self)
{
  const char *start = self->at;

  while (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t')
    self->at++;
  self->n_flaws += self->at != start;
}

static inline char
skip_space (Reader *self)
{
  if ((guchar) *self->at <= ' ')
    pass_over_space (self);
  return *self->at;
}

static gboolean
enter (Reader *self)
{
  if (self->depth == self->depth_max)
    return refuse_size (self, self->depth_max, "levels of nesting");
  self->depth++;
  self->at++;
  return TRUE;
}

static inline WeftItem *
get_item (Reader *self,
          guint   index)
{
  return &self->tape->items[index];
}

/* Reads a member and returns its name. */
static const char *
read_member (Reader *self)
{
  WeftJsonString name;

  if (skip_space (self) != '"')
    return refuse (self, "a member name in quotation marks"), NULL;
  if (!weft_json_read_string (&self->at, &name, &self->expected))
    return NULL;
  self->n_flaws += !name.is_canonical;
  if (skip_space (self) != ':')
    return refuse (self, "':'"), NULL;
  self->at++;
  return read_value (self, name.text) ? name.text : NULL;
}

static gboolean
names_are_spread (const WeftItem *object)
{
  g_autofree guint32 *hashes = NULL;
  guint n_hashes = 0;

  if (object->length <= WEFT_JSON_NAMES_UNCHECKED_MAX)
    return TRUE;
  hashes = g_new (guint32, object->length);
  for (const WeftItem *member = weft_item_first (object); member != NULL;
       member = weft_item_next (object, member))
    hashes[n_hashes++] = g_str_hash (member->name);
  return weft_json_names_are_spread (hashes, n_hashes);
}

static gboolean
close_object (Reader   *self,
              WeftItem *object,
              gboolean  is_sorted)
{
  const WeftItem *repeated;

  /* Whoever asks for a tree gets one with hash tables. */
  if (!self->is_own && !names_are_spread (object))
    return refuse (self, "an object whose member names do not collide");

  repeated = weft_tape_order_members (self->tape, object, is_sorted);
  if (repeated != NULL)
    {
      self->at += repeated->name - 1 - self->at;
      self->repeated = repeated->name;
      return refuse (self, "each member name once");
    }
  self->n_flaws += !is_sorted;
  self->at++;
  self->depth--;
  return TRUE;
}

static gboolean
read_object (Reader *self,
             guint   index)
{
  const char *last = NULL;
  gboolean is_sorted = TRUE;
  guint length = 0;

  if (!enter (self))
    return FALSE;
  if (skip_space (self) != '}')
    {
      do
        {
          const char *name;

          self->at += length > 0;
          name = read_member (self);
          if (name == NULL)
            return FALSE;
          is_sorted = is_sorted && (last == NULL || weft_json_names_compare (last, name) < 0);
          last = name;
          length++;
        }
      while (skip_space (self) == ',');
      if (*self->at != '}')
        return refuse (self, "',' or '}'");
    }

  get_item (self, index)->kind = WEFT_ITEM_OBJECT;
  get_item (self, index)->length = length;
  get_item (self, index)->span = self->tape->n_items - index;
  return close_object (self, get_item (self, index), is_sorted);
}

static gboolean
read_array (Reader *self,
            guint   index)
{
  guint length = 0;

  if (!enter (self))
    return FALSE;
  if (skip_space (self) != ']')
    {
      do
        {
          self->at += length > 0;
          if (!read_value (self, NULL))
            return FALSE;
          length++;
        }
      while (skip_space (self) == ',');
      if (*self->at != ']')
        return refuse (self, "',' or ']'");
    }

  self->at++;
  self->depth--;
  get_item (self, index)->kind = WEFT_ITEM_ARRAY;
  get_item (self, index)->length = length;
  get_item (self, index)->span = self->tape->n_items - index;
  return TRUE;
}

static inline gboolean
read_string (Reader *self,
             guint   index)
{
  WeftItem *item = get_item (self, index);
  WeftJsonString string;

  if (!weft_json_read_string (&self->at, &string, &self->expected))
    return FALSE;
  self->n_flaws += !string.is_canonical;
  item->kind = WEFT_ITEM_STRING;
  item->string = string.text;
  item->length = (guint32) string.length;
  return TRUE;
}

/* Nearly all numbers are a few digits. */
static inline gboolean
read_few_digits (Reader   *self,
                 WeftItem *item)
{
  const char *at = self->at;
  gint64 value = 0;

  while (g_ascii_isdigit (*at) && at - self->at < DIGITS_MAX)
    value = value * 10 + (*at++ - '0');
  if (g_ascii_isdigit (*at) || *at == '.' || *at == 'e' || *at == 'E' || at == self->at
      || (*self->at == '0' && at - self->at > 1))
    return FALSE;
  self->at += at - self->at;
  item->kind = WEFT_ITEM_INTEGER;
  item->integer = value;
  return TRUE;
}

static gboolean
read_number (Reader *self,
             guint   index)
{
  WeftItem *item = get_item (self, index);
  WeftJsonNumber number;
  const char *at = self->at;
  const char *expected;

  if (read_few_digits (self, item))
    return TRUE;
  expected = weft_json_read_number (&at, &number);
  self->at += at - self->at;
  if (expected != NULL)
    return refuse (self, expected);
  self->n_flaws += !number.is_canonical;
  item->kind = number.is_integer ? WEFT_ITEM_INTEGER : WEFT_ITEM_REAL;
  if (number.is_integer)
    item->integer = number.integer;
  else
    item->real = number.real;
  return TRUE;
}

/* The zeros behind the text are as many as a word is long. */
static gboolean
read_word (Reader *self,
           guint   index)
{
  WeftItem *item = get_item (self, index);

  if (memcmp (self->at, "null", 4) == 0)
    {
      item->kind = WEFT_ITEM_NULL;
      self->at += 4;
      return TRUE;
    }
  item->kind = WEFT_ITEM_BOOLEAN;
  item->boolean = memcmp (self->at, "true", 4) == 0;
  if (!item->boolean && memcmp (self->at, "false", 5) != 0)
    return refuse (self, "a value");
  self->at += item->boolean ? 4 : 5;
  return TRUE;
}

static inline gboolean
read_content (Reader *self,
              guint   index)
{
  switch (*self->at)
    {
    case '"':
      return read_string (self, index);
    case '{':
      return read_object (self, index);
    case '[':
      return read_array (self, index);
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
      return read_number (self, index);
    default:
      return read_word (self, index);
    }
}

static gboolean
read_value (Reader     *self,
            const char *name)
{
  WeftTape *tape = self->tape;
  guint index = tape->n_items;
  guint n_flaws;
  WeftItem *item;

  skip_space (self);
  if (index == self->nodes_max)
    return refuse_size (self, self->nodes_max, "values");
  if (index == tape->n_items_allocated)
    weft_tape_grow (tape);
  tape->n_items++;
  tape->items[index] = (WeftItem) {
    .name = name, .source = tape->source + (self->at - tape->text), .span = 1,
  };

  n_flaws = self->n_flaws;
  if (!read_content (self, index))
    return FALSE;
  item = get_item (self, index);
  item->source_length = (guint32) (tape->source + (self->at - tape->text) - item->source);
  item->is_canonical = n_flaws == self->n_flaws;
  return TRUE;
}

static gboolean
read_document (Reader *self)
{
  if (!read_value (self, NULL))
    return FALSE;
  skip_space (self);
  if (self->at != self->end)
    return refuse (self, "the end of the text");

  g_assert (self->depth == 0);
  g_assert (self->tape->items[0].span == self->tape->n_items);
  return TRUE;
}

static WeftTape *
read_tape (const char            *text,
           gsize                  length,
           GBytes                *bytes,
           const WeftJsonLimits  *limits,
           gboolean               is_own,
           GError               **error)
{
  static const WeftJsonLimits usual_limits = {
    .bytes_max = WEFT_LIMIT_MESSAGE_BYTES_MAX,
    .depth_max = WEFT_LIMIT_JSON_DEPTH_MAX,
    .nodes_max = WEFT_LIMIT_JSON_NODES_MAX,
  };
  g_autoptr (WeftTape) tape = NULL;
  Reader self = { .is_own = is_own };

  if (limits == NULL)
    limits = &usual_limits;
  g_assert (text != NULL || length == 0);
  /* Bytes of no length have no place. */
  if (text == NULL)
    text = "";
  /* A document may come wrapped in an envelope. */
  g_assert (limits->depth_max <= 2 * WEFT_LIMIT_JSON_DEPTH_MAX);

  if (length > limits->bytes_max)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected JSON of at most %" G_GSIZE_FORMAT " bytes, got %" G_GSIZE_FORMAT,
                   limits->bytes_max, length);
      return NULL;
    }

  tape = weft_tape_new (text, length, bytes);
  self.tape = tape;
  self.at = tape->text;
  self.end = tape->text + length;
  self.nodes_max = limits->nodes_max;
  self.depth_max = limits->depth_max;
  if (!read_document (&self))
    {
      /* The source is as it was before strings were read in place. */
      const WeftJsonFault fault = {
        .text = tape->source,
        .at = tape->source + (self.at - tape->text),
        .end = tape->source + length,
        .expected = self.expected,
        .limit = self.limit,
        .repeated = self.repeated,
      };

      weft_json_fault_set_error (&fault, error);
      return NULL;
    }
  return g_steal_pointer (&tape);
}

WeftTape *
weft_tape_read (GBytes                *text,
                const WeftJsonLimits  *limits,
                GError               **error)
{
  gsize length;
  const char *data = g_bytes_get_data (text, &length);

  return read_tape (data, length, text, limits, FALSE, error);
}

WeftTape *
weft_tape_read_text (const char            *text,
                     gsize                  length,
                     const WeftJsonLimits  *limits,
                     GError               **error)
{
  return read_tape (text, length, NULL, limits, FALSE, error);
}

WeftTape *
weft_tape_read_own (const char *text,
                    gsize       length)
{
  const WeftJsonLimits limits = {
    .bytes_max = G_MAXUINT32, .depth_max = 2 * WEFT_LIMIT_JSON_DEPTH_MAX, .nodes_max = G_MAXUINT,
  };
  WeftTape *tape = read_tape (text, length, NULL, &limits, TRUE, NULL);

  g_assert (tape != NULL);

  return tape;
}
