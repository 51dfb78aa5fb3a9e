/* test-proposal-rivals.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Several proposals on the same slots, with messages that are late, in any order, or lost. */

#include "config.h"

#include "plain-member.h"
#include "weft-error.h"
#include "weft-proposal-machine-private.h"
#include "weft-thresholds.h"

#define N_MEMBERS_MAX 5
#define N_RIVALS_MAX 5
#define STEPS_MAX 20000

typedef struct
{
  WeftProposalMachine *machine;
  WeftClusterRecord *record;
  WeftClusterRecord *result;
  gint64 deadline_usec;
  guint n_results;
  WeftOutcome outcome;
  gboolean is_done;
} Rival;

/* A request, and once it has arrived, its answer. */
typedef struct
{
  guint rival;
  guint member;
  guint64 request_id; /* 0: told in the background */
  WeftClusterRequest *request;
  WeftClusterAnswer *answer;
} Message;

typedef struct
{
  GRand *chance;
  gint64 now_usec;
  guint n_members;
  guint n_rivals;
  guint percent_lost;
  guint is_down; /* bits */
  PlainMember members[N_MEMBERS_MAX];
  Rival rivals[N_RIVALS_MAX];
  GPtrArray *messages; /* (element-type Message) (owned) */
  guint n_sent;
} World;

static void
message_free (gpointer data)
{
  Message *self = data;

  weft_cluster_request_unref (self->request);
  g_clear_pointer (&self->answer, weft_cluster_answer_unref);
  g_free (self);
}

static guint
number_of (WeftPeerId *peer_id)
{
  for (guint i = 0; i < N_MEMBERS_MAX; i++)
    if (weft_peer_id_equal (fixture_peer_id (i), peer_id))
      return i;

  g_assert_not_reached ();
}

static void
send (World              *self,
      guint               rival,
      WeftPeerId         *peer_id,
      guint64             request_id,
      WeftClusterRequest *request)
{
  Message *message = g_new0 (Message, 1);

  message->rival = rival;
  message->member = number_of (peer_id);
  message->request_id = request_id;
  message->request = weft_cluster_request_ref (request);
  g_ptr_array_add (self->messages, message);
  self->n_sent++;
}

static void
take_effect (World              *self,
             guint               rival,
             WeftProposalEffect *effect)
{
  Rival *it = &self->rivals[rival];

  g_assert_false (it->is_done);
  if (effect->type == WEFT_PROPOSAL_EFFECT_SEND)
    send (self, rival, effect->peer_id, effect->request_id, effect->request);
  else if (effect->type == WEFT_PROPOSAL_EFFECT_RESULT)
    {
      g_assert_cmpuint (it->n_results++, ==, 0);
      it->outcome = effect->outcome;
      it->result = effect->record != NULL ? weft_cluster_record_ref (effect->record) : NULL;
    }
  else if (effect->type == WEFT_PROPOSAL_EFFECT_TELL)
    {
      g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (effect->record);

      for (guint i = 0; i < effect->peer_ids->len; i++)
        send (self, rival, g_ptr_array_index (effect->peer_ids, i), 0, request);
    }
  else if (effect->type == WEFT_PROPOSAL_EFFECT_DONE)
    it->is_done = TRUE;

  /* Nobody lies here. */
  g_assert_cmpint (effect->type, !=, WEFT_PROPOSAL_EFFECT_REPORT);
}

static void
step (World             *self,
      guint              rival,
      WeftProposalEvent *event)
{
  g_auto (WeftProposalEffects) effects = { 0 };

  event->now_usec = self->now_usec;
  event->real_msec = 1000;
  event->chance = g_rand_int (self->chance);
  weft_proposal_effects_init (&effects);
  weft_proposal_machine_step (self->rivals[rival].machine, event, &effects);
  for (guint i = 0; i < effects.items->len; i++)
    take_effect (self, rival, &g_array_index (effects.items, WeftProposalEffect, i));
  self->rivals[rival].deadline_usec = effects.deadline_usec;
  g_assert_true (self->rivals[rival].is_done == (effects.deadline_usec == G_MAXINT64));
}

/* Of block b, of block c, or of both. */
static WeftClusterRecord *
make_record (World *self,
             guint  rival,
             guint  blocks)
{
  const char *names[] = { "b", "c" };
  const char *block_ids[3] = { NULL };
  const gint64 bases[] = { 0, 0 };
  g_autofree char *action_id = g_strdup_printf ("action-%u", rival);
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (GPtrArray) peers = fixture_peers (self->n_members);
  guint n = 0;

  for (guint i = 0; i < 2; i++)
    if (blocks & (1u << i))
      block_ids[n++] = names[i];
  message = fixture_commit (action_id, block_ids, bases, 1, 0);

  return weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);
}

