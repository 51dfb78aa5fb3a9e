/* weft-storage-contract-reads.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-storage-fixture.h"

#include <string.h>

/* The numbers are those of the points of the contract, as WeftStorage has them. */

/* 4 */

static void
test_survives (Fixture       *fixture,
               gconstpointer  user_data)
{
  static const char * const action_ids[] = { "one", "two", "three", NULL };
  static const char * const names[] = { "hash", "name", NULL };
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  g_test_summary ("Everything reads the same, byte for byte, after closing and opening.");

  fixture_pend (fixture, "block", "one", "first");
  fixture_commit (fixture, "block", "one", 1, "first");
  fixture_pend (fixture, "block", "two", "\xc3\xa9 \" \\ \xf0\x9f\x8c\x8d");
  fixture_commit (fixture, "block", "two", 7, "second");
  fixture_pend (fixture, "block", "three", "third");
  node = weft_json_parse ("{\"b\":[1.5,-0,1e300,null,true],\"a\":{\"\":\"\"}}", -1, &error);
  g_assert_no_error (error);
  weft_batch_put_record (batch, "hash", node, FALSE);
  weft_batch_put_value (batch, "name", node);
  fixture_write (fixture, batch);

  before = weft_storage_contract_dump (fixture->storage, action_ids, names);
  fixture_reopen (fixture);
  after = weft_storage_contract_dump (fixture->storage, action_ids, names);
  g_assert_cmpstr (after, ==, before);
  g_assert_nonnull (strstr (after, "  revision 7 two\n"));
  g_assert_nonnull (strstr (after, "value name {\"a\":{\"\":\"\"},"
                                   "\"b\":[1.5,0,1e+300,null,true]}"));
}

/* 5 */

static void
test_absent (Fixture       *fixture,
             gconstpointer  user_data)
{
  static const char * const none[] = { "none", NULL };
  g_autofree char *dump = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  g_test_summary ("What is absent reads as absent, without an error, and can be deleted.");

  weft_batch_delete_pending (batch, "none", "none");
  weft_batch_delete_materialized (batch, "none", "none");
  weft_batch_delete_record (batch, "none");
  fixture_write (fixture, batch);

  dump = weft_storage_contract_dump (fixture->storage, none, none);
  g_assert_cmpstr (dump, ==, "");
  g_assert_null (weft_storage_read_metadata (fixture->storage, "none", &error));
  g_assert_no_error (error);
  g_assert_null (weft_storage_read_revision (fixture->storage, "none", 1, &error));
  g_assert_no_error (error);
  g_assert_null (weft_storage_read_pending (fixture->storage, "none", "none", &error));
  g_assert_no_error (error);
  assert_revisions (fixture, 1, 9, 0, "");
  assert_pendings (fixture, "none", "");

  /* A block with nothing but a pending is there, and has no metadata. */
  fixture_pend (fixture, "block", "a", "1");
  fixture_reopen (fixture);
  g_assert_null (weft_storage_read_metadata (fixture->storage, "block", &error));
  g_assert_no_error (error);
  assert_blocks (fixture, NULL, 0, "block");
}

static void
test_list_revisions (Fixture       *fixture,
                     gconstpointer  user_data)
{
  static const gint64 revs[] = { 9, 2, 100, 1, 10, WEFT_LIMIT_INTEGER_MAX };

  g_test_summary ("Revisions are listed between bounds, both included, in either direction.");

  for (gsize i = 0; i < G_N_ELEMENTS (revs); i++)
    {
      g_autoptr (WeftBatch) batch = weft_batch_new ();
      g_autofree char *action_id = g_strdup_printf ("a%" G_GSIZE_FORMAT, i);

      weft_batch_put_revision (batch, "block", revs[i], action_id);
      fixture_write (fixture, batch);
      if (i == 3)
        fixture_reopen (fixture);
    }
  for (guint turn = 0; turn < 2; turn++)
    {
      assert_revisions (fixture, 1, 10, 0, "1:a3 2:a1 9:a0 10:a4");
      assert_revisions (fixture, 10, 1, 0, "10:a4 9:a0 2:a1 1:a3");
      assert_revisions (fixture, 2, 9, 0, "2:a1 9:a0");
      assert_revisions (fixture, 3, 8, 0, "");
      assert_revisions (fixture, 8, 3, 0, "");
      assert_revisions (fixture, 99, 1, 2, "10:a4 9:a0");
      assert_revisions (fixture, 2, 1000, 3, "2:a1 9:a0 10:a4");
      assert_revisions (fixture, 9, 9, 0, "9:a0");
      assert_revisions (fixture, G_MAXINT64, 100, 0, "9007199254740991:a5 100:a2");
      fixture_reopen (fixture);
    }
}

