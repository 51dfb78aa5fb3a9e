/* group-model.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "member-search.h"

G_BEGIN_DECLS

#define GROUP_MODEL_BALLOTS_MAX 2

/* What the rule of records of several slots would be without one of its parts. */
typedef enum
{
  GROUP_MODEL_RIGHT,
  GROUP_MODEL_VOTE_IN_PART,      /* a vote binds in the first slot only */
  GROUP_MODEL_LOCK_IN_PART,      /* so does a lock */
  GROUP_MODEL_JUSTIFIED_IN_PART, /* a justification looks at the locks of the first slot only */
  GROUP_MODEL_SAME_ACTION,       /* a lock on the commit alone is taken for one on the group */
  GROUP_MODEL_RELEASE_EARLY,     /* what overlaps is let go when something is locked */
  GROUP_MODEL_FILLED_FORGOTTEN,  /* a slot that is filled is taken for an open one */
  /* of chains */
  GROUP_MODEL_VOTE_AT_END,       /* a vote on a chain binds in its last slot only */
  GROUP_MODEL_LOCK_AT_END,       /* so does a lock */
  GROUP_MODEL_JUSTIFIED_AT_END,  /* a justification looks at the locks of the last slot only */
  GROUP_MODEL_HEAD_IGNORED,      /* a chain goes on where something else filled its head */
  GROUP_MODEL_BASE_IGNORED,      /* a follower is voted for alone where its base is not there */
  GROUP_MODEL_REST_RELEASED,     /* who has applied the head of a chain lets go of the rest */
  GROUP_MODEL_REST_KEPT,         /* who has applied what took the head of a chain keeps the rest */
  GROUP_MODEL_N_RULES,
} GroupModelRule;

typedef struct
{
  guint n_members;
  guint n_liars;
  guint n_ballots; /* the first, and what has to be prepared */
  guint asks;      /* a bit for each slot that is prepared alone, too, not only with the other */
  gboolean is_chain; /* the second slot comes after the first one in the same block */
  GroupModelRule rule;
  guint64 states_max;
} GroupModelSetting;

MemberSearchResult group_model_explore (const GroupModelSetting *setting);

G_END_DECLS
