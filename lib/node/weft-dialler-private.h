/* weft-dialler-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-clock.h"
#include "weft-key-network.h"
#include "weft-random.h"
#include "weft-transport.h"

G_BEGIN_DECLS

/* Keeps a connection to each peer of a key network: dials those that are not there, one address
 * after the other, with pauses that double from 250 ms to 30 s. */
typedef struct _WeftDialler WeftDialler;

WeftDialler *weft_dialler_new  (WeftTransport  *transport,
                                WeftKeyNetwork *key_network,
                                WeftClock      *clock,
                                WeftRandom     *random) G_GNUC_WARN_UNUSED_RESULT;
/* Stops; dials that are on their way are not listened to any more. */
void         weft_dialler_free (WeftDialler    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftDialler, weft_dialler_free)

G_END_DECLS
