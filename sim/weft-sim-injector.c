/* weft-sim-injector.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-injector-private.h"

#include "weft-sim-fault-trace-private.h"

typedef struct
{
  WeftSimInjector *injector;
  WeftSimPlanned planned;
} Incident;

/* The last to begin of a kind that hits a node. */
static const WeftSimPlanned *
find_active (WeftSimInjector  *self,
             WeftSimFaultKind  kind,
             guint             node)
{
  for (guint i = self->active->len; i > 0; i--)
    {
      const WeftSimPlanned *planned = self->active->pdata[i - 1];

      if (planned->kind == kind && weft_sim_party_has_node (&planned->party, node))
        return planned;
    }

  return NULL;
}

/* What is drawn must not lose more than all nodes together can restore or do without. */
static gboolean
may_lose (WeftSimInjector      *self,
          const WeftSimPlanned *planned,
          WeftSimHost          *host)
{
  return !planned->is_drawn
         || weft_sim_atlas_claim_disk (self->atlas, weft_sim_host_get_actor (host));
}

static void
set_disks (WeftSimInjector *self)
{
  for (guint i = 0; i < self->hosts->len; i++)
    {
      const WeftSimPlanned *slow = find_active (self, WEFT_SIM_FAULT_SLOW_DISK, i);
      const WeftSimPlanned *full = find_active (self, WEFT_SIM_FAULT_FULL_DISK, i);
      const WeftSimPlanned *unreadable = find_active (self, WEFT_SIM_FAULT_READ_ERROR, i);
      const WeftSimPlanned *lying = find_active (self, WEFT_SIM_FAULT_LYING_DISK, i);
      WeftSimHostTrouble trouble = {
        .sync = self->scenario->sync,
        .bytes_free = full != NULL ? (gint64) full->amount : -1,
        .is_failing = find_active (self, WEFT_SIM_FAULT_FAILING_DISK, i) != NULL,
        .is_lying = lying != NULL && may_lose (self, lying, self->hosts->pdata[i]),
      };

      if (unreadable != NULL)
        trouble.read_failures = unreadable->chance;
      if (slow != NULL)
        trouble.sync.least_usec += slow->span_usec;
      weft_sim_host_set_trouble (self->hosts->pdata[i], &trouble);
    }
}

static void
rot (WeftSimInjector      *self,
     const WeftSimPlanned *planned,
     WeftSimHost          *host)
{
  if (!may_lose (self, planned, host))
    return;

  for (guint i = 0; i < (guint) planned->amount; i++)
    if (!weft_sim_disk_damage (host->disk, NULL))
      return;
}

/* What happens to one node when a fault begins. */
static void
begin_node (WeftSimInjector      *self,
            const WeftSimPlanned *planned,
            guint                 node)
{
  WeftSimHost *host = self->hosts->pdata[node];

  switch (planned->kind)
    {
    case WEFT_SIM_FAULT_KILL:
      weft_sim_host_kill (host, planned->death);
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

    case WEFT_SIM_FAULT_RESET:
    case WEFT_SIM_FAULT_HALF_OPEN:
      weft_sim_injector_break (self, node, planned->kind == WEFT_SIM_FAULT_RESET);
      break;

    case WEFT_SIM_FAULT_STALLED_DISK:
      weft_sim_disk_stall (host->disk, planned->until_usec - planned->at_usec);
      break;

    case WEFT_SIM_FAULT_BIT_ROT:
      rot (self, planned, host);
      break;

    case WEFT_SIM_FAULT_PARTITION:
    case WEFT_SIM_FAULT_SLOW_LINK:
    case WEFT_SIM_FAULT_LOSSY_LINK:
    case WEFT_SIM_FAULT_CORRUPT_LINK:
    case WEFT_SIM_FAULT_NARROW_LINK:
    case WEFT_SIM_FAULT_BREAKING_LINK:
    case WEFT_SIM_FAULT_REPEATING_LINK:
    case WEFT_SIM_FAULT_DROPPING_LINK:
    case WEFT_SIM_FAULT_FULL_DISK:
    case WEFT_SIM_FAULT_SLOW_DISK:
    case WEFT_SIM_FAULT_FAILING_DISK:
    case WEFT_SIM_FAULT_READ_ERROR:
    case WEFT_SIM_FAULT_LYING_DISK:
      break;
    }
}

