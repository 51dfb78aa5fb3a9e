/* weft-sim-fault-read.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-fault-private.h"

/* A scenario that goes on for longer than this tells no story any more. */
#define TIME_USEC_MAX (24 * G_TIME_SPAN_HOUR)
/* Enough for a day with a fault each second. */
#define TIMES_MAX 100000
#define DRIFT_PPM_MAX 500000
/* More than a disk of a run has. */
#define RECORDS_MAX 1000000
#define MEMBERS_MAX 5

/* As the values of WeftSimDeath are numbered. */
static const char * const deaths[] = { "crash", "power", NULL };
static const char * const disk_fates[] = { "kept", "lost", "rolled-back", NULL };
static const char * const cuts[] = { "both", "in", "out", NULL };
static const char * const layouts[] = {
  "isolate", "split", "partial", "bridge", "ring", NULL,
};
static const char * const sides[] = { "beside", "all", NULL };

/* What each kind has besides what all have, and faults of links. */
static const char * const members[WEFT_SIM_N_FAULT_KINDS][MEMBERS_MAX] = {
  [WEFT_SIM_FAULT_KILL] = { "death", "disk" },
  [WEFT_SIM_FAULT_CLOCK_STEP] = { "by" },
  [WEFT_SIM_FAULT_CLOCK_DRIFT] = { "ppm" },
  [WEFT_SIM_FAULT_PARTITION] = { "cut", "shape", "sizes", "clients", "flap" },
  [WEFT_SIM_FAULT_SLOW_LINK] = { "delay", "chance" },
  [WEFT_SIM_FAULT_LOSSY_LINK] = { "chance" },
  [WEFT_SIM_FAULT_CORRUPT_LINK] = { "chance" },
  [WEFT_SIM_FAULT_NARROW_LINK] = { "bytes", "queue" },
  [WEFT_SIM_FAULT_BREAKING_LINK] = { "chance" },
  [WEFT_SIM_FAULT_REPEATING_LINK] = { "chance" },
  [WEFT_SIM_FAULT_DROPPING_LINK] = { "chance" },
  [WEFT_SIM_FAULT_FULL_DISK] = { "bytes" },
  [WEFT_SIM_FAULT_SLOW_DISK] = { "delay" },
  [WEFT_SIM_FAULT_BIT_ROT] = { "records" },
  [WEFT_SIM_FAULT_READ_ERROR] = { "chance" },
};

static const char * const common_members[] = {
  "fault", "at", "for", "every", "times", "node", NULL,
};
static const char * const link_members[] = { "from", "to", "filter" };

/* All that a kind can have, ended by NULL. */
static GPtrArray *
list_members (WeftSimFaultKind kind)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; common_members[i] != NULL; i++)
    g_ptr_array_add (names, (char *) common_members[i]);
  for (guint i = 0; i < MEMBERS_MAX && members[kind][i] != NULL; i++)
    g_ptr_array_add (names, (char *) members[kind][i]);
  for (guint i = 0; i < G_N_ELEMENTS (link_members) && weft_sim_fault_is_of_links (kind); i++)
    g_ptr_array_add (names, (char *) link_members[i]);
  g_ptr_array_add (names, NULL);

  return names;
}

/* Members that a kind does not have are not there, so they keep what they were. */
static void
read_amounts (WeftSimFault       *self,
              const WeftSimPlace *place)
{
  WeftSimPlace by = weft_sim_place_member (place, "by");
  WeftSimPlace delay = weft_sim_place_member (place, "delay");
  gboolean is_link = weft_sim_fault_is_of_links (self->kind);

  self->death = weft_sim_place_get_choice (place, "death", deaths, WEFT_SIM_DEATH_CRASH);
  self->disk = weft_sim_place_get_choice (place, "disk", disk_fates, WEFT_SIM_DISK_FATE_KEPT);
  if (by.node != NULL)
    self->span_usec = weft_sim_place_get_durations (place, "by", -TIME_USEC_MAX, TIME_USEC_MAX, 0);
  if (delay.node != NULL)
    self->span_usec = weft_sim_place_get_durations (place, "delay", 0, TIME_USEC_MAX, 0);
  self->amount = (double) weft_sim_place_get_integer (place, "ppm", -DRIFT_PPM_MAX, DRIFT_PPM_MAX,
                                                      (gint64) self->amount);
  self->amount = (double) weft_sim_place_get_integer (place, "bytes", is_link ? 1 : 0, G_MAXINT32,
                                                      (gint64) self->amount);
  self->amount = (double) weft_sim_place_get_integer (place, "records", 1, RECORDS_MAX,
                                                      (gint64) self->amount);
  self->chance = weft_sim_place_get_number (place, "chance", 0, 1, self->chance);
  self->queue_bytes = weft_sim_place_get_integer (place, "queue", 1, G_MAXINT32, 0);
}

static gboolean
read_count (const WeftSimPlace *place,
            guint               index,
            gint64             *count)
{
  WeftSimPlace at = weft_sim_place_element (place, index);

  if (!JSON_NODE_HOLDS_VALUE (at.node) || json_node_get_value_type (at.node) != G_TYPE_INT64)
    return FALSE;
  *count = json_node_get_int (at.node);

  return *count > 0;
}

