/* hunt-consensus-bugs.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Turns on one bug of consensus after the other, and explores seeds until something is wrong. Each
 * hunt is a process of its own, since what is found first may be an assertion of the library.
 */

#include "config.h"

#include "chain-content.h"
#include "explorer.h"
#include "weft-bug-private.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STORY_CHARS 160

static const ExplorerSetting stormy = { .loss = 150, .duplicate = 100, .crash = 200,
                                        .store_failure = 5 };

/* Within how many seeds each has to be found. */
typedef struct
{
  WeftBug bug;
  guint n_seeds;
  guint n_nodes; /* or 0 for any number */
  ExplorerKind kind;
} Hunt;

static const Hunt hunts[] = {
  { WEFT_BUG_VOTE_FORGOTTEN, 3000 },    { WEFT_BUG_LOCK_FORGOTTEN, 3000 },
  { WEFT_BUG_PREPARED_FORGOTTEN, 3000 }, { WEFT_BUG_VOTE_TWICE, 1000 },
  { WEFT_BUG_VOTE_NOT_RAISED, 1000 },   { WEFT_BUG_LOCK_BELOW, 3000 },
  { WEFT_BUG_LOCK_NOT_TOLD, 1000 },     { WEFT_BUG_LOCK_IGNORED, 3000 },
  { WEFT_BUG_PREPARE_NOT_KEPT, 1000 },
  { WEFT_BUG_PROMISES_TOO_FEW, 3000, 4 },  { WEFT_BUG_COMMITS_TOO_FEW, 3000, 3 },
  { WEFT_BUG_RELEASED_IN_TIME, 3000 },
  { WEFT_BUG_SENT_BEFORE_SYNC, 100 },   { WEFT_BUG_APPLIED_EARLY, 1000 },
  { WEFT_BUG_CONTENT_IGNORED, 1000 },   { WEFT_BUG_MEMBER_BASE_IGNORED, 1000 },
  { WEFT_BUG_PROMISES_TOO_MANY, 1000 }, { WEFT_BUG_COMMITS_TOO_MANY, 1000 },
  { WEFT_BUG_STRANGERS_ADMITTED, 3000, 4 }, { WEFT_BUG_VOTES_UNCHECKED, 3000 },
  { WEFT_BUG_STATEMENTS_UNCHECKED, 3000, 4 }, { WEFT_BUG_JUSTIFICATION_IGNORED, 3000 },
  { WEFT_BUG_LOCK_UNPROVEN, 3000 },     { WEFT_BUG_CERTIFICATE_UNPROVEN, 3000 },
  { WEFT_BUG_VOTE_BELOW, 1000 },        { WEFT_BUG_LOCK_DROPPED, 1000 },
  { WEFT_BUG_EXPIRED_TAKEN, 3000 },     { WEFT_BUG_RELEASED_IN_PART, 3000 },
  { WEFT_BUG_READ_TOO_FEW, 3000 },      { WEFT_BUG_READ_LOCKS_IGNORED, 3000 },
  { WEFT_BUG_PIN_IGNORED, 1000, 0, EXPLORER_MOVING },
  { WEFT_BUG_TARGET_UNCHECKED, 1000, 0, EXPLORER_MOVING },
  { WEFT_BUG_PIN_STALE_READ, 3000, 0, EXPLORER_MOVING },
  { WEFT_BUG_UNSETTLED_TELLS, 3000, 0, EXPLORER_MOVING },
  { WEFT_BUG_GROUP_MIXED, 1000 },
  { WEFT_BUG_GROUP_IN_PART, 1000 },     { WEFT_BUG_PREPARED_IMPLIED, 3000 },
  { WEFT_BUG_CARRIED_BELIEVED, 1000 },  { WEFT_BUG_DOUBT_FORGOTTEN, 1000 },
  { WEFT_BUG_CHAIN_GAP, 1000 },         { WEFT_BUG_CHAIN_IN_PART, 1000 },
  { WEFT_BUG_CHAIN_CONTENT, 100 },
};

/* What a hunting process tells. */
typedef struct
{
  guint64 seed;
  guint64 n_passed;
  gboolean is_found;
  char story[STORY_CHARS];
} Report;

