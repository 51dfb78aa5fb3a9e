/* weft-buggify.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "config.h"

#include "weft-buggify-private.h"

#ifdef WEFT_WITH_BUGGIFY
/* Written before there is anything that reads it. */
WeftBuggifyFunc weft_buggify_func;
#endif

/**
 * weft_buggify_set_func: (skip)
 * @func: (nullable) (scope forever): what decides, or %NULL for nothing rare
 *
 * For simulators: lets them make happen what is rare. Set it once, before anything else of the
 * library is used; it is called on whatever thread comes to a point.
 *
 * A library that is built without these points ignores it.
 *
 * Since: 0.1
 */
void
weft_buggify_set_func (WeftBuggifyFunc func)
{
#ifdef WEFT_WITH_BUGGIFY
  weft_buggify_func = func;
#endif
}

/**
 * weft_buggify_is_built: (skip)
 *
 * Gets whether the library was built with places where rare things can be made to happen.
 *
 * Returns: whether [func@Weft.buggify_set_func] does anything
 *
 * Since: 0.1
 */
gboolean
weft_buggify_is_built (void)
{
#ifdef WEFT_WITH_BUGGIFY
  return TRUE;
#else
  return FALSE;
#endif
}
