/* weft-node-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ids-private.h"
#include "weft-node-private.h"
#include "weft-service-private.h"

static const WeftJsonPath root_path = { NULL };

/* A request is an object whose one member says what is asked; its value is room for parameters
 * to come, and has to be an object already. */
static gboolean
check_parameters (const WeftItem  *parameters,
                  const char      *name,
                  GError         **error)
{
  const WeftJsonPath path = { &root_path, name };

  return weft_item_get_object (parameters, &path, error) != NULL;
}

/* What a coordinator knows of an action, or of the cluster of a block. */
static JsonNode *
explain (WeftNode        *node,
         const WeftItem  *member,
         const char      *name,
         const char      *id_name,
         GError         **error)
{
  const WeftJsonPath path = { &root_path, name };
  const WeftItem *parameters = weft_item_get_object (member, &path, error);
  const char *id = NULL;
  JsonNode *body;
  JsonObject *result;

  if (parameters != NULL)
    id = g_str_equal (id_name, "actionId")
           ? weft_ids_read_action (parameters, id_name, &path, error)
           : weft_ids_read_block (parameters, id_name, &path, error);
  if (id == NULL)
    return NULL;
  if (node->coordinator == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                   "this node keeps its blocks alone, it is in no cluster");
      return NULL;
    }
  if (g_str_equal (id_name, "blockId"))
    return weft_coordinator_repo_describe_block (node->coordinator, id);

  result = json_object_new ();
  json_object_set_member (result, "proposals",
                          weft_coordinator_repo_explain_action (node->coordinator, id));
  body = json_node_init_object (json_node_alloc (), result);
  json_object_unref (result);
  json_node_seal (body);

  return body;
}

static JsonNode *
answer (WeftNode        *node,
        const WeftItem  *object,
        WeftCall        *call,
        GError         **error)
{
  const WeftItem *member;

  if ((member = weft_item_find (object, "status")) != NULL)
    {
      weft_call_set_kind (call, WEFT_CALL_STATUS);
      return check_parameters (member, "status", error) ? weft_node_get_status (node) : NULL;
    }
  if ((member = weft_item_find (object, "peers")) != NULL)
    {
      weft_call_set_kind (call, WEFT_CALL_PEERS);
      return check_parameters (member, "peers", error) ? weft_node_make_peers (node) : NULL;
    }

  if ((member = weft_item_find (object, "ring")) != NULL)
    {
      weft_call_set_kind (call, WEFT_CALL_PEERS);
      return check_parameters (member, "ring", error) ? weft_node_make_ring (node, error) : NULL;
    }

  if ((member = weft_item_find (object, "explain")) != NULL)
    {
      weft_call_set_kind (call, WEFT_CALL_EXPLAIN);
      return explain (node, member, "explain", "actionId", error);
    }
  if ((member = weft_item_find (object, "cluster")) != NULL)
    {
      weft_call_set_kind (call, WEFT_CALL_EXPLAIN);
      return explain (node, member, "cluster", "blockId", error);
    }

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "expected one of the members status, peers, ring, explain, cluster");
  return NULL;
}

static void
serve (WeftNode *node,
       WeftCall *call)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) body = NULL;
  const WeftItem *object = weft_call_get_item (call, &error);

  if (object != NULL)
    body = answer (node, object, call, &error);

  if (body != NULL)
    weft_call_reply (call, body);
  else
    weft_call_fail (call, error);
}

const WeftService weft_node_service = { "node", serve };
