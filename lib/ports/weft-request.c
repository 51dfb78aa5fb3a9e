/* weft-request.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-request-private.h"
#include "weft-transport-private.h"

/**
 * WeftRequest:
 *
 * What a peer asks, to be answered once.
 *
 * A handler answers with [method@Weft.Request.reply] or [method@Weft.Request.fail], at once or
 * later, as long as it holds a reference. Whoever asked always gets one answer: a request of which
 * the last reference goes away without one is answered with [error@Weft.Error.FAILED]. A one-way
 * request needs no answer, and an answer to it goes nowhere.
 *
 * [method@Weft.Request.get_cancellable] is cancelled when nobody waits for the answer any more,
 * because the asker said so or its connection ended. A request that was cancelled can still be
 * answered, so a handler need not look; it can save work if it does.
 *
 * A request belongs to the thread of its transport.
 *
 * Since: 0.1
 */
struct _WeftRequest
{
  GObject parent_instance;

  WeftPeer *peer;
  const char *protocol;
  char *own_protocol; /* (nullable): the same, when it is not in the tape */
  WeftTape *tape;       /* (nullable): what `item` is in */
  const WeftItem *item; /* (nullable): until somebody asks for it */
  JsonNode *body;       /* (nullable): until somebody asks for it */
  gint64 deadline_usec;
  GCancellable *cancellable; /* made when somebody asks for it */
  gboolean is_one_way;
  gboolean takes_text;
  char *reply_text; /* (unowned) (nullable): a GRefString, while `reply` is called */

  WeftRequestReplyFunc reply; /* NULL once it was called */
  gpointer user_data;
  GDestroyNotify destroy;
};

G_DEFINE_FINAL_TYPE (WeftRequest, weft_request, G_TYPE_OBJECT)

static void
answer (WeftRequest  *self,
        JsonNode     *body,
        const GError *error)
{
  WeftRequestReplyFunc reply = g_steal_pointer (&self->reply);
  gpointer user_data = g_steal_pointer (&self->user_data);
  GDestroyNotify destroy = g_steal_pointer (&self->destroy);

  g_assert ((body != NULL || self->reply_text != NULL) != (error != NULL));

  if (reply != NULL)
    reply (self, body, error, user_data);
  if (destroy != NULL)
    destroy (user_data);
}

static void
weft_request_dispose (GObject *object)
{
  WeftRequest *self = WEFT_REQUEST (object);

  /* In dispose, not in finalize, because the function may well look at the request. */
  if (self->reply != NULL || self->destroy != NULL)
    {
      g_autoptr(GError) error = g_error_new (WEFT_ERROR, WEFT_ERROR_FAILED,
                                             "%s: the request was dropped without an answer",
                                             self->protocol);

      answer (self, NULL, error);
    }

  G_OBJECT_CLASS (weft_request_parent_class)->dispose (object);
}

static void
weft_request_finalize (GObject *object)
{
  WeftRequest *self = WEFT_REQUEST (object);

  g_clear_object (&self->peer);
  g_clear_pointer (&self->own_protocol, g_free);
  g_clear_pointer (&self->tape, weft_tape_unref);
  g_clear_pointer (&self->body, json_node_unref);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (weft_request_parent_class)->finalize (object);
}

static void
weft_request_class_init (WeftRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_request_dispose;
  object_class->finalize = weft_request_finalize;
}

static void
weft_request_init (WeftRequest *self)
{
}

static WeftRequest *
create (WeftPeer            *peer,
        gint64               deadline_usec,
        WeftRequestReplyFunc reply,
        gpointer             user_data,
        GDestroyNotify       destroy)
{
  WeftRequest *self = g_object_new (WEFT_TYPE_REQUEST, NULL);

  self->peer = g_object_ref (peer);
  self->deadline_usec = deadline_usec;
  self->is_one_way = reply == NULL;
  self->reply = reply;
  self->user_data = user_data;
  self->destroy = destroy;

  return self;
}

/**
 * weft_request_new: (skip)
 * @peer: who asks
 * @protocol: the protocol it asks by
 * @body: what it asks; it is sealed
 * @deadline_usec: until when it waits for the answer, by the monotonic time of the transport's
 *   clock, or %G_MAXINT64
 * @reply: (nullable) (scope notified): what to call with the answer, or %NULL when it is one-way
 * @user_data: data for @reply
 * @destroy: (nullable): frees @user_data after the answer
 *
 * Makes a request. This is for implementations of [iface@Weft.Transport].
 *
 * @reply is called exactly once: from within [method@Weft.Request.reply] or
 * [method@Weft.Request.fail], or when the last reference goes away.
 *
 * Returns: (transfer full): a new request
 *
 * Since: 0.1
 */
WeftRequest *
weft_request_new (WeftPeer            *peer,
                  const char          *protocol,
                  JsonNode            *body,
                  gint64               deadline_usec,
                  WeftRequestReplyFunc reply,
                  gpointer             user_data,
                  GDestroyNotify       destroy)
{
  WeftRequest *self;

  g_return_val_if_fail (WEFT_IS_PEER (peer), NULL);
  g_return_val_if_fail (protocol != NULL, NULL);
  g_return_val_if_fail (body != NULL, NULL);

  json_node_seal (body);

  self = create (peer, deadline_usec, reply, user_data, destroy);
  self->own_protocol = g_strdup (protocol);
  self->protocol = self->own_protocol;
  self->body = json_node_ref (body);

  return self;
}

