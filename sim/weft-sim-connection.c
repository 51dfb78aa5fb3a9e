/* weft-sim-connection.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-connection-private.h"

#include "weft-sim-hash-private.h"
#include "weft-sim-network-private.h"
#include "weft-sim-text-private.h"
#include "weft-sim-passage-private.h"
#include "weft-sim-world-private.h"

/* As TCP does it: the first pause before something is sent again, the longest, and after how long
 * the sender gives up. */
#define RETRY_USEC_FIRST (200 * G_TIME_SPAN_MILLISECOND)
#define RETRY_USEC_MAX (120 * G_TIME_SPAN_SECOND)
#define STALL_USEC_MAX (924 * G_TIME_SPAN_SECOND)
/* What the system takes from a process without the network having taken it. */
#define SOCKET_BYTES (256 * 1024)

typedef struct
{
  GList link;          /* in the queue of its flow */
  GBytes *bytes;       /* NULL for the end */
  char *reason;        /* of the end */
  guint64 digest;
  guint64 number;      /* for the trace */
  guint64 cause;       /* the event during which it was sent, for the trace */
  gboolean is_changed; /* on its way, so it may be no text any more */
  gboolean breaks_late; /* the connection breaks when it has arrived */
  gint64 leaves_usec;  /* when its last byte is on the network */
  gint64 arrives_usec;
} Message;

static void
message_free (Message *message)
{
  g_clear_pointer (&message->bytes, g_bytes_unref);
  g_free (message->reason);
  g_free (message);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Message, message_free)

static Message *
take (GList *link)
{
  return link != NULL ? link->data : NULL;
}

static guint
get_side (WeftSimFlow *flow)
{
  return flow == &flow->connection->flows[1];
}

static void
flow_init (WeftSimFlow       *flow,
           WeftSimConnection *connection,
           guint              from,
           guint              to)
{
  flow->connection = connection;
  flow->from = from;
  flow->to = to;
  flow->stalled_usec = -1;
  g_queue_init (&flow->messages);
}

static void
flow_unref (gpointer data)
{
  weft_sim_connection_unref (((WeftSimFlow *) data)->connection);
}

static void
disarm (WeftSimFlow *flow)
{
  guint64 event_id = flow->event_id;

  flow->event_id = 0;
  if (event_id != 0 && flow->connection->network != NULL)
    weft_sim_world_cancel (flow->connection->network->world, event_id);
}

static void
schedule (WeftSimFlow      *flow,
          gint64            at_usec,
          WeftSimEventKind  kind,
          const Message    *message,
          WeftSimEventFunc  func)
{
  WeftSimWorld *world = flow->connection->network->world;

  weft_sim_connection_ref (flow->connection);
  flow->event_id = weft_sim_world_schedule_event (world, at_usec, kind, flow->to,
                                                  message != NULL ? message->digest : 0, func,
                                                  flow, flow_unref);
  if (message != NULL)
    weft_sim_world_set_cause (world, flow->event_id, message->cause);
}

static void
trace (WeftSimFlow   *flow,
       const char    *record,
       const Message *message,
       const char    *why)
{
  if (flow->connection->network != NULL)
    weft_sim_trace_message (flow->connection->network->world, record, message->number, why);
}

static void
flow_clear (WeftSimFlow *flow,
            const char  *why)
{
  Message *message;

  disarm (flow);
  while ((message = take (g_queue_pop_head_link (&flow->messages))) != NULL)
    {
      trace (flow, "lose", message, why);
      message_free (message);
    }
  flow->bytes = 0;
}

static void on_arrival (gpointer user_data);

static void
arm (WeftSimFlow *flow)
{
  Message *message = g_queue_peek_head (&flow->messages);

  if (message == NULL || flow->event_id != 0 || flow->stalled_usec >= 0 ||
      flow->connection->network == NULL)
    return;
  if (get_side (flow) == 1 && !flow->connection->is_established)
    return;

  schedule (flow, message->arrives_usec, WEFT_SIM_EVENT_KIND_DELIVER, message, on_arrival);
}

static void
on_given_up (gpointer user_data)
{
  WeftSimFlow *flow = user_data;
  WeftSimChannel *sender = flow->connection->channels[get_side (flow)];

  flow->event_id = 0;
  if (sender != NULL)
    weft_sim_channel_finish (sender, "the connection timed out");
}

/* Nothing gets through: the sender tries again and again, until the way is mended or it gives up.
 * What it does meanwhile need not be an event. */
