/* test-websocket-guard.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The guard around a connection, over a pair of sockets: we write what a peer would and see what
 * comes out on the inside. */

#include "manual-clock.h"
#include "weft-websocket-guard-input-private.h"
#include "weft-websocket-guard-private.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <weft.h>

#define HEAD "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define POOL_BYTES_MAX 200000
#define MASK "\x01\x02\x03\x04"

typedef struct
{
  ManualClock *clock;
  WeftWebsocketPool *pool;
  GSocket *peer;
  WeftWebsocketGuard *guard;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  guint n_faults;
  guint n_opened;
  guint n_shut;
  guint n_turns;
  gsize turn_bytes;
  GByteArray *got;
  gboolean is_ended;
} Fixture;

static void
fault_cb (WeftWebsocketGuard *guard,
          const GError       *fault,
          gpointer            user_data)
{
  ((Fixture *) user_data)->n_faults++;
}

static void
opened_cb (WeftWebsocketGuard *guard,
           gpointer            user_data)
{
  ((Fixture *) user_data)->n_opened++;
}

static void
shut_cb (WeftWebsocketGuard *guard,
         gpointer            user_data)
{
  ((Fixture *) user_data)->n_shut++;
}

static void
fixture_set_up (Fixture       *fixture,
                gconstpointer  user_data)
{
  g_autoptr(GSocket) ours = NULL;
  g_autoptr(GSocketConnection) connection = NULL;
  gboolean is_server = GPOINTER_TO_INT (user_data);
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  ours = g_socket_new_from_fd (fds[0], NULL);
  fixture->peer = g_socket_new_from_fd (fds[1], NULL);
  g_socket_set_blocking (ours, FALSE);
  g_socket_set_blocking (fixture->peer, FALSE);
  connection = g_socket_connection_factory_create_connection (ours);

  fixture->clock = manual_clock_new ();
  fixture->pool = weft_websocket_pool_new (POOL_BYTES_MAX);
  fixture->guard = weft_websocket_guard_new (G_IO_STREAM (connection), WEFT_CLOCK (fixture->clock),
                                             fixture->pool, is_server);
  fixture->input = G_POLLABLE_INPUT_STREAM (
      g_io_stream_get_input_stream (G_IO_STREAM (fixture->guard)));
  fixture->output = G_POLLABLE_OUTPUT_STREAM (
      g_io_stream_get_output_stream (G_IO_STREAM (fixture->guard)));
  fixture->got = g_byte_array_new ();
  g_signal_connect (fixture->guard, "fault", G_CALLBACK (fault_cb), fixture);
  g_signal_connect (fixture->guard, "opened", G_CALLBACK (opened_cb), fixture);
  g_signal_connect (fixture->guard, "shut", G_CALLBACK (shut_cb), fixture);
}

static void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_assert_finalize_object (fixture->guard);
  g_assert_cmpuint (fixture->n_shut, ==, 1);
  weft_websocket_pool_unref (fixture->pool);
  g_assert_finalize_object (fixture->clock);
  g_clear_object (&fixture->peer);
  g_byte_array_unref (fixture->got);
}

static void
fixture_write (Fixture    *fixture,
               const char *data,
               gsize       length)
{
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_socket_send (fixture->peer, data, length, NULL, &error), ==, length);
  g_assert_no_error (error);
}

#define WRITE(fixture, literal) fixture_write (fixture, literal, sizeof literal - 1)

