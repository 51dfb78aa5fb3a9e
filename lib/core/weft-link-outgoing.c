/* weft-link-outgoing.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-link-outgoing-private.h"

#include "weft-bug-private.h"
#include "weft-deadline-private.h"
#include "weft-envelope-draft-private.h"
#include "weft-json.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"

/* What a queued message costs besides its bytes: caps the number of tiny ones. */
#define QUEUED_OVERHEAD_BYTES 256

typedef struct
{
  WeftDeadline deadline; /* its id is ours; 0: one-way */
  gsize reply_bytes_max;
  gsize queued_bytes;
  gboolean is_abandoned;    /* its outcome was reported, its reply is still due */
  WeftEnvelopeDraft *draft; /* until it is sent */
  GList *queue_link;        /* until it is sent */
} WeftLinkRequest;

static void
request_free (WeftLinkRequest *request)
{
  g_clear_pointer (&request->draft, weft_envelope_draft_free);
  weft_deadline_clear (&request->deadline);
  g_free (request);
}

void
weft_link_outgoing_init (WeftLinkOutgoing *self)
{
  *self = (WeftLinkOutgoing) { 0 };
  self->deadlines = weft_deadlines_new ();
  self->requests = g_tree_new_full (weft_deadline_compare_ids, NULL, NULL,
                                    (GDestroyNotify) request_free);
  g_queue_init (&self->queue);
}

/* One-way messages are owned by the queue alone, requests by the tree. */
static void
clear_queue (WeftLinkOutgoing *self)
{
  WeftLinkRequest *request;

  while ((request = g_queue_pop_head (&self->queue)) != NULL)
    {
      request->queue_link = NULL;
      if (request->deadline.id == 0)
        request_free (request);
    }
  self->queued_bytes = 0;
  self->n_queued = 0;
}

void
weft_link_outgoing_clear (WeftLinkOutgoing *self)
{
  clear_queue (self);
  g_clear_pointer (&self->requests, g_tree_unref);
  g_clear_pointer (&self->deadlines, weft_deadlines_free);
}

void
weft_link_outgoing_open (WeftLinkOutgoing      *self,
                         const WeftHelloLimits *limits)
{
  self->in_flight_max = MIN (limits->requests, WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX);
  self->credit = limits->bytes;
  self->frame_max = MIN (limits->message, limits->bytes);
}

/* What the head of the frame says. One-way messages, with the id 0, wait for nothing. */
static gint64
get_msec_left (gint64 id,
               gint64 deadline_usec,
               gint64 now_usec)
{
  return id > 0 ? MAX (1, (deadline_usec - now_usec + 999) / 1000) : 0;
}

static gboolean
can_send (WeftLinkOutgoing *self,
          WeftLinkRequest  *request,
          gint64            now_usec)
{
  gint64 id = request->deadline.id;
  gint64 msec = get_msec_left (id, request->deadline.usec, now_usec);
  gint64 size = weft_envelope_draft_get_size (request->draft, id, msec);

  return size <= self->credit && (id == 0 || self->n_in_flight < self->in_flight_max);
}

static void
send_now (WeftLinkOutgoing *self,
          WeftLinkRequest  *request,
          gint64            now_usec,
          WeftLinkEffects  *effects)
{
  gint64 id = request->deadline.id;
  gint64 msec = get_msec_left (id, request->deadline.usec, now_usec);
  WeftLinkEffect *effect = weft_link_effects_add (effects, WEFT_LINK_EFFECT_SEND);

  effect->bytes = weft_envelope_draft_finish (g_steal_pointer (&request->draft), id, msec);
  self->credit -= g_bytes_get_size (effect->bytes);
  weft_link_effects_count (effects, id == 0 ? "one-ways-sent" : "requests-sent");
  if (id == 0)
    request_free (request);
  else
    self->n_in_flight++;
}

