/* weft-thresholds.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <glib.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WEFT_SUPER_MAJORITY_DEFAULT:
 *
 * The part of a cluster that has to promise, without other settings.
 *
 * Since: 0.1
 */
#define WEFT_SUPER_MAJORITY_DEFAULT 0.75

WEFT_AVAILABLE_IN_ALL
guint weft_thresholds_get_promises (guint  n_peers,
                                    double super_majority);
WEFT_AVAILABLE_IN_ALL
guint weft_thresholds_get_commits  (guint  n_peers);

G_END_DECLS
