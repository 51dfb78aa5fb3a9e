/* weft-quorum-read-block.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-quorum-read-state-private.h"

/* How often the members are asked about one block; each time follows a wait or a recovery. */
#define ATTEMPTS_MAX 8

void
weft_read_block_free (WeftReadBlock *self)
{
  g_clear_pointer (&self->block_id, g_free);
  g_clear_pointer (&self->distrusted, g_ptr_array_unref);
  g_clear_pointer (&self->holders, g_ptr_array_unref);
  g_clear_pointer (&self->doubt, weft_cluster_record_unref);
  g_free (self);
}

void
weft_read_block_end (WeftReadBlock  *self,
                     WeftReadAnswer  answer,
                     const char     *reason)
{
  g_assert ((answer == WEFT_READ_UNAVAILABLE) == (reason != NULL));

  self->stage = WEFT_READ_DONE;
  self->answer = answer;
  self->reason = reason;
  self->id = 0;
}

void
weft_read_block_pause (WeftReadBlock             *self,
                       WeftQuorumRead            *read,
                       const WeftQuorumReadEvent *event,
                       const char                *reason)
{
  gint64 wait_usec = 2 * read->config.round_trip_usec;

  if (self->stage == WEFT_READ_PAUSE)
    return;
  if (self->attempts == ATTEMPTS_MAX)
    {
      weft_read_block_end (self, WEFT_READ_UNAVAILABLE, reason);
      return;
    }

  self->attempts++;
  self->id = 0;
  self->stage = WEFT_READ_PAUSE;
  self->again_usec = event->now_usec + wait_usec + event->chance % wait_usec;
}

static gboolean
is_self_waiting (WeftQuorumRead *read)
{
  WeftPollMember *member = weft_poll_find_peer (&read->poll, read->config.peer_id);

  return member != NULL && member->state == WEFT_POLL_WAITING;
}

static guint
count_answers (WeftReadBlock  *self,
               WeftQuorumRead *read)
{
  guint n = 0;

  for (guint i = 0; i < weft_poll_get_size (&read->poll); i++)
    n += weft_read_block_get_state (self, read, weft_poll_get_member (&read->poll, i)) != NULL;

  return n;
}

/* Who sent the reader away, or has nothing of the block and says that others keep it. */
static guint
count_refusals (WeftReadBlock  *self,
                WeftQuorumRead *read)
{
  guint n = weft_poll_count (&read->poll, WEFT_READ_REFUSED);

  for (guint i = 0; i < weft_poll_get_size (&read->poll); i++)
    n += weft_read_block_is_elsewhere (self, weft_poll_get_member (&read->poll, i));

  return n;
}

const char *
weft_read_block_get_excuse (WeftReadBlock  *self,
                            WeftQuorumRead *read)
{
  WeftPollMember *own = weft_poll_find_peer (&read->poll, read->config.peer_id);
  /* Who may still answer is not out of reach: where too many have failed, nobody waits for it. */
  guint n_others = weft_poll_get_answered (&read->poll) + weft_poll_get_waiting (&read->poll);
  guint n_refused = count_refusals (self, read);

  if (self->stage == WEFT_READ_RECOVER || self->stage == WEFT_READ_PAUSE)
    return "in-doubt";
  if (self->stage == WEFT_READ_FETCH || self->is_unproven)
    return "unmaterializable";
  if (n_refused > weft_poll_get_size (&read->poll) - read->answers_needed)
    return "claimed-elsewhere";
  if (own != NULL && (own->state == WEFT_POLL_ANSWERED || own->state == WEFT_POLL_WAITING))
    n_others--;

  return n_others == 0 && weft_poll_get_size (&read->poll) > 1 ? "cohort-unreachable"
                                                               : "peers-unreachable";
}

static WeftQuorumReadEffect *
add_effect (WeftReadBlock           *self,
            WeftQuorumRead          *read,
            WeftQuorumReadEffectType type,
            WeftQuorumReadEffects   *effects)
{
  WeftQuorumReadEffect *effect = weft_quorum_read_effects_add (effects, type);

  self->id = ++read->poll.last_request_id;
  effect->id = self->id;
  effect->block_id = self->block_id;
  effect->rev = self->rev;

  return effect;
}

