/* read-fixture.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "read-fixture.h"

#include "weft-thresholds.h"

static const char * const result_names[] = { "present", "absent", "unavailable", "moved" };

static gboolean
verify (gpointer    data,
        WeftPeerId *signer,
        GBytes     *root,
        GBytes     *signature)
{
  Read *self = data;

  self->n_verified++;
  return fixture_verify ()->verify (NULL, signer, root, signature);
}

static guint
number_of (WeftPeerId *peer_id)
{
  for (guint i = 0; i < 8; i++)
    if (weft_peer_id_equal (fixture_peer_id (i), peer_id))
      return i;

  g_assert_not_reached ();
}

static gboolean
is_pin (gpointer    data,
        const char *block_id,
        gint64      rev)
{
  Read *self = data;

  return rev < self->moved_rev;
}

static void
init (Read               *self,
      guint               n_peers,
      const char * const *block_ids,
      gboolean            is_pinned)
{
  WeftQuorumReadConfig config = {
    .peer_id = fixture_peer_id (0),
    .super_majority = WEFT_SUPER_MAJORITY_DEFAULT,
    .verify = { FIXTURE_NETWORK, verify, self },
    .reply_usec = 1000000,
    .deadline_usec = 5000000,
    .round_trip_usec = 10000,
    .is_pinned = is_pinned,
    .is_pin = is_pin,
    .pin_data = self,
  };
  g_autoptr (GPtrArray) peers = fixture_peers (n_peers);

  *self = (Read) { .now_msec = 1, .n_peers = n_peers, .moved_rev = G_MAXINT64 };
  self->transcript = g_string_new (NULL);
  self->machine = weft_quorum_read_new (&config, peers, block_ids);
}

void
read_init (Read               *self,
           guint               n_peers,
           const char * const *block_ids)
{
  init (self, n_peers, block_ids, FALSE);
}

void
read_init_pinned (Read               *self,
                  guint               n_peers,
                  const char * const *block_ids)
{
  init (self, n_peers, block_ids, TRUE);
}

void
read_clear (Read *self)
{
  g_clear_pointer (&self->machine, weft_quorum_read_free);
  g_string_free (g_steal_pointer (&self->transcript), TRUE);
}

static void
tell_peers (Read      *self,
            GPtrArray *peer_ids)
{
  for (guint i = 0; i < peer_ids->len; i++)
    g_string_append_printf (self->transcript, " %u", number_of (g_ptr_array_index (peer_ids, i)));
}

static void
tell_results (Read   *self,
              GArray *results)
{
  for (guint i = 0; i < results->len; i++)
    {
      WeftReadResult *result = &g_array_index (results, WeftReadResult, i);

      g_string_append_printf (self->transcript, " %s %s %d%s%s", result->block_id,
                              result_names[result->answer], (int) result->rev,
                              result->reason != NULL ? " " : "",
                              result->reason != NULL ? result->reason : "");
    }
}

static void
tell (Read                 *self,
      WeftQuorumReadEffect *effect)
{
  g_assert_false (self->is_done);

  switch (effect->type)
    {
    case WEFT_QUORUM_READ_EFFECT_SEND:
      self->ids[number_of (effect->peer_id)] = effect->id;
      g_string_append_printf (self->transcript, " ask %u", number_of (effect->peer_id));
      return;

    case WEFT_QUORUM_READ_EFFECT_FETCH:
    case WEFT_QUORUM_READ_EFFECT_SPREAD:
      self->performed = effect->id;
      g_string_append_printf (self->transcript, " %s %s %d of",
                              effect->type == WEFT_QUORUM_READ_EFFECT_FETCH ? "fetch" : "spread",
                              effect->block_id, (int) effect->rev);
      tell_peers (self, effect->peer_ids);
      break;

    case WEFT_QUORUM_READ_EFFECT_RECOVER:
      self->performed = effect->id;
      g_assert_nonnull (effect->record);
      g_string_append (self->transcript, " recover");
      break;

    case WEFT_QUORUM_READ_EFFECT_REPORT:
      g_string_append_printf (self->transcript, " REPORT %u %s", number_of (effect->peer_id),
                              effect->text);
      break;

    case WEFT_QUORUM_READ_EFFECT_COUNT:
      g_string_append_printf (self->transcript, " +%s", effect->counter);
      break;

    case WEFT_QUORUM_READ_EFFECT_RESULT:
      g_string_append (self->transcript, " RESULT");
      tell_results (self, effect->results);
      break;

    case WEFT_QUORUM_READ_EFFECT_DONE:
      self->is_done = TRUE;
      return;

    default:
      g_assert_not_reached ();
    }
  g_string_append_c (self->transcript, ';');
}

static void
step (Read                *self,
      WeftQuorumReadEvent *event,
      const char          *word,
      int                  number)
{
  g_auto (WeftQuorumReadEffects) effects = { 0 };

  event->now_usec = self->now_msec * 1000;
  weft_quorum_read_effects_init (&effects);
  weft_quorum_read_step (self->machine, event, &effects);
  g_string_append (self->transcript, word);
  if (number >= 0)
    g_string_append_printf (self->transcript, " %d", number);
  g_string_append_c (self->transcript, ':');
  for (guint i = 0; i < effects.items->len; i++)
    tell (self, &g_array_index (effects.items, WeftQuorumReadEffect, i));
  g_string_append_c (self->transcript, '\n');
  self->deadline_usec = effects.deadline_usec;
  g_assert_true (self->is_done == (self->deadline_usec == G_MAXINT64));
}

void
read_start (Read *self)
{
  step (self, &(WeftQuorumReadEvent) { .type = WEFT_QUORUM_READ_EVENT_START }, "start", -1);
}

void
read_answer_states (Read      *self,
                    guint      number,
                    GPtrArray *states)
{
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_new_states (states);

  step (self,
        &(WeftQuorumReadEvent) {
            .type = WEFT_QUORUM_READ_EVENT_ANSWER, .id = self->ids[number], .answer = answer },
        "answer", number);
}

WeftBlockState *
read_make_state (const char        *block_id,
                 gint64             rev,
                 WeftClusterRecord *lock)
{
  GPtrArray *open = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_state_free);

  if (lock != NULL)
    g_ptr_array_add (open, weft_slot_state_new (
                               g_ptr_array_index (weft_cluster_record_get_slots (lock), 0), NULL,
                               NULL, lock));

  return weft_block_state_new (block_id, rev, rev > 0 ? "a" : NULL, open);
}

void
read_answer (Read              *self,
             guint              number,
             gint64             rev,
             WeftClusterRecord *lock)
{
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);

  g_ptr_array_add (states, read_make_state ("b", rev, lock));
  read_answer_states (self, number, states);
}

void
read_fail (Read      *self,
           guint      number,
           WeftError  code)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, code, "it failed");

  step (self,
        &(WeftQuorumReadEvent) { .type = WEFT_QUORUM_READ_EVENT_FAILED, .id = self->ids[number],
                                 .error = error, .was_sent = TRUE },
        "fail", number);
}

void
read_refuse (Read  *self,
             guint  number)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_REFUSED, "not mine");
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_new_error (error);

  step (self,
        &(WeftQuorumReadEvent) {
            .type = WEFT_QUORUM_READ_EVENT_ANSWER, .id = self->ids[number], .answer = answer },
        "refuse", number);
}

void
read_perform (Read                    *self,
              WeftQuorumReadEventType  type,
              gint64                   rev,
              int                      number,
              const GError            *error)
{
  g_autoptr (GPtrArray) peer_ids = g_ptr_array_new ();

  if (number >= 0)
    g_ptr_array_add (peer_ids, fixture_peer_id (number));
  step (self,
        &(WeftQuorumReadEvent) { .type = type, .id = self->performed, .rev = rev,
                                 .peer_ids = peer_ids, .error = error },
        "performed", -1);
}

void
read_wake (Read *self)
{
  self->now_msec = (self->deadline_usec + 999) / 1000;
  step (self, &(WeftQuorumReadEvent) { .type = WEFT_QUORUM_READ_EVENT_TIMEOUT }, "wake", -1);
}
