/* test-websocket-frames.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The judge of WebSocket frames: what it refuses, at which byte, and what it lets through, however
 * the bytes are cut. Frames are written in hexadecimal. */

#include "weft-websocket-frames-private.h"

#include <weft.h>

#define MESSAGE_BYTES_MAX 1000
#define MASK "01020304"

static GByteArray *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  g_assert_cmpuint (strlen (hex) % 2, ==, 0);
  for (; *hex != '\0'; hex += 2)
    {
      guint8 byte = g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);

      g_byte_array_append (bytes, &byte, 1);
    }

  return bytes;
}

/* Feeds @bytes in pieces of @step; tells how many whole pieces went through. */
static gsize
feed (WeftWebsocketFrames  *frames,
      gint64                now_usec,
      GByteArray           *bytes,
      gsize                 step,
      GByteArray           *out,
      GError              **error)
{
  guint frames_left = G_MAXUINT;

  for (gsize at = 0; at < bytes->len; at += step)
    {
      gsize n = MIN (step, bytes->len - at);
      gsize used = 0;

      if (!weft_websocket_frames_feed (frames, now_usec, bytes->data + at, n, &frames_left, out,
                                       &used, error))
        return at;
      g_assert_cmpuint (used, ==, n);
    }

  return bytes->len;
}

static void
assert_passes (gboolean    is_masked,
               const char *hex,
               guint64     n_messages)
{
  g_autoptr(GByteArray) bytes = from_hex (hex);

  for (gsize step = 1; step <= bytes->len; step++)
    {
      g_autoptr(GByteArray) out = g_byte_array_new ();
      g_autoptr(GError) error = NULL;
      WeftWebsocketFrames frames;

      weft_websocket_frames_init_judge (&frames, is_masked, MESSAGE_BYTES_MAX);
      g_assert_cmpuint (feed (&frames, 0, bytes, step, out, &error), ==, bytes->len);
      g_assert_no_error (error);
      g_assert_cmpmem (out->data, out->len, bytes->data, bytes->len);
      g_assert_cmpuint (frames.n_messages, ==, n_messages);
    }
}

/* @n_bytes: how many bytes are enough to see the fault. */
static void
assert_refuses (gboolean    is_masked,
                const char *hex,
                gsize       n_bytes,
                int         code)
{
  g_autoptr(GByteArray) bytes = from_hex (hex);

  for (gsize step = 1; step <= bytes->len; step++)
    {
      g_autoptr(GError) error = NULL;
      WeftWebsocketFrames frames;
      gsize went;

      weft_websocket_frames_init_judge (&frames, is_masked, MESSAGE_BYTES_MAX);
      went = feed (&frames, 0, bytes, step, NULL, &error);
      g_assert_error (error, WEFT_ERROR, code);
      g_assert_cmpuint (went, <, n_bytes);
      g_assert_cmpuint (went + step, >=, MIN (n_bytes, step));
    }
}

static void
test_frames_honest (void)
{
  g_test_summary ("What RFC 6455 allows goes through, in pieces of every size.");

  assert_passes (TRUE, "8185" MASK "6867656865", 1);
  assert_passes (FALSE, "810548656c6c6f", 1);
  assert_passes (FALSE, "8100", 1);
  /* A message in three fragments, one of them empty, with a ping and a pong between. */
  assert_passes (FALSE, "010141" "8900" "0000" "8a0142" "800143", 1);
  assert_passes (FALSE, "810141" "810142" "810143", 3);
  /* A close frame with its code; nothing need follow. */
  assert_passes (FALSE, "810141" "880203e8", 1);
}

static void
test_frames_refused (void)
{
  g_test_summary ("Each broken rule is seen by the earliest byte that shows it.");

  /* Compressed, and the two other reserved bits. */
  assert_refuses (FALSE, "c10141", 2, WEFT_ERROR_PROTOCOL);
  assert_refuses (FALSE, "a10141", 2, WEFT_ERROR_PROTOCOL);
  assert_refuses (FALSE, "910141", 2, WEFT_ERROR_PROTOCOL);
  /* A client must mask, a server must not. */
  assert_refuses (TRUE, "810548656c6c6f", 2, WEFT_ERROR_PROTOCOL);
  assert_refuses (FALSE, "8185" MASK "6867656865", 2, WEFT_ERROR_PROTOCOL);
  /* Binary; kinds nobody knows. */
  assert_refuses (FALSE, "820141", 2, WEFT_ERROR_PROTOCOL);
  assert_refuses (FALSE, "830141", 2, WEFT_ERROR_PROTOCOL);
  assert_refuses (FALSE, "8b0141", 2, WEFT_ERROR_PROTOCOL);
  /* A continuation of nothing, a start within a message. */
  assert_refuses (FALSE, "800141", 2, WEFT_ERROR_PROTOCOL);
  assert_refuses (FALSE, "010141" "810142", 5, WEFT_ERROR_PROTOCOL);
  /* A control frame in fragments. */
  assert_refuses (FALSE, "0900", 2, WEFT_ERROR_PROTOCOL);
  /* Anything after a close. */
  assert_refuses (FALSE, "880203e8" "810141", 6, WEFT_ERROR_PROTOCOL);
  assert_refuses (FALSE, "880203e8" "880203e8", 6, WEFT_ERROR_PROTOCOL);
  /* Lengths written longer than needed. */
  assert_refuses (FALSE, "817e007d", 4, WEFT_ERROR_PROTOCOL);
  assert_refuses (FALSE, "817f000000000000ffff", 10, WEFT_ERROR_PROTOCOL);
}

