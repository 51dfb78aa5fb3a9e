/* test-sim-disk.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A simulated disk with its faults on. */

#include <weft-sim.h>

typedef struct
{
  WeftSimWorld *world;
  WeftSimDisk *disk;
  WeftStorage *storage;
  GString *transcript; /* "+" for each durable batch, "-" for each that failed, with its time */
} Fixture;

static void
fixture_set_up_seed (Fixture *fixture,
                     guint64  seed)
{
  const WeftSimDelay delay = { WEFT_SIM_DELAY_SHAPE_CONSTANT, 1000 };
  g_autoptr (GError) error = NULL;

  fixture->world = weft_sim_world_new (seed);
  fixture->disk = weft_sim_disk_new (fixture->world, weft_sim_world_add_actor (fixture->world,
                                                                               "n1"));
  weft_sim_disk_set_sync_delay (fixture->disk, &delay);
  fixture->storage = weft_sim_disk_open (fixture->disk, &error);
  g_assert_no_error (error);
  fixture->transcript = g_string_new (NULL);
}

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  user_data)
{
  fixture_set_up_seed (fixture, 1);
}

static void
run (Fixture *fixture)
{
  while (weft_sim_world_step (fixture->world))
    ;
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  user_data)
{
  run (fixture);
  g_assert_finalize_object (fixture->storage);
  g_assert_finalize_object (fixture->disk);
  g_assert_finalize_object (fixture->world);
  g_string_free (fixture->transcript, TRUE);
}

static void
reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  run (fixture);
  g_assert_finalize_object (fixture->storage);
  fixture->storage = weft_sim_disk_open (fixture->disk, &error);
  g_assert_no_error (error);
}

static void
done_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_string_append_printf (fixture->transcript, "%s%" G_GINT64_FORMAT " ",
                          error == NULL                                              ? "+"
                          : g_error_matches (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE) ? "-"
                                                                                        : "x",
                          weft_sim_world_get_time (fixture->world));
}

/* Writes a block that has the name of its number. */
static void
submit (Fixture *fixture,
        guint    number)
{
  g_autofree char *id = g_strdup_printf ("b%u", number);
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (JsonObject) attributes = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftBlock) block = NULL;

  json_object_set_int_member (attributes, "number", number);
  block = weft_block_new (id, "test", "tests", attributes, &error);
  g_assert_no_error (error);
  weft_batch_put_materialized (batch, id, "a", block);
  weft_storage_submit (fixture->storage, batch, done_cb, fixture);
}

