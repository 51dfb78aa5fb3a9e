/* weft-ring-connector.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include <string.h>

#include "weft-error.h"
#include "weft-limits.h"
#include "weft-ring-connector-private.h"

/* A peer that could not be dialled is not waited for again for so long. */
#define FAILED_USEC (2 * G_TIME_SPAN_SECOND)
/* What is remembered of failed dials; it is only a hint. */
#define FAILURES_MAX 1024
/* One address must not use up all the time that there is. */
#define DIAL_MIN_USEC (500 * G_TIME_SPAN_MILLISECOND)

/* Well below WEFT_LIMIT_CONNECTIONS_MAX, as others dial this node, too. */
#define CONNECTIONS_MAX 160
#define CONNECTIONS_KEPT 128
/* As long as an answer may take: who fills a table meets hundreds in half a minute. */
#define NEEDED_USEC WEFT_LIMIT_REPLY_USEC
#define TRIM_REASON "not needed for now"
/* What a transport over channels says that takes no more connections. */
#define FULL_REASON "full: too many connections"

struct _WeftRingConnector
{
  WeftTransport *transport;
  WeftClock *clock;
  GHashTable *connected; /* (element-type WeftPeerId gint64): when they were needed */
  GHashTable *failures;  /* (element-type WeftPeerId gint64): when */
  GHashTable *dials;     /* (element-type WeftPeerId Dial): on their way, the last one of each */
  gint64 last_usec;
};

typedef struct
{
  WeftRingConnectedFunc done;
  gpointer user_data;
} Waiter;

/* Frees itself when its last dial was answered, which may be after the connector is gone. */
typedef struct
{
  WeftRingConnector *connector; /* NULL once that is gone */
  WeftTransport *transport;
  WeftPeerId *peer_id;          /* NULL where it is to be found out */
  GPtrArray *addresses;         /* (element-type utf8) (owned) */
  guint next;
  gint64 deadline_usec;
  GArray *waiters;              /* (element-type Waiter) */
} Dial;

static void dial_next (Dial         *dial,
                       const GError *error);

static void
dial_free (Dial *dial)
{
  g_object_unref (dial->transport);
  g_clear_pointer (&dial->peer_id, weft_peer_id_unref);
  g_ptr_array_unref (dial->addresses);
  g_array_unref (dial->waiters);
  g_free (dial);
}

static gpointer
make_time (gint64 usec)
{
  return g_memdup2 (&usec, sizeof usec);
}

static void
note_failure (WeftRingConnector *self,
              WeftPeerId        *peer_id)
{
  if (g_hash_table_size (self->failures) == FAILURES_MAX)
    g_hash_table_remove_all (self->failures);
  g_hash_table_replace (self->failures, weft_peer_id_ref (peer_id),
                        make_time (weft_clock_get_monotonic (self->clock)));
}

static void
dial_finish (Dial         *dial,
             WeftPeerId   *peer_id,
             const GError *error)
{
  WeftRingConnector *self = dial->connector;

  if (self != NULL && dial->peer_id != NULL)
    {
      if (peer_id == NULL)
        note_failure (self, dial->peer_id);
      g_hash_table_remove (self->dials, dial->peer_id);
    }

  for (guint i = 0; i < dial->waiters->len; i++)
    {
      Waiter waiter = g_array_index (dial->waiters, Waiter, i);

      waiter.done (peer_id, error, waiter.user_data);
    }
  dial_free (dial);
}

static void
dialled_cb (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  Dial *dial = user_data;

  if (peer != NULL)
    dial_finish (dial, weft_peer_get_peer_id (peer), NULL);
  else
    dial_next (dial, error);
}

/* An address that is not one is as good as one where nobody is. */
static WeftMultiaddr *
parse_address (Dial       *dial,
               const char *text,
               GError    **error)
{
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_parse (text, error);

  if (address == NULL)
    return NULL;

  /* Whoever is there has to be the one that was meant. */
  return dial->peer_id != NULL ? weft_multiaddr_with_peer_id (address, dial->peer_id)
                               : g_steal_pointer (&address);
}

