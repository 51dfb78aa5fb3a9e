/* test-sim-queue.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-queue-private.h"

#include "weft-sim-prng.h"

static void
do_nothing (gpointer user_data)
{
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const WeftSimHeapEntry *left = a;
  const WeftSimHeapEntry *right = b;

  if (left->at_usec != right->at_usec)
    return left->at_usec < right->at_usec ? -1 : 1;

  return left->id < right->id ? -1 : left->id > right->id;
}

static void
add (WeftSimQueue *queue,
     GSequence    *plain,
     gint64        at_usec)
{
  WeftSimEvent event = { .func = do_nothing };
  WeftSimHeapEntry entry = { at_usec, weft_sim_queue_add (queue, at_usec, &event) };

  g_sequence_insert_sorted (plain, g_memdup2 (&entry, sizeof entry), compare_entries, NULL);
}

static void
pop_both (WeftSimQueue *queue,
          GSequence    *plain)
{
  const WeftSimHeapEntry *entry = weft_sim_queue_peek (queue);
  const WeftSimHeapEntry *expected;
  WeftSimEvent event;

  if (g_sequence_is_empty (plain))
    {
      g_assert_null (entry);
      return;
    }
  expected = g_sequence_get (g_sequence_get_begin_iter (plain));
  g_assert_nonnull (entry);
  g_assert_cmpint (entry->at_usec, ==, expected->at_usec);
  g_assert_cmpuint (entry->id, ==, expected->id);
  weft_sim_queue_pop (queue, &event);
  g_sequence_remove (g_sequence_get_begin_iter (plain));
}

static void
cancel_both (WeftSimQueue *queue,
             GSequence    *plain,
             guint         position)
{
  GSequenceIter *iter = g_sequence_get_iter_at_pos (plain, position);
  guint64 id = ((WeftSimHeapEntry *) g_sequence_get (iter))->id;
  WeftSimEvent event;

  g_assert_true (weft_sim_queue_cancel (queue, id, &event));
  g_assert_false (weft_sim_queue_cancel (queue, id, &event));
  g_sequence_remove (iter);
}

static void
test_against_plain (void)
{
  g_autoptr (GSequence) plain = g_sequence_new (g_free);
  g_autoptr (WeftSimPrng) prng = weft_sim_prng_new (1, "queue");
  WeftSimQueue queue;

  g_test_summary ("Adding, cancelling and taking give what a sorted list gives.");

  weft_sim_queue_init (&queue, 4);
  for (guint i = 0; i < 50000; i++)
    {
      guint n_waiting = g_sequence_get_length (plain);
      guint choice = weft_sim_prng_below (prng, 10);

      if (choice < 5 && n_waiting < 3000)
        add (&queue, plain, weft_sim_prng_range (prng, 0, 200));
      else if (choice < 8 && n_waiting > 0)
        cancel_both (&queue, plain, weft_sim_prng_below (prng, n_waiting));
      else
        pop_both (&queue, plain);
      g_assert_cmpuint (queue.n_waiting, ==, g_sequence_get_length (plain));
    }
  while (!g_sequence_is_empty (plain))
    pop_both (&queue, plain);
  pop_both (&queue, plain);
  weft_sim_queue_free (&queue);
}

static void
test_stale (void)
{
  WeftSimEvent event = { .func = do_nothing };
  WeftSimQueue queue;

  g_test_summary ("An alarm that is moved a million times does not fill the heap.");

  weft_sim_queue_init (&queue, 4);
  for (guint i = 0; i < 1000000; i++)
    {
      guint64 id = weft_sim_queue_add (&queue, 1000000 + i, &event);

      g_assert_true (weft_sim_queue_cancel (&queue, id, &event));
    }
  g_assert_cmpuint (queue.heap.n_entries, <=, 65);
  g_assert_cmpuint (queue.n_events, ==, 1);
  weft_sim_queue_free (&queue);
}

static void
test_order_of_equals (void)
{
  WeftSimEvent event = { .func = do_nothing };
  guint64 last_id = 0;
  WeftSimQueue queue;

  g_test_summary ("Events of one time come in the order they were added, slots used again or not.");

  weft_sim_queue_init (&queue, 4);
  for (guint i = 0; i < 1000; i++)
    {
      guint64 id = weft_sim_queue_add (&queue, 5, &event);

      if (i % 3 == 0)
        weft_sim_queue_cancel (&queue, id, &event);
    }
  for (guint i = 0; i < 666; i++)
    {
      const WeftSimHeapEntry *entry = weft_sim_queue_peek (&queue);

      g_assert_cmpuint (weft_sim_queue_get_sequence (entry->id), >, last_id);
      last_id = weft_sim_queue_get_sequence (entry->id);
      weft_sim_queue_pop (&queue, &event);
    }
  g_assert_null (weft_sim_queue_peek (&queue));
  weft_sim_queue_free (&queue);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/queue/against-plain", test_against_plain);
  g_test_add_func ("/sim/queue/stale", test_stale);
  g_test_add_func ("/sim/queue/order-of-equals", test_order_of_equals);

  return g_test_run ();
}