/* Those who were asked can say nothing of what comes after the revision, if others keep it since
 * then. */
static gboolean
is_moved (WeftReadBlock  *self,
          WeftQuorumRead *read)
{
  return read->config.is_pin != NULL && !WEFT_BUG (PIN_STALE_READ)
         && (self->rev > 0 || !read->config.is_pinned)
         && !read->config.is_pin (read->config.pin_data, self->block_id, self->rev);
}

/* Our own store is what is read, and it has certificates; what others claim beyond it has to be
 * shown. Returns whether somebody claims more. */
static gboolean
begin_fetch (WeftReadBlock         *self,
             WeftQuorumRead        *read,
             WeftQuorumReadEffects *effects)
{
  g_autoptr (GPtrArray) claimants
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  WeftQuorumReadEffect *effect;

  self->claimed_rev = self->rev;
  for (guint i = 0; i < weft_poll_get_size (&read->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&read->poll, i);
      WeftBlockState *state = weft_read_block_get_state (self, read, member);

      if (state == NULL || state->rev < self->claimed_rev || state->rev == self->rev)
        continue;
      if (state->rev > self->claimed_rev)
        g_ptr_array_set_size (claimants, 0);
      self->claimed_rev = state->rev;
      g_ptr_array_add (claimants, weft_peer_id_ref (member->peer_id));
    }
  if (self->claimed_rev == self->rev)
    return FALSE;

  self->stage = WEFT_READ_FETCH;
  effect = add_effect (self, read, WEFT_QUORUM_READ_EFFECT_FETCH, effects);
  effect->rev = self->claimed_rev;
  effect->peer_ids = g_steal_pointer (&claimants);

  return TRUE;
}

/* The first time it is given the time to be decided by whoever is at it. */
static void
resolve_doubt (WeftReadBlock             *self,
               WeftQuorumRead            *read,
               WeftClusterRecord         *lock,
               const WeftQuorumReadEvent *event,
               WeftQuorumReadEffects     *effects)
{
  gboolean is_known
      = self->doubt != NULL && g_strcmp0 (weft_cluster_record_get_message_hash (self->doubt),
                                          weft_cluster_record_get_message_hash (lock)) == 0;

  if (self->stage == WEFT_READ_PAUSE)
    return;

  weft_cluster_record_ref (lock);
  g_clear_pointer (&self->doubt, weft_cluster_record_unref);
  self->doubt = lock;
  if (!is_known || self->attempts == ATTEMPTS_MAX)
    {
      weft_read_block_pause (self, read, event, "in-doubt");
      return;
    }

  self->attempts++;
  self->stage = WEFT_READ_RECOVER;
  add_effect (self, read, WEFT_QUORUM_READ_EFFECT_RECOVER, effects)->record
      = weft_cluster_record_ref (lock);
}

static gboolean
is_holder (WeftReadBlock  *self,
           WeftQuorumRead *read,
           WeftPollMember *member)
{
  WeftBlockState *state = weft_read_block_get_state (self, read, member);

  if (weft_peer_id_equal (member->peer_id, read->config.peer_id))
    return TRUE;
  if (state != NULL && state->rev >= self->rev)
    return TRUE;

  for (guint i = 0; i < self->holders->len; i++)
    if (weft_peer_id_equal (g_ptr_array_index (self->holders, i), member->peer_id))
      return TRUE;

  return FALSE;
}

static void
finish (WeftReadBlock         *self,
        WeftQuorumRead        *read,
        WeftQuorumReadEffects *effects)
{
  g_autoptr (GPtrArray) lacking
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_peer_id_unref);
  guint n_holders = 0;

  if (self->rev == 0 && read->config.is_pinned)
    {
      weft_read_block_end (self, WEFT_READ_UNAVAILABLE, "claimed-elsewhere");
      return;
    }
  if (self->rev == 0)
    {
      weft_read_block_end (self, WEFT_READ_ABSENT, NULL);
      return;
    }

  for (guint i = 0; i < weft_poll_get_size (&read->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&read->poll, i);

      if (is_holder (self, read, member))
        n_holders++;
      else if (member->state == WEFT_POLL_ANSWERED)
        g_ptr_array_add (lacking, weft_peer_id_ref (member->peer_id));
    }
  if (n_holders >= read->holders_needed)
    {
      weft_read_block_end (self, WEFT_READ_PRESENT, NULL);
      return;
    }

  self->stage = WEFT_READ_SPREAD;
  add_effect (self, read, WEFT_QUORUM_READ_EFFECT_SPREAD, effects)->peer_ids
      = g_steal_pointer (&lacking);
}

