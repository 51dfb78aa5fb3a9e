/* weft-action-pending.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-transform.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_ACTION_PENDING (weft_action_pending_get_type ())

typedef struct _WeftActionPending WeftActionPending;

WEFT_AVAILABLE_IN_ALL
GType              weft_action_pending_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftActionPending *weft_action_pending_new           (const char        *block_id,
                                                      const char        *action_id,
                                                      WeftTransform     *transform,
                                                      GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char        *weft_action_pending_get_block_id  (WeftActionPending *self);
WEFT_AVAILABLE_IN_ALL
const char        *weft_action_pending_get_action_id (WeftActionPending *self);
WEFT_AVAILABLE_IN_ALL
WeftTransform     *weft_action_pending_get_transform (WeftActionPending *self);
WEFT_AVAILABLE_IN_ALL
WeftActionPending *weft_action_pending_ref           (WeftActionPending *self);
WEFT_AVAILABLE_IN_ALL
void               weft_action_pending_unref         (WeftActionPending *self);
WEFT_AVAILABLE_IN_ALL
WeftActionPending *weft_action_pending_from_json     (JsonNode          *json,
                                                      GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_action_pending_to_json       (WeftActionPending *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_action_pending_to_string     (WeftActionPending *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_action_pending_equal         (WeftActionPending *a,
                                                      WeftActionPending *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftActionPending, weft_action_pending_unref)

G_END_DECLS
