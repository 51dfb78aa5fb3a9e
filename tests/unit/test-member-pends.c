/* test-member-pends.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-error.h"
#include "weft-message-hash-private.h"

static GPtrArray *
make_peers (guint n_peers)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  for (guint i = 0; i < n_peers; i++)
    g_ptr_array_add (peers, weft_cluster_peer_new (fixture_peer_id (i), NULL));

  return peers;
}

static void
add_block (MemberRig  *rig,
           const char *block_id,
           guint       n_peers)
{
  g_autoptr (GPtrArray) peers = make_peers (n_peers);

  member_rig_add_revision (rig, block_id, 3, "earlier");
  member_rig_pin (rig, block_id, peers);
}

static void
add_message (GPtrArray  *messages,
             const char *action_id,
             const char *block_id,
             gint64      expiration_msec)
{
  g_autoptr (WeftPendRequest) pend = fixture_pend (action_id, block_id);

  g_ptr_array_add (messages, weft_repo_message_new_pend (pend, expiration_msec));
}

static GPtrArray *
messages_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) weft_repo_message_unref);
}

/* Of three peers. */
static void
ask (MemberRig *rig,
     GPtrArray *messages)
{
  g_autoptr (GPtrArray) peers = make_peers (3);
  g_autofree char *membership = weft_message_hash_of_membership (peers);
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_pend (membership, messages);

  member_rig_ask (rig, request);
}

static void
test_each (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) messages = messages_new ();
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  g_autoptr (WeftPendResult) result
      = weft_pend_result_new (NULL, (const char *const[]) { "a", NULL });

  g_test_summary ("Of several pends each is for itself, and one answer tells of all.");

  add_block (rig, "a", 3);
  add_block (rig, "b", 3);
  add_message (messages, "x", "a", 0);
  add_message (messages, "y", "b", rig->real_msec + 1000);
  ask (rig, messages);
  member_rig_expect (rig, "pend each of 2\n");
  g_ptr_array_add (results, NULL);
  g_ptr_array_add (results, result);
  member_rig_pended_each (rig, results, NULL);
  member_rig_expect (rig, "answer 1: pended no yes\n");
  g_assert_cmpuint (member_rig_get_count (rig, "member/reject/pend"), ==, 1);
}

static void
test_not_asked (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) messages = messages_new ();
  g_autoptr (GPtrArray) results = g_ptr_array_new ();
  g_autoptr (WeftPendResult) result
      = weft_pend_result_new (NULL, (const char *const[]) { "a", NULL });

  g_test_summary ("Of others, what expired and what is new the repo is not asked.");

  add_block (rig, "a", 3);
  add_block (rig, "b", 4);
  add_block (rig, "c", 3);
  add_message (messages, "w", "b", 0);
  add_message (messages, "x", "a", 0);
  add_message (messages, "y", "c", rig->real_msec);
  add_message (messages, "z", "d", 0);
  ask (rig, messages);
  member_rig_expect (rig, "pend each of 1\n");
  g_ptr_array_add (results, result);
  member_rig_pended_each (rig, results, NULL);
  member_rig_expect (rig, "answer 1: pended no yes no no\n");

  g_ptr_array_remove_index (messages, 1);
  ask (rig, messages);
  member_rig_expect (rig, "answer 2: pended no no no\n");
}

static void
test_validator (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) messages = messages_new ();

  g_test_summary ("What the validator objects to is not pended.");

  add_block (rig, "a", 3);
  rig->objection = "not so";
  add_message (messages, "x", "a", 0);
  ask (rig, messages);
  member_rig_expect (rig, "answer 1: pended no\n");
}

static void
test_storage_fails (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) messages = messages_new ();
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "full");

  g_test_summary ("When nothing could be stored nobody is told that it was.");

  add_block (rig, "a", 3);
  add_message (messages, "x", "a", 0);
  ask (rig, messages);
  member_rig_expect (rig, "pend each of 1\n");
  member_rig_pended_each (rig, NULL, error);
  g_assert_cmpint (weft_cluster_answer_get_kind (rig->answer), ==, WEFT_CLUSTER_ANSWER_ERROR);
  g_assert_error (weft_cluster_answer_get_error (rig->answer), WEFT_ERROR,
                  WEFT_ERROR_UNAVAILABLE);
}

static void
test_withdrawn (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (GPtrArray) messages = messages_new ();
  g_autoptr (GPtrArray) results = g_ptr_array_new ();

  g_test_summary ("Nobody is told of what nobody waits for any more.");

  add_block (rig, "a", 3);
  add_message (messages, "x", "a", 0);
  ask (rig, messages);
  member_rig_withdraw (rig, rig->last_token);
  g_string_truncate (rig->transcript, 0);
  g_ptr_array_add (results, NULL);
  member_rig_pended_each (rig, results, NULL);
  member_rig_expect (rig, "");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/pends/each", test_each);
  g_test_add_func ("/member/pends/not-asked", test_not_asked);
  g_test_add_func ("/member/pends/validator", test_validator);
  g_test_add_func ("/member/pends/storage-fails", test_storage_fails);
  g_test_add_func ("/member/pends/withdrawn", test_withdrawn);

  return g_test_run ();
}
