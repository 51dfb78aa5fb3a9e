/* member-script.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-script.h"

#include "member-judge.h"
#include "weft-error.h"
#include "weft-repo-message-private.h"

#define N_MESSAGES 15
#define N_BALLOTS 4
/* Longer ones only repeat themselves. */
#define N_EVENTS_MAX 400

typedef struct
{
  MemberRig *rig;
  MemberJudge *judge;
  WeftClusterRecord *messages[N_MESSAGES];
  GPtrArray *pends[N_MESSAGES]; /* what they are on, where that can be sent along */
  WeftBallot *ballots[N_BALLOTS];
  GTree *requests; /* (element-type gint64 WeftClusterRequest): that were not answered, by token */
} Script;

static int
compare_tokens (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  guint64 left = *(const guint64 *) a;
  guint64 right = *(const guint64 *) b;

  return left < right ? -1 : left > right;
}

/* Every answer is owed to somebody, and given once. */
static void
answered_cb (guint64            token,
             WeftClusterAnswer *answer,
             gpointer           user_data)
{
  Script *script = user_data;
  WeftClusterRequest *request = g_tree_lookup (script->requests, &token);

  g_assert_nonnull (request);
  member_judge_answer (script->judge, request, answer, script->rig->durable);
  g_tree_remove (script->requests, &token);
}

static void
script_init (Script *script)
{
  static const struct
  {
    const char *plan;
    gint64 base;
    gint64 lives_msec;
    gboolean is_put;
  } messages[N_MESSAGES] = {
    { "x:a", 0, 0 },     { "y:a", 0, 5000 },     { "xy:a+b", 0, 0 },     { "z:b", 0, 3000 },
    { "xyz:b+c", 0, 0 }, { "v:c", 0, 0 },        { "w:a", 1, 9000 },     { "x:a", 0, 7000 },
    { "x:a v:c", 0, 0 }, { "y:a z:b v:c", 0, 0 }, { "p:a q:b+c", 0, 0, TRUE },
    { "q:b+c", 0, 0, TRUE },     { "x:a w:a v:a", 0, 0 },
    { "w:a z:b r:a", 1, 0 },     { "p:a r:a", 0, 6000, TRUE },
  };

  script->rig = member_rig_new ();
  script->rig->answered = answered_cb;
  script->rig->answered_data = script;
  script->judge = member_judge_new ();
  script->requests = g_tree_new_full (compare_tokens, NULL, g_free,
                                      (GDestroyNotify) weft_cluster_request_unref);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      gint64 lives_msec = messages[i].lives_msec;
      gint64 end_msec = lives_msec != 0 ? script->rig->real_msec + lives_msec : 0;

      if (messages[i].is_put)
        script->pends[i] = rig_pends (messages[i].plan, messages[i].base);
      script->messages[i] = messages[i].is_put
                                ? rig_put (script->pends[i], end_msec)
                                : rig_group (messages[i].plan, messages[i].base, end_msec);
      member_rig_learn_name (script->rig, script->messages[i]);
    }
  script->ballots[0] = weft_ballot_new_first ();
  for (guint i = 1; i < N_BALLOTS; i++)
    script->ballots[i] = rig_ballot ((i + 1) / 2, i);
}

static void
script_clear (Script *script)
{
  member_rig_free (script->rig);
  member_judge_free (script->judge);
  g_tree_unref (script->requests);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      weft_cluster_record_unref (script->messages[i]);
      g_clear_pointer (&script->pends[i], g_ptr_array_unref);
    }
  for (guint i = 0; i < N_BALLOTS; i++)
    weft_ballot_unref (script->ballots[i]);
}

static void
ask (Script             *script,
     WeftClusterRequest *request)
{
  guint64 token = script->rig->last_token + 1;

  g_tree_insert (script->requests, g_memdup2 (&token, sizeof token),
                 weft_cluster_request_ref (request));
  member_rig_ask (script->rig, request);
}

/* One of the messages at one of the ballots, justified by a lock on one of the messages or none. */
static WeftClusterRecord *
pick_record (Script *script,
             guint8  first,
             guint8  second)
{
  WeftClusterRecord *message = script->messages[first % N_MESSAGES];
  WeftBallot *ballot = script->ballots[first / N_MESSAGES % N_BALLOTS];
  g_autoptr (WeftClusterRecord) lock = NULL;

  if (weft_ballot_get_number (ballot) == 0)
    return weft_cluster_record_ref (message);
  if (second & 1)
    lock = fixture_promised (script->messages[second / 2 % N_MESSAGES], 0x6);

  return rig_at (message, ballot, lock);
}

