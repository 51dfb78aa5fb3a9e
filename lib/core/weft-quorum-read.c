/* weft-quorum-read.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-message-hash-private.h"
#include "weft-quorum-read-state-private.h"
#include "weft-thresholds.h"

static const char * const stage_names[] = {
  "ask", "fetch", "recover", "spread", "pause", "again", "done",
};

static const char * const verdict_names[] = { "waiting", "good", "refused", "useless" };

WeftQuorumRead *
weft_quorum_read_new (const WeftQuorumReadConfig *config,
                      GPtrArray                  *peers,
                      const char * const         *block_ids)
{
  WeftQuorumRead *self = g_new0 (WeftQuorumRead, 1);

  g_assert (config->reply_usec > 0);
  g_assert (config->round_trip_usec > 0);
  g_assert (config->deadline_usec < G_MAXINT64);
  g_assert (peers->len > 0);
  g_assert (block_ids[0] != NULL);

  self->config = *config;
  self->config.peer_id = weft_peer_id_ref (config->peer_id);
  self->network = g_strdup (config->verify.network);
  self->config.verify.network = self->network;
  self->peers = g_ptr_array_ref (peers);
  self->membership = weft_message_hash_of_membership (peers);
  self->answers_needed = weft_thresholds_get_promises (peers->len, config->super_majority)
                         - (WEFT_BUG (READ_TOO_FEW) && peers->len > 1 ? 1 : 0);
  self->holders_needed = weft_thresholds_get_commits (peers->len);
  self->liars_max = peers->len / 4;
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_read_block_free);
  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      WeftReadBlock *block = g_new0 (WeftReadBlock, 1);

      block->block_id = g_strdup (block_ids[i]);
      block->stage = WEFT_READ_AGAIN;
      block->distrusted = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
      block->holders = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
      g_ptr_array_add (self->blocks, block);
    }
  g_assert (self->blocks->len <= WEFT_LIMIT_BLOCKS_PER_REQUEST_MAX);
  weft_poll_init (&self->poll);

  return self;
}

void
weft_quorum_read_free (WeftQuorumRead *self)
{
  g_clear_pointer (&self->config.peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->network, g_free);
  g_clear_pointer (&self->peers, g_ptr_array_unref);
  g_clear_pointer (&self->membership, g_free);
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  weft_poll_clear (&self->poll);
  g_free (self);
}

static void
send_request (WeftQuorumRead            *self,
              WeftPollMember            *member,
              const WeftQuorumReadEvent *event,
              WeftQuorumReadEffects     *effects)
{
  WeftQuorumReadEffect *effect = weft_quorum_read_effects_add (effects,
                                                               WEFT_QUORUM_READ_EFFECT_SEND);

  effect->id = weft_poll_ask (&self->poll, member);
  effect->peer_id = weft_peer_id_ref (member->peer_id);
  effect->request = weft_cluster_request_ref (self->poll.request);
  effect->timeout_usec = MAX (1, self->poll.deadline_usec - event->now_usec);
}

/* All that is still open, in one message to each member. */
static void
begin_round (WeftQuorumRead            *self,
             const WeftQuorumReadEvent *event,
             WeftQuorumReadEffects     *effects)
{
  g_autoptr (GPtrArray) block_ids = g_ptr_array_new ();
  g_autoptr (WeftClusterRequest) request = NULL;

  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->stage == WEFT_READ_DONE)
        continue;
      block->stage = WEFT_READ_ASK;
      block->position = block_ids->len;
      g_ptr_array_set_size (block->holders, 0);
      g_ptr_array_add (block_ids, block->block_id);
    }
  g_ptr_array_add (block_ids, NULL);

  request = weft_cluster_request_new_latest ((const char * const *) block_ids->pdata, NULL);
  g_assert (request != NULL);
  weft_poll_begin (&self->poll, request, self->peers, event->now_usec + self->config.reply_usec);
  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    send_request (self, weft_poll_get_member (&self->poll, i), event, effects);
}

/* Open blocks share their rounds, so that one waits for what is done for another. */
static void
ask_again (WeftQuorumRead            *self,
           const WeftQuorumReadEvent *event,
           WeftQuorumReadEffects     *effects)
{
  gboolean is_due = FALSE;
  gboolean is_busy = FALSE;

  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->stage == WEFT_READ_PAUSE && event->now_usec >= block->again_usec)
        block->stage = WEFT_READ_AGAIN;
      is_busy |= block->id != 0 || block->stage == WEFT_READ_ASK;
      is_due |= block->stage == WEFT_READ_AGAIN;
    }
  if (is_due && !is_busy)
    begin_round (self, event, effects);
}

