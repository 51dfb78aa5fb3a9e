/* fake-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "fake-transport.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (FakeChannel, fake_channel, WEFT_TYPE_CHANNEL)
G_DEFINE_FINAL_TYPE (FakeTransport, fake_transport, WEFT_TYPE_CHANNEL_TRANSPORT)

static gboolean
on_idle (gpointer user_data)
{
  FakeChannel *self = user_data;
  GBytes *message;

  self->source_id = 0;
  while ((message = g_queue_pop_head (&self->arriving)) != NULL)
    {
      g_autoptr (GBytes) owned = message;

      weft_channel_emit_received (WEFT_CHANNEL (self), message);
    }
  if (self->is_over)
    weft_channel_emit_closed (WEFT_CHANNEL (self), NULL);

  return G_SOURCE_REMOVE;
}

static void
wake (FakeChannel *self)
{
  if (self->source_id == 0 && !self->is_frozen)
    self->source_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, g_object_ref (self),
                                       g_object_unref);
}

static void
fake_channel_send (WeftChannel *channel,
                   GBytes      *message)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  if (self->is_frozen)
    return;
  if (self->other == NULL)
    {
      g_ptr_array_add (self->sent, g_strndup (g_bytes_get_data (message, NULL),
                                              g_bytes_get_size (message)));
      return;
    }
  g_queue_push_tail (&self->other->arriving, g_bytes_ref (message));
  wake (self->other);
}

static void
fake_channel_close (WeftChannel *channel,
                    const char  *reason)
{
  FakeChannel *self = FAKE_CHANNEL (channel);

  self->close_reason = g_strdup (reason);
  self->is_over = TRUE;
  wake (self);
  if (self->other != NULL && !self->is_frozen)
    {
      self->other->is_over = TRUE;
      wake (self->other);
    }
}

static void
fake_channel_finalize (GObject *object)
{
  FakeChannel *self = FAKE_CHANNEL (object);

  if (self->other != NULL)
    self->other->other = NULL;
  g_queue_clear_full (&self->arriving, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&self->sent, g_ptr_array_unref);
  g_clear_pointer (&self->close_reason, g_free);

  G_OBJECT_CLASS (fake_channel_parent_class)->finalize (object);
}

static void
fake_channel_class_init (FakeChannelClass *klass)
{
  WeftChannelClass *channel_class = WEFT_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fake_channel_finalize;
  channel_class->send = fake_channel_send;
  channel_class->close = fake_channel_close;
}

static void
fake_channel_init (FakeChannel *self)
{
  g_queue_init (&self->arriving);
  self->sent = g_ptr_array_new_with_free_func (g_free);
}

FakeChannel *
fake_channel_new (void)
{
  return g_object_new (FAKE_TYPE_CHANNEL, NULL);
}

void
fake_channel_connect (FakeChannel *left,
                      FakeChannel *right)
{
  left->other = right;
  right->other = left;
}

void
fake_channel_say (FakeChannel *self,
                  const char  *text)
{
  g_queue_push_tail (&self->arriving, g_bytes_new (text, strlen (text)));
  wake (self);
}

static WeftMultiaddr *
fake_transport_listen (WeftChannelTransport *transport,
                       WeftMultiaddr        *address,
                       GError              **error)
{
  return weft_multiaddr_ref (address);
}

static void
fake_transport_dial (WeftChannelTransport *transport,
                     WeftMultiaddr        *address,
                     guint64               dial_id)
{
  FAKE_TRANSPORT (transport)->dial_id = dial_id;
}

static void
fake_transport_stop (WeftChannelTransport *transport)
{
}

static void
fake_transport_class_init (FakeTransportClass *klass)
{
  WeftChannelTransportClass *transport_class = WEFT_CHANNEL_TRANSPORT_CLASS (klass);

  transport_class->listen_channels = fake_transport_listen;
  transport_class->dial_channel = fake_transport_dial;
  transport_class->stop = fake_transport_stop;
}

static void
fake_transport_init (FakeTransport *self)
{
}
