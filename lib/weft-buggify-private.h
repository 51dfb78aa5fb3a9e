/* weft-buggify-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-buggify.h"

G_BEGIN_DECLS

/* A place where something that is rare, and allowed, can be made common: a cache that misses, a
 * page that is short, a retry that comes at once. Nothing that a caller relies on may depend on it.
 *
 * Only a simulator makes these happen. Otherwise this is a look at a pointer, and where the library
 * is built without them there is nothing at all. */
#ifdef WEFT_WITH_BUGGIFY
extern WeftBuggifyFunc weft_buggify_func;
#define WEFT_BUGGIFY(point) \
  (G_UNLIKELY (weft_buggify_func != NULL) && weft_buggify_func (point))
#else
#define WEFT_BUGGIFY(point) FALSE
#endif

G_END_DECLS
