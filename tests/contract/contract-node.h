/* contract-node.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-transport-contract.h"

G_BEGIN_DECLS

#define ECHO "/test/echo/1.0.0"    /* answers with what it got */
#define VOID "/test/void/1.0.0"    /* answers with {} */
#define FAIL "/test/fail/1.0.0"    /* fails with not-found */
#define DROP "/test/drop/1.0.0"    /* lets go of the request without an answer */
#define HOLD "/test/hold/1.0.0"    /* keeps the request in `held` */
#define BULK "/test/sync/1.0.0"    /* answers {}; a service that carries blocks */
#define NEWS "/test/news/1.0.0"    /* keeps what it was told in `news` */
#define NOBODY "/test/none/1.0.0"  /* not served */

/* One side of a test: a transport, its handler, and what happened to it. */
typedef struct
{
  WeftTransport *transport;
  WeftIdentity *identity;
  GPtrArray *held; /* (element-type WeftRequest) */
  GPtrArray *news; /* (element-type utf8): JSON texts */
  GPtrArray *peers; /* (element-type WeftPeer): those that appeared */
  guint n_appeared;
  guint n_went;
  GError *went_error;
  gint64 last_number; /* of the member `n` in requests to ECHO */
  gboolean is_in_order;
} ContractNode;

/* What became of a request or a dial. */
typedef struct
{
  guint n_done;
  gboolean is_in_call; /* set by the test around a call, to see that nobody answers in it */
  JsonNode *body;
  WeftPeer *peer;
  GError *error;
} ContractOutcome;

/* A test gets two sides that are not connected yet. */
typedef void (*ContractFunc) (ContractNode                *a,
                              ContractNode                *b,
                              const WeftTransportContract *contract);

/* Turns the main loop until something is so; the test's time-out ends it otherwise. */
#define contract_run_until(condition)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
  }                                                                                                \
  G_STMT_END

ContractNode  *contract_node_new         (const WeftTransportContract *contract,
                                          guint8                       seed,
                                          const char                  *network,
                                          WeftPeerRole                 role);
void           contract_node_free        (ContractNode                *node);
WeftPeerId    *contract_node_get_id      (ContractNode                *node);
WeftMultiaddr *contract_node_listen      (ContractNode                *node,
                                          const WeftTransportContract *contract);
void           contract_node_connect     (ContractNode                *node,
                                          ContractNode                *to,
                                          const WeftTransportContract *contract);
void           contract_node_dial        (ContractNode                *node,
                                          WeftMultiaddr               *address,
                                          ContractOutcome             *outcome);
guint64        contract_node_request     (ContractNode                *node,
                                          ContractNode                *to,
                                          const char                  *protocol,
                                          const char                  *body,
                                          gint64                       timeout_usec,
                                          ContractOutcome             *outcome);
guint64        contract_node_get_counter (ContractNode                *node,
                                          const char                  *name);

void           contract_outcome_clear    (ContractOutcome             *outcome);
void           contract_outcome_expect   (ContractOutcome             *outcome,
                                          const char                  *body);

void           contract_add_story        (const WeftTransportContract *contract,
                                          const char                  *name,
                                          ContractFunc                 func);
/* How connections come, go and are refused; the rest of the suite. */
void           contract_add_connections  (const WeftTransportContract *contract);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ContractNode, contract_node_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ContractOutcome, contract_outcome_clear)

G_END_DECLS