static void
stall (WeftSimFlow *flow)
{
  WeftSimWorld *world = flow->connection->network->world;

  if (flow->stalled_usec < 0)
    {
      flow->stalled_usec = weft_sim_world_get_time (world);
      weft_sim_world_count (world, "network-stalls", 1);
      trace (flow, "stall", g_queue_peek_head (&flow->messages), NULL);
    }
  schedule (flow, flow->stalled_usec + STALL_USEC_MAX, WEFT_SIM_EVENT_KIND_CLOSE, NULL,
            on_given_up);
}

/* The channel that it was for is gone, and the host says so. */
static void
on_refused (gpointer user_data)
{
  WeftSimFlow *back = user_data;
  WeftSimConnection *self = back->connection;
  WeftSimChannel *sender = self->channels[get_side (back) == 0];

  if (sender != NULL && self->network != NULL &&
      !weft_sim_network_is_cut (self->network, back->from, back->to))
    weft_sim_channel_finish (sender, "the connection was reset by the other side");
}

static void
refuse (WeftSimFlow *flow)
{
  WeftSimConnection *self = flow->connection;
  WeftSimFlow *back = &self->flows[get_side (flow) == 0];
  gint64 transit_usec = weft_sim_passage_draw_transit (self->network, back->from, back->to);
  WeftSimWorld *world = self->network->world;

  weft_sim_connection_ref (self);
  weft_sim_world_schedule_event (world, weft_sim_world_get_time (world) + transit_usec,
                                 WEFT_SIM_EVENT_KIND_CLOSE, back->to, 0, on_refused, back,
                                 flow_unref);
}

static void
deliver (WeftSimFlow *flow,
         Message     *message)
{
  WeftSimChannel *channel = flow->connection->channels[get_side (flow) == 0];
  g_autoptr(WeftSimChannel) alive = channel != NULL ? g_object_ref (channel) : NULL;

  if (channel == NULL)
    trace (flow, "lose", message, "nobody is there any more");
  else
    trace (flow, "receive", message, NULL);
  if (channel == NULL && message->bytes != NULL)
    refuse (flow);
  else if (channel != NULL && message->bytes == NULL)
    weft_sim_channel_finish (channel, message->reason);
  else if (channel != NULL && message->is_changed && !weft_sim_is_text (message->bytes))
    weft_sim_connection_reset (flow->connection);
  else if (channel != NULL)
    weft_sim_channel_receive (channel, message->bytes);
}

static void
on_arrival (gpointer user_data)
{
  WeftSimFlow *flow = user_data;
  WeftSimNetwork *network = flow->connection->network;
  g_autoptr(Message) message = NULL;

  flow->event_id = 0;
  if (flow->is_forgotten || weft_sim_network_is_cut (network, flow->from, flow->to))
    {
      stall (flow);
      return;
    }

  flow->stalled_usec = -1;
  message = take (g_queue_pop_head_link (&flow->messages));
  flow->bytes -= message->bytes != NULL ? g_bytes_get_size (message->bytes) : 0;
  arm (flow);
  deliver (flow, message);
  if (message->breaks_late)
    weft_sim_connection_reset (flow->connection);
}

WeftSimConnection *
weft_sim_connection_new (WeftSimNetwork  *network,
                         guint            from,
                         guint            to,
                         WeftSimChannel **dialled,
                         WeftSimChannel **accepted)
{
  WeftSimConnection *self = g_new0 (WeftSimConnection, 1);

  self->ref_count = 1;
  self->network = network;
  self->number = ++network->world->last_connection;
  g_queue_push_tail (&network->connections, self);
  self->link = network->connections.tail;
  flow_init (&self->flows[0], self, from, to);
  flow_init (&self->flows[1], self, to, from);
  for (guint side = 0; side < G_N_ELEMENTS (self->flows); side++)
    {
      WeftSimPlug *plug = weft_sim_network_get_plug (network, self->flows[side].from);

      g_queue_push_tail (&plug->flows, &self->flows[side]);
      self->flows[side].link = plug->flows.tail;
    }
  *dialled = self->channels[0] = weft_sim_channel_new (self, 0);
  *accepted = self->channels[1] = weft_sim_channel_new (self, 1);

  return self;
}

WeftSimConnection *
weft_sim_connection_ref (WeftSimConnection *self)
{
  self->ref_count++;

  return self;
}

void
weft_sim_connection_unref (WeftSimConnection *self)
{
  g_assert (self->ref_count > 0);
  if (--self->ref_count > 0)
    return;

  weft_sim_connection_detach (self);
  for (guint i = 0; i < G_N_ELEMENTS (self->flows); i++)
    flow_clear (&self->flows[i], NULL);
  g_clear_pointer (&self->talk, weft_sim_talk_free);
  g_clear_pointer (&self->filtered, weft_sim_talk_free);
  g_free (self);
}

