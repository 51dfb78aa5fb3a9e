/* weft-prepare-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-record-private.h"

G_BEGIN_DECLS

/* Asks the members not to vote below a ballot any more, and what they voted for and locked.
 * JSON: {"slots":[Slot…],"peers":{id:{"addrs"}},"membership","policy","ballot"}. */
typedef struct _WeftPrepare WeftPrepare;

GType        weft_prepare_get_type           (void);
/* 1 to 256 slots (element-type WeftSlot), 1 to 64 peers, a ballot above the first. */
WeftPrepare *weft_prepare_new                (GPtrArray           *slots,
                                              GPtrArray           *peers,
                                              double               super_majority,
                                              WeftBallot          *ballot)
    G_GNUC_WARN_UNUSED_RESULT;
GPtrArray   *weft_prepare_get_slots          (WeftPrepare         *self); /* sorted, each once */
/* (element-type WeftClusterPeer), sorted */
GPtrArray   *weft_prepare_get_peers          (WeftPrepare         *self);
const char  *weft_prepare_get_membership     (WeftPrepare         *self);
double       weft_prepare_get_super_majority (WeftPrepare         *self);
WeftBallot  *weft_prepare_get_ballot         (WeftPrepare         *self);
WeftPrepare *weft_prepare_ref                (WeftPrepare         *self);
void         weft_prepare_unref              (WeftPrepare         *self);
/* Appends the canonical text of weft_prepare_to_json(). */
void         weft_prepare_append             (WeftPrepare         *self,
                                              GString             *text);
WeftPrepare *weft_prepare_read               (const WeftItem      *item,
                                              const WeftJsonPath  *path,
                                              GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
JsonNode    *weft_prepare_to_json            (WeftPrepare         *self) G_GNUC_WARN_UNUSED_RESULT;
WeftPrepare *weft_prepare_from_json          (JsonNode            *json,
                                              GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
char        *weft_prepare_to_string          (WeftPrepare         *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean     weft_prepare_equal              (WeftPrepare         *a,
                                              WeftPrepare         *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftPrepare, weft_prepare_unref)

G_END_DECLS
