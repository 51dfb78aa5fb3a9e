/* weft-admission.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-admission-private.h"

#include "weft-bug-private.h"
#include "weft-thresholds.h"

/* Those who are expected and promise are at least S less those who are not expected; so with those
 * who commit. As a sum of at least `promises + commits` is more than there are expected, a set of
 * the first kind and one of the second share a member. What the thresholds leave is given to both,
 * half and half. */
gboolean
weft_admission_is_safe (guint  n_expected,
                        guint  n_missing,
                        guint  n_others,
                        double super_majority)
{
  guint n_peers = n_expected - n_missing + n_others;
  guint all_commits = weft_thresholds_get_commits (n_expected);
  guint spare = MAX (weft_thresholds_get_promises (n_expected, super_majority) + all_commits,
                     n_expected + 1) - n_expected - 1;
  guint commits = all_commits - spare / 2;
  guint promises = n_expected + 1 - commits;

  g_assert (n_missing <= n_expected);

  if ((n_missing == 0 && n_others == 0) || WEFT_BUG (STRANGERS_ADMITTED))
    return TRUE;

  return weft_thresholds_get_promises (n_peers, super_majority) >= promises + n_others
         && weft_thresholds_get_promises (n_peers, super_majority) >= n_expected / 2 + 1 + n_others
         && weft_thresholds_get_commits (n_peers) >= commits + n_others;
}

gboolean
weft_admission_check (GPtrArray *peers,
                      GPtrArray *expected,
                      double     super_majority)
{
  guint n_both = 0;
  guint i = 0;
  guint j = 0;

  while (i < peers->len && j < expected->len)
    {
      WeftClusterPeer *peer = g_ptr_array_index (peers, i);
      WeftClusterPeer *other = g_ptr_array_index (expected, j);
      int order = weft_peer_id_compare (weft_cluster_peer_get_peer_id (peer),
                                        weft_cluster_peer_get_peer_id (other));

      if (order == 0)
        n_both++;
      if (order <= 0)
        i++;
      if (order >= 0)
        j++;
    }

  return expected->len > 0
         && weft_admission_is_safe (expected->len, expected->len - n_both, peers->len - n_both,
                                    super_majority);
}