void
weft_sim_connection_detach (WeftSimConnection *self)
{
  if (self->network == NULL)
    return;

  g_queue_delete_link (&self->network->connections, g_steal_pointer (&self->link));
  for (guint side = 0; side < G_N_ELEMENTS (self->flows); side++)
    {
      WeftSimPlug *plug = weft_sim_network_get_plug (self->network, self->flows[side].from);

      g_queue_delete_link (&plug->flows, g_steal_pointer (&self->flows[side].link));
    }
  self->network = NULL;
}

void
weft_sim_connection_leave (WeftSimConnection *self,
                           guint              side)
{
  g_autoptr(WeftSimConnection) alive = weft_sim_connection_ref (self);

  self->channels[side] = NULL;
  if (self->channels[1 - side] != NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (self->flows); i++)
    flow_clear (&self->flows[i], "both sides have closed the connection");
  weft_sim_connection_detach (self);
}

void
weft_sim_connection_establish (WeftSimConnection *self)
{
  self->is_established = TRUE;
  arm (&self->flows[1]);
}

/* Of the message as its sender knows it, before anything happens to it. */
static void
trace_send (WeftSimFlow *flow,
            Message     *message,
            GBytes      *bytes)
{
  WeftSimConnection *self = flow->connection;
  WeftSimWorld *world = self->network->world;
  WeftSimTraceMessage traced = {
    .message = ++world->last_message,
    .connection = self->number,
    .side = get_side (flow),
    .from = flow->from,
    .to = flow->to,
    .bytes = bytes,
    .text = message->reason,
    .n_losses = self->network->n_losses,
    .is_corrupted = bytes != message->bytes,
    .arrives_usec = message->arrives_usec,
  };

  message->number = traced.message;
  message->cause = world->current;
  weft_sim_trace_send (world, &self->talk, &traced);
}

static void
push (WeftSimFlow       *flow,
      Message           *message,
      GBytes            *bytes,
      const WeftSimLink *link,
      gint64             transit_usec)
{
  gsize n_bytes = message->bytes != NULL ? g_bytes_get_size (message->bytes) : 0;
  WeftSimNetwork *network = flow->connection->network;
  gint64 now_usec = weft_sim_world_get_time (network->world);

  flow->free_usec = MAX (flow->free_usec, now_usec);
  if (link->bytes_per_second > 0)
    flow->free_usec += (gint64) ((__int128) n_bytes * G_USEC_PER_SEC / link->bytes_per_second);
  flow->last_usec = MAX (flow->last_usec, flow->free_usec + transit_usec);
  message->leaves_usec = flow->free_usec;
  message->arrives_usec = flow->last_usec;
  flow->bytes += n_bytes;
  trace_send (flow, message, bytes);
  message->link.data = message;
  g_queue_push_tail_link (&flow->messages, &message->link);
  arm (flow);
}

/* Changes one bit, as a network does whose checksums missed it. */
static GBytes *
corrupt (WeftSimNetwork *network,
         GBytes         *bytes)
{
  gsize length = g_bytes_get_size (bytes);
  guint8 *data = g_memdup2 (g_bytes_get_data (bytes, NULL), length);

  if (length > 0)
    data[weft_sim_prng_below (network->prng, length)]
      ^= 1 << weft_sim_prng_below (network->prng, 8);
  weft_sim_world_count (network->world, "network-corruptions", 1);

  return g_bytes_new_take (data, length);
}

/* A message that does not arrive. */
static void
trace_never_sent (WeftSimFlow *flow,
                  GBytes      *bytes,
                  const char  *why)
{
  Message message = { .bytes = bytes, .arrives_usec = -1 };

  trace_send (flow, &message, bytes);
  trace (flow, "lose", &message, why);
}

static void
swallow (WeftSimFlow *flow,
         GBytes      *message)
{
  trace_never_sent (flow, message, "it was swallowed");
  weft_sim_world_count (flow->connection->network->world, "network-drops", 1);
  flow->connection->has_gap = TRUE;
}

