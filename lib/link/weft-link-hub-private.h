/* weft-link-hub-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-channel-transport.h"
#include "weft-deadline-private.h"
#include "weft-link-machine-private.h"

G_BEGIN_DECLS

typedef struct _WeftLinkHub WeftLinkHub;
typedef struct _WeftLink WeftLink;
typedef struct _WeftLinkDial WeftLinkDial;
typedef struct _WeftLinkPeer WeftLinkPeer;

/* Something that waits for its time in the hub's one heap. Embedded first in its owner. */
typedef struct _WeftLinkTimer WeftLinkTimer;
struct _WeftLinkTimer
{
  WeftDeadline deadline;
  void (*fire) (WeftLinkTimer *timer);
};

typedef struct
{
  guint64 n_frames;
  guint64 n_bytes;
} WeftLinkTraffic;

/* All that a WeftChannelTransport is, but for being an object: what its links, dials and peers
 * share. */
struct _WeftLinkHub
{
  WeftChannelTransport *transport; /* unowned: it owns the hub */
  WeftIdentity *identity;
  WeftVerifier *verifier;
  WeftClock *clock;
  WeftRandom *random;
  char *network;
  char *agent;
  WeftPeerRole role;

  char **protocols;
  WeftRequestFunc handler;
  gpointer handler_data;
  GDestroyNotify handler_destroy;
  WeftPeerPolicyFunc policy;
  gpointer policy_data;
  GDestroyNotify policy_destroy;

  GPtrArray *addresses; /* (element-type WeftMultiaddr): where it listens */
  GTree *links;         /* (element-type WeftLink), by serial */
  GTree *dials;         /* (element-type WeftLinkDial), by id */
  GTree *peers;         /* (element-type WeftLinkPeer), by peer id */
  GTree *calls;         /* (element-type WeftLinkCall), by request id */
  GTree *counters;      /* (element-type utf8 guint64) */
  WeftLinkTraffic sent; /* counted for each frame, so apart from the others */
  WeftLinkTraffic received;
  gint64 last_serial;
  guint64 last_request_id;
  guint n_handshakes; /* accepted, and not proved yet */

  WeftDeadlines *timers; /* (element-type WeftLinkTimer) (unowned), by time, then id */
  GQueue notices;       /* (element-type WeftLinkNotice): calls of others' functions, in order */
  guint64 alarm_id;
  gint64 alarm_usec;
  gboolean is_notifying;
  gboolean is_closed;
};

WeftLinkHub *weft_link_hub_new         (WeftChannelTransport *transport) G_GNUC_WARN_UNUSED_RESULT;
void         weft_link_hub_free        (WeftLinkHub          *self);
gint64       weft_link_hub_now         (WeftLinkHub          *self);
void         weft_link_hub_count       (WeftLinkHub          *self,
                                        const char           *counter,
                                        guint64               amount);
GVariant    *weft_link_hub_get_counts  (WeftLinkHub          *self) G_GNUC_WARN_UNUSED_RESULT;
/* It may fire earlier, when it was set to an earlier time before. */
void         weft_link_hub_set_timer   (WeftLinkHub          *self,
                                        WeftLinkTimer        *timer,
                                        gint64                deadline_usec);
/* After events from outside: calls others' functions now, as nobody waits for this one. */
void         weft_link_hub_flush       (WeftLinkHub          *self);
/* After calls from outside: sees to it that the alarm does so soon. */
void         weft_link_hub_arm         (WeftLinkHub          *self);
/* A link went silently. Often that is not the fault of one peer: all are asked for a word, so that
 * those who went with it are not found out one after the other. */
void         weft_link_hub_doubt       (WeftLinkHub          *self);
void         weft_link_hub_close       (WeftLinkHub          *self);

WeftLinkHub *weft_channel_transport_get_hub (WeftChannelTransport   *self);
void         weft_link_iface_init           (WeftTransportInterface *iface);

G_END_DECLS
