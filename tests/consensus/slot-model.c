/* slot-model.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two rivals want one slot. What was ever sent stays in the network, and whoever wants can be shown
 * any of it at any time, or never: that is every delay, loss, repetition and order at once. So
 * coordinators need no state, they are as clever as can be, and may lie too: a record can be shown
 * whenever the votes for it exist, with whatever selection of answers justifies it. Lying members
 * have signed everything already that a member can sign.
 *
 * A state is that of the honest members. They are alike, so their order does not matter.
 */

#include "slot-model.h"


/* Values are bits, so that a set of them can be voted for when the rule is broken. */
#define N_VALUES 2
#define NO_LOCK 0
#define LOCK(ballot, value) (1 + (ballot) * N_VALUES + (value))
#define LOCK_BALLOT(lock) (((lock) - 1) / N_VALUES)
#define LOCK_VALUE(lock) (((lock) - 1) % N_VALUES)
#define NOT_ANSWERED 0
#define ANSWERED(lock) (1 + (lock))

typedef struct
{
  guint32 prepared : 2;
  guint32 lock : 3;
  guint32 voted : 6;    /* two bits for each ballot: for what */
  guint32 committed : 6;
  guint32 answers : 12; /* four bits for each ballot: the lock that was told */
} Member;

typedef union
{
  Member member;
  guint32 number;
} Packed;

typedef struct
{
  MemberSearch base;
  const SlotModelSetting *setting;
} Search;

static Member
get_member (const MemberState *state,
            guint              index)
{
  Packed packed = { .number = (guint32) state->members[index] };

  return packed.member;
}

static guint
get_answer (Member member,
            guint  ballot)
{
  return (member.answers >> (4 * ballot)) & 0xf;
}

static gboolean
has_bit (guint32 set,
         guint   ballot,
         guint   value)
{
  return (set >> (N_VALUES * ballot + value)) & 1;
}

static guint
count_votes (const Search      *search,
             const MemberState *state,
             guint              ballot,
             guint              value,
             gboolean           commits)
{
  guint n = search->setting->n_liars;

  for (guint i = 0; i < search->base.n_honest; i++)
    {
      Member member = get_member (state, i);

      n += has_bit (commits ? member.committed : member.voted, ballot, value);
    }

  return n;
}

/* Whether somebody can show a lock: its promises exist. */
static gboolean
can_prove (const Search      *search,
           const MemberState *state,
           guint              ballot,
           guint              value)
{
  return count_votes (search, state, ballot, value, FALSE) >= search->base.promises_needed;
}

/* Whether there are enough answers of which the highest lock is this one. Any answer with a lower
 * lock, or none, may be among them. */
static gboolean
has_selection (const Search      *search,
               const MemberState *state,
               guint              ballot,
               guint              lock)
{
  gboolean is_shown = lock == NO_LOCK;
  guint n_answers = search->setting->n_liars;

  if (lock != NO_LOCK && search->setting->n_liars > 0)
    is_shown = can_prove (search, state, LOCK_BALLOT (lock), LOCK_VALUE (lock));
  for (guint i = 0; i < search->base.n_honest; i++)
    {
      guint answer = get_answer (get_member (state, i), ballot);
      guint told = answer - 1;

      if (answer == NOT_ANSWERED)
        continue;
      if (told == NO_LOCK || told == lock ||
          (lock != NO_LOCK && (LOCK_BALLOT (told) < LOCK_BALLOT (lock) ||
                               search->setting->rule == SLOT_MODEL_ANY_LOCK)))
        n_answers++;
      if (told == lock)
        is_shown = TRUE;
    }

  return is_shown && n_answers >= search->base.promises_needed;
}

static gboolean
is_justified (const Search      *search,
              const MemberState *state,
              guint              ballot,
              guint              value)
{
  guint n_answers = search->setting->n_liars;

  switch (search->setting->rule)
    {
    case SLOT_MODEL_NO_JUSTIFICATION:
      return TRUE;

    case SLOT_MODEL_IGNORE_LOCK:
      for (guint i = 0; i < search->base.n_honest; i++)
        n_answers += get_answer (get_member (state, i), ballot) != NOT_ANSWERED;
      return n_answers >= search->base.promises_needed;

    case SLOT_MODEL_RIGHT:
    case SLOT_MODEL_LOCK_BELOW:
    case SLOT_MODEL_VOTE_BELOW:
    case SLOT_MODEL_PROMISES_TOO_FEW:
    case SLOT_MODEL_COMMITS_TOO_FEW:
    case SLOT_MODEL_VOTE_TWICE:
    case SLOT_MODEL_PREPARE_FORGETS:
    case SLOT_MODEL_TWO_FIRST_BALLOTS:
    case SLOT_MODEL_ANY_LOCK:
      break;

    case SLOT_MODEL_N_RULES:
    default:
      g_assert_not_reached ();
    }

  if (has_selection (search, state, ballot, NO_LOCK))
    return TRUE;
  for (guint lower = 0; lower <= ballot; lower++)
    if (has_selection (search, state, ballot, LOCK (lower, value)))
      return TRUE;

  return FALSE;
}

