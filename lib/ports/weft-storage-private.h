/* weft-storage-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

typedef WeftTape *(*WeftStorageReadRecordTape) (WeftStorage  *self,
                                                const char   *message_hash,
                                                GError      **error);

/* weft_storage_read_record() without a tree. */
WeftTape *weft_storage_read_record_tape (WeftStorage  *self,
                                         const char   *message_hash,
                                         GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
