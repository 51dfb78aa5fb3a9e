/* weft-archive-revision-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-archive-revision.h"
#include "weft-tape-private.h"

G_BEGIN_DECLS

/* Takes the canonical text over, a GRefString. */
WeftArchiveRevision *weft_archive_revision_with_certificate_text (WeftArchiveRevision *self,
                                                                  char                *certificate)
    G_GNUC_WARN_UNUSED_RESULT;
/* (nullable): the certificate, to be read. */
WeftTape            *weft_archive_revision_open_certificate      (WeftArchiveRevision *self)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
