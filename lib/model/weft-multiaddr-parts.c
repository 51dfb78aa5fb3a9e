/* weft-multiaddr-parts.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <arpa/inet.h>
#include <string.h>

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-multiaddr-parts-private.h"

#define NAME_BYTES_MAX 253
#define LABEL_BYTES_MAX 63

static const char *const host_words[] = {
  [WEFT_MULTIADDR_HOST_KIND_NONE] = "",       [WEFT_MULTIADDR_HOST_KIND_IP4] = "ip4",
  [WEFT_MULTIADDR_HOST_KIND_IP6] = "ip6",     [WEFT_MULTIADDR_HOST_KIND_DNS] = "dns",
  [WEFT_MULTIADDR_HOST_KIND_DNS4] = "dns4",   [WEFT_MULTIADDR_HOST_KIND_DNS6] = "dns6",
};

static const char *const scheme_words[] = {
  [WEFT_MULTIADDR_SCHEME_WS] = "ws",
  [WEFT_MULTIADDR_SCHEME_WSS] = "wss",
  [WEFT_MULTIADDR_SCHEME_MEMORY] = "memory",
  [WEFT_MULTIADDR_SCHEME_SIM] = "sim",
};

/* The words of an address while they are read: each ends where it is taken. */
typedef struct
{
  char *next; /* NULL at the end */
} Words;

static const char *
take_word (Words *words)
{
  char *word = words->next;
  char *end = word != NULL ? strchr (word, '/') : NULL;

  if (end != NULL)
    *end = '\0';
  words->next = end != NULL ? end + 1 : NULL;

  return word;
}

G_GNUC_PRINTF (2, 3)
static gboolean
fail (GError    **error,
      const char *format,
      ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_INVALID, message);

  return FALSE;
}

/* A word for a message, which says so when there is none. */
static const char *
shown (const char *word)
{
  return word == NULL ? "the end" : *word == '\0' ? "an empty part" : word;
}

static gboolean
is_local (WeftMultiaddrScheme scheme)
{
  return scheme == WEFT_MULTIADDR_SCHEME_MEMORY || scheme == WEFT_MULTIADDR_SCHEME_SIM;
}

/* Decimal, as it would be written: no sign, no leading zero. */
static gboolean
parse_number (const char *text,
              guint64     max,
              guint64    *number)
{
  if (text == NULL || (text[0] == '0' && text[1] != '\0'))
    return FALSE;

  return g_ascii_string_to_unsigned (text, 10, 0, max, number, NULL);
}

static char *
parse_ip (int         family,
          const char *text)
{
  guint8 address[sizeof (struct in6_addr)];
  char canonical[INET6_ADDRSTRLEN];

  if (inet_pton (family, text, address) != 1)
    return NULL;

  return g_strdup (inet_ntop (family, address, canonical, sizeof canonical));
}

static gboolean
is_label (const char *label)
{
  gsize length = strlen (label);

  if (length == 0 || length > LABEL_BYTES_MAX)
    return FALSE;
  if (label[0] == '-' || label[length - 1] == '-')
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_')
      return FALSE;

  return TRUE;
}

/* A host name in lower case. One whose last label is a number would be taken for an IP address by
 * many resolvers, so it is none. */
static char *
parse_name (const char *text)
{
  g_auto(GStrv) labels = NULL;
  guint n_labels;

  if (strlen (text) > NAME_BYTES_MAX)
    return NULL;

  labels = g_strsplit (text, ".", -1);
  n_labels = g_strv_length (labels);
  for (guint i = 0; i < n_labels; i++)
    if (!is_label (labels[i]))
      return NULL;
  if (n_labels == 0 || labels[n_labels - 1][strspn (labels[n_labels - 1], "0123456789")] == '\0')
    return NULL;

  return g_ascii_strdown (text, -1);
}

static char *
parse_host (WeftMultiaddrHostKind kind,
            const char           *text)
{
  switch (kind)
    {
    case WEFT_MULTIADDR_HOST_KIND_IP4:
      return parse_ip (AF_INET, text);
    case WEFT_MULTIADDR_HOST_KIND_IP6:
      return parse_ip (AF_INET6, text);
    case WEFT_MULTIADDR_HOST_KIND_DNS:
    case WEFT_MULTIADDR_HOST_KIND_DNS4:
    case WEFT_MULTIADDR_HOST_KIND_DNS6:
      return parse_name (text);
    case WEFT_MULTIADDR_HOST_KIND_NONE:
    default:
      g_assert_not_reached ();
    }
}

gboolean
weft_multiaddr_parts_set_host (WeftMultiaddrParts   *self,
                               WeftMultiaddrHostKind kind,
                               const char           *text)
{
  g_autofree char *host = parse_host (kind, text);

  if (host == NULL)
    return FALSE;

  self->host_kind = kind;
  g_free (self->host);
  self->host = g_steal_pointer (&host);

  return TRUE;
}

static gboolean
parse_local (Words              *words,
             WeftMultiaddrParts *parts,
             GError            **error)
{
  const char *number = take_word (words);

  if (!parse_number (number, G_MAXUINT64, &parts->number))
    return fail (error, "expected a number after “/%s/”, got %s", scheme_words[parts->scheme],
                 shown (number));

  return TRUE;
}

