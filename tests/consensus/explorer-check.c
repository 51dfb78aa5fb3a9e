/* explorer-check.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Somebody who sees everything that leaves an honest member, and what has to hold of it.
 */

#include "config.h"

#include "explorer-witness.h"

#include <string.h>

/* What an answer waits for the disk, in a queue of a few. */
#define STORING_MSEC 200

void
explorer_fail (Explorer   *self,
               const char *invariant,
               const char *format,
               ...)
{
  va_list args;

  if (self->violation != NULL)
    return;
  self->violation = invariant;
  va_start (args, format);
  self->story = g_strdup_vprintf (format, args);
  va_end (args);
}

void
explorer_witness_init (Explorer *self)
{
  ExplorerWitness *witness = g_new0 (ExplorerWitness, 1);

  witness->promised = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  witness->prepared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify) weft_ballot_unref);
  witness->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) weft_prepared_unref);
  witness->locked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify) weft_cluster_record_unref);
  witness->commits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  witness->decided = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  witness->denied = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->witness = witness;
}

void
explorer_witness_clear (Explorer *self)
{
  g_hash_table_unref (self->witness->promised);
  g_hash_table_unref (self->witness->prepared);
  g_hash_table_unref (self->witness->told);
  g_hash_table_unref (self->witness->locked);
  g_hash_table_unref (self->witness->commits);
  g_hash_table_unref (self->witness->decided);
  g_hash_table_unref (self->witness->denied);
  g_clear_pointer (&self->witness, g_free);
}

static char *
make_slot_key (ExplorerNode *node,
               WeftSlot     *slot)
{
  return g_strdup_printf ("%u %s %d", node->number, weft_slot_get_block_id (slot),
                          (int) weft_slot_get_base (slot));
}

/* Enough honest members have signed that with the lying ones it is a certificate. */
void
explorer_see_decision (Explorer          *self,
                       WeftClusterRecord *record)
{
  const char *hash = weft_cluster_record_get_message_hash (record);
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  const char *denied = g_hash_table_lookup (self->witness->denied, hash);

  /* Strangers may decide among themselves what they like. */
  if (!explorer_is_right (self, record))
    return;
  if (denied != NULL)
    explorer_fail (self, "I3", "%s was said to be %s and is decided", hash, denied);
  if (explorer_list_commits (self, record) & self->witness->denied_actions)
    explorer_fail (self, "I3", "a caller was told that what %s commits is not decided", hash);
  for (ExplorerActions left = explorer_list_commits (self, record); left != 0; left &= left - 1)
    explorer_see_once (self, __builtin_ctzll (left));
  self->witness->decided_actions |= explorer_list_commits (self, record);
  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = slots->pdata[i];
      g_autofree char *key = weft_slot_to_string (slot);
      const char *known = g_hash_table_lookup (self->witness->decided, key);

      if (known == NULL)
        g_hash_table_insert (self->witness->decided, g_steal_pointer (&key), g_strdup (hash));
      else if (!g_str_equal (known, hash))
        explorer_fail (self, "I1", "slot %s: decided are %s and %s", key, known, hash);
    }
}

/* Those of its peers who may have signed anything. */
guint
explorer_count_signers (Explorer          *self,
                        WeftClusterRecord *record)
{
  GPtrArray *peers = weft_cluster_record_get_peers (record);
  guint n = 0;

  for (guint i = 0; i < peers->len; i++)
    n += explorer_is_signer (
        self, explorer_find_number (weft_cluster_peer_get_peer_id (peers->pdata[i])));

  return n;
}

guint
explorer_count_commits (Explorer          *self,
                        WeftClusterRecord *record,
                        guint              add)
{
  g_autofree char *ballot = weft_ballot_to_string (weft_cluster_record_get_ballot (record));
  g_autofree char *key = g_strconcat (weft_cluster_record_get_message_hash (record), ballot, NULL);
  guint bits = GPOINTER_TO_UINT (g_hash_table_lookup (self->witness->commits, key)) | add;

  if (add != 0)
    g_hash_table_insert (self->witness->commits, g_steal_pointer (&key), GUINT_TO_POINTER (bits));

  return __builtin_popcount (bits) + explorer_count_signers (self, record);
}

/* What a vote or a lock rests on is on the disk, or the slot is filled. */
static void
check_durable (Explorer          *self,
               ExplorerNode      *node,
               WeftSlot          *slot,
               WeftClusterRecord *record,
               const char        *name)
{
  g_autofree char *key = weft_slot_make_key (slot);
  ExplorerRecord *kept = g_tree_lookup (node->durable->records, key);
  const WeftItem *item;

  if (kept != NULL && kept->is_resolved)
    return;
  item = explorer_record_find (kept, name);
  if (item != NULL && g_str_equal (weft_item_find (item, "messageHash")->string,
                                   weft_cluster_record_get_message_hash (record)))
    return;
  if (kept == NULL && explorer_store_has_shared (node->durable, record, name))
    return;

  explorer_fail (self, "I5", "node %u sent a %s that is not durable", node->number, name);
}

