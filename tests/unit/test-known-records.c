/* test-known-records.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "cluster-fixture.h"
#include "weft-error.h"
#include "weft-known-records-private.h"

typedef struct
{
  WeftToldRecords *told;
  WeftKnownRecords *known;
  WeftPeerId *sender; /* unowned */
} Talk;

static void
set_up (Talk          *talk,
        gconstpointer  data)
{
  talk->told = weft_told_records_new ();
  talk->known = weft_known_records_new ();
  talk->sender = fixture_peer_id (0);
}

static void
tear_down (Talk          *talk,
           gconstpointer  data)
{
  weft_told_records_free (talk->told);
  weft_known_records_free (talk->known);
}

/* What is written is canonical. */
static JsonNode *
parse_text (const char *text)
{
  JsonNode *json = weft_json_parse (text, -1, NULL);
  g_autofree char *canonical = weft_json_to_string (json);

  g_assert_cmpstr (text, ==, canonical);

  return json;
}

static JsonNode *
tell (Talk              *talk,
      WeftClusterRecord *record)
{
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (record);
  gboolean is_brief;

  return parse_text (weft_told_records_write (talk->told, request, &is_brief));
}

static WeftClusterRequest *
read_told (Talk     *talk,
           JsonNode *json,
           GError  **error)
{
  g_autoptr (WeftTape) tape = weft_tape_new_from_node (json, NULL);

  return weft_known_records_read (talk->known, talk->sender, weft_tape_get_root (tape), error);
}

/* The names of the members of what is told, in order. */
static void
assert_told (JsonNode   *json,
             const char *kind,
             const char *names)
{
  JsonObject *object = json_node_get_object (json);
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GList) members = NULL;

  g_assert_cmpuint (json_object_get_size (object), ==, 1);
  g_assert_true (json_object_has_member (object, kind));
  members = json_object_get_members (json_object_get_object_member (object, kind));
  members = g_list_sort (members, (GCompareFunc) g_strcmp0);
  for (GList *link = members; link != NULL; link = link->next)
    g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", (char *) link->data);
  g_assert_cmpstr (found->str, ==, names);
}

static void
assert_understood (Talk              *talk,
                   JsonNode          *json,
                   WeftClusterRecord *record)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterRequest) request = read_told (talk, json, &error);

  g_assert_no_error (error);
  g_assert_nonnull (request);
  g_assert_true (weft_cluster_record_equal (weft_cluster_request_get_record (request), record));
}

static void
assert_unknown (Talk     *talk,
                JsonNode *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterRequest) request = read_told (talk, json, &error);

  g_assert_no_error (error);
  g_assert_null (request);
}

static void
assert_refused (Talk       *talk,
                const char *text,
                const char *message)
{
  g_autoptr (JsonNode) json = json_from_string (text, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftClusterRequest) request = read_told (talk, json, &error);

  g_assert_null (request);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, message));
}

#define ALL "ballot membership message messageHash peers policy version"
#define ALL_OF_LOCK "ballot membership message messageHash peers policy promises version"
#define KNOWN_PEERS "membership message messageHash"

static void
test_phases (Talk          *talk,
             gconstpointer  data)
{
  g_autoptr (WeftClusterRecord) first = fixture_record ("a1", "b", 0, 3);
  g_autoptr (WeftClusterRecord) locked = fixture_promised (first, 3);
  g_autoptr (WeftClusterRecord) decided = fixture_committed (locked, 5);
  g_autoptr (WeftClusterRecord) second = fixture_record ("a2", "b", 1, 3);
  g_autoptr (WeftClusterRecord) other = fixture_record ("a2", "b", 1, 4);
  g_autoptr (JsonNode) vote = tell (talk, first);
  g_autoptr (JsonNode) lock = tell (talk, locked);
  g_autoptr (JsonNode) certificate = tell (talk, decided);
  g_autoptr (JsonNode) next = tell (talk, second);
  g_autoptr (JsonNode) elsewhere = tell (talk, other);

  g_test_summary ("The message goes out once, and the peers once for all; the other side has the "
                  "whole record each time.");

  assert_told (vote, "update", ALL);
  assert_told (lock, "brief", "messageHash promises");
  assert_told (certificate, "brief", "commits messageHash promises");
  assert_told (next, "brief", KNOWN_PEERS);
  assert_told (elsewhere, "update", ALL);
  assert_understood (talk, vote, first);
  assert_understood (talk, lock, locked);
  assert_understood (talk, certificate, decided);
  assert_understood (talk, next, second);
  assert_understood (talk, elsewhere, other);
}

static void
test_unknown (Talk          *talk,
              gconstpointer  data)
{
  g_autoptr (WeftClusterRecord) first = fixture_record ("a1", "b", 0, 3);
  g_autoptr (WeftClusterRecord) locked = fixture_promised (first, 3);
  g_autoptr (WeftClusterRecord) second = fixture_record ("a2", "b", 1, 3);
  g_autoptr (WeftClusterRequest) request = weft_cluster_request_new_update (locked);
  g_autoptr (JsonNode) vote = tell (talk, first);
  g_autoptr (JsonNode) lock = tell (talk, locked);
  g_autoptr (JsonNode) next = tell (talk, second);
  g_autoptr (JsonNode) again = NULL;

  g_test_summary ("What the other side was never told is unknown to it; told in full it knows. "
                  "The peers that one told are not those of another.");

  assert_unknown (talk, lock);
  assert_unknown (talk, next);
  again = parse_text (weft_told_records_write_again (talk->told, request));
  assert_told (again, "update", ALL_OF_LOCK);
  assert_understood (talk, again, locked);
  assert_understood (talk, lock, locked);
  assert_understood (talk, next, second);

  talk->sender = fixture_peer_id (1);
  assert_unknown (talk, next);
  assert_understood (talk, lock, locked);
}

