/* script-repo.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-clock.h"
#include "weft-repo.h"

G_BEGIN_DECLS

#define SCRIPT_TYPE_REPO (script_repo_get_type ())
G_DECLARE_FINAL_TYPE (ScriptRepo, script_repo, SCRIPT, REPO, GObject)

/* A repo that follows a script: tests write out what is asked, in order, and what it answers. */
struct _ScriptRepo
{
  GObject parent_instance;

  WeftClock *clock;
  const char *const *answers; /* the JSON of a reply, or the name of an error code */
  GString *asked;
  char *last_id; /* (nullable): the action that was put last */
};

/* The clock stays the caller's. */
ScriptRepo *script_repo_new (WeftClock *clock);

G_END_DECLS