static void
world_init (World  *self,
            guint32 seed,
            guint   n_members,
            guint   n_rivals,
            guint   percent_lost,
            gboolean is_wide)
{
  *self = (World) { .n_members = n_members, .n_rivals = n_rivals, .percent_lost = percent_lost };
  self->chance = g_rand_new_with_seed (seed);
  self->messages = g_ptr_array_new_with_free_func (message_free);
  for (guint i = 0; i < n_members; i++)
    plain_member_init (&self->members[i], i);
  for (guint i = 0; i < n_rivals; i++)
    {
      WeftProposalConfig config = {
        .peer_id = fixture_peer_id (g_rand_int_range (self->chance, 0, n_members)),
        .verify = *fixture_verify (),
        .reply_usec = 200000,
        .deadline_usec = 10000000,
        .round_trip_usec = 10000,
      };

      self->rivals[i].record
          = make_record (self, i, is_wide ? g_rand_int_range (self->chance, 1, 4) : 1);
      self->rivals[i].machine = weft_proposal_machine_new (&config, self->rivals[i].record);
      self->rivals[i].deadline_usec = G_MAXINT64;
    }
}

static void
world_clear (World *self)
{
  for (guint i = 0; i < self->n_members; i++)
    plain_member_clear (&self->members[i]);
  for (guint i = 0; i < self->n_rivals; i++)
    {
      weft_proposal_machine_free (self->rivals[i].machine);
      weft_cluster_record_unref (self->rivals[i].record);
      g_clear_pointer (&self->rivals[i].result, weft_cluster_record_unref);
    }
  g_ptr_array_unref (self->messages);
  g_rand_free (self->chance);
}

static gboolean
is_hit (World *self,
        guint  percent)
{
  return (guint) g_rand_int_range (self->chance, 0, 100) < percent;
}

static void
lose (World   *self,
      Message *message,
      gboolean was_sent)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_INDETERMINATE, "lost");

  if (message->request_id != 0)
    step (self, message->rival,
          &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_FAILED,
                                 .request_id = message->request_id, .error = error,
                                 .was_sent = was_sent });
}

/* The request reaches the member, or its answer comes back. */
static void
deliver (World *self)
{
  guint index = g_rand_int_range (self->chance, 0, self->messages->len);
  Message *message = g_ptr_array_steal_index_fast (self->messages, index);
  gboolean is_lost = is_hit (self, self->percent_lost) ||
                     (self->is_down & (1u << message->member)) != 0;

  self->now_usec += g_rand_int_range (self->chance, 0, 2000);
  if (is_lost)
    lose (self, message, message->answer != NULL);
  else if (message->answer == NULL)
    {
      message->answer = plain_member_answer (&self->members[message->member], message->request);
      g_ptr_array_add (self->messages, message);
      return;
    }
  else if (message->request_id != 0)
    step (self, message->rival,
          &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_ANSWER,
                                 .request_id = message->request_id, .answer = message->answer });
  message_free (message);
}

/* Whose time has come first. Those who still have some are ahead of the messages at times. */
static gboolean
wake (World   *self,
      gboolean is_idle)
{
  guint first = 0;

  for (guint i = 1; i < self->n_rivals; i++)
    if (self->rivals[i].deadline_usec < self->rivals[first].deadline_usec)
      first = i;
  if (self->rivals[first].deadline_usec == G_MAXINT64)
    return FALSE;
  if (!is_idle && self->rivals[first].deadline_usec > self->now_usec)
    return FALSE;

  self->now_usec = MAX (self->now_usec, self->rivals[first].deadline_usec);
  step (self, first, &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_TIMEOUT });
  return TRUE;
}

static void
run (World *self)
{
  guint n_steps = 0;
  gboolean is_going = TRUE;

  for (guint i = 0; i < self->n_rivals; i++)
    step (self, i, &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_START });
  while (is_going)
    {
      g_assert_cmpuint (++n_steps, <, STEPS_MAX);
      if (self->messages->len > 0 && !wake (self, self->percent_lost > 0 && is_hit (self, 1)))
        deliver (self);
      else if (self->messages->len == 0)
        is_going = wake (self, TRUE);
    }
}

