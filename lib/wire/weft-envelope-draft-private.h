/* weft-envelope-draft-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A request or one-way message that is written but for its head, which says how much time is
 * left and so is known only when it is sent. */
typedef struct
{
  GString *text; /* room for the head, then the rest of the frame */
} WeftEnvelopeDraft;

/* `body_text` is canonical, or NULL. NULL with an error when the body is not valid. */
WeftEnvelopeDraft *weft_envelope_draft_new      (const char        *to,
                                                 JsonNode          *body,
                                                 const char        *body_text,
                                                 GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
gsize              weft_envelope_draft_get_size (WeftEnvelopeDraft *self,
                                                 gint64             id,
                                                 gint64             deadline_msec);
/* Consumes the draft. An id of 0 makes a one-way message. */
GBytes            *weft_envelope_draft_finish   (WeftEnvelopeDraft *self,
                                                 gint64             id,
                                                 gint64             deadline_msec)
    G_GNUC_WARN_UNUSED_RESULT;
void               weft_envelope_draft_free     (WeftEnvelopeDraft *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftEnvelopeDraft, weft_envelope_draft_free)

G_END_DECLS
