/* weft-sim-fault-trace.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-fault-trace-private.h"

#include "weft-sim-trace-private.h"

static const char *
name_node (WeftSimWorld *world,
           const GArray *actors,
           guint         node)
{
  return weft_sim_world_get_actor_name (world, g_array_index (actors, guint, node));
}

static void
append_party (GString            *text,
              WeftSimWorld       *world,
              const WeftSimParty *party,
              const GArray       *actors)
{
  const char *separator = " ";
  guint n_nodes = 0;

  for (guint node = 0; node < actors->len; node++)
    n_nodes += weft_sim_party_has_node (party, node);
  if (n_nodes == actors->len && party->client == WEFT_SIM_PARTY_CLIENTS)
    {
      g_string_append (text, " everybody");
      return;
    }
  if (n_nodes == actors->len && n_nodes > 1 && party->client == WEFT_SIM_PARTY_NO_CLIENT)
    {
      g_string_append (text, " all nodes");
      return;
    }
  for (guint node = 0; node < actors->len; node++)
    if (weft_sim_party_has_node (party, node))
      {
        g_string_append_printf (text, "%s%s", separator, name_node (world, actors, node));
        separator = ", ";
      }
  if (party->client == WEFT_SIM_PARTY_CLIENTS)
    g_string_append_printf (text, "%sall clients", separator);
  else if (party->client != WEFT_SIM_PARTY_NO_CLIENT)
    g_string_append_printf (text, "%sclient-%d", separator, party->client);
}

/* Nodes in the order of their places, with a bar after the first group where there is one. */
static void
append_places (GString              *text,
               WeftSimWorld         *world,
               const WeftSimPlanned *planned,
               const GArray         *actors)
{
  for (guint place = 0; place < actors->len; place++)
    for (guint node = 0; node < actors->len; node++)
      {
        if (planned->places[node] != place)
          continue;
        if (planned->layout == WEFT_SIM_LAYOUT_SPLIT && place == planned->n_first)
          g_string_append (text, " |");
        g_string_append_printf (text, " %s", name_node (world, actors, node));
      }
}

static void
append_partition (GString              *text,
                  WeftSimWorld         *world,
                  const WeftSimPlanned *planned,
                  const GArray         *actors)
{
  static const char *const layouts[] = {
    [WEFT_SIM_LAYOUT_ISOLATE] = " around",
    [WEFT_SIM_LAYOUT_SPLIT] = " between",
    [WEFT_SIM_LAYOUT_PARTIAL] = ", partial:",
    [WEFT_SIM_LAYOUT_BRIDGE] = ", a bridge:",
    [WEFT_SIM_LAYOUT_RING] = ", a ring:",
  };
  static const char *const cuts[] = {
    [WEFT_SIM_CUT_BOTH] = "",
    [WEFT_SIM_CUT_IN] = ", only what goes in",
    [WEFT_SIM_CUT_OUT] = ", only what goes out",
  };

  g_string_append (text, layouts[planned->layout]);
  if (planned->layout == WEFT_SIM_LAYOUT_ISOLATE)
    append_party (text, world, &planned->party, actors);
  else
    append_places (text, world, planned, actors);
  g_string_append (text, cuts[planned->cut]);
  if (planned->is_for_nodes)
    g_string_append (text, ", not for clients");
  if (planned->flap_usec > 0)
    {
      g_autofree char *flap = weft_sim_format_duration (planned->flap_usec);

      g_string_append_printf (text, ", there and not there in turn for %s each", flap);
    }
}

static void
append_span (GString *text,
             gint64   usec)
{
  g_autofree char *span = weft_sim_format_duration (ABS (usec));

  g_string_append_printf (text, " by %s%s", usec < 0 ? "-" : "", span);
}

/* A percent in whole numbers reads alike on every machine. */
static void
append_chance (GString *text,
               double   chance)
{
  gint64 tenths = (gint64) (chance * 1000 + 0.5);

  g_string_append_printf (text, " %" G_GINT64_FORMAT ".%d %%", tenths / 10, (int) (tenths % 10));
}

