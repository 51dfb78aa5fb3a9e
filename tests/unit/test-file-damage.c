/* test-file-damage.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "file-outcomes.h"
#include "weft-fake-disk.h"
#include "weft-file-line-private.h"
#include "weft-file-storage-private.h"
#include "weft-storage-contract.h"

/* Each file of a storage is damaged in each way. Whatever is read afterwards is either what was
 * written or an error that names a file; never is something that was stored just not there. */

/* Nothing is cleaned, unless a test wants that. */
static const WeftFileOptions options = { 64 * 1024, G_MAXINT32, 64 * 1024 };
static const WeftFileOptions cleaning_options = { 8 * 1024, 0, 64 * 1024 };

#define FIRST_LOG "log.00000001"
#define SECOND_LOG "log.00000002"
#define FIRST_CONTENTS "contents.00000001"
#define SECOND_CONTENTS "contents.00000002"

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
close_storage (WeftStorage *storage)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (weft_storage_close (storage, &error));
  g_assert_no_error (error);
}

/* A log of two files: "bad" is in the first, "good" and what belongs to the node in the second, and
 * where they end the second began. */
static FakeDisk *
make_disk (gsize *first_end,
           gsize *second_end)
{
  FakeDisk *disk = fake_disk_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = open_disk (disk, &error);

  g_assert_no_error (error);
  file_outcomes_fill_block (storage, "bad");
  weft_file_storage_checkpoint (WEFT_FILE_STORAGE (storage));
  file_outcomes_fill_block (storage, "good");
  file_outcomes_fill_node (storage);
  close_storage (storage);
  *first_end = fake_disk_get_used (disk, FIRST_LOG);
  *second_end = fake_disk_get_used (disk, SECOND_LOG);

  return disk;
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

static FileOutcomes
read_sound (void)
{
  gsize first_end;
  gsize second_end;
  g_autoptr (FakeDisk) disk = make_disk (&first_end, &second_end);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = open_disk (disk, &error);

  g_assert_no_error (error);

  return file_outcomes_read (storage);
}

static void
assert_not_opened (FakeDisk   *disk,
                   const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = open_disk (disk, &error);

  g_assert_null (storage);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
}

/* Everything is as it was, but for what was in one file; returns how many errors name that. */
static guint
check_reads (FakeDisk       *disk,
             const FileOutcomes *wanted,
             const char     *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = open_disk (disk, &error);
  g_auto (FileOutcomes) found = { 0 };
  guint n_bad;
  guint n_good;
  guint n_node;

  g_assert_no_error (error);
  found = file_outcomes_read (storage);
  n_bad = file_outcomes_check (found.bad, wanted->bad, path);
  n_good = file_outcomes_check (found.good, wanted->good, path);
  n_node = file_outcomes_check (found.node, wanted->node, path);
  g_assert_cmpuint (n_bad, <=, g_str_equal (path, FIRST_LOG) ? G_MAXUINT : 0);
  g_assert_cmpuint (n_good + n_node, <=, g_str_equal (path, SECOND_LOG) ? G_MAXUINT : 0);

  return n_bad + n_good + n_node;
}

static void
test_every_byte (void)
{
  g_auto (FileOutcomes) wanted = read_sound ();
  gsize ends[2];
  g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);
  static const char * const paths[] = { FIRST_LOG, SECOND_LOG };
  guint n_flips = 0;
  guint n_harmless = 0;

  g_test_summary ("A changed byte anywhere in the log costs no more than the one thing it was of, "
                  "which is named.");

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      for (gsize offset = 512; offset < ends[i]; offset += 3)
        {
          guint n_errors;

          g_assert_true (fake_disk_flip (disk, paths[i], offset));
          n_errors = check_reads (disk, &wanted, paths[i]);
          g_assert_true (fake_disk_flip (disk, paths[i], offset));
          n_flips++;
          n_harmless += n_errors == 0;

          /* A revision is in a list as well as alone, and so is an open record. */
          g_assert_cmpuint (n_errors, <=, 2);
        }
    }
  g_test_message ("%u bytes changed, %u of no use any more", n_flips, n_harmless);
  g_assert_cmpuint (n_flips - n_harmless, >, 500);
}