static void
dial_next (Dial         *dial,
           const GError *error)
{
  g_autoptr(GError) last_error = error != NULL ? g_error_copy (error) : NULL;

  while (dial->next < dial->addresses->len && dial->connector != NULL)
    {
      gint64 left_usec
          = dial->deadline_usec - weft_clock_get_monotonic (dial->connector->clock);
      guint n_left = dial->addresses->len - dial->next;
      g_autoptr(WeftMultiaddr) address = NULL;

      if (left_usec <= 0)
        break;
      g_clear_error (&last_error);
      address = parse_address (dial, g_ptr_array_index (dial->addresses, dial->next++),
                               &last_error);
      if (address == NULL)
        continue;

      weft_transport_dial (dial->transport, address,
                           MIN (left_usec, MAX (left_usec / n_left, DIAL_MIN_USEC)), dialled_cb,
                           dial);
      return;
    }

  if (last_error == NULL)
    last_error = g_error_new_literal (WEFT_ERROR, WEFT_ERROR_UNAVAILABLE,
                                      "the peer has no address that could be dialled in time");
  dial_finish (dial, NULL, last_error);
}

static void
begin_cb (gpointer user_data)
{
  dial_next (user_data, NULL);
}

static void
dial_begin (WeftRingConnector    *self,
            WeftPeerId           *peer_id,
            GPtrArray            *addresses,
            gint64                timeout_usec,
            WeftRingConnectedFunc done,
            gpointer              user_data)
{
  const Waiter waiter = { done, user_data };
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  Dial *dial = peer_id != NULL ? g_hash_table_lookup (self->dials, peer_id) : NULL;

  if (dial != NULL)
    {
      g_array_append_val (dial->waiters, waiter);
      return;
    }

  dial = g_new0 (Dial, 1);
  dial->connector = self;
  dial->transport = g_object_ref (self->transport);
  dial->peer_id = peer_id != NULL ? weft_peer_id_ref (peer_id) : NULL;
  dial->addresses = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add (dial->addresses, g_strdup (g_ptr_array_index (addresses, i)));
  dial->deadline_usec = now_usec + timeout_usec;
  dial->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_array_append_val (dial->waiters, waiter);
  if (peer_id != NULL)
    g_hash_table_insert (self->dials, dial->peer_id, dial);
  /* Later, because it may turn out at once that there is nothing to dial. */
  weft_clock_add_alarm (self->clock, now_usec, begin_cb, dial, NULL);
}

static void
peer_appeared_cb (WeftTransport *transport,
                  WeftPeer      *peer,
                  gpointer       user_data)
{
  WeftRingConnector *self = user_data;
  WeftPeerId *peer_id = weft_peer_get_peer_id (peer);

  g_hash_table_remove (self->failures, peer_id);
  if (weft_peer_get_role (peer) == WEFT_PEER_ROLE_PEER)
    g_hash_table_replace (self->connected, weft_peer_id_ref (peer_id),
                          make_time (weft_clock_get_monotonic (self->clock)));
}

static void
peer_went_cb (WeftTransport *transport,
              WeftPeer      *peer,
              const GError  *reason,
              gpointer       user_data)
{
  WeftRingConnector *self = user_data;

  if (g_hash_table_remove (self->connected, weft_peer_get_peer_id (peer)))
    self->last_usec = weft_clock_get_monotonic (self->clock);
}

static GHashTable *
new_table (GDestroyNotify value_free)
{
  return g_hash_table_new_full ((GHashFunc) weft_peer_id_hash, (GEqualFunc) weft_peer_id_equal,
                                (GDestroyNotify) weft_peer_id_unref, value_free);
}

WeftRingConnector *
weft_ring_connector_new (WeftTransport *transport,
                         WeftClock     *clock)
{
  WeftRingConnector *self = g_new0 (WeftRingConnector, 1);
  g_autoptr(GPtrArray) peers = weft_transport_list_peers (transport);

  self->transport = g_object_ref (transport);
  self->clock = g_object_ref (clock);
  self->connected = new_table (g_free);
  self->failures = new_table (g_free);
  /* The dial owns its peer id. */
  self->dials = g_hash_table_new ((GHashFunc) weft_peer_id_hash, (GEqualFunc) weft_peer_id_equal);
  self->last_usec = -1;
  g_signal_connect (transport, "peer-appeared", G_CALLBACK (peer_appeared_cb), self);
  g_signal_connect (transport, "peer-went", G_CALLBACK (peer_went_cb), self);
  for (guint i = 0; i < peers->len; i++)
    peer_appeared_cb (transport, g_ptr_array_index (peers, i), self);

  return self;
}

