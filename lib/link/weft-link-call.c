/* weft-link-call.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-call-private.h"

#include "weft-link-notice-private.h"
#include "weft-link-peer-private.h"
#include "weft-link-private.h"

/* Asks a peer; what cannot even be sent is told to `done` later, like everything else. */
guint64
weft_link_call_new (WeftLinkHub   *hub,
                    WeftPeerId    *peer_id,
                    const char    *protocol,
                    JsonNode      *body,
                    const char    *body_text,
                    gint64         timeout_usec,
                    WeftAnswerFunc answer,
                    WeftReplyFunc  reply,
                    gpointer       user_data)
{
  guint64 request_id = ++hub->last_request_id;
  g_autoptr (GError) error = NULL;
  WeftLink *link = weft_link_peer_lookup (hub, peer_id, &error);
  WeftLinkNotice *notice;
  gint64 deadline_usec = weft_link_hub_now (hub) + MIN (timeout_usec, G_MAXINT64 / 2);
  gint64 link_id;

  if (link != NULL &&
      weft_link_submit (link, WEFT_LINK_EVENT_REQUEST, protocol, body, body_text, deadline_usec,
                        &link_id, &error))
    {
      WeftLinkCall *call = g_new0 (WeftLinkCall, 1);

      *call = (WeftLinkCall) { request_id, link_id, link, answer, reply, user_data };
      g_tree_insert (hub->calls, &call->request_id, call);
      g_tree_insert (link->calls, &call->link_id, call);
      return request_id;
    }

  notice = weft_link_notice_add (hub, WEFT_LINK_NOTICE_REPLY);
  g_prefix_error (&error, "%s: ", weft_peer_id_get_text (peer_id));
  notice->error = g_steal_pointer (&error);
  notice->answer = answer;
  notice->reply = reply;
  notice->data = user_data;

  return request_id;
}

void
weft_link_call_cancel (WeftLinkHub *hub,
                       guint64      request_id)
{
  WeftLinkCall *call = g_tree_lookup (hub->calls, &request_id);

  if (call != NULL)
    weft_link_cancel (call->link, call->link_id);
}

void
weft_link_call_complete (WeftLink       *link,
                         WeftLinkEffect *effect)
{
  WeftLinkCall *call = g_tree_lookup (link->calls, &effect->id);
  WeftLinkNotice *notice = weft_link_notice_add (link->hub, WEFT_LINK_NOTICE_REPLY);
  WeftHello *hello = weft_link_machine_get_hello (link->machine);

  g_assert (call != NULL);

  notice->tape = g_steal_pointer (&effect->tape);
  notice->body = effect->body;
  notice->error = g_steal_pointer (&effect->error);
  if (notice->error != NULL && notice->error->domain == WEFT_ERROR)
    g_prefix_error (&notice->error, "%s: ", weft_peer_id_get_text (hello->peer_id));
  notice->answer = call->answer;
  notice->reply = call->reply;
  notice->data = call->user_data;

  g_tree_remove (link->calls, &effect->id);
  g_tree_remove (link->hub->calls, &call->request_id);
}
