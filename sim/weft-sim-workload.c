/* weft-sim-workload.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-workload-private.h"

#include "weft-sim-delay.h"

static void work_later (WeftSimWorkload *self,
                        WeftSimClient   *client);

typedef struct
{
  WeftSimWorkload *workload;
  WeftSimClient *client;
} Turn;

static void
done_cb (WeftSimClient *client,
         const GError  *error,
         gpointer       user_data)
{
  WeftSimWorkload *self = user_data;

  self->n_busy--;
  self->n_done++;
  if (error != NULL)
    self->n_failed++;
  weft_sim_meter_add (self->meter, client->work, client->key, client->begun_usec,
                      weft_sim_world_get_time (self->world), error);
  work_later (self, client);
}

static void
turn_cb (gpointer user_data)
{
  Turn *turn = user_data;

  if (!turn->workload->is_working)
    return;
  turn->workload->n_busy++;
  weft_sim_client_work (turn->client, done_cb, turn->workload);
}

/* Each client rests between two operations for times that are exponentially distributed, as with
 * people who do not know of each other. */
static void
work_later (WeftSimWorkload *self,
            WeftSimClient   *client)
{
  WeftSimDelay pause = {
    .shape = WEFT_SIM_DELAY_SHAPE_EXPONENTIAL,
    .spread_usec = (gint64) (G_USEC_PER_SEC / self->options->rate),
  };
  gint64 at_usec;
  Turn *turn;

  if (!self->is_working)
    return;
  turn = g_new (Turn, 1);
  *turn = (Turn) { self, client };
  at_usec = weft_sim_world_get_time (self->world) + weft_sim_delay_draw (&pause, client->prng);
  weft_sim_world_schedule_event (self->world, at_usec, WEFT_SIM_EVENT_KIND_WORKLOAD, client->actor,
                                 0, turn_cb, turn, g_free);
}

WeftSimWorkload *
weft_sim_workload_new (const WeftSimWorkloadOptions *options,
                       WeftSimWorld                 *world,
                       WeftSimDeployment            *deployment,
                       WeftSimHistory               *history,
                       WeftSimNames                 *names)
{
  WeftSimWorkload *self = g_new0 (WeftSimWorkload, 1);

  self->world = world;
  self->options = options;
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_sim_client_free);
  self->meter = weft_sim_meter_new (options->n_keys, weft_sim_world_get_time (world));
  for (guint i = 0; i < options->n_clients; i++)
    g_ptr_array_add (self->clients,
                     weft_sim_client_new (i, options, world, deployment, history, names));

  return self;
}

void
weft_sim_workload_free (WeftSimWorkload *self)
{
  g_ptr_array_unref (self->clients);
  weft_sim_meter_free (self->meter);
  g_free (self);
}

void
weft_sim_workload_set_options (WeftSimWorkload              *self,
                               const WeftSimWorkloadOptions *options)
{
  self->options = options;
  for (guint i = 0; i < self->clients->len; i++)
    ((WeftSimClient *) self->clients->pdata[i])->options = options;
}

void
weft_sim_workload_start (WeftSimWorkload *self)
{
  self->is_working = TRUE;
  self->meter->begun_usec = weft_sim_world_get_time (self->world);
  for (guint i = 0; i < self->clients->len; i++)
    work_later (self, self->clients->pdata[i]);
}

void
weft_sim_workload_stop (WeftSimWorkload *self)
{
  self->is_working = FALSE;
  weft_sim_meter_end (self->meter, weft_sim_world_get_time (self->world));
}
