/* churn-table.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "churn-table.h"

/* Words of reasons, the first that is found counts; what is in none of them is told as it is. */
static const struct
{
  const char *word;
  const char *told;
} classes[] = {
  { "seems to be cut", "cut" },
  { "not-admitted", "not-admitted" },
  { "unsettled", "unsettled" },
  { "unmaterializable", "unmaterializable" },
  { "indeterminate", "indeterminate" },
  { "cohort-unreachable", "cohort-unreachable" },
  { "peers-unreachable", "peers-unreachable" },
  { "do not agree", "lookup" },
  { "somebody else", "stale" },
  { "stale", "stale" },
  { "no reply came", "timed-out" },
  { "promises needed", "too-few-promises" },
  { "votes needed", "too-few-votes" },
};

static const char *const reads[] = { "read", NULL };
static const char *const writes[] = { "put", "raw", NULL };

static JsonObject *
get_availability (JsonNode *report)
{
  return json_object_get_object_member (json_node_get_object (report), "availability");
}

gint64
churn_table_count (JsonNode   *report,
                   gboolean    is_of_writes,
                   const char *what)
{
  const char *const *kinds = is_of_writes ? writes : reads;
  gint64 sum = 0;

  for (guint i = 0; kinds[i] != NULL; i++)
    sum += json_object_get_int_member (
      json_object_get_object_member (get_availability (report), kinds[i]), what);

  return sum;
}

static double
get_percent (JsonNode *report,
             gboolean  is_of_writes)
{
  gint64 n_asked = churn_table_count (report, is_of_writes, "asked")
                   - churn_table_count (report, is_of_writes, "stale");

  return 100.0 * (double) churn_table_count (report, is_of_writes, "succeeded")
         / (double) MAX (n_asked, 1);
}

static int
get_msec (JsonNode   *report,
          const char *kind,
          const char *what)
{
  JsonObject *object = json_object_get_object_member (get_availability (report), kind);

  return (int) (json_object_get_int_member_with_default (object, what, 0) / 1000);
}

/* Of all seconds of all blocks. */
static double
get_outage (JsonNode   *report,
            const char *name)
{
  JsonObject *object = get_availability (report);
  gint64 all_usec = json_object_get_int_member (object, "workedUsec")
                    * json_object_get_int_member (object, "blocks");

  return 100.0
         * (double) json_object_get_int_member (json_object_get_object_member (object, name),
                                                "totalUsec")
         / (double) MAX (all_usec, 1);
}

static int
get_longest (JsonNode   *report,
             const char *name)
{
  JsonObject *object = json_object_get_object_member (get_availability (report), name);

  return (int) (json_object_get_int_member (object, "longestUsec") / G_USEC_PER_SEC);
}

static const char *
classify (const char *reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (strstr (reason, classes[i].word) != NULL)
      return classes[i].told;

  return reason;
}

static int
compare_words (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

static void
print_refusals (JsonNode          *report,
                const char        *title,
                const char *const *kinds)
{
  g_autoptr(GTree) counts = g_tree_new_full (compare_words, NULL, NULL, NULL);
  gboolean is_first = TRUE;

  for (guint i = 0; kinds[i] != NULL; i++)
    {
      JsonObject *kind = json_object_get_object_member (get_availability (report), kinds[i]);
      JsonObjectIter iter;
      const char *reason;
      JsonNode *times;

      json_object_iter_init (&iter, json_object_get_object_member (kind, "reasons"));
      while (json_object_iter_next (&iter, &reason, &times))
        {
          const char *told = classify (reason);
          guint n_before = GPOINTER_TO_UINT (g_tree_lookup (counts, told));

          g_tree_insert (counts, (char *) told,
                         GUINT_TO_POINTER (n_before + (guint) json_node_get_int (times)));
        }
    }
  for (GTreeNode *node = g_tree_node_first (counts); node != NULL; node = g_tree_node_next (node))
    {
      g_print ("%s%s %u", is_first ? title : ", ", (const char *) g_tree_node_key (node),
               GPOINTER_TO_UINT (g_tree_node_value (node)));
      is_first = FALSE;
    }
  if (!is_first)
    g_print ("\n");
}

void
churn_table_print_head (void)
{
  g_print ("%-8s %5s %3s | %9s %7s %4s %4s %5s | %9s %7s %4s %4s %5s | %7s %4s %7s %4s | %4s %4s "
           "%5s %5s | %s\n",
           "churn", "nodes", "of", "reads", "%", "p50", "p95", "p99", "writes", "%", "p50", "p95",
           "p99", "unread%", "s", "unwrit%", "s", "left", "new", "moves", "not",
           "verdict, events, processor s");
}

/* Of all nodes. */
static int
get_counter (JsonObject *report,
             const char *name)
{
  return (int) json_object_get_int_member_with_default (
    json_object_get_object_member (report, "agreement"), name, 0);
}

void
churn_table_print_row (const ChurnCell *cell,
                       JsonNode        *report)
{
  JsonObject *object = json_node_get_object (report);
  JsonObject *churn = NULL;

  if (json_object_has_member (object, "churn"))
    churn = json_object_get_object_member (object, "churn");
  g_print ("%-8s %5u %3u | %9" G_GINT64_FORMAT " %7.3f %4d %4d %5d | %9" G_GINT64_FORMAT
           " %7.3f %4d %4d %5d | %7.3f %4d %7.3f %4d | %4d %4d %5d %5d | %s, %" G_GINT64_FORMAT
           ", %.1f\n",
           cell->kind->name, cell->n_nodes, cell->cluster,
           churn_table_count (report, FALSE, "asked"), get_percent (report, FALSE),
           get_msec (report, "read", "p50Usec"), get_msec (report, "read", "p95Usec"),
           get_msec (report, "read", "p99Usec"), churn_table_count (report, TRUE, "asked"),
           get_percent (report, TRUE), get_msec (report, "put", "p50Usec"),
           get_msec (report, "put", "p95Usec"), get_msec (report, "put", "p99Usec"),
           get_outage (report, "unreadable"), get_longest (report, "unreadable"),
           get_outage (report, "unwritable"), get_longest (report, "unwritable"),
           churn != NULL ? (int) json_object_get_int_member (churn, "left") : 0,
           churn != NULL ? (int) json_object_get_int_member (churn, "replaced") : 0,
           get_counter (object, "moves"), get_counter (object, "moves-failed"),
           json_object_get_string_member (object, "verdict"),
           json_object_get_int_member (object, "events"),
           (double) json_object_get_int_member (object, "processorUsec") / G_USEC_PER_SEC);
  print_refusals (report, "         reads not done: ", reads);
  print_refusals (report, "         writes not done: ", writes);
  if (json_object_has_member (object, "reason"))
    g_print ("         %s\n", json_object_get_string_member (object, "reason"));
}
