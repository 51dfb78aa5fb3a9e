/* test-multiaddr.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-multiaddr.h"

#define PEER "12D3KooWQK1wnefoLrcVHbbnf5tLzbopUd3K3bFAoJpA7YJgL5pV"

static void
test_multiaddr_canonical (void)
{
  static const char *const vectors[][2] = {
    { "/ip4/127.0.0.1/tcp/9000/ws", NULL },
    { "/ip4/0.0.0.0/tcp/0/ws", NULL },
    { "/ip4/255.255.255.255/tcp/65535/wss", NULL },
    { "/ip6/::1/tcp/443/wss", NULL },
    { "/ip6/::/tcp/443/ws", NULL },
    { "/ip6/2001:DB8:0:0:0:0:0:1/tcp/1/ws", "/ip6/2001:db8::1/tcp/1/ws" },
    { "/ip6/2001:db8:0:1:1:1:1:1/tcp/1/ws", NULL },
    { "/ip6/0001:0:0:1:0:0:0:1/tcp/1/ws", "/ip6/1:0:0:1::1/tcp/1/ws" },
    { "/ip6/::ffff:1.2.3.4/tcp/1/ws", NULL },
    { "/ip6/::ffff:102:304/tcp/1/ws", "/ip6/::ffff:1.2.3.4/tcp/1/ws" },
    { "/dns/Example.ORG/tcp/443/wss", "/dns/example.org/tcp/443/wss" },
    { "/dns4/example.org/tcp/443/tls/ws", "/dns4/example.org/tcp/443/wss" },
    { "/dns6/localhost/tcp/80/ws", NULL },
    { "/dns4/a-b.1_2.xn--p1ai/tcp/80/ws", NULL },
    { "/memory/0", NULL },
    { "/sim/18446744073709551615", NULL },
    { "/memory/7/p2p/" PEER, NULL },
    { "/dns4/example.org/tcp/443/tls/ws/p2p/" PEER, "/dns4/example.org/tcp/443/wss/p2p/" PEER },
  };

  g_test_summary ("Each address has one text, which is read back as the same address.");

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const char *expected = vectors[i][1] != NULL ? vectors[i][1] : vectors[i][0];
      g_autoptr(GError) error = NULL;
      g_autoptr(WeftMultiaddr) address = weft_multiaddr_parse (vectors[i][0], &error);
      g_autoptr(WeftMultiaddr) again = NULL;
      g_autoptr(WeftMultiaddr) from_json = NULL;
      g_autoptr(JsonNode) json = NULL;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = weft_multiaddr_to_string (address);
      g_assert_cmpstr (text, ==, expected);
      again = weft_multiaddr_parse (text, &error);
      g_assert_no_error (error);
      g_assert_true (weft_multiaddr_equal (address, again));
      json = weft_multiaddr_to_json (address);
      g_assert_true (json_node_is_immutable (json));
      from_json = weft_multiaddr_from_json (json, &error);
      g_assert_no_error (error);
      g_assert_true (weft_multiaddr_equal (address, from_json));
    }
}

static void
test_multiaddr_parts (void)
{
  g_autoptr(WeftMultiaddr) socket
    = weft_multiaddr_parse ("/dns6/example.org/tcp/443/wss/p2p/" PEER, NULL);
  g_autoptr(WeftMultiaddr) local = weft_multiaddr_parse ("/sim/42", NULL);

  g_test_summary ("An address tells what it is made of.");

  g_assert_cmpint (weft_multiaddr_get_scheme (socket), ==, WEFT_MULTIADDR_SCHEME_WSS);
  g_assert_cmpint (weft_multiaddr_get_host_kind (socket), ==, WEFT_MULTIADDR_HOST_KIND_DNS6);
  g_assert_cmpstr (weft_multiaddr_get_host (socket), ==, "example.org");
  g_assert_cmpuint (weft_multiaddr_get_port (socket), ==, 443);
  g_assert_cmpuint (weft_multiaddr_get_number (socket), ==, 0);
  g_assert_cmpstr (weft_peer_id_get_text (weft_multiaddr_get_peer_id (socket)), ==, PEER);

  g_assert_cmpint (weft_multiaddr_get_scheme (local), ==, WEFT_MULTIADDR_SCHEME_SIM);
  g_assert_cmpint (weft_multiaddr_get_host_kind (local), ==, WEFT_MULTIADDR_HOST_KIND_NONE);
  g_assert_null (weft_multiaddr_get_host (local));
  g_assert_cmpuint (weft_multiaddr_get_port (local), ==, 0);
  g_assert_cmpuint (weft_multiaddr_get_number (local), ==, 42);
  g_assert_null (weft_multiaddr_get_peer_id (local));
}

static void
test_multiaddr_made (void)
{
  static const struct
  {
    const char *host;
    guint16 port;
    gboolean is_tls;
    const char *text;
  } vectors[] = {
    { "127.0.0.1", 0, FALSE, "/ip4/127.0.0.1/tcp/0/ws" },
    { "::1", 9000, TRUE, "/ip6/::1/tcp/9000/wss" },
    { "Node.example.org", 443, TRUE, "/dns/node.example.org/tcp/443/wss" },
  };
  static const char *const refused[] = { "", "[::1]", "1.2.3", "1.2.3.4.5", "a b", "a/b", "-a" };
  g_autoptr(WeftPeerId) peer_id = weft_peer_id_parse (PEER, NULL);
  g_autoptr(WeftMultiaddr) local = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_MEMORY, 3);
  g_autoptr(WeftMultiaddr) named = weft_multiaddr_with_peer_id (local, peer_id);
  g_autoptr(WeftMultiaddr) unnamed = weft_multiaddr_with_peer_id (named, NULL);
  g_autofree char *text = weft_multiaddr_to_string (named);

  g_test_summary ("What a program makes an address of is checked as text is.");

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(WeftMultiaddr) made = weft_multiaddr_new_socket (vectors[i].host, vectors[i].port,
                                                                 vectors[i].is_tls, &error);
      g_autofree char *made_text = NULL;

      g_assert_no_error (error);
      made_text = weft_multiaddr_to_string (made);
      g_assert_cmpstr (made_text, ==, vectors[i].text);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (weft_multiaddr_new_socket (refused[i], 1, FALSE, &error));
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
    }

  g_assert_cmpstr (text, ==, "/memory/3/p2p/" PEER);
  g_assert_true (weft_multiaddr_equal (local, unnamed));
  g_assert_false (weft_multiaddr_equal (local, named));
}

/* What is refused, and the message, which has the address in front where it can be shown. */
static const char *const rejects[][2] = {
  { "", "expected an address that begins with “/”, such as /ip4/127.0.0.1/tcp/9000/ws, got “”" },
  { "ip4/1.2.3.4/tcp/1/ws",
    "expected an address that begins with “/”, such as /ip4/127.0.0.1/tcp/9000/ws, got "
    "“ip4/1.2.3.4/tcp/1/ws”" },
  { "/", "/: expected ip4, ip6, dns, dns4, dns6, memory or sim at the start, got the end" },
  { "//tcp", "//tcp: expected ip4, ip6, dns, dns4, dns6, memory or sim at the start, got an empty "
             "part" },
  { "/IP4/1.2.3.4/tcp/1/ws", "/IP4/1.2.3.4/tcp/1/ws: expected ip4, ip6, dns, dns4, dns6, memory "
                             "or sim at the start, got IP4" },
  { "/ip4", "/ip4: expected an IPv4 address after “/ip4/”, got the end" },
  { "/ip4/300.1.1.1/tcp/1/ws",
    "/ip4/300.1.1.1/tcp/1/ws: expected an IPv4 address after “/ip4/”, got 300.1.1.1" },
  { "/ip4/01.2.3.4/tcp/1/ws",
    "/ip4/01.2.3.4/tcp/1/ws: expected an IPv4 address after “/ip4/”, got 01.2.3.4" },
  { "/ip4/1.2.3/tcp/1/ws",
    "/ip4/1.2.3/tcp/1/ws: expected an IPv4 address after “/ip4/”, got 1.2.3" },
  { "/ip6/fe80::1%lo/tcp/1/ws",
    "/ip6/fe80::1%lo/tcp/1/ws: expected an IPv6 address after “/ip6/”, got fe80::1%lo" },
  { "/ip6/1::2::3/tcp/1/ws",
    "/ip6/1::2::3/tcp/1/ws: expected an IPv6 address after “/ip6/”, got 1::2::3" },
  { "/dns4/1.2.3.4/tcp/1/ws",
    "/dns4/1.2.3.4/tcp/1/ws: expected a host name after “/dns4/”, got 1.2.3.4" },
  { "/dns//tcp/1/ws", "/dns//tcp/1/ws: expected a host name after “/dns/”, got an empty part" },
  { "/dns/a..b/tcp/1/ws", "/dns/a..b/tcp/1/ws: expected a host name after “/dns/”, got a..b" },
  { "/dns/a./tcp/1/ws", "/dns/a./tcp/1/ws: expected a host name after “/dns/”, got a." },
  { "/dns/-a/tcp/1/ws", "/dns/-a/tcp/1/ws: expected a host name after “/dns/”, got -a" },
  { "/dns/a,b/tcp/1/ws", "/dns/a,b/tcp/1/ws: expected a host name after “/dns/”, got a,b" },
  { "/ip4/1.2.3.4", "/ip4/1.2.3.4: expected “tcp” after the host, got the end" },
  { "/ip4/1.2.3.4/udp/1/ws", "/ip4/1.2.3.4/udp/1/ws: expected “tcp” after the host, got udp" },
  { "/ip4/1.2.3.4/tcp",
    "/ip4/1.2.3.4/tcp: expected a port from 0 to 65535 after “/tcp/”, got the end" },
  { "/ip4/1.2.3.4/tcp/65536/ws", "/ip4/1.2.3.4/tcp/65536/ws: expected a port from 0 to 65535 "
                                 "after “/tcp/”, got 65536" },
  { "/ip4/1.2.3.4/tcp/080/ws",
    "/ip4/1.2.3.4/tcp/080/ws: expected a port from 0 to 65535 after “/tcp/”, got 080" },
  { "/ip4/1.2.3.4/tcp/-1/ws",
    "/ip4/1.2.3.4/tcp/-1/ws: expected a port from 0 to 65535 after “/tcp/”, got -1" },
  { "/ip4/1.2.3.4/tcp/+1/ws",
    "/ip4/1.2.3.4/tcp/+1/ws: expected a port from 0 to 65535 after “/tcp/”, got +1" },
  { "/ip4/1.2.3.4/tcp/1",
    "/ip4/1.2.3.4/tcp/1: expected “ws”, “wss” or “tls/ws” after the port, got the end" },
  { "/ip4/1.2.3.4/tcp/1/quic",
    "/ip4/1.2.3.4/tcp/1/quic: expected “ws”, “wss” or “tls/ws” after the port, got quic" },
  { "/ip4/1.2.3.4/tcp/1/tls",
    "/ip4/1.2.3.4/tcp/1/tls: expected “ws” after “tls”, got the end" },
  { "/ip4/1.2.3.4/tcp/1/tls/wss",
    "/ip4/1.2.3.4/tcp/1/tls/wss: expected “ws” after “tls”, got wss" },
  { "/ip4/1.2.3.4/tcp/1/ws/",
    "/ip4/1.2.3.4/tcp/1/ws/: expected “p2p” or the end after “ws”, got an empty part" },
  { "/ip4/1.2.3.4/tcp/1/ws/ws",
    "/ip4/1.2.3.4/tcp/1/ws/ws: expected “p2p” or the end after “ws”, got ws" },
  { "/memory", "/memory: expected a number after “/memory/”, got the end" },
  { "/memory/x", "/memory/x: expected a number after “/memory/”, got x" },
  { "/sim/18446744073709551616",
    "/sim/18446744073709551616: expected a number after “/sim/”, got 18446744073709551616" },
  { "/sim/01", "/sim/01: expected a number after “/sim/”, got 01" },
  { "/sim/1/p2p", "/sim/1/p2p: expected a peer id after “/p2p/”, got the end" },
  { "/sim/1/p2p/0", "/sim/1/p2p/0: peer id: expected base58 text, got the byte 0x30 at offset 0" },
  { "/sim/1/p2p/" PEER "/p2p/" PEER,
    "/sim/1/p2p/" PEER "/p2p/" PEER ": expected the end after the peer id, got p2p" },
  { "/dns/\xc3\xa4/tcp/1/ws", "expected an address of visible ASCII, got the byte 0xc3 at offset "
                              "5 (write a name in its xn-- form)" },
  { "/sim/1 ", "expected an address of visible ASCII, got the byte 0x20 at offset 6 (write a name "
               "in its xn-- form)" },
};

