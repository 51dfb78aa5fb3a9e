/* weft-sim-disk.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-atlas.h"
#include "weft-sim-delay.h"
#include "weft-sim-node.h"
#include "weft-sim-world.h"

G_BEGIN_DECLS

/**
 * WEFT_SIM_DISK_PAST_MAX:
 *
 * How many durable batches a disk remembers how to take back; the snapshot of a virtual machine
 * that is older than that is not worth its memory here.
 *
 * Since: 0.1
 */
#define WEFT_SIM_DISK_PAST_MAX 256

#define WEFT_TYPE_SIM_DISK (weft_sim_disk_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimDisk, weft_sim_disk, WEFT, SIM_DISK, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimDisk  *weft_sim_disk_new                (WeftSimWorld       *world,
                                                guint               actor)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_set_atlas          (WeftSimDisk        *self,
                                                WeftSimAtlas       *atlas);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_attach             (WeftSimDisk        *self,
                                                WeftSimNode        *node);
WEFT_AVAILABLE_IN_ALL
WeftStorage  *weft_sim_disk_open               (WeftSimDisk        *self,
                                                GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
guint         weft_sim_disk_get_n_waiting      (WeftSimDisk        *self);
WEFT_AVAILABLE_IN_ALL
guint64       weft_sim_disk_get_bytes          (WeftSimDisk        *self);
/* Speed */
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_set_sync_delay     (WeftSimDisk        *self,
                                                const WeftSimDelay *delay);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_stall              (WeftSimDisk        *self,
                                                gint64              duration_usec);
/* Faults */
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_set_quota          (WeftSimDisk        *self,
                                                guint64             bytes_max);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_set_sync_failures  (WeftSimDisk        *self,
                                                double              probability);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_set_read_failures  (WeftSimDisk        *self,
                                                double              probability);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_set_lying          (WeftSimDisk        *self,
                                                gboolean            is_lying);
WEFT_AVAILABLE_IN_ALL
void          weft_sim_disk_repair             (WeftSimDisk        *self);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_disk_damage             (WeftSimDisk        *self,
                                                const char         *block_id);
/* Deaths */
WEFT_AVAILABLE_IN_ALL
guint         weft_sim_disk_crash              (WeftSimDisk        *self);
WEFT_AVAILABLE_IN_ALL
guint         weft_sim_disk_lose_power         (WeftSimDisk        *self);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_disk_roll_back          (WeftSimDisk        *self,
                                                guint               n_batches);
WEFT_AVAILABLE_IN_ALL
gboolean      weft_sim_disk_erase              (WeftSimDisk        *self);

G_END_DECLS
