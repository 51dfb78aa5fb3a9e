/* weft-draft-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-block.h"
#include "weft-operation.h"

G_BEGIN_DECLS

/* The next version of a block while operations are applied to it. Nothing is copied until it is
 * finished, and then each piece of text once, however many operations there were. */
typedef struct _WeftDraft WeftDraft;

WeftDraft *weft_draft_new    (WeftBlock      *base) G_GNUC_WARN_UNUSED_RESULT;
void       weft_draft_free   (WeftDraft      *self);
gboolean   weft_draft_apply  (WeftDraft      *self,
                              WeftOperation  *operation,
                              GError        **error);
WeftBlock *weft_draft_finish (WeftDraft      *self,
                              GError        **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftDraft, weft_draft_free)

G_END_DECLS
