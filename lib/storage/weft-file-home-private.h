/* weft-file-home-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"

G_BEGIN_DECLS

/* The folder of a storage: who owns it, what it is, and which segments its log has. */

/* Takes the folder for this process, making it if need be; returns the lock, to be closed. */
int       weft_file_home_lock     (const char     *path,
                                   GError        **error);
/* Makes a new storage of an empty folder, or reads which segments there are, ascending:
 * (element-type guint32). */
GArray   *weft_file_home_open     (WeftFileLayer  *layer,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;
/* Says, durably, which segments there are. After an error what was said is not known. */
gboolean  weft_file_home_save     (WeftFileLayer  *layer,
                                   GArray         *segments,
                                   GError        **error);
/* Takes away files that nothing needs. */
void      weft_file_home_tidy     (WeftFileLayer  *layer,
                                   GArray         *segments);

G_END_DECLS
