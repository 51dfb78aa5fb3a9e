/* test-link-handshake.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "link-pair.h"

#include "weft-limits.h"

#include <string.h>

static void
test_opens (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("Both sides say hello at once, prove it, and are open after two messages each.");

  link_pair_start (pair);
  link_pair_settle (pair);
  link_pair_expect (pair,
                    "a sends hello\n"
                    "b sends hello\n"
                    "a sends proof\n"
                    "b sends proof\n"
                    "a is open\n"
                    "b is open\n");
}

static void
test_refusals (void)
{
  static const struct
  {
    LinkPairOptions options;
    const char *transcript;
  } cases[] = {
    { { .networks = { "red", "blue" } },
      "a ended wrong-network: the network “red” was expected, got “blue”\n"
      "b ended wrong-network: the network “blue” was expected, got “red”\n" },
    { { .is_same_peer = TRUE },
      "a ended self: the other side has our own peer id\n"
      "b ended self: the other side has our own peer id\n" },
  };

  g_test_summary ("Another network and one's own key are refused before any proof.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LinkPair) pair = link_pair_new (&cases[i].options);

      link_pair_start (pair);
      g_string_truncate (pair->transcript, 0);
      link_pair_settle (pair);
      link_pair_expect (pair, cases[i].transcript);
    }
}

static void
test_wrong_peer (void)
{
  g_autoptr (LinkPair) other = link_pair_new (NULL);
  LinkPairOptions options = { .expected = weft_identity_get_peer_id (other->identities[0]) };
  g_autoptr (LinkPair) pair = NULL;

  g_test_summary ("A dialler that was promised somebody hangs up on anybody else.");

  pair = link_pair_new (&options);
  link_pair_start (pair);
  g_string_truncate (pair->transcript, 0);
  link_pair_deliver (pair, 0);
  g_assert_true (g_str_has_prefix (pair->transcript->str, "a ended wrong-peer: the peer 12D3KooW"));
}

static void
test_bad_first_frames (void)
{
  static const struct
  {
    const char *frame;
    const char *ended;
  } cases[] = {
    { "{\"ping\":1}", "b ended protocol: a hello was expected, got another envelope\n" },
    { "{\"hello\":{\"version\":2,\"news\":true}}",
      "b ended version: protocol version 1 was expected, got 2\n" },
    { "{\"hello\":{},\"proof\":\"\"}",
      "b ended protocol: expected exactly one member that says what the envelope is, got 2\n" },
    { "{}",
      "b ended protocol: expected exactly one member that says what the envelope is, got 0\n" },
    { "{\"hello\":{\"version\":1,\"peerId\":\"12D3KooWx\"}}", NULL },
    { "{\"proof\":\"AAAA\"}", NULL },
    { "[[[[[[[[[[[[", NULL },
    { "", NULL },
  };

  g_test_summary ("A stranger says hello and nothing else, or is closed with a reason.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LinkPair) pair = link_pair_new (NULL);

      link_pair_start (pair);
      g_string_truncate (pair->transcript, 0);
      link_pair_frame (pair, 1, cases[i].frame);
      if (cases[i].ended != NULL)
        link_pair_expect (pair, cases[i].ended);
      else
        g_assert_true (g_str_has_prefix (pair->transcript->str, "b ended "));
    }
}

static void
test_stranger_size (void)
{
  g_autofree char *padding = g_strnfill (WEFT_LIMIT_HANDSHAKE_BYTES_MAX, ' ');
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("A hello may be padded up to the limit for strangers, and not past it.");

  link_pair_start (pair);
  g_string_truncate (pair->transcript, 0);
  for (guint past = 0; past < 2; past++)
    {
      g_autoptr (GBytes) hello = g_queue_pop_head (&pair->frames[past]);
      gsize room = WEFT_LIMIT_HANDSHAKE_BYTES_MAX - g_bytes_get_size (hello) + past;
      g_autofree char *frame = g_strdup_printf ("%.*s%.*s", (int) room, padding,
                                                (int) g_bytes_get_size (hello),
                                                (const char *) g_bytes_get_data (hello, NULL));

      link_pair_frame (pair, past, frame);
    }
  link_pair_expect (pair,
                    "a sends proof\n"
                    "b ended too-large: expected JSON of at most 16384 bytes, got 16385\n");
}

static void
test_bad_proof (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);
  g_autofree char *zeros = g_strnfill (86, 'A');
  g_autofree char *frame = g_strdup_printf ("{\"proof\":\"%s\"}", zeros);

  g_test_summary ("A proof that does not verify ends the link, and says nothing of requests.");

  link_pair_start (pair);
  link_pair_deliver (pair, 1);
  g_string_truncate (pair->transcript, 0);
  link_pair_frame (pair, 1, frame);
  link_pair_expect (pair, "b ended bad-proof: the proof does not verify with the peer's key\n");
}

static void
test_reflected_proof (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);
  g_autoptr (GBytes) proof = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("A proof played back to the side that made it is worth nothing.");

  link_pair_start (pair);
  link_pair_deliver (pair, 0);
  link_pair_deliver (pair, 1);
  proof = g_queue_pop_tail (&pair->frames[1]);
  text = g_strndup (g_bytes_get_data (proof, NULL), g_bytes_get_size (proof));
  g_string_truncate (pair->transcript, 0);
  link_pair_frame (pair, 0, text);
  link_pair_expect (pair, "a ended bad-proof: the proof does not verify with the peer's key\n");
}

static void
test_bindings (void)
{
  static const struct
  {
    const char *bindings[2];
    gboolean opens;
    gboolean is_bound;
  } cases[] = {
    { { NULL, NULL }, TRUE, FALSE },
    { { "one", "one" }, TRUE, TRUE },
    { { "one", NULL }, TRUE, FALSE },
    { { "one", "two" }, FALSE, TRUE },
  };

  g_test_summary ("Two ends of one TLS connection are bound to it, of two they are refused.");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LinkPairOptions options = {
        .bindings = { cases[i].bindings[0], cases[i].bindings[1] },
      };
      g_autoptr (LinkPair) pair = link_pair_new (&options);

      link_pair_start (pair);
      link_pair_settle (pair);
      g_assert_cmpint (strstr (pair->transcript->str, "ended bad-proof") == NULL, ==,
                       cases[i].opens);
      g_assert_cmpint (weft_link_machine_is_bound (pair->machines[0]), ==, cases[i].is_bound);
      g_assert_cmpint (weft_link_machine_is_bound (pair->machines[1]), ==, cases[i].is_bound);
    }
}

static void
test_deadline (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (NULL);

  g_test_summary ("A handshake that is not done after ten seconds is given up, and not before.");

  link_pair_start (pair);
  g_string_truncate (pair->transcript, 0);
  link_pair_deliver (pair, 1);
  link_pair_wait (pair, WEFT_LIMIT_HANDSHAKE_USEC - 1);
  link_pair_type (pair, 0, WEFT_LINK_EVENT_TIMEOUT);
  link_pair_wait (pair, 1);
  link_pair_expect (pair,
                    "b sends proof\n"
                    "a ended timeout: the handshake took too long\n"
                    "b ended timeout: the handshake took too long\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/link/handshake/opens", test_opens);
  g_test_add_func ("/link/handshake/refusals", test_refusals);
  g_test_add_func ("/link/handshake/wrong-peer", test_wrong_peer);
  g_test_add_func ("/link/handshake/bad-first-frames", test_bad_first_frames);
  g_test_add_func ("/link/handshake/stranger-size", test_stranger_size);
  g_test_add_func ("/link/handshake/bad-proof", test_bad_proof);
  g_test_add_func ("/link/handshake/reflected-proof", test_reflected_proof);
  g_test_add_func ("/link/handshake/bindings", test_bindings);
  g_test_add_func ("/link/handshake/deadline", test_deadline);

  return g_test_run ();
}
