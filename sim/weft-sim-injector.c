/* weft-sim-injector.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-injector-private.h"

typedef struct
{
  WeftSimInjector *injector;
  WeftSimPlanned planned;
} Incident;

static WeftSimHost *
get_host (WeftSimInjector      *self,
          const WeftSimPlanned *planned)
{
  return self->hosts->pdata[planned->node];
}

/* Links have several properties that faults change, so all are worked out from what is active. */
void
weft_sim_injector_set_links (WeftSimInjector *self)
{
  WeftSimLink link;

  weft_sim_link_init (&link);
  link.delay = self->scenario->link;
  link.bytes_per_second = self->scenario->bandwidth;
  link.loss = self->scenario->loss;
  if (self->n_active[WEFT_SIM_FAULT_SLOW_LINK] > 0)
    link.delay.least_usec += self->last[WEFT_SIM_FAULT_SLOW_LINK].span_usec;
  if (self->n_active[WEFT_SIM_FAULT_LOSSY_LINK] > 0)
    link.loss = MAX (link.loss, self->last[WEFT_SIM_FAULT_LOSSY_LINK].amount);
  if (self->n_active[WEFT_SIM_FAULT_CORRUPT_LINK] > 0)
    link.corruption = self->last[WEFT_SIM_FAULT_CORRUPT_LINK].amount;
  weft_sim_network_set_default_link (self->network, &link);
}

/* The connections between a node and every client. */
static void
break_connections (WeftSimInjector *self,
                   guint            host,
                   gboolean         is_told)
{
  for (guint i = 0; i < self->clients->len; i++)
    {
      guint client = g_array_index (self->clients, guint, i);

      if (is_told)
        weft_sim_network_reset (self->network, host, client);
      else
        weft_sim_network_forget (self->network, host, client);
    }
}

static void
set_cuts (WeftSimInjector      *self,
          const WeftSimPlanned *planned,
          gboolean              is_cut)
{
  guint host = weft_sim_host_get_actor (get_host (self, planned));
  void (*change) (WeftSimNetwork *, guint, guint) = is_cut ? weft_sim_network_cut
                                                           : weft_sim_network_mend;

  for (guint i = 0; i < self->clients->len; i++)
    {
      guint client = g_array_index (self->clients, guint, i);

      if (planned->cut != WEFT_SIM_CUT_OUT)
        change (self->network, client, host);
      if (planned->cut != WEFT_SIM_CUT_IN)
        change (self->network, host, client);
    }
}

static const WeftSimPlanned *
find_active (WeftSimInjector  *self,
             WeftSimFaultKind  kind,
             guint             node)
{
  return self->n_active[kind] > 0 && self->last[kind].node == node ? &self->last[kind] : NULL;
}

/* The same with disks. */
static void
set_disks (WeftSimInjector *self)
{
  for (guint i = 0; i < self->hosts->len; i++)
    {
      const WeftSimPlanned *slow = find_active (self, WEFT_SIM_FAULT_SLOW_DISK, i);
      const WeftSimPlanned *full = find_active (self, WEFT_SIM_FAULT_FULL_DISK, i);
      WeftSimHostTrouble trouble = {
        .sync = self->scenario->sync,
        .bytes_free = full != NULL ? (gint64) full->amount : -1,
        .is_failing = find_active (self, WEFT_SIM_FAULT_FAILING_DISK, i) != NULL,
      };

      if (slow != NULL)
        trouble.sync.least_usec += slow->span_usec;
      weft_sim_host_set_trouble (self->hosts->pdata[i], &trouble);
    }
}

static void
begin (WeftSimInjector      *self,
       const WeftSimPlanned *planned)
{
  WeftSimHost *host = get_host (self, planned);
  guint actor = weft_sim_host_get_actor (host);

  switch (planned->kind)
    {
    case WEFT_SIM_FAULT_KILL:
      weft_sim_host_kill (host);
      break;

    case WEFT_SIM_FAULT_PAUSE:
      weft_sim_node_pause (host->node);
      break;

    case WEFT_SIM_FAULT_CLOCK_STEP:
      weft_sim_host_step_clock (host, planned->span_usec);
      break;

    case WEFT_SIM_FAULT_CLOCK_DRIFT:
      weft_sim_node_set_drift (host->node, (int) planned->amount);
      break;

    case WEFT_SIM_FAULT_PARTITION:
      set_cuts (self, planned, TRUE);
      break;

    case WEFT_SIM_FAULT_RESET:
    case WEFT_SIM_FAULT_HALF_OPEN:
      break_connections (self, actor, planned->kind == WEFT_SIM_FAULT_RESET);
      break;

    case WEFT_SIM_FAULT_SLOW_LINK:
    case WEFT_SIM_FAULT_LOSSY_LINK:
    case WEFT_SIM_FAULT_CORRUPT_LINK:
      weft_sim_injector_set_links (self);
      break;

    case WEFT_SIM_FAULT_STALLED_DISK:
      weft_sim_disk_stall (host->disk, planned->until_usec - planned->at_usec);
      break;

    case WEFT_SIM_FAULT_FULL_DISK:
    case WEFT_SIM_FAULT_SLOW_DISK:
    case WEFT_SIM_FAULT_FAILING_DISK:
      set_disks (self);
      break;
    }
}

