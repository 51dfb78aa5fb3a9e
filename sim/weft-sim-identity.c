/* weft-sim-identity.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-identity-private.h"

#include <string.h>

struct _WeftSimIdentity
{
  WeftIdentity parent_instance;

  WeftSimSiphash secret;
};

G_DEFINE_FINAL_TYPE (WeftSimIdentity, weft_sim_identity, WEFT_TYPE_IDENTITY)

static GBytes *
weft_sim_identity_sign (WeftIdentity *identity,
                        GBytes       *message)
{
  guint8 signature[WEFT_SIM_SIGNATURE_BYTES];
  gsize length;
  gconstpointer data = g_bytes_get_data (message, &length);

  weft_sim_identity_compute (WEFT_SIM_IDENTITY (identity)->secret, data, length, signature);

  return g_bytes_new (signature, sizeof signature);
}

static void
weft_sim_identity_class_init (WeftSimIdentityClass *klass)
{
  WEFT_IDENTITY_CLASS (klass)->sign = weft_sim_identity_sign;
}

static void
weft_sim_identity_init (WeftSimIdentity *self)
{
}

WeftIdentity *
weft_sim_identity_new (WeftPeerId     *peer_id,
                       WeftSimSiphash  secret)
{
  WeftSimIdentity *self = g_object_new (WEFT_TYPE_SIM_IDENTITY, "peer-id", peer_id, NULL);

  self->secret = secret;

  return WEFT_IDENTITY (self);
}

/* As long as a real one, and each part of it depends on all of the text: whatever is altered in
 * either, they no longer belong together. */
void
weft_sim_identity_compute (WeftSimSiphash secret,
                           gconstpointer  data,
                           gsize          length,
                           guint8         signature[WEFT_SIM_SIGNATURE_BYTES])
{
  WeftSimSiphash digest = weft_sim_siphash (secret, data, length);

  for (guint64 i = 0; i < WEFT_SIM_SIGNATURE_BYTES / sizeof digest; i++)
    {
      guint64 part[3] = {
        GUINT64_TO_LE (digest.low), GUINT64_TO_LE (digest.high), GUINT64_TO_LE (i),
      };
      WeftSimSiphash hash = weft_sim_siphash (secret, part, sizeof part);
      guint64 pair[2] = { GUINT64_TO_LE (hash.low), GUINT64_TO_LE (hash.high) };

      memcpy (signature + i * sizeof pair, pair, sizeof pair);
    }
}
