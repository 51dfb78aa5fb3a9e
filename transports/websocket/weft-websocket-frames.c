/* weft-websocket-frames.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-frames-private.h"

#include <weft.h>

enum
{
  OPCODE_CONTINUATION = 0x0,
  OPCODE_TEXT = 0x1,
  OPCODE_BINARY = 0x2,
  OPCODE_CLOSE = 0x8,
  OPCODE_PING = 0x9,
  OPCODE_PONG = 0xa,
};

/* RFC 6455 leaves no choice. */
#define CONTROL_PAYLOAD_BYTES_MAX 125

static void
frames_init (WeftWebsocketFrames *self)
{
  *self = (WeftWebsocketFrames) { .header_needed = 2, .second_start_usec = G_MININT64 };
}

/* @is_masked: TRUE for what a client sent. */
void
weft_websocket_frames_init_judge (WeftWebsocketFrames *self,
                                  gboolean             is_masked,
                                  gsize                message_bytes_max)
{
  g_assert (message_bytes_max > 0);

  frames_init (self);
  self->is_judge = TRUE;
  self->is_masked = is_masked;
  self->message_bytes_max = message_bytes_max;
}

void
weft_websocket_frames_init_count (WeftWebsocketFrames *self)
{
  frames_init (self);
}

static gboolean
refuse (GError     **error,
        int          code,
        const char  *message)
{
  g_set_error_literal (error, WEFT_ERROR, code, message);

  return FALSE;
}

/* The first two bytes say nearly everything: judge them before the rest has come. */
static gboolean
judge_start (WeftWebsocketFrames  *self,
             GError              **error)
{
  guint8 opcode = self->header[0] & 0x0f;
  gboolean is_final = (self->header[0] & 0x80) != 0;
  guint8 length = self->header[1] & 0x7f;

  if (self->is_closed)
    return refuse (error, WEFT_ERROR_PROTOCOL,
                   "expected nothing after the close frame, got a frame");
  if (self->header[0] & 0x70)
    return refuse (error, WEFT_ERROR_PROTOCOL,
                   "expected reserved bits to be 0, got a frame that is compressed or extended");
  if (((self->header[1] & 0x80) != 0) != self->is_masked)
    return refuse (error, WEFT_ERROR_PROTOCOL,
                   self->is_masked ? "expected a masked frame, got an unmasked one"
                                   : "expected an unmasked frame, got a masked one");

  switch (opcode)
    {
    case OPCODE_CONTINUATION:
      if (!self->is_in_message)
        return refuse (error, WEFT_ERROR_PROTOCOL,
                       "expected the start of a message, got a continuation");
      return TRUE;

    case OPCODE_TEXT:
      if (self->is_in_message)
        return refuse (error, WEFT_ERROR_PROTOCOL,
                       "expected a continuation, got the start of a message");
      return TRUE;

    case OPCODE_BINARY:
      return refuse (error, WEFT_ERROR_PROTOCOL, "expected text frames, got a binary one");

    case OPCODE_CLOSE:
    case OPCODE_PING:
    case OPCODE_PONG:
      if (!is_final)
        return refuse (error, WEFT_ERROR_PROTOCOL,
                       "expected a whole control frame, got a fragment");
      if (length > CONTROL_PAYLOAD_BYTES_MAX)
        return refuse (error, WEFT_ERROR_TOO_LARGE,
                       "expected at most 125 bytes in a control frame, got more");
      return TRUE;

    default:
      return refuse (error, WEFT_ERROR_PROTOCOL, "expected a known kind of frame, got another");
    }
}

static guint64
read_length (WeftWebsocketFrames *self)
{
  guint64 length = 0;
  guint n_bytes;

  switch (self->header[1] & 0x7f)
    {
    case 126:
      n_bytes = 2;
      break;
    case 127:
      n_bytes = 8;
      break;
    default:
      return self->header[1] & 0x7f;
    }
  for (guint i = 0; i < n_bytes; i++)
    length = length << 8 | self->header[2 + i];

  return length;
}

static gboolean
judge_length (WeftWebsocketFrames  *self,
              guint64               length,
              GError              **error)
{
  guint8 form = self->header[1] & 0x7f;
  gsize bytes_max = self->message_bytes_max;

  if ((form == 126 && length < 126) || (form == 127 && length <= G_MAXUINT16))
    return refuse (error, WEFT_ERROR_PROTOCOL,
                   "expected the shortest form of a frame length, got a longer one");
  if (self->is_control)
    return TRUE;
  if (self->n_messages < WEFT_WEBSOCKET_OPENING_MESSAGES)
    bytes_max = MIN (bytes_max, WEFT_LIMIT_HANDSHAKE_BYTES_MAX);
  if (length > bytes_max - self->message_bytes)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected a message of at most %" G_GSIZE_FORMAT " bytes, got more", bytes_max);
      return FALSE;
    }
  if (self->fragments == WEFT_WEBSOCKET_FRAGMENTS_MAX)
    return refuse (error, WEFT_ERROR_TOO_LARGE,
                   "expected a message in at most " G_STRINGIFY (WEFT_WEBSOCKET_FRAGMENTS_MAX)
                   " fragments, got more");

  return TRUE;
}

