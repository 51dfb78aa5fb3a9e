/* weft-websocket-head.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-websocket-head-private.h"

#include <string.h>
#include <weft.h>

#define LINE_END "\r\n"
#define HEAD_END "\r\n\r\n"

/* What RFC 6455 has both sides append to the key before hashing it. */
#define ACCEPT_SUFFIX "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* One header line; both parts point into the head. */
typedef struct
{
  const char *name;
  gsize name_length;
  const char *value;
  gsize value_length;
} Field;

typedef struct
{
  guint hosts;
  guint upgrades;
  guint connections;
  guint accepts;
  guint protocols;
} Seen;

/* Tells the length of the head that @data begins with, or 0 when its end has not come yet. The
 * first @searched bytes were looked at before. */
gsize
weft_websocket_head_find_end (const char *data,
                              gsize       length,
                              gsize       searched)
{
  gsize start = searched > strlen (HEAD_END) ? searched - strlen (HEAD_END) : 0;
  const char *end;

  g_assert (searched <= length);

  end = memmem (data + start, length - start, HEAD_END, strlen (HEAD_END));

  return end ? (gsize) (end - data) + strlen (HEAD_END) : 0;
}

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL, message);

  return FALSE;
}

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
parse_field (const char  *line,
             gsize        length,
             Field       *field,
             GError     **error)
{
  const char *colon = memchr (line, ':', length);

  if (!colon || colon == line)
    return refuse (error, "expected a header line, got a line without a name");
  for (const char *c = line; c < colon; c++)
    if (!is_token_char (*c))
      return refuse (error, "expected a header name, got other characters");
  for (const char *c = colon; c < line + length; c++)
    if ((guchar) *c < ' ' && *c != '\t')
      return refuse (error, "expected a header value, got a control character");

  field->name = line;
  field->name_length = colon - line;
  field->value = colon + 1;
  field->value_length = line + length - field->value;
  while (field->value_length > 0 && strchr (" \t", field->value[0]))
    {
      field->value++;
      field->value_length--;
    }
  while (field->value_length > 0 && strchr (" \t", field->value[field->value_length - 1]))
    field->value_length--;

  return TRUE;
}

static gboolean
name_is (const Field *field,
         const char  *name)
{
  return field->name_length == strlen (name)
         && g_ascii_strncasecmp (field->name, name, field->name_length) == 0;
}

static gboolean
value_is (const Field *field,
          const char  *value)
{
  return field->value_length == strlen (value)
         && g_ascii_strncasecmp (field->value, value, field->value_length) == 0;
}

/* Only `GET /… HTTP/1.1`: everything else has no business here. */
static gboolean
check_request_line (const char  *line,
                    gsize        length,
                    GError     **error)
{
  const char *suffix = " HTTP/1.1";
  gsize suffix_length = strlen (suffix);

  if (length < 4 || memcmp (line, "GET ", 4) != 0)
    return refuse (error, "expected the method GET, got another");
  if (length < 5 + suffix_length || line[4] != '/'
      || memcmp (line + length - suffix_length, suffix, suffix_length) != 0)
    return refuse (error, "expected \"GET /path HTTP/1.1\", got another request line");
  for (const char *c = line + 4; c < line + length - suffix_length; c++)
    if (*c <= ' ' || *c >= 0x7f)
      return refuse (error, "expected a path of visible ASCII characters, got others");

  return TRUE;
}

/* Judges one field of a request; @keep tells whether the HTTP server shall see it. */
static gboolean
check_request_field (const Field  *field,
                     Seen         *seen,
                     gboolean     *keep,
                     GError      **error)
{
  *keep = TRUE;

  if (name_is (field, "Content-Length") || name_is (field, "Transfer-Encoding"))
    return refuse (error, "expected a request without a body, got one with a body");
  if (name_is (field, "Host") && seen->hosts++ > 0)
    return refuse (error, "expected one Host, got several");
  /* The server would answer these by itself, the first two with as many parts as are asked. */
  if (name_is (field, "Range") || name_is (field, "If-Range") || name_is (field, "Expect"))
    *keep = FALSE;

  return TRUE;
}

/**
 * weft_websocket_head_clean_request:
 * @head: a whole request head, with its empty line
 *
 * Judges a request and drops the header lines that the HTTP server behind us should not see.
 *
 * Returns: (transfer full) (nullable): the head to hand on
 */
