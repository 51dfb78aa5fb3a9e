/* weft-sim-tally.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-tally-private.h"

#include <string.h>

static int
compare_words (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

GTree *
weft_sim_tally_new (void)
{
  return g_tree_new_full (compare_words, NULL, g_free, g_free);
}

static void
count (GTree      *self,
       const char *name,
       guint64     amount)
{
  guint64 *counter = g_tree_lookup (self, name);

  if (amount == 0)
    return;
  if (counter == NULL)
    {
      counter = g_new0 (guint64, 1);
      g_tree_insert (self, g_strdup (name), counter);
    }
  *counter += amount;
}

void
weft_sim_tally_take (GTree       *self,
                     WeftSimNode *node)
{
  WeftNode *alive = weft_sim_node_is_up (node) ? weft_sim_node_get_node (node) : NULL;
  g_autoptr(JsonNode) status = NULL;
  JsonObject *counters;
  JsonObjectIter iter;
  const char *name;
  JsonNode *number;

  if (alive == NULL || weft_node_get_coordinator (alive) == NULL)
    return;
  status = weft_coordinator_repo_get_status (weft_node_get_coordinator (alive));
  counters = json_object_get_object_member (json_node_get_object (status), "counters");
  json_object_iter_init_ordered (&iter, counters);
  while (json_object_iter_next_ordered (&iter, &name, &number))
    if (json_node_get_value_type (number) == G_TYPE_INT64)
      count (self, name, (guint64) MAX (json_node_get_int (number), 0));
}

void
weft_sim_tally_add (GTree *self,
                    GTree *other)
{
  for (GTreeNode *node = g_tree_node_first (other); node != NULL; node = g_tree_node_next (node))
    count (self, g_tree_node_key (node), *(guint64 *) g_tree_node_value (node));
}

void
weft_sim_tally_report (GTree       *self,
                       JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  for (GTreeNode *node = g_tree_node_first (self); node != NULL; node = g_tree_node_next (node))
    {
      json_builder_set_member_name (builder, g_tree_node_key (node));
      json_builder_add_int_value (builder, (gint64) *(guint64 *) g_tree_node_value (node));
    }
  json_builder_end_object (builder);
}