static void
update (Script *script,
        guint8  kind,
        guint8  first,
        guint8  second)
{
  g_autoptr (WeftClusterRecord) bare = pick_record (script, first, second);
  g_autoptr (WeftClusterRecord) record = NULL;
  g_autoptr (WeftClusterRequest) request = NULL;

  switch (kind)
    {
    case 0:
      record = weft_cluster_record_ref (bare);
      break;

    case 1:
      record = fixture_promised (bare, second / 16);
      break;

    default:
      record = fixture_committed (bare, second / 16);
      break;
    }
  request = kind == 0 && (second & 0x40)
                ? weft_cluster_request_new_update_with (record, script->pends[first % N_MESSAGES])
                : weft_cluster_request_new_update (record);
  ask (script, request);
}

static void
prepare (Script *script,
         guint8  first)
{
  WeftClusterRecord *message = script->messages[first % N_MESSAGES];
  g_autoptr (WeftPrepare) prepared = weft_prepare_new (
      weft_cluster_record_get_slots (message), weft_cluster_record_get_peers (message),
      weft_cluster_record_get_super_majority (message),
      script->ballots[1 + first / N_MESSAGES % (N_BALLOTS - 1)]);
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_prepare (prepared);

  ask (script, request);
}

static void
read_latest (Script *script,
             guint8  first)
{
  const char *ids[] = { "a", "b", "c", NULL };
  const char *block_ids[] = { ids[first % 3], NULL };
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_latest (block_ids, NULL);

  ask (script, request);
}

static WeftCommitRequest *
find_commit (WeftClusterRecord *record,
             WeftSlot          *slot)
{
  return weft_repo_message_find_commit_at (weft_cluster_record_get_message (record),
                                           weft_slot_get_block_id (slot),
                                           weft_slot_get_base (slot));
}

static void
pend_here (Script *script,
           guint8  first)
{
  WeftClusterRecord *message = script->messages[first % N_MESSAGES];
  GPtrArray *slots = weft_cluster_record_get_slots (message);

  for (guint i = 0; i < slots->len; i++)
    {
      WeftSlot *slot = g_ptr_array_index (slots, i);

      member_rig_add_pending (script->rig, weft_slot_get_block_id (slot),
                              weft_commit_request_get_action_id (find_commit (message, slot)),
                              weft_slot_get_base (slot));
    }
}

static void
cancel (Script *script,
        guint8  first)
{
  WeftClusterRecord *message = script->messages[first % N_MESSAGES];
  WeftCommitRequest *commit
      = weft_repo_message_get_commit (weft_cluster_record_get_message (message));
  const char *const *block_ids = weft_commit_request_get_block_ids (commit);
  g_autoptr (WeftActionBlocks) action
      = weft_action_blocks_new (weft_commit_request_get_action_id (commit), block_ids, NULL);
  g_autoptr (WeftRepoMessage) repo_message = weft_repo_message_new_cancel (action, 0);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (WeftClusterRecord) record
      = weft_cluster_record_new (repo_message, peers, 0.75, NULL);
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (record);

  member_rig_learn_name (script->rig, record);
  ask (script, request);
}

/* Others know what this node does not: the revision of a message, or nothing. */
static void
fetched (Script *script,
         guint8  first)
{
  WeftClusterRecord *message = script->messages[first % N_MESSAGES];
  WeftSlot *slot = g_ptr_array_index (weft_cluster_record_get_slots (message), 0);
  WeftCommitRequest *commit = find_commit (message, slot);
  const char *block_id = weft_slot_get_block_id (slot);

  if (script->rig->fetches->len == 0)
    return;
  if (first & 0x80)
    pend_here (script, first);
  else if ((first & 0x40)
           && member_rig_get_latest (script->rig, block_id) == weft_slot_get_base (slot))
    member_rig_add_revision (script->rig, block_id, weft_commit_request_get_rev (commit),
                             weft_commit_request_get_action_id (commit));
  member_rig_fetched (script->rig, NULL);
}

