/* weft-cluster.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-cluster-answer.h"
#include "weft-cluster-request.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_CLUSTER (weft_cluster_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WeftCluster, weft_cluster, WEFT, CLUSTER, GObject)

/**
 * WeftClusterDoneFunc:
 * @cluster: whom was asked
 * @answer: (nullable): the answer
 * @error: (nullable): why there is none; exactly one of @answer and @error is set
 * @user_data: what was given to [method@Weft.Cluster.perform]
 *
 * Called once for each request, and never from within [method@Weft.Cluster.perform].
 *
 * Since: 0.1
 */
typedef void (*WeftClusterDoneFunc) (WeftCluster       *cluster,
                                     WeftClusterAnswer *answer,
                                     const GError      *error,
                                     gpointer           user_data);

/**
 * WeftClusterInterface:
 * @perform: answers one request
 *
 * The virtual function table for [iface@Weft.Cluster].
 *
 * Since: 0.1
 */
struct _WeftClusterInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  void (*perform) (WeftCluster *self,
                   WeftClusterRequest *request,
                   gint64 timeout_usec,
                   WeftClusterDoneFunc done,
                   gpointer user_data);

  /*< private >*/
  gpointer padding[4];
};

WEFT_AVAILABLE_IN_ALL
void               weft_cluster_perform        (WeftCluster         *self,
                                                WeftClusterRequest  *request,
                                                gint64               timeout_usec,
                                                WeftClusterDoneFunc  done,
                                                gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
void               weft_cluster_update_async   (WeftCluster         *self,
                                                WeftClusterRecord   *record,
                                                gint64               timeout_usec,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
void               weft_cluster_latest_async   (WeftCluster         *self,
                                                const char * const  *block_ids,
                                                gint64               timeout_usec,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
WEFT_AVAILABLE_IN_ALL
WeftClusterAnswer *weft_cluster_perform_finish (WeftCluster         *self,
                                                GAsyncResult        *result,
                                                GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
