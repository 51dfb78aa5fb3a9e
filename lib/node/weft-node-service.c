/* weft-node-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-json-private.h"
#include "weft-node-private.h"
#include "weft-service-private.h"

static const WeftJsonPath root_path = { NULL };

/* A request is an object whose one member says what is asked; its value is room for parameters
 * to come, and has to be an object already. */
static gboolean
check_parameters (JsonObject  *object,
                  const char  *name,
                  GError     **error)
{
  const WeftJsonPath path = { &root_path, name };

  return weft_json_get_object (json_object_get_member (object, name), &path, error) != NULL;
}

static JsonNode *
answer (WeftNode    *node,
        JsonObject  *object,
        WeftCall    *call,
        GError     **error)
{
  if (json_object_has_member (object, "status"))
    {
      weft_call_set_kind (call, WEFT_CALL_STATUS);
      return check_parameters (object, "status", error) ? weft_node_get_status (node) : NULL;
    }
  if (json_object_has_member (object, "peers"))
    {
      weft_call_set_kind (call, WEFT_CALL_PEERS);
      return check_parameters (object, "peers", error) ? weft_node_make_peers (node) : NULL;
    }

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID, "expected one of the members status, peers");
  return NULL;
}

static void
serve (WeftNode *node,
       WeftCall *call)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) body = NULL;
  JsonObject *object = weft_json_get_object (weft_call_get_body (call), &root_path, &error);

  if (object != NULL)
    body = answer (node, object, call, &error);

  if (body != NULL)
    weft_call_reply (call, body);
  else
    weft_call_fail (call, error);
}

const WeftService weft_node_service = { "node", serve };
