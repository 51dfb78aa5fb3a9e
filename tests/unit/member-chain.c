/* member-chain.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-chain.h"

void
member_chain_set_up (MemberChain   *self,
                     gconstpointer  data)
{
  self->rig = member_rig_new ();
  self->all = rig_group ("x:a y:a z:a", 4, 0);
  self->promised = fixture_promised (self->all, 0x6);
  self->decided = fixture_committed (self->all, 0x6);
  member_rig_learn_name (self->rig, self->all);
  member_rig_add_revision (self->rig, "a", 4, "u");
}

void
member_chain_tear_down (MemberChain   *self,
                        gconstpointer  data)
{
  member_rig_free (self->rig);
  weft_cluster_record_unref (self->all);
  weft_cluster_record_unref (self->promised);
  weft_cluster_record_unref (self->decided);
}

void
member_chain_pend (MemberRig *rig)
{
  member_rig_add_pending (rig, "a", "x", 4);
  member_rig_add_pending (rig, "a", "y", 5);
  member_rig_add_pending (rig, "a", "z", 6);
}

void
member_chain_forget (MemberRig *rig)
{
  member_rig_store_all (rig);
  g_string_truncate (rig->transcript, 0);
}

void
member_chain_assert_filled (MemberRig *rig)
{
  g_assert_cmpstr (rig_state_get_revision (rig->durable, "a", 5), ==, "x");
  g_assert_cmpstr (rig_state_get_revision (rig->durable, "a", 6), ==, "y");
  g_assert_cmpstr (rig_state_get_revision (rig->durable, "a", 7), ==, "z");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}
