/* slot-model.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "member-search.h"

G_BEGIN_DECLS

#define SLOT_MODEL_BALLOTS_MAX 3

/* What the rule of a slot would be without one of its parts. */
typedef enum
{
  SLOT_MODEL_RIGHT,
  SLOT_MODEL_IGNORE_LOCK,       /* a justification does not look at locks */
  SLOT_MODEL_LOCK_BELOW,        /* locks below the prepared ballot */
  SLOT_MODEL_VOTE_BELOW,        /* votes below the prepared ballot */
  SLOT_MODEL_PROMISES_TOO_FEW,  /* S is one less */
  SLOT_MODEL_COMMITS_TOO_FEW,   /* M is one less */
  SLOT_MODEL_VOTE_TWICE,        /* votes for both at one ballot */
  SLOT_MODEL_PREPARE_FORGETS,   /* answers a prepare and forgets its lock */
  SLOT_MODEL_TWO_FIRST_BALLOTS, /* the first ballot is one of each coordinator */
  SLOT_MODEL_NO_JUSTIFICATION,  /* votes at any ballot without one */
  SLOT_MODEL_ANY_LOCK,          /* any lock in the justification will do, not the highest */
  SLOT_MODEL_N_RULES,
} SlotModelRule;

typedef struct
{
  guint n_members;
  guint n_liars;
  guint n_ballots; /* the first, and what has to be prepared */
  SlotModelRule rule;
  guint64 states_max;
} SlotModelSetting;

MemberSearchResult slot_model_explore (const SlotModelSetting *setting);

G_END_DECLS
