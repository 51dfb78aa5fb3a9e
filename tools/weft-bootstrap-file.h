/* weft-bootstrap-file.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weft.h>

G_BEGIN_DECLS

/* In the data directory of a node: addresses to begin at, one a line, read when the node starts.
 * Empty lines and those that begin with # are skipped. */
#define WEFT_BOOTSTRAP_FILE_NAME "bootstrap"

/* Multiaddrs; none when there is no file. */
char   **weft_bootstrap_file_load   (const char         *path,
                                     GError            **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean weft_bootstrap_file_save   (const char         *path,
                                     const char *const  *addresses,
                                     GError            **error);

G_END_DECLS
