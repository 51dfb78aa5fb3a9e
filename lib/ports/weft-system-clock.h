/* weft-system-clock.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <gio/gio.h>

#include "weft-clock.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_SYSTEM_CLOCK (weft_system_clock_get_type ())

WEFT_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (WeftSystemClock, weft_system_clock, WEFT, SYSTEM_CLOCK, GObject)

WEFT_AVAILABLE_IN_ALL
WeftClock *weft_system_clock_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
