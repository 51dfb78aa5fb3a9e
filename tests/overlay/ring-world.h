/* ring-world.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ring-keys.h"
#include "weft-ring-machine-private.h"

G_BEGIN_DECLS

#define RING_NETWORK "simulated"
#define RING_NEIGHBOURS 8
#define RING_COHORT 15
#define RING_NONE G_MAXUINT
/* The side of a cut that reaches both. */
#define RING_SIDE_ALL G_MAXUINT

#define RING_MSEC(n) ((gint64) (n) * 1000)
#define RING_SECONDS(n) ((gint64) (n) * G_USEC_PER_SEC)
/* Who came less than this ago is not held against anybody who does not know it, nor does what it
 * knows count: to join takes some round trips of 80 ms. */
#define RING_SETTLE_USEC RING_SECONDS (2)

typedef enum
{
  RING_ROLE_HONEST = 0,
  RING_ROLE_FORWARDER = 1 << 0, /* answers lookups with its friends, or nonsense */
  RING_ROLE_LIAR = 1 << 1,      /* says that the network is ten times as large */
  RING_ROLE_SLOW = 1 << 2,      /* pauses now and then, as a busy machine does */
  RING_ROLE_FLOODER = 1 << 3,   /* asks without end, and does not wait for the answers */
} RingRole;

/* A node of the network, through all its lives. */
typedef struct
{
  guint index;
  guint life; /* counts its starts and stops */
  RingIdentity identity;
  WeftRingPoint point;
  guint64 incarnation;
  char *address;
  guint address_version;
  guint side; /* of the cut */
  RingRole role;
  gboolean is_up;
  gint64 up_usec; /* G_MAXINT64 before it was up for the first time */
  gint64 down_usec;
  gint64 alarm_usec; /* of the timer event under way; G_MAXINT64 for none */
  gint64 due_usec;   /* when the machine wants it; never before the alarm */
  gint64 paused_usec;
  gboolean is_flooded;
  guint flood_per_second; /* what it sends */
  guint64 last_id; /* of the last request that it sent */
  guint64 last_nonce;
  guint last_target;
  WeftRingMessageType last_type;
  WeftRingMachine *machine; /* also for a moment after it said goodbye */
  GPtrArray *memory;        /* (element-type WeftRingContact): of its earlier life */
} RingNode;

typedef struct
{
  guint64 seed;
  guint n_nodes;
  guint n_spare;            /* more of them, which are not started */
  guint n_sybils;           /* of the spare ones: forwarders, all beside the first node */
  guint table_capacity;     /* 0: 2048 */
  gboolean is_warm;         /* begins with the tables of a network that has run for long */
  guint n_remembered;       /* else: how many each knows of, besides its neighbours */
  gint64 probe_period_usec; /* 0: 1 s */
  double loss;
  double forwarder_share;
  double liar_share;
  double slow_share;
  gint64 session_usec; /* mean time that a node stays; 0: for ever */
  gboolean with_json;  /* every message is written and read */
  gboolean with_check; /* every machine is checked after each step */
} RingSettings;

/* What was seen since it was last cleared. */
typedef struct
{
  gint64 since_usec;
  guint64 n_events;
  guint64 n_messages;
  guint64 n_bytes;
  guint64 n_lookups;
  guint64 n_found; /* lookups whose answer was right */
  guint64 n_hops;
  guint64 n_cohorts;
  guint64 cohort_wanted;
  guint64 cohort_right;
  guint64 n_asked; /* of those that are flooded, by honest nodes */
  guint64 n_refused;
  guint64 n_false_deaths;
  guint64 n_reports;
  guint64 n_ghosts; /* requests to those who do not exist */
  guint64 node_usec; /* time that nodes were up */
  GArray *lookup_usec;
} RingTally;

typedef struct
{
  guint node;
  guint life;
  guint width;
  WeftRingPoint key;
  gint64 begun_usec;
} RingLookup;

typedef struct _RingWorld RingWorld;

/* May change, or replace, what a node sends; @asked (nullable) is the request that it answers. */
typedef WeftRingMessage *(*RingMeddle) (RingWorld       *world,
                                        RingNode        *node,
                                        WeftRingMessage *asked,
                                        WeftRingMessage *message);

