/* weft-system-random.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-random.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SYSTEM_RANDOM (weft_system_random_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSystemRandom, weft_system_random, WEFT, SYSTEM_RANDOM, GObject)

WEFT_AVAILABLE_IN_ALL
WeftRandom *weft_system_random_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
