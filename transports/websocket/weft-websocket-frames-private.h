/* weft-websocket-frames-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A message arrives in at most this many frames. A sender that cuts the largest message into
 * pieces of 4 KiB stays below; empty fragments without end do not. */
#define WEFT_WEBSOCKET_FRAGMENTS_MAX 4096

/* The first messages of a connection say who is there, and come from anybody: they have at most
 * WEFT_LIMIT_HANDSHAKE_BYTES_MAX. */
#define WEFT_WEBSOCKET_OPENING_MESSAGES 2
/* libsoup keeps a buffer for the largest frame that a connection ever carried. So it is given
 * long frames in pieces of this size: divisible by four, so that the mask stays in step. */
#define WEFT_WEBSOCKET_PIECE_BYTES_MAX (16 * 1024)

#define WEFT_WEBSOCKET_MASK_BYTES 4
/* Two bytes, a length of eight and a mask. */
#define WEFT_WEBSOCKET_HEADER_BYTES_MAX 14

/* Follows the frames of one direction of a WebSocket connection, by their headers alone, however
 * the bytes are cut. What comes from a peer is judged; what goes to a peer is only counted. */
typedef struct
{
  gboolean is_judge;     /* refuse what breaks the rules */
  gboolean is_masked;    /* what the rules say: clients mask, servers do not */
  gsize message_bytes_max;

  guint8 header[WEFT_WEBSOCKET_HEADER_BYTES_MAX];
  guint header_length;
  guint header_needed;
  guint mask_offset;
  guint64 payload_left; /* of the frame at hand */
  guint64 piece_left;   /* of the piece of it that is passed on */

  gboolean is_in_message;
  guint64 held_bytes; /* of a message that has not ended: what libsoup keeps of it */
  guint64 message_bytes;
  guint fragments;
  gboolean is_closed;

  gint64 second_start_usec;
  guint controls_in_second;

  guint64 n_messages;
  guint64 n_pings;
  guint64 n_pongs;
  guint64 control_bytes; /* headers and payloads of control frames that went by */
  gboolean is_control;   /* the frame at hand */
} WeftWebsocketFrames;

void     weft_websocket_frames_init_judge (WeftWebsocketFrames  *self,
                                           gboolean              is_masked,
                                           gsize                 message_bytes_max);
void     weft_websocket_frames_init_count (WeftWebsocketFrames  *self);
gboolean weft_websocket_frames_feed       (WeftWebsocketFrames  *self,
                                           gint64                now_usec,
                                           const guint8         *data,
                                           gsize                 length,
                                           guint                *frames_left,
                                           GByteArray           *out,
                                           gsize                *used,
                                           GError              **error);
gsize    weft_websocket_frames_measure    (const WeftWebsocketFrames *self,
                                           const guint8         *data,
                                           gsize                 length,
                                           gsize                *header_length);
void     weft_websocket_frames_apply_mask (guint8               *data,
                                           gsize                 length,
                                           const guint8         *mask);
gsize    weft_websocket_frames_write_header
    (gsize         length,
     const guint8 *mask,
     guint8        header[WEFT_WEBSOCKET_HEADER_BYTES_MAX]);

G_END_DECLS
