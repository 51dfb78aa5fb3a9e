/* member-records.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include <string.h>

#include "weft-limits.h"
#include "weft-pending.h"
#include "weft-repo-message-private.h"
#include "weft-thresholds.h"

WeftClusterRecord *
rig_record (const char *action_id,
            const char *blocks,
            gint64      base,
            gint64      expiration_msec)
{
  g_auto (GStrv) block_ids = g_strsplit (blocks, "+", 0);
  guint n_blocks = g_strv_length (block_ids);
  g_autofree gint64 *bases = g_new0 (gint64, n_blocks);
  g_autoptr (WeftRepoMessage) message = NULL;
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record;

  for (guint i = 0; i < n_blocks; i++)
    bases[i] = base;
  message = fixture_commit (action_id, (const char *const *) block_ids, bases, base + 1,
                            expiration_msec);
  record = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);
  g_assert_no_error (error);

  return record;
}

static WeftClusterRecord *
make_record (GPtrArray *commits,
             gint64     expiration_msec)
{
  g_autoptr (WeftRepoMessage) message = weft_repo_message_new_commits (commits, expiration_msec);
  g_autoptr (GPtrArray) peers = fixture_peers (3);
  g_autoptr (GError) error = NULL;
  WeftClusterRecord *record
      = weft_cluster_record_new (message, peers, WEFT_SUPER_MAJORITY_DEFAULT, &error);

  g_assert_no_error (error);

  return record;
}

WeftPendRequest *
rig_pend (const char *action_id,
          const char *blocks,
          gint64      base,
          gboolean    is_deletion)
{
  g_auto (GStrv) block_ids = g_strsplit (blocks, "+", 0);
  g_autoptr (GPtrArray) updates = g_ptr_array_new ();
  g_autoptr (WeftTransform) transform = weft_transform_new (NULL, updates, is_deletion);
  g_autoptr (GPtrArray) parts
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_transforms_unref);
  g_autoptr (WeftTransforms) transforms = NULL;
  g_autoptr (JsonObject) bases = json_object_new ();
  g_autoptr (GError) error = NULL;
  WeftPendRequest *pend;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      json_object_set_int_member (bases, block_ids[i], base);
      g_ptr_array_add (parts, weft_transforms_new_for_block (block_ids[i], transform, NULL));
    }
  transforms = weft_transforms_concat (parts);
  pend = weft_pend_request_new (action_id, base + 1, transforms, bases,
                                WEFT_PEND_POLICY_CONTINUE, &error);
  g_assert_no_error (error);

  return pend;
}

char *
rig_digest (WeftPendRequest *pend,
            const char      *block_id)
{
  g_autoptr (WeftTransform) transform
      = weft_transforms_lookup (weft_pend_request_get_transforms (pend), block_id);
  g_autoptr (WeftPending) pending
      = weft_pending_new (transform, weft_pend_request_get_base (pend, block_id), 0);

  return weft_pending_digest (pending);
}

static WeftCommitRequest *
make_commit (WeftPendRequest *pend)
{
  WeftTransforms *transforms = weft_pend_request_get_transforms (pend);
  g_auto (GStrv) block_ids = weft_transforms_get_block_ids (transforms);
  g_autoptr (JsonObject) digests = json_object_new ();
  g_autoptr (WeftCommitRequest) bare = NULL;
  g_autoptr (GError) error = NULL;
  WeftCommitRequest *commit;

  for (guint i = 0; block_ids[i] != NULL; i++)
    {
      g_autofree char *digest = rig_digest (pend, block_ids[i]);

      json_object_set_string_member (digests, block_ids[i], digest);
    }
  bare = weft_commit_request_new (weft_pend_request_get_action_id (pend),
                                  (const char *const *) block_ids,
                                  weft_pend_request_get_rev (pend), &error);
  g_assert_no_error (error);
  commit = weft_commit_request_with_content (bare, weft_pend_request_get_bases (pend), digests,
                                             &error);
  g_assert_no_error (error);

  return commit;
}

WeftClusterRecord *
rig_put (GPtrArray *pends,
         gint64     expiration_msec)
{
  g_autoptr (GPtrArray) commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);

  for (guint i = 0; i < pends->len; i++)
    g_ptr_array_add (commits, make_commit (g_ptr_array_index (pends, i)));

  return make_record (commits, expiration_msec);
}

/* Of a part of a plan: each of one block is on the one before it. */
static gint64
count_before (char      **parts,
              guint       index,
              const char *blocks)
{
  gint64 n = 0;

  for (guint i = 0; i < index; i++)
    n += g_str_equal (strchr (parts[i], ':') + 1, blocks);

  return n;
}

GPtrArray *
rig_pends (const char *plan,
           gint64      base)
{
  g_auto (GStrv) parts = g_strsplit (plan, " ", 0);
  GPtrArray *pends = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_pend_request_unref);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (parts[i], ":", 2);

      g_ptr_array_add (pends, rig_pend (pair[0], pair[1],
                                        base + count_before (parts, i, pair[1]), FALSE));
    }

  return pends;
}

WeftClusterRecord *
rig_group (const char *plan,
           gint64      base,
           gint64      expiration_msec)
{
  g_auto (GStrv) parts = g_strsplit (plan, " ", 0);
  g_autoptr (GPtrArray) commits
      = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_commit_request_unref);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (parts[i], ":", 2);
      g_autoptr (WeftClusterRecord) one
          = rig_record (pair[0], pair[1], base + count_before (parts, i, pair[1]), 0);

      g_ptr_array_add (commits, weft_commit_request_ref (weft_repo_message_get_commit (
                                    weft_cluster_record_get_message (one))));
    }

  return make_record (commits, expiration_msec);
}

WeftBallot *
rig_ballot (gint64 number,
            guint  peer)
{
  return weft_ballot_new (number, fixture_peer_id (peer));
}

WeftClusterRecord *
rig_at (WeftClusterRecord *record,
        WeftBallot        *ballot,
        WeftClusterRecord *lock)
{
  WeftPrepared *answers[WEFT_LIMIT_RECORD_PEERS_MAX] = { NULL };
  WeftClusterRecord *justified;

  for (guint i = 1; i < 3; i++)
    {
      int index = weft_cluster_record_find_peer (record, fixture_peer_id (i));

      g_assert_cmpint (index, >=, 0);
      answers[index] = fixture_prepared (i, record, ballot, i == 1 ? lock : NULL);
    }
  justified = weft_cluster_record_with_ballot (record, ballot, answers);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_clear_pointer (&answers[i], weft_prepared_unref);

  return justified;
}
