/* churn-cell.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

/* What happens to the nodes of a network while clients work. */
typedef struct
{
  const char *name;
  const char *summary;
  int session_minutes;  /* 0 when there are no sessions */
  gboolean is_for_good; /* each session; otherwise the identity and the disk come back */
  gboolean is_split;
  gboolean is_replaced; /* the cluster of a block, one by one */
} ChurnKind;

extern const ChurnKind churn_kinds[];
extern const guint churn_n_kinds;

/* One row: a network, and what happens to it. */
typedef struct
{
  const ChurnKind *kind;
  guint n_nodes;
  guint cluster;
  guint n_blocks;
  guint n_clients;
  double rate;     /* operations of a client in a second */
  gint64 settle_seconds;
  gint64 seconds;
  gint64 heal_seconds;
  guint64 seed;
} ChurnCell;

/* The scenario of a cell, which weft-sim runs too. */
char     *churn_cell_make_scenario (const ChurnCell *self);
/* Its nodes have settled, and nothing has happened to them. */
WeftSimRun *churn_cell_set_up      (const ChurnCell *self);
/* Goes on with such a run, of the same nodes and the same seed; the report as of churn_cell_run(),
 * but with the `processorUsec` from here on. */
JsonNode *churn_cell_go_on         (const ChurnCell *self,
                                    WeftSimRun      *run);
/* Runs it; the report of the run, with the `processorUsec` that it took. */
JsonNode *churn_cell_run           (const ChurnCell *self);
