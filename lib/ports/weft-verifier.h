/* weft-verifier.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-peer-id.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_VERIFIER (weft_verifier_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (WeftVerifier, weft_verifier, WEFT, VERIFIER, GObject)

/**
 * WeftVerifierInterface:
 * @verify: tells whether @signature is one of @data by @signer
 * @get_n_checked: tells how many signatures @verify was asked about
 *
 * The virtual function table for [iface@Weft.Verifier].
 *
 * Since: 0.1
 */
struct _WeftVerifierInterface
{
  /*< private >*/
  GTypeInterface parent_iface;

  /*< public >*/
  gboolean (*verify)        (WeftVerifier *self,
                             WeftPeerId   *signer,
                             const guint8 *data,
                             gsize         length,
                             const guint8 *signature,
                             gsize         signature_length);
  guint64  (*get_n_checked) (WeftVerifier *self);

  /*< private >*/
  gpointer padding[4];
};

WEFT_AVAILABLE_IN_ALL
gboolean weft_verifier_verify        (WeftVerifier *self,
                                      WeftPeerId   *signer,
                                      const guint8 *data,
                                      gsize         length,
                                      const guint8 *signature,
                                      gsize         signature_length);
WEFT_AVAILABLE_IN_ALL
gboolean weft_verifier_verify_bytes  (WeftVerifier *self,
                                      WeftPeerId   *signer,
                                      GBytes       *message,
                                      GBytes       *signature);
WEFT_AVAILABLE_IN_ALL
guint64  weft_verifier_get_n_checked (WeftVerifier *self);

G_END_DECLS
