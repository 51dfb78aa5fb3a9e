/* member-records.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-rig.h"

#include "weft-limits.h"
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
