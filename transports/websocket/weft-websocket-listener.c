/* weft-websocket-listener.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-listener-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "weft-websocket-crowd-private.h"

/* Connections that the system may complete before we look: a second's worth of a busy day. */
#define BACKLOG 1024
/* What one dispatch accepts before others have their turn. */
#define ACCEPTS_PER_TURN_MAX 8
/* When descriptors or memory run out, accepting at once again would only turn the loop hot. */
#define ACCEPT_PAUSE_USEC (G_TIME_SPAN_SECOND / 10)

/* The accept path: sockets that listen, and everybody who came in through them. */
struct _WeftWebsocketListener
{
  GObject parent_instance;

  WeftWebsocketTerms *terms;
  WeftWebsocketCrowd *crowd;
  WeftWebsocketAcceptedFunc accepted_func;
  WeftWebsocketCountFunc count_func;
  gpointer user_data;
  GPtrArray *doors;  /* (element-type Door) (owned) */
  GPtrArray *guests; /* (element-type Guest) (owned) */
};

typedef struct
{
  WeftWebsocketListener *listener;
  GSocket *socket;
  gboolean is_tls;
  GSource *source;
  guint64 pause;
} Door;

/* Somebody who came in, until they leave: first an arrival, then a guard. */
typedef struct
{
  WeftWebsocketListener *listener;
  WeftWebsocketMember *member;
  WeftWebsocketArrival *arrival; /* (nullable) */
  WeftWebsocketGuard *guard;     /* (nullable) */
} Guest;

G_DEFINE_FINAL_TYPE (WeftWebsocketListener, weft_websocket_listener, G_TYPE_OBJECT)

static void open_door (Door *door);

static void
close_door (Door *door)
{
  if (door->source)
    g_source_destroy (door->source);
  g_clear_pointer (&door->source, g_source_unref);
  if (door->pause != 0)
    weft_clock_remove_alarm (door->listener->terms->clock, door->pause);
  door->pause = 0;
}

static void
door_free (gpointer data)
{
  Door *door = data;

  close_door (door);
  g_socket_close (door->socket, NULL);
  g_object_unref (door->socket);
  g_free (door);
}

static void
guest_free (gpointer data)
{
  Guest *guest = data;

  if (guest->guard)
    g_signal_handlers_disconnect_by_data (guest->guard, guest);
  weft_websocket_crowd_leave (guest->listener->crowd, guest->member);
  g_clear_object (&guest->arrival);
  g_clear_object (&guest->guard);
  g_free (guest);
}

static void
count (WeftWebsocketListener *self,
       const char            *counter)
{
  self->count_func (counter, self->user_data);
}

static void
shut_cb (WeftWebsocketGuard *guard,
         gpointer            user_data)
{
  Guest *guest = user_data;

  g_ptr_array_remove_fast (guest->listener->guests, guest);
}

/* Up to here it was an arrival to the crowd: to upgrade costs nothing. */
static void
opened_cb (WeftWebsocketGuard *guard,
           gpointer            user_data)
{
  Guest *guest = user_data;

  weft_websocket_crowd_settle (guest->listener->crowd, guest->member);
}

static void
arrived_cb (WeftWebsocketArrival        *arrival,
            const WeftWebsocketUpgraded *upgraded,
            const char                  *counter,
            gpointer                     user_data)
{
  Guest *guest = user_data;
  WeftWebsocketListener *self = guest->listener;

  if (!upgraded)
    {
      g_ptr_array_remove_fast (self->guests, guest);
      count (self, counter);
      return;
    }

  g_clear_object (&guest->arrival);
  guest->guard = g_object_ref (upgraded->guard);
  g_signal_connect (guest->guard, "opened", G_CALLBACK (opened_cb), guest);
  g_signal_connect (guest->guard, "shut", G_CALLBACK (shut_cb), guest);
  count (self, "arrivals-upgraded");
  self->accepted_func (upgraded, self->user_data);
}

static void
displace (WeftWebsocketListener *self,
          Guest                 *guest)
{
  if (guest->arrival)
    {
      weft_websocket_arrival_end (guest->arrival, "arrivals-displaced");
      return;
    }
  count (self, "arrivals-displaced");
  weft_websocket_guard_shut (guest->guard);
}

