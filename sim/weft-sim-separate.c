/* weft-sim-separate.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nodes that know nothing of each other. Each key has one home; whoever asks about it asks there,
 * and no other node ever hears of it. As each node is linearizable, so are all together.
 */

#include "weft-sim-deployment-private.h"

#include "weft-sim-hash-private.h"

guint
weft_sim_separate_get_home (const WeftSimScenario *scenario,
                            guint                  key)
{
  switch (scenario->placement)
    {
    case WEFT_SIM_PLACEMENT_IN_TURN:
      return key % scenario->n_nodes;

    case WEFT_SIM_PLACEMENT_HASHED:
      return weft_sim_hash_mix (0, key) % scenario->n_nodes;

    default:
      g_assert_not_reached ();
    }
}

static guint
pick_node (WeftSimDeployment *self,
           guint              key,
           WeftSimPrng       *prng)
{
  return weft_sim_separate_get_home (self->scenario, key);
}

static gboolean
may_join (WeftSimDeployment *self,
          guint              key,
          guint              other)
{
  return weft_sim_separate_get_home (self->scenario, key) ==
         weft_sim_separate_get_home (self->scenario, other);
}

/* There is one copy of everything. */
static guint
get_losses_max (WeftSimDeployment *self)
{
  return 0;
}

static GArray *
check_logs (WeftSimDeployment *self,
            const WeftSimLogs *logs,
            char             **violation)
{
  for (guint node = 0; node < logs->n_nodes; node++)
    for (guint key = 0; key < logs->n_keys; key++)
      {
        guint home = weft_sim_separate_get_home (self->scenario, key);

        if (node == home || weft_sim_logs_peek (logs, node, key)->len == 0)
          continue;
        *violation = g_strdup_printf ("node %u has a block of key %u, whose home is node %u",
                                      node, key, home);
        return weft_sim_logs_collect (logs, 1);
      }

  return weft_sim_logs_collect (logs, 1);
}

const WeftSimDeploymentKind weft_sim_separate = {
  .pick_node = pick_node,
  .may_join = may_join,
  .get_losses_max = get_losses_max,
  .check_logs = check_logs,
};
