/* test-member-carried.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"
#include "weft-thresholds.h"

/* Votes that are asked for with the content they are on. */

#define STALE "{\"staleAt\":{\"blockId\":\"a\",\"rev\":3},\"success\":false}"

static void
test_carried (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a+b", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (x, 0x6);

  g_test_summary ("What is not pending, but came along, is pended; then it is voted for.");

  member_rig_update_with (rig, x, pends);
  member_rig_expect (rig, "pend x\n");
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig, "store [a@0 prepared 0 voted x at 0] [b@0 prepared 0 voted x at 0]\n");
  g_test_message ("The batch of the vote comes after that of the content.");
  g_assert_cmpuint (g_queue_get_length (&rig->batches), ==, 2);
  member_rig_store (rig);
  member_rig_expect (rig, "");
  member_rig_store (rig);
  member_rig_expect (rig, "answer 1: promise approve\n");
  member_rig_update (rig, decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "apply x [proof] [with]\n"
                     "answer 2: applied\n");
  g_assert_cmpuint (member_rig_get_count (rig, "member/pend-carried"), ==, 1);
}

static void
test_pending (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("What is pending already is not pended again, and a retry costs nothing.");

  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_update_with (rig, x, pends);
  member_rig_store_all (rig);
  member_rig_update_with (rig, x, pends);
  member_rig_expect (rig,
                     "pend x\n"
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "answer 1: promise approve\n"
                     "answer 2: promise approve\n"
                     "answer 3: promise approve\n");
}

static void
test_two (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("Two requests for one action each have it pended, and share the vote.");

  member_rig_update_with (rig, x, pends);
  member_rig_update_with (rig, x, pends);
  member_rig_expect (rig,
                     "pend x\n"
                     "pend x\n");
  member_rig_pended (rig, NULL, NULL);
  member_rig_pended (rig, NULL, NULL);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "answer 1: promise approve\n"
                     "answer 2: promise approve\n");
}

static void
test_rivals (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) x_pends = rig_pends ("x:a", 0);
  g_autoptr (GPtrArray) y_pends = rig_pends ("y:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (x_pends, 0);
  g_autoptr (WeftClusterRecord) y = rig_put (y_pends, 0);

  g_test_summary ("Who loses a slot while its content is being pended is told of the conflict; in "
                  "a slot that is held nothing is pended.");

  member_rig_update_with (rig, x, x_pends);
  member_rig_update_with (rig, y, y_pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig,
                     "pend x\n"
                     "pend y\n"
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "answer 2: promise conflict with x above 0\n");
  member_rig_update_with (rig, y, y_pends);
  member_rig_expect (rig, "answer 3: promise conflict with x above 0\n");
}

static void
test_without (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (GPtrArray) others = rig_pends ("y:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("Who brings nothing, or that of another action, has it fetched.");

  member_rig_update (rig, x);
  member_rig_fetched (rig, NULL);
  member_rig_update_with (rig, x, others);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 0\n"
                     "answer 1: promise reject not-pending\n"
                     "fetch a 0\n"
                     "answer 2: promise reject not-pending\n");
}

static void
test_digests (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (GPtrArray) wider = rig_pends ("x:a+b", 0);
  g_autoptr (GPtrArray) later = rig_pends ("x:a", 1);
  g_autoptr (GPtrArray) others
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("Another content than the record means is as good as none, and so is one for "
                  "more blocks, or for another base.");

  g_ptr_array_add (others, rig_pend ("x", "a", 0, TRUE));
  member_rig_update_with (rig, x, others);
  member_rig_fetched (rig, NULL);
  member_rig_update_with (rig, x, wider);
  member_rig_fetched (rig, NULL);
  member_rig_update_with (rig, x, later);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "fetch a 0\n"
                     "answer 1: promise reject not-pending\n"
                     "fetch a 0\n"
                     "answer 2: promise reject not-pending\n"
                     "fetch a 0\n"
                     "answer 3: promise reject not-pending\n");
  g_test_message ("The right one among others is found.");
  g_ptr_array_add (others, weft_pend_request_ref (g_ptr_array_index (pends, 0)));
  member_rig_update_with (rig, x, others);
  member_rig_expect (rig, "pend x\n");
}

static void
test_other_content (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);
  g_autoptr (GError) exists
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_EXISTS, "another content");

  g_test_summary ("What is pending with another content may have come too late and been made "
                  "again: the repo is asked, which says whether that is so. If not, others are.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, NULL, exists);
  member_rig_expect (rig,
                     "pend x\n"
                     "fetch a 0\n");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "answer 1: promise reject not-pending\n");
  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "pend x\n"
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "answer 2: promise approve\n");
}