static void
test_without_contents (void)
{
  g_auto (FileOutcomes) wanted = read_sound ();
  gsize ends[2];
  g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);
  guint n_refused = 0;
  guint n_read = 0;

  g_test_summary ("When what a file of the log holds is known from nothing else, a changed byte in "
                  "a value costs that value, and one in what says whose it is the whole.");

  for (gsize offset = 0; offset < ends[0]; offset += offset < 64 ? 1 : 3)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftStorage) storage = NULL;

      fake_disk_remove (disk, FIRST_CONTENTS);
      g_assert_true (fake_disk_flip (disk, FIRST_LOG, offset));
      storage = open_disk (disk, &error);
      if (storage == NULL)
        {
          g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
          g_assert_nonnull (strstr (error->message, FIRST_LOG));
          n_refused++;
        }
      else
        {
          g_clear_object (&storage);
          fake_disk_remove (disk, FIRST_CONTENTS);
          check_reads (disk, &wanted, FIRST_LOG);
          n_read++;
        }
      g_assert_true (fake_disk_flip (disk, FIRST_LOG, offset));
    }
  g_test_message ("%u refused, %u read", n_refused, n_read);
  g_assert_cmpuint (n_refused, >, 100);
  g_assert_cmpuint (n_read, >, 300);
}

static void
test_contents (void)
{
  g_auto (FileOutcomes) wanted = read_sound ();

  g_test_summary ("What is written beside a file of the log only saves time.");

  for (Damage damage = DAMAGE_FLIP; damage < DAMAGE_END; damage++)
    {
      gsize ends[2];
      g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);

      do_damage (disk, FIRST_CONTENTS, damage);
      do_damage (disk, SECOND_CONTENTS, damage);
      g_assert_cmpuint (check_reads (disk, &wanted, "nothing"), ==, 0);

      /* It was made anew. */
      g_assert_cmpuint (fake_disk_get_size (disk, FIRST_CONTENTS), >, 100);
    }
}

static void
test_files (void)
{
  g_auto (FileOutcomes) wanted = read_sound ();

  g_test_summary ("A file of the log that was cut, emptied or taken away costs what was in it and "
                  "nothing else; but if it is the last, nobody knows what else was in it.");

  for (Damage damage = DAMAGE_CUT; damage < DAMAGE_END; damage++)
    {
      gsize ends[2];
      g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);
      g_autoptr (FakeDisk) other = make_disk (&ends[0], &ends[1]);

      if (damage == DAMAGE_CUT)
        g_assert_true (fake_disk_cut (disk, FIRST_LOG, ends[0] / 2));
      else
        do_damage (disk, FIRST_LOG, damage);
      g_assert_cmpuint (check_reads (disk, &wanted, FIRST_LOG), >=, damage == DAMAGE_CUT ? 5 : 9);
      fake_disk_remove (disk, FIRST_CONTENTS);
      assert_not_opened (disk, FIRST_LOG);

      do_damage (other, SECOND_LOG, damage);
      assert_not_opened (other, SECOND_LOG);
    }
}

static void
test_swapped_files (void)
{
  gsize ends[2];
  g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);
  WeftFileLayer *layer = fake_disk_get_layer (disk);

  g_test_summary ("A whole file in the place of another is found out.");

  g_assert_cmpint (layer->rename (layer, FIRST_LOG, SECOND_LOG), ==, 0);
  weft_file_layer_free (layer);
  assert_not_opened (disk, SECOND_LOG);
}

static void
test_damaged_block_refuses_promotion (void)
{
  gsize ends[2];
  g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftBatch) other = weft_batch_new ();

  g_test_summary ("A pending action that is damaged is not promoted, and others are.");

  fake_disk_remove (disk, FIRST_LOG);
  storage = open_disk (disk, &error);
  g_assert_no_error (error);
  weft_batch_promote_pending (batch, "bad", "three");
  g_assert_false (weft_storage_contract_write (storage, batch, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "pending action three of block bad"));
  g_clear_error (&error);
  weft_batch_promote_pending (other, "good", "three");
  file_outcomes_write (storage, other);
}