static void
welcome (Door    *door,
         GSocket *socket)
{
  WeftWebsocketListener *self = door->listener;
  g_autoptr(GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autoptr(GSocketConnection) connection = NULL;
  g_autofree char *address = NULL;
  gpointer victim = NULL;
  Guest *guest;

  /* NULL: gone again before we looked. */
  address = remote ? weft_websocket_crowd_name_address (remote) : NULL;
  if (!address || !weft_websocket_crowd_make_room (self->crowd, address, &victim, NULL))
    {
      count (self, address ? "connections-refused" : "arrivals-gone");
      g_socket_close (socket, NULL);
      return;
    }
  if (victim)
    displace (self, victim);

  /* A message is written whole; waiting to fill a packet would only delay it. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_blocking (socket, FALSE);
  connection = g_socket_connection_factory_create_connection (socket);
  guest = g_new0 (Guest, 1);
  guest->listener = self;
  guest->member = weft_websocket_crowd_admit (self->crowd, address, guest);
  guest->arrival = weft_websocket_arrival_new (self->terms, connection, address, door->is_tls);
  g_ptr_array_add (self->guests, guest);
  count (self, "connections-accepted");
  weft_websocket_arrival_start (guest->arrival, arrived_cb, guest);
}

static void
pause_over_cb (gpointer user_data)
{
  Door *door = user_data;

  door->pause = 0;
  open_door (door);
}

static gboolean
accept_cb (GSocket      *socket,
           GIOCondition  condition,
           gpointer      user_data)
{
  Door *door = user_data;
  WeftClock *clock = door->listener->terms->clock;

  for (guint i = 0; i < ACCEPTS_PER_TURN_MAX; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GSocket) accepted = g_socket_accept (socket, NULL, &error);

      if (accepted)
        {
          welcome (door, accepted);
          continue;
        }
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
        continue;

      count (door->listener, "accepts-failed");
      close_door (door);
      door->pause = weft_clock_add_alarm (clock,
                                          weft_clock_get_monotonic (clock) + ACCEPT_PAUSE_USEC,
                                          pause_over_cb, door, NULL);
      return G_SOURCE_REMOVE;
    }

  return G_SOURCE_CONTINUE;
}

static void
open_door (Door *door)
{
  door->source = g_socket_create_source (door->socket, G_IO_IN, NULL);
  g_source_set_callback (door->source, G_SOURCE_FUNC (accept_cb), door, NULL);
  g_source_set_static_name (door->source, "[weft] websocket listener");
  g_source_attach (door->source, g_main_context_get_thread_default ());
}

static void
weft_websocket_listener_dispose (GObject *object)
{
  WeftWebsocketListener *self = WEFT_WEBSOCKET_LISTENER (object);

  weft_websocket_listener_stop (self);
  /* Those who have upgraded belong to others now; here they are only forgotten. */
  g_ptr_array_set_size (self->guests, 0);

  G_OBJECT_CLASS (weft_websocket_listener_parent_class)->dispose (object);
}

static void
weft_websocket_listener_finalize (GObject *object)
{
  WeftWebsocketListener *self = WEFT_WEBSOCKET_LISTENER (object);

  g_clear_pointer (&self->doors, g_ptr_array_unref);
  g_clear_pointer (&self->guests, g_ptr_array_unref);
  g_clear_pointer (&self->crowd, weft_websocket_crowd_free);
  g_clear_pointer (&self->terms, weft_websocket_terms_unref);

  G_OBJECT_CLASS (weft_websocket_listener_parent_class)->finalize (object);
}

static void
weft_websocket_listener_class_init (WeftWebsocketListenerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weft_websocket_listener_dispose;
  G_OBJECT_CLASS (klass)->finalize = weft_websocket_listener_finalize;
}

static void
weft_websocket_listener_init (WeftWebsocketListener *self)
{
  self->doors = g_ptr_array_new_with_free_func (door_free);
  self->guests = g_ptr_array_new_with_free_func (guest_free);
}

WeftWebsocketListener *
weft_websocket_listener_new (WeftWebsocketTerms        *terms,
                             guint                      connections_max,
                             guint                      per_address_max,
                             WeftWebsocketAcceptedFunc  accepted_func,
                             WeftWebsocketCountFunc     count_func,
                             gpointer                   user_data)
{
  WeftWebsocketListener *self = g_object_new (WEFT_TYPE_WEBSOCKET_LISTENER, NULL);

  self->terms = weft_websocket_terms_ref (terms);
  self->crowd = weft_websocket_crowd_new (connections_max, per_address_max,
                                          WEFT_LIMIT_HANDSHAKES_MAX);
  self->accepted_func = accepted_func;
  self->count_func = count_func;
  self->user_data = user_data;

  return self;
}

/**
 * weft_websocket_listener_listen:
 * @address: where; port 0 lets the system choose
 * @is_tls: whether to speak TLS there
 *
 * Starts accepting connections at an address, beside those there are.
 *
 * Returns: (transfer full) (nullable): the address really bound
 */
GSocketAddress *
weft_websocket_listener_listen (WeftWebsocketListener  *self,
                                GSocketAddress         *address,
                                gboolean                is_tls,
                                GError                **error)
{
  g_autoptr(GSocket) socket = NULL;
  g_autoptr(GSocketAddress) bound = NULL;
  Door *door;

  g_assert (!is_tls || self->terms->certificate != NULL);

  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (!socket)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  bound = g_socket_get_local_address (socket, error);
  if (!bound)
    return NULL;

  door = g_new0 (Door, 1);
  door->listener = self;
  door->socket = g_steal_pointer (&socket);
  door->is_tls = is_tls;
  open_door (door);
  g_ptr_array_add (self->doors, door);

  return g_steal_pointer (&bound);
}

/* How many came in through us and have not left, upgraded or not. */
guint
weft_websocket_listener_get_n_connections (WeftWebsocketListener *self)
{
  return weft_websocket_crowd_get_size (self->crowd);
}

/* Stops accepting and sends away who has not upgraded. */
void
weft_websocket_listener_stop (WeftWebsocketListener *self)
{
  g_ptr_array_set_size (self->doors, 0);
  for (guint i = self->guests->len; i > 0; i--)
    {
      Guest *guest = g_ptr_array_index (self->guests, i - 1);

      if (guest->arrival)
        weft_websocket_arrival_end (guest->arrival, "arrivals-stopped");
    }
}