static void
test_list_blocks_while_writing (Fixture       *fixture,
                                gconstpointer  user_data)
{
  g_test_summary ("Pages of blocks are complete and in order though others come in between.");

  for (const char *id = "bdfhj"; *id != '\0'; id++)
    {
      const char block_id[] = { *id, '\0' };

      fixture_pend (fixture, block_id, "x", "1");
    }
  fixture_reopen (fixture);
  assert_blocks (fixture, NULL, 2, "b d");
  fixture_pend (fixture, "a", "x", "1");
  fixture_pend (fixture, "e", "x", "1");
  assert_blocks (fixture, "d", 2, "e f");
  assert_blocks (fixture, "g", 2, "h j");
  assert_blocks (fixture, "j", 2, "");
  assert_blocks (fixture, NULL, 0, "a b d e f h j");
}

/* 6 */

static void
test_promote (Fixture       *fixture,
              gconstpointer  user_data)
{
  g_autoptr (WeftBatch) again = weft_batch_new ();
  g_autoptr (WeftBatch) pend = weft_batch_new ();
  g_autoptr (WeftPending) pending = weft_storage_contract_pending ("block", "new");
  g_autoptr (WeftPending) stored = weft_storage_contract_pending ("block", "text");
  g_autoptr (WeftPending) action = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("Promoting moves; twice is not found; what is committed cannot be pending.");

  fixture_pend (fixture, "block", "one", "text");
  fixture_reopen (fixture);
  fixture_commit (fixture, "block", "one", 1, "text");
  assert_pendings (fixture, "block", "");
  action = weft_storage_read_action (fixture->storage, "block", "one", &error);
  g_assert_no_error (error);
  g_assert_true (weft_pending_equal (action, stored));

  fixture_reopen (fixture);
  weft_batch_promote_pending (again, "block", "one");
  g_assert_false (weft_storage_contract_write (fixture->storage, again, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "one"));
  g_clear_error (&error);

  weft_batch_put_pending (pend, "block", "one", pending);
  g_assert_false (weft_storage_contract_write (fixture->storage, pend, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
}

static void
test_put_action (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftPending) action = weft_storage_contract_pending ("block", "restored");
  g_autoptr (WeftPending) read = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("An action that comes committed takes the place of a pending one.");

  fixture_pend (fixture, "block", "one", "pended");
  weft_batch_put_action (batch, "block", "one", action);
  fixture_write (fixture, batch);
  fixture_reopen (fixture);
  assert_pendings (fixture, "block", "");
  read = weft_storage_read_action (fixture->storage, "block", "one", &error);
  g_assert_no_error (error);
  g_assert_true (weft_pending_equal (read, action));
}

/* 7 */

static void
test_nothing_shared (Fixture       *fixture,
                     gconstpointer  user_data)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node = json_node_init_object (json_node_alloc (), object);
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (JsonNode) first = NULL;
  g_autoptr (JsonNode) second = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("A value that was handed in is not the caller's to change, nor is one got out.");

  json_object_set_int_member (object, "n", 1);
  weft_batch_put_value (batch, "value", node);
  fixture_write (fixture, batch);
  json_node_unref (node);

  first = weft_storage_read_value (fixture->storage, "value", &error);
  g_assert_no_error (error);
  g_assert_true (json_node_is_immutable (first));
  second = weft_storage_read_value (fixture->storage, "value", &error);
  g_assert_no_error (error);
  g_assert_cmpint (json_object_get_int_member (json_node_get_object (second), "n"), ==, 1);
}

/* 8 */

static void
test_hostile_names (Fixture       *fixture,
                    gconstpointer  user_data)
{
  g_autofree char *longest = g_strnfill (WEFT_LIMIT_BLOCK_ID_BYTES_MAX, 'A');
  g_autofree char *longer = g_strnfill (WEFT_LIMIT_BLOCK_ID_BYTES_MAX - 1, 'A');
  g_autofree char *longest_action = g_strnfill (WEFT_LIMIT_ACTION_ID_BYTES_MAX, '/');
  const char * const ids[] = {
    ".", "..", "../..", "/", "/etc", "//", ":", "C:", "a", "A", "aA", "+a", "%61", "~", "-",
    "records", "values", "Records", "storage.json", "storage.lock", "log.00000001", "con", "nul",
    "\xc3\xa9", "e\xcc\x81", "\xe2\x80\xae", "\xf0\x9f\x8c\x8d", " ", "*", "a b", "\\", "\"",
    longest, longer,
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) listed = NULL;

  g_test_summary ("Every id is kept apart from all others, and read back as it was.");

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      fixture_pend (fixture, ids[i], ids[MIN (i, 30)], ids[i]);
      fixture_pend (fixture, ids[i], longest_action, "x");
      fixture_commit (fixture, ids[i], ids[MIN (i, 30)], 1, ids[i]);
    }
  for (guint turn = 0; turn < 2; turn++)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
        {
          assert_block_text (fixture, ids[i], ids[MIN (i, 30)], ids[i]);
          assert_block_text (fixture, ids[i], "absent", NULL);
          assert_pendings (fixture, ids[i], longest_action);
        }
      fixture_reopen (fixture);
    }

  listed = weft_storage_list_blocks (fixture->storage, NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (listed), ==, G_N_ELEMENTS (ids));
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    g_assert_true (g_strv_contains ((const char * const *) listed, ids[i]));
  for (guint i = 1; listed[i] != NULL; i++)
    g_assert_cmpint (strcmp (listed[i - 1], listed[i]), <, 0);
}

