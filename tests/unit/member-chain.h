/* member-chain.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "member-rig.h"

G_BEGIN_DECLS

/* x, y and z make block a what it is after revision 4, in one record. */
typedef struct
{
  MemberRig *rig; /* which has the block up to there */
  WeftClusterRecord *all;
  WeftClusterRecord *promised;
  WeftClusterRecord *decided;
} MemberChain;

/* As g_test_add() has them. */
void member_chain_set_up        (MemberChain   *self,
                                 gconstpointer  data);
void member_chain_tear_down     (MemberChain   *self,
                                 gconstpointer  data);
/* All three are pending here. */
void member_chain_pend          (MemberRig     *rig);
/* What was told so far, once it is stored. */
void member_chain_forget        (MemberRig     *rig);
/* All three were made revisions, and nothing is held any more. */
void member_chain_assert_filled (MemberRig     *rig);

G_END_DECLS
