/* weft-pend-request.h
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

/**
 * WeftPendPolicy:
 * @WEFT_PEND_POLICY_CONTINUE: pend beside the others (`"c"`)
 * @WEFT_PEND_POLICY_FAIL: fail, listing the others (`"f"`)
 * @WEFT_PEND_POLICY_RETURN: fail, with the transforms of the others (`"r"`)
 *
 * What a pend does when other actions are pending on one of its blocks.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_PEND_POLICY_CONTINUE,
  WEFT_PEND_POLICY_FAIL,
  WEFT_PEND_POLICY_RETURN,
} WeftPendPolicy;

/**
 * WEFT_BASE_UNKNOWN:
 *
 * The base revision of a block that a request says nothing about. Zero is the base of an insert.
 *
 * Since: 0.1
 */
#define WEFT_BASE_UNKNOWN (-1)

#define WEFT_TYPE_PEND_REQUEST (weft_pend_request_get_type ())

typedef struct _WeftPendRequest WeftPendRequest;

WEFT_AVAILABLE_IN_ALL
GType            weft_pend_request_get_type            (void);
WEFT_AVAILABLE_IN_ALL
WeftPendRequest *weft_pend_request_new                 (const char      *action_id,
                                                        gint64           rev,
                                                        WeftTransforms  *transforms,
                                                        JsonObject      *bases,
                                                        WeftPendPolicy   policy,
                                                        GError         **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char      *weft_pend_request_get_action_id       (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
gint64           weft_pend_request_get_rev             (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
WeftTransforms  *weft_pend_request_get_transforms      (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
gint64           weft_pend_request_get_base            (WeftPendRequest *self,
                                                        const char      *block_id);
WEFT_AVAILABLE_IN_ALL
JsonObject      *weft_pend_request_get_bases           (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
WeftPendPolicy   weft_pend_request_get_policy          (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
JsonNode        *weft_pend_request_get_transaction     (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
const char      *weft_pend_request_get_operations_hash (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
WeftPendRequest *weft_pend_request_ref                 (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
void             weft_pend_request_unref               (WeftPendRequest *self);
WEFT_AVAILABLE_IN_ALL
WeftPendRequest *weft_pend_request_from_json           (JsonNode        *json,
                                                        GError         **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode        *weft_pend_request_to_json             (WeftPendRequest *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char            *weft_pend_request_to_string           (WeftPendRequest *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean         weft_pend_request_equal               (WeftPendRequest *a,
                                                        WeftPendRequest *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftPendRequest, weft_pend_request_unref)

G_END_DECLS
