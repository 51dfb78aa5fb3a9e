/* weft-cluster-member.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-cluster-member-internal-private.h"

#include "weft-cluster-request-private.h"
#include "weft-error.h"
#include "weft-limits.h"
#include "weft-member-outcome-private.h"

/* A request of this node's own. */
typedef struct
{
  WeftClusterRequest *request;
  gint64 timeout_usec;
  WeftClusterDoneFunc done;
  gpointer user_data;
} Asked;

static void cluster_iface_init (WeftClusterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftClusterMember, weft_cluster_member, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_CLUSTER, cluster_iface_init))

static void
answer_unread (WeftClusterMember *self,
               guint64            token)
{
  g_autoptr(GError) error
      = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                             "what this member promised could not be read from its storage yet");
  g_autoptr(WeftClusterAnswer) answer = weft_cluster_answer_new_error (error);

  weft_cluster_parts_count (self->parts, "member/reject/storage");
  weft_answer_queue_add (self->answers, token, answer, NULL);
  weft_cluster_member_flush_later (self);
  weft_cluster_member_arm (self);
}

static guint64
ask (WeftClusterMember   *self,
     WeftMemberEvent     *event,
     gint64               timeout_usec,
     WeftClusterDoneFunc  done,
     gpointer             user_data)
{
  if (self->is_closed)
    {
      g_autoptr(GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                                     "this node has left its clusters");

      /* There is no later in which to say so. */
      done (WEFT_CLUSTER (self), NULL, error, user_data);
      return 0;
    }

  event->type = WEFT_MEMBER_EVENT_REQUEST;
  event->token = ++self->last_token;
  weft_cluster_waiters_add (self->waiters, event->token,
                            weft_cluster_parts_get_now (self->parts) + timeout_usec, done,
                            user_data);
  if (self->machine != NULL)
    weft_cluster_member_step (self, event);
  else
    answer_unread (self, event->token);

  return event->token;
}

guint64
weft_cluster_member_ask (WeftClusterMember   *self,
                         WeftPeerId          *peer_id,
                         WeftClusterRequest  *request,
                         gint64               timeout_usec,
                         WeftClusterDoneFunc  done,
                         gpointer             user_data)
{
  WeftMemberEvent event = { .peer_id = peer_id, .request = request };

  return ask (self, &event, timeout_usec, done, user_data);
}

void
weft_cluster_member_take (WeftClusterMember   *self,
                          WeftPeerId          *peer_id,
                          WeftClusterRequest  *update,
                          const char          *block_id,
                          gint64               rev,
                          WeftClusterDoneFunc  done,
                          gpointer             user_data)
{
  WeftMemberEvent event = {
    .peer_id = peer_id,
    .request = update,
    .is_proven = TRUE,
    .block_id = block_id,
    .rev = rev,
  };

  ask (self, &event, WEFT_LIMIT_REPLY_USEC, done, user_data);
}

gboolean
weft_cluster_member_is_fetching (WeftClusterMember *self,
                                 guint64            token)
{
  return !self->is_closed && self->machine != NULL
         && weft_member_machine_is_fetching (self->machine, token);
}

void
weft_cluster_member_withdraw (WeftClusterMember *self,
                              guint64            token)
{
  WeftMemberEvent event = { .type = WEFT_MEMBER_EVENT_WITHDRAW, .token = token };

  weft_cluster_waiters_drop (self->waiters, token);
  if (!self->is_closed && self->machine != NULL)
    weft_cluster_member_step (self, &event);
}

static void
asked_free (Asked *asked)
{
  weft_cluster_request_unref (asked->request);
  g_free (asked);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static void
ask_next (WeftClusterMember *self)
{
  g_autoptr(Asked) asked = g_queue_pop_head (&self->asked);

  weft_cluster_member_ask (self, self->parts->peer_id, asked->request, asked->timeout_usec,
                           asked->done, asked->user_data);
}

static void
asked_cb (gpointer user_data)
{
  g_autoptr(WeftClusterMember) self = g_object_ref (user_data);

  self->asked_id = 0;
  /* What is asked from within comes in the next turn. */
  for (guint n_left = self->asked.length; n_left > 0 && !g_queue_is_empty (&self->asked); n_left--)
    ask_next (self);
}

/* The other members have the same work with a vote, and wait for the message that brings it. That
 * leaves when this turn of the loop is over, so what is asked of us is looked at after it. */
static void
ask_after_others (WeftClusterMember   *self,
                  WeftClusterRequest  *request,
                  gint64               timeout_usec,
                  WeftClusterDoneFunc  done,
                  gpointer             user_data)
{
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked) { weft_cluster_request_ref (request), timeout_usec, done, user_data };
  g_queue_push_tail (&self->asked, asked);
  if (self->asked_id == 0)
    self->asked_id = weft_clock_add_alarm (self->parts->clock,
                                           weft_cluster_parts_get_now (self->parts) + 1, asked_cb,
                                           self, NULL);
}

