/* weft-remote-call.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A call makes attempts until one ends it. What an attempt came to decides what is next:
 *
 *   an answer                          done
 *   a redirect                         the next peer it names, at most two in a row
 *   never sent                         the next that a redirect named; else dial, and ask again
 *                                      after a while, the usual peer
 *   perhaps heard, asking is harmless  the same
 *   perhaps heard, it is a change      INDETERMINATE
 *   told to come again in a while      the same peer, then, until it expires
 *   any other error                    that error
 */

#include "config.h"

#include "weft-bug-private.h"
#include "weft-buggify-private.h"
#include "weft-error-private.h"
#include "weft-json-private.h"
#include "weft-limits.h"
#include "weft-protocol-private.h"
#include "weft-remote-call-private.h"
#include "weft-transport-private.h"

/* With the back-off, a peer that restarts within two seconds goes unnoticed. */
#define ATTEMPTS_MAX 5
/* The first pause; each is twice the one before, and up to half of it is chance, so that many who
 * lost the same peer do not come back to it together. */
#define PAUSE_USEC (100 * G_TIME_SPAN_MILLISECOND)
/* More means that two peers disagree about who is in charge. */
#define REDIRECTS_MAX 2
/* A request that does not say when it expires does so after this many times what one attempt may
 * take. */
#define TIMEOUTS_MAX 3

typedef struct
{
  guint ref_count;

  WeftRemoteParty *party;
  char *protocol;
  char *block_id;
  JsonNode *body; /* one of the two */
  char *body_text;
  gboolean is_idempotent;
  gint64 expires_usec;
  guint attempts_max;
  WeftRemoteCallFunc done;
  gpointer user_data;

  GCancellable *cancellable;
  gulong cancelled_id;

  WeftRemoteRoute *route; /* whom to ask now */
  GPtrArray *asked;       /* WeftRemoteRoute: who redirected us */
  GPtrArray *members;     /* WeftRemoteRoute: whom the last redirect named, next one last */
  guint attempts;         /* of this peer, or of this return to the usual one */
  guint n_returns;        /* how often nobody was left of those that were named */
  gboolean has_dialled;
  guint64 alarm_id;
  guint64 request_id;
  gboolean is_done;
} Call;

WeftRemoteParty *
weft_remote_party_ref (WeftRemoteParty *self)
{
  g_assert (self->ref_count > 0);

  self->ref_count++;

  return self;
}

void
weft_remote_party_unref (WeftRemoteParty *self)
{
  g_assert (self->ref_count > 0);

  if (--self->ref_count > 0)
    return;

  g_clear_pointer (&self->home, weft_remote_route_unref);
  g_clear_pointer (&self->coordinators, weft_route_cache_free);
  g_clear_object (&self->transport);
  g_clear_object (&self->clock);
  g_clear_object (&self->random);
  g_free (self->prefix);
  g_free (self);
}

static Call *
call_ref (Call *self)
{
  self->ref_count++;

  return self;
}

static void
call_unref (gpointer data)
{
  Call *self = data;

  if (--self->ref_count > 0)
    return;

  g_assert (self->is_done);
  g_clear_object (&self->cancellable);
  weft_remote_route_unref (self->route);
  g_ptr_array_unref (self->asked);
  g_ptr_array_unref (self->members);
  g_clear_pointer (&self->body, json_node_unref);
  g_clear_pointer (&self->body_text, g_ref_string_release);
  g_free (self->protocol);
  g_free (self->block_id);
  weft_remote_party_unref (self->party);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_unref)

static void
set_route (Call            *self,
           WeftRemoteRoute *route)
{
  weft_remote_route_ref (route);
  g_clear_pointer (&self->route, weft_remote_route_unref);
  self->route = route;
}

static void
finish (Call           *self,
        const WeftItem *body,
        const GError   *error)
{
  g_assert (!self->is_done);
  g_assert ((body != NULL) != (error != NULL));

  self->is_done = TRUE;
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->party->clock, self->alarm_id);
  g_cancellable_disconnect (self->cancellable, self->cancelled_id);
  self->cancelled_id = 0;

  self->done (body, weft_remote_route_get_name (self->route), error, self->user_data);
  call_unref (self);
}

