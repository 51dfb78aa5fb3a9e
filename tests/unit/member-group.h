/* member-group.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "member-rig.h"

G_BEGIN_DECLS

/* A group of three: x on block a, y on b, z on c, each the first of its block. */
WeftClusterRecord *member_group_new           (void) G_GNUC_WARN_UNUSED_RESULT;
/* All three are pending here. */
void               member_group_pend          (MemberRig *rig);
/* What was told so far, once it is stored. */
void               member_group_forget        (MemberRig *rig);
/* All three were made revisions, and nothing is held any more. */
void               member_group_assert_filled (MemberRig *rig);

G_END_DECLS
