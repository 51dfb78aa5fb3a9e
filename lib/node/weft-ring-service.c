/* weft-ring-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-node-private.h"
#include "weft-ring-key-network-private.h"
#include "weft-service-private.h"

static void
answered_cb (JsonNode     *body,
             const GError *error,
             gpointer      user_data)
{
  WeftCall *call = user_data;

  if (body != NULL)
    weft_call_reply (call, body);
  else
    weft_call_fail (call, error);
}

static void
serve (WeftNode *node,
       WeftCall *call)
{
  weft_call_set_kind (call, WEFT_CALL_RING);
  weft_ring_key_network_serve (WEFT_RING_KEY_NETWORK (node->key_network), weft_call_get_peer (call),
                               weft_call_get_body (call), answered_cb, call);
}

const WeftService weft_ring_service = { "ring", serve };
