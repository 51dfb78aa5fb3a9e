/* weft-ring-run.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Steps the ring machine and does what it wants done. */

#include "config.h"

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-ring-key-network-private.h"
#include "weft-transport-private.h"

#define TABLE_CAPACITY 2048
#define TABLE_CAPACITY_EDGE 256
#define NEIGHBOURS_PER_SIDE 8
#define PROBE_USEC G_TIME_SPAN_SECOND
#define PROBE_EDGE_USEC (5 * G_TIME_SPAN_SECOND)
/* How often somebody looks whether all is as it was. */
#define WATCH_USEC G_TIME_SPAN_SECOND
#define BOOTSTRAP_FIRST_USEC G_TIME_SPAN_SECOND
#define BOOTSTRAP_LAST_USEC (30 * G_TIME_SPAN_SECOND)

/* A request of ours on its way. */
typedef struct
{
  WeftRingKeyNetwork *network; /* (owned) */
  guint64 id;
  WeftPeerId *peer_id;         /* (nullable) until somebody is reached */
  char *body;                  /* a GRefString */
  gint64 deadline_usec;
} Send;

/* A request of somebody else that waits for its answer. */
typedef struct
{
  WeftRingAnswerFunc func;
  gpointer user_data;
} Answer;

static void
send_free (Send *send)
{
  g_object_unref (send->network);
  g_clear_pointer (&send->peer_id, weft_peer_id_unref);
  g_clear_pointer (&send->body, g_ref_string_release);
  g_free (send);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Send, send_free)

void
weft_ring_key_network_count (WeftRingKeyNetwork *self,
                             const char         *counter)
{
  guint64 *count = g_hash_table_lookup (self->counters, counter);

  if (count == NULL)
    {
      count = g_new0 (guint64, 1);
      g_hash_table_insert (self->counters, g_strdup (counter), count);
    }
  (*count)++;
}

/* @error: nullable. */
static void
send_failed (Send         *send,
             const GError *error)
{
  WeftRingEvent event = { .type = WEFT_RING_EVENT_FAILED, .id = send->id,
                          .is_full = weft_ring_connector_was_full (error) };

  if (send->network->machine != NULL)
    weft_ring_key_network_step (send->network, &event);
}

static void
replied_cb (WeftTransport  *transport,
            const WeftItem *body,
            const GError   *error,
            gpointer        user_data)
{
  g_autoptr(Send) send = user_data;
  g_autoptr(WeftRingMessage) message = NULL;
  g_autoptr(GError) parse_error = NULL;

  if (send->network->machine == NULL)
    return;

  if (body != NULL)
    {
      message = weft_ring_message_read (body, &parse_error);
      if (message == NULL)
        weft_ring_key_network_count (send->network, "replies-malformed");
    }
  if (message != NULL)
    {
      WeftRingEvent event = { .type = WEFT_RING_EVENT_REPLY, .id = send->id,
                              .peer_id = send->peer_id, .message = message };

      weft_ring_key_network_step (send->network, &event);
    }
  else
    {
      g_debug ("ring: no reply from %s: %s", weft_peer_id_get_text (send->peer_id),
               error != NULL ? error->message : parse_error->message);
      send_failed (send, error);
    }
}

static void
request (Send *send)
{
  WeftRingKeyNetwork *self = send->network;
  gint64 left_usec = send->deadline_usec - weft_clock_get_monotonic (self->clock);

  weft_transport_ask (self->transport, send->peer_id, self->protocol, NULL, send->body,
                      MAX (left_usec, 1), replied_cb, send);
}

static void
reached_cb (WeftPeerId   *peer_id,
            const GError *error,
            gpointer      user_data)
{
  Send *send = user_data;

  if (send->network->machine == NULL)
    {
      send_free (send);
      return;
    }
  if (peer_id == NULL)
    {
      g_autoptr(Send) owned = send;

      g_debug ("ring: not reached: %s", error->message);
      send_failed (send, error);
      return;
    }

  if (send->peer_id == NULL)
    send->peer_id = weft_peer_id_ref (peer_id);
  request (send);
}

/* A GRefString. */
static char *
write_message (WeftRingMessage *message)
{
  g_autoptr(GString) text = g_string_sized_new (weft_ring_message_get_weight (message) + 64);

  weft_ring_message_append (message, text);

  return g_ref_string_new_len (text->str, (gssize) text->len);
}

