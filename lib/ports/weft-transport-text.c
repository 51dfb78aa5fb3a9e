/* weft-transport-text.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-transport-private.h"

#include "weft-json-private.h"

/* The place among those that the public interface leaves free. */
#define REQUEST_TEXT 0

void
weft_transport_iface_set_request_text (WeftTransportInterface       *iface,
                                       WeftTransportRequestTextFunc  func)
{
  iface->padding[REQUEST_TEXT] = (gpointer) func;
}

guint64
weft_transport_request_text (WeftTransport *self,
                             WeftPeerId    *peer_id,
                             const char    *protocol,
                             char          *body,
                             gint64         timeout_usec,
                             WeftReplyFunc  done,
                             gpointer       user_data)
{
  WeftTransportRequestTextFunc request_text;
  g_autoptr (JsonNode) json = NULL;

  g_assert (WEFT_IS_TRANSPORT (self));
  g_assert (body[0] == '{');
  g_assert (timeout_usec > 0);

  request_text
      = (WeftTransportRequestTextFunc) WEFT_TRANSPORT_GET_IFACE (self)->padding[REQUEST_TEXT];
  if (request_text != NULL && g_ref_string_length (body) <= WEFT_TRANSPORT_TEXT_BYTES_MAX)
    return request_text (self, peer_id, protocol, body, timeout_usec, done, user_data);

  json = weft_json_parse_own (body, g_ref_string_length (body));
  return weft_transport_request (self, peer_id, protocol, json, timeout_usec, done, user_data);
}