void
weft_ring_connector_free (WeftRingConnector *self)
{
  GHashTableIter iter;
  gpointer dial;

  g_signal_handlers_disconnect_by_data (self->transport, self);
  g_hash_table_iter_init (&iter, self->dials);
  while (g_hash_table_iter_next (&iter, NULL, &dial))
    ((Dial *) dial)->connector = NULL;
  g_hash_table_unref (self->dials);
  g_hash_table_unref (self->connected);
  g_hash_table_unref (self->failures);
  g_object_unref (self->clock);
  g_object_unref (self->transport);
  g_free (self);
}

guint
weft_ring_connector_get_n_peers (WeftRingConnector *self)
{
  return g_hash_table_size (self->connected);
}

gint64
weft_ring_connector_get_last_usec (WeftRingConnector *self)
{
  return self->last_usec;
}

gboolean
weft_ring_connector_is_connected (WeftRingConnector *self,
                                  WeftPeerId        *peer_id)
{
  return g_hash_table_contains (self->connected, peer_id);
}

void
weft_ring_connector_touch (WeftRingConnector *self,
                           WeftPeerId        *peer_id)
{
  gint64 *needed_usec = g_hash_table_lookup (self->connected, peer_id);

  if (needed_usec != NULL)
    *needed_usec = weft_clock_get_monotonic (self->clock);
}

typedef struct
{
  WeftPeerId *peer_id; /* (owned) */
  gint64 needed_usec;
} Idle;

static void
idle_clear (gpointer data)
{
  Idle *idle = data;

  weft_peer_id_unref (idle->peer_id);
}

static int
compare_idles (gconstpointer a,
               gconstpointer b)
{
  const Idle *left = a;
  const Idle *right = b;

  if (left->needed_usec != right->needed_usec)
    return left->needed_usec < right->needed_usec ? -1 : 1;

  return weft_peer_id_compare (left->peer_id, right->peer_id);
}

void
weft_ring_connector_trim (WeftRingConnector *self,
                          WeftRingKeepFunc   keep,
                          gpointer           user_data)
{
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  g_autoptr(GArray) idles = NULL;
  GHashTableIter iter;
  gpointer peer_id;
  gpointer needed_usec;
  guint n_left = g_hash_table_size (self->connected);

  if (n_left <= CONNECTIONS_MAX)
    return;

  idles = g_array_new (FALSE, FALSE, sizeof (Idle));
  g_array_set_clear_func (idles, idle_clear);
  g_hash_table_iter_init (&iter, self->connected);
  while (g_hash_table_iter_next (&iter, &peer_id, &needed_usec))
    if (now_usec - *(gint64 *) needed_usec >= NEEDED_USEC && !keep (peer_id, user_data))
      {
        const Idle idle = { weft_peer_id_ref (peer_id), *(gint64 *) needed_usec };

        g_array_append_val (idles, idle);
      }
  g_array_sort (idles, compare_idles);

  for (guint i = 0; i < idles->len && n_left > CONNECTIONS_KEPT; i++, n_left--)
    weft_transport_drop_peer (self->transport, g_array_index (idles, Idle, i).peer_id,
                              TRIM_REASON);
}

/* What this side meant to close has no reason; the other side is told ours. */
gboolean
weft_ring_connector_was_trimmed (const GError *reason)
{
  return reason == NULL || strstr (reason->message, TRIM_REASON) != NULL;
}

gboolean
weft_ring_connector_was_full (const GError *reason)
{
  return reason != NULL && strstr (reason->message, FULL_REASON) != NULL;
}

gboolean
weft_ring_connector_has_failed (WeftRingConnector *self,
                                WeftPeerId        *peer_id)
{
  const gint64 *failed_usec = g_hash_table_lookup (self->failures, peer_id);

  return failed_usec != NULL
         && weft_clock_get_monotonic (self->clock) - *failed_usec < FAILED_USEC;
}

void
weft_ring_connector_reach (WeftRingConnector    *self,
                           WeftPeerId           *peer_id,
                           GPtrArray            *addresses,
                           gint64                timeout_usec,
                           WeftRingConnectedFunc done,
                           gpointer              user_data)
{
  dial_begin (self, peer_id, addresses, timeout_usec, done, user_data);
}

void
weft_ring_connector_reach_address (WeftRingConnector    *self,
                                   const char           *address,
                                   gint64                timeout_usec,
                                   WeftRingConnectedFunc done,
                                   gpointer              user_data)
{
  g_autoptr(GPtrArray) addresses = g_ptr_array_new ();

  g_ptr_array_add (addresses, (gpointer) address);
  dial_begin (self, NULL, addresses, timeout_usec, done, user_data);
}
