/* pin-model.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A block has its first revision at the members of its first cluster. A move to another cluster and
 * a commit that leaves the cluster as it is want its second; then each cluster that may be the
 * right one wants the third. What was ever sent stays in the network, and anybody can be shown any
 * of it at any time, or never: that is every delay, loss, crash and order at once. Somebody reads,
 * beginning with what any of the nodes knows at any time, or with nothing.
 */

#include "pin-model.h"

#include "state-set.h"
#include "weft-thresholds.h"

#include <string.h>

#define N_BALLOTS 2

/* What somebody knows of the block: up to which revision, and by which way. */
enum
{
  NOTHING,
  FIRST,
  MOVED,       /* the second is the move */
  STAYED,      /* the second is its rival */
  MOVED_ON,    /* the third, by the new cluster */
  STAYED_ON,   /* the third, by the old cluster */
  N_HISTORIES,
};

enum
{
  NO_VALUE,
  MOVE,
  RIVAL,
};

/* Those who want the third revision. */
enum
{
  NOBODY,
  OLD_PIN,
  NEW_PIN,
};

/* What locks a reader has seen: of the second revision, of the third. */
#define LOCK_OF_SECOND 1
#define LOCK_OF_THIRD 2

typedef struct
{
  guint32 known : 3;
  guint32 prepared : 1;
  guint32 voted : 4;     /* two bits for each ballot: for what */
  guint32 committed : 4;
  guint32 answer : 2;    /* to the prepare: 1 + the value of the lock that was told */
  guint32 voted_third : 2;
  guint32 committed_third : 2;
  guint32 nothing : 14;
} Node;

typedef struct
{
  guint32 is_reading : 1;
  guint32 floor : 2;    /* the revision that was decided when it began */
  guint32 known : 3;    /* of its own, and shown by those who answered */
  guint32 pin : 6;      /* who is asked */
  guint32 answered : 6;
  guint32 locks : 2;
  guint32 nothing : 12;
} Reader;

typedef struct
{
  Node nodes[PIN_MODEL_NODES_MAX];
  Reader reader;
} State;

typedef struct
{
  const PinModelSetting *setting;
  StateSet states;
  PinModelResult result;
} Search;

static guint
get_rev (guint known)
{
  static const guint revs[] = { 0, 1, 2, 2, 3, 3 };

  return revs[known];
}

static gboolean
is_in (guint pin,
       guint index)
{
  return (pin >> index) & 1;
}

static guint
get_size (guint pin)
{
  return __builtin_popcount (pin);
}

static guint
get_promises_needed (guint pin)
{
  return weft_thresholds_get_promises (get_size (pin), WEFT_SUPER_MAJORITY_DEFAULT);
}

static guint
get_commits_needed (guint pin)
{
  return weft_thresholds_get_commits (get_size (pin));
}

static guint
get_value (guint set,
           guint ballot)
{
  return (set >> (2 * ballot)) & 3;
}

/* Who keeps the block after what is known. */
static guint
get_pin (const Search *search,
         guint         known)
{
  return known == MOVED || known == MOVED_ON ? search->setting->new_pin
                                             : search->setting->old_pin;
}

/* Who decides whether that is the second revision. */
static guint
get_decider (const Search *search,
             guint         value)
{
  return search->setting->rule == PIN_MODEL_NEW_DECIDES && value == MOVE
             ? search->setting->new_pin
             : search->setting->old_pin;
}

static guint
get_claimant (const Search *search,
              guint         claimant)
{
  return claimant == OLD_PIN ? search->setting->old_pin : search->setting->new_pin;
}

/* Of those who decide a value of the second revision. */
static guint
count_votes (const Search *search,
             const State  *state,
             guint         ballot,
             guint         value,
             gboolean      commits)
{
  guint n = 0;

  for (guint i = 0; i < search->setting->n_nodes; i++)
    {
      Node node = state->nodes[i];

      n += is_in (get_decider (search, value), i) &&
           get_value (commits ? node.committed : node.voted, ballot) == value;
    }

  return n;
}

