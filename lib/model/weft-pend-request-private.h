/* weft-pend-request-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-pend-request.h"

G_BEGIN_DECLS

/* The same request with these bases, one for each of the blocks, which are all that it changes. */
WeftPendRequest *weft_pend_request_with_bases (WeftPendRequest    *self,
                                               const char * const *block_ids,
                                               const gint64       *bases)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
