/* weft-websocket-watch.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-watch-private.h"

/* libsoup makes a new source after each read. A main context writes to the descriptor that wakes
 * it whenever a descriptor to poll comes or goes, also from within the loop, which then goes round
 * once more for nothing. So the descriptor of a connection has a source of its own, that stays. It
 * is never dispatched: when it was asked, it knows, and tells the sources that come after it. (The
 * newer kind of descriptor of a source would have it dispatched.) */
struct _WeftWebsocketWatch
{
  GSource parent;

  GPollFD poll;
  gboolean has_seen;
  gboolean is_paused; /* what was seen is not read yet, and would be seen all the time */
};

static void
set_paused (WeftWebsocketWatch *self,
            gboolean            is_paused)
{
  if (self->is_paused == is_paused)
    return;

  self->is_paused = is_paused;
  self->poll.revents = 0;
  if (is_paused)
    g_source_remove_poll (&self->parent, &self->poll);
  else
    g_source_add_poll (&self->parent, &self->poll);
}

static gboolean
watch_prepare (GSource *source,
               int     *timeout_msec)
{
  WeftWebsocketWatch *self = (WeftWebsocketWatch *) source;

  *timeout_msec = -1;
  set_paused (self, self->has_seen);

  return FALSE;
}

static gboolean
watch_check (GSource *source)
{
  WeftWebsocketWatch *self = (WeftWebsocketWatch *) source;

  if (self->poll.revents != 0)
    self->has_seen = TRUE;

  return FALSE;
}

static gboolean
watch_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs watch_funcs = {
  .prepare = watch_prepare,
  .check = watch_check,
  .dispatch = watch_dispatch,
};

WeftWebsocketWatch *
weft_websocket_watch_new (int fd)
{
  GSource *source = g_source_new (&watch_funcs, sizeof (WeftWebsocketWatch));
  WeftWebsocketWatch *self = (WeftWebsocketWatch *) source;

  g_assert (fd >= 0);

  g_source_set_static_name (source, "[weft] websocket watch");
  self->poll = (GPollFD) { fd, G_IO_IN | G_IO_HUP | G_IO_ERR, 0 };
  g_source_add_poll (source, &self->poll);
  g_source_attach (source, g_main_context_get_thread_default ());

  return self;
}

void
weft_websocket_watch_free (WeftWebsocketWatch *self)
{
  g_source_destroy (&self->parent);
  g_source_unref (&self->parent);
}

gboolean
weft_websocket_watch_saw (WeftWebsocketWatch *self)
{
  return self->has_seen;
}

void
weft_websocket_watch_go_on (WeftWebsocketWatch *self)
{
  self->has_seen = FALSE;
}