static gboolean
is_decided (const Search *search,
            const State  *state,
            guint         value)
{
  for (guint ballot = 0; ballot < N_BALLOTS; ballot++)
    if (count_votes (search, state, ballot, value, TRUE) >=
        get_commits_needed (get_decider (search, value)))
      return TRUE;

  return FALSE;
}

static guint
count_third_votes (const Search *search,
                   const State  *state,
                   guint         claimant,
                   gboolean      commits)
{
  guint n = 0;

  for (guint i = 0; i < search->setting->n_nodes; i++)
    {
      Node node = state->nodes[i];

      n += is_in (get_claimant (search, claimant), i) &&
           (commits ? node.committed_third : node.voted_third) == claimant;
    }

  return n;
}

static gboolean
is_third_decided (const Search *search,
                  const State  *state,
                  guint         claimant)
{
  return count_third_votes (search, state, claimant, TRUE) >=
         get_commits_needed (get_claimant (search, claimant));
}

static guint
find_decided_rev (const Search *search,
                  const State  *state)
{
  if (is_third_decided (search, state, OLD_PIN) || is_third_decided (search, state, NEW_PIN))
    return 3;

  return is_decided (search, state, MOVE) || is_decided (search, state, RIVAL) ? 2 : 1;
}

/* Whether there are the certificates of all of it. */
static gboolean
can_prove (const Search *search,
           const State  *state,
           guint         history)
{
  gboolean is_moved = history == MOVED || history == MOVED_ON;

  if (history <= FIRST)
    return TRUE;

  return is_decided (search, state, is_moved ? MOVE : RIVAL) &&
         find_decided_rev (search, state) >= get_rev (history);
}

static gboolean
is_after (guint history,
          guint known)
{
  if (get_rev (history) <= get_rev (known))
    return FALSE;

  return known <= FIRST || (known == MOVED) == (history == MOVED_ON);
}

/* S answers, of which the highest lock is on the value, or there is none. There is one ballot
 * below, so that a lock is one of that. */
static gboolean
is_justified (const Search *search,
              const State  *state,
              guint         value)
{
  guint n_free = 0;
  guint n_locked = 0;

  for (guint i = 0; i < search->setting->n_nodes; i++)
    {
      Node node = state->nodes[i];

      if (!is_in (search->setting->old_pin, i) || node.answer == 0)
        continue;
      n_free += node.answer == 1 + NO_VALUE;
      n_locked += node.answer == 1 + value;
    }

  return n_free + n_locked >= get_promises_needed (search->setting->old_pin);
}

static void
swap_nodes (State *state,
            guint  a,
            guint  b)
{
  Node node = state->nodes[a];

  state->nodes[a] = state->nodes[b];
  state->nodes[b] = node;
  if (is_in (state->reader.answered, a) != is_in (state->reader.answered, b))
    state->reader.answered ^= 1 << a | 1 << b;
}

/* Those who are in the same clusters are alike, so that their order does not matter. */
static void
sort_nodes (const Search *search,
            State        *state)
{
  const PinModelSetting *setting = search->setting;

  for (guint i = 0; i < setting->n_nodes; i++)
    for (guint j = i + 1; j < setting->n_nodes; j++)
      {
        int order = memcmp (&state->nodes[i], &state->nodes[j], sizeof (Node));

        if (is_in (setting->old_pin, i) == is_in (setting->old_pin, j) &&
            is_in (setting->new_pin, i) == is_in (setting->new_pin, j) &&
            (order > 0 || (order == 0 && is_in (state->reader.answered, i) >
                                             is_in (state->reader.answered, j))))
          swap_nodes (state, i, j);
      }
}

