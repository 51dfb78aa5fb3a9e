/* weft-transform-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-json-private.h"
#include "weft-transform.h"

G_BEGIN_DECLS

/* For WeftTransforms, whose JSON holds the parts of a transform in three places. */
WeftTransform *weft_transform_parse_parts     (JsonNode            *insert,
                                               const WeftJsonPath  *insert_path,
                                               JsonNode            *updates,
                                               const WeftJsonPath  *updates_path,
                                               gboolean             is_delete,
                                               GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
JsonNode      *weft_transform_updates_to_json (WeftTransform       *self) G_GNUC_WARN_UNUSED_RESULT;
/* Appends the canonical text of weft_transform_to_json(). */
void           weft_transform_append          (WeftTransform       *self,
                                               GString             *text);

G_END_DECLS
