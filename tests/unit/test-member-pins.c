/* test-member-pins.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"
#include "weft-thresholds.h"

/* Peers are sets of bits, the lowest of which is the node itself. */
#define OLD 0x7u
#define NEW 0xdu
#define OTHERS 0xeu

static GPtrArray *
make_peers (guint set)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  for (guint i = 0; i < 8; i++)
    if (set & (1u << i))
      g_ptr_array_add (peers, weft_cluster_peer_new (fixture_peer_id (i), NULL));

  return peers;
}

/* Of the blocks with this base, by these peers; with a target it moves them. */
static WeftClusterRecord *
make_record (const char *action_id,
             const char *blocks,
             gint64      base,
             guint       set,
             guint       target)
{
  g_auto (GStrv) block_ids = g_strsplit (blocks, "+", 0);
  gint64 bases[] = { base, base };
  g_autoptr (WeftRepoMessage) stay
      = fixture_commit (action_id, (const char *const *) block_ids, bases, base + 1, 0);
  g_autoptr (GPtrArray) peers = make_peers (set);
  g_autoptr (GPtrArray) target_peers = make_peers (target);
  g_autoptr (WeftRepoMessage) message = target != 0 ? fixture_move (stay, target_peers)
                                                    : weft_repo_message_ref (stay);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record
      = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);

  g_assert_no_error (error);
  return record;
}

/* By all of its peers. */
static WeftClusterRecord *
approve (WeftClusterRecord *record,
         WeftPurpose        purpose)
{
  WeftVote *votes[8] = { NULL };
  guint n_peers = weft_cluster_record_get_n_peers (record);
  WeftClusterRecord *approved;

  for (guint i = 0, number = 0; i < n_peers; number++)
    if (weft_cluster_record_has_peer (record, fixture_peer_id (number)))
      votes[i++] = fixture_approve (number, purpose, record);
  approved = purpose == WEFT_PURPOSE_PROMISE ? weft_cluster_record_with_votes (record, votes, NULL)
                                             : weft_cluster_record_with_votes (record, NULL, votes);
  for (guint i = 0; i < n_peers; i++)
    weft_vote_unref (votes[i]);

  return approved;
}

static WeftClusterRecord *
make_decided (const char *action_id,
              const char *blocks,
              gint64      base,
              guint       set,
              guint       target)
{
  g_autoptr (WeftClusterRecord) record = make_record (action_id, blocks, base, set, target);

  return approve (record, WEFT_PURPOSE_COMMIT);
}

static void
add_block (MemberRig  *rig,
           const char *block_id,
           gint64      rev,
           guint       set)
{
  g_autoptr (GPtrArray) peers = make_peers (set);

  member_rig_add_revision (rig, block_id, rev, "earlier");
  member_rig_pin (rig, block_id, peers);
}

static void
expect_latest (MemberRig *rig,
               gint64     rev)
{
  g_assert_cmpint (member_rig_get_latest (rig, "a"), ==, rev);
}

static void
test_pinned (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) right = make_record ("x", "a", 3, OLD, 0);
  g_autoptr (WeftClusterRecord) more = make_record ("x", "a", 3, OLD | NEW, 0);
  g_autoptr (WeftClusterRecord) more_promised = approve (more, WEFT_PURPOSE_PROMISE);
  g_autoptr (WeftClusterRecord) more_decided = approve (more, WEFT_PURPOSE_COMMIT);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);

  g_test_summary ("Of a block that has a revision its history says who decides, exactly, whatever "
                  "a member sees of the network.");

  add_block (rig, "a", 3, OLD);
  member_rig_add_pending (rig, "a", "x", 3);
  member_rig_update (rig, more);
  member_rig_update (rig, more_promised);
  member_rig_update (rig, more_decided);
  member_rig_prepare (rig, more, ballot);
  member_rig_expect (rig,
                     "answer 1: promise reject not-admitted\n"
                     "answer 2: commit reject not-admitted\n"
                     "answer 3: error refused\n"
                     "answer 4: error refused\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);

  rig->admission = "too-few";
  member_rig_update (rig, right);
  member_rig_store (rig);
  member_rig_prepare (rig, right, ballot);
  member_rig_store (rig);
  g_assert_cmpuint (member_rig_get_count (rig, "member/promise"), ==, 1);
  g_assert_cmpuint (member_rig_get_count (rig, "member/prepared"), ==, 1);
}

