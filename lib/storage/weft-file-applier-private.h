/* weft-file-applier-private.h
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "weft-file-layer-private.h"

G_BEGIN_DECLS

/* Brings a run of journal records to the files: only the last text of each path is written. The
 * journal holds all of them until everything is synced, so a crash in between is mended by doing it
 * again, and no file needs a sync of its own. */
typedef struct _WeftFileApplier WeftFileApplier;

/* `usage` is where the bytes in use are counted. */
WeftFileApplier *weft_file_applier_new       (WeftFileLayer    *layer,
                                              gint64           *usage) G_GNUC_WARN_UNUSED_RESULT;
void             weft_file_applier_free      (WeftFileApplier  *self);
/* In the order of the journal; `text` NULL deletes. Both strings must stay. */
void             weft_file_applier_add       (WeftFileApplier  *self,
                                              const char       *path,
                                              const char       *text,
                                              gsize             length);
/* Call once, after the last add(). */
void             weft_file_applier_sort      (WeftFileApplier  *self);
/* Brings up to `n_files_max` more; after an error the same one is tried again. */
gboolean         weft_file_applier_step      (WeftFileApplier  *self,
                                              guint             n_files_max,
                                              GError          **error);
/* Makes it all durable; after an error everything has to be written again, and will be. */
gboolean         weft_file_applier_sync      (WeftFileApplier  *self,
                                              GError          **error);
/* What a file or folder of a size takes of the disk. */
gint64           weft_file_applier_round     (guint64           size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeftFileApplier, weft_file_applier_free)

G_END_DECLS
