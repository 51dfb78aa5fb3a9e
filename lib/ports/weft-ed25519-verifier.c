/* weft-ed25519-verifier.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-ed25519-verifier.h"

/**
 * WeftEd25519Verifier:
 *
 * The [iface@Weft.Verifier] of the world outside: Ed25519, with the key in the peer id.
 *
 * An answer takes some 40 µs. It can be used by several threads at once.
 *
 * Since: 0.1
 */
struct _WeftEd25519Verifier
{
  GObject parent_instance;

  gsize n_checked; /* atomic */
};

static gboolean
weft_ed25519_verifier_verify (WeftVerifier *verifier,
                              WeftPeerId   *signer,
                              const guint8 *data,
                              gsize         length,
                              const guint8 *signature,
                              gsize         signature_length)
{
  WeftEd25519Verifier *self = WEFT_ED25519_VERIFIER (verifier);
  g_autoptr(GBytes) message = g_bytes_new_static (data, length);
  g_autoptr(GBytes) signature_bytes = g_bytes_new_static (signature, signature_length);

  g_atomic_pointer_add (&self->n_checked, 1);

  return weft_peer_id_verify (signer, message, signature_bytes);
}

static guint64
weft_ed25519_verifier_get_n_checked (WeftVerifier *verifier)
{
  WeftEd25519Verifier *self = WEFT_ED25519_VERIFIER (verifier);

  return (gsize) g_atomic_pointer_get (&self->n_checked);
}

static void
verifier_iface_init (WeftVerifierInterface *iface)
{
  iface->verify = weft_ed25519_verifier_verify;
  iface->get_n_checked = weft_ed25519_verifier_get_n_checked;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WeftEd25519Verifier, weft_ed25519_verifier, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WEFT_TYPE_VERIFIER, verifier_iface_init))

static void
weft_ed25519_verifier_class_init (WeftEd25519VerifierClass *klass)
{
}

static void
weft_ed25519_verifier_init (WeftEd25519Verifier *self)
{
}

/**
 * weft_ed25519_verifier_new: (constructor)
 *
 * Creates a verifier of Ed25519 signatures.
 *
 * Returns: (transfer full) (type WeftEd25519Verifier): a new verifier
 *
 * Since: 0.1
 */
WeftVerifier *
weft_ed25519_verifier_new (void)
{
  return g_object_new (WEFT_TYPE_ED25519_VERIFIER, NULL);
}
