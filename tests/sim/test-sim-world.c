/* test-sim-world.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weft-sim.h>

typedef struct
{
  WeftSimWorld *world;
  GString *calls;
  guint n_destroyed;
} Story;

typedef struct
{
  Story *story;
  char tag;
} Mark;

static void
story_init (Story  *story,
            guint64 seed)
{
  story->world = weft_sim_world_new (seed);
  story->calls = g_string_new (NULL);
  story->n_destroyed = 0;
}

static void
story_clear (Story *story)
{
  g_assert_finalize_object (story->world);
  g_string_free (story->calls, TRUE);
}

static void
mark_cb (gpointer user_data)
{
  Mark *mark = user_data;

  g_string_append_c (mark->story->calls, mark->tag);
}

static void
mark_destroy (gpointer user_data)
{
  Mark *mark = user_data;

  mark->story->n_destroyed++;
  g_free (mark);
}

static guint64
add_mark (Story *story,
          gint64 at_usec,
          guint  actor,
          char   tag)
{
  Mark *mark = g_new (Mark, 1);

  *mark = (Mark) { story, tag };

  return weft_sim_world_schedule_event (story->world, at_usec, WEFT_SIM_EVENT_KIND_CALL, actor, 0,
                                        mark_cb, mark, mark_destroy);
}

static void
test_order (void)
{
  Story story;

  g_test_summary ("Events come by time, those of one time in the order they were scheduled.");

  story_init (&story, 1);
  add_mark (&story, 20, 0, 'c');
  add_mark (&story, 10, 0, 'a');
  add_mark (&story, 20, 0, 'd');
  add_mark (&story, 10, 0, 'b');
  add_mark (&story, 31, 0, 'z');
  weft_sim_world_run_until (story.world, 30);
  g_assert_cmpstr (story.calls->str, ==, "abcd");
  g_assert_cmpint (weft_sim_world_get_time (story.world), ==, 30);
  add_mark (&story, 5, 0, 'e');
  g_assert_true (weft_sim_world_step (story.world));
  g_assert_cmpstr (story.calls->str, ==, "abcde");
  g_assert_cmpint (weft_sim_world_get_time (story.world), ==, 30);
  g_assert_cmpuint (weft_sim_world_get_n_events (story.world), ==, 5);
  g_assert_cmpuint (story.n_destroyed, ==, 5);
  story_clear (&story);
}

static void
test_cancel (void)
{
  guint64 first_id;
  guint64 second_id;
  Story story;

  g_test_summary ("A cancelled event does not happen; its data is freed once, whatever comes.");

  story_init (&story, 1);
  first_id = add_mark (&story, 10, 0, 'a');
  g_assert_true (weft_sim_world_cancel (story.world, first_id));
  g_assert_cmpuint (story.n_destroyed, ==, 1);
  g_assert_false (weft_sim_world_cancel (story.world, first_id));
  second_id = add_mark (&story, 10, 0, 'b');
  g_assert_cmpuint (second_id, !=, first_id);
  g_assert_false (weft_sim_world_cancel (story.world, first_id));
  weft_sim_world_run_until (story.world, 10);
  g_assert_false (weft_sim_world_cancel (story.world, second_id));
  g_assert_cmpstr (story.calls->str, ==, "b");
  g_assert_cmpuint (story.n_destroyed, ==, 2);
  add_mark (&story, 20, 0, 'c');
  g_assert_finalize_object (story.world);
  g_assert_cmpuint (story.n_destroyed, ==, 3);
  g_string_free (story.calls, TRUE);
}

static void
test_pause (void)
{
  guint64 cancelled_id;
  guint actor;
  Story story;

  g_test_summary ("What comes for a paused actor waits, and then comes in its order.");

  story_init (&story, 1);
  actor = weft_sim_world_add_actor (story.world, "one");
  g_assert_cmpuint (actor, ==, 1);
  add_mark (&story, 20, actor, 'b');
  add_mark (&story, 10, actor, 'a');
  cancelled_id = add_mark (&story, 15, actor, 'x');
  add_mark (&story, 12, 0, '1');
  add_mark (&story, 40, 0, '2');
  weft_sim_world_pause_actor (story.world, actor);
  weft_sim_world_run_until (story.world, 30);
  g_assert_cmpstr (story.calls->str, ==, "1");
  add_mark (&story, 30, 0, '3');
  g_assert_true (weft_sim_world_cancel (story.world, cancelled_id));
  weft_sim_world_resume_actor (story.world, actor);
  weft_sim_world_run_until (story.world, 50);
  g_assert_cmpstr (story.calls->str, ==, "1ab32");
  story_clear (&story);
}

/* A little life that draws from several streams and schedules by what it drew. */
typedef struct
{
  WeftSimWorld *world;
  guint n_left;
  gboolean draws_extra;
  GArray *network; /* (element-type guint64) what was drawn from that stream */
} Life;

static void
live_cb (gpointer user_data)
{
  Life *life = user_data;
  guint64 number = weft_sim_prng_next (weft_sim_world_get_stream (life->world, "network"));

  g_array_append_val (life->network, number);
  if (life->draws_extra)
    weft_sim_prng_next (weft_sim_world_get_stream (life->world, "disk"));
  if (--life->n_left > 0)
    weft_sim_world_schedule (life->world, weft_sim_world_get_time (life->world) + number % 1000,
                             live_cb, life, NULL);
}

static guint64
run_life (guint64  seed,
          gboolean draws_extra,
          GArray  *network)
{
  g_autoptr (WeftSimWorld) world = weft_sim_world_new (seed);
  Life life = { world, 10000, draws_extra, network };

  weft_sim_world_schedule (world, 0, live_cb, &life, NULL);
  while (weft_sim_world_step (world))
    ;
  g_assert_cmpuint (weft_sim_world_get_n_checkpoints (world), ==, 2);

  return weft_sim_world_get_hash (world);
}

