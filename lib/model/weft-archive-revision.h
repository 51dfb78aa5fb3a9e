/* weft-archive-revision.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEFT_INSIDE) && !defined(WEFT_COMPILATION)
#error "Only <weft.h> can be included directly."
#endif

#include <json-glib/json-glib.h>

#include "weft-pending.h"
#include "weft-version-macros.h"

G_BEGIN_DECLS

#define WEFT_TYPE_ARCHIVE_REVISION (weft_archive_revision_get_type ())

typedef struct _WeftArchiveRevision WeftArchiveRevision;

WEFT_AVAILABLE_IN_ALL
GType                weft_archive_revision_get_type      (void);
WEFT_AVAILABLE_IN_ALL
WeftArchiveRevision *weft_archive_revision_new           (gint64               rev,
                                                          const char          *action_id,
                                                          WeftTransform       *transform,
                                                          WeftBlock           *block)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gint64               weft_archive_revision_get_rev       (WeftArchiveRevision *self);
WEFT_AVAILABLE_IN_ALL
const char          *weft_archive_revision_get_action_id (WeftArchiveRevision *self);
WEFT_AVAILABLE_IN_ALL
WeftTransform       *weft_archive_revision_get_transform (WeftArchiveRevision *self);
WEFT_AVAILABLE_IN_ALL
WeftBlock           *weft_archive_revision_get_block     (WeftArchiveRevision *self);
WEFT_AVAILABLE_IN_ALL
JsonNode            *weft_archive_revision_get_certificate  (WeftArchiveRevision *self);
WEFT_AVAILABLE_IN_ALL
WeftArchiveRevision *weft_archive_revision_with_certificate (WeftArchiveRevision *self,
                                                             JsonNode            *certificate)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftArchiveRevision *weft_archive_revision_with_block       (WeftArchiveRevision *self,
                                                             WeftBlock           *block)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
WeftArchiveRevision *weft_archive_revision_ref           (WeftArchiveRevision *self);
WEFT_AVAILABLE_IN_ALL
void                 weft_archive_revision_unref         (WeftArchiveRevision *self);
WEFT_AVAILABLE_IN_ALL
WeftArchiveRevision *weft_archive_revision_from_json     (JsonNode            *json,
                                                          gint64               rev,
                                                          GError             **error)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
JsonNode            *weft_archive_revision_to_json       (WeftArchiveRevision *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
char                *weft_archive_revision_to_string     (WeftArchiveRevision *self)
    G_GNUC_WARN_UNUSED_RESULT;
WEFT_AVAILABLE_IN_ALL
gboolean             weft_archive_revision_equal         (WeftArchiveRevision *a,
                                                          WeftArchiveRevision *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftArchiveRevision, weft_archive_revision_unref)

G_END_DECLS
