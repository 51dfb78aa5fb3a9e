/* weft-websocket-source.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-source-private.h"

#include <gio/gfiledescriptorbased.h>

/* A main context that calls a source which may not recurse takes its descriptors out first and puts
 * them back afterwards, and writes to the descriptor that wakes it each time; and so it does for a
 * source with descriptors that comes or goes. All this to wake a loop that is not asleep, which
 * then goes round once more for nothing. So over a socket this source may recurse, as far as the
 * context knows, and sees to it by itself that it does not; and it has a descriptor from the first
 * time on that something has to be waited for. Over TLS it is as any other. */
typedef struct
{
  GSource parent;

  GObject *stream;
  const WeftWebsocketSourceFuncs *funcs;
  GIOCondition condition;
  int fd;       /* -1: a child waits for the base */
  gpointer tag; /* (nullable): of the descriptor */
  gboolean is_called;
  gboolean is_paused; /* the descriptor is not looked at, as the callback runs the loop */
} Source;

static void
watch (Source       *self,
       GIOCondition  condition)
{
  if (self->fd < 0)
    return;
  if (self->tag == NULL)
    self->tag = g_source_add_unix_fd (&self->parent, self->fd, condition);
  else
    g_source_modify_unix_fd (&self->parent, self->tag, condition);
}

static gboolean
source_prepare (GSource *source,
                int     *timeout_msec)
{
  Source *self = (Source *) source;

  *timeout_msec = -1;
  if (self->is_called)
    {
      if (self->tag != NULL && !self->is_paused)
        watch (self, 0);
      self->is_paused = TRUE;
      return FALSE;
    }
  if (self->funcs->is_ready (self->stream))
    return TRUE;
  if (self->tag == NULL || self->is_paused)
    watch (self, self->condition);
  self->is_paused = FALSE;

  return FALSE;
}

static gboolean
source_check (GSource *source)
{
  Source *self = (Source *) source;

  if (self->is_called)
    return FALSE;

  return self->funcs->is_ready (self->stream) ||
         (self->tag != NULL && g_source_query_unix_fd (source, self->tag) != 0);
}

static gboolean
source_dispatch (GSource     *source,
                 GSourceFunc  callback,
                 gpointer     user_data)
{
  Source *self = (Source *) source;
  GPollableSourceFunc func = (GPollableSourceFunc) callback;
  gboolean goes_on;

  /* A child that is cancelled makes its parent ready without asking it. */
  if (self->is_called)
    return G_SOURCE_CONTINUE;

  self->is_called = TRUE;
  if (self->funcs->start_turn != NULL)
    self->funcs->start_turn (self->stream);
  goes_on = func (self->stream, user_data);
  if (self->funcs->end_turn != NULL)
    self->funcs->end_turn (self->stream);
  self->is_called = FALSE;

  return goes_on;
}

static void
source_finalize (GSource *source)
{
  g_clear_object (&((Source *) source)->stream);
}

/* Who wraps the stream makes our source the child of theirs, which takes a closure. */
static gboolean
source_closure_cb (GObject *stream,
                   gpointer user_data)
{
  g_auto (GValue) parameter = G_VALUE_INIT;
  g_auto (GValue) result = G_VALUE_INIT;

  g_value_init (&parameter, G_OBJECT_TYPE (stream));
  g_value_set_object (&parameter, stream);
  g_value_init (&result, G_TYPE_BOOLEAN);
  g_closure_invoke (user_data, &result, 1, &parameter, NULL);

  return g_value_get_boolean (&result);
}

static GSourceFuncs source_funcs = {
  .prepare = source_prepare,
  .check = source_check,
  .dispatch = source_dispatch,
  .finalize = source_finalize,
  .closure_callback = (GSourceFunc) source_closure_cb,
};

static void
add_child (GSource *self,
           GSource *child)
{
  g_source_set_dummy_callback (child);
  g_source_add_child_source (self, child);
  g_source_unref (child);
}

GSource *
weft_websocket_source_new (GObject                        *stream,
                           const WeftWebsocketSourceFuncs *funcs,
                           GObject                        *base,
                           GIOCondition                    condition,
                           GCancellable                   *cancellable)
{
  GSource *source = g_source_new (&source_funcs, sizeof (Source));
  Source *self = (Source *) source;

  self->stream = g_object_ref (stream);
  self->funcs = funcs;
  self->condition = condition | G_IO_HUP | G_IO_ERR;
  self->fd = -1;
  g_source_set_static_name (source, "[weft] websocket guard");
  if (base != NULL && G_IS_FILE_DESCRIPTOR_BASED (base))
    {
      self->fd = g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (base));
      g_source_set_can_recurse (source, TRUE);
    }
  else if (G_IS_POLLABLE_INPUT_STREAM (base))
    add_child (source, g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (base),
                                                              NULL));
  else if (G_IS_POLLABLE_OUTPUT_STREAM (base))
    add_child (source, g_pollable_output_stream_create_source (G_POLLABLE_OUTPUT_STREAM (base),
                                                               NULL));
  if (cancellable != NULL)
    add_child (source, g_cancellable_source_new (cancellable));

  return source;
}
