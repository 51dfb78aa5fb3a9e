/* weft-remote-cluster.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-remote-cluster-private.h"

#include "weft-cluster-answer-private.h"
#include "weft-deadline-private.h"
#include "weft-error.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-text-private.h"
#include "weft-transport-private.h"

/* While so many are on their way, what comes waits and shares the next: the more there is to do,
 * the more goes into one message, one sync and one signature. */
#define MESSAGES_MAX 2
/* A message with several requests is at most so large. */
#define MESSAGE_BYTES_MAX (WEFT_LIMIT_MESSAGE_BYTES_MAX / 4)

/* Somebody who waits for an answer. */
typedef struct
{
  WeftDeadline deadline; /* its id tells it from others */
  WeftClusterRequest *request;
  char *text; /* a GRefString of the request */
  gboolean is_brief;
  gboolean is_news; /* nobody waits for what is done about it */
  gboolean is_queued;
  gboolean was_sent; /* once is enough: what was asked may have been done */
  WeftClusterDoneFunc done;
  gpointer user_data;
} Waiter;

/* The requests of one message, by the ids of those who wait. */
typedef struct
{
  WeftRemoteCluster *cluster;
  GArray *ids; /* (element-type gint64) */
} Message;

struct _WeftRemoteCluster
{
  GObject parent_instance;

  WeftClusterParts *parts;
  WeftPeerId *peer_id;
  char *protocol;
  gboolean is_closed;

  gint64 last_id;
  GTree *waiters;       /* (element-type Waiter) (owned), by id */
  WeftDeadlines *deadlines; /* of the waiters */
  WeftToldRecords *told;
  GString *text;        /* what is sent just now */
  GQueue queue;         /* (element-type Waiter) (unowned): not sent yet */
  gboolean has_let_go;  /* what waits let others go first */
  guint n_messages;     /* on their way */
  guint64 flush_id;     /* an alarm that is due at once; 0 when none is set */
  guint64 alarm_id;     /* 0 when none is set */
  gint64 alarm_usec;
};

static void cluster_iface_init (WeftClusterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftRemoteCluster, weft_remote_cluster, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_CLUSTER, cluster_iface_init))

static const WeftJsonPath root_path = { NULL };

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  weft_deadline_clear (&waiter->deadline);
  weft_cluster_request_unref (waiter->request);
  g_free (waiter);
}

static void
message_free (Message *message)
{
  g_array_unref (message->ids);
  g_object_unref (message->cluster);
  g_free (message);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Message, message_free)

static void
finish (WeftRemoteCluster *self,
        gint64             id,
        WeftClusterAnswer *answer,
        const GError      *error)
{
  Waiter *waiter = g_tree_lookup (self->waiters, &id);
  WeftClusterDoneFunc done;
  gpointer user_data;

  if (waiter == NULL)
    return;

  done = waiter->done;
  user_data = waiter->user_data;
  if (waiter->is_queued)
    g_queue_remove (&self->queue, waiter);
  g_tree_remove (self->waiters, &id);
  done (WEFT_CLUSTER (self), answer, error, user_data);
}

static const WeftItem *
get_answers (const WeftItem *body,
             guint           n_expected,
             GError        **error)
{
  const WeftJsonPath path = { &root_path, "answers" };
  const WeftItem *member = weft_item_require_member (body, "answers", &root_path, error);
  const WeftItem *answers = member != NULL ? weft_item_get_array (member, &path, error) : NULL;

  if (answers != NULL && answers->length != n_expected)
    {
      weft_json_set_error (error, &path, "expected %u answers, got %u", n_expected,
                           answers->length);
      return NULL;
    }

  return answers;
}

static void
finish_answered (WeftRemoteCluster *self,
                 gint64             id,
                 const WeftItem    *item)
{
  g_autoptr(GError) reason = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftClusterAnswer) answer = weft_cluster_answer_read (item, &reason);

  if (answer == NULL)
    {
      weft_cluster_parts_count (self->parts, "answers-malformed");
      g_set_error (&error, WEFT_ERROR, WEFT_ERROR_PROTOCOL, "%s: %s",
                   weft_peer_id_get_text (self->peer_id), reason->message);
    }
  finish (self, id, answer, error);
}

/* The other side does not know what the request is brief of: it is asked in full, first of all. */
static gboolean
ask_again (WeftRemoteCluster *self,
           gint64             id)
{
  Waiter *waiter = g_tree_lookup (self->waiters, &id);

  if (waiter == NULL || !waiter->is_brief)
    return FALSE;

  weft_cluster_parts_count (self->parts, "requests-unknown");
  waiter->text = weft_told_records_write_again (self->told, waiter->request);
  waiter->is_brief = FALSE;
  waiter->is_queued = TRUE;
  g_queue_push_head (&self->queue, waiter);

  return TRUE;
}

/* The other side waits for something before it can answer, and did not let the others wait. */
static gboolean
ask_later (WeftRemoteCluster *self,
           gint64             id)
{
  Waiter *waiter = g_tree_lookup (self->waiters, &id);

  if (waiter == NULL)
    return FALSE;

  weft_cluster_parts_count (self->parts, "requests-later");
  waiter->is_queued = TRUE;
  g_queue_push_tail (&self->queue, waiter);

  return TRUE;
}

