/* weft-sim-liars.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * No lie is thought up here. A twin keeps every rule, and forgets on one side what it said on the
 * other; a meddler's program is unchanged, and something happens to what it sends.
 */

#include "weft-sim-liars-private.h"

#include "weft-sim-meddle.h"

/* Between two changes of who sees which twin. */
#define TURN_USEC_MIN (500 * G_TIME_SPAN_MILLISECOND)
#define TURN_USEC_MAX (3 * G_TIME_SPAN_SECOND)
/* Of each way to meddle, for each message. */
#define MEDDLING_CHANCE_MAX 0.25

const char * const weft_sim_lie_names[] = { "twins", "meddling", NULL };

struct _WeftSimLiars
{
  WeftSimWorld *world;
  WeftSimPrng *prng; /* unowned */
  WeftSimLie lie;
  GArray *first;     /* (element-type guint): the actors of those that have a host elsewhere */
  GPtrArray *twins;  /* (element-type WeftSimTwins) */
  GPtrArray *others; /* (element-type WeftSimHost) */
  GArray *actors;    /* (element-type guint): whom they lie to */
  guint64 turn;      /* the event of the next change */
};

WeftSimLiars *
weft_sim_liars_new (WeftSimWorld *world,
                    WeftSimLie    lie)
{
  WeftSimLiars *self = g_new0 (WeftSimLiars, 1);

  self->world = world;
  self->prng = weft_sim_world_get_stream (world, "liars");
  self->lie = lie;
  self->first = g_array_new (FALSE, FALSE, sizeof (guint));
  self->twins = g_ptr_array_new_with_free_func (g_object_unref);
  self->others = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_sim_host_free);
  self->actors = g_array_new (FALSE, FALSE, sizeof (guint));

  return self;
}

void
weft_sim_liars_free (WeftSimLiars *self)
{
  if (self->turn != 0)
    weft_sim_world_cancel (self->world, self->turn);
  g_array_unref (self->first);
  g_array_unref (self->actors);
  g_ptr_array_unref (self->others);
  g_ptr_array_unref (self->twins);
  g_free (self);
}

WeftSimHost *
weft_sim_liars_add_host (WeftSimLiars *self,
                         guint         index)
{
  g_autofree char *name = g_strdup_printf ("node-%u", index);
  WeftSimHost *host;
  guint actor;

  if (self->lie == WEFT_SIM_LIE_TWINS)
    {
      WeftSimTwins *twins = weft_sim_twins_new (self->world, name, WEFT_PEER_ROLE_PEER);

      g_ptr_array_add (self->twins, twins);
      host = weft_sim_host_new_for (self->world, weft_sim_twins_get_node (twins, 0));
      g_ptr_array_add (self->others,
                       weft_sim_host_new_for (self->world, weft_sim_twins_get_node (twins, 1)));
    }
  else
    host = weft_sim_host_new (self->world, index);
  actor = weft_sim_host_get_actor (host);
  g_array_append_val (self->first, actor);

  return host;
}

GPtrArray *
weft_sim_liars_get_others (WeftSimLiars *self)
{
  return self->others;
}

static void turn_later (WeftSimLiars *self);

static void
turn_cb (gpointer user_data)
{
  WeftSimLiars *self = user_data;
  WeftSimTwins *twins = self->twins->pdata[weft_sim_prng_below (self->prng, self->twins->len)];
  guint actor = g_array_index (self->actors, guint,
                               weft_sim_prng_below (self->prng, self->actors->len));

  self->turn = 0;
  weft_sim_twins_show (twins, actor, 1 - weft_sim_twins_get_shown (twins, actor));
  weft_sim_world_count (self->world, "twin-shown", 1);
  turn_later (self);
}

static void
turn_later (WeftSimLiars *self)
{
  gint64 pause_usec = TURN_USEC_MIN + (gint64) weft_sim_prng_below (self->prng,
                                                                    TURN_USEC_MAX - TURN_USEC_MIN);

  self->turn = weft_sim_world_schedule (self->world,
                                        weft_sim_world_get_time (self->world) + pause_usec,
                                        turn_cb, self, NULL);
}

static void
start_twins (WeftSimLiars *self)
{
  for (guint i = 0; i < self->twins->len; i++)
    for (guint j = 0; j < self->actors->len; j++)
      if (weft_sim_prng_chance (self->prng, 0.5))
        weft_sim_twins_show (self->twins->pdata[i], g_array_index (self->actors, guint, j), 1);
  turn_later (self);
}

static void
start_meddling (WeftSimLiars *self)
{
  WeftSimNetwork *network = weft_sim_network_get (self->world);

  for (guint i = 0; i < self->first->len; i++)
    for (guint j = 0; j < self->actors->len; j++)
      for (guint way = WEFT_SIM_MEDDLING_WITHHOLD; way <= WEFT_SIM_MEDDLING_FORGE; way++)
        weft_sim_network_meddle (network, g_array_index (self->first, guint, i),
                                 g_array_index (self->actors, guint, j), way, "cluster/*/*",
                                 weft_sim_prng_unit (self->prng) * MEDDLING_CHANCE_MAX);
}

void
weft_sim_liars_start (WeftSimLiars *self,
                      const guint  *actors,
                      guint         n_actors)
{
  g_array_append_vals (self->actors, actors, n_actors);
  if (self->lie == WEFT_SIM_LIE_TWINS)
    start_twins (self);
  else
    start_meddling (self);
}
