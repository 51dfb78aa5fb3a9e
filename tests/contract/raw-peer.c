/* raw-peer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "raw-peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* @source: the address to come from, such as "127.0.0.2". */
RawPeer *
raw_peer_new (guint16     port,
              const char *source)
{
  RawPeer *self = g_new0 (RawPeer, 1);
  g_autoptr(GSocketAddress) from = g_inet_socket_address_new_from_string (source, 0);
  g_autoptr(GSocketAddress) to = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr(GError) error = NULL;

  self->got = g_byte_array_new ();
  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                               &error);
  g_assert_no_error (error);
  g_socket_bind (self->socket, from, TRUE, &error);
  g_assert_no_error (error);
  g_socket_connect (self->socket, to, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (self->socket, FALSE);
  g_socket_set_option (self->socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);

  return self;
}

void
raw_peer_free (RawPeer *self)
{
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_byte_array_unref (self->got);
  g_free (self);
}

/* Returns how much the system took: 0 when nothing now, -1 when the connection is gone. */
gssize
raw_peer_send (RawPeer    *self,
               const void *data,
               gsize       length)
{
  g_autoptr(GError) error = NULL;
  gssize n = g_socket_send (self->socket, data, length, NULL, &error);

  if (n >= 0)
    return n;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return 0;
  self->is_ended = TRUE;

  return -1;
}

void
raw_peer_send_text (RawPeer    *self,
                    const char *text)
{
  raw_peer_send (self, text, strlen (text));
}

/* Takes in what has come. */
void
raw_peer_pump (RawPeer *self)
{
  char piece[4096];
  gssize n;

  if (self->is_deaf || self->is_ended)
    return;

  do
    {
      g_autoptr(GError) error = NULL;

      n = g_socket_receive (self->socket, piece, sizeof piece, NULL, &error);
      if (n > 0)
        g_byte_array_append (self->got, (const guint8 *) piece, n);
      else if (n == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        self->is_ended = TRUE;
    }
  while (n > 0);
}

gboolean
raw_peer_got (RawPeer    *self,
              const char *text)
{
  return self->got->len > 0 &&
         memmem (self->got->data, self->got->len, text, strlen (text)) != NULL;
}

/* Forgets the answer to the request, which has come. */
void
raw_peer_take_head (RawPeer *self)
{
  const guint8 *end = memmem (self->got->data, self->got->len, "\r\n\r\n", 4);

  g_assert_nonnull (end);
  g_byte_array_remove_range (self->got, 0, end + 4 - self->got->data);
}

/* Takes the first frame that has come in whole; NULL when there is none. Returns its payload. */
GBytes *
raw_peer_take_frame (RawPeer *self,
                     guint8  *first_byte)
{
  const guint8 *data = self->got->data;
  gsize header_length = 2;
  guint64 length;
  GBytes *payload;

  if (self->got->len < 2)
    return NULL;
  length = data[1];
  if (length >= 126)
    {
      guint n_bytes = length == 126 ? 2 : 8;

      header_length += n_bytes;
      if (self->got->len < header_length)
        return NULL;
      length = 0;
      for (guint i = 0; i < n_bytes; i++)
        length = length << 8 | data[2 + i];
    }
  if (self->got->len < header_length + length)
    return NULL;

  *first_byte = data[0];
  payload = g_bytes_new (data + header_length, length);
  g_byte_array_remove_range (self->got, 0, header_length + length);

  return payload;
}

/* A good request to upgrade; @extra: more header lines. */
char *
raw_peer_write_upgrade (const char *path,
                        const char *extra)
{
  return g_strdup_printf ("GET %s HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: weft.v1\r\n"
                          "%s\r\n", path, extra);
}

/* A frame as a client writes it, masked with zeros so that the payload stays as it is. */
void
raw_peer_append_frame (GByteArray *to,
                       guint8      first_byte,
                       const void *payload,
                       gsize       length)
{
  guint8 header[14] = { first_byte, 0x80 };
  gsize header_length = 2;

  if (length < 126)
    header[1] |= length;
  else
    {
      guint n_bytes = length <= G_MAXUINT16 ? 2 : 8;

      header[1] |= n_bytes == 2 ? 126 : 127;
      for (guint i = 0; i < n_bytes; i++)
        header[2 + i] = (guint64) length >> 8 * (n_bytes - 1 - i) & 0xff;
      header_length += n_bytes;
    }
  g_byte_array_append (to, header, header_length + 4);
  if (length > 0)
    g_byte_array_append (to, payload, length);
}

void
raw_peer_send_frame (RawPeer    *self,
                     guint8      first_byte,
                     const void *payload,
                     gsize       length)
{
  g_autoptr(GByteArray) frame = g_byte_array_new ();

  raw_peer_append_frame (frame, first_byte, payload, length);
  raw_peer_send (self, frame->data, frame->len);
}
