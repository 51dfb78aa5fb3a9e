/* weft-mover-machine-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-peer.h"

G_BEGIN_DECLS

/* When one node moves which of its blocks to those who should keep them. See
 * data/docs/consensus.md. */
typedef struct _WeftMoverMachine WeftMoverMachine;

typedef enum
{
  WEFT_MOVER_EVENT_SEEN,    /* block_id, rank, pin, target: they differ */
  WEFT_MOVER_EVENT_SETTLED, /* block_id: there is nothing to move, or not by us, or not now */
  WEFT_MOVER_EVENT_MOVED,   /* id, is_moved: how a move ended */
  WEFT_MOVER_EVENT_TIMEOUT,
} WeftMoverEventType;

/* Borrows what it points to. */
typedef struct
{
  WeftMoverEventType type;
  gint64 now_usec;
  guint32 chance;
  const char *block_id;
  guint rank;        /* how many who could do it as well come before us */
  GPtrArray *pin;    /* (element-type WeftClusterPeer): who keeps it */
  GPtrArray *target; /* (element-type WeftClusterPeer): who should */
  guint64 id;
  gboolean is_moved;
} WeftMoverEvent;

/* A move to be made: then MOVED. All of it is borrowed until the next step. */
typedef struct
{
  guint64 id;
  GPtrArray *block_ids; /* (element-type utf8), sorted, NULL-terminated */
  GPtrArray *pin;
  GPtrArray *target;
} WeftMove;

typedef struct
{
  GArray *moves;        /* (element-type WeftMove) */
  gint64 deadline_usec; /* when to send TIMEOUT; G_MAXINT64 for never */
} WeftMoverEffects;

WeftMoverMachine *weft_mover_machine_new         (void) G_GNUC_WARN_UNUSED_RESULT;
void              weft_mover_machine_free        (WeftMoverMachine     *self);
void              weft_mover_machine_step        (WeftMoverMachine     *self,
                                                  const WeftMoverEvent *event,
                                                  WeftMoverEffects     *effects);
/* Blocks that are to be moved; with those that are being moved. */
guint             weft_mover_machine_get_waiting (WeftMoverMachine     *self);
/* Moves under way. */
guint             weft_mover_machine_get_moving  (WeftMoverMachine     *self);

void              weft_mover_effects_init        (WeftMoverEffects     *self);
void              weft_mover_effects_clear       (WeftMoverEffects     *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WeftMoverEffects, weft_mover_effects_clear)

G_END_DECLS