static void
assert_blocks (Fixture    *fixture,
               const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = weft_storage_list_blocks (fixture->storage, NULL, 0, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = g_strjoinv (" ", ids);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_transcript (Fixture    *fixture,
                   const char *expected)
{
  run (fixture);
  g_assert_cmpstr (fixture->transcript->str, ==, expected);
}

static void
test_group (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_test_summary ("All that waits when a sync begins is made durable by it, in order.");

  for (guint i = 1; i <= 4; i++)
    submit (fixture, i);
  assert_blocks (fixture, "b1 b2 b3 b4");
  assert_transcript (fixture, "+1000 +2000 +2000 +2000 ");
  g_assert_cmpuint (weft_sim_world_get_counter (fixture->world, "disk-syncs"), ==, 2);
}

static void
stall_cb (gpointer user_data)
{
  weft_sim_disk_stall (user_data, 5000);
}

static void
test_stall (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_test_summary ("A stall holds up the sync that is under way, and the next.");

  submit (fixture, 1);
  submit (fixture, 2);
  weft_sim_world_schedule (fixture->world, 500, stall_cb, fixture->disk, NULL);
  assert_transcript (fixture, "+5500 +6500 ");
}

static void
test_crash (void)
{
  guint kept[4] = { 0 };

  g_test_summary ("A crash keeps what was told to be durable, and any number of the first of those "
                  "that waited, never a later one without an earlier one.");

  for (guint seed = 1; seed <= 64; seed++)
    {
      static const char *const left[] = { "b1", "b1 b2", "b1 b2 b3", "b1 b2 b3 b4" };
      Fixture fixture;
      guint n_dropped;

      fixture_set_up_seed (&fixture, seed);
      submit (&fixture, 1);
      run (&fixture);
      for (guint i = 2; i <= 4; i++)
        submit (&fixture, i);
      n_dropped = weft_sim_disk_crash (fixture.disk);
      g_assert_cmpstr (fixture.transcript->str, ==, "+1000 ");
      g_assert_cmpuint (n_dropped, <=, 3);
      kept[3 - n_dropped]++;

      assert_transcript (&fixture, "+1000 x1000 x1000 x1000 ");
      reopen (&fixture);
      assert_blocks (&fixture, left[3 - n_dropped]);
      fixture_tear_down (&fixture, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    g_assert_cmpuint (kept[i], >, 4);
}

static void
test_after_crash (Fixture       *fixture,
                  gconstpointer  user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) old = NULL;
  g_autoptr (WeftBlockMetadata) metadata = NULL;

  g_test_summary ("A process that is gone reads and writes nothing, though a new one does.");

  weft_sim_disk_crash (fixture->disk);
  old = g_steal_pointer (&fixture->storage);
  fixture->storage = weft_sim_disk_open (fixture->disk, &error);
  g_assert_no_error (error);
  submit (fixture, 1);

  metadata = weft_storage_read_metadata (old, "b1", &error);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CLOSED);
  g_assert_null (metadata);
  g_assert_cmpuint (weft_sim_disk_crash (fixture->disk), <=, 1);
  assert_transcript (fixture, "x0 ");
}

static void
test_sync_fails (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_test_summary ("A sync that fails fails all that waits, and the next one may work.");

  submit (fixture, 1);
  run (fixture);
  weft_sim_disk_set_sync_failures (fixture->disk, 1);
  submit (fixture, 2);
  submit (fixture, 3);
  assert_blocks (fixture, "b1 b2 b3");
  assert_transcript (fixture, "+1000 -2000 -2000 ");
  assert_blocks (fixture, "b1");

  weft_sim_disk_set_sync_failures (fixture->disk, 0);
  submit (fixture, 4);
  assert_transcript (fixture, "+1000 -2000 -2000 +3000 ");
  assert_blocks (fixture, "b1 b4");
  g_assert_cmpuint (weft_sim_world_get_counter (fixture->world, "disk-sync-failures"), ==, 1);
}

static void
test_full (Fixture       *fixture,
           gconstpointer  user_data)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (GError) error = NULL;
  guint64 used;
  guint64 available;

  g_test_summary ("A full disk refuses what would make it fuller; reading and deleting go on.");

  submit (fixture, 1);
  run (fixture);
  weft_sim_disk_set_quota (fixture->disk, weft_sim_disk_get_bytes (fixture->disk) + 10);
  g_assert_true (weft_storage_get_usage (fixture->storage, &used, &available, &error));
  g_assert_cmpuint (used, ==, weft_sim_disk_get_bytes (fixture->disk));
  g_assert_cmpuint (available, ==, 10);
  submit (fixture, 2);
  submit (fixture, 3);
  assert_transcript (fixture, "+1000 -2000 -2000 ");
  assert_blocks (fixture, "b1");

  weft_batch_delete_materialized (batch, "b1", "a");
  weft_storage_submit (fixture->storage, batch, done_cb, fixture);
  assert_transcript (fixture, "+1000 -2000 -2000 +3000 ");
  g_assert_cmpuint (weft_sim_disk_get_bytes (fixture->disk), <, used);
}

static void
test_damage (Fixture       *fixture,
             gconstpointer  user_data)
{
  g_autoptr (WeftBlock) block = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("A damaged record is never taken for absent, and is good when written again.");

  submit (fixture, 1);
  submit (fixture, 2);
  run (fixture);
  g_assert_true (weft_sim_disk_damage (fixture->disk, "b1"));
  g_assert_false (weft_sim_disk_damage (fixture->disk, "b1"));
  g_assert_false (weft_sim_disk_damage (fixture->disk, "b3"));

  block = weft_storage_read_materialized (fixture->storage, "b1", "a", &error);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
  g_assert_cmpstr (error->message, ==, "the block of action a of block b1 is damaged");
  g_assert_null (block);
  g_clear_error (&error);
  block = weft_storage_read_materialized (fixture->storage, "b2", "a", &error);
  g_assert_no_error (error);
  g_assert_nonnull (block);
  g_clear_pointer (&block, weft_block_unref);
  assert_blocks (fixture, "b1 b2");

  submit (fixture, 1);
  run (fixture);
  block = weft_storage_read_materialized (fixture->storage, "b1", "a", &error);
  g_assert_no_error (error);
  g_assert_nonnull (block);
}

static void
test_repair (Fixture       *fixture,
             gconstpointer  user_data)
{
  g_autoptr (WeftBlock) block = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("What is damaged reads as it was once the disk is repaired, and can be damaged "
                  "again.");

  submit (fixture, 1);
  run (fixture);
  g_assert_true (weft_sim_disk_damage (fixture->disk, "b1"));
  weft_sim_disk_repair (fixture->disk);
  block = weft_storage_read_materialized (fixture->storage, "b1", "a", &error);
  g_assert_no_error (error);
  g_assert_nonnull (block);
  g_clear_pointer (&block, weft_block_unref);

  g_assert_true (weft_sim_disk_damage (fixture->disk, "b1"));
  block = weft_storage_read_materialized (fixture->storage, "b1", "a", &error);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
}

static void
test_read_failures (Fixture       *fixture,
                    gconstpointer  user_data)
{
  guint n_failed = 0;

  g_test_summary ("Some reads fail, and say that it is the disk; the same read may succeed then.");

  submit (fixture, 1);
  run (fixture);
  weft_sim_disk_set_read_failures (fixture->disk, 0.5);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftBlock) block
        = weft_storage_read_materialized (fixture->storage, "b1", "a", &error);

      g_assert_true ((block != NULL) != (error != NULL));
      if (error == NULL)
        continue;
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
      g_assert_true (g_str_has_prefix (error->message, "the disk of "));
      n_failed++;
    }
  g_assert_cmpuint (n_failed, >, 20);
  g_assert_cmpuint (n_failed, <, 80);
  weft_sim_disk_set_read_failures (fixture->disk, 0);
  assert_blocks (fixture, "b1");
}

