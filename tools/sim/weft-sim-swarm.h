/* weft-sim-swarm.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-progress.h"
#include "weft-sim-report.h"

G_BEGIN_DECLS

/* Many runs, in several processes. */
typedef struct
{
  char **scenarios; /* as the user named them */
  guint n_scenarios;
  guint64 first;
  guint64 last;
  guint n_jobs;
  gboolean keeps_going;
  gboolean check_determinism;
  const char *signatures; /* or NULL */
} WeftSimSwarm;

/* Does it all, or stops at the first failure. FALSE when the harness is broken. */
gboolean weft_sim_swarm_perform (const WeftSimSwarm  *self,
                                 WeftSimReport       *report,
                                 WeftProgress        *progress,
                                 GError             **error);

G_END_DECLS
