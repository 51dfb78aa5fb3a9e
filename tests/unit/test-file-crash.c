/* test-file-crash.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-fake-disk.h"
#include "weft-file-storage-private.h"
#include "weft-storage-contract.h"

/* The file storage on a disk whose power fails at every single thing that is done to it, and in
 * every way there is. What is found afterwards must be what the storage in memory holds after some
 * of the batches that were submitted, with all that were reported durable among them. */

#define CHOICES_MAX 6

static const char * const action_ids[] = { "one", "two", "three", "four", "five", "six", NULL };
static const char * const names[] = { "first", "second", NULL };

/* Small, so that the workload fills it a few times. */
static const WeftFileOptions options = { 10 * 1024, 0, 64 * 1024 };

typedef struct
{
  FakeDisk *disk;
  WeftStorage *storage;
  WeftStorage *oracle;
  GPtrArray *dumps; /* (element-type utf8) of the oracle after so many batches */
  guint n_done;
  guint n_images;
} Run;

/* A mark is the number of a batch, and its lowest bit says that it is done, not just submitted. */
static void
done_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  Run *run = user_data;

  g_assert_no_error (error);
  run->n_done++;
  fake_disk_mark (run->disk, run->n_done << 1 | 1);
}

static void
submit (Run       *run,
        WeftBatch *batch)
{
  g_autoptr (GError) error = NULL;
  gboolean is_stored = weft_storage_contract_write (run->oracle, batch, &error);

  g_assert_no_error (error);
  g_assert_true (is_stored);
  g_ptr_array_add (run->dumps, weft_storage_contract_dump (run->oracle, action_ids, names));
  fake_disk_mark (run->disk, (run->dumps->len - 1) << 1);
  weft_storage_submit (run->storage, batch, done_cb, run);
}

static void
wait (Run *run)
{
  while (run->n_done < run->dumps->len - 1)
    g_main_context_iteration (NULL, TRUE);
}

static void
submit_pend (Run        *run,
             const char *block_id,
             const char *action_id,
             const char *text)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, text);

  weft_batch_put_pending (batch, block_id, action_id, pending);
  submit (run, batch);
}

static void
submit_commit (Run        *run,
               const char *block_id,
               const char *action_id,
               gint64      rev,
               const char *text)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  weft_storage_contract_commit (batch, block_id, action_id, rev, text);
  submit (run, batch);
}

static void
submit_node (Run        *run,
             const char *name,
             gboolean    is_resolved)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), name);

  weft_batch_put_record (batch, name, node, is_resolved);
  weft_batch_put_value (batch, name, node);
  submit (run, batch);
}

static void
submit_deletes (Run        *run,
                const char *block_id,
                const char *action_id)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  weft_batch_delete_pending (batch, block_id, action_id);
  weft_batch_delete_materialized (batch, block_id, "one");
  weft_batch_delete_record (batch, "first");
  submit (run, batch);
}

static void
open_run (Run *run)
{
  g_autoptr (GError) error = NULL;

  run->storage = weft_file_storage_open_layer (fake_disk_get_layer (run->disk), &options, &error);
  g_assert_no_error (error);
}

static void
close_run (Run *run)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (weft_storage_close (run->storage, &error));
  g_assert_no_error (error);
  wait (run);
  g_assert_finalize_object (g_steal_pointer (&run->storage));
}

/* What is put again and again, so that most of the log is of no use. */
static void
submit_garbage (Run *run)
{
  g_autofree char *long_text = g_strnfill (1200, 'g');
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), long_text);

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (WeftBatch) batch = weft_batch_new ();

      weft_batch_put_record (batch, "second", node, i % 2 == 0);
      submit (run, batch);
      if (i % 3 == 0)
        wait (run);
    }
  wait (run);
}

/* Everything a node does, with some batches alone and some together, in a log whose files fill. */
static void
work (Run        *run,
      const char *block_id)
{
  g_autofree char *long_text = g_strnfill (2500, 'x');

  submit_pend (run, block_id, "one", "1");
  wait (run);
  submit_commit (run, block_id, "one", 1, "1");
  submit_pend (run, block_id, "two", long_text);
  submit_node (run, "first", FALSE);
  submit_commit (run, block_id, "two", 3, long_text);
  wait (run);
  submit_pend (run, block_id, "three", "3");
  submit_deletes (run, block_id, "three");
  submit_node (run, "second", TRUE);
  wait (run);
  weft_file_storage_checkpoint (WEFT_FILE_STORAGE (run->storage));
  submit_pend (run, block_id, "four", long_text);
  submit_node (run, "first", TRUE);
  wait (run);
  submit_commit (run, block_id, "four", 4, "4");
  submit_pend (run, block_id, "five", long_text);
  submit_deletes (run, block_id, "five");
  submit_pend (run, block_id, "five", "5");
  submit_garbage (run);
}