/* It says so again: what it answered to the prepare tells of it. */
static gboolean
is_told (Explorer          *self,
         const char        *key,
         WeftSlot          *slot,
         WeftClusterRecord *record)
{
  WeftPrepared *told = g_hash_table_lookup (self->witness->told, key);
  const WeftSlotState *state = weft_prepared_find (told, slot);
  const char *hash = weft_cluster_record_get_message_hash (record);
  WeftBallot *ballot = weft_cluster_record_get_ballot (record);

  return (g_strcmp0 (state->vote_hash, hash) == 0 &&
          weft_ballot_compare (state->vote_ballot, ballot) == 0) ||
         (state->lock != NULL &&
          g_str_equal (weft_cluster_record_get_message_hash (state->lock), hash) &&
          weft_ballot_compare (weft_cluster_record_get_ballot (state->lock), ballot) == 0);
}

static void
check_not_below (Explorer          *self,
                 ExplorerNode      *node,
                 WeftSlot          *slot,
                 WeftClusterRecord *record)
{
  g_autofree char *key = make_slot_key (node, slot);
  WeftBallot *prepared = g_hash_table_lookup (self->witness->prepared, key);

  if (prepared != NULL &&
      weft_ballot_compare (weft_cluster_record_get_ballot (record), prepared) < 0 &&
      !is_told (self, key, slot, record))
    explorer_fail (self, "I5", "node %u went below what it prepared", node->number);
}

/* Whether a node knows that something else took one of the slots of this message: it can never be
 * decided any more, and its votes in its other slots bind nobody. */
static gboolean
is_dead (Explorer     *self,
         ExplorerNode *node,
         const char   *hash)
{
  WeftClusterRecord *record = explorer_find_record (self, hash);
  GPtrArray *slots = record != NULL ? weft_cluster_record_get_slots (record) : NULL;

  for (guint i = 0; slots != NULL && i < slots->len; i++)
    {
      guint block = explorer_block_index (weft_slot_get_block_id (slots->pdata[i]));
      g_autofree char *key = weft_slot_to_string (slots->pdata[i]);
      const char *decided = g_hash_table_lookup (self->witness->decided, key);

      if (node->durable->latest[block] > weft_slot_get_base (slots->pdata[i]) &&
          g_strcmp0 (decided, hash) != 0)
        return TRUE;
    }

  return FALSE;
}

/* Nobody votes at the first ballot for what has expired. A node that crashed may have before. */
static void
check_time (Explorer          *self,
            ExplorerNode      *node,
            WeftClusterRecord *record,
            gboolean           is_new)
{
  gint64 expiration = weft_cluster_record_get_expiration (record);
  gint64 now_msec = G_GINT64_CONSTANT (1700000000000) + self->now_usec / 1000;

  if (is_new && node->incarnation == 0 && expiration != 0 &&
      weft_ballot_get_number (weft_cluster_record_get_ballot (record)) == 0 &&
      expiration + STORING_MSEC < now_msec)
    explorer_fail (self, "I3", "node %u votes for what has expired", node->number);
}

/* Who votes has all that is to be decided, and will have it after a crash: the content, for this
 * revision or another one, as it is made for any that it is asked for. What was voted for before
 * may have been cancelled once it had expired. */
static void
check_pending (Explorer          *self,
               ExplorerNode      *node,
               WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  gint64 expiration = weft_cluster_record_get_expiration (record);

  if (expiration != 0 &&
      expiration <= G_GINT64_CONSTANT (1700000000000) + self->now_usec / 1000)
    return;
  for (guint i = 0; i < slots->len; i++)
    {
      guint block = explorer_block_index (weft_slot_get_block_id (slots->pdata[i]));
      int index = explorer_find_change (self, record, slots->pdata[i]);
      int pending = explorer_find_pending (self, node->durable, index, block);

      if (node->durable->latest[block] <= weft_slot_get_base (slots->pdata[i]) &&
          (pending < 0 || node->durable->spoiled[pending]))
        explorer_fail (self, "I5", "node %u votes for %s, which is not pending there",
                       node->number, self->actions[index].id);
    }
}

