/* weft-forward.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-coordinator-private.h"
#include "weft-error-private.h"
#include "weft-parts-private.h"
#include "weft-protocol-private.h"
#include "weft-transport-private.h"

/* A message for blocks that others keep, passed on to one of them: to the next when one never saw
 * it, and, when it only reads, also when one does not answer. */
typedef struct
{
  WeftClusterParts *parts;
  GPtrArray *peers; /* (element-type WeftClusterPeer) */
  guint next_peer;
  WeftRepoMessage *message;
  gint64 deadline_usec;
  WeftForwardFunc done;
  gpointer user_data;
  GError *error;    /* (nullable): of the last peer */
} Forward;

static void ask_peer (Forward *forward);

static void
forward_free (Forward *forward)
{
  weft_cluster_parts_unref (forward->parts);
  g_ptr_array_unref (forward->peers);
  weft_repo_message_unref (forward->message);
  g_clear_error (&forward->error);
  g_free (forward);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Forward, forward_free)

static void
finish (Forward       *forward,
        WeftRepoReply *reply,
        const GError  *error)
{
  g_autoptr(Forward) owned = forward;

  forward->done (reply, error, forward->user_data);
}

/* Whether it does no harm to ask somebody else. Where many wait, whoever asked comes again. */
static gboolean
can_ask_again (Forward      *forward,
               const GError *error)
{
  if (weft_error_get_wait_usec (error) > 0)
    return FALSE;

  return g_error_matches (error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE)
         || g_error_matches (error, WEFT_ERROR, WEFT_ERROR_REFUSED)
         || weft_repo_message_get_operation (forward->message) == WEFT_REPO_OPERATION_GET;
}

static void
replied_cb (WeftTransport  *transport,
            const WeftItem *body,
            const GError   *error,
            gpointer        user_data)
{
  Forward *forward = user_data;
  g_autoptr(WeftRepoReply) reply = NULL;
  g_autoptr(GError) read_error = NULL;

  if (body != NULL)
    {
      reply = weft_repo_reply_read (
        body, weft_repo_message_get_operation (forward->message), &read_error);
      if (reply == NULL)
        error = read_error;
    }

  if (reply != NULL || !can_ask_again (forward, error))
    {
      finish (forward, reply, error);
      return;
    }

  g_clear_error (&forward->error);
  forward->error = g_error_copy (error);
  forward->next_peer++;
  ask_peer (forward);
}

static void
ask_peer (Forward *forward)
{
  g_autofree char *protocol = weft_protocol_make_name (forward->parts->prefix, "repo");
  g_autoptr(GString) text = NULL;
  char *body;
  gint64 left_usec
      = forward->deadline_usec - weft_cluster_parts_get_now (forward->parts);
  WeftClusterPeer *peer;

  if (forward->next_peer == forward->peers->len || left_usec <= 0)
    {
      g_autoptr(GError) error
          = g_error_new (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                         "this node is not in the cluster, and no member could be asked%s%s",
                         forward->error != NULL ? ": " : "",
                         forward->error != NULL ? forward->error->message : "");

      finish (forward, NULL, error);
      return;
    }

  peer = g_ptr_array_index (forward->peers, forward->next_peer);
  text = g_string_sized_new (512);
  weft_repo_message_append (forward->message, text);
  body = g_ref_string_new_len (text->str, (gssize) text->len);
  weft_transport_ask (forward->parts->transport, weft_cluster_peer_get_peer_id (peer), protocol,
                      NULL, body, left_usec, replied_cb, forward);
  g_ref_string_release (body);
}

static void
alarm_cb (gpointer user_data)
{
  ask_peer (user_data);
}

void
weft_forward_start (WeftClusterParts *parts,
                    GPtrArray        *peers,
                    WeftRepoMessage  *message,
                    gint64            deadline_usec,
                    WeftForwardFunc   done,
                    gpointer          user_data)
{
  Forward *forward = g_new0 (Forward, 1);

  forward->parts = weft_cluster_parts_ref (parts);
  forward->peers = g_ptr_array_ref (peers);
  forward->message = weft_repo_message_ref (message);
  forward->deadline_usec = deadline_usec;
  forward->done = done;
  forward->user_data = user_data;
  weft_clock_add_alarm (parts->clock, weft_cluster_parts_get_now (parts), alarm_cb, forward, NULL);
}
