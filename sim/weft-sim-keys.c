/* weft-sim-keys.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-keys.h"

#include "weft-sim-identity-private.h"
#include "weft-sim-prng.h"
#include "weft-sim-verifier-private.h"
#include "weft-sim-world-private.h"

#define PUBLIC_KEY_BYTES 32

/**
 * WeftSimKeys:
 *
 * The keys of a simulated world: who can sign in it, and who can tell.
 *
 * With [enum@WeftSim.Signatures.SIMULATED] an identity has the name of a real peer, and signs with
 * a keyed hash of what it signs; the verifier of the world knows the keys of these hashes. What was
 * forged, altered, or signed for another text is refused, as with real keys, and it costs less than
 * a hundredth. Chance decides the names in the same way with both, and draws as much.
 *
 * A program may bring an identity of its own, with a real key: the verifier computes on the curve
 * for everybody whom the world does not know.
 *
 * Since: 0.1
 */
struct _WeftSimKeys
{
  GObject parent_instance;

  WeftSimSignatures signatures;
  WeftVerifier *verifier;
};

G_DEFINE_FINAL_TYPE (WeftSimKeys, weft_sim_keys, G_TYPE_OBJECT)
static G_DEFINE_QUARK (weft-sim-keys, weft_sim_keys)

static void
weft_sim_keys_finalize (GObject *object)
{
  g_clear_object (&WEFT_SIM_KEYS (object)->verifier);

  G_OBJECT_CLASS (weft_sim_keys_parent_class)->finalize (object);
}

static void
weft_sim_keys_class_init (WeftSimKeysClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_keys_finalize;
}

static void
weft_sim_keys_init (WeftSimKeys *self)
{
}

static WeftVerifier *
make_verifier (WeftSimWorld *world)
{
  WeftSimPrng *prng = weft_sim_world_get_stream (world, "keys");
  WeftSimSiphash key;

  key.low = weft_sim_prng_next (prng);
  key.high = weft_sim_prng_next (prng);

  return WEFT_VERIFIER (weft_sim_verifier_new (key));
}

/**
 * weft_sim_keys_get:
 * @world: a world
 *
 * Gets the keys of a world. From then on it is settled what its signatures are.
 *
 * Returns: (transfer none): the keys, which live as long as the world
 *
 * Since: 0.1
 */
WeftSimKeys *
weft_sim_keys_get (WeftSimWorld *world)
{
  WeftSimKeys *self;

  g_return_val_if_fail (WEFT_IS_SIM_WORLD (world), NULL);

  self = g_object_get_qdata (G_OBJECT (world), weft_sim_keys_quark ());
  if (self == NULL)
    {
      self = g_object_new (WEFT_TYPE_SIM_KEYS, NULL);
      self->signatures = weft_sim_world_get_signatures (world);
      world->has_keys = TRUE;
      if (self->signatures == WEFT_SIM_SIGNATURES_REAL)
        self->verifier = weft_ed25519_verifier_new ();
      else
        self->verifier = make_verifier (world);
      g_object_set_qdata_full (G_OBJECT (world), weft_sim_keys_quark (), self, g_object_unref);
    }

  return self;
}

/**
 * weft_sim_keys_get_signatures:
 * @self: the keys of a world
 *
 * Gets what the signatures of the world are.
 *
 * Returns: the kind
 *
 * Since: 0.1
 */
WeftSimSignatures
weft_sim_keys_get_signatures (WeftSimKeys *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_KEYS (self), WEFT_SIM_SIGNATURES_SIMULATED);

  return self->signatures;
}

/* Random bytes are no point of the curve half of the time, which matters to nobody who does not
 * compute on it. The few that are refused as keys are next to impossible. */
static WeftPeerId *
draw_peer_id (WeftRandom *random)
{
  guint8 key[PUBLIC_KEY_BYTES];
  WeftPeerId *peer_id;

  do
    {
      weft_random_fill (random, key, sizeof key);
      peer_id = weft_peer_id_new_from_public_key (key, sizeof key, NULL);
    }
  while (peer_id == NULL);

  return peer_id;
}

/**
 * weft_sim_keys_make_identity:
 * @self: the keys of a world
 * @random: the chance from which 32 bytes are drawn, whatever the signatures are
 *
 * Makes a new identity.
 *
 * Returns: (transfer full): the identity, whose signatures the verifier of the world believes
 *
 * Since: 0.1
 */
WeftIdentity *
weft_sim_keys_make_identity (WeftSimKeys *self,
                             WeftRandom  *random)
{
  g_autoptr(WeftPeerId) peer_id = NULL;
  WeftSimSiphash secret;

  g_return_val_if_fail (WEFT_IS_SIM_KEYS (self), NULL);
  g_return_val_if_fail (WEFT_IS_RANDOM (random), NULL);

  if (self->signatures == WEFT_SIM_SIGNATURES_REAL)
    return weft_identity_new (random);

  peer_id = draw_peer_id (random);
  secret = weft_sim_verifier_know (WEFT_SIM_VERIFIER (self->verifier), peer_id);

  return weft_sim_identity_new (peer_id, secret);
}

/**
 * weft_sim_keys_get_verifier:
 * @self: the keys of a world
 *
 * Gets what tells genuine signatures of this world from others.
 *
 * Returns: (transfer none): the verifier
 *
 * Since: 0.1
 */
WeftVerifier *
weft_sim_keys_get_verifier (WeftSimKeys *self)
{
  g_return_val_if_fail (WEFT_IS_SIM_KEYS (self), NULL);

  return self->verifier;
}
