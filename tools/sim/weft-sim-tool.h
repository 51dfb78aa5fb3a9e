/* weft-sim-tool.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft-sim.h>

G_BEGIN_DECLS

/* What the process exits with; the manual page says the same. */
typedef enum
{
  WEFT_SIM_EXIT_PASS = 0,
  WEFT_SIM_EXIT_VIOLATION = 1,
  WEFT_SIM_EXIT_UNDECIDED = 2,
  WEFT_SIM_EXIT_NON_DETERMINISM = 3,
  WEFT_SIM_EXIT_HARNESS = 4,
} WeftSimExit;

/* What was asked for on the command line, of all verbs. */
typedef struct
{
  const char *program; /* as it was called */
  gboolean json;
  gboolean quiet;
} WeftSimTool;

/* One of the things the tool does. */
typedef struct
{
  const char *name;
  const char *arguments;       /* as in `weft-sim run SCENARIO` */
  const char *summary;         /* one line, for the list of verbs; NULL when it is not for people */
  const char *description;     /* below the options: examples */
  const GOptionEntry *options; /* NULL-terminated, or NULL */
  int arguments_min;
  int arguments_max;           /* -1: any number */
  WeftSimExit (*run) (WeftSimTool *tool,
                      char       **arguments);
} WeftSimVerb;

extern const WeftSimVerb weft_sim_verb_explain;
extern const WeftSimVerb weft_sim_verb_fence;
extern const WeftSimVerb weft_sim_verb_list;
extern const WeftSimVerb weft_sim_verb_merge;
extern const WeftSimVerb weft_sim_verb_replay;
extern const WeftSimVerb weft_sim_verb_run;
extern const WeftSimVerb weft_sim_verb_shrink;
extern const WeftSimVerb weft_sim_verb_swarm;
extern const WeftSimVerb weft_sim_verb_timeline;
extern const WeftSimVerb weft_sim_verb_work;

/* Both print what is wrong and return the exit code for it. */
WeftSimExit weft_sim_tool_fail  (GError      *error);
WeftSimExit weft_sim_tool_usage (const char  *format,
                                 ...) G_GNUC_PRINTF (1, 2);

void        weft_sim_tool_print (JsonNode    *node);
/* Makes a scenario have what was asked for with --signatures, if anything was. */
gboolean    weft_sim_tool_set_signatures (WeftSimScenario *scenario,
                                          const char      *text,
                                          GError         **error);
/* The least and the last of A..B, or N twice. */
gboolean    weft_sim_tool_parse_seeds (const char  *text,
                                       guint64     *first,
                                       guint64     *last,
                                       GError     **error);

G_END_DECLS