static void
look (WeftQuorumRead            *self,
      const WeftQuorumReadEvent *event,
      WeftQuorumReadEffects     *effects)
{
  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->stage == WEFT_READ_ASK || block->stage == WEFT_READ_PAUSE)
        weft_read_block_look (block, self, event, effects);
    }
}

static WeftReadVerdict
judge (WeftQuorumRead    *self,
       WeftClusterAnswer *answer)
{
  const char * const *block_ids = weft_cluster_request_get_block_ids (self->poll.request);
  GPtrArray *states;
  guint n = 0;

  if (weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_ERROR &&
      (g_error_matches (weft_cluster_answer_get_error (answer), WEFT_ERROR, WEFT_ERROR_REFUSED) ||
       g_error_matches (weft_cluster_answer_get_error (answer), WEFT_ERROR, WEFT_ERROR_NOT_FOUND)))
    return WEFT_READ_REFUSED;
  if (weft_cluster_answer_get_kind (answer) != WEFT_CLUSTER_ANSWER_STATES)
    return WEFT_READ_USELESS;

  states = weft_cluster_answer_get_states (answer);
  for (; block_ids[n] != NULL && n < states->len; n++)
    {
      WeftBlockState *state = g_ptr_array_index (states, n);

      if (g_strcmp0 (state->block_id, block_ids[n]) != 0 || state->rev < 0)
        return WEFT_READ_USELESS;
    }

  return block_ids[n] == NULL && n == states->len ? WEFT_READ_GOOD : WEFT_READ_USELESS;
}

static void
step_answer (WeftQuorumRead            *self,
             const WeftQuorumReadEvent *event,
             WeftQuorumReadEffects     *effects)
{
  WeftPollMember *member = weft_poll_find (&self->poll, event->id);

  if (member == NULL || member->state == WEFT_POLL_ANSWERED)
    {
      weft_quorum_read_effects_add (effects, WEFT_QUORUM_READ_EFFECT_COUNT)->counter
          = "answers-late";
      return;
    }
  weft_poll_answer (member, event->answer);
  member->verdict = judge (self, event->answer);
  look (self, event, effects);
}

static void
step_failed (WeftQuorumRead            *self,
             const WeftQuorumReadEvent *event,
             WeftQuorumReadEffects     *effects)
{
  WeftPollMember *member = weft_poll_find (&self->poll, event->id);

  if (member == NULL || member->state != WEFT_POLL_WAITING)
    return;
  if (weft_poll_fail (member, event->error, event->was_sent))
    send_request (self, member, event, effects);
  else
    look (self, event, effects);
}

/* Something that was done for a block. */
static void
step_performed (WeftQuorumRead            *self,
                const WeftQuorumReadEvent *event,
                WeftQuorumReadEffects     *effects)
{
  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->id == 0 || block->id != event->id)
        continue;
      if (block->stage == WEFT_READ_FETCH)
        weft_read_block_fetched (block, self, event, effects);
      else if (block->stage == WEFT_READ_SPREAD)
        weft_read_block_spread (block, self, event);
      else
        {
          block->id = 0;
          block->stage = WEFT_READ_AGAIN;
        }
      return;
    }
}

static void
give_up (WeftQuorumRead *self)
{
  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->stage != WEFT_READ_DONE)
        weft_read_block_end (block, WEFT_READ_UNAVAILABLE,
                             weft_read_block_get_excuse (block, self));
    }
}

static void
dispatch (WeftQuorumRead            *self,
          const WeftQuorumReadEvent *event,
          WeftQuorumReadEffects     *effects)
{
  switch (event->type)
    {
    case WEFT_QUORUM_READ_EVENT_START:
      self->is_started = TRUE;
      break;

    case WEFT_QUORUM_READ_EVENT_ANSWER:
      step_answer (self, event, effects);
      break;

    case WEFT_QUORUM_READ_EVENT_FAILED:
      step_failed (self, event, effects);
      break;

    case WEFT_QUORUM_READ_EVENT_FETCHED:
    case WEFT_QUORUM_READ_EVENT_RECOVERED:
    case WEFT_QUORUM_READ_EVENT_SPREAD:
      step_performed (self, event, effects);
      break;

    case WEFT_QUORUM_READ_EVENT_ABANDON:
      give_up (self);
      break;

    case WEFT_QUORUM_READ_EVENT_TIMEOUT:
      weft_poll_expire (&self->poll, event->now_usec);
      look (self, event, effects);
      if (event->now_usec >= self->config.deadline_usec)
        give_up (self);
      break;

    default:
      g_assert_not_reached ();
    }
}

