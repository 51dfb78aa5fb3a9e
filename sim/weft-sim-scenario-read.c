/* weft-sim-scenario-read.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a scenario may say: data/docs/scenarios.md tells people, data/scenarios/schema.json tells
 * editors.
 */

#include "weft-sim-scenario-private.h"

#define DURATION_USEC_MAX (24 * G_TIME_SPAN_HOUR)
#define ATTEMPTS_MAX 100
#define NAME_CHARS_MAX 64

const char * const weft_sim_work_names[] = { "read", "put", "delete", "raw", "past", NULL };

/* A duration, or an object for one that varies. */
static WeftSimDelay
read_delay (const WeftSimPlace *place,
             const char         *name,
             WeftSimDelay       fallback)
{
  /* As the shapes of a delay are numbered. */
  static const char * const shapes[] = {
    "constant", "uniform", "exponential", "log-normal", "pareto", NULL,
  };
  static const char * const names[] = { "shape", "least", "spread", "tail", NULL };
  WeftSimPlace at = weft_sim_place_member (place, name);
  WeftSimDelay delay = { .tail = 1 };

  if (at.node == NULL)
    return fallback;
  if (!JSON_NODE_HOLDS_OBJECT (at.node))
    {
      delay.least_usec = weft_sim_place_get_duration (place, name, 0, G_TIME_SPAN_HOUR, 0);
      return delay;
    }
  if (!weft_sim_place_is_object (&at, names))
    return fallback;

  weft_sim_place_require (&at, "shape");
  delay.shape = weft_sim_place_get_choice (&at, "shape", shapes, 0);
  delay.least_usec = weft_sim_place_get_duration (&at, "least", 0, G_TIME_SPAN_HOUR, 0);
  delay.spread_usec = weft_sim_place_get_duration (&at, "spread", 0, G_TIME_SPAN_HOUR, 0);
  delay.tail = weft_sim_place_get_number (&at, "tail", 0.01, 100, 1);

  return delay;
}

/* True or false, or an object with the size of clusters. The swarm has been read. */
static void
read_cluster (WeftSimScenario    *self,
              const WeftSimPlace *place)
{
  static const char * const names[] = { "replication", "minimum", "peers", "edges", NULL };
  static const char * const ways[] = { "listed", "found", NULL };
  WeftSimPlace at = weft_sim_place_member (place, "cluster");

  if (at.node == NULL)
    return;
  if (JSON_NODE_HOLDS_VALUE (at.node) && json_node_get_value_type (at.node) == G_TYPE_BOOLEAN)
    {
      self->is_cluster = json_node_get_boolean (at.node);
    }
  else if (!JSON_NODE_HOLDS_OBJECT (at.node))
    {
      weft_sim_place_set_error (&at, "expected true, false or an object with “replication”");
    }
  else if (weft_sim_place_is_object (&at, names))
    {
      self->is_cluster = TRUE;
      weft_sim_place_require (&at, "replication");
      self->replication = weft_sim_place_get_integer (&at, "replication", 1,
                                                      (gint64) self->swarm.nodes.low, 1);
      self->cluster_min = weft_sim_place_get_integer (&at, "minimum", 1, self->replication, 1);
      self->is_ring = weft_sim_place_get_choice (&at, "peers", ways, 0) == 1;
      self->has_edges = weft_sim_place_get_boolean (&at, "edges", FALSE);
      if (self->has_edges && !self->is_ring)
        weft_sim_place_set_error (&at, "expected “peers” to be “found” where clients have edges");
    }
  if (self->is_cluster && weft_sim_place_member (place, "placement").node != NULL)
    weft_sim_place_set_error (&at, "expected either a cluster or a placement");
}

static void
read_link (WeftSimScenario    *self,
           const WeftSimPlace *place)
{
  static const char * const names[] = { "delay", "bandwidth", "queue", "loss", NULL };
  WeftSimPlace link = weft_sim_place_member (place, "link");

  if (link.node == NULL || !weft_sim_place_is_object (&link, names))
    return;
  self->link = read_delay (&link, "delay", self->link);
  self->bandwidth = weft_sim_place_get_integer (&link, "bandwidth", 1, G_MAXINT32, 0);
  self->queue_bytes = weft_sim_place_get_integer (&link, "queue", 1, G_MAXINT32, 0);
  self->loss = weft_sim_place_get_number (&link, "loss", 0, 0.9, 0);
}

static void
read_disk (WeftSimScenario    *self,
           const WeftSimPlace *place)
{
  static const char * const names[] = { "sync", NULL };
  WeftSimPlace disk = weft_sim_place_member (place, "disk");

  if (disk.node != NULL && weft_sim_place_is_object (&disk, names))
    self->sync = read_delay (&disk, "sync", self->sync);
}

