/* weft-verbs.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tool.h"

G_BEGIN_DECLS

/* One of the things the tool does. */
typedef struct
{
  const char *name;
  const char *arguments;       /* as in `weft get ID…` */
  const char *summary;         /* one line, for the list of verbs */
  const char *description;     /* below the options: what it prints, and examples */
  const GOptionEntry *options; /* NULL-terminated, or NULL */
  gboolean needs_node;         /* whether to connect before it runs */
  int arguments_min;
  int arguments_max;           /* -1: any number */
  WeftExit (*run) (WeftTool *tool,
                   char    **arguments);
} WeftVerb;

extern const WeftVerb weft_verb_bootstrap;
extern const WeftVerb weft_verb_cancel;
extern const WeftVerb weft_verb_commit;
extern const WeftVerb weft_verb_delete;
extern const WeftVerb weft_verb_export;
extern const WeftVerb weft_verb_get;
extern const WeftVerb weft_verb_history;
extern const WeftVerb weft_verb_id;
extern const WeftVerb weft_verb_import;
extern const WeftVerb weft_verb_explain;
extern const WeftVerb weft_verb_peers;
extern const WeftVerb weft_verb_pend;
extern const WeftVerb weft_verb_put;
extern const WeftVerb weft_verb_restore;
extern const WeftVerb weft_verb_ring;
extern const WeftVerb weft_verb_status;
extern const WeftVerb weft_verb_watch;

G_END_DECLS
