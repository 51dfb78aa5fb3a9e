/* weft-cluster-request.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-cluster-record.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftClusterRequestKind:
 * @WEFT_CLUSTER_UPDATE: a record to vote on, to lock or to apply
 * @WEFT_CLUSTER_PREPARE: a ballot, below which nothing may be voted for any more
 * @WEFT_CLUSTER_LATEST: what a member knows of some blocks
 * @WEFT_CLUSTER_PEND: actions to pend, each for itself
 *
 * What one member of a cluster asks another.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_CLUSTER_UPDATE,
  WEFT_CLUSTER_PREPARE,
  WEFT_CLUSTER_LATEST,
  WEFT_CLUSTER_PEND,
} WeftClusterRequestKind;

#define WEFT_TYPE_CLUSTER_REQUEST (weft_cluster_request_get_type ())

typedef struct _WeftClusterRequest WeftClusterRequest;

WEFT_AVAILABLE_IN_ALL
GType                  weft_cluster_request_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftClusterRequest    *weft_cluster_request_new_update    (WeftClusterRecord   *record)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftClusterRequest    *weft_cluster_request_new_latest    (const char * const  *block_ids,
                                                           GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftClusterRequestKind weft_cluster_request_get_kind      (WeftClusterRequest  *self);
WEFT_AVAILABLE_IN_ALL
WeftClusterRecord     *weft_cluster_request_get_record    (WeftClusterRequest  *self);
WEFT_AVAILABLE_IN_ALL
const char * const    *weft_cluster_request_get_block_ids (WeftClusterRequest  *self);
WEFT_AVAILABLE_IN_ALL
WeftClusterRequest    *weft_cluster_request_ref           (WeftClusterRequest  *self);
WEFT_AVAILABLE_IN_ALL
void                   weft_cluster_request_unref         (WeftClusterRequest  *self);
WEFT_AVAILABLE_IN_ALL
WeftClusterRequest    *weft_cluster_request_from_json     (JsonNode            *json,
                                                           GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode              *weft_cluster_request_to_json       (WeftClusterRequest  *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char                  *weft_cluster_request_to_string     (WeftClusterRequest  *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean               weft_cluster_request_equal         (WeftClusterRequest  *a,
                                                           WeftClusterRequest  *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftClusterRequest, weft_cluster_request_unref)

G_END_DECLS
