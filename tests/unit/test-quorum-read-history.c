/* test-quorum-read-history.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Reads while a block is committed: none goes back in time, whoever is asked. */

#include "config.h"

#include "plain-member.h"
#include "weft-error.h"
#include "weft-proposal-machine-private.h"
#include "weft-quorum-read-private.h"
#include "weft-thresholds.h"

#define N_MEMBERS_MAX 5
#define N_ACTORS_MAX 64
#define N_READS 6
#define STEPS_MAX 20000

/* A commit, a recovery, or a read; one of the machines is there. */
typedef struct
{
  WeftProposalMachine *proposal;
  WeftQuorumRead *read;
  guint node;
  gint64 deadline_usec;
  guint began; /* in steps of the world */
  guint ended; /* 0: not yet */
  gboolean is_present;
  gboolean is_known;
  int parent; /* the read that wants the recovery, or -1 */
  guint64 parent_id;
} Actor;

/* A request and then its answer, or something a read wants done. */
typedef struct
{
  guint actor;
  guint member;
  guint64 id;
  WeftClusterRequest *request; /* nullable */
  WeftClusterAnswer *answer;   /* nullable */
  WeftQuorumReadEventType performed;
  GPtrArray *peer_ids; /* nullable */
} Message;

typedef struct
{
  GRand *chance;
  gint64 now_usec;
  guint n_steps;
  guint n_members;
  guint percent_lost;
  PlainMember members[N_MEMBERS_MAX];
  Actor actors[N_ACTORS_MAX];
  guint n_actors;
  WeftClusterRecord *record;
  GPtrArray *messages; /* (element-type Message) (owned) */
} World;

static void step_proposal (World *self, guint actor, WeftProposalEvent *event);
static void step_read     (World *self, guint actor, WeftQuorumReadEvent *event);

static void
message_free (gpointer data)
{
  Message *self = data;

  g_clear_pointer (&self->request, weft_cluster_request_unref);
  g_clear_pointer (&self->answer, weft_cluster_answer_unref);
  g_clear_pointer (&self->peer_ids, g_ptr_array_unref);
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

static Message *
post (World *self,
      guint  actor,
      guint64 id)
{
  Message *message = g_new0 (Message, 1);

  message->actor = actor;
  message->id = id;
  g_ptr_array_add (self->messages, message);

  return message;
}

static Actor *
add_actor (World *self,
           guint  node)
{
  Actor *actor = &self->actors[self->n_actors++];

  g_assert_cmpuint (self->n_actors, <=, N_ACTORS_MAX);
  *actor = (Actor) { .node = node, .began = self->n_steps, .parent = -1 };
  actor->deadline_usec = G_MAXINT64;

  return actor;
}

static Actor *
begin_proposal (World             *self,
                guint              node,
                WeftClusterRecord *record,
                gboolean           is_recovery)
{
  Actor *actor = add_actor (self, node);
  const WeftProposalConfig config = {
    .peer_id = fixture_peer_id (node),
    .verify = *fixture_verify (),
    .reply_usec = 200000,
    .deadline_usec = self->now_usec + 5000000,
    .round_trip_usec = 10000,
  };

  actor->proposal = is_recovery ? weft_proposal_machine_new_recovery (&config, record)
                                : weft_proposal_machine_new (&config, record);

  return actor;
}

static void
begin_read (World *self)
{
  const char * const block_ids[] = { "b", NULL };
  guint node = g_rand_int_range (self->chance, 0, self->n_members);
  g_autoptr (GPtrArray) peers = fixture_peers (self->n_members);
  Actor *actor = add_actor (self, node);
  const WeftQuorumReadConfig config = {
    .peer_id = fixture_peer_id (node),
    .super_majority = WEFT_SUPER_MAJORITY_DEFAULT,
    .verify = *fixture_verify (),
    .reply_usec = 200000,
    .deadline_usec = self->now_usec + 5000000,
    .round_trip_usec = 10000,
  };

  actor->read = weft_quorum_read_new (&config, peers, block_ids);
  step_read (self, self->n_actors - 1,
             &(WeftQuorumReadEvent) { .type = WEFT_QUORUM_READ_EVENT_START });
}

static void
take_proposal (World              *self,
               guint               actor,
               WeftProposalEffect *effect)
{
  Actor *it = &self->actors[actor];

  if (effect->type == WEFT_PROPOSAL_EFFECT_SEND)
    {
      Message *message = post (self, actor, effect->request_id);

      message->member = number_of (effect->peer_id);
      message->request = weft_cluster_request_ref (effect->request);
    }
  else if (effect->type == WEFT_PROPOSAL_EFFECT_RESULT)
    {
      it->ended = self->n_steps;
      it->is_present = it->is_known = effect->outcome == WEFT_OUTCOME_DECIDED;
      if (it->parent >= 0)
        post (self, it->parent, it->parent_id)->performed = WEFT_QUORUM_READ_EVENT_RECOVERED;
    }
}

static void
step_proposal (World             *self,
               guint              actor,
               WeftProposalEvent *event)
{
  g_auto (WeftProposalEffects) effects = { 0 };

  event->now_usec = self->now_usec;
  event->real_msec = 1000;
  event->chance = g_rand_int (self->chance);
  weft_proposal_effects_init (&effects);
  weft_proposal_machine_step (self->actors[actor].proposal, event, &effects);
  for (guint i = 0; i < effects.items->len; i++)
    take_proposal (self, actor, &g_array_index (effects.items, WeftProposalEffect, i));
  self->actors[actor].deadline_usec = effects.deadline_usec;
}

static void
take_read (World                *self,
           guint                 actor,
           WeftQuorumReadEffect *effect)
{
  Actor *it = &self->actors[actor];

  if (effect->type == WEFT_QUORUM_READ_EFFECT_SEND)
    {
      Message *message = post (self, actor, effect->id);

      message->member = number_of (effect->peer_id);
      message->request = weft_cluster_request_ref (effect->request);
    }
  else if (effect->type == WEFT_QUORUM_READ_EFFECT_FETCH ||
           effect->type == WEFT_QUORUM_READ_EFFECT_SPREAD)
    {
      Message *message = post (self, actor, effect->id);

      message->performed = effect->type == WEFT_QUORUM_READ_EFFECT_FETCH
                               ? WEFT_QUORUM_READ_EVENT_FETCHED : WEFT_QUORUM_READ_EVENT_SPREAD;
      message->peer_ids = g_ptr_array_ref (effect->peer_ids);
    }
  else if (effect->type == WEFT_QUORUM_READ_EFFECT_RECOVER)
    {
      Actor *recovery = begin_proposal (self, it->node, effect->record, TRUE);

      recovery->parent = actor;
      recovery->parent_id = effect->id;
      step_proposal (self, self->n_actors - 1,
                     &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_START });
    }
  else if (effect->type == WEFT_QUORUM_READ_EFFECT_RESULT)
    {
      WeftReadResult *result = &g_array_index (effect->results, WeftReadResult, 0);

      g_assert_cmpuint (it->ended, ==, 0);
      it->ended = self->n_steps;
      it->is_known = result->answer != WEFT_READ_UNAVAILABLE;
      it->is_present = result->answer == WEFT_READ_PRESENT;
    }
  g_assert_cmpint (effect->type, !=, WEFT_QUORUM_READ_EFFECT_REPORT);
}

