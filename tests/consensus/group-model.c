/* group-model.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two actions, each on a block of its own, are proposed together, in a record of two slots, and
 * each alone. As in the model of one slot, what was ever sent stays in the network and may be shown
 * to anybody at any time, by coordinators who are as clever and as dishonest as can be, and lying
 * members have signed everything already. A certificate, too, is shown at any time: it fills its
 * slots, and whatever else claims one of these is let go in all of its slots.
 *
 * Or they are a chain: both change the same block, one after the other. Then nobody votes for the
 * second commit alone who does not have what was decided for the first slot, and a chain that was
 * decided may be applied up to its first commit only, as a crash leaves it.
 *
 * A state is that of the honest members. They are alike, so their order does not matter.
 */

#include "group-model.h"

#define N_SLOTS 2
#define BOTH 3

/* The group, and the commits of the first and of the second slot alone. */
#define N_MESSAGES 3
#define GROUP 0
static const guint slots_of[N_MESSAGES] = { BOTH, 1, 2 };

/* A message at a ballot, in a slot: 0 is none. */
#define HELD(ballot, message) (1 + (ballot) * 2 + ((message) != GROUP))
#define HELD_BALLOT(held) (((held) - 1) / 2)
#define HELD_MESSAGE(held, slot) (((held) - 1) % 2 == 0 ? GROUP : 1 + (slot))

/* What a member told when it prepared these slots; is_told is 0 as long as it did not. */
typedef struct
{
  guint32 is_told : 1;
  guint32 first : 3;
  guint32 second : 3;
} Answer;

typedef struct
{
  guint32 prepared : 2;  /* a bit for each slot: whether at the second ballot */
  guint32 locks : 6;     /* three bits for each slot */
  guint32 votes : 6;
  guint32 filled : 2;    /* a bit for each slot */
  guint32 voted : 6;     /* three bits for each ballot: what it ever signed */
  guint32 committed : 6;
  guint32 filled_by_chain : 1; /* the first slot */
  guint32 rest : 3;
  guint32 answers : 21;  /* seven bits for each set of slots */
  guint32 more : 11;
} Member;

typedef union
{
  Member member;
  guint32 words[2];
  guint64 number;
} Packed;

typedef struct
{
  MemberSearch base;
  const GroupModelSetting *setting;
} Search;

static Member
get_member (const MemberState *state,
            guint              index)
{
  Packed packed = { .number = state->members[index] };

  return packed.member;
}

static guint
get_held (guint32 all,
          guint   slot)
{
  return (all >> (3 * slot)) & 7;
}

static guint32
with_held (guint32 all,
           guint   slot,
           guint   held)
{
  return (all & ~(7u << (3 * slot))) | (held << (3 * slot));
}

static Answer
get_answer (Member member,
            guint  slots)
{
  guint32 bits = member.answers >> (7 * (slots - 1));

  return (Answer) { bits & 1, (bits >> 1) & 7, (bits >> 4) & 7 };
}

static guint32
bit_of (guint ballot,
        guint message)
{
  return 1u << (N_MESSAGES * ballot + message);
}

static guint
count_votes (const Search      *search,
             const MemberState *state,
             guint              ballot,
             guint              message,
             gboolean           commits)
{
  guint n = search->setting->n_liars;

  for (guint i = 0; i < search->base.n_honest; i++)
    {
      Member member = get_member (state, i);

      n += ((commits ? member.committed : member.voted) & bit_of (ballot, message)) != 0;
    }

  return n;
}

static gboolean
can_prove (const Search      *search,
           const MemberState *state,
           guint              ballot,
           guint              message)
{
  return count_votes (search, state, ballot, message, FALSE) >= search->base.promises_needed;
}

static gboolean
is_decided (const Search      *search,
            const MemberState *state,
            guint              message)
{
  for (guint ballot = 0; ballot < search->setting->n_ballots; ballot++)
    if (count_votes (search, state, ballot, message, TRUE) >= search->base.commits_needed)
      return TRUE;

  return FALSE;
}

/* Whether the highest lock that these answers show of a slot is on the message, or there is none.
 * Who lies may show a higher one, if it can be proven. */