static void
test_behind (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) record = make_record ("x", "a", 5, OLD, 0);
  g_autoptr (WeftClusterRecord) promised = approve (record, WEFT_PURPOSE_PROMISE);
  g_autoptr (WeftClusterRecord) others = make_record ("x", "a", 5, NEW, 0);
  g_autoptr (WeftClusterRecord) others_promised = approve (others, WEFT_PURPOSE_PROMISE);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);

  g_test_summary ("Who is behind fetches before it votes, locks or answers a prepare: until then "
                  "it does not know whose slot it is.");

  add_block (rig, "a", 3, NEW);
  member_rig_update (rig, others_promised);
  member_rig_prepare (rig, others, ballot);
  member_rig_prepare (rig, record, ballot);
  member_rig_update (rig, promised);
  member_rig_expect (rig, "fetch a 5\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);

  add_block (rig, "a", 5, OLD);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "answer 1: commit reject not-admitted\n"
                     "answer 2: error refused\n"
                     "store [a@5 prepared 1.1]\n"
                     "answer 4: commit conflict with - above 1.1\n");
}

static void
test_never_caught_up (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) record = make_record ("x", "a", 5, OLD, 0);
  g_autoptr (WeftClusterRecord) promised = approve (record, WEFT_PURPOSE_PROMISE);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);

  g_test_summary ("Who cannot catch up binds itself to nothing, and says that it is behind.");

  add_block (rig, "a", 3, OLD);
  member_rig_prepare (rig, record, ballot);
  member_rig_update (rig, promised);
  member_rig_expect (rig, "fetch a 5\n");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "answer 1: error unavailable\n"
                     "answer 2: commit reject behind\n");
}

static void
test_chain (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) first = make_decided ("x", "a", 3, OTHERS, 0);
  g_autoptr (WeftClusterRecord) second = make_decided ("y", "a", 4, OLD, 0);
  g_autoptr (WeftClusterRecord) unknown = make_decided ("x", "b", 3, OTHERS, 0);

  g_test_summary ("A certificate is good when its peers are those that the history here names; who "
                  "holds the block takes it, member or not.");

  add_block (rig, "a", 3, OTHERS);
  member_rig_add_pending (rig, "a", "x", 3);
  member_rig_add_pending (rig, "a", "y", 4);
  rig->admission = "too-few";
  member_rig_update (rig, first);
  member_rig_store_all (rig);
  expect_latest (rig, 4);
  g_assert_cmpuint (member_rig_get_count (rig, "member/apply"), ==, 1);

  rig->admission = NULL;
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, second);
  member_rig_update (rig, unknown);
  member_rig_expect (rig,
                     "answer 2: error refused\n"
                     "answer 3: error refused\n");
  expect_latest (rig, 4);
}

static void
test_target (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) record = make_record ("x", "a", 3, OLD, NEW);
  g_autoptr (WeftClusterRecord) lock = approve (record, WEFT_PURPOSE_PROMISE);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) free = rig_at (record, ballot, NULL);
  g_autoptr (WeftClusterRecord) locked = rig_at (record, ballot, lock);

  g_test_summary ("A member votes for a move only where it leads to those whom it sees itself, "
                  "unless a super-majority did already.");

  add_block (rig, "a", 3, OLD);
  member_rig_add_pending (rig, "a", "x", 3);
  rig->admission = "too-few";
  member_rig_update (rig, record);
  member_rig_update (rig, free);
  member_rig_expect (rig,
                     "answer 1: promise reject target\n"
                     "answer 2: promise reject target\n");
  member_rig_update (rig, locked);
  member_rig_store (rig);
  g_assert_cmpuint (member_rig_get_count (rig, "member/promise"), ==, 1);
}

static void
test_leaving (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) rival = make_record ("r", "a", 3, OLD, 0);
  g_autoptr (WeftClusterRecord) lock = approve (rival, WEFT_PURPOSE_PROMISE);
  g_autoptr (WeftClusterRecord) away = make_decided ("x", "a", 3, OLD, OTHERS);
  g_autoptr (WeftClusterRecord) stale = make_record ("y", "a", 4, OLD, 0);
  g_autoptr (WeftClusterRecord) foreign = make_record ("y", "a", 4, OTHERS, 0);
  g_autoptr (WeftClusterRecord) back = make_decided ("z", "a", 4, OTHERS, OLD);
  g_autoptr (WeftClusterRecord) again = make_record ("w", "a", 5, OLD, 0);

  g_test_summary ("Who left lets go of what it held, shows the certificate, votes for nothing more "
                  "and still takes what is decided; when the block comes back, it votes again.");

  add_block (rig, "a", 3, OLD);
  member_rig_add_pending (rig, "a", "r", 3);
  member_rig_add_pending (rig, "a", "x", 3);
  member_rig_update (rig, lock);
  member_rig_store (rig);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 1);
  member_rig_update (rig, away);
  member_rig_store_all (rig);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);

  member_rig_add_pending (rig, "a", "y", 4);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, rival);
  member_rig_update (rig, stale);
  member_rig_update (rig, foreign);
  member_rig_latest (rig, "a");
  member_rig_expect (rig,
                     "answer 3: decided x\n"
                     "answer 4: promise reject not-admitted\n"
                     "answer 5: promise reject not-a-peer\n"
                     "answer 6: states a=4:x\n");

  member_rig_add_pending (rig, "a", "z", 4);
  member_rig_update (rig, back);
  member_rig_store_all (rig);
  expect_latest (rig, 5);
  member_rig_add_pending (rig, "a", "w", 5);
  member_rig_update (rig, again);
  member_rig_store (rig);
  g_assert_cmpuint (member_rig_get_count (rig, "member/promise"), ==, 1);
}

