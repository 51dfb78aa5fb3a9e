/* weft-standard.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes sure that descriptors 0 to 2 are taken before anything else is opened. */
void     weft_standard_begin (void);
/* Whether all that was printed on standard output is where it was to go; says so if not. */
gboolean weft_standard_end   (const char *program);

G_END_DECLS
