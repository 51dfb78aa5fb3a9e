/* test-member-repo.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"
#include "weft-limits.h"

/* Pends and cancels, and slots that are held for too long. */

static WeftClusterRecord *
new_record (WeftRepoMessage *message)
{
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record = weft_cluster_record_new (message, peers, 0.75, &error);

  g_assert_no_error (error);
  return record;
}

static WeftClusterRecord *
new_pend (const char *action_id,
          gint64      expiration_msec)
{
  g_autofree char *text = g_strdup_printf (
      "{\"actionId\":\"%s\",\"policy\":\"c\",\"transforms\":{\"deletes\":[\"a\"],"
      "\"inserts\":{},\"updates\":{}}}", action_id);
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftPendRequest) pend = weft_pend_request_from_json (json, &error);
  g_autoptr (WeftRepoMessage) message = NULL;

  g_assert_no_error (error);
  message = weft_repo_message_new_pend (pend, expiration_msec);

  return new_record (message);
}

static WeftClusterRecord *
new_cancel (const char *action_id)
{
  const char *block_ids[] = { "a", NULL };
  g_autoptr (WeftActionBlocks) action = weft_action_blocks_new (action_id, block_ids, NULL);
  g_autoptr (WeftRepoMessage) message = weft_repo_message_new_cancel (action, 0);

  return new_record (message);
}

static void
test_pend (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) pend = new_pend ("x", 0);

  g_test_summary ("A pend is carried out first, and promised with what the repo said.");

  member_rig_update (rig, pend);
  member_rig_expect (rig, "execute pend-x\n");
  member_rig_executed (rig, "{\"blockIds\":[\"a\"],\"pending\":[],\"success\":true}", NULL);
  member_rig_expect (rig,
                     "answer 1: promise approve"
                     " {\"blockIds\":[\"a\"],\"pending\":[],\"success\":true}\n");
  member_rig_update (rig, pend);
  member_rig_executed (rig, "{\"staleAt\":{\"blockId\":\"a\",\"rev\":3},\"success\":false}", NULL);
  member_rig_expect (rig,
                     "execute pend-x\n"
                     "answer 2: promise reject stale"
                     " {\"staleAt\":{\"blockId\":\"a\",\"rev\":3},\"success\":false}\n");
}

static void
test_pend_errors (void)
{
  static const struct
  {
    WeftError code;
    const char *reason;
  } errors[] = {
    { WEFT_ERROR_INVALID, "invalid" },      { WEFT_ERROR_TOO_LARGE, "invalid" },
    { WEFT_ERROR_MISSING_BASE, "behind" },  { WEFT_ERROR_UNAVAILABLE, "storage" },
    { WEFT_ERROR_CORRUPT, "storage" },      { WEFT_ERROR_FAILED, "storage" },
  };
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) pend = new_pend ("x", 0);

  g_test_summary ("An error of the repo is a rejection, with its words.");

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, errors[i].code, "no");
      g_autofree char *expected = g_strdup_printf (
          "execute pend-x\nanswer %u: promise reject %s \"no\"\n", i + 1, errors[i].reason);

      member_rig_update (rig, pend);
      member_rig_executed (rig, NULL, error);
      member_rig_expect (rig, expected);
    }
}

static void
test_pend_refusals (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) expired = new_pend ("x", 1);
  g_autoptr (WeftClusterRecord) late
      = new_pend ("x", rig->real_msec + WEFT_LIMIT_EXPIRATION_MSEC_MAX + 1);
  g_autoptr (WeftClusterRecord) pend = new_pend ("x", rig->real_msec + 1);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) higher = weft_cluster_record_with_ballot (pend, one, NULL);

  g_test_summary ("What is refused is not carried out.");

  member_rig_update (rig, expired);
  member_rig_update (rig, late);
  member_rig_update (rig, higher);
  rig->admission = "too-few";
  member_rig_update (rig, pend);
  rig->admission = NULL;
  rig->objection = "not today";
  member_rig_update (rig, pend);
  member_rig_expect (rig,
                     "answer 1: promise reject expired\n"
                     "answer 2: promise reject expires-late\n"
                     "answer 3: promise reject invalid\n"
                     "answer 4: promise reject not-admitted\n"
                     "answer 5: promise reject validator \"not today\"\n");
}

static void
test_cancel (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) cancel = new_cancel ("x");
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y, 0x6);

  g_test_summary ("What is voted for is not cancelled, nor voted for while it is cancelled.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "a", "y", 0);
  member_rig_update (rig, x);
  member_rig_update (rig, cancel);
  member_rig_update (rig, y_decided);
  member_rig_update (rig, cancel);
  member_rig_store_all (rig);
  member_rig_update (rig, cancel);
  member_rig_expect (rig,
                     "store [a@0 prepared 0 voted x at 0]\n"
                     "answer 2: promise reject held\n"
                     "apply y [proof]\n"
                     "answer 4: promise reject held\n"
                     "answer 1: promise approve\n"
                     "answer 3: applied\n"
                     "execute cancel-x\n");
  member_rig_executed (rig, "{}", NULL);
  member_rig_expect (rig, "answer 5: promise approve {}\n");
}

static void
test_cancel_on_its_way (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) cancel = new_cancel ("x");
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  guint64 token;

  g_test_summary ("What is being cancelled counts as gone, even if nobody waits for it any more.");

  member_rig_add_pending (rig, "a", "x", 0);
  token = member_rig_update (rig, cancel);
  member_rig_withdraw (rig, token);
  member_rig_update (rig, x);
  member_rig_expect (rig,
                     "execute cancel-x\n"
                     "answer 2: promise reject not-pending\n");
  member_rig_executed (rig, "{}", NULL);
  member_rig_update (rig, x);
  member_rig_expect (rig, "store [a@0 prepared 0 voted x at 0]\n");
}

