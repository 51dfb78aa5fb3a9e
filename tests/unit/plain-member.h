/* plain-member.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "cluster-fixture.h"

G_BEGIN_DECLS

/* A member by the book and no more: no storage, no repo, nothing expires. It aborts when it is
 * shown certificates of two messages for one slot, or a record that it must not be asked about. */
typedef struct
{
  guint number;
  GPtrArray *slots;   /* (element-type PlainSlot) (owned) */
  GPtrArray *decided; /* (element-type WeftClusterRecord) (owned) */
} PlainMember;

void               plain_member_init   (PlainMember        *self,
                                        guint               number);
void               plain_member_clear  (PlainMember        *self);
WeftClusterAnswer *plain_member_answer (PlainMember        *self,
                                        WeftClusterRequest *request);
WeftClusterRecord *plain_member_find   (PlainMember        *self,
                                        GPtrArray          *slots);

G_END_DECLS