/* Ends the call with an error that has the peer's name in front. */
static void
fail (Call       *self,
      WeftError   code,
      const char *message)
{
  g_autofree char *text = weft_remote_route_name_error (self->route, message);
  g_autoptr(GError) error = g_error_new_literal (WEFT_ERROR, code, text);

  finish (self, NULL, error);
}

static void
set_alarm (Call          *self,
           gint64         delay_usec,
           WeftAlarmFunc  func)
{
  WeftClock *clock = self->party->clock;

  if (self->alarm_id != 0)
    weft_clock_remove_alarm (clock, self->alarm_id);
  self->alarm_id = weft_clock_add_alarm (clock, weft_clock_get_monotonic (clock) + delay_usec,
                                         func, call_ref (self), call_unref);
}

static void attempt (Call *self);

static void
attempt_alarm_cb (gpointer user_data)
{
  Call *self = user_data;

  self->alarm_id = 0;
  attempt (self);
}

static void
cancelled_alarm_cb (gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  Call *self = user_data;

  self->alarm_id = 0;
  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the request was cancelled");
  finish (self, NULL, error);
}

static void
expired_alarm_cb (gpointer user_data)
{
  Call *self = user_data;

  self->alarm_id = 0;
  fail (self, WEFT_ERROR_TIMED_OUT, "the request expired before it was sent");
}

/* It must not end the call from within, nor can it: a handler that disconnects itself here waits
 * for itself for ever. */
static void
cancelled_cb (GCancellable *cancellable,
              gpointer      user_data)
{
  Call *self = user_data;

  if (self->is_done)
    return;
  if (self->request_id != 0)
    weft_transport_cancel (self->party->transport, self->request_id);
  else
    set_alarm (self, 0, cancelled_alarm_cb);
}

/* The pause before the next attempt: 100 ms, 200 ms, … less up to half by chance. There is none
 * when all that is known is that there is no connection, and dialling was not tried. */
static gint64
choose_pause (Call *self)
{
  gint64 pause_usec = PAUSE_USEC << (self->attempts - 1);

  if (!self->has_dialled && weft_remote_route_can_dial (self->route) &&
      !weft_remote_route_is_connected (self->route))
    return 0;
  if (WEFT_BUGGIFY ("call-asks-again-at-once"))
    return 0;

  return pause_usec - (gint64) (weft_random_next (self->party->random) % (pause_usec / 2));
}

static void
ask_again (Call         *self,
           const GError *reason)
{
  gint64 now_usec = weft_clock_get_monotonic (self->party->clock);
  gint64 pause_usec;

  g_assert (self->attempts > 0);

  pause_usec = choose_pause (self);
  if (self->attempts >= self->attempts_max || WEFT_BUGGIFY ("call-gives-up-early") ||
      now_usec + pause_usec >= self->expires_usec)
    {
      g_autofree char *message
          = g_strdup_printf ("gave up after %u attempt%s: %s", self->attempts,
                             self->attempts == 1 ? "" : "s",
                             weft_error_skip_name (reason->message,
                                                   weft_remote_route_get_name (self->route)));

      fail (self, WEFT_ERROR_EXHAUSTED, message);
      return;
    }

  g_debug ("%s: attempt %u: %s", weft_remote_route_get_name (self->route), self->attempts,
           reason->message);
  set_alarm (self, pause_usec, attempt_alarm_cb);
}

/* The peer was not reached and knows nothing of the request, or it does no harm to ask twice: so
 * anybody may be asked. */
static void
ask_elsewhere (Call         *self,
               const GError *reason)
{
  if (self->members->len > 0)
    {
      g_autoptr(WeftRemoteRoute) member =
        g_ptr_array_steal_index (self->members, self->members->len - 1);

      set_route (self, member);
      set_alarm (self, 0, attempt_alarm_cb);
      return;
    }

  if (self->route != self->party->home)
    {
      /* What we remembered or were told is of no use; start over. By the time that the usual peer
       * is asked again it may know who is gone. */
      if (self->block_id != NULL)
        weft_route_cache_remove (self->party->coordinators, self->block_id);
      g_ptr_array_set_size (self->asked, 0);
      set_route (self, self->party->home);
      self->attempts = ++self->n_returns;
    }

  ask_again (self, reason);
}

