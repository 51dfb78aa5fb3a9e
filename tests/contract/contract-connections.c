/* contract-connections.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "contract-node.h"

#include <string.h>

static void
test_drop (ContractNode                *a,
           ContractNode                *b,
           const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) pending = { 0 };
  g_auto (ContractOutcome) after = { 0 };

  g_test_summary ("A dropped peer goes on both sides, with the reason where it was not meant.");

  contract_node_connect (a, b, contract);
  contract_node_request (a, b, HOLD, "{}", 0, &pending);
  contract_run_until (b->held->len > 0);
  weft_transport_drop_peer (b->transport, contract_node_get_id (a), "had enough");
  contract_run_until (a->n_went > 0 && b->n_went > 0);

  g_assert_no_error (b->went_error);
  g_assert_nonnull (a->went_error);
  g_assert_nonnull (strstr (a->went_error->message, "had enough"));
  contract_run_until (pending.n_done > 0);
  g_assert_error (pending.error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
  contract_node_request (a, b, ECHO, "{}", 0, &after);
  contract_run_until (after.n_done > 0);
  g_assert_error (after.error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
}

static void
test_come_back (ContractNode                *a,
                ContractNode                *b,
                const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) outcome = { 0 };

  g_test_summary ("A peer that went can come back, and is another object then.");

  contract_node_connect (a, b, contract);
  weft_transport_drop_peer (a->transport, contract_node_get_id (b), NULL);
  contract_run_until (a->n_went == 1 && b->n_went == 1);
  contract_node_connect (a, b, contract);
  contract_run_until (a->n_appeared == 2 && b->n_appeared == 2);
  g_assert_true (g_ptr_array_index (a->peers, 0) != g_ptr_array_index (a->peers, 1));
  contract_node_request (a, b, ECHO, "{}", 0, &outcome);
  contract_run_until (outcome.n_done > 0);
  contract_outcome_expect (&outcome, "{}");
}

static void
test_close (ContractNode                *a,
            ContractNode                *b,
            const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) ours = { 0 };
  g_auto (ContractOutcome) theirs = { 0 };
  g_auto (ContractOutcome) dialled = { 0 };
  g_auto (ContractOutcome) after = { 0 };
  g_autoptr (WeftMultiaddr) address = NULL;

  g_test_summary ("Closing ends what is under way, here as closed, there as indeterminate.");

  address = contract_node_listen (a, contract);
  contract_node_connect (a, b, contract);
  contract_node_request (a, b, HOLD, "{}", 0, &ours);
  contract_node_request (b, a, HOLD, "{}", 0, &theirs);
  contract_run_until (a->held->len > 0 && b->held->len > 0);
  ours.is_in_call = theirs.is_in_call = TRUE;
  weft_transport_close (a->transport);
  weft_transport_close (a->transport);
  ours.is_in_call = theirs.is_in_call = FALSE;

  contract_run_until (ours.n_done > 0 && theirs.n_done > 0 && a->n_went > 0 && b->n_went > 0);
  g_assert_error (ours.error, WEFT_ERROR, WEFT_ERROR_CLOSED);
  g_assert_error (theirs.error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
  g_assert_no_error (a->went_error);
  g_assert_nonnull (b->went_error);

  contract_node_dial (a, address, &dialled);
  contract_node_request (a, b, ECHO, "{}", 0, &after);
  contract_run_until (dialled.n_done > 0 && after.n_done > 0);
  g_assert_error (dialled.error, WEFT_ERROR, WEFT_ERROR_CLOSED);
  g_assert_error (after.error, WEFT_ERROR, WEFT_ERROR_CLOSED);
}

static void
test_dispose (ContractNode                *a,
              ContractNode                *b,
              const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) outcome = { 0 };

  g_test_summary ("Letting go of a transport closes it, and nobody is left waiting.");

  contract_node_connect (a, b, contract);
  contract_node_request (a, b, HOLD, "{}", 0, &outcome);
  contract_run_until (b->held->len > 0);
  g_clear_object (&a->transport);
  g_assert_cmpuint (outcome.n_done, ==, 1);
  g_assert_error (outcome.error, WEFT_ERROR, WEFT_ERROR_CLOSED);
  contract_run_until (b->n_went > 0);
}

static void
test_held_past_the_end (ContractNode                *a,
                        ContractNode                *b,
                        const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) outcome = { 0 };
  g_autoptr (JsonNode) body = weft_json_parse ("{}", -1, NULL);
  g_autoptr (WeftRequest) request = NULL;

  g_test_summary ("A request may outlive the transport it came by; its answer goes nowhere.");

  contract_node_connect (a, b, contract);
  contract_node_request (a, b, HOLD, "{}", 0, &outcome);
  contract_run_until (b->held->len > 0);
  request = g_ptr_array_steal_index (b->held, 0);
  g_clear_object (&b->transport);
  g_assert_true (g_cancellable_is_cancelled (weft_request_get_cancellable (request)));
  contract_run_until (outcome.n_done > 0);
  g_assert_error (outcome.error, WEFT_ERROR, WEFT_ERROR_INDETERMINATE);
  weft_request_reply (request, body);
}

static void
test_wrong_network (ContractNode                *a,
                    ContractNode                *b,
                    const WeftTransportContract *contract)
{
  g_autoptr (ContractNode) stranger = NULL;
  g_autoptr (WeftMultiaddr) address = NULL;
  g_auto (ContractOutcome) outcome = { 0 };

  g_test_summary ("A peer of another network is refused, and never appears.");

  stranger = contract_node_new (contract, 3, "another", WEFT_PEER_ROLE_PEER);
  address = contract_node_listen (b, contract);
  contract_node_dial (stranger, address, &outcome);
  contract_run_until (outcome.n_done > 0);
  g_assert_nonnull (outcome.error);
  g_assert_cmpuint (stranger->n_appeared, ==, 0);
  contract_run_until (contract_node_get_counter (b, "connections-now") == 0);
  g_assert_cmpuint (b->n_appeared, ==, 0);
}

static void
test_self (ContractNode                *a,
           ContractNode                *b,
           const WeftTransportContract *contract)
{
  g_autoptr (WeftMultiaddr) address = NULL;
  g_auto (ContractOutcome) outcome = { 0 };

  g_test_summary ("Who dials itself hears about it.");

  address = contract_node_listen (a, contract);
  contract_node_dial (a, address, &outcome);
  contract_run_until (outcome.n_done > 0);
  g_assert_error (outcome.error, WEFT_ERROR, WEFT_ERROR_REFUSED);
  contract_run_until (contract_node_get_counter (a, "connections-now") == 0);
  g_assert_cmpuint (contract_node_get_counter (a, "closed-self"), >=, 1);
  g_assert_cmpuint (a->n_appeared, ==, 0);
}

static void
test_wrong_peer (ContractNode                *a,
                 ContractNode                *b,
                 const WeftTransportContract *contract)
{
  g_autoptr (WeftMultiaddr) address = NULL;
  g_autoptr (WeftMultiaddr) wrong = NULL;
  g_auto (ContractOutcome) outcome = { 0 };

  g_test_summary ("An address that names a peer reaches that peer or nobody.");

  address = contract_node_listen (b, contract);
  wrong = weft_multiaddr_with_peer_id (address, contract_node_get_id (a));
  contract_node_dial (a, wrong, &outcome);
  contract_run_until (outcome.n_done > 0);
  g_assert_error (outcome.error, WEFT_ERROR, WEFT_ERROR_REFUSED);
  contract_run_until (contract_node_get_counter (b, "connections-now") == 0);
  g_assert_cmpuint (b->n_appeared, ==, 0);
}

static void
test_nobody_there (ContractNode                *a,
                   ContractNode                *b,
                   const WeftTransportContract *contract)
{
  g_autoptr (WeftMultiaddr) address = NULL;
  gboolean is_sim = g_str_has_prefix (contract->listen_address, "/sim/");
  g_autoptr (WeftMultiaddr) foreign = weft_multiaddr_parse (is_sim ? "/memory/1" : "/sim/1", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (ContractOutcome) outcome = { 0 };

  g_test_summary ("Nobody can be dialled where nobody listens, nor two listen at one address.");

  address = contract_node_listen (b, contract);
  g_assert_false (weft_transport_listen (a->transport, address, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (weft_transport_listen (a->transport, foreign, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_INVALID);

  weft_transport_close (b->transport);
  contract_node_dial (a, address, &outcome);
  contract_run_until (outcome.n_done > 0);
  g_assert_error (outcome.error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
}

static void
test_coalesced (ContractNode                *a,
                ContractNode                *b,
                const WeftTransportContract *contract)
{
  g_autoptr (WeftMultiaddr) address = NULL;
  g_auto (ContractOutcome) first = { 0 };
  g_auto (ContractOutcome) second = { 0 };
  g_auto (ContractOutcome) later = { 0 };

  g_test_summary ("Dials of one address share a connection; one that is there is used again.");

  address = contract_node_listen (b, contract);
  contract_node_dial (a, address, &first);
  contract_node_dial (a, address, &second);
  contract_run_until (first.n_done > 0 && second.n_done > 0);
  contract_node_dial (a, address, &later);
  contract_run_until (later.n_done > 0 && b->n_appeared > 0);
  g_assert_true (first.peer == second.peer);
  g_assert_true (first.peer == later.peer);
  g_assert_cmpuint (contract_node_get_counter (a, "connections-now"), ==, 1);
  g_assert_cmpuint (contract_node_get_counter (b, "connections-now"), ==, 1);
}

/* Sends a request from each side as soon as it sees the other, and again and again. */
static void
test_both_dial (ContractNode                *a,
                ContractNode                *b,
                const WeftTransportContract *contract)
{
  enum { N_REQUESTS = 200 };
  g_autoptr (WeftMultiaddr) to_a = contract_node_listen (a, contract);
  g_autoptr (WeftMultiaddr) to_b = contract_node_listen (b, contract);
  ContractOutcome from_a[N_REQUESTS] = { 0 };
  ContractOutcome from_b[N_REQUESTS] = { 0 };
  g_auto (ContractOutcome) dial_a = { 0 };
  g_auto (ContractOutcome) dial_b = { 0 };

  g_test_summary ("When both sides dial at once, both keep the same connection and lose nothing.");

  contract_node_dial (a, to_b, &dial_a);
  contract_node_dial (b, to_a, &dial_b);
  contract_run_until (a->n_appeared > 0 && b->n_appeared > 0);
  for (guint i = 0; i < N_REQUESTS; i++)
    {
      contract_node_request (a, b, ECHO, "{}", 0, &from_a[i]);
      contract_node_request (b, a, ECHO, "{}", 0, &from_b[i]);
      g_main_context_iteration (NULL, FALSE);
    }
  contract_run_until (dial_a.n_done > 0 && dial_b.n_done > 0);
  for (guint i = 0; i < N_REQUESTS; i++)
    {
      contract_run_until (from_a[i].n_done > 0 && from_b[i].n_done > 0);
      contract_outcome_expect (&from_a[i], "{}");
      contract_outcome_expect (&from_b[i], "{}");
      contract_outcome_clear (&from_a[i]);
      contract_outcome_clear (&from_b[i]);
    }
  contract_run_until (contract_node_get_counter (a, "connections-now") == 1 &&
                      contract_node_get_counter (b, "connections-now") == 1);
  g_assert_cmpuint (a->n_appeared, ==, 1);
  g_assert_cmpuint (b->n_appeared, ==, 1);
  g_assert_cmpuint (a->n_went, ==, 0);
  g_assert_cmpuint (b->n_went, ==, 0);
}

void
contract_add_connections (const WeftTransportContract *contract)
{
  static const struct
  {
    const char *name;
    ContractFunc func;
  } stories[] = {
    { "drop", test_drop },
    { "come-back", test_come_back },
    { "close", test_close },
    { "dispose", test_dispose },
    { "held-past-the-end", test_held_past_the_end },
    { "wrong-network", test_wrong_network },
    { "self", test_self },
    { "wrong-peer", test_wrong_peer },
    { "nobody-there", test_nobody_there },
    { "coalesced", test_coalesced },
    { "both-dial", test_both_dial },
  };

  for (guint i = 0; i < G_N_ELEMENTS (stories); i++)
    contract_add_story (contract, stories[i].name, stories[i].func);
}