static void
test_hash (void)
{
  g_autoptr (GArray) network = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 hash = run_life (7, FALSE, network);

  g_test_summary ("One seed gives one hash, another seed another.");

  g_assert_cmpuint (run_life (7, FALSE, network), ==, hash);
  g_assert_cmpuint (run_life (8, FALSE, network), !=, hash);
  /* Also on another machine, with another compiler. */
  g_assert_cmphex (hash, ==, G_GUINT64_CONSTANT (0x37ad84fe61d759c));
}

static void
test_streams (void)
{
  g_autoptr (GArray) plain = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) extra = g_array_new (FALSE, FALSE, sizeof (guint64));

  g_test_summary ("A draw that is added to one stream does not shift another.");

  run_life (7, FALSE, plain);
  run_life (7, TRUE, extra);
  g_assert_cmpmem (plain->data, plain->len * sizeof (guint64),
                   extra->data, extra->len * sizeof (guint64));
}

static void
keep_line_cb (const char *line,
              gpointer    user_data)
{
  g_ptr_array_add (user_data, g_strdup (line));
}

static void
test_trace (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint64 hashes[2];

  g_test_summary ("A trace shows events and notes, and changes nothing.");

  for (guint i = 0; i < 2; i++)
    {
      Story story;

      story_init (&story, 1);
      if (i == 1)
        weft_sim_world_set_trace (story.world, keep_line_cb, lines, NULL);
      weft_sim_world_add_actor (story.world, "one");
      add_mark (&story, 1500, 1, 'a');
      weft_sim_world_run_until (story.world, 2000);
      weft_sim_world_note (story.world, 1, "kill", "said \"no\"");
      hashes[i] = weft_sim_world_get_hash (story.world);
      story_clear (&story);
    }
  g_assert_cmphex (hashes[0], ==, hashes[1]);
  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (lines, 0), ==,
                   "{\"actor\":1,\"name\":\"one\",\"record\":\"actor\"}");
  g_assert_cmpstr (g_ptr_array_index (lines, 1), ==,
                   "{\"actor\":1,\"at\":1500,\"digest\":\"0000000000000000\",\"event\":1,"
                   "\"kind\":\"call\",\"record\":\"event\"}");
  g_assert_cmpstr (g_ptr_array_index (lines, 2), ==,
                   "{\"actor\":1,\"at\":2000,\"note\":\"kill\",\"record\":\"note\","
                   "\"text\":\"said \\\"no\\\"\"}");
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Story *story = user_data;

  g_assert_true (g_task_propagate_boolean (G_TASK (result), NULL));
  g_string_append_c (story->calls, 't');
}

static void
ask_cb (gpointer user_data)
{
  Story *story = user_data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done_cb, story);

  g_task_return_boolean (task, TRUE);
  g_string_append_c (story->calls, 'q');
}

static void
test_context (void)
{
  Story story;

  g_test_summary ("What completes in a main context does so before the next event.");

  story_init (&story, 1);
  weft_sim_world_schedule (story.world, 10, ask_cb, &story, NULL);
  add_mark (&story, 10, 0, 'n');
  weft_sim_world_run_until (story.world, 10);
  g_assert_cmpstr (story.calls->str, ==, "qtn");
  story_clear (&story);
}

static gboolean
is_short (gpointer user_data)
{
  return ((Story *) user_data)->calls->len < 2;
}

static void
test_run_while (void)
{
  Story story;

  g_test_summary ("A run ends with its condition, with its time, or with nothing left to happen.");

  story_init (&story, 1);
  add_mark (&story, 10, 0, 'a');
  add_mark (&story, 20, 0, 'b');
  add_mark (&story, 30, 0, 'c');
  g_assert_false (weft_sim_world_run_while (story.world, is_short, &story, 15));
  g_assert_cmpint (weft_sim_world_get_time (story.world), ==, 15);
  g_assert_true (weft_sim_world_run_while (story.world, is_short, &story, 100));
  g_assert_cmpint (weft_sim_world_get_time (story.world), ==, 20);
  g_string_truncate (story.calls, 0);
  g_assert_false (weft_sim_world_run_while (story.world, is_short, &story, 100));
  g_assert_cmpint (weft_sim_world_get_time (story.world), ==, 120);
  story_clear (&story);
}

static void
test_counters (void)
{
  g_autoptr (WeftSimWorld) world = weft_sim_world_new (1);
  g_autoptr (GVariant) counters = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("What happened is counted by name.");

  weft_sim_world_count (world, "resets", 1);
  weft_sim_world_count (world, "losses", 2);
  weft_sim_world_count (world, "losses", 3);
  g_assert_cmpuint (weft_sim_world_get_counter (world, "losses"), ==, 5);
  g_assert_cmpuint (weft_sim_world_get_counter (world, "floods"), ==, 0);
  counters = g_variant_ref_sink (weft_sim_world_get_counters (world));
  text = g_variant_print (counters, FALSE);
  g_assert_cmpstr (text, ==, "{'losses': 5, 'resets': 1}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/world/order", test_order);
  g_test_add_func ("/sim/world/cancel", test_cancel);
  g_test_add_func ("/sim/world/pause", test_pause);
  g_test_add_func ("/sim/world/hash", test_hash);
  g_test_add_func ("/sim/world/streams", test_streams);
  g_test_add_func ("/sim/world/trace", test_trace);
  g_test_add_func ("/sim/world/context", test_context);
  g_test_add_func ("/sim/world/run-while", test_run_while);
  g_test_add_func ("/sim/world/counters", test_counters);

  return g_test_run ();
}
