/* test-enumerations.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All cases of some kinds, with the machines and the checks of the explorer.
 */

#include "config.h"

#include "explorer.h"

/* Members of the largest cluster; with -m slow all sizes are looked at. */
#define DEATHS_MEMBERS_MAX (g_test_slow () ? 10u : 7u)
#define RIVALS_MEMBERS_MAX (g_test_slow () ? 7u : 4u)

typedef struct
{
  guint n_runs;
  guint64 n_steps;
  guint64 n_decided;
} Count;

static void
run (const ExplorerSetting *setting,
     Explorer              *world,
     Count                 *count)
{
  explorer_run (world, 1, setting);
  if (world->violation != NULL)
    g_error ("%u members, target %x, first %d on %d at %u, second %d on %d at %u after %u, death "
             "after %u sends or %u writes of %u, which are kept: %d: %s: %s", setting->n_nodes,
             setting->target, setting->first.kind, setting->first.blocks, setting->first.node,
             setting->second.kind, setting->second.blocks, setting->second.node,
             setting->second_after, setting->die_after_sends, setting->die_after_writes,
             setting->dying_node, setting->keeps_writes, world->violation, world->story);
  count->n_runs++;
  count->n_steps += world->n_steps;
  count->n_decided += world->n_decided;
}

static void
tell (const Count *count)
{
  g_test_message ("%u cases, %" G_GUINT64_FORMAT " steps, %" G_GUINT64_FORMAT " decisions told",
                  count->n_runs, count->n_steps, count->n_decided);
}

/* How two blocks are committed, and up to how many members that is looked at more than once. */
typedef struct
{
  ExplorerOpKind kind;
  gboolean is_carrying;
  guint n_nodes_max;
} Way;

static const Way ways[] = {
  { EXPLORER_COMMIT, FALSE, 10 },
  { EXPLORER_COMMIT, TRUE, 4 },
  { EXPLORER_JOIN, FALSE, 4 },
  { EXPLORER_JOIN, TRUE, 4 },
  { EXPLORER_CHAIN, FALSE, 4 },
  { EXPLORER_CHAIN, TRUE, 4 },
};

/* After each of its messages; returns FALSE when it did not send so many. */
static gboolean
let_coordinator_die (const Way *way,
                     guint      n_nodes,
                     guint      when,
                     guint      rival_after,
                     int        keeps_writes,
                     Count     *count)
{
  ExplorerSetting setting = { .is_calm = TRUE, .is_even = TRUE, .n_nodes = n_nodes,
                              .first = { .kind = way->kind, .blocks = 3 },
                              .is_carrying = way->is_carrying,
                              .die_after_sends = when, .keeps_writes = keeps_writes };
  Explorer world;
  gboolean has_sent;

  if (rival_after > 0)
    {
      setting.second = (ExplorerOp) { .kind = EXPLORER_COMMIT, .blocks = 1, .node = n_nodes - 1 };
      setting.second_after = rival_after;
    }
  run (&setting, &world, count);
  has_sent = world.n_sends >= when;
  explorer_clear (&world);

  return has_sent;
}

static void
test_coordinator_dies (void)
{
  Count count = { 0 };

  g_test_summary ("The coordinator dies after each message of each round, alone and with a rival "
                  "that begins before, and what was on its way to its disk is there or not; so "
                  "do those who commit two actions together, and who send contents along.");

  for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
    for (guint n_nodes = 1; n_nodes <= MIN (DEATHS_MEMBERS_MAX, ways[way].n_nodes_max); n_nodes++)
      for (guint rival = 0; rival <= 3; rival++)
        for (int keeps = -1; keeps <= 1; keeps += 2)
          for (guint when = 1; let_coordinator_die (&ways[way], n_nodes, when, rival * n_nodes,
                                                    keeps, &count); when++)
            ;
  tell (&count);
  g_assert_cmpuint (count.n_runs, >, 500);
}

static gboolean
let_member_die (const Way *way,
                guint      n_nodes,
                guint      number,
                guint      when,
                guint      rival_after,
                int        keeps_writes,
                Count     *count)
{
  ExplorerSetting setting = { .is_calm = TRUE, .is_even = TRUE, .n_nodes = n_nodes,
                              .first = { .kind = way->kind, .blocks = 3 },
                              .is_carrying = way->is_carrying,
                              .die_after_writes = when, .dying_node = number,
                              .keeps_writes = keeps_writes };
  Explorer world;
  gboolean has_written;

  if (rival_after > 0)
    {
      setting.second = (ExplorerOp) { .kind = EXPLORER_COMMIT, .blocks = 6, .node = n_nodes - 1 };
      setting.second_after = rival_after;
    }
  run (&setting, &world, count);
  has_written = world.nodes[number].n_writes >= when;
  explorer_clear (&world);

  return has_written;
}

