/* weft-transport-contract.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "contract-node.h"

#include <string.h>

typedef struct
{
  const WeftTransportContract *contract;
  ContractFunc func;
} Story;

static void
test_hello (ContractNode                *a,
            ContractNode                *b,
            const WeftTransportContract *contract)
{
  g_autoptr (WeftMultiaddr) address = NULL;
  g_autoptr (GPtrArray) peers = NULL;
  g_auto (ContractOutcome) outcome = { 0 };
  WeftPeer *peer;

  g_test_summary ("Both sides learn who the other is, and what it says about itself.");

  address = contract_node_listen (b, contract);
  g_assert_true (weft_peer_id_equal (weft_multiaddr_get_peer_id (address),
                                     contract_node_get_id (b)));
  contract_node_dial (a, address, &outcome);
  contract_run_until (outcome.n_done > 0 && b->n_appeared > 0);
  g_assert_no_error (outcome.error);

  g_assert_cmpuint (a->n_appeared, ==, 1);
  g_assert_true (outcome.peer == g_ptr_array_index (a->peers, 0));
  g_assert_true (weft_peer_id_equal (weft_peer_get_peer_id (outcome.peer),
                                     contract_node_get_id (b)));
  g_assert_true (weft_peer_is_outbound (outcome.peer));
  g_assert_true (weft_multiaddr_equal (weft_peer_get_address (outcome.peer), address));
  g_assert_true (g_strv_contains (weft_peer_get_protocols (outcome.peer), ECHO));

  peers = weft_transport_list_peers (b->transport);
  g_assert_cmpuint (peers->len, ==, 1);
  peer = g_ptr_array_index (peers, 0);
  g_assert_true (weft_peer_id_equal (weft_peer_get_peer_id (peer), contract_node_get_id (a)));
  g_assert_false (weft_peer_is_outbound (peer));
  g_assert_cmpint (weft_peer_get_role (peer), ==, WEFT_PEER_ROLE_PEER);
}

static void
test_answers (ContractNode                *a,
              ContractNode                *b,
              const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) echo = { 0 };
  g_auto (ContractOutcome) nothing = { 0 };
  g_auto (ContractOutcome) failure = { 0 };
  g_auto (ContractOutcome) dropped = { 0 };
  g_auto (ContractOutcome) nobody = { 0 };

  g_test_summary ("Every request gets one answer: also void, failed, dropped and unserved ones.");

  contract_node_connect (a, b, contract);
  contract_node_request (a, b, ECHO, "{\"text\":\"grüße\"}", 0, &echo);
  contract_node_request (a, b, VOID, "{}", 0, &nothing);
  contract_node_request (a, b, FAIL, "{}", 0, &failure);
  contract_node_request (b, a, DROP, "{}", 0, &dropped);
  contract_node_request (b, a, NOBODY, "{}", 0, &nobody);
  contract_run_until (echo.n_done && nothing.n_done && failure.n_done && dropped.n_done &&
                      nobody.n_done);

  contract_outcome_expect (&echo, "{\"text\":\"grüße\"}");
  contract_outcome_expect (&nothing, "{}");
  g_assert_error (failure.error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (failure.error->message,
                                   weft_peer_id_get_text (contract_node_get_id (b))));
  g_assert_true (g_str_has_suffix (failure.error->message, ": there is no such thing"));
  g_assert_error (dropped.error, WEFT_ERROR, WEFT_ERROR_FAILED);
  g_assert_error (nobody.error, WEFT_ERROR, WEFT_ERROR_REFUSED);
}

static void
test_one_way (ContractNode                *a,
              ContractNode                *b,
              const WeftTransportContract *contract)
{
  g_autoptr (JsonNode) body = weft_json_parse ("{\"it\":\"rains\"}", -1, NULL);
  g_autoptr (GError) error = NULL;

  g_test_summary ("A one-way message arrives; without a connection it is refused.");

  g_assert_false (weft_transport_send (a->transport, contract_node_get_id (b), NEWS, body, &error));
  g_assert_error (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
  g_clear_error (&error);

  contract_node_connect (a, b, contract);
  weft_transport_send (a->transport, contract_node_get_id (b), NEWS, body, &error);
  g_assert_no_error (error);
  contract_run_until (b->news->len > 0);
  g_assert_cmpstr (g_ptr_array_index (b->news, 0), ==, "{\"it\":\"rains\"}");
}

static void
test_unconnected (ContractNode                *a,
                  ContractNode                *b,
                  const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) outcome = { 0 };

  g_test_summary ("A request to somebody who is not connected is answered, but not in the call.");

  contract_node_request (a, b, ECHO, "{}", 0, &outcome);
  contract_run_until (outcome.n_done > 0);
  g_assert_error (outcome.error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
}

static void
test_cancel (ContractNode                *a,
             ContractNode                *b,
             const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) outcome = { 0 };
  g_auto (ContractOutcome) after = { 0 };
  WeftRequest *request;
  guint64 request_id;

  g_test_summary ("A cancel ends the request at once, reaches the handler, and frees its place.");

  contract_node_connect (a, b, contract);
  request_id = contract_node_request (a, b, HOLD, "{}", 0, &outcome);
  contract_run_until (b->held->len > 0);
  request = g_ptr_array_index (b->held, 0);
  g_assert_false (g_cancellable_is_cancelled (weft_request_get_cancellable (request)));

  outcome.is_in_call = TRUE;
  weft_transport_cancel (a->transport, request_id);
  outcome.is_in_call = FALSE;
  contract_run_until (outcome.n_done > 0);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  weft_transport_cancel (a->transport, request_id);
  contract_run_until (g_cancellable_is_cancelled (weft_request_get_cancellable (request)));

  /* The answer that is still owed is dropped where it arrives. */
  g_ptr_array_set_size (b->held, 0);
  contract_node_request (a, b, ECHO, "{}", 0, &after);
  contract_run_until (after.n_done > 0);
  contract_outcome_expect (&after, "{}");
  g_assert_cmpuint (contract_node_get_counter (a, "replies-late"), ==, 1);
}