/* Fills files of the log with what is of no use until the first is gone. */
static void
clean_first (WeftStorage *storage,
             FakeDisk    *disk)
{
  g_autofree char *text = g_strnfill (1000, 'g');
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  guint n = 0;

  for (; fake_disk_get_size (disk, FIRST_LOG) > 0; n++)
    {
      g_autoptr (WeftBatch) batch = weft_batch_new ();

      g_assert_cmpuint (n, <, 200);
      weft_batch_put_value (batch, "garbage", node);
      file_outcomes_write (storage, batch);
    }
}

static void
test_cleaning_keeps_damage (void)
{
  g_auto (FileOutcomes) wanted = read_sound ();
  gsize ends[2];

  g_test_summary ("What is damaged stays damaged when its file is cleaned, and all else is moved.");

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftStorage) storage = NULL;
      guint n_errors;

      g_assert_true (fake_disk_flip (disk, FIRST_LOG, 512 + (ends[0] - 512) / 40 * i));
      n_errors = check_reads (disk, &wanted, FIRST_LOG);
      storage = weft_file_storage_open_layer (fake_disk_get_layer (disk), &cleaning_options,
                                              &error);
      g_assert_no_error (error);
      clean_first (storage, disk);
      for (guint again = 0; again < 2; again++)
        {
          g_auto (FileOutcomes) found = file_outcomes_read (storage);

          g_assert_cmpuint (file_outcomes_check (found.bad, wanted.bad, "log."), ==, n_errors);
          g_assert_cmpuint (file_outcomes_check (found.good, wanted.good, "log."), ==, 0);
          close_storage (storage);
          g_clear_object (&storage);
          storage = open_disk (disk, &error);
          g_assert_no_error (error);
        }
    }
}

static void
test_format (void)
{
  g_test_summary ("A storage whose format file is damaged is not opened, and not made anew.");

  for (Damage damage = DAMAGE_FLIP; damage < DAMAGE_END; damage++)
    {
      gsize ends[2];
      g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);

      do_damage (disk, "storage.json", damage);
      assert_not_opened (disk, "storage.json");
    }
}

static void
write_format (FakeDisk   *disk,
              const char *key,
              const char *json)
{
  WeftFileLayer *layer = fake_disk_get_layer (disk);
  g_autoptr (JsonNode) value = weft_json_parse (json, -1, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  int handle = layer->create (layer, "storage.json", FALSE);

  weft_file_line_append (text, key, value);
  g_assert_cmpint (layer->write (layer, handle, text->str, text->len, 0), ==, 0);
  weft_file_layer_free (layer);
}

static void
test_other_formats (void)
{
  static const struct
  {
    const char *key;
    const char *json;
    const char *message;
  } formats[] = {
    { "format", "1", "expected a storage of format 2, it has format 1, of an older version" },
    { "storage", "{\"format\":3,\"new\":[]}", "expected a storage of format 2, it has format 3" },
  };

  g_test_summary ("A storage that another version made is refused, with what it is.");

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (FakeDisk) disk = fake_disk_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftStorage) storage = NULL;

      write_format (disk, formats[i].key, formats[i].json);
      storage = open_disk (disk, &error);
      g_assert_null (storage);
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, formats[i].message));
    }
}

static void
test_usage (void)
{
  gsize ends[2];
  g_autoptr (FakeDisk) disk = make_disk (&ends[0], &ends[1]);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = open_disk (disk, &error);
  guint64 used = 0;

  g_test_summary ("What is used is the sizes of the files.");

  g_assert_no_error (error);
  g_assert_true (weft_storage_get_usage (storage, &used, NULL, &error));
  g_assert_cmpuint (used, ==, fake_disk_get_size (disk, FIRST_LOG)
                                + fake_disk_get_size (disk, SECOND_LOG)
                                + fake_disk_get_size (disk, FIRST_CONTENTS)
                                + fake_disk_get_size (disk, SECOND_CONTENTS));
}

