/* test-channel-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "contract-node.h"
#include "fake-transport.h"

#include <string.h>

static WeftTransport *
make (WeftIdentity *identity,
      const char   *network,
      WeftPeerRole  role,
      WeftClock    *clock,
      WeftRandom   *random)
{
  return g_object_new (FAKE_TYPE_TRANSPORT,
                       "identity", identity,
                       "network", network,
                       "role", role,
                       "clock", clock,
                       "random", random,
                       "agent", "fake/1",
                       NULL);
}

static const WeftTransportContract fake = { "fake", "/memory/1", make };

/* Somebody opens a connection to a node, and is the test. */
static FakeChannel *
accept_one (ContractNode *node)
{
  FakeChannel *channel = fake_channel_new ();

  weft_channel_transport_accepted (WEFT_CHANNEL_TRANSPORT (node->transport),
                                   WEFT_CHANNEL (channel));

  return channel;
}

/* A connection between two nodes, and what its dial came to. */
typedef struct
{
  FakeChannel *dialled;
  FakeChannel *accepted;
  ContractOutcome outcome;
} Pipe;

static void
pipe_clear (Pipe *self)
{
  g_clear_object (&self->dialled);
  g_clear_object (&self->accepted);
  contract_outcome_clear (&self->outcome);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pipe, pipe_clear)

/* A dial from one node to another comes through. */
static void
pipe_join (Pipe         *self,
           ContractNode *from,
           ContractNode *to)
{
  g_autoptr (WeftMultiaddr) address = weft_multiaddr_parse ("/memory/1", NULL);

  self->dialled = fake_channel_new ();
  self->accepted = fake_channel_new ();
  fake_channel_connect (self->dialled, self->accepted);
  contract_node_dial (from, address, &self->outcome);
  weft_channel_transport_accepted (WEFT_CHANNEL_TRANSPORT (to->transport),
                                   WEFT_CHANNEL (self->accepted));
  weft_channel_transport_dialled (WEFT_CHANNEL_TRANSPORT (from->transport),
                                  FAKE_TRANSPORT (from->transport)->dial_id,
                                  WEFT_CHANNEL (self->dialled), NULL);
}

