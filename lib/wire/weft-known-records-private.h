/* weft-known-records-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-request-private.h"
#include "weft-cluster-record-brief-private.h"

G_BEGIN_DECLS

/* What others told of records. A member is sent the same record three times with other votes, and
 * records of the same peers all the time: once it was told, {"brief":…} is enough. Whoever does not
 * know the rest any more answers {"unknown":true}, and is sent all of it.
 *
 * Only some are remembered; what is forgotten costs that answer. */
typedef struct _WeftKnownRecords WeftKnownRecords;

WeftKnownRecords   *weft_known_records_new  (void) G_GNUC_WARN_UNUSED_RESULT;
void                weft_known_records_free (WeftKnownRecords    *self);
/* The request that a peer sent, in full or brief. NULL without an error when what it is brief of is
 * not known. */
WeftClusterRequest *weft_known_records_read (WeftKnownRecords    *self,
                                             WeftPeerId          *sender,
                                             const WeftItem      *item,
                                             GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
#define WEFT_KNOWN_RECORDS_UNKNOWN "{\"unknown\":true}"
gboolean            weft_known_records_is_unknown   (const WeftItem *answer);
/* The answer has to wait for something, others of the same message have not. */
#define WEFT_KNOWN_RECORDS_LATER "{\"later\":true}"
gboolean            weft_known_records_is_later     (const WeftItem *answer);

/* The other side: what one peer was told. */
typedef struct _WeftToldRecords WeftToldRecords;

WeftToldRecords    *weft_told_records_new   (void) G_GNUC_WARN_UNUSED_RESULT;
void                weft_told_records_free  (WeftToldRecords     *self);
/* The text of the request, a GRefString that it owns, as briefly as that peer can understand it,
 * which is told from now on. */
char               *weft_told_records_write (WeftToldRecords     *self,
                                             WeftClusterRequest  *request,
                                             gboolean            *is_brief);
/* In full, because the peer did not know it. */
char               *weft_told_records_write_again (WeftToldRecords    *self,
                                                   WeftClusterRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftKnownRecords, weft_known_records_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftToldRecords, weft_told_records_free)

G_END_DECLS
