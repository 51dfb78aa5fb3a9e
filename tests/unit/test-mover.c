/* test-mover.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <weft.h>

#include "weft-cluster-peer-private.h"
#include "weft-mover-machine-private.h"

#define N_PEERS 8

typedef struct
{
  WeftPeerId *peer_ids[N_PEERS];
  WeftMoverMachine *machine;
  gint64 now_usec;
  WeftMoverEffects effects;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  for (guint i = 0; i < N_PEERS; i++)
    {
      guint8 seed[32] = { i + 1 };
      g_autoptr(GBytes) bytes = g_bytes_new (seed, sizeof seed);
      g_autoptr(WeftIdentity) identity = weft_identity_new_from_seed (bytes, NULL);

      fixture->peer_ids[i] = weft_peer_id_ref (weft_identity_get_peer_id (identity));
    }
  fixture->machine = weft_mover_machine_new ();
  fixture->now_usec = 1000;
  weft_mover_effects_init (&fixture->effects);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  weft_mover_effects_clear (&fixture->effects);
  weft_mover_machine_free (fixture->machine);
  for (guint i = 0; i < N_PEERS; i++)
    weft_peer_id_unref (fixture->peer_ids[i]);
}

/* Those whose digits are in the text. */
static GPtrArray *
make_peers (Fixture    *fixture,
            const char *digits)
{
  GPtrArray *peers = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_cluster_peer_unref);

  for (; *digits != '\0'; digits++)
    g_ptr_array_add (peers, weft_cluster_peer_new (fixture->peer_ids[*digits - '0'], NULL));
  g_ptr_array_sort (peers, weft_cluster_peer_order);

  return peers;
}

static void
step (Fixture        *fixture,
      WeftMoverEvent *event)
{
  weft_mover_effects_clear (&fixture->effects);
  weft_mover_effects_init (&fixture->effects);
  event->now_usec = fixture->now_usec;
  weft_mover_machine_step (fixture->machine, event, &fixture->effects);
}

static void
see (Fixture    *fixture,
     const char *block_id,
     guint       rank,
     const char *pin,
     const char *target)
{
  g_autoptr(GPtrArray) from = make_peers (fixture, pin);
  g_autoptr(GPtrArray) to = make_peers (fixture, target);
  WeftMoverEvent event = {
    .type = WEFT_MOVER_EVENT_SEEN, .block_id = block_id, .rank = rank, .pin = from, .target = to,
  };

  step (fixture, &event);
}

static void
settle (Fixture    *fixture,
        const char *block_id)
{
  WeftMoverEvent event = { .type = WEFT_MOVER_EVENT_SETTLED, .block_id = block_id };

  step (fixture, &event);
}

static void
moved (Fixture  *fixture,
       guint64   id,
       gboolean  is_moved)
{
  WeftMoverEvent event = { .type = WEFT_MOVER_EVENT_MOVED, .id = id, .is_moved = is_moved };

  step (fixture, &event);
}

/* Lets so much time go by as there is to wait. */
static void
pass (Fixture *fixture)
{
  WeftMoverEvent event = { .type = WEFT_MOVER_EVENT_TIMEOUT };

  g_assert_cmpint (fixture->effects.deadline_usec, <, G_MAXINT64);
  fixture->now_usec = MAX (fixture->now_usec, fixture->effects.deadline_usec);
  step (fixture, &event);
}

static const WeftMove *
get_move (Fixture *fixture)
{
  g_assert_cmpuint (fixture->effects.moves->len, ==, 1);

  return &g_array_index (fixture->effects.moves, WeftMove, 0);
}

static void
test_together (Fixture       *fixture,
               gconstpointer  data)
{
  const WeftMove *move;

  g_test_summary ("Blocks that go the same way go together after five seconds, others by "
                  "themselves");

  see (fixture, "c", 0, "012", "123");
  see (fixture, "a", 0, "012", "123");
  see (fixture, "b", 0, "012", "124");
  g_assert_cmpuint (fixture->effects.moves->len, ==, 0);
  g_assert_cmpint (fixture->effects.deadline_usec, ==, 1000 + 5 * G_TIME_SPAN_SECOND);
  fixture->now_usec += 5 * G_TIME_SPAN_SECOND;
  pass (fixture);
  g_assert_cmpuint (fixture->effects.moves->len, ==, 2);
  move = &g_array_index (fixture->effects.moves, WeftMove, 0);
  g_assert_cmpuint (move->block_ids->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (move->block_ids, 0), ==, "a");
  g_assert_cmpstr (g_ptr_array_index (move->block_ids, 1), ==, "c");
  g_assert_cmpuint (weft_mover_machine_get_moving (fixture->machine), ==, 2);

  moved (fixture, 1, TRUE);
  moved (fixture, 2, TRUE);
  g_assert_cmpuint (weft_mover_machine_get_waiting (fixture->machine), ==, 0);
  g_assert_cmpint (fixture->effects.deadline_usec, ==, G_MAXINT64);
}