/* Nobody votes for what he knows to be dead, also where he has another part of it. */
static void
check_alive (Explorer          *self,
             ExplorerNode      *node,
             WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  for (guint i = 0; i < slots->len; i++)
    {
      guint block = explorer_block_index (weft_slot_get_block_id (slots->pdata[i]));
      int index = explorer_find_change (self, record, slots->pdata[i]);

      if (node->durable->latest[block] > weft_slot_get_base (slots->pdata[i]) &&
          node->durable->revisions[block][self->actions[index].rev] != index + 1)
        explorer_fail (self, "I5", "node %u votes for %s, whose slot is filled there",
                       node->number, self->actions[index].id);
    }
}

/* What came along is believed by nobody. */
void
explorer_see_carried (Explorer          *self,
                      ExplorerNode      *node,
                      WeftPendRequest   *pend,
                      WeftClusterRecord *record)
{
  int index = explorer_find_pended (self, pend);

  explorer_mix (self, 55 + index);
  if (!(explorer_list_commits (self, record) & ((ExplorerActions) 1 << index)) ||
      !weft_pend_request_equal (pend, self->actions[index].pend))
    explorer_fail (self, "I2", "node %u pends another content of %s than is to be decided",
                   node->number, self->actions[index].id);
}

static void
see_promise (Explorer          *self,
             ExplorerNode      *node,
             WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);
  const char *hash = weft_cluster_record_get_message_hash (record);

  explorer_check_peers (self, node, record);
  check_alive (self, node, record);
  for (guint i = 0; i < slots->len; i++)
    {
      g_autofree char *ballot = weft_ballot_to_string (weft_cluster_record_get_ballot (record));
      g_autofree char *slot_key = make_slot_key (node, slots->pdata[i]);
      g_autofree char *key = g_strconcat (slot_key, ballot, NULL);
      const char *known = g_hash_table_lookup (self->witness->promised, key);

      check_not_below (self, node, slots->pdata[i], record);
      check_durable (self, node, slots->pdata[i], record, "vote");
      check_time (self, node, record, known == NULL);
      if (known == NULL)
        {
          explorer_check_target (self, node, record);
          check_pending (self, node, record);
        }
      if (known == NULL)
        g_hash_table_insert (self->witness->promised, g_steal_pointer (&key), g_strdup (hash));
      else if (!g_str_equal (known, hash) && !is_dead (self, node, known))
        explorer_fail (self, "I5", "node %u voted twice at one ballot", node->number);
    }
}

static void
see_commit (Explorer          *self,
            ExplorerNode      *node,
            WeftClusterRecord *record)
{
  GPtrArray *slots = weft_cluster_record_get_slots (record);

  explorer_check_peers (self, node, record);
  check_alive (self, node, record);
  for (guint i = 0; i < slots->len; i++)
    {
      check_not_below (self, node, slots->pdata[i], record);
      check_durable (self, node, slots->pdata[i], record, "lock");
      g_hash_table_insert (self->witness->locked, make_slot_key (node, slots->pdata[i]),
                           weft_cluster_record_ref (record));
    }
  if (explorer_count_commits (self, record, 1u << node->number) >=
      weft_cluster_record_get_commits_needed (record))
    explorer_see_decision (self, record);
}

static void
see_prepared (Explorer     *self,
              ExplorerNode *node,
              WeftPrepared *prepared)
{
  for (guint i = 0; i < weft_prepared_get_n_slots (prepared); i++)
    {
      const WeftSlotState *state = weft_prepared_get_state (prepared, i);
      g_autofree char *key = make_slot_key (node, state->slot);
      WeftClusterRecord *locked = g_hash_table_lookup (self->witness->locked, key);

      /* One of several slots is released when another is filled. */
      if (locked != NULL && !is_dead (self, node, weft_cluster_record_get_message_hash (locked)) &&
          (state->lock == NULL ||
           weft_ballot_compare (weft_cluster_record_get_ballot (state->lock),
                                weft_cluster_record_get_ballot (locked)) < 0))
        explorer_fail (self, "I5", "node %u does not tell of its lock", node->number);
      g_hash_table_insert (self->witness->told, g_strdup (key), weft_prepared_ref (prepared));
      g_hash_table_insert (self->witness->prepared, g_steal_pointer (&key),
                           weft_ballot_ref (weft_prepared_get_ballot (prepared)));
    }
}

/* What is told of a block can be read here, and is not less than what was told before it was asked.
 * What was asked earlier may be answered later, as it rests on more that has to be durable. */
