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
  WeftSimSignatures signatures;
  gboolean has_keys; /* so it is settled what the signatures are */
  gint64 now_usec;
  WeftSimQueue queue;
  GMainContext *context; /* NULL when nothing completes in one */
  gboolean is_running;   /* within an event */
  gint64 n_turns;        /* of main contexts, within events */
  guint64 current;       /* the sequence of that event, or 0 */

  guint64 hash;
  guint64 n_events;
  GArray *checkpoints;   /* (element-type guint64): the hash after each 4096 events */

  GTree *streams;        /* (element-type utf8 WeftSimPrng) */
  double buggify;        /* how likely something rare happens at a point of the library */
  GTree *points;         /* (element-type utf8 Point), in weft-sim-buggify; NULL before any */
  GTree *counters;       /* (element-type utf8 guint64) */
  GPtrArray *actors;     /* (element-type WeftSimActor) */
  guint n_paused;

  WeftSimTraceFunc trace;
  gpointer trace_data;
  GDestroyNotify trace_destroy;
  GChecksum *trace_checksum; /* of all lines; NULL while nobody listens */
  guint64 last_message;      /* that was numbered, */
  guint64 last_connection;
  guint64 last_operation;
  guint64 n_violations;      /* that the trace was told of */
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
/* An event that waits goes back to another one than that during which it was scheduled: what it
 * delivers was sent then. */
void          weft_sim_world_set_cause (WeftSimWorld       *self,
                                        guint64             id,
                                        guint64             cause);
WeftSimActor *weft_sim_world_get_actor (WeftSimWorld       *self,
                                        guint               actor);

G_END_DECLS