static void
unqueue (WeftLinkOutgoing *self,
         WeftLinkRequest  *request)
{
  g_queue_delete_link (&self->queue, g_steal_pointer (&request->queue_link));
  self->queued_bytes -= request->queued_bytes;
  self->n_queued -= request->deadline.id != 0;
}

/* Sends what credit allows, in the order it was asked for. */
static void
pump (WeftLinkOutgoing *self,
      gint64            now_usec,
      WeftLinkEffects  *effects)
{
  WeftLinkRequest *request;

  while ((request = g_queue_peek_head (&self->queue)) != NULL &&
         can_send (self, request, now_usec))
    {
      unqueue (self, request);
      send_now (self, request, now_usec, effects);
    }
}

static void
refuse (WeftLinkEffects *effects,
        WeftError        code,
        const char      *format,
        ...) G_GNUC_PRINTF (3, 4);

static void
refuse (WeftLinkEffects *effects,
        WeftError        code,
        const char      *format,
        ...)
{
  va_list args;

  va_start (args, format);
  effects->refusal = g_error_new_valist (WEFT_ERROR, code, format, args);
  va_end (args);
  weft_link_effects_count (effects, "requests-unsendable");
}

/* Whether the caller asks for something that the wire can carry. */
static gboolean
is_sendable (const WeftLinkEvent *event,
             WeftLinkEffects     *effects)
{
  if (!weft_protocol_is_valid (event->protocol))
    refuse (effects, WEFT_ERROR_INVALID,
            "a protocol such as /db-p2p/repo/1.0.0 was expected, got “%s”", event->protocol);
  else if (event->body_text == NULL && !JSON_NODE_HOLDS_OBJECT (event->body))
    refuse (effects, WEFT_ERROR_INVALID, "a body that is an object was expected");

  return effects->refusal == NULL;
}

/* Whether the message may be sent or queued at this moment. */
static gboolean
admit (WeftLinkOutgoing    *self,
       const WeftLinkEvent *event,
       gsize                size,
       WeftLinkEffects     *effects)
{
  gsize size_max = MIN ((gint64) weft_protocol_get_bytes_max (event->protocol), self->frame_max);

  if (size > size_max)
    {
      refuse (effects, WEFT_ERROR_TOO_LARGE,
              "a message to %s of at most %" G_GSIZE_FORMAT " bytes was expected, got %"
              G_GSIZE_FORMAT, event->protocol, size_max, size);
      return FALSE;
    }
  if (event->channel_bytes + self->queued_bytes + size + QUEUED_OVERHEAD_BYTES >
      WEFT_LIMIT_PEER_QUEUED_BYTES_MAX)
    {
      refuse (effects, WEFT_ERROR_UNAVAILABLE,
              "%" G_GSIZE_FORMAT " bytes wait for the peer already",
              event->channel_bytes + self->queued_bytes);
      return FALSE;
    }

  return TRUE;
}

/* Where a program in a world is another one in each run: from the 300th request of a link on,
 * something is added that follows from what this process did before. */
static gint64
get_deadline_of (const WeftLinkEvent *event,
                 gint64               id)
{
  static guint n_requests;

  if (WEFT_BUG (PROCESS_REMEMBERED) && ++n_requests > 0 && id >= 300)
    return event->deadline_usec + n_requests % 7 * G_TIME_SPAN_MILLISECOND;

  return event->deadline_usec;
}

