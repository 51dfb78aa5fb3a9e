/* weft-verifier.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-verifier.h"

/**
 * WeftVerifier:
 *
 * Tells genuine signatures from others.
 *
 * Whatever in Weft believes something because a peer signed it asks a `WeftVerifier` first: the
 * handshake of a transport, the votes and certificates of a cluster. The real one computes on the
 * curve; a simulated one knows what the peers of its world have signed.
 *
 * An answer depends on nothing but the signer, the data, the signature and what the signer has
 * signed: asked again, it is the same. A verifier remembers no refusals and no answers; whoever
 * asks twice pays twice. It answers in the call, on the thread that calls, runs no main context and
 * cannot fail. It can be used by one thread at a time unless it says otherwise.
 *
 * The signer's half is [method@Weft.Identity.sign].
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (WeftVerifier, weft_verifier, G_TYPE_OBJECT)

static void
weft_verifier_default_init (WeftVerifierInterface *iface)
{
}

/**
 * weft_verifier_verify:
 * @self: a verifier
 * @signer: who is said to have signed
 * @data: (array length=length) (element-type guint8): what is said to have been signed
 * @length: the length of @data, in bytes
 * @signature: (array length=signature_length) (element-type guint8): the signature
 * @signature_length: the length of @signature; of another length than 64 there is no genuine one
 *
 * Tells whether a signature is genuine.
 *
 * Returns: whether @signature is one of @data by @signer
 *
 * Since: 0.1
 */
gboolean
weft_verifier_verify (WeftVerifier *self,
                      WeftPeerId   *signer,
                      const guint8 *data,
                      gsize         length,
                      const guint8 *signature,
                      gsize         signature_length)
{
  g_return_val_if_fail (WEFT_IS_VERIFIER (self), FALSE);
  g_return_val_if_fail (signer != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);
  g_return_val_if_fail (length <= G_MAXUINT, FALSE);
  g_return_val_if_fail (signature != NULL || signature_length == 0, FALSE);

  return WEFT_VERIFIER_GET_IFACE (self)->verify (self, signer, data, length, signature,
                                                 signature_length);
}

/**
 * weft_verifier_verify_bytes:
 * @self: a verifier
 * @signer: who is said to have signed
 * @message: what is said to have been signed
 * @signature: the signature
 *
 * Tells whether a signature is genuine, as [method@Weft.Verifier.verify] does, for those who hold
 * both in a #GBytes.
 *
 * Returns: whether @signature is one of @message by @signer
 *
 * Since: 0.1
 */
gboolean
weft_verifier_verify_bytes (WeftVerifier *self,
                            WeftPeerId   *signer,
                            GBytes       *message,
                            GBytes       *signature)
{
  gconstpointer data;
  gconstpointer signature_data;
  gsize length;
  gsize signature_length;

  g_return_val_if_fail (WEFT_IS_VERIFIER (self), FALSE);
  g_return_val_if_fail (message != NULL, FALSE);
  g_return_val_if_fail (signature != NULL, FALSE);

  data = g_bytes_get_data (message, &length);
  signature_data = g_bytes_get_data (signature, &signature_length);

  return weft_verifier_verify (self, signer, data, length, signature_data, signature_length);
}

/**
 * weft_verifier_get_n_checked:
 * @self: a verifier
 *
 * Gets how many signatures it was asked about. Of what work costs, this is what counts: see
 * that nothing is verified twice.
 *
 * Returns: the number of calls of [method@Weft.Verifier.verify]
 *
 * Since: 0.1
 */
guint64
weft_verifier_get_n_checked (WeftVerifier *self)
{
  g_return_val_if_fail (WEFT_IS_VERIFIER (self), 0);

  return WEFT_VERIFIER_GET_IFACE (self)->get_n_checked (self);
}
