/* weft-ring-words.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-words.h"

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
    ? json_node_get_string (node) : "";
}

static double
get_number (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0;
}

static gboolean
is_true (JsonObject *object,
         const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_boolean (node);
}

static void
append_size (GString    *words,
             JsonObject *ring)
{
  double size = get_number (ring, "size");
  double size_max = get_number (ring, "sizeMax");

  if (is_true (ring, "exact"))
    g_string_append_printf (words, "  size: %.0f nodes, counted", size);
  else
    g_string_append_printf (words, "  size: about %.0f nodes, %.0f %% sure", size,
                            100 * get_number (ring, "confidence"));
  if (size_max > size)
    g_string_append_printf (words, "; at its largest %.0f", size_max);
  g_string_append_printf (words, "\n  peers: %.0f known, %.0f connected\n",
                          get_number (ring, "known"), get_number (ring, "connected"));
}

/* Where the network seems to be cut, what a node may do alone is not what it may do. */
static void
append_deciding (GString    *words,
                 JsonObject *ring)
{
  JsonNode *node = json_object_get_member (ring, "isolation");
  JsonObject *isolation;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  isolation = json_node_get_object (node);
  if (is_true (isolation, "mayDecide") && is_true (ring, "partitioned"))
    g_string_append_printf (words, "  deciding: no (%s): Peers that are missing may be deciding "
                            "elsewhere.\n", get_text (isolation, "state"));
  else
    g_string_append_printf (words, "  deciding: %s (%s): %s\n",
                            is_true (isolation, "mayDecide") ? "yes" : "no",
                            get_text (isolation, "state"), get_text (isolation, "why"));
}

char *
weft_ring_words_make (JsonObject *ring)
{
  GString *words = g_string_new (NULL);

  g_string_append_printf (words, "ring: %s: %s\n", get_text (ring, "readiness"),
                          get_text (ring, "why"));
  append_size (words, ring);
  append_deciding (words, ring);

  return g_string_free (words, FALSE);
}