static void
test_deadline (ContractNode                *a,
               ContractNode                *b,
               const WeftTransportContract *contract)
{
  g_auto (ContractOutcome) outcome = { 0 };
  g_auto (ContractOutcome) after = { 0 };
  WeftRequest *request;

  g_test_summary ("At its deadline a request ends at both ends; what the handler says is dropped.");

  contract_node_connect (a, b, contract);
  contract_node_request (a, b, HOLD, "{}", 50 * 1000, &outcome);
  contract_run_until (b->held->len > 0);
  request = g_ptr_array_index (b->held, 0);
  contract_run_until (outcome.n_done > 0);
  g_assert_error (outcome.error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT);
  contract_run_until (g_cancellable_is_cancelled (weft_request_get_cancellable (request)));

  g_ptr_array_set_size (b->held, 0);
  g_assert_cmpuint (contract_node_get_counter (b, "replies-unsent"), ==, 1);
  contract_node_request (a, b, ECHO, "{}", 0, &after);
  contract_run_until (after.n_done > 0);
  g_assert_cmpuint (contract_node_get_counter (a, "requests-timed-out"), ==, 1);
}

static void
test_many (ContractNode                *a,
           ContractNode                *b,
           const WeftTransportContract *contract)
{
  const guint n_requests = 10000;
  g_autofree ContractOutcome *outcomes = g_new0 (ContractOutcome, n_requests);

  g_test_summary ("Ten thousand requests at once arrive in order, and all are answered.");

  contract_node_connect (a, b, contract);
  for (guint i = 0; i < n_requests; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"n\":%u}", i);

      contract_node_request (a, b, ECHO, body, 60 * G_TIME_SPAN_SECOND, &outcomes[i]);
    }
  contract_run_until (outcomes[n_requests - 1].n_done > 0);
  for (guint i = 0; i < n_requests; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"n\":%u}", i);

      contract_run_until (outcomes[i].n_done > 0);
      contract_outcome_expect (&outcomes[i], body);
      contract_outcome_clear (&outcomes[i]);
    }
  g_assert_true (b->is_in_order);
  g_assert_cmpint (b->last_number, ==, n_requests - 1);
}

