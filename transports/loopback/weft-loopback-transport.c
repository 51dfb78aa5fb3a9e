/* weft-loopback-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <weft.h>

#include "weft-loopback-channel-private.h"

/**
 * WeftLoopbackTransport:
 *
 * A [iface@Weft.Transport] between peers in one thread of one process.
 *
 * Addresses are numbers, `/memory/1`; listening at `/memory/0` takes one that is free. Messages go
 * through the clock of the side that receives them, so the order in which things happen depends on
 * nothing else. It is for tests, and for programs that want several nodes in one.
 *
 * Since: 0.1
 */
struct _WeftLoopbackTransport
{
  WeftChannelTransport parent_instance;

  GArray *numbers; /* (element-type guint64): where it listens */
};

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftLoopbackTransport, weft_loopback_transport,
                               WEFT_TYPE_CHANNEL_TRANSPORT,
                               weft_transport_register (g_define_type_id, "loopback"))

/* Who listens where in this thread: a transport belongs to one. */
typedef struct
{
  GTree *listeners; /* (element-type guint64 WeftLoopbackTransport) (unowned) */
  guint64 last_number;
} Exchange;

static void
exchange_free (gpointer data)
{
  Exchange *exchange = data;

  g_tree_unref (exchange->listeners);
  g_free (exchange);
}

static GPrivate thread_exchange = G_PRIVATE_INIT (exchange_free);

static int
compare_numbers (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  guint64 left = *(const guint64 *) a;
  guint64 right = *(const guint64 *) b;

  return left < right ? -1 : left > right;
}

static Exchange *
get_exchange (void)
{
  Exchange *exchange = g_private_get (&thread_exchange);

  if (exchange == NULL)
    {
      exchange = g_new0 (Exchange, 1);
      exchange->listeners = g_tree_new_full (compare_numbers, NULL, g_free, NULL);
      g_private_set (&thread_exchange, exchange);
    }

  return exchange;
}

static guint64
find_free_number (Exchange *exchange)
{
  do
    exchange->last_number++;
  while (g_tree_lookup (exchange->listeners, &exchange->last_number) != NULL);

  return exchange->last_number;
}

static WeftMultiaddr *
weft_loopback_transport_listen (WeftChannelTransport *transport,
                                WeftMultiaddr        *address,
                                GError              **error)
{
  WeftLoopbackTransport *self = WEFT_LOOPBACK_TRANSPORT (transport);
  Exchange *exchange = get_exchange ();
  guint64 number;

  if (weft_multiaddr_get_scheme (address) != WEFT_MULTIADDR_SCHEME_MEMORY)
    {
      g_autofree char *text = weft_multiaddr_to_string (address);

      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "an address such as /memory/1 was expected, got %s", text);
      return NULL;
    }
  number = weft_multiaddr_get_number (address);
  if (number == 0)
    number = find_free_number (exchange);
  if (g_tree_lookup (exchange->listeners, &number) != NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
                   "somebody listens at /memory/%" G_GUINT64_FORMAT " already", number);
      return NULL;
    }

  g_tree_insert (exchange->listeners, g_memdup2 (&number, sizeof number), self);
  g_array_append_val (self->numbers, number);

  return weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_MEMORY, number);
}

static void
weft_loopback_transport_dial (WeftChannelTransport *transport,
                              WeftMultiaddr        *address,
                              guint64               dial_id)
{
  guint64 number = weft_multiaddr_get_number (address);
  g_autoptr (WeftLoopbackChannel) ours = NULL;
  g_autoptr (WeftLoopbackChannel) theirs = NULL;
  g_autoptr (GError) error = NULL;
  WeftChannelTransport *listener = NULL;

  if (weft_multiaddr_get_scheme (address) == WEFT_MULTIADDR_SCHEME_MEMORY)
    listener = g_tree_lookup (get_exchange ()->listeners, &number);
  if (listener == NULL)
    {
      g_set_error_literal (&error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "nobody listens there");
      weft_channel_transport_dialled (transport, dial_id, NULL, error);
      return;
    }

  weft_loopback_channel_new_pair (weft_channel_transport_get_clock (transport),
                                  weft_channel_transport_get_clock (listener), &ours, &theirs);
  weft_channel_transport_accepted (listener, WEFT_CHANNEL (theirs));
  weft_channel_transport_dialled (transport, dial_id, WEFT_CHANNEL (ours), NULL);
}

static void
weft_loopback_transport_stop (WeftChannelTransport *transport)
{
  WeftLoopbackTransport *self = WEFT_LOOPBACK_TRANSPORT (transport);

  for (guint i = 0; i < self->numbers->len; i++)
    g_tree_remove (get_exchange ()->listeners, &g_array_index (self->numbers, guint64, i));
  g_array_set_size (self->numbers, 0);
}

static void
weft_loopback_transport_finalize (GObject *object)
{
  WeftLoopbackTransport *self = WEFT_LOOPBACK_TRANSPORT (object);

  g_clear_pointer (&self->numbers, g_array_unref);

  G_OBJECT_CLASS (weft_loopback_transport_parent_class)->finalize (object);
}

static void
weft_loopback_transport_class_init (WeftLoopbackTransportClass *klass)
{
  WeftChannelTransportClass *transport_class = WEFT_CHANNEL_TRANSPORT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = weft_loopback_transport_finalize;
  transport_class->listen_channels = weft_loopback_transport_listen;
  transport_class->dial_channel = weft_loopback_transport_dial;
  transport_class->stop = weft_loopback_transport_stop;
}

static void
weft_loopback_transport_init (WeftLoopbackTransport *self)
{
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
}

/**
 * weft_loopback_transport_new: (constructor)
 * @identity: the key with which this side proves who it is
 * @network: the name of the network
 * @role: whether this side serves others or only asks
 * @clock: the time by which messages and deadlines come
 * @random: the chance from which nonces are drawn
 *
 * Makes a transport within this thread.
 *
 * Returns: (transfer full) (type WeftLoopbackTransport): a new transport
 *
 * Since: 0.1
 */
WeftLoopbackTransport *
weft_loopback_transport_new (WeftIdentity *identity,
                             const char   *network,
                             WeftPeerRole  role,
                             WeftClock    *clock,
                             WeftRandom   *random)
{
  g_return_val_if_fail (WEFT_IS_IDENTITY (identity), NULL);
  g_return_val_if_fail (network != NULL, NULL);
  g_return_val_if_fail (WEFT_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (WEFT_IS_RANDOM (random), NULL);

  return g_object_new (WEFT_TYPE_LOOPBACK_TRANSPORT,
                       "identity", identity,
                       "network", network,
                       "role", role,
                       "clock", clock,
                       "random", random,
                       NULL);
}
