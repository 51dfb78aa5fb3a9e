/* weft-sim-fence-python-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Prints where this thread is in Python, when there is an interpreter. */
void     weft_sim_fence_python_tell       (void);
/* Whether an address is in the code of the interpreter itself. */
gboolean weft_sim_fence_is_python         (gconstpointer address);
/* Whether the interpreter waits in this thread until another one lets it go on. */
gboolean weft_sim_fence_python_is_waiting (void);

G_END_DECLS
