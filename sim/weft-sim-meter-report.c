/* weft-sim-meter-report.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-meter-private.h"

static void
add_number (JsonBuilder *builder,
            const char  *name,
            guint64      number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) MIN (number, (guint64) WEFT_LIMIT_INTEGER_MAX));
}

static gboolean
add_reason (gpointer key,
            gpointer value,
            gpointer user_data)
{
  add_number (user_data, key, *(const guint64 *) value);

  return FALSE;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static void
add_percentile (JsonBuilder *builder,
                const char  *name,
                GArray      *sorted,
                guint        percent)
{
  guint at = (guint) ((guint64) sorted->len * percent / 100);

  if (sorted->len > 0)
    add_number (builder, name,
                (guint64) g_array_index (sorted, gint64, MIN (at, sorted->len - 1)));
}

static void
add_kind (WeftSimMeterKind *kind,
          JsonBuilder      *builder)
{
  g_array_sort (kind->latencies, compare_times);
  json_builder_begin_object (builder);
  add_number (builder, "asked", kind->n_succeeded + kind->n_stale + kind->n_refused);
  add_number (builder, "succeeded", kind->n_succeeded);
  add_number (builder, "stale", kind->n_stale);
  add_number (builder, "refused", kind->n_refused);
  add_percentile (builder, "p50Usec", kind->latencies, 50);
  add_percentile (builder, "p95Usec", kind->latencies, 95);
  add_percentile (builder, "p99Usec", kind->latencies, 99);
  add_percentile (builder, "slowestUsec", kind->latencies, 100);
  json_builder_set_member_name (builder, "reasons");
  json_builder_begin_object (builder);
  g_tree_foreach (kind->reasons, add_reason, builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_outages (WeftSimMeter        *self,
             JsonBuilder         *builder,
             const char          *name,
             const WeftSimOutage *outages)
{
  gint64 total_usec = 0;
  gint64 longest_usec = 0;

  for (guint i = 0; i < self->n_keys; i++)
    {
      total_usec += outages[i].total_usec;
      longest_usec = MAX (longest_usec, outages[i].longest_usec);
    }
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  add_number (builder, "totalUsec", (guint64) total_usec);
  add_number (builder, "longestUsec", (guint64) longest_usec);
  json_builder_end_object (builder);
}

void
weft_sim_meter_report (WeftSimMeter *self,
                       JsonBuilder  *builder)
{
  json_builder_begin_object (builder);
  add_number (builder, "blocks", self->n_keys);
  add_number (builder, "workedUsec", (guint64) (self->ended_usec - self->begun_usec));
  add_outages (self, builder, "unreadable", self->reading);
  add_outages (self, builder, "unwritable", self->writing);
  for (guint i = 0; i < WEFT_SIM_N_WORKS; i++)
    {
      json_builder_set_member_name (builder, weft_sim_work_names[i]);
      add_kind (&self->kinds[i], builder);
    }
  json_builder_end_object (builder);
}
