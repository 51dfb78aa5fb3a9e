/* weft-sim-place.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Typed access to a document that a person wrote, with errors that name the line and the member.
 */

#include "weft-sim-place-private.h"

#include <math.h>
#include <string.h>

#include "weft-nearest.h"
#include "weft-sim-line-private.h"

WeftSimPlace
weft_sim_place_root (WeftSimReader *reader,
                     JsonNode      *node)
{
  return (WeftSimPlace) { .reader = reader, .node = node };
}

WeftSimPlace
weft_sim_place_member (const WeftSimPlace *self,
                       const char         *name)
{
  gboolean is_object = self->node != NULL && JSON_NODE_HOLDS_OBJECT (self->node);

  return (WeftSimPlace) {
    .reader = self->reader,
    .parent = self,
    .name = name,
    .node = is_object ? json_object_get_member (json_node_get_object (self->node), name) : NULL,
  };
}

WeftSimPlace
weft_sim_place_element (const WeftSimPlace *self,
                        guint               index)
{
  return (WeftSimPlace) {
    .reader = self->reader,
    .parent = self,
    .index = index,
    .node = json_array_get_element (json_node_get_array (self->node), index),
  };
}

static void
append_path (GString            *path,
             const WeftSimPlace *self)
{
  if (self->parent == NULL)
    return;
  append_path (path, self->parent);
  if (self->name != NULL)
    g_string_append_printf (path, path->len > 0 ? ".%s" : "%s", self->name);
  else
    g_string_append_printf (path, "[%u]", self->index);
}

/* Where the value begins; where what should contain it begins, when there is none. */
static const char *
find_text (const WeftSimPlace *self)
{
  const char *outer;
  const char *found;

  if (self->parent == NULL)
    return weft_sim_line_skip_space (self->reader->text);
  outer = find_text (self->parent);
  if (self->name != NULL)
    found = weft_sim_line_find_member (outer, self->name);
  else
    found = weft_sim_line_find_element (outer, self->index);

  return found != NULL ? found : outer;
}

void
weft_sim_place_set_error (const WeftSimPlace *self,
                          const char         *format,
                          ...)
{
  g_autoptr(GString) path = g_string_new (NULL);
  g_autofree char *message = NULL;
  va_list args;

  if (self->reader->error != NULL)
    return;

  append_path (path, self);
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (&self->reader->error, WEFT_ERROR, WEFT_ERROR_INVALID, "line %u: %s%s%s",
               weft_sim_line_number (self->reader->text, find_text (self)), path->str,
               path->len > 0 ? ": " : "", message);
}

static const char *
describe (JsonNode *node)
{
  if (node == NULL)
    return "nothing";
  if (JSON_NODE_HOLDS_OBJECT (node))
    return "an object";
  if (JSON_NODE_HOLDS_ARRAY (node))
    return "an array";
  if (JSON_NODE_HOLDS_NULL (node))
    return "null";
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return "a string";
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return "a boolean";

  return "a number";
}

static void
set_type_error (const WeftSimPlace *self,
                const char         *expected)
{
  weft_sim_place_set_error (self, "expected %s, got %s", expected, describe (self->node));
}

gboolean
weft_sim_place_is_object (const WeftSimPlace *self,
                          const char * const *names)
{
  g_autoptr(GList) members = NULL;

  if (self->node == NULL || !JSON_NODE_HOLDS_OBJECT (self->node))
    {
      set_type_error (self, "an object");
      return FALSE;
    }

  members = json_object_get_members (json_node_get_object (self->node));
  for (GList *at = members; at != NULL; at = at->next)
    {
      WeftSimPlace member = weft_sim_place_member (self, at->data);

      if (!g_strv_contains (names, at->data))
        {
          g_autofree char *hint = weft_nearest_hint (at->data, names);

          weft_sim_place_set_error (&member, "there is no such member%s", hint);
        }
    }

  return self->reader->error == NULL;
}

guint
weft_sim_place_get_length (const WeftSimPlace *self)
{
  if (self->node != NULL && JSON_NODE_HOLDS_ARRAY (self->node))
    return json_array_get_length (json_node_get_array (self->node));

  set_type_error (self, "an array");
  return 0;
}

void
weft_sim_place_require (const WeftSimPlace *self,
                        const char         *name)
{
  WeftSimPlace member = weft_sim_place_member (self, name);

  if (member.node == NULL)
    set_type_error (&member, "a value");
}

static const char *
read_string (const WeftSimPlace *self)
{
  if (JSON_NODE_HOLDS_VALUE (self->node) && json_node_get_value_type (self->node) == G_TYPE_STRING)
    return json_node_get_string (self->node);

  return NULL;
}

