/* weft-websocket-turnstile.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-turnstile-private.h"

/* Lets only so many do something at once; the others wait in line. Next is the first in line
 * whose address has the fewest inside, so that many from one address cannot hold up the rest.
 * The line is as short as the crowd's limit of arrivals, so looking through it is cheap. */
struct _WeftWebsocketTurnstile
{
  guint running_max;
  GPtrArray *running; /* (element-type WeftWebsocketTurn) (unowned) */
  GPtrArray *waiting; /* (element-type WeftWebsocketTurn) (unowned), first come first */
};

struct _WeftWebsocketTurn
{
  char *address;
  WeftWebsocketTurnFunc func;
  gpointer user_data;
};

WeftWebsocketTurnstile *
weft_websocket_turnstile_new (guint running_max)
{
  WeftWebsocketTurnstile *self = g_new (WeftWebsocketTurnstile, 1);

  g_assert (running_max > 0);

  *self = (WeftWebsocketTurnstile) { running_max, g_ptr_array_new (), g_ptr_array_new () };

  return self;
}

void
weft_websocket_turnstile_free (WeftWebsocketTurnstile *self)
{
  g_assert (self->running->len == 0);
  g_assert (self->waiting->len == 0);

  g_ptr_array_unref (self->running);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

static guint
count_running (WeftWebsocketTurnstile *self,
               const char             *address)
{
  guint n = 0;

  for (guint i = 0; i < self->running->len; i++)
    {
      WeftWebsocketTurn *turn = g_ptr_array_index (self->running, i);

      n += g_str_equal (turn->address, address);
    }

  return n;
}

/* Lets the next one in, if there is one and a place. */
void
weft_websocket_turnstile_advance (WeftWebsocketTurnstile *self)
{
  WeftWebsocketTurn *next = NULL;
  guint n_fewest = G_MAXUINT;

  if (self->running->len == self->running_max)
    return;

  for (guint i = 0; i < self->waiting->len; i++)
    {
      WeftWebsocketTurn *turn = g_ptr_array_index (self->waiting, i);
      guint n = count_running (self, turn->address);

      if (n < n_fewest)
        {
          next = turn;
          n_fewest = n;
        }
    }
  if (!next)
    return;

  g_ptr_array_remove (self->waiting, next);
  g_ptr_array_add (self->running, next);
  next->func (next->user_data);
}

/* Stands in line; @func is called by weft_websocket_turnstile_advance().
 *
 * Returns: (transfer none): the place, to be given to weft_websocket_turnstile_leave() */
WeftWebsocketTurn *
weft_websocket_turnstile_enter (WeftWebsocketTurnstile *self,
                                const char             *address,
                                WeftWebsocketTurnFunc   func,
                                gpointer                user_data)
{
  WeftWebsocketTurn *turn = g_new (WeftWebsocketTurn, 1);

  *turn = (WeftWebsocketTurn) { g_strdup (address), func, user_data };
  g_ptr_array_add (self->waiting, turn);

  return turn;
}

/* Gives up a place, in line or inside. */
void
weft_websocket_turnstile_leave (WeftWebsocketTurnstile *self,
                                WeftWebsocketTurn      *turn)
{
  gboolean was_here = g_ptr_array_remove (self->waiting, turn)
                      || g_ptr_array_remove (self->running, turn);

  g_assert (was_here);

  g_free (turn->address);
  g_free (turn);
  weft_websocket_turnstile_advance (self);
}

guint
weft_websocket_turnstile_get_running (WeftWebsocketTurnstile *self)
{
  return self->running->len;
}