/* Reads as libsoup does: in small pieces until it would block. */
static gboolean
read_cb (GObject *stream,
         gpointer user_data)
{
  Fixture *fixture = user_data;
  gsize before = fixture->got->len;
  gssize n;

  fixture->n_turns++;
  do
    {
      g_autoptr(GError) error = NULL;
      guint8 piece[1024];

      n = g_pollable_input_stream_read_nonblocking (fixture->input, piece, sizeof piece, NULL,
                                                    &error);
      if (n > 0)
        g_byte_array_append (fixture->got, piece, n);
      else if (n == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        fixture->is_ended = TRUE;
    }
  while (n > 0);
  fixture->turn_bytes = MAX (fixture->turn_bytes, fixture->got->len - before);

  return fixture->is_ended ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* Turns the loop for as long as there is something to do at once. */
static void
fixture_run (Fixture *fixture)
{
  g_autoptr(GSource) source = g_pollable_input_stream_create_source (fixture->input, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (read_cb), fixture, NULL);
  g_source_attach (source, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
  g_source_destroy (source);
}

#define ASSERT_GOT(fixture, literal) \
  g_assert_cmpmem ((fixture)->got->data, (fixture)->got->len, literal, sizeof literal - 1)

static void
test_guard_passes (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_test_summary ("A head appears whole or not at all, without Range; frames follow as they come.");

  WRITE (fixture, "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-\r\n");
  fixture_run (fixture);
  ASSERT_GOT (fixture, "");
  WRITE (fixture, "\r\n\x81\x81" MASK);
  fixture_run (fixture);
  ASSERT_GOT (fixture, HEAD "\x81\x81" MASK);
  WRITE (fixture, "\x40");
  fixture_run (fixture);
  ASSERT_GOT (fixture, HEAD "\x81\x81" MASK "\x40");
  g_assert_cmpuint (fixture->n_opened, ==, 0);
  WRITE (fixture, "\x81\x80" MASK "\x81\x80" MASK);
  fixture_run (fixture);
  g_assert_cmpuint (fixture->n_opened, ==, 1);

  g_socket_close (fixture->peer, NULL);
  fixture_run (fixture);
  g_assert_true (fixture->is_ended);
  g_assert_cmpuint (fixture->n_faults, ==, 0);
}

static void
test_guard_fault (Fixture       *fixture,
                  gconstpointer  user_data)
{
  g_test_summary ("After a broken rule nothing comes through, not even what is good again.");

  WRITE (fixture, HEAD "\x81\x80" MASK "\x81\x01\x41");
  fixture_run (fixture);
  g_assert_cmpuint (fixture->n_faults, ==, 1);
  g_assert_error (weft_websocket_guard_get_fault (fixture->guard), WEFT_ERROR, WEFT_ERROR_PROTOCOL);
  ASSERT_GOT (fixture, HEAD);

  WRITE (fixture, "\x81\x80" MASK);
  fixture_run (fixture);
  ASSERT_GOT (fixture, HEAD);
  g_assert_cmpuint (fixture->n_faults, ==, 1);
  g_assert_false (fixture->is_ended);

  g_socket_close (fixture->peer, NULL);
  fixture_run (fixture);
  g_assert_true (fixture->is_ended);
}

static void
test_guard_head_size (Fixture       *fixture,
                      gconstpointer  user_data)
{
  g_autofree char *filler = g_strnfill (16 * 1024, 'x');
  g_autofree char *head = g_strdup_printf ("GET / HTTP/1.1\r\nHost: a\r\nX: %.*s",
                                           16 * 1024 - 32, filler);
  gsize kept;

  g_test_summary ("A head of 16 KiB is read; one byte more is a fault before its end has come.");

  g_assert_cmpuint (strlen (head), ==, 16 * 1024 - 4);
  fixture_write (fixture, head, strlen (head));
  fixture_run (fixture);
  g_assert_cmpuint (fixture->got->len, ==, 0);

  if (g_str_has_suffix (g_test_get_path (), "at"))
    {
      WRITE (fixture, "\r\n\r\n");
      fixture_run (fixture);
      g_assert_cmpuint (fixture->n_faults, ==, 0);
      kept = 16 * 1024;
    }
  else
    {
      WRITE (fixture, "x\r\n\r");
      fixture_run (fixture);
      g_assert_error (weft_websocket_guard_get_fault (fixture->guard),
                      WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
      kept = 0;
    }
  g_assert_cmpuint (fixture->got->len, ==, kept);
}

static void
test_guard_budget (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_autofree char *payload = g_strnfill (130000, 'x');
  g_autoptr(GByteArray) frame = g_byte_array_new ();
  const char header[] = "\x81\x7f\x00\x00\x00\x00\x00\x01\xfb\xd0";

  g_test_summary ("No turn reads more than 64 KiB, and what is left needs no new wake-up.");

  WRITE (fixture, "HTTP/1.1 101 a\r\n\r\n\x81\x00\x81\x00");
  fixture_run (fixture);
  fixture->n_turns = 0;
  g_byte_array_append (frame, (const guint8 *) header, 10);
  g_byte_array_append (frame, (const guint8 *) payload, 130000);
  fixture_write (fixture, (const char *) frame->data, frame->len);
  fixture_run (fixture);

  /* Eight pieces with headers of four bytes come out, instead of one with ten. */
  g_assert_cmpuint (fixture->got->len, ==, 18 + 2 + 2 + 130000 + 8 * 4);
  g_assert_cmpuint (fixture->turn_bytes, ==, 64 * 1024 - 10 + 4 * 4);
  g_assert_cmpuint (fixture->n_turns, ==, 2);
}

static void
test_guard_frames_budget (Fixture       *fixture,
                          gconstpointer  user_data)
{
  g_autoptr(GString) frames = g_string_new (NULL);

  g_test_summary ("No turn passes more than 64 frames, however small.");

  WRITE (fixture, "HTTP/1.1 101 a\r\n\r\n");
  fixture_run (fixture);
  fixture->turn_bytes = 0;
  for (guint i = 0; i < 600; i++)
    g_string_append (frames, "\x81\x01\x41");
  fixture_write (fixture, frames->str, frames->len);
  fixture_run (fixture);

  g_assert_cmpuint (fixture->got->len, ==, 18 + 3 * 600);
  g_assert_cmpuint (fixture->turn_bytes, ==, 3 * 64);
}

static void
turn_loop (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

static void
test_guard_counts (Fixture       *fixture,
                   gconstpointer  user_data)
{
  const char *written = "HTTP/1.1 101 a\r\n\r\n\x81\x03" "abc" "\x8a\x02" "ab" "\x81\x01" "x";
  gsize length = 18 + 5 + 4 + 3;

  g_test_summary ("Text frames that left are counted, without the head and control frames.");

  for (gsize at = 0; at < length; at++)
    g_assert_cmpint (g_pollable_output_stream_write_nonblocking (fixture->output, written + at, 1,
                                                                 NULL, NULL), ==, 1);
  g_assert_cmpuint (weft_websocket_guard_get_data_bytes_written (fixture->guard), ==, 0);
  turn_loop ();
  g_assert_cmpuint (weft_websocket_guard_get_data_bytes_written (fixture->guard), ==, 8);
}

static void
send_text (Fixture    *fixture,
           const char *text,
           const char *mask)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  weft_websocket_guard_send_text (fixture->guard, bytes, (const guint8 *) mask);
}

static void
write_frames (Fixture    *fixture,
              const char *frames,
              gsize       length)
{
  g_assert_cmpint (g_pollable_output_stream_write_nonblocking (fixture->output, frames, length,
                                                               NULL, NULL), ==, length);
}

static void
test_guard_together (Fixture       *fixture,
                     gconstpointer  user_data)
{
  static const char expected[] = "\x81\x03" "one" "\x8a\x01" "p" "\x81\x89" "abcd"
                                 "\x15\x15\x0c\x44\x07\x0d\x1b\x01\x12" "\x81\x04" "last";
  char got[256];

  g_test_summary ("What is sent in one turn leaves in order and at once, also when we close then.");

  write_frames (fixture, "GET\r\n\r\n", 7);
  g_assert_cmpint (g_socket_receive (fixture->peer, got, sizeof got, NULL, NULL), ==, 7);
  send_text (fixture, "one", NULL);
  write_frames (fixture, "\x8a\x01" "p", 3);
  send_text (fixture, "two foxes", "abcd");
  g_assert_cmpint (g_socket_receive (fixture->peer, got, sizeof got, NULL, NULL), ==, -1);
  turn_loop ();
  g_assert_cmpint (g_socket_receive (fixture->peer, got, sizeof got, NULL, NULL), ==,
                   sizeof expected - 1 - 6);
  g_assert_cmpmem (got, sizeof expected - 1 - 6, expected, sizeof expected - 1 - 6);

  send_text (fixture, "last", NULL);
  weft_websocket_guard_shut (fixture->guard);
  send_text (fixture, "never", NULL);
  g_assert_cmpint (g_socket_receive (fixture->peer, got, sizeof got, NULL, NULL), ==, 6);
  g_assert_cmpmem (got, 6, expected + sizeof expected - 1 - 6, 6);
}

static void
test_guard_slow_reader (Fixture       *fixture,
                        gconstpointer  user_data)
{
  g_autofree char *text = g_strnfill (3000000, 'x');
  g_autoptr(GByteArray) got = g_byte_array_new ();
  guint8 piece[50000];

  g_test_summary ("A message that does not fit into the socket leaves as the peer reads it.");

  write_frames (fixture, "GET\r\n\r\n", 7);
  for (guint i = 0; i < 3000000; i++)
    text[i] = 'a' + i % 23;
  send_text (fixture, text, NULL);
  send_text (fixture, "end", NULL);
  while (got->len < 7 + 10 + 3000000 + 5)
    {
      gssize n = g_socket_receive (fixture->peer, (char *) piece, sizeof piece, NULL, NULL);

      if (n > 0)
        g_byte_array_append (got, piece, n);
      turn_loop ();
    }

  g_assert_cmpmem (got->data + 7, 10, "\x81\x7f\0\0\0\0\0\x2d\xc6\xc0", 10);
  g_assert_cmpmem (got->data + 17, 3000000, text, 3000000);
  g_assert_cmpmem (got->data + 17 + 3000000, got->len - 17 - 3000000, "\x81\x03" "end", 5);
  g_assert_cmpuint (weft_websocket_guard_get_data_bytes_written (fixture->guard), ==,
                    10 + 3000000 + 5);
}

static void
test_guard_unread_pongs (Fixture       *fixture,
                         gconstpointer  user_data)
{
  g_test_summary ("64 pings may await their pongs; the 65th shows a peer that does not read.");

  WRITE (fixture, HEAD);
  fixture_run (fixture);
  for (guint i = 0; i < 65; i++)
    {
      g_assert_cmpuint (fixture->n_faults, ==, 0);
      WRITE (fixture, "\x89\x80" MASK);
      fixture_run (fixture);
      /* Slow enough for the limit of the rate. */
      manual_clock_advance (fixture->clock, G_TIME_SPAN_SECOND / 16);
      manual_clock_run_due (fixture->clock);
    }
  g_assert_error (weft_websocket_guard_get_fault (fixture->guard), WEFT_ERROR, WEFT_ERROR_REFUSED);
}

static void
leave_cb (gpointer user_data)
{
  WeftWebsocketShare **share = user_data;

  g_assert_not_reached ();
  *share = NULL;
}

static void
test_guard_crowded (Fixture       *fixture,
                    gconstpointer  user_data)
{
  g_autofree char *payload = g_strnfill (60000, 'x');
  WeftWebsocketShare *other = weft_websocket_pool_join (fixture->pool, leave_cb, &other);

  g_test_summary ("What has not ended counts; past what all may hold, the idlest is shut.");

  WRITE (fixture, "HTTP/1.1 101 a\r\n\r\n\x81\x00\x81\x00\x01\x7e\xea\x60");
  fixture_write (fixture, payload, 60000);
  fixture_run (fixture);
  g_assert_cmpuint (weft_websocket_pool_get_bytes (fixture->pool), ==, 60000);

  WRITE (fixture, "\x80\x01y");
  fixture_run (fixture);
  g_assert_cmpuint (weft_websocket_pool_get_bytes (fixture->pool), ==, 0);

  WRITE (fixture, "\x01\x03xyz");
  fixture_run (fixture);
  weft_websocket_pool_set (fixture->pool, other, POOL_BYTES_MAX - 3);
  g_assert_cmpuint (fixture->n_shut, ==, 0);
  weft_websocket_pool_set (fixture->pool, other, POOL_BYTES_MAX - 2);
  g_assert_cmpuint (fixture->n_shut, ==, 1);
  g_assert_error (weft_websocket_guard_get_fault (fixture->guard), WEFT_ERROR,
                  WEFT_ERROR_TOO_LARGE);
  weft_websocket_pool_leave (fixture->pool, other);
}

static void
test_guard_shut (Fixture       *fixture,
                 gconstpointer  user_data)
{
  g_autoptr(GError) error = NULL;
  char byte;

  g_test_summary ("Shutting wakes who waits to read, ends the socket and fails each later call.");

  WRITE (fixture, HEAD);
  fixture_run (fixture);
  weft_websocket_guard_shut (fixture->guard);
  weft_websocket_guard_shut (fixture->guard);
  fixture_run (fixture);
  g_assert_true (fixture->is_ended);

  g_assert_cmpint (g_pollable_output_stream_write_nonblocking (fixture->output, "x", 1, NULL,
                                                               &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpint (g_socket_receive (fixture->peer, &byte, 1, NULL, NULL), ==, 0);
}

static void
message_cb (GBytes  *message,
            gpointer user_data)
{
  GString *heard = user_data;

  g_string_append_len (heard, g_bytes_get_data (message, NULL),
                       (gssize) g_bytes_get_size (message));
  g_string_append_c (heard, ';');
}

static void
test_guard_messages (Fixture       *fixture,
                     gconstpointer  user_data)
{
  g_autoptr(GString) heard = g_string_new (NULL);

  g_test_summary ("Whole messages go to who takes them, up to one in pieces and what is behind it, "
                  "and no text to nobody.");

  WRITE (fixture, "GET / HTTP/1.1\r\nHost: a\r\n\r\n\x81\x80" MASK "\x81\x80" MASK);
  fixture_run (fixture);
  g_byte_array_set_size (fixture->got, 0);
  weft_websocket_guard_set_message_func (fixture->guard, message_cb, heard);

  WRITE (fixture, "\x81\x82" MASK "\x40\x40\x81\x81" MASK "\x42" "\x01\x81" MASK "\x40"
                  "\x80\x81" MASK "\x40" "\x81\x81" MASK "\x40");
  fixture_run (fixture);
  g_assert_cmpstr (heard->str, ==, "AB;C;");
  ASSERT_GOT (fixture, "\x01\x81" MASK "\x40" "\x80\x81" MASK "\x40" "\x81\x81" MASK "\x40");

  g_byte_array_set_size (fixture->got, 0);
  WRITE (fixture, "\x81\x81" MASK "\x45" "\x81\x81" MASK "\xfe");
  fixture_run (fixture);
  g_assert_cmpstr (heard->str, ==, "AB;C;D;");
  ASSERT_GOT (fixture, "\x81\x81" MASK "\xfe");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, is_server, func) \
  g_test_add ("/websocket/guard/" path, Fixture, GINT_TO_POINTER (is_server), fixture_set_up, \
              func, fixture_tear_down)
  ADD ("passes", TRUE, test_guard_passes);
  ADD ("fault", TRUE, test_guard_fault);
  ADD ("head-size/at", TRUE, test_guard_head_size);
  ADD ("head-size/past", TRUE, test_guard_head_size);
  ADD ("budget", FALSE, test_guard_budget);
  ADD ("frames-budget", FALSE, test_guard_frames_budget);
  ADD ("counts", TRUE, test_guard_counts);
  ADD ("together", TRUE, test_guard_together);
  ADD ("slow-reader", TRUE, test_guard_slow_reader);
  ADD ("unread-pongs", TRUE, test_guard_unread_pongs);
  ADD ("crowded", FALSE, test_guard_crowded);
  ADD ("shut", TRUE, test_guard_shut);
  ADD ("messages", TRUE, test_guard_messages);

  return g_test_run ();
}
