/* weft-thresholds.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-thresholds.h"

#include "weft-bug-private.h"

#include <math.h>

/* The product of a fraction and a count may come out a little above a whole number. */
#define ROUNDING 1e-9

/**
 * weft_thresholds_get_promises:
 * @n_peers: the number of peers of a cluster
 * @super_majority: the part of them that has to promise, 0 to 1
 *
 * Gets how many members of a cluster have to promise, and to answer when a ballot is prepared.
 *
 * That is all of one or two, two of three, and otherwise the part that is asked for, but always
 * more than half.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
weft_thresholds_get_promises (guint  n_peers,
                              double super_majority)
{
  guint part;

  g_return_val_if_fail (super_majority >= 0, 0);
  g_return_val_if_fail (super_majority <= 1, 0);

  if (n_peers <= 2)
    return n_peers;
  if (n_peers == 3)
    return 2;
  part = (guint) ceil (n_peers * super_majority - ROUNDING);

  return MAX (part, n_peers / 2 + 1) + (WEFT_BUG (PROMISES_TOO_MANY) && part < n_peers ? 1 : 0)
         - (WEFT_BUG (PROMISES_TOO_FEW) ? 1 : 0);
}

/**
 * weft_thresholds_get_commits:
 * @n_peers: the number of peers of a cluster
 *
 * Gets how many members of a cluster have to commit for a decision: more than half.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
weft_thresholds_get_commits (guint n_peers)
{
  return n_peers / 2 + 1 + (WEFT_BUG (COMMITS_TOO_MANY) ? 1 : 0)
         - (WEFT_BUG (COMMITS_TOO_FEW) && n_peers > 1 ? 1 : 0);
}
