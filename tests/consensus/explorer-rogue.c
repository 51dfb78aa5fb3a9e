/* explorer-rogue.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A coordinator that keeps to no rule. It has no key of a member, but hears every word that one
 * signs, and those who lie sign for it whatever it likes. Out of these it puts requests together.
 */

#include "config.h"

#include "explorer.h"

#include "weft-slot-set-private.h"

#define WORDS_MAX 160

void
explorer_word_free (ExplorerWord *word)
{
  g_clear_pointer (&word->record, weft_cluster_record_unref);
  g_clear_pointer (&word->vote, weft_vote_unref);
  g_clear_pointer (&word->prepared, weft_prepared_unref);
  g_free (word);
}

gboolean
explorer_is_signer (Explorer *self,
                    guint     number)
{
  return number >= self->n_nodes || self->nodes[number].character != EXPLORER_HONEST;
}

void
explorer_hear (Explorer           *self,
               ExplorerNode       *node,
               WeftClusterRequest *request,
               WeftClusterAnswer  *answer)
{
  WeftVote *vote = weft_cluster_answer_get_vote (answer);
  WeftPrepared *prepared = weft_cluster_answer_get_prepared (answer);
  ExplorerWord *word;

  if (!self->has_rogue || (vote == NULL && prepared == NULL) || self->heard->len >= WORDS_MAX)
    return;
  if (vote != NULL && weft_vote_get_vote_type (vote) != WEFT_VOTE_APPROVE)
    return;

  word = g_new0 (ExplorerWord, 1);
  word->number = node->number;
  if (vote != NULL)
    {
      word->purpose = weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_COMMIT
                          ? WEFT_PURPOSE_COMMIT : WEFT_PURPOSE_PROMISE;
      word->record = weft_cluster_record_ref (weft_cluster_request_get_record (request));
      word->vote = weft_vote_ref (vote);
    }
  else
    word->prepared = weft_prepared_ref (prepared);
  g_ptr_array_add (self->heard, word);
  /* Somebody is locked, and will soon know the decision. */
  if (word->purpose == WEFT_PURPOSE_COMMIT && explorer_chance (self, 300))
    explorer_schedule (self, 1, EVENT_ATTACK, 0)->record = weft_cluster_record_ref (word->record);
}

static gboolean
is_on (ExplorerWord      *word,
       WeftClusterRecord *record)
{
  return word->vote != NULL &&
         g_str_equal (weft_cluster_record_get_message_hash (word->record),
                      weft_cluster_record_get_message_hash (record)) &&
         weft_ballot_equal (weft_cluster_record_get_ballot (word->record),
                            weft_cluster_record_get_ballot (record));
}

static guint
find_number (WeftClusterRecord *record,
             guint              index)
{
  WeftClusterPeer *peer = g_ptr_array_index (weft_cluster_record_get_peers (record), index);

  return explorer_find_number (weft_cluster_peer_get_peer_id (peer));
}

/* The word of this member, if it gave it; of a liar always; sometimes one that does not fit. */
static WeftVote *
find_vote (Explorer          *self,
           WeftClusterRecord *record,
           WeftPurpose        purpose,
           guint              number,
           gboolean           is_forger)
{
  for (guint i = 0; i < self->heard->len; i++)
    {
      ExplorerWord *word = self->heard->pdata[i];

      if (word->number == number && word->purpose == purpose && is_on (word, record))
        return weft_vote_ref (word->vote);
    }
  if (explorer_is_signer (self, number))
    return fixture_approve (number, purpose, record);
  if (is_forger && self->heard->len > 0 && explorer_chance (self, 700))
    {
      ExplorerWord *word = self->heard->pdata[explorer_draw (self, self->heard->len)];

      return word->vote != NULL ? weft_vote_ref (word->vote) : NULL;
    }

  return NULL;
}

/* All that there is, or fewer. */
static WeftClusterRecord *
with_votes (Explorer          *self,
            WeftClusterRecord *record,
            WeftPurpose        purpose)
{
  guint n_peers = weft_cluster_record_get_n_peers (record);
  g_autofree WeftVote **votes = g_new0 (WeftVote *, n_peers);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_vote_unref);
  gboolean is_forger = explorer_chance (self, 300);
  guint n_left_out = explorer_chance (self, 200) ? 1 : 0;

  for (guint i = 0; i < n_peers; i++)
    {
      votes[i] = find_vote (self, record, purpose, find_number (record, i), is_forger);
      if (votes[i] == NULL)
        continue;
      g_ptr_array_add (owned, votes[i]);
      if (n_left_out > 0)
        {
          votes[i] = NULL;
          n_left_out--;
        }
    }

  return purpose == WEFT_PURPOSE_PROMISE ? weft_cluster_record_with_votes (record, votes, NULL)
                                         : weft_cluster_record_with_votes (record, NULL, votes);
}