/* The peer has more to do than it can, and knows when it may be our turn. That is no failure. */
static void
come_again (Call         *self,
            const GError *reason)
{
  gint64 now_usec = weft_clock_get_monotonic (self->party->clock);
  gint64 wait_usec = weft_error_get_wait_usec (reason);

  if (now_usec + wait_usec >= self->expires_usec)
    {
      fail (self, WEFT_ERROR_EXHAUSTED, reason->message);
      return;
    }

  self->attempts--;
  set_alarm (self, wait_usec, attempt_alarm_cb);
}

static gboolean
was_asked (Call       *self,
           WeftPeerId *peer_id)
{
  for (guint i = 0; i < self->asked->len; i++)
    {
      WeftRemoteRoute *asked = g_ptr_array_index (self->asked, i);

      if (weft_peer_id_equal (weft_remote_route_get_peer_id (asked), peer_id))
        return TRUE;
    }

  return FALSE;
}

static void
read_members (Call           *self,
              const WeftItem *peers)
{
  const WeftItem *peer = weft_item_first (peers);

  g_ptr_array_set_size (self->members, 0);
  for (guint i = 0; peer != NULL && i < WEFT_LIMIT_RECORD_PEERS_MAX;
       i++, peer = weft_item_next (peers, peer))
    {
      g_autoptr(WeftRemoteRoute) route
        = weft_remote_route_new_read (self->party->transport, peer);

      if (route == NULL || was_asked (self, weft_remote_route_get_peer_id (route)))
        continue;
      if (weft_remote_route_can_dial (route) || weft_remote_route_is_connected (route))
        g_ptr_array_insert (self->members, 0, g_steal_pointer (&route));
    }
}

/* A block may be called "redirect" too, but what is said of a block has no `peers`. */
static const WeftItem *
find_redirect (const WeftItem *body)
{
  const WeftItem *redirect = body->length == 1 ? weft_item_find (body, "redirect") : NULL;
  const WeftItem *peers = redirect != NULL && redirect->kind == WEFT_ITEM_OBJECT
                          ? weft_item_find (redirect, "peers") : NULL;

  return peers != NULL && peers->kind == WEFT_ITEM_ARRAY ? peers : NULL;
}

static void
follow (Call           *self,
        const WeftItem *peers)
{
  g_autoptr(WeftRemoteRoute) member = NULL;

  if (self->asked->len == REDIRECTS_MAX)
    {
      fail (self, WEFT_ERROR_EXHAUSTED, "expected an answer after two redirects, got a third");
      return;
    }

  g_ptr_array_add (self->asked, weft_remote_route_ref (self->route));
  read_members (self, peers);
  if (self->members->len == 0)
    {
      fail (self, WEFT_ERROR_UNAVAILABLE, "redirected to no peer that was not asked already");
      return;
    }

  member = g_ptr_array_steal_index (self->members, self->members->len - 1);
  set_route (self, member);
  self->attempts = 0;
  self->has_dialled = FALSE;
  attempt (self);
}

static void
take_answer (Call           *self,
             const WeftItem *body)
{
  const WeftItem *redirect = find_redirect (body);

  if (redirect != NULL)
    {
      follow (self, redirect);
      return;
    }

  if (self->asked->len > 0 && self->block_id != NULL)
    weft_route_cache_insert (self->party->coordinators, self->block_id, self->route);
  finish (self, body, NULL);
}

static void
take_error (Call         *self,
            const GError *error)
{
  gboolean is_ours = error->domain == WEFT_ERROR;

  if (weft_error_get_wait_usec (error) > 0)
    {
      come_again (self, error);
      return;
    }
  if (is_ours && error->code == WEFT_ERROR_UNAVAILABLE)
    {
      ask_elsewhere (self, error);
      return;
    }

  if (is_ours && (error->code == WEFT_ERROR_TIMED_OUT || error->code == WEFT_ERROR_INDETERMINATE))
    {
      if (self->is_idempotent)
        ask_elsewhere (self, error);
      else if (WEFT_BUG (TIMEOUT_IS_FAILURE))
        fail (self, WEFT_ERROR_EXHAUSTED, error->message);
      else
        fail (self, WEFT_ERROR_INDETERMINATE, error->message);
      return;
    }

  if (is_ours)
    fail (self, error->code, error->message);
  else
    finish (self, NULL, error);
}

