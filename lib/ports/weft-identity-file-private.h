/* weft-identity-file-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_IDENTITY_SEED_LENGTH 32

/* Both name the path in every error. */
gboolean weft_identity_file_read  (const char   *path,
                                   guint8        seed[WEFT_IDENTITY_SEED_LENGTH],
                                   GError      **error);
/* The file is there in whole or not at all, and on the disk when this returns. */
gboolean weft_identity_file_write (const char   *path,
                                   const guint8  seed[WEFT_IDENTITY_SEED_LENGTH],
                                   gboolean      overwrite,
                                   GError      **error);

G_END_DECLS