static void
test_client (ContractNode                *a,
             ContractNode                *b,
             const WeftTransportContract *contract)
{
  g_autoptr (ContractNode) client = NULL;
  g_auto (ContractOutcome) outcome = { 0 };
  WeftPeer *peer;

  g_test_summary ("A client says that it is one; its requests are answered like those of peers.");

  client = contract_node_new (contract, 3, "test", WEFT_PEER_ROLE_CLIENT);
  contract_node_connect (client, b, contract);
  peer = g_ptr_array_index (b->peers, 0);
  g_assert_cmpint (weft_peer_get_role (peer), ==, WEFT_PEER_ROLE_CLIENT);
  contract_node_request (client, b, ECHO, "{}", 0, &outcome);
  contract_run_until (outcome.n_done > 0);
  contract_outcome_expect (&outcome, "{}");
}

/* A body such that the whole frame of a first request has a size. */
static char *
make_body (const char *protocol,
           gsize       frame_bytes)
{
  g_autofree char *empty
    = g_strdup_printf ("{\"id\":1,\"deadline\":10000,\"to\":\"%s\",\"body\":{\"x\":\"\"}}",
                       protocol);
  g_autofree char *padding = g_strnfill (frame_bytes - strlen (empty), 'x');

  return g_strconcat ("{\"x\":\"", padding, "\"}", NULL);
}

static void
test_sizes (ContractNode                *a,
            ContractNode                *b,
            const WeftTransportContract *contract)
{
  static const struct
  {
    const char *protocol;
    gsize bytes_max;
  } cases[] = {
    { VOID, WEFT_LIMIT_CONTROL_BYTES_MAX },
    { BULK, WEFT_LIMIT_MESSAGE_BYTES_MAX },
  };

  g_test_summary ("A message of the largest size is carried, a longer one is refused here.");

  contract_node_connect (a, b, contract);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *body = make_body (cases[i].protocol, cases[i].bytes_max);
      g_autofree char *longer = make_body (cases[i].protocol, cases[i].bytes_max + 2);
      g_auto (ContractOutcome) fits = { 0 };
      g_auto (ContractOutcome) past = { 0 };

      contract_node_request (a, b, cases[i].protocol, longer, 0, &past);
      contract_node_request (a, b, cases[i].protocol, body, 0, &fits);
      contract_run_until (past.n_done > 0 && fits.n_done > 0);
      g_assert_error (past.error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
      contract_outcome_expect (&fits, "{}");
    }
}