static void
test_member_dies (void)
{
  Count count = { 0 };

  g_test_summary ("Each member dies after each of its writes, before and after that is on its "
                  "disk, alone and with a rival that overlaps: of what came along, between that "
                  "and the vote, too.");

  for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
    for (guint n_nodes = 1; n_nodes <= MIN (DEATHS_MEMBERS_MAX, ways[way].n_nodes_max); n_nodes++)
      for (guint number = 0; number < n_nodes; number++)
        for (guint rival = 0; rival <= 2; rival++)
          for (int keeps = -1; keeps <= 1; keeps += 2)
            for (guint when = 1; let_member_die (&ways[way], n_nodes, number, when,
                                                 rival * n_nodes, keeps, &count); when++)
              ;
  tell (&count);
  g_assert_cmpuint (count.n_runs, >, 500);
}

/* Which blocks the second is on, when the first is on two. */
typedef struct
{
  guint8 blocks;
  gboolean is_same;
} Relation;

/* The second begins after each message of the first that arrives. */
static void
let_rivals_meet (guint           n_nodes,
                 ExplorerOpKind  first,
                 ExplorerOpKind  second,
                 const Relation *relation,
                 Count          *count)
{
  gboolean has_second = TRUE;

  for (guint after = 0; has_second; after++)
    {
      ExplorerSetting setting = { .is_calm = TRUE, .is_even = TRUE, .n_nodes = n_nodes,
                                  .first = { .kind = first, .blocks = 3 },
                                  .second = { .kind = second, .blocks = relation->blocks,
                                              .node = n_nodes - 1,
                                              .is_same = relation->is_same },
                                  .second_after = after };
      Explorer world;

      run (&setting, &world, count);
      has_second = world.has_second;
      explorer_clear (&world);
    }
}

static void
test_rivals (void)
{
  static const Relation relations[] = {
    { 3, TRUE }, { 3, FALSE }, { 1, FALSE }, { 6, FALSE }, { 7, FALSE }, { 4, FALSE },
  };
  Count count = { 0 };

  g_test_summary ("Pend, commit and cancel against each other, of the same action, on the same "
                  "blocks, on some of them, overlapping and apart, one at each moment of the "
                  "other.");

  for (guint n_nodes = 1; n_nodes <= RIVALS_MEMBERS_MAX; n_nodes++)
    for (ExplorerOpKind first = EXPLORER_PEND; first <= EXPLORER_CANCEL; first++)
      for (ExplorerOpKind second = EXPLORER_PEND; second <= EXPLORER_CANCEL; second++)
        for (guint i = 0; i < G_N_ELEMENTS (relations); i++)
          if (!relations[i].is_same || second != EXPLORER_PEND)
            let_rivals_meet (n_nodes, first, second, &relations[i], &count);
  tell (&count);
  g_assert_cmpuint (count.n_runs, >, 1000);
}

static void
let_groups_meet (ExplorerOpKind    first,
                 guint             n_nodes,
                 guint8            blocks,
                 const ExplorerOp *second,
                 gboolean          is_carrying,
                 Count            *count)
{
  gboolean has_second = TRUE;

  for (guint after = 0; has_second; after++)
    {
      ExplorerSetting setting = { .is_calm = TRUE, .is_even = TRUE, .n_nodes = n_nodes,
                                  .first = { .kind = first, .blocks = blocks },
                                  .second = *second,
                                  .second_after = after,
                                  .is_carrying = is_carrying };
      Explorer world;

      setting.second.node = n_nodes - 1;
      run (&setting, &world, count);
      has_second = world.has_second;
      explorer_clear (&world);
    }
}

static void
test_groups (void)
{
  static const ExplorerOp seconds[] = {
    { .kind = EXPLORER_JOIN, .blocks = 3 },   { .kind = EXPLORER_JOIN, .blocks = 6 },
    { .kind = EXPLORER_JOIN, .blocks = 7 },   { .kind = EXPLORER_PART, .blocks = 1 },
    { .kind = EXPLORER_PART, .blocks = 3 },   { .kind = EXPLORER_COMMIT, .blocks = 1 },
    { .kind = EXPLORER_COMMIT, .blocks = 3 }, { .kind = EXPLORER_COMMIT, .blocks = 6 },
    { .kind = EXPLORER_PEND, .blocks = 3 },   { .kind = EXPLORER_CANCEL, .is_same = TRUE },
  };
  Count count = { 0 };

  g_test_summary ("Two and three commits together, whose contents are pending or come along, and "
                  "at each moment of that others together, some of the same alone, a commit on "
                  "several of their blocks, or a cancel.");

  for (guint n_nodes = 1; n_nodes <= RIVALS_MEMBERS_MAX; n_nodes++)
    for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
      for (gboolean is_carrying = FALSE; is_carrying <= TRUE; is_carrying++)
        {
          let_groups_meet (EXPLORER_JOIN, n_nodes, 3, &seconds[i], is_carrying, &count);
          let_groups_meet (EXPLORER_JOIN, n_nodes, 7, &seconds[i], is_carrying, &count);
        }
  tell (&count);
  g_assert_cmpuint (count.n_runs, >, 1000);
}