/* Two groups that are all nodes, or all but the bridge. */
static void
read_sizes (WeftSimFault       *self,
            const WeftSimPlace *place,
            guint               n_nodes)
{
  WeftSimPlace sizes = weft_sim_place_member (place, "sizes");
  guint n_grouped = self->layout == WEFT_SIM_LAYOUT_BRIDGE ? n_nodes - 1 : n_nodes;
  gint64 first = 0;
  gint64 second = 0;

  if (sizes.node == NULL)
    return;
  if (self->layout != WEFT_SIM_LAYOUT_SPLIT && self->layout != WEFT_SIM_LAYOUT_BRIDGE)
    weft_sim_place_set_error (&sizes, "only a split and a bridge have sizes");
  if (weft_sim_place_get_length (&sizes) != 2 || !read_count (&sizes, 0, &first) ||
      !read_count (&sizes, 1, &second) || first + second != n_grouped)
    weft_sim_place_set_error (&sizes, "expected two numbers above 0 that add up to %u", n_grouped);
  self->n_first = (guint) first;
}

static void
read_partition (WeftSimFault       *self,
                const WeftSimPlace *place,
                guint               n_nodes)
{
  WeftSimPlace shape = weft_sim_place_member (place, "shape");
  WeftSimPlace cut = weft_sim_place_member (place, "cut");
  WeftSimPlace node = weft_sim_place_member (place, "node");
  guint n_least;

  self->cut = weft_sim_place_get_choice (place, "cut", cuts, WEFT_SIM_CUT_BOTH);
  self->layout = weft_sim_place_get_choice (place, "shape", layouts, WEFT_SIM_LAYOUT_ISOLATE);
  n_least = weft_sim_layout_get_nodes_min (self->layout);
  if (n_nodes < n_least)
    weft_sim_place_set_error (&shape, "this shape takes %u nodes or more, got %u", n_least,
                              n_nodes);
  if (self->layout != WEFT_SIM_LAYOUT_ISOLATE && node.node != NULL)
    weft_sim_place_set_error (&node, "each seed draws who is where in this shape");
  if (self->layout > WEFT_SIM_LAYOUT_SPLIT && self->cut != WEFT_SIM_CUT_BOTH)
    weft_sim_place_set_error (&cut, "this shape is the same both ways");
  read_sizes (self, place, n_nodes);
  self->is_for_nodes = weft_sim_place_get_choice (place, "clients", sides, 0) == 1;
  self->flap_usec = weft_sim_place_get_durations (place, "flap", G_TIME_SPAN_MILLISECOND,
                                                  TIME_USEC_MAX, 0);
}

static void
read_filter (WeftSimFault       *self,
             const WeftSimPlace *place)
{
  WeftSimPlace at = weft_sim_place_member (place, "filter");
  const char *text = weft_sim_place_get_string (place, "filter");

  if (text == NULL)
    return;
  self->is_filtered = TRUE;
  if (!weft_sim_filter_parse (&self->filter, text))
    weft_sim_place_set_error (&at, "expected a service, a verb and an envelope such as "
                              "repo/commit/reply, with * for any, got “%s”", text);
}

static void
read_ways (WeftSimFault       *self,
           const WeftSimPlace *place,
           guint               n_nodes,
           guint               n_clients)
{
  WeftSimPlace node = weft_sim_place_member (place, "node");
  WeftSimPlace from = weft_sim_place_member (place, "from");
  WeftSimPlace to = weft_sim_place_member (place, "to");

  self->is_directed = from.node != NULL || to.node != NULL;
  self->from = weft_sim_selector_read (place, "from", n_nodes, n_clients, WEFT_SIM_PICK_ALL);
  self->to = weft_sim_selector_read (place, "to", n_nodes, n_clients, WEFT_SIM_PICK_ALL);
  if (self->is_directed && node.node != NULL)
    weft_sim_place_set_error (&node, "ways are those of a node, or from and to somebody, not both");
  read_filter (self, place);
}

void
weft_sim_fault_read (WeftSimFault       *self,
                     const WeftSimPlace *place,
                     guint               n_nodes,
                     guint               n_clients)
{
  g_autoptr(GPtrArray) names = NULL;
  gint64 lasting_usec;
  WeftSimFaultKind kind;

  if (place->node == NULL || !JSON_NODE_HOLDS_OBJECT (place->node))
    {
      weft_sim_place_is_object (place, common_members);
      return;
    }
  weft_sim_place_require (place, "fault");
  kind = weft_sim_place_get_choice (place, "fault", weft_sim_fault_names, WEFT_SIM_FAULT_KILL);
  names = list_members (kind);
  if (!weft_sim_place_is_object (place, (const char * const *) names->pdata))
    return;

  weft_sim_fault_init (self, kind);
  weft_sim_place_require (place, "at");
  self->at_usec = weft_sim_place_get_durations (place, "at", 0, TIME_USEC_MAX, 0);
  lasting_usec = self->lasting_usec.low;
  self->lasting_usec = weft_sim_place_get_durations (place, "for", 0, TIME_USEC_MAX, lasting_usec);
  self->every_usec = weft_sim_place_get_durations (place, "every", 1, TIME_USEC_MAX, 0);
  self->n_times = weft_sim_place_get_integer (place, "times", 1, TIMES_MAX, 1);
  if (self->n_times > 1)
    weft_sim_place_require (place, "every");
  self->node = weft_sim_selector_read (place, "node", n_nodes, 0, self->node.pick);
  read_amounts (self, place);
  if (kind == WEFT_SIM_FAULT_PARTITION)
    read_partition (self, place, n_nodes);
  if (weft_sim_fault_is_of_links (kind))
    read_ways (self, place, n_nodes, n_clients);
}
