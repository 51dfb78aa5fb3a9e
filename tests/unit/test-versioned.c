/* test-versioned.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the versioned layer keeps in its storage.
 */

#include "config.h"

#include <weft.h>

#include "../contract/weft-repo-asker.h"
#include "weft-block-cache-private.h"
#include "weft-versioned-private.h"

typedef struct
{
  WeftStorage *storage;
  WeftRepo *repo;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (WeftClock) clock = weft_system_clock_new ();

  fixture->storage = weft_memory_storage_new ();
  fixture->repo = WEFT_REPO (weft_storage_repo_new (fixture->storage, clock));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_finalize_object (fixture->repo);
  weft_storage_close (fixture->storage, NULL);
  g_object_unref (fixture->storage);
}

/* A repo that remembers nothing of what it did. */
static void
reopen (Fixture *fixture)
{
  g_autoptr (WeftClock) clock = weft_system_clock_new ();

  g_assert_finalize_object (fixture->repo);
  fixture->repo = WEFT_REPO (weft_storage_repo_new (fixture->storage, clock));
}

static void
land (Fixture *fixture,
      guint    rev)
{
  g_autofree char *pend
      = rev == 1 ? g_strdup (PEND ("a1", INSERT ("b", "1")))
                 : g_strdup_printf (PEND ("a%u", UPDATE ("b", "%u")), rev, rev);
  g_autofree char *commit = g_strdup_printf (COMMIT ("a%u", "'b'", "%u"), rev, rev);

  weft_expect (fixture->repo, pend, PENDED ("'b'"));
  weft_expect (fixture->repo, commit, DONE);
}

/* "1 33 …": the revisions whose blocks are kept. */
static void
assert_kept (Fixture    *fixture,
             guint       n_revisions,
             const char *expected)
{
  g_autoptr (GString) kept = g_string_new (NULL);

  for (guint rev = 1; rev <= n_revisions; rev++)
    {
      g_autofree char *action_id = g_strdup_printf ("a%u", rev);
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftBlock) block
          = weft_storage_read_materialized (fixture->storage, "b", action_id, &error);

      g_assert_no_error (error);
      if (block != NULL)
        g_string_append_printf (kept, "%s%u", kept->len > 0 ? " " : "", rev);
    }
  g_assert_cmpstr (kept->str, ==, expected);
}

static void
test_retention (Fixture       *fixture,
                gconstpointer  data)
{
  g_test_summary ("Kept are the blocks of every 32nd revision after the first, and after the last "
                  "of them that of the newest 8th, also across restarts");

  for (guint rev = 1; rev <= 80; rev++)
    {
      land (fixture, rev);
      if (rev == 8)
        assert_kept (fixture, 80, "");
      if (rev == 9 || rev == 16)
        assert_kept (fixture, 80, "9");
      if (rev == 17)
        assert_kept (fixture, 80, "17");
      if (rev == 32)
        assert_kept (fixture, 80, "25");
      if (rev == 33 || rev == 40)
        assert_kept (fixture, 80, "33");
      if (rev == 41)
        assert_kept (fixture, 80, "33 41");
      if (rev % 5 == 0 || rev == 32 || rev == 33)
        reopen (fixture);
    }
  assert_kept (fixture, 80, "33 65 73");
}

/* As it was kept when each latest was. */
static void
keep_latest (Fixture *fixture,
             guint    rev)
{
  g_autofree char *action_id = g_strdup_printf ("a%u", rev);
  g_autofree char *text = g_strdup_printf (BLOCK ("b", "%u"), rev);
  g_autofree char *canonical = weft_canonical (text);
  g_autoptr (JsonNode) json = json_from_string (canonical, NULL);
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftBlock) block = weft_block_from_json (json, &error);

  g_assert_no_error (error);
  weft_batch_put_materialized (batch, "b", action_id, block);
  weft_storage_submit (fixture->storage, batch, NULL, NULL);
}

