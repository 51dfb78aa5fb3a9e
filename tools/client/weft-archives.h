/* weft-archives.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tool.h"

G_BEGIN_DECLS

/* Writes all that the node has of the history of a block, a line of canonical JSON for each archive
 * that fits a message, the oldest first. */
gboolean weft_archives_write (WeftTool       *tool,
                              const char     *block_id,
                              GOutputStream  *out,
                              GError        **error);

G_END_DECLS
