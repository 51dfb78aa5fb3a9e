/* test-file-damage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-fake-disk.h"
#include "weft-file-storage-private.h"
#include "weft-storage-contract.h"

/* Each file of a storage is damaged in each way. Whatever is read afterwards is either what was
 * written or an error that names a file; never is something that was stored just not there. */

static const WeftFileOptions options = { 64 * 1024, 0, 64 * 1024 };

typedef enum
{
  DAMAGE_FLIP,  /* a bit in the middle */
  DAMAGE_FIRST, /* a bit of the first byte */
  DAMAGE_LAST,  /* a bit of the last byte */
  DAMAGE_CUT,   /* the second half is gone */
  DAMAGE_EMPTY,
  DAMAGE_REMOVE,
  DAMAGE_END,
} Damage;

static WeftStorage *
open_disk (FakeDisk *disk,
           GError  **error)
{
  return weft_file_storage_open_layer (fake_disk_get_layer (disk), &options, error);
}

static void
write_or_fail (WeftStorage *storage,
               WeftBatch   *batch)
{
  g_autoptr (GError) error = NULL;

  weft_storage_contract_write (storage, batch, &error);
  g_assert_no_error (error);
}

static void
fill_block (WeftStorage *storage,
            const char  *block_id)
{
  for (gint64 rev = 1; rev <= 2; rev++)
    {
      const char *action_id = rev == 1 ? "one" : "two";
      g_autoptr (WeftBatch) pend = weft_batch_new ();
      g_autoptr (WeftBatch) commit = weft_batch_new ();
      g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, action_id);

      weft_batch_put_pending (pend, block_id, action_id, pending);
      weft_batch_put_pending (pend, block_id, "three", pending);
      write_or_fail (storage, pend);
      weft_storage_contract_commit (commit, block_id, action_id, rev, action_id);
      write_or_fail (storage, commit);
    }
}

static void
fill_node (WeftStorage *storage)
{
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), "node");

  weft_batch_put_record (batch, "first", node, FALSE);
  weft_batch_put_record (batch, "second", node, TRUE);
  weft_batch_put_value (batch, "first", node);
  write_or_fail (storage, batch);
}

static FakeDisk *
make_disk (void)
{
  FakeDisk *disk = fake_disk_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = open_disk (disk, &error);

  g_assert_no_error (error);
  fill_block (storage, "bad");
  fill_block (storage, "good");
  fill_node (storage);
  g_assert_true (weft_storage_close (storage, &error));
  g_assert_no_error (error);

  return disk;
}

/* What one read said: its value, "absent", or its error. */
static void
note (GPtrArray *outcomes,
      JsonNode  *json,
      GError    *error)
{
  if (error != NULL)
    {
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
      g_assert_null (json);
      g_ptr_array_add (outcomes, g_strconcat ("! ", error->message, NULL));
      g_error_free (error);
    }
  else
    {
      g_ptr_array_add (outcomes, json != NULL ? weft_json_to_string (json) : g_strdup ("absent"));
    }
  g_clear_pointer (&json, json_node_unref);
}

static JsonNode *
join (char **ids)
{
  g_autofree char *text = ids != NULL ? g_strjoinv (" ", ids) : NULL;

  g_strfreev (ids);

  return text != NULL ? json_node_init_string (json_node_alloc (), text) : NULL;
}

static void
read_lists (WeftStorage *storage,
            const char  *block_id,
            GPtrArray   *outcomes)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) revisions = NULL;
  g_autoptr (WeftBlockMetadata) metadata = NULL;
  JsonNode *node = NULL;

  metadata = weft_storage_read_metadata (storage, block_id, &error);
  note (outcomes, metadata != NULL ? weft_block_metadata_to_json (metadata) : NULL,
        g_steal_pointer (&error));
  revisions = weft_storage_list_revisions (storage, block_id, 1, 9, 0, &error);
  if (revisions != NULL)
    node = json_node_init_int (json_node_alloc (), revisions->len);
  note (outcomes, node, g_steal_pointer (&error));
  node = join (weft_storage_list_pendings (storage, block_id, &error));
  note (outcomes, node, g_steal_pointer (&error));
}

