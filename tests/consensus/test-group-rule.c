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

/* Who votes for a rival of a follower has what was decided at the head. Where that is the chain it
 * is the locks of the follower that keep the rival away, as members may have applied the head
 * only; where it is something else the chain was kept away there, so that neither votes nor
 * justifications have to look any further. */
static const struct
{
  GroupModelRule rule;
  const char *name;
  gboolean is_needed;
} chain_mutations[] = {
  { GROUP_MODEL_VOTE_AT_END, "vote in the last slot", TRUE },
  { GROUP_MODEL_LOCK_AT_END, "lock in the last slot", TRUE },
  { GROUP_MODEL_JUSTIFIED_AT_END, "look at locks of the last slot", TRUE },
  { GROUP_MODEL_SAME_ACTION, "take the head alone for the chain", TRUE },
  { GROUP_MODEL_HEAD_IGNORED, "go on where the head is another's", TRUE },
  { GROUP_MODEL_BASE_IGNORED, "vote for a follower without its base", TRUE },
  { GROUP_MODEL_REST_RELEASED, "let go of the rest of what is applied in part", TRUE },
  { GROUP_MODEL_FILLED_FORGOTTEN, "take what is filled for open", TRUE },
  { GROUP_MODEL_VOTE_IN_PART, "vote at the head only", FALSE },
  { GROUP_MODEL_LOCK_IN_PART, "lock at the head only", TRUE },
  { GROUP_MODEL_JUSTIFIED_IN_PART, "look at locks of the head only", FALSE },
  { GROUP_MODEL_REST_KEPT, "keep the rest of what lost its head", FALSE },
};

static void
explore_right (gboolean is_chain)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      GroupModelSetting setting = { settings[i].n_members, settings[i].n_liars,
                                    settings[i].n_ballots,
                                    settings[i].asks | (is_chain ? 2 : 0), is_chain,
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

static gboolean
explore_mutation (GroupModelRule  rule,
                  gboolean        is_chain,
                  const char     *name)
{
  GroupModelSetting setting = { 3, 0, 2, is_chain ? 2 : 0, is_chain, rule, STATES_MAX };
  MemberSearchResult result = group_model_explore (&setting);

  g_test_message ("%s: %s after %" G_GUINT64_FORMAT " states", name,
                  result.has_two ? "two decisions" : "nothing", result.n_states);

  return result.has_two;
}

static void
test_right (void)
{
  g_test_summary ("Two commits that are proposed together, and each alone: whatever is shown to "
                  "whom and when, both are decided together or not, and never in both ways.");

  explore_right (FALSE);
}

static void
test_mutations (void)
{
  g_test_summary ("Without a part of the rule a slot has two decisions. Only letting go of what "
                  "overlaps before anything is decided does no harm: that has been prepared away.");

  for (guint i = 0; i < G_N_ELEMENTS (mutations); i++)
    g_assert_cmpint (explore_mutation (mutations[i].rule, FALSE, mutations[i].name), ==,
                     mutations[i].is_needed);
}

static void
test_chain (void)
{
  g_test_summary ("Two commits of one block in one record, one after the other, against a rival of "
                  "the first and, once that is decided, against a rival of the second: applied at "
                  "once or one after the other, there are never two decisions, and no gap.");

  explore_right (TRUE);
}

static void
test_chain_mutations (void)
{
  g_test_summary ("Without a part of the rule a chain and one of its rivals are both decided. Only "
                  "votes and justifications that look at its head alone do no harm, nor what is "
                  "held of a chain that lost it: that keeps others waiting.");

  for (guint i = 0; i < G_N_ELEMENTS (chain_mutations); i++)
    g_assert_cmpint (explore_mutation (chain_mutations[i].rule, TRUE, chain_mutations[i].name),
                     ==, chain_mutations[i].is_needed);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/group-rule/never-two-decisions", test_right);
  g_test_add_func ("/group-rule/mutations", test_mutations);
  g_test_add_func ("/group-rule/chain", test_chain);
  g_test_add_func ("/group-rule/chain-mutations", test_chain_mutations);

  return g_test_run ();
}