void
weft_sim_connection_send (WeftSimConnection *self,
                          guint              side,
                          GBytes            *honest)
{
  WeftSimFlow *flow = &self->flows[side];
  g_autoptr(JsonObject) summary = NULL;
  g_autoptr(GBytes) message = NULL;
  const WeftSimLink *link;
  WeftSimPassage passage;
  Message *sent;

  if (self->network == NULL)
    return;

  summary = weft_sim_passage_summarize (flow, honest);
  message = weft_sim_passage_meddle (flow, honest, summary);
  if (message == NULL)
    {
      trace_never_sent (flow, honest, "its sender withheld it");
      return;
    }
  link = weft_sim_network_find_link (self->network, flow->from, flow->to, summary);
  passage = weft_sim_passage_draw (flow, link, g_bytes_get_size (message));
  if (passage.is_breaking)
    {
      trace_never_sent (flow, message, "it broke the connection");
      weft_sim_connection_reset (self);
      return;
    }
  if (passage.is_swallowed)
    {
      swallow (flow, message);
      return;
    }

  sent = g_new0 (Message, 1);
  sent->breaks_late = passage.breaks_late;
  sent->is_changed = passage.is_corrupted || message != honest;
  if (passage.is_corrupted)
    sent->bytes = corrupt (self->network, message);
  else
    sent->bytes = g_bytes_ref (message);
  sent->digest = weft_sim_hash_bytes (flow->from, g_bytes_get_data (sent->bytes, NULL),
                                      g_bytes_get_size (sent->bytes));
  push (flow, sent, message, link, passage.transit_usec);
}

void
weft_sim_connection_end (WeftSimConnection *self,
                         guint              side,
                         const char        *reason)
{
  WeftSimFlow *flow = &self->flows[side];
  gint64 transit_usec;
  Message *end;

  if (self->network == NULL)
    return;

  transit_usec = weft_sim_passage_draw_transit (self->network, flow->from, flow->to);
  end = g_new0 (Message, 1);
  end->reason = g_strdup (reason);
  push (flow, end, NULL, weft_sim_network_peek_link (self->network, flow->from, flow->to),
        transit_usec);
}

gsize
weft_sim_connection_get_bytes (WeftSimConnection *self,
                               guint              side)
{
  gsize bytes = self->flows[side].bytes;

  return bytes > SOCKET_BYTES ? bytes - SOCKET_BYTES : 0;
}

void
weft_sim_connection_reset (WeftSimConnection *self)
{
  g_autoptr(WeftSimConnection) alive = weft_sim_connection_ref (self);

  if (self->network != NULL)
    weft_sim_world_count (self->network->world, "network-resets", 1);
  for (guint i = 0; i < G_N_ELEMENTS (self->flows); i++)
    flow_clear (&self->flows[i], "the connection was reset");
  for (guint i = 0; i < G_N_ELEMENTS (self->channels); i++)
    if (self->channels[i] != NULL)
      weft_sim_channel_finish (self->channels[i], "the connection was reset");
}

void
weft_sim_connection_forget (WeftSimConnection *self)
{
  self->flows[0].is_forgotten = TRUE;
  self->flows[1].is_forgotten = TRUE;
}

void
weft_sim_connection_drop_side (WeftSimConnection *self,
                               guint              side,
                               gboolean           is_silent)
{
  g_autoptr(WeftSimConnection) alive = weft_sim_connection_ref (self);
  WeftSimFlow *flow = &self->flows[side];
  gint64 now_usec = weft_sim_world_get_time (self->network->world);
  Message *message;

  if (self->channels[side] == NULL)
    return;

  if (!is_silent)
    weft_sim_connection_end (self, side, "the connection was reset by the other side");
  while (is_silent && (message = g_queue_peek_tail (&flow->messages)) != NULL &&
         message->leaves_usec > now_usec)
    {
      flow->bytes -= message->bytes != NULL ? g_bytes_get_size (message->bytes) : 0;
      trace (flow, "lose", message, "it had not left when the power went");
      message_free (take (g_queue_pop_tail_link (&flow->messages)));
    }
  if (g_queue_is_empty (&flow->messages))
    disarm (flow);
  weft_sim_channel_kill (self->channels[side]);
}

/* When the sender tries again next, which it does after pauses that double. */
static gint64
get_retry_usec (WeftSimFlow *flow,
                gint64       now_usec)
{
  gint64 pause_usec = RETRY_USEC_FIRST;
  gint64 at_usec = flow->stalled_usec + pause_usec;

  while (at_usec < now_usec)
    {
      pause_usec = MIN (2 * pause_usec, RETRY_USEC_MAX);
      at_usec += pause_usec;
    }

  return at_usec;
}

void
weft_sim_connection_retry (WeftSimConnection *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->flows); i++)
    {
      WeftSimFlow *flow = &self->flows[i];
      gint64 now_usec = weft_sim_world_get_time (self->network->world);
      Message *message = g_queue_peek_head (&flow->messages);

      if (flow->stalled_usec < 0 || flow->is_forgotten || message == NULL)
        continue;
      if (weft_sim_network_is_cut (self->network, flow->from, flow->to))
        continue;

      disarm (flow);
      schedule (flow, get_retry_usec (flow, now_usec), WEFT_SIM_EVENT_KIND_DELIVER,
                message, on_arrival);
    }
}
