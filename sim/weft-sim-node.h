/* weft-sim-node.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-clock.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

/**
 * WeftSimDiskFate:
 * @WEFT_SIM_DISK_FATE_KEPT: it holds what was durable
 * @WEFT_SIM_DISK_FATE_LOST: it is new and empty
 * @WEFT_SIM_DISK_FATE_ROLLED_BACK: it holds what was durable some time ago
 *
 * What becomes of the disk of a node until it starts again.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_DISK_FATE_KEPT,
  WEFT_SIM_DISK_FATE_LOST,
  WEFT_SIM_DISK_FATE_ROLLED_BACK,
} WeftSimDiskFate;

/**
 * WeftSimDeath:
 * @WEFT_SIM_DEATH_CRASH: the process is gone; the system resets its connections
 * @WEFT_SIM_DEATH_POWER: the power is gone; nobody is told
 *
 * How a node is killed.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_SIM_DEATH_CRASH,
  WEFT_SIM_DEATH_POWER,
} WeftSimDeath;

#define WEFT_TYPE_SIM_NODE (weft_sim_node_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimNode, weft_sim_node, WEFT, SIM_NODE, GObject)

/**
 * WeftSimStorageFunc:
 * @node: a node that starts
 * @fate: what became of its disk
 * @user_data: what was given to [method@WeftSim.Node.set_storage_func]
 *
 * Opens the storage of a node that starts.
 *
 * Returns: (transfer full): a storage, which the node closes
 *
 * Since: 0.1
 */
typedef WeftStorage *(*WeftSimStorageFunc) (WeftSimNode     *node,
                                            WeftSimDiskFate  fate,
                                            gpointer         user_data);

/**
 * WeftSimCrashFunc:
 * @node: a node that is killed
 * @storage: the storage that it has open
 * @user_data: what was given to [method@WeftSim.Node.set_storage_func]
 *
 * Tells a storage that the process which uses it is gone.
 *
 * Since: 0.1
 */
typedef void (*WeftSimCrashFunc) (WeftSimNode *node,
                                  WeftStorage *storage,
                                  gpointer     user_data);

/**
 * WeftSimKeyNetworkFunc:
 * @node: a node that starts, with the clock of its new life
 * @user_data: what was given to [method@WeftSim.Node.set_key_network_func]
 *
 * Tells a node that starts who the others are.
 *
 * Returns: (transfer full): a key network
 *
 * Since: 0.1
 */
typedef WeftKeyNetwork *(*WeftSimKeyNetworkFunc) (WeftSimNode *node,
                                                  gpointer     user_data);

WEFT_AVAILABLE_IN_ALL
WeftSimNode    *weft_sim_node_new              (WeftSimWorld       *world,
                                                const char         *name,
                                                WeftPeerRole        role)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_set_storage_func (WeftSimNode        *self,
                                                WeftSimStorageFunc  open,
                                                WeftSimCrashFunc    crash,
                                                gpointer            user_data,
                                                GDestroyNotify      destroy);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_set_key_network_func (WeftSimNode    *self,
                                                WeftSimKeyNetworkFunc make,
                                                guint               cluster_min,
                                                gpointer            user_data,
                                                GDestroyNotify      destroy);
/* Life */
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_start            (WeftSimNode        *self,
                                                WeftSimDiskFate     fate);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_stop             (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_kill             (WeftSimNode        *self,
                                                WeftSimDeath        death);
WEFT_AVAILABLE_IN_ALL
WeftSimDeath    weft_sim_node_get_death        (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_pause            (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_resume           (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
gboolean        weft_sim_node_is_up            (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
guint           weft_sim_node_get_n_lives      (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
const GError   *weft_sim_node_get_error        (WeftSimNode        *self);
/* Its clock, whatever life it is in */
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_step_clock       (WeftSimNode        *self,
                                                gint64              step_usec);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_node_set_drift        (WeftSimNode        *self,
                                                int                 drift_ppm);
/* What it is made of */
WEFT_AVAILABLE_IN_ALL
WeftSimWorld   *weft_sim_node_get_world        (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
guint           weft_sim_node_get_actor        (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
const char     *weft_sim_node_get_name         (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
WeftIdentity   *weft_sim_node_get_identity     (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
WeftMultiaddr  *weft_sim_node_get_address      (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
WeftSimClock   *weft_sim_node_get_clock        (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
WeftRandom     *weft_sim_node_get_random       (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
WeftTransport  *weft_sim_node_get_transport    (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
WeftStorage    *weft_sim_node_get_storage      (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
WeftNode       *weft_sim_node_get_node         (WeftSimNode        *self);
WEFT_AVAILABLE_IN_ALL
WeftRemoteRepo *weft_sim_node_make_repo        (WeftSimNode        *self,
                                                WeftSimNode        *server)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
