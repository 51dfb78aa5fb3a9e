/* weft-sim-shrink.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-shrink.h"

#include <string.h>
#include <weft.h>

/* A scenario and what is known of it. Nodes are not changed: what is tried shares with what failed
 * whatever is the same. */
typedef struct
{
  JsonNode *best; /* (owned): that fails */
  WeftSimShrinkFunc fails;
  gpointer user_data;
  gboolean is_smaller; /* than when the round began */
} Shrink;

/* Numbers that are better small: what stands for them when they are not there, and the least that
 * makes sense. Faults of a timeline have theirs below. */
static const struct
{
  const char *path;
  gint64 usual;
  gint64 least;
} numbers[] = {
  { "swarm/most", 0, 0 },
  { "swarm/least", 0, 0 },
  { "workload/clients", 4, 1 },
  { "nodes", 1, 1 },
  { "dishonest/nodes", 1, 1 },
  { "workload/keys", 8, 1 },
  { "workload/blocks", 1, 1 },
  { "workload/bytes", 64, 0 },
};

/* Arrays of which some may do. */
static const char *const arrays[] = { "timeline", "churn", "swarm/faults" };

/* What a story may not need at all. */
static const char *const members[] = {
  "swarm", "churn", "timeline", "dishonest", "buggify", "link", "disk", "placement", "settle",
  "workload/duplicates", "workload/mix", "workload/timeout", "workload/attempts", "swarm/nodes",
  "swarm/clients", "swarm/keys", "swarm/blocks", "swarm/bytes", "swarm/rate", "swarm/mix",
  "swarm/timeout", "swarm/link", "swarm/disk",
};

static const char *const fault_members[] = { "filter", "flap", "clients", "chance", "delay" };

static JsonNode *
take_object (JsonObject *object)
{
  JsonNode *node = json_node_init_object (json_node_alloc (), object);

  json_object_unref (object);

  return node;
}

static JsonNode *replace (JsonNode           *node,
                          const char * const *path,
                          JsonNode           *value);

static JsonNode *
replace_member (JsonNode           *node,
                const char * const *path,
                JsonNode           *value)
{
  JsonObject *object = json_object_new ();
  gboolean is_found = FALSE;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    {
      json_object_iter_init_ordered (&iter, json_node_get_object (node));
      while (json_object_iter_next_ordered (&iter, &name, &member))
        {
          gboolean is_it = g_str_equal (name, path[0]);
          JsonNode *kept = is_it ? replace (member, path + 1, value) : json_node_ref (member);

          is_found = is_found || is_it;
          if (kept != NULL)
            json_object_set_member (object, name, kept);
        }
    }
  if (!is_found)
    {
      JsonNode *added = replace (NULL, path + 1, value);

      if (added != NULL)
        json_object_set_member (object, path[0], added);
    }

  return take_object (object);
}

static JsonNode *
replace_element (JsonNode           *node,
                 const char * const *path,
                 JsonNode           *value)
{
  JsonArray *elements = json_node_get_array (node);
  guint64 index = g_ascii_strtoull (path[0], NULL, 10);
  JsonArray *array = json_array_new ();
  JsonNode *made;

  for (guint i = 0; i < json_array_get_length (elements); i++)
    {
      JsonNode *element = json_array_get_element (elements, i);
      JsonNode *kept = i == index ? replace (element, path + 1, value) : json_node_ref (element);

      if (kept != NULL)
        json_array_add_element (array, kept);
    }
  made = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);

  return made;
}

/* The same with another value at a place, or with nothing there. */
static JsonNode *
replace (JsonNode           *node,
         const char * const *path,
         JsonNode           *value)
{
  if (path[0] == NULL)
    return value != NULL ? json_node_ref (value) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return replace_element (node, path, value);

  return replace_member (node, path, value);
}

static JsonNode *
find (JsonNode   *node,
      const char *path)
{
  g_auto(GStrv) names = g_strsplit (path, "/", -1);

  for (guint i = 0; names[i] != NULL && node != NULL; i++)
    {
      guint64 index = g_ascii_strtoull (names[i], NULL, 10);

      if (JSON_NODE_HOLDS_OBJECT (node))
        node = json_object_get_member (json_node_get_object (node), names[i]);
      else if (JSON_NODE_HOLDS_ARRAY (node)
               && index < json_array_get_length (json_node_get_array (node)))
        node = json_array_get_element (json_node_get_array (node), (guint) index);
      else
        node = NULL;
    }

  return node;
}

/* Whether it fails with another value at a place, or nothing; if so it stays that way. */
static gboolean
try_value (Shrink     *self,
           const char *path,
           JsonNode   *value)
{
  g_auto(GStrv) names = g_strsplit (path, "/", -1);
  g_autoptr(JsonNode) tried = NULL;

  if (value == NULL && find (self->best, path) == NULL)
    return FALSE;
  tried = replace (self->best, (const char * const *) names, value);
  if (!self->fails (tried, self->user_data))
    return FALSE;

  json_node_unref (self->best);
  self->best = g_steal_pointer (&tried);
  self->is_smaller = TRUE;

  return TRUE;
}

