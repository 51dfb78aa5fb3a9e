/* weft-sim-world-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-queue-private.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

/* The class, its streams, actors and counters are in weft-sim-world.c, how it runs in
 * weft-sim-world-run.c, what it tells in weft-sim-world-trace.c. */
struct _WeftSimWorld
{
  GObject parent_instance;

  guint64 seed;
  gint64 now_usec;
  WeftSimQueue queue;
  GMainContext *context; /* NULL when nothing completes in one */
  gboolean is_running;   /* within an event */
  gint64 n_turns;        /* of main contexts, within events */

  guint64 hash;
  guint64 n_events;
  GArray *checkpoints;   /* (element-type guint64): the hash after each 4096 events */

  GTree *streams;        /* (element-type utf8 WeftSimPrng) */
  GTree *counters;       /* (element-type utf8 guint64) */
  GPtrArray *actors;     /* (element-type WeftSimActor) */
  guint n_paused;

  WeftSimTraceFunc trace;
  gpointer trace_data;
  GDestroyNotify trace_destroy;
};

typedef struct
{
  char *name;
  gboolean is_paused;
  GArray *deferred; /* (element-type WeftSimHeapEntry): what came while it was paused */
} WeftSimActor;

/* Takes an event into the hash, and tells the trace. */
void          weft_sim_world_record    (WeftSimWorld       *self,
                                        guint64             id,
                                        const WeftSimEvent *event);
WeftSimActor *weft_sim_world_get_actor (WeftSimWorld       *self,
                                        guint               actor);

G_END_DECLS
