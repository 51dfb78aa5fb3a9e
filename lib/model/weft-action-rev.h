/* weft-action-rev.h
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

#define WEFT_TYPE_ACTION_REV (weft_action_rev_get_type ())

typedef struct _WeftActionRev WeftActionRev;

WEFT_AVAILABLE_IN_ALL
GType          weft_action_rev_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftActionRev *weft_action_rev_new           (const char    *action_id,
                                              gint64         rev,
                                              GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char    *weft_action_rev_get_action_id (WeftActionRev *self);
WEFT_AVAILABLE_IN_ALL
gint64         weft_action_rev_get_rev       (WeftActionRev *self);
WEFT_AVAILABLE_IN_ALL
WeftActionRev *weft_action_rev_ref           (WeftActionRev *self);
WEFT_AVAILABLE_IN_ALL
void           weft_action_rev_unref         (WeftActionRev *self);
WEFT_AVAILABLE_IN_ALL
WeftActionRev *weft_action_rev_from_json     (JsonNode      *json,
                                              GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode      *weft_action_rev_to_json       (WeftActionRev *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char          *weft_action_rev_to_string     (WeftActionRev *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean       weft_action_rev_equal         (WeftActionRev *a,
                                              WeftActionRev *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftActionRev, weft_action_rev_unref)

G_END_DECLS