WeftRequest *
weft_request_new_from_tape (WeftPeer            *peer,
                            const char          *protocol,
                            WeftTape            *tape,
                            const WeftItem      *body,
                            gint64               deadline_usec,
                            WeftRequestReplyFunc reply,
                            gpointer             user_data,
                            GDestroyNotify       destroy)
{
  WeftRequest *self = create (peer, deadline_usec, reply, user_data, destroy);

  g_assert (body->kind == WEFT_ITEM_OBJECT);

  self->tape = weft_tape_ref (tape);
  self->item = body;
  self->protocol = protocol;

  return self;
}

/**
 * weft_request_get_peer:
 * @self: a request
 *
 * Gets who asks.
 *
 * Returns: (transfer none): the peer
 *
 * Since: 0.1
 */
WeftPeer *
weft_request_get_peer (WeftRequest *self)
{
  g_return_val_if_fail (WEFT_IS_REQUEST (self), NULL);

  return self->peer;
}

/**
 * weft_request_get_protocol:
 * @self: a request
 *
 * Gets the protocol by which the peer asks.
 *
 * Returns: (transfer none): the protocol
 *
 * Since: 0.1
 */
const char *
weft_request_get_protocol (WeftRequest *self)
{
  g_return_val_if_fail (WEFT_IS_REQUEST (self), NULL);

  return self->protocol;
}

/**
 * weft_request_get_body:
 * @self: a request
 *
 * Gets what the peer asks. Its shape is that of the protocol, and has not been checked.
 *
 * Returns: (transfer none): an immutable node
 *
 * Since: 0.1
 */
JsonNode *
weft_request_get_body (WeftRequest *self)
{
  g_return_val_if_fail (WEFT_IS_REQUEST (self), NULL);

  if (self->body == NULL)
    self->body = weft_item_to_node (self->item);

  return self->body;
}

const WeftItem *
weft_request_get_item (WeftRequest *self,
                       GError     **error)
{
  if (self->item != NULL)
    return self->item;

  self->tape = weft_tape_new_from_node (self->body, error);
  if (self->tape != NULL)
    self->item = weft_tape_get_root (self->tape);

  return self->item;
}

/**
 * weft_request_get_deadline:
 * @self: a request
 *
 * Gets until when the peer waits for the answer.
 *
 * Returns: a time in microseconds, on the scale of [method@Weft.Clock.get_monotonic], or
 *   %G_MAXINT64 when it does not say
 *
 * Since: 0.1
 */
gint64
weft_request_get_deadline (WeftRequest *self)
{
  g_return_val_if_fail (WEFT_IS_REQUEST (self), 0);

  return self->deadline_usec;
}

/**
 * weft_request_is_one_way:
 * @self: a request
 *
 * Gets whether nobody waits for an answer.
 *
 * Returns: whether it is one-way
 *
 * Since: 0.1
 */
gboolean
weft_request_is_one_way (WeftRequest *self)
{
  g_return_val_if_fail (WEFT_IS_REQUEST (self), FALSE);

  return self->is_one_way;
}

/**
 * weft_request_get_cancellable:
 * @self: a request
 *
 * Gets what is cancelled once nobody waits for the answer any more.
 *
 * Returns: (transfer none): the cancellable
 *
 * Since: 0.1
 */
GCancellable *
weft_request_get_cancellable (WeftRequest *self)
{
  g_return_val_if_fail (WEFT_IS_REQUEST (self), NULL);

  if (self->cancellable == NULL)
    self->cancellable = g_cancellable_new ();

  return self->cancellable;
}

/**
 * weft_request_reply:
 * @self: a request that was not answered yet
 * @body: the answer; it is sealed
 *
 * Answers a request.
 *
 * Since: 0.1
 */
void
weft_request_reply (WeftRequest *self,
                    JsonNode    *body)
{
  g_return_if_fail (WEFT_IS_REQUEST (self));
  g_return_if_fail (body != NULL);
  g_return_if_fail (self->is_one_way || self->reply != NULL);

  json_node_seal (body);
  answer (self, body, NULL);
}

/**
 * weft_request_fail:
 * @self: a request that was not answered yet
 * @error: why there is no answer
 *
 * Answers a request with an error. The peer gets the message, and the code if it is one of
 * [error@Weft.Error].
 *
 * Since: 0.1
 */
void
weft_request_fail (WeftRequest  *self,
                   const GError *error)
{
  g_return_if_fail (WEFT_IS_REQUEST (self));
  g_return_if_fail (error != NULL);
  g_return_if_fail (self->is_one_way || self->reply != NULL);

  answer (self, NULL, error);
}

void
weft_request_set_takes_text (WeftRequest *self)
{
  self->takes_text = TRUE;
}

char *
weft_request_peek_reply_text (WeftRequest *self)
{
  return self->reply_text;
}

void
weft_request_reply_text (WeftRequest *self,
                         char        *body)
{
  g_autoptr(JsonNode) json = NULL;

  g_assert (body[0] == '{');
  g_assert (self->is_one_way || self->reply != NULL);

  if (!self->takes_text)
    {
      json = weft_json_parse_own (body, g_ref_string_length (body));
      weft_request_reply (self, json);
      return;
    }

  self->reply_text = body;
  answer (self, NULL, NULL);
  self->reply_text = NULL;
}
