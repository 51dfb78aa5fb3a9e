/* weft-sim-verifier-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

#include "weft-sim-siphash-private.h"

G_BEGIN_DECLS

/* The WeftVerifier of a world whose peers sign with keyed hashes: it knows their secrets, and
 * computes each signature again. So nothing need be remembered of what was signed. */
#define WEFT_TYPE_SIM_VERIFIER (weft_sim_verifier_get_type ())

G_DECLARE_FINAL_TYPE (WeftSimVerifier, weft_sim_verifier, WEFT, SIM_VERIFIER, GObject)

WeftSimVerifier *weft_sim_verifier_new  (WeftSimSiphash   key) G_GNUC_WARN_UNUSED_RESULT;
/* Gives a peer of this world its secret. */
WeftSimSiphash   weft_sim_verifier_know (WeftSimVerifier *self,
                                         WeftPeerId      *peer_id);

G_END_DECLS
