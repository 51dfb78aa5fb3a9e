/* test-member-groups-restart.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "member-group.h"

#include "weft-json-private.h"
#include "weft-member-internal-private.h"

/* What is found again of a record of several commits, which is stored once for all its slots. */

/* A restart, after which all slots are as they were. */
static void
restart (MemberRig  *rig,
         const char *expected)
{
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftBallot) high = rig_ballot (9, 1);

  member_rig_restart (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_prepare (rig, all, high);
  member_rig_expect (rig, expected);
  g_test_message ("What is not durable is forgotten again.");
  member_rig_restart (rig);
  g_string_truncate (rig->transcript, 0);
}

static void
test_restart (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (all, 0x6);

  g_test_summary ("A restart after each step finds what was promised, in each slot.");

  member_group_pend (rig);
  member_rig_update (rig, all);
  restart (rig, "store [a@0 prepared 9.1] [b@0 prepared 9.1] [c@0 prepared 9.1]\n");
  member_rig_update (rig, all);
  member_rig_store (rig);
  restart (rig,
           "store [a@0 prepared 9.1 voted x+y+z at 0] [b@0 prepared 9.1 voted x+y+z at 0]"
           " [c@0 prepared 9.1 voted x+y+z at 0]\n");
  member_rig_update (rig, promised);
  member_rig_store (rig);
  restart (rig,
           "store [a@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]"
           " [b@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]"
           " [c@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]\n");
  member_rig_update (rig, decided);
  restart (rig,
           "store [a@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]"
           " [b@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]"
           " [c@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]\n");
  member_rig_update (rig, decided);
  member_rig_store (rig);
  member_rig_restart (rig);
  member_group_assert_filled (rig);
  g_string_truncate (rig->transcript, 0);
  member_rig_update (rig, all);
  member_rig_expect (rig, "answer 10: decided x+y+z\n");
}

static void
test_restart_parted (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) y = rig_record ("y", "b", 0, 0);
  g_autoptr (WeftBallot) one = rig_ballot (1, 1);
  g_autoptr (WeftClusterRecord) y_one = rig_at (y, one, NULL);

  g_test_summary ("A slot in which something else was voted for since, at a higher ballot, is "
                  "found as it is, and the others as they are.");

  member_group_pend (rig);
  member_rig_update (rig, all);
  member_rig_update (rig, y_one);
  member_rig_store_all (rig);
  restart (rig,
           "store [a@0 prepared 9.1 voted x+y+z at 0] [b@0 prepared 9.1 voted y at 1.1]"
           " [c@0 prepared 9.1 voted x+y+z at 0]\n");
}

static void
test_restart_filled (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) w = rig_record ("w", "c", 0, 0);
  g_autoptr (GPtrArray) open = NULL;

  g_test_summary ("What another record filled before a restart is let go of after it.");

  member_group_pend (rig);
  member_rig_add_pending (rig, "c", "w", 0);
  member_rig_update (rig, all);
  member_group_forget (rig);
  member_rig_crash (rig);
  member_rig_add_revision (rig, "b", 1, "v");
  member_rig_restart (rig);
  g_assert_cmpuint (weft_member_machine_get_n_slots (rig->machine), ==, 0);
  g_test_message ("The next thing that is stored takes along that it was.");
  member_rig_update (rig, w);
  member_rig_store (rig);
  open = rig_state_list_open (rig->durable);
  g_assert_cmpuint (open->len, ==, 1);
  member_rig_expect (rig,
                     "store [c@0 prepared 0 voted w at 0]\n"
                     "answer 2: promise approve\n");
}

static void
test_damage (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) decided = fixture_committed (all, 0x6);
  g_autoptr (WeftClusterRecord) v = rig_record ("v", "d", 0, 0);
  g_autoptr (JsonNode) json
      = weft_json_parse ("{\"role\":\"vote\",\"shared\":{\"slots\":7}}", -1, NULL);

  g_test_summary ("A record of several slots that cannot be read may have been on any: nothing "
                  "more is promised, but what others decide is applied.");

  member_group_pend (rig);
  member_rig_add_pending (rig, "d", "v", 0);
  member_rig_update (rig, all);
  member_group_forget (rig);
  member_rig_write (rig, g_tree_node_key (g_tree_node_first (rig->shared)), json, FALSE);
  member_rig_restart (rig);
  member_rig_update (rig, v);
  member_rig_update (rig, decided);
  member_rig_store (rig);
  member_rig_expect (rig,
                     "answer 2: promise reject storage\n"
                     "apply x+y+z [proof] [with] [with]\n"
                     "answer 3: applied\n");
  g_assert_cmpuint (member_rig_get_count (rig, "member/damaged"), ==, 1);
}

/* A record of its own for a slot, which says no more than what is shared. */
static void
write_own (MemberRig         *rig,
           WeftClusterRecord *record,
           const char        *block_id)
{
  const char *key = g_tree_node_key (g_tree_node_first (rig->shared));
  const char *hash = weft_cluster_record_get_message_hash (record);
  g_autoptr (WeftSlot) slot = weft_slot_new (block_id, 0);
  g_autofree char *slot_key = weft_slot_make_key (slot);
  g_autofree char *text = g_strdup_printf (
      "{\"prepared\":[0],\"record\":{\"ballot\":[0],\"key\":\"%s\",\"messageHash\":\"%s\"},"
      "\"slot\":[\"%s\",0],\"vote\":{\"ballot\":[0],\"messageHash\":\"%s\"}}",
      key, hash, block_id, hash);
  g_autoptr (JsonNode) json = weft_json_parse (text, -1, NULL);

  member_rig_write (rig, slot_key, json, FALSE);
}