void
weft_read_block_look (WeftReadBlock             *self,
                      WeftQuorumRead            *read,
                      const WeftQuorumReadEvent *event,
                      WeftQuorumReadEffects     *effects)
{
  WeftPollMember *own = weft_poll_find_peer (&read->poll, read->config.peer_id);
  WeftBlockState *own_state = own != NULL ? weft_read_block_get_state (self, read, own) : NULL;
  guint n_answers = count_answers (self, read);
  WeftClusterRecord *lock;

  g_assert (self->stage == WEFT_READ_ASK || self->stage == WEFT_READ_PAUSE);

  if (n_answers < read->answers_needed)
    {
      if (n_answers + weft_poll_get_waiting (&read->poll) < read->answers_needed)
        weft_read_block_end (self, WEFT_READ_UNAVAILABLE,
                             weft_read_block_get_excuse (self, read));
      return;
    }
  if (is_self_waiting (read))
    return;

  if (own_state != NULL)
    self->rev = MAX (self->rev, own_state->rev);
  if (begin_fetch (self, read, effects))
    return;
  if (is_moved (self, read))
    {
      weft_read_block_end (self, WEFT_READ_MOVED, NULL);
      return;
    }

  lock = weft_read_block_find_doubt (self, read, effects);
  /* Whoever made one up is not one of the S any more. */
  if (count_answers (self, read) < n_answers)
    weft_read_block_look (self, read, event, effects);
  else if (lock != NULL)
    resolve_doubt (self, read, lock, event, effects);
  else
    finish (self, read, effects);
}

void
weft_read_block_fetched (WeftReadBlock             *self,
                         WeftQuorumRead            *read,
                         const WeftQuorumReadEvent *event,
                         WeftQuorumReadEffects     *effects)
{
  self->id = 0;
  self->stage = WEFT_READ_ASK;
  self->rev = MAX (self->rev, event->rev);

  /* The others may still be enough: M of them would have to have it, if it was decided. */
  for (guint i = 0; self->rev < self->claimed_rev && i < weft_poll_get_size (&read->poll); i++)
    {
      WeftPollMember *member = weft_poll_get_member (&read->poll, i);
      WeftBlockState *state = weft_read_block_get_state (self, read, member);

      if (state == NULL || state->rev != self->claimed_rev)
        continue;
      /* Its disk may have failed since, or ours: that is no proof of a lie. */
      weft_quorum_read_effects_add (effects, WEFT_QUORUM_READ_EFFECT_COUNT)->counter
          = "claims-unproven";
      if (event->error != NULL)
        self->is_unproven = TRUE;
      weft_read_block_distrust (self, member->peer_id);
    }
  weft_read_block_look (self, read, event, effects);
}

void
weft_read_block_spread (WeftReadBlock             *self,
                        WeftQuorumRead            *read,
                        const WeftQuorumReadEvent *event)
{
  guint n_holders = 0;

  self->id = 0;
  for (guint i = 0; event->peer_ids != NULL && i < event->peer_ids->len; i++)
    g_ptr_array_add (self->holders, weft_peer_id_ref (g_ptr_array_index (event->peer_ids, i)));
  for (guint i = 0; i < weft_poll_get_size (&read->poll); i++)
    n_holders += is_holder (self, read, weft_poll_get_member (&read->poll, i));

  self->stage = WEFT_READ_ASK;
  if (n_holders >= read->holders_needed)
    weft_read_block_end (self, WEFT_READ_PRESENT, NULL);
  else
    weft_read_block_pause (self, read, event, "peers-unreachable");
}