/* Which messages of a link it is about. */
static void
append_link (GString              *text,
             WeftSimWorld         *world,
             const WeftSimPlanned *planned,
             const GArray         *actors)
{
  const WeftSimFilter *filter = &planned->filter;

  if (planned->kind == WEFT_SIM_FAULT_SLOW_LINK)
    append_span (text, planned->span_usec);
  if (planned->kind == WEFT_SIM_FAULT_NARROW_LINK)
    g_string_append_printf (text, " of %.0f bytes a second", planned->amount);
  if (planned->chance > 0 && planned->chance < 1)
    append_chance (text, planned->chance);
  if (planned->is_filtered)
    g_string_append_printf (text, " of %s/%s/%s", filter->service != NULL ? filter->service : "*",
                            filter->verb != NULL ? filter->verb : "*",
                            filter->envelope != NULL ? filter->envelope : "*");
  if (!planned->is_directed)
    {
      g_string_append (text, " at");
      append_party (text, world, &planned->party, actors);
      return;
    }
  g_string_append (text, " from");
  append_party (text, world, &planned->from, actors);
  g_string_append (text, " to");
  append_party (text, world, &planned->to, actors);
}

static char *
tell (WeftSimWorld         *world,
      const WeftSimPlanned *planned,
      const GArray         *actors)
{
  static const char *const fates[] = {
    [WEFT_SIM_DISK_FATE_KEPT] = "",
    [WEFT_SIM_DISK_FATE_LOST] = ", its disk is lost",
    [WEFT_SIM_DISK_FATE_ROLLED_BACK] = ", its disk is rolled back",
  };
  g_autoptr(GString) text = g_string_new (weft_sim_fault_names[planned->kind]);

  if (planned->kind == WEFT_SIM_FAULT_PARTITION)
    append_partition (text, world, planned, actors);
  else if (weft_sim_fault_is_of_links (planned->kind))
    append_link (text, world, planned, actors);
  else
    {
      if (planned->kind == WEFT_SIM_FAULT_CLOCK_STEP || planned->kind == WEFT_SIM_FAULT_SLOW_DISK)
        append_span (text, planned->span_usec);
      if (planned->kind == WEFT_SIM_FAULT_CLOCK_DRIFT)
        g_string_append_printf (text, " by %d millionths", (int) planned->amount);
      if (planned->kind == WEFT_SIM_FAULT_BIT_ROT)
        g_string_append_printf (text, " of %d records", (int) planned->amount);
      if (planned->kind == WEFT_SIM_FAULT_READ_ERROR)
        append_chance (text, planned->chance);
      g_string_append (text, " at");
      append_party (text, world, &planned->party, actors);
      if (planned->kind == WEFT_SIM_FAULT_KILL && planned->death == WEFT_SIM_DEATH_POWER)
        g_string_append (text, ", which is without power");
      if (planned->kind == WEFT_SIM_FAULT_KILL)
        g_string_append (text, fates[planned->disk]);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
weft_sim_fault_trace_begin (WeftSimWorld         *world,
                            const WeftSimPlanned *planned,
                            const GArray         *actors)
{
  g_autofree char *about = NULL;
  JsonArray *nodes;
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  about = tell (world, planned, actors);
  nodes = json_array_new ();
  for (guint node = 0; node < actors->len; node++)
    if (weft_sim_party_has_node (&planned->party, node))
      json_array_add_int_element (nodes, g_array_index (actors, guint, node));
  line = weft_sim_trace_begin (world, "fault");
  json_object_set_int_member (line, "fault", (gint64) planned->number + 1);
  json_object_set_string_member (line, "kind", weft_sim_fault_names[planned->kind]);
  json_object_set_string_member (line, "about", about);
  json_object_set_array_member (line, "nodes", nodes);
  weft_sim_trace_end (world, line);
}

void
weft_sim_fault_trace_end (WeftSimWorld         *world,
                          const WeftSimPlanned *planned)
{
  JsonObject *line;

  if (!weft_sim_trace_is_on (world))
    return;
  line = weft_sim_trace_begin (world, "heal");
  json_object_set_int_member (line, "fault", (gint64) planned->number + 1);
  weft_sim_trace_end (world, line);
}
