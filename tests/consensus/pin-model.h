/* pin-model.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PIN_MODEL_NODES_MAX 6

/* What the rule of pins would be without one of its parts. */
typedef enum
{
  PIN_MODEL_RIGHT,
  PIN_MODEL_BY_VIEW,     /* whoever has the second revision votes with any cluster for the third */
  PIN_MODEL_OLD_VOTES,   /* who was a member votes with the old cluster after the move as well */
  PIN_MODEL_NEW_DECIDES, /* the new members decide the move */
  PIN_MODEL_OLD_READ,    /* a read asks one cluster, whatever that shows */
  PIN_MODEL_VIEW_READ,   /* a read asks the cluster that is in view, not that of the history */
  PIN_MODEL_ABSENT,      /* who has just joined says that there is no such block */
  PIN_MODEL_N_RULES,
} PinModelRule;

/* Of each a bit for every node. */
typedef struct
{
  guint n_nodes;
  guint old_pin;
  guint new_pin;
  gboolean has_ballots; /* the move and its rival have a second ballot */
  gboolean has_read;
  PinModelRule rule;
  guint64 states_max;
} PinModelSetting;

typedef struct
{
  guint64 n_states;
  guint64 n_reads;      /* that know at least what was decided before, in any state */
  gboolean is_complete; /* every state that can be reached was looked at */
  gboolean has_two;     /* two different decisions for one slot */
  gboolean has_past;    /* a read that shows less than what was decided before it began */
} PinModelResult;

PinModelResult pin_model_explore (const PinModelSetting *setting);

G_END_DECLS
