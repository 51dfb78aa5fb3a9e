/* weft-sim-network-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-connection-private.h"
#include "weft-sim-filter-private.h"
#include "weft-sim-meddle-private.h"
#include "weft-sim-network.h"
#include "weft-sim-transport.h"
#include "weft-sim-twins-private.h"

G_BEGIN_DECLS

/* What one way is like for some messages. */
typedef struct
{
  WeftSimFilter filter;
  WeftSimLink link;
} WeftSimRule;

/* What ways are like, by the pair of hosts. */
typedef struct
{
  GTree *links; /* (element-type guint64 WeftSimLink): those unlike the default */
  GTree *cuts;  /* (element-type guint64 -): those that are cut */
  GTree *rules; /* (element-type guint64 GArray of WeftSimRule): the last counts that matches */
} WeftSimWays;

/* Hosts and addresses are in weft-sim-network.c, ways in weft-sim-network-ways.c, shapes of
 * partitions and what breaks connections in weft-sim-network-faults.c. */
struct _WeftSimNetwork
{
  GObject parent_instance;

  WeftSimWorld *world; /* unowned: it owns the network */
  WeftSimPrng *prng;   /* unowned: the stream `network` */

  WeftSimLink default_link;
  WeftSimWays ways;
  gboolean has_filters; /* there are rules, or will be */
  GArray *hosts;      /* (element-type WeftSimPlug), by number of the actor */
  guint last_group;

  GTree *addresses;   /* (element-type guint64 WeftSimAddress), by number */
  guint64 last_number;
  guint n_losses;     /* of the transit that was drawn last */
  GPtrArray *twins;   /* (element-type WeftSimTwins) (unowned) */
  WeftSimMeddler *meddler; /* NULL while everybody is honest */
  GQueue connections; /* (element-type WeftSimConnection) (unowned), the oldest first */
  GQueue dials;       /* (element-type WeftSimDial) (unowned), the oldest first */
};

/* Where a host is plugged in. */
typedef struct
{
  guint group;
  gboolean is_down;
  /* What belongs to the host, so that what happens to one of many looks at nothing else. */
  GQueue flows;      /* (element-type WeftSimFlow) (unowned): that start here, the oldest first */
  GSList *addresses; /* (element-type WeftSimAddress) (unowned) */
} WeftSimPlug;

/* A number that somebody has listened at; it stays that host's. */
typedef struct
{
  guint64 number;
  guint hosts[2];                 /* of two only when they are twins */
  WeftSimTransport *listeners[2]; /* unowned; NULL while nobody listens */
} WeftSimAddress;

const WeftSimLink *weft_sim_network_peek_link    (WeftSimNetwork   *self,
                                                  guint             from,
                                                  guint             to);
/* With a filter that matches a message, of which a summary is given unless there are no filters. */
const WeftSimLink *weft_sim_network_find_link    (WeftSimNetwork   *self,
                                                  guint             from,
                                                  guint             to,
                                                  JsonObject       *summary);
WeftSimPlug       *weft_sim_network_get_plug     (WeftSimNetwork   *self,
                                                  guint             host);
/* Who listens at a number for those who ask from a host. Sets the host, which stays when nobody
 * listens there; NULL in that case, and when nobody ever did. */
WeftSimTransport  *weft_sim_network_find_listener (WeftSimNetwork  *self,
                                                  guint64           number,
                                                  guint             from,
                                                  guint            *host);
/* `number` 0 takes a free one. Returns the number, or 0 when somebody listens there already. */
guint64            weft_sim_network_listen       (WeftSimNetwork   *self,
                                                  WeftSimTransport *listener,
                                                  guint             host,
                                                  guint64           number);
void               weft_sim_network_leave        (WeftSimNetwork   *self,
                                                  WeftSimTransport *listener,
                                                  guint             host);

/* Replaces all ways at once, and takes over what is given. */
void               weft_sim_network_set_ways     (WeftSimNetwork   *self,
                                                  WeftSimWays      *ways);
/* Something was mended: what stalls is sent again when its time comes. */
void               weft_sim_network_retry_all    (WeftSimNetwork   *self);
guint64            weft_sim_network_make_pair    (guint             from,
                                                  guint             to);
guint64           *weft_sim_network_make_key     (guint             from,
                                                  guint             to) G_GNUC_WARN_UNUSED_RESULT;
/* Of 64-bit numbers, for trees. */
int                weft_sim_network_compare      (gconstpointer     a,
                                                  gconstpointer     b,
                                                  gpointer          user_data);

void               weft_sim_ways_init            (WeftSimWays      *self);
void               weft_sim_ways_clear           (WeftSimWays      *self);
void               weft_sim_ways_add_rule        (WeftSimWays      *self,
                                                  guint             from,
                                                  guint             to,
                                                  const WeftSimFilter *filter,
                                                  const WeftSimLink *link);
void               weft_sim_ways_remove_rule     (WeftSimWays      *self,
                                                  guint             from,
                                                  guint             to,
                                                  const WeftSimFilter *filter);

G_END_DECLS
