/* test-file-kill.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "weft-file-storage-private.h"
#include "weft-storage-contract.h"

/* A real process that writes to real files, and is killed in the middle. It tells through a pipe
 * what is durable; none of that may be lost, and no part of a batch may be there alone. */

/* What a process wrote outlives it on any file system, so take one where a sync costs nothing. */
#define FAST_FOLDER "/dev/shm"

#define N_KILLS 50
#define N_IN_FLIGHT 16
/* How many batches the child gets done before it is killed: another number each time. */
#define DONE_MIN 20
#define DONE_SPAN 400

typedef struct
{
  WeftStorage *storage;
  int pipe;
  guint first;
  guint next;
} Child;

static char *
make_block_id (guint number)
{
  return g_strdup_printf ("block-%u", number % 8);
}

static void submit_next (Child *child);

static void
done_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  Child *child = user_data;
  guint number = child->first++;

  g_assert_no_error (error);
  g_assert_cmpint (write (child->pipe, &number, sizeof number), ==, sizeof number);
  submit_next (child);
}

/* Each batch is of two blocks, and says so in its metadata. */
static void
submit_next (Child *child)
{
  guint number = child->next++;
  g_autofree char *block_id = make_block_id (number);
  g_autofree char *other_id = g_strconcat (block_id, "/other", NULL);
  g_autofree char *action_id = g_strdup_printf ("action-%u", number);
  g_autoptr (WeftBatch) batch = weft_batch_new ();
  g_autoptr (WeftPending) pending = weft_storage_contract_pending (block_id, action_id);

  weft_batch_put_pending (batch, block_id, action_id, pending);
  weft_storage_contract_commit (batch, block_id, action_id, number, action_id);
  weft_batch_put_revision (batch, other_id, number, action_id);
  weft_storage_submit (child->storage, batch, done_cb, child);
}

static void
run_child (const char *path,
           int         out,
           guint       first)
{
  const WeftFileOptions options = { 128 * 1024, 0, 1024 * 1024 };
  Child child = { .pipe = out, .first = first, .next = first };
  g_autoptr (GError) error = NULL;

  /* Small segments, so that most kills come while one is brought to the files. */
  child.storage = weft_file_storage_open_layer (weft_file_layer_new_real (path, &error), &options,
                                                &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_IN_FLIGHT; i++)
    submit_next (&child);
  while (TRUE)
    g_main_context_iteration (NULL, TRUE);
}