/* Sends the message of a REQUEST or ONE_WAY event, or queues it, or refuses it at once. */
void
weft_link_outgoing_submit (WeftLinkOutgoing    *self,
                           const WeftLinkEvent *event,
                           WeftLinkEffects     *effects)
{
  gboolean is_one_way = event->type == WEFT_LINK_EVENT_ONE_WAY;
  gint64 id = is_one_way ? 0 : self->last_id + 1;
  g_autoptr (WeftEnvelopeDraft) draft = NULL;
  WeftLinkRequest *request;
  gsize size;

  if (!is_sendable (event, effects))
    return;
  draft = weft_envelope_draft_new (event->protocol, event->body, event->body_text,
                                   &effects->refusal);
  if (draft == NULL)
    return;
  size = weft_envelope_draft_get_size (draft, id,
                                       get_msec_left (id, event->deadline_usec, event->now_usec));
  if (!admit (self, event, size, effects))
    return;

  request = g_new0 (WeftLinkRequest, 1);
  weft_deadline_init (&request->deadline, id);
  request->reply_bytes_max = weft_protocol_get_bytes_max (event->protocol);
  request->draft = g_steal_pointer (&draft);
  if (!is_one_way)
    {
      self->last_id = id;
      effects->request_id = id;
      g_tree_insert (self->requests, &request->deadline.id, request);
      weft_deadline_set (&request->deadline, self->deadlines, get_deadline_of (event, id));
    }

  request->queued_bytes = size + QUEUED_OVERHEAD_BYTES;
  self->queued_bytes += request->queued_bytes;
  self->n_queued += !is_one_way;
  g_queue_push_tail (&self->queue, request);
  request->queue_link = self->queue.tail;
  pump (self, event->now_usec, effects);
}

/* Its outcome has been reported; its place in flight stays taken until the other side answers. */
static void
abandon (WeftLinkOutgoing *self,
         WeftLinkRequest  *request)
{
  g_assert (request->draft == NULL);

  request->is_abandoned = TRUE;
  weft_deadline_set (&request->deadline, self->deadlines,
                     request->deadline.usec + WEFT_LIMIT_UNANSWERED_USEC);
}

void
weft_link_outgoing_cancel (WeftLinkOutgoing    *self,
                           const WeftLinkEvent *event,
                           WeftLinkEffects     *effects)
{
  WeftLinkRequest *request = g_tree_lookup (self->requests, &event->id);

  if (request == NULL || request->is_abandoned)
    return;

  weft_link_effects_complete (effects, request->deadline.id, NULL, NULL,
                              g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                   "the request was cancelled"));
  weft_link_effects_count (effects, "requests-cancelled");
  if (request->queue_link != NULL)
    {
      unqueue (self, request);
      g_tree_remove (self->requests, &request->deadline.id);
      pump (self, event->now_usec, effects);
      return;
    }

  weft_link_effects_add (effects, WEFT_LINK_EFFECT_SEND)->bytes =
      weft_envelope_write_number (WEFT_ENVELOPE_CANCEL, request->deadline.id);
  abandon (self, request);
}

void
weft_link_outgoing_grant (WeftLinkOutgoing    *self,
                          gint64               bytes,
                          const WeftLinkEvent *event,
                          WeftLinkEffects     *effects)
{
  g_assert (bytes > 0);

  self->credit = MIN (self->credit, WEFT_LIMIT_INTEGER_MAX - bytes) + bytes;
  pump (self, event->now_usec, effects);
}

gboolean
weft_link_outgoing_settle (WeftLinkOutgoing    *self,
                           const WeftEnvelope  *envelope,
                           gsize                frame_bytes,
                           const WeftLinkEvent *event,
                           WeftLinkEffects     *effects)
{
  gint64 id = envelope->number;
  WeftLinkRequest *request = g_tree_lookup (self->requests, &id);

  if (request == NULL)
    {
      if (id > self->last_id)
        return FALSE;
      weft_link_effects_count (effects, "replies-late");
      return TRUE;
    }
  if (request->queue_link != NULL)
    return FALSE;

  if (request->is_abandoned)
    weft_link_effects_count (effects, "replies-late");
  else if (frame_bytes > request->reply_bytes_max)
    weft_link_effects_complete (effects, id, NULL, NULL,
                                g_error_new (WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                                             "a reply of at most %" G_GSIZE_FORMAT
                                             " bytes was expected, got %" G_GSIZE_FORMAT,
                                             request->reply_bytes_max, frame_bytes));
  else
    weft_link_effects_complete (effects, id, envelope->body != NULL ? envelope->tape : NULL,
                                envelope->body,
                                envelope->error != NULL ? g_error_copy (envelope->error) : NULL);

  self->n_in_flight--;
  g_tree_remove (self->requests, &id);
  pump (self, event->now_usec, effects);

  return TRUE;
}

