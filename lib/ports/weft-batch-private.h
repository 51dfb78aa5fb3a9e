/* weft-batch-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-batch.h"

G_BEGIN_DECLS

/* Nobody waits for this batch in particular: a storage may put off making it durable for as long as
 * a sync takes, so that it shares one with whatever comes next. */
void     weft_batch_set_patient (WeftBatch *self);
gboolean weft_batch_is_patient  (WeftBatch *self);

G_END_DECLS