/* In the world of the explorer all contents can be applied. */
static gboolean
judge_contents (const Hunt *plan,
                Report     *report)
{
  g_autofree char *story = NULL;

  if (plan->bug != WEFT_BUG_CHAIN_CONTENT && plan->bug != WEFT_N_BUGS)
    return TRUE;
  if (chain_content_explore (report->seed, &story))
    return TRUE;
  g_snprintf (report->story, STORY_CHARS, "%s", story);
  report->is_found = TRUE;

  return FALSE;
}

static void
hunt (const Hunt *plan,
      Report     *report)
{
  ExplorerSetting setting = stormy;

  setting.n_nodes = plan->n_nodes;
  setting.kind = plan->kind;
  weft_bug_turn_on (plan->bug);
  for (report->seed = 1; report->seed <= plan->n_seeds; report->seed++)
    {
      Explorer world;

      if (!judge_contents (plan, report))
        return;
      explorer_run (&world, report->seed, &setting);
      report->n_passed = weft_bug_get_n ();
      if (world.violation != NULL)
        {
          g_snprintf (report->story, STORY_CHARS, "%s: %s", world.violation, world.story);
          report->is_found = TRUE;
          return;
        }
      explorer_clear (&world);
    }
}

static GLogWriterOutput
ignore_logs (GLogLevelFlags   level,
             const GLogField *fields,
             gsize            n_fields,
             gpointer         user_data)
{
  return G_LOG_WRITER_HANDLED;
}

static void
hunt_apart (const Hunt *plan,
            Report     *report)
{
  pid_t child;
  int status;

  memset (report, 0, sizeof *report);
  fflush (NULL);
  child = fork ();
  g_assert_true (child >= 0);
  if (child == 0)
    {
      g_log_set_writer_func (ignore_logs, NULL, NULL);
      g_assert_nonnull (freopen ("/dev/null", "w", stderr));
      g_assert_nonnull (freopen ("/dev/null", "w", stdout));
      hunt (plan, report);
      _exit (0);
    }
  waitpid (child, &status, 0);
  if (WIFSIGNALED (status))
    {
      g_snprintf (report->story, STORY_CHARS, "an assertion of the library");
      report->is_found = TRUE;
    }
}

/* Without a bug the same seeds are without a violation. */
static gboolean
check_rightness (Report *report)
{
  static const Hunt none = { WEFT_N_BUGS, 100 };

  hunt_apart (&none, report);
  g_print ("%s %u - without a bug, 100 seeds%s%s\n", report->is_found ? "not ok" : "ok",
           (guint) G_N_ELEMENTS (hunts) + 1, report->is_found ? ": " : "", report->story);

  return !report->is_found;
}

/* Those that are named only, or all. */
static gboolean
is_wanted (WeftBug  bug,
           char   **names)
{
  return names[0] == NULL || g_strv_contains ((const char *const *) names,
                                              weft_bug_get_name (bug));
}

int
main (int    argc,
      char **argv)
{
  Report *report = mmap (NULL, sizeof *report, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  gboolean is_good = TRUE;

  g_assert_true (report != MAP_FAILED);
  g_print ("1..%u\n", (guint) G_N_ELEMENTS (hunts) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (hunts); i++)
    {
      gint64 begin = g_get_monotonic_time ();

      if (!is_wanted (hunts[i].bug, argv + 1))
        {
          g_print ("ok %u - %s # SKIP\n", i + 1, weft_bug_get_name (hunts[i].bug));
          continue;
        }
      hunt_apart (&hunts[i], report);
      g_print ("%s %u - %s\n# %s: %s %" G_GUINT64_FORMAT " seeds, %.2f s: %s\n",
               report->is_found ? "ok" : "not ok", i + 1, weft_bug_get_name (hunts[i].bug),
               weft_bug_get_words (hunts[i].bug), report->is_found ? "found after" : "not found in",
               report->is_found ? report->seed : report->seed - 1,
               (g_get_monotonic_time () - begin) / 1e6,
               report->is_found ? report->story : "");
      is_good = is_good && report->is_found;
    }
  is_good = check_rightness (report) && is_good;

  return is_good ? 0 : 1;
}