static void
step_read (World               *self,
           guint                actor,
           WeftQuorumReadEvent *event)
{
  g_auto (WeftQuorumReadEffects) effects = { 0 };

  event->now_usec = self->now_usec;
  event->chance = g_rand_int (self->chance);
  weft_quorum_read_effects_init (&effects);
  weft_quorum_read_step (self->actors[actor].read, event, &effects);
  for (guint i = 0; i < effects.items->len; i++)
    take_read (self, actor, &g_array_index (effects.items, WeftQuorumReadEffect, i));
  self->actors[actor].deadline_usec = effects.deadline_usec;
}

/* From one member to another, with its certificate. */
static gboolean
copy (World *self,
      guint  from,
      guint  to)
{
  WeftClusterRecord *decided
      = plain_member_find (&self->members[from], weft_cluster_record_get_slots (self->record));
  g_autoptr (WeftClusterRequest) request = NULL;
  g_autoptr (WeftClusterAnswer) answer = NULL;

  if (decided == NULL)
    return FALSE;
  request = weft_cluster_request_new_update (decided);
  answer = plain_member_answer (&self->members[to], request);

  return weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_APPLIED;
}

static void
perform (World   *self,
         Message *message,
         gboolean is_lost)
{
  guint node = self->actors[message->actor].node;
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT, "lost");
  WeftQuorumReadEvent event = { .type = message->performed, .id = message->id };
  g_autoptr (GPtrArray) done = g_ptr_array_new ();

  for (guint i = 0; message->peer_ids != NULL && !is_lost && i < message->peer_ids->len; i++)
    {
      guint peer = number_of (g_ptr_array_index (message->peer_ids, i));

      if (message->performed == WEFT_QUORUM_READ_EVENT_FETCHED)
        copy (self, peer, node);
      else if (copy (self, node, peer))
        g_ptr_array_add (done, fixture_peer_id (peer));
    }
  event.peer_ids = done;
  event.rev = plain_member_find (&self->members[node],
                                 weft_cluster_record_get_slots (self->record)) != NULL;
  event.error = is_lost ? error : NULL;
  step_read (self, message->actor, &event);
}

/* To the machine that asked. */
static void
reply (World   *self,
       Message *message)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_INDETERMINATE, "lost");

  if (self->actors[message->actor].read != NULL)
    step_read (self, message->actor,
               &(WeftQuorumReadEvent) {
                   .type = message->answer != NULL ? WEFT_QUORUM_READ_EVENT_ANSWER
                                                   : WEFT_QUORUM_READ_EVENT_FAILED,
                   .id = message->id, .answer = message->answer, .error = error,
                   .was_sent = TRUE });
  else
    step_proposal (self, message->actor,
                   &(WeftProposalEvent) {
                       .type = message->answer != NULL ? WEFT_PROPOSAL_EVENT_ANSWER
                                                       : WEFT_PROPOSAL_EVENT_FAILED,
                       .request_id = message->id, .answer = message->answer, .error = error,
                       .was_sent = TRUE });
}

