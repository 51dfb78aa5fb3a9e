/* weft-sim-deployment.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-deployment-private.h"

#include "weft-sim-tally-private.h"

static WeftSimHost *
make_host (WeftSimDeployment *self,
           const char        *name)
{
  g_autoptr(WeftSimNode) node = weft_sim_node_new (self->world, name, WEFT_PEER_ROLE_PEER);
  WeftSimHost *host = weft_sim_host_new_for (self->world, node);

  if (self->kind->configure != NULL)
    self->kind->configure (self, host);

  return host;
}

static void
add_edge (WeftSimDeployment *self,
          guint              index)
{
  g_autofree char *name = g_strdup_printf ("edge-%u", index);

  g_ptr_array_add (self->edges, make_host (self, name));
}

WeftSimDeployment *
weft_sim_deployment_new (const WeftSimScenario *scenario,
                         WeftSimWorld          *world)
{
  WeftSimDeployment *self = g_new0 (WeftSimDeployment, 1);

  self->kind = scenario->is_cluster ? &weft_sim_together : &weft_sim_separate;
  self->scenario = scenario;
  self->world = world;
  self->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_sim_host_free);
  self->edges = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_sim_host_free);
  self->gone = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_sim_host_free);
  self->n_honest = scenario->n_nodes - scenario->n_liars;
  if (scenario->n_liars > 0)
    self->liars = weft_sim_liars_new (world, scenario->lie);
  self->forks = weft_sim_forks_new (world);
  self->atlas = weft_sim_atlas_new (self->kind->get_losses_max (self));
  for (guint i = 0; i < scenario->n_nodes; i++)
    {
      WeftSimHost *host = i < self->n_honest ? weft_sim_host_new (world, i)
                                             : weft_sim_liars_add_host (self->liars, i);

      g_ptr_array_add (self->hosts, host);
      if (scenario->is_cluster && i < self->n_honest)
        host->forks = self->forks;
      if (self->kind->configure != NULL)
        self->kind->configure (self, host);
    }
  for (guint i = 0; scenario->has_edges && i < scenario->workload.n_clients; i++)
    add_edge (self, i);
  if (self->liars != NULL && self->kind->configure != NULL)
    for (guint i = 0; i < weft_sim_liars_get_others (self->liars)->len; i++)
      self->kind->configure (self, weft_sim_liars_get_others (self->liars)->pdata[i]);

  return self;
}

void
weft_sim_deployment_free (WeftSimDeployment *self)
{
  g_ptr_array_unref (self->hosts);
  g_ptr_array_unref (self->edges);
  g_ptr_array_unref (self->gone);
  g_clear_pointer (&self->liars, weft_sim_liars_free);
  g_object_unref (self->atlas);
  weft_sim_forks_free (self->forks);
  g_free (self);
}

void
weft_sim_deployment_start (WeftSimDeployment *self)
{
  for (guint i = 0; i < self->hosts->len; i++)
    weft_sim_host_start (self->hosts->pdata[i], WEFT_SIM_DISK_FATE_KEPT);
  for (guint i = 0; i < self->edges->len; i++)
    weft_sim_host_start (self->edges->pdata[i], WEFT_SIM_DISK_FATE_KEPT);
  if (self->liars != NULL)
    for (guint i = 0; i < weft_sim_liars_get_others (self->liars)->len; i++)
      weft_sim_host_start (weft_sim_liars_get_others (self->liars)->pdata[i],
                           WEFT_SIM_DISK_FATE_KEPT);
}

WeftSimHost *
weft_sim_deployment_replace (WeftSimDeployment *self,
                             guint              node)
{
  g_autofree char *name = g_strdup_printf ("node-%u.%u", node, self->gone->len);
  WeftSimHost *host = make_host (self, name);

  g_assert (node < self->n_honest);
  g_ptr_array_add (self->gone, self->hosts->pdata[node]);
  self->hosts->pdata[node] = host;
  host->forks = self->forks;

  return host;
}

gboolean
weft_sim_deployment_is_edge (WeftSimDeployment *self,
                             WeftSimNode       *node)
{
  for (guint i = 0; i < self->edges->len; i++)
    if (((WeftSimHost *) self->edges->pdata[i])->node == node)
      return TRUE;

  return FALSE;
}

GTree *
weft_sim_deployment_tally (WeftSimDeployment *self)
{
  GPtrArray *const groups[] = { self->hosts, self->edges, self->gone };
  GTree *tally = weft_sim_tally_new ();

  for (guint group = 0; group < G_N_ELEMENTS (groups); group++)
    for (guint i = 0; i < groups[group]->len; i++)
      {
        WeftSimHost *host = groups[group]->pdata[i];

        weft_sim_tally_add (tally, host->tally);
        weft_sim_tally_take (tally, host->node);
      }

  return tally;
}

void
weft_sim_deployment_lie (WeftSimDeployment *self)
{
  g_autoptr(GArray) actors = g_array_new (FALSE, FALSE, sizeof (guint));

  if (self->liars == NULL)
    return;
  for (guint i = 0; i < self->n_honest; i++)
    {
      guint actor = weft_sim_host_get_actor (self->hosts->pdata[i]);

      g_array_append_val (actors, actor);
    }
  weft_sim_liars_start (self->liars, (const guint *) (gpointer) actors->data, actors->len);
}

WeftSimHost *
weft_sim_deployment_get_host (WeftSimDeployment *self,
                              guint              node)
{
  g_assert (node < self->hosts->len);

  return self->hosts->pdata[node];
}

guint
weft_sim_deployment_pick_node (WeftSimDeployment *self,
                               guint              key,
                               WeftSimPrng       *prng)
{
  return self->kind->pick_node (self, key, prng);
}

gboolean
weft_sim_deployment_may_join (WeftSimDeployment *self,
                              guint              key,
                              guint              other)
{
  return self->kind->may_join (self, key, other);
}

char *
weft_sim_deployment_find_unsettled (WeftSimDeployment *self,
                                    const WeftSimLogs *logs)
{
  return self->kind->find_unsettled != NULL ? self->kind->find_unsettled (self, logs) : NULL;
}

GArray *
weft_sim_deployment_check_logs (WeftSimDeployment *self,
                                const WeftSimLogs *logs,
                                char             **violation)
{
  return self->kind->check_logs (self, logs, violation);
}