static void
take_answer (WeftRemoteCluster *self,
             gint64             id,
             const WeftItem    *item,
             gboolean           may_be_later)
{
  if (weft_known_records_is_unknown (item) && ask_again (self, id))
    return;
  if (may_be_later && weft_known_records_is_later (item) && ask_later (self, id))
    return;

  finish_answered (self, id, item);
}

/* Only together with what is answered: who is told to come back for everything asks for ever. */
static gboolean
has_answer (const WeftItem *answers)
{
  for (const WeftItem *answer = weft_item_first (answers); answer != NULL;
       answer = weft_item_next (answers, answer))
    if (!weft_known_records_is_later (answer))
      return TRUE;

  return FALSE;
}

static void flush_later (WeftRemoteCluster *self);
static void arm (WeftRemoteCluster *self);

static void
replied_cb (WeftTransport  *transport,
            const WeftItem *body,
            const GError   *error,
            gpointer        user_data)
{
  g_autoptr(Message) message = user_data;
  WeftRemoteCluster *self = message->cluster;
  g_autoptr(GError) local_error = NULL;
  gboolean may_be_later = FALSE;
  const WeftItem *answers = NULL;
  const WeftItem *answer = NULL;

  self->n_messages--;
  if (self->is_closed)
    return;

  if (body != NULL)
    {
      answers = get_answers (body, message->ids->len, &local_error);
      if (answers == NULL)
        local_error->code = WEFT_ERROR_PROTOCOL;
      else
        may_be_later = has_answer (answers);
    }
  else
    {
      local_error = g_error_copy (error);
    }

  for (guint i = 0; i < message->ids->len && !self->is_closed; i++)
    {
      gint64 id = g_array_index (message->ids, gint64, i);

      if (answers != NULL)
        answer = i == 0 ? weft_item_first (answers) : weft_item_next (answers, answer);
      if (answer != NULL)
        take_answer (self, id, answer, may_be_later);
      else
        finish (self, id, NULL, local_error);
    }

  if (!g_queue_is_empty (&self->queue))
    flush_later (self);
  if (!self->is_closed)
    arm (self);
}

/* Takes as many of those that wait as one message has room for. */
static void
send_message (WeftRemoteCluster *self)
{
  Message *message = g_new0 (Message, 1);
  GString *text = self->text;
  char *body;
  gint64 last_usec = 0;

  g_string_assign (text, "{\"requests\":[");
  message->cluster = g_object_ref (self);
  message->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  while (!g_queue_is_empty (&self->queue) && message->ids->len < WEFT_LIMIT_CLUSTER_REQUESTS_MAX)
    {
      Waiter *waiter = g_queue_peek_head (&self->queue);

      gsize length = g_ref_string_length (waiter->text);

      if (message->ids->len > 0 && text->len + length > MESSAGE_BYTES_MAX)
        break;
      g_queue_pop_head (&self->queue);
      last_usec = MAX (last_usec, waiter->deadline.usec);
      waiter->is_queued = FALSE;
      waiter->was_sent = TRUE;
      if (message->ids->len > 0)
        g_string_append_c (text, ',');
      weft_text_append_len (text, waiter->text, length);
      g_array_append_val (message->ids, waiter->deadline.id);
    }

  weft_text_append_len (text, "]}", 2);
  body = g_ref_string_new_len (text->str, (gssize) text->len);
  self->n_messages++;
  weft_cluster_parts_count (self->parts, "messages-sent");
  weft_transport_ask (self->parts->transport, self->peer_id, self->protocol, NULL, body,
                      MAX (1, last_usec - weft_cluster_parts_get_now (self->parts)), replied_cb,
                      message);
  g_ref_string_release (body);
}

static gboolean
has_only_news (WeftRemoteCluster *self)
{
  for (GList *link = self->queue.head; link != NULL; link = link->next)
    if (!((Waiter *) link->data)->is_news)
      return FALSE;

  return TRUE;
}

/* What was decided just now is to be told to members and to who asked for it. It is they who wait,
 * so they are told first: with each write somebody awakes and wants the processor. */
static gboolean
let_others_go (WeftRemoteCluster *self)
{
  self->has_let_go = !self->has_let_go && has_only_news (self);
  if (self->has_let_go)
    flush_later (self);

  return self->has_let_go;
}

static void
flush_cb (gpointer user_data)
{
  g_autoptr(WeftRemoteCluster) self = g_object_ref (user_data);

  self->flush_id = 0;
  if (let_others_go (self))
    return;
  while (!self->is_closed && self->n_messages < MESSAGES_MAX && !g_queue_is_empty (&self->queue))
    send_message (self);
}

static void
flush_later (WeftRemoteCluster *self)
{
  if (self->flush_id == 0 && self->n_messages < MESSAGES_MAX && !self->is_closed)
    self->flush_id = weft_clock_add_alarm (self->parts->clock,
                                           weft_cluster_parts_get_now (self->parts),
                                           flush_cb, self, NULL);
}