static gboolean
parse_socket (Words              *words,
              WeftMultiaddrParts *parts,
              GError            **error)
{
  const char *what = parts->host_kind == WEFT_MULTIADDR_HOST_KIND_IP4   ? "an IPv4 address"
                     : parts->host_kind == WEFT_MULTIADDR_HOST_KIND_IP6 ? "an IPv6 address"
                                                                         : "a host name";
  const char *word = take_word (words);
  guint64 port;

  if (word == NULL || !weft_multiaddr_parts_set_host (parts, parts->host_kind, word))
    return fail (error, "expected %s after “/%s/”, got %s", what, host_words[parts->host_kind],
                 shown (word));

  word = take_word (words);
  if (g_strcmp0 (word, "tcp") != 0)
    return fail (error, "expected “tcp” after the host, got %s", shown (word));
  word = take_word (words);
  if (!parse_number (word, G_MAXUINT16, &port))
    return fail (error, "expected a port from 0 to 65535 after “/tcp/”, got %s", shown (word));
  parts->port = port;

  word = take_word (words);
  parts->scheme = WEFT_MULTIADDR_SCHEME_WS;
  if (g_strcmp0 (word, "wss") == 0 || g_strcmp0 (word, "tls") == 0)
    parts->scheme = WEFT_MULTIADDR_SCHEME_WSS;
  else if (g_strcmp0 (word, "ws") != 0)
    return fail (error, "expected “ws”, “wss” or “tls/ws” after the port, got %s", shown (word));
  if (g_strcmp0 (word, "tls") == 0 && g_strcmp0 (word = take_word (words), "ws") != 0)
    return fail (error, "expected “ws” after “tls”, got %s", shown (word));

  return TRUE;
}

/* What an address begins with: where it is reached. */
static gboolean
parse_place (Words              *words,
             WeftMultiaddrParts *parts,
             GError            **error)
{
  const char *word = take_word (words);

  for (guint kind = WEFT_MULTIADDR_HOST_KIND_IP4; kind < G_N_ELEMENTS (host_words); kind++)
    if (g_strcmp0 (word, host_words[kind]) == 0)
      {
        parts->host_kind = kind;
        return parse_socket (words, parts, error);
      }
  for (guint scheme = 0; scheme < G_N_ELEMENTS (scheme_words); scheme++)
    if (is_local (scheme) && g_strcmp0 (word, scheme_words[scheme]) == 0)
      {
        parts->scheme = scheme;
        return parse_local (words, parts, error);
      }

  return fail (error, "expected ip4, ip6, dns, dns4, dns6, memory or sim at the start, got %s",
               shown (word));
}

static gboolean
parse_peer_id (Words              *words,
               WeftMultiaddrParts *parts,
               GError            **error)
{
  const char *word = take_word (words);

  if (word == NULL)
    return TRUE;
  if (!g_str_equal (word, "p2p"))
    return fail (error, "expected “p2p” or the end after “%s”, got %s",
                 scheme_words[parts->scheme], shown (word));

  word = take_word (words);
  if (word == NULL)
    return fail (error, "expected a peer id after “/p2p/”, got the end");
  parts->peer_id = weft_peer_id_parse (word, error);
  if (parts->peer_id == NULL)
    return FALSE;

  word = take_word (words);
  if (word != NULL)
    return fail (error, "expected the end after the peer id, got %s", shown (word));

  return TRUE;
}

/* Printable ASCII of a bounded length is all that is quoted in messages further down. */
static gboolean
check_text (const char *text,
            GError    **error)
{
  gsize length = strnlen (text, WEFT_LIMIT_ADDRESS_BYTES_MAX + 1);

  if (length > WEFT_LIMIT_ADDRESS_BYTES_MAX)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                   "expected an address of at most %d bytes, got more",
                   WEFT_LIMIT_ADDRESS_BYTES_MAX);
      return FALSE;
    }
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (text[i]))
      return fail (error,
                   "expected an address of visible ASCII, got the byte 0x%02x at offset "
                   "%" G_GSIZE_FORMAT " (write a name in its xn-- form)",
                   (guint8) text[i], i);
  if (text[0] != '/')
    return fail (error, "expected an address that begins with “/”, such as "
                        "/ip4/127.0.0.1/tcp/9000/ws, got “%s”", text);

  return TRUE;
}

gboolean
weft_multiaddr_parts_read (WeftMultiaddrParts *self,
                           const char         *text,
                           GError            **error)
{
  char copy[WEFT_LIMIT_ADDRESS_BYTES_MAX + 1];
  Words words = { copy };

  if (!check_text (text, error))
    return FALSE;

  g_strlcpy (copy, text + 1, sizeof copy);
  if (copy[0] == '\0')
    words.next = NULL;
  if (!parse_place (&words, self, error) || !parse_peer_id (&words, self, error))
    {
      g_prefix_error (error, "%s: ", text);
      return FALSE;
    }

  return TRUE;
}

char *
weft_multiaddr_parts_write (const WeftMultiaddrParts *self)
{
  const char *before_id = self->peer_id != NULL ? "/p2p/" : "";
  const char *id = self->peer_id != NULL ? weft_peer_id_get_text (self->peer_id) : "";
  char number[32];

  if (is_local (self->scheme))
    {
      g_snprintf (number, sizeof number, "%" G_GUINT64_FORMAT, self->number);
      return g_strconcat ("/", scheme_words[self->scheme], "/", number, before_id, id, NULL);
    }

  g_snprintf (number, sizeof number, "%u", self->port);
  return g_strconcat ("/", host_words[self->host_kind], "/", self->host, "/tcp/", number, "/",
                      scheme_words[self->scheme], before_id, id, NULL);
}

void
weft_multiaddr_parts_clear (WeftMultiaddrParts *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
}
