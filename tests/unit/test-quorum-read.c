/* test-quorum-read.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A quorum read, told as stories; member 0 is its own. */

#include "config.h"

#include "cluster-fixture.h"
#include "weft-error.h"
#include "weft-quorum-read-private.h"
#include "weft-thresholds.h"

static const char * const result_names[] = { "present", "absent", "unavailable" };

typedef struct
{
  WeftQuorumRead *machine;
  GString *transcript;
  gint64 now_msec;
  gint64 deadline_usec;
  guint n_peers;
  guint64 ids[8];    /* of the last request to each member */
  guint64 performed; /* of the last effect that is to be performed */
  guint n_verified;
  gboolean is_done;
} Read;

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

static void
read_init (Read               *self,
           guint               n_peers,
           const char * const *block_ids)
{
  WeftQuorumReadConfig config = {
    .peer_id = fixture_peer_id (0),
    .super_majority = WEFT_SUPER_MAJORITY_DEFAULT,
    .verify = { FIXTURE_NETWORK, verify, self },
    .reply_usec = 1000000,
    .deadline_usec = 5000000,
    .round_trip_usec = 10000,
  };
  g_autoptr (GPtrArray) peers = fixture_peers (n_peers);

  *self = (Read) { .now_msec = 1, .n_peers = n_peers };
  self->transcript = g_string_new (NULL);
  self->machine = weft_quorum_read_new (&config, peers, block_ids);
}

static void
read_clear (Read *self)
{
  g_clear_pointer (&self->machine, weft_quorum_read_free);
  g_string_free (g_steal_pointer (&self->transcript), TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Read, read_clear)

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

static void
start (Read *self)
{
  step (self, &(WeftQuorumReadEvent) { .type = WEFT_QUORUM_READ_EVENT_START }, "start", -1);
}

static void
answer_states (Read      *self,
               guint      number,
               GPtrArray *states)
{
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_new_states (states);

  step (self,
        &(WeftQuorumReadEvent) {
            .type = WEFT_QUORUM_READ_EVENT_ANSWER, .id = self->ids[number], .answer = answer },
        "answer", number);
}

static WeftBlockState *
make_state (const char        *block_id,
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

/* Of block `b`. */
static void
answer_rev (Read              *self,
            guint              number,
            gint64             rev,
            WeftClusterRecord *lock)
{
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);

  g_ptr_array_add (states, make_state ("b", rev, lock));
  answer_states (self, number, states);
}

static void
fail (Read      *self,
      guint      number,
      WeftError  code)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, code, "it failed");

  step (self,
        &(WeftQuorumReadEvent) { .type = WEFT_QUORUM_READ_EVENT_FAILED, .id = self->ids[number],
                                 .error = error, .was_sent = TRUE },
        "fail", number);
}

static void
refuse (Read  *self,
        guint  number)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_REFUSED, "not mine");
  g_autoptr (WeftClusterAnswer) answer = weft_cluster_answer_new_error (error);

  step (self,
        &(WeftQuorumReadEvent) {
            .type = WEFT_QUORUM_READ_EVENT_ANSWER, .id = self->ids[number], .answer = answer },
        "refuse", number);
}

static void
performed (Read                    *self,
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

static void
wake (Read *self)
{
  self->now_msec = (self->deadline_usec + 999) / 1000;
  step (self, &(WeftQuorumReadEvent) { .type = WEFT_QUORUM_READ_EVENT_TIMEOUT }, "wake", -1);
}

static const char * const one_block[] = { "b", NULL };

#define read_assert(self, expected) g_assert_cmpstr ((self)->transcript->str, ==, expected)

static void
test_present (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("S members that agree are enough, and their answers need no signatures.");

  read_init (&read, 3, one_block);
  start (&read);
  answer_rev (&read, 1, 4, NULL);
  answer_rev (&read, 0, 4, NULL);
  answer_rev (&read, 2, 4, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 1:\n"
                   "answer 0: RESULT b present 4;\n"
                   "answer 2:\n");
  g_assert_cmpuint (read.n_verified, ==, 0);
}

static void
test_absent (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Absent is what S members say, not what nobody says.");

  read_init (&read, 3, one_block);
  start (&read);
  answer_rev (&read, 0, 0, NULL);
  answer_rev (&read, 2, 0, NULL);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 2: RESULT b absent 0;\n");
}

static void
test_alone (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Our own answer alone says nothing, but in a network of one.");

  read_init (&read, 3, one_block);
  start (&read);
  answer_rev (&read, 0, 4, NULL);
  fail (&read, 1, WEFT_ERROR_TIMED_OUT);
  fail (&read, 2, WEFT_ERROR_TIMED_OUT);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "fail 1:\n"
                   "fail 2: RESULT b unavailable 0 cohort-unreachable;\n");
  read_clear (&read);

  read_init (&read, 1, one_block);
  start (&read);
  answer_rev (&read, 0, 4, NULL);
  read_assert (&read,
                   "start: ask 0\n"
                   "answer 0: RESULT b present 4;\n");
}