/* Records, values and the rest */

static void
test_records (Fixture       *fixture,
              gconstpointer  user_data)
{
  static const char * const none[] = { NULL };
  static const char * const names[] = { "zA", "zB", "zC", NULL };
  g_autoptr (WeftBatch) first = weft_batch_new ();
  g_autoptr (WeftBatch) second = weft_batch_new ();
  g_autofree char *dump = NULL;
  g_autofree char *again = NULL;

  g_test_summary ("Unresolved records are listed in order; resolving and deleting unlists them.");

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (JsonNode) record = json_node_init_string (json_node_alloc (), names[2 - i]);

      weft_batch_put_record (first, names[2 - i], record, FALSE);
      if (i == 1)
        weft_batch_put_record (second, names[2 - i], record, TRUE);
    }
  fixture_write (fixture, first);
  dump = weft_storage_contract_dump (fixture->storage, none, names);
  g_assert_cmpstr (dump, ==,
                   "  record zA \"zA\"\n"
                   "  record zB \"zB\"\n"
                   "  record zC \"zC\"\n"
                   "  unresolved  \"zA\"\n"
                   "  unresolved  \"zB\"\n"
                   "  unresolved  \"zC\"\n");

  weft_batch_delete_record (second, "zC");
  fixture_write (fixture, second);
  fixture_reopen (fixture);
  again = weft_storage_contract_dump (fixture->storage, none, names);
  g_assert_cmpstr (again, ==,
                   "  record zA \"zA\"\n"
                   "  record zB \"zB\"\n"
                   "  unresolved  \"zA\"\n");
}

static void
test_delete (Fixture       *fixture,
             gconstpointer  user_data)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  g_test_summary ("Deleted pendings and materialisations stay deleted; the block stays listed.");

  fixture_pend (fixture, "block", "a", "1");
  fixture_pend (fixture, "block", "b", "1");
  fixture_commit (fixture, "block", "a", 1, "1");
  fixture_reopen (fixture);
  weft_batch_delete_pending (batch, "block", "b");
  weft_batch_delete_materialized (batch, "block", "a");
  fixture_write (fixture, batch);
  for (guint turn = 0; turn < 2; turn++)
    {
      assert_pendings (fixture, "block", "");
      assert_block_text (fixture, "block", "a", NULL);
      assert_revisions (fixture, 1, 9, 0, "1:a");
      assert_blocks (fixture, NULL, 0, "block");
      fixture_reopen (fixture);
    }
}

static void
test_usage (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;
  guint64 before;
  guint64 after;
  guint64 available;

  g_test_summary ("The bytes in use grow by about what is stored.");

  g_assert_true (weft_storage_get_usage (fixture->storage, &before, &available, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (available, >, 0);
  fixture_pend (fixture, "block", "a", text);
  fixture_commit (fixture, "block", "a", 1, text);
  fixture_reopen (fixture);
  g_assert_true (weft_storage_get_usage (fixture->storage, &after, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (after, >, before + 200000 - 65536);
  g_assert_cmpuint (after, <, before + 1500000);
}

void
weft_storage_contract_register_reads (const WeftStorageFactory *factory)
{
  static const struct
  {
    const char *name;
    FixtureTest test;
  } tests[] = {
    { "survives", test_survives },
    { "absent", test_absent },
    { "list-revisions", test_list_revisions },
    { "list-blocks-while-writing", test_list_blocks_while_writing },
    { "promote", test_promote },
    { "put-action", test_put_action },
    { "nothing-shared", test_nothing_shared },
    { "hostile-names", test_hostile_names },
    { "records", test_records },
    { "delete", test_delete },
    { "usage", test_usage },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/storage/%s/%s", factory->name, tests[i].name);

      g_test_add (path, Fixture, factory, fixture_set_up, tests[i].test, fixture_tear_down);
    }
}
