/* test-ring-reputation.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ring-reputation-private.h"

#define MINUTE G_TIME_SPAN_MINUTE

static WeftPeerId *
make_peer_id (guint8 number)
{
  const guint8 key[32] = { 9, number };

  return weft_peer_id_new_from_public_key (key, sizeof key, NULL);
}

static void
test_score (void)
{
  g_autoptr(WeftRingReputation) reputation = weft_ring_reputation_new ();
  g_autoptr(WeftPeerId) bad = make_peer_id (1);
  g_autoptr(WeftPeerId) good = make_peer_id (2);

  g_test_summary ("Three faults in ten minutes, or one lie, make others avoid a peer, and only it; "
                  "then it is forgotten.");

  weft_ring_reputation_add (reputation, bad, WEFT_RING_REPUTATION_FAULT, 0);
  weft_ring_reputation_add (reputation, bad, WEFT_RING_REPUTATION_FAULT, 4 * MINUTE);
  g_assert_false (weft_ring_reputation_is_avoided (reputation, bad, 5 * MINUTE));
  weft_ring_reputation_add (reputation, bad, WEFT_RING_REPUTATION_FAULT, 6 * MINUTE);
  g_assert_true (weft_ring_reputation_is_avoided (reputation, bad, 10 * MINUTE - 1));
  g_assert_false (weft_ring_reputation_is_avoided (reputation, bad, 10 * MINUTE));
  g_assert_false (weft_ring_reputation_is_avoided (reputation, good, 10 * MINUTE - 1));

  weft_ring_reputation_add (reputation, good, WEFT_RING_REPUTATION_LIE, 20 * MINUTE);
  g_assert_cmpuint (weft_ring_reputation_count (reputation, 20 * MINUTE), ==, 1);
  g_assert_true (weft_ring_reputation_is_avoided (reputation, good, 20 * MINUTE));
  g_assert_cmpuint (weft_ring_reputation_count (reputation, 30 * MINUTE), ==, 0);
}

static void
test_bound (void)
{
  g_autoptr(WeftRingReputation) reputation = weft_ring_reputation_new ();
  g_autoptr(WeftPeerId) first = make_peer_id (1);
  g_autoptr(WeftPeerId) other = make_peer_id (2);

  g_test_summary ("No more than 1024 faults are kept; the oldest goes.");

  weft_ring_reputation_add (reputation, first, WEFT_RING_REPUTATION_LIE, 0);
  for (guint i = 0; i < 1023; i++)
    weft_ring_reputation_add (reputation, other, WEFT_RING_REPUTATION_FAULT, 1);
  g_assert_true (weft_ring_reputation_is_avoided (reputation, first, 1));
  weft_ring_reputation_add (reputation, other, WEFT_RING_REPUTATION_FAULT, 1);
  g_assert_cmpuint (weft_ring_reputation_count (reputation, 1), ==, 1024);
  g_assert_false (weft_ring_reputation_is_avoided (reputation, first, 1));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-reputation/score", test_score);
  g_test_add_func ("/ring-reputation/bound", test_bound);

  return g_test_run ();
}
