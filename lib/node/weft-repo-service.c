/* weft-repo-service.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-node-private.h"
#include "weft-parts-private.h"
#include "weft-service-private.h"

static const WeftCallKind kinds[] = {
  [WEFT_REPO_OPERATION_GET] = WEFT_CALL_GET,
  [WEFT_REPO_OPERATION_PEND] = WEFT_CALL_PEND,
  [WEFT_REPO_OPERATION_CANCEL] = WEFT_CALL_CANCEL,
  [WEFT_REPO_OPERATION_COMMIT] = WEFT_CALL_COMMIT,
  [WEFT_REPO_OPERATION_PUT] = WEFT_CALL_PUT,
};

static void
performed_cb (WeftRepo      *repo,
              WeftRepoReply *reply,
              const GError  *error,
              gpointer       user_data)
{
  WeftCall *call = user_data;
  g_autoptr(GString) text = NULL;
  char *body;

  if (reply == NULL)
    {
      weft_call_fail (call, error);
      return;
    }

  text = g_string_sized_new (512);
  weft_repo_reply_append (reply, text);
  body = g_ref_string_new_len (text->str, (gssize) text->len);
  weft_call_reply_text (call, body);
  g_ref_string_release (body);
}

/* An asker that has given up does not read the answer, so working on it helps nobody, and a change
 * would land behind its back. */
static gboolean
check_expiration (WeftRepoMessage  *message,
                  WeftClock        *clock,
                  GError          **error)
{
  gint64 expiration_msec = weft_repo_message_get_expiration (message);
  gint64 now_msec = weft_clock_get_real (clock) / 1000;

  if (expiration_msec == 0 || expiration_msec > now_msec)
    return TRUE;

  g_set_error (error, WEFT_ERROR, WEFT_ERROR_TIMED_OUT,
               "expected a message that has not expired, got one that did so %" G_GINT64_FORMAT
               " ms ago", now_msec - expiration_msec);
  return FALSE;
}

static gboolean
is_of_many (WeftRepoMessage *message)
{
  g_auto(GStrv) block_ids = weft_repo_message_get_block_ids (message);

  return g_strv_length (block_ids) > 1;
}

static void
serve (WeftNode *node,
       WeftCall *call)
{
  g_autoptr(WeftRepoMessage) message = NULL;
  g_autoptr(JsonNode) redirect = NULL;
  g_autoptr(GError) error = NULL;
  const WeftItem *item = weft_call_get_item (call, &error);

  if (item != NULL)
    message = weft_repo_message_read (item, NULL, &error);
  if (message == NULL)
    {
      weft_call_fail (call, error);
      return;
    }

  if (WEFT_BUG (GET_NOT_ANSWERED) && is_of_many (message))
    return;
  weft_call_set_kind (call, kinds[weft_repo_message_get_operation (message)]);
  if (!check_expiration (message, weft_node_get_clock (node), &error))
    {
      weft_call_fail (call, error);
      return;
    }

  redirect = weft_node_make_redirect (node, message);
  if (redirect != NULL)
    weft_call_reply (call, redirect);
  else
    weft_repo_perform (weft_node_get_coordinator (node) != NULL
                         ? WEFT_REPO (weft_node_get_coordinator (node))
                         : WEFT_REPO (weft_node_get_repo (node)),
                       message, weft_call_get_cancellable (call), performed_cb, call);
}

const WeftService weft_repo_service = { "repo", serve };
