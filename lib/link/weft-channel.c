/* weft-channel.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-channel-private.h"

/**
 * WeftChannel:
 *
 * A connection that carries whole messages, in order, between two programs.
 *
 * This is all that a kind of connection has to provide for [class@Weft.ChannelTransport] to make
 * peers of it. What a channel keeps to:
 *
 * 1. Messages are UTF-8 texts of at most 8 MiB. What the other side sends arrives whole and in
 *    order, as [signal@Weft.Channel::received], or the channel closes.
 * 2. [signal@Weft.Channel::closed] is emitted once, last, and always: after a failure, after the
 *    other side has closed, and after [method@Weft.Channel.close], even when the other side never
 *    answers that. A closing channel keeps itself alive until then.
 * 3. Neither signal is ever emitted from within a call of one of the methods.
 * 4. What was sent before [method@Weft.Channel.close] still leaves first, as far as the other side
 *    reads it in reasonable time.
 * 5. All happens on one thread and in one main context.
 *
 * Since: 0.1
 */

typedef struct
{
  gboolean is_closing;
  gboolean is_closed;
  WeftChannelReceiver receiver; /* instead of the signal, or NULL */
  gpointer receiver_data;
} WeftChannelPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (WeftChannel, weft_channel, G_TYPE_OBJECT)

enum
{
  RECEIVED,
  CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static GBytes *
weft_channel_real_get_binding (WeftChannel *self)
{
  return NULL;
}

static gsize
weft_channel_real_get_queued_bytes (WeftChannel *self)
{
  return 0;
}

static void
weft_channel_class_init (WeftChannelClass *klass)
{
  klass->get_binding = weft_channel_real_get_binding;
  klass->get_queued_bytes = weft_channel_real_get_queued_bytes;

  /**
   * WeftChannel::received:
   * @self: the channel
   * @message: a whole message
   *
   * The other side has sent a message. It is not emitted while a [class@Weft.ChannelTransport]
   * speaks on the channel, which is handed the message by a call.
   *
   * Since: 0.1
   */
  signals[RECEIVED]
    = g_signal_new ("received", WEFT_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_BYTES);
  /**
   * WeftChannel::closed:
   * @self: the channel
   * @error: (nullable): why, with the reason of the other side if it gave one
   *
   * The channel is gone; nothing comes after this.
   *
   * Since: 0.1
   */
  signals[CLOSED]
    = g_signal_new ("closed", WEFT_TYPE_CHANNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
weft_channel_init (WeftChannel *self)
{
}

/**
 * weft_channel_send:
 * @self: a channel
 * @message: a whole message
 *
 * Queues a message for the other side. It never blocks and never fails: a channel that cannot
 * send closes. What is sent after [method@Weft.Channel.close] goes nowhere.
 *
 * Since: 0.1
 */
void
weft_channel_send (WeftChannel *self,
                   GBytes      *message)
{
  WeftChannelPrivate *priv;

  g_return_if_fail (WEFT_IS_CHANNEL (self));
  g_return_if_fail (message != NULL);

  priv = weft_channel_get_instance_private (self);
  if (!priv->is_closing && !priv->is_closed)
    WEFT_CHANNEL_GET_CLASS (self)->send (self, message);
}

/**
 * weft_channel_close:
 * @self: a channel
 * @reason: a short text for the other side
 *
 * Starts closing; [signal@Weft.Channel::closed] tells when it is done. Calling it again does
 * nothing.
 *
 * Since: 0.1
 */
void
weft_channel_close (WeftChannel *self,
                    const char  *reason)
{
  WeftChannelPrivate *priv;

  g_return_if_fail (WEFT_IS_CHANNEL (self));
  g_return_if_fail (reason != NULL);

  priv = weft_channel_get_instance_private (self);
  if (priv->is_closing || priv->is_closed)
    return;

  priv->is_closing = TRUE;
  WEFT_CHANNEL_GET_CLASS (self)->close (self, reason);
}

/**
 * weft_channel_get_binding:
 * @self: a channel
 *
 * Gets what both ends of an encrypted connection know and nobody else can choose, so that a proof
 * of identity can be bound to it.
 *
 * Returns: (transfer full) (nullable): the TLS channel binding, or %NULL without TLS
 *
 * Since: 0.1
 */
GBytes *
weft_channel_get_binding (WeftChannel *self)
{
  g_return_val_if_fail (WEFT_IS_CHANNEL (self), NULL);

  return WEFT_CHANNEL_GET_CLASS (self)->get_binding (self);
}

/**
 * weft_channel_get_queued_bytes:
 * @self: a channel
 *
 * Gets how many bytes were sent but have not left this process, because the other side reads
 * slowly.
 *
 * Returns: a number of bytes
 *
 * Since: 0.1
 */
gsize
weft_channel_get_queued_bytes (WeftChannel *self)
{
  g_return_val_if_fail (WEFT_IS_CHANNEL (self), 0);

  return WEFT_CHANNEL_GET_CLASS (self)->get_queued_bytes (self);
}

/**
 * weft_channel_emit_received:
 * @self: a channel
 * @message: a whole message
 *
 * Hands a message to the transport that speaks on the channel or, where there is none, emits
 * [signal@Weft.Channel::received]. This is for implementations.
 *
 * Since: 0.1
 */
void
weft_channel_emit_received (WeftChannel *self,
                            GBytes      *message)
{
  WeftChannelPrivate *priv;

  g_return_if_fail (WEFT_IS_CHANNEL (self));
  g_return_if_fail (message != NULL);

  priv = weft_channel_get_instance_private (self);
  if (priv->is_closed)
    return;
  if (priv->receiver == NULL)
    {
      g_signal_emit (self, signals[RECEIVED], 0, message);
      return;
    }

  g_object_ref (self);
  priv->receiver (self, message, priv->receiver_data);
  g_object_unref (self);
}

void
weft_channel_set_receiver (WeftChannel         *self,
                           WeftChannelReceiver  receiver,
                           gpointer             user_data)
{
  WeftChannelPrivate *priv = weft_channel_get_instance_private (self);

  priv->receiver = receiver;
  priv->receiver_data = user_data;
}

/**
 * weft_channel_emit_closed:
 * @self: a channel
 * @error: (nullable): why
 *
 * Emits [signal@Weft.Channel::closed], unless that was done before. This is for implementations.
 *
 * Since: 0.1
 */
void
weft_channel_emit_closed (WeftChannel  *self,
                          const GError *error)
{
  WeftChannelPrivate *priv;

  g_return_if_fail (WEFT_IS_CHANNEL (self));

  priv = weft_channel_get_instance_private (self);
  if (priv->is_closed)
    return;

  priv->is_closed = TRUE;
  g_signal_emit (self, signals[CLOSED], 0, error);
}
