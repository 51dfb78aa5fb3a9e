/* weft-records.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <weft.h>

#include "weft-records.h"

#include <stdio.h>
#include <string.h>

static void
skip_space (WeftRecords *self)
{
  while (self->offset < self->length && strchr (" \t\r\n", self->text[self->offset]) != NULL &&
         self->text[self->offset] != '\0')
    {
      if (self->text[self->offset] == '\n')
        self->line++;
      self->offset++;
    }
}

/* The character that comes next, or 0 at the end. */
static char
peek (WeftRecords *self)
{
  skip_space (self);

  return self->offset < self->length ? self->text[self->offset] : '\0';
}

static gboolean
fail (const char  *message,
      GError     **error)
{
  g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_INVALID, message);

  return FALSE;
}

static gboolean
skip_string (WeftRecords *self)
{
  for (self->offset++; self->offset < self->length; self->offset++)
    {
      char c = self->text[self->offset];

      if (c == '\\')
        self->offset++;
      else if (c == '\n')
        return FALSE; /* a raw line end is never inside a string: the quote was not closed */
      else if (c == '"')
        {
          self->offset++;
          return TRUE;
        }
    }
  self->offset = self->length;

  return FALSE;
}

/* Steps over one JSON value without looking closely; whether it is one is the parser's business. */
static gboolean
skip_value (WeftRecords *self)
{
  guint depth = 0;

  do
    {
      char c = peek (self);

      if (c == '\0')
        return FALSE;
      else if (c == '"')
        {
          if (!skip_string (self))
            return FALSE;
        }
      else if (c == '{' || c == '[')
        {
          depth++;
          self->offset++;
        }
      else if (c == '}' || c == ']')
        {
          if (depth == 0)
            return FALSE;
          depth--;
          self->offset++;
        }
      else if ((c == ',' || c == ':') && depth > 0)
        self->offset++;
      else
        {
          gsize start = self->offset;

          while (self->offset < self->length && self->text[self->offset] != '\0' &&
                 strchr (" \t\r\n,:{}[]\"", self->text[self->offset]) == NULL)
            self->offset++;
          if (self->offset == start)
            return FALSE;
        }
    }
  while (depth > 0);

  return TRUE;
}

/* Finds the array that is a member of the object the file holds. */
static gboolean
enter_member (WeftRecords *self,
              const char  *member,
              GError     **error)
{
  if (peek (self) != '{')
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "line %u: expected an object that holds the member with the records",
                   self->line);
      return FALSE;
    }

  self->offset++;
  while (peek (self) == '"')
    {
      gsize start = self->offset;
      g_autoptr(JsonNode) name = NULL;

      if (!skip_string (self))
        break;
      name = weft_json_parse (self->text + start, self->offset - start, NULL);
      if (name == NULL || peek (self) != ':')
        break;
      self->offset++;
      if (g_str_equal (json_node_get_string (name), member))
        {
          if (peek (self) == '[')
            return TRUE;
          g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                       "line %u: expected member “%s” to be an array", self->line, member);
          return FALSE;
        }
      if (!skip_value (self))
        break;
      if (peek (self) == ',')
        self->offset++;
    }
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
               "line %u: no member “%s” up to here", self->line, member);

  return FALSE;
}

/* The text stays the caller's and must outlive the records. */
gboolean
weft_records_begin (WeftRecords  *self,
                    const char   *text,
                    gsize         length,
                    const char   *member,
                    GError      **error)
{
  *self = (WeftRecords) { .text = text, .length = length, .line = 1, .is_first = TRUE };

  if (member != NULL && !enter_member (self, member, error))
    return FALSE;
  if (peek (self) == '[')
    {
      self->in_array = TRUE;
      self->offset++;
    }

  return TRUE;
}

/* Steps over what stands between two records; FALSE at the end, with an error if it is none. */
static gboolean
find_next (WeftRecords *self,
           GError     **error)
{
  char c = peek (self);
  gboolean is_first = self->is_first;

  self->is_first = FALSE;
  if (!self->in_array)
    return c != '\0';
  if (c == ']')
    return FALSE;
  if (c == '\0')
    return fail ("the file ends within the array", error);
  if (is_first)
    return TRUE;
  if (c != ',')
    return fail ("expected “,” or “]” after a record", error);
  self->offset++;

  return TRUE;
}

/* The parser counts from where the record begins at @start; people count from where the file does.
 * Sets @line to theirs. */
static void
place_error (WeftRecords   *self,
             gsize          start,
             const GError  *cause,
             guint         *line,
             GError       **error)
{
  guint lines_below, column;
  int length = 0;

  if (sscanf (cause->message, "line %u, column %u: %n", &lines_below, &column, &length) != 2)
    {
      g_propagate_error (error, g_error_copy (cause));
      return;
    }

  for (gsize i = start; lines_below == 1 && i > 0 && self->text[i - 1] != '\n'; i--)
    column++;
  *line += lines_below - 1;
  g_set_error (error, WEFT_ERROR, cause->code, "column %u: %s", column, cause->message + length);
}

/* Sets @record to the next one and @line to where it began; sets it to NULL at the end. With an
 * error @line is where that is. */
gboolean
weft_records_next (WeftRecords  *self,
                   JsonNode    **record,
                   guint        *line,
                   GError      **error)
{
  g_autoptr(GError) find_error = NULL;
  g_autoptr(GError) parse_error = NULL;
  gsize start;

  *record = NULL;
  if (!find_next (self, &find_error))
    {
      *line = self->line;
      if (find_error == NULL)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&find_error));
      return FALSE;
    }

  skip_space (self);
  *line = self->line;
  start = self->offset;
  if (!skip_value (self))
    return fail (self->offset >= self->length ? "the file ends within the record that begins here"
                                              : "expected a JSON value",
                 error);

  *record = weft_json_parse (self->text + start, self->offset - start, &parse_error);
  if (*record == NULL)
    {
      place_error (self, start, parse_error, line, error);
      return FALSE;
    }

  return TRUE;
}