static Run *
run_new (void)
{
  Run *run = g_new0 (Run, 1);

  run->disk = fake_disk_new ();
  run->oracle = weft_memory_storage_new ();
  run->dumps = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (run->dumps, g_strdup (""));

  return run;
}

static void
run_free (Run *run)
{
  g_clear_object (&run->storage);
  g_clear_object (&run->oracle);
  g_ptr_array_unref (run->dumps);
  fake_disk_free (run->disk);
  g_free (run);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

/* What was submitted, and what was done, when `n_actions` had been done to the disk. */
static void
find_bounds (FakeDisk *disk,
             guint     n_actions,
             guint    *n_submitted,
             guint    *n_done)
{
  for (guint i = 0; i < n_actions; i++)
    {
      guint mark;

      if (fake_disk_get_kind (disk, i) != FAKE_MARK)
        continue;
      mark = fake_disk_get_mark (disk, i);
      if ((mark & 1) != 0)
        *n_done = mark >> 1;
      else
        *n_submitted = mark >> 1;
    }
}

/* Opens what a crash left, and finds it among what may be there. */
static void
check_image (Run        *run,
             FakeDisk   *image,
             guint       n_least,
             guint       n_most,
             const char *story)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;
  g_autofree char *dump = NULL;

  run->n_images++;
  storage = weft_file_storage_open_layer (fake_disk_get_layer (image), &options, &error);
  if (storage == NULL)
    g_error ("%s: %s", story, error->message);
  dump = weft_storage_contract_dump (storage, action_ids, names);
  for (guint n = n_least; n <= n_most; n++)
    if (g_str_equal (dump, g_ptr_array_index (run->dumps, n)))
      return;

  g_error ("%s: expected what batches 0 to %u, or up to %u, leave; found:\n%s\nexpected:\n%s",
           story, n_least, n_most, dump, (char *) g_ptr_array_index (run->dumps, n_least));
}

/* Every crash that is possible on a disk after so many actions. */
static void
check_crashes (Run      *run,
               FakeDisk *disk,
               guint     n_actions,
               guint     n_least,
               guint     n_most)
{
  static const char * const stories[] = { "all", "none", "torn", "all but", "only", "random" };

  for (FakeCrash crash = FAKE_CRASH_ALL; crash <= FAKE_CRASH_RANDOM; crash++)
    {
      for (guint choice = 0; choice < CHOICES_MAX; choice++)
        {
          g_autoptr (FakeDisk) image = fake_disk_crash (disk, n_actions, crash, choice);
          g_autofree char *last = NULL;
          g_autofree char *story = NULL;

          if (image == NULL)
            break;
          last = n_actions > 0 ? fake_disk_describe (disk, n_actions - 1) : g_strdup ("nothing");
          story = g_strdup_printf ("after action %u, %s (%s, choice %u)", n_actions, last,
                                   stories[crash], choice);
          check_image (run, image, n_least, n_most, story);
          if (crash == FAKE_CRASH_ALL || crash == FAKE_CRASH_NONE)
            break;
        }
    }
}

static void
check_all_crashes (Run *run)
{
  guint length = fake_disk_get_length (run->disk);

  for (guint i = 0; i <= length; i++)
    {
      guint n_submitted = 0;
      guint n_done = 0;

      /* Between two marks nothing happens to the disk. */
      if (i < length && fake_disk_get_kind (run->disk, i) == FAKE_MARK)
        continue;
      find_bounds (run->disk, i, &n_submitted, &n_done);
      check_crashes (run, run->disk, i, n_done, n_submitted);
    }
  g_test_message ("%u things done to the disk, %u crashes looked into", length, run->n_images);
}

static guint
count_actions (FakeDisk *disk,
               FakeKind  kind)
{
  guint n = 0;

  for (guint i = 0; i < fake_disk_get_length (disk); i++)
    n += fake_disk_get_kind (disk, i) == kind;

  return n;
}

static void
test_every_crash (void)
{
  g_autoptr (Run) run = run_new ();

  g_test_summary ("Whatever moment and way of a crash, a prefix of the batches is there, with all "
                  "that were reported durable.");

  open_run (run);
  work (run, "a/../A");
  close_run (run);
  open_run (run);
  work (run, "b");
  close_run (run);
  check_all_crashes (run);
  g_assert_cmpuint (run->n_images, >, 1000);

  /* Files that were full have been taken away again, so crashes in between were looked into. */
  g_test_message ("%u files taken away", count_actions (run->disk, FAKE_UNLINK));
  g_assert_cmpuint (count_actions (run->disk, FAKE_UNLINK), >=, 4);
}

