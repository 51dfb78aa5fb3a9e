/* weft-cluster-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-answer-private.h"
#include "weft-coordinator-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-node-private.h"
#include "weft-service-private.h"

/* One request that has to wait must not keep the others from being answered for long. */
#define ANSWER_USEC (2 * G_TIME_SPAN_SECOND)

/* The requests of one message and the answers so far. */
typedef struct
{
  WeftCall *call;
  JsonNode **answers; /* (owned), in the order of the requests */
  guint n_requests;
  guint n_waiting;
} Message;

typedef struct
{
  Message *message;
  guint index;
} Wait;

static const WeftJsonPath root_path = { NULL };

static void
message_done (Message *message)
{
  g_autoptr(JsonNode) body = NULL;
  JsonArray *answers;
  JsonObject *object;

  if (--message->n_waiting > 0)
    return;

  answers = json_array_new ();
  for (guint i = 0; i < message->n_requests; i++)
    json_array_add_element (answers, message->answers[i]);
  object = json_object_new ();
  json_object_set_array_member (object, "answers", answers);
  body = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  json_node_seal (body);

  weft_call_reply (message->call, body);
  g_free (message->answers);
  g_free (message);
}

static void
set_error (Message      *message,
           guint         index,
           const GError *error)
{
  g_autoptr(WeftClusterAnswer) answer = weft_cluster_answer_new_error (error);

  message->answers[index] = weft_cluster_answer_to_json (answer);
}

static void
answered_cb (WeftCluster       *member,
             WeftClusterAnswer *answer,
             const GError      *error,
             gpointer           user_data)
{
  Wait *wait = user_data;

  if (answer != NULL)
    wait->message->answers[wait->index] = weft_cluster_answer_to_json (answer);
  else
    set_error (wait->message, wait->index, error);
  message_done (wait->message);
  g_free (wait);
}

static void
ask (Message           *message,
     guint              index,
     WeftClusterParts  *parts,
     WeftClusterMember *member,
     JsonNode          *json)
{
  WeftPeerId *sender = weft_peer_get_peer_id (weft_call_get_peer (message->call));
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftClusterRequest) request
      = weft_known_records_read (weft_cluster_member_get_known (member), sender, json, &error);
  Wait *wait;

  if (request == NULL)
    {
      if (error != NULL)
        {
          weft_cluster_parts_refuse (parts, sender, "requests-malformed", error);
          set_error (message, index, error);
        }
      else
        message->answers[index] = weft_known_records_make_unknown ();
      return;
    }

  wait = g_new0 (Wait, 1);
  wait->message = message;
  wait->index = index;
  message->n_waiting++;
  weft_cluster_member_ask (member, sender, request, ANSWER_USEC, answered_cb, wait);
}

static JsonArray *
get_requests (JsonNode  *body,
              GError   **error)
{
  const WeftJsonPath path = { &root_path, "requests" };
  JsonObject *object = weft_json_get_object (body, &root_path, error);
  JsonNode *member
    = object != NULL ? weft_json_require_member (object, "requests", &root_path, error) : NULL;
  JsonArray *requests = member != NULL ? weft_json_get_array (member, &path, error) : NULL;
  guint n_requests = requests != NULL ? json_array_get_length (requests) : 0;

  if (requests == NULL)
    return NULL;
  if (n_requests > 0 && n_requests <= WEFT_LIMIT_CLUSTER_REQUESTS_MAX)
    return requests;

  weft_json_set_error (error, &path, "expected 1 to %d requests, got %u",
                       WEFT_LIMIT_CLUSTER_REQUESTS_MAX, n_requests);
  return NULL;
}

static gboolean
check_asker (WeftNode  *node,
             WeftCall  *call,
             GError   **error)
{
  if (node->coordinator == NULL)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                 "this node keeps its blocks alone, it is in no cluster");
  else if (weft_peer_get_role (weft_call_get_peer (call)) == WEFT_PEER_ROLE_CLIENT)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_REFUSED,
                 "expected a peer, a client is no member of a cluster");
  else
    return TRUE;

  return FALSE;
}

static void
serve (WeftNode *node,
       WeftCall *call)
{
  g_autoptr(GError) error = NULL;
  JsonArray *requests = NULL;
  WeftClusterMember *member;
  Message *message;

  weft_call_set_kind (call, WEFT_CALL_CLUSTER);
  if (check_asker (node, call, &error))
    {
      requests = get_requests (weft_call_get_body (call), &error);
      if (requests == NULL)
        weft_cluster_parts_refuse (node->coordinator->parts,
                                   weft_peer_get_peer_id (weft_call_get_peer (call)),
                                   "messages-malformed", error);
    }
  if (requests == NULL)
    {
      weft_call_fail (call, error);
      return;
    }

  member = WEFT_CLUSTER_MEMBER (weft_coordinator_repo_get_member (node->coordinator));
  message = g_new0 (Message, 1);
  message->call = call;
  message->n_requests = json_array_get_length (requests);
  message->answers = g_new0 (JsonNode *, message->n_requests);
  /* One more than there are requests, so that it does not end before all were asked. */
  message->n_waiting = 1;
  for (guint i = 0; i < message->n_requests; i++)
    ask (message, i, node->coordinator->parts, member, json_array_get_element (requests, i));
  message_done (message);
}

const WeftService weft_cluster_service = { "cluster", serve };
