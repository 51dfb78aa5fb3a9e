/* weft-cluster-record.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-cluster-peer.h"
#include "weft-repo-message.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_CLUSTER_RECORD (weft_cluster_record_get_type ())

typedef struct _WeftClusterRecord WeftClusterRecord;

WEFT_AVAILABLE_IN_ALL
GType              weft_cluster_record_get_type           (void);
WEFT_AVAILABLE_IN_ALL
WeftClusterRecord *weft_cluster_record_new                (WeftRepoMessage   *message,
                                                           GPtrArray         *peers,
                                                           double             super_majority,
                                                           GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftRepoMessage   *weft_cluster_record_get_message        (WeftClusterRecord *self);
WEFT_AVAILABLE_IN_ALL
const char        *weft_cluster_record_get_message_hash   (WeftClusterRecord *self);
WEFT_AVAILABLE_IN_ALL
const char        *weft_cluster_record_get_membership     (WeftClusterRecord *self);
WEFT_AVAILABLE_IN_ALL
double             weft_cluster_record_get_super_majority (WeftClusterRecord *self);
/* (element-type WeftClusterPeer), sorted by peer id. */
WEFT_AVAILABLE_IN_ALL
GPtrArray         *weft_cluster_record_get_peers          (WeftClusterRecord *self);
WEFT_AVAILABLE_IN_ALL
gboolean           weft_cluster_record_has_peer           (WeftClusterRecord *self,
                                                           WeftPeerId        *peer_id);
WEFT_AVAILABLE_IN_ALL
WeftClusterRecord *weft_cluster_record_ref                (WeftClusterRecord *self);
WEFT_AVAILABLE_IN_ALL
void               weft_cluster_record_unref              (WeftClusterRecord *self);
WEFT_AVAILABLE_IN_ALL
WeftClusterRecord *weft_cluster_record_from_json          (JsonNode          *json,
                                                           GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_cluster_record_to_json            (WeftClusterRecord *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_cluster_record_to_string          (WeftClusterRecord *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_cluster_record_equal              (WeftClusterRecord *a,
                                                           WeftClusterRecord *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftClusterRecord, weft_cluster_record_unref)

G_END_DECLS
