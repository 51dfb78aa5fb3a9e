/* weft-sim-disk-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-disk.h"
#include "weft-sim-storage.h"
#include "weft-sim-tables-private.h"

G_BEGIN_DECLS

/* The class, its settings and deaths are in weft-sim-disk.c, writing in weft-sim-disk-sync.c. */
struct _WeftSimDisk
{
  GObject parent_instance;

  WeftSimWorld *world;
  guint actor;
  WeftSimPrng *prng;      /* owned by the world */
  WeftSimAtlas *atlas;    /* NULL when everything may break */
  WeftStorage *owner;     /* (unowned) who has it open, or NULL */

  WeftSimTables tables;   /* with all that waits */
  GQueue waiting;         /* (element-type WeftSimSubmission), oldest first */
  guint n_unanswered;     /* with those that only wait for an event */
  guint n_syncing;        /* of those that wait, the first that the sync under way is for */
  guint64 sync_event;
  gint64 sync_usec;       /* when it ends */
  gboolean is_answering;
  GQueue past;            /* (element-type WeftSimSwaps): of durable batches, oldest first */
  gboolean is_lying;
  guint n_unwritten;      /* of these, how many of the last are not there when power is lost */

  WeftSimDelay sync_delay;
  gint64 stall_usec;      /* until when nothing ends */
  guint64 bytes_max;      /* 0 for no limit */
  double sync_failures;
  double read_failures;
};

void          weft_sim_disk_submit        (WeftSimDisk        *self,
                                           WeftStorage        *storage,
                                           WeftBatch          *batch,
                                           WeftBatchDoneFunc   done,
                                           gpointer            user_data);
/* The answer to what is submitted to a storage that is closed. */
void          weft_sim_disk_refuse        (WeftSimDisk        *self,
                                           WeftStorage        *storage,
                                           WeftBatchDoneFunc   done,
                                           gpointer            user_data);
/* Writes what waits at once and lets go of the disk. */
gboolean      weft_sim_disk_close         (WeftSimDisk        *self,
                                           GError            **error);
/* Keeps the first of those that wait, and tells all of them that nobody knows. */
void          weft_sim_disk_cut           (WeftSimDisk        *self,
                                           guint               n_kept);
void          weft_sim_disk_put_off       (WeftSimDisk        *self);
/* Whether a read may go on. */
gboolean      weft_sim_disk_can_read      (WeftSimDisk        *self,
                                           GError            **error);

/* In weft-sim-storage.c. */
WeftStorage  *weft_sim_storage_new        (WeftSimDisk        *disk) G_GNUC_WARN_UNUSED_RESULT;
void          weft_sim_storage_shut       (WeftSimStorage     *self);

G_END_DECLS