/* A storage that was never closed, so that all of it is known from the log alone. */
static FakeDisk *
make_unclosed (guint n_batches)
{
  g_autoptr (FakeDisk) disk = fake_disk_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = open_disk (disk, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < n_batches; i++)
    {
      g_autoptr (WeftBatch) batch = weft_batch_new ();
      g_autofree char *block_id = g_strdup_printf ("block-%u", i);
      g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, "text");

      weft_batch_put_pending (batch, block_id, "one", pending);
      file_outcomes_write (storage, batch);
    }

  return fake_disk_crash (disk, fake_disk_get_length (disk), FAKE_CRASH_ALL, 0);
}

/* Each block has its pending action, or an error says that it is damaged; returns how many are not
 * there at all. */
static guint
count_missing (WeftStorage *storage,
               guint        n_batches,
               guint       *n_damaged)
{
  guint n_missing = 0;

  for (guint i = 0; i < n_batches; i++)
    {
      g_autofree char *block_id = g_strdup_printf ("block-%u", i);
      g_autoptr (GError) error = NULL;
      g_autoptr (WeftPending) pending = NULL;

      pending = weft_storage_read_pending (storage, block_id, "one", &error);
      if (error != NULL)
        {
          g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
          g_assert_nonnull (strstr (error->message, FIRST_LOG));
          g_assert_nonnull (strstr (error->message, block_id));
          (*n_damaged)++;
        }
      else
        {
          n_missing += pending == NULL;
        }
    }

  return n_missing;
}

static void
test_end_of_log (void)
{
  enum { N_BATCHES = 4 };
  g_autoptr (FakeDisk) disk = make_unclosed (N_BATCHES);
  gsize end = fake_disk_get_used (disk, FIRST_LOG);
  guint n_refused = 0;
  guint n_short = 0;
  guint n_damaged = 0;

  g_test_summary ("A changed byte in a file of the log that was in use when the process ended is "
                  "reported, or it is of no use; in the last record it looks like a crash while "
                  "that was written.");

  for (gsize offset = 0; offset < end + 100; offset += offset < 64 ? 1 : 3)
    {
      g_autoptr (FakeDisk) copy = fake_disk_crash (disk, 0, FAKE_CRASH_ALL, 0);
      g_autoptr (WeftStorage) storage = NULL;
      g_autoptr (GError) error = NULL;
      guint n_missing;

      g_assert_true (fake_disk_flip (copy, FIRST_LOG, offset));
      storage = open_disk (copy, &error);
      if (storage == NULL)
        {
          g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
          g_assert_nonnull (strstr (error->message, FIRST_LOG));
          n_refused++;
          continue;
        }
      n_missing = count_missing (storage, N_BATCHES, &n_damaged);
      g_assert_cmpuint (n_missing, <=, 1);
      n_short += n_missing;
    }
  g_test_message ("%u flips refused, %u cost one value, %u like a crash", n_refused, n_damaged,
                  n_short);
  g_assert_cmpuint (n_refused, >, 50);
  g_assert_cmpuint (n_damaged, >, 100);
  g_assert_cmpuint (n_short, >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-storage/damage/every-byte", test_every_byte);
  g_test_add_func ("/file-storage/damage/without-contents", test_without_contents);
  g_test_add_func ("/file-storage/damage/contents", test_contents);
  g_test_add_func ("/file-storage/damage/files", test_files);
  g_test_add_func ("/file-storage/damage/swapped-files", test_swapped_files);
  g_test_add_func ("/file-storage/damage/refuses-promotion", test_damaged_block_refuses_promotion);
  g_test_add_func ("/file-storage/damage/cleaning", test_cleaning_keeps_damage);
  g_test_add_func ("/file-storage/damage/format", test_format);
  g_test_add_func ("/file-storage/damage/other-formats", test_other_formats);
  g_test_add_func ("/file-storage/damage/usage", test_usage);
  g_test_add_func ("/file-storage/damage/end-of-log", test_end_of_log);

  return g_test_run ();
}