static WeftClusterRecord *
find_decided (World     *self,
              GPtrArray *slots)
{
  WeftClusterRecord *decided = NULL;

  for (guint i = 0; i < self->n_members; i++)
    {
      WeftClusterRecord *here = plain_member_find (&self->members[i], slots);

      if (here != NULL && decided != NULL && slots->len == 1)
        g_assert_cmpstr (weft_cluster_record_get_message_hash (here), ==,
                         weft_cluster_record_get_message_hash (decided));
      decided = here != NULL ? here : decided;
    }

  return decided;
}

static gboolean
is_decided (World             *self,
            WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  g_autoptr (GPtrArray) first = g_ptr_array_new ();
  WeftClusterRecord *decided;

  g_ptr_array_add (first, g_ptr_array_index (slots, 0));
  decided = find_decided (self, first);

  return decided != NULL && g_str_equal (weft_cluster_record_get_message_hash (decided),
                                         weft_cluster_record_get_message_hash (record));
}

/* What every caller was told is what became of it. */
static void
check (World *self)
{
  for (guint i = 0; i < self->n_rivals; i++)
    {
      Rival *rival = &self->rivals[i];

      g_assert_true (rival->is_done);
      g_assert_cmpuint (rival->n_results, ==, 1);
      if (rival->outcome == WEFT_OUTCOME_DECIDED)
        g_assert_true (weft_record_check_commits (rival->result, fixture_verify ()));
      else if (rival->outcome != WEFT_OUTCOME_INDETERMINATE)
        g_assert_false (is_decided (self, rival->record));
      if (rival->outcome == WEFT_OUTCOME_STALE)
        g_assert_nonnull (rival->result);
    }
}

static guint
count (World      *self,
       WeftOutcome outcome)
{
  guint n = 0;

  for (guint i = 0; i < self->n_rivals; i++)
    n += self->rivals[i].outcome == outcome;

  return n;
}

static void
test_one_wins (void)
{
  guint n_slowest_msec = 0;

  g_test_summary ("Without faults one rival wins, the others hear that it did, and nobody goes on "
                  "for ever: 2 to 5 rivals at 3 to 5 members, in any order.");

  for (guint32 seed = 0; seed < 400; seed++)
    {
      World world;

      world_init (&world, seed, 3 + seed % 3, 2 + seed % 4, 0, FALSE);
      run (&world);
      check (&world);
      g_assert_cmpuint (count (&world, WEFT_OUTCOME_DECIDED), ==, 1);
      g_assert_cmpuint (count (&world, WEFT_OUTCOME_STALE), ==, world.n_rivals - 1);
      n_slowest_msec = MAX (n_slowest_msec, (guint) (world.now_usec / 1000));
      world_clear (&world);
    }
  g_test_message ("the slowest took %u ms", n_slowest_msec);
  g_assert_cmpuint (n_slowest_msec, <, 5000);
}

static void
test_several_slots (void)
{
  g_test_summary ("The same with commits that share one of two blocks.");

  for (guint32 seed = 1000; seed < 1400; seed++)
    {
      World world;

      world_init (&world, seed, 3 + seed % 3, 2 + seed % 4, 0, TRUE);
      run (&world);
      check (&world);
      g_assert_cmpuint (count (&world, WEFT_OUTCOME_DECIDED), >=, 1);
      g_assert_cmpuint (count (&world, WEFT_OUTCOME_DECIDED) +
                        count (&world, WEFT_OUTCOME_STALE), ==, world.n_rivals);
      world_clear (&world);
    }
}

static void
test_faults (void)
{
  guint n_decided = 0;

  g_test_summary ("With messages lost and members down, what a caller is told is still true, and "
                  "every machine ends.");

  for (guint32 seed = 2000; seed < 2600; seed++)
    {
      World world;

      world_init (&world, seed, 3 + seed % 3, 1 + seed % 5, seed % 40, seed % 2 == 0);
      world.is_down = seed % 7 == 0 ? 1u << (seed % 3) : 0;
      if (seed % 11 == 0)
        world.is_down |= 2;
      run (&world);
      check (&world);
      n_decided += count (&world, WEFT_OUTCOME_DECIDED);
      world_clear (&world);
    }
  g_assert_cmpuint (n_decided, >, 300);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proposal-rivals/one-wins", test_one_wins);
  g_test_add_func ("/proposal-rivals/several-slots", test_several_slots);
  g_test_add_func ("/proposal-rivals/faults", test_faults);

  return g_test_run ();
}