static GPtrArray *
read_block (WeftStorage *storage,
            const char  *block_id)
{
  static const char * const action_ids[] = { "one", "two", "three", NULL };
  GPtrArray *outcomes = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;

  read_lists (storage, block_id, outcomes);
  for (guint i = 0; action_ids[i] != NULL; i++)
    {
      g_autoptr (WeftPending) pending = NULL;
      g_autoptr (WeftPending) action = NULL;
      g_autoptr (WeftBlock) block = NULL;
      char *rev;

      pending = weft_storage_read_pending (storage, block_id, action_ids[i], &error);
      note (outcomes, pending != NULL ? weft_pending_to_json (pending) : NULL,
            g_steal_pointer (&error));
      action = weft_storage_read_action (storage, block_id, action_ids[i], &error);
      note (outcomes, action != NULL ? weft_pending_to_json (action) : NULL,
            g_steal_pointer (&error));
      block = weft_storage_read_materialized (storage, block_id, action_ids[i], &error);
      note (outcomes, block != NULL ? weft_block_to_json (block) : NULL, g_steal_pointer (&error));
      rev = weft_storage_read_revision (storage, block_id, i + 1, &error);
      note (outcomes, rev != NULL ? json_node_init_string (json_node_alloc (), rev) : NULL,
            g_steal_pointer (&error));
      g_free (rev);
    }

  return outcomes;
}

static GPtrArray *
read_node (WeftStorage *storage)
{
  GPtrArray *outcomes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) records = NULL;
  GError *error = NULL;
  JsonNode *node;

  node = weft_storage_read_record (storage, "first", &error);
  note (outcomes, node, g_steal_pointer (&error));
  node = weft_storage_read_record (storage, "second", &error);
  note (outcomes, node, g_steal_pointer (&error));
  node = weft_storage_read_value (storage, "first", &error);
  note (outcomes, node, g_steal_pointer (&error));
  records = weft_storage_list_unresolved_records (storage, &error);
  node = records != NULL ? json_node_init_int (json_node_alloc (), records->len) : NULL;
  note (outcomes, node, g_steal_pointer (&error));

  return outcomes;
}

/* Every outcome is the true one or an error. Returns whether an error names the path. */
static gboolean
check_outcomes (GPtrArray  *found,
                GPtrArray  *wanted,
                const char *path)
{
  gboolean is_named = FALSE;

  for (guint i = 0; i < wanted->len; i++)
    {
      const char *outcome = g_ptr_array_index (found, i);

      if (outcome[0] == '!')
        is_named |= strstr (outcome, path) != NULL;
      else
        g_assert_cmpstr (outcome, ==, g_ptr_array_index (wanted, i));
    }

  return is_named;
}

static void
do_damage (FakeDisk   *disk,
           const char *path,
           Damage      damage)
{
  gsize size = fake_disk_get_size (disk, path);
  const gsize offsets[] = {
    [DAMAGE_FLIP] = size / 2, [DAMAGE_FIRST] = 0, [DAMAGE_LAST] = size - 1,
  };

  switch (damage)
    {
    case DAMAGE_FLIP:
    case DAMAGE_FIRST:
    case DAMAGE_LAST:
      g_assert_true (fake_disk_flip (disk, path, offsets[damage]));
      break;
    case DAMAGE_CUT:
      g_assert_true (fake_disk_cut (disk, path, size / 2));
      break;
    case DAMAGE_EMPTY:
      g_assert_true (fake_disk_cut (disk, path, 0));
      break;
    case DAMAGE_REMOVE:
      g_assert_true (fake_disk_remove (disk, path));
      break;
    case DAMAGE_END:
    default:
      g_assert_not_reached ();
    }
}