static gboolean
allows (const Search      *search,
        const MemberState *state,
        const Answer      *answers,
        guint              n_answers,
        guint              slot,
        guint              message)
{
  guint highest = 0;
  gboolean is_on = TRUE;

  for (guint i = 0; i < n_answers; i++)
    {
      guint held = slot == 0 ? answers[i].first : answers[i].second;
      gboolean is_same
          = held != 0 && (HELD_MESSAGE (held, slot) == message ||
                          search->setting->rule == GROUP_MODEL_SAME_ACTION);

      if (held == 0 || (highest != 0 && HELD_BALLOT (held) < HELD_BALLOT (highest)))
        continue;
      if (highest == 0 || HELD_BALLOT (held) > HELD_BALLOT (highest))
        is_on = is_same;
      else
        is_on = is_on || is_same;
      highest = held;
    }
  for (guint ballot = 0; !is_on && search->setting->n_liars > 0 &&
                         ballot < search->setting->n_ballots; ballot++)
    is_on = ballot >= HELD_BALLOT (highest) && can_prove (search, state, ballot, message);

  return is_on;
}

/* All slots of a message, or those that a mutation leaves of them. */
static guint
get_bound (const Search   *search,
           guint           message,
           GroupModelRule  in_part,
           GroupModelRule  at_end)
{
  if (message == GROUP && search->setting->rule == in_part)
    return 1;
  if (message == GROUP && search->setting->rule == at_end)
    return 2;

  return slots_of[message];
}

/* Whether some of the answers of these members, and of those after them, will do. One that covers
 * more slots than are asked about will do as well. */
static gboolean
select_answers (const Search      *search,
                const MemberState *state,
                guint              message,
                guint              index,
                Answer            *chosen,
                guint              n_chosen)
{
  guint slots = slots_of[message];
  guint seen = get_bound (search, message, GROUP_MODEL_JUSTIFIED_IN_PART,
                          GROUP_MODEL_JUSTIFIED_AT_END);

  if (index == search->base.n_honest)
    return n_chosen + search->setting->n_liars >= search->base.promises_needed &&
           (!(seen & 1) || allows (search, state, chosen, n_chosen, 0, message)) &&
           (!(seen & 2) || allows (search, state, chosen, n_chosen, 1, message));

  if (select_answers (search, state, message, index + 1, chosen, n_chosen))
    return TRUE;
  for (guint asked = slots; asked <= BOTH; asked += BOTH - slots > 0 ? BOTH - slots : 1)
    {
      chosen[n_chosen] = get_answer (get_member (state, index), asked);
      if (chosen[n_chosen].is_told &&
          select_answers (search, state, message, index + 1, chosen, n_chosen + 1))
        return TRUE;
    }

  return FALSE;
}

/* Those in which a member still has to do with it: of a chain that it applied in part, the rest. */
static guint
get_open (const Search *search,
          Member        member,
          guint         message)
{
  gboolean is_ours
      = member.filled_by_chain || search->setting->rule == GROUP_MODEL_HEAD_IGNORED;
  gboolean is_begun
      = search->setting->is_chain && message == GROUP && (member.filled & 1) && is_ours;

  return is_begun ? slots_of[message] & ~1u : slots_of[message];
}

/* A record is voted for, or locked, in all of its slots, or in none. */
static gboolean
is_barred (const Search *search,
           Member        member,
           guint         ballot,
           guint         message,
           gboolean      is_vote)
{
  guint slots = get_open (search, member, message);

  if (search->setting->is_chain && slots_of[message] == 2 && !(member.filled & 1) &&
      search->setting->rule != GROUP_MODEL_BASE_IGNORED)
    return TRUE;
  for (guint slot = 0; slot < N_SLOTS; slot++)
    {
      guint lock = get_held (member.locks, slot);
      guint vote = get_held (member.votes, slot);

      if (!(slots & (1 << slot)))
        continue;
      if ((member.filled >> slot) & 1 || ballot < ((member.prepared >> slot) & 1))
        return TRUE;
      if (lock != 0 && HELD_BALLOT (lock) == ballot && HELD_MESSAGE (lock, slot) != message)
        return TRUE;
      if (is_vote && vote != 0 && HELD_BALLOT (vote) == ballot &&
          HELD_MESSAGE (vote, slot) != message)
        return TRUE;
    }

  return FALSE;
}

