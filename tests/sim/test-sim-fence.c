/* test-sim-fence.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <fcntl.h>
#include <gnutls/crypto.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <weft-sim.h>

/* What a program in a world must not do, in the words in which the fence names it. */

static void
ask_clock_gettime (void)
{
  struct timespec when;

  clock_gettime (CLOCK_MONOTONIC, &when);
}

static void
ask_gettimeofday (void)
{
  struct timeval when;

  gettimeofday (&when, NULL);
}

static void
ask_time (void)
{
  time (NULL);
}

static void
ask_monotonic_time (void)
{
  g_get_monotonic_time ();
}

static void
ask_real_time (void)
{
  g_get_real_time ();
}

static void
ask_date (void)
{
  g_date_time_unref (g_date_time_new_now_utc ());
}

static void
ask_system_clock (void)
{
  g_autoptr(WeftClock) clock = weft_system_clock_new ();

  weft_clock_get_monotonic (clock);
}

static void
ask_getrandom (void)
{
  char data[8];

  g_assert_cmpint (getrandom (data, sizeof data, 0), >, 0);
}

static void
ask_getentropy (void)
{
  char data[8];

  g_assert_cmpint (getentropy (data, sizeof data), ==, 0);
}

static void
ask_rand (void)
{
  g_assert_cmpint (rand (), >=, 0);
}

static void
ask_random_int (void)
{
  g_random_int ();
}

static void
ask_uuid (void)
{
  g_free (g_uuid_string_random ());
}

static void
ask_device (void)
{
  close (open ("/dev/urandom", O_RDONLY | O_CLOEXEC));
}

static void
ask_device_file (void)
{
  FILE *file = fopen ("/dev/random", "re");

  g_assert_nonnull (file);
  fclose (file);
}

static void
ask_gnutls (void)
{
  char data[8];

  g_assert_cmpint (gnutls_rnd (GNUTLS_RND_NONCE, data, sizeof data), ==, 0);
}

static void
ask_system_random (void)
{
  g_autoptr(WeftRandom) random = weft_system_random_new ();
  guint8 data[8];

  weft_random_fill (random, data, sizeof data);
}

static void *
do_nothing (void *data)
{
  return data;
}

static void
make_posix_thread (void)
{
  pthread_t thread;

  g_assert_cmpint (pthread_create (&thread, NULL, do_nothing, NULL), ==, 0);
  pthread_join (thread, NULL);
}

static void
make_thread (void)
{
  g_thread_join (g_thread_new ("other", do_nothing, NULL));
}

static void
work_cb (GTask        *task,
         gpointer      source,
         gpointer      data,
         GCancellable *cancellable)
{
  g_task_return_boolean (task, TRUE);
}

static void
run_in_thread (void)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_run_in_thread (task, work_cb);
}

/* GIO answers by itself, in a thread of its pool. */
static void
read_file (void)
{
  g_autoptr(GFile) file = g_file_new_for_path ("/");

  g_file_query_info_async (file, "*", G_FILE_QUERY_INFO_NONE, 0, NULL, NULL, NULL);
}

static gboolean
stop_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

static void
add_timeout (void)
{
  g_timeout_add (1, stop_cb, NULL);
}

static void
add_timeout_seconds (void)
{
  g_timeout_add_seconds (1, stop_cb, NULL);
}

static void
set_ready_time (void)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_ready_time (source, 1000000);
}

static void
sleep_glib (void)
{
  g_usleep (1);
}

static void
sleep_system (void)
{
  usleep (1);
}

static void
wait_for_files (void)
{
  g_assert_cmpint (poll (NULL, 0, 1), ==, 0);
}

static void
make_socket (void)
{
  close (socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static void
listen_gio (void)
{
  g_autoptr(GSocket) made
    = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  g_assert_nonnull (made);
}

static void
make_process (void)
{
  pid_t pid = fork ();

  if (pid == 0)
    _exit (0);
}

static void
ask_memory (void)
{
  g_assert_cmpint (sysconf (_SC_AVPHYS_PAGES), >, 0);
}

typedef struct
{
  const char *name; /* what the message begins with */
  void (*func) (void);
} Deed;

static const Deed deeds[] = {
  { "clock_gettime()", ask_clock_gettime },
  { "gettimeofday()", ask_gettimeofday },
  { "time()", ask_time },
  { "g_get_monotonic_time()", ask_monotonic_time },
  { "g_get_real_time()", ask_real_time },
  { "g_date_time_new_now_utc()", ask_date },
  { "g_get_monotonic_time()", ask_system_clock },
  { "getrandom()", ask_getrandom },
  { "getentropy()", ask_getentropy },
  { "rand()", ask_rand },
  { "g_random_int()", ask_random_int },
  { "g_uuid_string_random()", ask_uuid },
  { "open*/dev/urandom", ask_device },
  { "fopen*/dev/random", ask_device_file },
  { "gnutls_rnd()", ask_gnutls },
  { "gnutls_rnd()", ask_system_random },
  { "pthread_create()", make_posix_thread },
  { "g_thread_new()", make_thread },
  { "g_task_run_in_thread()", run_in_thread },
  { "g_thread_pool_push()", read_file },
  { "g_timeout_add()", add_timeout },
  { "g_timeout_add_seconds()", add_timeout_seconds },
  { "g_source_set_ready_time()", set_ready_time },
  { "g_usleep()", sleep_glib },
  { "usleep()", sleep_system },
  { "poll()", wait_for_files },
  { "socket()", make_socket },
  { "socket()", listen_gio },
  { "fork()", make_process },
  { "sysconf()", ask_memory },
};

static void
deed_cb (gpointer user_data)
{
  const Deed *deed = user_data;

  deed->func ();
}

static void
test_breach (gconstpointer data)
{
  const Deed *deed = data;
  g_autofree char *message = NULL;

  g_test_summary ("Within an event it ends the program, with a message that names it");

  if (g_test_subprocess ())
    {
      g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);

      weft_sim_world_schedule (world, 10, deed_cb, (gpointer) deed, NULL);
      weft_sim_world_run_until (world, 20);
      return;
    }

  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  message = g_strdup_printf ("*weft-sim: %s*within an event*It was called from:*test-sim-fence*",
                             deed->name);
  g_test_trap_assert_stderr (message);
}

static void
test_outside (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);

  g_test_summary ("Before, between and after events everything may be done");

  g_assert_true (weft_sim_fence_is_installed ());
  g_assert_false (weft_sim_fence_is_up ());
  weft_sim_world_run_until (world, 20);
  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++)
    deeds[i].func ();
  g_assert_false (weft_sim_fence_is_up ());
}

