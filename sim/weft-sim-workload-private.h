/* weft-sim-workload-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-client-private.h"
#include "weft-sim-meter-private.h"

G_BEGIN_DECLS

/* All clients of a run. */
typedef struct
{
  WeftSimWorld *world;
  const WeftSimWorkloadOptions *options;
  GPtrArray *clients; /* (element-type WeftSimClient) */
  WeftSimMeter *meter; /* of what is drawn */
  gboolean is_working;
  guint n_busy;
  guint64 n_done;     /* operations, whatever came of them */
  guint64 n_failed;
} WeftSimWorkload;

WeftSimWorkload *weft_sim_workload_new   (const WeftSimWorkloadOptions *options,
                                          WeftSimWorld                 *world,
                                          WeftSimDeployment            *deployment,
                                          WeftSimHistory               *history,
                                          WeftSimNames                 *names)
    G_GNUC_WARN_UNUSED_RESULT;
void             weft_sim_workload_free  (WeftSimWorkload              *self);
/* Before they start; the same, of another scenario. */
void             weft_sim_workload_set_options (WeftSimWorkload              *self,
                                                const WeftSimWorkloadOptions *options);
void             weft_sim_workload_start (WeftSimWorkload              *self);
/* What was begun still ends. */
void             weft_sim_workload_stop  (WeftSimWorkload              *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSimWorkload, weft_sim_workload_free)

G_END_DECLS
