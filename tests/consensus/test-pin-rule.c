/* test-pin-rule.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "pin-model.h"

#define STATES_MAX G_GUINT64_CONSTANT (20000000)

/* The first cluster is three of these, or four. */
#define FIRST_THREE 0x07
#define FIRST_FOUR 0x0f

static const struct
{
  const char *name;
  guint n_nodes;
  guint old_pin;
  guint new_pin;
  gboolean has_ballots;
  gboolean has_read;
  gboolean is_slow;
} settings[] = {
  { "one less, two ballots", 3, FIRST_THREE, 0x03, TRUE, FALSE, FALSE },
  { "one more, two ballots", 4, FIRST_THREE, 0x0f, TRUE, FALSE, TRUE },
  { "one replaced, reading", 4, FIRST_THREE, 0x0e, FALSE, TRUE, FALSE },
  { "two replaced, reading", 5, FIRST_THREE, 0x1c, FALSE, TRUE, FALSE },
  { "all replaced, reading", 6, FIRST_THREE, 0x38, FALSE, TRUE, FALSE },
  { "one more, reading", 4, FIRST_THREE, 0x0f, FALSE, TRUE, FALSE },
  { "one less, reading", 3, FIRST_THREE, 0x03, FALSE, TRUE, FALSE },
  { "one of four replaced, reading", 5, FIRST_FOUR, 0x1e, FALSE, TRUE, TRUE },
};

static const struct
{
  PinModelRule rule;
  const char *name;
  gboolean has_two; /* or a read shows the past */
} mutations[] = {
  { PIN_MODEL_BY_VIEW, "clusters by view", TRUE },
  { PIN_MODEL_OLD_VOTES, "old members vote after the move", TRUE },
  { PIN_MODEL_NEW_DECIDES, "new members decide the move", TRUE },
  { PIN_MODEL_OLD_READ, "a read asks the old cluster only", FALSE },
  { PIN_MODEL_VIEW_READ, "a read asks who is in view", FALSE },
  { PIN_MODEL_ABSENT, "who has just joined knows of no block", FALSE },
};

static void
test_right (void)
{
  g_test_summary ("A move and a commit race, and each cluster that may be the right one goes on: "
                  "there are never two decisions, and no read goes back.");

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      PinModelSetting setting = { settings[i].n_nodes, settings[i].old_pin, settings[i].new_pin,
                                  settings[i].has_ballots, settings[i].has_read, PIN_MODEL_RIGHT,
                                  STATES_MAX };
      PinModelResult result;

      if (settings[i].is_slow && !g_test_slow ())
        continue;
      result = pin_model_explore (&setting);
      g_test_message ("%s: %" G_GUINT64_FORMAT " states, %" G_GUINT64_FORMAT
                      " reads that learn enough", settings[i].name, result.n_states,
                      result.n_reads);
      g_assert_false (result.has_two);
      g_assert_false (result.has_past);
      g_assert_true (result.is_complete);
    }
}

static void
test_mutations (void)
{
  g_test_summary ("Without a part of the rule there are two decisions, or a read goes back.");

  for (guint i = 0; i < G_N_ELEMENTS (mutations); i++)
    {
      PinModelSetting setting = { 5, FIRST_THREE, 0x1c, FALSE, !mutations[i].has_two,
                                  mutations[i].rule, STATES_MAX };
      PinModelResult result = pin_model_explore (&setting);

      g_test_message ("%s: %s after %" G_GUINT64_FORMAT " states", mutations[i].name,
                      result.has_two ? "two decisions" : result.has_past ? "the past" : "nothing",
                      result.n_states);
      g_assert_cmpint (result.has_two, ==, mutations[i].has_two);
      g_assert_cmpint (result.has_past, ==, !mutations[i].has_two);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pin-rule/never-two-decisions", test_right);
  g_test_add_func ("/pin-rule/mutations", test_mutations);

  return g_test_run ();
}
