/* fuzz-target.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <stddef.h>
#include <stdint.h>

/* What each fuzz target defines: looks at an input, aborts when a property does not hold, and
 * returns 0. `data` may be NULL when `size` is 0. */
int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);
