/* contract-node.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "contract-node.h"

#include <string.h>

static void
handle_echo (ContractNode *node,
             WeftRequest  *request)
{
  JsonObject *object = json_node_get_object (weft_request_get_body (request));

  if (json_object_has_member (object, "n"))
    {
      gint64 number = json_object_get_int_member (object, "n");

      node->is_in_order = node->is_in_order && number > node->last_number;
      node->last_number = number;
    }
  weft_request_reply (request, weft_request_get_body (request));
}

static void
reply_empty (WeftRequest *request)
{
  g_autoptr (JsonNode) body = weft_json_parse ("{}", -1, NULL);

  weft_request_reply (request, body);
}

static void
on_request (WeftTransport *transport,
            WeftRequest   *request,
            gpointer       user_data)
{
  ContractNode *node = user_data;
  const char *protocol = weft_request_get_protocol (request);
  g_autoptr (GError) error = NULL;

  if (g_str_equal (protocol, ECHO))
    handle_echo (node, request);
  else if (g_str_equal (protocol, VOID) || g_str_equal (protocol, BULK))
    reply_empty (request);
  else if (g_str_equal (protocol, HOLD))
    g_ptr_array_add (node->held, g_object_ref (request));
  else if (g_str_equal (protocol, NEWS))
    {
      g_assert_true (weft_request_is_one_way (request));
      g_ptr_array_add (node->news, weft_json_to_string (weft_request_get_body (request)));
    }
  else if (g_str_equal (protocol, FAIL))
    {
      error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "there is no such thing");
      weft_request_fail (request, error);
    }
  else
    g_assert_cmpstr (protocol, ==, DROP);
}

static void
on_appeared (WeftTransport *transport,
             WeftPeer      *peer,
             gpointer       user_data)
{
  ContractNode *node = user_data;

  node->n_appeared++;
  g_ptr_array_add (node->peers, g_object_ref (peer));
}

static void
on_went (WeftTransport *transport,
         WeftPeer      *peer,
         const GError  *reason,
         gpointer       user_data)
{
  ContractNode *node = user_data;

  node->n_went++;
  g_assert_true (g_ptr_array_find (node->peers, peer, NULL));
  g_clear_error (&node->went_error);
  node->went_error = reason != NULL ? g_error_copy (reason) : NULL;
}

/* The same seed always makes the same peer; a larger one need not be a larger peer id. */
ContractNode *
contract_node_new (const WeftTransportContract *contract,
                   guint8                       seed,
                   const char                  *network,
                   WeftPeerRole                 role)
{
  static const char *const protocols[] = { ECHO, VOID, FAIL, DROP, HOLD, BULK, NEWS, NULL };
  ContractNode *node = g_new0 (ContractNode, 1);
  g_autoptr (WeftClock) clock = weft_system_clock_new ();
  g_autoptr (WeftRandom) random = weft_system_random_new ();
  g_autoptr (GBytes) bytes = NULL;
  guint8 data[32];

  memset (data, seed, sizeof data);
  bytes = g_bytes_new (data, sizeof data);
  node->identity = weft_identity_new_from_seed (bytes, NULL);
  node->held = g_ptr_array_new_with_free_func (g_object_unref);
  node->news = g_ptr_array_new_with_free_func (g_free);
  node->peers = g_ptr_array_new_with_free_func (g_object_unref);
  node->last_number = -1;
  node->is_in_order = TRUE;
  node->transport = contract->make (node->identity, network, role, clock, random);
  weft_transport_set_handler (node->transport, protocols, on_request, node, NULL);
  g_signal_connect (node->transport, "peer-appeared", G_CALLBACK (on_appeared), node);
  g_signal_connect (node->transport, "peer-went", G_CALLBACK (on_went), node);

  return node;
}

void
contract_node_free (ContractNode *node)
{
  g_clear_object (&node->transport);
  g_assert_cmpuint (node->n_went, ==, node->n_appeared);
  g_ptr_array_unref (node->held);
  g_ptr_array_unref (node->news);
  g_ptr_array_unref (node->peers);
  g_clear_error (&node->went_error);
  g_clear_object (&node->identity);
  g_free (node);
}