static void
read_mix (WeftSimWorkloadOptions *self,
          const WeftSimPlace     *place)
{
  WeftSimPlace mix = weft_sim_place_member (place, "mix");
  double total = 0;

  if (mix.node == NULL || !weft_sim_place_is_object (&mix, weft_sim_work_names))
    return;
  for (guint i = 0; i < WEFT_SIM_N_WORKS; i++)
    {
      self->mix[i] = weft_sim_place_get_number (&mix, weft_sim_work_names[i], 0, 1000000, 0);
      total += self->mix[i];
    }
  if (total <= 0)
    weft_sim_place_set_error (&mix, "expected one share above 0 at least");
}

static void
read_workload (WeftSimWorkloadOptions *self,
               const WeftSimPlace     *place)
{
  static const char * const names[] = {
    "clients", "keys", "blocks", "bytes", "attempts", "rate", "duplicates", "blind", "timeout",
    "mix", NULL,
  };
  WeftSimPlace work = weft_sim_place_member (place, "workload");

  if (work.node == NULL || !weft_sim_place_is_object (&work, names))
    return;
  self->n_clients = weft_sim_place_get_integer (&work, "clients", 1, WEFT_SIM_CLIENTS_MAX,
                                                self->n_clients);
  self->n_keys = weft_sim_place_get_integer (&work, "keys", 1, WEFT_SIM_KEYS_MAX, self->n_keys);
  self->blocks_max = weft_sim_place_get_integer (&work, "blocks", 1,
                                                 MIN (WEFT_SIM_BLOCKS_MAX, self->n_keys),
                                                 self->blocks_max);
  self->value_bytes = weft_sim_place_get_integer (&work, "bytes", 0, WEFT_SIM_VALUE_BYTES_MAX,
                                                  self->value_bytes);
  self->n_attempts = weft_sim_place_get_integer (&work, "attempts", 1, ATTEMPTS_MAX,
                                                 self->n_attempts);
  self->rate = weft_sim_place_get_number (&work, "rate", 0.001, WEFT_SIM_RATE_MAX, self->rate);
  self->duplicates = weft_sim_place_get_number (&work, "duplicates", 0, 1, 0);
  self->blind = weft_sim_place_get_number (&work, "blind", 0, 1, 0);
  self->timeout_usec = weft_sim_place_get_duration (&work, "timeout", G_TIME_SPAN_MILLISECOND,
                                                    G_TIME_SPAN_HOUR, self->timeout_usec);
  read_mix (self, &work);
}

/* So many members of a cluster may lie and nothing wrong is decided, and so many may say nothing
 * and it goes on. */
static guint
get_liars_max (WeftSimScenario *self)
{
  guint size = self->replication > 0 ? self->replication : (guint) self->swarm.nodes.low;
  guint promises = weft_thresholds_get_promises (size, WEFT_SUPER_MAJORITY_DEFAULT);

  return MIN (promises + weft_thresholds_get_commits (size) - size - 1, size - promises);
}

/* The cluster has been read. */
static void
read_dishonest (WeftSimScenario    *self,
                const WeftSimPlace *place)
{
  static const char * const names[] = { "by", "nodes", NULL };
  WeftSimPlace at = weft_sim_place_member (place, "dishonest");

  if (at.node == NULL || !weft_sim_place_is_object (&at, names))
    return;
  if (!self->is_cluster || get_liars_max (self) == 0)
    {
      weft_sim_place_set_error (&at, "expected a cluster of four or more, of which one may lie");
      return;
    }
  weft_sim_place_require (&at, "by");
  self->lie = weft_sim_place_get_choice (&at, "by", weft_sim_lie_names, 0);
  self->n_liars = weft_sim_place_get_integer (&at, "nodes", 1, get_liars_max (self), 1);
}

static void
read_timeline (WeftSimScenario    *self,
               const WeftSimPlace *place)
{
  WeftSimPlace timeline = weft_sim_place_member (place, "timeline");
  guint length;

  if (timeline.node == NULL)
    return;
  length = weft_sim_place_get_length (&timeline);
  if (length > WEFT_SIM_FAULTS_MAX)
    weft_sim_place_set_error (&timeline, "expected at most %u faults, got %u", WEFT_SIM_FAULTS_MAX,
                              length);
  for (guint i = 0; i < length && place->reader->error == NULL; i++)
    {
      WeftSimPlace at = weft_sim_place_element (&timeline, i);
      WeftSimFault fault = { 0 };

      weft_sim_fault_read (&fault, &at, self->swarm.nodes.low, self->swarm.clients.low);
      if (fault.at_usec.high > self->duration_usec)
        {
          WeftSimPlace when = weft_sim_place_member (&at, "at");
          g_autofree char *duration = weft_sim_format_duration (self->duration_usec);

          weft_sim_place_set_error (&when, "expected a time within the duration of %s", duration);
        }
      g_array_append_val (self->timeline, fault);
    }
}

static gboolean
is_for_good (const WeftSimChurnOptions *options)
{
  return options->is_for_good || options->kind == WEFT_SIM_CHURN_ONE_BY_ONE;
}

