/* weft-action-context.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-action-rev.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_ACTION_CONTEXT (weft_action_context_get_type ())

typedef struct _WeftActionContext WeftActionContext;

WEFT_AVAILABLE_IN_ALL
GType              weft_action_context_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftActionContext *weft_action_context_new           (GPtrArray         *committed,
                                                      gint64             rev,
                                                      const char        *action_id,
                                                      GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
GPtrArray         *weft_action_context_get_committed (WeftActionContext *self);
WEFT_AVAILABLE_IN_ALL
gint64             weft_action_context_get_rev       (WeftActionContext *self);
WEFT_AVAILABLE_IN_ALL
const char        *weft_action_context_get_action_id (WeftActionContext *self);
WEFT_AVAILABLE_IN_ALL
WeftActionContext *weft_action_context_ref           (WeftActionContext *self);
WEFT_AVAILABLE_IN_ALL
void               weft_action_context_unref         (WeftActionContext *self);
WEFT_AVAILABLE_IN_ALL
WeftActionContext *weft_action_context_from_json     (JsonNode          *json,
                                                      GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_action_context_to_json       (WeftActionContext *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_action_context_to_string     (WeftActionContext *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_action_context_equal         (WeftActionContext *a,
                                                      WeftActionContext *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftActionContext, weft_action_context_unref)

G_END_DECLS