/* When the last of a kind is over. */
static void
end (WeftSimInjector      *self,
     const WeftSimPlanned *planned)
{
  WeftSimHost *host = get_host (self, planned);

  switch (planned->kind)
    {
    case WEFT_SIM_FAULT_KILL:
      weft_sim_host_start (host, planned->disk);
      break;

    case WEFT_SIM_FAULT_PAUSE:
      weft_sim_node_resume (host->node);
      break;

    case WEFT_SIM_FAULT_CLOCK_DRIFT:
      weft_sim_node_set_drift (host->node, 0);
      break;

    case WEFT_SIM_FAULT_PARTITION:
      weft_sim_network_heal (self->network);
      break;

    case WEFT_SIM_FAULT_CLOCK_STEP:
    case WEFT_SIM_FAULT_RESET:
    case WEFT_SIM_FAULT_HALF_OPEN:
    case WEFT_SIM_FAULT_STALLED_DISK:
      break;

    case WEFT_SIM_FAULT_SLOW_LINK:
    case WEFT_SIM_FAULT_LOSSY_LINK:
    case WEFT_SIM_FAULT_CORRUPT_LINK:
      weft_sim_injector_set_links (self);
      break;

    case WEFT_SIM_FAULT_FULL_DISK:
    case WEFT_SIM_FAULT_SLOW_DISK:
    case WEFT_SIM_FAULT_FAILING_DISK:
      set_disks (self);
      break;
    }
}

static void
note (WeftSimInjector      *self,
      const WeftSimPlanned *planned,
      const char           *what)
{
  weft_sim_world_note (self->world, weft_sim_host_get_actor (get_host (self, planned)), what,
                       weft_sim_fault_names[planned->kind]);
}

static void
end_cb (gpointer user_data)
{
  Incident *incident = user_data;
  WeftSimInjector *self = incident->injector;

  if (self->n_active[incident->planned.kind] == 0)
    return;
  self->n_active[incident->planned.kind]--;
  if (self->n_active[incident->planned.kind] > 0)
    return;
  note (self, &incident->planned, "heal");
  end (self, &incident->planned);
}

static void
schedule (WeftSimInjector      *self,
          const WeftSimPlanned *planned,
          gint64                at_usec,
          WeftSimEventFunc      func)
{
  Incident *incident = g_new (Incident, 1);
  guint64 event;

  *incident = (Incident) { self, *planned };
  event = weft_sim_world_schedule_event (self->world, at_usec, WEFT_SIM_EVENT_KIND_FAULT, 0,
                                         planned->kind, func, incident, g_free);
  g_array_append_val (self->events, event);
}

static void
begin_cb (gpointer user_data)
{
  Incident *incident = user_data;
  WeftSimInjector *self = incident->injector;
  const WeftSimPlanned *planned = &incident->planned;

  note (self, planned, "fault");
  self->n_fired[planned->kind]++;
  self->n_active[planned->kind]++;
  self->last[planned->kind] = *planned;
  begin (self, planned);
  schedule (self, planned, planned->until_usec, end_cb);
}

void
weft_sim_injector_start (WeftSimInjector *self)
{
  gint64 now_usec = weft_sim_world_get_time (self->world);

  for (guint i = 0; i < self->plan->len; i++)
    {
      WeftSimPlanned *planned = &g_array_index (self->plan, WeftSimPlanned, i);

      planned->at_usec += now_usec;
      planned->until_usec += now_usec;
      schedule (self, planned, planned->at_usec, begin_cb);
    }
}

void
weft_sim_injector_heal (WeftSimInjector *self)
{
  for (guint i = 0; i < self->events->len; i++)
    weft_sim_world_cancel (self->world, g_array_index (self->events, guint64, i));
  g_array_set_size (self->events, 0);
  for (guint kind = 0; kind < WEFT_SIM_N_FAULT_KINDS; kind++)
    {
      if (self->n_active[kind] == 0)
        continue;
      self->n_active[kind] = 0;
      note (self, &self->last[kind], "heal");
      end (self, &self->last[kind]);
    }
  for (guint i = 0; i < self->hosts->len; i++)
    weft_sim_host_set_clock_right (self->hosts->pdata[i]);
}

WeftSimInjector *
weft_sim_injector_new (WeftSimScenario *scenario,
                       WeftSimWorld    *world,
                       GPtrArray       *hosts,
                       GArray          *clients)
{
  WeftSimInjector *self = g_new0 (WeftSimInjector, 1);

  self->world = world;
  self->network = weft_sim_network_get (world);
  self->scenario = scenario;
  self->hosts = g_ptr_array_ref (hosts);
  self->clients = g_array_ref (clients);
  self->plan = weft_sim_plan_draw (scenario, weft_sim_world_get_stream (world, "faults"));
  self->events = g_array_new (FALSE, FALSE, sizeof (guint64));
  weft_sim_injector_set_links (self);
  set_disks (self);

  return self;
}

void
weft_sim_injector_free (WeftSimInjector *self)
{
  g_ptr_array_unref (self->hosts);
  g_array_unref (self->clients);
  g_array_unref (self->plan);
  g_array_unref (self->events);
  g_free (self);
}