const char *
weft_sim_place_get_string (const WeftSimPlace *self,
                           const char         *name)
{
  WeftSimPlace member = weft_sim_place_member (self, name);
  const char *string = member.node != NULL ? read_string (&member) : NULL;

  if (member.node != NULL && string == NULL)
    set_type_error (&member, "a string");

  return string;
}

/* Of the value itself. */
guint
weft_sim_place_read_choice (const WeftSimPlace *self,
                            const char * const *choices,
                            guint               fallback)
{
  const char *word = read_string (self);
  g_autofree char *hint = NULL;
  g_autofree char *all = NULL;

  if (word == NULL)
    {
      set_type_error (self, "a string");
      return fallback;
    }
  for (guint i = 0; choices[i] != NULL; i++)
    {
      if (g_str_equal (choices[i], word))
        return i;
    }
  all = g_strjoinv (", ", (char **) choices);
  hint = weft_nearest_hint (word, choices);
  weft_sim_place_set_error (self, "expected one of %s, got “%s”%s", all, word, hint);

  return fallback;
}

guint
weft_sim_place_get_choice (const WeftSimPlace *self,
                           const char         *name,
                           const char * const *choices,
                           guint               fallback)
{
  WeftSimPlace member = weft_sim_place_member (self, name);

  return member.node != NULL ? weft_sim_place_read_choice (&member, choices, fallback) : fallback;
}

static gboolean
read_number (const WeftSimPlace *self,
             double             *number)
{
  GType type = JSON_NODE_HOLDS_VALUE (self->node) ? json_node_get_value_type (self->node)
                                                  : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;
  *number = json_node_get_double (self->node);

  return TRUE;
}

double
weft_sim_place_get_number (const WeftSimPlace *self,
                           const char         *name,
                           double              min,
                           double              max,
                           double              fallback)
{
  WeftSimPlace member = weft_sim_place_member (self, name);
  g_autofree char *expected = NULL;
  double number;

  if (member.node == NULL)
    return fallback;
  expected = g_strdup_printf ("a number from %g to %g", min, max);
  if (!read_number (&member, &number))
    set_type_error (&member, expected);
  else if (number < min || number > max)
    weft_sim_place_set_error (&member, "expected %s, got %g", expected, number);
  else
    return number;

  return fallback;
}

gboolean
weft_sim_place_get_boolean (const WeftSimPlace *self,
                            const char         *name,
                            gboolean            fallback)
{
  WeftSimPlace member = weft_sim_place_member (self, name);

  if (member.node == NULL)
    return fallback;
  if (JSON_NODE_HOLDS_VALUE (member.node)
      && json_node_get_value_type (member.node) == G_TYPE_BOOLEAN)
    return json_node_get_boolean (member.node);
  set_type_error (&member, "true or false");

  return fallback;
}

gint64
weft_sim_place_get_integer (const WeftSimPlace *self,
                            const char         *name,
                            gint64              min,
                            gint64              max,
                            gint64              fallback)
{
  WeftSimPlace member = weft_sim_place_member (self, name);
  g_autofree char *expected = NULL;
  double number;

  if (member.node == NULL)
    return fallback;
  expected = g_strdup_printf ("an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min,
                              max);
  if (!read_number (&member, &number))
    set_type_error (&member, expected);
  else if (number < (double) min || number > (double) max || number != (double) (gint64) number)
    weft_sim_place_set_error (&member, "expected %s, got %.15g", expected, number);
  else
    return (gint64) number;

  return fallback;
}

static double
read_within (const WeftSimPlace *self,
             double              min,
             double              max)
{
  double number = min;

  if (!read_number (self, &number))
    set_type_error (self, "a number");
  else if (number < min || number > max)
    weft_sim_place_set_error (self, "expected a number from %g to %g, got %g", min, max, number);

  return number;
}

WeftSimRange
weft_sim_place_get_range (const WeftSimPlace *self,
                          const char         *name,
                          double              min,
                          double              max,
                          WeftSimRange        fallback)
{
  WeftSimPlace member = weft_sim_place_member (self, name);
  WeftSimPlace low;
  WeftSimPlace high;
  WeftSimRange range = fallback;

  if (member.node == NULL)
    return fallback;
  if (!JSON_NODE_HOLDS_ARRAY (member.node))
    {
      range.low = range.high = read_within (&member, min, max);
      return range;
    }
  if (weft_sim_place_get_length (&member) != 2)
    {
      weft_sim_place_set_error (&member, "expected a number or two of them, got %u",
                                weft_sim_place_get_length (&member));
      return range;
    }
  low = weft_sim_place_element (&member, 0);
  high = weft_sim_place_element (&member, 1);
  range.low = read_within (&low, min, max);
  range.high = read_within (&high, min, max);
  if (range.low > range.high)
    weft_sim_place_set_error (&high, "expected no less than what is before it");

  return range;
}

