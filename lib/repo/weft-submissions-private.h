/* weft-submissions-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-storage.h"

G_BEGIN_DECLS

/* The batches that were submitted and are not durable yet, and who waits for them. What reads show
 * of a block may be in such a batch; nobody is told of it before it is durable. */
typedef struct _WeftSubmissions WeftSubmissions;

/* Called once: with NULL when all is durable, or with why nothing of it was stored. */
typedef void (*WeftSettledFunc) (const GError *error,
                                 gpointer      user_data);

/* `failed` is called for each batch that failed, before whoever waited for it. */
WeftSubmissions *weft_submissions_new         (WeftStorage        *storage,
                                               GFunc               failed,
                                               gpointer            user_data)
    G_GNUC_WARN_UNUSED_RESULT;
void             weft_submissions_free        (WeftSubmissions    *self);
void             weft_submissions_submit      (WeftSubmissions    *self,
                                               WeftBatch          *batch,
                                               const char * const *block_ids,
                                               WeftSettledFunc     settled,
                                               gpointer            user_data);
/* FALSE, and no call, when nothing in flight touches the blocks. */
gboolean         weft_submissions_wait        (WeftSubmissions    *self,
                                               const char * const *block_ids,
                                               WeftSettledFunc     settled,
                                               gpointer            user_data);
guint            weft_submissions_get_n_batches (WeftSubmissions  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftSubmissions, weft_submissions_free)

G_END_DECLS