static void
test_multiaddr_rejects (void)
{
  g_test_summary ("What is no address is refused, with a message that names the part.");

  for (gsize i = 0; i < G_N_ELEMENTS (rejects); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (weft_multiaddr_parse (rejects[i][0], &error));
      g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
      g_assert_cmpstr (error->message, ==, rejects[i][1]);
    }
}

/* A name of that many bytes, in labels of at most 63. */
static char *
make_name (gsize length)
{
  char *name = g_strnfill (length, 'a');

  for (gsize i = 63; i + 1 < length; i += 64)
    name[i] = '.';

  return name;
}

static void
assert_name (gsize    length,
             gboolean is_accepted)
{
  g_autofree char *name = make_name (length);
  g_autofree char *text = g_strdup_printf ("/dns/%s/tcp/65535/wss/p2p/" PEER, name);
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_parse (text, NULL);

  g_assert_cmpint (address != NULL, ==, is_accepted);
}

static void
test_multiaddr_limits (void)
{
  g_autofree char *label = g_strnfill (63, 'a');
  g_autofree char *accepted = g_strdup_printf ("/dns/%s/tcp/1/ws", label);
  g_autofree char *refused = g_strdup_printf ("/dns/%sa/tcp/1/ws", label);
  g_autofree char *fill = g_strnfill (WEFT_LIMIT_ADDRESS_BYTES_MAX - 1, 'a');
  g_autofree char *at_limit = g_strdup_printf ("/%s", fill);
  g_autofree char *past_limit = g_strdup_printf ("/%sa", fill);
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_parse (accepted, NULL);
  g_autoptr(GError) error = NULL;

  g_test_summary ("Labels of 63, names of 253 and addresses of 512 bytes are the longest.");

  g_assert_nonnull (address);
  g_assert_null (weft_multiaddr_parse (refused, NULL));
  assert_name (253, TRUE);
  assert_name (254, FALSE);

  g_assert_null (weft_multiaddr_parse (at_limit, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (weft_multiaddr_parse (past_limit, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, "expected an address of at most 512 bytes, got more");
}

static void
test_multiaddr_mutations (void)
{
  static const char *const seeds[] = {
    "/ip4/127.0.0.1/tcp/9000/ws",
    "/ip6/2001:db8::1/tcp/443/tls/ws",
    "/dns4/Example.org/tcp/443/wss/p2p/" PEER,
    "/memory/7/p2p/" PEER,
  };
  static const char letters[] = "/.:-_0123456789abcfiopstwxAZ";
  guint n_accepted = 0;

  g_test_summary ("Whatever is accepted is written and read again as the same.");

  for (guint run = 0; run < 20000; run++)
    {
      g_autofree char *text = g_strdup (seeds[run % G_N_ELEMENTS (seeds)]);
      g_autoptr(WeftMultiaddr) address = NULL;
      g_autoptr(WeftMultiaddr) again = NULL;
      g_autofree char *written = NULL;

      text[g_test_rand_int_range (0, strlen (text))]
        = letters[g_test_rand_int_range (0, sizeof letters - 1)];
      address = weft_multiaddr_parse (text, NULL);
      if (address == NULL)
        continue;
      n_accepted++;
      written = weft_multiaddr_to_string (address);
      again = weft_multiaddr_parse (written, NULL);
      g_assert_nonnull (again);
      g_assert_true (weft_multiaddr_equal (address, again));
    }
  g_assert_cmpuint (n_accepted, >, 1000);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/multiaddr/canonical", test_multiaddr_canonical);
  g_test_add_func ("/multiaddr/parts", test_multiaddr_parts);
  g_test_add_func ("/multiaddr/made", test_multiaddr_made);
  g_test_add_func ("/multiaddr/rejects", test_multiaddr_rejects);
  g_test_add_func ("/multiaddr/limits", test_multiaddr_limits);
  g_test_add_func ("/multiaddr/mutations", test_multiaddr_mutations);

  return g_test_run ();
}
