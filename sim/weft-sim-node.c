/* weft-sim-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-node-private.h"

#include "weft-sim-keys.h"
#include "weft-sim-network.h"
#include "weft-sim-random.h"
#include "weft-sim-trace-private.h"
#include "weft-sim-transport.h"

/* Peers of another network refuse each other; in a world there is one. */
#define NETWORK_NAME "sim"

/**
 * WeftSimNode:
 *
 * A machine in a simulated world, and the program that runs on it: an unchanged [class@Weft.Node],
 * or with the role of a client only a transport, for a [class@Weft.RemoteRepo].
 *
 * The machine keeps its name, its identity, its address and the faults of its clock. Each start
 * begins a new life of the program, with a new clock, new chance, a new transport and the storage
 * that the disk allows; when it is killed, all of these go dark at once: nothing that life still
 * does reaches anybody. What it waited for ends with errors, so a client's callbacks are still
 * called; to whoever takes notes they mean that nobody knows.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (WeftSimNode, weft_sim_node, G_TYPE_OBJECT)

static void
weft_sim_node_dispose (GObject *object)
{
  WeftSimNode *self = WEFT_SIM_NODE (object);

  if (self->clock != NULL)
    weft_sim_node_kill (self, WEFT_SIM_DEATH_CRASH);
  weft_sim_node_set_storage_func (self, NULL, NULL, NULL, NULL);
  weft_sim_node_set_key_network_func (self, NULL, 1, NULL, NULL);

  G_OBJECT_CLASS (weft_sim_node_parent_class)->dispose (object);
}

static void
weft_sim_node_finalize (GObject *object)
{
  WeftSimNode *self = WEFT_SIM_NODE (object);

  g_clear_object (&self->identity);
  g_clear_pointer (&self->address, weft_multiaddr_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->world);

  G_OBJECT_CLASS (weft_sim_node_parent_class)->finalize (object);
}

static void
weft_sim_node_class_init (WeftSimNodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_sim_node_dispose;
  object_class->finalize = weft_sim_node_finalize;
}

static void
weft_sim_node_init (WeftSimNode *self)
{
  self->cluster_min = 1;
}

static WeftRandom *
make_random (WeftSimNode *self,
             const char  *what,
             guint        number)
{
  g_autofree char *stream = g_strdup_printf ("%s/%u/%u", what, self->actor, number);

  return WEFT_RANDOM (weft_sim_random_new (weft_sim_world_get_seed (self->world), stream));
}

/**
 * weft_sim_node_new:
 * @world: the world
 * @name: what to call it
 * @role: whether it is a node that serves others, or a client
 *
 * Adds a machine to a world. It is an actor of the world, and its address is `/sim/` with the
 * number of that. It is down until it is started.
 *
 * Returns: (transfer full): a new node
 *
 * Since: 0.1
 */
WeftSimNode *
weft_sim_node_new (WeftSimWorld *world,
                   const char   *name,
                   WeftPeerRole  role)
{
  g_autoptr(WeftMultiaddr) address = NULL;
  g_autoptr(WeftRandom) random = NULL;
  WeftSimNode *self;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (world), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (WEFT_TYPE_SIM_NODE, NULL);
  self->world = g_object_ref (world);
  self->actor = weft_sim_world_add_actor (world, name);
  self->role = role;
  random = make_random (self, "identity", 0);
  self->identity = weft_sim_keys_make_identity (weft_sim_keys_get (world), random);
  weft_sim_trace_peer (world, self->actor, self->identity);
  address = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, self->actor);
  self->address
    = weft_multiaddr_with_peer_id (address, weft_identity_get_peer_id (self->identity));

  return self;
}

WeftSimNode *
weft_sim_node_new_like (WeftSimNode *other,
                        const char  *name)
{
  WeftSimNode *self = g_object_new (WEFT_TYPE_SIM_NODE, NULL);

  self->world = g_object_ref (other->world);
  self->actor = weft_sim_world_add_actor (other->world, name);
  self->role = other->role;
  self->identity = g_object_ref (other->identity);
  self->address = weft_multiaddr_ref (other->address);
  weft_sim_trace_peer (self->world, self->actor, self->identity);

  return self;
}

/**
 * weft_sim_node_set_storage_func:
 * @self: a node
 * @open: (nullable) (scope notified) (closure user_data) (destroy destroy): opens its storage, or
 *   %NULL for one in memory that each start finds empty
 * @crash: (nullable) (scope notified) (closure user_data): told when the node is killed
 * @user_data: data for both
 * @destroy: (nullable): frees @user_data
 *
 * Says where the node keeps its blocks. It counts from the next start on.
 *
 * Since: 0.1
 */
void
weft_sim_node_set_storage_func (WeftSimNode        *self,
                                WeftSimStorageFunc  open,
                                WeftSimCrashFunc    crash,
                                gpointer            user_data,
                                GDestroyNotify      destroy)
{
  GDestroyNotify old_destroy;
  gpointer old_data;

  g_return_if_fail (WEFT_IS_SIM_NODE (self));

  old_destroy = self->storage_destroy;
  old_data = self->storage_data;
  self->open = open;
  self->crash = crash;
  self->storage_data = user_data;
  self->storage_destroy = destroy;
  if (old_destroy != NULL)
    old_destroy (old_data);
}

