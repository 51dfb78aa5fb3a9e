/* weft-sim-report.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-report.h"

#include <string.h>

/* A swarm that fails everywhere need not tell of each seed. */
#define FAILURES_MAX 1000

static void
failure_free (WeftSimFailure *self)
{
  g_free (self->scenario);
  g_free (self->verdict);
  g_free (self->reason);
  g_free (self->signatures);
  g_free (self->reproduce);
  g_free (self);
}

/* Processes end in any order; reports do not show it. */
static int
compare_failures (gconstpointer a,
                  gconstpointer b)
{
  const WeftSimFailure *left = *(const WeftSimFailure * const *) a;
  const WeftSimFailure *right = *(const WeftSimFailure * const *) b;
  int order = strcmp (left->scenario, right->scenario);

  return order != 0 ? order : (left->seed > right->seed) - (left->seed < right->seed);
}

static int
compare_words (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  return strcmp (a, b);
}

WeftSimReport *
weft_sim_report_new (void)
{
  WeftSimReport *self = g_new0 (WeftSimReport, 1);

  self->faults = g_tree_new_full (compare_words, NULL, g_free, g_free);
  self->scenarios = g_tree_new_full (compare_words, NULL, g_free, g_free);
  self->failures = g_ptr_array_new_with_free_func ((GDestroyNotify) failure_free);

  return self;
}

void
weft_sim_report_free (WeftSimReport *self)
{
  g_tree_unref (self->faults);
  g_tree_unref (self->scenarios);
  g_ptr_array_unref (self->failures);
  g_free (self);
}

static void
count (GTree      *tree,
       const char *word,
       guint64     amount)
{
  guint64 *counter = g_tree_lookup (tree, word);

  if (counter == NULL)
    {
      counter = g_new0 (guint64, 1);
      g_tree_insert (tree, g_strdup (word), counter);
    }
  *counter += amount;
}

char *
weft_sim_report_reproduce (const char *scenario,
                           guint64     seed,
                           const char *verdict,
                           const char *signatures)
{
  gboolean is_plain = strspn (scenario, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789-_./") == strlen (scenario);
  g_autofree char *quoted = is_plain ? g_strdup (scenario) : g_shell_quote (scenario);

  return g_strdup_printf ("weft-sim run %s --seed %" G_GUINT64_FORMAT "%s%s%s  # weft-sim %s",
                          quoted, seed, g_str_equal (verdict, "non-determinism") ? " -d" : "",
                          signatures != NULL ? " --signatures " : "",
                          signatures != NULL ? signatures : "", weft_sim_get_build ());
}

const WeftSimFailure *
weft_sim_report_add_failure (WeftSimReport *self,
                             const char    *scenario,
                             guint64        seed,
                             const char    *verdict,
                             const char    *reason)
{
  WeftSimFailure *failure = g_new0 (WeftSimFailure, 1);

  if (g_str_equal (verdict, "undecided"))
    self->n_undecided++;
  else if (g_str_equal (verdict, "non-determinism"))
    self->n_differing++;
  else
    self->n_violations++;
  failure->scenario = g_strdup (scenario);
  failure->seed = seed;
  failure->verdict = g_strdup (verdict);
  failure->reason = g_strdup (reason);
  failure->signatures = g_strdup (self->signatures);
  failure->reproduce = weft_sim_report_reproduce (scenario, seed, verdict, self->signatures);
  if (self->failures->len == FAILURES_MAX)
    g_ptr_array_set_size (self->failures, FAILURES_MAX - 1);
  g_ptr_array_add (self->failures, failure);
  g_ptr_array_sort (self->failures, compare_failures);

  return failure;
}

/* Of a report that another program may have written: what is no number counts as 0. */
static guint64
get_number (JsonObject *object,
            const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return 0;

  return MAX (json_node_get_int (node), 0);
}

static const char *
get_text (JsonObject *object,
          const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING)
    return "";

  return json_node_get_string (node);
}

static void
count_members (GTree      *tree,
               JsonObject *object,
               const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autoptr(GList) members = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  members = json_object_get_members (json_node_get_object (node));
  for (GList *at = members; at != NULL; at = at->next)
    count (tree, at->data, get_number (json_node_get_object (node), at->data));
}

static void
add_totals (WeftSimReport *self,
            JsonObject    *object)
{
  self->simulated_usec += get_number (object, "simulatedUsec");
  self->n_events += get_number (object, "events");
  self->n_operations += get_number (object, "operations");
  count_members (self->faults, object, "faults");
}

const WeftSimFailure *
weft_sim_report_add_run (WeftSimReport *self,
                         const char    *scenario,
                         JsonNode      *run)
{
  JsonObject *object = json_node_get_object (run);

  self->n_runs++;
  add_totals (self, object);
  count (self->scenarios, get_text (object, "scenario"), 1);
  if (json_object_get_boolean_member_with_default (object, "asExpected", FALSE))
    {
      self->n_passed++;
      return NULL;
    }

  return weft_sim_report_add_failure (self, scenario, get_number (object, "seed"),
                                      get_text (object, "verdict"), get_text (object, "reason"));
}

