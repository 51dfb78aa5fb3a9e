/* weft-memory-storage-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-memory-storage.h"

G_BEGIN_DECLS

/* For tests: after `n_batches` more were submitted, submitted batches fail with `error`, as those
 * of a full disk would, until this is called with NULL. */
void weft_memory_storage_fail_after (WeftMemoryStorage *self,
                                     guint              n_batches,
                                     const GError      *error);

G_END_DECLS