/* Lets go of what claims one of these slots, but for one message, in all its slots. */
static Member
release (Member member,
         guint  slots,
         guint  but)
{
  for (guint slot = 0; slot < N_SLOTS; slot++)
    {
      guint lock = get_held (member.locks, slot);
      guint vote = get_held (member.votes, slot);

      if (lock != 0 && HELD_MESSAGE (lock, slot) != but &&
          (slots_of[HELD_MESSAGE (lock, slot)] & slots))
        member.locks = with_held (member.locks, slot, 0);
      if (vote != 0 && HELD_MESSAGE (vote, slot) != but &&
          (slots_of[HELD_MESSAGE (vote, slot)] & slots))
        member.votes = with_held (member.votes, slot, 0);
    }

  return member;
}

static Member
clear_slot (Member member,
            guint  slot)
{
  member.locks = with_held (member.locks, slot, 0);
  member.votes = with_held (member.votes, slot, 0);

  return member;
}

/* Once a lock can be proven it does not matter any more who voted for it, and of what is decided
 * not who voted or locked: who has not could only bind himself, and help what is decided. */
static void
forget_signers (const MemberSearch *base,
                MemberState        *state)
{
  const Search *search = (const Search *) base;
  guint32 voted = 0;
  guint32 committed = 0;

  for (guint message = 0; message < N_MESSAGES; message++)
    for (guint ballot = 0; ballot < search->setting->n_ballots; ballot++)
      {
        if (is_decided (search, state, message))
          committed |= bit_of (ballot, message);
        if (can_prove (search, state, ballot, message))
          voted |= bit_of (ballot, message);
      }
  for (guint i = 0; i < search->base.n_honest; i++)
    {
      Packed packed = { .number = state->members[i] };

      packed.member.voted |= voted | committed;
      packed.member.committed |= committed;
      state->members[i] = packed.number;
    }
}

/* Two decisions for a slot, or one for what comes after a revision that nobody decided. */
static gboolean
has_two (const MemberSearch *base,
         const MemberState  *state)
{
  const Search *search = (const Search *) base;

  if (search->setting->is_chain && is_decided (search, state, 2) && !is_decided (search, state, 1))
    return TRUE;

  return is_decided (search, state, GROUP) &&
         (is_decided (search, state, 1) || is_decided (search, state, 2));
}

static void
reach (Search            *search,
       const MemberState *from,
       guint              index,
       Member             member)
{
  Packed packed = { .member = member };

  member_search_reach (&search->base, from, index, packed.number);
}

static void
try_vote (Search            *search,
          const MemberState *state,
          guint              index,
          guint              ballot,
          guint              message)
{
  Member member = get_member (state, index);
  guint bound = get_bound (search, message, GROUP_MODEL_VOTE_IN_PART, GROUP_MODEL_VOTE_AT_END);
  guint slots = get_open (search, member, message);
  Answer chosen[MEMBER_SEARCH_HONEST_MAX];

  if ((member.voted & bit_of (ballot, message)) ||
      is_barred (search, member, ballot, message, TRUE) ||
      (ballot > 0 && !select_answers (search, state, message, 0, chosen, 0)))
    return;
  member.voted |= bit_of (ballot, message);
  for (guint slot = 0; slot < N_SLOTS; slot++)
    if (slots & (1 << slot))
      {
        if (bound & (1 << slot))
          member.votes = with_held (member.votes, slot, HELD (ballot, message));
        member.prepared |= ballot << slot;
      }
  reach (search, state, index, member);
}