/* Opens what a crash left, writes something that no dump shows, and closes it. */
static gboolean
mend (FakeDisk *image)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (JsonNode) value = json_node_init_int (json_node_alloc (), 1);
  g_autoptr (WeftStorage) storage = NULL;

  storage = weft_file_storage_open_layer (fake_disk_get_layer (image), &options, &error);
  g_assert_no_error (error);
  weft_batch_put_value (batch, "unseen", value);
  weft_storage_contract_write (storage, batch, &error);
  g_assert_no_error (error);

  return weft_storage_close (storage, NULL);
}

/* Every crash while what an earlier one left is mended, and written to. */
static void
check_crashes_in_recovery (Run       *run,
                           guint      n_actions,
                           FakeCrash  crash)
{
  g_autoptr (FakeDisk) image = fake_disk_crash (run->disk, n_actions, crash, 0);
  guint n_submitted = 0;
  guint n_done = 0;

  if (image == NULL)
    return;
  find_bounds (run->disk, n_actions, &n_submitted, &n_done);
  g_assert_true (mend (image));
  for (guint i = 0; i <= fake_disk_get_length (image); i++)
    check_crashes (run, image, i, n_done, n_submitted);
}

static void
test_crash_in_recovery (void)
{
  static const FakeCrash crashes[] = { FAKE_CRASH_ALL, FAKE_CRASH_TORN, FAKE_CRASH_NONE };
  g_autoptr (Run) run = run_new ();
  guint length;

  g_test_summary ("A crash while a crash is mended, or what comes after is written, leaves "
                  "what the first one left.");

  open_run (run);
  work (run, "a");
  length = fake_disk_get_length (run->disk);
  for (guint i = 1; i <= length; i++)
    if (fake_disk_get_kind (run->disk, i - 1) != FAKE_MARK)
      check_crashes_in_recovery (run, i, crashes[i % G_N_ELEMENTS (crashes)]);
  g_test_message ("%u crashes in recovery looked into", run->n_images);
  g_assert_cmpuint (run->n_images, >, 500);
  close_run (run);
}

static void
submit_value (Run  *run,
              char  letter)
{
  g_autofree char *text = g_strnfill (1000, letter);
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  weft_batch_put_value (batch, letter == 'b' ? "second" : "first", node);
  submit (run, batch);
}

/* What is there of a value that should not be. */
static char *
read_second (FakeDisk *disk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;
  g_autoptr (JsonNode) node = NULL;

  storage = weft_file_storage_open_layer (fake_disk_get_layer (disk), &options, &error);
  g_assert_no_error (error);
  node = weft_storage_read_value (storage, "second", &error);
  g_assert_no_error (error);

  return node != NULL ? json_node_dup_string (node) : NULL;
}

/* Another batch of the length of the first is written where that would have been. */
static void
write_again (FakeDisk *disk)
{
  g_autofree char *text = g_strnfill (1000, 'c');
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;

  storage = weft_file_storage_open_layer (fake_disk_get_layer (disk), &options, &error);
  g_assert_no_error (error);
  weft_batch_put_value (batch, "first", node);
  weft_storage_contract_write (storage, batch, &error);
  g_assert_no_error (error);
}

static void
test_rest_of_write (void)
{
  g_autoptr (Run) run = run_new ();
  guint n_torn = 0;

  g_test_summary ("What a crash left of the second of two batches that were written together does "
                  "not come back when something is written in the place of the first.");

  open_run (run);
  submit_value (run, 'a');
  submit_value (run, 'b');
  submit_value (run, 'b');
  wait (run);
  for (guint i = 1; i <= fake_disk_get_length (run->disk); i++)
    {
      g_autoptr (FakeDisk) image = fake_disk_crash (run->disk, i, FAKE_CRASH_TORN, 2);
      g_autofree char *before = image != NULL ? read_second (image) : NULL;
      g_autofree char *after = NULL;

      if (image == NULL)
        continue;
      n_torn++;
      write_again (image);
      after = read_second (image);
      g_assert_cmpstr (before, ==, after);
    }
  g_assert_cmpuint (n_torn, >, 0);
  close_run (run);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-storage/crash/every", test_every_crash);
  g_test_add_func ("/file-storage/crash/in-recovery", test_crash_in_recovery);

  g_test_add_func ("/file-storage/crash/rest-of-write", test_rest_of_write);

  return g_test_run ();
}
