/* weft-block-archive.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-archive-revision.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_BLOCK_ARCHIVE (weft_block_archive_get_type ())

typedef struct _WeftBlockArchive WeftBlockArchive;

WEFT_AVAILABLE_IN_ALL
GType                weft_block_archive_get_type        (void);
WEFT_AVAILABLE_IN_ALL
WeftBlockArchive    *weft_block_archive_new             (const char       *block_id,
                                                         GPtrArray        *revisions,
                                                         gint64            range_start,
                                                         gint64            range_end,
                                                         GPtrArray        *pendings,
                                                         GError          **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
const char          *weft_block_archive_get_block_id    (WeftBlockArchive *self);
WEFT_AVAILABLE_IN_ALL
GPtrArray           *weft_block_archive_get_revisions   (WeftBlockArchive *self);
WEFT_AVAILABLE_IN_ALL
WeftArchiveRevision *weft_block_archive_lookup          (WeftBlockArchive *self,
                                                         gint64            rev);
WEFT_AVAILABLE_IN_ALL
gint64               weft_block_archive_get_range_start (WeftBlockArchive *self);
WEFT_AVAILABLE_IN_ALL
gint64               weft_block_archive_get_range_end   (WeftBlockArchive *self);
WEFT_AVAILABLE_IN_ALL
GPtrArray           *weft_block_archive_get_pendings    (WeftBlockArchive *self);
WEFT_AVAILABLE_IN_ALL
WeftBlockArchive    *weft_block_archive_ref             (WeftBlockArchive *self);
WEFT_AVAILABLE_IN_ALL
void                 weft_block_archive_unref           (WeftBlockArchive *self);
WEFT_AVAILABLE_IN_ALL
WeftBlockArchive    *weft_block_archive_from_json       (JsonNode         *json,
                                                         GError          **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode            *weft_block_archive_to_json         (WeftBlockArchive *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char                *weft_block_archive_to_string       (WeftBlockArchive *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean             weft_block_archive_equal           (WeftBlockArchive *a,
                                                         WeftBlockArchive *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftBlockArchive, weft_block_archive_unref)

G_END_DECLS