static void
perform_send (WeftRingKeyNetwork   *self,
              const WeftRingEffect *effect)
{
  Send *send = g_new0 (Send, 1);
  gint64 left_usec = effect->deadline_usec - weft_clock_get_monotonic (self->clock);

  send->network = g_object_ref (self);
  send->id = effect->id;
  send->body = write_message (effect->message);
  send->deadline_usec = effect->deadline_usec;
  left_usec = MAX (left_usec, 1);

  if (effect->contact == NULL)
    {
      weft_ring_connector_reach_address (self->connector, effect->text, left_usec, reached_cb,
                                         send);
      return;
    }

  send->peer_id = weft_peer_id_ref (weft_ring_contact_get_peer_id (effect->contact));
  weft_ring_connector_touch (self->connector, send->peer_id);
  if (weft_ring_connector_is_connected (self->connector, send->peer_id))
    request (send);
  else
    weft_ring_connector_reach (self->connector, send->peer_id,
                               weft_ring_contact_get_addresses (effect->contact), left_usec,
                               reached_cb, send);
}

static void
perform_answer (WeftRingKeyNetwork   *self,
                const WeftRingEffect *effect)
{
  g_autofree Answer *answer = NULL;
  g_autofree gpointer key = NULL;
  char *body;

  if (!g_hash_table_steal_extended (self->answers, &effect->token, &key, (gpointer *) &answer))
    return;

  body = write_message (effect->message);
  answer->func (body, NULL, answer->user_data);
  g_ref_string_release (body);
}

static void
perform_report (WeftRingKeyNetwork   *self,
                const WeftRingEffect *effect)
{
  g_info ("ring: %s: %s", weft_peer_id_get_text (effect->peer_id), effect->text);
  weft_ring_key_network_count (self, "peers-reported");
  weft_ring_reputation_add (self->reputation, effect->peer_id, WEFT_RING_REPUTATION_FAULT,
                            weft_clock_get_monotonic (self->clock));
}

static void
perform (WeftRingKeyNetwork   *self,
         const WeftRingEffect *effect)
{
  switch (effect->type)
    {
    case WEFT_RING_EFFECT_SEND:
      perform_send (self, effect);
      break;

    case WEFT_RING_EFFECT_ANSWER:
      perform_answer (self, effect);
      break;

    case WEFT_RING_EFFECT_FOUND:
      weft_ring_find_take (self, effect);
      break;

    case WEFT_RING_EFFECT_CHANGED:
      self->is_changed = TRUE;
      weft_ring_find_forget (self);
      break;

    case WEFT_RING_EFFECT_REPORT:
      perform_report (self, effect);
      break;

    case WEFT_RING_EFFECT_COUNT:
      weft_ring_key_network_count (self, effect->counter);
      break;
    }
}

static void
alarm_cb (gpointer user_data)
{
  WeftRingKeyNetwork *self = user_data;
  WeftRingEvent event = { .type = WEFT_RING_EVENT_TIMEOUT };

  self->alarm_id = 0;
  weft_ring_key_network_step (self, &event);
}

static void
arm (WeftRingKeyNetwork *self)
{
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->clock, self->alarm_id);
  self->alarm_id = 0;
  if (self->effects.deadline_usec != G_MAXINT64)
    self->alarm_id = weft_clock_add_alarm (self->clock, self->effects.deadline_usec, alarm_cb,
                                           self, NULL);
}

static void
look_for_absent (WeftRingKeyNetwork *self)
{
  if (weft_ring_absent_update (self->absent, self->machine, weft_ring_status_is_cut (self),
                               weft_clock_get_monotonic (self->clock)))
    weft_ring_find_forget (self);
}

void
weft_ring_key_network_step (WeftRingKeyNetwork *self,
                            WeftRingEvent      *event)
{
  g_assert (self->machine != NULL);
  g_assert (!self->is_stepping);

  event->now_usec = weft_clock_get_monotonic (self->clock);
  event->chance = weft_random_next (self->random);

  /* Nothing that is done for the machine calls back at once, so effects are safe until the end. */
  self->is_stepping = TRUE;
  weft_ring_effects_reset (&self->effects);
  weft_ring_machine_step (self->machine, event, &self->effects);
  for (guint i = 0; i < self->effects.items->len; i++)
    perform (self, &g_array_index (self->effects.items, WeftRingEffect, i));
  self->is_stepping = FALSE;
  arm (self);

  if (!self->is_changed)
    return;
  self->is_changed = FALSE;
  look_for_absent (self);
  weft_ring_record_update (self);
  weft_ring_status_update (self);
}

