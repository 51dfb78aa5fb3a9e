/* test-block-turns.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-block-turns-private.h"

typedef struct
{
  GString *told;
  const char *name;
} Who;

static void
ready_cb (gpointer user_data)
{
  Who *who = user_data;

  g_string_append (who->told, who->name);
}

static void
test_turns_order (void)
{
  g_autoptr(GString) told = g_string_new (NULL);
  Who who[] = { { told, "a" }, { told, "b" }, { told, "c" }, { told, "d" } };
  const char *const x[] = { "x", NULL };
  const char *const y[] = { "y", NULL };
  WeftBlockTurns *turns = weft_block_turns_new ();
  WeftTurn *a = weft_block_turns_add (turns, x, FALSE, ready_cb, &who[0]);
  WeftTurn *b = weft_block_turns_add (turns, x, FALSE, ready_cb, &who[1]);
  WeftTurn *c = weft_block_turns_add (turns, x, TRUE, ready_cb, &who[2]);
  WeftTurn *d = weft_block_turns_add (turns, y, FALSE, ready_cb, &who[3]);

  g_test_summary ("The first who came is on at once, then who goes ahead, then the others; another "
                  "block is another matter.");

  g_assert_true (weft_turn_is_on (a));
  g_assert_false (weft_turn_is_on (b));
  g_assert_false (weft_turn_is_on (c));
  g_assert_true (weft_turn_is_on (d));
  g_assert_true (weft_block_turns_is_taken (turns, y));
  weft_block_turns_remove (turns, a);
  g_assert_cmpstr (told->str, ==, "c");
  weft_block_turns_remove (turns, c);
  g_assert_cmpstr (told->str, ==, "cb");
  weft_block_turns_remove (turns, d);
  g_assert_false (weft_block_turns_is_taken (turns, y));
  weft_block_turns_remove (turns, b);
  g_assert_cmpstr (told->str, ==, "cb");
  weft_block_turns_free (turns);
}

static void
test_turns_several_blocks (void)
{
  g_autoptr(GString) told = g_string_new (NULL);
  Who who[] = { { told, "a" }, { told, "b" }, { told, "c" }, { told, "d" } };
  const char *const xy[] = { "x", "y", NULL };
  const char *const yx[] = { "y", "x", NULL };
  const char *const x[] = { "x", NULL };
  const char *const y[] = { "y", NULL };
  WeftBlockTurns *turns = weft_block_turns_new ();
  WeftTurn *a = weft_block_turns_add (turns, x, FALSE, ready_cb, &who[0]);
  WeftTurn *b = weft_block_turns_add (turns, xy, FALSE, ready_cb, &who[1]);
  WeftTurn *c = weft_block_turns_add (turns, yx, FALSE, ready_cb, &who[2]);
  WeftTurn *d = weft_block_turns_add (turns, y, FALSE, ready_cb, &who[3]);

  g_test_summary ("A turn of several blocks is on when it is the first in all of them, whichever "
                  "way they are named; who waits no more lets others by.");

  g_assert_true (weft_turn_is_on (a));
  g_assert_false (weft_turn_is_on (b));
  weft_block_turns_remove (turns, b);
  g_assert_cmpstr (told->str, ==, "");
  weft_block_turns_remove (turns, a);
  g_assert_cmpstr (told->str, ==, "c");
  weft_block_turns_remove (turns, c);
  g_assert_cmpstr (told->str, ==, "cd");
  weft_block_turns_remove (turns, d);
  weft_block_turns_free (turns);
}

static void
test_turns_together (void)
{
  g_autoptr(GString) told = g_string_new (NULL);
  Who who[] = { { told, "a" }, { told, "b" }, { told, "c" }, { told, "d" } };
  const char *const x[] = { "x", NULL };
  WeftBlockTurns *turns = weft_block_turns_new ();
  WeftTurn *a = weft_block_turns_add (turns, x, FALSE, ready_cb, &who[0]);
  WeftTurn *b = weft_block_turns_add (turns, x, FALSE, ready_cb, &who[1]);
  WeftTurn *c = weft_block_turns_add (turns, x, FALSE, ready_cb, &who[2]);
  WeftTurn *d = weft_block_turns_add (turns, x, FALSE, ready_cb, &who[3]);
  g_autoptr(GPtrArray) waiting = weft_block_turns_list_waiting (turns, "x");
  g_autoptr(GPtrArray) others = weft_block_turns_list_waiting (turns, "y");

  g_test_summary ("Those behind who is on may be on with it, and wait again where they were.");

  g_assert_cmpuint (others->len, ==, 0);
  g_assert_cmpuint (waiting->len, ==, 3);
  g_assert_true (g_ptr_array_index (waiting, 0) == &who[1]);
  g_assert_true (g_ptr_array_index (waiting, 2) == &who[3]);
  weft_block_turns_let_join (turns, b);
  weft_block_turns_let_join (turns, c);
  g_assert_true (weft_turn_is_on (c));
  g_assert_false (weft_block_turns_put_back (turns, a));
  g_assert_true (weft_turn_is_on (a));
  g_assert_true (weft_block_turns_put_back (turns, c));
  g_assert_false (weft_turn_is_on (c));
  weft_block_turns_remove (turns, a);
  g_assert_cmpstr (told->str, ==, "");
  weft_block_turns_remove (turns, b);
  g_assert_cmpstr (told->str, ==, "c");
  weft_block_turns_let_join (turns, d);
  weft_block_turns_remove (turns, c);
  g_assert_cmpstr (told->str, ==, "c");
  weft_block_turns_remove (turns, d);
  weft_block_turns_free (turns);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/block-turns/order", test_turns_order);
  g_test_add_func ("/block-turns/several-blocks", test_turns_several_blocks);
  g_test_add_func ("/block-turns/together", test_turns_together);

  return g_test_run ();
}
