/* test-lan-record.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-lan-record.h"

#define OWN "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo"
#define OTHER "12D3KooWLJtG8fd2hkQzTn96MrLvThmnNQjTUFZwGEsLRz5EmSzc"

static char *
make_address (const char *first,
              const char *second,
              const char *third,
              const char *host,
              guint       port)
{
  const char *const texts[] = { first, second, third, NULL };
  g_autoptr(GError) error = NULL;
  char *address = weft_lan_record_make_address (texts, host, port, "stars", OWN, &error);

  if (error != NULL)
    {
      g_assert_null (address);
      return g_strconcat ("refused: ", error->message, NULL);
    }

  return address;
}

static void
assert_address (const char *first,
                const char *second,
                const char *third,
                const char *host,
                guint       port,
                const char *expected)
{
  g_autofree char *address = make_address (first, second, third, host, port);

  g_assert_cmpstr (address, ==, expected);
}

static void
test_there_and_back (void)
{
  g_auto(GStrv) texts = weft_lan_record_make ("stars", OTHER, TRUE);

  g_test_summary ("What a node says is what another reads.");

  g_assert_cmpuint (g_strv_length (texts), ==, 3);
  assert_address (texts[0], texts[1], texts[2], "192.0.2.1", 9338,
                  "/ip4/192.0.2.1/tcp/9338/wss/p2p/" OTHER);
  assert_address (texts[2], texts[1], texts[0], "2001:db8::1", 80,
                  "/ip6/2001:db8::1/tcp/80/wss/p2p/" OTHER);
}

static void
test_passed_over (void)
{
  g_test_summary ("Another network, ourselves, and an address of a link are passed over.");

  assert_address ("network=moons", "peer=" OTHER, "scheme=ws", "192.0.2.1", 1, NULL);
  assert_address ("network=", "peer=" OTHER, "scheme=ws", "192.0.2.1", 1, NULL);
  assert_address ("network=stars", "peer=" OWN, "scheme=ws", "192.0.2.1", 1, NULL);
  assert_address ("network=stars", "peer=" OTHER, "scheme=ws", "fe80::1", 1, NULL);
  assert_address ("network=stars", "peer=" OTHER, "scheme=ws", "FEBF::1", 1, NULL);
}

static void
test_nonsense (void)
{
  g_autofree char *no_id = NULL;
  g_autofree char *no_host = NULL;
  g_autofree char *more = NULL;

  g_test_summary ("What is no record is refused, whatever it tries to be.");

  assert_address ("network=stars", "peer=" OTHER, "path=/", "192.0.2.1", 1,
                  "refused: expected a record with network, peer and scheme, got one without "
                  "scheme");
  assert_address ("networkstars", "peer=" OTHER, "scheme=ws", "192.0.2.1", 1,
                  "refused: expected a record with network, peer and scheme, got one without "
                  "network");
  assert_address ("network=stars", "peer", "scheme=ws", "192.0.2.1", 1,
                  "refused: expected a record with network, peer and scheme, got one without peer");
  assert_address ("network=stars", "peer=" OTHER, "scheme=tcp", "192.0.2.1", 1,
                  "refused: expected ws or wss, got “tcp”");

  no_id = make_address ("network=stars", "peer=me", "scheme=ws", "192.0.2.1", 1);
  g_assert_true (g_str_has_prefix (no_id, "refused: "));
  no_host = make_address ("network=stars", "peer=" OTHER, "scheme=ws", "300.0.2.1", 1);
  g_assert_true (g_str_has_prefix (no_host, "refused: "));
  more = make_address ("network=stars", "peer=" OTHER "/p2p/" OWN, "scheme=ws", "192.0.2.1", 1);
  g_assert_true (g_str_has_prefix (more, "refused: "));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lan-record/there-and-back", test_there_and_back);
  g_test_add_func ("/lan-record/passed-over", test_passed_over);
  g_test_add_func ("/lan-record/nonsense", test_nonsense);

  return g_test_run ();
}
