/* test-ring-partition.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <math.h>

#include "weft-ring-partition-private.h"

#define SECOND G_USEC_PER_SEC
#define DAY (24 * 3600)

/* A node that probes one peer and looks at the size once a second. */
typedef struct
{
  WeftRingPartition *partition;
  gint64 second;
  double size;       /* the true one */
  double noise;      /* of the estimate, as a share */
  double unreachable;
  double drift;      /* the noise of an estimate stays for a while */
  guint n_more;      /* peers that are asked besides the one */
} Watch;

static void
watch_init (Watch  *self,
            double  size,
            double  noise,
            double  unreachable)
{
  *self = (Watch) { .partition = weft_ring_partition_new (), .size = size, .noise = noise,
                    .unreachable = unreachable };
}

static void
watch_clear (Watch *self)
{
  weft_ring_partition_free (self->partition);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watch, watch_clear)

/* About normal, without a table. */
static double
draw_noise (void)
{
  double sum = -6;

  for (guint i = 0; i < 12; i++)
    sum += g_test_rand_double ();

  return sum;
}

static gboolean
step (Watch *self)
{
  gint64 now_usec = ++self->second * SECOND;

  self->drift = 0.95 * self->drift + sqrt (1 - 0.95 * 0.95) * draw_noise ();
  for (guint i = 0; i <= self->n_more; i++)
    weft_ring_partition_note_contact (self->partition, g_test_rand_double () >= self->unreachable,
                                      now_usec);
  weft_ring_partition_note_size (self->partition,
                                 MAX (1, self->size * exp (self->noise * self->drift)),
                                 1 - self->noise, now_usec);
  if (self->second % 15 == 0)
    weft_ring_partition_note_self_lookup (self->partition, TRUE, now_usec);

  return weft_ring_partition_is_suspected (self->partition, now_usec);
}

static void
test_quiet (void)
{
  g_auto(Watch) watch = { 0 };

  g_test_summary ("A quiet day, with one message in a hundred lost, raises no alarm.");

  watch_init (&watch, 1000, 0.06, 0.01);
  for (guint i = 0; i < DAY; i++)
    g_assert_false (step (&watch));
}

static void
test_churn (void)
{
  g_auto(Watch) watch = { 0 };

  g_test_summary ("A day in which one try in five fails, and the size wanders, raises no alarm.");

  watch_init (&watch, 100, 0.1, 0.2);
  for (guint i = 0; i < DAY; i++)
    {
      watch.size = 100 + 15 * sin (i / 600.0);
      g_assert_false (step (&watch));
    }
}

static void
test_more_churn (void)
{
  g_test_summary ("A network whose peers begin to come and go faster is not taken for one that is "
                  "cut for longer than three minutes, nor again.");

  for (guint run = 0; run < 60; run++)
    {
      g_auto(Watch) watch = { 0 };
      guint n_suspected = 0;

      watch_init (&watch, 100, 0.06, 0.02);
      watch.n_more = 3;
      for (guint i = 0; i < 300; i++)
        g_assert_false (step (&watch));

      watch.unreachable = 0.3;
      watch.size = 95;
      for (guint i = 0; i < 3600; i++)
        n_suspected += step (&watch);
      g_assert_cmpuint (n_suspected, <=, 180);
    }
}

static void
test_halves (void)
{
  guint late = 0;

  g_test_summary ("Halves are reported in 20 s; so they stay while they are cut, and no longer.");

  for (guint run = 0; run < 100; run++)
    {
      g_auto(Watch) watch = { 0 };
      guint taken = 0;

      watch_init (&watch, 1000, 0.06, 0.02);
      for (guint i = 0; i < 300; i++)
        g_assert_false (step (&watch));

      /* The dead are found in the first seconds, and the size goes down with them. */
      watch.unreachable = 0.5;
      do
        {
          watch.size = MAX (500, 1000 - 60.0 * taken);
          taken++;
        }
      while (!step (&watch));
      if (taken > 20)
        late++;
      g_assert_nonnull (weft_ring_partition_get_reason (watch.partition, watch.second * SECOND));

      watch.size = 500;
      watch.unreachable = 0.1;
      for (guint i = 0; i < (run == 0 ? DAY : 500); i++)
        g_assert_true (step (&watch));

      watch.size = 1000;
      for (guint i = 0; i < 20; i++)
        step (&watch);
      for (guint i = 0; i < 100; i++)
        g_assert_false (step (&watch));
    }
  g_assert_cmpuint (late, <=, 5);
}

