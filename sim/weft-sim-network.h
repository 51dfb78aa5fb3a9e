/* weft-sim-network.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-link.h"
#include "weft-sim-shape.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_NETWORK (weft_sim_network_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimNetwork, weft_sim_network, WEFT, SIM_NETWORK, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimNetwork *weft_sim_network_get              (WeftSimWorld      *world);
/* What ways are like */
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_set_default_link (WeftSimNetwork    *self,
                                                   const WeftSimLink *link);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_set_link         (WeftSimNetwork    *self,
                                                   guint              from,
                                                   guint              to,
                                                   const WeftSimLink *link);
WEFT_AVAILABLE_IN_ALL
WeftSimLink    *weft_sim_network_get_link         (WeftSimNetwork    *self,
                                                   guint              from,
                                                   guint              to)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_set_filtered_link (WeftSimNetwork   *self,
                                                   guint              from,
                                                   guint              to,
                                                   const char        *filter,
                                                   const WeftSimLink *link);
/* Partitions */
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_cut              (WeftSimNetwork    *self,
                                                   guint              from,
                                                   guint              to);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_mend             (WeftSimNetwork    *self,
                                                   guint              from,
                                                   guint              to);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_partition        (WeftSimNetwork    *self,
                                                   const guint       *hosts,
                                                   gsize              n_hosts);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_isolate          (WeftSimNetwork    *self,
                                                   guint              host);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_shape            (WeftSimNetwork    *self,
                                                   WeftSimShape       shape,
                                                   const guint       *hosts,
                                                   gsize              n_hosts,
                                                   gsize              n_first);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_flap             (WeftSimNetwork    *self,
                                                   guint              a,
                                                   guint              b,
                                                   gint64             period_usec,
                                                   guint              n_times);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_heal             (WeftSimNetwork    *self);
WEFT_AVAILABLE_IN_ALL
gboolean        weft_sim_network_is_cut           (WeftSimNetwork    *self,
                                                   guint              from,
                                                   guint              to);
/* Connections */
WEFT_AVAILABLE_IN_ALL
guint           weft_sim_network_reset            (WeftSimNetwork    *self,
                                                   guint              a,
                                                   guint              b);
WEFT_AVAILABLE_IN_ALL
guint           weft_sim_network_forget           (WeftSimNetwork    *self,
                                                   guint              a,
                                                   guint              b);
/* Hosts */
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_drop_host        (WeftSimNetwork    *self,
                                                   guint              host,
                                                   gboolean           is_silent);
WEFT_AVAILABLE_IN_ALL
void            weft_sim_network_raise_host       (WeftSimNetwork    *self,
                                                   guint              host);

G_END_DECLS
