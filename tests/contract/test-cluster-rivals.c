/* test-cluster-rivals.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* One block that is changed through all nodes at once. */

#include "weft-fleet.h"
#include "weft-repo-asker.h"

#include <string.h>

#define N_MANY 24
#define ROUNDS_MAX 50

/* The node whose peer id is the lowest. */
static guint
find_first (WeftFleet *fleet)
{
  guint first = 0;

  for (guint i = 1; i < fleet->n_nodes; i++)
    if (weft_peer_id_compare (weft_identity_get_peer_id (fleet->identities[i]),
                              weft_identity_get_peer_id (fleet->identities[first])) < 0)
      first = i;

  return first;
}

static void
ask_all (WeftFleet  *fleet,
         guint       round,
         WeftAsked **asked)
{
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *put = g_strdup_printf (PUT ("a%u-%u", UPDATE ("b", "%u")), round, i, i);

      asked[i] = weft_ask (weft_fleet_get_repo (fleet, i % fleet->n_nodes), put);
    }
}

static void
expect_all_made (WeftAsked **asked)
{
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *answer = weft_asked_finish (asked[i]);

      g_assert_nonnull (strstr (answer, "\"success\":true"));
    }
}

/* Who meets a rival first is chance. Returns how many puts were made. */
static guint
meet (WeftFleet *fleet)
{
  WeftAsked *asked[N_MANY];
  guint round = 0;

  weft_expect (weft_fleet_get_repo (fleet, 0), PUT ("first", INSERT ("b", "0")), MADE ("1"));
  while (weft_fleet_count_all (fleet, "rivals-passed-on") == 0 && round < ROUNDS_MAX)
    {
      ask_all (fleet, round++, asked);
      expect_all_made (asked);
    }
  g_assert_cmpint (weft_fleet_count_all (fleet, "rivals-passed-on"), >, 0);

  return round * N_MANY + 1;
}

static void
test_passed_on (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 3, 0, NULL);
  guint n_made;

  g_test_summary ("Who lost to another coordinator passes puts of the block on to the first of "
                  "those who keep it, who passes on nothing; each is one revision.");

  n_made = meet (fleet);
  g_assert_cmpint (weft_fleet_get_count (fleet, find_first (fleet), "rivals-passed-on"), ==, 0);
  g_assert_cmpint (weft_fleet_count_all (fleet, "rivals-unanswered"), ==, 0);
  weft_fleet_settle (fleet);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (weft_fleet_get_latest (fleet, i, "b"), ==, n_made);
}

static void
test_first_leaves (void)
{
  g_autoptr(WeftFleet) fleet = weft_fleet_new (3, 2, 0, NULL);
  guint first = find_first (fleet);
  WeftAsked *asked[N_MANY];
  guint n_made;
  gint64 n_passed_on;

  g_test_summary ("When the one that puts are passed on to leaves, with some on their way, they "
                  "are done all the same, each once.");

  n_made = meet (fleet) + N_MANY;
  n_passed_on = weft_fleet_count_all (fleet, "rivals-passed-on");
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *put = g_strdup_printf (PUT ("last-%u", UPDATE ("b", "%u")), i, i);

      asked[i] = weft_ask (weft_fleet_get_repo (fleet, (first + 1 + i % 2) % 3), put);
    }
  while (weft_fleet_count_all (fleet, "rivals-passed-on") < n_passed_on + 4)
    g_main_context_iteration (NULL, TRUE);
  weft_fleet_stop (fleet, first);
  expect_all_made (asked);
  for (guint i = 1; i < 3; i++)
    while (weft_fleet_get_latest (fleet, (first + i) % 3, "b") < n_made)
      g_main_context_iteration (NULL, TRUE);
  for (guint i = 1; i < 3; i++)
    g_assert_cmpint (weft_fleet_get_latest (fleet, (first + i) % 3, "b"), ==, n_made);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cluster/rivals/passed-on", test_passed_on);
  g_test_add_func ("/cluster/rivals/first-leaves", test_first_leaves);

  return g_test_run ();
}