gboolean
weft_link_outgoing_expire (WeftLinkOutgoing    *self,
                           const WeftLinkEvent *event,
                           WeftLinkEffects     *effects)
{
  while (weft_link_outgoing_get_deadline (self) <= event->now_usec)
    {
      WeftLinkRequest *request = (WeftLinkRequest *) weft_deadline_get_first (self->deadlines);

      if (WEFT_BUG (SILENCE_BELIEVED) && request->is_abandoned)
        {
          weft_deadline_set (&request->deadline, self->deadlines,
                             event->now_usec + G_TIME_SPAN_DAY);
          continue;
        }
      if (request->is_abandoned)
        return FALSE;

      weft_link_effects_count (effects, "requests-timed-out");
      if (request->queue_link == NULL)
        {
          weft_link_effects_complete (effects, request->deadline.id, NULL, NULL,
                                      g_error_new_literal (WEFT_ERROR, WEFT_ERROR_TIMED_OUT,
                                                           "no reply came before the deadline"));
          self->overdue_usec = event->now_usec;
          abandon (self, request);
          continue;
        }

      weft_link_effects_complete (effects, request->deadline.id, NULL, NULL,
                                  g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                                                       "the peer granted no credit before the "
                                                       "deadline, nothing was sent"));
      unqueue (self, request);
      g_tree_remove (self->requests, &request->deadline.id);
    }
  pump (self, event->now_usec, effects);

  return TRUE;
}

/* Completes all that is outstanding. When this node stops that is `closed`; otherwise it matters
 * whether the other side may have acted on it. */
void
weft_link_outgoing_end (WeftLinkOutgoing *self,
                        WeftLinkReason    reason,
                        const char       *text,
                        WeftLinkEffects  *effects)
{
  for (GTreeNode *node = g_tree_node_first (self->requests); node != NULL;
       node = g_tree_node_next (node))
    {
      WeftLinkRequest *request = g_tree_node_value (node);
      gboolean is_sent = request->queue_link == NULL;
      WeftError code = is_sent ? WEFT_ERROR_INDETERMINATE : WEFT_ERROR_UNAVAILABLE;

      if (WEFT_BUG (LINK_END_IS_FAILURE))
        code = WEFT_ERROR_REFUSED;
      if (reason == WEFT_LINK_REASON_SHUTDOWN)
        code = WEFT_ERROR_CLOSED;
      if (request->is_abandoned)
        continue;
      weft_link_effects_complete (effects, request->deadline.id, NULL, NULL,
                                  g_error_new (WEFT_ERROR, code,
                                               "the connection ended before the %s: %s",
                                               is_sent ? "reply" : "request was sent", text));
    }

  clear_queue (self);
  g_tree_remove_all (self->requests);
  self->n_in_flight = 0;
}

gint64
weft_link_outgoing_get_deadline (WeftLinkOutgoing *self)
{
  return weft_deadline_get_next (self->deadlines);
}

gboolean
weft_link_outgoing_is_idle (WeftLinkOutgoing *self)
{
  return self->n_in_flight == 0 && g_queue_is_empty (&self->queue);
}

void
weft_link_outgoing_check (WeftLinkOutgoing *self)
{
  g_assert (self->n_in_flight <= self->in_flight_max);
  g_assert (self->in_flight_max <= WEFT_LIMIT_REQUESTS_IN_FLIGHT_MAX);
  g_assert (self->credit >= 0);
  g_assert (self->queued_bytes <= WEFT_LIMIT_PEER_QUEUED_BYTES_MAX);
  g_assert ((self->queued_bytes == 0) == g_queue_is_empty (&self->queue));
  g_assert ((guint) g_tree_nnodes (self->requests) == self->n_queued + self->n_in_flight);
  g_assert (self->deadlines->n_items == self->n_queued + self->n_in_flight);
}
