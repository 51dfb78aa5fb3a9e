/* etcd-client.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "etcd-client.h"

#include <gio/gio.h>
#include <nghttp2/nghttp2.h>
#include <string.h>

#define FRAME_HEAD 5 /* of gRPC: a flag and the length */

struct _EtcdClient
{
  GSocketConnection *connection;
  GSocket *socket;
  GSource *source;
  nghttp2_session *session;
  GByteArray *unsent;
  gboolean is_flushing;
};

typedef struct
{
  GByteArray *request;
  gsize sent;
  GByteArray *reply;
  gboolean is_ok;
  EtcdDoneFunc done;
  gpointer user_data;
} Call;

static void watch (EtcdClient *self);

static void
call_free (Call *call)
{
  g_byte_array_unref (call->request);
  g_byte_array_unref (call->reply);
  g_free (call);
}

static ssize_t
read_request_cb (nghttp2_session     *session,
                 int32_t              stream_id,
                 uint8_t             *buffer,
                 size_t               length,
                 uint32_t            *flags,
                 nghttp2_data_source *source,
                 void                *user_data)
{
  Call *call = source->ptr;
  gsize n = MIN (length, call->request->len - call->sent);

  memcpy (buffer, call->request->data + call->sent, n);
  call->sent += n;
  if (call->sent == call->request->len)
    *flags |= NGHTTP2_DATA_FLAG_EOF;

  return (ssize_t) n;
}

static int
header_cb (nghttp2_session     *session,
           const nghttp2_frame *frame,
           const uint8_t       *name,
           size_t               name_length,
           const uint8_t       *value,
           size_t               value_length,
           uint8_t              flags,
           void                *user_data)
{
  Call *call = nghttp2_session_get_stream_user_data (session, frame->hd.stream_id);

  if (call && name_length == strlen ("grpc-status")
      && memcmp (name, "grpc-status", name_length) == 0)
    call->is_ok = value_length == 1 && value[0] == '0';

  return 0;
}

static int
data_cb (nghttp2_session *session,
         uint8_t          flags,
         int32_t          stream_id,
         const uint8_t   *data,
         size_t           length,
         void            *user_data)
{
  Call *call = nghttp2_session_get_stream_user_data (session, stream_id);

  if (call)
    g_byte_array_append (call->reply, data, length);

  return 0;
}

static int
stream_closed_cb (nghttp2_session *session,
                  int32_t          stream_id,
                  uint32_t         code,
                  void            *user_data)
{
  Call *call = nghttp2_session_get_stream_user_data (session, stream_id);
  g_autoptr (GError) error = NULL;

  if (!call)
    return 0;
  if (!call->is_ok || call->reply->len < FRAME_HEAD)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "etcd answered with an error");
  call->done (error ? NULL : call->reply->data + FRAME_HEAD,
              error ? 0 : call->reply->len - FRAME_HEAD, error, call->user_data);
  call_free (call);

  return 0;
}

static void
flush (EtcdClient *self)
{
  const uint8_t *data;
  ssize_t length;
  gssize written;

  while ((length = nghttp2_session_mem_send (self->session, &data)) > 0)
    g_byte_array_append (self->unsent, data, (guint) length);
  while (self->unsent->len > 0)
    {
      written = g_socket_send (self->socket, (char *) self->unsent->data, self->unsent->len, NULL,
                               NULL);
      if (written <= 0)
        break;
      g_byte_array_remove_range (self->unsent, 0, (guint) written);
    }
  if (self->is_flushing != (self->unsent->len > 0))
    watch (self);
}

static gboolean
ready_cb (GSocket      *socket,
          GIOCondition  condition,
          gpointer      user_data)
{
  EtcdClient *self = user_data;
  char buffer[65536];
  gssize length;

  while ((length = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL)) > 0)
    {
      if (nghttp2_session_mem_recv (self->session, (uint8_t *) buffer, (size_t) length) < 0)
        g_error ("etcd does not speak HTTP/2");
    }
  if (length == 0)
    g_error ("etcd closed the connection");
  flush (self);

  return G_SOURCE_CONTINUE;
}

/* To write is only of interest while something is unsent. */
static void
watch (EtcdClient *self)
{
  self->is_flushing = self->unsent->len > 0;
  if (self->source)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  self->source = g_socket_create_source (self->socket,
                                         G_IO_IN | (self->is_flushing ? G_IO_OUT : 0), NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (ready_cb), self, NULL);
  g_source_attach (self->source, NULL);
}