static WeftSimDiskFate
allow (WeftSimInjector      *self,
       const WeftSimPlanned *planned,
       WeftSimHost          *host)
{
  if (planned->disk == WEFT_SIM_DISK_FATE_KEPT || !may_lose (self, planned, host))
    return WEFT_SIM_DISK_FATE_KEPT;

  return planned->disk;
}

/* Whoever repairs a disk stops what uses it, and a member that has seen that what it promised is
 * damaged promises nothing more in its life. */
static void
repair (WeftSimHost *host)
{
  gboolean is_wanted = host->is_wanted;

  if (is_wanted)
    weft_sim_host_kill (host, WEFT_SIM_DEATH_CRASH);
  weft_sim_disk_repair (host->disk);
  if (is_wanted)
    weft_sim_host_start (host, WEFT_SIM_DISK_FATE_KEPT);
}

/* What happens to it when the last fault of the kind is over that hits it. */
static void
end_node (WeftSimInjector      *self,
          const WeftSimPlanned *planned,
          guint                 node)
{
  WeftSimHost *host = self->hosts->pdata[node];

  switch (planned->kind)
    {
    case WEFT_SIM_FAULT_KILL:
      weft_sim_host_start (host, allow (self, planned, host));
      break;

    case WEFT_SIM_FAULT_PAUSE:
      weft_sim_node_resume (host->node);
      break;

    case WEFT_SIM_FAULT_CLOCK_DRIFT:
      weft_sim_node_set_drift (host->node, 0);
      break;

    case WEFT_SIM_FAULT_BIT_ROT:
      repair (host);
      break;

    case WEFT_SIM_FAULT_CLOCK_STEP:
    case WEFT_SIM_FAULT_PARTITION:
    case WEFT_SIM_FAULT_RESET:
    case WEFT_SIM_FAULT_HALF_OPEN:
    case WEFT_SIM_FAULT_SLOW_LINK:
    case WEFT_SIM_FAULT_LOSSY_LINK:
    case WEFT_SIM_FAULT_CORRUPT_LINK:
    case WEFT_SIM_FAULT_NARROW_LINK:
    case WEFT_SIM_FAULT_BREAKING_LINK:
    case WEFT_SIM_FAULT_REPEATING_LINK:
    case WEFT_SIM_FAULT_DROPPING_LINK:
    case WEFT_SIM_FAULT_FULL_DISK:
    case WEFT_SIM_FAULT_SLOW_DISK:
    case WEFT_SIM_FAULT_STALLED_DISK:
    case WEFT_SIM_FAULT_FAILING_DISK:
    case WEFT_SIM_FAULT_READ_ERROR:
    case WEFT_SIM_FAULT_LYING_DISK:
      break;
    }
}

/* What depends on all that is active, where this kind has a part in it. */
static void
renew (WeftSimInjector  *self,
       WeftSimFaultKind  kind)
{
  if (weft_sim_fault_is_of_links (kind) || kind == WEFT_SIM_FAULT_PARTITION)
    weft_sim_injector_set_ways (self);
  if (weft_sim_fault_is_of_disks (kind))
    set_disks (self);
}

static void
note (WeftSimInjector      *self,
      const WeftSimPlanned *planned,
      guint                 node,
      const char           *what)
{
  weft_sim_world_note (self->world, weft_sim_host_get_actor (self->hosts->pdata[node]), what,
                       weft_sim_fault_names[planned->kind]);
}

static void
trace_begin (WeftSimInjector      *self,
             const WeftSimPlanned *planned)
{
  g_autoptr(GArray) actors = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->hosts->len; i++)
    {
      guint actor = weft_sim_host_get_actor (self->hosts->pdata[i]);

      g_array_append_val (actors, actor);
    }
  weft_sim_fault_trace_begin (self->world, planned, actors);
}

static void
end (WeftSimInjector      *self,
     const WeftSimPlanned *planned)
{
  weft_sim_fault_trace_end (self->world, planned);
  for (guint node = 0; node < self->hosts->len; node++)
    {
      if (!weft_sim_party_has_node (&planned->party, node) ||
          find_active (self, planned->kind, node) != NULL)
        continue;
      note (self, planned, node, "heal");
      end_node (self, planned, node);
    }
  renew (self, planned->kind);
}

