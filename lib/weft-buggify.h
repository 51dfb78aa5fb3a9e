/* weft-buggify.h
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
 * WeftBuggifyFunc: (skip)
 * @point: a place in the library where something rare can be made to happen
 *
 * Decides whether it happens now.
 *
 * Returns: whether the rare path is to be taken
 *
 * Since: 0.1
 */
typedef gboolean (*WeftBuggifyFunc) (const char *point);

WEFT_AVAILABLE_IN_ALL
void     weft_buggify_set_func (WeftBuggifyFunc func);
WEFT_AVAILABLE_IN_ALL
gboolean weft_buggify_is_built (void);

G_END_DECLS
