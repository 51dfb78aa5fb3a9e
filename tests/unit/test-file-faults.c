/* test-file-faults.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-fake-disk.h"
#include "weft-file-storage-private.h"
#include "weft-storage-contract.h"

/* The file storage on a disk that is full, or that fails to write or to sync. */

static const char * const action_ids[] = { "one", "two", "three", NULL };
static const char * const names[] = { "first", "second", NULL };
static const WeftFileOptions options = { 10 * 1024, 0, 1024 * 1024 };

typedef struct
{
  FakeDisk *disk;
  WeftStorage *storage;
  WeftStorage *oracle; /* gets what the storage said is durable */
  guint n_failed;
} Fixture;

static void
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  WeftFileLayer *layer = fake_disk_get_layer (fixture->disk);

  fixture->storage = weft_file_storage_open_layer (layer, &options, &error);
  g_assert_no_error (error);
}

static void
fixture_init (Fixture *fixture)
{
  *fixture = (Fixture) { .disk = fake_disk_new (), .oracle = weft_memory_storage_new () };
  fixture_open (fixture);
}

static void
fixture_clear (Fixture *fixture)
{
  g_clear_object (&fixture->storage);
  g_clear_object (&fixture->oracle);
  g_clear_pointer (&fixture->disk, fake_disk_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
assert_like_oracle (Fixture    *fixture,
                    const char *story)
{
  g_autofree char *found = weft_storage_contract_dump (fixture->storage, action_ids, names);
  g_autofree char *wanted = weft_storage_contract_dump (fixture->oracle, action_ids, names);

  if (!g_str_equal (found, wanted))
    g_error ("%s: found:\n%s\nexpected:\n%s", story, found, wanted);
}

/* What the disk has is what counts when the process ends here. */
static void
assert_disk_like_oracle (Fixture    *fixture,
                         const char *story)
{
  g_autoptr (FakeDisk) image = fake_disk_crash (fixture->disk,
                                                fake_disk_get_length (fixture->disk),
                                                FAKE_CRASH_ALL, 0);
  g_autoptr (WeftStorage) oracle = g_object_ref (fixture->oracle);
  g_auto (Fixture) copy = { .disk = g_steal_pointer (&image), .oracle = g_steal_pointer (&oracle) };

  fixture_open (&copy);
  assert_like_oracle (&copy, story);
}

/* Writes, and tells the oracle if that worked. */
static gboolean
fixture_write (Fixture   *fixture,
               WeftBatch *batch)
{
  g_autoptr (GError) error = NULL;

  if (!weft_storage_contract_write (fixture->storage, batch, &error))
    {
      /* A commit whose pend failed has nothing to promote. */
      g_assert_true (g_error_matches (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE)
                     || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND));
      fixture->n_failed++;
      return FALSE;
    }
  g_assert_true (weft_storage_contract_write (fixture->oracle, batch, &error));
  g_assert_no_error (error);

  return TRUE;
}

static gboolean
fixture_pend (Fixture    *fixture,
              const char *block_id,
              const char *action_id,
              const char *text)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, text);

  weft_batch_put_pending (batch, block_id, action_id, pending);

  return fixture_write (fixture, batch);
}

static gboolean
fixture_commit (Fixture    *fixture,
                const char *block_id,
                const char *action_id,
                gint64      rev)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  weft_storage_contract_commit (batch, block_id, action_id, rev, action_id);

  return fixture_write (fixture, batch);
}

static void
work (Fixture *fixture)
{
  g_autofree char *long_text = g_strnfill (2000, 'x');

  fixture_pend (fixture, "a", "one", "1");
  fixture_commit (fixture, "a", "one", 1);
  fixture_pend (fixture, "a", "two", long_text);
  fixture_commit (fixture, "a", "two", 2);
  weft_file_storage_checkpoint (WEFT_FILE_STORAGE (fixture->storage));
  fixture_pend (fixture, "a", "three", "3");
  fixture_commit (fixture, "a", "three", 3);
  fixture_pend (fixture, "b", "one", long_text);
}

/* One thing of a kind fails, once, at each place of the workload in turn. */
static void
check_each (FakeKind    kind,
            const char *name,
            guint       n_least)
{
  guint n_failed = 0;

  for (guint i = 0; i < 24; i++)
    {
      g_auto (Fixture) fixture = { 0 };
      g_autofree char *story = g_strdup_printf ("%s %u fails", name, i);
      g_autoptr (GError) error = NULL;

      fixture_init (&fixture);
      fake_disk_fail (fixture.disk, kind, i, FALSE);
      work (&fixture);
      assert_like_oracle (&fixture, story);
      assert_disk_like_oracle (&fixture, story);
      n_failed += fixture.n_failed;

      /* It goes on. */
      fake_disk_fail (fixture.disk, FAKE_MARK, 0, FALSE);
      g_assert_true (fixture_pend (&fixture, "c", "one", "after"));
      assert_disk_like_oracle (&fixture, story);
      g_assert_true (weft_storage_close (fixture.storage, &error));
      g_assert_no_error (error);
      g_clear_object (&fixture.storage);
      fixture_open (&fixture);
      assert_like_oracle (&fixture, story);
    }
  g_test_message ("%u batches failed", n_failed);
  g_assert_cmpuint (n_failed, >=, n_least);
}