static void
check_damage (const char *path,
              Damage      damage)
{
  g_autoptr (FakeDisk) disk = make_disk ();
  g_autoptr (FakeDisk) sound = make_disk ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;
  g_autoptr (WeftStorage) sound_storage = open_disk (sound, &error);
  gboolean is_of_block = g_str_has_prefix (path, "bad/");
  gboolean is_of_node = !is_of_block && !g_str_has_prefix (path, "good/");
  g_autoptr (GPtrArray) bad = NULL;
  g_autoptr (GPtrArray) good = NULL;
  g_autoptr (GPtrArray) node = NULL;
  g_autoptr (GPtrArray) wanted_bad = read_block (sound_storage, "bad");
  g_autoptr (GPtrArray) wanted_good = read_block (sound_storage, "good");
  g_autoptr (GPtrArray) wanted_node = read_node (sound_storage);

  do_damage (disk, path, damage);
  storage = open_disk (disk, &error);
  g_assert_no_error (error);
  bad = read_block (storage, "bad");
  good = read_block (storage, "good");
  node = read_node (storage);
  g_assert_cmpint (check_outcomes (bad, wanted_bad, path), ==, is_of_block);
  g_assert_cmpint (check_outcomes (node, wanted_node, path), ==, is_of_node);
  check_outcomes (good, wanted_good, path);
  for (guint i = 0; i < good->len && !g_str_has_prefix (path, "good/"); i++)
    g_assert_cmpint (((char *) g_ptr_array_index (good, i))[0], !=, '!');
}

static gboolean
is_checked_elsewhere (const char *path)
{
  return g_str_has_prefix (path, "journal.") || g_str_has_prefix (path, "storage.")
         || g_str_equal (path, "usage.json");
}

static void
test_files (void)
{
  g_autoptr (FakeDisk) disk = make_disk ();
  g_auto (GStrv) paths = fake_disk_list (disk);
  guint n_checked = 0;

  g_test_summary ("Damage to any file of a block or of the node is reported with its name, hides "
                  "nothing, and leaves the others alone.");

  for (guint i = 0; paths[i] != NULL; i++)
    {
      if (is_checked_elsewhere (paths[i]))
        continue;
      for (Damage damage = DAMAGE_FLIP; damage < DAMAGE_END; damage++)
        check_damage (paths[i], damage);
      n_checked++;
    }
  g_test_message ("%u files damaged, each in %d ways", n_checked, DAMAGE_END);
  g_assert_cmpuint (n_checked, >=, 20);
}

static void
test_damaged_block_refuses_writes (void)
{
  g_autoptr (FakeDisk) disk = make_disk ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftBatch) other = weft_batch_new ();

  g_test_summary ("A block whose files cannot be told takes no batch, and others do.");

  fake_disk_remove (disk, "bad/revs/1.json");
  storage = open_disk (disk, &error);
  g_assert_no_error (error);
  weft_batch_put_revision (batch, "bad", 3, "three");
  g_assert_false (weft_storage_contract_write (storage, batch, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "bad/revs"));
  g_clear_error (&error);
  weft_batch_put_revision (other, "good", 3, "three");
  write_or_fail (storage, other);
}

static void
test_swapped_files (void)
{
  g_autoptr (FakeDisk) disk = make_disk ();
  WeftFileLayer *layer = fake_disk_get_layer (disk);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;
  g_autoptr (WeftBlock) block = NULL;

  g_test_summary ("A whole file in the place of another is found out.");

  g_assert_cmpint (layer->rename (layer, "bad/blocks/one.json", "bad/blocks/two.json"), ==, 0);
  g_assert_cmpint (layer->rename (layer, "good/blocks/one.json", "bad/blocks/one.json"), ==, 0);
  weft_file_layer_free (layer);
  storage = open_disk (disk, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      block = weft_storage_read_materialized (storage, "bad", i == 0 ? "one" : "two", &error);
      g_assert_null (block);
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
      g_clear_error (&error);
    }
}

static void
test_format (void)
{
  g_test_summary ("A storage whose format file is damaged is not opened, and not made anew.");

  for (Damage damage = DAMAGE_FLIP; damage < DAMAGE_END; damage++)
    {
      g_autoptr (FakeDisk) disk = make_disk ();
      g_autoptr (WeftStorage) storage = NULL;
      g_autoptr (GError) error = NULL;

      do_damage (disk, "storage.json", damage);
      storage = open_disk (disk, &error);
      g_assert_null (storage);
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, "storage.json"));
    }
}

