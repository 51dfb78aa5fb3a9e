/* weft-websocket-guard.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-guard-private.h"

#include "weft-websocket-guard-output-private.h"

/* What stands between a connection and the HTTP library: a stream that passes on only what keeps
 * the rules, no more at once than the others can bear, and counts what leaves.
 *
 * It never blocks. Closing it closes the socket at once: saying farewell to a peer that does not
 * read would take a thread for as long as the peer likes.
 *
 * Signals: `fault` (const GError *) once, when the peer broke a rule, from within a read;
 * `opened` once, when the messages with which a connection opens have come, likewise;
 * `shut` once, when the stream was closed by anybody. */
struct _WeftWebsocketGuard
{
  GIOStream parent_instance;

  GIOStream *base;
  WeftWebsocketGuardInput *input;
  WeftWebsocketGuardOutput *output;
  GError *fault;
  gboolean is_shut;
};

enum
{
  SIGNAL_FAULT,
  SIGNAL_OPENED,
  SIGNAL_SHUT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WeftWebsocketGuard, weft_websocket_guard, G_TYPE_IO_STREAM)

static void
fault_cb (const GError *fault,
          gpointer      user_data)
{
  WeftWebsocketGuard *self = user_data;

  g_assert (self->fault == NULL);

  self->fault = g_error_copy (fault);
  g_signal_emit (self, signals[SIGNAL_FAULT], 0, self->fault);
}

static void
opened_cb (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_OPENED], 0);
}

/* The memory of this connection is needed: no time for last words. */
static void
crowded_cb (gpointer user_data)
{
  weft_websocket_guard_shut (user_data);
}

static void
broken_cb (gpointer user_data)
{
  weft_websocket_guard_shut (user_data);
}

static GInputStream *
weft_websocket_guard_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (WEFT_WEBSOCKET_GUARD (stream)->input);
}

static GOutputStream *
weft_websocket_guard_get_output_stream (GIOStream *stream)
{
  return G_OUTPUT_STREAM (WEFT_WEBSOCKET_GUARD (stream)->output);
}

static gboolean
weft_websocket_guard_close (GIOStream     *stream,
                            GCancellable  *cancellable,
                            GError       **error)
{
  weft_websocket_guard_shut (WEFT_WEBSOCKET_GUARD (stream));

  return TRUE;
}

static void
weft_websocket_guard_close_async (GIOStream           *stream,
                                  int                  priority,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (stream, cancellable, callback, user_data);

  weft_websocket_guard_shut (WEFT_WEBSOCKET_GUARD (stream));
  g_task_return_boolean (task, TRUE);
}

static gboolean
weft_websocket_guard_close_finish (GIOStream     *stream,
                                   GAsyncResult  *result,
                                   GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
weft_websocket_guard_dispose (GObject *object)
{
  weft_websocket_guard_shut (WEFT_WEBSOCKET_GUARD (object));

  G_OBJECT_CLASS (weft_websocket_guard_parent_class)->dispose (object);
}

static void
weft_websocket_guard_finalize (GObject *object)
{
  WeftWebsocketGuard *self = WEFT_WEBSOCKET_GUARD (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->base);
  g_clear_error (&self->fault);

  G_OBJECT_CLASS (weft_websocket_guard_parent_class)->finalize (object);
}

static void
weft_websocket_guard_class_init (WeftWebsocketGuardClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = weft_websocket_guard_dispose;
  G_OBJECT_CLASS (klass)->finalize = weft_websocket_guard_finalize;
  stream_class->get_input_stream = weft_websocket_guard_get_input_stream;
  stream_class->get_output_stream = weft_websocket_guard_get_output_stream;
  stream_class->close_fn = weft_websocket_guard_close;
  stream_class->close_async = weft_websocket_guard_close_async;
  stream_class->close_finish = weft_websocket_guard_close_finish;

  signals[SIGNAL_FAULT] = g_signal_new ("fault", WEFT_TYPE_WEBSOCKET_GUARD, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_OPENED] = g_signal_new ("opened", WEFT_TYPE_WEBSOCKET_GUARD, G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SHUT] = g_signal_new ("shut", WEFT_TYPE_WEBSOCKET_GUARD, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
weft_websocket_guard_init (WeftWebsocketGuard *self)
{
}

/* Takes over @base, a socket's connection or a TLS connection over one. */
WeftWebsocketGuard *
weft_websocket_guard_new (GIOStream         *base,
                          WeftClock         *clock,
                          WeftWebsocketPool *pool,
                          gboolean           is_server)
{
  WeftWebsocketGuard *self = g_object_new (WEFT_TYPE_WEBSOCKET_GUARD, NULL);
  GInputStream *input = g_io_stream_get_input_stream (base);
  GOutputStream *output = g_io_stream_get_output_stream (base);

  self->base = g_object_ref (base);
  self->output = weft_websocket_guard_output_new (G_POLLABLE_OUTPUT_STREAM (output), pool,
                                                  broken_cb, self);
  self->input = weft_websocket_guard_input_new (G_POLLABLE_INPUT_STREAM (input), self->output,
                                                clock, pool, is_server, fault_cb, opened_cb,
                                                crowded_cb, self);

  return self;
}

/* The rule that the peer broke, or NULL. */
const GError *
weft_websocket_guard_get_fault (WeftWebsocketGuard *self)
{
  return self->fault;
}

/* How many bytes of text frames, with their headers, the system has taken. */
guint64
weft_websocket_guard_get_data_bytes_written (WeftWebsocketGuard *self)
{
  return weft_websocket_guard_output_get_data_bytes (self->output);
}

/* Sends a message, after the HTTP head. @mask: (nullable): of a client */
void
weft_websocket_guard_send_text (WeftWebsocketGuard *self,
                                GBytes             *text,
                                const guint8       *mask)
{
  weft_websocket_guard_output_send_text (self->output, text, mask);
}

/* Messages that come whole go to @func; when that is NULL, to who reads the stream, as all else. */
void
weft_websocket_guard_set_message_func (WeftWebsocketGuard       *self,
                                       WeftWebsocketMessageFunc  func,
                                       gpointer                  user_data)
{
  weft_websocket_guard_input_set_message_func (self->input, func, user_data);
}

/* Those of them that are there now: they came before anything that can be read. */
void
weft_websocket_guard_deliver (WeftWebsocketGuard *self)
{
  weft_websocket_guard_input_deliver (self->input);
}

/* Writes a farewell past everybody else, as far as it can be taken at once. */
void
weft_websocket_guard_say (WeftWebsocketGuard *self,
                          const char         *last_words)
{
  GPollableOutputStream *output;

  if (self->is_shut)
    return;

  output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->base));
  g_pollable_output_stream_write_nonblocking (output, last_words, strlen (last_words), NULL, NULL);
}

gboolean
weft_websocket_guard_is_shut (WeftWebsocketGuard *self)
{
  return self->is_shut;
}

/* Closes the connection at once. Everybody who waits to read or write is woken and told. */
void
weft_websocket_guard_shut (WeftWebsocketGuard *self)
{
  g_autoptr(GIOStream) bottom = NULL;

  if (self->is_shut || self->base == NULL)
    return;

  self->is_shut = TRUE;
  weft_websocket_guard_input_shut (self->input);
  weft_websocket_guard_output_shut (self->output);
  if (G_IS_TLS_CONNECTION (self->base))
    g_object_get (self->base, "base-io-stream", &bottom, NULL);
  else
    bottom = g_object_ref (self->base);
  g_io_stream_close (bottom, NULL, NULL);
  g_signal_emit (self, signals[SIGNAL_SHUT], 0);
}
