/* test-group-rule.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "group-model.h"

#define STATES_MAX G_GUINT64_CONSTANT (60000000)

static const struct
{
  guint n_members;
  guint n_liars;
  guint n_ballots;
  guint asks;
  gboolean is_slow;
} settings[] = {
  { 3, 0, 1, 0, FALSE }, { 4, 1, 1, 0, FALSE }, { 3, 0, 2, 0, FALSE }, { 4, 1, 2, 0, FALSE },
  { 3, 0, 2, 1, TRUE },
};

static const struct
{
  GroupModelRule rule;
  const char *name;
  gboolean is_needed;
} mutations[] = {
  { GROUP_MODEL_VOTE_IN_PART, "vote in the first slot", TRUE },
  { GROUP_MODEL_LOCK_IN_PART, "lock in the first slot", TRUE },
  { GROUP_MODEL_JUSTIFIED_IN_PART, "look at locks of the first slot", TRUE },
  { GROUP_MODEL_SAME_ACTION, "take one commit for both", TRUE },
  { GROUP_MODEL_RELEASE_EARLY, "let go when something is locked", FALSE },
  { GROUP_MODEL_FILLED_FORGOTTEN, "take what is filled for open", TRUE },
};

static void
test_right (void)
{
  g_test_summary ("Two commits that are proposed together, and each alone: whatever is shown to "
                  "whom and when, both are decided together or not, and never in both ways.");

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      GroupModelSetting setting = { settings[i].n_members, settings[i].n_liars,
                                    settings[i].n_ballots, settings[i].asks,
                                    GROUP_MODEL_RIGHT, STATES_MAX };
      MemberSearchResult result;

      if (settings[i].is_slow && !g_test_slow ())
        continue;
      result = group_model_explore (&setting);
      g_test_message ("%u members, %u of them lying, %u ballots: %" G_GUINT64_FORMAT " states",
                      setting.n_members, setting.n_liars, setting.n_ballots, result.n_states);
      g_assert_false (result.has_two);
      g_assert_true (result.is_complete);
    }
}

static void
test_mutations (void)
{
  g_test_summary ("Without a part of the rule a slot has two decisions. Only letting go of what "
                  "overlaps before anything is decided does no harm: that has been prepared away.");

  for (guint i = 0; i < G_N_ELEMENTS (mutations); i++)
    {
      GroupModelSetting setting = { 3, 0, 2, 0, mutations[i].rule, STATES_MAX };
      MemberSearchResult result = group_model_explore (&setting);

      g_test_message ("%s: %s after %" G_GUINT64_FORMAT " states", mutations[i].name,
                      result.has_two ? "two decisions" : "nothing", result.n_states);
      g_assert_cmpint (result.has_two, ==, mutations[i].is_needed);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/group-rule/never-two-decisions", test_right);
  g_test_add_func ("/group-rule/mutations", test_mutations);

  return g_test_run ();
}