static void
bootstrap (WeftRingKeyNetwork *self)
{
  gint64 now_usec = weft_clock_get_monotonic (self->clock);

  if (weft_ring_table_get_size (weft_ring_machine_get_table (self->machine)) > 0)
    {
      self->watch_pause_usec = BOOTSTRAP_FIRST_USEC;
      return;
    }
  if (now_usec < self->bootstrap_usec)
    return;

  self->bootstrap_usec = now_usec + self->watch_pause_usec;
  self->watch_pause_usec = MIN (2 * self->watch_pause_usec, BOOTSTRAP_LAST_USEC);
  for (guint i = 0; i < self->bootstrap->len; i++)
    {
      WeftRingEvent event = { .type = WEFT_RING_EVENT_BOOTSTRAP,
                              .text = g_ptr_array_index (self->bootstrap, i) };

      weft_ring_key_network_step (self, &event);
    }
}

static gboolean
is_neighbour (WeftPeerId *peer_id,
              gpointer    user_data)
{
  return weft_ring_table_is_neighbour (user_data, peer_id);
}

static void
watch_cb (gpointer user_data)
{
  WeftRingKeyNetwork *self = user_data;

  self->watch_id = weft_clock_add_alarm (self->clock,
                                         weft_clock_get_monotonic (self->clock) + WATCH_USEC,
                                         watch_cb, self, NULL);
  if (self->is_leaving)
    return;
  bootstrap (self);
  look_for_absent (self);
  weft_ring_connector_trim (self->connector, is_neighbour,
                            weft_ring_machine_get_table (self->machine));
  weft_ring_record_update (self);
  weft_ring_status_update (self);
}

static void
peer_went_cb (WeftTransport *transport,
              WeftPeer      *peer,
              const GError  *reason,
              gpointer       user_data)
{
  WeftRingKeyNetwork *self = user_data;
  WeftRingEvent event = { .type = WEFT_RING_EVENT_LOST,
                          .peer_id = weft_peer_get_peer_id (peer) };

  /* A transport that is closed lets all go, from within whatever closes it. */
  if (self->machine != NULL && !self->is_stepping && !self->is_leaving
      && !weft_ring_connector_was_trimmed (reason)
      && weft_peer_get_role (peer) == WEFT_PEER_ROLE_PEER)
    weft_ring_key_network_step (self, &event);
}

static GBytes *
sign (GBytes  *text,
      gpointer data)
{
  return weft_identity_sign (WEFT_IDENTITY (data), text);
}

static gboolean
verify (WeftPeerId *peer_id,
        GBytes     *text,
        GBytes     *signature,
        gpointer    data)
{
  return weft_verifier_verify_bytes (WEFT_VERIFIER (data), peer_id, text, signature);
}

/* An address that every host has means another host to each. */
static gboolean
is_for_others (WeftMultiaddr *address)
{
  const char *host = weft_multiaddr_get_host (address);

  return host == NULL || (!g_str_equal (host, "0.0.0.0") && !g_str_equal (host, "::"));
}

static GPtrArray *
choose_addresses (WeftRingKeyNetwork *self,
                  GPtrArray          *addresses)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; self->announce[i] != NULL && texts->len < WEFT_LIMIT_PEER_ADDRESSES_MAX; i++)
    g_ptr_array_add (texts, g_strdup (self->announce[i]));
  if (texts->len > 0)
    return texts;

  for (guint i = 0; i < addresses->len && texts->len < WEFT_LIMIT_PEER_ADDRESSES_MAX; i++)
    if (is_for_others (g_ptr_array_index (addresses, i)))
      {
        g_autofree char *text = weft_multiaddr_to_string (g_ptr_array_index (addresses, i));
        const char *end = g_strrstr (text, "/p2p/");

        /* The contact names its peer already. */
        g_ptr_array_add (texts, end != NULL ? g_strndup (text, end - text)
                                            : g_steal_pointer (&text));
      }

  return texts;
}

static gboolean
check (WeftRingKeyNetwork *self,
       GPtrArray          *addresses,
       guint               cluster_min,
       GError            **error)
{
  if (cluster_min > self->replication)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "expected blocks to be kept by at least the %u peers that a cluster needs, got "
                 "%u", cluster_min, self->replication);
  else if (self->is_keeper && addresses->len == 0)
    g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                 "expected an address that others can dial, as others look for blocks here; "
                 "announce one, or be an edge");
  else
    return TRUE;

  return FALSE;
}