/* The repo took what came along, or did not, or it says that it did. */
static void
pended (Script *script,
        guint8  first)
{
  g_autoptr (GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "no room");

  if (g_queue_is_empty (&script->rig->pended))
    return;
  if (first < 0x20)
    member_rig_pended (script->rig, NULL, error);
  else if (first < 0x40)
    member_rig_pended (script->rig, "{}", NULL);
  else
    member_rig_pended (script->rig, NULL, NULL);
}

/* Events that belong to nothing. */
static void
disturb (Script *script,
         guint8  first)
{
  static const WeftMemberEventType types[] = {
    WEFT_MEMBER_EVENT_STORED,   WEFT_MEMBER_EVENT_APPLIED, WEFT_MEMBER_EVENT_APPLY_FAILED,
    WEFT_MEMBER_EVENT_EXECUTED, WEFT_MEMBER_EVENT_FETCHED, WEFT_MEMBER_EVENT_WITHDRAW,
    WEFT_MEMBER_EVENT_PENDED,
  };
  WeftMemberEvent event = { .type = types[first % G_N_ELEMENTS (types)] };

  event.id = event.token = 1000000 + first;
  member_rig_step (script->rig, &event);
}

static void
withdraw (Script *script,
          guint8  first)
{
  guint64 token = script->rig->last_token - MIN (script->rig->last_token, first % 8);

  g_tree_remove (script->requests, &token);
  member_rig_withdraw (script->rig, token);
}

/* Whoever asked before a crash gets no answer. */
static void
restart (Script *script)
{
  g_tree_remove_all (script->requests);
  member_rig_restart (script->rig);
}

static void
store (Script *script,
       guint8  first)
{
  if (g_queue_is_empty (&script->rig->batches))
    return;

  if (first % 64 == 1)
    {
      member_rig_fail (script->rig);
      g_assert_cmpint (g_tree_nnodes (script->requests), ==, 0);
      restart (script);
    }
  else if (first % 16 == 2)
    member_rig_refuse_last (script->rig);
  else if (first & 1)
    member_rig_store_all (script->rig);
  else
    member_rig_store (script->rig);
}

static void
perform (Script *script,
         guint8  kind,
         guint8  first,
         guint8  second)
{
  switch (kind % 16)
    {
    case 0:
    case 1:
    case 2:
      update (script, 0, first, second);
      break;

    case 3:
    case 4:
      update (script, 1, first, second);
      break;

    case 5:
      update (script, 2, first, second);
      break;

    case 6:
      prepare (script, first);
      break;

    case 7:
      if (first & 1)
        pended (script, second);
      read_latest (script, first);
      break;

    case 8:
    case 9:
    case 10:
      store (script, first);
      break;

    case 11:
      pend_here (script, first);
      break;

    case 12:
      fetched (script, first);
      break;

    case 13:
      if ((first & 3) == 0)
        pended (script, second);
      else if (first & 1)
        cancel (script, second);
      else if (script->rig->tokens->len > 0)
        member_rig_executed (script->rig, "{}", NULL);
      break;

    case 14:
      script->rig->chance = first * 20011;
      member_rig_wait (script->rig, second * 100000);
      break;

    case 15:
    default:
      if (first < 24)
        restart (script);
      else if (first & 1)
        withdraw (script, first / 2);
      else
        disturb (script, first / 2);
      break;
    }
}

void
member_script_run (const guint8 *data,
                   gsize         size)
{
  Script script = { NULL };

  script_init (&script);
  for (gsize i = 0; i + 3 <= MIN (size, 3 * N_EVENTS_MAX); i += 3)
    perform (&script, data[i], data[i + 1], data[i + 2]);

  /* In the end everybody has an answer. */
  while (!g_queue_is_empty (&script.rig->batches) || script.rig->fetches->len > 0
         || script.rig->tokens->len > 0 || !g_queue_is_empty (&script.rig->pended))
    {
      if (script.rig->fetches->len > 0)
        member_rig_fetched (script.rig, NULL);
      else if (script.rig->tokens->len > 0)
        member_rig_executed (script.rig, "{}", NULL);
      else if (!g_queue_is_empty (&script.rig->pended))
        member_rig_pended (script.rig, NULL, NULL);
      else
        member_rig_store (script.rig);
    }
  g_assert_cmpint (g_tree_nnodes (script.requests), ==, 0);
  script_clear (&script);
}