static void
test_behind (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 4);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("Who is behind fetches the base before it takes what came along.");

  member_rig_update_with (rig, x, pends);
  member_rig_expect (rig, "fetch a 4\n");
  member_rig_add_revision (rig, "a", 4, "w");
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "pend x\n");
  member_rig_pended (rig, NULL, NULL);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@4 prepared 0 voted x at 0]\n"
                     "answer 1: promise approve\n");
}

static void
test_stale (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);
  g_autoptr (GPtrArray) late_pends = rig_pends ("y:a", 0);
  g_autoptr (WeftClusterRecord) late = rig_put (late_pends, 0);

  g_test_summary ("What the repo says of a content that came too late is told as of a pend; what "
                  "is known to be too late is not pended.");

  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, STALE, NULL);
  member_rig_expect (rig,
                     "pend x\n"
                     "answer 1: promise reject stale " STALE "\n");
  member_rig_add_revision (rig, "a", 3, "w");
  member_rig_update_with (rig, late, late_pends);
  member_rig_expect (rig, "answer 2: promise reject stale " STALE "\n");
}

static void
test_passed_by (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("A slot that was filled while the content was being pended is filled.");

  member_rig_update_with (rig, x, pends);
  member_rig_add_revision (rig, "a", 3, "w");
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig,
                     "pend x\n"
                     "answer 1: promise reject stale " STALE "\n");
}

static void
test_refused (void)
{
  static const struct
  {
    WeftError code;
    const char *reason;
  } errors[] = {
    { WEFT_ERROR_REFUSED, "invalid" },
    { WEFT_ERROR_TOO_LARGE, "invalid" },
    { WEFT_ERROR_MISSING_BASE, "behind" },
    { WEFT_ERROR_UNAVAILABLE, "storage" },
    { WEFT_ERROR_CORRUPT, "storage" },
  };

  g_test_summary ("What the repo does not take is rejected as a pend would be: nothing is held.");

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (MemberRig) rig = member_rig_new ();
      g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
      g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);
      g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, errors[i].code, "no");
      g_autofree char *expected
          = g_strdup_printf ("pend x\nanswer 1: promise reject %s \"no\"\n", errors[i].reason);

      member_rig_update_with (rig, x, pends);
      member_rig_pended (rig, NULL, error);
      member_rig_expect (rig, expected);
      g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
    }
}

static void
test_once (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("What was pended, and is not pending all the same, is not pended for ever.");

  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, "{}", NULL);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig,
                     "pend x\n"
                     "fetch a 0\n"
                     "answer 1: promise reject not-pending\n");
}

static void
test_objection (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("The validator sees the commit when its content is pending.");

  rig->objection = "too green";
  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig,
                     "pend x\n"
                     "answer 1: promise reject validator \"too green\"\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

static void
test_strangers (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);
  g_autoptr (GPtrArray) old_pends = rig_pends ("y:a", 0);
  g_autoptr (WeftClusterRecord) old = rig_put (old_pends, rig->real_msec);
  g_autoptr (GPtrArray) far_pends = rig_pends ("z:a", 0);
  g_autoptr (WeftClusterRecord) far = rig_put (far_pends, G_GINT64_CONSTANT (9000000000000));

  g_test_summary ("Of those whom it does not vote with, or whose time is over, nothing is pended.");

  member_rig_update_with (rig, old, old_pends);
  member_rig_update_with (rig, far, far_pends);
  rig->admission = "too-few";
  member_rig_update_with (rig, x, pends);
  rig->admission = NULL;
  rig->is_unsettled = TRUE;
  member_rig_update_with (rig, x, pends);
  member_rig_expect (rig,
                     "answer 1: promise reject expired\n"
                     "answer 2: promise reject expires-late\n"
                     "answer 3: promise reject not-admitted\n"
                     "answer 4: promise reject unsettled\n");
}

static void
test_expires (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, rig->real_msec + 5000);

  g_test_summary ("What expires while its content is being pended is not voted for.");

  member_rig_update_with (rig, x, pends);
  member_rig_wait (rig, 6 * G_TIME_SPAN_SECOND);
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig,
                     "pend x\n"
                     "answer 1: promise reject expired\n");
}

static void
test_restart (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("After a crash between the two the content is there, and no vote; after one "
                  "before both, nothing is.");

  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_store (rig);
  member_rig_restart (rig);
  member_rig_expect (rig,
                     "pend x\n"
                     "store [a@0 prepared 0 voted x at 0]\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  member_rig_update (rig, x);
  member_rig_restart (rig);
  member_rig_update_with (rig, x, pends);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "answer 3: promise approve\n");
}

static void
test_crash (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);

  g_test_summary ("A crash before the content is durable loses the vote with it.");

  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_restart (rig);
  member_rig_update_with (rig, x, pends);
  member_rig_expect (rig,
                     "pend x\n"
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "pend x\n");
}

