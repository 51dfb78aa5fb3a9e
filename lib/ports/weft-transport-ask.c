/* weft-transport-ask.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-transport-private.h"

#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"

/* The place among those that the public interface leaves free. */
#define ASK 0

/* Somebody who wants to read what a transport of trees brings. */
typedef struct
{
  WeftAnswerFunc done;
  gpointer user_data;
} Reader;

void
weft_transport_iface_set_ask (WeftTransportInterface *iface,
                              WeftTransportAskFunc    func)
{
  iface->padding[ASK] = (gpointer) func;
}

/* The tree comes from an implementation that we do not know. */
static WeftTape *
read_tree (JsonNode  *body,
           GError   **error)
{
  g_autoptr (WeftTape) tape = weft_tape_new_from_node (body, error);

  if (tape == NULL || weft_item_get_object (weft_tape_get_root (tape), NULL, error) == NULL)
    return NULL;

  return g_steal_pointer (&tape);
}

static void
replied_cb (WeftTransport *self,
            JsonNode      *body,
            const GError  *error,
            gpointer       user_data)
{
  g_autofree Reader *reader = user_data;
  g_autoptr (WeftTape) tape = NULL;
  g_autoptr (GError) read_error = NULL;

  if (body != NULL)
    tape = read_tree (body, &read_error);
  if (read_error != NULL)
    read_error->code = WEFT_ERROR_PROTOCOL;
  reader->done (self, tape != NULL ? weft_tape_get_root (tape) : NULL,
                read_error != NULL ? read_error : error, reader->user_data);
}

guint64
weft_transport_ask (WeftTransport *self,
                    WeftPeerId    *peer_id,
                    const char    *protocol,
                    JsonNode      *body,
                    char          *body_text,
                    gint64         timeout_usec,
                    WeftAnswerFunc done,
                    gpointer       user_data)
{
  WeftTransportAskFunc ask
      = (WeftTransportAskFunc) WEFT_TRANSPORT_GET_IFACE (self)->padding[ASK];
  g_autoptr (JsonNode) json = NULL;
  Reader *reader;

  g_assert ((body != NULL) != (body_text != NULL));
  g_assert (body_text == NULL || body_text[0] == '{');
  g_assert (timeout_usec >= 0);

  if (timeout_usec == 0)
    timeout_usec = WEFT_LIMIT_REPLY_USEC;
  if (ask != NULL)
    return ask (self, peer_id, protocol, body, body_text, timeout_usec, done, user_data);

  if (body_text != NULL)
    {
      json = weft_json_parse_own (body_text, g_ref_string_length (body_text));
      body = json;
    }
  reader = g_new (Reader, 1);
  *reader = (Reader) { done, user_data };

  return weft_transport_request (self, peer_id, protocol, body, timeout_usec, replied_cb, reader);
}