static void
test_pends (Talk          *talk,
            gconstpointer  data)
{
  g_autoptr (WeftClusterRecord) first = fixture_record ("a1", "b", 0, 3);
  g_autoptr (WeftClusterRecord) second = fixture_record ("a2", "b", 1, 3);
  g_autoptr (WeftPendRequest) pend = fixture_pend ("a2", "b");
  g_autoptr (GPtrArray) pends = g_ptr_array_new ();
  g_autoptr (WeftClusterRequest) request = NULL;
  g_autoptr (WeftClusterRequest) understood = NULL;
  g_autoptr (WeftClusterRequest) in_full = NULL;
  g_autoptr (JsonNode) vote = tell (talk, first);
  g_autoptr (JsonNode) next = NULL;
  g_autoptr (JsonNode) again = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_brief;

  g_test_summary ("What is brief may have pends beside it, which go out each time.");

  g_ptr_array_add (pends, pend);
  request = weft_cluster_request_new_update_with (second, pends);
  next = parse_text (weft_told_records_write (talk->told, request, &is_brief));
  g_assert_true (is_brief);
  g_assert_true (json_object_has_member (json_node_get_object (next), "brief"));
  again = parse_text (weft_told_records_write_again (talk->told, request));
  g_assert_true (json_object_has_member (json_node_get_object (again), "update"));

  assert_understood (talk, vote, first);
  understood = read_told (talk, next, &error);
  g_assert_no_error (error);
  g_assert_true (weft_cluster_request_equal (understood, request));
  in_full = read_told (talk, again, &error);
  g_assert_no_error (error);
  g_assert_true (weft_cluster_request_equal (in_full, request));

  json_object_set_array_member (json_node_get_object (again), "pends", json_array_new ());
  g_assert_null (read_told (talk, again, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
}

static void
test_forgotten (Talk          *talk,
                gconstpointer  data)
{
  g_autoptr (WeftClusterRecord) first = fixture_record ("a1", "b", 0, 3);
  g_autoptr (WeftClusterRecord) locked = fixture_promised (first, 3);
  g_autoptr (JsonNode) vote = tell (talk, first);
  g_autoptr (JsonNode) lock = tell (talk, locked);
  g_autoptr (JsonNode) late = NULL;

  g_test_summary ("Only so much is remembered; what was forgotten is told with its message again.");

  assert_understood (talk, vote, first);
  for (guint i = 1; i <= 2048; i++)
    {
      g_autoptr (WeftClusterRecord) record = fixture_record ("a1", "b", i, 3);
      g_autoptr (JsonNode) told = tell (talk, record);

      assert_understood (talk, told, record);
    }
  assert_unknown (talk, lock);
  late = tell (talk, locked);
  assert_told (late, "brief", KNOWN_PEERS " promises");
  assert_understood (talk, late, locked);
  assert_understood (talk, lock, locked);
}

static void
test_refused (Talk          *talk,
              gconstpointer  data)
{
  g_autoptr (WeftClusterRecord) record = fixture_record ("a1", "b", 0, 3);
  g_autoptr (JsonNode) vote = tell (talk, record);
  const char *hash = weft_cluster_record_get_message_hash (record);
  g_autofree char *lacks
      = g_strdup_printf ("{\"brief\":{\"messageHash\":\"%s\",\"ballot\":[1]}}", hash);
  g_autofree char *more
      = g_strdup_printf ("{\"brief\":{\"messageHash\":\"%s\",\"peers\":{}}}", hash);
  g_autofree char *another
      = g_strdup_printf ("{\"brief\":{\"messageHash\":\"%s\",\"message\":{},\"membership\":\"%s\","
                         "\"ballot\":[0]}}", hash,
                         weft_cluster_record_get_membership (record));
  g_autoptr (JsonNode) nothing = json_from_string ("{\"brief\":{}}", NULL);
  g_autoptr (JsonNode) number = json_from_string ("{\"brief\":{\"messageHash\":7}}", NULL);

  g_test_summary ("What is brief is read as strictly as the rest; what has no name is unknown.");

  assert_understood (talk, vote, record);
  assert_refused (talk, lacks, "brief.ballot: ");
  assert_refused (talk, more, "peers");
  assert_refused (talk, another, "brief.message");
  assert_refused (talk, "{\"brief\":[]}", "brief: ");
  assert_refused (talk, "[]", "");
  assert_unknown (talk, nothing);
  assert_unknown (talk, number);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/known-records/" path, Talk, NULL, set_up, func, tear_down)

  ADD ("phases", test_phases);
  ADD ("unknown", test_unknown);
  ADD ("pends", test_pends);
  ADD ("forgotten", test_forgotten);
  ADD ("refused", test_refused);

  return g_test_run ();
}
