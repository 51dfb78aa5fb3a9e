/* weft-dialler.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-dialler-private.h"
#include "weft-limits.h"

#define FIRST_USEC (250 * G_TIME_SPAN_MILLISECOND)
#define LAST_USEC (30 * G_TIME_SPAN_SECOND)
/* How often the key network is asked whether there are others. */
#define LOOK_USEC (5 * G_TIME_SPAN_SECOND)

/* A peer that is not there, or was not. */
typedef struct
{
  WeftDialler *dialler;  /* NULL once that is gone */
  WeftPeerId *peer_id;
  gboolean is_connected;
  gboolean is_dialling;
  guint n_tried;         /* which address is next */
  gint64 pause_usec;
  gint64 due_usec;
} Target;

struct _WeftDialler
{
  WeftTransport *transport;
  WeftKeyNetwork *key_network;
  WeftClock *clock;
  WeftRandom *random;
  GPtrArray *targets; /* (element-type Target) (owned), as many as there are peers */
  guint64 alarm_id;   /* 0 when none is set */
};

static void look (WeftDialler *self);

static void
target_free (gpointer data)
{
  Target *target = data;

  weft_peer_id_unref (target->peer_id);
  g_free (target);
}

/* A dial that is on its way frees its target itself. */
static void
target_drop (gpointer data)
{
  Target *target = data;

  target->dialler = NULL;
  if (!target->is_dialling)
    target_free (target);
}

static Target *
find_target (WeftDialler *self,
             WeftPeerId  *peer_id)
{
  for (guint i = 0; i < self->targets->len; i++)
    {
      Target *target = g_ptr_array_index (self->targets, i);

      if (weft_peer_id_equal (target->peer_id, peer_id))
        return target;
    }

  return NULL;
}

/* Up to half of a pause is chance, so that nodes which lost each other do not meet in dials. */
static void
pause_target (Target *target)
{
  WeftDialler *self = target->dialler;
  gint64 chance_usec = weft_random_next (self->random) % (target->pause_usec / 2);

  target->due_usec
    = weft_clock_get_monotonic (self->clock) + target->pause_usec / 2 + chance_usec;
  target->pause_usec = MIN (2 * target->pause_usec, LAST_USEC);
}

static void
dialled_cb (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  Target *target = user_data;

  target->is_dialling = FALSE;
  if (target->dialler == NULL)
    {
      target_free (target);
      return;
    }

  if (error != NULL)
    {
      g_debug ("%s was not reached: %s", weft_peer_id_get_text (target->peer_id), error->message);
      pause_target (target);
    }
  look (target->dialler);
}

static WeftMultiaddr *
next_address (Target          *target,
              WeftClusterPeer *peer)
{
  GPtrArray *addresses = weft_cluster_peer_get_addresses (peer);
  WeftMultiaddr *address;

  if (addresses->len == 0)
    return NULL;
  address = g_ptr_array_index (addresses, target->n_tried++ % addresses->len);

  /* Whoever is there has to be the one that was meant. */
  return weft_multiaddr_with_peer_id (address, target->peer_id);
}

/* When to look at the peer again. */
static gint64
look_at (WeftDialler     *self,
         WeftClusterPeer *peer,
         gint64           now_usec)
{
  Target *target = find_target (self, weft_cluster_peer_get_peer_id (peer));
  g_autoptr(WeftMultiaddr) address = NULL;

  if (target == NULL)
    {
      target = g_new0 (Target, 1);
      target->dialler = self;
      target->peer_id = weft_peer_id_ref (weft_cluster_peer_get_peer_id (peer));
      target->pause_usec = FIRST_USEC;
      g_ptr_array_add (self->targets, target);
    }
  if (target->is_connected || target->is_dialling)
    return G_MAXINT64;
  if (target->due_usec > now_usec)
    return target->due_usec;

  address = next_address (target, peer);
  if (address == NULL)
    return G_MAXINT64;
  target->is_dialling = TRUE;
  weft_transport_dial (self->transport, address, WEFT_LIMIT_DIAL_USEC, dialled_cb, target);

  return G_MAXINT64;
}

static void
alarm_cb (gpointer user_data)
{
  WeftDialler *self = user_data;

  self->alarm_id = 0;
  look (self);
}

static void
look (WeftDialler *self)
{
  g_autoptr(GPtrArray) peers = weft_key_network_list_peers (self->key_network);
  gint64 now_usec = weft_clock_get_monotonic (self->clock);
  gint64 next_usec = now_usec + LOOK_USEC;

  for (guint i = 0; i < peers->len; i++)
    next_usec = MIN (next_usec, look_at (self, g_ptr_array_index (peers, i), now_usec));

  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->clock, self->alarm_id);
  self->alarm_id = weft_clock_add_alarm (self->clock, next_usec, alarm_cb, self, NULL);
}

static void
set_connected (WeftDialler *self,
               WeftPeer    *peer,
               gboolean     is_connected)
{
  Target *target = find_target (self, weft_peer_get_peer_id (peer));

  if (target == NULL)
    return;
  target->is_connected = is_connected;
  target->pause_usec = FIRST_USEC;
  if (is_connected)
    return;
  pause_target (target);
  look (self);
}

static void
peer_appeared_cb (WeftTransport *transport,
                  WeftPeer      *peer,
                  gpointer       user_data)
{
  set_connected (user_data, peer, TRUE);
}

static void
peer_went_cb (WeftTransport *transport,
              WeftPeer      *peer,
              const GError  *reason,
              gpointer       user_data)
{
  set_connected (user_data, peer, FALSE);
}

WeftDialler *
weft_dialler_new (WeftTransport  *transport,
                  WeftKeyNetwork *key_network,
                  WeftClock      *clock,
                  WeftRandom     *random)
{
  WeftDialler *self = g_new0 (WeftDialler, 1);
  g_autoptr(GPtrArray) peers = weft_transport_list_peers (transport);

  self->transport = g_object_ref (transport);
  self->key_network = g_object_ref (key_network);
  self->clock = g_object_ref (clock);
  self->random = g_object_ref (random);
  self->targets = g_ptr_array_new_with_free_func (target_drop);
  g_signal_connect (transport, "peer-appeared", G_CALLBACK (peer_appeared_cb), self);
  g_signal_connect (transport, "peer-went", G_CALLBACK (peer_went_cb), self);
  look (self);
  for (guint i = 0; i < peers->len; i++)
    set_connected (self, g_ptr_array_index (peers, i), TRUE);

  return self;
}

void
weft_dialler_free (WeftDialler *self)
{
  g_signal_handlers_disconnect_by_func (self->transport, peer_appeared_cb, self);
  g_signal_handlers_disconnect_by_func (self->transport, peer_went_cb, self);
  if (self->alarm_id != 0)
    weft_clock_remove_alarm (self->clock, self->alarm_id);
  g_ptr_array_unref (self->targets);
  g_object_unref (self->transport);
  g_object_unref (self->key_network);
  g_object_unref (self->clock);
  g_object_unref (self->random);
  g_free (self);
}
