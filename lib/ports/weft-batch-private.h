/* weft-batch-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-batch.h"
#include "weft-stored-private.h"

G_BEGIN_DECLS

/* As weft_batch_put_record(), of canonical text, a GRefString. */
void                      weft_batch_put_record_text  (WeftBatch   *self,
                                                       const char  *message_hash,
                                                       char        *text,
                                                       gboolean     is_resolved);
/* As weft_batch_get_operation(), but `json` may be NULL: what is put is `stored`, which is NULL for
 * what puts nothing. */
const WeftBatchOperation *weft_batch_peek_operation   (WeftBatch   *self,
                                                       guint        index,
                                                       WeftStored **stored);

/* Nobody waits for this batch in particular: a storage may put off making it durable for as long as
 * a sync takes, so that it shares one with whatever comes next. */
void     weft_batch_set_patient (WeftBatch *self);
gboolean weft_batch_is_patient  (WeftBatch *self);

G_END_DECLS