static void
reach (Search *search,
       State  *state)
{
  sort_nodes (search, state);
  if (!state_set_add (&search->states, state))
    return;
  if ((is_decided (search, state, MOVE) && is_decided (search, state, RIVAL)) ||
      (is_third_decided (search, state, OLD_PIN) && is_third_decided (search, state, NEW_PIN)))
    search->result.has_two = TRUE;
}

static void
reach_node (Search      *search,
            const State *from,
            guint        index,
            Node         node)
{
  State state = *from;

  state.nodes[index] = node;
  reach (search, &state);
}

/* Certificates, with all that was before. */
static void
step_learn (Search      *search,
            const State *state,
            guint        index)
{
  Node node = state->nodes[index];

  for (guint history = FIRST; history < N_HISTORIES; history++)
    if (is_after (history, node.known) && can_prove (search, state, history))
      {
        Node next = node;

        next.known = history;
        reach_node (search, state, index, next);
      }
}

static void
step_second (Search      *search,
             const State *state,
             guint        index,
             guint        ballot,
             guint        value)
{
  Node node = state->nodes[index];
  guint decider = get_decider (search, value);
  Node next = node;

  if (!is_in (decider, index) || ballot < node.prepared)
    return;
  next.prepared = ballot;
  if (get_value (node.voted, ballot) == NO_VALUE &&
      (ballot == 0 || is_justified (search, state, value)))
    {
      next.voted |= value << (2 * ballot);
      reach_node (search, state, index, next);
      next.voted = node.voted;
    }
  if (get_value (node.committed, ballot) == NO_VALUE &&
      count_votes (search, state, ballot, value, FALSE) >= get_promises_needed (decider))
    {
      next.committed |= value << (2 * ballot);
      reach_node (search, state, index, next);
    }
}

static void
step_prepare (Search      *search,
              const State *state,
              guint        index)
{
  Node node = state->nodes[index];

  if (node.prepared > 0 || !is_in (search->setting->old_pin, index))
    return;
  node.prepared = 1;
  node.answer = 1 + get_value (node.committed, 0);
  reach_node (search, state, index, node);
}

/* Whether who has the second revision takes them for its cluster. */
static gboolean
admits (const Search *search,
        guint         known,
        guint         claimant)
{
  guint pin = get_claimant (search, claimant);

  return get_pin (search, known) == pin || search->setting->rule == PIN_MODEL_BY_VIEW ||
         (search->setting->rule == PIN_MODEL_OLD_VOTES && claimant == OLD_PIN);
}

static void
step_third (Search      *search,
            const State *state,
            guint        index,
            guint        claimant)
{
  Node node = state->nodes[index];
  guint pin = get_claimant (search, claimant);
  Node next = node;

  if (!is_in (pin, index) || !admits (search, node.known, claimant))
    return;
  if (node.voted_third == NOBODY)
    {
      next.voted_third = claimant;
      reach_node (search, state, index, next);
      next.voted_third = node.voted_third;
    }
  if (node.committed_third == NOBODY &&
      count_third_votes (search, state, claimant, FALSE) >= get_promises_needed (pin))
    {
      next.committed_third = claimant;
      reach_node (search, state, index, next);
    }
}

static void
step_node (Search      *search,
           const State *state,
           guint        index)
{
  Node node = state->nodes[index];

  step_learn (search, state, index);
  if (node.known == FIRST)
    {
      for (guint ballot = 0; ballot < (search->setting->has_ballots ? N_BALLOTS : 1); ballot++)
        for (guint value = MOVE; value <= RIVAL; value++)
          step_second (search, state, index, ballot, value);
      if (search->setting->has_ballots)
        step_prepare (search, state, index);
    }
  if (get_rev (node.known) == 2)
    for (guint claimant = OLD_PIN; claimant <= NEW_PIN; claimant++)
      step_third (search, state, index, claimant);
}

/* Whom to ask who knows that much: all see the new cluster. */
static guint
choose_asked (const Search *search,
              guint         known)
{
  if (known == NOTHING || search->setting->rule == PIN_MODEL_VIEW_READ)
    return search->setting->new_pin;

  return get_pin (search, known);
}

