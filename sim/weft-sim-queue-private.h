/* weft-sim-queue-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-heap-private.h"

G_BEGIN_DECLS

/* An event: what to call, and what the hash of the run takes of it. */
typedef struct
{
  guint64 id; /* 0 while the slot is free */
  void (*func) (gpointer user_data);
  gpointer user_data;
  GDestroyNotify destroy;
  guint64 digest;
  guint64 cause; /* the sequence of the event from which it follows, or 0; for the trace */
  guint32 kind;
  guint32 actor;
  guint32 next_free;
} WeftSimEvent;

/* Events by time. An id is a sequence number above the number of a slot, so it finds its event
 * without a search, is never used twice, and orders events by when they were added. An event that
 * is cancelled only leaves its slot; its entry in the heap is recognised as stale later. */
typedef struct
{
  WeftSimHeap heap;
  WeftSimEvent *events;
  guint n_events;    /* slots in use or once used */
  guint n_allocated;
  guint first_free;
  guint n_waiting;
  guint64 last_sequence;
} WeftSimQueue;

#define WEFT_SIM_QUEUE_SLOT_BITS 24

static inline guint64
weft_sim_queue_get_sequence (guint64 id)
{
  return id >> WEFT_SIM_QUEUE_SLOT_BITS;
}

/* `n_reserved`, at least one, is how many may wait before anything is allocated. */
void          weft_sim_queue_init   (WeftSimQueue       *self,
                                     guint               n_reserved);
/* Drops every event; each destroy notify runs. The queue can be used on. */
void          weft_sim_queue_clear  (WeftSimQueue       *self);
void          weft_sim_queue_free   (WeftSimQueue       *self);
/* Of `event`, the id and the link are filled in here. Returns the id. */
guint64       weft_sim_queue_add    (WeftSimQueue       *self,
                                     gint64              at_usec,
                                     const WeftSimEvent *event);
/* The entry of the earliest event, which stays; NULL when nothing waits. */
const WeftSimHeapEntry *weft_sim_queue_peek (WeftSimQueue *self);
/* Takes the earliest event out and leaves it to the caller. There must be one, just peeked at. */
void          weft_sim_queue_pop    (WeftSimQueue       *self,
                                     WeftSimEvent       *event);
/* Takes any waiting event out and leaves it to the caller; FALSE when there is none of that id. */
gboolean      weft_sim_queue_cancel (WeftSimQueue       *self,
                                     guint64             id,
                                     WeftSimEvent       *event);
/* Takes the entry of the earliest event from the heap; the event keeps its slot. */
void          weft_sim_queue_unheap (WeftSimQueue       *self);
/* Puts an entry back whose event kept its slot; one that was cancelled meanwhile is dropped. */
void          weft_sim_queue_reheap (WeftSimQueue       *self,
                                     WeftSimHeapEntry    entry);

static inline WeftSimEvent *
weft_sim_queue_get_event (WeftSimQueue *self,
                          guint64       id)
{
  WeftSimEvent *event = &self->events[id & ((1u << WEFT_SIM_QUEUE_SLOT_BITS) - 1)];

  return event->id == id ? event : NULL;
}

G_END_DECLS
