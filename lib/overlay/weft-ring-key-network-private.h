/* weft-ring-key-network-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-clock.h"
#include "weft-identity.h"
#include "weft-isolation-guard-private.h"
#include "weft-random.h"
#include "weft-ring-absent-private.h"
#include "weft-ring-cohort-private.h"
#include "weft-ring-connector-private.h"
#include "weft-ring-key-network.h"
#include "weft-ring-machine-private.h"
#include "weft-ring-mark-private.h"
#include "weft-ring-reputation-private.h"
#include "weft-verifier.h"

G_BEGIN_DECLS

/* The class is in weft-ring-key-network.c; what the machine wants done in weft-ring-run.c; clusters
 * and coordinators in weft-ring-find.c; what outlives a restart in weft-ring-record.c; what is told
 * to people, and whether to decide alone, in weft-ring-status.c and weft-ring-picture.c. */
struct _WeftRingKeyNetwork
{
  GObject parent_instance;

  /* What it is made of, resolved once. */
  WeftTransport *transport;
  WeftStorage *storage; /* (nullable): forgets all when it ends */
  WeftIdentity *identity;
  WeftVerifier *verifier;
  char *network;
  char *prefix;
  WeftClock *clock;
  WeftRandom *random;
  guint replication;
  gboolean is_keeper; /* FALSE: of an edge, on no cluster */
  gboolean may_be_alone;
  gboolean is_forgetting; /* whoever is missing when it starts */
  char **announce;
  GPtrArray *bootstrap; /* (element-type utf8) (owned) */

  /* While it runs. */
  WeftRingMachine *machine; /* NULL before and after */
  WeftRingConnector *connector;
  WeftRingEffects effects;
  gboolean is_stepping;
  gboolean is_leaving;
  gboolean is_changed;
  char *protocol;
  guint64 alarm_id;
  guint64 watch_id;
  gint64 watch_pause_usec; /* until the bootstrap addresses are tried again */
  gint64 bootstrap_usec;   /* when */
  guint64 last_token;
  GHashTable *answers;     /* (element-type guint64 Answer): requests that wait for one */
  GHashTable *searches;    /* (element-type guint64 Search): lookups under way */
  GHashTable *counters;    /* (element-type utf8 guint64) */
  WeftRingReputation *reputation;
  WeftRingAbsent *absent;

  /* What was found out. */
  GHashTable *cohorts;     /* (element-type utf8 Cohort): forgotten when the ring changes */
  GHashTable *found;       /* (element-type utf8 Cohort): what lookups brought, for seconds */
  GHashTable *hints;       /* (element-type utf8 Hint): who coordinated a block */
  GQueue told;             /* (element-type Search): told by the alarm */
  guint64 told_id;
  GPtrArray *waits;        /* (element-type Wait) (owned) */
  guint64 waits_id;

  /* What outlives a restart. */
  guint64 incarnation;
  WeftRingMark mark;
  gboolean has_seen_others;
  gint64 saved_usec;
  double saved_mark;

  WeftRingReadiness readiness; /* as it was last told */
};

/* `body` is canonical text, a GRefString; exactly one of the two is set. */
typedef void (*WeftRingAnswerFunc) (char         *body,
                                    const GError *error,
                                    gpointer      user_data);

/* weft-ring-run.c */

/* Begins to be on the ring; @addresses (element-type WeftMultiaddr): where it listens. */
gboolean weft_ring_key_network_start (WeftRingKeyNetwork *self,
                                      GPtrArray          *addresses,
                                      guint               cluster_min,
                                      GError            **error);
/* Says goodbye; TRUE while that takes some time yet. */
gboolean weft_ring_key_network_leave (WeftRingKeyNetwork *self);
void     weft_ring_key_network_stop  (WeftRingKeyNetwork *self);
/* A request of the ring protocol; @answer is called once, maybe from within. */
void     weft_ring_key_network_serve (WeftRingKeyNetwork *self,
                                      WeftPeer           *peer,
                                      const WeftItem     *body,
                                      WeftRingAnswerFunc  answer,
                                      gpointer            user_data);
void     weft_ring_key_network_step  (WeftRingKeyNetwork *self,
                                      WeftRingEvent      *event);
void     weft_ring_key_network_count (WeftRingKeyNetwork *self,
                                      const char         *counter);

/* weft-ring-find.c */
void     weft_ring_find_init         (WeftRingKeyNetwork *self);
void     weft_ring_find_clear        (WeftRingKeyNetwork *self);
void     weft_ring_find_forget       (WeftRingKeyNetwork *self);
/* Takes over what a lookup found. */
void     weft_ring_find_take         (WeftRingKeyNetwork *self,
                                      const WeftRingEffect *found);
/* Nobody will find anything any more. */
void     weft_ring_find_abandon      (WeftRingKeyNetwork *self);
void     weft_ring_find_iface_init   (WeftKeyNetworkInterface *iface);
WeftRingPoint weft_ring_find_place   (const char         *block_id);
/* The cohort of a block among some, and this node where it belongs. */
WeftRingCohort *weft_ring_find_arrange (WeftRingKeyNetwork *self,
                                        const char         *block_id,
                                        GPtrArray          *contacts,
                                        gboolean            is_confident)
    G_GNUC_WARN_UNUSED_RESULT;
/* Before this node is on a ring, it is all that it knows of one. */
GPtrArray *weft_ring_find_make_only_us (WeftRingKeyNetwork *self) G_GNUC_WARN_UNUSED_RESULT;

/* weft-ring-reach.c */
GPtrArray *weft_ring_reach_get_target (WeftKeyNetwork     *network,
                                       const char         *block_id,
                                       gboolean           *is_confident);
void     weft_ring_reach_peers       (WeftKeyNetwork     *network,
                                      GPtrArray          *peers,
                                      WeftKeyNetworkFunc  done,
                                      gpointer            user_data);

/* weft-ring-record.c */
/* (element-type WeftRingContact): of an earlier life. */
GPtrArray *weft_ring_record_load     (WeftRingKeyNetwork *self) G_GNUC_WARN_UNUSED_RESULT;
void     weft_ring_record_save       (WeftRingKeyNetwork *self);
/* Notes the size of now, and saves when it is time. */
void     weft_ring_record_update     (WeftRingKeyNetwork *self);

/* weft-ring-status.c */
/* Tells who waits, and that properties changed. */
void     weft_ring_status_update     (WeftRingKeyNetwork *self);
gboolean weft_ring_status_is_cut     (WeftRingKeyNetwork *self);
void     weft_ring_status_abandon    (WeftRingKeyNetwork *self);
void     weft_ring_status_wait_free  (gpointer            wait);
WeftIsolation weft_ring_status_judge (WeftRingKeyNetwork *self,
                                      gboolean            is_alone);
gboolean weft_ring_status_check_change (WeftKeyNetwork   *network,
                                        GPtrArray        *peers,
                                        GError          **error);

/* weft-ring-picture.c */
JsonNode *weft_ring_picture_make     (WeftRingKeyNetwork *self) G_GNUC_WARN_UNUSED_RESULT;

/* weft-ring-key-network.c */
void     weft_ring_key_network_notify_readiness (WeftRingKeyNetwork *self);
void     weft_ring_key_network_report_lie (WeftKeyNetwork *network,
                                           WeftPeerId     *peer_id);

G_END_DECLS