static void
test_reasons (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Unavailable has a reason: too few answered, or the block is somebody else's.");

  read_init (&read, 4, one_block);
  start (&read);
  answer_rev (&read, 0, 4, NULL);
  answer_rev (&read, 1, 4, NULL);
  fail (&read, 2, WEFT_ERROR_TIMED_OUT);
  fail (&read, 3, WEFT_ERROR_TIMED_OUT);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "fail 2:\n"
                   "fail 3: RESULT b unavailable 0 peers-unreachable;\n");
  read_clear (&read);

  read_init (&read, 3, one_block);
  start (&read);
  answer_rev (&read, 0, 0, NULL);
  refuse (&read, 1);
  refuse (&read, 2);
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "refuse 1:\n"
                   "refuse 2: RESULT b unavailable 0 claimed-elsewhere;\n");
}

static void
test_behind (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("What another has and we lack is fetched with its proof before it is an answer, "
                  "and given to M members.");

  read_init (&read, 5, one_block);
  start (&read);
  answer_rev (&read, 0, 3, NULL);
  answer_rev (&read, 1, 4, NULL);
  answer_rev (&read, 2, 3, NULL);
  answer_rev (&read, 3, 3, NULL);
  performed (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 4, -1, NULL);
  performed (&read, WEFT_QUORUM_READ_EVENT_SPREAD, 0, 2, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3 ask 4\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2:\n"
                   "answer 3: fetch b 4 of 1;\n"
                   "performed: spread b 4 of 2 3;\n"
                   "performed: RESULT b present 4;\n");
}

static void
test_unproven (void)
{
  g_auto (Read) read = { 0 };

  g_test_summary ("Who claims what nobody can show is reported, and not one of the S.");

  read_init (&read, 4, one_block);
  start (&read);
  answer_rev (&read, 0, 3, NULL);
  answer_rev (&read, 1, 900, NULL);
  answer_rev (&read, 2, 3, NULL);
  performed (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 3, -1, NULL);
  answer_rev (&read, 3, 3, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2: fetch b 900 of 1;\n"
                   "performed: REPORT 1 unproven;\n"
                   "answer 3: RESULT b present 3;\n");
}

static void
test_unmaterializable (void)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT, "gone");
  g_auto (Read) read = { 0 };

  g_test_summary ("Where a claim can neither be shown nor left out, there is no answer.");

  read_init (&read, 3, one_block);
  start (&read);
  answer_rev (&read, 0, 3, NULL);
  answer_rev (&read, 1, 4, NULL);
  performed (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 3, -1, error);
  fail (&read, 2, WEFT_ERROR_TIMED_OUT);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: fetch b 4 of 1;\n"
                   "performed:\n"
                   "fail 2: RESULT b unavailable 3 unmaterializable;\n");
}

static void
test_lock_in_doubt (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 4, 3);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (record, 0x3);
  g_auto (Read) read = { 0 };

  g_test_summary ("A lock that M members may have is given two round trips; then it is recovered, "
                  "and all are asked again.");

  read_init (&read, 3, one_block);
  start (&read);
  answer_rev (&read, 0, 4, NULL);
  answer_rev (&read, 1, 4, lock);
  wake (&read);
  answer_rev (&read, 0, 4, NULL);
  answer_rev (&read, 1, 4, lock);
  performed (&read, WEFT_QUORUM_READ_EVENT_RECOVERED, 0, -1, NULL);
  answer_rev (&read, 0, 5, NULL);
  answer_rev (&read, 1, 5, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "wake: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: recover;\n"
                   "performed: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: RESULT b present 5;\n");
  g_assert_cmpuint (read.n_verified, ==, 2);
}

