/* weft-lan-record.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-lan-record.h"

#include <string.h>

/* What a record may have, and what a text of it may be, at most. */
#define TEXTS_MAX 16

char **
weft_lan_record_make (const char *network,
                      const char *peer_id,
                      gboolean    is_tls)
{
  char **texts = g_new0 (char *, 4);

  texts[0] = g_strconcat ("network=", network, NULL);
  texts[1] = g_strconcat ("peer=", peer_id, NULL);
  texts[2] = g_strconcat ("scheme=", is_tls ? "wss" : "ws", NULL);

  return texts;
}

/* The first counts, as the rules of such records have it. */
static const char *
find (const char *const *texts,
      const char        *name)
{
  gsize length = strlen (name);

  for (guint i = 0; texts[i] != NULL && i < TEXTS_MAX; i++)
    if (g_str_has_prefix (texts[i], name) && texts[i][length] == '=')
      return texts[i] + length + 1;

  return NULL;
}

static gboolean
is_link_local (const char *host)
{
  return g_ascii_strncasecmp (host, "fe8", 3) == 0 || g_ascii_strncasecmp (host, "fe9", 3) == 0 ||
         g_ascii_strncasecmp (host, "fea", 3) == 0 || g_ascii_strncasecmp (host, "feb", 3) == 0;
}

static char *
write_address (const char  *host,
               guint        port,
               const char  *scheme,
               const char  *peer,
               GError     **error)
{
  g_autoptr(WeftMultiaddr) address = NULL;
  g_autofree char *text
    = g_strdup_printf ("/%s/%s/tcp/%u/%s/p2p/%s", strchr (host, ':') != NULL ? "ip6" : "ip4", host,
                       port, scheme, peer);

  address = weft_multiaddr_parse (text, error);

  return address != NULL ? weft_multiaddr_to_string (address) : NULL;
}

char *
weft_lan_record_make_address (const char *const *texts,
                              const char        *host,
                              guint              port,
                              const char        *network,
                              const char        *own_peer_id,
                              GError           **error)
{
  const char *their_network = find (texts, "network");
  const char *peer = find (texts, "peer");
  const char *scheme = find (texts, "scheme");

  if (their_network == NULL || peer == NULL || scheme == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected a record with network, peer and scheme, got one without %s",
                   their_network == NULL ? "network" : peer == NULL ? "peer" : "scheme");
      return NULL;
    }
  if (!g_str_equal (scheme, "ws") && !g_str_equal (scheme, "wss"))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected ws or wss, got “%s”", scheme);
      return NULL;
    }
  /* An address of one link means nothing without the name of the link, which differs by host. */
  if (!g_str_equal (their_network, network) || g_str_equal (peer, own_peer_id) ||
      is_link_local (host))
    return NULL;

  return write_address (host, port, scheme, peer, error);
}