static gpointer
look_at_clock (gpointer data)
{
  g_assert_false (weft_sim_fence_is_up ());
  g_assert_cmpint (g_get_monotonic_time (), >, 0);

  return NULL;
}

typedef struct
{
  GAsyncQueue *asked;
  GAsyncQueue *answered;
} Talk;

static gpointer
answer_thread (gpointer data)
{
  Talk *talk = data;

  g_async_queue_pop (talk->asked);
  look_at_clock (NULL);
  g_async_queue_push (talk->answered, talk);

  return NULL;
}

static void
talk_cb (gpointer user_data)
{
  Talk *talk = user_data;

  g_assert_true (weft_sim_fence_is_up ());
  g_async_queue_push (talk->asked, talk);
  while (g_async_queue_try_pop (talk->answered) == NULL)
    g_thread_yield ();
}

static void
test_other_thread (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);
  Talk talk = { g_async_queue_new (), g_async_queue_new () };
  GThread *thread = g_thread_new ("other", answer_thread, &talk);

  g_test_summary ("The fence is around the thread of the world, not around others");

  weft_sim_world_schedule (world, 10, talk_cb, &talk, NULL);
  weft_sim_world_run_until (world, 20);
  g_thread_join (thread);
  g_async_queue_unref (talk.asked);
  g_async_queue_unref (talk.answered);
}

typedef struct
{
  WeftSimWorld *world;
  gint64 times[3];
  guint n_times;
} Turns;

static gboolean
turn_cb (gpointer user_data)
{
  Turns *turns = user_data;

  turns->times[turns->n_times++] = g_source_get_time (g_main_current_source ());

  return turns->n_times < 3;
}

static void
begin_turns_cb (gpointer user_data)
{
  g_idle_add (turn_cb, user_data);
}

static void
test_glib_time (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);
  Turns turns = { .world = world };

  g_test_summary ("GLib is told the time of the world, and no two turns have the same");

  weft_sim_world_schedule (world, 5000000, begin_turns_cb, &turns, NULL);
  weft_sim_world_run_until (world, 6000000);
  g_assert_cmpuint (turns.n_times, ==, 3);
  g_assert_cmpint (turns.times[0], >, 5000000);
  g_assert_cmpint (turns.times[0], <, 5000010);
  g_assert_cmpint (turns.times[1], ==, turns.times[0] + 1);
  g_assert_cmpint (turns.times[2], ==, turns.times[1] + 1);
}

static void
inner_cb (gpointer user_data)
{
  g_assert_true (weft_sim_fence_is_up ());
}

static void
outer_cb (gpointer user_data)
{
  g_autoptr(WeftSimWorld) inner = weft_sim_world_new (2);

  weft_sim_world_set_context (inner, NULL);
  weft_sim_world_schedule (inner, 10, inner_cb, NULL, NULL);
  weft_sim_world_run_until (inner, 20);
  g_assert_true (weft_sim_fence_is_up ());
}

static void
test_nested (void)
{
  g_autoptr(WeftSimWorld) world = weft_sim_world_new (1);

  g_test_summary ("An event that runs another world is still an event afterwards");

  weft_sim_world_schedule (world, 10, outer_cb, NULL, NULL);
  weft_sim_world_run_until (world, 20);
  g_assert_false (weft_sim_fence_is_up ());
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++)
    {
      g_autofree char *name = g_strdup_printf ("/sim/fence/breach/%02u", i);

      g_test_add_data_func (name, &deeds[i], test_breach);
    }
  g_test_add_func ("/sim/fence/outside", test_outside);
  g_test_add_func ("/sim/fence/other-thread", test_other_thread);
  g_test_add_func ("/sim/fence/glib-time", test_glib_time);
  g_test_add_func ("/sim/fence/nested", test_nested);

  return g_test_run ();
}