static guint
find_index (WeftSimInjector *self,
            guint            number)
{
  guint index = 0;

  while (((WeftSimPlanned *) self->active->pdata[index])->number != number)
    index++;

  return index;
}

static void
end_cb (gpointer user_data)
{
  Incident *incident = user_data;
  WeftSimInjector *self = incident->injector;
  guint index = find_index (self, incident->planned.number);
  g_autofree WeftSimPlanned *planned = g_ptr_array_steal_index (self->active, index);

  end (self, planned);
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

/* A partition that comes and goes, until it is over. */
static void
flap_cb (gpointer user_data)
{
  Incident *incident = user_data;
  WeftSimInjector *self = incident->injector;
  guint index = find_index (self, incident->planned.number);
  WeftSimPlanned *planned = self->active->pdata[index];
  gint64 next_usec = weft_sim_world_get_time (self->world) + planned->flap_usec;

  planned->is_resting = !planned->is_resting;
  weft_sim_injector_set_ways (self);
  if (next_usec < planned->until_usec)
    schedule (self, planned, next_usec, flap_cb);
}

static void
begin_cb (gpointer user_data)
{
  Incident *incident = user_data;
  WeftSimInjector *self = incident->injector;
  const WeftSimPlanned *planned = &incident->planned;

  self->n_fired[planned->kind]++;
  trace_begin (self, planned);
  g_ptr_array_add (self->active, g_memdup2 (planned, sizeof *planned));
  for (guint node = 0; node < self->hosts->len; node++)
    {
      if (!weft_sim_party_has_node (&planned->party, node))
        continue;
      note (self, planned, node, "fault");
      begin_node (self, planned, node);
    }
  renew (self, planned->kind);
  schedule (self, planned, planned->until_usec, end_cb);
  if (planned->flap_usec > 0 && planned->at_usec + planned->flap_usec < planned->until_usec)
    schedule (self, planned, planned->at_usec + planned->flap_usec, flap_cb);
}

void
weft_sim_injector_renew (WeftSimInjector *self)
{
  weft_sim_injector_set_ways (self);
  set_disks (self);
}

void
weft_sim_injector_start (WeftSimInjector *self)
{
  gint64 now_usec = weft_sim_world_get_time (self->world);

  for (guint i = 0; i < self->plan->len; i++)
    {
      WeftSimPlanned *planned = &g_array_index (self->plan, WeftSimPlanned, i);

      planned->number = i;
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
  while (self->active->len > 0)
    {
      g_autofree WeftSimPlanned *planned = g_ptr_array_steal_index (self->active, 0);

      end (self, planned);
    }
  for (guint i = 0; i < self->hosts->len; i++)
    weft_sim_host_set_clock_right (self->hosts->pdata[i]);
}

WeftSimInjector *
weft_sim_injector_new (WeftSimScenario *scenario,
                       WeftSimWorld    *world,
                       GPtrArray       *hosts,
                       WeftSimAtlas    *atlas,
                       GArray          *clients)
{
  WeftSimInjector *self = g_new0 (WeftSimInjector, 1);

  self->world = world;
  self->network = weft_sim_network_get (world);
  self->scenario = scenario;
  self->hosts = g_ptr_array_ref (hosts);
  self->atlas = g_object_ref (atlas);
  self->clients = g_array_ref (clients);
  self->plan = weft_sim_plan_draw (scenario, weft_sim_world_get_stream (world, "faults"));
  self->events = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->active = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->plan->len; i++)
    if (g_array_index (self->plan, WeftSimPlanned, i).is_filtered)
      self->network->has_filters = TRUE;
  weft_sim_injector_renew (self);

  return self;
}

void
weft_sim_injector_free (WeftSimInjector *self)
{
  g_ptr_array_unref (self->hosts);
  g_object_unref (self->atlas);
  g_array_unref (self->clients);
  g_array_unref (self->plan);
  g_array_unref (self->events);
  g_ptr_array_unref (self->active);
  g_free (self);
}
