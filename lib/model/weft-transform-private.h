/* weft-transform-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-tape-private.h"
#include "weft-transform.h"

G_BEGIN_DECLS

/* For WeftTransforms, whose JSON holds the parts of a transform in three places. */
WeftTransform *weft_transform_read_parts     (const WeftItem      *insert,
                                              const WeftJsonPath  *insert_path,
                                              const WeftItem      *updates,
                                              const WeftJsonPath  *updates_path,
                                              gboolean             is_delete,
                                              GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* What weft_pending_digest() is of a pending with this transform and @base, if it was told by
 * weft_transform_set_digest(), which keeps one: all that is made of a transform mostly has the same
 * base. From any thread; what is set stays. */
const char    *weft_transform_get_digest     (WeftTransform       *self,
                                              gint64               base);
void           weft_transform_set_digest     (WeftTransform       *self,
                                              gint64               base,
                                              const char          *digest);
/* About how long its text is. */
gsize          weft_transform_get_length     (WeftTransform       *self);
void           weft_transform_append_updates (WeftTransform       *self,
                                              GString             *text);

G_END_DECLS