static gboolean
has_lock (WeftPrepared *prepared)
{
  for (guint i = 0; i < weft_prepared_get_n_slots (prepared); i++)
    if (weft_prepared_get_state (prepared, i)->lock != NULL)
      return TRUE;

  return FALSE;
}

/* Answers to a prepare of this ballot, rather such as tell of no lock; or answers to another. */
static WeftClusterRecord *
justify (Explorer          *self,
         WeftClusterRecord *record,
         WeftBallot        *ballot)
{
  WeftPrepared *answers[EXPLORER_NODES_MAX] = { NULL };
  guint n_peers = weft_cluster_record_get_n_peers (record);
  WeftClusterRecord *justified;
  gboolean is_stripped = explorer_chance (self, 500);
  gboolean is_any_ballot = explorer_chance (self, 200);
  gboolean is_forger = explorer_chance (self, 100);

  for (guint i = 0; i < self->heard->len; i++)
    {
      ExplorerWord *word = self->heard->pdata[i];
      int index = weft_cluster_record_find_peer (record, fixture_peer_id (word->number));

      if (word->prepared == NULL || index < 0 ||
          (is_stripped && has_lock (word->prepared)) ||
          (!is_any_ballot &&
           !weft_ballot_equal (weft_prepared_get_ballot (word->prepared), ballot)))
        continue;
      g_clear_pointer (&answers[index], weft_prepared_unref);
      answers[index] = weft_prepared_ref (word->prepared);
    }
  for (guint i = 0; i < n_peers; i++)
    if (explorer_is_signer (self, find_number (record, i)) || is_forger)
      {
        guint number = find_number (record, i);
        guint signer = explorer_is_signer (self, number) ? number : EXPLORER_NODES_MAX + 1;

        g_clear_pointer (&answers[i], weft_prepared_unref);
        answers[i] = fixture_prepared (signer, record, ballot, NULL);
      }
  justified = weft_cluster_record_with_ballot (record, ballot, answers);
  for (guint i = 0; i < n_peers; i++)
    g_clear_pointer (&answers[i], weft_prepared_unref);

  return justified;
}

/* One that members answered to, or a new one, in anybody's name. */
static WeftBallot *
draw_ballot (Explorer *self)
{
  if (self->heard->len > 0 && explorer_chance (self, 700))
    {
      ExplorerWord *word = self->heard->pdata[explorer_draw (self, self->heard->len)];

      return weft_ballot_ref (word->prepared != NULL
                                  ? weft_prepared_get_ballot (word->prepared)
                                  : weft_cluster_record_get_ballot (word->record));
    }

  return weft_ballot_new (1 + explorer_draw (self, 3),
                          fixture_peer_id (explorer_draw (self, self->n_nodes)));
}

/* Any action, at any ballot, maybe without what would justify it. */
static WeftClusterRecord *
draw_record (Explorer *self)
{
  WeftClusterRecord *record = explorer_draw_record (self);
  g_autoptr (WeftBallot) ballot = NULL;

  if (self->heard->len > 0 && explorer_chance (self, 400))
    {
      ExplorerWord *word = self->heard->pdata[explorer_draw (self, self->heard->len)];

      if (word->record != NULL)
        return weft_cluster_record_ref (word->record);
    }
  if (explorer_chance (self, 400))
    return weft_cluster_record_ref (record);

  ballot = draw_ballot (self);
  if (weft_ballot_get_number (ballot) > 0 && explorer_chance (self, 850))
    return justify (self, record, ballot);

  return weft_cluster_record_with_ballot (record, ballot, NULL);
}

static WeftClusterRequest *
make_prepare (Explorer *self)
{
  WeftClusterRecord *record = explorer_draw_record (self);
  g_autoptr (WeftBallot) ballot = draw_ballot (self);
  g_autoptr (WeftPrepare) prepare = NULL;

  if (weft_ballot_get_number (ballot) == 0)
    return NULL;
  prepare = weft_prepare_new (weft_cluster_record_get_slots (record),
                              weft_cluster_record_get_peers (record), 0.75, ballot);

  return weft_cluster_request_new_prepare (prepare);
}

static WeftClusterRequest *
make_request (Explorer *self)
{
  g_autoptr (WeftClusterRecord) record = NULL;
  g_autoptr (WeftClusterRecord) whole = NULL;

  if (explorer_chance (self, 250))
    return make_prepare (self);

  record = draw_record (self);
  switch (explorer_draw (self, 3))
    {
    case 0:
      return weft_cluster_request_new_update (record);

    case 1:
      whole = with_votes (self, record, WEFT_PURPOSE_PROMISE);
      return weft_cluster_request_new_update (whole);

    default:
      whole = with_votes (self, record, WEFT_PURPOSE_COMMIT);
      return weft_cluster_request_new_update (whole);
    }
}