gboolean
weft_ring_key_network_start (WeftRingKeyNetwork *self,
                             GPtrArray          *addresses,
                             guint               cluster_min,
                             GError            **error)
{
  g_autoptr(GPtrArray) texts = choose_addresses (self, addresses);
  g_autoptr(GPtrArray) contacts = NULL;
  WeftRingConfig config = {
    .peer_id = weft_identity_get_peer_id (self->identity),
    .addresses = texts,
    .network = self->network,
    .is_on_ring = self->is_keeper,
    .table_capacity = self->is_keeper ? TABLE_CAPACITY : TABLE_CAPACITY_EDGE,
    .neighbours_per_side = MAX (NEIGHBOURS_PER_SIDE, (self->replication + 1) / 2),
    .probe_period_usec = self->is_keeper ? PROBE_USEC : PROBE_EDGE_USEC,
    .sign = sign,
    .sign_data = self->identity,
    .verify = verify,
    .verify_data = self->verifier,
  };
  WeftRingEvent event = { .type = WEFT_RING_EVENT_START };
  gboolean is_forgetting;

  g_assert (self->machine == NULL);

  if (!check (self, texts, cluster_min, error))
    return FALSE;

  is_forgetting = self->is_forgetting;
  contacts = weft_ring_record_load (self);
  config.incarnation = self->incarnation;
  self->machine = weft_ring_machine_new (&config);
  self->connector = weft_ring_connector_new (self->transport, self->clock);
  g_signal_connect (self->transport, "peer-went", G_CALLBACK (peer_went_cb), self);
  weft_ring_record_save (self);

  event.contacts = contacts;
  if (!is_forgetting)
    weft_ring_absent_begin (self->absent, contacts, weft_clock_get_monotonic (self->clock));
  weft_ring_key_network_step (self, &event);
  self->watch_pause_usec = BOOTSTRAP_FIRST_USEC;
  watch_cb (self);

  return TRUE;
}

gboolean
weft_ring_key_network_leave (WeftRingKeyNetwork *self)
{
  WeftRingEvent event = { .type = WEFT_RING_EVENT_LEAVE };

  if (self->machine == NULL || self->is_leaving)
    return FALSE;

  weft_ring_record_save (self);
  self->is_leaving = TRUE;
  weft_ring_key_network_step (self, &event);

  return self->effects.items->len > 0;
}

static void
refuse_answers (WeftRingKeyNetwork *self)
{
  g_autoptr(GError) error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                                                 "this node has left the ring");
  g_autoptr(GHashTable) answers = g_steal_pointer (&self->answers);
  GHashTableIter iter;
  gpointer value;

  self->answers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, answers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Answer *) value)->func (NULL, error, ((Answer *) value)->user_data);
}

void
weft_ring_key_network_stop (WeftRingKeyNetwork *self)
{
  if (self->machine == NULL)
    return;

  g_signal_handlers_disconnect_by_func (self->transport, peer_went_cb, self);
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->clock, self->alarm_id);
  if (self->watch_id != 0)
    weft_clock_remove_alarm (self->clock, self->watch_id);
  self->alarm_id = 0;
  self->watch_id = 0;
  g_clear_pointer (&self->machine, weft_ring_machine_free);
  g_clear_pointer (&self->connector, weft_ring_connector_free);
  weft_ring_find_forget (self);
  weft_ring_find_abandon (self);
  weft_ring_status_abandon (self);
  refuse_answers (self);
}

void
weft_ring_key_network_serve (WeftRingKeyNetwork *self,
                             WeftPeer           *peer,
                             const WeftItem     *body,
                             WeftRingAnswerFunc  answer,
                             gpointer            user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(WeftRingMessage) message = NULL;
  WeftRingEvent event = { .type = WEFT_RING_EVENT_REQUEST,
                          .peer_id = weft_peer_get_peer_id (peer) };
  Answer *waiting;

  if (self->machine == NULL)
    g_set_error_literal (&error, WEFT_ERROR, WEFT_ERROR_UNAVAILABLE, "this node is on no ring");
  else
    message = weft_ring_message_read (body, &error);
  if (message == NULL)
    {
      weft_ring_key_network_count (self, "requests-malformed");
      answer (NULL, error, user_data);
      return;
    }

  weft_ring_connector_touch (self->connector, event.peer_id);
  event.token = ++self->last_token;
  event.message = message;
  waiting = g_new0 (Answer, 1);
  waiting->func = answer;
  waiting->user_data = user_data;
  g_hash_table_insert (self->answers, g_memdup2 (&event.token, sizeof event.token), waiting);
  weft_ring_key_network_step (self, &event);
}
