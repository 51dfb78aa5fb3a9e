/* test-file-random.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-fake-disk.h"
#include "weft-file-storage-private.h"
#include "weft-memory-storage.h"
#include "weft-storage-contract.h"

/* Batches of chance on a file storage whose segments are so small that it cleans all the time, with
 * crashes, failing disks and reopening in between, beside the storage in memory. */

#define N_SEEDS 40
#define N_STEPS 400
#define N_BLOCKS 3
#define OPERATIONS_MAX 4

static const char * const action_ids[] = { "one", "two", "three", "four", "five", NULL };
static const char * const names[] = { "first", "second", "third", NULL };
static const WeftFileOptions options = { 3 * 1024, 0, 4 * 1024 };

typedef struct
{
  GRand *chance;
  FakeDisk *disk;
  WeftStorage *storage;
  WeftStorage *oracle;
  GPtrArray *batches; /* (element-type WeftBatch) that the oracle has */
  guint n_done;       /* of these that are durable */
  guint n_under_way;
  gboolean has_failed;
  gboolean is_dying;
  guint n_crashes;
  guint n_kills;
  guint n_failures;
  guint n_segments;   /* that were taken away again */
} Run;

static gboolean
chance (Run  *run,
        guint percent)
{
  return (guint) g_rand_int_range (run->chance, 0, 100) < percent;
}

static const char *
choose (Run                *run,
        const char * const *names_of)
{
  return names_of[g_rand_int_range (run->chance, 0, (gint) g_strv_length ((char **) names_of))];
}

static char *
make_text (Run *run)
{
  return g_strnfill ((gsize) g_rand_int_range (run->chance, 1, 500),
                     (char) g_rand_int_range (run->chance, 'a', 'z'));
}

static void
add_to_node (Run       *run,
             WeftBatch *batch)
{
  g_autofree char *text = make_text (run);
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  const char *name = choose (run, names);

  switch (g_rand_int_range (run->chance, 0, 4))
    {
    case 0:
      weft_batch_delete_record (batch, name);
      break;
    case 1:
      weft_batch_put_value (batch, name, node);
      break;
    default:
      weft_batch_put_record (batch, name, node, chance (run, 50));
    }
}

static void
add_to_block (Run       *run,
              WeftBatch *batch)
{
  g_autofree char *block_id = g_strdup_printf ("block-%d",
                                               g_rand_int_range (run->chance, 0, N_BLOCKS));
  g_autofree char *text = make_text (run);
  const char *action_id = choose (run, action_ids);
  g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, text);
  g_autoptr (WeftBlock) block = weft_storage_contract_block (block_id, text);
  g_autoptr (WeftBlockMetadata) metadata = NULL;
  gint64 rev = g_rand_int_range (run->chance, 1, 9);

  switch (g_rand_int_range (run->chance, 0, 10))
    {
    case 0:
      metadata = weft_storage_contract_metadata (action_id, rev);
      weft_batch_put_metadata (batch, block_id, metadata);
      break;
    case 1:
      weft_batch_put_revision (batch, block_id, rev, action_id);
      break;
    case 2:
      weft_batch_delete_pending (batch, block_id, action_id);
      break;
    case 3:
      weft_batch_put_action (batch, block_id, action_id, pending);
      break;
    case 4:
      weft_batch_put_materialized (batch, block_id, action_id, block);
      break;
    case 5:
      weft_batch_delete_materialized (batch, block_id, action_id);
      break;
    case 6:
    case 7:
      weft_batch_promote_pending (batch, block_id, action_id);
      break;
    default:
      weft_batch_put_pending (batch, block_id, action_id, pending);
    }
}

/* Actions stay committed for ever, so now and then a block has to be one that nobody has seen. */
static WeftBatch *
make_batch (Run *run)
{
  WeftBatch *batch = weft_batch_new ();
  gint n_operations = g_rand_int_range (run->chance, 1, OPERATIONS_MAX + 1);

  for (gint i = 0; i < n_operations; i++)
    {
      if (chance (run, 40))
        add_to_node (run, batch);
      else
        add_to_block (run, batch);
    }

  return batch;
}