/* Whether a batch is there, which is all of it or nothing. */
static gboolean
has_batch (WeftStorage *storage,
           guint        number)
{
  g_autofree char *block_id = make_block_id (number);
  g_autofree char *other_id = g_strconcat (block_id, "/other", NULL);
  g_autofree char *wanted = g_strdup_printf ("action-%u", number);
  g_autoptr (GError) error = NULL;
  g_autofree char *action_id = weft_storage_read_revision (storage, block_id, number, &error);
  g_autofree char *other = weft_storage_read_revision (storage, other_id, number, &error);
  g_autoptr (WeftPending) action = NULL;

  g_assert_no_error (error);
  action = weft_storage_read_action (storage, block_id, wanted, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (action_id, ==, other);
  g_assert_true ((action_id != NULL) == (action != NULL));

  return action_id != NULL;
}

static char *
make_folder (void)
{
  gboolean has_fast = access (FAST_FOLDER, W_OK | X_OK) == 0;
  char *path = g_build_filename (has_fast ? FAST_FOLDER : g_get_tmp_dir (), "weft-kill-XXXXXX",
                                 NULL);

  g_assert_nonnull (g_mkdtemp (path));

  return path;
}

static void
remove_folder (const char *path)
{
  const char *remove[] = { "rm", "-rf", path, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

/* Kills a child when it has said so much; returns the number after the last that is durable. */
static guint
kill_child (const char *program,
            const char *path,
            guint       first,
            guint       n_wanted)
{
  g_autofree char *first_text = g_strdup_printf ("%u", first);
  const char *arguments[] = { program, "--child", path, first_text, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;
  int out;
  guint number;
  guint next = first;

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) arguments, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                                           &out, NULL, &error));
  g_assert_no_error (error);
  while (read (out, &number, sizeof number) == sizeof number)
    {
      g_assert_cmpuint (number, ==, next);
      next = number + 1;
      if (next - first == n_wanted)
        kill (pid, SIGKILL);
    }
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  close (out);
  g_assert_cmpuint (next - first, >=, n_wanted);

  return next;
}

static void
test_kill (gconstpointer data)
{
  const char *program = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = make_folder ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (50);
  guint first = 1;
  guint n_durable = 0;

  g_test_summary ("A process that is killed 50 times while it writes loses nothing that it said "
                  "is durable, and leaves no half of a batch.");

  for (guint i = 0; i < N_KILLS; i++)
    {
      guint next = kill_child (program, path, first, DONE_MIN + g_rand_int (chance) % DONE_SPAN);
      g_autoptr (WeftStorage) storage = weft_file_storage_open (path, &error);
      guint end = first;

      g_assert_no_error (error);
      while (has_batch (storage, end))
        end++;
      g_assert_cmpuint (end, >=, next);
      n_durable += next - first;

      /* Of what was under way there may be some, but none after one that is not there. */
      for (guint number = end; number < next + 2 * N_IN_FLIGHT; number++)
        g_assert_false (has_batch (storage, number));
      first = end;
      weft_storage_close (storage, &error);
      g_assert_no_error (error);
    }
  g_test_message ("%u batches said to be durable, in %d lives", n_durable, N_KILLS);
  remove_folder (path);
}

static void
hold (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = weft_file_storage_open (path, &error);

  g_assert_no_error (error);
  g_assert_cmpint (write (STDOUT_FILENO, "!", 1), ==, 1);
  while (TRUE)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_second_process (gconstpointer data)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "storage", NULL);
  g_autofree char *lock_path = g_build_filename (path, "storage.lock", NULL);
  const char *arguments[] = { data, "--hold", path, "-", NULL };
  g_autofree char *pid_text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;
  GStatBuf info;
  GPid pid;
  int out;
  char ready;

  g_test_summary ("What another process has open is refused, with its lock and its process; when "
                  "that is gone, however it went, it can be opened.");

  g_assert_true (g_spawn_async_with_pipes (NULL, (char **) arguments, NULL,
                                           G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                                           &out, NULL, &error));
  g_assert_cmpint (read (out, &ready, 1), ==, 1);
  storage = weft_file_storage_open (path, &error);
  g_assert_null (storage);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
  pid_text = g_strdup_printf ("%s is held by process %d", lock_path, (int) pid);
  g_assert_nonnull (strstr (error->message, pid_text));
  g_clear_error (&error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);

  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  close (out);
  storage = weft_file_storage_open (path, &error);
  g_assert_no_error (error);
  g_assert_true (weft_storage_close (storage, &error));
  remove_folder (folder);
}

static void
test_unusable_folder (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "file", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WeftStorage) storage = NULL;

  g_test_summary ("A folder that is none is an error that names it, as is one that holds something "
                  "else.");

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  storage = weft_file_storage_open (path, &error);
  g_assert_null (storage);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, path));
  g_clear_error (&error);

  storage = weft_file_storage_open (folder, &error);
  g_assert_null (storage);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "storage.json"));
  remove_folder (folder);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--child"))
    run_child (argv[2], STDOUT_FILENO, (guint) g_ascii_strtoull (argv[3], NULL, 10));
  if (argc == 4 && g_str_equal (argv[1], "--hold"))
    hold (argv[2]);

  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/file-storage/kill", argv[0], test_kill);
  g_test_add_data_func ("/file-storage/second-process", argv[0], test_second_process);
  g_test_add_func ("/file-storage/unusable-folder", test_unusable_folder);

  return g_test_run ();
}