static void
test_own (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (GPtrArray) open = NULL;

  g_test_summary ("Slots that have records of their own beside it, as all had once, lose them when "
                  "there is nothing more to say.");

  member_group_pend (rig);
  member_rig_update (rig, all);
  member_group_forget (rig);
  write_own (rig, all, "a");
  write_own (rig, all, "b");
  write_own (rig, all, "c");
  restart (rig,
           "store [a@0 prepared 9.1 voted x+y+z at 0] [b@0 prepared 9.1 voted x+y+z at 0]"
           " [c@0 prepared 9.1 voted x+y+z at 0]\n");
  member_rig_update (rig, promised);
  member_rig_store (rig);
  member_rig_expect (rig, "store [a@0 prepared 0 voted x+y+z at 0 locked x+y+z at 0]"
                          " [b@0 prepared 0 voted x+y+z at 0 locked x+y+z at 0]"
                          " [c@0 prepared 0 voted x+y+z at 0 locked x+y+z at 0]"
                          " [deleted] [deleted] [deleted]\n"
                          "answer 3: commit approve\n");
  open = rig_state_list_open (rig->durable);
  g_assert_cmpuint (open->len, ==, 2);
}

/* The key of the vote that the one lock which is stored rests on, or NULL. */
static char *
find_rest (MemberRig *rig)
{
  g_autoptr (GPtrArray) open = rig_state_list_open (rig->durable);
  char *of = NULL;
  guint n_locks = 0;

  for (guint i = 0; i < open->len; i++)
    {
      JsonObject *object = json_node_get_object (g_ptr_array_index (open, i));

      if (!json_object_has_member (object, "shared")
          || !g_str_equal (json_object_get_string_member (object, "role"), "lock"))
        continue;
      of = g_strdup (json_object_get_string_member_with_default (object, "of", NULL));
      n_locks++;
    }
  g_assert_cmpuint (n_locks, ==, 1);

  return of;
}

static void
test_rest (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftBallot) one = rig_ballot (1, 2);
  g_autoptr (WeftClusterRecord) again = rig_at (all, one, promised);
  g_autofree char *of = NULL;

  g_test_summary ("A lock rests on the vote that is stored, until that goes: then it is stored in "
                  "full, and both are found after a restart at any time.");

  member_group_pend (rig);
  member_rig_update (rig, all);
  member_rig_update (rig, promised);
  member_rig_store_all (rig);
  of = find_rest (rig);
  g_assert_nonnull (of);
  restart (rig,
           "store [a@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]"
           " [b@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]"
           " [c@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]\n");

  g_test_message ("The vote is let go of by one that found it in the storage.");
  member_rig_update (rig, again);
  member_rig_store (rig);
  g_assert_null (find_rest (rig));
  g_assert_null (rig_state_read (rig->durable, of));
  restart (rig,
           "store [a@0 prepared 9.1 voted x+y+z at 1.2 locked x+y+z at 0]"
           " [b@0 prepared 9.1 voted x+y+z at 1.2 locked x+y+z at 0]"
           " [c@0 prepared 9.1 voted x+y+z at 1.2 locked x+y+z at 0]\n");
}

static void
test_rest_damage (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autoptr (WeftClusterRecord) v = rig_record ("v", "d", 0, 0);
  g_autofree char *of = NULL;

  g_test_summary ("A lock that rests on a vote which is not there may be on anything: nothing more "
                  "is promised.");

  member_group_pend (rig);
  member_rig_add_pending (rig, "d", "v", 0);
  member_rig_update (rig, all);
  member_rig_update (rig, promised);
  member_group_forget (rig);
  of = find_rest (rig);
  g_assert_nonnull (of);
  member_rig_crash (rig);
  rig_state_write (rig->durable, of, NULL, FALSE);
  member_rig_restart (rig);
  member_rig_update (rig, v);
  member_rig_expect (rig, "answer 3: promise reject storage\n");
  g_assert_cmpuint (member_rig_get_count (rig, "member/damaged"), ==, 1);
}

static void
test_rest_before (void)
{
  g_autoptr (MemberRig) rig = member_rig_new ();
  g_autoptr (WeftClusterRecord) all = member_group_new ();
  g_autoptr (WeftClusterRecord) promised = fixture_promised (all, 0x6);
  g_autofree char *key = weft_member_shared_make_key (promised, TRUE);
  g_autoptr (GString) text = g_string_new ("{\"role\":\"lock\",\"shared\":");
  g_autoptr (JsonNode) json = NULL;

  g_test_summary ("A lock beside a vote that was stored in full, as all were once, is found.");

  member_group_pend (rig);
  member_rig_update (rig, all);
  member_group_forget (rig);
  weft_cluster_record_append (promised, text);
  g_string_append_c (text, '}');
  json = weft_json_parse (text->str, -1, NULL);
  member_rig_write (rig, key, json, FALSE);
  g_tree_replace (rig->shared, g_strdup (key), weft_cluster_record_ref (promised));
  restart (rig,
           "store [a@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]"
           " [b@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]"
           " [c@0 prepared 9.1 voted x+y+z at 0 locked x+y+z at 0]\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/member/groups-restart/each", test_restart);
  g_test_add_func ("/member/groups-restart/parted", test_restart_parted);
  g_test_add_func ("/member/groups-restart/filled", test_restart_filled);
  g_test_add_func ("/member/groups-restart/damage", test_damage);
  g_test_add_func ("/member/groups-restart/own", test_own);
  g_test_add_func ("/member/groups-restart/rest", test_rest);
  g_test_add_func ("/member/groups-restart/rest-damage", test_rest_damage);
  g_test_add_func ("/member/groups-restart/rest-before", test_rest_before);

  return g_test_run ();
}