static void
test_failed (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "b", 0, 0);

  g_test_summary ("Who waits for the repo when the storage fails is told so; what the repo says "
                  "afterwards is of no interest, and neither is what was withdrawn.");

  member_rig_add_pending (rig, "b", "y", 0);
  member_rig_update (rig, y);
  member_rig_withdraw (rig, member_rig_update_with (rig, x, pends));
  member_rig_update_with (rig, x, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig,
                     "store [b@0 prepared 0 voted y at 0]\n"
                     "pend x\n"
                     "pend x\n");
  member_rig_fail (rig);
  member_rig_expect (rig,
                     "answer 1: error unavailable\n"
                     "answer 3: error unavailable\n");
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig, "");
}

static void
test_cancel (void)
{
  static const char *block_ids[] = { "a", NULL };
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a", 0);
  g_autoptr (WeftClusterRecord) x = rig_put (pends, 0);
  g_autoptr (WeftActionBlocks) action = weft_action_blocks_new ("x", block_ids, NULL);
  g_autoptr (WeftRepoMessage) message = weft_repo_message_new_cancel (action, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftClusterRecord) cancel
      = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, NULL);

  g_test_summary ("What is being cancelled is not pended, and not voted for when it was.");

  member_rig_update_with (rig, x, pends);
  member_rig_update (rig, cancel);
  member_rig_expect (rig,
                     "pend x\n"
                     "execute cancel-x\n");
  member_rig_pended (rig, NULL, NULL);
  member_rig_update_with (rig, x, pends);
  member_rig_expect (rig,
                     "answer 1: promise reject not-pending\n"
                     "answer 3: promise reject not-pending\n");
  member_rig_executed (rig, "{}", NULL);
  member_rig_expect (rig, "answer 2: promise approve {}\n");
}

static void
test_group (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a y:b+d z:c", 0);
  g_autoptr (WeftClusterRecord) all = rig_put (pends, 0);

  g_test_summary ("Of a group what is not pending is pended.");

  member_rig_update_with (rig, all, pends);
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig,
                     "pend x y z\n"
                     "store [a@0 prepared 0 voted x+y+z at 0] [b@0 prepared 0 voted x+y+z at 0]"
                     " [c@0 prepared 0 voted x+y+z at 0] [d@0 prepared 0 voted x+y+z at 0]\n");
}

static void
test_part (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) pends = rig_pends ("x:a y:b z:c", 0);
  g_autoptr (GPtrArray) first = rig_pends ("x:a", 0);
  g_autoptr (GPtrArray) last = rig_pends ("y:b z:c", 0);
  g_autoptr (WeftClusterRecord) all = rig_put (pends, 0);

  g_test_summary ("Of a group of which only a part came along the others are fetched; when those "
                  "cannot be had, nothing is held.");

  member_rig_update_with (rig, all, first);
  member_rig_pended (rig, NULL, NULL);
  member_rig_expect (rig,
                     "pend x\n"
                     "fetch b 0\n"
                     "fetch c 0\n");
  member_rig_fetched (rig, NULL);
  member_rig_fetched (rig, NULL);
  member_rig_expect (rig, "answer 1: promise reject not-pending\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  member_rig_update_with (rig, all, last);
  member_rig_pended (rig, STALE, NULL);
  member_rig_expect (rig,
                     "pend y z\n"
                     "answer 2: promise reject stale " STALE "\n");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/carried/carried", test_carried);
  g_test_add_func ("/member/carried/pending", test_pending);
  g_test_add_func ("/member/carried/two", test_two);
  g_test_add_func ("/member/carried/rivals", test_rivals);
  g_test_add_func ("/member/carried/without", test_without);
  g_test_add_func ("/member/carried/digests", test_digests);
  g_test_add_func ("/member/carried/other-content", test_other_content);
  g_test_add_func ("/member/carried/behind", test_behind);
  g_test_add_func ("/member/carried/stale", test_stale);
  g_test_add_func ("/member/carried/passed-by", test_passed_by);
  g_test_add_func ("/member/carried/refused", test_refused);
  g_test_add_func ("/member/carried/once", test_once);
  g_test_add_func ("/member/carried/objection", test_objection);
  g_test_add_func ("/member/carried/strangers", test_strangers);
  g_test_add_func ("/member/carried/expires", test_expires);
  g_test_add_func ("/member/carried/restart", test_restart);
  g_test_add_func ("/member/carried/crash", test_crash);
  g_test_add_func ("/member/carried/failed", test_failed);
  g_test_add_func ("/member/carried/cancel", test_cancel);
  g_test_add_func ("/member/carried/group", test_group);
  g_test_add_func ("/member/carried/part", test_part);

  return g_test_run ();
}
