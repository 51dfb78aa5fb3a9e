/* weft-websocket-turn.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-turn-private.h"

/* A source that becomes ready has the loop look at all descriptors, come back and look at all
 * sources, only to be called. What needs nobody else is done when it is asked whether it is ready
 * instead, which it never is. */
struct _WeftWebsocketTurn
{
  GSource parent;

  GQueue line; /* (element-type WeftWebsocketTurnPlace) (unowned) */
};

static gboolean
turn_prepare (GSource *source,
              int     *timeout_msec)
{
  WeftWebsocketTurn *self = (WeftWebsocketTurn *) source;

  *timeout_msec = -1;
  while (!g_queue_is_empty (&self->line))
    {
      WeftWebsocketTurnPlace *place = g_queue_peek_head (&self->line);

      weft_websocket_turn_leave (self, place);
      place->func (place->user_data);
    }

  return FALSE;
}

static gboolean
turn_check (GSource *source)
{
  return FALSE;
}

static gboolean
turn_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs turn_funcs = {
  .prepare = turn_prepare,
  .check = turn_check,
  .dispatch = turn_dispatch,
};

WeftWebsocketTurn *
weft_websocket_turn_new (void)
{
  GSource *source = g_source_new (&turn_funcs, sizeof (WeftWebsocketTurn));
  WeftWebsocketTurn *self = (WeftWebsocketTurn *) source;

  g_queue_init (&self->line);
  g_source_set_static_name (source, "[weft] websocket turn");
  /* Sources that are less urgent than one that is ready are not asked. */
  g_source_set_priority (source, G_PRIORITY_HIGH);
  g_source_attach (source, g_main_context_get_thread_default ());

  return self;
}

void
weft_websocket_turn_free (WeftWebsocketTurn *self)
{
  g_assert (g_queue_is_empty (&self->line));

  g_source_destroy (&self->parent);
  g_source_unref (&self->parent);
}

/* Who is in the line already stays where it is. */
void
weft_websocket_turn_enter (WeftWebsocketTurn      *self,
                           WeftWebsocketTurnPlace *place)
{
  g_assert (place->func != NULL);

  if (place->link.data != NULL)
    return;
  place->link.data = place;
  g_queue_push_tail_link (&self->line, &place->link);
}

void
weft_websocket_turn_leave (WeftWebsocketTurn      *self,
                           WeftWebsocketTurnPlace *place)
{
  if (place->link.data == NULL)
    return;
  g_queue_unlink (&self->line, &place->link);
  place->link.data = NULL;
}