static void
test_rank (Fixture       *fixture,
           gconstpointer  data)
{
  g_test_summary ("Who comes after others gives them time; when one did it, nothing is left to do");

  see (fixture, "a", 2, "012", "123");
  g_assert_cmpint (fixture->effects.deadline_usec, ==, 1000 + 11 * G_TIME_SPAN_SECOND);
  fixture->now_usec += 7 * G_TIME_SPAN_SECOND;
  settle (fixture, "a");
  g_assert_cmpint (fixture->effects.deadline_usec, ==, G_MAXINT64);
  g_assert_cmpuint (weft_mover_machine_get_waiting (fixture->machine), ==, 0);
}

static void
test_changed (Fixture       *fixture,
              gconstpointer  data)
{
  g_test_summary ("While the target changes, the waiting begins anew; seen again, it goes on");

  see (fixture, "a", 0, "012", "123");
  fixture->now_usec += 4 * G_TIME_SPAN_SECOND;
  see (fixture, "a", 0, "012", "123");
  g_assert_cmpint (fixture->effects.deadline_usec, ==, 1000 + 5 * G_TIME_SPAN_SECOND);
  see (fixture, "a", 0, "012", "124");
  g_assert_cmpint (fixture->effects.deadline_usec, ==, 1000 + 9 * G_TIME_SPAN_SECOND);
  pass (fixture);
  g_assert_cmpint (weft_cluster_peers_find (get_move (fixture)->target, fixture->peer_ids[4]), >=,
                   0);
}

static void
test_shrink (Fixture       *fixture,
             gconstpointer  data)
{
  g_test_summary ("To fewer peers than keep it a block goes after a minute");

  see (fixture, "a", 0, "0123", "012");
  g_assert_cmpint (fixture->effects.deadline_usec, ==, 1000 + 60 * G_TIME_SPAN_SECOND);
}

static void
test_failed (Fixture       *fixture,
             gconstpointer  data)
{
  g_test_summary ("What failed is tried again one by one, ever later, and no longer than a minute");

  see (fixture, "a", 0, "012", "123");
  see (fixture, "b", 0, "012", "123");
  pass (fixture);
  g_assert_cmpuint (get_move (fixture)->block_ids->len, ==, 3);
  moved (fixture, 1, FALSE);
  g_assert_cmpint (fixture->effects.deadline_usec, ==,
                   fixture->now_usec + 2 * G_TIME_SPAN_SECOND);
  pass (fixture);
  g_assert_cmpuint (fixture->effects.moves->len, ==, 2);
  g_assert_cmpuint (g_array_index (fixture->effects.moves, WeftMove, 0).block_ids->len, ==, 2);
  moved (fixture, 3, TRUE);
  for (guint i = 0; i < 12; i++)
    {
      moved (fixture, i == 0 ? 2 : 3 + i, FALSE);
      g_assert_cmpint (fixture->effects.deadline_usec, <=,
                       fixture->now_usec + 30 * G_TIME_SPAN_SECOND);
      pass (fixture);
      g_assert_cmpuint (get_move (fixture)->id, ==, 4 + i);
    }
}

static void
test_limits (Fixture       *fixture,
             gconstpointer  data)
{
  g_test_summary ("Sixteen blocks a move, and four moves at a time");

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *block_id = g_strdup_printf ("block-%u", i);

      see (fixture, block_id, 0, "012", "123");
    }
  pass (fixture);
  g_assert_cmpuint (fixture->effects.moves->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (g_array_index (fixture->effects.moves, WeftMove, i).block_ids->len, ==, 17);
  g_assert_cmpint (fixture->effects.deadline_usec, ==, G_MAXINT64);
  moved (fixture, 2, TRUE);
  g_assert_cmpuint (fixture->effects.moves->len, ==, 1);
  g_assert_cmpuint (weft_mover_machine_get_waiting (fixture->machine), ==, 84);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/mover/" path, Fixture, NULL, set_up, func, tear_down)

  ADD ("together", test_together);
  ADD ("rank", test_rank);
  ADD ("changed", test_changed);
  ADD ("shrink", test_shrink);
  ADD ("failed", test_failed);
  ADD ("limits", test_limits);

  return g_test_run ();
}
