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
G_DECLARE_FINAL_TYPE (WeftIdentity, weft_identity, WEFT, IDENTITY, GObject)

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

G_END_DECLS