static void
test_kept_otherwise (Fixture       *fixture,
                     gconstpointer  data)
{
  g_test_summary ("What a restore or an older version kept stays, and the count goes on from "
                  "there");

  for (guint rev = 1; rev <= 5; rev++)
    land (fixture, rev);
  keep_latest (fixture, 1);
  keep_latest (fixture, 5);
  reopen (fixture);
  for (guint rev = 6; rev <= 22; rev++)
    land (fixture, rev);
  assert_kept (fixture, 22, "1 5 21");
  reopen (fixture);
  for (guint rev = 23; rev <= 45; rev++)
    land (fixture, rev);
  assert_kept (fixture, 45, "1 5 37 45");
  reopen (fixture);
  weft_expect (fixture->repo, GET_AT ("'b'", "36"), FOUND ("b", "36", "36", REV ("a45", "45")));
  weft_expect (fixture->repo, GET_AT ("'b'", "4"), FOUND ("b", "4", "4", REV ("a45", "45")));
}

static void
test_reading (Fixture       *fixture,
              gconstpointer  data)
{
  g_test_summary ("Every revision is read right, by a repo that made it and by one that did not, "
                  "and reading keeps nothing");

  for (guint rev = 1; rev <= 70; rev++)
    land (fixture, rev);
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 1; i <= 70; i++)
        {
          guint rev = 1 + i * 37 % 70;
          g_autofree char *get = g_strdup_printf (GET_AT ("'b'", "%u"), rev);
          g_autofree char *found
              = g_strdup_printf (FOUND ("b", "%u", "%u", REV ("a70", "70")), rev, rev);

          weft_expect (fixture->repo, get, found);
        }
      reopen (fixture);
    }
  assert_kept (fixture, 70, "33 65");
}

static void
test_tombstones (Fixture       *fixture,
                 gconstpointer  data)
{
  g_test_summary ("Deletions in between neither keep blocks nor confuse what is kept");

  land (fixture, 1);
  for (guint rev = 2; rev <= 40; rev += 2)
    {
      g_autofree char *remove = g_strdup_printf (PEND ("a%u", DELETE ("b")), rev);
      g_autofree char *removed = g_strdup_printf (COMMIT ("a%u", "'b'", "%u"), rev, rev);
      g_autofree char *insert
          = g_strdup_printf (PEND ("a%u", "'rev':%u," INSERT ("b", "%u")), rev + 1,
                             rev + 1, rev + 1);
      g_autofree char *inserted = g_strdup_printf (COMMIT ("a%u", "'b'", "%u"), rev + 1, rev + 1);

      weft_expect (fixture->repo, remove, PENDED ("'b'"));
      weft_expect (fixture->repo, removed, DONE);
      weft_expect (fixture->repo, insert, PENDED ("'b'"));
      weft_expect (fixture->repo, inserted, DONE);
    }
  weft_expect (fixture->repo, GET_AT ("'b'", "20"), DELETED ("b", "20", REV ("a41", "41")));
  weft_expect (fixture->repo, GET_AT ("'b'", "21"), FOUND ("b", "21", "21", REV ("a41", "41")));
  reopen (fixture);
  weft_expect (fixture->repo, GET_AT ("'b'", "20"), DELETED ("b", "20", REV ("a41", "41")));
  weft_expect (fixture->repo, GET_AT ("'b'", "21"), FOUND ("b", "21", "21", REV ("a41", "41")));
}

static void
assert_ranges (Fixture    *fixture,
               const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftBlockMetadata) metadata
      = weft_storage_read_metadata (fixture->storage, "b", &error);
  g_autofree char *canonical = weft_canonical (expected);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = weft_block_metadata_to_string (metadata);
  g_assert_cmpstr (text, ==, canonical);
}

static void
test_ranges (Fixture       *fixture,
             gconstpointer  data)
{
  g_test_summary ("There is no range after a pend, and an open one from the first revision on");

  weft_expect (fixture->repo, PEND ("a1", INSERT ("b", "1")), PENDED ("'b'"));
  assert_ranges (fixture, "{'ranges':[]}");
  weft_expect (fixture->repo, COMMIT ("a1", "'b'", "3"), DONE);
  assert_ranges (fixture, "{'ranges':[[3]],'latest':" REV ("a1", "3") "}");
  LAND (fixture->repo, "a2", "b", "7", UPDATE ("b", "2"));
  assert_ranges (fixture, "{'ranges':[[3]],'latest':" REV ("a2", "7") "}");
}