static gboolean
judge_rate (WeftWebsocketFrames  *self,
            gint64                now_usec,
            GError              **error)
{
  if (self->second_start_usec == G_MININT64
      || now_usec - self->second_start_usec >= G_TIME_SPAN_SECOND)
    {
      self->second_start_usec = now_usec;
      self->controls_in_second = 0;
    }
  if (self->controls_in_second == WEFT_LIMIT_CONTROL_FRAMES_PER_SECOND)
    return refuse (error, WEFT_ERROR_REFUSED,
                   "expected at most " G_STRINGIFY (WEFT_LIMIT_CONTROL_FRAMES_PER_SECOND)
                   " control frames a second, got more");
  self->controls_in_second++;

  return TRUE;
}

static void
note_control (WeftWebsocketFrames *self,
              guint8               opcode)
{
  self->control_bytes += self->header_needed + self->payload_left;
  self->is_closed = self->is_closed || opcode == OPCODE_CLOSE;
  self->n_pings += opcode == OPCODE_PING;
  self->n_pongs += opcode == OPCODE_PONG;
}

static void
note_data (WeftWebsocketFrames *self)
{
  gboolean is_final = (self->header[0] & 0x80) != 0;

  self->message_bytes += self->payload_left;
  self->fragments++;
  self->is_in_message = !is_final;
  if (is_final)
    {
      self->n_messages++;
      self->message_bytes = 0;
      self->fragments = 0;
    }
}

static gboolean
finish_header (WeftWebsocketFrames  *self,
               gint64                now_usec,
               GError              **error)
{
  guint64 length = read_length (self);

  if (self->is_judge)
    {
      if (!judge_length (self, length, error))
        return FALSE;
      if (self->is_control && !judge_rate (self, now_usec, error))
        return FALSE;
    }

  self->payload_left = length;
  self->mask_offset = self->header_needed - 4;
  if (self->is_control)
    note_control (self, self->header[0] & 0x0f);
  else
    note_data (self);

  return TRUE;
}

/* Writes the header of the next piece of the frame at hand: the whole frame, if it is short. Only
 * the last piece ends what the frame ends, and all but the first continue it. */
static void
start_piece (WeftWebsocketFrames *self,
             gboolean             is_first,
             GByteArray          *out)
{
  guint8 header[4] = { self->header[0], self->header[1] & 0x80 };
  gsize header_length = 2;

  self->piece_left = MIN (self->payload_left, WEFT_WEBSOCKET_PIECE_BYTES_MAX);
  if (self->piece_left < self->payload_left)
    header[0] &= ~0x80;
  if (!is_first)
    header[0] &= 0xf0;

  if (self->piece_left < 126)
    header[1] |= self->piece_left;
  else
    {
      header[1] |= 126;
      header[2] = self->piece_left >> 8;
      header[3] = self->piece_left & 0xff;
      header_length = 4;
    }
  g_byte_array_append (out, header, header_length);
  if (self->header[1] & 0x80)
    g_byte_array_append (out, self->header + self->mask_offset, 4);
}

/* When the last of a message has gone by nothing is held of it any more. */
static void
note_end (WeftWebsocketFrames *self)
{
  if (!self->is_control && self->payload_left == 0 && !self->is_in_message)
    self->held_bytes = 0;
}

static gsize
pass_payload (WeftWebsocketFrames *self,
              const guint8        *data,
              gsize                length,
              GByteArray          *out)
{
  gsize n = MIN (self->payload_left, length);

  if (out)
    {
      if (self->piece_left == 0)
        start_piece (self, FALSE, out);
      n = MIN (n, self->piece_left);
      g_byte_array_append (out, data, n);
      self->piece_left -= n;
    }
  self->payload_left -= n;
  if (!self->is_control)
    self->held_bytes += n;
  note_end (self);

  return n;
}

static gboolean
start_header (WeftWebsocketFrames  *self,
              GError              **error)
{
  guint8 form = self->header[1] & 0x7f;

  if (self->is_judge && !judge_start (self, error))
    return FALSE;

  self->is_control = (self->header[0] & 0x08) != 0;
  self->header_needed += form == 126 ? 2 : form == 127 ? 8 : 0;
  self->header_needed += self->header[1] & 0x80 ? 4 : 0;

  return TRUE;
}

