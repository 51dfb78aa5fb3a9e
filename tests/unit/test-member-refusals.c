/* test-member-refusals.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"
#include "weft-limits.h"

/* Whatever is refused is counted, and leaves nothing behind. */
static void
check_refusal (MemberRig         *rig,
               WeftClusterRecord *record,
               const char        *expected,
               const char        *counter)
{
  guint count = member_rig_get_count (rig, counter);
  guint n_slots = weft_member_machine_get_n_slots (rig->machine);

  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, record);
  g_assert_nonnull (strstr (rig->transcript->str, ": "));
  g_assert_cmpstr (strstr (rig->transcript->str, ": ") + 2, ==, expected);
  g_assert_cmpuint (member_rig_get_count (rig, counter), ==, count + 1);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, n_slots);
  g_assert_true (g_queue_is_empty (&rig->batches));
}

static MemberRig *
new_rig (void)
{
  MemberRig *rig = member_rig_new ();

  member_rig_add_pending (rig, "a", "x", 0);

  return rig;
}

static void
test_time (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) expired = rig_record ("x", "a", 0, rig->real_msec);
  g_autoptr (WeftClusterRecord) in_time = rig_record ("x", "a", 0, rig->real_msec + 1);
  g_autoptr (WeftClusterRecord) late
      = rig_record ("x", "a", 0, rig->real_msec + WEFT_LIMIT_EXPIRATION_MSEC_MAX + 1);
  g_autoptr (WeftClusterRecord) latest
      = rig_record ("x", "a", 0, rig->real_msec + WEFT_LIMIT_EXPIRATION_MSEC_MAX);
  g_autoptr (MemberRig) other = new_rig ();

  g_test_summary ("A record is voted for before its expiration, which is not far ahead.");

  check_refusal (rig, expired, "promise reject expired\n", "member/reject/expired");
  check_refusal (rig, late, "promise reject expires-late\n", "member/reject/expires-late");
  member_rig_update (rig, latest);
  member_rig_update (other, in_time);
  member_rig_store (rig);
  member_rig_store (other);
  g_assert_cmpuint (member_rig_get_count (rig, "member/promise"), ==, 1);
  g_assert_cmpuint (member_rig_get_count (other, "member/promise"), ==, 1);
}

static WeftClusterRecord *
new_record_of (guint  first_peer,
               guint  n_peers,
               double super_majority)
{
  g_autoptr (GPtrArray) peers
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);
  const char *block_ids[] = { "a", NULL };
  gint64 base = 0;
  g_autoptr (WeftRepoMessage) message = fixture_commit ("x", block_ids, &base, 1, 0);

  for (guint i = 0; i < n_peers; i++)
    g_ptr_array_add (peers, weft_cluster_peer_new (fixture_peer_id (first_peer + i), NULL));

  return weft_cluster_record_new (message, peers, super_majority, NULL);
}

static void
test_peers (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) strangers = new_record_of (1, 3, 0.75);
  g_autoptr (WeftClusterRecord) policy = new_record_of (0, 3, 0.5);
  g_autoptr (WeftClusterRecord) record = new_record_of (0, 3, 0.75);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (record, 0x3);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (record, 0x3);
  g_autoptr (WeftClusterRecord) decided_by_strangers = fixture_committed (policy, 0x3);

  g_test_summary ("Only the right peers decide, by the right policy, whatever is asked for.");

  check_refusal (rig, strangers, "promise reject not-a-peer\n", "member/reject/not-a-peer");
  check_refusal (rig, policy, "promise reject policy\n", "member/reject/policy");
  check_refusal (rig, decided_by_strangers, "error refused\n", "member/reject/policy");
  rig->admission = "too-few";
  check_refusal (rig, record, "promise reject not-admitted\n", "member/reject/not-admitted");
  check_refusal (rig, promised, "commit reject not-admitted\n", "member/reject/not-admitted");
  check_refusal (rig, decided, "error refused\n", "member/reject/not-admitted");
}

static void
test_newcomer (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) record = new_record_of (1, 3, 0.75);
  g_autoptr (WeftVote) first = fixture_approve (1, WEFT_PURPOSE_COMMIT, record);
  g_autoptr (WeftVote) second = fixture_approve (2, WEFT_PURPOSE_COMMIT, record);
  WeftVote *commits[] = { first, second, NULL };
  g_autoptr (WeftClusterRecord) decided = weft_cluster_record_with_votes (record, NULL, commits);

  g_test_summary ("Who keeps a block by its own view applies what others decided without it, and "
                  "votes for nothing of theirs.");

  check_refusal (rig, decided, "error refused\n", "member/reject/not-a-peer");
  rig->keeps = TRUE;
  check_refusal (rig, record, "promise reject not-a-peer\n", "member/reject/not-a-peer");
  member_rig_update (rig, decided);
  member_rig_store (rig);
  g_assert_cmpint (member_rig_get_latest (rig, "a"), ==, 1);
}

/* With one signature that is another's. */
static WeftClusterRecord *
forge (WeftClusterRecord *record,
       WeftPurpose        purpose)
{
  WeftVote *votes[3] = { NULL };
  g_autoptr (WeftVote) good = fixture_approve (0, purpose, record);
  g_autoptr (WeftVote) forged = fixture_approve (2, purpose, record);

  votes[0] = good;
  votes[1] = forged;

  return purpose == WEFT_PURPOSE_PROMISE ? weft_cluster_record_with_votes (record, votes, NULL)
                                         : weft_cluster_record_with_votes (record, NULL, votes);
}

