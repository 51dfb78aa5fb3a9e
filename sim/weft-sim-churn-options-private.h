/* weft-sim-churn-options-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-sim-place-private.h"

G_BEGIN_DECLS

typedef enum
{
  WEFT_SIM_CHURN_SESSIONS,
  WEFT_SIM_CHURN_ONE_BY_ONE, /* those that keep a block, each for good */
} WeftSimChurnKind;

/* One way in which nodes come and go, as a scenario tells of it. */
typedef struct
{
  WeftSimChurnKind kind;
  gint64 from_usec;
  gint64 until_usec;

  gint64 session_usec;    /* the mean */
  gboolean is_for_good;   /* somebody else comes instead, at once */
  WeftSimSpan away_usec;
  double goodbyes;        /* how likely it is that a node says that it leaves */
  guint n_spared;         /* of the nodes, the first ones: they stay */

  guint key;              /* of the block */
  gint64 every_usec;      /* from one to the next */
} WeftSimChurnOptions;

void weft_sim_churn_options_read (WeftSimChurnOptions *self,
                                  const WeftSimPlace  *place,
                                  guint                n_nodes,
                                  guint                n_keys,
                                  gint64               duration_usec);

G_END_DECLS