static void
test_usage (void)
{
  g_test_summary ("The saved size is only a saving of time: without it the files are counted.");

  for (Damage damage = DAMAGE_FLIP; damage < DAMAGE_END; damage++)
    {
      g_autoptr (FakeDisk) disk = make_disk ();
      g_autoptr (WeftStorage) storage = NULL;
      g_autoptr (GError) error = NULL;
      guint64 used = 0;

      do_damage (disk, "usage.json", damage);
      storage = open_disk (disk, &error);
      g_assert_no_error (error);
      g_assert_true (weft_storage_get_usage (storage, &used, NULL, &error));
      g_assert_cmpuint (used, >, 20 * 4096);
    }
}

/* A storage that was never closed, so that the journal has all of it. */
static FakeDisk *
make_unclosed (guint *n_batches)
{
  g_autoptr (FakeDisk) disk = fake_disk_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = open_disk (disk, &error);

  g_assert_no_error (error);
  for (*n_batches = 0; *n_batches < 4; (*n_batches)++)
    {
      g_autoptr (WeftBatch) batch = weft_batch_new ();
      g_autofree char *block_id = g_strdup_printf ("block-%u", *n_batches);
      g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, "text");

      weft_batch_put_pending (batch, block_id, "one", pending);
      write_or_fail (storage, batch);
    }

  return fake_disk_crash (disk, fake_disk_get_length (disk), FAKE_CRASH_ALL, 0);
}

static guint
count_blocks (WeftStorage *storage)
{
  g_auto (GStrv) ids = weft_storage_list_blocks (storage, NULL, 0, NULL);

  return g_strv_length (ids);
}

static void
test_journal_bits (void)
{
  guint n_named = 0;
  guint n_short = 0;

  g_test_summary ("A changed byte anywhere in the journal is reported, or it is of no use; in the "
                  "last record it looks like a crash while that was written.");

  for (gsize offset = 0; offset < 4096 + 4 * 700; offset += offset < 64 ? 1 : 13)
    {
      for (guint slot = 0; slot < 2; slot++)
        {
          guint n_batches;
          g_autoptr (FakeDisk) disk = make_unclosed (&n_batches);
          g_autoptr (WeftStorage) storage = NULL;
          g_autoptr (GError) error = NULL;
          const char *path = slot == 0 ? "journal.0" : "journal.1";

          g_assert_true (fake_disk_flip (disk, path, offset));
          storage = open_disk (disk, &error);
          if (storage == NULL)
            {
              g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
              g_assert_nonnull (strstr (error->message, path));
              n_named++;
              continue;
            }
          g_assert_cmpuint (count_blocks (storage), >=, n_batches - 1);
          n_short += count_blocks (storage) == n_batches - 1;
        }
    }
  g_test_message ("%u flips reported, %u like a crash", n_named, n_short);
  g_assert_cmpuint (n_named, >, 100);
  g_assert_cmpuint (n_short, >, 0);
}

static void
test_journal_files (void)
{
  g_test_summary ("A journal that was cut, emptied or taken away is reported with its name.");

  for (Damage damage = DAMAGE_CUT; damage < DAMAGE_END; damage++)
    {
      for (guint slot = 0; slot < 2; slot++)
        {
          guint n_batches;
          g_autoptr (FakeDisk) disk = make_unclosed (&n_batches);
          g_autoptr (WeftStorage) storage = NULL;
          g_autoptr (GError) error = NULL;
          const char *path = slot == 0 ? "journal.0" : "journal.1";

          do_damage (disk, path, damage);
          storage = open_disk (disk, &error);
          g_assert_null (storage);
          g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
          g_assert_nonnull (strstr (error->message, path));
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-storage/damage/files", test_files);
  g_test_add_func ("/file-storage/damage/refuses-writes", test_damaged_block_refuses_writes);
  g_test_add_func ("/file-storage/damage/swapped-files", test_swapped_files);
  g_test_add_func ("/file-storage/damage/format", test_format);
  g_test_add_func ("/file-storage/damage/usage", test_usage);
  g_test_add_func ("/file-storage/damage/journal-bits", test_journal_bits);
  g_test_add_func ("/file-storage/damage/journal-files", test_journal_files);

  return g_test_run ();
}
