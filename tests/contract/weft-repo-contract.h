/* weft-repo-contract.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* What every implementation of WeftRepo must do, as tests: one suite for all of them. */
typedef struct
{
  const char *name;      /* the tests are /repo/NAME/… */
  gboolean is_durable;   /* opening the same directory again finds what was there */
  gboolean has_events;   /* it emits committed for what lands */
  /* Others decide: a context proves nothing, and what is asked at once is answered in any order. */
  gboolean is_shared;
  /* Opens a repo on a directory, which is empty at first. What close() needs goes to `state`. */
  WeftRepo *(*open)  (const char *directory,
                      gpointer   *state);
  /* Takes over both. */
  void      (*close) (WeftRepo   *repo,
                      gpointer    state);
} WeftRepoFactory;

/* Adds the tests; to be called before g_test_run(). The factory must stay. */
void weft_repo_contract_add (const WeftRepoFactory *factory);

G_END_DECLS
