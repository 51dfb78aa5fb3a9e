/* weft-websocket-guard-input.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-guard-input-private.h"

#include "weft-websocket-frames-private.h"
#include "weft-websocket-head-private.h"
#include "weft-websocket-source-private.h"
#include "weft-websocket-watch-private.h"

#include <gio/gfiledescriptorbased.h>

typedef enum
{
  PHASE_HEAD,   /* an HTTP head is collected, judged whole and passed on whole */
  PHASE_FRAMES, /* each frame's header is judged before any of the frame is passed on */
  PHASE_DRAIN,  /* the peer broke a rule: read and throw away, so that our last words arrive */
  PHASE_SHUT,
} Phase;

/* The half of a guard that comes from the peer.
 *
 * A turn is what is read between two dispatches of the stream's source. It is bounded in bytes
 * and in frames, so that one connection cannot keep the main loop to itself. */
struct _WeftWebsocketGuardInput
{
  GInputStream parent_instance;

  GPollableInputStream *base;
  WeftWebsocketWatch *watch; /* (nullable): over a socket, once somebody has waited */
  WeftWebsocketGuardOutput *output;
  WeftClock *clock;
  WeftWebsocketPool *pool;
  WeftWebsocketShare *share; /* (nullable): there is one until it is shut */
  gboolean is_server;
  WeftWebsocketFaultFunc fault_func;
  WeftWebsocketNoticeFunc opened_func;
  WeftWebsocketNoticeFunc crowded_func;
  gpointer user_data;

  Phase phase;
  WeftWebsocketFrames frames;

  WeftWebsocketMessageFunc message_func; /* (nullable): who takes whole messages */
  gpointer message_data;
  GQueue messages;   /* (element-type GBytes): for them, older than anything that is ready */

  GByteArray *raw;   /* (nullable): read, not judged yet */
  GByteArray *ready; /* (nullable): judged, to be passed on */
  gsize at;          /* up to here it was */

  gsize turn_bytes_left;
  guint turn_frames_left;
  gboolean is_in_turn;
  gboolean has_passed; /* something on in this turn: what follows goes the same way */
  gboolean is_turn_over;
  gboolean is_drained; /* in this turn, and seen by the watch when there is more */
};

static void pollable_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftWebsocketGuardInput, weft_websocket_guard_input,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      pollable_iface_init))

static void
start_turn (gpointer stream)
{
  WeftWebsocketGuardInput *self = stream;

  self->turn_bytes_left = WEFT_LIMIT_READ_BUDGET_BYTES;
  self->turn_frames_left = WEFT_WEBSOCKET_FRAMES_PER_TURN_MAX;
  self->is_in_turn = TRUE;
  self->has_passed = FALSE;
  self->is_turn_over = FALSE;
  self->is_drained = FALSE;
}

static void
end_turn (gpointer stream)
{
  WeftWebsocketGuardInput *self = stream;

  self->is_in_turn = FALSE;
  weft_websocket_guard_input_deliver (self);
}

static void
drop_ready (WeftWebsocketGuardInput *self)
{
  if (self->ready)
    weft_websocket_pool_give_buffer (self->pool, g_steal_pointer (&self->ready));
  self->at = 0;
}

static void
drop_buffers (WeftWebsocketGuardInput *self)
{
  g_clear_pointer (&self->raw, g_byte_array_unref);
  drop_ready (self);
}

/* Nothing is kept of what was passed on, and nothing is ready when there is nothing. */
static void
drop_passed (WeftWebsocketGuardInput *self)
{
  if (self->ready && self->at == self->ready->len)
    drop_ready (self);
}

static gssize
would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "nothing to read now");

  return -1;
}

static void
fail (WeftWebsocketGuardInput *self,
      const GError            *fault)
{
  g_assert (self->phase == PHASE_HEAD || self->phase == PHASE_FRAMES);

  self->phase = PHASE_DRAIN;
  drop_buffers (self);
  self->fault_func (fault, self->user_data);
}

/* Reads up to a turn's bytes into the scratch. */
static gssize
fill (WeftWebsocketGuardInput  *self,
      GError                  **error)
{
  gsize length = self->raw ? self->raw->len : 0;
  gsize wanted = self->turn_bytes_left;
  guint8 *scratch = weft_websocket_pool_get_scratch (self->pool);
  gssize n;

  if (wanted == 0)
    self->is_turn_over = TRUE;
  if (wanted == 0 || self->is_drained)
    return would_block (error);

  /* Half a head is kept for as long as the peer likes to think: keep it small. */
  if (self->phase == PHASE_HEAD)
    wanted = MIN (wanted, WEFT_LIMIT_HTTP_HEAD_BYTES_MAX - length);
  n = g_pollable_input_stream_read_nonblocking (self->base, scratch, wanted, NULL, error);
  /* Less than was asked for is all there is until the loop has looked again. */
  if (self->watch && n < (gssize) wanted && n != 0)
    {
      weft_websocket_watch_go_on (self->watch);
      self->is_drained = TRUE;
    }
  if (n <= 0)
    return n;

  self->turn_bytes_left -= n;

  return n;
}

