/* weft-quorum-read-doubt.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-quorum-read-state-private.h"

static gboolean
is_among (GPtrArray  *peer_ids,
          WeftPeerId *peer_id)
{
  for (guint i = 0; i < peer_ids->len; i++)
    if (weft_peer_id_equal (g_ptr_array_index (peer_ids, i), peer_id))
      return TRUE;

  return FALSE;
}

static WeftBlockState *
get_state (WeftReadBlock  *self,
           WeftPollMember *member)
{
  return g_ptr_array_index (weft_cluster_answer_get_states (member->answer), self->position);
}

gboolean
weft_read_block_is_elsewhere (WeftReadBlock  *self,
                              WeftPollMember *member)
{
  return member->verdict == WEFT_READ_GOOD && get_state (self, member)->is_elsewhere;
}

WeftBlockState *
weft_read_block_get_state (WeftReadBlock  *self,
                           WeftQuorumRead *read,
                           WeftPollMember *member)
{
  /* Who does not keep a block cannot say that it does not exist. */
  if (member->verdict != WEFT_READ_GOOD || is_among (self->distrusted, member->peer_id)
      || weft_read_block_is_elsewhere (self, member))
    return NULL;

  return get_state (self, member);
}

void
weft_read_block_distrust (WeftReadBlock *self,
                          WeftPeerId    *peer_id)
{
  if (!is_among (self->distrusted, peer_id))
    g_ptr_array_add (self->distrusted, weft_peer_id_ref (peer_id));
}

static gboolean
is_same_message (WeftClusterRecord *a,
                 WeftClusterRecord *b)
{
  return g_strcmp0 (weft_cluster_record_get_message_hash (a),
                    weft_cluster_record_get_message_hash (b)) == 0;
}

/* Whoever is behind tells of a chain in the first of its slots, which may be filled by now. */
static gboolean
goes_on (WeftReadBlock     *self,
         WeftClusterRecord *lock,
         WeftSlot          *first)
{
  g_autoptr (WeftSlot) next = NULL;

  if (weft_cluster_record_get_slots (lock)->len == 1)
    return FALSE;
  next = weft_slot_new (weft_slot_get_block_id (first), self->rev);

  return weft_cluster_record_has_slot (lock, next);
}

/* Where the history says who decides, nobody else's lock leads to anything; and nobody locks
 * beyond the revision that it has, but for what a chain makes. */
static WeftClusterRecord *
get_lock (WeftReadBlock  *self,
          WeftQuorumRead *read,
          WeftBlockState *state,
          guint           index)
{
  WeftSlotState *slot = g_ptr_array_index (state->open, index);
  gint64 base = weft_slot_get_base (slot->slot);

  if (slot->lock == NULL || (base < self->rev && !goes_on (self, slot->lock, slot->slot)))
    return NULL;
  if (read->config.is_pinned && self->rev > 0
      && (base > self->rev
          || g_strcmp0 (weft_cluster_record_get_membership (slot->lock), read->membership) != 0))
    return NULL;

  return slot->lock;
}

static gboolean
holds_lock (WeftReadBlock     *self,
            WeftQuorumRead    *read,
            WeftBlockState    *state,
            WeftClusterRecord *lock)
{
  for (guint i = 0; state->open != NULL && i < state->open->len; i++)
    {
      WeftClusterRecord *theirs = get_lock (self, read, state, i);

      if (theirs != NULL && is_same_message (theirs, lock))
        return TRUE;
    }

  return FALSE;
}

/* Who promised it may be others than those that are asked here. */
static guint
count_others (WeftQuorumRead    *read,
              WeftClusterRecord *lock)
{
  GPtrArray *peers = weft_cluster_record_get_peers (lock);
  guint n = 0;

  for (guint i = 0; i < peers->len; i++)
    n += weft_poll_find_peer (&read->poll, weft_cluster_peer_get_peer_id (
                                               g_ptr_array_index (peers, i))) == NULL;

  return n;
}

/* Those who did not answer or were not asked may be locked, and those who lie may be, too. */
static gboolean
may_be_decided (WeftReadBlock     *self,
                WeftQuorumRead    *read,
                WeftClusterRecord *lock)
{
  guint n = read->liars_max + count_others (read, lock);

  for (guint i = 0; i < weft_poll_get_size (&read->poll); i++)
    {
      WeftBlockState *state
          = weft_read_block_get_state (self, read, weft_poll_get_member (&read->poll, i));

      n += state == NULL || holds_lock (self, read, state, lock);
    }

  return n >= weft_cluster_record_get_commits_needed (lock);
}

static void
report_lock (WeftReadBlock         *self,
             WeftPollMember        *member,
             WeftClusterRecord     *lock,
             WeftQuorumReadEffects *effects)
{
  WeftQuorumReadEffect *effect = weft_quorum_read_effects_add (effects,
                                                               WEFT_QUORUM_READ_EFFECT_REPORT);

  effect->peer_id = weft_peer_id_ref (member->peer_id);
  effect->text = g_strdup ("lock");
  effect->proof = weft_cluster_record_to_json (lock);
  weft_read_block_distrust (self, member->peer_id);
}

static WeftClusterRecord *
find_in_answer (WeftReadBlock         *self,
                WeftQuorumRead        *read,
                WeftPollMember        *member,
                WeftBlockState        *state,
                WeftQuorumReadEffects *effects)
{
  for (guint i = 0; state->open != NULL && i < state->open->len; i++)
    {
      WeftClusterRecord *lock = get_lock (self, read, state, i);

      if (lock == NULL || WEFT_BUG (READ_LOCKS_IGNORED) || !may_be_decided (self, read, lock))
        continue;
      /* Proven is proven, whoever shows it this time. */
      if (self->doubt != NULL && is_same_message (lock, self->doubt) &&
          weft_ballot_equal (weft_cluster_record_get_ballot (lock),
                             weft_cluster_record_get_ballot (self->doubt)))
        return self->doubt;
      if (weft_peer_id_equal (member->peer_id, read->config.peer_id) ||
          weft_record_check_promises (lock, &read->config.verify))
        return lock;
      report_lock (self, member, lock, effects);
      return NULL;
    }

  return NULL;
}

WeftClusterRecord *
weft_read_block_find_doubt (WeftReadBlock         *self,
                            WeftQuorumRead        *read,
                            WeftQuorumReadEffects *effects)
{
  for (guint i = 0; i < weft_poll_get_size (&read->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&read->poll, i);
      WeftBlockState *state = weft_read_block_get_state (self, read, member);
      WeftClusterRecord *lock
          = state != NULL ? find_in_answer (self, read, member, state, effects) : NULL;

      if (lock != NULL)
        return lock;
    }

  return NULL;
}
