/* weft-cluster-answer.h
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

#define WEFT_TYPE_CLUSTER_ANSWER (weft_cluster_answer_get_type ())

typedef struct _WeftClusterAnswer WeftClusterAnswer;

WEFT_AVAILABLE_IN_ALL
GType              weft_cluster_answer_get_type  (void);
WEFT_AVAILABLE_IN_ALL
WeftClusterAnswer *weft_cluster_answer_ref       (WeftClusterAnswer *self);
WEFT_AVAILABLE_IN_ALL
void               weft_cluster_answer_unref     (WeftClusterAnswer *self);
WEFT_AVAILABLE_IN_ALL
WeftClusterAnswer *weft_cluster_answer_from_json (JsonNode          *json,
                                                  GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_cluster_answer_to_json   (WeftClusterAnswer *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_cluster_answer_to_string (WeftClusterAnswer *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_cluster_answer_equal     (WeftClusterAnswer *a,
                                                  WeftClusterAnswer *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftClusterAnswer, weft_cluster_answer_unref)

G_END_DECLS