EtcdClient *
etcd_client_new (guint16   port,
                 GError  **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, error);
  nghttp2_session_callbacks *callbacks;
  nghttp2_settings_entry settings[] = { { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1024 },
                                        { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20 } };
  EtcdClient *self;

  if (!connection)
    return NULL;

  self = g_new0 (EtcdClient, 1);
  self->connection = g_steal_pointer (&connection);
  self->socket = g_socket_connection_get_socket (self->connection);
  self->unsent = g_byte_array_new ();
  g_socket_set_blocking (self->socket, FALSE);
  g_socket_set_option (self->socket, 6, 1, 1, NULL);

  nghttp2_session_callbacks_new (&callbacks);
  nghttp2_session_callbacks_set_on_header_callback (callbacks, header_cb);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback (callbacks, data_cb);
  nghttp2_session_callbacks_set_on_stream_close_callback (callbacks, stream_closed_cb);
  nghttp2_session_client_new (&self->session, callbacks, self);
  nghttp2_session_callbacks_del (callbacks);
  nghttp2_submit_settings (self->session, NGHTTP2_FLAG_NONE, settings, G_N_ELEMENTS (settings));
  nghttp2_session_set_local_window_size (self->session, NGHTTP2_FLAG_NONE, 0, 1 << 24);
  watch (self);
  flush (self);

  return self;
}

void
etcd_client_free (EtcdClient *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  nghttp2_session_del (self->session);
  g_byte_array_unref (self->unsent);
  g_object_unref (self->connection);
  g_free (self);
}

#define HEADER(name, value) \
  { (uint8_t *) (name), (uint8_t *) (value), strlen (name), strlen (value), NGHTTP2_NV_FLAG_NONE }

static void
ask (EtcdClient   *self,
     const char   *path,
     GByteArray   *message,
     EtcdDoneFunc  done,
     gpointer      user_data)
{
  nghttp2_nv headers[] = {
    HEADER (":method", "POST"), HEADER (":scheme", "http"), HEADER (":path", path),
    HEADER (":authority", "127.0.0.1"), HEADER ("content-type", "application/grpc"),
    HEADER ("te", "trailers"),
  };
  Call *call = g_new0 (Call, 1);
  nghttp2_data_provider provider = { { .ptr = call }, read_request_cb };
  guint8 head[FRAME_HEAD] = { 0, (guint8) (message->len >> 24), (guint8) (message->len >> 16),
                              (guint8) (message->len >> 8), (guint8) message->len };

  call->request = g_byte_array_new ();
  g_byte_array_append (call->request, head, sizeof head);
  g_byte_array_append (call->request, message->data, message->len);
  call->reply = g_byte_array_new ();
  call->done = done;
  call->user_data = user_data;
  if (nghttp2_submit_request (self->session, NULL, headers, G_N_ELEMENTS (headers), &provider, call)
      < 0)
    g_error ("cannot ask etcd: out of streams");
  flush (self);
}

static void
add_varint (GByteArray *message,
            guint64     value)
{
  do
    {
      guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);

      g_byte_array_append (message, &byte, 1);
      value >>= 7;
    }
  while (value > 0);
}

static void
add_text (GByteArray *message,
          guint       field,
          const char *text)
{
  gsize length = strlen (text);

  add_varint (message, field << 3 | 2);
  add_varint (message, length);
  g_byte_array_append (message, (const guint8 *) text, (guint) length);
}

void
etcd_client_put (EtcdClient   *self,
                 const char   *key,
                 const char   *value,
                 EtcdDoneFunc  done,
                 gpointer      user_data)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  add_text (message, 1, key);
  add_text (message, 2, value);
  ask (self, "/etcdserverpb.KV/Put", message, done, user_data);
}

void
etcd_client_get (EtcdClient   *self,
                 const char   *key,
                 gboolean      serializable,
                 EtcdDoneFunc  done,
                 gpointer      user_data)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();

  add_text (message, 1, key);
  if (serializable)
    {
      add_varint (message, 7 << 3);
      add_varint (message, 1);
    }
  ask (self, "/etcdserverpb.KV/Range", message, done, user_data);
}

/* The first number of a field within a message of varints and nested messages. */
static guint64
find_number (const guint8 *message,
             gsize         length,
             guint         wanted,
             guint         nested)
{
  gsize at = 0;

  while (at < length)
    {
      guint64 parts[2] = { 0, 0 };

      for (guint i = 0; i < 2; i++)
        {
          guint shift = 0;

          do
            parts[i] |= (guint64) (message[at] & 0x7f) << shift, shift += 7;
          while (at < length && message[at++] & 0x80);
        }
      if (parts[0] >> 3 == wanted && (parts[0] & 7) == 0)
        return parts[1];
      if ((parts[0] & 7) != 2)
        continue;
      if (parts[0] >> 3 == nested)
        return find_number (message + at, parts[1], wanted, 0);
      at += parts[1];
    }

  return 0;
}

typedef struct
{
  gboolean is_done;
  gboolean leads;
} Status;

static void
status_cb (const guint8 *message,
           gsize         length,
           const GError *error,
           gpointer      user_data)
{
  Status *status = user_data;

  status->is_done = TRUE;
  if (error == NULL)
    {
      guint64 leader = find_number (message, length, 4, 0);

      status->leads = leader != 0 && leader == find_number (message, length, 2, 1);
    }
}

gboolean
etcd_client_leads (EtcdClient *self)
{
  g_autoptr (GByteArray) message = g_byte_array_new ();
  Status status = { 0 };

  ask (self, "/etcdserverpb.Maintenance/Status", message, status_cb, &status);
  while (!status.is_done)
    g_main_context_iteration (NULL, TRUE);

  return status.leads;
}