/* All but the timeline has been read. */
static void
read_churn (WeftSimScenario    *self,
            const WeftSimPlace *place)
{
  WeftSimPlace churn = weft_sim_place_member (place, "churn");
  guint length;

  if (churn.node == NULL)
    return;
  if (!self->is_cluster)
    weft_sim_place_set_error (&churn, "expected a cluster where nodes come and go");
  length = weft_sim_place_get_length (&churn);
  if (length > WEFT_SIM_CHURN_MAX)
    weft_sim_place_set_error (&churn, "expected at most %u ways to come and go, got %u",
                              WEFT_SIM_CHURN_MAX, length);
  for (guint i = 0; i < length && place->reader->error == NULL; i++)
    {
      WeftSimPlace at = weft_sim_place_element (&churn, i);
      WeftSimChurnOptions options = { 0 };

      weft_sim_churn_options_read (&options, &at, (guint) self->swarm.nodes.low,
                                   self->workload.n_keys, self->duration_usec);
      if (is_for_good (&options) && !self->has_edges)
        weft_sim_place_set_error (&at, "expected “edges” in the cluster where nodes go for good");
      g_array_append_val (self->churn, options);
    }
}

static void
read_signatures (WeftSimScenario    *self,
                 const WeftSimPlace *place)
{
  WeftSimPlace at = weft_sim_place_member (place, "signatures");

  self->has_signatures = at.node != NULL;
  self->signatures = weft_sim_place_get_choice (place, "signatures", weft_sim_signatures_names, 0);
}

/* Whether what is pending can only go when somebody says so or its time has come. */
static gboolean
has_promises (WeftSimScenario *self)
{
  if (self->expects_violation || self->swarm.is_kind[WEFT_SIM_FAULT_CLOCK_STEP]
      || self->swarm.is_kind[WEFT_SIM_FAULT_CLOCK_DRIFT])
    return FALSE;
  for (guint i = 0; i < self->timeline->len; i++)
    {
      const WeftSimFault *fault = &g_array_index (self->timeline, WeftSimFault, i);

      if (fault->kind == WEFT_SIM_FAULT_CLOCK_STEP || fault->kind == WEFT_SIM_FAULT_CLOCK_DRIFT
          || fault->disk != WEFT_SIM_DISK_FATE_KEPT)
        return FALSE;
    }

  return TRUE;
}

static char *
read_name (const WeftSimPlace *place)
{
  WeftSimPlace at = weft_sim_place_member (place, "name");
  const char *name = weft_sim_place_get_string (place, "name");
  gsize length = 0;

  weft_sim_place_require (place, "name");
  if (name == NULL)
    return NULL;
  while (g_ascii_islower (name[length]) || g_ascii_isdigit (name[length]) || name[length] == '-')
    length++;
  if (name[length] != '\0' || length == 0 || length > NAME_CHARS_MAX)
    weft_sim_place_set_error (&at, "expected from 1 to %u of a-z, 0-9 and -, got “%s”",
                              NAME_CHARS_MAX, name);

  return g_strdup (name);
}

void
weft_sim_scenario_read (WeftSimScenario    *self,
                        const WeftSimPlace *place)
{
  static const char * const expectations[] = { "pass", "violation", NULL };
  static const char * const placements[] = { "in-turn", "hashed", NULL };
  static const char * const names[] = {
    "$schema", "name", "summary", "expect", "nodes", "cluster", "dishonest", "placement",
    "settle", "duration", "heal", "link", "disk", "signatures", "buggify", "workload", "timeline",
    "churn", "swarm", NULL,
  };

  if (!weft_sim_place_is_object (place, names))
    return;
  weft_sim_place_get_string (place, "$schema");
  self->name = read_name (place);
  weft_sim_place_require (place, "summary");
  self->summary = g_strdup (weft_sim_place_get_string (place, "summary"));
  self->expects_violation = weft_sim_place_get_choice (place, "expect", expectations, 0) == 1;
  self->n_nodes = weft_sim_place_get_integer (place, "nodes", 1, WEFT_SIM_NODES_MAX, 1);
  self->placement = weft_sim_place_get_choice (place, "placement", placements,
                                               WEFT_SIM_PLACEMENT_IN_TURN);
  weft_sim_place_require (place, "duration");
  self->duration_usec = weft_sim_place_get_duration (place, "duration", 1, DURATION_USEC_MAX, 1);
  self->settle_usec = weft_sim_place_get_duration (place, "settle", 0, DURATION_USEC_MAX, 0);
  self->heal_usec = weft_sim_place_get_duration (place, "heal", 1, DURATION_USEC_MAX,
                                                 self->heal_usec);
  read_link (self, place);
  read_disk (self, place);
  read_signatures (self, place);
  self->buggify = weft_sim_place_get_number (place, "buggify", 0, 0.9, 0);
  read_workload (&self->workload, place);
  weft_sim_swarm_read (self, place);
  read_cluster (self, place);
  read_dishonest (self, place);
  read_timeline (self, place);
  read_churn (self, place);
  self->workload.has_promises = has_promises (self);
}
