/* weft-link-notice.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-notice-private.h"

#include "weft-link-private.h"

WeftLinkNotice *
weft_link_notice_add (WeftLinkHub       *hub,
                      WeftLinkNoticeType type)
{
  WeftLinkNotice *notice = g_new0 (WeftLinkNotice, 1);

  notice->type = type;
  g_queue_push_tail (&hub->notices, notice);

  return notice;
}

/* A tree is made for who asked by the public function, and for nobody else. */
static void
reply (WeftLinkNotice *notice,
       WeftTransport  *transport)
{
  g_autoptr (JsonNode) body = NULL;

  if (notice->answer != NULL)
    {
      notice->answer (transport, notice->body, notice->error, notice->data);
      return;
    }

  if (notice->body != NULL)
    body = weft_item_to_node (notice->body);
  notice->reply (transport, body, notice->error, notice->data);
}

void
weft_link_notice_perform (WeftLinkHub    *hub,
                          WeftLinkNotice *notice)
{
  WeftTransport *transport = WEFT_TRANSPORT (hub->transport);

  switch (notice->type)
    {
    case WEFT_LINK_NOTICE_REQUEST:
      weft_link_handle (notice->link, notice);
      break;

    case WEFT_LINK_NOTICE_WITHDRAW:
      weft_link_withdraw (notice->link, notice->id);
      break;

    case WEFT_LINK_NOTICE_REPLY:
      reply (notice, transport);
      break;

    case WEFT_LINK_NOTICE_DIALLED:
      notice->dialled (transport, notice->peer, notice->error, notice->data);
      break;

    case WEFT_LINK_NOTICE_APPEARED:
      weft_transport_emit_peer_appeared (transport, notice->peer);
      break;

    case WEFT_LINK_NOTICE_WENT:
      weft_transport_emit_peer_went (transport, notice->peer, notice->error);
      break;

    default:
      g_assert_not_reached ();
    }
}

void
weft_link_notice_free (WeftLinkNotice *notice)
{
  g_clear_pointer (&notice->link, weft_link_unref);
  g_clear_pointer (&notice->tape, weft_tape_unref);
  g_clear_error (&notice->error);
  g_clear_object (&notice->peer);
  g_free (notice);
}