static void
alarm_cb (gpointer user_data)
{
  g_autoptr(WeftRemoteCluster) self = g_object_ref (user_data);
  gint64 now_usec = weft_cluster_parts_get_now (self->parts);
  WeftDeadline *first;

  self->alarm_id = 0;
  while (!self->is_closed && (first = weft_deadline_get_first (self->deadlines)) != NULL
         && first->usec <= now_usec)
    {
      Waiter *waiter = g_tree_lookup (self->waiters, &first->id);
      g_autoptr(GError) error
          = g_error_new (WEFT_ERROR,
                         waiter->was_sent ? WEFT_ERROR_TIMED_OUT : WEFT_ERROR_UNAVAILABLE,
                         "%s has not answered before the deadline",
                         weft_peer_id_get_text (self->peer_id));

      finish (self, first->id, NULL, error);
    }
  if (!self->is_closed)
    arm (self);
}

static void
arm (WeftRemoteCluster *self)
{
  gint64 next_usec = weft_deadline_get_next (self->deadlines);

  if (self->alarm_id != 0 && self->alarm_usec <= next_usec)
    return;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->alarm_id);
  self->alarm_id = 0;
  self->alarm_usec = next_usec;
  if (next_usec != G_MAXINT64)
    self->alarm_id = weft_clock_add_alarm (self->parts->clock, next_usec, alarm_cb, self, NULL);
}

static void
perform (WeftCluster         *cluster,
         WeftClusterRequest  *request,
         gint64               timeout_usec,
         WeftClusterDoneFunc  done,
         gpointer             user_data)
{
  WeftRemoteCluster *self = WEFT_REMOTE_CLUSTER (cluster);
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->request = weft_cluster_request_ref (request);
  waiter->is_news = weft_cluster_request_is_news (request);
  waiter->text = weft_told_records_write (self->told, request, &waiter->is_brief);
  waiter->done = done;
  waiter->user_data = user_data;
  weft_deadline_init (&waiter->deadline, ++self->last_id);
  weft_deadline_set (&waiter->deadline, self->deadlines,
                     weft_cluster_parts_get_now (self->parts) + timeout_usec);
  g_tree_insert (self->waiters, &waiter->deadline.id, waiter);
  waiter->is_queued = TRUE;
  g_queue_push_tail (&self->queue, waiter);

  flush_later (self);
  arm (self);
}

static void
cluster_iface_init (WeftClusterInterface *iface)
{
  iface->perform = perform;
}

WeftRemoteCluster *
weft_remote_cluster_new (WeftClusterParts *parts,
                         WeftPeerId       *peer_id)
{
  WeftRemoteCluster *self = g_object_new (WEFT_TYPE_REMOTE_CLUSTER, NULL);

  self->parts = weft_cluster_parts_ref (parts);
  self->peer_id = weft_peer_id_ref (peer_id);
  self->protocol = weft_protocol_make_name (parts->prefix, "cluster");

  return self;
}

WeftPeerId *
weft_remote_cluster_get_peer_id (WeftRemoteCluster *self)
{
  return self->peer_id;
}

void
weft_remote_cluster_close (WeftRemoteCluster *self)
{
  g_autoptr(GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_CLOSED,
                                                 "this node leaves its clusters");
  GTreeNode *node;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;

  if (self->flush_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->flush_id);
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->parts->clock, self->alarm_id);
  self->flush_id = 0;
  self->alarm_id = 0;

  while ((node = g_tree_node_first (self->waiters)) != NULL)
    {
      const gint64 *id = g_tree_node_key (node);

      finish (self, *id, NULL, error);
    }
}

static void
weft_remote_cluster_dispose (GObject *object)
{
  weft_remote_cluster_close (WEFT_REMOTE_CLUSTER (object));

  G_OBJECT_CLASS (weft_remote_cluster_parent_class)->dispose (object);
}

static void
weft_remote_cluster_finalize (GObject *object)
{
  WeftRemoteCluster *self = WEFT_REMOTE_CLUSTER (object);

  g_queue_clear (&self->queue);
  weft_told_records_free (self->told);
  g_string_free (self->text, TRUE);
  g_tree_unref (self->waiters);
  weft_deadlines_free (self->deadlines);
  g_free (self->protocol);
  g_clear_pointer (&self->peer_id, weft_peer_id_unref);
  g_clear_pointer (&self->parts, weft_cluster_parts_unref);

  G_OBJECT_CLASS (weft_remote_cluster_parent_class)->finalize (object);
}

static void
weft_remote_cluster_class_init (WeftRemoteClusterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = weft_remote_cluster_dispose;
  object_class->finalize = weft_remote_cluster_finalize;
}

static void
weft_remote_cluster_init (WeftRemoteCluster *self)
{
  self->waiters = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL, waiter_free);
  self->deadlines = weft_deadlines_new ();
  self->told = weft_told_records_new ();
  self->text = g_string_new (NULL);
  g_queue_init (&self->queue);
}