/* Life */

static void
keep_error (WeftSimNode *self,
            const char  *kind,
            GError      *error)
{
  if (error == NULL)
    return;

  weft_sim_world_note (self->world, self->actor, kind, error->message);
  g_clear_error (&self->error);
  self->error = error;
}

/* Everything of a life that is over goes at once; what else holds on to it can reach nothing. */
static void
let_go (WeftSimNode *self)
{
  g_clear_object (&self->node);
  g_clear_object (&self->transport);
  g_clear_object (&self->storage);
  g_clear_object (&self->random);
  g_clear_object (&self->clock);
}

static void
started_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeftSimNode) self = user_data;
  GError *error = NULL;

  /* A life that ended before it began has nothing to tell. */
  if (!weft_node_start_finish (WEFT_NODE (source), result, &error) &&
      self->node == WEFT_NODE (source))
    {
      keep_error (self, "not-started", g_steal_pointer (&error));
      weft_sim_clock_run_out (self->clock);
      let_go (self);
    }
  g_clear_error (&error);
}

static void
start_node (WeftSimNode     *self,
            WeftSimDiskFate  fate)
{
  guint64 number = weft_multiaddr_get_number (self->address);
  g_autofree char *address = g_strdup_printf ("/sim/%" G_GUINT64_FORMAT, number);
  const char *const listen[] = { address, NULL };
  g_autoptr(WeftKeyNetwork) network = NULL;

  if (self->open != NULL)
    self->storage = self->open (self, fate, self->storage_data);
  else
    self->storage = weft_memory_storage_new ();
  if (self->make_network != NULL)
    network = self->make_network (self, self->network_data);
  self->node = g_object_new (WEFT_TYPE_NODE,
                             "transport", self->transport,
                             "storage", self->storage,
                             "clock", self->clock,
                             "random", self->random,
                             "listen", listen,
                             "key-network", network,
                             "cluster-min", self->cluster_min,
                             NULL);
  weft_node_start_async (self->node, NULL, started_cb, g_object_ref (self));
}

/**
 * weft_sim_node_start:
 * @self: a node that is down
 * @fate: what became of its disk
 *
 * Switches the machine on and starts the program. It has started when the next events have
 * happened; if it could not, it is down again, and [method@WeftSim.Node.get_error] tells why.
 *
 * Since: 0.1
 */
void
weft_sim_node_start (WeftSimNode     *self,
                     WeftSimDiskFate  fate)
{
  static const char *const fates[] = {
    [WEFT_SIM_DISK_FATE_KEPT] = "disk kept",
    [WEFT_SIM_DISK_FATE_LOST] = "disk lost",
    [WEFT_SIM_DISK_FATE_ROLLED_BACK] = "disk rolled back",
  };

  g_return_if_fail (WEFT_IS_SIM_NODE (self));
  g_return_if_fail (self->clock == NULL);

  weft_sim_world_note (self->world, self->actor, "start", fates[fate]);
  g_clear_error (&self->error);
  weft_sim_network_raise_host (weft_sim_network_get (self->world), self->actor);
  self->n_lives++;
  self->random = make_random (self, "node", self->n_lives);
  self->clock = weft_sim_clock_new (self->world, self->actor);
  weft_sim_clock_set_drift (self->clock, self->drift_ppm);
  weft_sim_clock_step (self->clock, self->skew_usec);
  self->transport
    = WEFT_TRANSPORT (weft_sim_transport_new (self->identity, NETWORK_NAME, self->role,
                                              self->clock, self->random));
  if (self->role != WEFT_PEER_ROLE_CLIENT)
    start_node (self, fate);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(WeftSimNode) self = user_data;
  GError *error = NULL;

  if (!weft_node_stop_finish (WEFT_NODE (source), result, &error) &&
      self->node == WEFT_NODE (source))
    keep_error (self, "not-stopped", g_steal_pointer (&error));
  g_clear_error (&error);
  if (self->node != WEFT_NODE (source))
    return;

  self->skew_usec = weft_sim_clock_get_skew (self->clock);
  let_go (self);
}

/**
 * weft_sim_node_stop:
 * @self: a node that is up
 *
 * Stops the program in an orderly way, which takes as long as it takes the program.
 *
 * Since: 0.1
 */
void
weft_sim_node_stop (WeftSimNode *self)
{
  g_return_if_fail (WEFT_IS_SIM_NODE (self));
  g_return_if_fail (self->clock != NULL);

  weft_sim_world_note (self->world, self->actor, "stop", "");
  if (self->node != NULL)
    {
      weft_node_stop_async (self->node, NULL, stopped_cb, g_object_ref (self));
      return;
    }

  weft_transport_close (self->transport);
  self->skew_usec = weft_sim_clock_get_skew (self->clock);
  let_go (self);
}

