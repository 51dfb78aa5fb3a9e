/* weft-sim-run-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-churn-private.h"
#include "weft-sim-injector-private.h"
#include "weft-sim-run.h"
#include "weft-sim-workload-private.h"

G_BEGIN_DECLS

/* After all was healed: whether clients can work, and what is kept is what was told of. */
typedef struct
{
  WeftSimRun *run;
  gint64 deadline_usec;
  gboolean is_over;      /* nobody asks any more, and what is open only ends */
  guint n_open;          /* clients that try, and logs that are read */
  GError *error;         /* why the last attempt failed */
  guint node;            /* whose log is being read */
  guint key;             /* and of what */
  WeftSimLogs *logs;
  GPtrArray *log;        /* (element-type WeftArchiveRevision), of the present one, newest first */
} WeftSimEpilogue;

struct _WeftSimRun
{
  GObject parent_instance;

  WeftSimScenario *scenario;
  WeftSimWorld *world;
  WeftSimHistory *history;
  WeftSimNames *names;
  WeftSimDeployment *deployment;
  WeftSimWorkload *workload;
  WeftSimInjector *injector;
  WeftSimChurn *churn;
  WeftSimEpilogue *epilogue;
  gboolean is_done;
  WeftSimVerdict verdict;
  char *reason;
  char *violation; /* what the logs of nodes contradict each other in */
};

extern const char * const weft_sim_verdict_names[];

/* Returns whether it was decided within the time; otherwise the reason is set. */
gboolean weft_sim_epilogue_perform (WeftSimRun      *run);
void     weft_sim_epilogue_free    (WeftSimEpilogue *self);

G_END_DECLS
