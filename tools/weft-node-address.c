/* weft-node-address.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-node-address.h"

#include <string.h>

static gboolean
parse_port (const char *text,
            guint16    *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL))
    return FALSE;

  *port = number;
  return TRUE;
}

/* A program of its own has nobody in its process to talk to. */
static WeftMultiaddr *
parse_multiaddr (const char  *text,
                 GError     **error)
{
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_parse (text, error);
  WeftMultiaddrScheme scheme;

  if (address == NULL)
    return NULL;

  scheme = weft_multiaddr_get_scheme (address);
  if (scheme != WEFT_MULTIADDR_SCHEME_WS && scheme != WEFT_MULTIADDR_SCHEME_WSS)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected an address that ends in /ws or /wss, got “%s”", text);
      return NULL;
    }

  return g_steal_pointer (&address);
}

WeftMultiaddr *
weft_node_address_parse (const char  *text,
                         gboolean     is_tls,
                         GError     **error)
{
  g_autofree char *host = NULL;
  const char *colon = strrchr (text, ':');
  guint16 port;

  if (text[0] == '/')
    return parse_multiaddr (text, error);

  if (colon == NULL || colon == text || !parse_port (colon + 1, &port))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected an address such as %s or 127.0.0.1:9338, got “%s”",
                   WEFT_NODE_ADDRESS_DEFAULT, text);
      return NULL;
    }

  host = g_strndup (text, colon - text);
  if (host[0] == '[' && g_str_has_suffix (host, "]"))
    {
      g_autofree char *bare = g_strndup (host + 1, strlen (host) - 2);

      return weft_multiaddr_new_socket (bare, port, is_tls, error);
    }

  return weft_multiaddr_new_socket (host, port, is_tls, error);
}

WeftMultiaddr *
weft_node_address_parse_peer (const char  *text,
                              GError     **error)
{
  g_autoptr(WeftMultiaddr) address = parse_multiaddr (text, error);

  if (address == NULL)
    return NULL;
  if (weft_multiaddr_get_peer_id (address) != NULL)
    return g_steal_pointer (&address);

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "expected a peer such as %s/p2p/12D3KooW…, got “%s” without a peer id",
               WEFT_NODE_ADDRESS_DEFAULT, text);
  return NULL;
}

/* Checks each of a list, which semicolons or spaces separate; (transfer full), NULL on an error. */
static char **
read_list (const char  *value,
           gboolean     are_peers,
           guint       *n_read,
           GError     **error)
{
  g_auto(GStrv) pieces = g_strsplit_set (value, "; ", -1);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; pieces[i] != NULL; i++)
    {
      g_autoptr(WeftMultiaddr) address = NULL;

      if (pieces[i][0] == '\0')
        continue;
      address = are_peers ? weft_node_address_parse_peer (pieces[i], error)
                          : weft_node_address_parse (pieces[i], FALSE, error);
      if (address == NULL)
        return NULL;
      g_strv_builder_add (builder, pieces[i]);
      n++;
    }

  *n_read = n;
  return g_strv_builder_end (builder);
}

char **
weft_node_address_read_list (const char  *value,
                             guint        max,
                             const char  *use,
                             GError     **error)
{
  g_auto(GStrv) list = NULL;
  guint n;

  g_return_val_if_fail (value != NULL, NULL);
  g_return_val_if_fail (use != NULL, NULL);

  list = read_list (value, FALSE, &n, error);
  if (list == NULL)
    return NULL;
  if (n == 0 || n > max)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected 1 to %u addresses to %s, got %u", max, use, n);
      return NULL;
    }

  return g_steal_pointer (&list);
}

char **
weft_node_address_read_peers (const char  *value,
                              GError     **error)
{
  g_auto(GStrv) list = NULL;
  guint n;

  g_return_val_if_fail (value != NULL, NULL);

  list = read_list (value, TRUE, &n, error);
  if (list == NULL)
    return NULL;
  if (n == 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected a peer, got none");
      return NULL;
    }

  return g_steal_pointer (&list);
}
