/* weft-file-storage-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"
#include "weft-file-storage.h"
#include "weft-file-worker-private.h"

G_BEGIN_DECLS

/* Opens what is behind a layer, which the storage frees; nothing locks it. */
WeftStorage *weft_file_storage_open_layer   (WeftFileLayer          *layer,
                                             const WeftFileOptions  *options,
                                             GError                **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* Ends the file of the log that is in use, and waits for that. */
void         weft_file_storage_checkpoint   (WeftFileStorage        *self);
/* How often a file or a name was made durable. */
guint64      weft_file_storage_get_n_syncs  (WeftFileStorage        *self);

G_END_DECLS
