/* sim-pair.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sim-pair.h"

#include <string.h>

static void
on_request (WeftTransport *transport,
            WeftRequest   *request,
            gpointer       user_data)
{
  SimPair *self = user_data;

  self->n_requests++;
  weft_request_reply (request, weft_request_get_body (request));
}

static void
on_went (WeftTransport *transport,
         WeftPeer      *peer,
         const GError  *reason,
         gpointer       user_data)
{
  SimPair *self = user_data;

  self->n_went[transport == self->transports[1]]++;
}

static void
make_side (SimPair *self,
           guint    side)
{
  g_autofree char *name = g_strdup_printf ("side/%u", side);
  g_autoptr(WeftSimRandom) random = NULL;
  g_autoptr(WeftIdentity) identity = NULL;
  g_autoptr(WeftSimClock) clock = NULL;

  self->hosts[side] = weft_sim_world_add_actor (self->world, name);
  random = weft_sim_random_new (weft_sim_world_get_seed (self->world), name);
  identity = weft_identity_new (WEFT_RANDOM (random));
  clock = weft_sim_clock_new (self->world, self->hosts[side]);
  self->ids[side] = weft_peer_id_ref (weft_identity_get_peer_id (identity));
  self->transports[side]
    = WEFT_TRANSPORT (weft_sim_transport_new (identity, "test", WEFT_PEER_ROLE_PEER, clock,
                                              WEFT_RANDOM (random)));
  g_signal_connect (self->transports[side], "peer-went", G_CALLBACK (on_went), self);
}

SimPair *
sim_pair_new (guint64 seed)
{
  static const char *const protocols[] = { ECHO, NULL };
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, 2);
  g_autoptr(GError) error = NULL;
  SimPair *self = g_new0 (SimPair, 1);

  self->world = weft_sim_world_new (seed);
  self->network = weft_sim_network_get (self->world);
  make_side (self, 0);
  make_side (self, 1);
  weft_transport_set_handler (self->transports[1], protocols, on_request, self, NULL);
  weft_transport_listen (self->transports[1], address, &error);
  g_assert_no_error (error);

  return self;
}

void
sim_pair_free (SimPair *self)
{
  g_assert_finalize_object (self->transports[0]);
  g_assert_finalize_object (self->transports[1]);
  g_assert_finalize_object (self->world);
  weft_peer_id_unref (self->ids[0]);
  weft_peer_id_unref (self->ids[1]);
  g_clear_error (&self->error);
  g_free (self->answer);
  g_free (self);
}

static void
take (SimPair      *self,
      const GError *error)
{
  self->n_waiting--;
  self->answered_usec = weft_sim_world_get_time (self->world);
  if (error == NULL)
    {
      self->n_answered++;
      return;
    }
  self->n_failed++;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

static void
on_dialled (WeftTransport *transport,
            WeftPeer      *peer,
            const GError  *error,
            gpointer       user_data)
{
  take (user_data, error);
}

static void
on_reply (WeftTransport *transport,
          JsonNode      *body,
          const GError  *error,
          gpointer       user_data)
{
  SimPair *self = user_data;

  if (body != NULL)
    {
      g_free (self->answer);
      self->answer = json_to_string (body, FALSE);
    }
  take (self, error);
}

void
sim_pair_connect (SimPair *self)
{
  g_autoptr(WeftMultiaddr) address = weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, 2);

  self->n_waiting++;
  weft_transport_dial (self->transports[0], address, 0, on_dialled, self);
  sim_pair_wait (self);
  g_assert_no_error (self->error);
  self->n_answered = 0;
  /* The other side sees the proof a little later. */
  weft_sim_world_run_for (self->world, G_TIME_SPAN_SECOND);
}

void
sim_pair_ask (SimPair *self,
              gsize    n_bytes,
              gint64   timeout_usec)
{
  g_autofree char *padding = g_strnfill (n_bytes, 'x');
  g_autofree char *text = g_strdup_printf ("{\"x\":\"%s\"}", padding);
  g_autoptr(JsonNode) body = weft_json_parse (text, -1, NULL);

  self->n_waiting++;
  weft_transport_request (self->transports[0], self->ids[1], ECHO, body, timeout_usec, on_reply,
                          self);
}

static gboolean
is_waiting (gpointer user_data)
{
  return ((SimPair *) user_data)->n_waiting > 0;
}

void
sim_pair_wait (SimPair *self)
{
  g_assert_true (weft_sim_world_run_while (self->world, is_waiting, self, G_TIME_SPAN_HOUR));
}