/* Who knows as much as was decided when it began will tell no less, whatever comes. */
static void
go_on_reading (Search      *search,
               const State *from,
               Reader       reader)
{
  State state = *from;

  if (get_rev (reader.known) >= reader.floor)
    {
      search->result.n_reads++;
      return;
    }
  state.reader = reader;
  reach (search, &state);
}

static void
begin_read (Search      *search,
            const State *state,
            guint        known)
{
  Reader reader = { .is_reading = 1 };

  reader.floor = find_decided_rev (search, state);
  reader.known = known;
  reader.pin = choose_asked (search, known);
  go_on_reading (search, state, reader);
}

/* What somebody says of a slot that it has passed says nothing. */
static void
step_answer (Search      *search,
             const State *state,
             Reader       reader,
             guint        index)
{
  Node node = state->nodes[index];

  if (node.known == NOTHING && search->setting->rule != PIN_MODEL_ABSENT)
    return;
  reader.answered |= 1 << index;
  if (get_rev (node.known) > get_rev (reader.known))
    reader.known = node.known;
  if (get_rev (node.known) == 1 && node.committed != 0)
    reader.locks |= LOCK_OF_SECOND;
  if (get_rev (node.known) == 2 && node.committed_third != NOBODY)
    reader.locks |= LOCK_OF_THIRD;
  if (get_rev (reader.known) > 1)
    reader.locks &= ~LOCK_OF_SECOND;
  go_on_reading (search, state, reader);
}

static void
step_enough (Search      *search,
             const State *state,
             Reader       reader)
{
  guint next_pin = choose_asked (search, reader.known);
  gboolean is_in_doubt = reader.locks == (get_rev (reader.known) == 1 ? LOCK_OF_SECOND
                                                                      : LOCK_OF_THIRD);

  if (!is_in_doubt &&
      (next_pin == reader.pin || search->setting->rule == PIN_MODEL_OLD_READ))
    {
      search->result.has_past = TRUE;
      return;
    }
  if (!is_in_doubt)
    reader.pin = next_pin;
  reader.answered = 0;
  reader.locks = 0;
  go_on_reading (search, state, reader);
}

static void
step_reader (Search      *search,
             const State *state)
{
  Reader reader = state->reader;

  if (!reader.is_reading)
    {
      begin_read (search, state, NOTHING);
      for (guint i = 0; i < search->setting->n_nodes; i++)
        if (state->nodes[i].known != NOTHING)
          begin_read (search, state, state->nodes[i].known);
      return;
    }
  for (guint i = 0; i < search->setting->n_nodes; i++)
    if (is_in (reader.pin, i) && !is_in (reader.answered, i))
      step_answer (search, state, reader, i);
  if (get_size (reader.answered) >= get_promises_needed (reader.pin))
    step_enough (search, state, reader);
}

PinModelResult
pin_model_explore (const PinModelSetting *setting)
{
  Search search = { .setting = setting };
  State start = { 0 };
  guint next = 0;

  g_assert (setting->n_nodes <= PIN_MODEL_NODES_MAX);

  state_set_init (&search.states, sizeof (State));
  for (guint i = 0; i < setting->n_nodes; i++)
    start.nodes[i].known = is_in (setting->old_pin, i) ? FIRST : NOTHING;
  reach (&search, &start);
  for (; next < search.states.n_states && next < setting->states_max &&
         !search.result.has_two && !search.result.has_past; next++)
    {
      State state = *(const State *) state_set_get (&search.states, next);

      for (guint i = 0; i < setting->n_nodes; i++)
        step_node (&search, &state, i);
      if (setting->has_read)
        step_reader (&search, &state);
    }

  search.result.n_states = search.states.n_states;
  search.result.is_complete = next == search.states.n_states;
  state_set_clear (&search.states);

  return search.result;
}
