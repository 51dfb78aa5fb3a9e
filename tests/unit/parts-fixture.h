/* parts-fixture.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "manual-clock.h"
#include "script-transport.h"
#include "weft-cluster-parts-private.h"
#include "weft-cluster.h"

G_BEGIN_DECLS

/* What works for the clusters of one node, with a clock that stands still and a transport whose
 * other side is the test. */
typedef struct
{
  ManualClock *clock;
  ScriptTransport *transport; /* which knows the peers of cluster-fixture.h as 0, 1, 2 … */
  WeftStorage *storage;       /* in memory */
  WeftStorageRepo *repo;
  WeftClusterParts *parts;
} PartsFixture;

void   parts_fixture_set_up    (PartsFixture  *self,
                                gconstpointer  user_data);
/* Everything that was begun has to have ended. */
void   parts_fixture_tear_down (PartsFixture  *self,
                                gconstpointer  user_data);
/* What the storage owes it tells now. */
void   parts_fixture_settle    (PartsFixture  *self);
/* What was asked of the transport since the last call. */
char  *parts_fixture_notes     (PartsFixture  *self) G_GNUC_WARN_UNUSED_RESULT;
gint64 parts_fixture_now       (PartsFixture  *self);

#define SCRIPT_TYPE_CLUSTER (script_cluster_get_type ())

/* A member that answers when the test says so. */
G_DECLARE_FINAL_TYPE (ScriptCluster, script_cluster, SCRIPT, CLUSTER, GObject)

ScriptCluster *script_cluster_new      (void) G_GNUC_WARN_UNUSED_RESULT;
/* How many requests it got so far, and how many of them are not answered. */
guint          script_cluster_get_n    (ScriptCluster         *self);
guint          script_cluster_get_open (ScriptCluster         *self);
/* The oldest that is not answered: {"applied":true} and the like, or the code of an error. */
void           script_cluster_answer   (ScriptCluster         *self,
                                        const char            *answer);
void           script_cluster_fail     (ScriptCluster         *self,
                                        WeftError              code);

G_END_DECLS
