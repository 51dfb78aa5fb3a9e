/* weft-cluster-waiters-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster.h"

G_BEGIN_DECLS

/* Those who wait for answers of a member, each until its own deadline. */
typedef struct _WeftClusterWaiters WeftClusterWaiters;

WeftClusterWaiters *weft_cluster_waiters_new       (void) G_GNUC_WARN_UNUSED_RESULT;
/* Nobody may wait any more. */
void                weft_cluster_waiters_free      (WeftClusterWaiters  *self);
/* `token` is another one each time. */
void                weft_cluster_waiters_add       (WeftClusterWaiters  *self,
                                                    guint64              token,
                                                    gint64               deadline_usec,
                                                    WeftClusterDoneFunc  done,
                                                    gpointer             user_data);
/* Ends the wait of one of them, if it still does. */
void                weft_cluster_waiters_finish    (WeftClusterWaiters  *self,
                                                    guint64              token,
                                                    WeftCluster         *cluster,
                                                    WeftClusterAnswer   *answer,
                                                    const GError        *error);
/* The same without a word. */
void                weft_cluster_waiters_drop      (WeftClusterWaiters  *self,
                                                    guint64              token);
/* Of one whose deadline is not after this; 0 for nobody. */
guint64             weft_cluster_waiters_find_late (WeftClusterWaiters  *self,
                                                    gint64               now_usec);
/* The earliest deadline; G_MAXINT64 for none. */
gint64              weft_cluster_waiters_get_next  (WeftClusterWaiters  *self);

G_END_DECLS
