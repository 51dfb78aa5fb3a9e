/* weft-nearest.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *weft_nearest_word (const char         *word,
                               const char * const *candidates);

G_END_DECLS
