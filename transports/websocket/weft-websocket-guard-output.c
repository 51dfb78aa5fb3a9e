/* weft-websocket-guard-output.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-guard-output-private.h"

#include "weft-websocket-frames-private.h"
#include "weft-websocket-source-private.h"

#include <gio/gfiledescriptorbased.h>

#define HEAD_END_BYTES 4

/* The half of a guard that goes to the peer, which counts what has left. The HTTP head goes first,
 * and is written as it comes; then frames, which are taken whole and leave together in one write
 * when the turn of the loop is over: those of libsoup, which are control frames, and messages of
 * ours. Over TLS, whose write is not all our own, a source does that in the next turn; and so it
 * does when the system takes no more. */
struct _WeftWebsocketGuardOutput
{
  GOutputStream parent_instance;

  GPollableOutputStream *base;
  WeftWebsocketPool *pool;
  WeftWebsocketNoticeFunc broken_func;
  gpointer user_data;
  GByteArray *waiting; /* (nullable): frames that have not left */
  gsize at;            /* up to here they have */
  WeftWebsocketTurnPlace place; /* among those who write when the turn is over */
  GSource *source;              /* (nullable): while some are waiting for the loop */
  guint head_matched; /* how much of the empty line that ends a head went last; 4: it has ended */
  WeftWebsocketFrames frames;
  guint64 frame_bytes;
  gboolean is_socket;
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
  static const char end[HEAD_END_BYTES] = { '\r', '\n', '\r', '\n' };
  gsize at = 0;

  while (at < length && self->head_matched < HEAD_END_BYTES)
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

/* There nearly always is room: only who found none waits for it. */
static gboolean
is_ready_by_itself (gpointer stream)
{
  WeftWebsocketGuardOutput *self = stream;

  return self->is_shut || !self->is_blocked;
}

static const WeftWebsocketSourceFuncs source_funcs = { .is_ready = is_ready_by_itself };

static gssize
write_to_base (WeftWebsocketGuardOutput  *self,
               const void                *buffer,
               gsize                      count,
               GError                   **error)
{
  gssize n = g_pollable_output_stream_write_nonblocking (self->base, buffer, count, NULL, error);

  self->is_blocked = n < 0;
  if (n > 0)
    follow (self, buffer, n);

  return n;
}

static void
drop_waiting (WeftWebsocketGuardOutput *self)
{
  if (self->waiting)
    weft_websocket_pool_give_buffer (self->pool, g_steal_pointer (&self->waiting));
  self->at = 0;
}

/* Writes what the system takes now. FALSE: it never will take more. */
static gboolean
flush (WeftWebsocketGuardOutput *self)
{
  g_autoptr(GError) error = NULL;
  gssize n = 1;

  while (self->waiting && n > 0)
    {
      n = write_to_base (self, self->waiting->data + self->at, self->waiting->len - self->at,
                         &error);
      if (n > 0)
        self->at += n;
      if (self->at == self->waiting->len)
        drop_waiting (self);
    }
  /* Who reads slowly shall not make us keep what was read. */
  if (self->waiting && self->at > self->waiting->len / 2)
    {
      g_byte_array_remove_range (self->waiting, 0, self->at);
      self->at = 0;
    }

  return error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static gboolean
flush_cb (GObject *stream,
          gpointer user_data)
{
  WeftWebsocketGuardOutput *self = WEFT_WEBSOCKET_GUARD_OUTPUT (stream);
  gboolean is_broken = !flush (self);

  if (is_broken)
    drop_waiting (self);
  if (self->waiting)
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->source, g_source_unref);
  if (is_broken)
    self->broken_func (self->user_data);

  return G_SOURCE_REMOVE;
}

static void
wait_for_loop (WeftWebsocketGuardOutput *self)
{
  self->source = weft_websocket_source_new (G_OBJECT (self), &source_funcs, G_OBJECT (self->base),
                                            G_IO_OUT, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (flush_cb), NULL, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

/* Whoever has to hear of a connection that is broken hears it from the loop. */
static void
turn_cb (gpointer user_data)
{
  WeftWebsocketGuardOutput *self = user_data;

  flush (self);
  if (self->waiting)
    wait_for_loop (self);
}

/* Where frames are put that are to leave. */
static GByteArray *
get_waiting (WeftWebsocketGuardOutput *self)
{
  if (!self->waiting)
    self->waiting = weft_websocket_pool_take_buffer (self->pool);
  if (self->source)
    return self->waiting;

  if (self->is_socket)
    weft_websocket_turn_enter (weft_websocket_pool_get_turn (self->pool), &self->place);
  else
    wait_for_loop (self);

  return self->waiting;
}

/* A control frame is taken whole, so that messages can come before and behind it. */
static gssize
weft_websocket_guard_output_write_nonblocking (GPollableOutputStream  *stream,
                                               const void             *buffer,
                                               gsize                   count,
                                               GError                **error)
{
  WeftWebsocketGuardOutput *self = WEFT_WEBSOCKET_GUARD_OUTPUT (stream);

  if (self->is_shut)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the connection is closed");
      return -1;
    }
  if (self->head_matched < HEAD_END_BYTES)
    return write_to_base (self, buffer, count, error);

  g_byte_array_append (get_waiting (self), buffer, count);

  return count;
}

static gboolean
weft_websocket_guard_output_is_writable (GPollableOutputStream *stream)
{
  WeftWebsocketGuardOutput *self = WEFT_WEBSOCKET_GUARD_OUTPUT (stream);

  return self->is_shut || g_pollable_output_stream_is_writable (self->base);
}

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

  weft_websocket_guard_output_shut (self);
  g_clear_pointer (&self->pool, weft_websocket_pool_unref);
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
weft_websocket_guard_output_new (GPollableOutputStream   *base,
                                 WeftWebsocketPool       *pool,
                                 WeftWebsocketNoticeFunc  broken_func,
                                 gpointer                 user_data)
{
  WeftWebsocketGuardOutput *self = g_object_new (WEFT_TYPE_WEBSOCKET_GUARD_OUTPUT, NULL);

  g_assert (broken_func != NULL);

  self->base = g_object_ref (base);
  self->is_socket = G_IS_FILE_DESCRIPTOR_BASED (base);
  self->place.func = turn_cb;
  self->place.user_data = self;
  self->pool = weft_websocket_pool_ref (pool);
  self->broken_func = broken_func;
  self->user_data = user_data;

  return self;
}

/* A client masks what it sends (RFC 6455, section 5.3). */
void
weft_websocket_guard_output_send_text (WeftWebsocketGuardOutput *self,
                                       GBytes                   *text,
                                       const guint8             *mask)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (text, &length);
  guint8 header[WEFT_WEBSOCKET_HEADER_BYTES_MAX];
  GByteArray *waiting;
  gsize start;

  if (self->is_shut)
    return;
  g_assert (self->head_matched == HEAD_END_BYTES);

  waiting = get_waiting (self);
  g_byte_array_append (waiting, header,
                       weft_websocket_frames_write_header (length, mask, header));
  start = waiting->len;
  g_byte_array_append (waiting, data, length);
  if (mask)
    weft_websocket_frames_apply_mask (waiting->data + start, length, mask);
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

/* From now on every write fails. What is waiting leaves as far as there is room now: it ends with
 * a frame that says why we close. */
void
weft_websocket_guard_output_shut (WeftWebsocketGuardOutput *self)
{
  if (self->is_shut)
    return;

  self->is_shut = TRUE;
  flush (self);
  drop_waiting (self);
  if (self->is_socket)
    weft_websocket_turn_leave (weft_websocket_pool_get_turn (self->pool), &self->place);
  if (self->source)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}