static void
send_to_some (Explorer           *self,
              WeftClusterRequest *request,
              guint               of_thousand)
{
  guint from = explorer_draw (self, self->n_nodes);

  for (guint i = 0; request != NULL && i < self->n_nodes; i++)
    if (explorer_chance (self, of_thousand))
      explorer_send (self, from, i, 0, 0, request);
}

/* The same to some members and something else to the others. */
static void
attack_once (Explorer *self)
{
  for (guint n_parts = 1 + explorer_draw (self, 2); n_parts > 0; n_parts--)
    {
      g_autoptr (WeftClusterRequest) request = make_request (self);

      send_to_some (self, request, n_parts == 1 ? 1000 : 600);
    }
}

static gboolean
is_rival (WeftClusterRecord *a,
          WeftClusterRecord *b)
{
  return a != b && weft_slots_overlap (weft_cluster_record_get_slots (a),
                                       weft_cluster_record_get_slots (b));
}

/* Rather one whose slots others claim, too; or this one, if it is known. */
static WeftClusterRecord *
draw_rival (Explorer          *self,
            WeftClusterRecord *victim)
{
  GPtrArray *records = self->records;
  WeftClusterRecord *record = NULL;
  guint first = explorer_draw (self, records->len);

  for (guint i = 0; victim != NULL && i < records->len; i++)
    {
      record = records->pdata[(first + i) % records->len];
      if (is_rival (record, victim) &&
          !g_str_equal (weft_cluster_record_get_message_hash (record),
                        weft_cluster_record_get_message_hash (victim)))
        return record;
    }

  for (guint i = 0; i < 4; i++)
    {
      record = explorer_draw_record (self);
      for (guint j = 0; j < records->len; j++)
        if (is_rival (record, records->pdata[j]))
          return record;
    }

  return record;
}

static void
continue_plot (Explorer          *self,
               WeftClusterRecord *record,
               guint              stage)
{
  ExplorerEvent *next = explorer_schedule (self, 8000 + explorer_draw (self, 30000), EVENT_ATTACK,
                                           0);

  next->record = weft_cluster_record_ref (record);
  next->id = stage;
}

/* Prepares a ballot, proposes something at it, and goes on with whatever it has got by then. */
static void
begin_plot (Explorer          *self,
            WeftClusterRecord *victim)
{
  WeftClusterRecord *rival = draw_rival (self, victim);
  gint64 number = victim != NULL
                      ? weft_ballot_get_number (weft_cluster_record_get_ballot (victim)) : 0;
  g_autoptr (WeftBallot) ballot
      = weft_ballot_new (number + 1 + explorer_draw (self, 4),
                         fixture_peer_id (explorer_draw (self, self->n_nodes)));
  g_autoptr (WeftPrepare) prepare
      = weft_prepare_new (weft_cluster_record_get_slots (rival),
                          weft_cluster_record_get_peers (rival), 0.75, ballot);
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_prepare (prepare);
  g_autoptr (WeftClusterRecord) record = NULL;

  if (explorer_chance (self, 300))
    {
      continue_plot (self, rival, 1);
      return;
    }
  if (explorer_chance (self, 800))
    send_to_some (self, request, 900);
  record = weft_cluster_record_with_ballot (rival, ballot, NULL);
  continue_plot (self, record, 1);
}

static void
go_on (Explorer          *self,
       WeftClusterRecord *record,
       guint              stage)
{
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);
  g_autoptr (WeftClusterRecord) whole = NULL;
  g_autoptr (WeftClusterRequest) request = NULL;

  if (stage == 1 && weft_ballot_get_number (ballot) > 0)
    whole = justify (self, record, ballot);
  else
    whole = stage == 1 ? weft_cluster_record_ref (record)
                       : with_votes (self, record,
                                     stage == 2 ? WEFT_PURPOSE_PROMISE : WEFT_PURPOSE_COMMIT);
  request = weft_cluster_request_new_update (whole);
  send_to_some (self, request, 850);
  if (stage < 3)
    continue_plot (self, whole, stage + 1);
}

void
explorer_attack (Explorer      *self,
                 ExplorerEvent *event)
{
  if (self->n_actions == 0 || self->is_over)
    return;

  self->n_attacks++;
  if (event->record != NULL && event->id > 0)
    go_on (self, event->record, event->id);
  else if (event->record != NULL)
    begin_plot (self, event->record);
  else if (explorer_chance (self, 500))
    begin_plot (self, NULL);
  else
    attack_once (self);
}