static gboolean
try_number (Shrink     *self,
            const char *path,
            gint64      number)
{
  g_autoptr(JsonNode) value = json_node_init_int (json_node_alloc (), number);

  return try_value (self, path, value);
}

/* The least that fails, if those above it do, too; found by halves. */
static void
shrink_number (Shrink     *self,
               const char *path,
               gint64      usual,
               gint64      least)
{
  JsonNode *node = find (self->best, path);
  gint64 high = usual;
  gint64 low = least;

  if (node != NULL && !JSON_NODE_HOLDS_VALUE (node))
    return;
  if (node != NULL)
    high = json_node_get_int (node);
  if (high <= least || try_number (self, path, least))
    return;

  while (high - low > 1)
    {
      gint64 middle = low + (high - low) / 2;

      if (try_number (self, path, middle))
        high = middle;
      else
        low = middle;
    }
}

/* An array without some of its elements. */
static JsonNode *
leave_out (JsonNode *node,
           guint     first,
           guint     n_left_out)
{
  JsonArray *elements = json_node_get_array (node);
  JsonArray *array = json_array_new ();
  JsonNode *made;

  for (guint i = 0; i < json_array_get_length (elements); i++)
    if (i < first || i >= first + n_left_out)
      json_array_add_element (array, json_node_ref (json_array_get_element (elements, i)));
  made = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);

  return made;
}

static guint
get_length (Shrink     *self,
            const char *path)
{
  JsonNode *node = find (self->best, path);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node)
           ? json_array_get_length (json_node_get_array (node)) : 0;
}

/* Delta debugging: without a half, without a quarter, and so on, down to single ones. */
static void
shrink_array (Shrink     *self,
              const char *path)
{
  for (guint part = (get_length (self, path) + 1) / 2; part > 0; part /= 2)
    {
      guint first = 0;

      while (first < get_length (self, path))
        {
          g_autoptr(JsonNode) fewer = leave_out (find (self->best, path), first, part);

          if (!try_value (self, path, fewer))
            first += part;
        }
    }
}

static void
shrink_faults (Shrink *self)
{
  for (guint i = 0; i < get_length (self, "timeline"); i++)
    {
      g_autofree char *times = g_strdup_printf ("timeline/%u/times", i);
      g_autofree char *every = g_strdup_printf ("timeline/%u/every", i);
      g_autofree char *records = g_strdup_printf ("timeline/%u/records", i);
      JsonNode *n_times;

      shrink_number (self, times, 1, 1);
      n_times = find (self->best, times);
      if (n_times != NULL && json_node_get_int (n_times) == 1)
        {
          try_value (self, times, NULL);
          try_value (self, every, NULL);
        }
      if (find (self->best, records) != NULL)
        shrink_number (self, records, 1, 1);
      for (guint j = 0; j < G_N_ELEMENTS (fault_members); j++)
        {
          g_autofree char *path = g_strdup_printf ("timeline/%u/%s", i, fault_members[j]);

          try_value (self, path, NULL);
        }
    }
}

/* Half as long, in milliseconds, for as long as that does; FALSE for what is no duration. */
static gboolean
try_half_duration (Shrink *self)
{
  static const struct
  {
    const char *unit;
    double msec;
  } units[] = { { "us", 0.001 }, { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 } };
  JsonNode *node = find (self->best, "duration");
  const char *text;
  char *unit;
  double number;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  text = json_node_get_string (node);
  number = g_ascii_strtod (text, &unit);
  while (*unit == ' ')
    unit++;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (unit, units[i].unit) && number * units[i].msec >= 2)
      {
        gint64 msec = (gint64) (number * units[i].msec / 2);
        gboolean is_whole = msec % 1000 == 0;
        g_autofree char *half
          = g_strdup_printf ("%" G_GINT64_FORMAT " %s", is_whole ? msec / 1000 : msec,
                             is_whole ? "s" : "ms");
        g_autoptr(JsonNode) value = json_node_init_string (json_node_alloc (), half);

        return try_value (self, "duration", value);
      }

  return FALSE;
}

static void
shrink_once (Shrink *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (arrays); i++)
    shrink_array (self, arrays[i]);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    try_value (self, members[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *parent = g_path_get_dirname (numbers[i].path);

      /* A number in something that is not there would only bring that in. */
      if (!g_str_equal (parent, ".") && !g_str_equal (parent, "workload")
          && find (self->best, parent) == NULL)
        continue;
      shrink_number (self, numbers[i].path, numbers[i].usual, numbers[i].least);
    }
  shrink_faults (self);
  while (try_half_duration (self))
    ;
}

JsonNode *
weft_sim_shrink (JsonNode          *scenario,
                 WeftSimShrinkFunc  fails,
                 gpointer           user_data)
{
  Shrink self = { json_node_ref (scenario), fails, user_data, TRUE };

  while (self.is_smaller)
    {
      self.is_smaller = FALSE;
      shrink_once (&self);
    }

  return self.best;
}
