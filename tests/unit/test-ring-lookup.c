/* test-ring-lookup.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "ring-rig.h"

#include <string.h>

#define SECOND G_USEC_PER_SEC

static void
look_up (RingRig *rig,
         guint    number,
         guint    width,
         guint    paths)
{
  ring_rig_step (rig, &(WeftRingEvent) {
    .type = WEFT_RING_EVENT_LOOKUP, .token = number, .count = width, .paths = paths,
    .key = *weft_ring_contact_get_point (rig->contacts[number]) });
}

static void
test_alone (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("Alone, a lookup finds ourselves, in the same step, and is not sure.");

  ring_rig_init (&rig, TRUE);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_START });
  look_up (&rig, 3, 4, 1);
  g_assert_cmpuint (rig.found->len, ==, 1);
  g_assert_cmpstr (rig.found->pdata[0], ==, "3: 64");
}

static void
test_nearest (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("Who is at the key is found, of those that answered.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 0, 127);
  look_up (&rig, 20, 1, 1);
  g_assert_cmpuint (rig.found->len, ==, 0);
  ring_rig_run (&rig, SECOND);
  g_assert_cmpuint (rig.found->len, ==, 1);
  g_assert_cmpstr (rig.found->pdata[0], ==, "20: 20 sure");

  rig.is_there[21] = FALSE;
  look_up (&rig, 21, 1, 4);
  ring_rig_run (&rig, 10 * SECOND);
  g_assert_cmpuint (rig.found->len, ==, 2);
  g_assert_true (g_str_equal (rig.found->pdata[1], "21: 20 sure") ||
                 g_str_equal (rig.found->pdata[1], "21: 22 sure"));
}

static guint
count_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  return g_strv_length (words);
}

static void
test_cohort (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("A cohort has as many from both sides of the key, and all of them answered.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 0, 127);
  rig.is_there[22] = FALSE;
  look_up (&rig, 20, 6, 1);
  ring_rig_run (&rig, 10 * SECOND);
  g_assert_cmpuint (rig.found->len, ==, 1);
  g_assert_true (g_str_has_prefix (rig.found->pdata[0], "20: 20 "));
  g_assert_true (g_str_has_suffix (rig.found->pdata[0], " sure"));
  g_assert_cmpuint (count_words (rig.found->pdata[0]), ==, 8);
  for (guint i = 17; i <= 23; i++)
    {
      g_autofree char *word = g_strdup_printf (" %u ", i);

      g_assert_cmpint (strstr (rig.found->pdata[0], word) != NULL, ==, i != 22);
    }
}

static void
test_told (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("Those that others tell of are asked too, and enter the table.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 50, 80);
  rig.is_there[10] = TRUE;
  g_ptr_array_add (rig.told, weft_ring_contact_ref (rig.contacts[10]));
  look_up (&rig, 10, 1, 1);
  ring_rig_run (&rig, SECOND);
  g_assert_cmpstr (rig.found->pdata[0], ==, "10: 10 sure");
  g_assert_true (ring_rig_knows (&rig, 10));
}

static void
test_nobody (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("When nobody answers, a lookup ends, at the latest at its deadline, once.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 0, 127);
  for (guint i = 0; i < RING_FIXTURE_PEERS; i++)
    rig.is_there[i] = FALSE;
  look_up (&rig, 20, 4, 1);
  look_up (&rig, 30, 4, 4);
  ring_rig_run (&rig, 9 * SECOND);
  g_assert_cmpuint (rig.found->len, ==, 2);
  g_assert_false (g_str_has_suffix (rig.found->pdata[0], "sure"));
  ring_rig_run (&rig, 20 * SECOND);
  g_assert_cmpuint (rig.found->len, ==, 2);
}

static void
test_withdraw (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("A lookup for which nobody waits any more says nothing.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 0, 127);
  look_up (&rig, 20, 4, 1);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_WITHDRAW, .token = 20 });
  ring_rig_run (&rig, 20 * SECOND);
  g_assert_cmpuint (rig.found->len, ==, 0);
}

static void
test_too_many (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("Past 64 at once, a lookup is answered from the table, and is not sure.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 0, 127);
  for (guint i = 0; i < 64; i++)
    {
      look_up (&rig, i, 1, 1);
      g_assert_cmpuint (rig.found->len, ==, 0);
    }
  look_up (&rig, 100, 1, 1);
  g_assert_cmpuint (rig.found->len, ==, 1);
  g_assert_cmpstr (rig.found->pdata[0], ==, "100: 100");
  ring_rig_run (&rig, 9 * SECOND);
  g_assert_cmpuint (rig.found->len, ==, 65);
}

static void
test_leave (void)
{
  g_auto (RingRig) rig = { NULL };

  g_test_summary ("Whoever leaves ends its lookups.");

  ring_rig_init (&rig, TRUE);
  ring_rig_start (&rig, 0, 127);
  look_up (&rig, 20, 4, 1);
  ring_rig_step (&rig, &(WeftRingEvent) { .type = WEFT_RING_EVENT_LEAVE });
  g_assert_cmpuint (rig.found->len, ==, 1);
  look_up (&rig, 21, 4, 1);
  g_assert_cmpuint (rig.found->len, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-lookup/alone", test_alone);
  g_test_add_func ("/ring-lookup/nearest", test_nearest);
  g_test_add_func ("/ring-lookup/cohort", test_cohort);
  g_test_add_func ("/ring-lookup/told", test_told);
  g_test_add_func ("/ring-lookup/nobody", test_nobody);
  g_test_add_func ("/ring-lookup/withdraw", test_withdraw);
  g_test_add_func ("/ring-lookup/too-many", test_too_many);
  g_test_add_func ("/ring-lookup/leave", test_leave);

  return g_test_run ();
}
