/* weft-member-outcome-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-cluster-member-private.h"
#include "weft-member-machine-private.h"

G_BEGIN_DECLS

/* What the machine of a member is to be told of something it wanted, perhaps later. */
typedef struct
{
  WeftClusterMember *member; /* (owned) */
  guint generation;          /* of the machine that wanted it */
  WeftMemberEventType type;
  guint64 id;
  guint64 token;
  char *text;                /* (owned) (nullable) */
  GPtrArray *pends;          /* (element-type WeftPendRequest) (nullable): what it pended */
  GPtrArray *results;        /* (element-type WeftPendResult) (nullable): of several pends */
  GError *error;             /* (owned) (nullable) */
} WeftMemberOutcome;

WeftMemberOutcome *weft_member_outcome_new  (WeftClusterMember   *member,
                                             guint                generation,
                                             WeftMemberEventType  type,
                                             guint64              id,
                                             guint64              token)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_member_outcome_free (WeftMemberOutcome   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftMemberOutcome, weft_member_outcome_free)

G_END_DECLS
