/* member-group.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-group.h"

WeftClusterRecord *
member_group_new (void)
{
  return rig_group ("x:a y:b z:c", 0, 0);
}

void
member_group_pend (MemberRig *rig)
{
  member_rig_add_pending (rig, "a", "x", 0);
  member_rig_add_pending (rig, "b", "y", 0);
  member_rig_add_pending (rig, "c", "z", 0);
}

void
member_group_forget (MemberRig *rig)
{
  member_rig_store_all (rig);
  g_string_truncate (rig->transcript, 0);
}

void
member_group_assert_filled (MemberRig *rig)
{
  g_assert_cmpstr (rig_state_get_revision (rig->durable, "a", 1), ==, "x");
  g_assert_cmpstr (rig_state_get_revision (rig->durable, "b", 1), ==, "y");
  g_assert_cmpstr (rig_state_get_revision (rig->durable, "c", 1), ==, "z");
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
}
