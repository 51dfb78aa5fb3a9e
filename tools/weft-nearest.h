/* weft-nearest.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* NULL where none is near: two words that share nothing are no mistake. */
const char *weft_nearest_word (const char         *word,
                               const char * const *candidates);
/* The end of an error about @word: “; did you mean …?”, or nothing. */
char       *weft_nearest_hint (const char         *word,
                               const char * const *candidates) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