static void
test_lock_not_decided (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 4, 3);
  g_autoptr (WeftClusterRecord) lock = fixture_promised (record, 0x3);
  g_auto (Read) read = { 0 };

  g_test_summary ("A lock of one member of three, when the others have none, decided nothing when "
                  "they were asked.");

  read_init (&read, 3, one_block);
  start (&read);
  answer_rev (&read, 0, 4, NULL);
  answer_rev (&read, 1, 4, lock);
  answer_rev (&read, 2, 4, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2: RESULT b present 4;\n");
}

static void
test_forged_lock (void)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("x", "b", 4, 4);
  g_autoptr (WeftClusterRecord) other = fixture_record ("y", "b", 4, 4);
  g_autoptr (WeftVote) vote = fixture_approve (0, WEFT_PURPOSE_PROMISE, other);
  WeftVote *votes[] = { vote, vote, vote, NULL };
  g_autoptr (WeftClusterRecord) forged = weft_cluster_record_with_votes (record, votes, NULL);
  g_auto (Read) read = { 0 };

  g_test_summary ("A lock without the promises that justify it does not hold up a read.");

  read_init (&read, 4, one_block);
  start (&read);
  answer_rev (&read, 0, 4, NULL);
  answer_rev (&read, 1, 4, forged);
  answer_rev (&read, 2, 4, NULL);
  answer_rev (&read, 3, 4, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2 ask 3\n"
                   "answer 0:\n"
                   "answer 1:\n"
                   "answer 2: REPORT 1 lock;\n"
                   "answer 3: RESULT b present 4;\n");
}

static void
test_several_blocks (void)
{
  const char * const two_blocks[] = { "b", "c", NULL };
  g_auto (Read) read = { 0 };

  g_test_summary ("Blocks of one cluster share the messages; each has its own answer.");

  read_init (&read, 3, two_blocks);
  start (&read);
  for (guint i = 0; i < 2; i++)
    {
      GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_block_state_free);

      g_ptr_array_add (states, make_state ("b", 2, NULL));
      g_ptr_array_add (states, make_state ("c", i == 0 ? 0 : 7, NULL));
      answer_states (&read, i, states);
    }
  performed (&read, WEFT_QUORUM_READ_EVENT_FETCHED, 7, -1, NULL);

  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: fetch c 7 of 1;\n"
                   "performed: RESULT b present 2 c present 7;\n");
}

static void
test_deadline (void)
{
  g_auto (Read) read = { 0 };
  guint n = 0;

  g_test_summary ("It ends by the deadline, whatever is not done by then.");

  read_init (&read, 3, one_block);
  start (&read);
  answer_rev (&read, 0, 3, NULL);
  answer_rev (&read, 1, 4, NULL);
  while (!read.is_done)
    {
      wake (&read);
      g_assert_cmpuint (++n, <, 10);
    }
  read_assert (&read,
                   "start: ask 0 ask 1 ask 2\n"
                   "answer 0:\n"
                   "answer 1: fetch b 4 of 1;\n"
                   "wake:\n"
                   "wake: RESULT b unavailable 3 unmaterializable;\n");
  g_assert_cmpint (read.now_msec, <=, 5000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/quorum-read/present", test_present);
  g_test_add_func ("/quorum-read/absent", test_absent);
  g_test_add_func ("/quorum-read/alone", test_alone);
  g_test_add_func ("/quorum-read/reasons", test_reasons);
  g_test_add_func ("/quorum-read/behind", test_behind);
  g_test_add_func ("/quorum-read/unproven", test_unproven);
  g_test_add_func ("/quorum-read/unmaterializable", test_unmaterializable);
  g_test_add_func ("/quorum-read/lock-in-doubt", test_lock_in_doubt);
  g_test_add_func ("/quorum-read/lock-not-decided", test_lock_not_decided);
  g_test_add_func ("/quorum-read/forged-lock", test_forged_lock);
  g_test_add_func ("/quorum-read/several-blocks", test_several_blocks);
  g_test_add_func ("/quorum-read/deadline", test_deadline);

  return g_test_run ();
}