struct _RingWorld
{
  RingSettings settings;
  RingChance chance;
  RingKeys keys;
  RingHeap heap;
  gint64 now_usec;
  guint64 trace;
  guint n_nodes;
  RingNode *nodes;
  RingNode **by_point;  /* all that there are, clockwise */
  GHashTable *by_id;    /* peer id -> node; never iterated */
  GHashTable *deaths;   /* of those alive that were called dead; never iterated */
  GHashTable *counters; /* name -> count */
  GHashTable *ghosts;   /* peer ids that only somebody hostile speaks of; never iterated */
  GArray *lookups;      /* (element-type RingLookup), by token */
  GPtrArray *forwarders;
  guint n_up;
  gint64 n_up_usec;
  gboolean is_cut;
  gboolean is_churning;
  double lookups_per_second;
  guint lookup_paths;
  RingMeddle meddle;
  RingTally tally;
  WeftRingEffects effects;
  const RingEvent *asking; /* the request of the step under way */
  guint64 token; /* of the last request that was delivered */
  gboolean is_answered;
  GArray *late; /* requests whose answers wait for those of others */
  gboolean is_refused; /* the last answer to a request that was injected */
};

RingWorld   *ring_world_new       (const RingSettings  *settings)
    G_GNUC_WARN_UNUSED_RESULT;
void         ring_world_free      (RingWorld           *self);
/* Starts all nodes within a second, each with its table, or with contacts of an earlier life. */
void         ring_world_begin     (RingWorld           *self);
void         ring_world_run       (RingWorld           *self,
                                   gint64               usec);
/* Calls @call with @node after @usec, if it is still in the same life then. */
void         ring_world_call      (RingWorld           *self,
                                   gint64               usec,
                                   RingCall             call,
                                   guint                node);
void         ring_world_tally     (RingWorld           *self);
double       ring_world_node_hours (RingWorld          *self);
RingNode    *ring_world_find      (RingWorld           *self,
                                   WeftPeerId          *peer_id);
RingNode    *ring_world_draw_up   (RingWorld           *self);
void         ring_world_trace     (RingWorld           *self,
                                   guint64              value);

/* Makes its machine, before it starts. */
void         ring_node_make       (RingWorld           *self,
                                   RingNode            *node);
void         ring_node_start      (RingWorld           *self,
                                   RingNode            *node,
                                   guint                n_bootstrap);
void         ring_node_crash      (RingWorld           *self,
                                   RingNode            *node);
void         ring_node_leave      (RingWorld           *self,
                                   RingNode            *node);
void         ring_node_move       (RingWorld           *self,
                                   RingNode            *node);
void         ring_node_lookup     (RingWorld           *self,
                                   RingNode            *node,
                                   const WeftRingPoint *key,
                                   guint                width,
                                   guint                paths);
void         ring_node_step       (RingWorld           *self,
                                   RingNode            *node,
                                   WeftRingEvent       *event);
void         ring_node_alarm      (RingWorld           *self,
                                   RingNode            *node);
gboolean     ring_node_may_see    (RingWorld           *self,
                                   RingNode            *node,
                                   RingNode            *other);

void         ring_net_send        (RingWorld           *self,
                                   RingNode            *node,
                                   const WeftRingEffect *effect);
void         ring_net_answer      (RingWorld           *self,
                                   RingNode            *node,
                                   const WeftRingEffect *effect);
void         ring_net_deliver     (RingWorld           *self,
                                   RingEvent           *event);
/* A request that no machine sent. */
void         ring_net_inject      (RingWorld           *self,
                                   RingNode            *from,
                                   RingNode            *to,
                                   WeftRingMessage     *message);

/* Comings and goings; called when a node starts, and when it is gone. */
void         ring_churn_begin     (RingWorld           *self);
void         ring_churn_started   (RingWorld           *self,
                                   RingNode            *node);
void         ring_churn_gone      (RingWorld           *self,
                                   RingNode            *node);

/* Lookups by nodes that have settled, of random keys, every other one of a whole cohort. */
void         ring_lookup_begin    (RingWorld           *self,
                                   double               per_second,
                                   guint                paths);
void         ring_lookup_end      (RingWorld           *self);
void         ring_lookup_found    (RingWorld           *self,
                                   RingNode            *node,
                                   const WeftRingEffect *effect);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RingWorld, ring_world_free)

GArray      *ring_net_late_new    (void)
    G_GNUC_WARN_UNUSED_RESULT;
/* Nobody answers them any more. */
void         ring_net_drop_late   (RingWorld           *self,
                                   RingNode            *node);

G_END_DECLS
