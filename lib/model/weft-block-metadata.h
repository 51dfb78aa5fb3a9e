/* weft-block-metadata.h
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

#define WEFT_TYPE_BLOCK_METADATA (weft_block_metadata_get_type ())

typedef struct _WeftBlockMetadata WeftBlockMetadata;

WEFT_AVAILABLE_IN_ALL
GType              weft_block_metadata_get_type       (void);
WEFT_AVAILABLE_IN_ALL
WeftBlockMetadata *weft_block_metadata_new            (void) G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlockMetadata *weft_block_metadata_with_latest    (WeftBlockMetadata *self,
                                                       WeftActionRev     *latest)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlockMetadata *weft_block_metadata_with_range     (WeftBlockMetadata *self,
                                                       gint64             start,
                                                       gint64             end)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlockMetadata *weft_block_metadata_with_cluster   (WeftBlockMetadata *self,
                                                       const char        *cluster)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftActionRev     *weft_block_metadata_get_latest     (WeftBlockMetadata *self);
WEFT_AVAILABLE_IN_ALL
gint64             weft_block_metadata_get_latest_rev (WeftBlockMetadata *self);
WEFT_AVAILABLE_IN_ALL
const char        *weft_block_metadata_get_cluster    (WeftBlockMetadata *self);
WEFT_AVAILABLE_IN_ALL
guint              weft_block_metadata_get_n_ranges   (WeftBlockMetadata *self);
WEFT_AVAILABLE_IN_ALL
void               weft_block_metadata_get_range      (WeftBlockMetadata *self,
                                                       guint              index,
                                                       gint64            *start,
                                                       gint64            *end);
WEFT_AVAILABLE_IN_ALL
gboolean           weft_block_metadata_covers         (WeftBlockMetadata *self,
                                                       gint64             rev);
WEFT_AVAILABLE_IN_ALL
WeftBlockMetadata *weft_block_metadata_ref            (WeftBlockMetadata *self);
WEFT_AVAILABLE_IN_ALL
void               weft_block_metadata_unref          (WeftBlockMetadata *self);
WEFT_AVAILABLE_IN_ALL
WeftBlockMetadata *weft_block_metadata_from_json      (JsonNode          *json,
                                                       GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftBlockMetadata *weft_block_metadata_from_string    (const char        *text,
                                                       GError           **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode          *weft_block_metadata_to_json        (WeftBlockMetadata *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char              *weft_block_metadata_to_string      (WeftBlockMetadata *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean           weft_block_metadata_equal          (WeftBlockMetadata *a,
                                                       WeftBlockMetadata *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBlockMetadata, weft_block_metadata_unref)

G_END_DECLS
