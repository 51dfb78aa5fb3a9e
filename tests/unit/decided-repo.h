/* decided-repo.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

#include "../contract/weft-repo-asker.h"
#include "weft-storage-repo-private.h"

G_BEGIN_DECLS

/* The repo of a member, for which the test says what its cluster has decided. */
typedef struct
{
  WeftStorage *storage;
  WeftStorageRepo *repo;
  WeftListener *listener;
  guint n_settled; /* of what was applied, what is durable */
} DecidedRepo;

/* As g_test_add() has them. */
void     decided_repo_set_up    (DecidedRepo   *self,
                                 gconstpointer  data);
void     decided_repo_tear_down (DecidedRepo   *self,
                                 gconstpointer  data);
/* Waits until it is durable. Each time a mark goes along. */
gboolean decided_repo_apply     (DecidedRepo   *self,
                                 GPtrArray     *commits,
                                 const char    *cluster,
                                 GError       **error);
gboolean decided_repo_is_marked (DecidedRepo   *self);

G_END_DECLS