static void
test_joining (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) history = make_decided ("h", "a", 2, OTHERS, 0);
  g_autoptr (WeftClusterRecord) move = make_decided ("x", "a", 3, OTHERS, OLD);
  g_autoptr (WeftClusterRecord) next = make_record ("y", "a", 4, OLD, 0);
  g_autoptr (WeftClusterRecord) unknown = make_decided ("h", "b", 2, OTHERS, 0);

  g_test_summary ("Whom a move names fetches what was before, takes it in order, though it was "
                  "decided without it, and is a member from then on.");

  rig->admission = "too-few";
  member_rig_update (rig, unknown);
  member_rig_update (rig, move);
  member_rig_expect (rig,
                     "answer 1: error refused\n"
                     "fetch a 3\n");
  add_block (rig, "a", 2, OTHERS);
  member_rig_add_pending (rig, "a", "h", 2);
  member_rig_update (rig, history);
  member_rig_store_all (rig);
  expect_latest (rig, 3);

  member_rig_add_pending (rig, "a", "x", 3);
  member_rig_fetched (rig, NULL);
  member_rig_store_all (rig);
  expect_latest (rig, 4);
  member_rig_add_pending (rig, "a", "y", 4);
  member_rig_update (rig, next);
  member_rig_store (rig);
  g_assert_cmpuint (member_rig_get_count (rig, "member/promise"), ==, 1);
}

static void
test_sources (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) record = make_record ("x", "a", 5, NEW, 0);

  g_test_summary ("Who is behind looks at who asks, too: those who decide may be as new to the "
                  "block.");

  member_rig_update (rig, record);
  member_rig_expect (rig, "fetch a 5\n");
  g_assert_cmpuint (rig->n_sources, ==, 4);
}

static void
test_several (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) both = make_record ("x", "a+b", 3, OLD, 0);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);

  g_test_summary ("All blocks of a record are kept by the same peers.");

  add_block (rig, "a", 3, OLD);
  add_block (rig, "b", 3, NEW);
  member_rig_add_pending (rig, "a", "x", 3);
  member_rig_add_pending (rig, "b", "x", 3);
  member_rig_update (rig, both);
  member_rig_prepare (rig, both, ballot);
  member_rig_expect (rig,
                     "answer 1: promise reject not-admitted\n"
                     "answer 2: error refused\n");
}

static void
test_unsettled (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) first = make_record ("x", "b", 0, OLD, 0);
  g_autoptr (WeftClusterRecord) next = make_record ("x", "a", 3, OLD, 0);
  g_autoptr (WeftBallot) ballot = rig_ballot (1, 1);

  g_test_summary ("Who does not know yet what it should keep neither says that a block is not "
                  "there nor takes part in its first revision.");

  rig->is_unsettled = TRUE;
  add_block (rig, "a", 3, OLD);
  member_rig_add_pending (rig, "a", "x", 3);
  member_rig_add_pending (rig, "b", "x", 0);
  member_rig_latest (rig, "b");
  member_rig_latest (rig, "a");
  member_rig_update (rig, first);
  member_rig_prepare (rig, first, ballot);
  member_rig_expect (rig,
                     "answer 1: error unavailable\n"
                     "answer 2: states a=3:earlier\n"
                     "answer 3: promise reject unsettled\n"
                     "answer 4: error unavailable\n");
  member_rig_update (rig, next);
  member_rig_store (rig);
  rig->is_unsettled = FALSE;
  member_rig_update (rig, first);
  member_rig_store (rig);
  g_assert_cmpuint (member_rig_get_count (rig, "member/promise"), ==, 2);
}

static void
test_elsewhere (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();

  g_test_summary ("Who has nothing of a block that others keep says so; that does not make the "
                  "block absent.");

  add_block (rig, "a", 3, OLD);
  rig->keeps = FALSE;
  member_rig_latest (rig, "a");
  member_rig_latest (rig, "b");
  rig->keeps = TRUE;
  member_rig_latest (rig, "b");
  member_rig_expect (rig,
                     "answer 1: states a=3:earlier\n"
                     "answer 2: states b=0:--elsewhere\n"
                     "answer 3: states b=0:-\n");
}

