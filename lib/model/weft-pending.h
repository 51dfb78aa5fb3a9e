/* weft-pending.h
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

#define WEFT_TYPE_PENDING (weft_pending_get_type ())

typedef struct _WeftPending WeftPending;

WEFT_AVAILABLE_IN_ALL
GType          weft_pending_get_type       (void);
WEFT_AVAILABLE_IN_ALL
WeftPending   *weft_pending_new            (WeftTransform *transform,
                                            gint64         base,
                                            gint64         expiration_msec)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftTransform *weft_pending_get_transform  (WeftPending   *self);
WEFT_AVAILABLE_IN_ALL
gint64         weft_pending_get_base       (WeftPending   *self);
WEFT_AVAILABLE_IN_ALL
gint64         weft_pending_get_expiration (WeftPending   *self);
WEFT_AVAILABLE_IN_ALL
char          *weft_pending_digest         (WeftPending   *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPending   *weft_pending_ref            (WeftPending   *self);
WEFT_AVAILABLE_IN_ALL
void           weft_pending_unref          (WeftPending   *self);
WEFT_AVAILABLE_IN_ALL
WeftPending   *weft_pending_from_json      (JsonNode      *json,
                                            GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftPending   *weft_pending_from_string    (const char    *text,
                                            GError       **error) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode      *weft_pending_to_json        (WeftPending   *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char          *weft_pending_to_string      (WeftPending   *self) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean       weft_pending_equal          (WeftPending   *a,
                                            WeftPending   *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftPending, weft_pending_unref)

G_END_DECLS