static void
deliver (World *self)
{
  guint index = g_rand_int_range (self->chance, 0, self->messages->len);
  Message *message = g_ptr_array_steal_index_fast (self->messages, index);
  gboolean is_lost = (guint) g_rand_int_range (self->chance, 0, 100) < self->percent_lost;

  self->now_usec += g_rand_int_range (self->chance, 0, 2000);
  if (message->request == NULL)
    perform (self, message, is_lost);
  else if (message->answer == NULL && !is_lost)
    {
      message->answer = plain_member_answer (&self->members[message->member], message->request);
      g_ptr_array_add (self->messages, message);
      return;
    }
  else
    {
      if (is_lost)
        g_clear_pointer (&message->answer, weft_cluster_answer_unref);
      reply (self, message);
    }
  message_free (message);
}

static gboolean
wake (World   *self,
      gboolean is_idle)
{
  guint first = 0;

  for (guint i = 1; i < self->n_actors; i++)
    if (self->actors[i].deadline_usec < self->actors[first].deadline_usec)
      first = i;
  if (self->actors[first].deadline_usec == G_MAXINT64 ||
      (!is_idle && self->actors[first].deadline_usec > self->now_usec))
    return FALSE;

  self->now_usec = MAX (self->now_usec, self->actors[first].deadline_usec);
  if (self->actors[first].read != NULL)
    step_read (self, first,
               &(WeftQuorumReadEvent) { .type = WEFT_QUORUM_READ_EVENT_TIMEOUT });
  else
    step_proposal (self, first, &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_TIMEOUT });

  return TRUE;
}

static void
run (World *self)
{
  guint n_reads = 0;
  gboolean is_going = TRUE;

  begin_proposal (self, 0, self->record, FALSE);
  step_proposal (self, 0, &(WeftProposalEvent) { .type = WEFT_PROPOSAL_EVENT_START });
  while (is_going || n_reads < N_READS)
    {
      g_assert_cmpuint (++self->n_steps, <, STEPS_MAX);
      if (n_reads < N_READS && (!is_going || g_rand_int_range (self->chance, 0, 12) == 0))
        {
          begin_read (self);
          n_reads++;
          is_going = TRUE;
        }
      else if (self->messages->len > 0 && !wake (self, FALSE))
        deliver (self);
      else if (self->messages->len == 0)
        is_going = wake (self, TRUE);
    }
}

/* What was told stays told: to whoever asks later. */
static guint
check (World *self)
{
  guint n_known = 0;

  for (guint i = 0; i < self->n_actors; i++)
    {
      Actor *before = &self->actors[i];

      g_assert_cmpuint (before->ended, >, 0);
      n_known += before->read != NULL && before->is_known;
      for (guint j = 0; j < self->n_actors; j++)
        {
          Actor *after = &self->actors[j];

          if (after->read == NULL || after->began <= before->ended || !before->is_present)
            continue;
          g_assert_true (after->is_present || !after->is_known);
        }
    }

  return n_known;
}

static guint
play (guint32 seed,
      guint   percent_lost)
{
  World world = { .n_members = 3 + seed % 3, .percent_lost = percent_lost };
  guint n_known;

  world.chance = g_rand_new_with_seed (seed);
  world.messages = g_ptr_array_new_with_free_func (message_free);
  world.record = fixture_record ("a", "b", 0, world.n_members);
  for (guint i = 0; i < world.n_members; i++)
    plain_member_init (&world.members[i], i);

  run (&world);
  n_known = check (&world);

  for (guint i = 0; i < world.n_actors; i++)
    {
      g_clear_pointer (&world.actors[i].proposal, weft_proposal_machine_free);
      g_clear_pointer (&world.actors[i].read, weft_quorum_read_free);
    }
  for (guint i = 0; i < world.n_members; i++)
    plain_member_clear (&world.members[i]);
  weft_cluster_record_unref (world.record);
  g_ptr_array_unref (world.messages);
  g_rand_free (world.chance);

  return n_known;
}

static void
test_forward (void)
{
  guint n_known = 0;

  g_test_summary ("Once a commit or a read told of a revision, no read that begins later tells "
                  "that there is none; without losses each has an answer.");

  for (guint32 seed = 0; seed < 600; seed++)
    g_assert_cmpuint (play (seed, 0), ==, N_READS);
  for (guint32 seed = 1000; seed < 1600; seed++)
    n_known += play (seed, seed % 30);
  g_assert_cmpuint (n_known, >, 600 * N_READS / 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/quorum-read-history/forward", test_forward);

  return g_test_run ();
}