static void
keep_raw (WeftWebsocketGuardInput *self,
          const guint8            *data,
          gsize                    length)
{
  if (!self->raw)
    self->raw = g_byte_array_sized_new (length);
  g_byte_array_append (self->raw, data, length);
}

static void
drop_raw (WeftWebsocketGuardInput *self,
          gsize                    n_bytes)
{
  if (n_bytes == self->raw->len)
    g_clear_pointer (&self->raw, g_byte_array_unref);
  else
    g_byte_array_remove_range (self->raw, 0, n_bytes);
}

static gboolean
judge_head (WeftWebsocketGuardInput  *self,
            gsize                     searched,
            GError                  **error)
{
  const char *head = (const char *) self->raw->data;
  gsize end = weft_websocket_head_find_end (head, self->raw->len, searched);
  GBytes *clean;

  g_assert (self->raw->len <= WEFT_LIMIT_HTTP_HEAD_BYTES_MAX);

  if (end == 0 && self->raw->len == WEFT_LIMIT_HTTP_HEAD_BYTES_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected an HTTP head of at most %d bytes, got more",
                   WEFT_LIMIT_HTTP_HEAD_BYTES_MAX);
      return FALSE;
    }
  if (end == 0)
    return TRUE;

  clean = self->is_server ? weft_websocket_head_clean_request (head, end, error)
                          : g_bytes_new (head, end);
  if (!clean)
    return FALSE;
  self->phase = PHASE_FRAMES;
  self->ready = g_bytes_unref_to_array (clean);
  drop_raw (self, end);

  return TRUE;
}

static gboolean
is_ascii (const guint8 *text,
          gsize         length)
{
  guint8 all = 0;

  for (gsize i = 0; i < length; i++)
    all |= text[i];

  return all < 0x80;
}

/* The message of a frame, or NULL when it is no text, of which libsoup knows what to say. */
static GBytes *
make_message (WeftWebsocketGuardInput *self,
              const guint8            *frame,
              gsize                    header_length,
              gsize                    length)
{
  gsize n = length - header_length;
  g_autofree guint8 *text = g_malloc (n + 1);

  memcpy (text, frame + header_length, n);
  text[n] = '\0';
  if (self->is_server)
    weft_websocket_frames_apply_mask (text, n, frame + header_length - WEFT_WEBSOCKET_MASK_BYTES);
  if (!is_ascii (text, n) && !g_utf8_validate_len ((const char *) text, n, NULL))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&text), n);
}

/* Most of what comes are whole messages in a frame each. Taking these out here saves libsoup to
 * copy them together, and to move all that is behind each of them. Whatever else comes goes its
 * way, with all that follows in this turn, so that everything stays in order. */
static gboolean
take_messages (WeftWebsocketGuardInput  *self,
               gint64                    now_usec,
               const guint8             *data,
               gsize                     length,
               gsize                    *used,
               GError                  **error)
{
  gsize header_length = 0;
  gsize n;

  *used = 0;
  while (self->message_func != NULL && self->is_in_turn && !self->has_passed
         && self->turn_frames_left > 0
         && (n = weft_websocket_frames_measure (&self->frames, data + *used, length - *used,
                                                &header_length)) > 0)
    {
      g_autoptr(GBytes) message = NULL;
      gsize n_fed;

      if (((data[*used + 1] & 0x80) != 0) == self->is_server)
        message = make_message (self, data + *used, header_length, n);
      if (message == NULL)
        break;
      if (!weft_websocket_frames_feed (&self->frames, now_usec, data + *used, n,
                                       &self->turn_frames_left, NULL, &n_fed, error))
        return FALSE;
      g_assert (n_fed == n);
      g_queue_push_tail (&self->messages, g_steal_pointer (&message));
      *used += n;
    }

  return TRUE;
}

/* What was read just now is judged where it lies; only what has to wait for another turn is
 * copied. */
