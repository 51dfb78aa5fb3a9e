/* weft-sim-network-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-connection-private.h"
#include "weft-sim-network.h"
#include "weft-sim-transport.h"

G_BEGIN_DECLS

/* Hosts, links and what is cut are in weft-sim-network.c, partitions and what breaks connections
 * in weft-sim-network-faults.c. */
struct _WeftSimNetwork
{
  GObject parent_instance;

  WeftSimWorld *world; /* unowned: it owns the network */
  WeftSimPrng *prng;   /* unowned: the stream `network` */

  WeftSimLink default_link;
  GTree *links;       /* (element-type guint64 WeftSimLink): those unlike the default, by pair */
  GTree *cuts;        /* (element-type guint64 -): the pairs that are cut one way */
  GArray *hosts;      /* (element-type WeftSimPlug), by number of the actor */
  guint last_group;

  GTree *addresses;   /* (element-type guint64 WeftSimAddress), by number */
  guint64 last_number;
  guint n_losses;     /* of the transit that was drawn last */
  GQueue connections; /* (element-type WeftSimConnection) (unowned), the oldest first */
  GQueue dials;       /* (element-type WeftSimDial) (unowned), the oldest first */
};

/* Where a host is plugged in. */
typedef struct
{
  guint group;
  gboolean is_down;
} WeftSimPlug;

/* A number that somebody has listened at; it stays that host's. */
typedef struct
{
  guint64 number;
  guint host;
  WeftSimTransport *listener; /* unowned; NULL while nobody listens */
} WeftSimAddress;

const WeftSimLink *weft_sim_network_peek_link    (WeftSimNetwork   *self,
                                                  guint             from,
                                                  guint             to);
/* How long a message takes, losses included; -1 when it breaks the connection. */
gint64             weft_sim_network_draw_transit (WeftSimNetwork   *self,
                                                  guint             from,
                                                  guint             to);
WeftSimAddress    *weft_sim_network_find_address (WeftSimNetwork   *self,
                                                  guint64           number);
/* `number` 0 takes a free one. Returns the number, or 0 when somebody listens there already. */
guint64            weft_sim_network_listen       (WeftSimNetwork   *self,
                                                  WeftSimTransport *listener,
                                                  guint             host,
                                                  guint64           number);
void               weft_sim_network_leave        (WeftSimNetwork   *self,
                                                  WeftSimTransport *listener);

/* Sets what all ways are like that differ from the default, and all cuts, at once. Takes over both:
 * (element-type guint64 WeftSimLink) and (element-type guint64 -), made by these. */
void               weft_sim_network_set_ways      (WeftSimNetwork   *self,
                                                   GTree            *links,
                                                   GTree            *cuts);
GTree             *weft_sim_network_make_links    (void) G_GNUC_WARN_UNUSED_RESULT;
GTree             *weft_sim_network_make_cuts     (void) G_GNUC_WARN_UNUSED_RESULT;
guint64           *weft_sim_network_make_key      (guint             from,
                                                   guint             to) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