static gboolean
is_finished (WeftQuorumRead *self)
{
  for (guint i = 0; i < self->blocks->len; i++)
    if (((WeftReadBlock *) g_ptr_array_index (self->blocks, i))->stage != WEFT_READ_DONE)
      return FALSE;

  return TRUE;
}

static void
tell_results (WeftQuorumRead        *self,
              WeftQuorumReadEffects *effects)
{
  WeftQuorumReadEffect *effect = weft_quorum_read_effects_add (effects,
                                                               WEFT_QUORUM_READ_EFFECT_RESULT);

  effect->results = g_array_new (FALSE, FALSE, sizeof (WeftReadResult));
  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);
      WeftReadResult result = { block->block_id, block->answer, block->rev, block->reason };

      g_array_append_val (effect->results, result);
    }
  self->is_done = TRUE;
  weft_quorum_read_effects_add (effects, WEFT_QUORUM_READ_EFFECT_DONE);
}

static gint64
get_deadline (WeftQuorumRead *self)
{
  gint64 deadline_usec = MIN (self->config.deadline_usec, weft_poll_get_deadline (&self->poll));

  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);

      if (block->stage == WEFT_READ_PAUSE)
        deadline_usec = MIN (deadline_usec, block->again_usec);
    }

  return deadline_usec;
}

void
weft_quorum_read_step (WeftQuorumRead            *self,
                       const WeftQuorumReadEvent *event,
                       WeftQuorumReadEffects     *effects)
{
  g_assert (effects->items != NULL);
  g_assert (self->is_started != (event->type == WEFT_QUORUM_READ_EVENT_START));

  effects->deadline_usec = G_MAXINT64;
  if (self->is_done)
    return;

  dispatch (self, event, effects);
  if (is_finished (self))
    tell_results (self, effects);
  else
    {
      ask_again (self, event, effects);
      effects->deadline_usec = get_deadline (self);
    }

  weft_quorum_read_check (self);
}

JsonNode *
weft_quorum_read_to_json (WeftQuorumRead *self)
{
  JsonObject *object = json_object_new ();
  JsonObject *answers = json_object_new ();
  JsonArray *blocks = json_array_new ();
  JsonNode *json = json_node_new (JSON_NODE_OBJECT);

  for (guint i = 0; i < weft_poll_get_size (&self->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&self->poll, i);

      json_object_set_string_member (answers, weft_peer_id_get_text (member->peer_id),
                                     member->state == WEFT_POLL_FAILED
                                         ? "failed" : verdict_names[member->verdict]);
    }
  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);
      JsonObject *entry = json_object_new ();

      json_object_set_string_member (entry, "blockId", block->block_id);
      json_object_set_string_member (entry, "stage", stage_names[block->stage]);
      json_object_set_int_member (entry, "rev", block->rev);
      json_array_add_object_element (blocks, entry);
    }
  json_object_set_object_member (object, "answers", answers);
  json_object_set_array_member (object, "blocks", blocks);
  json_node_take_object (json, object);
  json_node_seal (json);

  return json;
}

void
weft_quorum_read_check (WeftQuorumRead *self)
{
  weft_poll_check (&self->poll);
  for (guint i = 0; i < self->blocks->len; i++)
    {
      WeftReadBlock *block = g_ptr_array_index (self->blocks, i);
      gboolean is_performed = block->stage == WEFT_READ_FETCH ||
                              block->stage == WEFT_READ_RECOVER ||
                              block->stage == WEFT_READ_SPREAD;

      g_assert (is_performed == (block->id != 0));
      g_assert ((block->stage == WEFT_READ_DONE && block->answer == WEFT_READ_UNAVAILABLE) ==
                (block->reason != NULL));
      g_assert (block->answer != WEFT_READ_ABSENT || block->rev == 0);
      g_assert (block->stage != WEFT_READ_RECOVER || block->doubt != NULL);
      g_assert (!self->is_done || block->stage == WEFT_READ_DONE);
    }
}
