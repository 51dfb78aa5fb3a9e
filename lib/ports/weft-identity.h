/* weft-identity.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-peer-id.h"
#include "weft-random.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_IDENTITY (weft_identity_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (WeftIdentity, weft_identity, WEFT, IDENTITY, GObject)

/**
 * WeftIdentityClass:
 * @sign: signs a message: 64 bytes, the same for the same message, which the
 *   [iface@Weft.Verifier] that belongs to the class accepts
 *
 * The virtual function table for [class@Weft.Identity], which is derivable so that a key can be
 * elsewhere than in the memory of this program, or be none: in a simulation nobody computes on
 * curves.
 *
 * Since: 0.1
 */
struct _WeftIdentityClass
{
  /*< private >*/
  GObjectClass parent_class;

  /*< public >*/
  GBytes *(*sign) (WeftIdentity *self,
                   GBytes       *message);

  /*< private >*/
  gpointer padding[4];
};

WEFT_AVAILABLE_IN_ALL
WeftIdentity *weft_identity_new           (WeftRandom   *random) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftIdentity *weft_identity_new_from_seed (GBytes       *seed,
                                           GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftIdentity *weft_identity_load          (const char   *path,
                                           GError      **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean      weft_identity_save          (WeftIdentity *self,
                                           const char   *path,
                                           gboolean      overwrite,
                                           GError      **error);
WEFT_AVAILABLE_IN_ALL
WeftPeerId   *weft_identity_get_peer_id   (WeftIdentity *self);
WEFT_AVAILABLE_IN_ALL
GBytes       *weft_identity_sign          (WeftIdentity *self,
                                           GBytes       *message) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
guint64       weft_identity_get_n_signed  (WeftIdentity *self);

G_END_DECLS
