/* weft-stale-failure.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-action-pending.h"
#include "weft-action-transforms.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_STALE_FAILURE (weft_stale_failure_get_type ())

typedef struct _WeftStaleFailure WeftStaleFailure;

WEFT_AVAILABLE_IN_ALL
GType             weft_stale_failure_get_type           (void);
WEFT_AVAILABLE_IN_ALL
WeftStaleFailure *weft_stale_failure_new                (const char       *reason,
                                                         GPtrArray        *missing,
                                                         GPtrArray        *pending,
                                                         const char       *stale_block_id,
                                                         gint64            stale_rev,
                                                         gboolean          is_conflict)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char       *weft_stale_failure_get_reason         (WeftStaleFailure *self);
WEFT_AVAILABLE_IN_ALL
GPtrArray        *weft_stale_failure_get_missing        (WeftStaleFailure *self);
WEFT_AVAILABLE_IN_ALL
GPtrArray        *weft_stale_failure_get_pending        (WeftStaleFailure *self);
WEFT_AVAILABLE_IN_ALL
const char       *weft_stale_failure_get_stale_block_id (WeftStaleFailure *self);
WEFT_AVAILABLE_IN_ALL
gint64            weft_stale_failure_get_stale_rev      (WeftStaleFailure *self);
WEFT_AVAILABLE_IN_ALL
gboolean          weft_stale_failure_is_conflict        (WeftStaleFailure *self);
WEFT_AVAILABLE_IN_ALL
WeftStaleFailure *weft_stale_failure_ref                (WeftStaleFailure *self);
WEFT_AVAILABLE_IN_ALL
void              weft_stale_failure_unref              (WeftStaleFailure *self);
WEFT_AVAILABLE_IN_ALL
WeftStaleFailure *weft_stale_failure_from_json          (JsonNode         *json,
                                                         GError          **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode         *weft_stale_failure_to_json            (WeftStaleFailure *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char             *weft_stale_failure_to_string          (WeftStaleFailure *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean          weft_stale_failure_equal              (WeftStaleFailure *a,
                                                         WeftStaleFailure *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftStaleFailure, weft_stale_failure_unref)

G_END_DECLS
