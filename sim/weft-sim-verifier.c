/* weft-sim-verifier.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "weft-sim-verifier-private.h"

#include <string.h>

#include "weft-sim-identity-private.h"

struct _WeftSimVerifier
{
  GObject parent_instance;

  WeftSimSiphash key;
  GHashTable *secrets;    /* (element-type WeftPeerId WeftSimSiphash): never iterated */
  WeftVerifier *ed25519;  /* for peers that brought a real key */
  guint64 n_checked;
};

static gboolean
weft_sim_verifier_verify (WeftVerifier *verifier,
                          WeftPeerId   *signer,
                          const guint8 *data,
                          gsize         length,
                          const guint8 *signature,
                          gsize         signature_length)
{
  WeftSimVerifier *self = WEFT_SIM_VERIFIER (verifier);
  const WeftSimSiphash *secret = g_hash_table_lookup (self->secrets, signer);
  guint8 genuine[WEFT_SIM_SIGNATURE_BYTES];

  self->n_checked++;
  if (secret == NULL)
    return weft_verifier_verify (self->ed25519, signer, data, length, signature,
                                 signature_length);
  if (signature_length != sizeof genuine)
    return FALSE;

  weft_sim_identity_compute (*secret, data, length, genuine);

  return memcmp (signature, genuine, sizeof genuine) == 0;
}

static guint64
weft_sim_verifier_get_n_checked (WeftVerifier *verifier)
{
  return WEFT_SIM_VERIFIER (verifier)->n_checked;
}

static void
verifier_iface_init (WeftVerifierInterface *iface)
{
  iface->verify = weft_sim_verifier_verify;
  iface->get_n_checked = weft_sim_verifier_get_n_checked;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftSimVerifier, weft_sim_verifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_VERIFIER, verifier_iface_init))

static void
weft_sim_verifier_finalize (GObject *object)
{
  WeftSimVerifier *self = WEFT_SIM_VERIFIER (object);

  g_clear_pointer (&self->secrets, g_hash_table_unref);
  g_clear_object (&self->ed25519);

  G_OBJECT_CLASS (weft_sim_verifier_parent_class)->finalize (object);
}

static void
weft_sim_verifier_class_init (WeftSimVerifierClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = weft_sim_verifier_finalize;
}

static void
weft_sim_verifier_init (WeftSimVerifier *self)
{
  self->secrets = g_hash_table_new_full ((GHashFunc) weft_peer_id_hash,
                                         (GEqualFunc) weft_peer_id_equal,
                                         (GDestroyNotify) weft_peer_id_unref, g_free);
  self->ed25519 = weft_ed25519_verifier_new ();
}

WeftSimVerifier *
weft_sim_verifier_new (WeftSimSiphash key)
{
  WeftSimVerifier *self = g_object_new (WEFT_TYPE_SIM_VERIFIER, NULL);

  self->key = key;

  return self;
}

WeftSimSiphash
weft_sim_verifier_know (WeftSimVerifier *self,
                        WeftPeerId      *peer_id)
{
  gsize length;
  const guint8 *bytes = weft_peer_id_get_bytes (peer_id, &length);
  WeftSimSiphash secret = weft_sim_siphash (self->key, bytes, length);

  g_hash_table_replace (self->secrets, weft_peer_id_ref (peer_id),
                        g_memdup2 (&secret, sizeof secret));

  return secret;
}
