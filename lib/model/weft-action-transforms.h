/* weft-action-transforms.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-transforms.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_ACTION_TRANSFORMS (weft_action_transforms_get_type ())

typedef struct _WeftActionTransforms WeftActionTransforms;

WEFT_AVAILABLE_IN_ALL
GType                 weft_action_transforms_get_type       (void);
WEFT_AVAILABLE_IN_ALL
WeftActionTransforms *weft_action_transforms_new            (const char           *action_id,
                                                             gint64                rev,
                                                             WeftTransforms       *transforms,
                                                             GError              **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char           *weft_action_transforms_get_action_id  (WeftActionTransforms *self);
WEFT_AVAILABLE_IN_ALL
gint64                weft_action_transforms_get_rev        (WeftActionTransforms *self);
WEFT_AVAILABLE_IN_ALL
WeftTransforms       *weft_action_transforms_get_transforms (WeftActionTransforms *self);
WEFT_AVAILABLE_IN_ALL
WeftActionTransforms *weft_action_transforms_ref            (WeftActionTransforms *self);
WEFT_AVAILABLE_IN_ALL
void                  weft_action_transforms_unref          (WeftActionTransforms *self);
WEFT_AVAILABLE_IN_ALL
WeftActionTransforms *weft_action_transforms_from_json      (JsonNode             *json,
                                                             GError              **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode             *weft_action_transforms_to_json        (WeftActionTransforms *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char                 *weft_action_transforms_to_string      (WeftActionTransforms *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean              weft_action_transforms_equal          (WeftActionTransforms *a,
                                                             WeftActionTransforms *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftActionTransforms, weft_action_transforms_unref)

G_END_DECLS
