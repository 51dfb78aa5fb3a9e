/* weft-sim-host-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-disk.h"
#include "weft-sim-forks-private.h"
#include "weft-sim-node.h"

G_BEGIN_DECLS

/* What is wrong with a disk. */
typedef struct
{
  WeftSimDelay sync;
  gint64 bytes_free; /* -1 for any amount */
  gboolean is_failing;
  gboolean is_lying;
  double read_failures; /* how likely each is */
} WeftSimHostTrouble;

/* A node of a run with its disk, and what starts it again when it is down but should not be. */
typedef struct
{
  WeftSimWorld *world;
  WeftSimNode *node;
  WeftSimDisk *disk;
  gboolean is_wanted;    /* whether it should be up */
  WeftSimForks *forks;   /* (nullable) (unowned): where it is held against others */
  GTree *tally;          /* (element-type utf8 guint64): what it counted in lives that are over */
  guint64 watch;         /* the event by which it is looked after */
  gint64 stepped_usec;   /* by how much its clock is wrong */
} WeftSimHost;

WeftSimHost *weft_sim_host_new         (WeftSimWorld             *world,
                                        guint                     index) G_GNUC_WARN_UNUSED_RESULT;
/* A disk for a node that was made elsewhere. */
WeftSimHost *weft_sim_host_new_for     (WeftSimWorld             *world,
                                        WeftSimNode              *node) G_GNUC_WARN_UNUSED_RESULT;
void         weft_sim_host_free        (WeftSimHost              *self);
guint        weft_sim_host_get_actor   (WeftSimHost              *self);
gboolean     weft_sim_host_is_running  (WeftSimHost              *self);
void         weft_sim_host_start       (WeftSimHost              *self,
                                        WeftSimDiskFate           fate);
void         weft_sim_host_kill        (WeftSimHost              *self,
                                        WeftSimDeath              death);
/* In an orderly way, which takes a moment. */
void         weft_sim_host_stop        (WeftSimHost              *self);
void         weft_sim_host_step_clock  (WeftSimHost              *self,
                                        gint64                    step_usec);
/* As if somebody had looked at a watch. */
void         weft_sim_host_set_clock_right (WeftSimHost          *self);
void         weft_sim_host_set_trouble (WeftSimHost              *self,
                                        const WeftSimHostTrouble *trouble);

G_END_DECLS
