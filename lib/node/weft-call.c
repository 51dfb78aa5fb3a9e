/* weft-call.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-call-private.h"
#include "weft-json.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-request-private.h"

/* What an envelope adds to the body it carries, with room to spare. */
#define ENVELOPE_BYTES_MAX 256

struct _WeftCall
{
  WeftRequest *request;
  WeftCallStats *stats;
  WeftCallKind kind;
};

/* What to do when the answer does not fit into one message. */
static const char *const size_hints[] = {
  [WEFT_CALL_GET] = "ask for fewer blocks at once",
  [WEFT_CALL_PEND] = "pend fewer blocks at once",
  [WEFT_CALL_CANCEL] = "name fewer blocks",
  [WEFT_CALL_COMMIT] = "commit fewer blocks at once",
  [WEFT_CALL_PUT] = "put fewer blocks at once",
  [WEFT_CALL_ARCHIVE] = "ask for fewer revisions with maxRevisions",
  [WEFT_CALL_RESTORE] = "send fewer revisions at once",
  [WEFT_CALL_CONTENT] = "ask for fewer blocks at once",
  [WEFT_CALL_CLUSTER] = "send fewer requests at once",
  [WEFT_CALL_EXPLAIN] = "ask for less",
  [WEFT_CALL_LIST] = "ask for fewer ids with limit",
  [WEFT_CALL_STATUS] = "ask for less",
  [WEFT_CALL_PEERS] = "ask for less",
  [WEFT_CALL_RING] = "ask for less",
  [WEFT_CALL_OTHER] = "ask for less",
};

G_STATIC_ASSERT (G_N_ELEMENTS (size_hints) == WEFT_CALL_KINDS);

WeftCall *
weft_call_new (WeftRequest   *request,
               WeftCallStats *stats)
{
  WeftCall *self = g_new0 (WeftCall, 1);

  g_assert (!weft_request_is_one_way (request));

  self->request = g_object_ref (request);
  self->stats = weft_call_stats_ref (stats);
  self->kind = WEFT_CALL_OTHER;
  weft_call_stats_begin (stats);

  return self;
}

static void
weft_call_free (WeftCall *self)
{
  g_object_unref (self->request);
  weft_call_stats_unref (self->stats);
  g_free (self);
}

void
weft_call_set_kind (WeftCall     *self,
                    WeftCallKind  kind)
{
  g_assert (kind < WEFT_CALL_KINDS);

  self->kind = kind;
}

WeftPeer *
weft_call_get_peer (WeftCall *self)
{
  return weft_request_get_peer (self->request);
}

const WeftItem *
weft_call_get_item (WeftCall  *self,
                    GError   **error)
{
  const WeftItem *item = weft_request_get_item (self->request, error);

  return item != NULL ? weft_item_get_object (item, NULL, error) : NULL;
}

GCancellable *
weft_call_get_cancellable (WeftCall *self)
{
  return weft_request_get_cancellable (self->request);
}

/* At most how many bytes a text takes in canonical JSON: a control character takes six. */
static gsize
bound_text (const char *text)
{
  gsize bound = 2;

  for (const guchar *c = (const guchar *) text; *c != '\0'; c++)
    bound += *c < 0x20 ? 6 : *c == '"' || *c == '\\' ? 2 : 1;

  return bound;
}

static gsize bound_node (JsonNode *node);

static gsize
bound_array (JsonArray *array)
{
  guint length = json_array_get_length (array);
  gsize bound = 2;

  for (guint i = 0; i < length; i++)
    bound += bound_node (json_array_get_element (array, i)) + 1;

  return bound;
}

static gsize
bound_object (JsonObject *object)
{
  gsize bound = 2;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &member))
    bound += bound_text (name) + bound_node (member) + 2;

  return bound;
}

/* A bound is a walk without a copy; writing out every answer to measure it would write it twice.
 * The depth of what a peer or a storage gave us is limited, so this recursion is. */
static gsize
bound_node (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return bound_object (json_node_get_object (node));

    case JSON_NODE_ARRAY:
      return bound_array (json_node_get_array (node));

    case JSON_NODE_VALUE:
      if (json_node_get_value_type (node) == G_TYPE_STRING)
        return bound_text (json_node_get_string (node));
      return 32;

    case JSON_NODE_NULL:
    default:
      return 4;
    }
}

static gsize
get_bytes_max (WeftCall *self)
{
  return weft_protocol_get_bytes_max (weft_request_get_protocol (self->request))
         - ENVELOPE_BYTES_MAX;
}

static gboolean
check_length (WeftCall  *self,
              gsize      length,
              GError   **error)
{
  if (length <= get_bytes_max (self))
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
               "expected an answer of at most %" G_GSIZE_FORMAT " bytes, got %" G_GSIZE_FORMAT
               ": %s", get_bytes_max (self), length, size_hints[self->kind]);
  return FALSE;
}

static gboolean
check_size (WeftCall  *self,
            JsonNode  *body,
            GError   **error)
{
  g_autoptr(GBytes) bytes = NULL;

  if (bound_node (body) <= get_bytes_max (self))
    return TRUE;

  bytes = weft_json_to_bytes (body);
  return check_length (self, g_bytes_get_size (bytes), error);
}

/* Answers with a body, or with an error when the body does not fit into one message. */
void
weft_call_reply (WeftCall *self,
                 JsonNode *body)
{
  g_autoptr(GError) error = NULL;

  g_assert (body != NULL);

  if (!check_size (self, body, &error))
    {
      weft_call_fail (self, error);
      return;
    }

  weft_request_reply (self->request, body);
  weft_call_stats_end (self->stats, self->kind, NULL);
  weft_call_free (self);
}

/* The same with canonical text, a GRefString. */
void
weft_call_reply_text (WeftCall *self,
                      char     *body)
{
  g_autoptr(GError) error = NULL;

  if (!check_length (self, g_ref_string_length (body), &error))
    {
      weft_call_fail (self, error);
      return;
    }

  weft_request_reply_text (self->request, body);
  weft_call_stats_end (self->stats, self->kind, NULL);
  weft_call_free (self);
}

void
weft_call_fail (WeftCall     *self,
                const GError *error)
{
  g_assert (error != NULL);

  g_debug ("%s for %s: %s", weft_call_kind_to_name (self->kind),
           weft_peer_id_get_text (weft_peer_get_peer_id (weft_call_get_peer (self))),
           error->message);
  weft_request_fail (self->request, error);
  weft_call_stats_end (self->stats, self->kind, error);
  weft_call_free (self);
}

void
weft_call_fail_literal (WeftCall   *self,
                        WeftError   code,
                        const char *message)
{
  g_autoptr(GError) error = g_error_new_literal (WEFT_ERROR, code, message);

  weft_call_fail (self, error);
}
