/* weft-sim-host.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-host-private.h"

#include "weft-sim-tally-private.h"

/* How long whoever looks after a node waits before starting it again: as a service manager does. */
#define WATCH_USEC (250 * G_TIME_SPAN_MILLISECOND)

WeftSimHost *
weft_sim_host_new (WeftSimWorld *world,
                   guint         index)
{
  g_autofree char *name = g_strdup_printf ("node-%u", index);
  g_autoptr(WeftSimNode) node = weft_sim_node_new (world, name, WEFT_PEER_ROLE_PEER);

  return weft_sim_host_new_for (world, node);
}

WeftSimHost *
weft_sim_host_new_for (WeftSimWorld *world,
                       WeftSimNode  *node)
{
  WeftSimHost *self = g_new0 (WeftSimHost, 1);

  self->world = world;
  self->node = g_object_ref (node);
  self->tally = weft_sim_tally_new ();
  self->disk = weft_sim_disk_new (world, weft_sim_node_get_actor (self->node));
  weft_sim_disk_attach (self->disk, self->node);

  return self;
}

void
weft_sim_host_free (WeftSimHost *self)
{
  if (self->watch != 0)
    weft_sim_world_cancel (self->world, self->watch);
  g_tree_unref (self->tally);
  g_object_unref (self->node);
  g_object_unref (self->disk);
  g_free (self);
}

guint
weft_sim_host_get_actor (WeftSimHost *self)
{
  return weft_sim_node_get_actor (self->node);
}

gboolean
weft_sim_host_is_running (WeftSimHost *self)
{
  WeftNode *node = weft_sim_node_is_up (self->node) ? weft_sim_node_get_node (self->node) : NULL;

  return node != NULL && weft_node_get_state (node) == WEFT_NODE_STATE_RUNNING;
}

static void watch_later (WeftSimHost *self);

static void
begin_life (WeftSimHost     *self,
            WeftSimDiskFate  fate)
{
  weft_sim_node_start (self->node, fate);
  if (self->forks != NULL)
    weft_sim_forks_watch (self->forks, self->node);
}

static void
watch_cb (gpointer user_data)
{
  WeftSimHost *self = user_data;

  self->watch = 0;
  if (!self->is_wanted || weft_sim_host_is_running (self))
    return;
  if (!weft_sim_node_is_up (self->node))
    begin_life (self, WEFT_SIM_DISK_FATE_KEPT);
  watch_later (self);
}

static void
watch_later (WeftSimHost *self)
{
  gint64 at_usec = weft_sim_world_get_time (self->world) + WATCH_USEC;

  if (self->watch == 0)
    self->watch = weft_sim_world_schedule (self->world, at_usec, watch_cb, self, NULL);
}

void
weft_sim_host_start (WeftSimHost     *self,
                     WeftSimDiskFate  fate)
{
  self->is_wanted = TRUE;
  if (!weft_sim_node_is_up (self->node))
    begin_life (self, fate);
  watch_later (self);
}

void
weft_sim_host_kill (WeftSimHost  *self,
                    WeftSimDeath  death)
{
  self->is_wanted = FALSE;
  weft_sim_tally_take (self->tally, self->node);
  if (weft_sim_node_is_up (self->node))
    weft_sim_node_kill (self->node, death);
}

void
weft_sim_host_stop (WeftSimHost *self)
{
  gboolean is_running = weft_sim_host_is_running (self);

  self->is_wanted = FALSE;
  weft_sim_tally_take (self->tally, self->node);
  if (is_running)
    weft_sim_node_stop (self->node);
  else if (weft_sim_node_is_up (self->node))
    weft_sim_node_kill (self->node, WEFT_SIM_DEATH_CRASH);
}

void
weft_sim_host_step_clock (WeftSimHost *self,
                          gint64       step_usec)
{
  self->stepped_usec += step_usec;
  weft_sim_node_step_clock (self->node, step_usec);
}

void
weft_sim_host_set_clock_right (WeftSimHost *self)
{
  if (self->stepped_usec != 0)
    weft_sim_host_step_clock (self, -self->stepped_usec);
}

void
weft_sim_host_set_trouble (WeftSimHost              *self,
                           const WeftSimHostTrouble *trouble)
{
  guint64 bytes_max = 0;

  if (trouble->bytes_free >= 0)
    bytes_max = weft_sim_disk_get_bytes (self->disk) + (guint64) trouble->bytes_free;
  weft_sim_disk_set_sync_delay (self->disk, &trouble->sync);
  weft_sim_disk_set_quota (self->disk, bytes_max);
  weft_sim_disk_set_sync_failures (self->disk, trouble->is_failing ? 1 : 0);
  weft_sim_disk_set_lying (self->disk, trouble->is_lying);
  weft_sim_disk_set_read_failures (self->disk, trouble->read_failures);
}