WeftSimSpan
weft_sim_place_get_integers (const WeftSimPlace *self,
                             const char         *name,
                             gint64              min,
                             gint64              max,
                             WeftSimSpan         fallback)
{
  WeftSimPlace member = weft_sim_place_member (self, name);
  WeftSimRange range = { (double) fallback.low, (double) fallback.high };
  WeftSimSpan span;

  range = weft_sim_place_get_range (self, name, (double) min, (double) max, range);
  span = (WeftSimSpan) { (gint64) range.low, (gint64) range.high };
  if ((double) span.low != range.low || (double) span.high != range.high)
    weft_sim_place_set_error (&member, "expected integers");

  return span;
}

static const struct
{
  const char *name;
  gint64 usec;
} units[] = {
  { "us", 1 },
  { "ms", G_TIME_SPAN_MILLISECOND },
  { "s", G_TIME_SPAN_SECOND },
  { "min", G_TIME_SPAN_MINUTE },
  { "h", G_TIME_SPAN_HOUR },
};

static gboolean
parse_duration (const char *text,
                gint64     *usec)
{
  char *end = NULL;
  double number = g_ascii_strtod (text, &end);

  if (end == text || !isfinite (number))
    return FALSE;
  while (*end == ' ')
    end++;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      double total = number * (double) units[i].usec;

      if (g_str_equal (end, units[i].name) && ABS (total) < (double) WEFT_LIMIT_INTEGER_MAX)
        {
          *usec = (gint64) (total + (total < 0 ? -0.5 : 0.5));
          return TRUE;
        }
    }

  return FALSE;
}

char *
weft_sim_format_duration (gint64 usec)
{
  guint unit = 0;

  while (unit + 1 < G_N_ELEMENTS (units) && ABS (usec) >= units[unit + 1].usec)
    unit++;

  return g_strdup_printf ("%.4g %s", (double) usec / (double) units[unit].usec, units[unit].name);
}

static gint64
read_duration (const WeftSimPlace *self,
               gint64              min_usec,
               gint64              max_usec)
{
  const char *text = read_string (self);
  g_autofree char *min = weft_sim_format_duration (min_usec);
  g_autofree char *max = weft_sim_format_duration (max_usec);
  gint64 usec = min_usec;

  if (text == NULL)
    set_type_error (self, "a duration such as \"250ms\"");
  else if (!parse_duration (text, &usec))
    weft_sim_place_set_error (self, "expected a number and us, ms, s, min or h, got “%s”", text);
  else if (usec < min_usec || usec > max_usec)
    weft_sim_place_set_error (self, "expected a duration from %s to %s, got “%s”", min, max, text);

  return usec;
}

gint64
weft_sim_place_get_duration (const WeftSimPlace *self,
                             const char         *name,
                             gint64              min_usec,
                             gint64              max_usec,
                             gint64              fallback_usec)
{
  WeftSimPlace member = weft_sim_place_member (self, name);

  return member.node != NULL ? read_duration (&member, min_usec, max_usec) : fallback_usec;
}

WeftSimSpan
weft_sim_place_get_durations (const WeftSimPlace *self,
                              const char         *name,
                              gint64              min_usec,
                              gint64              max_usec,
                              gint64              fallback_usec)
{
  WeftSimPlace member = weft_sim_place_member (self, name);
  WeftSimSpan span = { fallback_usec, fallback_usec };
  WeftSimPlace low;
  WeftSimPlace high;

  if (member.node == NULL)
    return span;
  if (!JSON_NODE_HOLDS_ARRAY (member.node))
    {
      span.low = span.high = read_duration (&member, min_usec, max_usec);
      return span;
    }
  if (weft_sim_place_get_length (&member) != 2)
    {
      weft_sim_place_set_error (&member, "expected a duration or two of them, got %u",
                                weft_sim_place_get_length (&member));
      return span;
    }
  low = weft_sim_place_element (&member, 0);
  high = weft_sim_place_element (&member, 1);
  span.low = read_duration (&low, min_usec, max_usec);
  span.high = read_duration (&high, min_usec, max_usec);
  if (span.low > span.high)
    weft_sim_place_set_error (&high, "expected no less than what is before it");

  return span;
}