static WeftBlock *
make_block (guint n)
{
  g_autoptr (JsonObject) attributes = json_object_new ();
  g_autoptr (GError) error = NULL;
  WeftBlock *block;

  json_object_set_int_member (attributes, "n", n);
  block = weft_block_new ("b", "t", "c", attributes, &error);
  g_assert_no_error (error);

  return block;
}

static void
test_cache (void)
{
  const WeftBlockPlace third = { 3, 0 };
  g_autoptr (WeftBlockCache) cache = weft_block_cache_new (4000);
  g_autoptr (WeftBlock) one = make_block (1);
  g_autoptr (WeftBlock) two = make_block (2);
  g_autoptr (WeftBlock) found = NULL;
  WeftBlockPlace place;

  g_test_summary ("The cache knows deleted blocks, forgets the least recently used, and stays "
                  "within its bytes");

  weft_block_cache_insert (cache, "b", "a1", one, &third);
  weft_block_cache_insert (cache, "b", "a2", NULL, NULL);
  g_assert_true (weft_block_cache_lookup (cache, "b", "a1", &found, &place));
  g_assert_true (found == one);
  g_assert_cmpint (place.position, ==, 3);
  g_clear_pointer (&found, weft_block_unref);
  g_assert_true (weft_block_cache_lookup (cache, "b", "a2", &found, &place));
  g_assert_null (found);
  g_assert_cmpint (place.position, ==, WEFT_POSITION_UNKNOWN);

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *action_id = g_strdup_printf ("x%u", i);

      weft_block_cache_insert (cache, "b", action_id, two, &third);
      g_assert_true (weft_block_cache_lookup (cache, "b", "a1", NULL, NULL));
    }
  g_assert_false (weft_block_cache_lookup (cache, "b", "a2", NULL, NULL));
  g_assert_false (weft_block_cache_lookup (cache, "b", "x0", NULL, NULL));
  g_assert_true (weft_block_cache_lookup (cache, "b", "x99", NULL, NULL));

  weft_block_cache_remove (cache, "b", "a1");
  g_assert_false (weft_block_cache_lookup (cache, "b", "a1", NULL, NULL));
  weft_block_cache_clear (cache);
  g_assert_false (weft_block_cache_lookup (cache, "b", "x99", NULL, NULL));
}

static void
test_tried (void)
{
  const WeftBlockPlace third = { 3, 0 };
  g_autoptr (WeftBlockCache) cache = weft_block_cache_new (100000);
  g_autoptr (WeftBlock) one = make_block (1);
  g_autoptr (WeftBlock) two = make_block (2);
  g_autoptr (WeftTransform) transform = weft_transform_new (one, NULL, FALSE);
  g_autoptr (WeftTransform) other = weft_transform_new (one, NULL, FALSE);

  g_test_summary ("What was tried is known by its transform and base, until it is a revision");

  g_assert_false (weft_block_cache_tried (cache, "b", "a1", transform, 0));
  weft_block_cache_try (cache, "b", "a1", one, transform, 0);
  g_assert_true (weft_block_cache_tried (cache, "b", "a1", transform, 0));
  g_assert_false (weft_block_cache_tried (cache, "b", "a1", transform, 1));
  g_assert_false (weft_block_cache_tried (cache, "b", "a1", other, 0));
  g_assert_false (weft_block_cache_tried (cache, "b", "a2", transform, 0));

  weft_block_cache_try (cache, "b", "a1", two, other, 4);
  g_assert_false (weft_block_cache_tried (cache, "b", "a1", transform, 0));
  g_assert_true (weft_block_cache_tried (cache, "b", "a1", other, 4));
  weft_block_cache_insert (cache, "b", "a1", two, &third);
  g_assert_false (weft_block_cache_tried (cache, "b", "a1", other, 4));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/versioned/retention", test_retention);
  ADD ("/versioned/kept-otherwise", test_kept_otherwise);
  ADD ("/versioned/reading", test_reading);
  ADD ("/versioned/tombstones", test_tombstones);
  ADD ("/versioned/ranges", test_ranges);
  g_test_add_func ("/versioned/cache", test_cache);
  g_test_add_func ("/versioned/tried", test_tried);

  return g_test_run ();
}
