/* weft-sim-dial.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-dial-private.h"

#include "weft-sim-hash-private.h"
#include "weft-sim-passage-private.h"
#include "weft-sim-trace-private.h"

/* As TCP does it: a second, then twice as long, and six times in all. */
#define RETRY_USEC_FIRST G_TIME_SPAN_SECOND
#define TRIES_MAX 6

/* A connection that is asked for. Its one event keeps it alive: the question on its way to the
 * listener, or the answer on its way back. */
typedef struct
{
  WeftSimNetwork *network; /* unowned; NULL once the world is gone */
  WeftSimTransport *transport; /* unowned: a transport that stops cancels its dials */
  GList *link;
  guint64 dial_id;
  guint64 number;
  guint from;
  guint to;
  guint n_tries;
  guint64 event_id;
  WeftSimConnection *connection; /* once the listener has accepted */
  WeftSimChannel *channel;       /* the dialler's */
  GError *error;                 /* when it has not */
} Dial;

static void
dial_free (gpointer data)
{
  Dial *self = data;

  if (self->network != NULL)
    g_queue_delete_link (&self->network->dials, self->link);
  g_clear_pointer (&self->connection, weft_sim_connection_unref);
  g_clear_object (&self->channel);
  g_clear_error (&self->error);
  g_free (self);
}

static void on_question (gpointer user_data);
static void on_answer (gpointer user_data);

/* Each event has the dial for its own, and hands it on to the next. */
static void
schedule (Dial             *self,
          gint64            delay_usec,
          guint             actor,
          WeftSimEventFunc  func)
{
  WeftSimWorld *world = self->network->world;

  self->event_id
    = weft_sim_world_schedule_event (world, weft_sim_world_get_time (world) + delay_usec,
                                     WEFT_SIM_EVENT_KIND_DIAL, actor,
                                     weft_sim_hash_mix (self->number, self->n_tries), func, self,
                                     NULL);
}

static void
ask (Dial *self)
{
  gint64 transit_usec = weft_sim_passage_draw_transit (self->network, self->from, self->to);

  weft_sim_trace_dial (self->network->world, self->from, self->to, "asked");
  schedule (self, transit_usec, self->to, on_question);
}

static void
answer (Dial *self)
{
  gint64 transit_usec = weft_sim_passage_draw_transit (self->network, self->to, self->from);

  schedule (self, transit_usec, self->from, on_answer);
}

static void
fail (Dial       *self,
      const char *message)
{
  weft_sim_world_count (self->network->world, "network-dials-failed", 1);
  g_set_error_literal (&self->error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, message);
}

/* What does not get through is sent again later, a few times. */
static void
retry (Dial             *self,
       guint             actor,
       WeftSimEventFunc  func)
{
  gint64 pause_usec = RETRY_USEC_FIRST << self->n_tries++;

  if (self->n_tries < TRIES_MAX)
    {
      weft_sim_trace_dial (self->network->world, self->from, self->to, "lost");
      schedule (self, pause_usec, actor, func);
      return;
    }

  g_clear_pointer (&self->connection, weft_sim_connection_unref);
  g_clear_object (&self->channel);
  fail (self, "nobody answers there");
  schedule (self, 0, self->from, on_answer);
}

static void
on_question (gpointer user_data)
{
  Dial *self = user_data;
  g_autoptr(WeftSimTransport) listener = NULL;
  g_autoptr(WeftSimChannel) accepted = NULL;

  self->event_id = 0;
  if (weft_sim_network_is_cut (self->network, self->from, self->to))
    {
      retry (self, self->to, on_question);
      return;
    }

  listener = weft_sim_network_find_listener (self->network, self->number, self->from, &self->to);
  if (listener == NULL)
    {
      fail (self, "nobody listens there");
      answer (self);
      return;
    }

  g_object_ref (listener);
  self->connection = weft_sim_connection_new (self->network, self->from, self->to,
                                              &self->channel, &accepted);
  answer (self);
  weft_channel_transport_accepted (WEFT_CHANNEL_TRANSPORT (listener), WEFT_CHANNEL (accepted));
}

static void
on_answer (gpointer user_data)
{
  Dial *self = user_data;
  g_autoptr(WeftSimTransport) transport = NULL;

  self->event_id = 0;
  /* That nobody answered is known without an answer. */
  if (self->n_tries < TRIES_MAX &&
      weft_sim_network_is_cut (self->network, self->to, self->from))
    {
      retry (self, self->from, on_answer);
      return;
    }

  transport = g_object_ref (self->transport);
  weft_sim_trace_dial (self->network->world, self->from, self->to,
                       self->error == NULL ? "connected" : self->error->message);
  if (self->error == NULL)
    weft_sim_connection_establish (self->connection);
  weft_channel_transport_dialled (WEFT_CHANNEL_TRANSPORT (transport), self->dial_id,
                                  self->error == NULL ? WEFT_CHANNEL (self->channel) : NULL,
                                  self->error);
  dial_free (self);
}

void
weft_sim_dial_start (WeftSimNetwork   *network,
                     WeftSimTransport *transport,
                     guint             host,
                     guint64           number,
                     guint64           dial_id)
{
  Dial *self = g_new0 (Dial, 1);

  self->network = network;
  self->transport = transport;
  self->dial_id = dial_id;
  self->number = number;
  self->from = host;
  self->to = host;
  weft_sim_network_find_listener (network, number, host, &self->to);
  g_queue_push_tail (&network->dials, self);
  self->link = network->dials.tail;
  ask (self);
}

static void
cancel (Dial *self)
{
  /* Without an event, the dial is what calls into here, and ends by itself. */
  if (self->event_id == 0)
    return;

  weft_sim_world_cancel (self->network->world, self->event_id);
  dial_free (self);
}

void
weft_sim_dial_cancel_all (WeftSimNetwork   *network,
                          WeftSimTransport *transport)
{
  GList *next;

  for (GList *link = network->dials.head; link != NULL; link = next)
    {
      Dial *self = link->data;

      next = link->next;
      if (self->transport == transport)
        cancel (self);
    }
}

void
weft_sim_dial_drop_host (WeftSimNetwork *network,
                         guint           host)
{
  GList *next;

  for (GList *link = network->dials.head; link != NULL; link = next)
    {
      Dial *self = link->data;

      next = link->next;
      if (self->from == host)
        cancel (self);
    }
}

void
weft_sim_dial_detach_all (WeftSimNetwork *network)
{
  Dial *self;

  while ((self = g_queue_pop_head (&network->dials)) != NULL)
    {
      self->network = NULL;
      dial_free (self);
    }
}
