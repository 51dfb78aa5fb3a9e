/* test-sim-storage-faults.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the contract of storages says of failures, on a disk that has them: syncs fail, there is no
 * room, nothing becomes durable for a while, the process dies. Every batch writes a block of its
 * own, so what is there tells which batches are. */

#include <weft-sim.h>

#define SEEDS 150
#define STEPS 120
#define BATCHES_MAX 400

typedef enum
{
  WAITING,
  DONE,
  FAILED,
  UNKNOWN, /* the process died before anybody was told */
} State;

typedef struct
{
  WeftSimWorld *world;
  WeftSimPrng *prng;
  WeftSimDisk *disk;
  WeftStorage *storage;
  State states[BATCHES_MAX];
  guint lives[BATCHES_MAX]; /* in which it was submitted */
  guint n_lives;
  guint n_batches;
  guint n_told;           /* functions are called in order, so this is the next */
  guint fails_up_to;      /* all before this that were not done when one failed */
  gboolean is_submitting;
  guint n_failed;
} Stage;

static void
done_cb (WeftStorage  *storage,
         const GError *error,
         gpointer      user_data)
{
  gpointer *told = user_data;
  Stage *self = told[0];
  guint number = GPOINTER_TO_UINT (told[1]);

  g_free (told);
  g_assert_false (self->is_submitting);
  g_assert_cmpuint (number, ==, self->n_told);
  g_assert_cmpint (self->states[number], ==, WAITING);
  self->n_told++;
  if (error == NULL)
    {
      g_assert_cmpuint (number, >=, self->fails_up_to);
      self->states[number] = DONE;
    }
  else if (g_error_matches (error, WEFT_ERROR, WEFT_ERROR_CLOSED))
    self->states[number] = UNKNOWN;
  else
    {
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
      /* With it fails all that was submitted by now and not done. */
      if (number >= self->fails_up_to)
        self->fails_up_to = self->n_batches;
      self->states[number] = FAILED;
      self->n_failed++;
    }
}

static char *
name_block (guint number)
{
  return g_strdup_printf ("b%04u", number);
}

static void
submit (Stage *self)
{
  guint number = self->n_batches++;
  g_autofree char *id = name_block (number);
  g_autoptr(WeftBatch) batch = weft_batch_new ();
  g_autoptr(WeftBlock) block = weft_block_new (id, "test", "tests", NULL, NULL);
  gpointer *told = g_new (gpointer, 2);

  self->lives[number] = self->n_lives;
  told[0] = self;
  told[1] = GUINT_TO_POINTER (number);
  weft_batch_put_materialized (batch, id, "a", block);
  self->is_submitting = TRUE;
  weft_storage_submit (self->storage, batch, done_cb, told);
  self->is_submitting = FALSE;
}

static gboolean
is_there (Stage *self,
          guint  number)
{
  g_autofree char *id = name_block (number);
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftBlock) block = weft_storage_read_materialized (self->storage, id, "a", &error);

  g_assert_no_error (error);

  return block != NULL;
}

/* When nothing waits, exactly what was done is there, and of what nobody was told a beginning. */
static void
check (Stage *self)
{
  gboolean is_over = FALSE;

  g_assert_cmpuint (self->n_told, ==, self->n_batches);
  for (guint i = 0; i < self->n_batches; i++)
    {
      gboolean is_found = is_there (self, i);

      if (self->states[i] == DONE)
        g_assert_true (is_found);
      if (self->states[i] == FAILED)
        g_assert_false (is_found);
      if (i > 0 && self->lives[i] != self->lives[i - 1])
        is_over = FALSE;
      if (self->states[i] != UNKNOWN)
        continue;
      g_assert_false (is_over && is_found);
      is_over = !is_found;
    }
}

static void
settle (Stage *self)
{
  while (weft_sim_world_step (self->world))
    ;
}

static void
crash (Stage *self)
{
  g_autoptr(GError) error = NULL;

  weft_sim_disk_crash (self->disk);
  settle (self);
  g_assert_finalize_object (self->storage);
  weft_sim_disk_set_quota (self->disk, 0);
  self->n_lives++;
  self->storage = weft_sim_disk_open (self->disk, &error);
  g_assert_no_error (error);
  check (self);
}

static void
step (Stage *self)
{
  switch (weft_sim_prng_below (self->prng, 12))
    {
    case 0:
      weft_sim_disk_set_sync_failures (self->disk, 0.5 * weft_sim_prng_below (self->prng, 2));
      break;

    case 1:
      weft_sim_disk_stall (self->disk, G_TIME_SPAN_SECOND);
      break;

    case 2:
      weft_sim_disk_set_quota (self->disk,
                               weft_sim_prng_chance (self->prng, 0.5)
                                 ? 0 : weft_sim_disk_get_bytes (self->disk) + 200);
      break;

    case 3:
      crash (self);
      break;

    case 4:
      settle (self);
      check (self);
      break;

    case 5:
    case 6:
      weft_sim_world_run_for (self->world, 700);
      break;

    default:
      submit (self);
      break;
    }
}

static void
run (guint64  seed,
     guint   *n_failed)
{
  Stage stage = { .world = weft_sim_world_new (seed) };
  g_autoptr(GError) error = NULL;

  stage.prng = weft_sim_world_get_stream (stage.world, "test");
  stage.disk = weft_sim_disk_new (stage.world, weft_sim_world_add_actor (stage.world, "n1"));
  stage.storage = weft_sim_disk_open (stage.disk, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < STEPS && stage.n_batches < BATCHES_MAX; i++)
    step (&stage);
  settle (&stage);
  check (&stage);
  *n_failed += stage.n_failed;

  g_assert_finalize_object (stage.storage);
  g_assert_finalize_object (stage.disk);
  g_assert_finalize_object (stage.world);
}

static void
test_contract (void)
{
  guint n_failed = 0;

  g_test_summary ("Each function is called once, in order, never from within; what fails is gone, "
                  "what is done stays, and what nobody was told of is there up to some point");

  for (guint64 seed = 1; seed <= SEEDS; seed++)
    run (seed, &n_failed);
  g_assert_cmpuint (n_failed, >, SEEDS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-storage/contract-with-faults", test_contract);

  return g_test_run ();
}