static void
done_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  Run *run = user_data;

  run->n_under_way--;
  if (error != NULL)
    {
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
      run->has_failed = TRUE;
      return;
    }
  g_assert_false (run->has_failed);
  run->n_done++;
}

static void
assert_like (Run         *run,
             WeftStorage *wanted,
             const char  *story)
{
  g_autofree char *found_dump = weft_storage_contract_dump (run->storage, action_ids, names);
  g_autofree char *wanted_dump = weft_storage_contract_dump (wanted, action_ids, names);

  if (!g_str_equal (found_dump, wanted_dump))
    g_error ("%s: found:\n%s\nexpected:\n%s", story, found_dump, wanted_dump);
}

/* What the first so many batches leave. */
static WeftStorage *
make_oracle (Run  *run,
             guint n_batches)
{
  WeftStorage *oracle = weft_memory_storage_new ();

  for (guint i = 0; i < n_batches; i++)
    g_assert_true (weft_storage_contract_write (oracle, g_ptr_array_index (run->batches, i), NULL));

  return oracle;
}

static void
go_back (Run  *run,
         guint n_batches)
{
  g_ptr_array_set_size (run->batches, (gint) n_batches);
  g_object_unref (run->oracle);
  run->oracle = make_oracle (run, n_batches);
  run->n_done = n_batches;
  run->has_failed = FALSE;
}

static void
open_storage (Run *run)
{
  g_autoptr (GError) error = NULL;

  run->storage = weft_file_storage_open_layer (fake_disk_get_layer (run->disk), &options, &error);
  g_assert_no_error (error);
}

/* Waits for what is on its way; what failed was never there. */
static void
wait (Run *run)
{
  if (run->is_dying)
    return;
  while (run->n_done < run->batches->len && !run->has_failed)
    g_main_context_iteration (NULL, TRUE);
  if (!run->has_failed)
    return;
  run->n_failures++;
  go_back (run, run->n_done);
  assert_like (run, run->oracle, "after a failure");
}

static void
close_storage (Run *run)
{
  wait (run);
  g_assert_true (weft_storage_close (run->storage, NULL));
  g_assert_finalize_object (g_steal_pointer (&run->storage));
}

static void
submit (Run *run)
{
  g_autoptr (WeftBatch) batch = make_batch (run);
  g_autoptr (GError) error = NULL;

  if (run->has_failed)
    wait (run);
  if (!weft_storage_contract_write (run->oracle, batch, &error))
    return;
  if (run->has_failed)
    wait (run);
  else
    {
      g_ptr_array_add (run->batches, weft_batch_ref (batch));
      run->n_under_way++;
      weft_storage_submit (run->storage, batch, done_cb, run);
    }
}

/* Opens what is on the disk, which is what some of the batches leave, and goes on from there. */
static void
go_on (Run        *run,
       guint       n_done,
       const char *story)
{
  g_autofree char *found = NULL;

  open_storage (run);
  found = weft_storage_contract_dump (run->storage, action_ids, names);
  for (guint n = n_done; n <= run->batches->len; n++)
    {
      g_autoptr (WeftStorage) oracle = make_oracle (run, n);
      g_autofree char *wanted = weft_storage_contract_dump (oracle, action_ids, names);

      if (!g_str_equal (found, wanted))
        continue;
      go_back (run, n);
      return;
    }
  g_error ("%s, with %u batches, %u of them done: found:\n%s", story, run->batches->len, n_done,
           found);
}

