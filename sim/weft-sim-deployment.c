/* weft-sim-deployment.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-deployment-private.h"

WeftSimDeployment *
weft_sim_deployment_new (const WeftSimScenario *scenario,
                         WeftSimWorld          *world)
{
  WeftSimDeployment *self = g_new0 (WeftSimDeployment, 1);

  self->kind = scenario->is_cluster ? &weft_sim_together : &weft_sim_separate;
  self->scenario = scenario;
  self->hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_sim_host_free);
  self->atlas = weft_sim_atlas_new (self->kind->get_losses_max (self));
  for (guint i = 0; i < scenario->n_nodes; i++)
    {
      WeftSimHost *host = weft_sim_host_new (world, i);

      g_ptr_array_add (self->hosts, host);
      if (self->kind->configure != NULL)
        self->kind->configure (self, host);
    }

  return self;
}

void
weft_sim_deployment_free (WeftSimDeployment *self)
{
  g_ptr_array_unref (self->hosts);
  g_object_unref (self->atlas);
  g_free (self);
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