static void
test_recover (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a+b", 0, rig->real_msec + 60000);

  g_test_summary ("A record that is held past its expiration is recovered, again and again.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "x", 0);
  rig->chance = 1500000;
  member_rig_update (rig, x);
  member_rig_store (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_wait (rig, 61499999);
  member_rig_expect (rig, "");
  member_rig_wait (rig, 1);
  member_rig_expect (rig, "recover x\n");
  g_test_message ("Then after 2, 4, 8, 16, 32 and again 32 seconds, with the same jitter.");
  for (guint i = 1; i <= 6; i++)
    {
      gint64 wait_usec = (G_TIME_SPAN_SECOND << MIN (i, 5)) + 1500000;

      member_rig_wait (rig, wait_usec - 1);
      member_rig_expect (rig, "");
      member_rig_wait (rig, 1);
      member_rig_expect (rig, "recover x\n");
    }
}

static void
test_rest (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, rig->real_msec + 60000);
  g_autoptr (WeftClusterRecord) x_promised = fixture_promised (x, 0x7);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "a", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftBallot) two = rig_ballot (2, 1);

  g_test_summary ("A vote that outlived its record, below a ballot that was prepared, holds up "
                  "nothing; it is kept, and no lock follows it.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "a", "y", 0);
  member_rig_update (rig, x);
  member_rig_prepare (rig, x, one);
  member_rig_store_all (rig);
  g_assert_true (weft_member_machine_holds (rig->machine, "a", "x"));
  g_string_truncate (rig->transcript, 0);
  member_rig_wait (rig, 60000000);
  member_rig_expect (rig, "");
  g_assert_cmpuint (member_rig_get_count (rig, "member/resting"), ==, 1);
  g_assert_false (weft_member_machine_holds (rig->machine, "a", "x"));

  g_test_message ("It is no rival of what is asked for at its own ballot, and is told.");
  member_rig_update (rig, y);
  member_rig_expect (rig, "answer 3: promise conflict with - above 1.1\n");
  member_rig_update (rig, x_promised);
  member_rig_expect (rig, "answer 4: commit conflict with - above 1.1\n");
  member_rig_prepare (rig, x, two);
  member_rig_store_all (rig);
  member_rig_expect (rig,
                     "store [a@0 prepared 2.1 voted x at 0]\n"
                     "answer 5: prepared 2.1 [a@0 voted x at 0]\n");

  g_test_message ("So it does after a restart.");
  member_rig_restart (rig);
  member_rig_wait (rig, 0);
  g_assert_false (weft_member_machine_holds (rig->machine, "a", "x"));
  g_assert_cmpuint (member_rig_get_count (rig, "member/resting"), ==, 2);
  g_assert_cmpuint (member_rig_get_count (rig, "member/recover"), ==, 0);
}

static void
test_held_max (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "b", 0, 0);
  g_autoptr (WeftClusterRecord) y_decided = fixture_committed (y, 0x6);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) z = rig_record ("z", "c", 0, 0);

  g_test_summary ("Without an expiration the patience of the node ends; only what is held counts.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "y", 0);
  member_rig_update (rig, x);
  member_rig_update (rig, y);
  member_rig_prepare (rig, z, one);
  member_rig_update (rig, y_decided);
  member_rig_store_all (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_wait (rig, rig->config.held_max_usec - 1);
  member_rig_expect (rig, "");
  member_rig_wait (rig, 1);
  member_rig_expect (rig, "recover x\n");

  g_test_message ("A restart begins anew.");
  member_rig_restart (rig);
  member_rig_wait (rig, rig->config.held_max_usec - 1);
  member_rig_expect (rig, "");
  member_rig_wait (rig, 1);
  member_rig_expect (rig, "recover x\n");
}

static void
test_status (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) x = rig_record ("x", "a", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) z = rig_record ("z", "c", 0, 0);
  g_autoptr (JsonNode) json = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;

  g_test_summary ("The status shows what is open, and for how long; where only a ballot was "
                  "prepared, nothing is.");

  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_update (rig, x);
  member_rig_prepare (rig, z, one);
  json = weft_member_machine_to_json (rig->machine, rig->now_usec + 2500000);
  text = weft_json_to_string (json);
  expected = g_strdup_printf (
      "[{\"base\":0,\"blockId\":\"a\",\"heldMsec\":2500,\"prepared\":[0],"
      "\"vote\":{\"ballot\":[0],\"messageHash\":\"%s\"}}]",
      weft_cluster_record_get_message_hash (x));
  g_assert_cmpstr (text, ==, expected);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/repo/pend", test_pend);
  g_test_add_func ("/member/repo/pend-errors", test_pend_errors);
  g_test_add_func ("/member/repo/pend-refusals", test_pend_refusals);
  g_test_add_func ("/member/repo/cancel", test_cancel);
  g_test_add_func ("/member/repo/cancel-on-its-way", test_cancel_on_its_way);
  g_test_add_func ("/member/hold/recover", test_recover);
  g_test_add_func ("/member/hold/rest", test_rest);
  g_test_add_func ("/member/hold/held-max", test_held_max);
  g_test_add_func ("/member/hold/status", test_status);

  return g_test_run ();
}
