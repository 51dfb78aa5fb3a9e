/* ring-rig.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "ring-fixture.h"
#include "weft-ring-machine-private.h"

G_BEGIN_DECLS

/* One machine among the peers of the fixture, who answer what they are asked when they are there,
 * and fail when they are not. The machine is checked after every step. */

#define RING_RIG_SELF 64
/* The neighbours of the machine are those next to it by number. */
#define RING_RIG_RTT_USEC (10 * G_TIME_SPAN_MILLISECOND)

/* A request of the machine. */
typedef struct
{
  guint64 id;
  guint to; /* RING_FIXTURE_PEERS: an address */
  char *address;
  WeftRingMessage *message;
  gint64 due_usec; /* of the answer or the failure */
  gboolean is_answered;
} RingRigSend;

typedef struct
{
  WeftRingMachine *machine;
  WeftRingEffects effects;
  gint64 now_usec;
  gint64 timer_usec;
  guint64 n_steps;
  gboolean is_there[RING_FIXTURE_PEERS];
  gboolean is_full;             /* who is not there says that it has no room */
  WeftRingContact *contacts[RING_FIXTURE_PEERS];
  GArray *open;                 /* (element-type RingRigSend) */
  GPtrArray *log;               /* (element-type utf8): "ping 65", "lookup 3", of all requests */
  GPtrArray *answers;           /* (element-type WeftRingMessage) */
  GPtrArray *found;             /* (element-type utf8): "token: 3 4 5 (sure)" */
  GPtrArray *counters;          /* (element-type utf8) */
  GPtrArray *told;              /* (element-type WeftRingContact): in the answers of all */
} RingRig;

/* Not started. */
void             ring_rig_init          (RingRig         *self,
                                         gboolean         is_on_ring);
void             ring_rig_clear         (RingRig         *self);
void             ring_rig_step          (RingRig         *self,
                                         WeftRingEvent   *event);
/* Started with the contacts of these peers, who are there, and all has settled. */
void             ring_rig_start         (RingRig         *self,
                                         guint            first,
                                         guint            last);
/* Lets time pass, with all that happens in it. */
void             ring_rig_run           (RingRig         *self,
                                         gint64           usec);
/* The answer, or NULL where there is none yet; borrowed. */
WeftRingMessage *ring_rig_request       (RingRig         *self,
                                         guint            from,
                                         WeftRingMessage *message);
/* With a nonce, the incarnation of the sender, and its contact. */
WeftRingMessage *ring_rig_make_request  (RingRig         *self,
                                         guint            from,
                                         WeftRingMessageType type);
gboolean         ring_rig_knows         (RingRig         *self,
                                         guint            number);
gboolean         ring_rig_suspects      (RingRig         *self,
                                         guint            number);
/* How often a line was logged, such as "ping 65", since the log was last cleared. */
guint            ring_rig_count         (RingRig         *self,
                                         const char      *line);
guint            ring_rig_count_counter (RingRig         *self,
                                         const char      *counter);
/* The last request to a peer that is under way; NULL for none. */
RingRigSend     *ring_rig_find_open     (RingRig         *self,
                                         guint            to);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RingRig, ring_rig_clear)

G_END_DECLS
