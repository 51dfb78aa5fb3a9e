/* weft-file-home-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"

G_BEGIN_DECLS

/* The folder of a storage: who owns it, what it is, and how large. */

/* Takes the folder for this process, making it if need be; returns the lock, to be closed. */
int      weft_file_home_lock       (const char     *path,
                                    GError        **error);
/* Makes a new storage of an empty folder, or checks that this is one. */
gboolean weft_file_home_prepare    (WeftFileLayer  *layer,
                                    gint64         *usage,
                                    GError        **error);
/* What was saved when it was closed, or else what counting all files gives. */
gint64   weft_file_home_take_usage (WeftFileLayer  *layer);
void     weft_file_home_save_usage (WeftFileLayer  *layer,
                                    gint64          usage);

G_END_DECLS