static gboolean
has_company (WeftClusterRequest *request)
{
  return weft_cluster_request_get_messages (request) != NULL
         || (weft_cluster_request_get_record (request) != NULL
             && !weft_cluster_request_is_news (request));
}

static void
perform (WeftCluster         *cluster,
         WeftClusterRequest  *request,
         gint64               timeout_usec,
         WeftClusterDoneFunc  done,
         gpointer             user_data)
{
  WeftClusterMember *self = WEFT_CLUSTER_MEMBER (cluster);

  if (!self->is_closed && has_company (request))
    ask_after_others (self, request, timeout_usec, done, user_data);
  else
    weft_cluster_member_ask (self, self->parts->peer_id, request, timeout_usec, done, user_data);
}

static void
cluster_iface_init (WeftClusterInterface *iface)
{
  iface->perform = perform;
}

static gboolean
holds (gpointer    data,
       const char *block_id,
       const char *action_id)
{
  WeftClusterMember *self = data;

  /* Who knows. */
  return self->machine == NULL
         || weft_member_machine_holds (self->machine, block_id, action_id);
}

WeftClusterMember *
weft_cluster_member_new (WeftClusterParts      *parts,
                         const WeftMemberHooks *hooks)
{
  WeftClusterMember *self = g_object_new (WEFT_TYPE_CLUSTER_MEMBER, NULL);
  const WeftStorageGovernor governor = { holds, self };

  self->parts = weft_cluster_parts_ref (parts);
  self->hooks = *hooks;
  self->answers = weft_answer_queue_new (parts, (GDestroyNotify) weft_cluster_member_flush_later,
                                         self);
  self->machine_usec = G_MAXINT64;
  self->alarm_usec = G_MAXINT64;
  weft_cluster_member_build (self);
  weft_storage_repo_set_governor (parts->repo, &governor);

  return self;
}

void
weft_cluster_member_close (WeftClusterMember *self)
{
  g_autoptr(GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                                 "this node leaves its clusters");
  guint64 token;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;

  if (self->flush_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->flush_id);
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->alarm_id);
  if (self->asked_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->asked_id);
  self->flush_id = 0;
  self->alarm_id = 0;
  self->asked_id = 0;

  while (!g_queue_is_empty (&self->asked))
    ask_next (self);
  weft_storage_repo_set_governor (self->parts->repo, NULL);
  while ((token = weft_cluster_waiters_find_late (self->waiters, G_MAXINT64)) != 0)
    weft_cluster_member_finish (self, token, NULL, error);
  g_queue_clear_full (&self->outcomes, (GDestroyNotify) weft_member_outcome_free);
  g_queue_clear_full (&self->pended, (GDestroyNotify) weft_member_outcome_free);
}

gboolean
weft_cluster_member_is_closed (WeftClusterMember *self)
{
  return self->is_closed;
}

static void
weft_cluster_member_dispose (GObject *object)
{
  weft_cluster_member_close (WEFT_CLUSTER_MEMBER (object));

  G_OBJECT_CLASS (weft_cluster_member_parent_class)->dispose (object);
}

static void
weft_cluster_member_finalize (GObject *object)
{
  WeftClusterMember *self = WEFT_CLUSTER_MEMBER (object);

  weft_cluster_waiters_free (self->waiters);
  g_clear_pointer (&self->answers, weft_answer_queue_free);
  g_clear_pointer (&self->machine, weft_member_machine_free);
  weft_member_effects_clear (&self->effects);
  g_clear_pointer (&self->parts, weft_cluster_parts_unref);

  G_OBJECT_CLASS (weft_cluster_member_parent_class)->finalize (object);
}

static void
weft_cluster_member_class_init (WeftClusterMemberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_cluster_member_dispose;
  object_class->finalize = weft_cluster_member_finalize;
}

static void
weft_cluster_member_init (WeftClusterMember *self)
{
  self->waiters = weft_cluster_waiters_new ();
  weft_member_effects_init (&self->effects);
  g_queue_init (&self->asked);
  g_queue_init (&self->outcomes);
  g_queue_init (&self->pended);
}

JsonNode *
weft_cluster_member_to_json (WeftClusterMember *self)
{
  return self->machine != NULL
           ? weft_member_machine_to_json (self->machine, weft_cluster_parts_get_now (self->parts))
           : NULL;
}