/**
 * weft_sim_node_kill:
 * @self: a node that is up
 * @death: how
 *
 * Ends the program where it stands.
 *
 * Since: 0.1
 */
void
weft_sim_node_kill (WeftSimNode  *self,
                    WeftSimDeath  death)
{
  gboolean is_silent = death == WEFT_SIM_DEATH_POWER;
  g_autoptr(WeftSimClock) clock = NULL;

  g_return_if_fail (WEFT_IS_SIM_NODE (self));
  g_return_if_fail (self->clock != NULL);

  weft_sim_world_note (self->world, self->actor, "kill", is_silent ? "power" : "crash");
  weft_sim_world_count (self->world, is_silent ? "node-power-losses" : "node-crashes", 1);
  self->skew_usec = weft_sim_clock_get_skew (self->clock);
  self->death = death;

  /* First nothing gets out any more, then everything may come to its end. */
  clock = g_object_ref (self->clock);
  weft_sim_network_drop_host (weft_sim_network_get (self->world), self->actor, is_silent);
  weft_sim_clock_run_out (clock);
  weft_sim_world_resume_actor (self->world, self->actor);
  if (self->storage != NULL && self->crash != NULL)
    self->crash (self, self->storage, self->storage_data);
  weft_transport_close (self->transport);
  let_go (self);
}

/**
 * weft_sim_node_get_death:
 * @self: a node that was killed
 *
 * Gets how it was killed last, also while that happens: a storage may have to know.
 *
 * Returns: how
 *
 * Since: 0.1
 */
WeftSimDeath
weft_sim_node_get_death (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), WEFT_SIM_DEATH_CRASH);

  return self->death;
}

/**
 * weft_sim_node_pause:
 * @self: a node
 *
 * Stops the process, as a debugger or a machine without memory does. Its connections stay, and its
 * clocks go on.
 *
 * Since: 0.1
 */
void
weft_sim_node_pause (WeftSimNode *self)
{
  g_return_if_fail (WEFT_IS_SIM_NODE (self));

  weft_sim_world_note (self->world, self->actor, "pause", "");
  weft_sim_world_count (self->world, "node-pauses", 1);
  weft_sim_world_pause_actor (self->world, self->actor);
}

/**
 * weft_sim_node_resume:
 * @self: a node
 *
 * Lets the process go on where it stood.
 *
 * Since: 0.1
 */
void
weft_sim_node_resume (WeftSimNode *self)
{
  g_return_if_fail (WEFT_IS_SIM_NODE (self));

  weft_sim_world_note (self->world, self->actor, "resume", "");
  weft_sim_world_resume_actor (self->world, self->actor);
}

/**
 * weft_sim_node_is_up:
 * @self: a node
 *
 * Gets whether the program is there, be it only starting or stopping.
 *
 * Returns: whether it is in a life
 *
 * Since: 0.1
 */
gboolean
weft_sim_node_is_up (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), FALSE);

  return self->clock != NULL;
}

/**
 * weft_sim_node_get_n_lives:
 * @self: a node
 *
 * Gets how often the node was started.
 *
 * Returns: the number of lives, the present one included
 *
 * Since: 0.1
 */
guint
weft_sim_node_get_n_lives (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), 0);

  return self->n_lives;
}

/**
 * weft_sim_node_get_error:
 * @self: a node
 *
 * Gets why the program could not start, or what it could not save when it stopped.
 *
 * Returns: (transfer none) (nullable): the error of the last start or stop, or %NULL
 *
 * Since: 0.1
 */
const GError *
weft_sim_node_get_error (WeftSimNode *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_NODE (self), NULL);

  return self->error;
}

/**
 * weft_sim_node_step_clock:
 * @self: a node
 * @step_usec: how far, in microseconds; negative for backwards
 *
 * Steps the real time of the machine, for this life and the next.
 *
 * Since: 0.1
 */
void
weft_sim_node_step_clock (WeftSimNode *self,
                          gint64       step_usec)
{
  g_return_if_fail (WEFT_IS_SIM_NODE (self));

  weft_sim_world_note (self->world, self->actor, "clock-step", step_usec < 0 ? "back" : "forward");
  weft_sim_world_count (self->world, "clock-steps", 1);
  if (self->clock != NULL)
    weft_sim_clock_step (self->clock, step_usec);
  else
    self->skew_usec += step_usec;
}

/**
 * weft_sim_node_set_drift:
 * @self: a node
 * @drift_ppm: by how much its clock runs fast, in millionths; negative for a slow one
 *
 * Makes the clock of the machine run at another pace, in this life and the next.
 *
 * Since: 0.1
 */
void
weft_sim_node_set_drift (WeftSimNode *self,
                         int          drift_ppm)
{
  g_return_if_fail (WEFT_IS_SIM_NODE (self));
  g_return_if_fail (ABS (drift_ppm) <= WEFT_SIM_DRIFT_PPM_MAX);

  self->drift_ppm = drift_ppm;
  if (self->clock != NULL)
    weft_sim_clock_set_drift (self->clock, drift_ppm);
}
