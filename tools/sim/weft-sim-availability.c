/* weft-sim-availability.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-sim-availability.h"

static double
get_msec (JsonObject *object,
          const char *name)
{
  return (double) json_object_get_int_member_with_default (object, name, 0) / 1000.0;
}

static void
print_reasons (JsonObject *reasons)
{
  JsonObjectIter iter;
  const char *reason;
  JsonNode *times;

  json_object_iter_init_ordered (&iter, reasons);
  while (json_object_iter_next_ordered (&iter, &reason, &times))
    g_print ("  %" G_GINT64_FORMAT " times %s\n", json_node_get_int (times), reason);
}

static void
print_kind (const char *name,
            JsonObject *kind)
{
  gint64 n_asked = json_object_get_int_member (kind, "asked");
  gint64 n_stale = json_object_get_int_member (kind, "stale");
  gint64 n_succeeded = json_object_get_int_member (kind, "succeeded");

  if (n_asked == 0)
    return;
  g_print ("%s: %" G_GINT64_FORMAT " asked, %" G_GINT64_FORMAT " succeeded", name, n_asked,
           n_succeeded);
  if (n_asked > n_stale)
    g_print (" (%.3f %%)", 100.0 * (double) n_succeeded / (double) (n_asked - n_stale));
  g_print (", %" G_GINT64_FORMAT " stale, %" G_GINT64_FORMAT " refused", n_stale,
           json_object_get_int_member (kind, "refused"));
  if (n_succeeded > 0)
    g_print ("; %.1f ms, p95 %.1f, p99 %.1f", get_msec (kind, "p50Usec"),
             get_msec (kind, "p95Usec"), get_msec (kind, "p99Usec"));
  g_print ("\n");
  print_reasons (json_object_get_object_member (kind, "reasons"));
}

static void
print_outage (JsonObject *availability,
              const char *name)
{
  JsonObject *outage = json_object_get_object_member (availability, name);

  if (json_object_get_int_member (outage, "totalUsec") > 0)
    g_print ("%s: %.1f s of %" G_GINT64_FORMAT " blocks together, the longest %.1f s\n", name,
             get_msec (outage, "totalUsec") / 1000,
             json_object_get_int_member (availability, "blocks"),
             get_msec (outage, "longestUsec") / 1000);
}

void
weft_sim_availability_print (JsonNode *report)
{
  static const char *const kinds[] = { "read", "put", "delete", "raw", "past" };
  JsonObject *object = json_node_get_object (report);
  JsonObject *availability;

  if (!json_object_has_member (object, "availability"))
    return;
  availability = json_object_get_object_member (object, "availability");
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    print_kind (kinds[i], json_object_get_object_member (availability, kinds[i]));
  print_outage (availability, "unreadable");
  print_outage (availability, "unwritable");
}