static void
see_states (Explorer      *self,
            ExplorerNode  *node,
            ExplorerEvent *call,
            GPtrArray     *states)
{
  for (guint i = 0; i < states->len; i++)
    {
      WeftBlockState *state = states->pdata[i];
      guint block = explorer_block_index (state->block_id);

      if (state->rev < call->shown[block])
        explorer_fail (self, "I4", "node %u tells of revision %d after %d", node->number,
                       (int) state->rev, (int) call->shown[block]);
      if (state->rev > 0 && (node->durable->latest[block] < state->rev ||
                             node->durable->revisions[block][state->rev] == 0))
        explorer_fail (self, "I4", "node %u tells of revision %d, which it does not have",
                       node->number, (int) state->rev);
      node->shown[block] = MAX (node->shown[block], state->rev);
    }
}

void
explorer_see_answer (Explorer           *self,
                     ExplorerNode       *node,
                     ExplorerEvent      *call,
                     WeftClusterAnswer  *answer)
{
  WeftClusterRequest *request = call->request;
  WeftClusterRecord *record = weft_cluster_request_get_record (request);
  WeftVote *vote = weft_cluster_answer_get_vote (answer);
  gboolean is_approval = vote != NULL && weft_vote_get_vote_type (vote) == WEFT_VOTE_APPROVE;

  explorer_mix (self, weft_cluster_answer_get_kind (answer) * 2 + is_approval);
  if (self->setting.trace != 0)
    {
      g_autofree char *asked = weft_cluster_request_to_string (request);
      g_autofree char *said = weft_cluster_answer_to_string (answer);

      g_printerr ("  node %u is asked %s\n  and says %s\n", node->number, asked, said);
    }
  if (weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_PREPARED)
    see_prepared (self, node, weft_cluster_answer_get_prepared (answer));
  else if (is_approval && weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_PROMISE)
    see_promise (self, node, record);
  else if (is_approval)
    see_commit (self, node, record);
  if (weft_cluster_answer_get_kind (answer) == WEFT_CLUSTER_ANSWER_STATES)
    see_states (self, node, call, weft_cluster_answer_get_states (answer));
}

/* Whether the message claims a slot that another has filled with one of these. */
static gboolean
has_lost (Explorer          *self,
          WeftClusterRecord *winner,
          ExplorerActions    applied,
          const char        *hash)
{
  GPtrArray *slots = weft_cluster_record_get_slots (winner);
  WeftClusterRecord *record = explorer_find_record (self, hash);

  if (g_str_equal (weft_cluster_record_get_message_hash (winner), hash))
    return FALSE;
  for (guint i = 0; i < slots->len; i++)
    {
      int index = explorer_find_change (self, winner, slots->pdata[i]);

      if ((applied & ((ExplorerActions) 1 << index)) &&
          weft_cluster_record_has_slot (record, slots->pdata[i]))
        return TRUE;
    }

  return FALSE;
}

/* Who applied something holds nothing any more that can never be decided for that. */
void
explorer_see_released (Explorer          *self,
                       ExplorerNode      *node,
                       WeftClusterRecord *certificate,
                       ExplorerActions    applied)
{
  static const char *const names[] = { "vote", "lock" };
  g_autoptr (JsonNode) json = weft_member_machine_to_json (node->member, self->now_usec);
  JsonArray *slots = json_node_get_array (json);

  for (guint i = 0; i < json_array_get_length (slots); i++)
    for (guint j = 0; j < G_N_ELEMENTS (names); j++)
      {
        JsonObject *slot = json_array_get_object_element (slots, i);

        if (json_object_has_member (slot, names[j]) &&
            has_lost (self, certificate, applied,
                      json_object_get_string_member (
                          json_object_get_object_member (slot, names[j]), "messageHash")))
          explorer_fail (self, "I7", "node %u holds a %s of what lost", node->number, names[j]);
      }
}

gboolean
explorer_is_decided (Explorer          *self,
                     WeftClusterRecord *record)
{
  g_autofree char *key
      = weft_slot_to_string (g_ptr_array_index (weft_cluster_record_get_slots (record), 0));

  return g_strcmp0 (g_hash_table_lookup (self->witness->decided, key),
                    weft_cluster_record_get_message_hash (record)) == 0;
}

void
explorer_know_history (Explorer *self,
                       int       index)
{
  for (guint i = 0; i < EXPLORER_BLOCKS; i++)
    if (self->actions[index].blocks & (1 << i))
      self->witness->history[i][self->actions[index].rev] = index + 1;
}

void
explorer_forget_denied (Explorer *self,
                        int       index)
{
  WeftClusterRecord *record = self->actions[index].record;

  g_hash_table_remove (self->witness->denied, weft_cluster_record_get_message_hash (record));
  self->witness->denied_actions &= ~((ExplorerActions) 1 << index);
}

int
explorer_get_decided (Explorer *self,
                      guint     block,
                      gint64    rev)
{
  return self->witness->history[block][rev];
}
