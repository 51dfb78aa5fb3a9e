/* weft-websocket-pool.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-pool-private.h"

#include <weft.h>

/* For the peers that are told something in one turn of the loop. */
#define SPARES_MAX 8
/* A buffer that had to hold more goes, so that one large message is not kept for ever. */
#define SPARE_BYTES_MAX (2 * WEFT_LIMIT_READ_BUDGET_BYTES)

/* The memory that unfinished messages hold, of all connections of a transport.
 *
 * Each may hold a whole message; were they to do so all at once, and never end, it would be
 * gigabytes. Past the limit the one that has gone longest without progress gives way: an honest
 * sender always makes some. */
struct _WeftWebsocketPool
{
  gsize bytes_max;
  gsize bytes;
  GQueue shares; /* (element-type WeftWebsocketShare): least recently changed first */
  GByteArray *spares[SPARES_MAX]; /* buffers that nobody needs now */
  guint n_spares;
  WeftWebsocketTurn *turn; /* (nullable): of the loop, once somebody sends */
  guint8 scratch[WEFT_LIMIT_READ_BUDGET_BYTES];
};

struct _WeftWebsocketShare
{
  GList link;
  WeftWebsocketPoolFunc func;
  gpointer user_data;
  gsize bytes;
};

WeftWebsocketPool *
weft_websocket_pool_new (gsize bytes_max)
{
  WeftWebsocketPool *self = g_rc_box_new0 (WeftWebsocketPool);

  g_assert (bytes_max > 0);

  self->bytes_max = bytes_max;
  g_queue_init (&self->shares);

  return self;
}

WeftWebsocketPool *
weft_websocket_pool_ref (WeftWebsocketPool *self)
{
  return g_rc_box_acquire (self);
}

static void
pool_clear (gpointer data)
{
  WeftWebsocketPool *self = data;

  g_assert (g_queue_is_empty (&self->shares));
  g_assert (self->bytes == 0);
  while (self->n_spares > 0)
    g_byte_array_unref (self->spares[--self->n_spares]);
  g_clear_pointer (&self->turn, weft_websocket_turn_free);
}

void
weft_websocket_pool_unref (WeftWebsocketPool *self)
{
  g_rc_box_release_full (self, pool_clear);
}

/* Returns: (transfer none): a share of nothing yet, to be given to weft_websocket_pool_leave() */
WeftWebsocketShare *
weft_websocket_pool_join (WeftWebsocketPool     *self,
                          WeftWebsocketPoolFunc  func,
                          gpointer               user_data)
{
  WeftWebsocketShare *share = g_new0 (WeftWebsocketShare, 1);

  share->link.data = share;
  share->func = func;
  share->user_data = user_data;
  g_queue_push_tail_link (&self->shares, &share->link);

  return share;
}

void
weft_websocket_pool_leave (WeftWebsocketPool  *self,
                           WeftWebsocketShare *share)
{
  g_assert (self->bytes >= share->bytes);

  self->bytes -= share->bytes;
  g_queue_unlink (&self->shares, &share->link);
  g_free (share);
}

static WeftWebsocketShare *
choose_victim (WeftWebsocketPool *self)
{
  for (GList *link = self->shares.head; link; link = link->next)
    {
      WeftWebsocketShare *share = link->data;

      if (share->bytes > 0)
        return share;
    }

  return NULL;
}

/* Says how much @share holds now. Others may have to leave for that, or @share itself. */
void
weft_websocket_pool_set (WeftWebsocketPool  *self,
                         WeftWebsocketShare *share,
                         gsize               bytes)
{
  if (bytes == share->bytes)
    return;

  self->bytes = self->bytes - share->bytes + bytes;
  share->bytes = bytes;
  g_queue_unlink (&self->shares, &share->link);
  g_queue_push_tail_link (&self->shares, &share->link);

  while (self->bytes > self->bytes_max)
    {
      WeftWebsocketShare *victim = choose_victim (self);
      guint n_shares = self->shares.length;

      g_assert (victim != NULL);
      victim->func (victim->user_data);
      g_assert (self->shares.length < n_shares);
    }
}

gsize
weft_websocket_pool_get_bytes (WeftWebsocketPool *self)
{
  return self->bytes;
}

/* Room for what one read brings, WEFT_LIMIT_READ_BUDGET_BYTES; its content ends with the turn. To
 * allocate that much for each read, most of which bring little, would cost more than the read. */
guint8 *
weft_websocket_pool_get_scratch (WeftWebsocketPool *self)
{
  return self->scratch;
}

/* The turn of the loop, for all connections. */
WeftWebsocketTurn *
weft_websocket_pool_get_turn (WeftWebsocketPool *self)
{
  if (!self->turn)
    self->turn = weft_websocket_turn_new ();

  return self->turn;
}

/* Room for what one connection passes on or sends, which nearly always is gone soon. A large block
 * makes malloc() tidy up all its small ones, which costs more than the read. */
GByteArray *
weft_websocket_pool_take_buffer (WeftWebsocketPool *self)
{
  return self->n_spares > 0 ? self->spares[--self->n_spares] : g_byte_array_new ();
}

/* Takes what came from weft_websocket_pool_take_buffer(), or any other. */
void
weft_websocket_pool_give_buffer (WeftWebsocketPool *self,
                                 GByteArray        *buffer)
{
  if (self->n_spares == SPARES_MAX || buffer->len > SPARE_BYTES_MAX)
    {
      g_byte_array_unref (buffer);
      return;
    }
  g_byte_array_set_size (buffer, 0);
  self->spares[self->n_spares++] = buffer;
}