static void
replied_cb (WeftTransport  *transport,
            const WeftItem *body,
            const GError   *error,
            gpointer        user_data)
{
  g_autoptr(Call) self = user_data;

  self->request_id = 0;
  g_assert (!self->is_done);

  if (body != NULL)
    take_answer (self, body);
  else
    take_error (self, error);
}

static void
send_request (Call *self)
{
  gint64 left_usec = self->expires_usec - weft_clock_get_monotonic (self->party->clock);

  if (left_usec <= 0)
    {
      set_alarm (self, 0, expired_alarm_cb);
      return;
    }

  self->request_id = weft_transport_ask (self->party->transport,
                                         weft_remote_route_get_peer_id (self->route),
                                         self->protocol, self->body, self->body_text,
                                         MIN (self->party->timeout_usec, left_usec), replied_cb,
                                         call_ref (self));
}

static void
connected_cb (WeftRemoteRoute *route,
              const GError    *error,
              gpointer         user_data)
{
  g_autoptr(Call) self = user_data;

  /* A cancelled call does not wait for a dial that others may want. */
  if (self->is_done || g_cancellable_is_cancelled (self->cancellable))
    return;

  if (error == NULL)
    send_request (self);
  else if (g_error_matches (error, WEFT_ERROR, WEFT_ERROR_REFUSED) ||
           g_error_matches (error, WEFT_ERROR, WEFT_ERROR_INVALID) ||
           g_error_matches (error, WEFT_ERROR, WEFT_ERROR_CLOSED))
    fail (self, error->code, error->message);
  else
    ask_elsewhere (self, error);
}

static void
attempt (Call *self)
{
  WeftRemoteRoute *route = self->route;
  gboolean is_known = weft_remote_route_get_peer_id (route) != NULL;

  g_assert (!self->is_done);

  /* The first attempt at the usual peer just asks, as that is connected nearly always; any other
   * finds out first. */
  self->attempts++;
  if (weft_remote_route_can_dial (route) &&
      (!is_known || ((self->attempts > 1 || route != self->party->home) &&
                     !weft_remote_route_is_connected (route))))
    {
      self->has_dialled = TRUE;
      weft_remote_route_connect (route, connected_cb, call_ref (self));
    }
  else
    {
      send_request (self);
    }
}

void
weft_remote_call_start (WeftRemoteParty         *party,
                        const WeftRemoteRequest *request,
                        GCancellable            *cancellable,
                        WeftRemoteCallFunc       done,
                        gpointer                 user_data)
{
  Call *self = g_new0 (Call, 1);
  WeftRemoteRoute *coordinator = NULL;

  g_assert ((request->body != NULL) != (request->body_text != NULL));

  if (request->block_id != NULL)
    coordinator = weft_route_cache_lookup (party->coordinators, request->block_id);

  self->ref_count = 1;
  self->party = weft_remote_party_ref (party);
  self->protocol = weft_protocol_make_name (party->prefix, request->service);
  self->block_id = g_strdup (request->block_id);
  if (request->body != NULL)
    self->body = json_node_ref (request->body);
  else
    self->body_text = g_ref_string_acquire (request->body_text);
  self->is_idempotent = request->is_idempotent;
  self->expires_usec = request->expires_usec != 0
    ? request->expires_usec
    : weft_clock_get_monotonic (party->clock) + TIMEOUTS_MAX * party->timeout_usec;
  self->attempts_max = request->attempts_max != 0 ? request->attempts_max : ATTEMPTS_MAX;
  self->done = done;
  self->user_data = user_data;
  self->asked = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_remote_route_unref);
  self->members = g_ptr_array_new_with_free_func ((GDestroyNotify) weft_remote_route_unref);
  set_route (self, coordinator != NULL ? coordinator : party->home);

  if (g_cancellable_is_cancelled (cancellable))
    {
      set_alarm (self, 0, cancelled_alarm_cb);
      return;
    }

  g_set_object (&self->cancellable, cancellable);
  if (cancellable != NULL)
    self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);
  attempt (self);
}
