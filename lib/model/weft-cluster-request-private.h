/* weft-cluster-request-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-request.h"
#include "weft-pend-request.h"
#include "weft-prepare-private.h"
#include "weft-repo-message.h"

G_BEGIN_DECLS

/* JSON: {"update":Record,"pends"?:[PendRequest…]} or {"prepare":Prepare} or
 * {"latest":{"blockIds":[…]}} or {"pend":{"membership","messages":[RepoMessage…]}}. */
/* With the content of what is to be voted for, which may not be pending yet.
 * @pends: (nullable) (element-type WeftPendRequest), at most WEFT_LIMIT_GROUP_MAX. They are no part
 * of the record: they are not hashed, signed or kept with it, and nothing says that they are what
 * it commits. */
WeftClusterRequest *weft_cluster_request_new_update_with (WeftClusterRecord *record,
                                                          GPtrArray         *pends)
    G_GNUC_WARN_UNUSED_RESULT;
/* (nullable) (element-type WeftPendRequest): at least one. */
GPtrArray          *weft_cluster_request_get_pends   (WeftClusterRequest *self);
WeftClusterRequest *weft_cluster_request_new_prepare (WeftPrepare        *prepare)
    G_GNUC_WARN_UNUSED_RESULT;
/* To pend what each of the messages says, for itself: no record, as none of it is decided.
 * @membership: the hash of who keeps the blocks
 * @messages: (element-type WeftRepoMessage): 1 to WEFT_LIMIT_GROUP_MAX pends of different actions
 * and different blocks, these at most WEFT_LIMIT_PEND_BLOCKS_MAX. */
WeftClusterRequest *weft_cluster_request_new_pend    (const char         *membership,
                                                      GPtrArray          *messages)
    G_GNUC_WARN_UNUSED_RESULT;
/* Both are NULL for another kind. */
const char         *weft_cluster_request_get_membership (WeftClusterRequest *self);
GPtrArray          *weft_cluster_request_get_messages   (WeftClusterRequest *self);
/* Whether it tells of what was decided, so that nothing is left to vote for. */
gboolean            weft_cluster_request_is_news     (WeftClusterRequest *self);
WeftPrepare        *weft_cluster_request_get_prepare (WeftClusterRequest *self);
WeftClusterRequest *weft_cluster_request_read        (const WeftItem     *item,
                                                      GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The member `pends` of an object, if it is there. */
gboolean            weft_cluster_request_read_pends  (const WeftItem     *object,
                                                      GPtrArray         **pends,
                                                      GError            **error);
/* Appends the canonical text of weft_cluster_request_to_json(). */
void                weft_cluster_request_append      (WeftClusterRequest *self,
                                                      GString            *text);

typedef enum
{
  WEFT_CLUSTER_TEXT_FULL,     /* that of weft_cluster_request_append() */
  WEFT_CLUSTER_TEXT_MESSAGE,  /* {"brief":…,"pends"?}, without peers and policy of the record */
  WEFT_CLUSTER_TEXT_HASH,     /* the same, with nothing but the hash of the record and its votes */
} WeftClusterTextForm;

/* A GRefString, written once for all who are asked the same. The last two are of an update whose
 * record may be brief. */
char               *weft_cluster_request_get_text    (WeftClusterRequest *self,
                                                      WeftClusterTextForm form);

G_END_DECLS
