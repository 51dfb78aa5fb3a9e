/* weft-sim-transport.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-transport.h"

#include "weft-sim-dial-private.h"
#include "weft-sim-keys.h"
#include "weft-sim-network-private.h"

/**
 * WeftSimTransport:
 *
 * A [iface@Weft.Transport] over the network of a simulated world.
 *
 * Addresses are numbers, `/sim/1`; listening at `/sim/0` takes one that is free. The transport is
 * in the world of its clock, on the host that is the clock's actor.
 *
 * Since: 0.1
 */
struct _WeftSimTransport
{
  WeftChannelTransport parent_instance;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSimTransport, weft_sim_transport,
                               WEFT_TYPE_CHANNEL_TRANSPORT,
                               weft_transport_register (g_define_type_id, "sim"))

static WeftSimNetwork *
get_network (WeftChannelTransport *transport)
{
  WeftClock *clock = weft_channel_transport_get_clock (transport);

  if (!WEFT_IS_SIM_CLOCK (clock))
    return NULL;

  return weft_sim_network_get (weft_sim_clock_get_world (WEFT_SIM_CLOCK (clock)));
}

static guint
get_host (WeftChannelTransport *transport)
{
  WeftClock *clock = weft_channel_transport_get_clock (transport);

  return weft_sim_clock_get_actor (WEFT_SIM_CLOCK (clock));
}

static gboolean
check (WeftChannelTransport *transport,
       WeftMultiaddr        *address,
       GError              **error)
{
  g_autofree char *text = NULL;

  if (get_network (transport) == NULL)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
                   "the clock of a simulated world was expected, got a %s",
                   G_OBJECT_TYPE_NAME (weft_channel_transport_get_clock (transport)));
      return FALSE;
    }
  if (weft_sim_clock_is_run_out (WEFT_SIM_CLOCK (weft_channel_transport_get_clock (transport))))
    {
      g_set_error_literal (error, WEFT_ERROR, WEFT_ERROR_CLOSED, "the process was killed");
      return FALSE;
    }
  if (weft_multiaddr_get_scheme (address) == WEFT_MULTIADDR_SCHEME_SIM)
    return TRUE;

  text = weft_multiaddr_to_string (address);
  g_set_error (error, WEFT_ERROR, WEFT_ERROR_INVALID,
               "an address such as /sim/1 was expected, got %s", text);

  return FALSE;
}

static WeftMultiaddr *
weft_sim_transport_listen (WeftChannelTransport *transport,
                           WeftMultiaddr        *address,
                           GError              **error)
{
  guint64 number;

  if (!check (transport, address, error))
    return NULL;

  number = weft_sim_network_listen (get_network (transport), WEFT_SIM_TRANSPORT (transport),
                                    get_host (transport), weft_multiaddr_get_number (address));
  if (number == 0)
    {
      g_set_error (error, WEFT_ERROR, WEFT_ERROR_EXISTS,
                   "somebody listens at /sim/%" G_GUINT64_FORMAT " already",
                   weft_multiaddr_get_number (address));
      return NULL;
    }

  return weft_multiaddr_new_local (WEFT_MULTIADDR_SCHEME_SIM, number);
}

static void
weft_sim_transport_dial (WeftChannelTransport *transport,
                         WeftMultiaddr        *address,
                         guint64               dial_id)
{
  g_autoptr(GError) error = NULL;

  if (!check (transport, address, &error))
    {
      weft_channel_transport_dialled (transport, dial_id, NULL, error);
      return;
    }

  weft_sim_dial_start (get_network (transport), WEFT_SIM_TRANSPORT (transport),
                       get_host (transport), weft_multiaddr_get_number (address), dial_id);
}

static void
weft_sim_transport_stop (WeftChannelTransport *transport)
{
  WeftSimNetwork *network = get_network (transport);

  if (network == NULL)
    return;

  weft_sim_network_leave (network, WEFT_SIM_TRANSPORT (transport), get_host (transport));
  weft_sim_dial_cancel_all (network, WEFT_SIM_TRANSPORT (transport));
}

static void
weft_sim_transport_class_init (WeftSimTransportClass *klass)
{
  WeftChannelTransportClass *transport_class = WEFT_CHANNEL_TRANSPORT_CLASS (klass);

  transport_class->listen_channels = weft_sim_transport_listen;
  transport_class->dial_channel = weft_sim_transport_dial;
  transport_class->stop = weft_sim_transport_stop;
}

static void
weft_sim_transport_init (WeftSimTransport *self)
{
}

/**
 * weft_sim_transport_new:
 * @identity: the key with which this side proves who it is
 * @network: the name of the network
 * @role: whether this side serves others or only asks
 * @clock: the time by which deadlines come, which also says in what world and where in it
 * @random: the chance from which nonces are drawn
 *
 * Makes a transport within a simulated world, which believes what the verifier of the world
 * believes.
 *
 * Returns: (transfer full): a new transport
 *
 * Since: 0.1
 */
WeftSimTransport *
weft_sim_transport_new (WeftIdentity *identity,
                        const char   *network,
                        WeftPeerRole  role,
                        WeftSimClock *clock,
                        WeftRandom   *random)
{
  WeftSimKeys *keys;

  g_return_val_if_fail (WEFT_IS_IDENTITY (identity), NULL);
  g_return_val_if_fail (network != NULL, NULL);
  g_return_val_if_fail (WEFT_IS_SIM_CLOCK (clock), NULL);
  g_return_val_if_fail (WEFT_IS_RANDOM (random), NULL);

  keys = weft_sim_keys_get (weft_sim_clock_get_world (clock));

  return g_object_new (WEFT_TYPE_SIM_TRANSPORT,
                       "identity", identity,
                       "verifier", weft_sim_keys_get_verifier (keys),
                       "network", network,
                       "role", role,
                       "clock", clock,
                       "random", random,
                       NULL);
}
