/* weft-sim-identity-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

#include "weft-sim-siphash-private.h"

G_BEGIN_DECLS

#define WEFT_SIM_SIGNATURE_BYTES 64

/* A WeftIdentity that signs with a keyed hash, which only the verifier of its world can compute
 * as well. */
#define WEFT_TYPE_SIM_IDENTITY (weft_sim_identity_get_type ())

G_DECLARE_FINAL_TYPE (WeftSimIdentity, weft_sim_identity, WEFT, SIM_IDENTITY, WeftIdentity)

WeftIdentity *weft_sim_identity_new (WeftPeerId     *peer_id,
                                     WeftSimSiphash  secret) G_GNUC_WARN_UNUSED_RESULT;

/* The one signature of a text with a secret. */
void          weft_sim_identity_compute (WeftSimSiphash  secret,
                                         gconstpointer   data,
                                         gsize           length,
                                         guint8          signature[WEFT_SIM_SIGNATURE_BYTES]);

G_END_DECLS