static void
test_goodbyes (void)
{
  g_auto(Watch) watch = { 0 };

  g_test_summary ("Half of a network that says goodbye is no cut.");

  watch_init (&watch, 12, 0, 0.01);
  for (guint i = 0; i < 300; i++)
    step (&watch);
  for (guint i = 0; i < 60; i++)
    {
      if (i < 6)
        {
          watch.size--;
          weft_ring_partition_note_leave (watch.partition, watch.second * SECOND);
        }
      /* Some are tried before their goodbye is heard. */
      watch.unreachable = i < 6 ? 0.15 : 0.01;
      g_assert_false (step (&watch));
    }
}

static void
test_small (void)
{
  g_auto(Watch) watch = { 0 };

  g_test_summary ("One of five that crashes is no cut, three are.");

  watch_init (&watch, 5, 0, 0);
  for (guint i = 0; i < 300; i++)
    g_assert_false (step (&watch));
  watch.size = 4;
  for (guint i = 0; i < 3; i++)
    weft_ring_partition_note_contact (watch.partition, FALSE, watch.second * SECOND);
  for (guint i = 0; i < 300; i++)
    g_assert_false (step (&watch));
  watch.size = 1.5;
  for (guint i = 0; i < 6; i++)
    weft_ring_partition_note_contact (watch.partition, FALSE, watch.second * SECOND);
  for (guint i = 0; i < 5; i++)
    step (&watch);
  g_assert_true (step (&watch));
}

static void
test_lost (void)
{
  WeftRingPartition *partition = weft_ring_partition_new ();

  g_test_summary ("Who is not found by others four times in a row is cut off.");

  for (guint i = 1; i <= 3; i++)
    weft_ring_partition_note_self_lookup (partition, FALSE, i * 15 * SECOND);
  g_assert_false (weft_ring_partition_is_suspected (partition, 45 * SECOND));
  weft_ring_partition_note_self_lookup (partition, FALSE, 60 * SECOND);
  g_assert_true (weft_ring_partition_is_suspected (partition, 60 * SECOND));
  g_assert_cmpstr (weft_ring_partition_get_reason (partition, 60 * SECOND), ==,
                   "others do not find this node where it is");
  weft_ring_partition_note_self_lookup (partition, TRUE, 75 * SECOND);
  g_assert_false (weft_ring_partition_is_suspected (partition, 700 * SECOND));

  weft_ring_partition_free (partition);
}

static void
test_early (void)
{
  WeftRingPartition *partition = weft_ring_partition_new ();
  gint64 now_usec = SECOND;

  g_test_summary ("Who can reach nobody before it knows what is usual is suspicious, and no longer "
                  "when it reaches others.");

  for (guint i = 0; i < 40; i++, now_usec += SECOND / 2)
    weft_ring_partition_note_contact (partition, FALSE, now_usec);
  g_assert_true (weft_ring_partition_is_suspected (partition, now_usec));
  for (guint i = 0; i < 60; i++, now_usec += SECOND)
    weft_ring_partition_note_contact (partition, TRUE, now_usec);
  g_assert_false (weft_ring_partition_is_suspected (partition, now_usec));

  weft_ring_partition_free (partition);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring/partition/quiet", test_quiet);
  g_test_add_func ("/ring/partition/churn", test_churn);
  g_test_add_func ("/ring/partition/more-churn", test_more_churn);
  g_test_add_func ("/ring/partition/halves", test_halves);
  g_test_add_func ("/ring/partition/goodbyes", test_goodbyes);
  g_test_add_func ("/ring/partition/small", test_small);
  g_test_add_func ("/ring/partition/lost", test_lost);
  g_test_add_func ("/ring/partition/early", test_early);

  return g_test_run ();
}