static gboolean
judge_frames (WeftWebsocketGuardInput  *self,
              gsize                     n_read,
              GError                  **error)
{
  gboolean was_open = self->frames.n_messages >= WEFT_WEBSOCKET_OPENING_MESSAGES;
  const guint8 *data = self->raw ? self->raw->data : weft_websocket_pool_get_scratch (self->pool);
  gsize length = self->raw ? self->raw->len : n_read;
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  gsize taken = 0;
  gsize used = 0;

  g_assert (!self->raw || n_read == 0);

  if (!take_messages (self, now_usec, data, length, &taken, error))
    return FALSE;
  self->ready = weft_websocket_pool_take_buffer (self->pool);
  if (!weft_websocket_frames_feed (&self->frames, now_usec, data + taken, length - taken,
                                   &self->turn_frames_left, self->ready, &used, error))
    return FALSE;
  used += taken;
  self->has_passed |= self->ready->len > 0;
  if (self->frames.n_pings
      > weft_websocket_guard_output_get_pongs (self->output) + WEFT_WEBSOCKET_PONGS_UNREAD_MAX)
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                           "expected a peer that reads its pongs, got one that does not");
      return FALSE;
    }

  drop_passed (self);
  if (self->raw)
    drop_raw (self, used);
  else if (used < length)
    keep_raw (self, data + used, length - used);
  self->is_turn_over = self->raw != NULL;
  if (!was_open && self->frames.n_messages >= WEFT_WEBSOCKET_OPENING_MESSAGES)
    self->opened_func (self->user_data);
  /* Last, for it may be us who give way. */
  weft_websocket_pool_set (self->pool, self->share, self->frames.held_bytes);

  return TRUE;
}

/* Reads and judges more. TRUE: look again at what is ready; else @result is the answer. */
static gboolean
advance (WeftWebsocketGuardInput  *self,
         gssize                   *result,
         GError                  **error)
{
  g_autoptr(GError) fault = NULL;
  gsize searched = self->raw ? self->raw->len : 0;
  gboolean is_good = TRUE;
  gsize n_read = 0;

  if (self->is_turn_over)
    {
      *result = would_block (error);
      return FALSE;
    }
  if (self->phase != PHASE_FRAMES || !self->raw)
    {
      *result = fill (self, error);
      if (*result <= 0)
        return FALSE;
      n_read = *result;
    }

  switch (self->phase)
    {
    case PHASE_HEAD:
      keep_raw (self, weft_websocket_pool_get_scratch (self->pool), n_read);
      is_good = judge_head (self, searched, &fault);
      break;

    case PHASE_FRAMES:
      is_good = judge_frames (self, n_read, &fault);
      break;

    case PHASE_DRAIN:
    case PHASE_SHUT:
      break;

    default:
      g_assert_not_reached ();
    }
  if (!is_good)
    fail (self, fault);

  return TRUE;
}

static gssize
weft_websocket_guard_input_read_nonblocking (GPollableInputStream  *stream,
                                             void                  *buffer,
                                             gsize                  count,
                                             GError               **error)
{
  WeftWebsocketGuardInput *self = WEFT_WEBSOCKET_GUARD_INPUT (stream);
  gssize result = 0;
  gsize n;

  while (self->phase != PHASE_SHUT && !self->ready)
    if (!advance (self, &result, error))
      return result;

  if (self->phase == PHASE_SHUT)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the connection is closed");
      return -1;
    }

  n = MIN (count, self->ready->len - self->at);
  memcpy (buffer, self->ready->data + self->at, n);
  self->at += n;
  drop_passed (self);

  return n;
}

/* Whether a read would tell something without asking the base, now or in the next turn. */
static gboolean
is_ready_by_itself (gpointer stream)
{
  WeftWebsocketGuardInput *self = stream;

  return self->phase == PHASE_SHUT || self->is_turn_over || self->ready
         || (self->watch && weft_websocket_watch_saw (self->watch));
}

static gboolean
weft_websocket_guard_input_is_readable (GPollableInputStream *stream)
{
  WeftWebsocketGuardInput *self = WEFT_WEBSOCKET_GUARD_INPUT (stream);

  if (self->phase == PHASE_SHUT || self->ready)
    return TRUE;

  return !self->is_turn_over && g_pollable_input_stream_is_readable (self->base);
}

static const WeftWebsocketSourceFuncs source_funcs = {
  .is_ready = is_ready_by_itself,
  .start_turn = start_turn,
  .end_turn = end_turn,
};

static GSource *
weft_websocket_guard_input_create_source (GPollableInputStream *stream,
                                          GCancellable         *cancellable)
{
  WeftWebsocketGuardInput *self = WEFT_WEBSOCKET_GUARD_INPUT (stream);
  GObject *base = NULL;

  if (self->phase != PHASE_SHUT && !self->watch && G_IS_FILE_DESCRIPTOR_BASED (self->base))
    self->watch = weft_websocket_watch_new (
        g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (self->base)));
  /* What is shut is ready by itself. */
  if (self->phase != PHASE_SHUT && !self->watch)
    base = G_OBJECT (self->base);

  return weft_websocket_source_new (G_OBJECT (self), &source_funcs, base, G_IO_IN, cancellable);
}