static void
test_failing_sync (void)
{
  g_test_summary ("A sync that fails once fails its batch, which never comes back; then all works "
                  "on, in a new file, for the kernel's next yes would be a lie.");

  check_each (FAKE_SYNC, "sync", 7);
}

static void
test_failing_write (void)
{
  g_test_summary ("A write that fails in the middle fails its batch, which never comes back.");

  check_each (FAKE_WRITE, "write", 7);
}

static void
test_failing_names (void)
{
  g_test_summary ("When the name of a new file cannot be made durable its batch fails and never "
                  "comes back.");

  check_each (FAKE_SYNC_DIR, "sync of a folder", 4);
}

static void
test_failing_read (void)
{
  g_test_summary ("A read that fails while the log is cleaned fails nobody.");

  check_each (FAKE_READ, "read", 0);
}

static void
test_full_disk (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autofree char *long_text = g_strnfill (1500, 'x');
  g_autoptr (GError) error = NULL;
  guint n_stored = 0;

  g_test_summary ("On a full disk batches fail when the log is full, reads go on, nothing that "
                  "was durable is lost, and with room again it goes on.");

  fixture_init (&fixture);
  fixture_pend (&fixture, "a", "one", "1");
  fixture_commit (&fixture, "a", "one", 1);
  fake_disk_set_full (fixture.disk, TRUE);
  while (fixture_pend (&fixture, "a", "two", long_text))
    g_assert_cmpuint (++n_stored, <, 20);
  g_assert_cmpuint (n_stored, >, 0);
  assert_like_oracle (&fixture, "full");
  g_assert_false (fixture_pend (&fixture, "b", "one", "no"));
  assert_like_oracle (&fixture, "still full");
  assert_disk_like_oracle (&fixture, "ended when full");

  fake_disk_set_full (fixture.disk, FALSE);
  g_assert_true (fixture_pend (&fixture, "b", "one", "yes"));
  g_assert_true (fixture_commit (&fixture, "a", "two", 2));
  assert_like_oracle (&fixture, "room again");
  g_assert_true (weft_storage_close (fixture.storage, &error));
  g_assert_no_error (error);
  assert_disk_like_oracle (&fixture, "closed");
}

static void
test_full_disk_stays_full (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  g_test_summary ("A full disk can be closed, and the next one to open finds everything.");

  fixture_init (&fixture);
  g_assert_true (fixture_pend (&fixture, "a", "one", "1"));
  fake_disk_set_full (fixture.disk, TRUE);
  g_assert_true (fixture_pend (&fixture, "a", "two", "2"));
  g_assert_true (weft_storage_close (fixture.storage, &error));
  g_assert_no_error (error);
  g_clear_object (&fixture.storage);

  fixture_open (&fixture);
  assert_like_oracle (&fixture, "opened again");
}

static void
test_dead_disk (void)
{
  g_auto (Fixture) fixture = { 0 };
  g_autoptr (GError) error = NULL;

  g_test_summary ("While every sync fails every batch does, and reads go on.");

  fixture_init (&fixture);
  g_assert_true (fixture_pend (&fixture, "a", "one", "1"));
  fake_disk_fail (fixture.disk, FAKE_SYNC, 0, TRUE);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_false (fixture_pend (&fixture, "a", "two", "2"));
      assert_like_oracle (&fixture, "dead");
    }
  fake_disk_fail (fixture.disk, FAKE_MARK, 0, FALSE);
  g_assert_true (fixture_pend (&fixture, "a", "three", "3"));
  assert_disk_like_oracle (&fixture, "alive");
  g_assert_true (weft_storage_close (fixture.storage, &error));
  g_assert_no_error (error);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-storage/faults/sync", test_failing_sync);
  g_test_add_func ("/file-storage/faults/write", test_failing_write);
  g_test_add_func ("/file-storage/faults/names", test_failing_names);
  g_test_add_func ("/file-storage/faults/read", test_failing_read);
  g_test_add_func ("/file-storage/faults/full-disk", test_full_disk);
  g_test_add_func ("/file-storage/faults/full-disk-stays-full", test_full_disk_stays_full);
  g_test_add_func ("/file-storage/faults/dead-disk", test_dead_disk);

  return g_test_run ();
}