static void
test_vouched (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) first = make_decided ("x", "a", 0, OTHERS, 0);
  g_autoptr (WeftClusterRecord) second = make_decided ("y", "a", 1, NEW, 0);

  g_test_summary ("The certificate of a first revision counts when our view has its peers, or "
                  "when others vouched for it; of what follows the history alone says it.");

  rig->keeps = TRUE;
  rig->admission = "too-few";
  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_update (rig, first);
  member_rig_expect (rig, "answer 1: error refused\n");
  rig->is_vouching = TRUE;
  member_rig_update (rig, first);
  member_rig_store_all (rig);
  expect_latest (rig, 1);

  member_rig_add_pending (rig, "a", "y", 1);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, second);
  member_rig_expect (rig, "answer 3: error refused\n");
}

static WeftClusterRecord *
make_pend (gint64 base,
           guint  set)
{
  g_autoptr (GPtrArray) updates = g_ptr_array_new ();
  g_autoptr (WeftTransform) transform = weft_transform_new (NULL, updates, FALSE);
  g_autoptr (WeftTransforms) transforms = weft_transforms_new_for_block ("a", transform, NULL);
  g_autoptr (JsonObject) bases = json_object_new ();
  g_autoptr (WeftPendRequest) pend = NULL;
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (GPtrArray) peers = make_peers (set);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record;

  json_object_set_int_member (bases, "a", base);
  pend = weft_pend_request_new ("p", 0, transforms, bases, WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);
  message = weft_repo_message_new_pend (pend, 0);
  record = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);
  g_assert_no_error (error);

  return record;
}

static void
test_pend (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) right = make_pend (3, OLD);
  g_autoptr (WeftClusterRecord) stale = make_pend (2, NEW);
  g_autoptr (WeftClusterRecord) wrong = make_pend (3, NEW);

  g_test_summary ("What is pended on a block is pended by those who keep it. Who is asked by "
                  "others may be behind, so it looks first.");

  add_block (rig, "a", 3, OLD);
  rig->admission = "too-few";
  member_rig_update (rig, right);
  member_rig_update (rig, stale);
  member_rig_update (rig, wrong);
  member_rig_expect (rig,
                     "execute pend-p\n"
                     "answer 2: promise reject stale {\"staleAt\":{\"blockId\":\"a\",\"rev\":3},"
                     "\"success\":false}\n"
                     "fetch a 4\n");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "answer 3: promise reject not-admitted\n");
  member_rig_update (rig, wrong);
  add_block (rig, "a", 4, NEW);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 4\n"
                     "execute pend-p''\n");
}

static void
test_in_part (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) record = make_record ("x", "a+b", 0, OLD, OTHERS);
  g_autoptr (WeftClusterRecord) lock = approve (record, WEFT_PURPOSE_PROMISE);
  g_autoptr (WeftClusterRecord) decided = approve (record, WEFT_PURPOSE_COMMIT);
  g_autoptr (WeftSlot) slot = weft_slot_new ("b", 0);
  g_autofree char *key = weft_slot_make_key (slot);
  g_autoptr (JsonNode) proof = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  g_test_summary ("Who left with a lock on two blocks, and has one of them with its proof, applies "
                  "the other: nobody tells it of what comes after.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "x", 0);
  member_rig_update (rig, lock);
  member_rig_store (rig);

  json_object_set_member (object, "certificate", weft_cluster_record_to_json (decided));
  json_node_take_object (proof, object);
  json_node_seal (proof);
  member_rig_write (rig, key, proof, TRUE);
  member_rig_add_revision (rig, "b", 1, "x");
  member_rig_update (rig, record);
  member_rig_store_all (rig);
  expect_latest (rig, 1);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/pins/pinned", test_pinned);
  g_test_add_func ("/member/pins/behind", test_behind);
  g_test_add_func ("/member/pins/never-caught-up", test_never_caught_up);
  g_test_add_func ("/member/pins/chain", test_chain);
  g_test_add_func ("/member/pins/target", test_target);
  g_test_add_func ("/member/pins/leaving", test_leaving);
  g_test_add_func ("/member/pins/joining", test_joining);
  g_test_add_func ("/member/pins/sources", test_sources);
  g_test_add_func ("/member/pins/several", test_several);
  g_test_add_func ("/member/pins/unsettled", test_unsettled);
  g_test_add_func ("/member/pins/elsewhere", test_elsewhere);
  g_test_add_func ("/member/pins/vouched", test_vouched);
  g_test_add_func ("/member/pins/pend", test_pend);
  g_test_add_func ("/member/pins/in-part", test_in_part);

  return g_test_run ();
}
