/* weft-sim-swarm-read.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a swarm may draw.
 */

#include "weft-sim-scenario-private.h"

#define FAULTS_MORE 7

static WeftSimSpan
make_span (gint64 number)
{
  return (WeftSimSpan) { number, number };
}

static void
read_faults (WeftSimSwarmOptions *self,
             const WeftSimPlace  *swarm)
{
  WeftSimPlace faults = weft_sim_place_member (swarm, "faults");
  guint length;

  self->n_min = weft_sim_place_get_integer (swarm, "least", 0, WEFT_SIM_FAULTS_MAX, 1);
  self->n_max = weft_sim_place_get_integer (swarm, "most", self->n_min, WEFT_SIM_FAULTS_MAX,
                                            MIN (self->n_min + FAULTS_MORE, WEFT_SIM_FAULTS_MAX));
  if (faults.node == NULL)
    return;
  length = weft_sim_place_get_length (&faults);
  for (guint i = 0; i < length && swarm->reader->error == NULL; i++)
    {
      WeftSimPlace at = weft_sim_place_element (&faults, i);
      guint kind = weft_sim_place_read_choice (&at, weft_sim_fault_names, 0);

      self->is_kind[kind] = TRUE;
    }
  if (length == 0)
    weft_sim_place_set_error (&faults, "expected one kind of fault at least");
}

static void
read_link (WeftSimSwarmOptions *self,
           const WeftSimPlace  *swarm)
{
  static const char * const names[] = { "delay", "bandwidth", "loss", NULL };
  WeftSimPlace link = weft_sim_place_member (swarm, "link");

  if (link.node == NULL || !weft_sim_place_is_object (&link, names))
    return;
  self->delay_usec = weft_sim_place_get_durations (&link, "delay", 1, G_TIME_SPAN_HOUR, 0);
  self->bandwidth = weft_sim_place_get_integers (&link, "bandwidth", 1, G_MAXINT32,
                                                 self->bandwidth);
  self->loss = weft_sim_place_get_range (&link, "loss", 0, 0.9, self->loss);
}

static void
read_disk (WeftSimSwarmOptions *self,
           const WeftSimPlace  *swarm)
{
  static const char * const names[] = { "sync", NULL };
  WeftSimPlace disk = weft_sim_place_member (swarm, "disk");

  if (disk.node != NULL && weft_sim_place_is_object (&disk, names))
    self->sync_usec = weft_sim_place_get_durations (&disk, "sync", 1, G_TIME_SPAN_HOUR, 0);
}

/* What is as the scenario says otherwise. */
static void
set_defaults (WeftSimScenario *self)
{
  const WeftSimWorkloadOptions *work = &self->workload;

  self->swarm = (WeftSimSwarmOptions) {
    .nodes = make_span (self->n_nodes),
    .clients = make_span (work->n_clients),
    .keys = make_span (work->n_keys),
    .blocks = make_span (work->blocks_max),
    .bytes = make_span (work->value_bytes),
    .timeout_usec = make_span (work->timeout_usec),
    .rate = { work->rate, work->rate },
    .bandwidth = make_span (self->bandwidth),
    .loss = { self->loss, self->loss },
  };
}

void
weft_sim_swarm_read (WeftSimScenario    *self,
                     const WeftSimPlace *place)
{
  static const char * const names[] = {
    "faults", "least", "most", "nodes",   "clients", "keys", "blocks",
    "bytes",  "rate",  "mix",  "timeout", "link",    "disk", NULL,
  };
  static const char * const mixes[] = { "as-it-is", "drawn", NULL };
  WeftSimPlace at = weft_sim_place_member (place, "swarm");
  WeftSimSwarmOptions *swarm = &self->swarm;

  set_defaults (self);
  if (at.node == NULL || !weft_sim_place_is_object (&at, names))
    return;
  swarm->is_there = TRUE;
  read_faults (swarm, &at);
  swarm->nodes = weft_sim_place_get_integers (&at, "nodes", 1, WEFT_SIM_NODES_MAX, swarm->nodes);
  swarm->clients = weft_sim_place_get_integers (&at, "clients", 1, WEFT_SIM_CLIENTS_MAX,
                                                swarm->clients);
  swarm->keys = weft_sim_place_get_integers (&at, "keys", 1, WEFT_SIM_KEYS_MAX, swarm->keys);
  swarm->blocks = weft_sim_place_get_integers (&at, "blocks", 1, WEFT_SIM_BLOCKS_MAX,
                                               swarm->blocks);
  swarm->bytes = weft_sim_place_get_integers (&at, "bytes", 0, WEFT_SIM_VALUE_BYTES_MAX,
                                              swarm->bytes);
  swarm->rate = weft_sim_place_get_range (&at, "rate", 0.001, WEFT_SIM_RATE_MAX, swarm->rate);
  swarm->is_mix_drawn = weft_sim_place_get_choice (&at, "mix", mixes, 0) == 1;
  if (weft_sim_place_member (&at, "timeout").node != NULL)
    swarm->timeout_usec = weft_sim_place_get_durations (&at, "timeout", G_TIME_SPAN_MILLISECOND,
                                                        G_TIME_SPAN_HOUR, 0);
  read_link (swarm, &at);
  read_disk (swarm, &at);
}