static void
try_lock (Search            *search,
          const MemberState *state,
          guint              index,
          guint              ballot,
          guint              message)
{
  Member member = get_member (state, index);
  guint bound = get_bound (search, message, GROUP_MODEL_LOCK_IN_PART, GROUP_MODEL_LOCK_AT_END);
  guint slots = get_open (search, member, message);

  if ((member.committed & bit_of (ballot, message)) ||
      is_barred (search, member, ballot, message, FALSE) ||
      !can_prove (search, state, ballot, message))
    return;
  if (search->setting->rule == GROUP_MODEL_RELEASE_EARLY)
    member = release (member, slots_of[message], message);
  member.committed |= bit_of (ballot, message);
  for (guint slot = 0; slot < N_SLOTS; slot++)
    if (slots & (1 << slot))
      {
        if (bound & (1 << slot))
          member.locks = with_held (member.locks, slot, HELD (ballot, message));
        member.prepared |= ballot << slot;
      }
  reach (search, state, index, member);
}

/* It is asked about these slots, for the second ballot. */
static void
try_prepare (Search            *search,
             const MemberState *state,
             guint              index,
             guint              slots)
{
  Member member = get_member (state, index);
  guint32 told = 1;

  if ((member.filled & slots) || get_answer (member, slots).is_told)
    return;
  member.prepared |= slots;
  if (slots & 1)
    told |= get_held (member.locks, 0) << 1;
  if (slots & 2)
    told |= get_held (member.locks, 1) << 4;
  member.answers |= told << (7 * (slots - 1));
  reach (search, state, index, member);
}

static void
try_apply (Search            *search,
           const MemberState *state,
           guint              index,
           guint              message)
{
  Member member = get_member (state, index);
  guint slots = slots_of[message];

  if (search->setting->is_chain && message == GROUP)
    slots = get_open (search, member, message);
  if ((member.filled & slots) || !is_decided (search, state, message) ||
      (search->setting->is_chain && slots_of[message] == 2 && !(member.filled & 1)))
    return;
  if (search->setting->rule == GROUP_MODEL_REST_KEPT && message != GROUP)
    member = clear_slot (member, slots >> 1);
  else
    member = release (member, slots, N_MESSAGES);
  if (search->setting->rule != GROUP_MODEL_FILLED_FORGOTTEN)
    {
      member.filled |= slots;
      member.prepared &= ~slots;
      member.filled_by_chain |= search->setting->is_chain && message == GROUP;
    }
  reach (search, state, index, member);
}

/* Somebody crashed, or fetched but one revision: the rest is open, and what is held there stays. */
static void
try_apply_head (Search            *search,
                const MemberState *state,
                guint              index)
{
  Member member = get_member (state, index);

  if ((member.filled & BOTH) || !is_decided (search, state, GROUP))
    return;
  member = search->setting->rule == GROUP_MODEL_REST_RELEASED
               ? release (member, BOTH, N_MESSAGES)
               : clear_slot (release (member, 1, GROUP), 0);
  member.filled |= 1;
  member.filled_by_chain = 1;
  member.prepared &= ~1u;
  reach (search, state, index, member);
}

/* Everything that one member can be shown next. */
static void
step_member (MemberSearch      *base,
             const MemberState *state,
             guint              index)
{
  Search *search = (Search *) base;

  for (guint message = 0; message < N_MESSAGES; message++)
    {
      for (guint ballot = 0; ballot < search->setting->n_ballots; ballot++)
        {
          try_vote (search, state, index, ballot, message);
          try_lock (search, state, index, ballot, message);
        }
      try_apply (search, state, index, message);
    }
  if (search->setting->is_chain)
    try_apply_head (search, state, index);
  for (guint slots = 1; slots <= BOTH && search->setting->n_ballots > 1; slots++)
    if (slots == BOTH || (search->setting->asks & slots))
      try_prepare (search, state, index, slots);
}

MemberSearchResult
group_model_explore (const GroupModelSetting *setting)
{
  Search search = { .base.simplify = forget_signers, .base.has_two = has_two,
                    .base.step_member = step_member, .setting = setting };

  G_STATIC_ASSERT (sizeof (Member) == sizeof (guint64));
  g_assert (setting->n_ballots <= GROUP_MODEL_BALLOTS_MAX);

  member_search_init (&search.base, setting->n_members, setting->n_liars);

  return member_search_run (&search.base, setting->states_max);
}