static void
test_roll_back (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_autoptr (GError) error = NULL;

  g_test_summary ("An old snapshot lacks the last batches; a new disk lacks all.");

  for (guint i = 1; i <= 4; i++)
    submit (fixture, i);
  run (fixture);
  weft_storage_close (fixture->storage, &error);
  g_assert_no_error (error);
  g_assert_true (weft_sim_disk_roll_back (fixture->disk, 3));
  reopen (fixture);
  assert_blocks (fixture, "b1");

  weft_storage_close (fixture->storage, &error);
  g_assert_no_error (error);
  g_assert_true (weft_sim_disk_erase (fixture->disk));
  reopen (fixture);
  assert_blocks (fixture, "");
  g_assert_cmpuint (weft_sim_disk_get_bytes (fixture->disk), ==, 0);
}

static void
test_lying (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_autoptr (GError) error = NULL;

  g_test_summary ("What a lying disk said survives the process, but not the loss of power; what it "
                  "has written by then stays, and it loses the last of the rest.");

  submit (fixture, 1);
  run (fixture);
  weft_sim_disk_set_lying (fixture->disk, TRUE);
  for (guint i = 2; i <= 4; i++)
    submit (fixture, i);
  assert_transcript (fixture, "+1000 +2000 +3000 +3000 ");
  g_assert_cmpuint (weft_sim_world_get_counter (fixture->world, "disk-lies"), ==, 3);
  weft_sim_disk_crash (fixture->disk);
  reopen (fixture);
  assert_blocks (fixture, "b1 b2 b3 b4");

  /* It goes on lying, but has the first four by now. */
  weft_sim_disk_set_lying (fixture->disk, FALSE);
  weft_sim_disk_set_lying (fixture->disk, TRUE);
  for (guint i = 5; i <= 8; i++)
    submit (fixture, i);
  run (fixture);
  weft_sim_disk_crash (fixture->disk);
  g_assert_cmpuint (weft_sim_disk_lose_power (fixture->disk), ==, 3);
  g_assert_cmpuint (weft_sim_world_get_counter (fixture->world, "disk-lies-told"), ==, 1);
  reopen (fixture);
  assert_blocks (fixture, "b1 b2 b3 b4 b5");

  weft_storage_close (fixture->storage, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (weft_sim_disk_lose_power (fixture->disk), ==, 0);
}

static void
test_atlas (Fixture       *fixture,
            gconstpointer  user_data)
{
  g_autoptr (WeftSimAtlas) atlas = weft_sim_atlas_new (1);
  g_autoptr (GError) error = NULL;

  g_test_summary ("What the atlas does not allow does not happen to the disk.");

  submit (fixture, 1);
  submit (fixture, 2);
  run (fixture);
  weft_sim_disk_set_atlas (fixture->disk, atlas);
  g_assert_true (weft_sim_atlas_claim_block (atlas, 7, "b1"));
  g_assert_false (weft_sim_disk_damage (fixture->disk, "b1"));
  g_assert_true (weft_sim_disk_damage (fixture->disk, "b2"));
  g_assert_false (weft_sim_atlas_claim_block (atlas, 7, "b2"));

  weft_storage_close (fixture->storage, &error);
  g_assert_no_error (error);
  g_assert_false (weft_sim_disk_roll_back (fixture->disk, 1));
  g_assert_false (weft_sim_disk_erase (fixture->disk));
  weft_sim_atlas_heal (atlas, 7);
  g_assert_true (weft_sim_disk_roll_back (fixture->disk, 1));
  g_assert_false (weft_sim_atlas_claim_block (atlas, 7, "b3"));
  reopen (fixture);
  assert_blocks (fixture, "b1");
}

/* A life with everything that can happen to a disk. */
static guint64
live (guint64 seed)
{
  Fixture fixture;
  guint64 hash;

  fixture_set_up_seed (&fixture, seed);
  weft_sim_disk_set_sync_failures (fixture.disk, 0.2);
  for (guint i = 0; i < 200; i++)
    {
      submit (&fixture, i % 40);
      if (i % 3 == 0)
        weft_sim_world_run_for (fixture.world, 300);
      if (i % 17 == 0)
        weft_sim_disk_damage (fixture.disk, NULL);
      if (i % 50 == 49)
        {
          weft_sim_disk_crash (fixture.disk);
          if (i % 100 == 99)
            weft_sim_disk_roll_back (fixture.disk, 5);
          reopen (&fixture);
        }
    }
  run (&fixture);
  hash = weft_sim_world_get_hash (fixture.world) ^ g_str_hash (fixture.transcript->str)
         ^ weft_sim_disk_get_bytes (fixture.disk);
  fixture_tear_down (&fixture, NULL);

  return hash;
}

static void
test_same_seed (void)
{
  g_test_summary ("A seed gives the same life each time, and another seed another.");

  g_assert_cmpuint (live (1), ==, live (1));
  g_assert_cmpuint (live (1), !=, live (2));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/sim-disk/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("group", test_group);
  ADD ("stall", test_stall);
  g_test_add_func ("/sim-disk/crash", test_crash);
  ADD ("after-crash", test_after_crash);
  ADD ("sync-fails", test_sync_fails);
  ADD ("full", test_full);
  ADD ("damage", test_damage);
  ADD ("repair", test_repair);
  ADD ("read-failures", test_read_failures);
  ADD ("roll-back", test_roll_back);
  ADD ("lying", test_lying);
  ADD ("atlas", test_atlas);
  g_test_add_func ("/sim-disk/same-seed", test_same_seed);

  return g_test_run ();
}
