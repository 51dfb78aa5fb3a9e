/* weft-sim-connection-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-channel-private.h"
#include "weft-sim-summary-private.h"

G_BEGIN_DECLS

typedef struct _WeftSimNetwork WeftSimNetwork;

/* What is under way on one side's behalf: its messages, and at last its end. */
typedef struct
{
  WeftSimConnection *connection;
  guint from;
  guint to;
  GQueue messages;        /* (element-type Message), the oldest first */
  gsize bytes;            /* of the messages */
  guint64 event_id;       /* of the arrival of the oldest; 0 when it stalls or there is none */
  gint64 free_usec;       /* when the sender has pushed out what it sent before */
  gint64 last_usec;       /* when the youngest message arrives: no other comes earlier */
  gint64 stalled_usec;    /* since when nothing gets through; -1 when it does */
  GList *link;            /* in the list of the host that sends */
  gboolean is_forgotten;  /* nothing gets through ever again, and nobody is told */
} WeftSimFlow;

/* Two channels and what is between them. Channels and events keep it alive. */
struct _WeftSimConnection
{
  int ref_count;
  WeftSimNetwork *network;     /* unowned; NULL once the world is gone */
  GList *link;                 /* in the network's list */
  WeftSimChannel *channels[2]; /* unowned; NULL once that side is over */
  WeftSimFlow flows[2];        /* by who sends: 0 dialled, 1 accepted */
  guint64 number;              /* for the trace */
  WeftSimTalk *talk;           /* for the trace; NULL while there is none */
  gboolean has_gap;            /* something was swallowed */
  WeftSimTalk *filtered;       /* what was asked, for filters; NULL before there are any */
  gboolean is_established;     /* the dialler has its channel: from then on it receives */
};

/* Both channels are new; the connection lives as long as either is not over. */
WeftSimConnection *weft_sim_connection_new       (WeftSimNetwork    *network,
                                                  guint              from,
                                                  guint              to,
                                                  WeftSimChannel   **dialled,
                                                  WeftSimChannel   **accepted);
WeftSimConnection *weft_sim_connection_ref       (WeftSimConnection *self);
void               weft_sim_connection_unref     (WeftSimConnection *self);
void               weft_sim_connection_establish (WeftSimConnection *self);
void               weft_sim_connection_send      (WeftSimConnection *self,
                                                  guint              side,
                                                  GBytes            *message);
/* A side ends in an orderly way: what it sent still leaves, then the other side is told. */
void               weft_sim_connection_end       (WeftSimConnection *self,
                                                  guint              side,
                                                  const char        *reason);
/* A side's channel is over. Without any, the connection is over too. */
void               weft_sim_connection_leave     (WeftSimConnection *self,
                                                  guint              side);
gsize              weft_sim_connection_get_bytes (WeftSimConnection *self,
                                                  guint              side);
/* Both sides are told, and what was under way is lost. */
void               weft_sim_connection_reset     (WeftSimConnection *self);
/* Nothing gets through any more, and nobody is told. */
void               weft_sim_connection_forget    (WeftSimConnection *self);
/* A host is gone with all its channels. A silent one took what had not left with it. */
void               weft_sim_connection_drop_side (WeftSimConnection *self,
                                                  guint              side,
                                                  gboolean           is_silent);
/* Something was mended: what stalled is sent again when its time comes. */
void               weft_sim_connection_retry     (WeftSimConnection *self);
/* The world is gone. */
void               weft_sim_connection_detach    (WeftSimConnection *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimConnection, weft_sim_connection_unref)

G_END_DECLS