static void
test_signatures (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) record = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) promised = forge (record, WEFT_PURPOSE_PROMISE);
  g_autoptr (WeftClusterRecord) decided = forge (record, WEFT_PURPOSE_COMMIT);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) bare = weft_cluster_record_with_ballot (record, ballot, NULL);

  g_test_summary ("What others signed is checked before it counts.");

  check_refusal (rig, promised, "commit reject invalid\n", "member/reject/invalid");
  check_refusal (rig, decided, "error refused\n", "member/reject/invalid");
  check_refusal (rig, bare, "promise reject unjustified\n", "member/reject/unjustified");
}

static void
test_blocks (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) newer = rig_record ("x", "s", 0, 0);
  g_autoptr (WeftClusterRecord) damaged = rig_record ("x", "damaged", 0, 0);
  g_autoptr (WeftClusterRecord) damaged_promised = fixture_promised (damaged, 0x3);
  g_autoptr (WeftClusterRecord) damaged_decided = fixture_committed (damaged, 0x3);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) record = rig_record ("x", "a", 0, 0);

  g_test_summary ("A vote needs the base, a sound block, and content that the validator likes.");

  member_rig_add_pending (rig, "s", "x", 0);
  member_rig_add_revision (rig, "s", 7, "z");
  check_refusal (rig, newer,
                 "promise reject stale {\"staleAt\":{\"blockId\":\"s\",\"rev\":7},"
                 "\"success\":false}\n",
                 "member/reject/stale");
  check_refusal (rig, damaged, "promise reject storage\n", "member/reject/storage");
  check_refusal (rig, damaged_promised, "commit reject storage\n", "member/reject/storage");
  check_refusal (rig, damaged_decided, "error unavailable\n", "member/reject/storage");
  g_string_truncate (rig->transcript, 0);
  member_rig_prepare (rig, damaged, ballot);
  member_rig_expect (rig, "answer 5: error corrupt\n");
  rig->objection = "not today";
  check_refusal (rig, record, "promise reject validator \"not today\"\n",
                 "member/reject/validator");
}

static void
test_latest (void)
{
  g_autoptr (MemberRig) rig = new_rig ();

  g_test_summary ("Of a damaged block a reader learns that it is damaged, not that it is absent.");

  member_rig_latest (rig, "damaged");
  member_rig_latest (rig, "absent");
  member_rig_expect (rig,
                     "answer 1: error corrupt\n"
                     "answer 2: states absent=0:--elsewhere\n");
}

static void
test_prepare (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftClusterRecord) record = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) strangers = new_record_of (1, 3, 0.75);
  g_autoptr (WeftClusterRecord) policy = new_record_of (0, 3, 0.5);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);
  g_autoptr (WeftBallot) far = rig_ballot (WEFT_LIMIT_BALLOT_STEP_MAX + 1, 1);
  g_autoptr (WeftBallot) near = rig_ballot (WEFT_LIMIT_BALLOT_STEP_MAX, 1);

  g_test_summary ("A prepare is checked as a record is, and goes up by steps.");

  member_rig_prepare (rig, strangers, ballot);
  member_rig_prepare (rig, policy, ballot);
  member_rig_prepare (rig, record, far);
  rig->admission = "too-few";
  member_rig_prepare (rig, record, ballot);
  member_rig_expect (rig,
                     "answer 1: error refused\n"
                     "answer 2: error refused\n"
                     "answer 3: error invalid\n"
                     "answer 4: error refused\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  rig->admission = NULL;
  member_rig_prepare (rig, record, near);
  member_rig_store (rig);
  g_assert_cmpuint (member_rig_get_count (rig, "member/prepared"), ==, 1);
}

static void
test_room (void)
{
  g_autoptr (MemberRig) rig = new_rig ();
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) record = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) promised = fixture_promised (record, 0x3);
  WeftPeerId *peer_id = fixture_peer_id (1);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  WeftMemberEffects effects;

  g_test_summary ("Past the number of slots a node keeps, it binds itself to nothing more.");

  for (guint i = 0; i < WEFT_LIMIT_OPEN_SLOTS_MAX; i += 256)
    {
      g_autoptr (GPtrArray) slots
          = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_slot_unref);
      g_autoptr (WeftPrepare) prepare = NULL;
      g_autoptr (WeftClusterRequest) request = NULL;
      WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_REQUEST, .peer_id = peer_id };

      for (guint j = 0; j < 256; j++)
        {
          g_autofree char *block_id = g_strdup_printf ("%08u", i + j);

          g_ptr_array_add (slots, weft_slot_new (block_id, 0));
        }
      prepare = weft_prepare_new (slots, peers, 0.75, ballot);
      request = weft_cluster_request_new_prepare (prepare);
      event.request = request;
      event.token = ++rig->last_token;
      weft_member_effects_init (&effects);
      weft_member_machine_step (rig->machine, &event, &effects);
      weft_member_effects_clear (&effects);
    }
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, WEFT_LIMIT_OPEN_SLOTS_MAX);
  check_refusal (rig, record, "promise reject busy\n", "member/reject/busy");
  check_refusal (rig, promised, "commit reject busy\n", "member/reject/busy");
  g_string_truncate (rig->transcript, 0);
  member_rig_prepare (rig, record, ballot);
  g_assert_true (g_str_has_suffix (rig->transcript->str, ": error unavailable\n"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/refusals/time", test_time);
  g_test_add_func ("/member/refusals/peers", test_peers);
  g_test_add_func ("/member/refusals/newcomer", test_newcomer);
  g_test_add_func ("/member/refusals/signatures", test_signatures);
  g_test_add_func ("/member/refusals/blocks", test_blocks);
  g_test_add_func ("/member/refusals/latest", test_latest);
  g_test_add_func ("/member/refusals/prepare", test_prepare);
  g_test_add_func ("/member/refusals/room", test_room);

  return g_test_run ();
}
