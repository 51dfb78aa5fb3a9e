/* weft-action-blocks.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_ACTION_BLOCKS (weft_action_blocks_get_type ())

typedef struct _WeftActionBlocks WeftActionBlocks;

WEFT_AVAILABLE_IN_ALL
GType              weft_action_blocks_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftActionBlocks  *weft_action_blocks_new           (const char         *action_id,
                                                     const char * const *block_ids,
                                                     GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char        *weft_action_blocks_get_action_id (WeftActionBlocks   *self);
WEFT_AVAILABLE_IN_ALL
const char* const *weft_action_blocks_get_block_ids (WeftActionBlocks   *self);
WEFT_AVAILABLE_IN_ALL
WeftActionBlocks  *weft_action_blocks_ref           (WeftActionBlocks   *self);
WEFT_AVAILABLE_IN_ALL
void               weft_action_blocks_unref         (WeftActionBlocks   *self);
WEFT_AVAILABLE_IN_ALL
WeftActionBlocks  *weft_action_blocks_from_json     (JsonNode           *json,
                                                     GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_action_blocks_to_json       (WeftActionBlocks   *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_action_blocks_to_string     (WeftActionBlocks   *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_action_blocks_equal         (WeftActionBlocks   *a,
                                                     WeftActionBlocks   *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftActionBlocks, weft_action_blocks_unref)

G_END_DECLS