/* The power fails in some way. */
static void
crash (Run *run)
{
  guint n_done = run->n_done;
  FakeCrash kind = (FakeCrash) g_rand_int_range (run->chance, 0, FAKE_CRASH_RANDOM + 1);
  g_autoptr (FakeDisk) disk = NULL;

  disk = fake_disk_crash (run->disk, fake_disk_get_length (run->disk), kind,
                          (guint) g_rand_int_range (run->chance, 0, 4));
  if (disk == NULL)
    return;

  run->n_crashes++;
  close_storage (run);
  fake_disk_free (run->disk);
  run->disk = g_steal_pointer (&disk);
  go_on (run, n_done, "after a crash");
}

/* The process is killed; what it did not sync is there as long as the power does not fail. */
static void
kill_process (Run *run)
{
  guint n_done;

  run->n_kills++;
  fake_disk_kill (run->disk, (guint) g_rand_int_range (run->chance, 1, 6));
  run->is_dying = TRUE;
  for (guint i = 0; i < 3; i++)
    submit (run);
  while (run->n_under_way > 0)
    g_main_context_iteration (NULL, TRUE);
  n_done = run->n_done;
  fake_disk_kill (run->disk, 0);
  g_assert_finalize_object (g_steal_pointer (&run->storage));
  run->is_dying = FALSE;
  go_on (run, n_done, "after the process was killed");
}

static void
fail_once (Run *run)
{
  static const FakeKind kinds[] = { FAKE_SYNC, FAKE_WRITE, FAKE_SYNC_DIR, FAKE_READ };

  fake_disk_fail (run->disk, kinds[g_rand_int_range (run->chance, 0, G_N_ELEMENTS (kinds))],
                  (guint) g_rand_int_range (run->chance, 0, 3), FALSE);
  for (guint i = 0; i < 6; i++)
    submit (run);
  wait (run);
  fake_disk_fail (run->disk, FAKE_MARK, 0, FALSE);
}

static void
step (Run *run)
{
  gint n = g_rand_int_range (run->chance, 0, 100);

  if (n < 80)
    {
      submit (run);
      return;
    }
  if (n < 86 && run->has_failed)
    wait (run);
  if (n < 83)
    {
      crash (run);
      return;
    }
  if (n < 86)
    {
      kill_process (run);
      return;
    }
  if (n < 89)
    {
      fail_once (run);
      return;
    }

  wait (run);
  assert_like (run, run->oracle, "all done");
  if (n < 91)
    {
      close_storage (run);
      open_storage (run);
      assert_like (run, run->oracle, "opened again");
    }
}

static void
count_segments (Run *run)
{
  for (guint i = 0; i < fake_disk_get_length (run->disk); i++)
    run->n_segments += fake_disk_get_kind (run->disk, i) == FAKE_UNLINK;
}

static void
test_random (void)
{
  guint n_crashes = 0;
  guint n_kills = 0;
  guint n_failures = 0;
  guint n_segments = 0;

  g_test_summary ("Whatever is done to it, a file storage has what the storage in memory has, or "
                  "had before what was not durable when the power failed.");

  for (guint seed = 0; seed < N_SEEDS; seed++)
    {
      Run run = { .chance = g_rand_new_with_seed (seed), .disk = fake_disk_new () };

      run.oracle = weft_memory_storage_new ();
      run.batches = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_batch_unref);
      open_storage (&run);
      for (guint i = 0; i < N_STEPS; i++)
        step (&run);
      count_segments (&run);
      close_storage (&run);
      n_crashes += run.n_crashes;
      n_kills += run.n_kills;
      n_failures += run.n_failures;
      n_segments += run.n_segments;
      g_ptr_array_unref (run.batches);
      g_object_unref (run.oracle);
      fake_disk_free (run.disk);
      g_rand_free (run.chance);
    }
  g_test_message ("%u crashes, %u kills, %u failures; %u files taken away since the last crash of "
                  "each", n_crashes, n_kills, n_failures, n_segments);
  g_assert_cmpuint (n_crashes, >, 200);
  g_assert_cmpuint (n_kills, >, 200);
  g_assert_cmpuint (n_failures, >, 100);
  g_assert_cmpuint (n_segments, >, 100);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-storage/random", test_random);

  return g_test_run ();
}
