/* weft-cluster-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-buggify-private.h"
#include "weft-cluster-answer-private.h"
#include "weft-cluster-request-private.h"
#include "weft-coordinator-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-node-private.h"
#include "weft-service-private.h"
#include "weft-text-private.h"

/* One request that has to wait must not keep the others from being answered for long. */
#define ANSWER_USEC (2 * G_TIME_SPAN_SECOND)

typedef struct _Message Message;

typedef struct
{
  Message *message;
  guint64 token;             /* of the member */
  WeftClusterAnswer *answer; /* (owned) (nullable): until it is there */
  const char *word;          /* what is answered instead, or NULL */
} Request;

/* The requests of one message and the answers so far. */
struct _Message
{
  WeftCall *call;
  WeftClusterMember *member; /* (owned) */
  Request *requests;         /* in their order */
  guint n_requests;
  guint n_waiting;           /* one more until all were asked */
  gboolean is_asked;
  guint first_waiting;       /* those before it are answered */
};

static const WeftJsonPath root_path = { NULL };

static void
reply (Message *message)
{
  g_autoptr(GString) text = g_string_new ("{\"answers\":[");
  char *body;

  for (guint i = 0; i < message->n_requests; i++)
    {
      Request *request = &message->requests[i];

      if (i > 0)
        g_string_append_c (text, ',');
      if (request->word != NULL)
        weft_text_append (text, request->word);
      else
        weft_cluster_answer_append (request->answer, text);
      g_clear_pointer (&request->answer, weft_cluster_answer_unref);
    }
  weft_text_append_len (text, "]}", 2);
  body = g_ref_string_new_len (text->str, (gssize) text->len);

  weft_call_reply_text (message->call, body);
  g_ref_string_release (body);
  g_object_unref (message->member);
  g_free (message->requests);
  g_free (message);
}

static gboolean
is_answered (Request *request)
{
  return request->answer != NULL || request->word != NULL;
}

/* Whether all that are not answered wait for what this node fetches from others, which may take as
 * long as the others like. The first of them mostly tells. */
static gboolean
are_others_fetched (Message *message)
{
  while (is_answered (&message->requests[message->first_waiting]))
    message->first_waiting++;
  for (guint i = message->first_waiting; i < message->n_requests; i++)
    if (!is_answered (&message->requests[i])
        && !weft_cluster_member_is_fetching (message->member, message->requests[i].token))
      return FALSE;

  return TRUE;
}

/* Who waits for something is asked for again, so that the others need not wait with it. */
static void
put_off (Message *message)
{
  for (guint i = message->first_waiting; i < message->n_requests; i++)
    {
      Request *request = &message->requests[i];

      if (is_answered (request))
        continue;
      weft_cluster_member_withdraw (message->member, request->token);
      request->word = WEFT_KNOWN_RECORDS_LATER;
    }
}

static void
answered (Message *message)
{
  message->n_waiting--;
  if (message->n_waiting > 0 && message->n_waiting < message->n_requests && message->is_asked
      && are_others_fetched (message))
    {
      put_off (message);
      message->n_waiting = 0;
    }
  if (message->n_waiting == 0)
    reply (message);
}

static void
answered_cb (WeftCluster       *member,
             WeftClusterAnswer *answer,
             const GError      *error,
             gpointer           user_data)
{
  Request *request = user_data;

  request->answer = answer != NULL ? weft_cluster_answer_ref (answer)
                                   : weft_cluster_answer_new_error (error);
  answered (request->message);
}

static WeftClusterRequest *
read_request (WeftClusterParts *parts,
              WeftPeerId       *sender,
              const WeftItem   *item,
              GError          **error)
{
  g_autoptr(WeftClusterRequest) request
      = weft_known_records_read (parts->known, sender, item, error);

  /* As a member would that is older than such requests. */
  if (request != NULL && weft_cluster_request_get_messages (request) != NULL
      && WEFT_BUGGIFY ("pend-is-not-known"))
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "expected one of update, prepare and latest");
      return NULL;
    }

  return g_steal_pointer (&request);
}

static void
ask (Request          *request,
     WeftClusterParts *parts,
     const WeftItem   *item)
{
  Message *message = request->message;
  WeftPeerId *sender = weft_peer_get_peer_id (weft_call_get_peer (message->call));
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftClusterRequest) asked = read_request (parts, sender, item, &error);

  if (asked == NULL)
    {
      if (error != NULL)
        {
          weft_cluster_parts_refuse (parts, sender, "requests-malformed", error);
          request->answer = weft_cluster_answer_new_error (error);
        }
      else
        request->word = WEFT_KNOWN_RECORDS_UNKNOWN;
      return;
    }

  message->n_waiting++;
  request->token = weft_cluster_member_ask (message->member, sender, asked, ANSWER_USEC,
                                            answered_cb, request);
}

static const WeftItem *
get_requests (WeftCall  *call,
              GError   **error)
{
  const WeftJsonPath path = { &root_path, "requests" };
  const WeftItem *object = weft_call_get_item (call, error);
  const WeftItem *member
    = object != NULL ? weft_item_require_member (object, "requests", &root_path, error) : NULL;
  const WeftItem *requests = member != NULL ? weft_item_get_array (member, &path, error) : NULL;
  guint n_requests = requests != NULL ? requests->length : 0;

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
  const WeftItem *requests = NULL;
  const WeftItem *request;
  Message *message;

  weft_call_set_kind (call, WEFT_CALL_CLUSTER);
  if (check_asker (node, call, &error))
    {
      requests = get_requests (call, &error);
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

  message = g_new0 (Message, 1);
  message->call = call;
  message->member = g_object_ref (
      WEFT_CLUSTER_MEMBER (weft_coordinator_repo_get_member (node->coordinator)));
  message->n_requests = requests->length;
  message->requests = g_new0 (Request, message->n_requests);
  message->n_waiting = 1;
  request = weft_item_first (requests);
  for (guint i = 0; i < message->n_requests; i++, request = weft_item_next (requests, request))
    {
      message->requests[i].message = message;
      ask (&message->requests[i], node->coordinator->parts, request);
    }
  message->is_asked = TRUE;
  answered (message);
}

const WeftService weft_cluster_service = { "cluster", serve };
