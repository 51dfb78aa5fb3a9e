/* test-slot-rule.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "slot-model.h"

/* What the quick settings stay far below, and what the slow ones may take. */
#define STATES_MAX G_GUINT64_CONSTANT (60000000)

static const struct
{
  guint n_members;
  guint n_liars;
  guint n_ballots;
  gboolean is_slow;
} settings[] = {
  { 3, 0, 2, FALSE }, { 3, 0, 3, FALSE }, { 4, 1, 2, FALSE }, { 5, 1, 2, FALSE },
  { 4, 1, 3, FALSE }, { 4, 0, 3, TRUE },  { 5, 1, 3, TRUE },
};

static const struct
{
  SlotModelRule rule;
  const char *name;
  guint n_ballots;    /* that it takes to be seen */
  gboolean is_needed; /* or another part does the same */
} mutations[] = {
  { SLOT_MODEL_IGNORE_LOCK, "ignore the lock", 2, TRUE },
  { SLOT_MODEL_LOCK_BELOW, "lock below the prepared ballot", 2, TRUE },
  { SLOT_MODEL_VOTE_BELOW, "vote below the prepared ballot", 3, FALSE },
  { SLOT_MODEL_PROMISES_TOO_FEW, "S too small", 2, TRUE },
  { SLOT_MODEL_COMMITS_TOO_FEW, "M too small", 2, TRUE },
  { SLOT_MODEL_VOTE_TWICE, "vote twice at one ballot", 2, TRUE },
  { SLOT_MODEL_PREPARE_FORGETS, "prepare forgets", 2, TRUE },
  { SLOT_MODEL_TWO_FIRST_BALLOTS, "two first ballots", 2, TRUE },
  { SLOT_MODEL_NO_JUSTIFICATION, "no justification", 2, TRUE },
  { SLOT_MODEL_ANY_LOCK, "any lock, not the highest", 3, TRUE },
};

static void
test_right (void)
{
  g_test_summary ("Whatever is shown to whom and when, and whatever a lying member signs, a slot "
                  "has never two decisions.");

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      SlotModelSetting setting = { settings[i].n_members, settings[i].n_liars,
                                   settings[i].n_ballots, SLOT_MODEL_RIGHT, STATES_MAX };
      MemberSearchResult result;

      if (settings[i].is_slow && !g_test_slow ())
        continue;
      result = slot_model_explore (&setting);
      g_test_message ("%u members, %u of them lying, %u ballots: %" G_GUINT64_FORMAT " states",
                      setting.n_members, setting.n_liars, setting.n_ballots, result.n_states);
      g_assert_false (result.has_two);
      g_assert_true (result.is_complete);
    }
}

static void
test_mutations (void)
{
  static const guint liars[] = { [3] = 0, [4] = 1, [5] = 1 };

  g_test_summary ("Without a part of the rule there are two decisions, at every size. Only votes "
                  "below the prepared ballot do no harm, as nobody locks on them.");

  for (guint i = 0; i < G_N_ELEMENTS (mutations); i++)
    for (guint n = 3; n <= (mutations[i].is_needed ? 5 : 4); n++)
      {
        SlotModelSetting setting = { n, liars[n], mutations[i].n_ballots, mutations[i].rule,
                                     STATES_MAX };
        MemberSearchResult result = slot_model_explore (&setting);

        g_test_message ("%s, %u members: %s after %" G_GUINT64_FORMAT " states",
                        mutations[i].name, n, result.has_two ? "two decisions" : "nothing",
                        result.n_states);
        g_assert_cmpint (result.has_two, ==, mutations[i].is_needed);
      }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/slot-rule/never-two-decisions", test_right);
  g_test_add_func ("/slot-rule/mutations", test_mutations);

  return g_test_run ();
}