GBytes *
weft_websocket_head_clean_request (const char  *head,
                                   gsize        length,
                                   GError     **error)
{
  g_autoptr(GByteArray) clean = g_byte_array_sized_new (length);
  const char *limit = head + length - strlen (LINE_END);
  const char *line = head;
  Seen seen = { 0 };

  g_assert (length >= strlen (HEAD_END));

  while (line < limit)
    {
      const char *end = memmem (line, head + length - line, LINE_END, strlen (LINE_END));
      gboolean keep = TRUE;
      Field field;

      if (line == head)
        {
          if (!check_request_line (line, end - line, error))
            return NULL;
        }
      else if (!parse_field (line, end - line, &field, error)
               || !check_request_field (&field, &seen, &keep, error))
        return NULL;

      end += strlen (LINE_END);
      if (keep)
        g_byte_array_append (clean, (const guint8 *) line, end - line);
      line = end;
    }
  if (seen.hosts == 0)
    {
      refuse (error, "expected a Host, got none");
      return NULL;
    }
  g_byte_array_append (clean, (const guint8 *) LINE_END, strlen (LINE_END));

  return g_byte_array_free_to_bytes (g_steal_pointer (&clean));
}

/* The request that asks a server at @host to upgrade; @key is 16 bytes of chance in base64. */
char *
weft_websocket_head_write_request (const char *host,
                                   const char *path,
                                   const char *key)
{
  g_assert (path[0] == '/');

  return g_strdup_printf ("GET %s HTTP/1.1" LINE_END
                          "Host: %s" LINE_END
                          "Upgrade: websocket" LINE_END
                          "Connection: Upgrade" LINE_END
                          "Sec-WebSocket-Key: %s" LINE_END
                          "Sec-WebSocket-Version: 13" LINE_END
                          "Sec-WebSocket-Protocol: " WEFT_WEBSOCKET_PROTOCOL HEAD_END,
                          path, host, key);
}

static char *
compute_accept (const char *key)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize digest_length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) ACCEPT_SUFFIX, -1);
  g_checksum_get_digest (checksum, digest, &digest_length);

  return g_base64_encode (digest, digest_length);
}

static gboolean
check_response_field (const Field  *field,
                      const char   *accept,
                      Seen         *seen,
                      GError      **error)
{
  if (name_is (field, "Upgrade"))
    seen->upgrades += value_is (field, "websocket");
  else if (name_is (field, "Connection"))
    seen->connections += value_is (field, "upgrade");
  else if (name_is (field, "Sec-WebSocket-Accept"))
    seen->accepts += field->value_length == strlen (accept)
                     && memcmp (field->value, accept, field->value_length) == 0;
  else if (name_is (field, "Sec-WebSocket-Protocol"))
    seen->protocols += value_is (field, WEFT_WEBSOCKET_PROTOCOL);
  else if (name_is (field, "Sec-WebSocket-Extensions"))
    return refuse (error, "expected no WebSocket extension, got one that was not asked for");

  return TRUE;
}

static gboolean
check_status_line (const char  *line,
                   gsize        length,
                   GError     **error)
{
  const char *expected = "HTTP/1.1 101";
  g_autofree char *got = NULL;

  if (length >= strlen (expected) && memcmp (line, expected, strlen (expected)) == 0
      && (length == strlen (expected) || line[strlen (expected)] == ' '))
    return TRUE;

  got = g_strndup (line, MIN (length, 64));
  for (char *c = got; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      *c = '?';
  /* The network is part of the path, so that a node of another one does not know the page. */
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
               g_str_has_prefix (got, "HTTP/1.1 404")
                 ? "expected a node of this network, got the answer \"%s\""
                 : "expected a server that speaks WebSocket, got the answer \"%s\"",
               got);

  return FALSE;
}

/* Judges a server's answer to weft_websocket_head_write_request() with the same @key. */
gboolean
weft_websocket_head_check_response (const char  *head,
                                    gsize        length,
                                    const char  *key,
                                    GError     **error)
{
  g_autofree char *accept = compute_accept (key);
  const char *limit = head + length - strlen (LINE_END);
  const char *line = head;
  Seen seen = { 0 };

  g_assert (length >= strlen (HEAD_END));

  while (line < limit)
    {
      const char *end = memmem (line, head + length - line, LINE_END, strlen (LINE_END));
      Field field;

      if (line == head)
        {
          if (!check_status_line (line, end - line, error))
            return FALSE;
        }
      else if (!parse_field (line, end - line, &field, error)
               || !check_response_field (&field, accept, &seen, error))
        return FALSE;
      line = end + strlen (LINE_END);
    }
  if (seen.upgrades != 1 || seen.connections != 1 || seen.accepts != 1)
    return refuse (error, "expected an upgrade to WebSocket with our key, got another answer");
  if (seen.protocols != 1)
    return refuse (error, "expected the sub-protocol " WEFT_WEBSOCKET_PROTOCOL ", got another");

  return TRUE;
}
