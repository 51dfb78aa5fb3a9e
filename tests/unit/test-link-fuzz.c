/* test-link-fuzz.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "link-pair.h"

#include "weft-limits.h"

#define N_SEEDS 100
#define N_STEPS 600

/* Two machines, any events in any order, from a seed. The machines assert their invariants after
 * each; the pair asserts that no request has two outcomes. */
typedef struct
{
  LinkPair *pair;
  GRand *random;
  guint n_requests[2];
  gboolean is_rude; /* with frames that no honest peer sends */
} Fuzz;

static char *
make_body (Fuzz *fuzz)
{
  gsize length = g_rand_int_range (fuzz->random, 0, 20) == 0
                     ? g_rand_int_range (fuzz->random, 0, 1200000)
                     : g_rand_int_range (fuzz->random, 0, 3000);
  g_autofree char *padding = g_strnfill (length, 'x');

  return g_strdup_printf ("{\"x\":\"%s\"}", padding);
}

static void
ask (Fuzz  *fuzz,
     guint  side)
{
  g_autofree char *body = make_body (fuzz);
  gint64 timeout_usec = g_rand_int_range (fuzz->random, 0, 3 * G_TIME_SPAN_SECOND);
  const char *protocol = g_rand_boolean (fuzz->random) ? "/test/sync/1" : "/test/echo/1";

  if (g_rand_int_range (fuzz->random, 0, 5) == 0)
    timeout_usec = 0;
  if (link_pair_request (fuzz->pair, side, protocol, body, timeout_usec) > 0)
    fuzz->n_requests[side]++;
}

/* An answer to something that was delivered, perhaps too late, perhaps for the second time. */
static void
answer (Fuzz  *fuzz,
        guint  side)
{
  GArray *delivered = fuzz->pair->delivered[side];
  g_autofree char *body = make_body (fuzz);
  guint index;

  if (delivered->len == 0)
    return;
  index = g_rand_int_range (fuzz->random, 0, delivered->len);
  link_pair_reply (fuzz->pair, side, g_array_index (delivered, gint64, index), body);
  if (g_rand_int_range (fuzz->random, 0, 10) > 0)
    g_array_remove_index_fast (delivered, index);
}

static void
cancel (Fuzz  *fuzz,
        guint  side)
{
  WeftLinkEvent event = {
    .type = WEFT_LINK_EVENT_CANCEL,
    .id = g_rand_int_range (fuzz->random, 0, fuzz->n_requests[side] + 2),
  };

  link_pair_step (fuzz->pair, side, &event);
}

static void
be_rude (Fuzz  *fuzz,
         guint  side)
{
  static const char *const frames[] = {
    "{\"re\":1,\"body\":{}}", "{\"re\":99999,\"body\":{}}", "{\"cancel\":1}",
    "{\"credit\":9007199254740991}",
    "{\"ping\":1}", "{\"pong\":1}", "{\"bye\":\"\"}", "{\"id\":1,\"to\":\"/e\",\"body\":{}}",
    "{\"id\":100000,\"deadline\":0,\"to\":\"/e\",\"body\":{}}", "{}", "[", "{\"hello\":{}}",
  };

  link_pair_frame (fuzz->pair, side, frames[g_rand_int_range (fuzz->random, 0,
                                                              G_N_ELEMENTS (frames))]);
}

static void
step (Fuzz *fuzz)
{
  static const WeftLinkEventType events[] = { WEFT_LINK_EVENT_DOUBT, WEFT_LINK_EVENT_DRAIN,
                                              WEFT_LINK_EVENT_PROBE };
  LinkPair *pair = fuzz->pair;
  guint side = g_rand_int_range (fuzz->random, 0, 2);

  switch (g_rand_int_range (fuzz->random, 0, 16))
    {
    case 0:
    case 1:
    case 2:
    case 3:
      ask (fuzz, side);
      break;

    case 4:
    case 5:
    case 6:
      answer (fuzz, side);
      break;

    case 7:
      cancel (fuzz, side);
      break;

    case 8:
      link_pair_wait (pair, g_rand_int_range (fuzz->random, 0, G_TIME_SPAN_SECOND));
      break;

    case 9:
      link_pair_type (pair, side, WEFT_LINK_EVENT_TIMEOUT);
      break;

    case 10:
      pair->channel_bytes[side] = g_rand_int_range (fuzz->random, 0, 17 * 1024 * 1024);
      break;

    case 11:
      if (g_rand_int_range (fuzz->random, 0, 40) == 0)
        link_pair_type (pair, side, events[g_rand_int_range (fuzz->random, 0, 3)]);
      break;

    case 12:
      if (fuzz->is_rude && g_rand_int_range (fuzz->random, 0, 20) == 0)
        be_rude (fuzz, side);
      break;

    default:
      link_pair_deliver (pair, side);
    }
  g_string_truncate (pair->transcript, 0);
}

/* However it began, after a while nothing is under way any more. */
static void
finish (Fuzz *fuzz)
{
  LinkPair *pair = fuzz->pair;

  for (guint second = 0; second < 30; second++)
    {
      pair->channel_bytes[0] = pair->channel_bytes[1] = 0;
      link_pair_settle (pair);
      link_pair_wait (pair, G_TIME_SPAN_SECOND);
    }
  link_pair_settle (pair);
  g_assert_cmpuint (pair->n_completed[0], ==, fuzz->n_requests[0]);
  g_assert_cmpuint (pair->n_completed[1], ==, fuzz->n_requests[1]);
}

static void
run_seed (guint    seed,
          gboolean is_rude)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  LinkPairOptions options = { 0 };
  g_autoptr (LinkPair) pair = NULL;
  Fuzz fuzz = { .random = random, .is_rude = is_rude };

  for (guint side = 0; side < 2; side++)
    if (g_rand_boolean (random))
      options.limits[side] = (WeftHelloLimits) {
        .requests = g_rand_int_range (random, 0, 70),
        .bytes = g_rand_int_range (random, 4000, 4000000),
        .message = g_rand_int_range (random, 1000, 2000000),
      };
  pair = link_pair_new (&options);
  fuzz.pair = pair;
  link_pair_open (pair);
  for (guint i = 0; i < N_STEPS; i++)
    step (&fuzz);
  finish (&fuzz);

  for (guint side = 0; side < 2 && !is_rude; side++)
    g_assert_true (pair->ended[side] == NULL || g_str_has_prefix (pair->ended[side], "drained") ||
                   g_str_has_prefix (pair->ended[side], "closed"));
}

static void
test_honest (void)
{
  g_test_summary ("Between honest sides each request has one outcome, and no link breaks.");

  for (guint seed = 0; seed < N_SEEDS; seed++)
    run_seed (seed, FALSE);
}

static void
test_rude (void)
{
  g_test_summary ("Nor does a side that says what it should not change that.");

  for (guint seed = 0; seed < N_SEEDS; seed++)
    run_seed (seed + N_SEEDS, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/link/fuzz/honest", test_honest);
  g_test_add_func ("/link/fuzz/rude", test_rude);

  return g_test_run ();
}
