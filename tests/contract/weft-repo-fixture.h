/* weft-repo-fixture.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-repo-contract.h"

G_BEGIN_DECLS

/* A repo on a directory of its own. */
typedef struct
{
  const WeftRepoFactory *factory;
  char *directory;
  WeftRepo *repo;
  gpointer state;
} WeftRepoFixture;

typedef struct
{
  const char *name;
  void (*test) (WeftRepoFixture *fixture,
                gconstpointer    data);
} WeftRepoTest;

void     weft_repo_fixture_add_tests  (const WeftRepoFactory *factory,
                                       const WeftRepoTest    *tests,
                                       guint                  n_tests);
/* Closes and opens again; FALSE, and nothing done, for a repo that forgets. */
gboolean weft_repo_fixture_reopen     (WeftRepoFixture       *self);

/* Parts of the suite: puts, stale requests, and thousands of requests beside a model. */
void     weft_repo_contract_add_put    (const WeftRepoFactory *factory);
void     weft_repo_contract_add_stale  (const WeftRepoFactory *factory);
void     weft_repo_contract_add_random (const WeftRepoFactory *factory);

G_END_DECLS