static void
test_large_reply (ContractNode                *a,
                  ContractNode                *b,
                  const WeftTransportContract *contract)
{
  g_autofree char *body = make_body (ECHO, WEFT_LIMIT_CONTROL_BYTES_MAX);
  g_autofree char *padding = g_strnfill (WEFT_LIMIT_CONTROL_BYTES_MAX, 'x');
  g_autofree char *text = g_strconcat ("{\"x\":\"", padding, "\"}", NULL);
  g_autoptr (JsonNode) reply = weft_json_parse (text, -1, NULL);
  g_auto (ContractOutcome) fits = { 0 };
  g_auto (ContractOutcome) past = { 0 };

  g_test_summary ("A reply that is too large becomes an error for the one who asked.");

  contract_node_connect (a, b, contract);
  contract_node_request (a, b, ECHO, body, 0, &fits);
  contract_node_request (a, b, HOLD, "{}", 0, &past);
  contract_run_until (fits.n_done > 0 && b->held->len > 0);
  contract_outcome_expect (&fits, body);
  weft_request_reply (g_ptr_array_index (b->held, 0), reply);
  contract_run_until (past.n_done > 0);
  g_assert_error (past.error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

static void
release_all (ContractNode *node)
{
  g_autoptr (JsonNode) empty = weft_json_parse ("{}", -1, NULL);

  while (node->held->len > 0)
    {
      g_autoptr (WeftRequest) request = g_ptr_array_steal_index (node->held, 0);

      weft_request_reply (request, empty);
    }
}

static void
test_in_flight (ContractNode                *a,
                ContractNode                *b,
                const WeftTransportContract *contract)
{
  const guint n_requests = WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX + 10;
  g_autofree ContractOutcome *outcomes = g_new0 (ContractOutcome, n_requests);
  g_auto (ContractOutcome) marker = { 0 };
  guint n_done = 0;

  g_test_summary ("So many requests are in flight at most; the others wait for one to return.");

  contract_node_connect (a, b, contract);
  for (guint i = 0; i < n_requests; i++)
    contract_node_request (a, b, HOLD, "{}", 0, &outcomes[i]);
  contract_run_until (b->held->len == WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX);
  contract_node_request (b, a, VOID, "{}", 0, &marker);
  contract_run_until (marker.n_done > 0);
  g_assert_cmpuint (b->held->len, ==, WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX);

  while (n_done < n_requests)
    {
      release_all (b);
      g_main_context_iteration (NULL, TRUE);
      n_done = 0;
      for (guint i = 0; i < n_requests; i++)
        n_done += outcomes[i].n_done;
    }
  for (guint i = 0; i < n_requests; i++)
    {
      contract_outcome_expect (&outcomes[i], "{}");
      contract_outcome_clear (&outcomes[i]);
    }
}

static void
test_queue (ContractNode                *a,
            ContractNode                *b,
            const WeftTransportContract *contract)
{
  enum { N_REQUESTS = 48 };
  g_autofree char *padding = g_strnfill (1000 * 1000, 'x');
  g_autofree char *body = g_strconcat ("{\"x\":\"", padding, "\"}", NULL);
  ContractOutcome outcomes[N_REQUESTS] = { 0 };
  guint n_refused = 0;
  guint n_done = 0;

  g_test_summary ("Out of credit, 16 MiB wait and more is refused at once; nothing else is lost.");

  contract_node_connect (a, b, contract);
  for (guint i = 0; i < N_REQUESTS; i++)
    contract_node_request (a, b, HOLD, body, 0, &outcomes[i]);
  while (n_done < N_REQUESTS)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (b->held->len, <=, 16);
      release_all (b);
      n_done = 0;
      for (guint i = 0; i < N_REQUESTS; i++)
        n_done += outcomes[i].n_done;
    }
  for (guint i = 0; i < N_REQUESTS; i++)
    {
      if (outcomes[i].error != NULL)
        {
          g_assert_error (outcomes[i].error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE);
          n_refused++;
        }
      contract_outcome_clear (&outcomes[i]);
    }
  g_assert_cmpuint (n_refused, >=, N_REQUESTS - 33);
  g_assert_cmpuint (n_refused, <=, N_REQUESTS - 16);
}

static void
run_story (gconstpointer user_data)
{
  const Story *story = user_data;
  g_autoptr (ContractNode) a = contract_node_new (story->contract, 1, "test", WEFT_PEER_ROLE_PEER);
  g_autoptr (ContractNode) b = contract_node_new (story->contract, 2, "test", WEFT_PEER_ROLE_PEER);

  story->func (a, b, story->contract);
}

void
contract_add_story (const WeftTransportContract *contract,
                    const char                  *name,
                    ContractFunc                 func)
{
  g_autofree char *path = g_strdup_printf ("/transport/%s/%s", contract->name, name);
  Story *story = g_new0 (Story, 1);

  *story = (Story) { contract, func };
  g_test_add_data_func_full (path, story, run_story, g_free);
}

void
weft_transport_contract_add (const WeftTransportContract *contract)
{
  static const struct
  {
    const char *name;
    ContractFunc func;
  } stories[] = {
    { "hello", test_hello },
    { "answers", test_answers },
    { "one-way", test_one_way },
    { "unconnected", test_unconnected },
    { "cancel", test_cancel },
    { "deadline", test_deadline },
    { "many", test_many },
    { "client", test_client },
    { "sizes", test_sizes },
    { "large-reply", test_large_reply },
    { "in-flight", test_in_flight },
    { "queue", test_queue },
  };

  for (guint i = 0; i < G_N_ELEMENTS (stories); i++)
    contract_add_story (contract, stories[i].name, stories[i].func);
  contract_add_connections (contract);
}
