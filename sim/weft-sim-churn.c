/* weft-sim-churn.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-churn-private.h"

#include "weft-sim-delay.h"

/* Something that will happen to a place of a node, whoever has it then. */
typedef struct
{
  WeftSimChurn *churn;
  const WeftSimChurnOptions *options;
  guint node;
} Turn;

static void
schedule (WeftSimChurn              *self,
          const WeftSimChurnOptions *options,
          guint                      node,
          gint64                     at_usec,
          WeftSimEventFunc           func)
{
  Turn *turn = g_new (Turn, 1);
  guint64 event;

  *turn = (Turn) { self, options, node };
  event = weft_sim_world_schedule_event (self->world, at_usec, WEFT_SIM_EVENT_KIND_FAULT, 0, node,
                                         func, turn, g_free);
  g_array_append_val (self->events, event);
}

static gint64
get_now (WeftSimChurn *self)
{
  return weft_sim_world_get_time (self->world);
}

static gboolean
is_past (WeftSimChurn              *self,
         const WeftSimChurnOptions *options)
{
  return self->is_over || get_now (self) > self->begun_usec + options->until_usec;
}

static void
note (WeftSimChurn *self,
      WeftSimHost  *host,
      const char   *what)
{
  weft_sim_world_note (self->world, weft_sim_host_get_actor (host), "session", what);
}

static void
leave (WeftSimChurn              *self,
       const WeftSimChurnOptions *options,
       WeftSimHost               *host)
{
  gboolean says_goodbye = weft_sim_prng_chance (self->prng, options->goodbyes);

  note (self, host, says_goodbye ? "ends with a goodbye" : "ends");
  self->n_left++;
  if (says_goodbye)
    weft_sim_host_stop (host);
  else
    weft_sim_host_kill (host, WEFT_SIM_DEATH_CRASH);
}

/* What is true of ways and disks is true of the new one too. */
static void
replace (WeftSimChurn *self,
         guint         node)
{
  WeftSimHost *host = weft_sim_deployment_replace (self->deployment, node);

  note (self, host, "begins, instead of another");
  self->n_replaced++;
  weft_sim_injector_renew (self->injector);
  weft_sim_host_start (host, WEFT_SIM_DISK_FATE_KEPT);
}

static void end_cb (gpointer user_data);

/* Exponentially distributed: how long a node was there says nothing about how long it stays. */
static void
end_later (WeftSimChurn              *self,
           const WeftSimChurnOptions *options,
           guint                      node,
           gint64                     from_usec)
{
  WeftSimDelay session = {
    .shape = WEFT_SIM_DELAY_SHAPE_EXPONENTIAL,
    .spread_usec = options->session_usec,
  };

  schedule (self, options, node, from_usec + weft_sim_delay_draw (&session, self->prng), end_cb);
}

static void
return_cb (gpointer user_data)
{
  Turn *turn = user_data;
  WeftSimChurn *self = turn->churn;
  WeftSimHost *host = weft_sim_deployment_get_host (self->deployment, turn->node);

  note (self, host, "begins again");
  self->n_returned++;
  weft_sim_host_start (host, WEFT_SIM_DISK_FATE_KEPT);
  end_later (self, turn->options, turn->node, get_now (self));
}

static void
end_cb (gpointer user_data)
{
  Turn *turn = user_data;
  WeftSimChurn *self = turn->churn;
  const WeftSimChurnOptions *options = turn->options;
  WeftSimHost *host = weft_sim_deployment_get_host (self->deployment, turn->node);
  gint64 away_usec = options->away_usec.low;

  if (is_past (self, options))
    return;
  leave (self, options, host);
  if (options->is_for_good)
    {
      replace (self, turn->node);
      end_later (self, options, turn->node, get_now (self));
      return;
    }

  if (options->away_usec.low < options->away_usec.high)
    away_usec = weft_sim_prng_range (self->prng, options->away_usec.low, options->away_usec.high);
  schedule (self, options, turn->node, get_now (self) + away_usec, return_cb);
}

static void
replace_cb (gpointer user_data)
{
  Turn *turn = user_data;
  WeftSimChurn *self = turn->churn;

  if (is_past (self, turn->options))
    return;
  leave (self, turn->options, weft_sim_deployment_get_host (self->deployment, turn->node));
  replace (self, turn->node);
}

/* Those that keep the block now, one after the other. */
static void
one_by_one_cb (gpointer user_data)
{
  Turn *turn = user_data;
  WeftSimChurn *self = turn->churn;
  WeftSimDeployment *deployment = self->deployment;
  g_autofree gboolean *is_member = g_new0 (gboolean, deployment->n_honest);
  gint64 at_usec = get_now (self);

  deployment->kind->find_members (deployment, turn->options->key, is_member);
  for (guint node = 0; node < deployment->n_honest; node++)
    {
      if (!is_member[node])
        continue;
      schedule (self, turn->options, node, at_usec, replace_cb);
      at_usec += turn->options->every_usec;
    }
}

WeftSimChurn *
weft_sim_churn_new (WeftSimDeployment *deployment,
                    WeftSimInjector   *injector)
{
  WeftSimChurn *self = g_new0 (WeftSimChurn, 1);

  self->world = deployment->world;
  self->deployment = deployment;
  self->injector = injector;
  self->prng = weft_sim_world_get_stream (deployment->world, "churn");
  self->events = g_array_new (FALSE, FALSE, sizeof (guint64));

  return self;
}

void
weft_sim_churn_free (WeftSimChurn *self)
{
  g_array_unref (self->events);
  g_free (self);
}

void
weft_sim_churn_start (WeftSimChurn *self)
{
  GArray *churn = self->deployment->scenario->churn;

  self->begun_usec = get_now (self);
  for (guint i = 0; i < churn->len; i++)
    {
      const WeftSimChurnOptions *options = &g_array_index (churn, WeftSimChurnOptions, i);
      gint64 from_usec = self->begun_usec + options->from_usec;

      if (options->kind == WEFT_SIM_CHURN_ONE_BY_ONE)
        schedule (self, options, 0, from_usec, one_by_one_cb);
      else
        for (guint node = options->n_spared; node < self->deployment->n_honest; node++)
          end_later (self, options, node, from_usec);
    }
}

void
weft_sim_churn_stop (WeftSimChurn *self)
{
  self->is_over = TRUE;
  for (guint i = 0; i < self->events->len; i++)
    weft_sim_world_cancel (self->world, g_array_index (self->events, guint64, i));
  g_array_set_size (self->events, 0);
  for (guint node = 0; node < self->deployment->n_honest; node++)
    weft_sim_host_start (weft_sim_deployment_get_host (self->deployment, node),
                         WEFT_SIM_DISK_FATE_KEPT);
}
