/* member-search.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "state-set.h"

G_BEGIN_DECLS

#define MEMBER_SEARCH_HONEST_MAX 4

/* The honest members of a cluster, each as a number. They are alike, so their order does not
 * matter. */
typedef struct
{
  guint64 members[MEMBER_SEARCH_HONEST_MAX];
} MemberState;

typedef struct
{
  guint64 n_states;
  gboolean is_complete; /* every state that can be reached was looked at */
  gboolean has_two;     /* two different decisions for one slot */
} MemberSearchResult;

/* A walk through all states that members can get into who are shown whatever was ever sent. The
 * model fills the functions in, and begins its own struct with this one. */
typedef struct _MemberSearch MemberSearch;
struct _MemberSearch
{
  guint n_honest;
  guint n_liars;
  guint promises_needed;
  guint commits_needed;
  /* nullable: makes states that come to the same equal */
  void (*simplify) (const MemberSearch *self,
                    MemberState        *state);
  gboolean (*has_two) (const MemberSearch *self,
                       const MemberState  *state);
  /* reaches all that one member can become next */
  void (*step_member) (MemberSearch      *self,
                       const MemberState *state,
                       guint              index);

  StateSet states;
  MemberSearchResult result;
};

/* S and M as they are for so many members. */
void               member_search_init  (MemberSearch      *self,
                                        guint              n_members,
                                        guint              n_liars);
/* One of the members becomes another. */
void               member_search_reach (MemberSearch      *self,
                                        const MemberState *from,
                                        guint              index,
                                        guint64            member);
/* From where all members are zero, until two decisions are found. */
MemberSearchResult member_search_run   (MemberSearch      *self,
                                        guint64            states_max);

G_END_DECLS