static gboolean
may_vote (const Search      *search,
          const MemberState *state,
          Member             member,
          guint              ballot,
          guint              value)
{
  SlotModelRule rule = search->setting->rule;
  guint voted = (member.voted >> (N_VALUES * ballot)) & 3;
  gboolean may_repeat = rule == SLOT_MODEL_VOTE_TWICE ||
                        (rule == SLOT_MODEL_TWO_FIRST_BALLOTS && ballot == 0);

  if (voted != 0 && (!may_repeat || has_bit (member.voted, ballot, value)))
    return FALSE;
  if (ballot < member.prepared && rule != SLOT_MODEL_VOTE_BELOW)
    return FALSE;

  return ballot == 0 || is_justified (search, state, ballot, value);
}

static gboolean
may_lock (const Search      *search,
          const MemberState *state,
          Member             member,
          guint              ballot,
          guint              value)
{
  if (has_bit (member.committed, ballot, value))
    return FALSE;
  if (ballot < member.prepared && search->setting->rule != SLOT_MODEL_LOCK_BELOW)
    return FALSE;

  return can_prove (search, state, ballot, value);
}

static gboolean
has_two (const MemberSearch *base,
         const MemberState  *state)
{
  const Search *search = (const Search *) base;
  gboolean is_decided[N_VALUES] = { FALSE };

  for (guint ballot = 0; ballot < search->setting->n_ballots; ballot++)
    for (guint value = 0; value < N_VALUES; value++)
      if (count_votes (search, state, ballot, value, TRUE) >= base->commits_needed)
        is_decided[value] = TRUE;

  return is_decided[0] && is_decided[1];
}

static void
reach (MemberSearch      *base,
       const MemberState *from,
       guint              index,
       Member             member)
{
  Packed packed = { .member = member };

  member_search_reach (base, from, index, packed.number);
}

/* Everything that one member can be shown next. */
static void
step_member (MemberSearch      *base,
             const MemberState *state,
             guint              index)
{
  Search *search = (Search *) base;
  Member member = get_member (state, index);

  for (guint ballot = 0; ballot < search->setting->n_ballots; ballot++)
    {
      for (guint value = 0; value < N_VALUES; value++)
        {
          if (may_vote (search, state, member, ballot, value))
            {
              Member next = member;

              next.voted |= 1 << (N_VALUES * ballot + value);
              next.prepared = MAX (member.prepared, ballot);
              reach (base, state, index, next);
            }
          if (may_lock (search, state, member, ballot, value))
            {
              Member next = member;

              next.committed |= 1 << (N_VALUES * ballot + value);
              next.lock = LOCK (ballot, value);
              next.prepared = MAX (member.prepared, ballot);
              reach (base, state, index, next);
            }
        }
      if (ballot > member.prepared)
        {
          Member next = member;

          if (search->setting->rule == SLOT_MODEL_PREPARE_FORGETS)
            next.lock = NO_LOCK;
          next.prepared = ballot;
          next.answers |= ANSWERED (next.lock) << (4 * ballot);
          reach (base, state, index, next);
        }
    }
}

MemberSearchResult
slot_model_explore (const SlotModelSetting *setting)
{
  Search search = { .base.has_two = has_two, .base.step_member = step_member,
                    .setting = setting };

  g_assert (setting->n_ballots <= SLOT_MODEL_BALLOTS_MAX);

  member_search_init (&search.base, setting->n_members, setting->n_liars);
  search.base.promises_needed -= setting->rule == SLOT_MODEL_PROMISES_TOO_FEW;
  search.base.commits_needed -= setting->rule == SLOT_MODEL_COMMITS_TOO_FEW;

  return member_search_run (&search.base, setting->states_max);
}