/* Writes the header of a whole text message; returns its length. @mask: (nullable) */
gsize
weft_websocket_frames_write_header (gsize         length,
                                    const guint8 *mask,
                                    guint8        header[WEFT_WEBSOCKET_HEADER_BYTES_MAX])
{
  guint n_bytes = length < 126 ? 0 : length <= G_MAXUINT16 ? 2 : 8;
  gsize at = 2;

  header[0] = 0x80 | OPCODE_TEXT;
  header[1] = (guint8) (n_bytes == 0 ? length : n_bytes == 2 ? 126 : 127);
  for (guint i = n_bytes; i > 0; i--)
    header[at++] = (guint8) ((guint64) length >> 8 * (i - 1));
  if (mask)
    {
      header[1] |= 0x80;
      memcpy (header + at, mask, WEFT_WEBSOCKET_MASK_BYTES);
      at += WEFT_WEBSOCKET_MASK_BYTES;
    }

  return at;
}

/* Masks, or takes the mask away. */
void
weft_websocket_frames_apply_mask (guint8       *data,
                                  gsize         length,
                                  const guint8 *mask)
{
  guint64 wide;
  gsize at = 0;

  memcpy (&wide, mask, WEFT_WEBSOCKET_MASK_BYTES);
  memcpy ((guint8 *) &wide + WEFT_WEBSOCKET_MASK_BYTES, mask, WEFT_WEBSOCKET_MASK_BYTES);
  for (; length - at >= sizeof wide; at += sizeof wide)
    {
      guint64 word;

      memcpy (&word, data + at, sizeof word);
      word ^= wide;
      memcpy (data + at, &word, sizeof word);
    }
  for (; at < length; at++)
    data[at] ^= mask[at % WEFT_WEBSOCKET_MASK_BYTES];
}

/* How long the message is that @data begins with, with its header of @header_length bytes, when it
 * is a whole one in a single frame. 0 for anything else, and while a message or its frame is not
 * over, or the peer has not said who it is. */
gsize
weft_websocket_frames_measure (const WeftWebsocketFrames *self,
                               const guint8              *data,
                               gsize                      length,
                               gsize                     *header_length)
{
  gsize payload;
  guint8 form;

  if (length < 2 || self->header_length > 0 || self->payload_left > 0 || self->is_in_message
      || self->n_messages < WEFT_WEBSOCKET_OPENING_MESSAGES)
    return 0;
  form = data[1] & 0x7f;
  /* What takes eight bytes to say is long enough to go any way. */
  if (data[0] != (0x80 | OPCODE_TEXT) || form == 127 || (form == 126 && length < 4))
    return 0;

  payload = form == 126 ? (gsize) data[2] << 8 | data[3] : form;
  *header_length = form == 126 ? 4 : 2;
  *header_length += data[1] & 0x80 ? WEFT_WEBSOCKET_MASK_BYTES : 0;

  return *header_length + payload <= length ? *header_length + payload : 0;
}

/* Follows @data and tells in @used how much of it was: all, unless *@frames_left frames have
 * begun; then what follows waits for another turn. What may go on is appended to @out, if there
 * is one. FALSE: the frame at hand broke a rule, and nothing of it was appended. */
gboolean
weft_websocket_frames_feed (WeftWebsocketFrames  *self,
                            gint64                now_usec,
                            const guint8         *data,
                            gsize                 length,
                            guint                *frames_left,
                            GByteArray           *out,
                            gsize                *used,
                            GError              **error)
{
  gsize at = 0;

  g_assert (data != NULL || length == 0);

  while (at < length)
    {
      gsize n;

      if (self->payload_left > 0)
        {
          at += pass_payload (self, data + at, length - at, out);
          continue;
        }
      if (self->header_length == 0)
        {
          if (*frames_left == 0)
            break;
          (*frames_left)--;
        }

      n = MIN (self->header_needed - self->header_length, length - at);
      memcpy (self->header + self->header_length, data + at, n);
      self->header_length += n;
      at += n;
      if (self->header_length == 2 && !start_header (self, error))
        return FALSE;
      if (self->header_length < self->header_needed)
        continue;

      if (!finish_header (self, now_usec, error))
        return FALSE;
      if (out)
        start_piece (self, TRUE, out);
      note_end (self);
      self->header_length = 0;
      self->header_needed = 2;
    }

  *used = at;
  g_assert (at <= length);

  return TRUE;
}
