/* test-file-cleaning.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-fake-disk.h"
#include "weft-file-storage-private.h"
#include "weft-storage-contract.h"

/* The room that a file storage takes while things are written again and again. */

#define N_KEPT 50
/* Without cleaning it would be 1,500 kB. What may be there is the garbage that may be, a segment
 * that is written, one that is cleaned, one that is behind, and what is in each beside it. */
#define USED_MAX (600 * 1024)
#define N_ROUNDS 60
#define ROUND_BATCHES 64
#define TEXT_BYTES 300

static const WeftFileOptions options = { 64 * 1024, 128 * 1024, 64 * 1024 };
static const char * const action_ids[] = { "one", NULL };

typedef struct
{
  FakeDisk *disk;
  WeftStorage *storage;
  guint n_under_way;
} Fixture;

static void
fixture_open (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->storage = weft_file_storage_open_layer (fake_disk_get_layer (fixture->disk), &options,
                                                   &error);
  g_assert_no_error (error);
}

static void
fixture_init (Fixture *fixture)
{
  fixture->disk = fake_disk_new ();
  fixture_open (fixture);
}

static void
fixture_close (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (weft_storage_close (fixture->storage, &error));
  g_assert_no_error (error);
  g_clear_object (&fixture->storage);
}

static void
done_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  Fixture *fixture = user_data;

  g_assert_no_error (error);
  fixture->n_under_way--;
}

static void
submit (Fixture   *fixture,
        WeftBatch *batch)
{
  fixture->n_under_way++;
  weft_storage_submit (fixture->storage, batch, done_cb, fixture);
}

static void
wait (Fixture *fixture)
{
  while (fixture->n_under_way > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
put_record (Fixture    *fixture,
            const char *key,
            guint       number)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autofree char *text = g_strnfill (TEXT_BYTES, 'a' + (char) (number % 26));
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);

  weft_batch_put_record (batch, key, node, number % 2 == 0);
  submit (fixture, batch);
}

/* Blocks that are written once, and stay. */
static void
put_kept (Fixture *fixture)
{
  for (guint i = 0; i < N_KEPT; i++)
    {
      g_autoptr (WeftBatch) pend = weft_batch_new ();
      g_autoptr (WeftBatch) commit = weft_batch_new ();
      g_autofree char *block_id = g_strdup_printf ("kept-%u", i);
      g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, "text");

      weft_batch_put_pending (pend, block_id, "one", pending);
      weft_storage_contract_commit (commit, block_id, "one", 1, "text");
      submit (fixture, pend);
      submit (fixture, commit);
    }
  wait (fixture);
}

static guint64
get_used (Fixture *fixture)
{
  guint64 used = 0;

  g_assert_true (weft_storage_get_usage (fixture->storage, &used, NULL, NULL));

  return used;
}

static void
test_bounded (void)
{
  Fixture fixture = { 0 };
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *again = NULL;
  guint64 most = 0;

  g_test_summary ("Records that are written again and again take no more room, and what was "
                  "written once before stays.");

  fixture_init (&fixture);
  put_kept (&fixture);
  before = weft_storage_contract_dump (fixture.storage, action_ids, action_ids);
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      for (guint i = 0; i < ROUND_BATCHES; i++)
        {
          g_autofree char *key = g_strdup_printf ("record-%u", i % 10);

          put_record (&fixture, key, 2 * round);
        }
      wait (&fixture);
      /* The thread that cleans may be behind one that had the processor for itself. */
      while (get_used (&fixture) >= USED_MAX)
        g_main_context_iteration (NULL, TRUE);
      most = MAX (most, get_used (&fixture));
    }
  after = weft_storage_contract_dump (fixture.storage, action_ids, action_ids);
  g_assert_cmpstr (before, ==, after);

  g_test_message ("at most %" G_GUINT64_FORMAT " bytes in use", most);

  fixture_close (&fixture);
  fixture_open (&fixture);
  again = weft_storage_contract_dump (fixture.storage, action_ids, action_ids);
  g_assert_cmpstr (before, ==, again);
  fixture_close (&fixture);
  fake_disk_free (fixture.disk);
}

static void
delete_record (Fixture    *fixture,
               const char *key)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();

  weft_batch_delete_record (batch, key);
  submit (fixture, batch);
}

static void
test_deleted (void)
{
  Fixture fixture = { 0 };
  guint64 most = 0;

  g_test_summary ("Records that come and go leave nothing, and never come back.");

  fixture_init (&fixture);
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      for (guint i = 0; i < ROUND_BATCHES; i++)
        {
          g_autofree char *key = g_strdup_printf ("record-%u-%u", round, i);

          put_record (&fixture, key, 1);
          delete_record (&fixture, key);
        }
      wait (&fixture);
      most = MAX (most, get_used (&fixture));

      if (round % 10 == 5)
        {
          fixture_close (&fixture);
          fixture_open (&fixture);
        }
      for (guint i = 0; i < 200; i++)
        {
          g_autofree char *key = g_strdup_printf ("record-%u-%u", round - i % (round + 1), i % 64);

          g_assert_null (weft_storage_read_record (fixture.storage, key, NULL));
        }
    }
  g_test_message ("at most %" G_GUINT64_FORMAT " bytes in use", most);
  g_assert_cmpuint (most, <, 700 * 1024);
  fixture_close (&fixture);
  fake_disk_free (fixture.disk);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-storage/cleaning/bounded", test_bounded);
  g_test_add_func ("/file-storage/cleaning/deleted", test_deleted);

  return g_test_run ();
}
