/* member-search.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "member-search.h"

#include "weft-thresholds.h"

#include <string.h>

void
member_search_init (MemberSearch *self,
                    guint         n_members,
                    guint         n_liars)
{
  g_assert (n_members - n_liars <= MEMBER_SEARCH_HONEST_MAX);

  self->n_liars = n_liars;
  self->n_honest = n_members - n_liars;
  self->promises_needed = weft_thresholds_get_promises (n_members, WEFT_SUPER_MAJORITY_DEFAULT);
  self->commits_needed = weft_thresholds_get_commits (n_members);
}

/* In the order of their numbers, so that states that differ only in who is who are one. */
static void
sort_members (const MemberSearch *self,
              MemberState        *state)
{
  for (guint i = 1; i < self->n_honest; i++)
    for (guint j = i; j > 0 && state->members[j - 1] > state->members[j]; j--)
      {
        guint64 number = state->members[j];

        state->members[j] = state->members[j - 1];
        state->members[j - 1] = number;
      }
}

void
member_search_reach (MemberSearch      *self,
                     const MemberState *from,
                     guint              index,
                     guint64            member)
{
  MemberState state = *from;

  state.members[index] = member;
  if (self->simplify != NULL)
    self->simplify (self, &state);
  sort_members (self, &state);
  if (state_set_add (&self->states, &state) && self->has_two (self, &state))
    self->result.has_two = TRUE;
}

MemberSearchResult
member_search_run (MemberSearch *self,
                   guint64       states_max)
{
  MemberState state = { 0 };
  guint next = 0;

  state_set_init (&self->states, self->n_honest * sizeof (guint64));
  member_search_reach (self, &state, 0, 0);
  for (; next < self->states.n_states && next < states_max && !self->result.has_two; next++)
    {
      memcpy (&state, state_set_get (&self->states, next), self->n_honest * sizeof (guint64));
      for (guint i = 0; i < self->n_honest; i++)
        self->step_member (self, &state, i);
    }
  self->result.n_states = self->states.n_states;
  self->result.is_complete = next == self->states.n_states;
  state_set_clear (&self->states);

  return self->result;
}