/* Three commits of one block on top of each other, or two of each of two blocks. */
static void
test_chains (void)
{
  static const ExplorerOp seconds[] = {
    { .kind = EXPLORER_CHAIN, .blocks = 1 }, { .kind = EXPLORER_CHAIN, .blocks = 3 },
    { .kind = EXPLORER_JOIN, .blocks = 3 },  { .kind = EXPLORER_PART, .blocks = 1 },
    { .kind = EXPLORER_COMMIT, .blocks = 1 }, { .kind = EXPLORER_COMMIT, .blocks = 3 },
    { .kind = EXPLORER_PEND, .blocks = 1 },  { .kind = EXPLORER_CANCEL, .is_same = TRUE },
  };
  Count count = { 0 };

  g_test_summary ("Chains, whose contents are pending or come along, and at each moment of that "
                  "other chains, groups, each of their commits alone, a commit, or a cancel.");

  for (guint n_nodes = 1; n_nodes <= RIVALS_MEMBERS_MAX; n_nodes++)
    for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
      for (guint8 blocks = 1; blocks <= 3; blocks += 2)
        for (gboolean is_carrying = FALSE; is_carrying <= TRUE; is_carrying++)
          let_groups_meet (EXPLORER_CHAIN, n_nodes, blocks, &seconds[i], is_carrying, &count);
  tell (&count);
  g_assert_cmpuint (count.n_runs, >, 500);
}

/* From three members to others: one replaced, all replaced, one more, one less. */
static const struct
{
  guint n_outsiders;
  guint target;
} targets[] = { { 1, 0x0e }, { 3, 0x38 }, { 1, 0x0f }, { 1, 0x03 } };

static ExplorerSetting
make_move (guint place)
{
  return (ExplorerSetting) { .is_calm = TRUE, .is_even = TRUE, .n_nodes = 3,
                             .kind = EXPLORER_MOVING, .n_outsiders = targets[place].n_outsiders,
                             .target = targets[place].target,
                             .first = { .kind = EXPLORER_MOVE, .blocks = 3 } };
}

static void
test_moves (void)
{
  static const guint8 blocks[] = { 1, 3, 6 };
  Count count = { 0 };

  g_test_summary ("Two blocks move, and a pend, a commit, a cancel, another move or two commits "
                  "together begin at each moment of that, by a member and by somebody who was "
                  "none.");

  for (guint place = 0; place < G_N_ELEMENTS (targets); place++)
    for (ExplorerOpKind second = EXPLORER_PEND; second <= EXPLORER_JOIN; second++)
      for (guint i = 0; i < G_N_ELEMENTS (blocks) * 2; i++)
        {
          gboolean has_second = TRUE;

          for (guint after = 0; has_second; after++)
            {
              ExplorerSetting setting = make_move (place);
              Explorer world;

              setting.second = (ExplorerOp) { .kind = second, .blocks = blocks[i / 2],
                                              .node = i % 2 == 0 ? 1 : 3 };
              setting.second_after = after;
              run (&setting, &world, &count);
              has_second = world.has_second;
              explorer_clear (&world);
            }
        }
  tell (&count);
  g_assert_cmpuint (count.n_runs, >, 500);
}

static gboolean
let_die (ExplorerSetting *setting,
         guint            rival_after,
         Count           *count)
{
  Explorer world;
  gboolean is_dead;

  if (rival_after > 0)
    setting->second = (ExplorerOp) { .kind = EXPLORER_COMMIT, .blocks = 6, .node = 1 };
  setting->second_after = rival_after;
  run (setting, &world, count);
  is_dead = setting->die_after_sends > 0
                ? world.n_sends >= setting->die_after_sends
                : world.nodes[setting->dying_node].n_writes >= setting->die_after_writes;
  explorer_clear (&world);

  return is_dead;
}

static void
test_deaths_in_moves (void)
{
  Count count = { 0 };

  g_test_summary ("While two blocks move, the coordinator dies after each message, and each node "
                  "after each of its writes, alone and with a rival.");

  for (guint place = 0; place < G_N_ELEMENTS (targets); place++)
    for (guint rival = 0; rival <= 6; rival += 3)
      for (int keeps = -1; keeps <= 1; keeps += 2)
        for (guint number = 0; number <= 3 + targets[place].n_outsiders; number++)
          {
            gboolean is_dead = TRUE;

            for (guint when = 1; is_dead; when++)
              {
                ExplorerSetting setting = make_move (place);

                setting.keeps_writes = keeps;
                setting.dying_node = number - 1;
                *(number == 0 ? &setting.die_after_sends : &setting.die_after_writes) = when;
                is_dead = let_die (&setting, rival, &count);
              }
          }
  tell (&count);
  g_assert_cmpuint (count.n_runs, >, 500);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/enumerations/coordinator-dies", test_coordinator_dies);
  g_test_add_func ("/enumerations/member-dies", test_member_dies);
  g_test_add_func ("/enumerations/rivals", test_rivals);
  g_test_add_func ("/enumerations/groups", test_groups);
  g_test_add_func ("/enumerations/chains", test_chains);
  g_test_add_func ("/enumerations/moves", test_moves);
  g_test_add_func ("/enumerations/deaths-in-moves", test_deaths_in_moves);

  return g_test_run ();
}