static void
test_frames_sizes (void)
{
  g_autofree char *payload = g_strnfill (2 * 1000, '4');
  g_autofree char *whole = g_strdup_printf ("817e03e8%s", payload);
  g_autofree char *in_two = g_strdup_printf ("010141" "807e03e7%.*s", 2 * 999, payload);
  g_autofree char *ping = g_strdup_printf ("897d%.*s", 2 * 125, payload);

  g_test_summary ("Frames, messages and control frames pass at their limit and fail one past it.");

  assert_passes (FALSE, whole, 1);
  assert_refuses (FALSE, "817e03e9", 4, WEFT_ERROR_TOO_LARGE);
  assert_passes (FALSE, in_two, 1);
  assert_refuses (FALSE, "010141" "807e03e8", 7, WEFT_ERROR_TOO_LARGE);
  assert_passes (FALSE, ping, 0);
  assert_refuses (FALSE, "897e007e", 2, WEFT_ERROR_TOO_LARGE);
  assert_refuses (FALSE, "817f8000000000000000", 10, WEFT_ERROR_TOO_LARGE);
  assert_refuses (FALSE, "817fffffffffffffffff", 10, WEFT_ERROR_TOO_LARGE);
  assert_refuses (FALSE, "010141" "007fffffffffffffffff", 13, WEFT_ERROR_TOO_LARGE);
}

static void
append_text (GByteArray *to,
             gsize       length)
{
  guint n_bytes = length <= G_MAXUINT16 ? 2 : 8;
  guint8 header[10] = { 0x81, n_bytes == 2 ? 126 : 127 };

  for (guint i = 0; i < n_bytes; i++)
    header[2 + i] = (guint64) length >> 8 * (n_bytes - 1 - i) & 0xff;
  g_byte_array_append (to, header, 2 + n_bytes);
  g_byte_array_set_size (to, to->len + length);
  memset (to->data + to->len - length, 'x', length);
}