gboolean
weft_sim_report_merge (WeftSimReport  *self,
                       JsonNode       *other,
                       GError        **error)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (other) ? json_node_get_object (other) : NULL;
  JsonNode *failures = object != NULL ? json_object_get_member (object, "failures") : NULL;

  if (object != NULL && json_object_has_member (object, "asExpected"))
    {
      weft_sim_report_add_run (self, get_text (object, "scenario"), other);
      return TRUE;
    }
  if (failures == NULL || !JSON_NODE_HOLDS_ARRAY (failures))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a report of weft-sim run or swarm, got something else");
      return FALSE;
    }

  self->n_runs += get_number (object, "runs");
  self->n_passed += get_number (object, "passed");
  add_totals (self, object);
  count_members (self->scenarios, object, "scenarios");
  for (guint i = 0; i < json_array_get_length (json_node_get_array (failures)); i++)
    {
      JsonNode *node = json_array_get_element (json_node_get_array (failures), i);
      JsonObject *failure;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        continue;
      failure = json_node_get_object (node);
      self->signatures = json_object_get_string_member_with_default (failure, "signatures", NULL);
      weft_sim_report_add_failure (self, get_text (failure, "scenario"),
                                   get_number (failure, "seed"), get_text (failure, "verdict"),
                                   get_text (failure, "reason"));
      self->signatures = NULL;
    }

  return TRUE;
}

static gboolean
add_counter (gpointer key,
             gpointer value,
             gpointer user_data)
{
  json_builder_set_member_name (user_data, key);
  json_builder_add_int_value (user_data, (gint64) *(guint64 *) value);

  return FALSE;
}

static void
add_tree (JsonBuilder *builder,
          const char  *name,
          GTree       *tree)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  g_tree_foreach (tree, add_counter, builder);
  json_builder_end_object (builder);
}

static void
add_number (JsonBuilder *builder,
            const char  *name,
            guint64      number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) number);
}

static void
add_text (JsonBuilder *builder,
          const char  *name,
          const char  *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

JsonNode *
weft_sim_report_to_json (WeftSimReport *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_number (builder, "runs", self->n_runs);
  add_number (builder, "passed", self->n_passed);
  add_number (builder, "violations", self->n_violations);
  add_number (builder, "undecided", self->n_undecided);
  add_number (builder, "nonDeterministic", self->n_differing);
  add_number (builder, "simulatedUsec", self->simulated_usec);
  add_number (builder, "events", self->n_events);
  add_number (builder, "operations", self->n_operations);
  add_tree (builder, "faults", self->faults);
  add_tree (builder, "scenarios", self->scenarios);
  json_builder_set_member_name (builder, "failures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->failures->len; i++)
    {
      const WeftSimFailure *failure = self->failures->pdata[i];

      json_builder_begin_object (builder);
      add_text (builder, "scenario", failure->scenario);
      add_number (builder, "seed", failure->seed);
      add_text (builder, "verdict", failure->verdict);
      add_text (builder, "reason", failure->reason);
      if (failure->signatures != NULL)
        add_text (builder, "signatures", failure->signatures);
      add_text (builder, "reproduce", failure->reproduce);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);

  return json_builder_get_root (builder);
}

static gboolean
print_counter (gpointer key,
               gpointer value,
               gpointer user_data)
{
  gboolean *is_first = user_data;

  g_print ("%s%s %" G_GUINT64_FORMAT, *is_first ? "" : ", ", (const char *) key,
           *(guint64 *) value);
  *is_first = FALSE;

  return FALSE;
}

void
weft_sim_report_print (WeftSimReport *self,
                       double         seconds)
{
  gboolean is_first = TRUE;
  double simulated = (double) self->simulated_usec / G_USEC_PER_SEC;

  g_print ("%" G_GUINT64_FORMAT " runs, %" G_GUINT64_FORMAT " passed, %u failed: "
           "%.0f s of simulated time, %" G_GUINT64_FORMAT " events, "
           "%" G_GUINT64_FORMAT " operations checked\n",
           self->n_runs, self->n_passed, self->failures->len, simulated, self->n_events,
           self->n_operations);
  if (seconds > 0)
    g_print ("%.1f s, %.1f runs/s, %.0f times as fast as the clock\n", seconds,
             (double) self->n_runs / seconds, simulated / seconds);
  g_print ("faults: ");
  g_tree_foreach (self->faults, print_counter, &is_first);
  g_print ("%s\n", is_first ? "none" : "");
}

WeftSimExit
weft_sim_report_get_exit (WeftSimReport *self)
{
  if (self->n_differing > 0)
    return WEFT_SIM_EXIT_NON_DETERMINISM;
  if (self->n_violations > 0)
    return WEFT_SIM_EXIT_VIOLATION;
  if (self->n_undecided > 0)
    return WEFT_SIM_EXIT_UNDECIDED;

  return WEFT_SIM_EXIT_PASS;
}

void
weft_sim_failure_print (const WeftSimFailure *self)
{
  g_printerr ("%s, seed %" G_GUINT64_FORMAT ": %s: %s\n  reproduce: %s\n", self->scenario,
              self->seed, self->verdict, self->reason, self->reproduce);
}
