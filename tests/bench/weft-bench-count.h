/* weft-bench-count.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often anything in this process was allocated, by malloc() and its kin. A sanitizer that has
 * its own does not count. GLib's slices come in blocks unless G_SLICE=always-malloc is set. */
gboolean weft_bench_count_is_able   (void);
guint64  weft_bench_count_get       (void);
/* How many bytes are allocated now. */
gsize    weft_bench_count_get_bytes (void);

G_END_DECLS
