/* weft-websocket-guard-output.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-guard-output-private.h"

#include "weft-websocket-frames-private.h"
#include "weft-websocket-source-private.h"

/* The half of a guard that goes to the peer: it changes nothing and counts what has left. The
 * HTTP head goes first, then frames. */
struct _WeftWebsocketGuardOutput
{
  GOutputStream parent_instance;

  GPollableOutputStream *base;
  guint head_matched; /* how much of the empty line that ends a head went last; 4: it has ended */
  WeftWebsocketFrames frames;
  guint64 frame_bytes;
  gboolean is_blocked; /* the last write was told to wait */
  gboolean is_shut;
};

static void pollable_iface_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftWebsocketGuardOutput, weft_websocket_guard_output,
                               G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      pollable_iface_init))

/* Returns how many bytes of @data still belong to the head. */
static gsize
follow_head (WeftWebsocketGuardOutput *self,
             const guint8             *data,
             gsize                     length)
{
  static const char end[] = { '\r', '\n', '\r', '\n' };
  gsize at = 0;

  while (at < length && self->head_matched < sizeof end)
    {
      if (data[at] == end[self->head_matched])
        self->head_matched++;
      else
        self->head_matched = data[at] == '\r';
      at++;
    }

  return at;
}

static void
follow (WeftWebsocketGuardOutput *self,
        const guint8             *data,
        gsize                     length)
{
  gsize n = follow_head (self, data, length);
  guint frames_left = G_MAXUINT;
  gsize used = 0;

  weft_websocket_frames_feed (&self->frames, 0, data + n, length - n, &frames_left, NULL, &used,
                              NULL);
  g_assert (used == length - n);
  self->frame_bytes += used;
}

static gssize
weft_websocket_guard_output_write_nonblocking (GPollableOutputStream  *stream,
                                               const void             *buffer,
                                               gsize                   count,
                                               GError                **error)
{
  WeftWebsocketGuardOutput *self = WEFT_WEBSOCKET_GUARD_OUTPUT (stream);
  gssize n;

  if (self->is_shut)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the connection is closed");
      return -1;
    }

  n = g_pollable_output_stream_write_nonblocking (self->base, buffer, count, NULL, error);
  self->is_blocked = n < 0;
  if (n > 0)
    follow (self, buffer, n);

  return n;
}

static gboolean
weft_websocket_guard_output_is_writable (GPollableOutputStream *stream)
{
  WeftWebsocketGuardOutput *self = WEFT_WEBSOCKET_GUARD_OUTPUT (stream);

  return self->is_shut || g_pollable_output_stream_is_writable (self->base);
}

/* There nearly always is room: only who found none waits for it. */
static gboolean
is_ready_by_itself (gpointer stream)
{
  WeftWebsocketGuardOutput *self = stream;

  return self->is_shut || !self->is_blocked;
}

static const WeftWebsocketSourceFuncs source_funcs = { .is_ready = is_ready_by_itself };

static GSource *
weft_websocket_guard_output_create_source (GPollableOutputStream *stream,
                                           GCancellable          *cancellable)
{
  WeftWebsocketGuardOutput *self = WEFT_WEBSOCKET_GUARD_OUTPUT (stream);

  return weft_websocket_source_new (G_OBJECT (self), &source_funcs,
                                    self->is_shut ? NULL : G_OBJECT (self->base), G_IO_OUT,
                                    cancellable);
}

static gssize
weft_websocket_guard_output_write (GOutputStream  *stream,
                                   const void     *buffer,
                                   gsize           count,
                                   GCancellable   *cancellable,
                                   GError        **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "a guarded connection never blocks");

  return -1;
}

static void
weft_websocket_guard_output_finalize (GObject *object)
{
  WeftWebsocketGuardOutput *self = WEFT_WEBSOCKET_GUARD_OUTPUT (object);

  g_clear_object (&self->base);

  G_OBJECT_CLASS (weft_websocket_guard_output_parent_class)->finalize (object);
}

static void
weft_websocket_guard_output_class_init (WeftWebsocketGuardOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_websocket_guard_output_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = weft_websocket_guard_output_write;
}

static void
pollable_iface_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = weft_websocket_guard_output_is_writable;
  iface->create_source = weft_websocket_guard_output_create_source;
  iface->write_nonblocking = weft_websocket_guard_output_write_nonblocking;
}

static void
weft_websocket_guard_output_init (WeftWebsocketGuardOutput *self)
{
  weft_websocket_frames_init_count (&self->frames);
}

WeftWebsocketGuardOutput *
weft_websocket_guard_output_new (GPollableOutputStream *base)
{
  WeftWebsocketGuardOutput *self = g_object_new (WEFT_TYPE_WEBSOCKET_GUARD_OUTPUT, NULL);

  self->base = g_object_ref (base);

  return self;
}

/* How many bytes of text frames, headers included, were handed to the system. */
guint64
weft_websocket_guard_output_get_data_bytes (WeftWebsocketGuardOutput *self)
{
  return self->frame_bytes - MIN (self->frame_bytes, self->frames.control_bytes);
}

guint64
weft_websocket_guard_output_get_pongs (WeftWebsocketGuardOutput *self)
{
  return self->frames.n_pongs;
}

/* From now on every write fails. */
void
weft_websocket_guard_output_shut (WeftWebsocketGuardOutput *self)
{
  self->is_shut = TRUE;
}