static gssize
weft_websocket_guard_input_read (GInputStream  *stream,
                                 void          *buffer,
                                 gsize          count,
                                 GCancellable  *cancellable,
                                 GError       **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "a guarded connection never blocks");

  return -1;
}

static void
give_way (gpointer user_data)
{
  WeftWebsocketGuardInput *self = user_data;
  g_autoptr(GError) fault = NULL;

  fault = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                               "expected messages that end, got too many that have not");
  if (self->phase == PHASE_FRAMES)
    fail (self, fault);
  self->crowded_func (self->user_data);
}

static void
weft_websocket_guard_input_finalize (GObject *object)
{
  WeftWebsocketGuardInput *self = WEFT_WEBSOCKET_GUARD_INPUT (object);

  weft_websocket_guard_input_shut (self);
  g_queue_clear_full (&self->messages, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->pool, weft_websocket_pool_unref);
  g_clear_object (&self->base);
  g_clear_object (&self->output);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (weft_websocket_guard_input_parent_class)->finalize (object);
}

static void
weft_websocket_guard_input_class_init (WeftWebsocketGuardInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_websocket_guard_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = weft_websocket_guard_input_read;
}

static void
pollable_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = weft_websocket_guard_input_is_readable;
  iface->create_source = weft_websocket_guard_input_create_source;
  iface->read_nonblocking = weft_websocket_guard_input_read_nonblocking;
}

static void
weft_websocket_guard_input_init (WeftWebsocketGuardInput *self)
{
  start_turn (self);
  self->is_in_turn = FALSE;
  g_queue_init (&self->messages);
}

WeftWebsocketGuardInput *
weft_websocket_guard_input_new (GPollableInputStream     *base,
                                WeftWebsocketGuardOutput *output,
                                WeftClock                *clock,
                                WeftWebsocketPool        *pool,
                                gboolean                  is_server,
                                WeftWebsocketFaultFunc    fault_func,
                                WeftWebsocketNoticeFunc   opened_func,
                                WeftWebsocketNoticeFunc   crowded_func,
                                gpointer                  user_data)
{
  WeftWebsocketGuardInput *self = g_object_new (WEFT_TYPE_WEBSOCKET_GUARD_INPUT, NULL);

  g_assert (fault_func != NULL);
  g_assert (opened_func != NULL);
  g_assert (crowded_func != NULL);

  self->base = g_object_ref (base);
  self->output = g_object_ref (output);
  self->clock = g_object_ref (clock);
  self->pool = weft_websocket_pool_ref (pool);
  self->share = weft_websocket_pool_join (pool, give_way, self);
  self->is_server = is_server;
  self->fault_func = fault_func;
  self->opened_func = opened_func;
  self->crowded_func = crowded_func;
  self->user_data = user_data;
  weft_websocket_frames_init_judge (&self->frames, is_server, WEFT_LIMIT_MESSAGE_BYTES_MAX);

  return self;
}

void
weft_websocket_guard_input_set_message_func (WeftWebsocketGuardInput  *self,
                                             WeftWebsocketMessageFunc  func,
                                             gpointer                  user_data)
{
  self->message_func = func;
  self->message_data = user_data;
  if (func == NULL)
    g_queue_clear_full (&self->messages, (GDestroyNotify) g_bytes_unref);
}

/* Who takes a message may do anything, also shut this, or take no more. What came before the end is
 * delivered after it. */
void
weft_websocket_guard_input_deliver (WeftWebsocketGuardInput *self)
{
  g_autoptr(WeftWebsocketGuardInput) alive = NULL;

  if (g_queue_is_empty (&self->messages))
    return;

  alive = g_object_ref (self);
  while (!g_queue_is_empty (&self->messages))
    {
      g_autoptr(GBytes) message = g_queue_pop_head (&self->messages);

      self->message_func (message, self->message_data);
    }
}

/* From now on every read fails; who waits for one is woken. */
void
weft_websocket_guard_input_shut (WeftWebsocketGuardInput *self)
{
  WeftWebsocketShare *share = g_steal_pointer (&self->share);

  self->phase = PHASE_SHUT;
  drop_buffers (self);
  g_clear_pointer (&self->watch, weft_websocket_watch_free);
  if (share)
    weft_websocket_pool_leave (self->pool, share);
}
