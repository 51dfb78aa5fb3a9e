/* weft-block-gets.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-action-context.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

/**
 * WeftConsistency:
 * @WEFT_CONSISTENCY_DEFAULT: what whoever answers prefers
 * @WEFT_CONSISTENCY_LOCAL: what the node that is asked has, which may be behind
 * @WEFT_CONSISTENCY_QUORUM: what the cluster of the block has decided
 *
 * How much a get has to know of others.
 *
 * Since: 0.1
 */
typedef enum
{
  WEFT_CONSISTENCY_DEFAULT,
  WEFT_CONSISTENCY_LOCAL,
  WEFT_CONSISTENCY_QUORUM,
} WeftConsistency;

#define WEFT_TYPE_BLOCK_GETS (weft_block_gets_get_type ())

typedef struct _WeftBlockGets WeftBlockGets;

WEFT_AVAILABLE_IN_ALL
GType              weft_block_gets_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftBlockGets     *weft_block_gets_new           (const char * const *block_ids,
                                                  WeftActionContext  *context,
                                                  GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char* const *weft_block_gets_get_block_ids (WeftBlockGets      *self);
WEFT_AVAILABLE_IN_ALL
WeftActionContext *weft_block_gets_get_context   (WeftBlockGets      *self);
WEFT_AVAILABLE_IN_ALL
WeftConsistency    weft_block_gets_get_consistency  (WeftBlockGets   *self);
WEFT_AVAILABLE_IN_ALL
WeftBlockGets     *weft_block_gets_with_consistency (WeftBlockGets   *self,
                                                     WeftConsistency  consistency)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlockGets     *weft_block_gets_ref           (WeftBlockGets      *self);
WEFT_AVAILABLE_IN_ALL
void               weft_block_gets_unref         (WeftBlockGets      *self);
WEFT_AVAILABLE_IN_ALL
WeftBlockGets     *weft_block_gets_from_json     (JsonNode           *json,
                                                  GError            **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_block_gets_to_json       (WeftBlockGets      *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_block_gets_to_string     (WeftBlockGets      *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_block_gets_equal         (WeftBlockGets      *a,
                                                  WeftBlockGets      *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBlockGets, weft_block_gets_unref)

G_END_DECLS