static void
test_frames_opening (void)
{
  g_autoptr(GByteArray) opening = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  WeftWebsocketFrames frames;

  g_test_summary ("The first two messages may have 16 KiB, what follows the limit of all.");

  weft_websocket_frames_init_judge (&frames, FALSE, 100 * 1000);
  append_text (opening, 16 * 1024);
  append_text (opening, 16 * 1024);
  append_text (opening, 100 * 1000);
  g_assert_cmpuint (feed (&frames, 0, opening, 5000, NULL, &error), ==, opening->len);
  g_assert_no_error (error);
  g_assert_cmpuint (frames.n_messages, ==, 3);

  weft_websocket_frames_init_judge (&frames, FALSE, 100 * 1000);
  g_byte_array_set_size (opening, 0);
  append_text (opening, 16 * 1024 + 1);
  g_assert_cmpuint (feed (&frames, 0, opening, 5000, NULL, &error), ==, 0);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

static void
test_frames_pieces (void)
{
  g_autoptr(GByteArray) bytes = from_hex ("0103414141" "80ff0000000000008001" MASK);
  g_autoptr(GByteArray) expected = from_hex ("0103414141" "00fe4000" MASK);
  g_autoptr(GByteArray) more = from_hex ("00fe4000" MASK);
  g_autoptr(GByteArray) last = from_hex ("8081" MASK);

  g_test_summary ("A long frame goes on in pieces of 16 KiB; its mask and its end stay true.");

  for (guint i = 0; i < 32 * 1024 + 1; i++)
    g_byte_array_append (bytes, (const guint8 *) &i, 1);
  for (guint i = 0; i < 32 * 1024 + 1; i++)
    {
      if (i == 16 * 1024)
        g_byte_array_append (expected, more->data, more->len);
      if (i == 32 * 1024)
        g_byte_array_append (expected, last->data, last->len);
      g_byte_array_append (expected, (const guint8 *) &i, 1);
    }

  for (gsize step = 1; step < 40000; step = step * 2 + 1)
    {
      g_autoptr(GByteArray) out = g_byte_array_new ();
      g_autoptr(GError) error = NULL;
      WeftWebsocketFrames frames;

      weft_websocket_frames_init_count (&frames);
      g_assert_cmpuint (feed (&frames, 0, bytes, step, out, &error), ==, bytes->len);
      g_assert_no_error (error);
      g_assert_cmpmem (out->data, out->len, expected->data, expected->len);
      g_assert_cmpuint (frames.n_messages, ==, 1);
    }
}

static void
test_frames_fragments (void)
{
  g_autoptr(GByteArray) start = from_hex ("0100");
  g_autoptr(GByteArray) more = from_hex ("0000");
  g_autoptr(GError) error = NULL;
  WeftWebsocketFrames frames;

  g_test_summary ("4,096 fragments may make a message, though they be empty; not 4,097.");

  weft_websocket_frames_init_judge (&frames, FALSE, MESSAGE_BYTES_MAX);
  g_assert_cmpuint (feed (&frames, 0, start, 2, NULL, &error), ==, 2);
  for (guint i = 1; i < 4096; i++)
    g_assert_cmpuint (feed (&frames, 0, more, 2, NULL, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_cmpuint (feed (&frames, 0, more, 2, NULL, &error), ==, 0);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

static void
test_frames_control_rate (void)
{
  g_autoptr(GByteArray) ping = from_hex ("8900");
  g_autoptr(GByteArray) pong = from_hex ("8a00");
  g_autoptr(GError) error = NULL;
  WeftWebsocketFrames frames;

  g_test_summary ("16 control frames may come within a second, the next one a second later.");

  weft_websocket_frames_init_judge (&frames, FALSE, MESSAGE_BYTES_MAX);
  for (guint second = 0; second < 3; second++)
    for (guint i = 0; i < 16; i++)
      feed (&frames, second * G_TIME_SPAN_SECOND, i % 2 ? ping : pong, 2, NULL, &error);
  g_assert_no_error (error);
  feed (&frames, 3 * G_TIME_SPAN_SECOND - 1, ping, 2, NULL, &error);
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED);
  g_assert_cmpuint (frames.n_pings, ==, 24);
  g_assert_cmpuint (frames.n_pongs, ==, 24);
}

static void
test_frames_turn (void)
{
  g_autoptr(GByteArray) bytes = from_hex ("810141" "810142" "810143");
  g_autoptr(GError) error = NULL;
  WeftWebsocketFrames frames;
  g_autoptr(GByteArray) out = g_byte_array_new ();
  guint frames_left = 2;
  gsize used = 0;

  g_test_summary ("A turn of two frames stops before the third, and the next goes on there.");

  weft_websocket_frames_init_judge (&frames, FALSE, MESSAGE_BYTES_MAX);
  g_assert_true (weft_websocket_frames_feed (&frames, 0, bytes->data, bytes->len, &frames_left,
                                             out, &used, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (used, ==, 6);
  g_assert_cmpuint (out->len, ==, 6);
  g_assert_cmpuint (frames_left, ==, 0);
  frames_left = 2;
  g_assert_true (weft_websocket_frames_feed (&frames, 0, bytes->data + 6, 3, &frames_left,
                                             out, &used, &error));
  g_assert_cmpuint (used, ==, 3);
  g_assert_cmpuint (frames.n_messages, ==, 3);
}

static void
test_frames_count (void)
{
  g_autoptr(GByteArray) bytes = from_hex ("8185" MASK "6867656865" "8a8141424344" "41" "820141");

  g_test_summary ("What leaves is counted without being judged.");

  for (gsize step = 1; step <= bytes->len; step++)
    {
      g_autoptr(GError) error = NULL;
      WeftWebsocketFrames frames;

      weft_websocket_frames_init_count (&frames);
      g_assert_cmpuint (feed (&frames, 0, bytes, step, NULL, &error), ==, bytes->len);
      g_assert_no_error (error);
      g_assert_cmpuint (frames.n_messages, ==, 2);
      g_assert_cmpuint (frames.n_pongs, ==, 1);
      g_assert_cmpuint (frames.control_bytes, ==, 7);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/websocket/frames/honest", test_frames_honest);
  g_test_add_func ("/websocket/frames/refused", test_frames_refused);
  g_test_add_func ("/websocket/frames/sizes", test_frames_sizes);
  g_test_add_func ("/websocket/frames/fragments", test_frames_fragments);
  g_test_add_func ("/websocket/frames/opening", test_frames_opening);
  g_test_add_func ("/websocket/frames/pieces", test_frames_pieces);
  g_test_add_func ("/websocket/frames/control-rate", test_frames_control_rate);
  g_test_add_func ("/websocket/frames/turn", test_frames_turn);
  g_test_add_func ("/websocket/frames/count", test_frames_count);

  return g_test_run ();
}