WeftPeerId *
contract_node_get_id (ContractNode *node)
{
  return weft_identity_get_peer_id (node->identity);
}

/* Where it really listens. */
WeftMultiaddr *
contract_node_listen (ContractNode                *node,
                      const WeftTransportContract *contract)
{
  g_autoptr (WeftMultiaddr) address = weft_multiaddr_parse (contract->listen_address, NULL);
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;

  weft_transport_listen (node->transport, address, &error);
  g_assert_no_error (error);
  addresses = weft_transport_list_addresses (node->transport);
  g_assert_cmpuint (addresses->len, >=, 1);

  return weft_multiaddr_ref (g_ptr_array_index (addresses, addresses->len - 1));
}

/* Both see each other when this returns. */
void
contract_node_connect (ContractNode                *node,
                       ContractNode                *to,
                       const WeftTransportContract *contract)
{
  g_autoptr (WeftMultiaddr) address = contract_node_listen (to, contract);
  g_auto (ContractOutcome) outcome = { 0 };

  contract_node_dial (node, address, &outcome);
  contract_run_until (outcome.n_done > 0);
  g_assert_no_error (outcome.error);
  contract_run_until (node->n_appeared > 0 && to->n_appeared > 0);
}

static void
on_dialled (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  ContractOutcome *outcome = user_data;

  g_assert_false (outcome->is_in_call);
  g_assert_true ((peer != NULL) != (error != NULL));
  outcome->n_done++;
  g_assert_cmpuint (outcome->n_done, ==, 1);
  outcome->peer = peer != NULL ? g_object_ref (peer) : NULL;
  outcome->error = error != NULL ? g_error_copy (error) : NULL;
}

void
contract_node_dial (ContractNode    *node,
                    WeftMultiaddr   *address,
                    ContractOutcome *outcome)
{
  outcome->is_in_call = TRUE;
  weft_transport_dial (node->transport, address, 0, on_dialled, outcome);
  outcome->is_in_call = FALSE;
}

static void
on_reply (WeftTransport *transport,
          JsonNode      *body,
          const GError  *error,
          gpointer       user_data)
{
  ContractOutcome *outcome = user_data;

  g_assert_false (outcome->is_in_call);
  g_assert_true ((body != NULL) != (error != NULL));
  g_assert_true (body == NULL || json_node_is_immutable (body));
  outcome->n_done++;
  g_assert_cmpuint (outcome->n_done, ==, 1);
  outcome->body = body != NULL ? json_node_ref (body) : NULL;
  outcome->error = error != NULL ? g_error_copy (error) : NULL;
}

guint64
contract_node_request (ContractNode    *node,
                       ContractNode    *to,
                       const char      *protocol,
                       const char      *body,
                       gint64           timeout_usec,
                       ContractOutcome *outcome)
{
  g_autoptr (JsonNode) json = weft_json_parse (body, -1, NULL);
  guint64 request_id;

  g_assert_nonnull (json);
  outcome->is_in_call = TRUE;
  request_id = weft_transport_request (node->transport, contract_node_get_id (to), protocol, json,
                                       timeout_usec, on_reply, outcome);
  outcome->is_in_call = FALSE;

  return request_id;
}

guint64
contract_node_get_counter (ContractNode *node,
                           const char   *name)
{
  g_autoptr (GVariant) counters = weft_transport_get_counters (node->transport);
  guint64 value = 0;

  g_variant_lookup (counters, name, "t", &value);

  return value;
}

void
contract_outcome_clear (ContractOutcome *outcome)
{
  g_clear_pointer (&outcome->body, json_node_unref);
  g_clear_object (&outcome->peer);
  g_clear_error (&outcome->error);
}

void
contract_outcome_expect (ContractOutcome *outcome,
                         const char      *body)
{
  g_autofree char *text = NULL;

  g_assert_no_error (outcome->error);
  text = weft_json_to_string (outcome->body);
  g_assert_cmpstr (text, ==, body);
}
