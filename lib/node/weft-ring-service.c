/* weft-ring-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-node-private.h"
#include "weft-ring-key-network-private.h"
#include "weft-service-private.h"

static void
answered_cb (char         *body,
             const GError *error,
             gpointer      user_data)
{
  WeftCall *call = user_data;

  if (body != NULL)
    weft_call_reply_text (call, body);
  else
    weft_call_fail (call, error);
}

static void
serve (WeftNode *node,
       WeftCall *call)
{
  g_autoptr(GError) error = NULL;
  const WeftItem *item = weft_call_get_item (call, &error);

  weft_call_set_kind (call, WEFT_CALL_RING);
  if (item != NULL)
    weft_ring_key_network_serve (WEFT_RING_KEY_NETWORK (node->key_network),
                                 weft_call_get_peer (call), item, answered_cb, call);
  else
    weft_call_fail (call, error);
}

const WeftService weft_ring_service = { "ring", serve };
