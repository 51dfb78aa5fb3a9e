/* ring-heap.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-ring-message-private.h"

G_BEGIN_DECLS

typedef enum
{
  RING_EVENT_TIMER,
  RING_EVENT_REQUEST,
  RING_EVENT_REPLY,
  RING_EVENT_FAILED,
  RING_EVENT_CALL,
} RingEventType;

typedef void (*RingCall) (gpointer world,
                          guint    node);

/* What happens to a node of a simulated network at some time. */
typedef struct
{
  gint64 at_usec;
  RingEventType type;
  guint node;  /* to whom */
  guint life;  /* in which of its lives; what comes for another is dropped */
  guint other; /* who sent it */
  guint other_life;
  guint64 id;
  gint64 deadline_usec;
  WeftRingMessage *message;
  RingCall call;
} RingEvent;

/* Events by time; those of one time in the order in which they were added. */
typedef struct
{
  GArray *slots;
  GPtrArray *spare; /* events to be used again */
  guint64 order;
} RingHeap;

void       ring_heap_init  (RingHeap  *self);
void       ring_heap_clear (RingHeap  *self);
RingEvent *ring_heap_add   (RingHeap  *self,
                            gint64     at_usec);
/* NULL when it is empty, or the first is after @until_usec. */
RingEvent *ring_heap_take  (RingHeap  *self,
                            gint64     until_usec);
/* For an event that was taken. */
void       ring_heap_done  (RingHeap  *self,
                            RingEvent *event);

/* All chance of a network, from one seed. */
typedef struct
{
  guint64 state;
} RingChance;

guint64    ring_chance_next        (RingChance *self);
guint64    ring_chance_below       (RingChance *self,
                                    guint64     bound);
/* [0, 1) */
double     ring_chance_fraction    (RingChance *self);
double     ring_chance_exponential (RingChance *self,
                                    double      mean);
/* Mixes the bits of a number. */
guint64    ring_chance_mix         (guint64     value);

G_END_DECLS
