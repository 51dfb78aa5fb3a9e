/* weft-ring-machine-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-effects-private.h"
#include "weft-ring-estimate-private.h"
#include "weft-ring-partition-private.h"
#include "weft-ring-table-private.h"

G_BEGIN_DECLS

/* One node's view of the ring: who is where, who lives, how many there are, and is the network in
 * one piece. See data/docs/overlay.md. */
typedef struct _WeftRingMachine WeftRingMachine;

typedef struct
{
  WeftPeerId *peer_id;
  GPtrArray *addresses;      /* (element-type utf8): what is announced; may be empty */
  JsonNode *metadata;        /* nullable */
  const char *network;
  guint64 incarnation;       /* above that of every earlier life */
  gboolean is_on_ring;       /* FALSE: asks and looks up, but never is a neighbour (edge, client) */
  guint table_capacity;      /* 2048 */
  guint neighbours_per_side; /* 8 */
  gint64 probe_period_usec;  /* 1 s; 5 s for the slow profile */
  WeftRingSign sign;
  gpointer sign_data;
  WeftRingVerify verify;
  gpointer verify_data;
} WeftRingConfig;

typedef enum
{
  /* contacts: of an earlier life, to be asked before they count; text: nothing */
  WEFT_RING_EVENT_START,
  WEFT_RING_EVENT_BOOTSTRAP, /* text: an address to begin at; may come at any time */
  WEFT_RING_EVENT_REQUEST,   /* token, peer_id, message */
  WEFT_RING_EVENT_REPLY,     /* id, peer_id, message */
  /* id: no reply in time, refused, or unreachable; is_full: it had no room for a connection */
  WEFT_RING_EVENT_FAILED,
  /* token, key, count: the width wanted, paths: disjoint ones, 1 for an ordinary lookup */
  WEFT_RING_EVENT_LOOKUP,
  WEFT_RING_EVENT_WITHDRAW,  /* token: nobody waits any more */
  WEFT_RING_EVENT_LOST,      /* peer_id: its connection ended; a hint */
  WEFT_RING_EVENT_LEAVE,     /* says goodbye; steps after it only answer */
  WEFT_RING_EVENT_TIMEOUT,
} WeftRingEventType;

/* Borrows what it points to. */
typedef struct
{
  WeftRingEventType type;
  gint64 now_usec; /* monotonic */
  guint64 chance;  /* fresh for each step: everything random is drawn from it */
  guint64 id;
  guint64 token;
  WeftPeerId *peer_id;
  WeftRingMessage *message;
  WeftRingPoint key;
  guint count;
  guint paths;
  GPtrArray *contacts;
  const char *text;
  gboolean is_full;
} WeftRingEvent;

WeftRingMachine  *weft_ring_machine_new          (const WeftRingConfig *config)
    G_GNUC_WARN_UNUSED_RESULT;
void              weft_ring_machine_free         (WeftRingMachine      *self);
void              weft_ring_machine_step         (WeftRingMachine      *self,
                                                  const WeftRingEvent  *event,
                                                  WeftRingEffects      *effects);
WeftRingContact  *weft_ring_machine_get_own      (WeftRingMachine      *self);
WeftRingTable    *weft_ring_machine_get_table    (WeftRingMachine      *self);
/* The cohort as this node sees it, itself included where it belongs; *is_confident (nullable): it
 * lies within what this node watches itself, and the ring around it is closed. */
GPtrArray        *weft_ring_machine_get_cohort   (WeftRingMachine      *self,
                                                  const WeftRingPoint  *point,
                                                  guint                 width,
                                                  GPtrArray            *excluded,
                                                  gboolean             *is_confident)
    G_GNUC_WARN_UNUSED_RESULT;
WeftRingEstimate  weft_ring_machine_get_estimate (WeftRingMachine      *self,
                                                  gint64                now_usec);
gboolean          weft_ring_machine_is_partitioned (WeftRingMachine    *self,
                                                    gint64              now_usec,
                                                    const char        **reason);
/* Who is missing will not come back: what was suspected of a cut is forgotten, and they are not
 * looked for any more. Not while a step is under way. */
void              weft_ring_machine_forget_missing (WeftRingMachine    *self);
/* Whether it knows its own place, as far as those agree that it began at. */
gboolean          weft_ring_machine_is_joined    (WeftRingMachine      *self);
/* Whether they lead to different rings, until it is known which to believe. */
gboolean          weft_ring_machine_do_paths_differ (WeftRingMachine   *self);
/* Whether it said goodbye, and was not heard of since. */
gboolean          weft_ring_machine_has_left     (WeftRingMachine      *self,
                                                  WeftPeerId           *peer_id);
/* What to keep for a restart: (element-type WeftRingContact), the most useful first. */
GPtrArray        *weft_ring_machine_export       (WeftRingMachine      *self,
                                                  guint                 max)
    G_GNUC_WARN_UNUSED_RESULT;
/* For status and for people. */
JsonNode         *weft_ring_machine_to_json      (WeftRingMachine      *self,
                                                  gint64                now_usec)
    G_GNUC_WARN_UNUSED_RESULT;
/* Aborts when the state contradicts itself. Called by tests after every step. */
void              weft_ring_machine_check        (WeftRingMachine      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftRingMachine, weft_ring_machine_free)

G_END_DECLS
