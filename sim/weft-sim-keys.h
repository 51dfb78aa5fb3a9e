/* weft-sim-keys.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_SIM_INSIDE) && !defined(WEFT_SIM_COMPILATION)
#error "Only <weft-sim.h> can be included directly."
#endif

#include <weft.h>

#include "weft-sim-world.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SIM_KEYS (weft_sim_keys_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSimKeys, weft_sim_keys, WEFT, SIM_KEYS, GObject)

WEFT_AVAILABLE_IN_ALL
WeftSimKeys       *weft_sim_keys_get            (WeftSimWorld *world);
WEFT_AVAILABLE_IN_ALL
WeftSimSignatures  weft_sim_keys_get_signatures (WeftSimKeys  *self);
WEFT_AVAILABLE_IN_ALL
WeftIdentity      *weft_sim_keys_make_identity  (WeftSimKeys  *self,
                                                 WeftRandom   *random) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftVerifier      *weft_sim_keys_get_verifier   (WeftSimKeys  *self);

G_END_DECLS