static void
test_bad_proof (void)
{
  g_autoptr (ContractNode) node = contract_node_new (&fake, 1, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (ContractNode) other = contract_node_new (&fake, 2, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (FakeChannel) channel = accept_one (node);
  g_autofree char *hello
    = g_strdup_printf ("{\"hello\":{\"version\":1,\"peerId\":\"%s\",\"network\":\"test\","
                       "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}}",
                       weft_peer_id_get_text (contract_node_get_id (other)));
  g_autofree char *zeros = g_strnfill (86, 'A');
  g_autofree char *proof = g_strdup_printf ("{\"proof\":\"%s\"}", zeros);

  g_test_summary ("Who cannot prove the key it names is closed and counted, and never appears.");

  fake_channel_say (channel, hello);
  fake_channel_say (channel, proof);
  fake_channel_say (channel, "{\"id\":1,\"to\":\"/test/echo/1.0.0\",\"body\":{}}");
  contract_run_until (channel->close_reason != NULL);
  g_assert_cmpstr (channel->close_reason, ==,
                   "bad-proof: the proof does not verify with the peer's key");
  contract_run_until (contract_node_get_counter (node, "connections-now") == 0);
  g_assert_cmpuint (contract_node_get_counter (node, "closed-bad-proof"), ==, 1);
  g_assert_cmpuint (node->n_appeared, ==, 0);
  g_assert_cmpuint (channel->sent->len, ==, 2);
}

static void
test_crowd (void)
{
  g_autoptr (ContractNode) node = contract_node_new (&fake, 1, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (GPtrArray) channels = g_ptr_array_new_with_free_func (g_object_unref);
  FakeChannel *first;
  FakeChannel *last;

  g_test_summary ("Past the number of handshakes strangers are turned away, until one is done.");

  for (guint i = 0; i <= WEFT_LIMIT_HANDSHAKES_MAX; i++)
    g_ptr_array_add (channels, accept_one (node));
  first = g_ptr_array_index (channels, 0);
  last = g_ptr_array_index (channels, WEFT_LIMIT_HANDSHAKES_MAX);
  g_assert_null (first->close_reason);
  g_assert_cmpstr (last->close_reason, ==, "full: too many handshakes");
  g_assert_cmpuint (contract_node_get_counter (node, "handshakes-now"), ==,
                    WEFT_LIMIT_HANDSHAKES_MAX);

  fake_channel_say (first, "{}");
  contract_run_until (first->close_reason != NULL);
  g_ptr_array_add (channels, accept_one (node));
  last = g_ptr_array_index (channels, channels->len - 1);
  g_assert_null (last->close_reason);
}

static gboolean
refuse_clients (WeftChannelTransport *transport,
                WeftPeer             *peer,
                gpointer              user_data)
{
  guint *n_asked = user_data;

  (*n_asked)++;
  return weft_peer_get_role (peer) != WEFT_PEER_ROLE_CLIENT;
}

static void
test_policy (void)
{
  g_autoptr (ContractNode) node = contract_node_new (&fake, 1, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (ContractNode) client = contract_node_new (&fake, 2, "test", WEFT_PEER_ROLE_CLIENT);
  g_autoptr (ContractNode) peer = contract_node_new (&fake, 3, "test", WEFT_PEER_ROLE_PEER);
  g_auto (Pipe) refused = { 0 };
  g_auto (Pipe) welcome = { 0 };
  guint n_asked = 0;

  g_test_summary ("The policy sees who proved itself; whom it refuses never appears.");

  weft_channel_transport_set_policy (WEFT_CHANNEL_TRANSPORT (node->transport), refuse_clients,
                                     &n_asked, NULL);
  pipe_join (&refused, client, node);
  pipe_join (&welcome, peer, node);
  contract_run_until (welcome.outcome.n_done > 0 && node->n_appeared > 0 && n_asked == 2);
  contract_run_until (refused.outcome.n_done > 0 && refused.accepted->close_reason != NULL);
  g_assert_cmpstr (refused.accepted->close_reason, ==, "refused: this node refuses the peer");
  g_assert_cmpuint (contract_node_get_counter (node, "closed-refused"), ==, 1);
  g_assert_cmpuint (node->n_appeared, ==, 1);
}

static void
test_corpse (void)
{
  g_autoptr (ContractNode) node = contract_node_new (&fake, 1, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (ContractNode) before = contract_node_new (&fake, 2, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (ContractNode) after = contract_node_new (&fake, 2, "test", WEFT_PEER_ROLE_PEER);
  g_auto (Pipe) dead = { 0 };
  g_auto (Pipe) live = { 0 };
  g_auto (ContractOutcome) lost = { 0 };
  g_auto (ContractOutcome) answered = { 0 };

  g_test_summary ("A peer that vanished and came back is asked on the connection that works.");

  pipe_join (&dead, node, before);
  contract_run_until (node->n_appeared == 1 && before->n_appeared == 1);
  dead.dialled->is_frozen = dead.accepted->is_frozen = TRUE;
  contract_node_request (node, after, ECHO, "{}", 0, &lost);

  pipe_join (&live, after, node);
  contract_run_until (after->n_appeared == 1);
  contract_run_until (contract_node_get_counter (node, "connections-now") == 2);
  contract_run_until (contract_node_get_counter (node, "links-duplicate") == 1);
  contract_node_request (node, after, ECHO, "{\"n\":1}", 0, &answered);
  contract_run_until (answered.n_done > 0);
  contract_outcome_expect (&answered, "{\"n\":1}");

  /* The corpse is found at last. */
  weft_channel_emit_closed (WEFT_CHANNEL (dead.dialled), NULL);
  contract_run_until (lost.n_done > 0);
  g_assert_error (lost.error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
  g_assert_cmpuint (node->n_appeared, ==, 1);
  g_assert_cmpuint (node->n_went, ==, 0);
}

static void
test_abandoned_dial (void)
{
  g_autoptr (ContractNode) node = contract_node_new (&fake, 1, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (WeftMultiaddr) address = weft_multiaddr_parse ("/memory/1", NULL);
  g_autoptr (FakeChannel) late = fake_channel_new ();
  g_autoptr (GError) error = NULL;
  g_auto (ContractOutcome) closed = { 0 };

  g_test_summary ("A connection that comes after its dial has ended is closed.");

  contract_node_dial (node, address, &closed);
  weft_transport_close (node->transport);
  weft_channel_transport_dialled (WEFT_CHANNEL_TRANSPORT (node->transport),
                                  FAKE_TRANSPORT (node->transport)->dial_id, WEFT_CHANNEL (late),
                                  NULL);
  contract_run_until (closed.n_done > 0);
  g_assert_error (closed.error, WEFT_ERROR, WEFT_ERROR_CLOSED);
  g_assert_true (g_str_has_prefix (late->close_reason, "timeout: "));
}

static void
test_counters (void)
{
  g_autoptr (ContractNode) node = contract_node_new (&fake, 1, "test", WEFT_PEER_ROLE_PEER);
  WeftChannelTransport *transport = WEFT_CHANNEL_TRANSPORT (node->transport);
  g_autoptr (GVariant) counters = NULL;
  g_autofree char *text = NULL;

  g_test_summary ("Counters are sorted by name, with those of the implementation among them.");

  weft_channel_transport_count (transport, "zebras", 2);
  weft_channel_transport_count (transport, "handshakes-odd", 1);
  weft_channel_transport_count (transport, "apes", 1);
  weft_channel_transport_count (transport, "zebras", 1);
  counters = weft_transport_get_counters (node->transport);
  text = g_variant_print (counters, FALSE);
  g_assert_cmpstr (text, ==,
                   "{'apes': 1, 'bytes-received': 0, 'bytes-sent': 0, 'connections-now': 0, "
                   "'dials-now': 0, 'frames-received': 0, 'frames-sent': 0, 'handshakes-now': 0, "
                   "'handshakes-odd': 1, 'peers-now': 0, 'requests-now': 0, 'zebras': 3}");
}

static void
test_for_address (void)
{
  g_autoptr (ContractNode) node = contract_node_new (&fake, 1, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (WeftMultiaddr) memory = weft_multiaddr_parse ("/memory/1", NULL);
  g_autoptr (WeftMultiaddr) sim = weft_multiaddr_parse ("/sim/1", NULL);
  g_autoptr (WeftClock) clock = weft_system_clock_new ();
  g_autoptr (WeftRandom) random = weft_system_random_new ();
  g_autoptr (WeftTransport) transport = NULL;
  g_autoptr (GError) error = NULL;

  g_test_summary ("An address chooses its transport, or says that there is none.");

  transport = weft_transport_new_for_address (memory, node->identity, "test", WEFT_PEER_ROLE_PEER,
                                              clock, random, &error);
  g_assert_no_error (error);
  g_assert_true (WEFT_IS_LOOPBACK_TRANSPORT (transport));
  g_assert_null (weft_transport_new_for_address (sim, node->identity, "test", WEFT_PEER_ROLE_PEER,
                                                 clock, random, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/channel-transport/bad-proof", test_bad_proof);
  g_test_add_func ("/channel-transport/crowd", test_crowd);
  g_test_add_func ("/channel-transport/policy", test_policy);
  g_test_add_func ("/channel-transport/corpse", test_corpse);
  g_test_add_func ("/channel-transport/abandoned-dial", test_abandoned_dial);
  g_test_add_func ("/channel-transport/counters", test_counters);
  g_test_add_func ("/channel-transport/for-address", test_for_address);

  return g_test_run ();
}
